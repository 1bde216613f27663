/* cmd_export.c: `tcpprobe export`: samples or events, as they come, for other programs. */
#include <string.h>
#include <unistd.h>

#include "cli/export_fleet.h"

enum {
    KEY_EVENTS = 0x4000,
    KEY_FORMAT,
    KEY_PLOTTED,
    KEY_BIN,
    KEY_NUMBERS,
    KEY_OCCURRING,
    KEY_WIDE,
    KEY_GROUP,
    KEY_FLEET,
    KEY_HOST,
    KEY_BEGIN,
    KEY_LOAD
};

#define METRIC_WORD(ID, name, title, unit, per_unit, kind, better, help) " " name

static const struct argp_option options[] = {
    {0, 0, 0, 0, "Output:", 1},
    {"metric", 'm', "LIST", 0,
     "only these metrics, separated by commas (default: all); 'help' lists them with their meaning "
     "and reads nothing:" TP_METRICS(METRIC_WORD),
     1},
    {"flow", 'F', "FLOW", 0,
     "only these flows, separated by commas: the number that 'tcpprobe flows' shows (with the same "
     "--filter, --since and --until), an endpoint such as 10.0.0.1:80, [fd00::1]:80, 10.0.0.1 or "
     ":80, or two of them with '->' between; may be given several times",
     1},
    {"events", KEY_EVENTS, NULL, 0,
     "the events themselves instead of samples, with all their fields by the kernel's names", 1},
    {"bin", KEY_BIN, "TIME", 0,
     "what the samples of each TIME (100ms, 1s) come to: least, mean, largest and last value, sums "
     "of "
     "amounts",
     1},
    {"group", KEY_GROUP, "WHAT", 0,
     "with --bin, of all flows of a service (port), or of its host or net (/24 or /64), together: "
     "port, host, net",
     1},
    {"plotted", KEY_PLOTTED, NULL, 0,
     "the numbers that `plot` with the options below would draw, bins and all, for other programs "
     "that draw",
     1},
    {"wide", KEY_WIDE, NULL, 0,
     "samples as a row for each time with a column for each metric; best with --metric or "
     "--occurring",
     1},
    {"occurring", KEY_OCCURRING, NULL, 0,
     "of --events and --wide, only columns that something is in; reads the files twice", 1},
    {"numbers", KEY_NUMBERS, NULL, 0,
     "of --events, decimal numbers also where the kernel prints hexadecimal ones", 1},
    {"format", KEY_FORMAT, "FORMAT", 0,
     CLI_WORDS " (default: csv); page-json is all that a page of `report` has, in one document", 1},
    {0, 0, 0, 0, "For a database of the recordings of many hosts (scripts/fleet):", 2},
    {"fleet", KEY_FLEET, "TABLE", 0,
     "the rows of one table: " CLI_WORDS "; each with load, host, recording and, as integers of "
     "nanoseconds, wall-clock time (default format: csv-null)",
     2},
    {"host", KEY_HOST, "NAME", 0, "the host that recorded it (default: as the log says)", 2},
    {"begin", KEY_BEGIN, "TIME", 0,
     "when the first event was, where the recording does not say: 2026-11-28T16:29:50Z", 2},
    {"load", KEY_LOAD, "NUMBER", 0,
     "a number for each row, which tells rows of one load from those of another (default: 0)", 2},
    {0},
};

static const char *metric_name(const void *list, size_t index)
{
    return ((const struct tp_metric *)list)[index].name;
}

static error_t parse_metrics(struct export_options *export, const char *text)
{
    const char *nearest;
    size_t length;
    int found;

    if (strcmp(text, "help") == 0) {
        export->list_metrics = export->plot.input.may_be_none = true;
        return 0;
    }
    for (;; text += length + 1) {
        length = strcspn(text, ",");
        found = tp_metric_find(text, length);
        if (found < 0) {
            nearest = cli_nearest(text, length, tp_metrics, TP_METRIC_IDS, metric_name);
            return cli_bad_option("--metric: there is no metric '%.*s'; %s%s%s", (int)length, text,
                                  nearest ? "did you mean '"
                                          : "'tcpprobe export --metric help' lists them",
                                  nearest ? nearest : "", nearest ? "'?" : "");
        }
        export->metrics |= UINT64_C(1) << found;
        if (text[length] == '\0')
            return 0;
    }
}

static struct cli_and_word all_formats(void)
{
    return (struct cli_and_word){cli_formats(CLI_FORMATS_ROWS), "page-json"};
}

