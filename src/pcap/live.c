/* live.c: libpcap's capture in non-blocking mode. */
#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include <tcpprobe/pcap.h>

#include "pcap/compile.h"
#include "pcap/linktype.h"

#define BATCH      65536 /* packets that are handed out at a time */
#define TIMEOUT_MS (TP_LIVE_TIMEOUT_NS / 1000000)

struct tp_live {
    pcap_t *pcap;
    uint32_t fraction_ns; /* of the packets' times: a nanosecond, or a microsecond */
    struct pcap_stat before;
    struct tp_live_stats stats;
    struct bpf_program asked_here; /* where the kernel did not take it: */
    int kernel_errno;
    char interface[64]; /* for messages */
};

/* --- opening ---------------------------------------------------------------------------------- */

/* "lo eth0", cut to size. */
static void list_interfaces(char *text, size_t size)
{
    struct if_nameindex *list = if_nameindex();
    size_t length = 0;

    text[0] = '\0';
    for (struct if_nameindex *at = list; at && at->if_index && length < size; at++)
        length += (size_t)snprintf(text + length, size - length, " %s", at->if_name);
    if (list)
        if_freenameindex(list);
}

static int refuse(const struct tp_live *live, int status, struct tp_error *error)
{
    const char *why = pcap_geterr(live->pcap), *interface = live->interface;
    char known[256];

    switch (status) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
        list_interfaces(known, sizeof known);
        return tp_error_set(error, TP_ERR_USAGE, "there is no interface \"%s\": known are any%s",
                            interface, known);
    case PCAP_ERROR_PERM_DENIED:
        return tp_error_set(error, TP_ERR_IO, "capturing on %s needs root: run it with sudo",
                            interface);
    case PCAP_ERROR_IFACE_NOT_UP:
        return tp_error_set(error, TP_ERR_IO, "the interface %s is down", interface);
    default:
        return tp_error_set(error, TP_ERR_IO, "cannot capture on %s: %s", interface,
                            why[0] ? why : pcap_statustostr(status));
    }
}

/* The second version of the cooked header names the interface of each packet. */
static void prefer_cooked2(pcap_t *pcap)
{
    if (pcap_datalink(pcap) == DLT_LINUX_SLL)
        pcap_set_datalink(pcap, DLT_LINUX_SLL2);
}

/* Of frames on Ethernet also behind one and two VLAN tags: a kernel takes the outer one off what it
 * received before it asks, but leaves it in what it sends where the interface cannot insert it.
 * Each `vlan` moves the rest of the expression behind one more tag. NULL if out of memory. */
static char *through_vlan(const struct tp_live *live, const char *expression)
{
    char *text;
    int length;

    if (pcap_datalink(live->pcap) != DLT_EN10MB)
        return strdup(expression);
    length = asprintf(&text, "(%s) || (vlan && (%s)) || (vlan && (%s))", expression, expression,
                      expression);
    return length < 0 ? NULL : text;
}

static int compile(struct tp_live *live, const struct tp_live_options *options,
                   struct bpf_program *code, struct tp_error *error)
{
    char *expression = through_vlan(live, options->expression);
    bool compiled;

    if (!expression)
        return tp_error_nomem(error);
    compiled = compile_expression(live->pcap, expression, false, code);
    free(expression);
    return compiled
               ? TP_OK
               : tp_error_set(error, TP_ERR_USAGE, "packets of %s cannot be asked \"%.200s\": %s",
                              live->interface, options->expression, pcap_geterr(live->pcap));
}

/* 0, or the errno with which it refuses so long a program (BPF_MAXINSNS, net.core.optmem_max).
 * libpcap would say so on stderr, in its own words, and then ask each packet itself. */
static int kernel_refuses(const struct bpf_program *code)
{
    struct sock_fprog program = {.len = (unsigned short)code->bf_len,
                                 .filter = (struct sock_filter *)code->bf_insns};
    int fd, refused = 0;

    if (code->bf_len > USHRT_MAX)
        return EINVAL;
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return 0;
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0)
        refused = errno;
    close(fd);
    return refused;
}

static int set_filter(struct tp_live *live, const struct tp_live_options *options,
                      struct tp_error *error)
{
    struct bpf_program code;
    int rc;

    if (!options->expression)
        return TP_OK;
    rc = compile(live, options, &code, error);
    if (rc < 0)
        return rc;
    live->kernel_errno = kernel_refuses(&code);
    if (live->kernel_errno) {
        live->asked_here = code;
        return TP_OK;
    }
    rc = pcap_setfilter(live->pcap, &code);
    pcap_freecode(&code);
    return rc < 0 ? tp_error_set(error, TP_ERR_IO, "cannot filter the packets of %s: %s",
                                 live->interface, pcap_geterr(live->pcap))
                  : TP_OK;
}

static int activate(struct tp_live *live, const struct tp_live_options *options,
                    struct tp_error *error)
{
    uint32_t buffer = options->buffer_bytes ? options->buffer_bytes : TP_LIVE_BUFFER;
    char why[PCAP_ERRBUF_SIZE] = "";
    int status;

