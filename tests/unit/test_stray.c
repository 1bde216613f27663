/* test_stray.c: which run lies apart from the others, and when none does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "compare/stray.h"

#define RUNS_MAX 20

static double distances[RUNS_MAX];

static size_t strays(const double *values, size_t base, size_t fresh, double effect)
{
    double scratch[2 * RUNS_MAX];
    struct stray_sample sample = {values, base, fresh, effect, scratch};
    size_t i, found = 0;

    stray_distances(&sample, distances);
    for (i = 0; i < base + fresh; i++)
        found += distances[i] >= STRAY_LIMIT;
    return found;
}

static void a_run_far_from_its_side_is_a_stray(void **state)
{
    double values[] = {10, 10.1, 9.9, 10, 10.2, 5, 5.1, 4.9, 5, 5.2};

    (void)state;
    assert_int_equal(strays(values, 5, 5, 1), 0); /* that the sides differ is no matter */
    values[2] = 15;
    assert_int_equal(strays(values, 5, 5, 1), 1);
    assert_true(distances[2] >= STRAY_LIMIT);
    values[2] = 10;
    values[9] = 10; /* as the base */
    assert_int_equal(strays(values, 5, 5, 1), 1);
    assert_true(distances[9] >= STRAY_LIMIT);
}

static void the_measure_is_spread_and_effect(void **state)
{
    double values[] = {10, 10, 10, 10, 12, 10, 10, 10, 10, 10};
    double scratch[2 * RUNS_MAX];
    struct stray_sample sample = {values, 5, 5, 1.6, scratch};

    (void)state;
    stray_distances(&sample, distances);
    assert_true(distances[4] == 5); /* 2 / (0 + 1.6 / 4) */
    assert_true(distances[0] == 0);
    assert_true(stray_middle(&sample, 4) == 10);
    values[0] = 9;
    values[1] = 11;
    values[5] = 9;
    values[6] = 11;
    values[7] = 11; /* half of all lie one from their middle: a median distance of 0.5 */
    values[8] = 9;
    stray_distances(&sample, distances);
    assert_true(distances[4] > 1 && distances[4] < 2);
}

/* Two or three runs say nothing of their middle: it is that of all. */
static void a_small_side_is_measured_by_all(void **state)
{
    double values[] = {10, 10.1, 9.9, 10, 10.2, 10.1, 9.9, 10, 10.1, 10, 15};

    (void)state;
    assert_int_equal(strays(values, 9, 2, 1), 1);
    assert_true(distances[10] >= STRAY_LIMIT);
    values[9] = 15; /* both: that is a change */
    assert_int_equal(strays(values, 9, 2, 1), 0);
    values[9] = 11.5; /* or half of one */
    assert_int_equal(strays(values, 9, 2, 1), 0);
    values[9] = 10;
    assert_int_equal(strays(values, 10, 1, 1), 0); /* a single run is its whole side */
}

static void what_scatters_has_no_strays(void **state)
{
    const double two_ways[] = {10, 20, 10, 20, 10, 10, 20, 10, 10, 10};

    (void)state;
    assert_int_equal(strays(two_ways, 5, 5, 1), 1);
    assert_true(distances[6] >= STRAY_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_far_from_its_side_is_a_stray),
        cmocka_unit_test(the_measure_is_spread_and_effect),
        cmocka_unit_test(a_small_side_is_measured_by_all),
        cmocka_unit_test(what_scatters_has_no_strays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
