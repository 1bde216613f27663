/* test_compare.c: from runs to verdicts, on made-up runs. */
#include <time.h>

#include "sides.h"

/* --- changed or not --------------------------------------------------------------------------- */

static void alike_is_no_change(void **state)
{
    struct sides sides = sides_of(5, 5);

    (void)state;
    expect(&sides, TP_NO_CHANGE, TP_CHANGE_NONE, "none of 8 tested metrics moved");
    assert_int_equal(sides.answer.role_count, 1);
    assert_int_equal(sides.answer.roles[0].base_runs, 5);
    assert_false(row_of(&sides, TP_COMPARE_RTT_P50)->significant);
    assert_true(isnan(row_of(&sides, TP_COMPARE_JAIN)->base));
    assert_false(row_of(&sides, TP_COMPARE_JAIN)->tested);
    assert_string_equal(row_of(&sides, TP_COMPARE_JAIN)->why, "");
    release(&sides);
}

static void a_side_against_itself_is_the_same(void **state)
{
    struct sides sides = {.base = made_runs(6, 1, 0.01),
                          .fresh = made_runs(6, 1, 0.01),
                          .base_count = 6,
                          .new_count = 6};
    int metric;

    (void)state;
    expect(&sides, TP_NO_CHANGE, TP_CHANGE_NONE, "excluded is a change beyond: goodput by 0.");
    assert_null(strstr(sides.answer.why, "too few"));
    for (metric = 0; metric < TP_COMPARE_IDS; metric++)
        if (row_of(&sides, (enum tp_compare_id)metric)->tested) {
            assert_true(row_of(&sides, (enum tp_compare_id)metric)->p == 1);
            assert_true(row_of(&sides, (enum tp_compare_id)metric)->same);
        }
    release(&sides);
}

/* "Same" is shown, not presumed: wide spread proves nothing. */
static void same_needs_proof(void **state)
{
    struct sides sides = {.base = made_runs(5, 1, 0.5),
                          .fresh = made_runs(5, 2, 0.5),
                          .base_count = 5,
                          .new_count = 5};

    (void)state;
    compare(&sides);
    assert_false(row_of(&sides, TP_COMPARE_RTT_P50)->same);
    release(&sides);
}

static void directions_make_the_change(void **state)
{
    static const struct {
        enum tp_compare_id metric;
        double by;
        enum tp_change change;
    } cases[] = {
        {TP_COMPARE_GOODPUT, 0.9, TP_CHANGE_REGRESSION},
        {TP_COMPARE_GOODPUT, 1.1, TP_CHANGE_IMPROVEMENT},
        {TP_COMPARE_RTT_P50, 1.2, TP_CHANGE_REGRESSION},
        {TP_COMPARE_RTT_P50, 0.8, TP_CHANGE_IMPROVEMENT},
        {TP_COMPARE_CWND_P50, 0.8, TP_CHANGE_DIFFERENT},
        {TP_COMPARE_LOSS_EVENTS, 2, TP_CHANGE_REGRESSION},
        {TP_COMPARE_RETX, 3, TP_CHANGE_REGRESSION},
        {TP_COMPARE_STARTUP, 0.8, TP_CHANGE_REGRESSION},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sides sides = sides_of(5, 5);

        scale_runs(sides.fresh, 5, cases[i].metric, cases[i].by);
        expect(&sides, TP_CHANGED, cases[i].change, tp_compare_metrics[cases[i].metric].name);
        assert_true(row_of(&sides, cases[i].metric)->p <= 0.05);
        assert_non_null(
            strstr(row_of(&sides, cases[i].metric)->why, cases[i].by < 1 ? "fell" : "rose"));
        release(&sides);
    }
}

/* Beyond chance and yet too small to matter: half the limit. */
static void small_changes_are_no_change(void **state)
{
    struct sides sides = {.base = made_runs(8, 1, 0.001),
                          .fresh = made_runs(8, 2, 0.001),
                          .base_count = 8,
                          .new_count = 8};

    (void)state;
    scale_runs(sides.fresh, 8, TP_COMPARE_RTT_P50, 1.05);
    expect(&sides, TP_NO_CHANGE, TP_CHANGE_NONE, "none of");
    assert_true(row_of(&sides, TP_COMPARE_RTT_P50)->significant);
    assert_false(row_of(&sides, TP_COMPARE_RTT_P50)->large);
    sides.options.has_threshold[TP_COMPARE_RTT_P50] = true;
    sides.options.relative[TP_COMPARE_RTT_P50] = 0.03;
    expect(&sides, TP_CHANGED, TP_CHANGE_REGRESSION, "limit 3 %");
    release(&sides);
}

