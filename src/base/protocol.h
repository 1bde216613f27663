/* protocol.h: the names that kernel events have for transport protocols.
 *
 * include/trace/events/sock.h, show_inet_protocol_name(). The numbers are the kernel's, the same on
 * every machine; those of the C library need not be.
 */
#ifndef TCPPROBE_BASE_PROTOCOL_H
#define TCPPROBE_BASE_PROTOCOL_H

#define TP_PROTOCOLS 4

struct tp_protocol {
    const char *name; /* "IPPROTO_TCP" */
    int number;
};

extern const struct tp_protocol tp_protocols[TP_PROTOCOLS];

#endif
