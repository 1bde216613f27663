/* test_verdict.c: what the answer says when something is off: stray runs, too little power, metrics
 * that one side lacks, causes that do not follow. */
#include "sides.h"

/* Runs of one kind, which their names tell apart. */
static struct sides named_sides(size_t base_count, size_t new_count, double noise)
{
    struct sides sides = {.base = made_runs(base_count, 1, noise),
                          .fresh = made_runs(new_count, 2, noise),
                          .base_count = base_count,
                          .new_count = new_count};
    size_t i;

    for (i = 0; i < base_count + new_count; i++) {
        struct tp_run *run = i < base_count ? &sides.base[i] : &sides.fresh[i - base_count];

        free(run->name);
        run->name = malloc(32);
        snprintf(run->name, 32, "%s-%zu", i < base_count ? "base" : "new",
                 i < base_count ? i : i - base_count);
        set_runs(run, 1, TP_COMPARE_RWND_SHARE, 0);
        set_runs(run, 1, TP_COMPARE_APP_SHARE, 0);
    }
    return sides;
}

static const char *answer(struct sides *sides)
{
    compare(sides);
    return sides->answer.why;
}

static void expect_silence(const struct sides *sides, const char *about)
{
    if (strstr(sides->answer.why, about))
        fail_msg("'%s' is said: %s", about, sides->answer.why);
}

/* Every core metric of a run, as when it was of another scenario. */
static void make_stray(struct tp_run *run, double by)
{
    int metric;

    for (metric = 0; metric < TP_COMPARE_IDS; metric++)
        if (tp_compare_metrics[metric].kind == TP_COMPARE_CORE)
            scale_runs(run, 1, (enum tp_compare_id)metric, by);
}

/* As from a buffer of half the size. */
static void make_shorter_queue(struct tp_run *runs, size_t count)
{
    scale_runs(runs, count, TP_COMPARE_RTT_P50, 0.77);
    scale_runs(runs, count, TP_COMPARE_RTT_P95, 0.75);
    scale_runs(runs, count, TP_COMPARE_CWND_P50, 0.78);
}

/* --- strays ----------------------------------------------------------------------------------- */

static const double scales[] = {1.1, 1.2, 1.5, 2, 3, 0.7};

static void a_stray_in_the_base_hides_no_change(void **state)
{
    static const size_t designs[][2] = {{5, 5}, {10, 3}, {17, 3}, {18, 3}};
    size_t i, j;

    (void)state;
    for (i = 0; i < sizeof designs / sizeof *designs; i++)
        for (j = 0; j < sizeof scales / sizeof *scales; j++) {
            struct sides sides = named_sides(designs[i][0], designs[i][1], 0.01);

            make_stray(&sides.base[2], scales[j]);
            make_shorter_queue(sides.fresh, sides.new_count);
            expect(&sides, TP_CHANGED, TP_CHANGE_IMPROVEMENT, "rtt_p50 fell");
            release(&sides);
        }
}

static void beside_a_single_new_run_it_is_named(void **state)
{
    struct sides sides = named_sides(20, 1, 0.01);
    const struct tp_compare_stray *stray;

    (void)state;
    make_shorter_queue(sides.fresh, 1);
    expect(&sides, TP_CHANGED, TP_CHANGE_IMPROVEMENT, "it is one run: record 2 more");
    make_stray(&sides.base[7], 1.3);
    expect(&sides, TP_UNDECIDED, TP_CHANGE_NONE, "base run base-7 lies apart from the others: ");
    assert_non_null(strstr(sides.answer.why, "rtt_p50 fell from "));
    assert_non_null(strstr(sides.answer.why, "(+30 %)"));
    assert_non_null(strstr(sides.answer.why, "a single new run cannot be told from it"));
    stray = &sides.answer.roles[0].base_stray;
    assert_ptr_equal(stray->run, &sides.base[7]);
    assert_int_equal(stray->count, 1);
    assert_true(fabs(stray->value / stray->middle - 1.3) < 0.03);
    assert_int_equal(sides.answer.roles[0].new_stray.count, 0);
    release(&sides);
}

