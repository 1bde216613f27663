/* cmd_services.c: `tcpprobe services`: what each service of this machine sent again, exactly, and
 * why. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tcpprobe/version.h>

#include "cli/services.h"

enum { KEY_FORMAT = 0x7000, KEY_NETNS };

struct services {
    struct cli_input input;
    struct services_recorder recorder;
    struct sockets_options sockets; /* for its group */
    struct services_groups groups;
    const struct tp_writer *writer; /* NULL: openmetrics */
    bool has_top, failed;
    uint64_t top;
    struct tp_analysis *analysis;
};

static const struct argp_option options[] = {
    {0, 0, 0, 0, "Recording, where no file is given:", 1},
    {"duration", 'd', "TIME", 0, "end after TIME: 60, 60s, 5min (default: when it is interrupted)",
     1},
    {"interval", 'i', "TIME", 0, "sample the sockets each TIME (default: 1s)", 1},
    {"netns", KEY_NETNS, "NAME", 0,
     "those of another network namespace: its name (ip netns), the number of a process in it, or "
     "all",
     1},
    {0, 0, 0, 0, "Output:", 2},
    {"group", 'g', "WHAT", 0, "add up by " CLI_WORDS " (default: service)", 2},
    {"top", 'n', "N", 0, "only the first N; the check is still of all", 2},
    {"format", KEY_FORMAT, "FORMAT", 0, CLI_WORDS " (default: table)", 2},
    {0},
};

static error_t check_options(const struct services *services)
{
    const struct services_recorder *recorder = &services->recorder;

    if (services->input.path_count &&
        (recorder->duration_ns || recorder->interval_ns || recorder->netns))
        return cli_bad_option(
            "--duration, --interval and --netns are of a recording, and files are "
            "recorded already");
    return 0;
}

static struct cli_and_word all_formats(void)
{
    return (struct cli_and_word){cli_formats(CLI_FORMATS_ALL), "openmetrics"};
}

