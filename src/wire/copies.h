/* copies.h: packets that the capture holds twice.
 *
 * Exact copies (the same TCP header, payload length and IP identification) seen at two interfaces,
 * or twice at one. Recent packets of all connections share one table of fixed size: the oldest of a
 * few is pushed out, and is no longer recognised.
 */
#ifndef TCPPROBE_WIRE_COPIES_H
#define TCPPROBE_WIRE_COPIES_H

#include <tcpprobe/record.h>

#define COPIES_SLOTS 4096
#define COPIES_WAYS  4 /* that a packet may be in: as many as fit into a line of the cache */

struct copies {
    struct copies_slot {
        uint64_t print; /* of the packet and its connection */
        uint64_t when;  /* microseconds, and where it was seen: place and file */
    } * slots;
    void *memory; /* that they lie in */
};

int copies_init(struct copies *copies);
void copies_release(struct copies *copies);
/* The packet comes soon: fetches what it will be compared with into the cache. */
void copies_expect(const struct copies *copies, const struct tp_record *packet);

/* A packet without IP identification (IPv6, 0, or always the same) can be the same to the bit and
 * yet have been sent twice: duplicate ACKs, or data resent within a tick of the timestamp clock.
 * Seen elsewhere (another interface, hop limit, network or direction) it is the same one: at once,
 * or later where packets of the connection are seen again anyway. */
enum copies_like { COPIES_NONE, COPIES_ALIKE, COPIES_SAME };

#endif