/* Two thresholds must both be reached: 50 % of next to nothing is nothing. */
static void both_thresholds_count(void **state)
{
    struct sides sides = sides_of(5, 5);

    (void)state;
    scale_runs(sides.base, 5, TP_COMPARE_RETX, 0.1);
    scale_runs(sides.fresh, 5, TP_COMPARE_RETX, 0.3);
    expect(&sides, TP_NO_CHANGE, TP_CHANGE_NONE, "none of");
    release(&sides);
}

static void the_gate_decides_what_decides(void **state)
{
    struct sides sides = sides_of(5, 5);

    (void)state;
    scale_runs(sides.fresh, 5, TP_COMPARE_RTT_P50, 1.5);
    sides.options.gate = UINT64_C(1) << TP_COMPARE_GOODPUT;
    expect(&sides, TP_NO_CHANGE, TP_CHANGE_NONE, "none of 1 tested metric");
    assert_false(row_of(&sides, TP_COMPARE_RTT_P50)->gated);
    assert_true(row_of(&sides, TP_COMPARE_RTT_P50)->large);
    sides.options.gate = UINT64_C(1) << TP_COMPARE_RTT_P50;
    expect(&sides, TP_CHANGED, TP_CHANGE_REGRESSION, "rtt_p50 rose");
    release(&sides);
}

static void alpha_is_the_limit_of_p(void **state)
{
    struct sides sides = sides_of(4, 4);

    (void)state;
    scale_runs(sides.fresh, 4, TP_COMPARE_RTT_P50, 1.5);
    expect(&sides, TP_CHANGED, TP_CHANGE_REGRESSION, "p = 0.029");
    sides.options.alpha = 0.01;
    expect(&sides, TP_UNDECIDED, TP_CHANGE_NONE, "4 against 4 runs cannot reach p <= 0.01");
    release(&sides);
}

/* What was 0 in every base run has no relative limit; that it is not 0 any more is still seen. */
static void a_change_from_nothing_is_seen(void **state)
{
    struct sides sides = sides_of(8, 4);

    (void)state;
    set_runs(sides.base, 8, TP_COMPARE_RETX, 0);
    set_runs(sides.fresh, 4, TP_COMPARE_RETX, 5);
    sides.options.has_threshold[TP_COMPARE_RETX] = true;
    sides.options.relative[TP_COMPARE_RETX] = 0.5;
    expect(&sides, TP_CHANGED, TP_CHANGE_REGRESSION, "retx rose from 0 to 5 %");
    set_runs(sides.fresh, 4, TP_COMPARE_RETX, 0);
    expect(&sides, TP_NO_CHANGE, TP_CHANGE_NONE, "none of 8");
    assert_true(row_of(&sides, TP_COMPARE_RETX)->p == 1);
    release(&sides);
}

/* --- too few runs ----------------------------------------------------------------------------- */

static void few_runs_are_undecided(void **state)
{
    static const size_t few[][2] = {{1, 1}, {3, 3}, {10, 1}, {18, 1}, {1, 18}, {2, 4}};
    static const size_t enough[][2] = {{4, 4}, {19, 1}, {1, 19}, {20, 1}, {10, 2}, {6, 3}};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof few / sizeof *few; i++) {
        struct sides sides = sides_of(few[i][0], few[i][1]);

        scale_runs(sides.fresh, few[i][1], TP_COMPARE_RTT_P50, 5);
        expect(&sides, TP_UNDECIDED, TP_CHANGE_NONE, "cannot reach p <= 0.05");
        release(&sides);
    }
    for (i = 0; i < sizeof enough / sizeof *enough; i++) {
        struct sides sides = sides_of(enough[i][0], enough[i][1]);

        scale_runs(sides.fresh, enough[i][1], TP_COMPARE_RTT_P50, 5);
        expect(&sides, TP_CHANGED, TP_CHANGE_REGRESSION, "rtt_p50 rose");
        release(&sides);
    }
}

static void exact_metrics_need_one_run(void **state)
{
    struct sides sides = sides_of(1, 1);

    (void)state;
    set_runs(sides.fresh, 1, TP_COMPARE_BETA, 0.5);
    expect(&sides, TP_CHANGED, TP_CHANGE_DIFFERENT, "another congestion control");
    set_runs(sides.fresh, 1, TP_COMPARE_BETA, 0.72);
    expect(&sides, TP_UNDECIDED, TP_CHANGE_NONE, "1 against 1 runs");
    set_runs(sides.fresh, 1, TP_COMPARE_INIT_CWND, 20);
    expect(&sides, TP_CHANGED, TP_CHANGE_DIFFERENT, "init_cwnd rose from 10 to 20 segs");
    release(&sides);
}

