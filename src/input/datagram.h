/* datagram.h: one IP packet that comes in fragments (RFC 791, 3.2; RFC 8200, 4.5).
 *
 * Of its bytes only the first are kept, which hold the headers; of the others it counts that they
 * came. Memory is the same for all.
 */
#ifndef TCPPROBE_INPUT_DATAGRAM_H
#define TCPPROBE_INPUT_DATAGRAM_H

#include "input/packet.h"

#define DATAGRAM_BYTES     512 /* that are kept */
#define DATAGRAM_STRETCHES 16  /* pieces with gaps between them; what makes more does not fit */
#define DATAGRAM_TIME_NS   INT64_C(30000000000) /* as Linux: net.ipv4.ipfrag_time */

struct stretch {
    uint32_t begin, end;
};

struct datagram {
    struct packet_fragment head; /* the fragment that begins it; before that came, any. Only its
                                    numbers are valid, not its bytes */
    uint64_t number;             /* of the fragment that came first */
    int64_t ts_ns;
    bool begun;           /* the head came */
    uint32_t total;       /* 0: not known yet */
    uint32_t came;        /* bytes of it */
    uint32_t missing;     /* of these, bytes that were not captured */
    uint32_t later;       /* fragments behind the head */
    uint32_t later_bytes; /* their frames, on the wire */
    struct stretch stretches[DATAGRAM_STRETCHES];
    unsigned stretch_count;
    uint64_t units; /* bit of each that was captured */
    uint8_t bytes[DATAGRAM_BYTES];
};

void datagram_init(struct datagram *datagram, const struct packet_fragment *first);

/* Lengths by which nothing can be put together. */
bool datagram_is_odd(const struct packet_fragment *fragment);

/* Do they say that they are of one packet, or of one whose identification was used again? */
bool datagram_has_name(const struct datagram *datagram, const struct packet_fragment *fragment);

/* Of a fragment with that name: does it show that the identification was used again? */
bool datagram_is_over(const struct datagram *datagram, const struct packet_fragment *fragment);

/* Makes the fragment part of it. False, and nothing has changed, where it overlaps what came,
 * contradicts its end, or is too scattered. */
bool datagram_add(struct datagram *datagram, const struct packet_fragment *fragment);

static inline bool datagram_is_whole(const struct datagram *datagram)
{
    return datagram->begun && datagram->total && datagram->came == datagram->total;
}

/* How many of the first bytes were captured without a gap. */
uint32_t datagram_bytes_kept(const struct datagram *datagram);

#endif
