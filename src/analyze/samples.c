/* samples.c: where a sample goes: to the sink, into a series, into the figures of its metric.
 *
 * All series together stay within a budget of bytes: when they need more, every series gets half
 * the bins. When that is no longer possible, because there are so many flows, the ends with the
 * fewest samples, within a factor of two, lose theirs and say so (series_dropped): of these the
 * last that began first, and no more than must, so that of many equal flows some keep theirs.
 */
#include <math.h>
#include <stdlib.h>

#include "base/list.h"
#include "analyze/analyzer.h"
#include "analyze/answers.h"

#define BUDGET_DEFAULT ((size_t)24 << 20)
#define BINS_FLOOR     64
#define TABLE_BYTES    (TP_METRIC_IDS * sizeof(struct tp_series *))

static size_t budget(const struct tp_analysis *analysis)
{
    return analysis->options.series_budget ? analysis->options.series_budget : BUDGET_DEFAULT;
}

static size_t bytes_of(const struct tp_series *series)
{
    return sizeof *series + series->allocated * sizeof(struct tp_bin);
}

/* Its place in the list is taken by the last one. */
static void release_series(struct tp_analysis *analysis, struct tp_end *end)
{
    unsigned m;

    if (!end->series)
        return;
    for (m = 0; m < TP_METRIC_IDS; m++) {
        if (!end->series[m])
            continue;
        analysis->series_bytes -= bytes_of(end->series[m]);
        tp_series_release(end->series[m]);
        free(end->series[m]);
    }
    analysis->series_bytes -= TABLE_BYTES;
    free(end->series);
    end->series = NULL;
    analysis->ends[end->index] = analysis->ends[--analysis->end_count];
    analysis->ends[end->index]->index = end->index;
}

static void halve_all(struct tp_analysis *analysis)
{
    struct tp_series *series;
    size_t i, m;

    analysis->series_bins /= 2;
    for (i = 0; i < analysis->end_count; i++)
        for (m = 0; m < TP_METRIC_IDS; m++) {
            series = analysis->ends[i]->series[m];
            if (!series)
                continue;
            analysis->series_bytes -= bytes_of(series);
            tp_series_shrink(series, analysis->series_bins);
            analysis->series_bytes += bytes_of(series);
        }
}

static void drop_small(struct tp_analysis *analysis, size_t enough)
{
    struct tp_end *end;
    size_t i;

    for (i = analysis->end_count; i-- > 0 && analysis->series_bytes > enough;) {
        end = analysis->ends[i];
        if (end->samples >= analysis->series_floor)
            continue;
        release_series(analysis, end);
        end->series_dropped = true;
    }
}

/* Makes room: a quarter of the budget, so that the next time is not near. */
static void squeeze(struct tp_analysis *analysis)
{
    size_t enough = budget(analysis) / 4 * 3;

    while (analysis->series_bytes > enough && analysis->series_bins > BINS_FLOOR)
        halve_all(analysis);
    if (analysis->series_floor)
        drop_small(analysis, enough);
    while (analysis->series_bytes > enough && analysis->series_floor < UINT64_MAX / 2) {
        analysis->series_floor = analysis->series_floor ? analysis->series_floor * 2 : 1;
        drop_small(analysis, enough);
    }
}

#define ENDS_FIRST 16

static int enlist(struct tp_analysis *analysis, struct tp_end *end)
{
    if (!TP_LIST_ROOM(analysis->ends, analysis->end_count, analysis->ends_allocated, ENDS_FIRST))
        return TP_ERR_NOMEM;
    end->index = analysis->end_count;
    analysis->ends[analysis->end_count++] = end;
    return TP_OK;
}

static int begin_table(struct tp_analysis *analysis, struct tp_end *end)
{
    struct tp_series **series = calloc(1, TABLE_BYTES);

    if (!series || enlist(analysis, end) < 0) {
        free(series);
        return TP_ERR_NOMEM;
    }
    end->series = series;
    analysis->series_bytes += TABLE_BYTES;
    return TP_OK;
}

