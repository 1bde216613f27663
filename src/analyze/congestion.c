/* congestion.c: the congestion avoidance state (enum tcp_ca_state) over time.
 *
 * tcp_cong_state_set says what it becomes, and fires again when it stays the same. Before the first
 * one it is Open if the connection was seen from its start or has never lost a packet (its
 * threshold is infinite), else unknown. Where no such event was recorded at all, nothing is said.
 */
#include "analyze/analyzer.h"

static void begin(const struct tp_flow *flow, struct tp_socket *socket, unsigned end)
{
    (void)end;
    socket->congestion.state = flow->opener >= 0 ? TP_CONG_OPEN : -1;
    socket->congestion.since_ns = socket->side.first_ns;
    socket->side.cong_state = -1;
}

/* Brings the time in the current state up to now. */
static void stay(struct tp_socket *socket, int64_t now_ns)
{
    struct tp_congestion *congestion = &socket->congestion;
    int64_t stay_ns = now_ns > congestion->since_ns ? now_ns - congestion->since_ns : 0;

    socket->side.cong_time_ns[congestion->state] += stay_ns - congestion->told_ns;
    congestion->told_ns = stay_ns;
}

static int keep_span(struct tp_analysis *analysis, const struct tp_flow *flow, unsigned number,
                     const struct tp_span *span)
{
    struct tp_end *end = tp_end_make(analysis, flow, number);

    return end ? tp_spans_add(&end->cong_spans, span, false) : TP_ERR_NOMEM;
}

/* Closes it. */
static int leave(struct tp_analysis *analysis, const struct tp_flow *flow, unsigned end,
                 int64_t now_ns)
{
    struct tp_socket *socket = tp_flow_socket(flow, end);
    struct tp_congestion *congestion = &socket->congestion;
    struct tp_span span = {congestion->since_ns, now_ns, (uint64_t)congestion->state};

    if (congestion->state < 0)
        return TP_OK;
    stay(socket, now_ns);
    congestion->told_ns = 0;
    if (now_ns < congestion->since_ns) /* disorder must not count a time twice */
        return TP_OK;
    congestion->since_ns = now_ns;
    if (analysis->options.series_bins && congestion->state >= TP_CONG_CWR)
        return keep_span(analysis, flow, end, &span);
    return TP_OK;
}

static int on_change(struct tp_visit *visit)
{
    const struct tp_record *record = visit->record;
    struct tp_congestion *congestion = &visit->socket->congestion;
    struct tp_side *side = visit->side;

    congestion->timed_out |= TP_HAS(record, CONG_STATE) && record->cong_state == TP_CONG_LOSS;
    if (!TP_HAS(record, CONG_STATE) || record->cong_state >= TP_CONG_STATES ||
        record->cong_state == congestion->state)
        return TP_OK;
    if (leave(visit->analysis, visit->flow, visit->end, record->ts_ns) < 0)
        return TP_ERR_NOMEM;
    if (congestion->state < 0 && record->ts_ns > congestion->since_ns)
        congestion->since_ns = record->ts_ns;
    congestion->state = (int8_t)record->cong_state;
    side->cong_entries[record->cong_state]++;
    side->losses_blind += visit->socket->blind && record->cong_state >= TP_CONG_RECOVERY &&
                          side->losses_blind < UINT8_MAX;
    return tp_emit(visit, TP_METRIC_CONG_STATE, record->cong_state);
}

static int on_probe(struct tp_visit *visit)
{
    const struct tp_record *record = visit->record;
    struct tp_congestion *congestion = &visit->socket->congestion;

    if (congestion->state < 0 && visit->side->probes <= 1 && TP_HAS(record, SSTHRESH) &&
        record->ssthresh == TP_SSTHRESH_INFINITE) {
        congestion->state = TP_CONG_OPEN;
        congestion->since_ns = record->ts_ns;
    }
    return TP_OK;
}

static void tell(const struct tp_analysis *analysis, const struct tp_flow *flow, unsigned end)
{
    struct tp_socket *socket = tp_flow_socket(flow, end);
    struct tp_side *side = &socket->side;
    struct tp_congestion *congestion = &socket->congestion;

    if (!analysis->saw[TP_KIND_CONG_STATE_SET])
        return;
    side->cong_state = congestion->state;
    if (congestion->state >= 0)
        stay(socket, side->last_ns);
    side->retransmits_in[TP_CONG_OPEN] += congestion->guessed_open;
    side->retransmits_in[TP_CONG_STATES] -= congestion->guessed_open;
    congestion->guessed_open = 0;
}

static int finish(struct tp_analysis *analysis, struct tp_flow *flow, unsigned end)
{
    return analysis->saw[TP_KIND_CONG_STATE_SET]
               ? leave(analysis, flow, end, tp_flow_socket(flow, end)->side.last_ns)
               : TP_OK;
}

const struct tp_analyzer tp_congestion_analyzer = {
    .name = "congestion",
    .fields = TP_BIT(CONG_STATE) | TP_BIT(SSTHRESH),
    .on = {[TP_KIND_CONG_STATE_SET] = on_change, [TP_KIND_PROBE] = on_probe},
    .begin = begin,
    .finish = finish,
    .tell = tell,
};