static void a_stray_among_the_new_is_no_change_of_all(void **state)
{
    static const size_t designs[][2] = {{5, 5}, {10, 3}, {17, 3}, {10, 2}, {2, 10}, {3, 10}};
    size_t i, j;

    (void)state;
    for (i = 0; i < sizeof designs / sizeof *designs; i++)
        for (j = 0; j < sizeof scales / sizeof *scales; j++) {
            struct sides sides = named_sides(designs[i][0], designs[i][1], 0.01);

            make_stray(&sides.fresh[1], scales[j]);
            expect(&sides, sides.new_count == 2 ? TP_UNDECIDED : TP_NO_CHANGE, TP_CHANGE_NONE,
                   "; new run new-1 lies apart from the others: ");
            release(&sides);
        }
}

/* Two of three new runs are among the higher ones, and the third is a stray: together that is rare,
 * and yet it is the stray that makes it so. */
static void a_change_does_not_hang_on_one_run(void **state)
{
    struct sides sides = named_sides(10, 3, 0.01);
    const double fresh[] = {101, 150, 100.8};
    size_t i;

    (void)state;
    sides.options.gate = UINT64_C(1) << TP_COMPARE_RTT_P50;
    sides.options.has_threshold[TP_COMPARE_RTT_P50] = true;
    sides.options.relative[TP_COMPARE_RTT_P50] = 0.005;
    for (i = 0; i < 10; i++)
        set_runs(&sides.base[i], 1, TP_COMPARE_RTT_P50, 99.1 + 0.2 * (double)i);
    for (i = 0; i < 3; i++)
        set_runs(&sides.fresh[i], 1, TP_COMPARE_RTT_P50, fresh[i]);
    expect(&sides, TP_UNDECIDED, TP_CHANGE_NONE, "; new run new-1 lies apart from the others: ");
    assert_true(row_of(&sides, TP_COMPARE_RTT_P50)->significant);
    assert_non_null(strstr(row_of(&sides, TP_COMPARE_RTT_P50)->why, "it hangs on a single run"));
    release(&sides);
}

/* Texts of a baseline may be anything. */
static void the_name_of_a_stray_is_printable(void **state)
{
    struct sides sides = named_sides(10, 3, 0.01);

    (void)state;
    make_stray(&sides.fresh[1], 2);
    strcpy(sides.fresh[1].name, "a\x1b[31m\xff");
    expect(&sides, TP_NO_CHANGE, TP_CHANGE_NONE, "new run a?[31m? lies");
    release(&sides);
}

/* --- power ------------------------------------------------------------------------------------ */

static void what_moved_is_not_unchanged(void **state)
{
    struct sides sides = named_sides(5, 5, 0.5);

    (void)state;
    scale_runs(sides.fresh, 5, TP_COMPARE_STARTUP, 1.15);
    expect(&sides, TP_UNDECIDED, TP_CHANGE_NONE, "startup ");
    assert_true(row_of(&sides, TP_COMPARE_STARTUP)->undecided);
    assert_true(row_of(&sides, TP_COMPARE_STARTUP)->p > 0.05);
    assert_non_null(strstr(sides.answer.why, " runs a side, or "));
    assert_non_null(strstr(row_of(&sides, TP_COMPARE_STARTUP)->why, "; it takes "));
    release(&sides);
}

static void what_moved_and_has_gaps_is_undecided(void **state)
{
    struct sides sides = named_sides(5, 5, 0.01);

    (void)state;
    scale_runs(sides.fresh, 5, TP_COMPARE_RTT_P50, 2);
    set_runs(&sides.fresh[0], 1, TP_COMPARE_RTT_P50, NAN);
    expect(&sides, TP_UNDECIDED, TP_CHANGE_NONE, "it takes that metric in every run");
    release(&sides);
}

/* Of a sample of the labellings none is so few: p may be small, and nothing is detectable. */
static void nothing_is_detectable_at_a_tiny_alpha(void **state)
{
    struct sides sides = named_sides(20, 20, 0.01);

    (void)state;
    sides.options.alpha = 1e-5;
    scale_runs(sides.fresh, 20, TP_COMPARE_RTT_P50, 1.2);
    expect(&sides, TP_UNDECIDED, TP_CHANGE_NONE, "; it takes more runs");
    expect_silence(&sides, "inf ");
    release(&sides);
}

