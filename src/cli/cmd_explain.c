/* cmd_explain.c: `tcpprobe explain`: why each connection is slow, the worst first. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/explain.h"

enum { KEY_FORMAT = 0x6000, KEY_FINDINGS, KEY_FAIL_ON_FINDING, KEY_GROUP, KEY_BIN, KEY_HOST };

#define TOP_DEFAULT 10

static const struct argp_option options[] = {
    {0, 0, 0, 0, "Output:", 1},
    {"all", 'a', NULL, 0,
     "with each finding how sure it is, where it shows best and what its threshold rests on, and "
     "the "
     "account of time of each connection",
     1},
    {"top", 'n', "N", 0,
     "the N connections that were held up longest (default: 10; 0: all of them); sums are of all",
     1},
    {"format", KEY_FORMAT, "FORMAT", 0,
     "for people, or with a row for each finding: " CLI_WORDS " (default: text)", 1},
    {"fail-on", KEY_FAIL_ON_FINDING, "FINDING[,FINDING...]", 0,
     "exit status 1 where one of these was found of any connection; any: one that held it up; of "
     "BASE... -- NEW...: came, or holds up more",
     1},
    {"group", KEY_GROUP, "WHAT", 0,
     "instead of connections, which findings cost most in all those of a service (port), or of its "
     "host or net (/24 or /64): " CLI_WORDS,
     1},
    {"bin", KEY_BIN, "TIME", 0,
     "... in all those that began in so much time, as 10s or 1h; with --group of each service, "
     "host or "
     "net",
     1},
    {"host", KEY_HOST, NULL, 0,
     "in place of files: the connections of this machine, by samples of their sockets over some "
     "seconds; it needs no privileges",
     1},
    {"findings", KEY_FINDINGS, NULL, 0, "list what may be found, and read nothing", 1},
    {0, 0, 0, 0, "Of BASE... -- NEW...:", 2},
    {"role", KEY_ROLE, "NAME=EXPR", 0, "as of compare: which connections are held against which",
     2},
    {"min-bytes", KEY_MIN_BYTES, "N", 0, "as of compare: leave out connections that carried less",
     2},
    {0},
};

static error_t parse_fail_on(struct explain_options *explain, char *list)
{
    char *rest = list, *id;
    const struct tp_reason_row *row;

    while ((id = strsep(&rest, ","))) {
        row = tp_reason_find(id);
        if (strcmp(id, "any") == 0)
            explain->fail_on[EXPLAIN_ANY] = true;
        else if (!row)
            return cli_bad_option(
                "--fail-on: there is no finding '%s'; 'tcpprobe explain --findings' lists them",
                id);
        for (size_t i = 0; row && i < tp_reason_row_count; i++)
            explain->fail_on[i] |= tp_reason_is_of(&tp_reason_rows[i], row);
    }
    return 0;
}

/* Two for people, then those of rows. */
static const char *format_name(const void *list, size_t index)
{
    static const char *const people[] = {"text", "markdown"};
    const struct cli_words *rows = list;

    return index < 2 ? people[index] : rows->name(rows->list, index - 2);
}

static struct cli_words formats_of(const struct cli_words *rows)
{
    return (struct cli_words){rows, rows->count + 2, format_name};
}

static error_t parse_format(struct explain_options *explain, const char *text)
{
    const struct cli_words rows = cli_formats(CLI_FORMATS_ROWS), words = formats_of(&rows);
    unsigned index = 0;
    error_t rc = cli_parse_word("--format", text, &words, &index);

    if (rc)
        return rc;
    explain->markdown = index == 1;
    explain->writer = index < 2 ? NULL : tp_writer_find(text);
    return 0;
}

static bool is_grouped(const struct explain_options *explain)
{
    return explain->groups.kind != CLI_GROUP_NONE || explain->groups.bin_ns > 0;
}

