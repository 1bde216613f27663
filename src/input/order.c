/* order.c: numbers that never fall. */
#include "input/order.h"

#define FAR (1 << 30) /* numbers further apart say nothing about each other */

static bool share_key(const struct tp_record *a, const struct tp_record *b)
{
    return a->hash == b->hash && a->kind == TP_KIND_PACKET && b->kind == TP_KIND_PACKET &&
           tp_flow_key_equal(&a->key, &b->key);
}

bool order_share_connection(const struct tp_record *a, const struct tp_record *b)
{
    return a->iface == b->iface && share_key(a, b);
}

/* The numbers of a SYN or reset may be any. */
static bool has_numbers(const struct tp_record *packet)
{
    return TP_HAS(packet, SEQ) && TP_HAS(packet, ACK) && TP_HAS(packet, FLAGS) &&
           !(packet->flags & (TP_TCP_SYN | TP_TCP_RST));
}

/* More: the packet may be a copy that was seen elsewhere on its way. */
static bool share_place(const struct tp_record *a, const struct tp_record *b)
{
    const unsigned odd = TP_ODD_OUTGOING | TP_ODD_VLAN | TP_ODD_TUNNEL;
    unsigned a_odd = TP_HAS(a, ODDITIES) ? a->oddities & odd : 0;
    unsigned b_odd = TP_HAS(b, ODDITIES) ? b->oddities & odd : 0;

    return a_odd == b_odd && (!TP_HAS(a, TTL) || !TP_HAS(b, TTL) || a->ttl == b->ttl);
}

static bool is_newer(const struct tp_record *packet, const struct tp_record *before)
{
    int32_t seq = (int32_t)(packet->seq - before->seq), ack = (int32_t)(packet->ack - before->ack);

    if (TP_HAS(packet, TSVAL) && TP_HAS(before, TSVAL) && packet->tsval != before->tsval)
        return (int32_t)(packet->tsval - before->tsval) > 0;
    return seq >= 0 && ack >= 0 && (seq | ack) && seq < FAR && ack < FAR;
}

static bool same_numbers(const struct tp_record *a, const struct tp_record *b)
{
    return a->seq == b->seq && a->flags == b->flags && a->payload == b->payload &&
           (!TP_HAS(a, ACK) || a->ack == b->ack) &&
           (!TP_HAS(a, TSVAL) || (a->tsval == b->tsval && a->tsecr == b->tsecr));
}

bool order_is_copy(const struct tp_record *packet, const struct tp_record *of)
{
    const uint64_t all = TP_BIT(SEQ) | TP_BIT(FLAGS) | TP_BIT(PAYLOAD) | TP_BIT(TTL);
    const uint64_t some = TP_BIT(ACK) | TP_BIT(TSVAL);

    return share_key(packet, of) && packet->local == of->local && packet->ttl != of->ttl &&
           (packet->have & of->have & all) == all && !((packet->have ^ of->have) & some) &&
           same_numbers(packet, of);
}

static bool acknowledges(const struct tp_record *packet, const struct tp_record *before)
{
    uint32_t marks = (before->flags & TP_TCP_SYN) != 0, length = marks;
    int32_t above;

    length += (before->flags & TP_TCP_FIN) != 0;
    length += TP_HAS(before, PAYLOAD) ? before->payload : 0;
    above = (int32_t)(packet->ack - (before->seq + length));
    return length && above >= 0 && above < FAR;
}

/* The packet's number alone may be believed behind a SYN: what a SYN acknowledges is none. */
static bool is_behind_syn(const struct tp_record *packet, const struct tp_record *syn)
{
    int32_t above = (int32_t)(packet->seq - (syn->seq + 1));

    return (syn->flags & (TP_TCP_SYN | TP_TCP_RST)) == TP_TCP_SYN && above >= 0 && above < FAR;
}

enum packet_order order_of(const struct tp_record *packet, const struct tp_record *before)
{
    if (!order_share_connection(packet, before) || !TP_HAS(before, SEQ) || !TP_HAS(before, FLAGS))
        return ORDER_UNKNOWN;
    if (packet->local == before->local)
        return has_numbers(packet) && share_place(packet, before) &&
                       (has_numbers(before) ? is_newer(packet, before)
                                            : is_behind_syn(packet, before))
                   ? ORDER_AFTER_OWN
                   : ORDER_UNKNOWN;
    if (!TP_HAS(packet, ACK) || !TP_HAS(packet, FLAGS) || packet->flags & TP_TCP_RST ||
        before->flags & TP_TCP_RST)
        return ORDER_UNKNOWN;
    return acknowledges(packet, before) ? ORDER_AFTER_PEER : ORDER_UNKNOWN;
}

/* A SYN or more than a keep-alive's byte. */
static bool is_substantial(const struct tp_record *packet)
{
    return packet->flags & TP_TCP_SYN || (TP_HAS(packet, PAYLOAD) && packet->payload > 1);
}

static bool answers(const struct tp_record *answer, const struct tp_record *packet)
{
    if (!TP_HAS(answer, ACK) || !(answer->flags & TP_TCP_ACK) ||
        (answer->flags | packet->flags) & TP_TCP_RST)
        return false;
    if (TP_HAS(answer, TSECR) && TP_HAS(packet, TSVAL) &&
        (int32_t)(answer->tsecr - packet->tsval) > 0)
        return true;
    return is_substantial(packet) && acknowledges(answer, packet);
}

bool order_is_older(const struct tp_record *packet, const struct tp_record *than)
{
    if (!share_key(packet, than) || !TP_HAS(packet, SEQ) || !TP_HAS(packet, FLAGS) ||
        !TP_HAS(than, FLAGS))
        return false;
    if (packet->local != than->local)
        return answers(than, packet);
    return packet->iface == than->iface && share_place(packet, than) && has_numbers(packet) &&
           has_numbers(than) && TP_HAS(packet, TSVAL) && TP_HAS(than, TSVAL) &&
           (int32_t)(than->tsval - packet->tsval) > 0;
}
