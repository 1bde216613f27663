/* live.h: the packets of a network interface, as they come.
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
 */
#ifndef TCPPROBE_LIVE_H
#define TCPPROBE_LIVE_H

#include <tcpprobe/error.h>

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

/* A negative return ends the drain, which then returns it. */
typedef int tp_live_take(void *context, const struct tp_live_packet *packet,
                         struct tp_error *error);

/* Hands out what is there, though not endlessly where more comes all the time. Does not wait.
 * Returns the number of packets, or an error: TP_ERR_IO also when the interface is gone. */
int tp_live_drain(struct tp_live *live, tp_live_take *take, void *context, struct tp_error *error);

int tp_live_stats(struct tp_live *live, struct tp_live_stats *stats, struct tp_error *error);

void tp_live_close(struct tp_live *live); /* NULL is fine */

#endif