static error_t parse_format(struct export_options *export, const char *text)
{
    const struct cli_and_word all = all_formats();
    const struct cli_words words = cli_and_word(&all);
    unsigned index = 0;
    error_t rc = cli_parse_word("--format", text, &words, &index);

    if (rc)
        return rc;
    export->page = index == all.words.count;
    return export->page ? 0 : cli_parse_format(text, CLI_FORMATS_ROWS, &export->writer);
}

static bool is_table(const struct export_options *export, const char *name)
{
    const struct cli_words tables = export_fleet_words();

    return strcmp(tables.name(tables.list, export->fleet.table), name) == 0;
}

/* What does not go together. */
static error_t check_options(const struct export_options *export)
{
    const struct {
        bool wrong;
        const char *sentence;
    } rules[] = {
        {export->page && (export->events || export->metrics || export->plotted || export->bin_ns ||
                          export->wide),
         "--format page-json is all of a page: neither --metric, --events, --bin, --wide nor "
         "--plotted"},
        {export->page && export->plot.time != CLI_TIME_USUAL,
         "--format page-json counts from the first event: --time is not for it"},
        {export->plotted && (export->events || export->metrics),
         "--plotted writes what a picture draws: --metric and --events are not for it"},
        {export->bin_ns && (export->events || export->plotted),
         "--bin is of samples: neither --events nor --plotted"},
        {export->events && export->metrics,
         "--metric chooses samples, --events writes events: not both"},
        {export->wide && (export->events || export->plotted || export->bin_ns),
         "--wide is of samples: neither --events, nor --bin, nor --plotted"},
        {export->groups.kind && !export->bin_ns,
         "--group is of --bin: without it samples are of a flow"},
        {export->numbers && !export->events, "--numbers is of --events: samples are numbers"},
        {export->occurring && !export->events && !export->wide,
         "--occurring is of --events and --wide: all else has the same few columns"},
        {export->fleet.wanted &&
             (export->events || export->plotted || export->page || export->wide ||
              export->groups.kind || export->plot.time != CLI_TIME_USUAL),
         "--fleet has columns and times of its own: neither --events, --wide, --group, --plotted, "
         "--time nor --format page-json"},
        {export->fleet.wanted && export->bin_ns && !is_table(export, "bins"),
         "--bin is of --fleet bins"},
        {export->fleet.wanted && export->metrics && !is_table(export, "bins") &&
             !is_table(export, "samples"),
         "--metric is of --fleet bins and --fleet samples"},
        {!export->fleet.wanted &&
             (export->fleet.host || export->fleet.has_begin || export->fleet.has_load),
         "--host, --begin and --load are of --fleet"},
        {export->plotted && export->plot.time == CLI_TIME_WALL,
         "--plotted counts seconds on an axis: --time relative or recording"},
    };

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].wrong)
            return cli_bad_option("%s", rules[i].sentence);
    if (!export->plotted && export->plot.looks && !export->plot.list_panels)
        return cli_bad_option("--%s says how a picture looks: it goes with --plotted",
                              export->plot.looks);
    return 0;
}

static error_t parse_fleet_option(int key, char *arg, struct export_fleet_options *fleet)
{
    const struct cli_words tables = export_fleet_words();

    switch (key) {
    case KEY_FLEET:
        fleet->wanted = true;
        return cli_parse_word("--fleet", arg, &tables, &fleet->table);
    case KEY_HOST:
        return export_fleet_parse_host(fleet, arg);
    case KEY_BEGIN:
        return export_fleet_parse_begin(fleet, arg);
    case KEY_LOAD:
        fleet->has_load = true;
        return cli_parse_count("--load", arg, INT64_MAX, &fleet->load);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct export_options *export = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &export->plot.input;
        state->child_inputs[1] = &export->plot;
        state->child_inputs[2] = &export->plot.time;
        return 0;
    case 'm':
        return parse_metrics(export, arg);
    case 'F':
        return cli_flow_choices_add(&export->plot.flows, arg);
    case KEY_EVENTS:
        export->events = true;
        return 0;
    case KEY_FORMAT:
        return parse_format(export, arg);
    case KEY_PLOTTED:
        export->plotted = true;
        return 0;
    case KEY_BIN:
        return cli_parse_span("--bin", arg, &export->bin_ns);
    case KEY_GROUP:
        return cli_flow_groups_parse(&export->groups, arg);
    case KEY_WIDE:
        export->wide = true;
        return 0;
    case KEY_OCCURRING:
        export->occurring = true;
        return 0;
    case KEY_NUMBERS:
        export->numbers = true;
        return 0;
    case ARGP_KEY_END:
        return check_options(export);
    default:
        return parse_fleet_option(key, arg, &export->fleet);
    }
}

