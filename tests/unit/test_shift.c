/* test_shift.c: the Hodges-Lehmann shift and its interval where they can be counted by hand. An
 * independent implementation is asked in tests/bats/statistics.bats. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "compare/shift.h"

static struct shift shift_between(const double *base, size_t n, const double *fresh, size_t m,
                                  double confidence)
{
    struct shift shift;

    assert_int_equal(shift_of(base, n, fresh, m, confidence, &shift), 0);
    return shift;
}

static void it_is_the_median_of_all_differences(void **state)
{
    const double base[] = {1, 2, 10}, fresh[] = {4, 8};
    struct shift shift = shift_between(base, 3, fresh, 2, 0.95);

    (void)state; /* 3 2 -6 7 6 -2: in order -6 -2 2 3 6 7 */
    assert_true(shift.estimate == 2.5);
    assert_false(shift.has_interval);
}

static void one_run_a_side_has_a_shift_and_no_interval(void **state)
{
    const double base[] = {1}, fresh[] = {4};
    struct shift shift = shift_between(base, 1, fresh, 1, 0.9);

    (void)state;
    assert_true(shift.estimate == 3);
    assert_false(shift.has_interval);
}

/* 4 against 4: only all differences give 97 %, P(U = 0) = 1/70 on each end. */
static void four_a_side_have_97_percent(void **state)
{
    const double base[] = {1, 2, 3, 4}, fresh[] = {11, 13, 15, 17};
    struct shift shift = shift_between(base, 4, fresh, 4, 0.95);

    (void)state;
    assert_true(shift.has_interval);
    assert_true(shift.low == 7 && shift.high == 16);
    assert_true(fabs(shift.confidence - (1 - 2.0 / 70)) < 1e-12);
    assert_false(shift_between(base, 4, fresh, 4, 0.99).has_interval);
}

/* More confidence takes a wider interval. */
static void confidence_widens_it(void **state)
{
    const double base[] = {1, 2.5, 3, 4.2, 5, 6.1}, fresh[] = {2, 3.3, 5, 7.7, 9, 9.4};
    struct shift wide = shift_between(base, 6, fresh, 6, 0.99);
    struct shift narrow = shift_between(base, 6, fresh, 6, 0.8);

    (void)state;
    assert_true(wide.low < narrow.low && narrow.low <= narrow.estimate);
    assert_true(wide.high > narrow.high && narrow.high >= narrow.estimate);
    assert_true(wide.confidence >= 0.99 && narrow.confidence >= 0.8);
}

static void a_constant_moves_it_by_that(void **state)
{
    const double base[] = {5, 1, 4, 2, 3}, fresh[] = {7, 6, 9, 8, 10};
    double moved[5];
    struct shift before = shift_between(base, 5, fresh, 5, 0.95), after;
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++)
        moved[i] = fresh[i] + 100;
    after = shift_between(base, 5, moved, 5, 0.95);
    assert_true(after.estimate == before.estimate + 100);
    assert_true(after.low == before.low + 100 && after.high == before.high + 100);
}

/* Where the normal distribution takes over, the interval does not jump. */
static void many_runs_go_on_where_few_ended(void **state)
{
    double values[2 * SHIFT_EXACT_RUNS];
    struct shift exact, normal;
    size_t i;

    (void)state;
    for (i = 0; i < 2 * SHIFT_EXACT_RUNS; i++)
        values[i] = (double)(i * 7919 % 101);
    exact = shift_between(values, SHIFT_EXACT_RUNS - 1, values + SHIFT_EXACT_RUNS,
                          SHIFT_EXACT_RUNS - 1, 0.95);
    normal =
        shift_between(values, SHIFT_EXACT_RUNS, values + SHIFT_EXACT_RUNS, SHIFT_EXACT_RUNS, 0.95);
    assert_true(exact.has_interval && normal.has_interval);
    assert_true(fabs(exact.low - normal.low) <= 2 && fabs(exact.high - normal.high) <= 2);
}

/* 50 against 50 differences of which no two are alike, 951 to 3450. By the normal distribution
 * 1250 - 1.95996 * sqrt(50 * 50 * 101 / 12) - 0.5 = 965.2 are cut off at each end. */
static void many_runs_have_the_normal_interval(void **state)
{
    double base[SHIFT_EXACT_RUNS], fresh[SHIFT_EXACT_RUNS];
    struct shift shift;
    size_t i;

    (void)state;
    for (i = 0; i < SHIFT_EXACT_RUNS; i++) {
        base[i] = (double)i;
        fresh[i] = 1000 + (double)SHIFT_EXACT_RUNS * (double)i;
    }
    shift = shift_between(base, SHIFT_EXACT_RUNS, fresh, SHIFT_EXACT_RUNS, 0.95);
    assert_true(shift.estimate == 2200.5);
    assert_true(shift.low == 951 + 964);
    assert_true(shift.high == 3450 - 964);
}

/* In 2 of 20 orders the only new run is the least or the largest: that is 10 %, in doubles too. */
static void nineteen_and_one_reach_ninety_percent(void **state)
{
    double base[19];
    const double fresh[] = {10};
    struct shift shift;
    size_t i;

    (void)state;
    for (i = 0; i < 19; i++)
        base[i] = (double)i;
    assert_int_equal(shift_of(base, 19, fresh, 1, 0.9, &shift), 0);
    assert_true(shift.has_interval && shift.low == -8 && shift.high == 10);
    assert_int_equal(shift_of(base, 18, fresh, 1, 0.9, &shift), 0);
    assert_false(shift.has_interval);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_median_of_all_differences),
        cmocka_unit_test(one_run_a_side_has_a_shift_and_no_interval),
        cmocka_unit_test(four_a_side_have_97_percent),
        cmocka_unit_test(confidence_widens_it),
        cmocka_unit_test(nineteen_and_one_reach_ninety_percent),
        cmocka_unit_test(a_constant_moves_it_by_that),
        cmocka_unit_test(many_runs_go_on_where_few_ended),
        cmocka_unit_test(many_runs_have_the_normal_interval),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