static void no_change_says_what_it_excludes(void **state)
{
    struct sides sides = named_sides(8, 8, 0.01);

    (void)state;
    expect(&sides, TP_NO_CHANGE, TP_CHANGE_NONE, "excluded is a change beyond: goodput by ");
    expect_silence(&sides, "too few");
    sides.options.require_power = true;
    expect(&sides, TP_NO_CHANGE, TP_CHANGE_NONE, "excluded is a change beyond: goodput by ");
    sides.options.has_threshold[TP_COMPARE_GOODPUT] = true;
    sides.options.relative[TP_COMPARE_GOODPUT] = 0.005;
    expect(&sides, TP_UNDECIDED, TP_CHANGE_NONE, "--require-power");
    assert_non_null(strstr(sides.answer.why, "to exclude one by the limit: goodput up to "));
    assert_non_null(strstr(sides.answer.why, "(limit 0.5 %)"));
    sides.options.require_power = false;
    expect(&sides, TP_NO_CHANGE, TP_CHANGE_NONE, "to exclude one by the limit: goodput up to ");
    assert_true(row_of(&sides, TP_COMPARE_GOODPUT)->possible >
                row_of(&sides, TP_COMPARE_GOODPUT)->threshold);
    release(&sides);
}

/* --- what one side lacks ---------------------------------------------------------------------- */

static void a_change_names_what_one_side_lacks(void **state)
{
    struct sides sides = named_sides(5, 5, 0.01);

    (void)state;
    scale_runs(sides.fresh, 5, TP_COMPARE_GOODPUT, 0.8);
    set_runs(sides.fresh, 5, TP_COMPARE_BETA, NAN);
    set_runs(&sides.base[1], 1, TP_COMPARE_RETX, NAN);
    expect(&sides, TP_CHANGED, TP_CHANGE_REGRESSION,
           "measured on one side only, so not tested: beta");
    assert_non_null(strstr(sides.answer.why, "not measured in every run, so not tested: retx"));
    release(&sides);
}

static void what_is_missing_may_be_worse(void **state)
{
    struct sides sides = named_sides(5, 5, 0.01);

    (void)state;
    scale_runs(sides.fresh, 5, TP_COMPARE_GOODPUT, 1.2);
    expect(&sides, TP_CHANGED, TP_CHANGE_IMPROVEMENT, "goodput rose");
    set_runs(sides.fresh, 5, TP_COMPARE_INIT_CWND, NAN); /* of no direction */
    expect(&sides, TP_CHANGED, TP_CHANGE_IMPROVEMENT, "goodput rose");
    set_runs(sides.fresh, 5, TP_COMPARE_RTT_P50, NAN);
    expect(&sides, TP_CHANGED, TP_CHANGE_DIFFERENT, "not tested: init_cwnd, rtt_p50");
    scale_runs(sides.fresh, 5, TP_COMPARE_RETX, 5);
    expect(&sides, TP_CHANGED, TP_CHANGE_REGRESSION, "retx rose");
    release(&sides);
}

static void what_is_undecided_may_be_worse(void **state)
{
    struct sides sides = named_sides(5, 5, 0.01);
    size_t i;

    (void)state;
    scale_runs(sides.fresh, 5, TP_COMPARE_GOODPUT, 1.2);
    for (i = 0; i < 3; i++)
        scale_runs(&sides.fresh[i], 1, TP_COMPARE_RTT_P50, 1.5);
    scale_runs(&sides.fresh[3], 1, TP_COMPARE_RTT_P50, 0.6);
    expect(&sides, TP_CHANGED, TP_CHANGE_DIFFERENT, "; not decided: rtt_p50");
    release(&sides);
}

/* --- causes ----------------------------------------------------------------------------------- */

#define QUEUE "less is queued at the bottleneck"

