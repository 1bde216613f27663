/* test_permutation.c: the max-T test where its answer can be counted by hand. An independent
 * implementation is asked in tests/bats/statistics.bats. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "compare/permutation.h"

static void least_p_is_one_labelling(void **state)
{
    (void)state;
    assert_true(fabs(permutation_least_p(3, 3) - 2.0 / 20) < 1e-12);
    assert_true(fabs(permutation_least_p(4, 4) - 2.0 / 70) < 1e-12);
    assert_true(fabs(permutation_least_p(10, 2) - 1.0 / 66) < 1e-12);
    assert_true(fabs(permutation_least_p(19, 1) - 1.0 / 20) < 1e-12);
    assert_true(permutation_least_p(0, 5) == 1);
    assert_true(permutation_least_p(1, 1) == 1);
    assert_true(permutation_least_p(1000, 1000) < 1e-300);
}

static double p_of(const double *values, size_t base, size_t fresh, double effect)
{
    struct permutation_metric metric = {.values = values, .effect = effect};
    struct permutation test = {
        .metrics = &metric, .metric_count = 1, .base_count = base, .new_count = fresh};

    assert_int_equal(permutation_test(&test, 0.05), 0);
    return metric.p;
}

static void groups_apart_reach_the_least_p(void **state)
{
    const double apart[] = {1, 2, 3, 4, 5, 11, 12, 13, 14, 15};
    const double outlier[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 30};

    (void)state;
    assert_true(fabs(p_of(apart, 5, 5, 1) - 2.0 / 252) < 1e-12);
    assert_true(fabs(p_of(outlier, 9, 1, 1) - 1.0 / 10) < 1e-12);
}

static void equal_values_say_nothing(void **state)
{
    const double equal[] = {7, 7, 7, 7, 7, 7, 7, 7};

    (void)state;
    assert_true(p_of(equal, 4, 4, 0.1) == 1);
}

/* Drawn in, the four are two pairs: each of the two labellings that keep them apart is as extreme
 * as the other, whatever the last bits of their sums say. */
static void mirrored_labellings_differ_equally(void **state)
{
    const double pairs[] = {6.4616091319538693, 2.3979573721808336, 12.131208482783769,
                            16.556199314095398};

    (void)state;
    assert_true(fabs(p_of(pairs, 2, 2, 0.91323060269171785) - 2.0 / 6) < 1e-12);
}

static void a_second_metric_raises_the_p_of_the_first(void **state)
{
    const double shifted[] = {1, 2, 3, 4, 6, 7, 8, 9.5};
    const double noise[] = {5, 1, 9, 2, 8, 3, 7, 4};
    struct permutation_metric metrics[] = {{.values = shifted, .effect = 1},
                                           {.values = noise, .effect = 1}};
    struct permutation test = {
        .metrics = metrics, .metric_count = 2, .base_count = 4, .new_count = 4};
    double alone = p_of(shifted, 4, 4, 1);

    (void)state;
    assert_int_equal(permutation_test(&test, 0.05), 0);
    assert_true(test.exact);
    assert_int_equal(test.labellings, 70);
    assert_true(metrics[0].p >= alone);
    assert_true(metrics[1].p > 0.05);
}

/* Swapping the sides is another name for the same labellings. */
static void sides_are_alike(void **state)
{
    const double one[] = {3, 1, 4, 1.5, 9, 2.6, 5}, other[] = {9, 2.6, 5, 3, 1, 4, 1.5};

    (void)state;
    assert_true(p_of(one, 4, 3, 0.5) == p_of(other, 3, 4, 0.5));
}

/* A shift by what is detectable is detected; by a little less it is not. */
static void detectable_is_where_p_turns(void **state)
{
    double values[] = {1.0, 1.2, 0.9, 1.1, 1.05, 1.02, 0.95, 1.15, 1.08, 0.98};
    struct permutation_metric metric = {.values = values, .effect = 0.01};
    struct permutation test = {
        .metrics = &metric, .metric_count = 1, .base_count = 5, .new_count = 5};

    (void)state;
    assert_int_equal(permutation_test(&test, 0.05), 0);
    assert_true(metric.detectable > 0.01 && metric.detectable < 1);
    for (size_t i = 5; i < 10; i++)
        values[i] += 3 * metric.detectable;
    assert_true(p_of(values, 5, 5, 0.01) <= 0.05);
}

