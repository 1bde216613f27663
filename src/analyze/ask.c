/* ask.c: the figures of one metric, wherever they come from: a socket's samples, the distributions
 * of its packets, what the follower of its connection adds up, or a user's own samples. */
#include <math.h>

#include "analyze/packets.h"

/* Where a metric of packets has its figures. */
static const struct {
    int8_t figure; /* enum tp_tallied, +1: 0 is none */
    int8_t source; /* enum tp_rtt_source, +1 */
} places[TP_METRIC_IDS] = {
#define TALLIED(METRIC, NAME) [TP_METRIC_##METRIC] = {TP_TALLIED_##NAME + 1, 0}
#define RTT(METRIC, SOURCE)   [TP_METRIC_##METRIC] = {TP_TALLIED_##METRIC + 1, SOURCE + 1}
    TALLIED(WIRE_INFLIGHT, INFLIGHT), TALLIED(WIRE_PIPE, PIPE),       TALLIED(WIRE_RWND, RWND),
    TALLIED(WIRE_SRTT, SRTT),         TALLIED(WIRE_SEGMENT, SEGMENT), TALLIED(WIRE_GAP, GAP),
    TALLIED(WIRE_BURST, BURST),       RTT(RTT_ACK, TP_RTT_ACK),       RTT(RTT_SACK, TP_RTT_SACK),
    RTT(RTT_TS, TP_RTT_TS),
#undef TALLIED
#undef RTT
};

static bool has_place(enum tp_metric_id metric)
{
    return metric < TP_METRIC_IDS && places[metric].figure;
}

/* As it is now, filled into *tally; NULL if there is none. */
static const struct tp_tally *tally_of(const struct tp_flow *flow, unsigned end,
                                       enum tp_metric_id metric, struct tp_tally *tally)
{
    const struct tp_end *kept = tp_end_of(flow, end);
    enum tp_tallied figure;

    if (!has_place(metric) || !kept || !kept->packets)
        return NULL;
    if (metric == TP_METRIC_WIRE_PIPE && !tp_is_tallied(kept->packets, TP_TALLIED_PIPE))
        metric = TP_METRIC_WIRE_INFLIGHT; /* they never differed */
    figure = (enum tp_tallied)(places[metric].figure - 1);
    return tp_tallied_now(kept->packets, figure, tally) ? tally : NULL;
}

unsigned tp_tallied_of(uint64_t metrics)
{
    unsigned metric, figures = 0;

    if (metrics & TP_METRIC_BIT(RTT))
        metrics |= TP_METRIC_BIT(RTT_ACK) | TP_METRIC_BIT(RTT_SACK);
    if (metrics & TP_METRIC_BIT(WIRE_PIPE)) /* see above */
        metrics |= TP_METRIC_BIT(WIRE_INFLIGHT);
    for (metric = 0; metric < TP_METRIC_IDS; metric++)
        if (places[metric].figure && metrics >> metric & 1)
            figures |= 1u << (places[metric].figure - 1);
    return figures;
}

/* The one sample of the handshake that tells the RTT of that end's packets. */
static bool handshake_us(const struct tp_flow *flow, unsigned end, double *us)
{
    const struct tp_connection *connection = tp_flow_connection(flow);
    int64_t rtt_ns;

    if (!connection || end > 1)
        return false;
    rtt_ns = tp_handshake_rtt_ns(tp_connection_handshake(connection), end);
    *us = (double)rtt_ns / 1000;
    return rtt_ns > 0;
}

/* --- what packets cannot tell ---------------------------------------------------------------- */

#define FLIGHT (TP_METRIC_BIT(WIRE_INFLIGHT) | TP_METRIC_BIT(WIRE_PIPE))
#define RTTS                                                                                       \
    (TP_METRIC_BIT(RTT) | TP_METRIC_BIT(RTT_HANDSHAKE) | TP_METRIC_BIT(RTT_ACK) |                  \
     TP_METRIC_BIT(RTT_SACK) | TP_METRIC_BIT(RTT_TS) | TP_METRIC_BIT(WIRE_SRTT))
/* What is sent by one direction's clock and answered by the other's. */
#define ACROSS (FLIGHT | RTTS | TP_METRIC_BIT(WIRE_BURST) | TP_METRIC_BIT(WIRE_LIMIT))

