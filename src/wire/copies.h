/* copies.h: packets that the capture holds twice.
 *
 * Exact copies (the same TCP header, payload length and IP identification) seen at two interfaces,
 * or twice at one. Recent packets of all connections share one table of fixed size: a packet that
 * is pushed out of it too early is no longer recognised.
 */
#ifndef TCPPROBE_WIRE_COPIES_H
#define TCPPROBE_WIRE_COPIES_H

#include <tcpprobe/record.h>

#define COPIES_SLOTS 4096

struct copies {
    struct copies_slot {
        uint64_t print; /* of the packet and its connection */
        uint64_t when;  /* microseconds, and where it was seen */
    } * slots;
};

int copies_init(struct copies *copies);
void copies_release(struct copies *copies);

/* Is the packet, sent by that end of the connection of that number, a copy of a recent one?
 * min_rtt_ns: the shortest round trip that is known, 0 if none. */
bool copies_is(struct copies *copies, const struct tp_record *packet, uint32_t connection,
               unsigned end, int64_t min_rtt_ns);

#endif
