/* trace_packets.c: the options of `trace` about packets, and the name of their file. */
#include <stdlib.h>
#include <string.h>

#include "base/phrase.h"
#include "base/units.h"
#include "cli/trace.h"

enum { KEY_PACKETS = 0x5000, KEY_PACKETS_TO, KEY_PACKETS_BUFFER, KEY_SNAPLEN };

#define SNAPLEN_MIN 64
#define SNAPLEN_MAX 262144
#define BUFFER_MIN  (64 << 10)
#define BUFFER_MAX  (1 << 30)

static const struct argp_option options[] = {
    {0, 0, 0, 0, "Packets beside the events:", 4},
    {"packets", KEY_PACKETS, "IFACE", 0,
     "capture the packets of the same connections on IFACE (any: on all) into NAME.pcap.gz, where "
     "the events go to NAME.log.gz",
     4},
    {"packets-to", KEY_PACKETS_TO, "FILE", 0,
     "write them to FILE instead, gzipped if its name ends in .gz", 4},
    {"packets-buffer", KEY_PACKETS_BUFFER, "SIZE", 0,
     "the kernel's buffer for them, in KiB or with k, M, G (default: 32M)", 4},
    {"snaplen", KEY_SNAPLEN, "BYTES", 0,
     "keep so many bytes of each packet (default: 128, which is all headers)", 4},
    {0},
};

/* "t.log.gz", "t.log" and "t.gz" give "t.pcap.gz". */
static char *name_beside(const char *log)
{
    size_t length = strlen(log);
    char *name;

    if (tp_ends_in(log, length, ".gz"))
        length -= 3;
    if (tp_ends_in(log, length, ".log"))
        length -= 4;
    return asprintf(&name, "%.*s.pcap.gz", (int)length, log) < 0 ? NULL : name;
}

static error_t parse_buffer(struct trace *trace, const char *text)
{
    uint64_t bytes;

    if (!tp_units_parse_bytes(text, 1024, &bytes) || bytes < BUFFER_MIN || bytes > BUFFER_MAX)
        return cli_bad_option("--packets-buffer: '%s' is not a size such as 8192 (KiB), 512k or "
                              "64M, from 64k to 1G",
                              text);
    trace->options.packets.buffer_bytes = (uint32_t)bytes;
    return 0;
}

static error_t parse_snaplen(struct trace *trace, const char *text)
{
    uint64_t bytes;
    error_t rc = cli_parse_count("--snaplen", text, SNAPLEN_MAX, &bytes);

    if (!rc && bytes < SNAPLEN_MIN)
        return cli_bad_option("--snaplen: %s bytes have no room for the headers of a segment: at "
                              "least %d",
                              text, SNAPLEN_MIN);
    if (!rc)
        trace->options.packets.snaplen = (uint32_t)bytes;
    return rc;
}

static error_t find_name(struct trace *trace)
{
    struct tp_recorder_packet_options *packets = &trace->options.packets;
    const char *log = trace->options.output;

    if (!packets->interface)
        return packets->output || packets->snaplen || packets->buffer_bytes
                   ? cli_bad_option("no packets are captured without --packets IFACE")
                   : 0;
    if (trace->dry_run)
        return 0;
    if (!packets->output && !log)
        return cli_bad_option("--packets needs a name for its file: --output FILE beside which it "
                              "stands, or --packets-to FILE");
    if (!packets->output) {
        trace->packets_name = name_beside(log);
        if (!trace->packets_name)
            return ENOMEM;
        packets->output = trace->packets_name;
    }
    if (log && strcmp(packets->output, log) == 0)
        return cli_bad_option("events and packets cannot both go to %s", log);
    packets->gzip = tp_ends_in(packets->output, strlen(packets->output), ".gz");
    return 0;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct trace *trace = state->input;
    struct tp_recorder_packet_options *packets = &trace->options.packets;

    switch (key) {
    case KEY_PACKETS:
        if (packets->interface)
            return cli_bad_option("--packets is given twice; 'any' means all interfaces");
        packets->interface = arg;
        return arg[0] ? 0 : cli_bad_option("--packets: the name of the interface is empty");
    case KEY_PACKETS_TO:
        packets->output = arg;
        if (strcmp(arg, "-") == 0)
            return cli_bad_option(
                "--packets-to: packets do not go to standard output, but to a file");
        return arg[0] ? 0 : cli_bad_option("--packets-to: the name is empty");
    case KEY_PACKETS_BUFFER:
        return parse_buffer(trace, arg);
    case KEY_SNAPLEN:
        return parse_snaplen(trace, arg);
    case ARGP_KEY_END:
        return find_name(trace);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp trace_packets_argp = {options, parse_option, NULL, NULL, NULL, NULL, NULL};
