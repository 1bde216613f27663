/* packet.h: one captured frame becomes a record of its TCP segment.
 *
 * The decoder knows link types by their LINKTYPE_ number, walks down to IP and through tunnels to
 * the innermost TCP segment. It keeps nothing between frames: what lies in several of them (IP
 * fragments) is not put together.
 *
 * Lengths are those of the IP header, never those of the capture: Ethernet pads short frames, and a
 * frame check sequence may follow. An IP length beyond the frame is believed: it is the capture
 * whose length is wrong. IP length 0 (segmentation offload) means all that was on the wire; a
 * jumbo payload length (RFC 2675, BIG TCP) must lie within the frame.
 */
#ifndef TCPPROBE_INPUT_PACKET_H
#define TCPPROBE_INPUT_PACKET_H

#include <tcpprobe/record.h>

#define PACKET_TUNNELS_MAX 8 /* nested deeper, it is "tunnel" */

/* One frame as the capture holds it. */
struct packet_frame {
    const uint8_t *bytes;
    uint32_t captured; /* of these */
    uint32_t wire_len; /* length of the frame on the wire; below captured it is taken as that */
    uint32_t linktype; /* LINKTYPE_ number of the file format */
    int64_t ts_ns;
    uint64_t number; /* 1-based in its file */
    uint32_t iface;
};

enum packet_result { PACKET_TCP, PACKET_OTHER, PACKET_BAD };

/* PACKET_TCP: *record is filled, all but input; members that its `have` lacks are untouched.
 * PACKET_OTHER: *other is a static name ("udp", "arp", "later fragment", "link type 189").
 * PACKET_BAD: *why is a static sentence.
 *
 * outer: tunnels are not entered, what is inside them is "tunnel". fields: TP_BIT()s that matter, 0
 * means all; others may be absent. Of the first fragment of a segment the payload is that of the
 * fragment. Any number of threads may decode at a time. */
enum packet_result packet_decode(const struct packet_frame *frame, bool outer, uint64_t fields,
                                 uint32_t timeline, struct tp_record *record, const char **other,
                                 const char **why);

/* "Ethernet", "link type 189". */
const char *packet_link_name(uint32_t linktype);

#endif