/* Runs of both kinds on both sides: which kind has the median is chance. */
static void exact_metrics_of_mixed_runs_are_tested(void **state)
{
    struct sides sides = sides_of(5, 5);

    (void)state;
    set_runs(sides.base, 2, TP_COMPARE_BETA, 0.5);
    set_runs(sides.fresh, 3, TP_COMPARE_BETA, 0.5);
    expect(&sides, TP_UNDECIDED, TP_CHANGE_NONE, "beta fell from 0.7 to 0.5 (limit 0.05, p = 1);");
    assert_true(row_of(&sides, TP_COMPARE_BETA)->tested);
    assert_true(row_of(&sides, TP_COMPARE_BETA)->large);
    assert_true(row_of(&sides, TP_COMPARE_BETA)->undecided);
    set_runs(sides.base, 5, TP_COMPARE_BETA, 0.7);
    sides.base[0].roles[0].value[TP_COMPARE_BETA] = 0.8;
    set_runs(sides.fresh, 5, TP_COMPARE_BETA, 0.5);
    expect(&sides, TP_CHANGED, TP_CHANGE_DIFFERENT, "beta fell from 0.7 to 0.5 (limit 0.05, p =");
    release(&sides);
}

/* --- what was not measured -------------------------------------------------------------------- */

static void beta_on_one_side_is_a_note(void **state)
{
    struct sides sides = sides_of(5, 5);

    (void)state;
    set_runs(sides.fresh, 5, TP_COMPARE_BETA, NAN);
    expect(&sides, TP_NO_CHANGE, TP_CHANGE_NONE, "none of 8");
    assert_string_equal(row_of(&sides, TP_COMPARE_BETA)->why,
                        "measured in 5 of 5 base and 0 of 5 new runs");
    assert_int_equal(row_of(&sides, TP_COMPARE_BETA)->change, TP_CHANGE_NONE);
    release(&sides);
}

/* A metric that some runs lack is not tested, and the verdict says that it was not. */
static void gaps_are_told(void **state)
{
    static const double bad[] = {NAN, INFINITY, -INFINITY, 1e300};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct sides sides = sides_of(5, 5);

        sides.fresh[3].roles[0].value[TP_COMPARE_GOODPUT] = bad[i];
        expect(&sides, TP_NO_CHANGE, TP_CHANGE_NONE,
               "not measured in every run, so not tested: goodput");
        assert_false(row_of(&sides, TP_COMPARE_GOODPUT)->tested);
        assert_string_equal(row_of(&sides, TP_COMPARE_GOODPUT)->why,
                            "measured in 5 of 5 base and 4 of 5 new runs");
        assert_true(isfinite(row_of(&sides, TP_COMPARE_GOODPUT)->fresh));
        release(&sides);
    }
}

static void nothing_measured_is_undecided(void **state)
{
    struct sides sides = sides_of(5, 5);
    int metric;

    (void)state;
    for (metric = 0; metric < TP_COMPARE_IDS; metric++)
        set_runs(sides.fresh, 5, (enum tp_compare_id)metric, NAN);
    expect(&sides, TP_UNDECIDED, TP_CHANGE_NONE, "no metric was measured in every run");
    release(&sides);
}

/* --- not comparable --------------------------------------------------------------------------- */

