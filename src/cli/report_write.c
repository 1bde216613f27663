/* report_write.c: what was read for a report, as data. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/phrase.h"
#include "cli/report.h"

static void text_member(struct tp_out *out, const char *name, const char *text)
{
    tp_out_json_text(out, name);
    tp_out_text(out, ":");
    tp_out_json_text(out, text);
}

static void number_member(struct tp_out *out, const char *name, int64_t number)
{
    struct tp_value value = tp_value_integer(number);

    tp_out_json_text(out, name);
    tp_out_text(out, ":");
    tp_out_json_value(out, &value);
}

/* --- names of files --------------------------------------------------------------------------- */

#define NAME_BYTES 64

/* A report of comparisons alone has none. */
static size_t input_count(const struct report *report)
{
    return report->pass.stream ? tp_stream_inputs(report->pass.stream) : 0;
}

/* What a file is called: without its folder, or by its number. */
static const char *name_of(const struct report *report, size_t input, char made_up[NAME_BYTES])
{
    const char *path = tp_stream_info(report->pass.stream, input)->path,
               *slash = strrchr(path, '/');

    if (report->options->names)
        return report->options->names[input];
    if (!report->options->anonymize)
        return slash && slash[1] ? slash + 1 : path;
    snprintf(made_up, NAME_BYTES, "file %zu", input + 1);
    return made_up;
}

char *report_title(const struct report *report)
{
    char made_up[NAME_BYTES], buffer[400];
    struct tp_phrase title = tp_phrase_in(buffer, sizeof buffer);
    size_t count = input_count(report);

    if (report->options->title)
        return strdup(report->options->title);
    for (size_t i = 0; i < count && title.length < sizeof buffer - 100; i++)
        tp_phrase_item(&title, ", ", "%.80s", name_of(report, i, made_up));
    return strdup(count ? buffer : "comparison");
}

/* --- what the page says of the reading -------------------------------------------------------- */

static void write_inputs(const struct report *report, struct tp_out *out)
{
    char made_up[NAME_BYTES];

    tp_out_text(out, "\"inputs\":[");
    for (size_t i = 0; i < input_count(report); i++) {
        const struct tp_input_info *info = tp_stream_info(report->pass.stream, i);

        tp_out_text(out, i ? ",\n{" : "{");
        text_member(out, "name", name_of(report, i, made_up));
        tp_out_text(out, ",");
        text_member(out, "format", info->format);
        tp_out_text(out, ",");
        number_member(out, "records", (int64_t)info->records);
        tp_out_text(out, ",");
        number_member(out, "timeline", info->timeline);
        tp_out_text(out, "}");
    }
    tp_out_text(out, "]");
}

struct notes {
    const struct report *report;
    struct tp_out *out;
    bool begun;
};

/* A sentence begins with the path that the user gave; the page has the file's name. */
static void write_note(void *context, const char *sentence)
{
    struct notes *notes = context;
    const struct report *report = notes->report;
    char made_up[NAME_BYTES], text[1000];
    struct tp_phrase phrase = tp_phrase_in(text, sizeof text);
    size_t length;

    for (size_t i = 0; i < input_count(report); i++) {
        const char *path = tp_stream_info(report->pass.stream, i)->path;

        length = strlen(path);
        if (strncmp(sentence, path, length) != 0 || sentence[length] != ':')
            continue;
        tp_phrase_add(&phrase, "%s", name_of(report, i, made_up));
        sentence += length;
        break;
    }
    tp_phrase_add(&phrase, "%s", sentence);
    tp_out_text(notes->out, notes->begun ? ",\n" : "");
    notes->begun = true;
    tp_out_json_text(notes->out, text);
}

static void write_notes(const struct report *report, struct tp_out *out)
{
    struct notes notes = {report, out, false};
    const struct cli_teller to = {write_note, &notes, report->options->anonymize};

    tp_out_text(out, ",\n\"notes\":[");
    cli_pass_tell(&report->pass, report->analysis, &to);
    tp_out_text(out, "]");
}

/* What the axes of each timeline count from: digits, which are too many for a number of JavaScript.
 */
static void write_timelines(const struct report *report, struct tp_out *out)
{
    char digits[24];
    uint32_t written = 0;

    tp_out_text(out, ",\n\"timelines\":[");
    for (size_t i = 0; i < input_count(report); i++) {
        const struct tp_input_info *info = tp_stream_info(report->pass.stream, i);

        if (info->timeline < written || !info->has_time)
            continue;
        tp_out_text(out, written ? ",{" : "{");
        written = info->timeline + 1;
        number_member(out, "timeline", info->timeline);
        tp_out_text(out, ",");
        snprintf(digits, sizeof digits, "%" PRId64,
                 tp_pass_first_ns(report->pass.pass, info->timeline));
        text_member(out, "first_ns", digits);
        if (info->has_wall_offset) {
            tp_out_text(out, ",");
            snprintf(digits, sizeof digits, "%" PRId64, info->wall_offset_ns - info->shift_ns);
            text_member(out, "wall_offset_ns", digits);
        }
        tp_out_text(out, "}");
    }
    tp_out_text(out, "]");
}

