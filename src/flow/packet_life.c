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

static bool is_over(const struct tp_flow_entry *entry)
{
    const unsigned both = TP_FLOW_FIN | TP_FLOW_FIN << 1;

    return (entry->said & TP_FLOW_RST) || (entry->said & both) == both;
}

static bool is_known(const struct tp_flow_entry *entry, unsigned end)
{
    return (entry->said & TP_FLOW_KNOWN << end) != 0;
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

static uint8_t input_bit(const struct tp_record *record)
{
    return (uint8_t)(1u << (record->input & 7));
}

/* Captured where no SYN was before: there may be another clock. */
static bool is_elsewhere(const struct tp_flow_entry *entry, const struct tp_record *record)
{
    return !(entry->syn_inputs & input_bit(record)) ||
           (TP_HAS(record, TTL) &&
            (record->ttl < entry->syn_ttl[0] || record->ttl > entry->syn_ttl[1]));
}

static void note_place(struct tp_flow_entry *entry, const struct tp_record *record)
{
    uint8_t ttl = TP_HAS(record, TTL) ? record->ttl : 0;

    if (!entry->syn_inputs || ttl < entry->syn_ttl[0])
        entry->syn_ttl[0] = ttl;
    if (ttl > entry->syn_ttl[1])
        entry->syn_ttl[1] = ttl;
    entry->syn_inputs |= input_bit(record);
}

/* The SYN of a connection that is over, with its number: the capture's copy, or a host that begins
 * all of them with the same number. */
static bool is_copy(const struct tp_flow_entry *entry, const struct tp_record *record)
{
    bool may_be_late = TP_HAS(record, TSVAL) || is_elsewhere(entry, record);

    return opening_of(record) == entry->opening &&
           record->ts_ns - entry->flow.last_ns < (may_be_late ? CLOCKS_NS : REPEAT_NS);
}

static bool continues_syn(const struct tp_flow_entry *entry, const struct tp_record *record)
{
    unsigned end = record->local;

    if (!is_known(entry, end))
        return !(entry->flow.closed[end] || is_over(entry));
    if (tp_flow_first(entry)[end] != record->seq + 1)
        return false;
    /* Where each direction has a clock of its own the SYN may come behind the end. */
    return !(entry->said & TP_FLOW_OPEN) || !is_over(entry) || !entry->opening ||
           is_copy(entry, record);
}

bool tp_packet_continues(const struct tp_flow_entry *entry, const struct tp_record *record)
{
    unsigned end = record->local;
    bool same, answer;

    if (!tp_network_is_none(entry, record) && !tp_network_is_here(entry, record))
        return false;
    if (!tp_packet_is_syn(record))
        return true;
    if (!(record->flags & TP_TCP_ACK))
        return continues_syn(entry, record);
    same = !is_known(entry, end) || tp_flow_first(entry)[end] == record->seq + 1;
    answer = !TP_HAS(record, ACK) || !is_known(entry, 1 - end) ||
             tp_flow_first(entry)[1 - end] == record->ack;
    if (!is_over(entry)) /* a second answer: of a host that lost its memory */
        return true;
    return answer && (same || !(entry->said & TP_FLOW_OPEN));
}

bool tp_packet_ended(const struct tp_flow_entry *entry)
{
    return is_over(entry);
}

static void set_first(struct tp_flow_entry *entry, unsigned end, uint32_t first)
{
    if (entry->tagged)
        entry->numbers->first[end] = first;
    else
        entry->first[end] = first;
}

static void learn(struct tp_flow_entry *entry, unsigned end, uint32_t first)
{
    if (is_known(entry, end))
        return;
    set_first(entry, end, first);
    entry->said |= (uint8_t)(TP_FLOW_KNOWN << end);
}

static void note_syn(struct tp_flow_entry *entry, const struct tp_record *record, unsigned end)
{
    if (!(record->flags & TP_TCP_ACK))
        note_place(entry, record);
    if (record->flags & TP_TCP_ACK) {
        if (!(entry->said & TP_FLOW_OPEN)) {
            set_first(entry, end, record->seq + 1);
            entry->said |= TP_FLOW_OPEN;
        }
    } else if (!(entry->said & TP_FLOW_OPEN)) {
        entry->opening = opening_of(record);
        entry->said &=
            (uint8_t) ~(TP_FLOW_RST | TP_FLOW_FIN | TP_FLOW_FIN << 1); /* it is tried once more */
    }
}

/* Is it one of the many that begin and end nothing? */
static bool is_usual(const struct tp_flow_entry *entry, unsigned flags, unsigned end)
{
    const unsigned known = TP_FLOW_KNOWN | TP_FLOW_KNOWN << 1;

    return !(flags & (TP_TCP_SYN | TP_TCP_FIN | TP_TCP_RST)) && (entry->said & known) == known &&
           (entry->said & TP_FLOW_OPEN || entry->flow.opener != (int8_t)end);
}

void tp_packet_note(struct tp_flow_entry *entry, const struct tp_record *record, unsigned end)
{
    unsigned flags = TP_HAS(record, FLAGS) ? record->flags : TP_TCP_RST;

    if (is_usual(entry, flags, end))
        return;
    if (flags & TP_TCP_FIN)
        entry->said |= (uint8_t)(TP_FLOW_FIN << end);
    if (flags & TP_TCP_RST) {
        entry->said |= TP_FLOW_RST; /* its numbers may be any */
        return;
    }
    if (TP_HAS(record, SEQ))
        learn(entry, end, record->seq + ((flags & TP_TCP_SYN) != 0));
    if (TP_HAS(record, ACK))
        learn(entry, 1 - end, record->ack);
    if (tp_packet_is_syn(record))
        note_syn(entry, record, end);
    else if (flags & TP_TCP_ACK && entry->flow.opener == (int8_t)end)
        entry->said |= TP_FLOW_OPEN;
}
