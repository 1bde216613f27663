/* copies.c: finds the capture's duplicates by a fingerprint. */
#include <stdlib.h>

#include <tcpprobe/wire.h>

#include "wire/copies.h"

#define SAME_PLACE_US  10000
#define OTHER_PLACE_US INT64_C(3600000000) /* whose clock may be set wrong */
#define AT_ONCE_US     200
#define WHERE_BITS     20
#define WHERE_MASK     ((UINT64_C(1) << WHERE_BITS) - 1)

int copies_init(struct copies *copies)
{
    copies->slots = calloc(COPIES_SLOTS, sizeof *copies->slots);
    return copies->slots ? TP_OK : TP_ERR_NOMEM;
}

void copies_release(struct copies *copies)
{
    free(copies->slots);
}

/* Sums of products: the processor works them out side by side. */
static uint64_t print_of(const struct tp_record *packet, uint32_t connection, unsigned end)
{
    uint64_t numbers = (uint64_t)packet->seq << 32 | (TP_HAS(packet, ACK) ? packet->ack : 0);
    uint64_t shape =
        (uint64_t)packet->payload << 32 | (uint64_t)packet->flags << 16 | packet->window;
    uint64_t times = TP_HAS(packet, TSVAL) ? (uint64_t)packet->tsval << 32 | packet->tsecr : 0;
    uint64_t who = (uint64_t)connection << 33 | (uint64_t)end << 32 |
                   (TP_HAS(packet, IP_ID) ? (uint32_t)packet->ip_id << 16 : 0) |
                   (TP_HAS(packet, CHECKSUM) ? packet->checksum : 0U);
    uint64_t print = numbers * UINT64_C(0x9e3779b97f4a7c15) + shape * UINT64_C(0xc2b2ae3d27d4eb4f) +
                     times * UINT64_C(0xd6e8feb86659fd93) + who * UINT64_C(0xff51afd7ed558ccd);

    return (print ^ print >> 32) | 1; /* an empty slot is 0 */
}

static uint64_t where_of(const struct tp_record *packet)
{
    const unsigned odd = TP_ODD_OUTGOING | TP_ODD_VLAN;
    uint64_t where = (uint64_t)(TP_HAS(packet, IFACE) ? packet->iface : 0) << 32 |
                     (uint64_t)packet->input << 16 |
                     (TP_HAS(packet, TTL) ? (uint32_t)packet->ttl << 8 : 0) |
                     (TP_HAS(packet, ODDITIES) ? packet->oddities & odd : 0);

    return where * UINT64_C(0x9e3779b97f4a7c15) >> (64 - WHERE_BITS);
}

/* Sent again it would look different. A reset or an ACK need not, and the next file of a capture
 * is another place too. */
static bool tells_itself(const struct tp_record *packet)
{
    return (TP_HAS(packet, IP_ID) && packet->ip_id) ||
           (TP_HAS(packet, TSVAL) && (packet->payload || packet->flags & TP_TCP_SYN));
}

static int64_t limit_of(const struct tp_record *packet, bool elsewhere, bool two_places)
{
    if (!elsewhere)
        return SAME_PLACE_US;
    return two_places || tells_itself(packet) ? OTHER_PLACE_US : AT_ONCE_US;
}

enum copies_like copies_look(struct copies *copies, const struct tp_record *packet,
                             uint32_t connection, unsigned end, bool two_places, int64_t *since_ns)
{
    uint64_t print = print_of(packet, connection, end), where = where_of(packet);
    uint64_t now_us = (uint64_t)(packet->ts_ns / 1000) & (UINT64_MAX >> WHERE_BITS);
    struct copies_slot *slot = &copies->slots[print >> 32 & (COPIES_SLOTS - 1)];
    uint64_t when = slot->when;
    int64_t since_us = (int64_t)((now_us << WHERE_BITS) - (when & ~WHERE_MASK)) >> WHERE_BITS;
    bool elsewhere = (when & WHERE_MASK) != where;

    since_us = since_us < 0 ? -since_us : since_us; /* interfaces are merged out of order */
    *since_ns = since_us * 1000;
    if (slot->print != print || since_us > limit_of(packet, elsewhere, two_places)) {
        slot->print = print;
        slot->when = now_us << WHERE_BITS | where;
        return COPIES_NONE;
    }
    return elsewhere || (TP_HAS(packet, IP_ID) && packet->ip_id) ? COPIES_SAME : COPIES_ALIKE;
}
