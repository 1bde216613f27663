/* probe.c: the states that tcp_probe samples: windows, threshold, round-trip time, in flight. */
#include "analyze/analyzer.h"

#define BIT(metric) (1u << TP_METRIC_##metric)

/* The sample's values by metric; returns the bits of those that it has. */
static unsigned read_values(const struct tp_record *record, uint32_t value[TP_METRIC_STATES])
{
    uint64_t have = record->have;
    unsigned bits = 0;

    value[TP_METRIC_SND_CWND] = record->snd_cwnd;
    value[TP_METRIC_SSTHRESH] = record->ssthresh;
    value[TP_METRIC_INFLIGHT] = record->snd_nxt - record->snd_una;
    value[TP_METRIC_SRTT] = record->srtt;
    value[TP_METRIC_SND_WND] = record->snd_wnd;
    value[TP_METRIC_RCV_WND] = record->rcv_wnd;
    if (have & TP_BIT(SND_CWND))
        bits |= BIT(SND_CWND);
    if ((have & TP_BIT(SSTHRESH)) && record->ssthresh < TP_SSTHRESH_INFINITE)
        bits |= BIT(SSTHRESH);
    if ((have & TP_BIT(SND_NXT)) && (have & TP_BIT(SND_UNA)) &&
        value[TP_METRIC_INFLIGHT] <= INT32_MAX)
        bits |= BIT(INFLIGHT);
    if ((have & TP_BIT(SRTT)) && record->srtt) /* 0: no sample yet (tcp_rtt_estimator()) */
        bits |= BIT(SRTT);
    if (have & TP_BIT(SND_WND))
        bits |= BIT(SND_WND);
    if (have & TP_BIT(RCV_WND))
        bits |= BIT(RCV_WND);
    return bits;
}

/* How long the last sample holds if nothing is known before now. */
static int64_t hold_until(const struct tp_side *side, int64_t now_ns)
{
    if (!side->probes || now_ns <= side->probe_last_ns)
        return 0;
    return now_ns - side->probe_last_ns < TP_HOLD_MAX_NS ? now_ns - side->probe_last_ns
                                                         : TP_HOLD_MAX_NS;
}

static int on_probe(struct tp_visit *visit)
{
    struct tp_side *side = visit->side;
    int64_t now_ns = visit->record->ts_ns;
    uint32_t value[TP_METRIC_STATES] = {0};
    unsigned m, bits = read_values(visit->record, value);
    int rc;

    rc = tp_states_add(&visit->socket->states, hold_until(side, now_ns), bits, value,
                       &visit->analysis->shape);
    if (rc < 0)
        return rc;
    if (!side->probes++)
        side->probe_first_ns = side->probe_last_ns = now_ns;
    else if (now_ns > side->probe_last_ns)
        side->probe_last_ns = now_ns;
    if (!visit->wanted)
        return TP_OK;
    for (m = 0; m < TP_METRIC_STATES && rc >= 0; m++)
        if (bits >> m & 1)
            rc = tp_emit(visit, (enum tp_metric_id)m, value[m]);
    return rc;
}

static int finish(struct tp_analysis *analysis, struct tp_flow *flow, unsigned end)
{
    /* What the last sample held for, nobody saw: it has no weight. */
    return tp_states_finish(&tp_flow_socket(flow, end)->states, &analysis->shape);
}

const struct tp_analyzer tp_states_analyzer = {
    .name = "states",
    .fields = TP_BIT(SND_CWND) | TP_BIT(SSTHRESH) | TP_BIT(SND_NXT) | TP_BIT(SND_UNA) |
              TP_BIT(SRTT) | TP_BIT(SND_WND) | TP_BIT(RCV_WND),
    .on = {[TP_KIND_PROBE] = on_probe},
    .finish = finish,
};
