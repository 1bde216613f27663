/* web_packets.c: packets of an interface as a capture in a pipe (pcap with nanoseconds,
 * draft-ietf-opsawg-pcap, in this machine's byte order), each within a moment. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <tcpprobe/filter.h>
#include <tcpprobe/pcap.h>

#include "cli/trace.h"
#include "cli/web.h"

#define PAUSE_NS 25000000

/* What is asked of sockets and events, as far as packets can be asked it. free() it; NULL: out of
 * memory. */
static char *lower(const char *interface, const char *text)
{
    struct tp_filter *filter = NULL;
    struct tp_error error = TP_ERROR_INIT;
    char *all = NULL, *asked = NULL;
    bool exact;

    tp_filter_pcap(NULL, &all, &exact, NULL);
    if (!text || !all)
        return all;
    if (tp_filter_parse(&filter, text, &error) == 0 &&
        tp_filter_pcap(filter, &asked, &exact, NULL) == 0 && !asked)
        asked = strdup("less 0"); /* no packet can match it */
    tp_filter_free(filter);
    tp_error_clear(&error);
    if (!asked || strcmp(asked, all) == 0)
        cli_message("the filter says nothing of packets: all of TCP on %s are shown", interface);
    free(asked ? all : NULL);
    return asked ? asked : all;
}

static char *expression_of(const char *interface, const char *text, uint16_t without_port)
{
    char *asked = lower(interface, text), *whole = NULL;

    if (asked && asprintf(&whole, "(%s) and not port %u", asked, without_port) < 0)
        whole = NULL;
    free(asked);
    return whole;
}

/* At once: whoever reads it waits for it. */
static void write_head(const struct tp_live *live)
{
    const struct tp_live_file_head head = tp_live_file_head(live);

    fwrite(&head, sizeof head, 1, stdout);
    fflush(stdout);
}

static int take(void *context, const struct tp_live_packet *packet, struct tp_error *error)
{
    struct tp_live_packet_head head;
    uint32_t captured = tp_live_packet_head(context, packet, &head);

    (void)error;
    fwrite(&head, sizeof head, 1, stdout);
    fwrite(packet->bytes, captured, 1, stdout);
    return TP_OK;
}

/* The reader that went away is the end. */
static int drain_all(struct tp_live *live, struct tp_error *error)
{
    const struct timespec pause = {0, PAUSE_NS};
    int rc = TP_OK;

    while (rc >= 0 && !trace_signals_wish(NULL).end && fflush(stdout) == 0 && !ferror(stdout)) {
        rc = tp_live_drain(live, take, live, error);
        if (rc == 0)
            nanosleep(&pause, NULL);
    }
    return rc;
}

int web_capture(const char *interface, const char *expression, uint16_t without_port)
{
    char *asked = expression_of(interface, expression, without_port);
    const struct tp_live_options options = {.interface = interface, .expression = asked};
    struct tp_live *live = NULL;
    struct tp_live_stats stats = {0};
    struct tp_error error = TP_ERROR_INIT;
    int rc = asked ? tp_live_open(&live, &options, &error) : tp_error_nomem(&error);

    if (rc == TP_OK) {
        cli_confine(CONFINE_RECORD, true);
        write_head(live);
        rc = drain_all(live, &error);
        tp_live_stats(live, &stats, NULL);
    }
    if (stats.dropped)
        cli_message("%s: the kernel had no room for %llu packets", interface,
                    (unsigned long long)stats.dropped);
    tp_live_close(live);
    free(asked);
    return rc < 0 ? cli_fail(&error) : CLI_FINE;
}
