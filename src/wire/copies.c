/* copies.c: finds the capture's duplicates by a fingerprint. */
#include <stdlib.h>

#include "base/prefetch.h"
#include "wire/direction.h"

#define SAME_PLACE_US  10000
#define OTHER_PLACE_US INT64_C(3600000000) /* whose clock may be set wrong */
#define OTHER_SYN_US   100000              /* elsewhere; no SYN comes again that soon */
#define AT_ONCE_US     200
#define FILE_BITS      6
#define WHERE_BITS     20
#define WHERE_MASK     ((UINT64_C(1) << WHERE_BITS) - 1)

_Static_assert(COPIES_WAYS == 4, "oldest_of() compares two pairs");
_Static_assert(COPIES_WAYS * sizeof(struct copies_slot) == CACHE_LINE_BYTES, "see set_of()");

int copies_init(struct copies *copies)
{
    copies->memory = calloc(1, COPIES_SLOTS * sizeof *copies->slots + CACHE_LINE_BYTES - 1);
    if (!copies->memory)
        return TP_ERR_NOMEM;
    /* a set is a line of the cache */
    copies->slots =
        (void *)((char *)copies->memory + (-(uintptr_t)copies->memory & (CACHE_LINE_BYTES - 1)));
    return TP_OK;
}

void copies_release(struct copies *copies)
{
    free(copies->memory);
}

static bool is_syn_or_data(const struct tp_record *packet)
{
    return (TP_HAS(packet, PAYLOAD) && packet->payload) ||
           (TP_HAS(packet, FLAGS) && packet->flags & TP_TCP_SYN);
}

/* The checksum tells apart ACKs whose options differ. It is no part of what has a number of its
 * own: a sender's own capture has what the card has not worked out yet. */
static uint32_t number_of(const struct tp_record *packet)
{
    if (TP_HAS(packet, IP_ID) && packet->ip_id)
        return (uint32_t)packet->ip_id << 16;
    return TP_HAS(packet, CHECKSUM) && !is_syn_or_data(packet) ? packet->checksum : 0;
}

/* What the packet says itself. Sums of products: the processor works them out side by side. */
static uint64_t words_of(const struct tp_record *packet)
{
    uint64_t numbers = (uint64_t)packet->seq << 32 | (TP_HAS(packet, ACK) ? packet->ack : 0);
    uint64_t shape =
        (uint64_t)packet->payload << 32 | (uint64_t)packet->flags << 16 | packet->window;
    uint64_t times = TP_HAS(packet, TSVAL) ? (uint64_t)packet->tsval << 32 | packet->tsecr : 0;

    return numbers * UINT64_C(0x9e3779b97f4a7c15) + shape * UINT64_C(0xc2b2ae3d27d4eb4f) +
           times * UINT64_C(0xd6e8feb86659fd93) + number_of(packet) * UINT64_C(0xff51afd7ed558ccd);
}

static uint64_t print_of(const struct step *step, uint64_t words)
{
    uint64_t who = (uint64_t)step->connection->id << 1 | step->meaning->end;
    uint64_t print = words + (who << 32) * UINT64_C(0xff51afd7ed558ccd);

    return (print ^ print >> 32) | 1; /* an empty slot is 0 */
}

uint64_t copies_print(const struct step *step)
{
    return print_of(step, words_of(step->packet));
}

static uint64_t where_of(const struct tp_record *packet)
{
    const unsigned odd = TP_ODD_OUTGOING | TP_ODD_VLAN;
    uint64_t place = (uint64_t)(TP_HAS(packet, IFACE) ? packet->iface : 0) << 32 |
                     (TP_HAS(packet, TTL) ? (uint32_t)packet->ttl << 8 : 0) |
                     (TP_HAS(packet, ODDITIES) ? packet->oddities & odd : 0);

    place += TP_HAS(packet, NETWORK) ? (uint64_t)packet->network << 16 : 0;
    place = place * UINT64_C(0x9e3779b97f4a7c15) >> (64 - WHERE_BITS + FILE_BITS);
    return place << FILE_BITS | (packet->input & ((1U << FILE_BITS) - 1));
}

