/* statistics.c: made-up cases and what the library makes of them, for tests/bats/statistics.R:
 * statistics CASES. A line for each metric of a case:
 *
 *     CASE n m EFFECT ALPHA P DETECTABLE SHIFT HAS_INTERVAL LOW HIGH CONFIDENCE VALUE...
 *
 * Values are whole numbers at times, so that there are ties.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "compare/permutation.h"
#include "compare/shift.h"
#include "run_maker.h"

#define RUNS_MAX    6
#define METRICS_MAX 4
#define ALPHA       0.05

static size_t up_to(size_t most, uint64_t *state)
{
    return 1 + (size_t)(made_random(state) * (double)most);
}

static void make_values(double *values, size_t n, size_t m, uint64_t *state)
{
    double shift = made_random(state) < 0.5 ? 0 : 10 * made_random(state);
    bool whole = made_random(state) < 0.33;
    size_t i;

    for (i = 0; i < n + m; i++) {
        values[i] = 10 * made_random(state) + (i < n ? 0 : shift);
        if (whole)
            values[i] = floor(values[i]);
    }
}

static int say(unsigned number, const struct permutation *test,
               const struct permutation_metric *metric)
{
    size_t n = test->base_count, m = test->new_count, i;
    struct shift shift;

    if (shift_of(metric->values, n, metric->values + n, m, 0.95, &shift) < 0)
        return -1;
    printf("%u %zu %zu %.17g %g %.17g %.17g %.17g %d %.17g %.17g %.17g", number, n, m,
           metric->effect, ALPHA, metric->p, metric->detectable, shift.estimate, shift.has_interval,
           shift.low, shift.high, shift.confidence);
    for (i = 0; i < n + m; i++)
        printf(" %.17g", metric->values[i]);
    putchar('\n');
    return 0;
}

static int make_case(unsigned number, uint64_t *state)
{
    double values[METRICS_MAX][2 * RUNS_MAX];
    struct permutation_metric metrics[METRICS_MAX];
    struct permutation test = {.metrics = metrics,
                               .metric_count = up_to(METRICS_MAX, state),
                               .base_count = up_to(RUNS_MAX, state),
                               .new_count = up_to(RUNS_MAX, state)};
    size_t j;

    for (j = 0; j < test.metric_count; j++) {
        make_values(values[j], test.base_count, test.new_count, state);
        metrics[j] =
            (struct permutation_metric){.values = values[j], .effect = 0.1 + made_random(state)};
    }
    if (permutation_test(&test, ALPHA) < 0)
        return -1;
    for (j = 0; j < test.metric_count; j++)
        if (say(number, &test, &metrics[j]) < 0)
            return -1;
    return 0;
}

int main(int argc, char **argv)
{
    unsigned cases = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1000, number;
    uint64_t state = 1;

    for (number = 0; number < cases; number++)
        if (make_case(number, &state) < 0)
            return 1;
    return 0;
}