static void too_few_runs_detect_nothing(void **state)
{
    const double values[] = {1, 2, 3, 100, 200, 300};
    struct permutation_metric metric = {.values = values, .effect = 1};
    struct permutation test = {
        .metrics = &metric, .metric_count = 1, .base_count = 3, .new_count = 3};

    (void)state;
    assert_int_equal(permutation_test(&test, 0.05), 0);
    assert_true(isinf(metric.detectable));
}

/* More labellings than the cap: the same answer each time, near the exact one. */
static void many_runs_are_sampled(void **state)
{
    double values[2000], shifted[2000];
    size_t i;

    (void)state;
    for (i = 0; i < 2000; i++) {
        values[i] = (double)(i * 7919 % 1009);
        shifted[i] = values[i] + (i < 1000 ? 0 : 200);
    }
    assert_true(p_of(values, 1000, 1000, 1) == p_of(values, 1000, 1000, 1));
    assert_true(p_of(values, 1000, 1000, 1) > 0.05);
    assert_true(p_of(shifted, 1000, 1000, 1) < 0.001);
}

/* One run of the base that lies far out, on either side, costs no detection where there are two new
 * runs or more; beside a single new run it does. */
static void a_stray_hides_nothing(void **state)
{
    const double above[] = {1.1, 1.2, 0.9, 50, 1.0, 0.5, 0.52, 0.48, 0.51, 0.49};
    const double below[] = {1.1, 1.2, 0.9, -50, 1.0, 0.5, 0.52, 0.48, 0.51, 0.49};
    double one[20];
    size_t i;

    (void)state;
    assert_true(p_of(above, 5, 5, 0.1) <= 0.01);
    assert_true(p_of(below, 5, 5, 0.1) <= 0.05);
    for (i = 0; i < 20; i++)
        one[i] = 1 + 0.01 * (double)(i % 5);
    one[19] = 0.5;
    assert_true(fabs(p_of(one, 19, 1, 0.1) - 1.0 / 20) < 1e-12);
    one[7] = 50;
    assert_true(fabs(p_of(one, 19, 1, 0.1) - 2.0 / 20) < 1e-12);
}

static bool holds(const double *values, size_t base, size_t fresh)
{
    struct permutation_metric metric = {.values = values, .effect = 0.1};
    struct permutation test = {
        .metrics = &metric, .metric_count = 1, .base_count = base, .new_count = fresh};

    assert_int_equal(permutation_test(&test, 0.05), 0);
    return metric.holds;
}

/* What all new runs do, no matter which is left out, against what one of them does. */
static void a_single_run_is_not_what_all_do(void **state)
{
    const double all[] = {1.1, 1.2, 0.9, 1.0, 1.05, 1.15, 0.95, 1.02, 1.08, 1.0, 2.0, 2.1, 1.9};
    const double one[] = {1.1, 1.2, 0.9, 1.0, 1.05, 1.15, 0.95, 1.02, 1.08, 1.0, 1.1, 9.0, 1.12};
    double mirrored[13];
    size_t i;

    (void)state;
    assert_true(holds(all, 10, 3));
    assert_false(holds(one, 10, 3));
    for (i = 0; i < 13; i++)
        mirrored[i] = one[(i + 10) % 13];
    assert_false(holds(mirrored, 3, 10));
    assert_true(holds(one, 12, 1)); /* there is no other to ask */
}

static void a_side_without_runs_says_nothing(void **state)
{
    const double values[] = {1, 2, 3};

    (void)state;
    assert_true(p_of(values, 3, 0, 0.1) == 1);
    assert_true(p_of(values, 0, 3, 0.1) == 1);
}

/* The real labels are one labelling of the sample: p is never 0. */
static void a_sample_has_the_real_labels(void **state)
{
    double apart[40];
    size_t i;

    (void)state;
    for (i = 0; i < 40; i++)
        apart[i] = (double)i + (i < 20 ? 0 : 1000);
    assert_true(p_of(apart, 20, 20, 1) >= 1.0 / PERMUTATION_SAMPLE);
    assert_true(p_of(apart, 20, 20, 1) < 0.001);
}

