/* cmd_trace.c: `tcpprobe trace`: the recorder on the command line. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/units.h"
#include "cli/log_file.h"
#include "cli/trace.h"

enum {
    KEY_LIST_EVENTS = 0x4000,
    KEY_CLEAR,
    KEY_CLOCK,
    KEY_CONGESTION_CONTROL,
    KEY_ENGINE,
    KEY_TRACEFS,
    KEY_DRY_RUN,
    KEY_STRICT
};

static const struct argp_option options[] = {
    {0, 0, 0, 0, "What to record:", 1},
    {"event", 'e', "LIST", 0,
     "add these events, or with - before a name remove them; names separated by commas, * stands "
     "for any part; may be given several times",
     1},
    {"list-events", KEY_LIST_EVENTS, NULL, 0,
     "show the events that this kernel has, their fields, and which are recorded", 1},
    {"dry-run", KEY_DRY_RUN, NULL, 0, "show what each event would be filtered by, record nothing",
     1},
    {"duration", 'd', "TIME", 0, "end after TIME: 10, 10s, 500ms, 2min", 1},
    {"count", 'c', "N", 0, "end after N events", 1},
    {0, 0, 0, 0, "Output:", 2},
    LOG_FILE_OPTIONS(2),
    {"congestion-control", KEY_CONGESTION_CONTROL, "NAME", 0,
     "write into the log that all its connections use this one, which no event says", 2},
    {"quiet", 'q', NULL, 0, "say nothing on standard error but errors and losses", 2},
    {"strict", KEY_STRICT, NULL, 0, "status 2 if events or packets were lost, or may have been", 2},
    {0, 0, 0, 0, "The kernel's side:", 3},
    {"buffer", 'b', "SIZE", 0,
     "buffer of each CPU, in KiB or with k, M, G (default: 8M); at most 1/8 of the available "
     "memory for all together",
     3},
    {"clear", KEY_CLEAR, NULL, 0,
     "begin with an empty buffer, as always: the buffer is this recording's own", 3},
    {"clock", KEY_CLOCK, "NAME", 0,
     "clock of the times, as the kernel's trace_clock has it (default: mono)", 3},
    {"engine", KEY_ENGINE, "ENGINE", 0,
     "raw: print the kernel's raw pages here, fast; pipe: let the kernel print (default: raw where "
     "it works)",
     3},
    {"tracefs", KEY_TRACEFS, "DIR", 0, "where tracefs is mounted (default: found by itself)", 3},
    {0},
};

/* --- options ---------------------------------------------------------------------------------- */

static error_t parse_engine(const char *text, enum tp_engine *engine)
{
    if (strcmp(text, "raw") == 0)
        *engine = TP_ENGINE_RAW;
    else if (strcmp(text, "pipe") == 0)
        *engine = TP_ENGINE_PIPE;
    else
        return cli_bad_option("--engine: '%s' is neither raw nor pipe", text);
    return 0;
}

static error_t add_event_list(struct trace *trace, const char *list)
{
    if (trace->options.event_count == TRACE_EVENT_LISTS_MAX)
        return cli_bad_option("--event is given too often; separate the names by commas");
    trace->event_lists[trace->options.event_count++] = list;
    return 0;
}

