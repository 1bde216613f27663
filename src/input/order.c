/* order.c: numbers that never fall, and the rate of those that count time. */
#include <string.h>

#include "input/order.h"

#define FAR           (1 << 30) /* numbers further apart say nothing about each other */
#define TICKS_LEAST   4         /* to tell what a tick is */
#define TICK_EXACT_NS 1000000
#define PAUSE_MAX     INT64_C(3600000000000) /* longer, and it is not the time that they count */

static bool share_key(const struct tp_record *a, const struct tp_record *b)
{
    return a->hash == b->hash && a->kind == TP_KIND_PACKET && b->kind == TP_KIND_PACKET &&
           tp_flow_key_equal(&a->key, &b->key);
}

static bool share_connection(const struct tp_record *a, const struct tp_record *b)
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

static bool acknowledges(const struct tp_record *packet, const struct tp_record *before)
{
    uint32_t marks = (before->flags & TP_TCP_SYN) != 0, length = marks;
    int32_t above;

    length += (before->flags & TP_TCP_FIN) != 0;
    length += TP_HAS(before, PAYLOAD) ? before->payload : 0;
    above = (int32_t)(packet->ack - (before->seq + length));
    return length && above >= 0 && above < FAR;
}

enum packet_order order_of(const struct tp_record *packet, const struct tp_record *before)
{
    if (!share_connection(packet, before) || !TP_HAS(before, SEQ) || !TP_HAS(before, FLAGS))
        return ORDER_UNKNOWN;
    if (packet->local == before->local)
        return has_numbers(packet) && has_numbers(before) && share_place(packet, before) &&
                       is_newer(packet, before)
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

/* --- how far --------------------------------------------------------------------------------- */

/* What a timestamp counts: kernels have microseconds or milliseconds, or once had their timer's
 * ticks; other systems tenths or halves of a second. 0: none of these. */
static int64_t tick_near(int64_t ns)
{
    static const int64_t ticks_ns[] = {1000,     1000000,   4000000,   10000000,
                                       20000000, 100000000, 500000000, 1000000000};
    size_t i;

    for (i = 0; i < sizeof ticks_ns / sizeof *ticks_ns; i++)
        if (ns >= ticks_ns[i] / 4 * 3 && ns <= ticks_ns[i] / 4 * 5)
            return ticks_ns[i];
    return 0;
}

static bool has_time_of(const struct tp_record *packet, const struct tp_record *like)
{
    return TP_HAS(packet, TSVAL) && packet->local == like->local && share_connection(packet, like);
}

/* By the packet of that number and one of the same end before it; 0: not known. */
static int64_t tick_of(const struct tp_record *const *before, size_t last)
{
    const struct tp_record *late = before[last], *early;
    int64_t ticks, tick_ns = 0;
    size_t i;

    for (i = last; i > 0 && !tick_ns; i--) {
        early = before[i - 1];
        if (!has_time_of(early, late))
            continue;
        ticks = (int32_t)(late->tsval - early->tsval);
        if (ticks >= TICKS_LEAST && late->ts_ns > early->ts_ns)
            tick_ns = tick_near((late->ts_ns - early->ts_ns) / ticks);
    }
    return tick_ns;
}

bool clock_step_rest(const struct tp_record *const *before, size_t before_count,
                     const struct tp_record *packet, int64_t *rest_ns)
{
    int64_t tick_ns, pause_ns;
    size_t i = before_count;

    while (i > 0 && !has_time_of(before[i - 1], packet))
        i--;
    tick_ns = i ? tick_of(before, i - 1) : 0;
    if (!tick_ns || tick_ns > TICK_EXACT_NS)
        return false;
    pause_ns = (int32_t)(packet->tsval - before[i - 1]->tsval) * tick_ns;
    return pause_ns >= 0 && pause_ns < PAUSE_MAX &&
           !__builtin_sub_overflow(before[i - 1]->ts_ns + pause_ns, packet->ts_ns, rest_ns);
}
