/* test_reasons.c: what was found of the runs of both sides, and how that differs. */
#include "sides.h"

static size_t row_of_finding(const char *id)
{
    const struct tp_reason_row *row = tp_reason_find(id);

    assert_non_null(row);
    return (size_t)(row - tp_reason_rows);
}

/* Of each run it is known what was found: nothing yet, of ten seconds in which a megabyte was
 * carried. */
static void explain_all(struct tp_run *runs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct tp_run_reasons *reasons = calloc(1, sizeof *reasons);

        reasons->sum.flows = 1;
        reasons->sum.origins = 1u << TP_FROM_KERNEL;
        reasons->sum.account.time_ns[TP_WAIT_PATH] = INT64_C(10000000000);
        reasons->judged = (UINT64_C(1) << tp_reason_row_count) - 1;
        reasons->carried_bytes = 1e6;
        runs[i].roles[0].reasons = reasons;
    }
}

static struct sides explained_sides(size_t base_count, size_t new_count)
{
    struct sides sides = sides_of(base_count, new_count);

    explain_all(sides.base, base_count);
    explain_all(sides.fresh, new_count);
    return sides;
}

static void find_in(struct tp_run *run, const char *id, double seconds, const char *sentence)
{
    struct tp_run_reasons *reasons = run->roles[0].reasons;
    size_t row = row_of_finding(id);

    reasons->sum.count[row] = 1;
    reasons->sum.cost_ns[row] = (int64_t)(seconds * 1e9);
    reasons->sentence[row] = sentence ? strdup(sentence) : NULL;
}

static void find_in_all(struct tp_run *runs, size_t count, const char *id, double seconds)
{
    for (size_t i = 0; i < count; i++)
        find_in(&runs[i], id, seconds, NULL);
}

static const struct tp_compare_reason *told(const struct sides *sides, const char *id)
{
    const struct tp_compare_reasons *reasons = &sides->answer.roles[0].reasons;

    for (size_t i = 0; i < reasons->count; i++)
        if (strcmp(reasons->list[i].row->id, id) == 0)
            return &reasons->list[i];
    return NULL;
}

static void expect_change(const struct sides *sides, const char *id, enum tp_reason_change change)
{
    const struct tp_compare_reason *reason = told(sides, id);

    assert_non_null(reason);
    if (reason->change != change)
        fail_msg("%s: '%s', wanted '%s'", id, tp_reason_change_name(reason->change),
                 tp_reason_change_name(change));
}

static void what_came_and_went_is_of_every_run(void **state)
{
    struct sides sides = explained_sides(3, 4);

    (void)state;
    find_in_all(sides.fresh, 4, "rwnd", 1);
    find_in_all(sides.base, 3, "queue", 0);
    find_in_all(sides.fresh, 3, "rto", 9); /* not in the last one */
    find_in_all(sides.base, 2, "marks", 0);
    compare(&sides);
    expect_change(&sides, "rwnd", TP_REASON_CAME);
    assert_true(told(&sides, "rwnd")->new_share > 0.0999 &&
                told(&sides, "rwnd")->new_share < 0.1001);
    assert_int_equal(told(&sides, "rwnd")->new_with, 4);
    assert_true(told(&sides, "rwnd")->base_share == 0);
    expect_change(&sides, "queue", TP_REASON_WENT);
    expect_change(&sides, "rto", TP_REASON_ALIKE);
    expect_change(&sides, "marks", TP_REASON_ALIKE);
    assert_null(told(&sides, "app"));
    release(&sides);
}

/* A larger share in each run of one side than in any of the other, and by enough to matter. */
static void more_is_more_in_every_run(void **state)
{
    struct sides sides = explained_sides(2, 2);

    (void)state;
    find_in_all(sides.base, 2, "rwnd", 1);
    find_in_all(sides.fresh, 2, "rwnd", 1.6);
    find_in_all(sides.base, 2, "cwnd", 1);
    find_in_all(sides.fresh, 2, "cwnd", 1.4); /* 4 % of the time: too little */
    find_in(&sides.base[0], "rto", 2, NULL);
    find_in(&sides.base[1], "rto", 5, NULL);
    find_in(&sides.fresh[0], "rto", 1, NULL);
    find_in(&sides.fresh[1], "rto", 3, NULL); /* more than in one of before */
    find_in(&sides.base[1], "sndbuf", 4, NULL);
    compare(&sides);
    expect_change(&sides, "rwnd", TP_REASON_MORE);
    expect_change(&sides, "cwnd", TP_REASON_ALIKE);
    expect_change(&sides, "rto", TP_REASON_ALIKE);
    expect_change(&sides, "sndbuf", TP_REASON_ALIKE); /* of one base run alone */
    assert_true(sides.answer.roles[0].reasons.list[0].row == tp_reason_find("rwnd"));
    release(&sides);
}

