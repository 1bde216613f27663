/* trace_sockets.c: the options of `trace` about sockets that are sampled beside the events. */
#include <stdlib.h>
#include <string.h>

#include "cli/trace.h"

enum { KEY_SOCKETS = 0x5100, KEY_NETNS };

static const struct argp_option options[] = {
    {0, 0, 0, 0, "Sockets beside the events:", 5},
    {"sockets", KEY_SOCKETS, "TIME", OPTION_ARG_OPTIONAL,
     "sample the sockets of the same connections, each TIME (default: 1s), into the same log: what "
     "no event says, and their last totals",
     5},
    {"processes", 'p', NULL, 0, "find a process that has each of them open", 5},
    {"netns", KEY_NETNS, "NAME", 0,
     "those of another network namespace: its name (ip netns), the number of a process in it, or "
     "all. Events are of all of them",
     5},
    {0},
};

static error_t check(const struct trace *trace)
{
    const struct sockets_options *sockets = &trace->sockets;

    if (!sockets->records && (sockets->processes || sockets->netns))
        return cli_bad_option("--processes and --netns are of the sockets that are sampled: "
                              "--sockets");
    if (sockets->records && trace->options.clock && strcmp(trace->options.clock, "mono") != 0)
        return cli_bad_option("--sockets: sockets are sampled by the clock mono, not by %s",
                              trace->options.clock);
    return 0;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct trace *trace = state->input;

    switch (key) {
    case KEY_SOCKETS:
        trace->sockets.records = true;
        return arg ? cli_parse_span("--sockets", arg, &trace->sockets.interval_ns) : 0;
    case 'p':
        trace->sockets.processes = true;
        return 0;
    case KEY_NETNS:
        trace->sockets.netns = arg;
        return 0;
    case ARGP_KEY_END:
        return check(trace);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp trace_sockets_argp = {options, parse_option, NULL, NULL, NULL, NULL, NULL};

/* The filter of the events, as far as sockets can be asked the same. */
static int compile_filter(struct trace *trace)
{
    struct tp_error error = TP_ERROR_INIT;

    if (!trace->expression)
        return CLI_FINE;
    trace->sockets.expression = strdup(trace->expression);
    if (!trace->sockets.expression)
        return cli_usage("out of memory");
    if (sockets_compile_filter(&trace->sockets, &error) == TP_OK)
        return CLI_FINE;
    cli_message(
        "--sockets: the filter is asked of sockets, too, which have other words than events");
    cli_fail(&error);
    cli_caret(trace->expression, &error);
    return CLI_FAILED;
}

int trace_open_sockets(struct trace *trace)
{
    struct tp_error error = TP_ERROR_INIT;
    int status = trace->sockets.records ? compile_filter(trace) : CLI_FINE;

    if (status == CLI_FINE && trace->sockets.records &&
        sockets_sampler_open(&trace->sampler, &trace->sockets, &trace->options.sockets, &error) < 0)
        status = cli_fail(&error);
    return status;
}
