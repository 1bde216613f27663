/* report_read.c: the two readings of a report. */
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/explain.h>
#include <tcpprobe/plot.h>

#include "cli/report.h"

#define TAIL_ROWS  60 /* of a log that is too long: its end */
#define HEAD_SHARE 4  /* ... and its beginning, the inverse of a share */
#define PARTS_MOST 4096

/* What is told another way: time in ns (or ticks) since the first event of the timeline; whose
 * packet or socket it is, 0 for the end that sends the bulk of the data and 1 for its peer. */
static const struct tp_column time_column = {.name = "t"}, end_column = {.name = "end"},
                              flow_column = {.name = "flow"};
/* The other columns of the log that the page shows; the names are those of `packets`. */
static const char *const log_names[] = {
    "frame",         "event",           "flags",      "seq",         "ack",       "payload_bytes",
    "window_bytes",  "in_flight_bytes", "sack",       "findings",    "cause",     "evidence",
    "confidence",    "of_frame",        "rtt_ack_ns", "rtt_sack_ns", "rtt_ts_ns", "snd_cwnd_segs",
    "ssthresh_segs", "srtt_us",         "state",      "cong_state"};

#define LOG_NAMES   (sizeof log_names / sizeof *log_names)
#define LOG_COLUMNS (LOG_NAMES + 3)

_Static_assert(LOG_NAMES <= REPORT_LOG_NAMES, "columns of a log");

/* Which of packet_columns they are. */
static void find_columns(struct report *report)
{
    for (size_t i = 0; i < LOG_NAMES; i++)
        while (strcmp(packet_columns[report->log_column[i]]->name, log_names[i]) != 0)
            report->log_column[i]++;
}

struct tp_page_log *report_log_new(const struct report *report, bool with_flows,
                                   struct tp_error *error)
{
    const struct tp_column *columns[LOG_COLUMNS];

    columns[LOG_NAMES] = &time_column;
    columns[LOG_NAMES + 1] = &end_column;
    columns[LOG_NAMES + 2] = &flow_column;
    for (size_t i = 0; i < LOG_NAMES; i++)
        columns[i] = packet_columns[report->log_column[i]];
    return tp_page_log_new(columns, LOG_COLUMNS - !with_flows, error);
}

bool report_log_add(const struct report *report, struct tp_page_log *log, struct packet_row *row,
                    unsigned bulk_end, bool with_flows)
{
    const struct tp_record *record = row->record;
    struct tp_value values[LOG_COLUMNS];

    row->ticks = cli_pass_counts_ticks(&report->pass, record->input);
    values[LOG_NAMES] =
        tp_value_integer(record->ts_ns - tp_pass_first_ns(report->pass.pass, record->key.timeline));
    values[LOG_NAMES + 1] = tp_value_integer(row->end != bulk_end);
    values[LOG_NAMES + 2] = tp_value_integer(with_flows ? row->flow->id : 0);
    for (size_t i = 0; i < LOG_NAMES; i++)
        values[i] = packet_row_value(row, report->log_column[i]);
    return tp_page_log_add(log, values);
}

int report_init(struct report *report, const struct report_options *options, struct tp_error *error)
{
    *report = (struct report){.options = options};
    find_columns(report);
    report->page.columns = tp_figure_columns_new(error);
    if (report->page.columns && options->anonymize)
        report->page.names = tp_page_names_new(error);
    return error->code;
}

static void release_connection(struct report_connection *connection)
{
    tp_page_log_free(connection->log);
    free(connection->parts);
}

void report_release(struct report *report)
{
    for (size_t i = 0; i < report->connection_count; i++)
        release_connection(&report->connections[i]);
    free(report->connections);
    free(report->connection);
    free(report->log_rows);
    free(report->rows);
    cli_pass_close(&report->pass);
    tp_analysis_free(report->analysis);
    tp_page_names_free(report->page.names);
    tp_figure_columns_free((struct tp_figure_columns *)report->page.columns);
}

/* --- rows of logs ----------------------------------------------------------------------------- */

static bool make_room(struct report *report, uint32_t id)
{
    size_t allocated = report->allocated * 2 > id ? report->allocated * 2 : (size_t)id + 64;
    uint32_t *rows;

    if (id < report->allocated)
        return true;
    rows = realloc(report->log_rows, allocated * sizeof *rows);
    if (!rows)
        return false;
    memset(rows + report->allocated, 0, (allocated - report->allocated) * sizeof *rows);
    report->log_rows = rows;
    report->allocated = allocated;
    return true;
}