static void a_cause_needs_its_rivals_excluded(void **state)
{
    static const enum tp_compare_id needed[] = {
        TP_COMPARE_BETA,       TP_COMPARE_GOODPUT,   TP_COMPARE_RTT_P95, TP_COMPARE_CWND_P50,
        TP_COMPARE_RWND_SHARE, TP_COMPARE_APP_SHARE, TP_COMPARE_RTT_MIN};
    size_t i;

    (void)state;
    for (i = 0; i <= sizeof needed / sizeof *needed; i++) {
        struct sides sides = named_sides(5, 5, 0.01);

        make_shorter_queue(sides.fresh, 5);
        if (i == 0) {
            expect(&sides, TP_CHANGED, TP_CHANGE_IMPROVEMENT, QUEUE);
        } else {
            set_runs(sides.fresh, 5, needed[i - 1], NAN);
            answer(&sides);
            assert_int_equal(sides.answer.verdict, TP_CHANGED);
            expect_silence(&sides, QUEUE);
        }
        release(&sides);
    }
}

/* cubic against reno, of which a capture does not show the factor: p95 of the RTT is what it was.
 */
static void what_did_not_move_is_said(void **state)
{
    struct sides sides = named_sides(5, 5, 0.01);

    (void)state;
    set_runs(sides.base, 5, TP_COMPARE_BETA, NAN);
    set_runs(sides.fresh, 5, TP_COMPARE_BETA, NAN);
    scale_runs(sides.fresh, 5, TP_COMPARE_RTT_P50, 0.85);
    scale_runs(sides.fresh, 5, TP_COMPARE_CWND_P50, 0.85);
    expect(&sides, TP_CHANGED, TP_CHANGE_IMPROVEMENT,
           "; unchanged: goodput, startup, init_cwnd, rtt_p95");
    expect_silence(&sides, QUEUE);
    expect_silence(&sides, "congestion control");
    release(&sides);
}

/* What is not shown to be the same is not steady: goodput may have moved by its limit. */
static void steady_is_shown_not_presumed(void **state)
{
    struct sides sides = named_sides(5, 5, 0.01);
    size_t i;

    (void)state;
    make_shorter_queue(sides.fresh, 5);
    for (i = 0; i < 5; i++)
        set_runs(&sides.fresh[i], 1, TP_COMPARE_GOODPUT, 19 + 0.4 * ((double)i - 2));
    answer(&sides);
    assert_int_equal(sides.answer.verdict, TP_CHANGED);
    assert_int_equal(row_of(&sides, TP_COMPARE_GOODPUT)->change, TP_CHANGE_NONE);
    expect_silence(&sides, QUEUE);
    release(&sides);
}

static void slower_and_faster_bottlenecks(void **state)
{
    struct sides sides = named_sides(5, 5, 0.01);

    (void)state;
    scale_runs(sides.fresh, 5, TP_COMPARE_GOODPUT, 0.9);
    expect(&sides, TP_CHANGED, TP_CHANGE_REGRESSION, ": the bottleneck gives less");
    scale_runs(sides.fresh, 5, TP_COMPARE_GOODPUT, 1.3);
    expect(&sides, TP_CHANGED, TP_CHANGE_IMPROVEMENT, ": the bottleneck gives more");
    set_runs(sides.fresh, 5, TP_COMPARE_APP_SHARE,
             40); /* the application had less to send before */
    answer(&sides);
    expect_silence(&sides, "bottleneck");
    release(&sides);
}

/* 0.7 of 4 segments is 2: half. */
static void a_rounded_factor_is_no_other_algorithm(void **state)
{
    struct sides sides = named_sides(5, 5, 0.01);

    (void)state;
    set_runs(sides.fresh, 5, TP_COMPARE_BETA, 0.5);
    expect(&sides, TP_CHANGED, TP_CHANGE_DIFFERENT, ": another congestion control");
    set_runs(sides.base, 5, TP_COMPARE_CWND_P50, 4);
    set_runs(sides.fresh, 5, TP_COMPARE_CWND_P50, 4);
    expect(&sides, TP_CHANGED, TP_CHANGE_DIFFERENT, "beta fell");
    expect_silence(&sides, "congestion control");
    release(&sides);
}

