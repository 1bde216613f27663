/* decide.c: the figures of every metric of a role, and the decision on those that need no test. */
#include <math.h>
#include <stdio.h>

#include "compare/decide.h"
#include "compare/shift.h"

#define SHOWN_CONFIDENCE 0.95
#define TOST_CONFIDENCE  0.90 /* two one-sided tests at 0.05 */

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

    row->shift = row->low = row->high = row->possible = NAN;
    if (sample->base_count == 0 || sample->new_count == 0)
        return TP_OK;
    rc = shift_of(sample->values, sample->base_count, fresh, sample->new_count, TOST_CONFIDENCE,
                  &shift);
    if (rc < 0)
        return rc;
    row->same = shift.has_interval && shift.low > -row->threshold && shift.high < row->threshold;
    if (shift.has_interval)
        row->possible = fmax(-shift.low, shift.high);
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

enum tp_change decide_direction(const struct tp_compare_row *row)
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
    row->gaps = true;
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
        row->change = decide_direction(row);
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
        else
            row->tested = row->gated && is_whole(decision, &decision->samples[metric]);
    }
    return rc == TP_OK ? decide_family(decision) : rc;
}
