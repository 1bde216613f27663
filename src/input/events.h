/* events.h: the table of kernel events, by the names that kernels have printed. */
#ifndef TCPPROBE_INPUT_EVENTS_H
#define TCPPROBE_INPUT_EVENTS_H

#include <tcpprobe/record.h>

/* The kind of an event of that name, or -1 if tcpprobe only counts it. */
int event_find(const char *name, size_t length);

/* Of these, src is the sender of the packet and dest the socket (TP_STORE_ADDR_PORTS_SKB() in
 * include/trace/events/net_probe_common.h); of all others src is the socket. */
extern const bool event_from_peer[TP_KIND_COUNT];

/* Of events that say what they say in words (TP_FIELD_WORDS): behind the word that begins so; ""
 * from the beginning on. NULL: of all others. */
extern const char *const event_words_after[TP_KIND_COUNT];

/* IP protocol number of the kernel's "IPPROTO_TCP" and the like (or of a plain number), or -1. */
int event_protocol(const char *name, size_t length);

#endif