static char *help_filter(int key, const char *text, void *input)
{
    const struct cli_and_word all = all_formats();
    const struct cli_words formats = cli_and_word(&all);
    const struct cli_words tables = export_fleet_words();

    (void)input;
    if (key == KEY_FLEET)
        return cli_help_words(text, &tables);
    return key == KEY_FORMAT ? cli_help_words(text, &formats) : (char *)text;
}

static const struct argp_child children[] = {
    {&cli_input_argp, 0, NULL, 0},
    {&cli_plot_look_argp, 0, "The picture, with --plotted:", 9},
    {&cli_time_argp, 0, NULL, 0},
    {0}};

static const struct argp argp = {
    options,
    parse_option,
    "FILE...",
    "Writes every sample in trace logs and packet captures (- is standard input) to stdout as it "
    "is read: time_s, flow, src, dst, metric, value, unit, and "
    "src_addr, src_port, dst_addr and dst_port.\v"
    "time_s is in seconds of the recording's own clock with nine decimals, or time_ticks where "
    "that "
    "counts ticks; with --time another column says which. src is the end whose "
    "socket, data or packet the sample or the event is of, dst its peer. Metrics whose names begin "
    "with wire_ or rtt_ are from packets, the others from kernel events. --metric help says which "
    "hold until the next sample, which are amounts to be added up and which states entered.",
    children,
    help_filter,
    NULL};

static const struct export_lines lines[] = {
    {.format = "csv", .first = "", .next = "", .end = "\n"},
    {.format = "csv-raw", .raw = true, .first = "", .next = "", .end = "\n"},
    {.format = "ndjson", .json = true, .first = "", .next = "", .end = "\n"},
    {.format = "json", .json = true, .first = "\n", .next = ",\n", .end = ""},
};

static const struct export_lines *lines_of(const struct tp_writer *writer)
{
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (strcmp(lines[i].format, writer->name) == 0)
            return &lines[i];
    return NULL;
}

static int list_metrics(void)
{
    static const char *const kinds[] = {[TP_METRIC_STATE] = "holds until the next sample",
                                        [TP_METRIC_SAMPLE] = "each one counts",
                                        [TP_METRIC_COUNT] = "to be added up",
                                        [TP_METRIC_CHANGE] = "a state entered"};

    for (size_t i = 0; i < TP_METRIC_IDS; i++)
        printf("%-18s %-8s %s (%s)\n", tp_metrics[i].name, tp_metrics[i].unit, tp_metrics[i].help,
               kinds[tp_metrics[i].kind]);
    return CLI_FINE;
}

static int write_export(struct export_options *chosen)
{
    struct tp_error error = TP_ERROR_INIT;
    struct cli_pass pass = {.input = &chosen->plot.input};
    struct tp_out *out = NULL;
    bool failed = false;

    if (chosen->page && !cli_input_is_twice(&chosen->plot.input, "--format page-json"))
        return CLI_FAILED;
    if (chosen->fleet.wanted && !cli_input_is_twice(&chosen->plot.input, "--fleet"))
        return CLI_FAILED;
    if (chosen->occurring && !cli_input_is_twice(&chosen->plot.input, "--occurring"))
        return CLI_FAILED;
    out = cli_out_new(&error);
    cli_confine(CONFINE_READ, chosen->plot.input.quiet);
    if (out && chosen->plotted)
        failed = export_plotted(chosen, out, &error) != 0;
    else if (out && chosen->page)
        export_page(chosen, out, &error);
    else if (out)
        (chosen->fleet.wanted ? export_fleet
         : chosen->events     ? export_events
         : chosen->bin_ns     ? export_bins
         : chosen->wide       ? export_wide
                              : export_samples)(chosen, &pass, out, &error);
    cli_pass_close(&pass);
    tp_out_free(out);
    if (failed && !error.code)
        return CLI_FAILED; /* it was said */
    return error.code ? cli_fail(&error) : CLI_FINE;
}

int cmd_export(int argc, char **argv)
{
    struct export_options wanted = {.writer = NULL};
    int status;

    cli_input_init(&wanted.plot.input);
    status = cli_parse(&argp, "export", argc, argv, &wanted);
    if (status == CLI_GO) {
        if (!wanted.writer)
            wanted.writer = tp_writer_find(wanted.fleet.wanted ? "csv-null" : "csv");
        if (wanted.fleet.wanted && !wanted.bin_ns)
            wanted.bin_ns = FLEET_BIN_NS;
        if (!wanted.metrics)
            wanted.metrics = (UINT64_C(1) << TP_METRIC_IDS) - 1;
        wanted.lines = lines_of(wanted.writer);
        status = wanted.list_metrics       ? list_metrics()
                 : wanted.plot.list_panels ? cli_plot_list_panels()
                                           : write_export(&wanted);
    }
    cli_input_release(&wanted.plot.input);
    return status;
}
