/* capture.h: the packets of an interface beside the events, written by a thread of its own.
 *
 * The order: packets_open() with root; packets_create() when root was given up, for the file is the
 * user's; packets_begin(), packets_end().
 */
#ifndef TCPPROBE_RECORDER_CAPTURE_H
#define TCPPROBE_RECORDER_CAPTURE_H

#include <tcpprobe/recorder.h>

struct packets;

/* The texts must live as long as the packets. */
struct packets_plan {
    struct tp_recorder_packet_options wanted;
    const char *expression; /* libpcap's */
    uint64_t part_bytes;    /* as in struct writer_options */
    int64_t part_ns;
    unsigned parts_max;
    bool (*give_up)(void *context); /* asked while the file is opened; may be NULL */
    void *context;
};

/* Capturing begins; the kernel keeps what comes. No process may be started as long as it goes on:
 * it would share the kernel's buffer. */
int packets_open(struct packets **packets, const struct packets_plan *plan, struct tp_error *error);

/* Opens the file, or its first part, but loses nothing of an older one yet. */
/* part_first and existing as in struct writer_options. */
int packets_create(struct packets *packets, unsigned part_first, enum tp_recorder_existing existing,
                   struct tp_error *error);
/* Of the (first) file; until packets_begin(). */
const char *packets_name(const struct packets *packets);

/* As tp_live_refusal(). */
const char *packets_refusal(const struct packets *packets);

/* Empties the file and starts the thread, which no signal reaches. */
int packets_begin(struct packets *packets, struct tp_error *error);

struct tp_recorder_packets packets_status(struct packets *packets);

/* Writes what was captured until now, then ends the thread. May be called again. */
void packets_end(struct packets *packets);

void packets_free(struct packets *packets); /* NULL is fine; ends first */

#endif