static void another_path_is_not_comparable(void **state)
{
    static const struct {
        enum tp_compare_id metric;
        double to;
        const char *why;
    } cases[] = {
        {TP_COMPARE_RTT_MIN, 44, "path changed: base RTT 40 -> 44 ms"},
        {TP_COMPARE_FLOWS, 2, "Flows differs: 1 -> 2"},
        {TP_COMPARE_MSS, 1440, "Segment size differs: 1448 -> 1440 bytes"},
        {TP_COMPARE_DURATION, 6, "Duration differs: 12 -> 6 s"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sides sides = sides_of(5, 5);

        set_runs(sides.fresh, 5, cases[i].metric, cases[i].to);
        scale_runs(sides.fresh, 5, TP_COMPARE_GOODPUT, 0.5);
        expect(&sides, TP_NOT_COMPARABLE, TP_CHANGE_NONE, cases[i].why);
        release(&sides);
    }
}

static void a_path_within_its_limit_is_comparable(void **state)
{
    struct sides sides = sides_of(5, 5);

    (void)state;
    set_runs(sides.fresh, 5, TP_COMPARE_RTT_MIN, 41);
    set_runs(sides.fresh, 5, TP_COMPARE_DURATION, 10);
    expect(&sides, TP_NO_CHANGE, TP_CHANGE_NONE, "none of 8");
    release(&sides);
}

static void within_one_host_microseconds_are_no_path(void **state)
{
    struct sides sides = sides_of(5, 5);

    (void)state;
    set_runs(sides.base, 5, TP_COMPARE_RTT_MIN, 0.001);
    set_runs(sides.fresh, 5, TP_COMPARE_RTT_MIN, 0.0209);
    expect(&sides, TP_NO_CHANGE, TP_CHANGE_NONE, "none of 8");
    set_runs(sides.fresh, 5, TP_COMPARE_RTT_MIN, 0.021);
    expect(&sides, TP_NOT_COMPARABLE, TP_CHANGE_NONE, "path changed: base RTT 0.001 -> 0.021 ms");
    release(&sides);
}

static void bad_recordings_are_not_comparable(void **state)
{
    struct sides sides = sides_of(5, 5);

    (void)state;
    sides.base[2].lost = 7;
    sides.fresh[4].damaged = true;
    expect(&sides, TP_NOT_COMPARABLE, TP_CHANGE_NONE,
           "1 of 5 base recordings lost events; 1 of 5 new recordings are damaged");
    sides.base[2].lost = 0;
    sides.fresh[4].damaged = false;
    sides.fresh[1].origin = TP_FROM_PACKETS;
    expect(&sides, TP_NOT_COMPARABLE, TP_CHANGE_NONE, "some are captures");
    release(&sides);
}

static void packets_compare_with_packets(void **state)
{
    struct sides sides = sides_of(5, 5);
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++)
        sides.base[i].origin = sides.fresh[i].origin = TP_FROM_PACKETS;
    expect(&sides, TP_NO_CHANGE, TP_CHANGE_NONE, "none of 8");
    release(&sides);
}

static void missing_roles_are_not_comparable(void **state)
{
    struct sides sides = sides_of(5, 5);

    (void)state;
    strcpy(sides.fresh[0].roles[0].name, "tiny");
    expect(&sides, TP_NOT_COMPARABLE, TP_CHANGE_NONE, "bulk: 1 of 5 new runs have no such flows");
    assert_int_equal(sides.answer.role_count, 2);
    assert_string_equal(sides.answer.roles[1].name, "tiny");
    assert_non_null(strstr(sides.answer.roles[1].why, "no base run has such flows"));
    release(&sides);
}

/* A run of no flows at all is a run without every role. */
static void empty_runs_are_not_comparable(void **state)
{
    struct sides sides = sides_of(5, 5);

    (void)state;
    free(sides.fresh[2].roles[0].name);
    sides.fresh[2].role_count = 0;
    expect(&sides, TP_NOT_COMPARABLE, TP_CHANGE_NONE, "1 of 5 new runs have no such flows");
    release(&sides);
}

static void no_flows_at_all_are_not_comparable(void **state)
{
    struct tp_run none[] = {{.name = NULL}, {.name = NULL}};
    struct tp_comparison answer;
    struct tp_error error = TP_ERROR_INIT;

    (void)state;
    assert_int_equal(tp_compare(&answer, none, 1, none + 1, 1, NULL, &error), TP_OK);
    assert_int_equal(answer.verdict, TP_NOT_COMPARABLE);
    assert_string_equal(answer.why, "no run has flows to compare");
    tp_comparison_release(&answer);
    assert_int_equal(tp_compare(&answer, none, 0, none, 1, NULL, &error), TP_ERR_USAGE);
    tp_comparison_release(&answer);
}

/* --- both sides ------------------------------------------------------------------------------- */

