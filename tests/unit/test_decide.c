/* test_decide.c: what decides, and by how much: thresholds at their edge, medians, the two
 * confidences, the worst of several metrics. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "run_maker.h"

#include "compare/sample.h"

#define RUNS 5

struct sides {
    struct tp_run *base, *fresh;
    struct tp_compare_options options;
    struct tp_comparison answer;
};

/* Runs that do not differ at all. */
static struct sides begin(void)
{
    return (struct sides){.base = made_runs(RUNS, 1, 0), .fresh = made_runs(RUNS, 2, 0)};
}

static const struct tp_compare_row *decide(struct sides *sides, enum tp_compare_id metric)
{
    assert_int_equal(
        tp_compare(&sides->answer, sides->base, RUNS, sides->fresh, RUNS, &sides->options, NULL),
        TP_OK);
    return &sides->answer.roles[0].rows[metric];
}

static void end(struct sides *sides)
{
    tp_comparison_release(&sides->answer);
    free_runs(sides->base, RUNS);
    free_runs(sides->fresh, RUNS);
}

static void a_threshold_is_reached_at_its_edge(void **state)
{
    (void)state;
    assert_true(sample_reaches(100, 110, 0.1, 0));
    assert_true(sample_reaches(0.3, 0.3 + 0.1, 0, 0.1)); /* whatever the last bits say */
    assert_false(sample_reaches(100, 109.9, 0.1, 0));
    assert_false(sample_reaches(100, 100, 0, 0)); /* equal is no difference */
    assert_true(sample_threshold(100, 0.1, 20) == 20);
    assert_true(sample_threshold(-300, 0.1, 20) == 30);
}

static void a_median_of_two_lies_between(void **state)
{
    const double values[] = {4, 1, 3, 2};
    double scratch[4];

    (void)state;
    assert_true(sample_median(values, 4, scratch) == 2.5);
    assert_true(sample_median(values, 3, scratch) == 3);
    assert_true(sample_median(values, 1, scratch) == 4);
    assert_true(isnan(sample_median(values, 0, scratch)));
}

/* Of 25 differences four reach beyond the limit at each end: that is within the interval of 95 %,
 * which is shown, and outside of that of 90 %, which proves sameness. */
static void sameness_is_proved_at_ninety_percent(void **state)
{
    struct sides sides = begin();
    const struct tp_compare_row *row;

    (void)state;
    scale_runs(sides.base, 1, TP_COMPARE_GOODPUT, 1.1);
    scale_runs(sides.fresh, 1, TP_COMPARE_GOODPUT, 1.1);
    row = decide(&sides, TP_COMPARE_GOODPUT);
    assert_true(row->same);
    assert_true(row->low < -row->threshold && row->high > row->threshold);
    assert_true(row->confidence >= 0.95);
    end(&sides);
}

static void information_decides_nothing(void **state)
{
    struct sides sides = begin();
    const struct tp_compare_row *row;
    size_t i;

    (void)state;
    for (i = 0; i < RUNS; i++) {
        sides.base[i].roles[0].value[TP_COMPARE_CWND_P90] = 100;
        sides.fresh[i].roles[0].value[TP_COMPARE_CWND_P90] = 200 + (double)i;
    }
    row = decide(&sides, TP_COMPARE_CWND_P90);
    assert_true(row->large);
    assert_false(row->gated || row->tested);
    assert_int_equal(sides.answer.verdict, TP_NO_CHANGE);
    end(&sides);
}

static void a_regression_is_worse_than_an_improvement(void **state)
{
    struct sides sides = begin();

    (void)state;
    scale_runs(sides.fresh, RUNS, TP_COMPARE_GOODPUT, 1.2);
    scale_runs(sides.fresh, RUNS, TP_COMPARE_RTT_P50, 1.5);
    assert_int_equal(decide(&sides, TP_COMPARE_GOODPUT)->change, TP_CHANGE_IMPROVEMENT);
    assert_int_equal(sides.answer.roles[0].change, TP_CHANGE_REGRESSION);
    end(&sides);
}

/* An exact metric that one run lacks says nothing of that run. */
static void what_was_not_measured_is_no_evidence(void **state)
{
    struct sides sides = begin();

    (void)state;
    sides.options.gate = UINT64_C(1) << TP_COMPARE_BETA;
    decide(&sides, TP_COMPARE_BETA);
    assert_int_equal(sides.answer.verdict, TP_NO_CHANGE);
    tp_comparison_release(&sides.answer);
    sides.fresh[2].roles[0].value[TP_COMPARE_BETA] = NAN;
    decide(&sides, TP_COMPARE_BETA);
    assert_int_equal(sides.answer.verdict, TP_UNDECIDED);
    end(&sides);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_threshold_is_reached_at_its_edge),
        cmocka_unit_test(a_median_of_two_lies_between),
        cmocka_unit_test(sameness_is_proved_at_ninety_percent),
        cmocka_unit_test(information_decides_nothing),
        cmocka_unit_test(a_regression_is_worse_than_an_improvement),
        cmocka_unit_test(what_was_not_measured_is_no_evidence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
