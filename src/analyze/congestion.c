/* congestion.c: the congestion avoidance state (enum tcp_ca_state) over time.
 *
 * tcp_cong_state_set says what it becomes, and fires again when it stays the same. Before the first
 * one it is Open if the connection was seen from its start or has never lost a packet (its
 * threshold is infinite), else unknown. Where no such event was recorded at all, nothing is said.
 */
#include <string.h>

#include "analyze/analyzer.h"

static void begin(const struct tp_flow *flow, struct tp_side *side, unsigned end)
{
    (void)end;
    side->cong_state = flow->opener >= 0 ? TP_CONG_OPEN : -1;
    side->cong_since_ns = side->first_ns;
}

/* Closes the time in the current state. */
static int leave(const struct tp_analysis *analysis, struct tp_side *side, int64_t now_ns)
{
    struct tp_span span = {side->cong_since_ns, now_ns, (uint64_t)side->cong_state};

    if (side->cong_state < 0 || now_ns < side->cong_since_ns)
        return TP_OK;
    if (analysis->options.series_bins && side->cong_state >= TP_CONG_CWR &&
        tp_spans_add(&side->cong_spans, &span, false) < 0)
        return TP_ERR_NOMEM;
    side->cong_time_ns[side->cong_state] += now_ns - side->cong_since_ns;
    return TP_OK;
}

static int on_change(struct tp_visit *visit)
{
    const struct tp_record *record = visit->record;
    struct tp_side *side = visit->side;

    if (!TP_HAS(record, CONG_STATE) || record->cong_state >= TP_CONG_STATES ||
        record->cong_state == side->cong_state)
        return TP_OK;
    if (leave(visit->analysis, side, record->ts_ns) < 0)
        return TP_ERR_NOMEM;
    side->cong_state = (int8_t)record->cong_state;
    if (record->ts_ns > side->cong_since_ns) /* disorder must not count a time twice */
        side->cong_since_ns = record->ts_ns;
    side->cong_entries[record->cong_state]++;
    return tp_emit(visit, TP_METRIC_CONG_STATE, record->cong_state);
}

static int on_probe(struct tp_visit *visit)
{
    const struct tp_record *record = visit->record;
    struct tp_side *side = visit->side;

    if (side->cong_state < 0 && side->probes <= 1 && TP_HAS(record, SSTHRESH) &&
        record->ssthresh == TP_SSTHRESH_INFINITE) {
        side->cong_state = TP_CONG_OPEN;
        side->cong_since_ns = record->ts_ns;
    }
    return TP_OK;
}

static int finish(struct tp_analysis *analysis, struct tp_flow *flow, unsigned end)
{
    struct tp_side *side = tp_side_of(flow, end);
    unsigned state;

    if (analysis->saw[TP_KIND_CONG_STATE_SET])
        return leave(analysis, side, side->last_ns);
    side->cong_state = -1;
    for (state = 0; state < TP_CONG_STATES; state++) {
        side->retransmits_in[TP_CONG_STATES] += side->retransmits_in[state];
        side->retransmits_in[state] = 0;
    }
    return TP_OK;
}

const struct tp_analyzer tp_congestion_analyzer = {
    .name = "congestion",
    .fields = TP_BIT(CONG_STATE) | TP_BIT(SSTHRESH),
    .on = {[TP_KIND_CONG_STATE_SET] = on_change, [TP_KIND_PROBE] = on_probe},
    .begin = begin,
    .finish = finish,
};
