/* samples.c: where a sample goes: to the sink, into a series, or both.
 *
 * All series together stay within a budget of bytes: when they need more, every series gets half
 * the bins. When that is no longer possible, because there are so many flows, the sides with the
 * fewest records lose theirs and say so (series_dropped).
 */
#include <stdlib.h>

#include "analyze/analyzer.h"

#define BUDGET_DEFAULT ((size_t)32 << 20)
#define BINS_FLOOR     64

static size_t budget(const struct tp_analysis *analysis)
{
    return analysis->options.series_budget ? analysis->options.series_budget : BUDGET_DEFAULT;
}

static size_t bytes_of(const struct tp_series *series)
{
    return series->allocated * sizeof(struct tp_bin);
}

void tp_samples_release(struct tp_analysis *analysis, struct tp_side *side)
{
    unsigned m;

    if (!side->series)
        return;
    for (m = 0; m < TP_METRIC_IDS; m++) {
        analysis->series_bytes -= bytes_of(&side->series[m]);
        tp_series_release(&side->series[m]);
    }
    analysis->series_bytes -= TP_METRIC_IDS * sizeof *side->series;
    free(side->series);
    side->series = NULL;
}

static void halve(struct tp_analysis *analysis, struct tp_side *side)
{
    unsigned m;

    for (m = 0; side->series && m < TP_METRIC_IDS; m++) {
        analysis->series_bytes -= bytes_of(&side->series[m]);
        tp_series_shrink(&side->series[m], analysis->series_bins);
        analysis->series_bytes += bytes_of(&side->series[m]);
    }
}

static void drop_small(struct tp_analysis *analysis, struct tp_side *side)
{
    if (!side->series || side->probes >= analysis->series_floor)
        return;
    tp_samples_release(analysis, side);
    side->series_dropped = true;
}

static void each_side(struct tp_analysis *analysis,
                      void (*visit)(struct tp_analysis *analysis, struct tp_side *side))
{
    struct tp_flow *flow;
    struct tp_flow_data *data;
    unsigned end;

    for (flow = tp_flow_table_newest(analysis->table); flow; flow = flow->older) {
        data = flow->data;
        for (end = 0; data && end < 2; end++)
            if (data->side[end])
                visit(analysis, data->side[end]);
    }
}

static void squeeze(struct tp_analysis *analysis)
{
    while (analysis->series_bytes > budget(analysis)) {
        if (analysis->series_bins > BINS_FLOOR) {
            analysis->series_bins /= 2;
            each_side(analysis, halve);
        } else if (analysis->series_floor < UINT64_MAX / 2) {
            analysis->series_floor = analysis->series_floor ? analysis->series_floor * 2 : 1;
            each_side(analysis, drop_small);
        } else {
            return;
        }
    }
}

static int begin_series(struct tp_analysis *analysis, struct tp_side *side)
{
    unsigned m;

    side->series = calloc(TP_METRIC_IDS, sizeof *side->series);
    if (!side->series)
        return TP_ERR_NOMEM;
    for (m = 0; m < TP_METRIC_IDS; m++)
        tp_series_init(&side->series[m], analysis->series_bins);
    analysis->series_bytes += TP_METRIC_IDS * sizeof *side->series;
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

    if (options->series_bins && add_to_series(pass, metric, value) < 0)
        return TP_ERR_NOMEM;
    if (options->sample && options->sample(options->context, pass->flow, pass->end, metric,
                                           pass->record->ts_ns, value) < 0)
        return TP_ERR_STOPPED;
    return TP_OK;
}
