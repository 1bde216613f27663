/* cmd_flows.c: `tcpprobe flows`: the flows with their figures, the largest first. */
#include <string.h>
#include <unistd.h>

#include "base/units.h"
#include "cli/flow_list.h"

struct flows_options {
    struct cli_input input;
    const struct tp_writer *writer;
    bool all, has_top, list_columns;
    struct tp_figure_columns *columns;
    struct cli_flow_filter which;
    struct cli_flow_groups groups;
    const struct tp_figure_column *sort;
    bool ascending, sorted;
    uint64_t top;
    enum cli_time time;
};

enum { KEY_FORMAT = 0x3000, KEY_COLUMNS, KEY_FILTER_FLOWS, KEY_GROUP };

static const struct argp_option options[] = {
    {0, 0, 0, 0, "Output:", 1},
    {"all", 'a', NULL, 0,
     "every figure of both ends of each flow: in a table a block of lines each, in the other "
     "formats more columns",
     1},
    {"flow", 'F', "FLOW", 0,
     "only these flows, separated by commas: a number that is shown without --filter, an end such "
     "as "
     "10.0.0.1:80, [fd00::1]:80, 10.0.0.1 or :80, or two of them with '->' between; may be given "
     "several times",
     1},
    {"filter-flows", KEY_FILTER_FLOWS, "EXPR", 0,
     "only flows whose figures match EXPR, in which the names of --columns are words: "
     "'acked_bytes > 1M && retransmits > 10'",
     1},
    {"group", KEY_GROUP, "WHAT", 0,
     "instead of flows, sums over those of a service (port), or of its host or net (/24 or /64): "
     "port, host, net",
     1},
    {"sort", 's', "COLUMN", 0,
     "largest first by COLUMN, a name as in --columns or its beginning (acked_bytes, goodput, "
     "rtt_p50 ...; default: bytes); -COLUMN is smallest first",
     1},
    {"top", 'n', "N", 0, "only the first N of the sorted flows; the total is still that of all", 1},
    {"format", KEY_FORMAT, "FORMAT", 0, CLI_WORDS " (default: table)", 1},
    {"columns", KEY_COLUMNS, NULL, 0,
     "list the names of all columns with their meaning, and read nothing", 1},
    {0},
};

static const char *figure_name(const void *list, size_t index)
{
    return ((const struct tp_figure_column *)list)[index].name;
}

static error_t parse_sort(struct flows_options *flows, const char *text)
{
    const char *nearest;
    int found;

    flows->ascending = text[0] == '-';
    text += flows->ascending;
    found = text[0] ? tp_figure_column_find(flows->columns, text) : -1;
    if (found >= 0) {
        flows->sort = &flows->columns->list[found];
        return 0;
    }
    nearest =
        cli_nearest(text, strlen(text), flows->columns->list, flows->columns->count, figure_name);
    return cli_bad_option("--sort: there is no column '%s'; %s%s%s", text,
                          nearest ? "did you mean '" : "'tcpprobe flows --columns' lists them",
                          nearest ? nearest : "", nearest ? "'?" : "");
}

