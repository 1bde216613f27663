/* packet_life.c: what packets say of the life of a connection.
 *
 * Only a SYN begins one. It is another connection's if its number is not the one that this flow's
 * packets follow from: a SYN that comes again has the number that it had, and one that was
 * overtaken by its answer or by data has one less than these.
 */
#include "flow/flow_table.h"

enum {
    KNOWN = 1, /* and 2: first[] of end 0, of end 1 */
    FIN = 4,   /* and 8 */
    RST = 16
};

static bool is_over(const struct tp_flow *flow)
{
    return (flow->marks & RST) || (flow->marks & (FIN | FIN << 1)) == (FIN | FIN << 1);
}

static bool is_known(const struct tp_flow *flow, unsigned end)
{
    return (flow->marks & KNOWN << end) != 0;
}

bool tp_packet_is_syn(const struct tp_record *record)
{
    return record->kind == TP_KIND_PACKET && TP_HAS(record, FLAGS) && TP_HAS(record, SEQ) &&
           (record->flags & TP_TCP_SYN);
}

bool tp_packet_continues(const struct tp_flow *flow, const struct tp_record *record)
{
    unsigned end = record->local;
    bool same;

    if (!tp_packet_is_syn(record))
        return true;
    same = !is_known(flow, end) || flow->first[end] == record->seq + 1;
    if (!(record->flags & TP_TCP_ACK))
        return same && (is_known(flow, end) || !(flow->closed[end] || is_over(flow)));
    if (TP_HAS(record, ACK) && is_known(flow, 1 - end) && flow->first[1 - end] != record->ack)
        same = false;
    return same || !is_over(flow); /* else a second answer: of a host that lost its memory */
}

bool tp_packet_ended(const struct tp_flow *flow)
{
    return is_over(flow);
}

static void learn(struct tp_flow *flow, unsigned end, uint32_t first)
{
    if (is_known(flow, end))
        return;
    flow->first[end] = first;
    flow->marks |= (uint8_t)(KNOWN << end);
}

void tp_packet_note(struct tp_flow *flow, const struct tp_record *record, unsigned end)
{
    unsigned flags = TP_HAS(record, FLAGS) ? record->flags : TP_TCP_RST;

    if (flags & TP_TCP_FIN)
        flow->marks |= (uint8_t)(FIN << end);
    if (flags & TP_TCP_RST) {
        flow->marks |= RST; /* its numbers may be any */
        return;
    }
    if (TP_HAS(record, SEQ))
        learn(flow, end, record->seq + ((flags & TP_TCP_SYN) != 0));
    if (TP_HAS(record, ACK))
        learn(flow, 1 - end, record->ack);
}
