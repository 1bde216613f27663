/* wire_ways.h: what two followers of the same packets know, compared to the last bit: of which one
 * took ordinary packets the short way (src/wire/ordinary.c), and the other none. */
#ifndef TCPPROBE_TESTS_WIRE_WAYS_H
#define TCPPROBE_TESTS_WIRE_WAYS_H

#include <string.h>

#include "wire/direction.h"

/* Where a structure has padding, member by member. */
#define WAYS_SAME(member)  (one->member == other->member)
#define WAYS_ALIKE(member) (memcmp(&one->member, &other->member, sizeof one->member) == 0)

static inline bool ways_same_hole(const struct hole *one, const struct hole *other)
{
    return WAYS_SAME(start) && WAYS_SAME(end) && WAYS_SAME(opened_ns) && WAYS_SAME(tsval) &&
           WAYS_SAME(ip_id) && WAYS_SAME(kind);
}

static inline bool ways_same_holes(const struct holes *one, const struct holes *other)
{
    uint32_t i, count = one ? one->count : 0;

    if (count != (other ? other->count : 0))
        return false;
    for (i = 0; i < count; i++)
        if (!ways_same_hole(&one->list[i], &other->list[i]))
            return false;
    return true;
}

static inline bool ways_same_resent(const struct resent *one, const struct resent *other)
{
    return WAYS_SAME(start) && WAYS_SAME(end) && WAYS_SAME(sent_ns) && WAYS_SAME(frame) &&
           WAYS_SAME(input) && WAYS_SAME(tsval) && WAYS_SAME(tsval_before) && WAYS_SAME(segs) &&
           WAYS_SAME(cause) && WAYS_SAME(proved);
}

static inline bool ways_same_trouble(const struct trouble *one, const struct trouble *other)
{
    struct trouble a, b;
    uint32_t i;

    if (!one || !other)
        return one == other;
    memcpy(&a, one, sizeof a);
    memcpy(&b, other, sizeof b);
    a.holes = b.holes = NULL;
    a.resent = b.resent = NULL;
    if (memcmp(&a, &b, sizeof a) != 0 || !ways_same_holes(one->holes, other->holes))
        return false;
    for (i = 0; i < a.resent_count; i++)
        if (!ways_same_resent(&one->resent[i], &other->resent[i]))
            return false;
    return true;
}

static inline bool ways_same_flight(struct flight *one, struct flight *other)
{
    uint32_t i;

    if (flight_count(one) != flight_count(other))
        return false;
    for (i = 0; i < flight_count(one); i++)
        if (memcmp(flight_at(one, i), flight_at(other, i), sizeof(struct segment)) != 0)
            return false;
    return true;
}

static inline bool ways_same_direction(const struct direction *one, const struct direction *other)
{
    struct direction a, b;

    if (!one || !other)
        return one == other;
    memcpy(&a, one, sizeof a);
    memcpy(&b, other, sizeof b);
    a.flight = b.flight = NULL;
    a.wire.trouble = b.wire.trouble = NULL;
    return memcmp(&a, &b, sizeof a) == 0 && ways_same_flight(one->flight, other->flight) &&
           ways_same_trouble(trouble_if(one), trouble_if(other));
}

static inline bool ways_same_meaning(const struct tp_meaning *one, const struct tp_meaning *other)
{
    const size_t tail = offsetof(struct tp_meaning, seq);
    unsigned i;

    for (i = 0; i < one->rtt_count && i < other->rtt_count; i++)
        if (one->rtt[i].rtt_ns != other->rtt[i].rtt_ns ||
            one->rtt[i].source != other->rtt[i].source || one->rtt[i].end != other->rtt[i].end)
            return false;
    return memcmp(one, other, offsetof(struct tp_meaning, rtt)) == 0 &&
           memcmp((const char *)one + tail, (const char *)other + tail, sizeof *one - tail) == 0;
}

static inline bool ways_same_handshake(const struct tp_handshake *one,
                                       const struct tp_handshake *other)
{
    return WAYS_SAME(syn_rtt_ns) && WAYS_SAME(ack_rtt_ns) && WAYS_SAME(opener) && WAYS_SAME(syn) &&
           WAYS_SAME(synack) && WAYS_SAME(ack) && WAYS_SAME(vantage) && WAYS_SAME(accecn);
}

/* But for its directions. */
static inline bool ways_same_rest(const struct tp_connection *one,
                                  const struct tp_connection *other)
{
    return ways_same_handshake(&one->handshake, &other->handshake) && WAYS_ALIKE(place) &&
           !one->other == !other->other && WAYS_SAME(id) && WAYS_ALIKE(acked_first_bytes) &&
           WAYS_ALIKE(syn) && WAYS_ALIKE(ip_id) && WAYS_ALIKE(early) && WAYS_ALIKE(timely) &&
           WAYS_SAME(answers) && WAYS_SAME(disordered) && WAYS_SAME(complete);
}

/* What differs; NULL: nothing. Both meanings were all zero before they were filled. */
static inline const char *ways_differ(const struct tp_connection *one,
                                      const struct tp_connection *other,
                                      const struct tp_meaning *meaning,
                                      const struct tp_meaning *other_meaning)
{
    if (!ways_same_meaning(meaning, other_meaning))
        return "what the packet means";
    if (!ways_same_rest(one, other))
        return "the connection";
    if (!ways_same_direction(one->dir[0], other->dir[0]))
        return "the direction of end 0";
    return ways_same_direction(one->dir[1], other->dir[1]) ? NULL : "the direction of end 1";
}

#endif