bool tp_flow_is_answered(const struct tp_flow *flow, unsigned end)
{
    const struct tp_wire *wire = tp_flow_wire(flow, end), *other;

    if (!wire || !wire->packets)
        return false;
    other = tp_flow_wire(flow, 1 - end);
    return other && other->acks > 0;
}

bool tp_flow_has_two_clocks(const struct tp_flow *flow)
{
    const struct tp_connection *connection = tp_flow_connection(flow);

    return connection && tp_connection_two_clocks(connection);
}

bool tp_flow_can_tell(const struct tp_flow *flow, unsigned end, enum tp_metric_id metric)
{
    const uint64_t bit = metric < TP_METRIC_IDS ? UINT64_C(1) << metric : 0;

    if ((bit & ACROSS) && tp_flow_has_two_clocks(flow))
        return false;
    return !(bit & FLIGHT) || tp_flow_is_answered(flow, end);
}

/* --- RTT by source -------------------------------------------------------------------------- */

static const struct tp_rtt_sum *sum_of(const struct tp_flow *flow, unsigned end,
                                       enum tp_metric_id metric)
{
    if (metric >= TP_METRIC_IDS || !places[metric].source)
        return NULL;
    return tp_rtt_sum_of(tp_flow_wire(flow, end), (enum tp_rtt_source)(places[metric].source - 1));
}

static bool sum_summary(const struct tp_rtt_sum *sum, struct tp_summary *summary)
{
    if (!sum)
        return false;
    summary->samples = sum->count;
    summary->min = (double)sum->min_ns / 1000;
    summary->max = (double)sum->max_ns / 1000;
    summary->mean = sum->sum_us / sum->count;
    return true;
}

/* The data's RTT: by ACK, and by SACK where no ACK can tell. */
static bool rtt_summary(const struct tp_flow *flow, unsigned end, struct tp_summary *summary)
{
    struct tp_summary sack;

    if (!sum_summary(sum_of(flow, end, TP_METRIC_RTT_ACK), summary))
        return sum_summary(sum_of(flow, end, TP_METRIC_RTT_SACK), summary);
    if (!sum_summary(sum_of(flow, end, TP_METRIC_RTT_SACK), &sack))
        return true;
    summary->mean = (summary->mean * (double)summary->samples + sack.mean * (double)sack.samples) /
                    (double)(summary->samples + sack.samples);
    summary->samples += sack.samples;
    summary->min = sack.min < summary->min ? sack.min : summary->min;
    summary->max = sack.max > summary->max ? sack.max : summary->max;
    return true;
}

static int add_ticks(struct tp_dist *dist, const struct tp_flow *flow, unsigned end,
                     enum tp_metric_id metric)
{
    struct tp_tally now;
    const struct tp_tally *tally = tally_of(flow, end, metric, &now);
    const struct tp_rtt_sum *sum = sum_of(flow, end, metric);
    double values_us[4];
    unsigned i, n;
    int rc = TP_OK;

    if (tally) {
        if (tp_dist_merge(dist, &tally->dist) < 0)
            return TP_ERR_NOMEM;
        return tp_dist_add(dist, tally->last, tally->pending_ns);
    }
    n = sum ? tp_rtt_recover(sum, values_us) : 0;
    for (i = 0; i < n; i++)
        rc |= tp_dist_add(dist, tp_ticks(llround(values_us[i] * 1000)), 1);
    return rc < 0 ? TP_ERR_NOMEM : TP_OK;
}

/* From ticks to what was measured: a rounded value may lie beyond. */
static bool unrounded(double *values, size_t count, const struct tp_summary *summary)
{
    size_t i;

    for (i = 0; i < count; i++)
        values[i] = fmin(fmax(values[i] / TP_TICKS_PER_US, summary->min), summary->max);
    return true;
}