static struct tp_series *series_of(struct tp_analysis *analysis, struct tp_end *end,
                                   enum tp_metric_id metric)
{
    struct tp_series *series;

    if (!end->series && begin_table(analysis, end) < 0)
        return NULL;
    if (end->series[metric])
        return end->series[metric];
    series = malloc(sizeof *series);
    if (!series)
        return NULL;
    tp_series_init(series, analysis->series_bins);
    analysis->series_bytes += bytes_of(series);
    return end->series[metric] = series;
}

static int add_to_series(struct tp_visit *visit, unsigned of, enum tp_metric_id metric,
                         double value)
{
    struct tp_analysis *analysis = visit->analysis;
    struct tp_end *end = tp_end_make(analysis, visit->flow, of);
    struct tp_series *series;
    size_t before;

    if (!end)
        return TP_ERR_NOMEM;
    if (end->series_dropped)
        return TP_OK;
    series = series_of(analysis, end, metric);
    if (!series)
        return TP_ERR_NOMEM;
    before = bytes_of(series);
    if (tp_series_add(series, visit->record->ts_ns, value) < 0)
        return TP_ERR_NOMEM;
    end->samples++;
    analysis->series_bytes += bytes_of(series) - before;
    if (analysis->series_bytes > budget(analysis))
        squeeze(analysis);
    return TP_OK;
}

static int add_to_figures(struct tp_analysis *analysis, const struct tp_flow *flow, unsigned of,
                          unsigned metric, uint32_t per_unit, double value)
{
    struct tp_end *end = tp_end_make(analysis, flow, of);

    return end ? tp_sampled_add(&end->sampled, metric, per_unit, value, &analysis->shape)
               : TP_ERR_NOMEM;
}

int tp_samples_emit(struct tp_visit *visit, unsigned end, enum tp_metric_id metric, double value)
{
    const struct tp_analysis_options *options = &visit->analysis->options;
    int rc = TP_OK;
    bool kept = visit->kept >> metric & 1;

    if ((visit->analysis->sampled >> metric & 1) &&
        add_to_figures(visit->analysis, visit->flow, end, metric, tp_metrics[metric].per_unit,
                       value) < 0)
        return TP_ERR_NOMEM;
    /* an amount of nothing changes no sum: half of all data_len are 0 */
    if (value == 0 && tp_metrics[metric].kind == TP_METRIC_COUNT)
        kept = false;
    if (kept && add_to_series(visit, end, metric, value) < 0)
        return TP_ERR_NOMEM;
    if (options->sample)
        rc = options->sample(options->context, visit->flow, end, metric, visit->record->ts_ns,
                             value);
    return rc < 0 && rc != TP_ERR_NOMEM ? TP_ERR_STOPPED : rc;
}

/* --- a user's own metrics ------------------------------------------------------------------- */

int tp_samples_check_own(const struct tp_analysis_options *options, struct tp_error *error)
{
    size_t i;

    if (options->own_metric_count > TP_OWN_METRICS_MAX)
        return tp_error_set(error, TP_ERR_USAGE, "%zu metrics of one's own are more than %d",
                            options->own_metric_count, TP_OWN_METRICS_MAX);
    for (i = 0; i < options->own_metric_count; i++)
        if (options->own_metrics[i].kind != TP_METRIC_SAMPLE || !options->own_metrics[i].per_unit)
            return tp_error_set(error, TP_ERR_USAGE,
                                "a metric of one's own is of kind SAMPLE and has a resolution");
    return TP_OK;
}