static error_t parse_group(struct explain_options *explain, const char *text)
{
    struct cli_flow_groups groups;
    error_t rc = cli_flow_groups_parse(&groups, text);

    explain->groups.kind = groups.kind;
    return rc;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct explain_options *explain = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &explain->input;
        state->child_inputs[1] = &explain->time;
        state->child_inputs[2] = &explain->host;
        return 0;
    case 'a':
        explain->all = true;
        return 0;
    case 'n':
        return cli_parse_count("--top", arg, UINT32_MAX, &explain->top);
    case KEY_FORMAT:
        return parse_format(explain, arg);
    case KEY_FAIL_ON_FINDING:
        return parse_fail_on(explain, arg);
    case KEY_FINDINGS:
        explain->list_findings = explain->input.may_be_none = true;
        return 0;
    case KEY_HOST:
        explain->host.wanted = explain->input.may_be_none = true;
        return 0;
    case KEY_GROUP:
        return parse_group(explain, arg);
    case KEY_BIN:
        return cli_parse_span("--bin", arg, &explain->groups.bin_ns);
    case KEY_ROLE:
    case KEY_MIN_BYTES:
        explain->for_change = true;
        return compare_set(&explain->compare, key, arg);
    case ARGP_KEY_END:
        if (explain->host.wanted && (explain->input.path_count || explain->compare.divided))
            return cli_bad_option("--host is this machine, and files are recorded already");
        if (explain->for_change && !explain->compare.divided)
            return cli_bad_option("--role and --min-bytes are for BASE... -- NEW...");
        if (explain->all && is_grouped(explain))
            return cli_bad_option("--all is for connections, not for --group and --bin");
        if ((explain->time != CLI_TIME_USUAL || is_grouped(explain)) && explain->compare.divided)
            return cli_bad_option("--time, --group and --bin are not for BASE... -- NEW...");
        return explain->input.path_count ? compare_check_new(&explain->compare) : 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static char *help_filter(int key, const char *text, void *input)
{
    const struct cli_words rows = cli_formats(CLI_FORMATS_ROWS), formats = formats_of(&rows);
    const struct cli_words kinds = cli_flow_group_kinds();

    (void)input;
    if (key == KEY_GROUP)
        return cli_help_words(text, &kinds);
    return key == KEY_FORMAT ? cli_help_words(text, &formats) : (char *)text;
}

static const struct argp_child children[] = {{&cli_input_argp, 0, NULL, 0},
                                             {&cli_time_argp, 0, NULL, 0},
                                             {&explain_host_argp, 0, NULL, 0},
                                             {0}};

static const struct argp argp = {
    options,
    parse_option,
    "FILE...\n--host\nBASE... -- NEW...",
    "Says of each connection in trace logs and packet captures, or of this machine, what limited "
    "it, when, how much "
    "time it "
    "cost, what evidence says so and what to do, the worst first.\vAll is said of the end that "
    "sends the bulk "
    "of the data. For how long a finding held the sender up is in [] behind it: no two take the "
    "same time. What "
    "could not be "
    "judged, and what recording would show it, is said once, at the end.\n"
    "\nOf BASE... -- NEW..., each file a run as for compare, it says what a megabyte waited for "
    "then "
    "and now, and which findings came, went, or hold up more or less than before.",
    children,
    help_filter,
    NULL};

/* --- rows ------------------------------------------------------------------------------------- */

enum { FLOW, SRC, DST, FINDING, COST, CONFIDENCE, SENTENCE, ADVICE, BEGIN, END, BASIS, COLUMNS };

static const struct tp_column columns[COLUMNS] = {
    [FLOW] = {.name = "flow", .heading = "flow"},
    [SRC] = {.name = "src", .heading = "src"},
    [DST] = {.name = "dst", .heading = "dst"},
    [FINDING] = {.name = "finding", .heading = "finding"},
    [COST] = {.name = "cost_ns", .heading = "cost"},
    [CONFIDENCE] = {.name = "confidence", .heading = "confidence"},
    [SENTENCE] = {.name = "sentence", .heading = "sentence"},
    [ADVICE] = {.name = "advice", .heading = "advice"},
    [BEGIN] = {.name = "begin_ns", .heading = "begin"},
    [END] = {.name = "end_ns", .heading = "end"},
    [BASIS] = {.name = "basis", .heading = "basis"},
};

struct worst {
    const struct tp_flow *flow;
    int64_t held_up_ns, busy_ns; /* busy: it waited for something else than applications */
};

struct explain_list {
    const struct explain_options *options;
    const struct cli_pass *pass;
    struct tp_analysis *analysis;
    struct tp_out *out;
    const struct tp_column *columns[COLUMNS];
    struct tp_column moments[2]; /* BEGIN, END */
    char names[2][CLI_TIME_NAME_BYTES];
    struct cli_times times;
    struct tp_rows rows;
    struct worst *worst;
    struct tp_sheet sheet;
    struct tp_explanation explanation;
    struct tp_reason_sum sums;
    struct explain_groups groups;
    uint64_t rows_written;
};

static void explain_flow(struct explain_list *list, const struct tp_flow *flow)
{
    tp_sheet_open(&list->sheet, list->analysis, flow,
                  tp_pass_first_ns(list->pass->pass, flow->key.timeline));
    tp_explain(&list->sheet, &list->explanation);
    if (list->sheet.out_of_memory)
        tp_out_fail(list->out, TP_ERR_NOMEM, "out of memory");
}

static struct tp_value moment(struct explain_list *list, const struct tp_flow *flow, bool known,
                              int64_t ns, char buf[CLI_TIME_BYTES])
{
    return known ? cli_times_value(&list->times, flow->key.timeline, ns, buf) : tp_value_text(NULL);
}

static void write_rows(struct explain_list *list, const struct tp_flow *flow)
{
    const struct tp_explanation *told = &list->explanation;

    for (size_t i = 0; i < told->count; i++) {
        const struct tp_reason *reason = &told->list[i];
        char begin[CLI_TIME_BYTES], end[CLI_TIME_BYTES];
        const struct tp_value values[COLUMNS] = {
            [FLOW] = tp_value_integer((int64_t)flow->id),
            [SRC] = tp_value_text(told->src),
            [DST] = tp_value_text(told->dst),
            [FINDING] = tp_value_text(reason->row->id),
            [COST] = tp_value_integer_if(reason->cost_ns > 0, (uint64_t)reason->cost_ns),
            [CONFIDENCE] =
                tp_value_text(tp_confidence_name((enum tp_confidence)reason->confidence)),
            [SENTENCE] = tp_value_text(reason->sentence),
            [ADVICE] = tp_value_text(reason->row->advice),
            [BEGIN] = moment(list, flow, reason->has_place, reason->begin_ns, begin),
            [END] = moment(list, flow, reason->has_place, reason->end_ns, end),
            [BASIS] = tp_value_text(reason->row->basis),
        };

        list->options->writer->row(list->out, &list->rows, list->rows_written++, values);
    }
}

/* --- all connections -------------------------------------------------------------------------- */

static int by_loss(const void *left, const void *right)
{
    const struct worst *a = left, *b = right;

    if (a->held_up_ns != b->held_up_ns)
        return a->held_up_ns < b->held_up_ns ? 1 : -1;
    if (a->busy_ns != b->busy_ns)
        return a->busy_ns < b->busy_ns ? 1 : -1;
    return (a->flow->id > b->flow->id) - (a->flow->id < b->flow->id);
}

static int64_t busy_ns(const struct tp_explanation *told)
{
    const struct tp_account *account = &told->account;

    return told->has_account ? tp_account_whole(account) - account->time_ns[TP_WAIT_APP] -
                                   account->time_ns[TP_WAIT_TURN]
                             : 0;
}

static int sort_flows(struct explain_list *list, size_t *count, struct tp_error *error)
{
    const struct tp_flow *const *flows = tp_analysis_flows(list->analysis, count);

    list->worst = calloc(*count ? *count : 1, sizeof *list->worst);
    if (!list->worst)
        return tp_error_nomem(error);
    for (size_t i = 0; i < *count; i++) {
        explain_flow(list, flows[i]);
        tp_reason_sum_add(&list->sums, &list->explanation);
        if (is_grouped(list->options) &&
            !explain_groups_add(&list->groups, flows[i],
                                tp_pass_first_ns(list->pass->pass, flows[i]->key.timeline),
                                &list->explanation))
            return tp_error_nomem(error);
        list->worst[i] =
            (struct worst){flows[i], list->explanation.held_up_ns, busy_ns(&list->explanation)};
    }
    qsort(list->worst, *count, sizeof *list->worst, by_loss);
    return TP_OK;
}

static void write_groups(struct explain_list *list)
{
    size_t shown = explain_groups_write(list->out, list->options, &list->groups, &list->times);

    if (!list->options->writer)
        explain_sums_text(list->out, list->options, &list->sums, shown, list->groups.count);
}

static void write_flows(struct explain_list *list, size_t count)
{
    const struct explain_options *explain = list->options;
    size_t shown = explain->top && explain->top < count ? explain->top : count;

    if (explain->writer)
        tp_rows_begin(list->out, explain->writer, &list->rows);
    for (size_t i = 0; i < shown && !tp_out_failed(list->out); i++) {
        explain_flow(list, list->worst[i].flow);
        if (explain->writer)
            write_rows(list, list->worst[i].flow);
        else
            explain_paragraph(list->out, explain, list->worst[i].flow, &list->explanation,
                              &list->times);
    }
    if (explain->writer)
        tp_rows_end(list->out, explain->writer, &list->rows);
    else
        explain_sums_text(list->out, explain, &list->sums, shown, 0);
}

static int run(struct explain_list *list, struct cli_pass *pass, struct tp_error *error)
{
    const struct cli_input *input = &list->options->input;
    struct tp_pass_options how = cli_pass_options(input);
    struct tp_analysis_options analysis = {.max_flows = input->max_flows};
    size_t count;
    int rc;

    how.stream.fields = tp_analysis_fields();
    rc = cli_pass_open(pass, input, &how, error);
    if (rc)
        return rc;
    if (!cli_times_open(&list->times, list->options->time,
                        list->options->writer ? CLI_TIME_RECORDING : CLI_TIME_RELATIVE, pass,
                        error))
        return error->code;
    tp_explain_needs(&analysis);
    list->analysis = tp_analysis_new(&analysis, error);
    rc = list->analysis ? cli_pass_analyse(pass, list->analysis, error) : error->code;
    if (rc == 0)
        rc = sort_flows(list, &count, error);
    if (rc)
        return rc;
    if (is_grouped(list->options))
        write_groups(list);
    else
        write_flows(list, count);
    rc = tp_out_finish(list->out, error);
    if (tp_analysis_retired(list->analysis) && !input->quiet)
        cli_message("%llu connections left the memory before they could be explained (--max-flows)",
                    (unsigned long long)tp_analysis_retired(list->analysis));
    cli_pass_notes(pass, list->analysis);
    return rc;
}

static int status_of(const struct explain_list *list)
{
    for (size_t i = 0; i < tp_reason_row_count; i++)
        if ((list->options->fail_on[i] && list->sums.count[i]) ||
            (list->options->fail_on[EXPLAIN_ANY] && list->sums.cost_ns[i] > 0))
            return CLI_CHANGED;
    return CLI_FINE;
}

static void name_moments(struct explain_list *list)
{
    static const char *const stems[] = {"begin", "end"};

    for (unsigned i = 0; i < 2; i++) {
        list->moments[i] = columns[BEGIN + i];
        list->moments[i].name = cli_time_name(list->options->time, stems[i], "ns", list->names[i]);
        list->columns[BEGIN + i] = &list->moments[i];
    }
}

static int explain_files(const struct explain_options *explain)
{
    struct tp_error error = TP_ERROR_INIT;
    struct cli_pass pass = {.input = &explain->input};
    struct explain_list list = {.options = explain, .pass = &pass, .groups = explain->groups};
    int status;

    for (unsigned i = 0; i < COLUMNS; i++)
        list.columns[i] = &columns[i];
    name_moments(&list);
    list.rows = (struct tp_rows){.columns = list.columns, .column_count = COLUMNS};
    list.out = tp_out_new(STDOUT_FILENO, "standard output", &error);
    cli_confine(CONFINE_READ, explain->input.quiet);
    if (list.out)
        run(&list, &pass, &error);
    status = explain->host.wanted ? cli_beside_end(&explain->host.beside) : CLI_FINE;
    if (status == CLI_FINE) /* of a recorder that failed there is nothing to read: it said why */
        status = error.code ? cli_fail(&error) : status_of(&list);
    free(list.worst);
    explain_groups_release(&list.groups);
    tp_analysis_free(list.analysis);
    cli_pass_close(&pass);
    tp_out_free(list.out);
    return status;
}

static int list_findings(void)
{
    for (size_t i = 0; i < tp_reason_row_count; i++)
        printf("%-19s %s; by: %s\n", tp_reason_rows[i].id, tp_reason_rows[i].title,
               tp_reason_rows[i].basis);
    return CLI_FINE;
}

static int parse(struct explain_options *explain, int count, char **argv)
{
    cli_input_init(&explain->input);
    explain->input.may_be_none = explain->compare.divided;
    return cli_parse(&argp, "explain", count, argv, explain);
}

static void release(struct explain_options *explain)
{
    explain->compare.input = (struct cli_input){.paths = NULL}; /* which is a copy */
    compare_options_release(&explain->compare);
    cli_input_release(&explain->input);
}

int cmd_explain(int argc, char **argv)
{
    const struct explain_options usual = {.top = TOP_DEFAULT};
    struct explain_options explain = usual;
    int count = compare_divide(&explain.compare, argc, argv);
    int status = parse(&explain, count, argv);

    if (status == CLI_GO && explain.compare.divided && !explain.input.path_count &&
        !explain.list_findings) {
        release(&explain); /* that "--" ends the options and no more */
        explain = usual;
        status = parse(&explain, argc, argv);
    }
    explain.compare.input = explain.input;
    if (status == CLI_GO && explain.host.wanted && !explain.list_findings &&
        explain_host_start(&explain.host, &explain.input) != CLI_FINE)
        status = CLI_FAILED;
    if (status == CLI_GO)
        status = explain.list_findings     ? list_findings()
                 : explain.compare.divided ? explain_change(&explain)
                                           : explain_files(&explain);
    release(&explain);
    return status;
}