/* Of one or two sources together, whose summary that is. */
static bool rtt_quantiles(const struct tp_flow *flow, unsigned end, const enum tp_metric_id *from,
                          unsigned sources, const struct tp_summary *summary, const double *p,
                          double *values, size_t count)
{
    struct tp_dist dist;
    unsigned i;
    bool known = true;

    tp_dist_init(&dist);
    for (i = 0; i < sources && known; i++)
        known = add_ticks(&dist, flow, end, from[i]) == TP_OK;
    known = known && tp_dist_quantiles(&dist, p, values, count);
    tp_dist_release(&dist);
    return known && unrounded(values, count, summary);
}

/* --- any metric ----------------------------------------------------------------------------- */

static bool side_summary(const struct tp_side *side, enum tp_metric_id metric,
                         struct tp_summary *summary)
{
    struct tp_stat stat;

    if (!tp_side_stat(side, metric, &stat))
        return false;
    *summary =
        (struct tp_summary){stat.samples, stat.first, stat.last, stat.min, stat.max, stat.mean};
    return true;
}

static const struct tp_sampled_list *sampled_of(const struct tp_flow *flow, unsigned end)
{
    const struct tp_end *kept = tp_end_of(flow, end);

    return kept ? &kept->sampled : NULL;
}

static bool tally_summary(const struct tp_tally *tally, double per_unit, struct tp_summary *summary)
{
    if (!tally || !tally->samples)
        return false;
    *summary = (struct tp_summary){tally->samples,         tally->first / per_unit,
                                   tally->last / per_unit, tally->min / per_unit,
                                   tally->max / per_unit,  tp_tally_mean(tally) / per_unit};
    return true;
}

bool tp_flow_summary(const struct tp_flow *flow, unsigned end, enum tp_metric_id metric,
                     struct tp_summary *summary)
{
    struct tp_tally now;
    double us;

    *summary = (struct tp_summary){0};
    if (!tp_flow_can_tell(flow, end, metric))
        return false;
    if (metric < TP_METRIC_STATES)
        return side_summary(tp_flow_side(flow, end), metric, summary);
    if (metric == TP_METRIC_RTT)
        return rtt_summary(flow, end, summary);
    if (metric == TP_METRIC_RTT_HANDSHAKE) {
        if (!handshake_us(flow, end, &us))
            return false;
        *summary = (struct tp_summary){1, us, us, us, us, us};
        return true;
    }
    if (!has_place(metric))
        return tp_sampled_summary(sampled_of(flow, end), metric, summary);
    if (places[metric].source)
        return sum_summary(sum_of(flow, end, metric), summary);
    return tally_summary(tally_of(flow, end, metric, &now), tp_metrics[metric].per_unit, summary);
}

static bool tally_quantiles(const struct tp_tally *tally, double per_unit, const double *p,
                            double *values, size_t count)
{
    size_t i;

    if (!tally || !tp_tally_quantiles(tally, p, values, count))
        return false;
    for (i = 0; i < count; i++)
        values[i] /= per_unit;
    return true;
}

bool tp_flow_quantiles(const struct tp_flow *flow, unsigned end, enum tp_metric_id metric,
                       const double *p, double *values, size_t count)
{
    static const enum tp_metric_id rtt[] = {TP_METRIC_RTT_ACK, TP_METRIC_RTT_SACK};
    struct tp_summary summary;
    struct tp_tally now;
    double us;
    size_t i;

    if (!tp_flow_can_tell(flow, end, metric))
        return false;
    if (metric < TP_METRIC_STATES)
        return tp_side_quantiles(tp_flow_side(flow, end), metric, p, values, count);
    if (metric == TP_METRIC_RTT)
        return tp_flow_summary(flow, end, metric, &summary) &&
               rtt_quantiles(flow, end, rtt, 2, &summary, p, values, count);
    if (metric == TP_METRIC_RTT_HANDSHAKE) {
        if (!handshake_us(flow, end, &us))
            return false;
        for (i = 0; i < count; i++)
            values[i] = us;
        return true;
    }
    if (!has_place(metric))
        return tp_sampled_quantiles(sampled_of(flow, end), metric, p, values, count);
    if (places[metric].source)
        return tp_flow_summary(flow, end, metric, &summary) &&
               rtt_quantiles(flow, end, &metric, 1, &summary, p, values, count);
    return tally_quantiles(tally_of(flow, end, metric, &now), tp_metrics[metric].per_unit, p,
                           values, count);
}