/* Losses of another sort are losses still. */
static void a_sort_is_of_its_row(void **state)
{
    struct sides sides = explained_sides(2, 2);

    (void)state;
    find_in_all(sides.base, 2, "loss", 1);
    find_in(&sides.fresh[0], "policer", 1, "a policer there");
    find_in(&sides.fresh[1], "loss_without_queue", 1.2, "no queue there");
    compare(&sides);
    expect_change(&sides, "loss", TP_REASON_ALIKE);
    assert_int_equal(told(&sides, "loss")->new_with, 2);
    assert_string_equal(told(&sides, "loss")->sentence, "no queue there");
    assert_true(told(&sides, "loss")->worst == &sides.fresh[1]);
    expect_change(&sides, "policer", TP_REASON_ALIKE);
    release(&sides);
}

static void what_was_not_looked_for_did_not_come(void **state)
{
    struct sides sides = explained_sides(2, 2);

    (void)state;
    sides.base[1].roles[0].reasons->judged &= ~(UINT64_C(1) << row_of_finding("policer"));
    find_in_all(sides.fresh, 2, "policer", 2);
    find_in_all(sides.fresh, 2, "behaviour", 0);
    compare(&sides);
    expect_change(&sides, "policer", TP_REASON_ALIKE);
    assert_null(told(&sides, "behaviour")); /* which says what it is, and nothing that is wrong */
    release(&sides);
}

static void expect_why_not(struct sides *sides, const char *why)
{
    const struct tp_compare_reasons *reasons;

    compare(sides);
    reasons = &sides->answer.roles[0].reasons;
    if (!strstr(reasons->why_not, why))
        fail_msg("'%s', wanted '%s'", reasons->why_not, why);
    assert_int_equal(reasons->count, 0);
    assert_false(reasons->has_account);
}

static void runs_that_tell_other_things_are_not_held_against_each_other(void **state)
{
    struct sides sides = explained_sides(2, 2);
    struct tp_reason_sum *sum = &sides.fresh[1].roles[0].reasons->sum;

    (void)state;
    find_in_all(sides.fresh, 2, "rwnd", 2);
    sum->origins = 1u << TP_FROM_PACKETS;
    expect_why_not(&sides, "not all runs are told by the same source");
    sum->origins = 1u << TP_FROM_KERNEL;
    sum->blind[TP_BLIND_PACKETS] = 1;
    expect_why_not(&sides, "not every run can be judged alike: reordering");
    sum->blind[TP_BLIND_PACKETS] = 0;
    sum->blind[TP_BLIND_WAITS] = 1; /* the account has that */
    compare(&sides);
    expect_change(&sides, "rwnd", TP_REASON_CAME);
    free(sides.base[0].roles[0].reasons);
    sides.base[0].roles[0].reasons = NULL;
    expect_why_not(&sides, "it is not known of every run what was found");
    release(&sides);
}

static void a_byte_waits_for_what_it_waits(void **state)
{
    struct sides sides = explained_sides(2, 1);
    const struct tp_compare_reasons *reasons;

    (void)state;
    sides.base[1].roles[0].reasons->carried_bytes = 3e6; /* 4 MB in 20 s */
    sides.fresh[0].roles[0].reasons->sum.account.time_ns[TP_WAIT_RTO] = INT64_C(5000000000);
    compare(&sides);
    reasons = &sides.answer.roles[0].reasons;
    assert_true(reasons->has_account);
    assert_true(reasons->base_ns[TP_WAIT_PATH] == 5000);
    assert_true(reasons->new_ns[TP_WAIT_PATH] == 10000);
    assert_true(reasons->base_ns[TP_WAIT_RTO] == 0);
    assert_true(reasons->new_ns[TP_WAIT_RTO] == 5000);
    sides.base[1].roles[0].reasons->carried_bytes = 0; /* nobody knows */
    compare(&sides);
    assert_false(sides.answer.roles[0].reasons.has_account);
    release(&sides);
}

static void a_change_is_explained(void **state)
{
    struct sides sides = explained_sides(5, 5);

    (void)state;
    find_in_all(sides.fresh, 5, "rwnd", 3.1);
    find_in_all(sides.base, 5, "queue", 0);
    compare(&sides);
    assert_null(strstr(sides.answer.why, "found now")); /* nothing changed that it could explain */
    scale_runs(sides.fresh, 5, TP_COMPARE_GOODPUT, 0.5);
    expect(&sides, TP_CHANGED, TP_CHANGE_REGRESSION,
           "found now and not before: the receiver's window (31 % of the time); "
           "not found any more: a long queue on the path; ");
    release(&sides);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_came_and_went_is_of_every_run),
        cmocka_unit_test(more_is_more_in_every_run),
        cmocka_unit_test(a_sort_is_of_its_row),
        cmocka_unit_test(what_was_not_looked_for_did_not_come),
        cmocka_unit_test(runs_that_tell_other_things_are_not_held_against_each_other),
        cmocka_unit_test(a_byte_waits_for_what_it_waits),
        cmocka_unit_test(a_change_is_explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