/* Is the row one that stays, of a log that is too long? */
static bool is_kept(const struct report *report, struct report_connection *connection,
                    int64_t ts_ns)
{
    uint32_t row = connection->taken, most = (uint32_t)report->packets;
    uint32_t tail = most / 2 < TAIL_ROWS ? most / 2 : TAIL_ROWS;
    uint32_t head = connection->part_count ? most / HEAD_SHARE : most - tail;

    if (connection->rows <= most || row >= connection->rows - tail)
        return true;
    if (row < head)
        return true;
    while (connection->next_part < connection->part_count &&
           connection->parts[connection->next_part].until_ns < ts_ns)
        connection->next_part++;
    return connection->kept < most - tail && connection->next_part < connection->part_count &&
           ts_ns >= connection->parts[connection->next_part].from_ns;
}

bool report_is_logged(const struct tp_record *record)
{
    return record->kind != TP_KIND_PROBE && record->kind != TP_KIND_SOCKET;
}

static int keep_row(struct report *report, struct report_connection *connection,
                    const struct tp_flow *flow, unsigned end, const struct tp_record *record,
                    const struct tp_meaning *meaning)
{
    static const struct packet_row empty;
    struct packet_row row = empty;
    bool kept = is_kept(report, connection, record->ts_ns);

    connection->taken++;
    if (!kept)
        return 0;
    connection->kept++;
    row.flow = flow;
    row.record = record;
    row.meaning = meaning;
    row.end = (uint8_t)end;
    return report_log_add(report, connection->log, &row, connection->bulk_end, false)
               ? 0
               : TP_ERR_NOMEM;
}

static int take(struct report *report, const struct tp_flow *flow, unsigned end,
                const struct tp_record *record, const struct tp_meaning *meaning)
{
    uint32_t index;

    if (!report_is_logged(record))
        return 0;
    if (!report->second) {
        if (!make_room(report, flow->id))
            return TP_ERR_NOMEM;
        report->log_rows[flow->id]++;
        return 0;
    }
    index = flow->id < report->allocated ? report->connection[flow->id] : 0;
    return index ? keep_row(report, &report->connections[index - 1], flow, end, record, meaning)
                 : 0;
}

static int take_packet(void *context, const struct tp_flow *flow, const struct tp_record *packet,
                       const struct tp_meaning *meaning)
{
    return take(context, flow, meaning->end, packet, meaning);
}

static int take_event(void *context, const struct tp_flow *flow, unsigned end,
                      const struct tp_record *event)
{
    return take(context, flow, end, event, NULL);
}

/* --- reading ---------------------------------------------------------------------------------- */

static int read_all(struct report *report, struct tp_analysis_options wanted,
                    struct tp_error *error)
{
    struct tp_pass_options how = cli_pass_options(report->options->input);
    int rc;

    wanted.max_flows = report->options->input->max_flows;
    wanted.context = report;
    if (report->options->packets) {
        wanted.packet = take_packet;
        wanted.event = take_event;
    }
    how.stream.fields = report->second && report->options->packets ? 0 : tp_analysis_fields();
    rc = cli_pass_open(&report->pass, report->options->input, &how, error);
    if (rc)
        return rc;
    report->analysis = tp_analysis_new(&wanted, error);
    report->page.analysis = report->analysis;
    return report->analysis ? cli_pass_analyse(&report->pass, report->analysis, error)
                            : error->code;
}

static bool is_wanted(void *context, const struct tp_flow *flow)
{
    const struct report *report = context;

    return cli_flow_chosen(report->options->flows, flow);
}

static int most_bytes_first(const void *left, const void *right)
{
    const struct report_row *a = left, *b = right;

    if (a->bytes != b->bytes)
        return a->bytes < b->bytes ? 1 : -1;
    return (a->flow->id > b->flow->id) - (a->flow->id < b->flow->id);
}