static void swapping_sides_mirrors_the_answer(void **state)
{
    struct sides there = sides_of(7, 5), back = sides_of(7, 5);
    int metric;

    (void)state;
    free_runs(back.base, 7);
    free_runs(back.fresh, 5);
    back.base = made_runs(5, 2, 0.01);
    back.fresh = made_runs(7, 1, 0.01);
    back.base_count = 5;
    back.new_count = 7;
    scale_runs(there.fresh, 5, TP_COMPARE_RTT_P50, 1.3);
    scale_runs(back.base, 5, TP_COMPARE_RTT_P50, 1.3);
    expect(&there, TP_CHANGED, TP_CHANGE_REGRESSION, "rtt_p50 rose");
    expect(&back, TP_CHANGED, TP_CHANGE_IMPROVEMENT, "rtt_p50 fell");
    for (metric = 0; metric < TP_COMPARE_IDS; metric++) {
        const struct tp_compare_row *one = row_of(&there, (enum tp_compare_id)metric);
        const struct tp_compare_row *other = row_of(&back, (enum tp_compare_id)metric);

        assert_int_equal(one->tested, other->tested);
        if (!one->tested)
            continue;
        assert_true(one->p == other->p);
        assert_true(fabs(one->shift + other->shift) < 1e-9);
        assert_true(fabs(one->low + other->high) < 1e-9);
        assert_true(one->base == other->fresh);
    }
    release(&there);
    release(&back);
}

static void a_thousand_runs_take_seconds(void **state)
{
    struct sides sides = {.base = made_runs(1000, 1, 0.05),
                          .fresh = made_runs(1000, 2, 0.05),
                          .base_count = 1000,
                          .new_count = 1000};
    clock_t begin = clock();

    (void)state;
    scale_runs(sides.fresh, 1000, TP_COMPARE_RTT_P50, 1.15);
    expect(&sides, TP_CHANGED, TP_CHANGE_REGRESSION, "rtt_p50 rose");
    print_message("# 1000 + 1000 runs: %.1f s\n", (double)(clock() - begin) / CLOCKS_PER_SEC);
    release(&sides);
}

/* The worst role is the verdict on all. */
static void roles_are_decided_apart(void **state)
{
    struct sides sides = sides_of(5, 5);
    uint64_t seed = 9;
    size_t i;

    (void)state;
    for (i = 0; i < 10; i++) {
        struct tp_run *run = i < 5 ? &sides.base[i] : &sides.fresh[i - 5];

        run->roles = realloc(run->roles, 2 * sizeof *run->roles);
        memset(&run->roles[1], 0, sizeof run->roles[1]);
        run->roles[1].name = strdup("ack");
        made_values(run->roles[1].value, &seed, 0.01);
        run->role_count = 2;
    }
    scale_runs(sides.fresh, 5, TP_COMPARE_RTT_P50, 0.7);
    expect(&sides, TP_CHANGED, TP_CHANGE_IMPROVEMENT, "bulk: rtt_p50 fell");
    assert_string_equal(sides.answer.roles[0].name, "ack");
    assert_int_equal(sides.answer.roles[0].verdict, TP_NO_CHANGE);
    for (i = 0; i < 5; i++)
        sides.fresh[i].roles[1].value[TP_COMPARE_GOODPUT] *= 0.5;
    expect(&sides, TP_CHANGED, TP_CHANGE_REGRESSION, "ack: goodput fell");
    release(&sides);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alike_is_no_change),
        cmocka_unit_test(a_side_against_itself_is_the_same),
        cmocka_unit_test(same_needs_proof),
        cmocka_unit_test(directions_make_the_change),
        cmocka_unit_test(small_changes_are_no_change),
        cmocka_unit_test(both_thresholds_count),
        cmocka_unit_test(the_gate_decides_what_decides),
        cmocka_unit_test(alpha_is_the_limit_of_p),
        cmocka_unit_test(a_change_from_nothing_is_seen),
        cmocka_unit_test(few_runs_are_undecided),
        cmocka_unit_test(exact_metrics_need_one_run),
        cmocka_unit_test(exact_metrics_of_mixed_runs_are_tested),
        cmocka_unit_test(beta_on_one_side_is_a_note),
        cmocka_unit_test(gaps_are_told),
        cmocka_unit_test(nothing_measured_is_undecided),
        cmocka_unit_test(another_path_is_not_comparable),
        cmocka_unit_test(a_path_within_its_limit_is_comparable),
        cmocka_unit_test(within_one_host_microseconds_are_no_path),
        cmocka_unit_test(bad_recordings_are_not_comparable),
        cmocka_unit_test(packets_compare_with_packets),
        cmocka_unit_test(missing_roles_are_not_comparable),
        cmocka_unit_test(empty_runs_are_not_comparable),
        cmocka_unit_test(no_flows_at_all_are_not_comparable),
        cmocka_unit_test(swapping_sides_mirrors_the_answer),
        cmocka_unit_test(a_thousand_runs_take_seconds),
        cmocka_unit_test(roles_are_decided_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