/* --- the table -------------------------------------------------------------------------------- */

static int64_t base_of(const struct report *report, const struct tp_flow *flow)
{
    return tp_pass_first_ns(report->pass.pass, flow->key.timeline);
}

static void write_rows(struct report *report, struct tp_out *out)
{
    size_t count = report->row_count < REPORT_ROWS ? report->row_count : REPORT_ROWS;

    tp_out_text(out, ",\n");
    number_member(out, "connections_left_out", (int64_t)(report->row_count - count));
    tp_out_text(out, ",\n\"details_of\":[");
    for (size_t i = 0; i < report->connection_count; i++) {
        struct tp_value id = tp_value_integer(report->connections[i].id);

        tp_out_text(out, i ? "," : "");
        tp_out_json_value(out, &id);
    }
    tp_out_text(out, "],\n\"connections\":[");
    for (size_t i = 0; i < count && !tp_out_failed(out); i++) {
        tp_out_text(out, i ? ",\n" : "\n");
        tp_page_row(&report->page, out, report->rows[i].flow,
                    base_of(report, report->rows[i].flow));
    }
    tp_out_text(out, "]");
}

/* As `compare --format json` wrote them. */
static void write_comparisons(const struct report *report, struct tp_out *out)
{
    tp_out_text(out, ",\n\"comparisons\":[");
    for (size_t i = 0; i < report->options->comparison_count; i++) {
        tp_out_text(out, i ? ",\n" : "");
        tp_out_text(out, report->options->comparisons[i]);
    }
    tp_out_text(out, "]");
}

void report_write_index(struct report *report, struct tp_out *out)
{
    char *title = report_title(report);

    if (!title) {
        tp_out_fail(out, TP_ERR_NOMEM, "out of memory");
        return;
    }
    text_member(out, "schema", TP_PAGE_SCHEMA);
    tp_out_text(out, ",");
    number_member(out, "version", TP_PAGE_VERSION);
    tp_out_text(out, ",");
    text_member(out, "tcpprobe", TP_VERSION);
    tp_out_text(out, ",");
    text_member(out, "title", title);
    tp_out_text(out, report->options->anonymize ? ",\"anonymized\":true,\n" : ",\n");
    if (report->options->time != CLI_TIME_USUAL) {
        text_member(out, "time", cli_time_word(report->options->time));
        tp_out_text(out, ",\n");
    }
    write_inputs(report, out);
    write_notes(report, out);
    write_timelines(report, out);
    if (report->analysis) {
        tp_out_text(out, ",\n\"total\":");
        cli_flow_total_json(&report->total, &report->pass, report->analysis, out);
    }
    write_comparisons(report, out);
    tp_out_text(out, ",\n");
    tp_page_words(&report->page, out);
    write_rows(report, out);
    free(title);
}

/* --- details ---------------------------------------------------------------------------------- */

/* Flows have the same numbers in both readings, unless the file is another one. */
static const struct tp_flow *find_flow(const struct report *report,
                                       const struct report_connection *connection)
{
    size_t count, low = 0, high;
    const struct tp_flow *const *flows = tp_analysis_flows(report->analysis, &count);

    for (high = count; low < high;) {
        size_t middle = (low + high) / 2;

        if (flows[middle]->id < connection->id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < count && flows[low]->id == connection->id &&
        flows[low]->first_ns == connection->first_ns && connection->taken == connection->rows &&
        memcmp(&flows[low]->key, &connection->key, sizeof connection->key) == 0)
        return flows[low];
    return NULL;
}

int report_each(struct report *report, report_write_fn *write, void *context,
                struct tp_error *error)
{
    for (size_t i = 0; i < report->connection_count; i++) {
        const struct tp_flow *flow = find_flow(report, &report->connections[i]);

        if (!flow)
            return tp_error_set(error, TP_ERR_IO, "the files changed while they were read");
        if (!write(context, report, flow, &report->connections[i]))
            break;
    }
    return error->code;
}

void report_write_detail(struct report *report, struct tp_out *out, const struct tp_flow *flow,
                         const struct report_connection *connection)
{
    tp_page_connection(&report->page, out, flow, base_of(report, flow), connection->log,
                       connection->rows);
}
