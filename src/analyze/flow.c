/* flow.c: what is known of one flow, wherever it is kept. */
#include "analyze/end.h"
#include "analyze/limits.h"
#include "analyze/limits.h"

const struct tp_side *tp_flow_side(const struct tp_flow *flow, unsigned end)
{
    const struct tp_flow_data *data = flow->data;

    return data && end < 2 ? data->side[end] : NULL;
}

const struct tp_connection *tp_flow_connection(const struct tp_flow *flow)
{
    const struct tp_flow_data *data = flow->data;

    return data ? data->connection : NULL;
}

const struct tp_wire *tp_flow_wire(const struct tp_flow *flow, unsigned end)
{
    (void)flow, (void)end;
    return NULL;
}

const struct tp_series *tp_flow_series(const struct tp_flow *flow, unsigned end,
                                       enum tp_metric_id metric)
{
    const struct tp_end *kept = tp_end_of(flow, end);

    return kept && kept->series && metric < TP_METRIC_IDS ? kept->series[metric] : NULL;
}

bool tp_flow_series_dropped(const struct tp_flow *flow, unsigned end)
{
    const struct tp_end *kept = tp_end_of(flow, end);

    return kept && kept->series_dropped;
}

bool tp_flow_summary(const struct tp_flow *flow, unsigned end, enum tp_metric_id metric,
                     struct tp_summary *summary)
{
    struct tp_stat stat;

    *summary = (struct tp_summary){0};
    if (!tp_side_stat(tp_flow_side(flow, end), metric, &stat))
        return false;
    *summary =
        (struct tp_summary){stat.samples, stat.first, stat.last, stat.min, stat.max, stat.mean};
    return true;
}

bool tp_flow_quantiles(const struct tp_flow *flow, unsigned end, enum tp_metric_id metric,
                       const double *p, double *values, size_t count)
{
    return tp_side_quantiles(tp_flow_side(flow, end), metric, p, values, count);
}

bool tp_flow_limits(const struct tp_flow *flow, unsigned end, enum tp_origin origin,
                    struct tp_limit_times *times)
{
    const struct tp_limiter *limiter =
        origin == TP_FROM_KERNEL ? tp_kernel_limiter(tp_flow_side(flow, end)) : NULL;

    *times = (struct tp_limit_times){{0}};
    if (!limiter || !limiter->judged)
        return false;
    *times = limiter->times;
    return true;
}

const struct tp_spans *tp_flow_limit_spans(const struct tp_flow *flow, unsigned end,
                                           enum tp_origin origin)
{
    const struct tp_end *kept = tp_end_of(flow, end);

    return kept && kept->limit_spans[origin].count ? &kept->limit_spans[origin] : NULL;
}

const struct tp_spans *tp_flow_episodes(const struct tp_flow *flow, unsigned end)
{
    const struct tp_end *kept = tp_end_of(flow, end);

    return kept && kept->episodes.count ? &kept->episodes : NULL;
}

const struct tp_marks *tp_flow_marks(const struct tp_flow *flow, unsigned end)
{
    const struct tp_end *kept = tp_end_of(flow, end);

    return kept && kept->marks.count ? &kept->marks : NULL;
}