static bool has_id(const struct step *step)
{
    return TP_HAS(step->packet, IP_ID) && step->packet->ip_id &&
           !(step->own->wire.state & DIR_SAME_ID);
}

/* How long after the like of it, seen there, it may come. Some would look different if they
 * were sent again. A reset or an ACK need not, and the next file of a capture is another place
 * too. */
static int64_t limit_of(const struct step *step, uint64_t where, uint64_t there)
{
    if (where == there)
        return SAME_PLACE_US;
    if (has_id(step) ||
        (TP_HAS(step->packet, TSVAL) && (step->payload || has_flag(step, TP_TCP_SYN))) ||
        tp_connection_two_places(step->connection))
        return OTHER_PLACE_US;
    if (has_flag(step, TP_TCP_SYN))
        return OTHER_SYN_US;
    if (where >> FILE_BITS == there >> FILE_BITS)
        return AT_ONCE_US;
    return step->payload ? SAME_PLACE_US : AT_ONCE_US;
}

/* An empty slot is as old as time. */
static uint64_t age_of(const struct copies_slot *slot, uint64_t now_us)
{
    return (now_us << WHERE_BITS) - (slot->when & ~WHERE_MASK);
}

/* Which of a set is oldest is as good as random: so that nothing is guessed, it is worked out
 * without a branch. */
static unsigned oldest_of(const struct copies_slot set[COPIES_WAYS], uint64_t now_us)
{
    uint64_t age[COPIES_WAYS];
    unsigned i, low, high;

    for (i = 0; i < COPIES_WAYS; i++)
        age[i] = age_of(&set[i], now_us);
    low = age[1] > age[0];
    high = 2 + (age[3] > age[2]);
    return age[high] > age[low] ? high : low;
}

/* Where the likes of a packet are, which is known before its connection is. */
static struct copies_slot *set_of(const struct copies *copies, const struct tp_record *packet,
                                  uint64_t words)
{
    const unsigned sets = COPIES_SLOTS / COPIES_WAYS;

    words += packet->hash * UINT64_C(0x9fb21c651e98df25);
    return &copies->slots[(words >> 32 & (sets - 1)) * COPIES_WAYS];
}

/* The slot of that print, or else one to take: an empty one, or the oldest of its set. */
static struct copies_slot *slot_of(struct copies_slot *set, uint64_t print, uint64_t now_us)
{
    struct copies_slot *slot = set;

    for (; slot < set + COPIES_WAYS; slot++)
        if (slot->print == print)
            return slot;
    return &set[oldest_of(set, now_us)];
}

void copies_expect(const struct copies *copies, const struct tp_record *packet)
{
    prefetch_line(set_of(copies, packet, words_of(packet)));
}

enum copies_like copies_look(const struct step *step, int64_t *since_ns)
{
    struct copies *copies = &step->connection->wires->copies;
    uint64_t words = words_of(step->packet), where = where_of(step->packet);
    uint64_t print = print_of(step, words);
    uint64_t now_us = (uint64_t)(step->now_ns / 1000) & (UINT64_MAX >> WHERE_BITS);
    struct copies_slot *slot = slot_of(set_of(copies, step->packet, words), print, now_us);
    uint64_t when = slot->when;
    int64_t since_us = (int64_t)((now_us << WHERE_BITS) - (when & ~WHERE_MASK)) >> WHERE_BITS;
    uint64_t there = when & WHERE_MASK;

    since_us = since_us < 0 ? -since_us : since_us; /* interfaces are merged out of order */
    *since_ns = since_us * 1000;
    if (slot->print != print || since_us > limit_of(step, where, there)) {
        slot->print = print;
        slot->when = now_us << WHERE_BITS | where;
        return COPIES_NONE;
    }
    return where != there || has_id(step) ? COPIES_SAME : COPIES_ALIKE;
}
