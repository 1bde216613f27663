/* cmd_report.c: `tcpprobe report`: the flows as one page, to be looked at in a browser. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/compare.h>

#include "base/list.h"
#include "base/whole_file.h"
#include "cli/plot_file.h"
#include "cli/report.h"

#define NOSCRIPT_ROWS 200
#define LARGE_BYTES   (50 * 1000 * 1000) /* browsers take their time */

struct page_options {
    struct cli_input input;
    struct cli_flow_choices flows;
    struct report_options report;
    const char *output;
    char **comparisons; /* texts of those among the files */
};

enum { KEY_PACKETS = 0x7000, KEY_ANONYMIZE, KEY_TITLE };

static const struct argp_option options[] = {
    {0, 0, 0, 0, "Output:", 1},
    {"output", 'o', "FILE", 0,
     "write to FILE (- is standard output; default: beside the first input, t.log.gz gives t.html)",
     1},
    {"flow", 'F', "FLOW", 0,
     "only these flows, separated by commas: a number that `flows` shows, or an end: 10.0.0.1:80, "
     ":80, 10.0.0.1, [fd00::1]:80; may be given several times",
     1},
    {"top", 'n', "N", 0,
     "panels, figures and packets of the N flows with the most bytes (default: 100); the others "
     "are "
     "rows of the table",
     1},
    {"packets", KEY_PACKETS, "N", 0,
     "at most N packets and kernel events of each of them: all, or the first, the last and those "
     "around losses (default: 8000, and 300000 of all together; 0: none)",
     1},
    {"title", KEY_TITLE, "TEXT", 0, "what the page is called (default: the names of the files)", 1},
    {"anonymize", KEY_ANONYMIZE, NULL, 0,
     "other addresses and names in place of those of hosts, processes, cgroups and files: the same "
     "for the same",
     1},
    {0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct page_options *page = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &page->input;
        state->child_inputs[1] = &page->report.time;
        return 0;
    case 'o':
        page->output = arg;
        return *arg ? 0 : cli_bad_option("--output: the name is empty");
    case 'F':
        return cli_flow_choices_add(&page->flows, arg);
    case 'n':
        return cli_parse_count("--top", arg, REPORT_TOP_MAX, &page->report.top);
    case KEY_PACKETS:
        page->report.packets_asked = true;
        return cli_parse_count("--packets", arg, REPORT_PACKETS_MAX, &page->report.packets);
    case KEY_TITLE:
        page->report.title = arg;
        return 0;
    case KEY_ANONYMIZE:
        page->report.anonymize = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&cli_input_argp, 0, NULL, 0}, {&cli_time_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    options,
    parse_option,
    "FILE...",
    "Writes the flows in trace logs, socket logs and packet captures as one HTML file, which needs "
    "no "
    "network: a table of them, and for those with the most bytes their windows, round trips, "
    "rates, "
    "retransmissions, what limited them, all figures, findings and packets. Reports of `compare "
    "--format "
    "json` among the files stand above them.\v"
    "Its numbers are those of `flows`, its findings those of `explain`, its packets those of "
    "`packets`. "
    "The files are read twice. It holds addresses and ports: see --anonymize.",
    children,
    NULL,
    NULL};

/* --- the page in memory ----------------------------------------------------------------------- */

struct memory {
    char *bytes;
    size_t length, allocated;
};

static int append(void *context, const void *bytes, size_t length)
{
    struct memory *memory = context;

    if (memory->length + length > memory->allocated) {
        size_t room = memory->allocated * 2 + length;

        if (!tp_list_resize(&memory->bytes, room, room, 1))
            return ENOMEM;
        memory->allocated = room;
    }
    memcpy(memory->bytes + memory->length, bytes, length);
    memory->length += length;
    return 0;
}

/* --- writing ---------------------------------------------------------------------------------- */

struct writing {
    struct tp_out *out;
    struct tp_page_block *block;
    struct tp_error *error;
};

static void write_noscript(struct report *report, struct tp_out *out)
{
    size_t count = report->row_count < NOSCRIPT_ROWS ? report->row_count : NOSCRIPT_ROWS;

    tp_page_noscript_begin(out);
    for (size_t i = 0; i < count; i++) {
        const struct tp_flow *flow = report->rows[i].flow;

        tp_page_noscript_row(&report->page, out, flow,
                             tp_pass_first_ns(report->pass.pass, flow->key.timeline));
    }
    tp_page_noscript_end(out, report->row_count - count);
}

static int write_head(struct report *report, struct writing *writing)
{
    char *title = report_title(report);
    struct tp_out *data;

    if (!title)
        return tp_error_nomem(writing->error);
    tp_page_html_begin(writing->out, title);
    free(title);
    write_noscript(report, writing->out);
    data = tp_page_block_begin(writing->block, "index");
    if (!data)
        return tp_error_nomem(writing->error);
    tp_out_text(data, "{");
    report_write_index(report, data);
    tp_out_text(data, "}");
    return tp_page_block_end(writing->block, writing->error);
}

static bool write_connection(void *context, struct report *report, const struct tp_flow *flow,
                             const struct report_connection *connection)
{
    struct writing *writing = context;
    struct tp_out *data;
    char id[24];

    snprintf(id, sizeof id, "flow-%u", flow->id);
    data = tp_page_block_begin(writing->block, id);
    if (!data)
        return tp_error_nomem(writing->error) == 0;
    report_write_detail(report, data, flow, connection);
    return tp_page_block_end(writing->block, writing->error) == 0;
}

static int write_page(struct report *report, struct tp_out *out, struct tp_error *error)
{
    struct writing writing = {.out = out, .error = error};
    int rc = report_read_table(report, error);
    struct cli_times times;

    if (rc == 0 && report->pass.pass &&
        !cli_times_open(&times, report->options->time, CLI_TIME_RELATIVE, &report->pass, error))
        rc = error->code;
    if (rc == 0) {
        writing.block = tp_page_block_new(out, error);
        rc = writing.block ? write_head(report, &writing) : error->code;
    }
    if (rc == 0)
        rc = report_read_details(report, error);
    if (rc == 0)
        rc = report_each(report, write_connection, &writing, error);
    tp_page_html_end(out);
    tp_page_block_free(writing.block);
    return rc ? rc : tp_out_finish(out, error);
}

/* --- the command ------------------------------------------------------------------------------ */

static int save(const struct page_options *page, const char *path, const struct memory *memory,
                struct tp_error *error)
{
    int failed = whole_file_write(path, memory->bytes, memory->length);

    if (failed) {
        tp_error_sys(error, failed, "cannot write the page");
        tp_error_at(error, strcmp(path, "-") == 0 ? "standard output" : path, 0, 0);
        return error->code;
    }
    if (page->input.quiet)
        return 0;
    if (memory->length > LARGE_BYTES)
        cli_message(
            "the page has %zu MB, which browsers load slowly: --top and --packets make it smaller",
            memory->length / 1000000);
    if (!page->output)
        cli_message("wrote %s", path);
    return 0;
}

static int write_report(const struct page_options *page, const char *path)
{
    struct tp_error error = TP_ERROR_INIT;
    struct memory memory = {0};
    struct report report;
    struct tp_out *out;

    if (page->report.comparison_count && page->report.anonymize)
        return cli_usage("--anonymize: a comparison holds names of files: give recordings alone");
    if (cli_plot_is_input(&page->input, path))
        return cli_usage("%s is an input: -o names another file", path);
    if (!cli_input_is_twice(&page->input, "report"))
        return CLI_FAILED;
    cli_confine(CONFINE_WRITE, page->input.quiet);
    out = tp_out_into(append, &memory, "the page", &error);
    if (report_init(&report, &page->report, &error) == 0 && out)
        write_page(&report, out, &error);
    if (!error.code)
        save(page, path, &memory, &error);
    report_release(&report);
    tp_out_free(out);
    free(memory.bytes);
    return error.code ? cli_fail(&error) : CLI_FINE;
}

/* Takes the comparisons out of the files. */
static int take_comparisons(struct page_options *page)
{
    struct tp_error error = TP_ERROR_INIT;
    size_t kept = 0;
    char *text;

    page->comparisons = calloc(page->input.path_count, sizeof *page->comparisons);
    if (!page->comparisons)
        return cli_usage("out of memory");
    for (size_t i = 0; i < page->input.path_count; i++) {
        if (tp_comparison_read(page->input.paths[i], &text, &error) != 0)
            return cli_fail(&error);
        if (text)
            page->comparisons[page->report.comparison_count++] = text;
        else
            page->input.paths[kept++] = page->input.paths[i];
    }
    page->input.path_count = kept;
    page->report.comparisons = (const char *const *)page->comparisons;
    return CLI_FINE;
}

static void release(struct page_options *page)
{
    for (size_t i = 0; i < page->report.comparison_count; i++)
        free(page->comparisons[i]);
    free(page->comparisons);
    cli_input_release(&page->input);
}

int cmd_report(int argc, char **argv)
{
    struct page_options page = {.report = {.top = REPORT_TOP, .packets = REPORT_PACKETS}};
    int status;
    char *path;

    page.report.input = &page.input;
    page.report.flows = &page.flows;
    cli_input_init(&page.input);
    status = cli_parse(&argp, "report", argc, argv, &page);
    if (status == CLI_GO) {
        path = cli_plot_path(&page.input, page.output, NULL, "html");
        status = path ? take_comparisons(&page) : cli_usage("out of memory");
        if (status == CLI_FINE)
            status = write_report(&page, path);
        free(path);
    }
    release(&page);
    return status;
}