    pcap_set_snaplen(live->pcap, (int)(options->snaplen ? options->snaplen : TP_LIVE_SNAPLEN));
    pcap_set_timeout(live->pcap, TIMEOUT_MS);
    pcap_set_buffer_size(live->pcap, (int)buffer);
    pcap_set_tstamp_precision(live->pcap, PCAP_TSTAMP_PRECISION_NANO);
    status = pcap_activate(live->pcap);
    if (status < 0)
        return refuse(live, status, error);
    prefer_cooked2(live->pcap);
    live->fraction_ns =
        pcap_get_tstamp_precision(live->pcap) == PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000;
    if (pcap_setnonblock(live->pcap, 1, why) < 0)
        return tp_error_set(error, TP_ERR_IO, "cannot capture on %s: %s", live->interface, why);
    return set_filter(live, options, error);
}

int tp_live_open(struct tp_live **result, const struct tp_live_options *options,
                 struct tp_error *error)
{
    struct tp_live *live = calloc(1, sizeof *live);
    char why[PCAP_ERRBUF_SIZE] = "";
    int rc;

    *result = NULL;
    if (!live)
        return tp_error_nomem(error);
    snprintf(live->interface, sizeof live->interface, "%s", options->interface);
    live->pcap = pcap_create(live->interface, why);
    rc = live->pcap
             ? activate(live, options, error)
             : tp_error_set(error, TP_ERR_IO, "cannot capture on %s: %s", live->interface, why);
    if (rc < 0)
        tp_live_close(live);
    else
        *result = live;
    return rc;
}

uint32_t tp_live_linktype(const struct tp_live *live)
{
    return linktype_of_dlt(pcap_datalink(live->pcap));
}

uint32_t tp_live_snaplen(const struct tp_live *live)
{
    return (uint32_t)pcap_snapshot(live->pcap);
}

struct tp_live_file_head tp_live_file_head(const struct tp_live *live)
{
    return (struct tp_live_file_head){.magic = 0xa1b23c4d,
                                      .major = 2,
                                      .minor = 4,
                                      .snaplen = tp_live_snaplen(live),
                                      .linktype = tp_live_linktype(live)};
}

uint32_t tp_live_packet_head(const struct tp_live *live, const struct tp_live_packet *packet,
                             struct tp_live_packet_head *head)
{
    uint32_t snaplen = tp_live_snaplen(live);

    head->seconds = (uint32_t)(packet->ts_ns / 1000000000);
    head->ns = (uint32_t)(packet->ts_ns % 1000000000);
    head->captured = packet->captured < snaplen ? packet->captured : snaplen;
    head->wire_len = packet->wire_len;
    return head->captured;
}

const char *tp_live_refusal(const struct tp_live *live)
{
    if (!live->kernel_errno)
        return NULL;
    return live->kernel_errno == ENOMEM ? "it has no memory for a filter so long "
                                          "(net.core.optmem_max)"
                                        : "it is too long";
}

/* --- packets ---------------------------------------------------------------------------------- */

struct drain {
    struct tp_live *live;
    tp_live_take *take;
    void *context;
    struct tp_error *error;
    int rc;
};

static void hand_out(u_char *context, const struct pcap_pkthdr *header, const u_char *bytes)
{
    struct drain *drain = (void *)context;
    const struct tp_live_packet packet = {
        .ts_ns = (int64_t)header->ts.tv_sec * 1000000000 +
                 (int64_t)header->ts.tv_usec * drain->live->fraction_ns,
        .captured = header->caplen,
        .wire_len = header->len,
        .bytes = bytes,
    };

    if (drain->rc < 0 || (drain->live->kernel_errno &&
                          !pcap_offline_filter(&drain->live->asked_here, header, bytes)))
        return;
    drain->rc = drain->take(drain->context, &packet, drain->error);
    if (drain->rc < 0)
        pcap_breakloop(drain->live->pcap);
}

int tp_live_drain(struct tp_live *live, tp_live_take *take, void *context, struct tp_error *error)
{
    struct drain drain = {live, take, context, error, TP_OK};
    int count = pcap_dispatch(live->pcap, BATCH, hand_out, (u_char *)&drain);

    if (drain.rc < 0)
        return drain.rc;
    if (count == PCAP_ERROR_BREAK) /* left over from the drain before */
        return 0;
    if (count < 0)
        return tp_error_set(error, TP_ERR_IO, "capturing on %s ended: %s", live->interface,
                            pcap_geterr(live->pcap));
    return count;
}

/* libpcap's counters have 32 bits and begin again. */
static uint64_t grown(u_int before, u_int now)
{
    return (uint32_t)(now - before);
}

int tp_live_stats(struct tp_live *live, struct tp_live_stats *stats, struct tp_error *error)
{
    struct pcap_stat now = {0};

    *stats = live->stats;
    if (pcap_stats(live->pcap, &now) < 0)
        return tp_error_set(error, TP_ERR_IO, "cannot read how many packets were dropped: %s",
                            pcap_geterr(live->pcap));
    live->stats.dropped += grown(live->before.ps_drop, now.ps_drop);
    live->stats.interface_dropped += grown(live->before.ps_ifdrop, now.ps_ifdrop);
    live->before = now;
    *stats = live->stats;
    return TP_OK;
}

void tp_live_close(struct tp_live *live)
{
    if (!live)
        return;
    pcap_freecode(&live->asked_here);
    if (live->pcap)
        pcap_close(live->pcap);
    free(live);
}
