/* side.c: what can be said of one flow once all its records are in. */
#include <tcpprobe/analyze.h>

/* What an end is known to have sent: acknowledged by itself, else received by its peer, else as
 * its packets say. */
static uint64_t sent_bytes(const struct tp_flow *flow, unsigned end)
{
    const struct tp_side *own = tp_flow_side(flow, end), *peer = tp_flow_side(flow, 1 - end);
    uint64_t acked = own && own->has_acked ? own->acked_bytes : 0;
    uint64_t received = peer && peer->has_received ? peer->received_bytes : 0;
    const struct tp_wire *wire = tp_flow_wire(flow, end);

    if (acked || received || !wire)
        return acked > received ? acked : received;
    return wire->unique_bytes > wire->acked_bytes ? wire->unique_bytes : wire->acked_bytes;
}

unsigned tp_flow_bulk_end(const struct tp_flow *flow)
{
    uint64_t sent[2] = {sent_bytes(flow, 0), sent_bytes(flow, 1)};

    if (sent[0] != sent[1])
        return sent[1] > sent[0];
    /* Nothing was carried: the end that is known, then the one that opened the connection. */
    if (!tp_flow_side(flow, 0) != !tp_flow_side(flow, 1) && !tp_flow_connection(flow))
        return tp_flow_side(flow, 0) ? 0 : 1;
    return flow->opener == 1;
}

bool tp_side_goodput(const struct tp_side *side, double *bits_per_second)
{
    int64_t time_ns;

    if (!side || !side->has_acked || side->probes < 2)
        return false;
    time_ns = side->probe_last_ns - side->probe_first_ns;
    if (time_ns <= 0)
        return false;
    *bits_per_second = (double)side->acked_bytes * 8e9 / (double)time_ns;
    return true;
}

bool tp_side_retransmit_share(const struct tp_analysis *analysis, const struct tp_side *side,
                              double *share)
{
    double segments;

    if (!side || !side->mss_bytes || !side->acked_bytes ||
        !tp_analysis_saw(analysis, TP_KIND_RETRANSMIT_SKB))
        return false;
    segments = (double)side->acked_bytes / side->mss_bytes;
    *share = side->retransmits / segments;
    if (*share > 1)
        *share = 1;
    return true;
}