static error_t check_options(const struct flows_options *flows)
{
    if (flows->groups.kind && (flows->all || flows->sorted))
        return cli_bad_option(
            "--group has columns and an order of its own: neither --all nor --sort");
    return 0;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct flows_options *flows = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &flows->input;
        state->child_inputs[1] = &flows->time;
        return 0;
    case 'a':
        flows->all = true;
        return 0;
    case 'F':
        return cli_flow_choices_add(&flows->which.choices, arg);
    case KEY_FILTER_FLOWS:
        return cli_flow_filter_parse(&flows->which, arg);
    case KEY_GROUP:
        return cli_flow_groups_parse(&flows->groups, arg);
    case 's':
        flows->sorted = true;
        return parse_sort(flows, arg);
    case 'n':
        flows->has_top = true;
        return cli_parse_count("--top", arg, UINT32_MAX, &flows->top);
    case KEY_FORMAT:
        return cli_parse_format(arg, CLI_FORMATS_ALL, &flows->writer);
    case KEY_COLUMNS:
        flows->list_columns = flows->input.may_be_none = true;
        return 0;
    case ARGP_KEY_END:
        return check_options(flows);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static char *help_filter(int key, const char *text, void *input)
{
    struct cli_words formats = cli_formats(CLI_FORMATS_ALL);

    (void)input;
    return key == KEY_FORMAT ? cli_help_words(text, &formats) : (char *)text;
}

static const struct argp_child children[] = {
    {&cli_input_argp, 0, NULL, 0}, {&cli_time_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    options,
    parse_option,
    "FILE...",
    "Shows the TCP flows in trace logs and packet captures, plain or gzipped (- is standard "
    "input): who sent the bulk of the data to whom, how much, how fast, with which window and "
    "round-trip time, what was sent again, and what limited it.\vAll are figures of the end that "
    "sends the bulk of the data; - is what was not recorded. The columns are those of what was "
    "read: kernel events, packets or both.\n"
    "\nacked, goodput and rtt are by whoever knows best: kernel events, packets, or the receiver. "
    "cwnd and rtt are medians and percentiles over time, not over events. resent counts segments "
    "(packets) or packet buffers (skbs, kernel events), which may hold several segments; rec are "
    "entries into fast recovery, rto retransmission timeouts, lost the events that the recorder "
    "lost during the flow's life.\n"
    "\nFrom packets, in flight are bytes sent and not yet acknowledged, over time, and the last "
    "column of rtt says how it was measured: by ack (data never sent again to the ACK that ends "
    "with it), by sack, by both, by ts (timestamps) or in the handshake. missed are bytes that "
    "were acknowledged but never captured.\n"
    "\nlimit is what limited the sender for most of the time: the network, rwnd (the receiver's "
    "window), app (nothing to send) or handshake; by kernel events where they were recorded, else "
    "inferred from packets. Of the network it names what took more than half of its time: cwnd "
    "(in flight reached the congestion window), recovery (of losses, or the answer to ECN) or "
    "pacing (data waited below both windows: BBR, fq); packets do not tell cwnd from pacing.",
    children,
    help_filter,
    NULL};

static unsigned figure_use(const struct flows_options *flows)
{
    if (flows->all || strcmp(flows->writer->name, "blocks") == 0)
        return TP_FIGURE_ALL;
    return strcmp(flows->writer->name, "table") == 0 ? TP_FIGURE_TABLE : TP_FIGURE_DATA;
}

static const struct tp_writer *row_writer(const struct flows_options *flows)
{
    return flows->all && strcmp(flows->writer->name, "table") == 0 ? tp_writer_find("blocks")
                                                                   : flows->writer;
}

static int run(const struct flows_options *flows, struct cli_pass *pass, struct cli_flow_list *list,
               struct tp_error *error)
{
    struct tp_pass_options how = cli_pass_options(&flows->input);
    int rc;

    how.stream.fields = tp_analysis_fields();
    rc = cli_pass_open(pass, &flows->input, &how, error);
    if (rc == 0 && !cli_times_open(&list->times.times, flows->time, CLI_TIME_RELATIVE, pass, error))
        rc = error->code;
    if (rc == 0)
        rc = cli_flow_list_analysis(list, flows->input.max_flows, flows->sort, error);
    if (rc == 0)
        rc = cli_pass_analyse(pass, list->analysis, error);
    if (rc == 0)
        rc = cli_flow_list_sort(list, flows->sort, flows->ascending, error);
    if (rc)
        return rc;
    if (list->groups)
        cli_flow_list_group(list);
    if (flows->has_top && list->rows.row_count > flows->top)
        list->rows.row_count = flows->top;
    cli_flow_list_write(list);
    rc = tp_out_finish(list->out, error);
    cli_pass_notes(pass, list->analysis);
    return rc;
}

static int list_columns(const struct tp_figure_columns *columns)
{
    const struct tp_column *column;
    const char *section = NULL;

    for (size_t i = 0; i < columns->count; i++) {
        column = &columns->list[i].column;
        if (column->is_twin || !(columns->list[i].use & TP_FIGURE_ALL))
            continue;
        if (column->section && (!section || strcmp(section, column->section) != 0))
            printf("\n%s\n", column->section);
        section = column->section;
        printf("%-29s %s%s\n", column->name, column->help, column->twin ? " *" : "");
    }
    printf(
        "\n* of the end that sends the bulk of the data; peer_NAME is the same of the other end\n");
    return CLI_FINE;
}

static int show_flows(struct flows_options *flows)
{
    struct tp_error error = TP_ERROR_INIT;
    struct cli_pass pass = {.input = &flows->input};
    struct cli_flow_list list = {0};
    struct tp_out *out = cli_out_new(&error);

    cli_confine(CONFINE_READ, flows->input.quiet);
    if (out) {
        cli_flow_list_init(&list, flows->columns, &pass, out, row_writer(flows), figure_use(flows),
                           flows->time);
        list.write_retired = !flows->has_top;
        list.groups = flows->groups.kind ? &flows->groups : NULL;
        list.filter = flows->which.filter || flows->which.choices.count ? &flows->which : NULL;
        run(flows, &pass, &list, &error);
    }
    cli_flow_list_release(&list);
    cli_pass_close(&pass);
    tp_out_free(out);
    return error.code ? cli_fail(&error) : CLI_FINE;
}

int cmd_flows(int argc, char **argv)
{
    struct tp_error error = TP_ERROR_INIT;
    struct flows_options flows = {.writer = tp_writer_find("table")};
    int status;

    flows.columns = tp_figure_columns_new(&error);
    if (!flows.columns)
        return cli_fail(&error);
    flows.sort = &flows.columns->list[tp_figure_column_find(flows.columns, "bytes")];
    flows.which.columns = flows.columns;
    cli_input_init(&flows.input);
    status = cli_parse(&argp, "flows", argc, argv, &flows);
    if (status == CLI_GO)
        status = flows.list_columns ? list_columns(flows.columns) : show_flows(&flows);
    cli_input_release(&flows.input);
    tp_filter_free(flows.which.filter);
    cli_flow_groups_release(&flows.groups);
    tp_figure_columns_free(flows.columns);
    return status;
}
