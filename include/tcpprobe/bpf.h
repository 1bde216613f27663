/* bpf.h: libpcap's filter language (pcap-filter(7), what tcpdump is given) for frames of captures.
 *
 *     struct tp_bpf *bpf;
 *     if (tp_bpf_new(&bpf, "tcp port 80 and host 10.0.0.1", &error) == 0) {
 *         options.frame = tp_bpf_frame;
 *         options.frame_context = bpf;
 *     }
 *     ... read the stream to its end ...
 *     rc = tp_bpf_check(bpf, &error);
 *     tp_bpf_free(bpf);
 *
 * What a frame is asked is the frame as it was captured: `port 80` finds no connection inside of a
 * tunnel, and none behind a VLAN tag (write `port 80 or (vlan and port 80)`), also where the
 * records of such frames do tell of port 80. A frame that was cut before the byte that is asked for
 * does not match, whatever else the expression says. Names of hosts are looked up as tcpdump does.
 */
#ifndef TCPPROBE_BPF_H
#define TCPPROBE_BPF_H

#include <stdbool.h>

#include <tcpprobe/error.h>

struct tp_bpf; /* any number of threads may use it */

/* On success *bpf is owned by the caller. TP_ERR_USAGE with libpcap's sentence and the source
 * "pcap-filter" if no link type knows such an expression; TP_ERR_NOMEM. */
int tp_bpf_new(struct tp_bpf **bpf, const char *expression, struct tp_error *error);

/* Does the frame match? For struct tp_stream_options: bpf is a struct tp_bpf, linktype the number
 * in the file (LINKTYPE_...). The expression is compiled for each link type when the first frame of
 * it comes; where libpcap cannot say it of that link type, no frame matches, and tp_bpf_check()
 * tells. Frames of a link type that libpcap does not know match: let the reader say what it thinks
 * of them. */
bool tp_bpf_frame(void *bpf, uint32_t linktype, const uint8_t *bytes, uint32_t captured,
                  uint32_t wire_len);

/* To be asked at the end: 0, or TP_ERR_USAGE and why frames of a link type that was met could not be
 * asked, or TP_ERR_NOMEM. NULL is fine. */
int tp_bpf_check(const struct tp_bpf *bpf, struct tp_error *error);

void tp_bpf_free(struct tp_bpf *bpf); /* NULL is fine */

#endif