int tp_analysis_sample(struct tp_analysis *analysis, const struct tp_flow *flow, unsigned end,
                       unsigned own, double value, struct tp_error *error)
{
    if (own >= analysis->options.own_metric_count || end > 1 || !flow->data)
        return tp_error_set(error, TP_ERR_USAGE, "no such metric, end or flow");
    if (isnan(value))
        return tp_error_set(error, TP_ERR_USAGE, "a sample is a number");
    return add_to_figures(analysis, flow, end, TP_OWN_METRIC(own),
                          analysis->options.own_metrics[own].per_unit, value) < 0
               ? tp_error_nomem(error)
               : TP_OK;
}

/* --- ends ----------------------------------------------------------------------------------- */

struct tp_end *tp_end_make(struct tp_analysis *analysis, const struct tp_flow *flow,
                           unsigned number)
{
    struct tp_flow_data *data = flow->data;
    unsigned end;

    if (!data->ends) {
        data->ends = tp_arena_take(&analysis->arena, 2 * sizeof *data->ends);
        for (end = 0; data->ends && end < 2; end++)
            tp_wire_marks_init(&data->ends[end].marks, (uint32_t)analysis->options.marks);
    }
    return data->ends ? &data->ends[number] : NULL;
}

int tp_end_limit_spans(struct tp_analysis *analysis, struct tp_flow *flow, unsigned number,
                       enum tp_origin origin, struct tp_spans **spans)
{
    struct tp_end *end;

    *spans = NULL;
    if (!analysis->options.series_bins)
        return TP_OK;
    end = tp_end_make(analysis, flow, number);
    if (!end)
        return TP_ERR_NOMEM;
    *spans = &end->limit_spans[origin];
    return TP_OK;
}

struct tp_spans *tp_end_wait_spans(const struct tp_analysis *analysis, struct tp_flow *flow,
                                   unsigned number, enum tp_origin origin)
{
    struct tp_end *end = tp_end_of(flow, number);

    return end && analysis->options.series_bins ? &end->wait_spans[origin] : NULL;
}

static void release_marks(struct tp_analysis *analysis, struct tp_end *end)
{
    analysis->marks_bytes -= end->marks.allocated * sizeof *end->marks.list;
    tp_wire_marks_release(&end->marks);
}

void tp_end_forget_packets(struct tp_analysis *analysis, struct tp_end *end)
{
    unsigned m;

    for (m = TP_METRIC_WIRE_INFLIGHT; end->series && m < TP_METRIC_IDS; m++) {
        if (!end->series[m])
            continue;
        end->samples -= end->series[m]->samples;
        analysis->series_bytes -= bytes_of(end->series[m]);
        tp_series_release(end->series[m]);
        free(end->series[m]);
        end->series[m] = NULL;
    }
    release_marks(analysis, end);
    tp_spans_release(&end->episodes);
    tp_spans_release(&end->resent);
    tp_spans_release(&end->limit_spans[TP_FROM_PACKETS]);
    tp_spans_release(&end->wait_spans[TP_FROM_PACKETS]);
    tp_answers_free(end->answers);
    end->answers = NULL;
}

static void release_end(struct tp_analysis *analysis, struct tp_end *end)
{
    unsigned origin;

    release_series(analysis, end);
    tp_sampled_release(&end->sampled, &analysis->shape);
    tp_samples_of_free(end->socket);
    release_marks(analysis, end);
    tp_spans_release(&end->cong_spans);
    tp_spans_release(&end->episodes);
    tp_spans_release(&end->resent);
    tp_answers_free(end->answers);
    for (origin = 0; origin < TP_ORIGINS; origin++) {
        tp_spans_release(&end->limit_spans[origin]);
        tp_spans_release(&end->wait_spans[origin]);
    }
}

void tp_ends_free(struct tp_analysis *analysis, struct tp_flow *flow)
{
    struct tp_flow_data *data = flow->data;
    unsigned end;

    for (end = 0; data->ends && end < 2; end++)
        release_end(analysis, &data->ends[end]);
    tp_arena_give(&analysis->arena, data->ends, 2 * sizeof *data->ends);
    data->ends = NULL;
}
