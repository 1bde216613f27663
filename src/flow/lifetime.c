/* lifetime.c: where one connection ends and the next of the same 4-tuple begins.
 *
 * The socket cookie decides where it is known (tcp_probe, tcp_destroy_sock, tcp_receive_reset,
 * since 4.19; samples of sockets). Other events say it by what they are: a socket that enters
 * SYN_SENT or SYN_RECV is new, and one in ESTABLISHED cannot be one that was already closed. All
 * else belongs to the flow that is there, so that what trails behind a close (resets of TIME-WAIT,
 * tcp_destroy_sock) stays with it. Source: include/net/tcp_states.h, net/ipv4/af_inet.c.
 */
#include "flow/flow_table.h"

enum { PHASE_UNSEEN, PHASE_OPENING, PHASE_ESTABLISHED, PHASE_CLOSED };

/* Events and packets of one connection may be out of step by less than this. */
#define SKEW_NS INT64_C(1000000000)

enum { ESTABLISHED = 1, SYN_SENT = 2, SYN_RECV = 3, CLOSE = 7, LISTEN = 10, NEW_SYN_RECV = 12 };

static bool is_change(const struct tp_record *record)
{
    return record->kind == TP_KIND_SET_STATE && TP_HAS(record, OLDSTATE) &&
           TP_HAS(record, NEWSTATE);
}

/* Is this the first state of a new socket? */
static bool is_birth(const struct tp_record *record)
{
    return is_change(record) && ((record->oldstate == CLOSE && record->newstate == SYN_SENT) ||
                                 (record->oldstate == LISTEN && record->newstate == SYN_RECV));
}

static bool is_syn_again(const struct tp_record *record)
{
    return record->kind == TP_KIND_RETRANSMIT_SKB && TP_HAS(record, STATE) &&
           record->state == SYN_SENT;
}

static bool is_opening_state(uint8_t state)
{
    return state == SYN_SENT || state == SYN_RECV || state == NEW_SYN_RECV;
}

static bool cookie_differs(const struct tp_flow_entry *entry, const struct tp_record *record)
{
    return TP_HAS(record, SOCK_COOKIE) && record->sock_cookie &&
           entry->flow.cookie[record->local] &&
           entry->flow.cookie[record->local] != record->sock_cookie;
}

static bool cookie_matches(const struct tp_flow_entry *entry, const struct tp_record *record)
{
    return TP_HAS(record, SOCK_COOKIE) && record->sock_cookie &&
           entry->flow.cookie[record->local] == record->sock_cookie;
}

bool tp_flow_continues(const struct tp_flow_entry *entry, const struct tp_record *record)
{
    unsigned end = record->local;
    uint8_t phase = entry->phase[end];

    if (record->kind == TP_KIND_PACKET)
        return tp_packet_continues(entry, record);
    if (record->kind == TP_KIND_PROBE || record->kind == TP_KIND_SOCKET)
        return !cookie_differs(entry, record) &&
               (phase != PHASE_CLOSED || cookie_matches(entry, record));
    if (cookie_differs(entry, record))
        return false;
    if (is_birth(record))
        return phase == PHASE_UNSEEN &&
               !(tp_packet_ended(entry) && record->ts_ns - entry->flow.last_ns > SKEW_NS);
    if (is_change(record) && record->newstate == ESTABLISHED)
        return phase < PHASE_ESTABLISHED;
    return !(is_syn_again(record) && phase >= PHASE_ESTABLISHED);
}

bool tp_flow_trails(const struct tp_flow_entry *entry, const struct tp_record *record)
{
    return cookie_matches(entry, record);
}

static void note_opener(struct tp_flow_entry *entry, const struct tp_record *record, unsigned end)
{
    bool sent =
        is_syn_again(record) || (tp_packet_is_syn(record) && !(record->flags & TP_TCP_ACK)) ||
        (is_change(record) && (record->oldstate == SYN_SENT || record->newstate == SYN_SENT));
    bool received = record->kind == TP_KIND_RETRANSMIT_SYNACK || tp_packet_is_syn(record) ||
                    (is_change(record) && record->oldstate == LISTEN);

    if (sent)
        entry->flow.opener = (int8_t)end;
    else if (received)
        entry->flow.opener = (int8_t)(1 - end);
}

static uint8_t phase_after(const struct tp_record *record, uint8_t phase)
{
    switch (record->kind) {
    case TP_KIND_PROBE:
        return phase < PHASE_ESTABLISHED ? PHASE_ESTABLISHED : phase;
    case TP_KIND_DESTROY_SOCK:
    case TP_KIND_SOCKET_END:
        return PHASE_CLOSED;
    case TP_KIND_SET_STATE:
        if (!is_change(record))
            return phase;
        if (record->newstate == CLOSE)
            return PHASE_CLOSED;
        if (phase == PHASE_CLOSED)
            return phase;
        return is_opening_state(record->newstate) ? PHASE_OPENING : PHASE_ESTABLISHED;
    case TP_KIND_RETRANSMIT_SKB:
    case TP_KIND_CONG_STATE_SET:
    case TP_KIND_SOCKET: /* sampled at any time of its life */
        return phase < PHASE_OPENING ? PHASE_OPENING : phase;
    default:
        return phase; /* a SYN-ACK or a reset needs no socket */
    }
}

void tp_flow_note(struct tp_flow_entry *entry, const struct tp_record *record, unsigned end)
{
    if (record->ts_ns > entry->flow.last_ns || !entry->flow.records)
        entry->flow.last_ns = record->ts_ns;
    entry->flow.records++;
    if (TP_HAS(record, SOCK_COOKIE) && record->sock_cookie)
        entry->flow.cookie[end] = record->sock_cookie;
    if (record->kind == TP_KIND_PROBE && entry->phase[end] >= PHASE_ESTABLISHED)
        return;
    if (record->kind == TP_KIND_PACKET) {
        tp_packet_note(entry, record, end);
        if (!tp_packet_is_syn(record)) /* it says nothing of a socket, or who opened */
            return;
    }
    entry->phase[end] = phase_after(record, entry->phase[end]);
    entry->flow.closed[end] = entry->phase[end] == PHASE_CLOSED;
    if (entry->flow.opener < 0)
        note_opener(entry, record, end);
}
