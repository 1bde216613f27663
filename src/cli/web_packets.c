/* web_packets.c: packets of an interface as a capture in a pipe (pcap with nanoseconds,
 * draft-ietf-opsawg-pcap, in this machine's byte order), each within a moment. */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <tcpprobe/pcap.h>

#include "cli/trace.h"
#include "cli/web.h"

#define PAUSE_NS 25000000

struct capture {
    struct tp_live *live;
    uint64_t count;
};

static void write_head(const struct capture *capture)
{
    const struct tp_live_file_head head = tp_live_file_head(capture->live);

    fwrite(&head, sizeof head, 1, stdout);
}

static int take(void *context, const struct tp_live_packet *packet, struct tp_error *error)
{
    struct capture *capture = context;
    struct tp_live_packet_head head;
    uint32_t captured = tp_live_packet_head(capture->live, packet, &head);

    (void)error;
    if (capture->count++ == 0)
        write_head(capture);
    fwrite(&head, sizeof head, 1, stdout);
    fwrite(packet->bytes, captured, 1, stdout);
    return TP_OK;
}

/* The reader that went away is the end. */
static int drain_all(struct capture *capture, struct tp_error *error)
{
    const struct timespec pause = {0, PAUSE_NS};
    int rc = TP_OK;

    while (rc >= 0 && !trace_signals_wish(NULL).end && fflush(stdout) == 0 && !ferror(stdout)) {
        rc = tp_live_drain(capture->live, take, capture, error);
        if (rc == 0)
            nanosleep(&pause, NULL);
    }
    return rc;
}

int web_capture(const char *interface, const char *expression)
{
    const struct tp_live_options options = {.interface = interface, .expression = expression};
    struct capture capture = {0};
    struct tp_live_stats stats = {0};
    struct tp_error error = TP_ERROR_INIT;
    int rc = tp_live_open(&capture.live, &options, &error);

    if (rc == TP_OK) {
        cli_confine(CONFINE_RECORD, true);
        rc = drain_all(&capture, &error);
        tp_live_stats(capture.live, &stats, NULL);
    }
    if (stats.dropped)
        cli_message("%s: the kernel had no room for %llu packets", interface,
                    (unsigned long long)stats.dropped);
    tp_live_close(capture.live);
    return rc < 0 ? cli_fail(&error) : CLI_FINE;
}
