/* retransmit.c: packet buffers that were sent again.
 *
 * tcp_retransmit_skb counts skbs, not segments: one may hold several. Since 6.17 it also fires for
 * those that could not be sent (err is not 0).
 */
#include "analyze/analyzer.h"

enum { SYN_SENT = 2 };

static uint32_t microseconds(int64_t ns)
{
    return ns <= 0 ? 0 : ns / 1000 < UINT32_MAX ? (uint32_t)(ns / 1000) : UINT32_MAX;
}

/* The kernel enters Loss with each timeout, the one after the other too (tcp_enter_loss()), and
 * sends one segment again; what it sends again then, as ACKs come, it calls slow start
 * (tcp_xmit_retransmit_queue()). */
static void count_kind(struct tp_side *side, struct tp_congestion *congestion, bool is_syn)
{
    if (!is_syn)
        congestion->guessed_open += congestion->state == TP_CONG_OPEN;
    side->retransmits_in[congestion->state > 0 ? congestion->state : TP_CONG_STATES]++;
    if (!is_syn && congestion->state == TP_CONG_LOSS && congestion->timed_out)
        congestion->timeouts += congestion->timeouts < UINT16_MAX;
    congestion->timed_out = false;
}

static int on_retransmit(struct tp_visit *visit)
{
    const struct tp_record *record = visit->record;
    struct tp_side *side = visit->side;
    bool is_syn = TP_HAS(record, STATE) && record->state == SYN_SENT;

    if (TP_HAS(record, ERR) && record->err != 0) {
        side->retransmits_failed += side->retransmits_failed < UINT16_MAX;
        return TP_OK;
    }
    side->retransmits++;
    side->resent_blind |= visit->socket->blind;
    count_kind(side, &visit->socket->congestion, is_syn);
    if (is_syn) {
        side->retransmits_syn += side->retransmits_syn < UINT16_MAX;
        side->syn_timer_us = microseconds(record->ts_ns - side->first_ns);
    }
    return tp_emit(visit, TP_METRIC_RETRANSMIT, 1);
}

static int on_synack(struct tp_visit *visit)
{
    visit->side->synack_retransmits += visit->side->synack_retransmits < UINT16_MAX;
    return tp_emit(visit, TP_METRIC_RETRANSMIT_SYNACK, 1);
}

const struct tp_analyzer tp_retransmit_analyzer = {
    .name = "retransmit",
    .fields = TP_BIT(ERR) | TP_BIT(STATE),
    .on = {[TP_KIND_RETRANSMIT_SKB] = on_retransmit, [TP_KIND_RETRANSMIT_SYNACK] = on_synack},
};

/* A SYN is sent again by timeouts only, which are in Loss. */
struct tp_resent_kinds tp_side_resent(const struct tp_side *side)
{
    const struct tp_congestion *congestion = &tp_socket_of(side)->congestion;
    const uint32_t *in = side->retransmits_in;
    uint32_t first = (uint32_t)congestion->timeouts + side->retransmits_syn;

    return (struct tp_resent_kinds){
        .fast = in[TP_CONG_RECOVERY],
        .timeout = congestion->timeouts,
        .slow_start = in[TP_CONG_LOSS] > first ? in[TP_CONG_LOSS] - first : 0,
        .tlp = in[TP_CONG_OPEN] + in[TP_CONG_DISORDER] + in[TP_CONG_CWR],
    };
}