static error_t parse_format(struct services *services, const char *text)
{
    const struct cli_and_word all = all_formats();
    const struct cli_words words = cli_and_word(&all);
    unsigned index = 0;
    error_t rc = cli_parse_word("--format", text, &words, &index);

    if (!rc)
        services->writer = tp_writer_find(text);
    return rc;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct services *services = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &services->input;
        return 0;
    case 'd':
        return cli_parse_span("--duration", arg, &services->recorder.duration_ns);
    case 'i':
        return cli_parse_span("--interval", arg, &services->recorder.interval_ns);
    case KEY_NETNS:
        services->recorder.netns = arg;
        return 0;
    case 'g':
        return sockets_parse_group(&services->sockets, arg);
    case 'n':
        services->has_top = true;
        return cli_parse_count("--top", arg, UINT32_MAX, &services->top);
    case KEY_FORMAT:
        return parse_format(services, arg);
    case ARGP_KEY_END:
        return check_options(services);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static char *help_filter(int key, const char *text, void *input)
{
    const struct cli_and_word all = all_formats();
    struct cli_words words = key == 'g' ? sockets_groups() : cli_and_word(&all);

    (void)input;
    return key == KEY_FORMAT || key == 'g' ? cli_help_words(text, &words) : (char *)text;
}

static const struct argp_child children[] = {{&cli_input_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    options,
    parse_option,
    "[FILE...]",
    "Says of each service of this machine what its connections sent again, and why: fast "
    "retransmissions, timeouts, slow start after them, tail-loss probes, SYN and SYN-ACK. Without "
    "FILE it records until it is interrupted, for which it needs root; FILE is what 'tcpprobe "
    "trace "
    "--sockets' recorded.\vHow many segments is each socket's own total, from the first sample to "
    "its end, which the kernel tells of every connection; so sums over sockets are exact, and "
    "below "
    "the table they are held against the kernel's counter of all. Why is what the kernel's events "
    "say, which are of packet buffers (skbs): one may hold several segments. - is what was not "
    "recorded.",
    children,
    help_filter,
    NULL};

/* --- the pass --------------------------------------------------------------------------------- */

static void take(void *context, const struct tp_flow *flow)
{
    struct services *services = context;

    services->failed |= !services_add(&services->groups, services->analysis, flow);
}

/* A table of nothing would look like nothing sent again. That records were left out as they were
 * asked to be is no fault of the file. */
static int check_sampled(const struct services *services, const struct cli_pass *pass,
                         struct tp_error *error)
{
    const struct tp_pass_counts counts = tp_pass_counts(pass->pass);
    size_t files = services->input.path_count;

    if (tp_analysis_saw(services->analysis, TP_KIND_SOCKET) || counts.taken < counts.seen)
        return TP_OK;
    return tp_error_set(error, TP_ERR_FORMAT,
                        "%s %s no samples of sockets: 'tcpprobe trace --sockets' records them",
                        files == 1 ? services->input.paths[0] : "the files",
                        files == 1 ? "has" : "have");
}

static int analyse(struct services *services, struct cli_pass *pass, struct tp_error *error)
{
    struct tp_pass_options how = cli_pass_options(&services->input);
    const struct tp_analysis_options wanted = {.max_flows = services->input.max_flows,
                                               .without = UINT64_MAX,
                                               .flow_end = take,
                                               .context = services};
    const struct tp_flow *const *flows;
    size_t count;
    int rc;

    how.stream.fields = tp_analysis_fields();
    rc = cli_pass_open(pass, &services->input, &how, error);
    if (rc == TP_OK && !(services->analysis = tp_analysis_new(&wanted, error)))
        rc = TP_ERR_NOMEM;
    if (rc == TP_OK)
        rc = cli_pass_analyse(pass, services->analysis, error);
    if (rc == TP_OK && services->recorder.beside.pid <= 0)
        rc = check_sampled(services, pass, error);
    if (rc)
        return rc;
    flows = tp_analysis_flows(services->analysis, &count);
    for (size_t i = 0; i < count; i++)
        take(services, flows[i]);
    return services->failed ? tp_error_nomem(error) : TP_OK;
}

/* --- what is shown ---------------------------------------------------------------------------- */

static bool is_format(const struct services *services, const char *name)
{
    return strcmp(services->writer->name, name) == 0;
}

static int show(struct services *services, struct tp_out *out, struct tp_error *error)
{
    bool json = services->writer && is_format(services, "json");
    struct tp_rows rows;
    int rc = services_rows(&services->groups, &rows, error);

    if (rc)
        return rc;
    if (services->has_top && rows.row_count > services->top)
        rows.row_count = services->top;
    if (!services->writer) {
        services_metrics(out, &services->groups, rows.row_count);
        return tp_out_finish(out, error);
    }
    if (json) {
        tp_out_text(out, "{\"tcpprobe\":");
        tp_out_json_text(out, TP_VERSION);
        tp_out_text(out, ",\n\"services\":");
    }
    tp_rows_write(out, services->writer, &rows);
    if (json) {
        tp_out_text(out, ",\n\"check\":");
        services_check_json(out, &services->groups, services->analysis);
        tp_out_text(out, "}\n");
    } else if (is_format(services, "table") || is_format(services, "blocks")) {
        tp_out_text(out, "\n");
        services_check(out, &services->groups, services->analysis);
    }
    return tp_out_finish(out, error);
}

static int run(struct services *services)
{
    struct tp_error error = TP_ERROR_INIT;
    struct cli_pass pass = {.input = &services->input};
    struct tp_out *out = cli_out_new(&error);
    bool live = services->recorder.beside.pid > 0;
    int status = CLI_FINE;

    cli_confine(CONFINE_READ, services->input.quiet);
    if (out)
        analyse(services, &pass, &error);
    if (live)
        status = cli_beside_end(&services->recorder.beside);
    if (status == CLI_FINE && !error.code) {
        show(services, out, &error);
        cli_pass_notes(&pass, services->analysis);
    }
    /* Of a recorder that failed there is nothing to read: it said why. */
    if (status == CLI_FINE && error.code)
        status = cli_fail(&error);
    tp_analysis_free(services->analysis);
    cli_pass_close(&pass);
    tp_out_free(out);
    return status;
}

int cmd_services(int argc, char **argv)
{
    static char *log_of_recorder[] = {"-"};
    struct services services = {.writer = tp_writer_find("table"), .sockets = {.group = 0}};
    int status;

    cli_input_init(&services.input);
    services.input.may_be_none = true;
    status = cli_parse(&argp, "services", argc, argv, &services);
    services.groups.by = services.sockets.group;
    services.recorder.quiet = services.input.quiet;
    if (status == CLI_GO && !services.input.path_count) {
        status = services_start(&services.recorder);
        services.input.paths = log_of_recorder;
        services.input.path_count = 1;
        status = status == CLI_FINE ? CLI_GO : status;
    }
    if (status == CLI_GO)
        status = run(&services);
    services_release(&services.groups);
    cli_input_release(&services.input);
    return status;
}
