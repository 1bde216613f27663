/* decide.c: the figures of every metric of a role, and the tests on them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/decide.h"
#include "compare/permutation.h"
#include "compare/shift.h"

#define SHOWN_CONFIDENCE 0.95
#define TOST_CONFIDENCE  0.90 /* two one-sided tests at 0.05 */
#define NEXT_TO_NOTHING  1e-6 /* of the largest value */

static double relative_of(const struct tp_compare_options *options, enum tp_compare_id metric)
{
    return options->has_threshold[metric] ? options->relative[metric]
                                          : tp_compare_metrics[metric].relative;
}

static double absolute_of(const struct tp_compare_options *options, enum tp_compare_id metric)
{
    return options->has_threshold[metric] ? options->absolute[metric]
                                          : tp_compare_metrics[metric].absolute;
}

static bool is_gated(const struct tp_compare_options *options, enum tp_compare_id metric)
{
    enum tp_compare_class kind = tp_compare_metrics[metric].kind;

    if (options->gate)
        return options->gate >> metric & 1;
    return kind == TP_COMPARE_EXACT || kind == TP_COMPARE_CORE;
}

static void medians(struct decision *decision, struct tp_compare_row *row)
{
    const struct sample *sample = &decision->samples[row->metric];

    row->base = sample_median(sample->values, sample->base_count, decision->scratch);
    row->fresh =
        sample_median(sample->values + sample->base_count, sample->new_count, decision->scratch);
    row->relative = relative_of(decision->options, row->metric);
    row->absolute = absolute_of(decision->options, row->metric);
    row->threshold =
        isnan(row->base) ? 0 : sample_threshold(row->base, row->relative, row->absolute);
    row->large = !isnan(row->base) && !isnan(row->fresh) &&
                 sample_reaches(row->base, row->fresh, row->relative, row->absolute);
}

static int measure_shift(const struct decision *decision, struct tp_compare_row *row)
{
    const struct sample *sample = &decision->samples[row->metric];
    const double *fresh = sample->values + sample->base_count;
    struct shift shift;
    int rc;

    row->shift = row->low = row->high = NAN;
    if (sample->base_count == 0 || sample->new_count == 0)
        return TP_OK;
    rc = shift_of(sample->values, sample->base_count, fresh, sample->new_count, TOST_CONFIDENCE,
                  &shift);
    if (rc < 0)
        return rc;
    row->same = shift.has_interval && shift.low > -row->threshold && shift.high < row->threshold;
    rc = shift_of(sample->values, sample->base_count, fresh, sample->new_count, SHOWN_CONFIDENCE,
                  &shift);
    row->shift = shift.estimate;
    if (shift.has_interval) {
        row->low = shift.low;
        row->high = shift.high;
        row->confidence = shift.confidence;
    }
    return rc;
}

/* Which way a difference goes. */
static enum tp_change direction(const struct tp_compare_row *row)
{
    switch (tp_compare_figure(row->metric)->better) {
    case TP_BETTER_LOW:
        return row->fresh > row->base ? TP_CHANGE_REGRESSION : TP_CHANGE_IMPROVEMENT;
    case TP_BETTER_HIGH:
        return row->fresh < row->base ? TP_CHANGE_REGRESSION : TP_CHANGE_IMPROVEMENT;
    default:
        return TP_CHANGE_DIFFERENT;
    }
}

static bool is_whole(const struct decision *decision, const struct sample *sample)
{
    return sample->base_count == decision->comparison->base_runs &&
           sample->new_count == decision->comparison->new_runs;
}

/* A value on one side only, or not in every run, is told and not tested. */
static void note_absence(const struct decision *decision, struct tp_compare_row *row)
{
    const struct sample *sample = &decision->samples[row->metric];

    if (sample->base_count + sample->new_count == 0 || is_whole(decision, sample))
        return;
    snprintf(row->why, sizeof row->why, "measured in %zu of %zu base and %zu of %zu new runs",
             sample->base_count, decision->comparison->base_runs, sample->new_count,
             decision->comparison->new_runs);
}

static bool agree(const double *values, size_t count, double threshold)
{
    double least = INFINITY, largest = -INFINITY;
    size_t i;

    for (i = 0; i < count; i++) {
        least = fmin(least, values[i]);
        largest = fmax(largest, values[i]);
    }
    return count == 0 || largest - least <= threshold;
}

/* Is the metric decided by its tolerance? Not if the runs of one side differ among themselves by
 * more than that: then chance has a part in it. */
static bool is_exact(const struct decision *decision, const struct tp_compare_row *row)
{
    const struct sample *sample = &decision->samples[row->metric];

    return tp_compare_metrics[row->metric].kind == TP_COMPARE_EXACT &&
           agree(sample->values, sample->base_count, row->threshold) &&
           agree(sample->values + sample->base_count, sample->new_count, row->threshold);
}

static void decide_exact(struct tp_compare_row *row)
{
    row->significant = row->large;
    if (row->large)
        row->change = direction(row);
}

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

/* All gated metrics that every run has and that are not exact, together. */
static int decide_core(struct decision *decision)
{
    const struct tp_comparison *comparison = decision->comparison;
    struct permutation_metric metrics[TP_COMPARE_IDS];
    struct permutation test = {
        .metrics = metrics, .base_count = comparison->base_runs, .new_count = comparison->new_runs};
    struct tp_compare_row *rows[TP_COMPARE_IDS], *row;
    size_t i;
    int rc;

    for (row = decision->role->rows; row < decision->role->rows + TP_COMPARE_IDS; row++) {
        if (!row->gated || is_exact(decision, row) ||
            !is_whole(decision, &decision->samples[row->metric]))
            continue;
        rows[test.metric_count] = row;
        metrics[test.metric_count++] =
            (struct permutation_metric){.values = decision->samples[row->metric].values,
                                        .effect = common_effect(decision, row)};
    }
    if (test.metric_count == 0)
        return TP_OK;
    rc = permutation_test(&test, comparison->alpha);
    for (i = 0; rc == TP_OK && i < test.metric_count; i++) {
        row = rows[i];
        row->tested = true;
        row->p = metrics[i].p;
        row->detectable = metrics[i].detectable;
        row->significant = row->p <= comparison->alpha;
        if (row->significant && row->large)
            row->change = direction(row);
    }
    return rc;
}

int decide_rows(struct decision *decision)
{
    struct tp_compare_row *row;
    unsigned metric;
    int rc = TP_OK;

    for (metric = 0; metric < TP_COMPARE_IDS && rc == TP_OK; metric++) {
        row = &decision->role->rows[metric];
        row->metric = (enum tp_compare_id)metric;
        row->gated = is_gated(decision->options, row->metric);
        row->p = row->detectable = NAN;
        medians(decision, row);
        rc = measure_shift(decision, row);
        note_absence(decision, row);
        if (row->gated && is_exact(decision, row))
            decide_exact(row);
    }
    return rc == TP_OK ? decide_core(decision) : rc;
}