bool report_sort_rows(struct report *report)
{
    size_t count;
    const struct tp_flow *const *flows = tp_analysis_flows(report->analysis, &count);

    free(report->rows);
    report->row_count = 0;
    report->total = (struct cli_flow_total){0};
    report->rows = calloc(count ? count : 1, sizeof *report->rows);
    for (size_t i = 0; report->rows && i < count; i++) {
        struct report_row *row = &report->rows[report->row_count];

        if (!is_wanted(report, flows[i]))
            continue;
        row->flow = flows[i];
        tp_sheet_open(&report->page.sheet, report->analysis, flows[i], 0);
        if (!tp_sheet_number(&report->page.sheet, TP_FIGURE_bytes, 0, TP_BEST, &row->bytes))
            row->bytes = -1;
        cli_flow_total_add(&report->total, report->analysis, flows[i]);
        report->row_count++;
    }
    if (report->rows)
        qsort(report->rows, report->row_count, sizeof *report->rows, most_bytes_first);
    return report->rows != NULL;
}

/* --- which have details ----------------------------------------------------------------------- */

static bool find_parts(struct report *report, struct report_connection *connection,
                       const struct tp_flow *flow)
{
    size_t count = tp_plot_episodes(report->analysis, flow, NULL, 0);
    struct tp_plot_episode episode;

    if (connection->rows <= report->packets || count == 0)
        return true;
    count = count < PARTS_MOST ? count : PARTS_MOST;
    connection->parts = calloc(count, sizeof *connection->parts);
    for (size_t i = 0; connection->parts && i < count; i++) {
        struct report_part *part = &connection->parts[connection->part_count++];

        tp_plot_episodes(report->analysis, flow, &episode, i);
        tp_plot_around(flow, &episode, &part->from_ns, &part->until_ns);
    }
    return connection->parts != NULL;
}

static void share_packets(struct report *report)
{
    uint64_t share = REPORT_PACKETS_ALL / (report->connection_count ? report->connection_count : 1);

    report->packets = report->options->packets;
    if (!report->options->packets_asked && report->packets > share)
        report->packets = share;
}

static int choose_connections(struct report *report, struct tp_error *error)
{
    size_t count = report->row_count;

    if (count > report->options->top)
        count = report->options->top;
    report->connections = calloc(count ? count : 1, sizeof *report->connections);
    for (size_t i = 0; i < count; i++) /* room for the numbers of all of them */
        if (!make_room(report, report->rows[i].flow->id))
            return tp_error_nomem(error);
    report->connection = calloc(report->allocated + 1, sizeof *report->connection);
    if (!report->connections || !report->connection)
        return tp_error_nomem(error);
    report->connection_count = count;
    share_packets(report);
    for (size_t i = 0; i < count; i++) {
        struct report_connection *connection = &report->connections[i];
        const struct tp_flow *flow = report->rows[i].flow;

        connection->id = flow->id;
        connection->key = flow->key;
        connection->first_ns = flow->first_ns;
        connection->bulk_end = tp_flow_bulk_end(flow);
        connection->rows = report->log_rows[flow->id];
        report->connection[flow->id] = (uint32_t)i + 1;
        connection->log = report->packets ? report_log_new(report, false, error) : NULL;
        if ((report->packets && !connection->log) || !find_parts(report, connection, flow))
            return tp_error_nomem(error);
    }
    return 0;
}

int report_read_table(struct report *report, struct tp_error *error)
{
    const struct tp_analysis_options wanted = {.series_bins = TP_PAGE_SPARK_BINS,
                                               .series_metrics = tp_page_spark_series(),
                                               .without =
                                                   ~tp_page_row_metrics(report->page.columns),
                                               .keep_flow = is_wanted,
                                               .short_flows_briefly = true};
    int rc;

    if (report->options->input->path_count == 0) /* comparisons alone */
        return 0;
    rc = read_all(report, wanted, error);
    cli_pass_notes(&report->pass, report->analysis);
    if (rc == 0 && !report_sort_rows(report))
        rc = tp_error_nomem(error);
    return rc ? rc : choose_connections(report, error);
}

static bool has_details(void *context, const struct tp_flow *flow)
{
    const struct report *report = context;

    return flow->id < report->allocated && report->connection[flow->id];
}

int report_read_details(struct report *report, struct tp_error *error)
{
    struct tp_analysis_options wanted = {.series_bins = TP_PAGE_SERIES_BINS,
                                         .series_metrics = tp_page_detail_series(),
                                         .marks = TP_PAGE_MARKS,
                                         .keep_flow = has_details};

    tp_explain_needs(&wanted); /* so that it finds what explain finds */
    free(report->rows);
    report->rows = NULL;
    report->row_count = 0;
    cli_pass_close(&report->pass);
    tp_analysis_free(report->analysis);
    report->analysis = NULL;
    report->second = true;
    return report->connection_count ? read_all(report, wanted, error) : 0;
}