static void name_all(struct sides *sides, const char *kernel, const char *base, const char *fresh)
{
    size_t i;

    for (i = 0; i < sides->base_count + sides->new_count; i++) {
        struct tp_run *run =
            i < sides->base_count ? &sides->base[i] : &sides->fresh[i - sides->base_count];

        free(run->kernel);
        free(run->congestion_control);
        run->kernel = strdup(kernel);
        run->congestion_control = strdup(i < sides->base_count ? base : fresh);
    }
}

/* Where the algorithm is known by name, no factor is needed; and what it says is believed first. */
static void a_name_tells_the_algorithm(void **state)
{
    struct sides sides = named_sides(5, 5, 0.01);

    (void)state;
    set_runs(sides.base, 5, TP_COMPARE_BETA, NAN);
    set_runs(sides.fresh, 5, TP_COMPARE_BETA, NAN);
    make_shorter_queue(sides.fresh, 5);
    name_all(&sides, "6.18", "cubic", "cubic");
    expect(&sides, TP_CHANGED, TP_CHANGE_IMPROVEMENT, QUEUE);
    name_all(&sides, "6.18", "cubic", "bbr");
    expect(&sides, TP_CHANGED, TP_CHANGE_IMPROVEMENT, ": another congestion control");
    name_all(&sides, "6.18", "cubic", "cubic");
    strcpy(sides.fresh[4].kernel, "6.19"); /* one of them is enough to know nothing */
    answer(&sides);
    expect_silence(&sides, QUEUE);
    release(&sides);
}

static void a_factor_that_moved_under_one_name_is_no_other_name(void **state)
{
    struct sides sides = named_sides(5, 5, 0.01);

    (void)state;
    set_runs(sides.fresh, 5, TP_COMPARE_BETA, 0.5);
    name_all(&sides, "6.18", "cubic", "cubic");
    expect(&sides, TP_CHANGED, TP_CHANGE_DIFFERENT, "beta fell");
    expect_silence(&sides, "congestion control");
    release(&sides);
}

/* Another kernel may be why, whatever moved. */
static void another_kernel_explains_too_much(void **state)
{
    struct sides sides = named_sides(5, 5, 0.01);
    size_t i;

    (void)state;
    make_shorter_queue(sides.fresh, 5);
    name_all(&sides, "6.18", "cubic", "cubic");
    for (i = 0; i < 5; i++)
        strcpy(sides.fresh[i].kernel, "6.19");
    answer(&sides);
    assert_int_equal(sides.answer.verdict, TP_CHANGED);
    expect_silence(&sides, QUEUE);
    release(&sides);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stray_in_the_base_hides_no_change),
        cmocka_unit_test(beside_a_single_new_run_it_is_named),
        cmocka_unit_test(a_stray_among_the_new_is_no_change_of_all),
        cmocka_unit_test(a_change_does_not_hang_on_one_run),
        cmocka_unit_test(the_name_of_a_stray_is_printable),
        cmocka_unit_test(what_moved_is_not_unchanged),
        cmocka_unit_test(what_moved_and_has_gaps_is_undecided),
        cmocka_unit_test(nothing_is_detectable_at_a_tiny_alpha),
        cmocka_unit_test(no_change_says_what_it_excludes),
        cmocka_unit_test(a_change_names_what_one_side_lacks),
        cmocka_unit_test(what_is_missing_may_be_worse),
        cmocka_unit_test(what_is_undecided_may_be_worse),
        cmocka_unit_test(a_cause_needs_its_rivals_excluded),
        cmocka_unit_test(what_did_not_move_is_said),
        cmocka_unit_test(steady_is_shown_not_presumed),
        cmocka_unit_test(slower_and_faster_bottlenecks),
        cmocka_unit_test(a_rounded_factor_is_no_other_algorithm),
        cmocka_unit_test(a_name_tells_the_algorithm),
        cmocka_unit_test(a_factor_that_moved_under_one_name_is_no_other_name),
        cmocka_unit_test(another_kernel_explains_too_much),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
