/* family.c: all metrics that are tested together, and the runs that the answer could hang on. */
#include <math.h>
#include <string.h>

#include "compare/decide.h"
#include "compare/permutation.h"
#include "compare/stray.h"

#define NEXT_TO_NOTHING 1e-6 /* of the largest value */

/* The gated metrics that every run has and that are not exact. */
struct family {
    struct decision *decision;
    struct permutation test;
    struct permutation_metric metrics[TP_COMPARE_IDS];
    struct tp_compare_row *rows[TP_COMPARE_IDS];
};

/* The difference that matters, seen from neither side, so that swapping them changes no p. Where
 * it is 0, any difference matters: then next to nothing. */
static double common_effect(const struct decision *decision, const struct tp_compare_row *row)
{
    const struct sample *sample = &decision->samples[row->metric];
    size_t count = sample->base_count + sample->new_count, i;
    double middle = sample_median(sample->values, count, decision->scratch), largest = 0;
    double effect = sample_threshold(middle, row->relative, row->absolute);

    for (i = 0; i < count; i++)
        largest = fmax(largest, fabs(sample->values[i]));
    return effect > 0 ? effect : largest > 0 ? NEXT_TO_NOTHING * largest : 1;
}

static void gather(struct family *family, struct decision *decision)
{
    struct tp_compare_row *row;

    memset(family, 0, sizeof *family);
    family->decision = decision;
    family->test = (struct permutation){.metrics = family->metrics,
                                        .base_count = decision->comparison->base_runs,
                                        .new_count = decision->comparison->new_runs};
    for (row = decision->role->rows; row < decision->role->rows + TP_COMPARE_IDS; row++) {
        if (!row->tested)
            continue;
        family->rows[family->test.metric_count] = row;
        family->metrics[family->test.metric_count++] =
            (struct permutation_metric){.values = decision->samples[row->metric].values,
                                        .effect = common_effect(decision, row)};
    }
}

/* --- strays ----------------------------------------------------------------------------------- */

static struct stray_sample sample_of(const struct family *family, size_t metric)
{
    const struct tp_comparison *comparison = family->decision->comparison;

    return (struct stray_sample){.values = family->metrics[metric].values,
                                 .base_count = comparison->base_runs,
                                 .new_count = comparison->new_runs,
                                 .effect = family->metrics[metric].effect,
                                 .scratch = family->decision->scratch};
}

/* The strays of one side. */
struct stray_side {
    struct tp_compare_stray *stray;
    const struct tp_run *runs;
    size_t from, count;
    double furthest;
};

/* Those of one metric: marks them, and remembers the furthest one of all. */
static void find_strays_in(const struct family *family, size_t metric, struct stray_side *side)
{
    const double *distances = family->decision->distances;
    struct stray_sample sample = sample_of(family, metric);
    size_t run;

    for (run = side->from; run < side->from + side->count; run++) {
        if (distances[run] < STRAY_LIMIT)
            continue;
        side->stray->count += !family->decision->strays[run];
        family->decision->strays[run] = true;
        if (distances[run] <= side->furthest)
            continue;
        side->furthest = distances[run];
        side->stray->run = &side->runs[run - side->from];
        side->stray->metric = family->rows[metric]->metric;
        side->stray->value = sample.values[run];
        side->stray->middle = stray_middle(&sample, run);
    }
}

static void find_strays(const struct family *family)
{
    const struct tp_comparison *comparison = family->decision->comparison;
    struct tp_compare_role *role = family->decision->role;
    struct stray_side base = {&role->base_stray, comparison->base, 0, comparison->base_runs, 0};
    struct stray_side fresh = {&role->new_stray, comparison->fresh, comparison->base_runs,
                               comparison->new_runs, 0};
    struct stray_sample sample;
    size_t i;

    for (i = 0; i < family->test.metric_count; i++) {
        sample = sample_of(family, i);
        stray_distances(&sample, family->decision->distances);
        find_strays_in(family, i, &base);
        find_strays_in(family, i, &fresh);
    }
}

/* --- without one run -------------------------------------------------------------------------- */

/* The median of `count` values without one of them. */
static double median_without(const double *values, size_t count, size_t one, double *room,
                             double *scratch)
{
    size_t i, found = 0;

    for (i = 0; i < count; i++)
        if (i != one)
            room[found++] = values[i];
    return sample_median(room, found, scratch);
}

/* Is the change as large without any one run of the smaller side, and goes the same way? */
static bool stays_large(const struct family *family, size_t metric)
{
    const struct permutation *test = &family->test;
    const struct tp_compare_row *row = family->rows[metric];
    const struct decision *decision = family->decision;
    bool of_base = test->base_count < test->new_count;
    const double *values = family->metrics[metric].values + (of_base ? 0 : test->base_count);
    size_t count = of_base ? test->base_count : test->new_count, i;
    double without, base, fresh;

    if (test->base_count == test->new_count || count == 1)
        return true;
    for (i = 0; i < count; i++) {
        without = median_without(values, count, i, decision->distances, decision->scratch);
        base = of_base ? without : row->base;
        fresh = of_base ? row->fresh : without;
        if ((fresh < base) != (row->fresh < row->base) ||
            !sample_reaches(base, fresh, row->relative, row->absolute))
            return false;
    }
    return true;
}

/* --- the test --------------------------------------------------------------------------------- */

int decide_family(struct decision *decision)
{
    const struct permutation_metric *metric;
    struct tp_compare_row *row;
    struct family family;
    size_t i;
    int rc;

    gather(&family, decision);
    if (family.test.metric_count == 0)
        return TP_OK;
    find_strays(&family);
    rc = permutation_test(&family.test, decision->comparison->alpha);
    for (i = 0; rc == TP_OK && i < family.test.metric_count; i++) {
        row = family.rows[i];
        metric = &family.metrics[i];
        row->p = metric->p;
        row->detectable = metric->detectable;
        if (isnan(row->possible))
            row->possible = row->detectable;
        row->significant = row->p <= decision->comparison->alpha;
        if (row->significant && row->large && metric->holds && stays_large(&family, i))
            row->change = decide_direction(row);
    }
    return rc;
}
