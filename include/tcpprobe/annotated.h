/* annotated.h: packet captures with what is said of each packet: pcapng, which Wireshark shows.
 *
 * A packet has comments (opt_comment, a sentence each) and custom options, each a JSON object with a
 * value for each column; times are in nanoseconds. A custom option belongs to a Private Enterprise
 * Number, and there is none of ours: it is 32473, which is for examples (RFC 5612), with "tcpprobe:"
 * before the object (draft-ietf-opsawg-pcapng, "Custom Options": 2988, text that may be copied).
 *
 *     struct tp_annotated *file = tp_annotated_new(out, &error);
 *     unsigned interface;
 *     if (file && tp_annotated_interface(file, "a.pcap", 1, 0, &interface)) {
 *         tp_annotated_comment(file, "flow 1: a retransmission", &rows, values);
 *         tp_annotated_packet(file, &packet);
 *     }
 *     tp_annotated_free(file);
 *     rc = tp_out_finish(out, &error);
 *
 * Threads: one thread at a time uses a file.
 */
#ifndef TCPPROBE_ANNOTATED_H
#define TCPPROBE_ANNOTATED_H

#include <tcpprobe/output.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tp_annotated;

/* Begins the file on out, which stays the caller's and takes its failures. NULL: out of memory. */
struct tp_annotated *tp_annotated_new(struct tp_out *out, struct tp_error *error);

/* The interface of that name and link type (LINKTYPE_...), which is described once. */
unsigned tp_annotated_interface(struct tp_annotated *file, const char *name, uint16_t linktype);

/* For the next packet: a sentence, and a row. Texts are cut at 32 KiB, what is more than 64 KiB for a
 * packet is left out. */
void tp_annotated_comment(struct tp_annotated *file, const char *comment,
                          const struct tp_rows *rows, const struct tp_value *values);

struct tp_annotated_packet {
    unsigned interface;
    uint64_t wall_ns; /* since 1970 */
    const uint8_t *bytes;
    uint32_t captured, wire_len;
};
void tp_annotated_packet(struct tp_annotated *file, const struct tp_annotated_packet *packet);

void tp_annotated_free(struct tp_annotated *file); /* NULL is fine */

#ifdef __cplusplus
}
#endif

#endif