/* --- the same from the definition, for 4 against 4 runs --------------------------------------- */

#define RUNS 8
#define WAYS 70

static double variance_within(const double *values, unsigned base, double *apart)
{
    double sum[2] = {0, 0}, within = 0;
    unsigned i;

    for (i = 0; i < RUNS; i++)
        sum[base >> i & 1] += values[i];
    for (i = 0; i < RUNS; i++)
        within += pow(values[i] - sum[base >> i & 1] / 4, 2);
    *apart = fabs(sum[0] - sum[1]) / 4;
    return within / (RUNS - 2);
}

/* base: a bit for each run of the base; scale gets the denominator. */
static double t_of(const double *values, unsigned base, double effect, double *scale)
{
    double apart, variance = variance_within(values, base, &apart);

    *scale = sqrt(variance) * sqrt(1.0 / 4 + 1.0 / 4) + effect / 4;
    return apart / *scale;
}

static int descending(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x < *y) - (*x > *y);
}

/* The smallest and the largest value count as much as the next ones. */
static void draw_in(const double *values, double *drawn)
{
    double sorted[RUNS];
    unsigned i;

    memcpy(sorted, values, sizeof sorted);
    qsort(sorted, RUNS, sizeof *sorted, descending);
    for (i = 0; i < RUNS; i++)
        drawn[i] = fmin(fmax(values[i], sorted[RUNS - 2]), sorted[1]);
}

/* few: of 70 labellings, at that alpha. A labelling and its mirror image are alike. */
static void check_by_definition(const double *values, double effect, double alpha, unsigned few)
{
    struct permutation_metric metric = {.values = values, .effect = effect};
    struct permutation test = {
        .metrics = &metric, .metric_count = 1, .base_count = 4, .new_count = 4};
    double all[WAYS], drawn[RUNS], scale, observed, ignored, detectable;
    unsigned base, ways = 0, reached = 0;

    draw_in(values, drawn);
    observed = t_of(drawn, 0x0f, effect, &scale);
    for (base = 0; base < 1u << RUNS; base++)
        if (__builtin_popcount(base) == 4)
            all[ways++] = t_of(drawn, base, effect, &ignored);
    for (ways = 0; ways < WAYS; ways++)
        reached += all[ways] >= observed * (1 - 1e-9);
    qsort(all, WAYS, sizeof *all, descending);
    detectable = fmax(all[few - 1] * scale, effect);
    assert_int_equal(permutation_test(&test, alpha), 0);
    assert_true(fabs(metric.p - (double)reached / WAYS) < 1e-12);
    assert_true(fabs(metric.detectable / detectable - 1) < 1e-6);
}

static void it_is_what_the_definition_says(void **state)
{
    const double effects[] = {0.001, 1, 20, 100};
    double values[RUNS];
    unsigned round, i;

    (void)state;
    for (round = 0; round < 20; round++) {
        for (i = 0; i < RUNS; i++)
            values[i] = (double)((round * 8 + i + 3) * 7919 % 1009) / 10 + (i < 4 ? 0 : 2 * round);
        check_by_definition(values, effects[round % 4], 0.05, 3);
        check_by_definition(values, effects[round % 4], 0.06, 4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(least_p_is_one_labelling),
        cmocka_unit_test(groups_apart_reach_the_least_p),
        cmocka_unit_test(equal_values_say_nothing),
        cmocka_unit_test(mirrored_labellings_differ_equally),
        cmocka_unit_test(a_second_metric_raises_the_p_of_the_first),
        cmocka_unit_test(sides_are_alike),
        cmocka_unit_test(detectable_is_where_p_turns),
        cmocka_unit_test(too_few_runs_detect_nothing),
        cmocka_unit_test(many_runs_are_sampled),
        cmocka_unit_test(a_stray_hides_nothing),
        cmocka_unit_test(a_single_run_is_not_what_all_do),
        cmocka_unit_test(a_side_without_runs_says_nothing),
        cmocka_unit_test(a_sample_has_the_real_labels),
        cmocka_unit_test(it_is_what_the_definition_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
