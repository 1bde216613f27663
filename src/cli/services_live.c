/* services_live.c: what `services` records where no file is given: `tcpprobe trace --sockets`. */
#include "cli/services.h"
#include "cli/trace.h"

static int record(const void *context)
{
    const struct services_recorder *wanted = context;
    struct trace trace = {
        .sockets = {.proc = "/proc",
                    .group = -1,
                    .records = true,
                    .processes = true,
                    .netns = wanted->netns,
                    .interval_ns = wanted->interval_ns},
        .event_lists = {"-tcp_probe"}, /* most of all events, and of no use here */
        .expression = wanted->expression,
        .quiet = true,
        .is_for_us = true,
    };

    trace.options.event_count = 1;
    trace.options.duration_ns = wanted->duration_ns;
    return trace_record(&trace);
}

int services_start(struct services_recorder *recorder)
{
    return cli_beside_start(&recorder->beside, record, recorder);
}
