/* samples.c: where a sample goes: to the sink, into a series, or both.
 *
 * All series together stay within a budget of bytes: when they need more, every series gets half
 * the bins. When that is no longer possible, because there are so many flows, the sides with the
 * fewest records lose theirs and say so (series_dropped).
 */
#include <stdlib.h>

#include "analyze/analyzer.h"

#define BUDGET_DEFAULT ((size_t)24 << 20)
#define BINS_FLOOR     64

static size_t budget(const struct tp_analysis *analysis)
{
    return analysis->options.series_budget ? analysis->options.series_budget : BUDGET_DEFAULT;
}

static size_t bytes_of(const struct tp_series *series)
{
    return series->allocated * sizeof(struct tp_bin);
}

/* Forgets that the side has series; the last one in the list takes its place. */
static void unlist(struct tp_analysis *analysis, const struct tp_side *side)
{
    struct tp_side *last = analysis->series_sides[--analysis->series_side_count];

    analysis->series_sides[side->series_index] = last;
    last->series_index = side->series_index;
}

void tp_samples_release(struct tp_analysis *analysis, struct tp_side *side)
{
    unsigned m;

    if (!side->series)
        return;
    unlist(analysis, side);
    for (m = 0; m < TP_METRIC_IDS; m++) {
        analysis->series_bytes -= bytes_of(&side->series[m]);
        tp_series_release(&side->series[m]);
    }
    analysis->series_bytes -= TP_METRIC_IDS * sizeof *side->series;
    free(side->series);
    side->series = NULL;
}

static void halve_all(struct tp_analysis *analysis)
{
    struct tp_series *series;
    size_t i, m;

    analysis->series_bins /= 2;
    for (i = 0; i < analysis->series_side_count; i++)
        for (m = 0; m < TP_METRIC_IDS; m++) {
            series = &analysis->series_sides[i]->series[m];
            analysis->series_bytes -= bytes_of(series);
            tp_series_shrink(series, analysis->series_bins);
            analysis->series_bytes += bytes_of(series);
        }
}

static void drop_small(struct tp_analysis *analysis)
{
    struct tp_side *side;
    size_t i;

    for (i = analysis->series_side_count; i-- > 0;) {
        side = analysis->series_sides[i];
        if (side->probes >= analysis->series_floor)
            continue;
        tp_samples_release(analysis, side);
        side->series_dropped = true;
    }
}

/* Makes room: a quarter of the budget, so that the next time is not near. */
static void squeeze(struct tp_analysis *analysis)
{
    size_t enough = budget(analysis) / 4 * 3;

    while (analysis->series_bytes > enough && analysis->series_bins > BINS_FLOOR)
        halve_all(analysis);
    if (analysis->series_floor)
        drop_small(analysis);
    while (analysis->series_bytes > enough && analysis->series_floor < UINT64_MAX / 2) {
        analysis->series_floor = analysis->series_floor ? analysis->series_floor * 2 : 1;
        drop_small(analysis);
    }
}

static int enlist(struct tp_analysis *analysis, struct tp_side *side)
{
    size_t allocated = analysis->series_sides_allocated ? analysis->series_sides_allocated * 2 : 16;
    struct tp_side **sides;

    if (analysis->series_side_count == analysis->series_sides_allocated) {
        sides = realloc(analysis->series_sides, allocated * sizeof(struct tp_side *));
        if (!sides)
            return TP_ERR_NOMEM;
        analysis->series_sides = sides;
        analysis->series_sides_allocated = allocated;
    }
    side->series_index = (uint32_t)analysis->series_side_count;
    analysis->series_sides[analysis->series_side_count++] = side;
    return TP_OK;
}

static int begin_series(struct tp_analysis *analysis, struct tp_side *side)
{
    struct tp_series *series = calloc(TP_METRIC_IDS, sizeof *series);
    unsigned m;

    if (!series || enlist(analysis, side) < 0) {
        free(series);
        return TP_ERR_NOMEM;
    }
    for (m = 0; m < TP_METRIC_IDS; m++)
        tp_series_init(&series[m], analysis->series_bins);
    side->series = series;
    analysis->series_bytes += TP_METRIC_IDS * sizeof *series;
    return TP_OK;
}

static int add_to_series(struct tp_pass *pass, enum tp_metric_id metric, double value)
{
    struct tp_analysis *analysis = pass->analysis;
    struct tp_side *side = pass->side;
    struct tp_series *series;
    size_t before;

    if (side->series_dropped)
        return TP_OK;
    if (!side->series && begin_series(analysis, side) < 0)
        return TP_ERR_NOMEM;
    series = &side->series[metric];
    before = bytes_of(series);
    if (tp_series_add(series, pass->record->ts_ns, value) < 0)
        return TP_ERR_NOMEM;
    analysis->series_bytes += bytes_of(series) - before;
    if (analysis->series_bytes > budget(analysis))
        squeeze(analysis);
    return TP_OK;
}

int tp_samples_emit(struct tp_pass *pass, enum tp_metric_id metric, double value)
{
    const struct tp_analysis_options *options = &pass->analysis->options;

    bool kept = !options->series_metrics || (options->series_metrics >> metric & 1);

    /* an amount of nothing changes no sum: half of all data_len are 0 */
    if (value == 0 && tp_metrics[metric].kind == TP_METRIC_COUNT)
        kept = false;
    if (options->series_bins && kept && pass->analysis->keeps &&
        add_to_series(pass, metric, value) < 0)
        return TP_ERR_NOMEM;
    if (options->sample && options->sample(options->context, pass->flow, pass->end, metric,
                                           pass->record->ts_ns, value) < 0)
        return TP_ERR_STOPPED;
    return TP_OK;
}
