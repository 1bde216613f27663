/* packet_life.c: what packets say of the life of a connection.
 *
 * Only a SYN begins one. It is another connection's if its number is not the one that this flow's
 * packets follow from: a SYN that comes again has the number that it had, and one that was
 * overtaken by its answer or by data has one less than these. A host that was asked for a
 * connection while it remembers another answers with numbers of that one, and is reset (RFC 9293,
 * 3.5.1): only an answer to the SYN says what its numbers are. In which of several networks the
 * connection lives is networks.c.
 */
#include "flow/flow_table.h"

#define REPEAT_NS INT64_C(1000000000)
#define CLOCKS_NS INT64_C(3600000000000) /* by so much two clocks may differ at most */

static bool is_over(const struct tp_flow *flow)
{
    const unsigned both = TP_FLOW_FIN | TP_FLOW_FIN << 1;

    return (flow->marks & TP_FLOW_RST) || (flow->marks & both) == both;
}

static bool is_known(const struct tp_flow *flow, unsigned end)
{
    return (flow->marks & TP_FLOW_KNOWN << end) != 0;
}

bool tp_packet_is_syn(const struct tp_record *record)
{
    return record->kind == TP_KIND_PACKET && TP_HAS(record, FLAGS) && TP_HAS(record, SEQ) &&
           (record->flags & TP_TCP_SYN);
}

/* A SYN that is sent again has another timestamp or IP identification. */
static uint8_t opening_of(const struct tp_record *record)
{
    uint32_t mark = TP_HAS(record, TSVAL)   ? record->tsval
                    : TP_HAS(record, IP_ID) ? record->ip_id
                                            : 0;

    uint8_t few = (uint8_t)(mark * UINT32_C(0x9e3779b1) >> 24);

    return few ? few : 1; /* 0: no SYN was seen */
}

/* The SYN of a connection that is over, with its number: the capture's copy, or a host that begins
 * all of them with the same number. */
static bool is_copy(const struct tp_flow *flow, const struct tp_record *record)
{
    return opening_of(record) == flow->opening &&
           record->ts_ns - flow->last_ns < (TP_HAS(record, TSVAL) ? CLOCKS_NS : REPEAT_NS);
}

static bool continues_syn(const struct tp_flow *flow, const struct tp_record *record)
{
    unsigned end = record->local;

    if (!is_known(flow, end))
        return !(flow->closed[end] || is_over(flow));
    if (tp_flow_first(flow)[end] != record->seq + 1)
        return false;
    /* Where each direction has a clock of its own the SYN may come behind the end. */
    return !(flow->marks & TP_FLOW_OPEN) || !is_over(flow) || !flow->opening ||
           is_copy(flow, record);
}

bool tp_packet_continues(const struct tp_flow *flow, const struct tp_record *record)
{
    unsigned end = record->local;
    bool same, answer;

    if (!tp_network_is_none(flow, record) && !tp_network_is_here(flow, record))
        return false;
    if (!tp_packet_is_syn(record))
        return true;
    if (!(record->flags & TP_TCP_ACK))
        return continues_syn(flow, record);
    same = !is_known(flow, end) || tp_flow_first(flow)[end] == record->seq + 1;
    answer = !TP_HAS(record, ACK) || !is_known(flow, 1 - end) ||
             tp_flow_first(flow)[1 - end] == record->ack;
    if (!is_over(flow)) /* a second answer: of a host that lost its memory */
        return true;
    return answer && (same || !(flow->marks & TP_FLOW_OPEN));
}

bool tp_packet_ended(const struct tp_flow *flow)
{
    return is_over(flow);
}

static void set_first(struct tp_flow *flow, unsigned end, uint32_t first)
{
    if (flow->tagged)
        flow->numbers->first[end] = first;
    else
        flow->first[end] = first;
}

static void learn(struct tp_flow *flow, unsigned end, uint32_t first)
{
    if (is_known(flow, end))
        return;
    set_first(flow, end, first);
    flow->marks |= (uint8_t)(TP_FLOW_KNOWN << end);
}

static void note_syn(struct tp_flow *flow, const struct tp_record *record, unsigned end)
{
    if (record->flags & TP_TCP_ACK) {
        if (!(flow->marks & TP_FLOW_OPEN)) {
            set_first(flow, end, record->seq + 1);
            flow->marks |= TP_FLOW_OPEN;
        }
    } else if (!(flow->marks & TP_FLOW_OPEN)) {
        flow->opening = opening_of(record);
        flow->marks &=
            (uint8_t) ~(TP_FLOW_RST | TP_FLOW_FIN | TP_FLOW_FIN << 1); /* it is tried once more */
    }
}

/* Is it one of the many that begin and end nothing? */
static bool is_usual(const struct tp_flow *flow, unsigned flags, unsigned end)
{
    const unsigned known = TP_FLOW_KNOWN | TP_FLOW_KNOWN << 1;

    return !(flags & (TP_TCP_SYN | TP_TCP_FIN | TP_TCP_RST)) && (flow->marks & known) == known &&
           (flow->marks & TP_FLOW_OPEN || flow->opener != (int8_t)end);
}

void tp_packet_note(struct tp_flow *flow, const struct tp_record *record, unsigned end)
{
    unsigned flags = TP_HAS(record, FLAGS) ? record->flags : TP_TCP_RST;

    if (is_usual(flow, flags, end))
        return;
    if (flags & TP_TCP_FIN)
        flow->marks |= (uint8_t)(TP_FLOW_FIN << end);
    if (flags & TP_TCP_RST) {
        flow->marks |= TP_FLOW_RST; /* its numbers may be any */
        return;
    }
    if (TP_HAS(record, SEQ))
        learn(flow, end, record->seq + ((flags & TP_TCP_SYN) != 0));
    if (TP_HAS(record, ACK))
        learn(flow, 1 - end, record->ack);
    if (tp_packet_is_syn(record))
        note_syn(flow, record, end);
    else if (flags & TP_TCP_ACK && flow->opener == (int8_t)end)
        flow->marks |= TP_FLOW_OPEN;
}
