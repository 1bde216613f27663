/* pcap.h: what libpcap is asked for: the packets of a network interface as they come (tp_live), and
 * its filter language for frames of captures (tp_bpf).
 *
 * --- tp_live: the packets of a network interface
 *
 * The kernel keeps them in a buffer, which the caller empties by a timer: being woken for packets
 * costs more than copying them. Needs root (CAP_NET_RAW) to open and none afterwards. Packets are
 * taken in the network namespace of the process; the interface does not become promiscuous.
 *
 *     struct tp_live *live;
 *     if (tp_live_open(&live, &options, &error) == 0)
 *         while (tp_live_drain(live, take, context, &error) >= 0)
 *             nanosleep(...)
 *     tp_live_close(live);
 *
 * Threads: one thread at a time uses a tp_live; any number may use a tp_bpf.
 */
#ifndef TCPPROBE_PCAP_H
#define TCPPROBE_PCAP_H

#include <stdbool.h>

#include <tcpprobe/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tp_live; /* one thread uses it at a time */

#define TP_LIVE_SNAPLEN    128      /* bytes: all headers of TCP over IPv6, and its options */
#define TP_LIVE_BUFFER     (32 << 20) /* bytes: about 150 000 packets of that length */
#define TP_LIVE_TIMEOUT_NS 20000000 /* within that time the kernel shows what it captured */

struct tp_live_options {
    const char *interface;  /* "eth0", or "any" for all of them */
    const char *expression; /* libpcap's; NULL: every packet. On Ethernet, VLAN tags do not matter */
    uint32_t snaplen;       /* bytes to keep of each; 0: TP_LIVE_SNAPLEN */
    uint32_t buffer_bytes;  /* 0: TP_LIVE_BUFFER; less where the kernel does not give that much */
};

/* Valid during the call that hands it out. */
struct tp_live_packet {
    int64_t ts_ns; /* CLOCK_REALTIME */
    uint32_t captured;
    uint32_t wire_len;
    const uint8_t *bytes;
};

/* Counted from the beginning. */
struct tp_live_stats {
    uint64_t dropped;           /* for which the buffer had no room */
    uint64_t interface_dropped; /* by the interface, before the kernel had them; 0 if it does not say */
};

/* Capturing begins at once. On success the caller closes it. Errors: the kernel refuses
 * (TP_ERR_IO), there is no such interface or libpcap does not know the expression (TP_ERR_USAGE). */
int tp_live_open(struct tp_live **live, const struct tp_live_options *options,
                 struct tp_error *error);

uint32_t tp_live_linktype(const struct tp_live *live); /* LINKTYPE_..., as in files */
uint32_t tp_live_snaplen(const struct tp_live *live);

/* The heads of a capture file of it, in this machine's byte order, and of one packet in it: pcap with
 * nanoseconds (draft-ietf-opsawg-pcap). Of the packet's bytes so many, the result, come behind. */
struct tp_live_file_head {
    uint32_t magic;
    uint16_t major, minor;
    uint32_t zone, accuracy, snaplen, linktype;
};
struct tp_live_packet_head {
    uint32_t seconds, ns, captured, wire_len;
};
struct tp_live_file_head tp_live_file_head(const struct tp_live *live);
uint32_t tp_live_packet_head(const struct tp_live *live, const struct tp_live_packet *packet,
                             struct tp_live_packet_head *head);

/* Why the kernel does not ask the packets itself: each packet of the interface is copied, and asked
 * when it is drained; dropped ones are of all. NULL: it does, or there is nothing to ask. */
const char *tp_live_refusal(const struct tp_live *live);

/* A negative return ends the drain, which then returns it. */
typedef int tp_live_take(void *context, const struct tp_live_packet *packet,
                         struct tp_error *error);

/* Hands out what is there, though not endlessly where more comes all the time. Does not wait.
 * Returns the number of packets, or an error: TP_ERR_IO also when the interface is gone. */
int tp_live_drain(struct tp_live *live, tp_live_take *take, void *context, struct tp_error *error);

int tp_live_stats(struct tp_live *live, struct tp_live_stats *stats, struct tp_error *error);

void tp_live_close(struct tp_live *live); /* NULL is fine */

/* --- tp_bpf: libpcap's filter language (pcap-filter(7), what tcpdump is given) for frames of captures.
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

struct tp_bpf; /* any number of threads may use it */

/* On success *bpf is owned by the caller. TP_ERR_USAGE with libpcap's sentence and the source
 * "pcap-filter" if no link type knows such an expression; TP_ERR_NOMEM. Time and memory are
 * bounded: alternatives that each stand for themselves (port 80 or port 81 or ...) may be any number,
 * a few hundred words that cannot be taken apart are TP_ERR_LIMIT. */
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

#ifdef __cplusplus
}
#endif

#endif
