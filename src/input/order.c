/* order.c: numbers that never fall, and the rate of those that count time. */
#include <string.h>

#include "input/order.h"

#define FAR           (1 << 30) /* numbers further apart say nothing about each other */
#define TICKS_LEAST   4         /* to tell what a tick is */
#define TICK_EXACT_NS 1000000
#define AFTER_MAX     64                     /* packets looked at behind the step */
#define PAUSE_MAX     INT64_C(3600000000000) /* longer, and it is not the time that they count */

static bool share_connection(const struct tp_record *a, const struct tp_record *b)
{
    return a->hash == b->hash && a->kind == TP_KIND_PACKET && b->kind == TP_KIND_PACKET &&
           a->iface == b->iface && tp_flow_key_equal(&a->key, &b->key);
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

/* By two packets of the same end before the step; 0: not known. */
static int64_t tick_of(const struct clock_view *view, size_t last)
{
    const struct tp_record *late = view->before[last], *early;
    int64_t ticks, tick_ns = 0;
    size_t i;

    for (i = last; i > 0 && !tick_ns; i--) {
        early = view->before[i - 1];
        if (!has_time_of(early, late))
            continue;
        ticks = (int32_t)(late->tsval - early->tsval);
        if (ticks >= TICKS_LEAST && late->ts_ns > early->ts_ns)
            tick_ns = tick_near((late->ts_ns - early->ts_ns) / ticks);
    }
    return tick_ns;
}

/* By the i-th packet behind the step and the last one of its end before; 0: not known. */
static int64_t back_by(const struct clock_view *view, size_t after, bool *exact)
{
    const struct tp_record *packet = &view->after[after], *last;
    int64_t tick_ns, back_ns;
    size_t i;

    for (i = view->before_count; i > 0 && !has_time_of(view->before[i - 1], packet); i--)
        ;
    tick_ns = i ? tick_of(view, i - 1) : 0;
    if (!tick_ns)
        return 0;
    *exact = tick_ns <= TICK_EXACT_NS;
    last = view->before[i - 1];
    back_ns = (int32_t)(packet->tsval - last->tsval) * tick_ns;
    if (back_ns < 0 || back_ns > PAUSE_MAX ||
        __builtin_add_overflow(back_ns, last->ts_ns, &back_ns) ||
        __builtin_sub_overflow(back_ns, packet->ts_ns, &back_ns) ||
        (after && __builtin_sub_overflow(back_ns, view->ahead_ns, &back_ns)))
        return 0;
    return back_ns;
}

int64_t clock_step_back(const struct clock_view *view, bool *known)
{
    int64_t least_ns, back_ns = 0;
    bool exact = false;
    size_t i;

    if (__builtin_sub_overflow(view->latest_ns, view->after->ts_ns, &least_ns))
        least_ns = INT64_MAX;
    for (i = 0; i < view->after_count && i < AFTER_MAX && back_ns <= 0; i++)
        if (TP_HAS(&view->after[i], TSVAL) && share_connection(&view->after[i], view->after))
            back_ns = back_by(view, i, &exact);
    *known = back_ns > 0 && exact;
    return back_ns > least_ns ? back_ns : least_ns;
}