/* As long as a kernel's name can be (include/net/tcp.h, TCP_CA_NAME_MAX), and a word of the log. */
static error_t parse_congestion_control(const char *text, const char **name)
{
    size_t length = strlen(text);

    if (!length || length > 15 ||
        strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") != length)
        return cli_bad_option("--congestion-control: '%s' is not a name such as cubic or bbr",
                              text);
    *name = text;
    return 0;
}

static error_t parse_kernel_option(int key, char *arg, struct trace *trace)
{
    struct tp_recorder_options *wanted = &trace->options;
    uint64_t bytes;
    error_t rc;

    switch (key) {
    case 'b':
        rc = cli_parse_size("--buffer", arg, 1024, 1024, &bytes);
        if (!rc)
            wanted->buffer_kib = bytes / 1024;
        return rc;
    case KEY_CLEAR:
        return 0;
    case KEY_CLOCK:
        wanted->clock = arg;
        return 0;
    case KEY_ENGINE:
        return parse_engine(arg, &wanted->engine);
    case KEY_TRACEFS:
        wanted->tracefs = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_output_option(int key, char *arg, struct trace *trace)
{
    error_t rc = log_file_parse(key, arg, &trace->options);

    if (rc != ARGP_ERR_UNKNOWN)
        return rc;
    switch (key) {
    case KEY_CONGESTION_CONTROL:
        return parse_congestion_control(arg, &trace->options.congestion_control);
    case 'q':
        trace->quiet = true;
        return 0;
    case KEY_STRICT:
        trace->strict = true;
        return 0;
    default:
        return parse_kernel_option(key, arg, trace);
    }
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct trace *trace = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = state->child_inputs[1] = trace;
        return 0;
    case 'e':
        return add_event_list(trace, arg);
    case KEY_LIST_EVENTS:
        trace->list_events = true;
        return 0;
    case KEY_DRY_RUN:
        trace->dry_run = true;
        return 0;
    case 'd':
        return cli_parse_span("--duration", arg, &trace->options.duration_ns);
    case 'c':
        return log_file_parse_number("--count", arg, UINT64_MAX, &trace->options.count);
    case ARGP_KEY_ARG:
        return cli_append_word(&trace->expression, arg);
    case ARGP_KEY_END:
        return log_file_check(&trace->options);
    default:
        return parse_output_option(key, arg, trace);
    }
}

static const struct argp_child children[] = {
    {&trace_packets_argp, 0, NULL, 0}, {&trace_sockets_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    options,
    parse_option,
    "[FILTER]",
    "Records the kernel's TCP events that match FILTER, all of them without one, until it is "
    "interrupted: to standard output, or to a file. Needs root, and gives it up once it "
    "traces.\vTracing happens in an instance of its own: other tracers are not disturbed, and "
    "nothing is left behind. See FILTER EXPRESSIONS in the manual page: \"dport == 80\", \"host "
    "10.0.0.1 and not port 22\".",
    children,
    NULL,
    NULL};

/* --- the filter ------------------------------------------------------------------------------- */

static int parse_filter(const char *expression, struct tp_filter **filter)
{
    struct tp_error error = TP_ERROR_INIT;

    if (tp_filter_parse(filter, expression, &error) == 0)
        return CLI_FINE;
    cli_fail(&error);
    cli_caret(expression, &error);
    return CLI_FAILED;
}

/* A terminal or a pipe: what may end at an ssh daemon. */
static bool output_may_be_remote(const struct trace *trace)
{
    struct stat status;

    if (trace->options.output || trace->is_for_us || fstat(STDOUT_FILENO, &status) < 0)
        return false;
    return isatty(STDOUT_FILENO) || S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode);
}

/* The typed expression is parsed alone first: columns of errors are those that were typed. */
static int make_filter(const struct trace *trace, struct tp_filter **filter)
{
    char *ssh = output_may_be_remote(trace) ? ssh_find("/proc") : NULL, *joined = NULL;
    int status = CLI_FINE, length;

    if (trace->expression)
        status = parse_filter(trace->expression, filter);
    if (ssh && status == CLI_FINE) {
        if (trace->expression)
            length = asprintf(&joined, "(%s) and not (%s)", trace->expression, ssh);
        else
            length = asprintf(&joined, "not (%s)", ssh);
        tp_filter_free(*filter);
        *filter = NULL;
        status = length < 0 ? cli_usage("out of memory") : parse_filter(joined, filter);
        if (status == CLI_FINE && !trace->quiet)
            cli_message("left out the ssh connection that may carry this output: %s", ssh);
        if (length >= 0)
            free(joined);
    }
    free(ssh);
    return status;
}

/* --- recording -------------------------------------------------------------------------------- */

static int record(struct trace *trace, struct tp_recorder *recorder, struct tp_error *error)
{
    const struct tp_recorder_summary *summary = tp_recorder_summary(recorder);
    int rc, status;

    trace_signals_catch();
    signal(SIGPIPE, SIG_IGN);
    rc = tp_recorder_start(recorder, error);
    if (rc == TP_OK) {
        trace_say_start(trace, recorder);
        cli_confine(trace->sockets.records ? CONFINE_SAMPLE : CONFINE_RECORD, trace->quiet);
        rc = tp_recorder_run(recorder, error);
        trace_say_end(trace, summary);
    }
    status = rc < 0 ? cli_fail(error) : CLI_FINE;
    if (rc < 0)
        trace_say_refused(error);
    tp_error_clear(error);
    if (tp_recorder_finish(recorder, error) < 0)
        status = cli_fail(error);
    trace_signals_release();
    if (trace->strict &&
        (summary->lost || summary->disturbances || (summary->packets && summary->packets->dropped)))
        status = CLI_FAILED;
    return summary->packets && summary->packets->error.code ? CLI_FAILED : status;
}

/* What packets are asked can be said without the kernel's tracing files, which only root reads. */
static int prepare_failed(const struct trace *trace, const struct tp_error *error)
{
    if (!trace->dry_run || !trace->options.packets.interface || error->code != TP_ERR_IO)
        return cli_fail(error);
    cli_message("the filters of events are not shown: %s", error->text);
    return trace_list_packet_filter(trace);
}

static int run(struct trace *trace)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_recorder *recorder = NULL;
    struct tp_filter *filter = NULL;
    int status = make_filter(trace, &filter);

    if (status == CLI_FINE && !trace->list_events && !trace->dry_run)
        status = trace_open_sockets(trace);
    if (status == CLI_FINE) {
        trace->options.filter = filter;
        if (tp_recorder_prepare(&recorder, &trace->options, &error) < 0)
            status = prepare_failed(trace, &error);
        else if (trace->list_events)
            trace_list_events(recorder);
        else if (trace->dry_run)
            trace_list_filters(recorder);
        else
            status = record(trace, recorder, &error);
    }
    tp_recorder_free(recorder);
    tp_filter_free(filter);
    sockets_sampler_close(&trace->sampler);
    return status;
}

int trace_record(struct trace *trace)
{
    int status;

    trace->options.events = trace->event_lists;
    trace->options.command = trace->command;
    trace->options.filter_text = trace->expression;
    trace->options.count_flows = trace->shows_status;
    trace->options.second = trace_say_second;
    trace->options.wish = trace_signals_wish;
    trace->options.waits = trace_say_waits;
    trace->options.makes_buffers = trace->quiet ? NULL : trace_say_waits;
    trace->options.context = trace;
    status = run(trace);
    tp_filter_free(trace->sockets.filter);
    free(trace->sockets.bytecode);
    free(trace->sockets.expression);
    free(trace->expression);
    return status;
}

int cmd_trace(int argc, char **argv)
{
    struct trace trace = {.sockets = {.proc = "/proc", .group = -1}};
    int status;

    trace.command = trace_command_line("trace", argc, argv);
    status = cli_parse(&argp, "trace", argc, argv, &trace);
    trace.shows_status =
        !trace.quiet && isatty(STDERR_FILENO) && (trace.options.output || !isatty(STDOUT_FILENO));
    if (status == CLI_GO)
        status = trace_record(&trace);
    else
        free(trace.expression);
    free(trace.command);
    free(trace.packets_name);
    return status;
}
