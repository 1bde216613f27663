/* flow.c: what is known of one flow, wherever it is kept. */
#include "analyze/end.h"
#include "analyze/limits.h"
#include "analyze/socket.h"

const struct tp_side *tp_flow_side(const struct tp_flow *flow, unsigned end)
{
    const struct tp_flow_data *data = flow->data;

    return data && end < 2 && data->socket[end] ? &data->socket[end]->side : NULL;
}

uint64_t tp_flow_lost(const struct tp_flow *flow, uint32_t *markers)
{
    const struct tp_flow_data *data = flow->data;

    *markers = data->lost_markers;
    return data->lost;
}

const struct tp_connection *tp_flow_connection(const struct tp_flow *flow)
{
    const struct tp_flow_data *data = flow->data;

    return data ? data->connection : NULL;
}

const struct tp_wire *tp_flow_wire(const struct tp_flow *flow, unsigned end)
{
    const struct tp_connection *connection = tp_flow_connection(flow);

    return connection && end < 2 ? tp_connection_wire(connection, end) : NULL;
}

const struct tp_series *tp_flow_series(const struct tp_flow *flow, unsigned end,
                                       enum tp_metric_id metric)
{
    const struct tp_end *kept = tp_end_of(flow, end);

    if (!kept || !kept->series || metric >= TP_METRIC_IDS || !tp_flow_can_tell(flow, end, metric))
        return NULL;
    return kept->series[metric];
}

bool tp_flow_series_dropped(const struct tp_flow *flow, unsigned end)
{
    const struct tp_end *kept = tp_end_of(flow, end);

    return kept && kept->series_dropped;
}

static bool tells_limits(const struct tp_flow *flow, unsigned end, enum tp_origin origin)
{
    return origin != TP_FROM_PACKETS || tp_flow_can_tell(flow, end, TP_METRIC_WIRE_LIMIT);
}

/* As if no record followed; what is still open of the flow's own stays so. */
static bool close_limiter(const struct tp_flow *flow, unsigned end, enum tp_origin origin,
                          struct tp_limiter *closed)
{
    const struct tp_limiter *limiter = origin == TP_FROM_KERNEL
                                           ? tp_kernel_limiter(tp_flow_side(flow, end))
                                           : tp_packets_limiter(tp_end_of(flow, end));

    if (!limiter || !tells_limits(flow, end, origin))
        return false;
    *closed = *limiter;
    closed->ledger.spans = NULL;
    if (origin == TP_FROM_KERNEL)
        tp_limiter_finish(closed, NULL);
    else
        tp_wire_limits_finish(flow, closed, NULL);
    return closed->judged;
}

bool tp_flow_limits(const struct tp_flow *flow, unsigned end, enum tp_origin origin,
                    struct tp_limit_times *times)
{
    struct tp_limiter closed = {0};
    bool judged = close_limiter(flow, end, origin, &closed);

    *times = closed.times;
    return judged;
}

bool tp_flow_account(const struct tp_flow *flow, unsigned end, enum tp_origin origin,
                     struct tp_account *account)
{
    struct tp_limiter closed = {0};
    bool judged = close_limiter(flow, end, origin, &closed);

    *account = closed.ledger.account;
    return judged;
}

bool tp_flow_train_rate(const struct tp_flow *flow, unsigned end, enum tp_origin origin,
                        double *rate_bps)
{
    const struct tp_trains *trains = origin == TP_FROM_KERNEL
                                         ? tp_kernel_trains(tp_flow_side(flow, end))
                                         : tp_packets_trains(tp_end_of(flow, end));

    return trains && tells_limits(flow, end, origin) && tp_trains_rate(trains, rate_bps);
}

bool tp_flow_duration(const struct tp_flow *flow, int64_t *duration_ns)
{
    int64_t first_ns = INT64_MAX, last_ns = INT64_MIN;
    const struct tp_side *side;
    unsigned end;

    *duration_ns = flow->last_ns - flow->first_ns;
    if (!tp_flow_has_two_clocks(flow))
        return flow->timing != TP_TIMING_PARTS;
    for (end = 0; end < 2; end++) {
        side = tp_flow_side(flow, end);
        if (side && side->first_ns < first_ns)
            first_ns = side->first_ns;
        if (side && side->last_ns > last_ns)
            last_ns = side->last_ns;
    }
    *duration_ns = last_ns > first_ns ? last_ns - first_ns : 0;
    return last_ns > first_ns && flow->timing != TP_TIMING_PARTS;
}

const struct tp_spans *tp_flow_limit_spans(const struct tp_flow *flow, unsigned end,
                                           enum tp_origin origin)
{
    const struct tp_end *kept = tp_end_of(flow, end);

    if (!kept || !tells_limits(flow, end, origin))
        return NULL;
    return kept->limit_spans[origin].count ? &kept->limit_spans[origin] : NULL;
}

const struct tp_spans *tp_flow_wait_spans(const struct tp_flow *flow, unsigned end,
                                          enum tp_origin origin)
{
    const struct tp_end *kept = tp_end_of(flow, end);

    if (!kept || origin >= TP_ORIGINS || !tells_limits(flow, end, origin))
        return NULL;
    return kept->wait_spans[origin].count ? &kept->wait_spans[origin] : NULL;
}

const struct tp_spans *tp_flow_cong_spans(const struct tp_flow *flow, unsigned end)
{
    const struct tp_end *kept = tp_end_of(flow, end);

    return kept && kept->cong_spans.count ? &kept->cong_spans : NULL;
}

const struct tp_spans *tp_flow_episodes(const struct tp_flow *flow, unsigned end)
{
    const struct tp_end *kept = tp_end_of(flow, end);

    if (!tp_flow_is_answered(flow, end) || tp_flow_has_two_clocks(flow))
        return NULL;
    return kept && kept->episodes.count ? &kept->episodes : NULL;
}

const struct tp_spans *tp_flow_resent(const struct tp_flow *flow, unsigned end)
{
    const struct tp_end *kept = tp_end_of(flow, end);

    if (!tp_flow_is_answered(flow, end) || tp_flow_has_two_clocks(flow))
        return NULL;
    return kept && kept->resent.count ? &kept->resent : NULL;
}

const struct tp_wire_marks *tp_flow_wire_marks(const struct tp_flow *flow, unsigned end)
{
    const struct tp_end *kept = tp_end_of(flow, end);

    return kept && kept->marks.count ? &kept->marks : NULL;
}
