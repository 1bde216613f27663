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

static int on_retransmit(struct tp_visit *visit)
{
    const struct tp_record *record = visit->record;
    struct tp_side *side = visit->side;
    struct tp_congestion *congestion = &visit->socket->congestion;

    if (TP_HAS(record, ERR) && record->err != 0) {
        side->retransmits_failed += side->retransmits_failed < UINT16_MAX;
        return TP_OK;
    }
    side->retransmits++;
    side->resent_blind |= visit->socket->blind;
    congestion->guessed_open += congestion->state == TP_CONG_OPEN;
    side->retransmits_in[congestion->state > 0 ? congestion->state : TP_CONG_STATES]++;
    if (TP_HAS(record, STATE) && record->state == SYN_SENT) {
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
