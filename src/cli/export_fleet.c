/* export_fleet.c: which host and which recording rows are of, and what time it was. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <tcpprobe/version.h>

#include "base/phrase.h"
#include "base/wall_time.h"
#include "cli/export_fleet.h"

enum { LOAD, HOST, RECORDING, HEADS };

static const char *const recording_columns[] = {
    "begin_ns",           "end_ns",    "files",    "kernel",   "boot_id", "settings",
    "congestion_control", "clock",     "tcpprobe", "warnings", "flows",   "records",
    "lost_events",        "malformed", NULL};
static const char *const figure_columns[] = {"flow",   "service_port", "figure",
                                             "number", "text",         NULL};
static const char *const finding_columns[] = {"flow",       "src",      "dst",      "service_port",
                                              "finding",    "cost_ns",  "begin_ns", "end_ns",
                                              "confidence", "sentence", NULL};
static const char *const episode_columns[] = {"flow",     "src",    "dst",  "service_port",
                                              "begin_ns", "end_ns", "what", NULL};
static const char *const sample_columns[] = {"time_ns", "flow",  "src",     "dst", "service_port",
                                             "metric",  "value", "held_ns", NULL};

static int write_recording(struct fleet *fleet, const struct fleet_table *table,
                           struct tp_error *error);

static const struct fleet_table tables[] = {
    {"recordings", recording_columns, write_recording, NULL},
    {"flows", NULL, fleet_write_flows, fleet_flow_row},
    {"figures", figure_columns, fleet_write_flows, fleet_figure_rows},
    {"findings", finding_columns, fleet_write_flows, fleet_finding_rows},
    {"episodes", episode_columns, fleet_write_flows, fleet_episode_rows},
    {"bins", NULL, NULL, NULL},
    {"samples", sample_columns, fleet_write_samples, NULL},
};

/* --- options ---------------------------------------------------------------------------------- */

static const char *table_name(const void *list, size_t index)
{
    return ((const struct fleet_table *)list)[index].name;
}

struct cli_words export_fleet_words(void)
{
    return (struct cli_words){tables, sizeof tables / sizeof *tables, table_name};
}

error_t export_fleet_parse_begin(struct export_fleet_options *fleet, const char *text)
{
    fleet->has_begin = wall_time_parse(text, &fleet->begin_ns);
    return fleet->has_begin
               ? 0
               : cli_bad_option("--begin: '%s' is not a time such as 2026-11-28T16:29:50Z", text);
}

error_t export_fleet_parse_host(struct export_fleet_options *fleet, const char *text)
{
    fleet->host = text;
    if (text[0] && strlen(text) < FLEET_HOST_BYTES)
        return 0;
    return cli_bad_option("--host: a name of 1 to %d bytes is wanted", FLEET_HOST_BYTES - 1);
}

/* --- which recording -------------------------------------------------------------------------- */

/* FNV-1a, with the finish of MurmurHash3: every bit of the input is in every digit. */
static uint64_t hashed(uint64_t hash, const char *text)
{
    do {
        hash ^= (unsigned char)*text;
        hash *= UINT64_C(0x100000001b3);
    } while (*text++);
    return hash;
}

static const char *file_name(const struct tp_input_info *info)
{
    const char *slash = strrchr(info->path, '/');

    return slash ? slash + 1 : info->path;
}

static void name_recording(struct fleet *fleet, const struct tp_input_info *info)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    char first[24];

    snprintf(first, sizeof first, "%" PRId64, info->first_ns);
    hash = hashed(hash, info->boot_id);
    hash = hashed(hash, first);
    if (!info->boot_id[0])
        hash = hashed(hash, file_name(info));
    hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
    hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    snprintf(fleet->recording, sizeof fleet->recording, "%016" PRIx64, hash ^ hash >> 33);
}

/* An input by itself, up to its first record: what came before the others must not change its name.
 */
static int look_at(struct fleet *fleet, const char *path, int64_t *first_ns, struct tp_error *error)
{
    struct tp_pass_options how = cli_pass_options(&fleet->options->plot.input);
    const struct tp_record *record;
    struct tp_pass *pass;
    int rc;

    how.filter = NULL;
    how.since = how.until = (struct tp_pass_time){0};
    rc = tp_pass_open(&pass, &path, 1, &how, error);
    if (rc)
        return rc;
    rc = tp_pass_next(pass, &record, error);
    if (rc > 0 && (!fleet->recording[0] || record->ts_ns < *first_ns)) {
        *first_ns = record->ts_ns;
        name_recording(fleet, tp_stream_info(tp_pass_stream(pass), 0));
    }
    tp_pass_close(pass);
    return rc < 0 ? rc : TP_OK;
}

/* The log that begins first, or else the capture: a log with its capture is the recording that the
 * log is without it. */
static int find_recording(struct fleet *fleet, struct tp_error *error)
{
    const struct tp_stream *stream = fleet->pass->stream;
    size_t count = tp_stream_inputs(stream), logs = 0;
    int64_t first_ns = 0;
    int rc = TP_OK;

    for (size_t i = 0; i < count; i++)
        logs += !tp_stream_info(stream, i)->capture;
    for (size_t i = 0; i < count && rc == TP_OK; i++)
        if (!logs || !tp_stream_info(stream, i)->capture)
            rc = look_at(fleet, tp_stream_info(stream, i)->path, &first_ns, error);
    if (rc == TP_OK && !fleet->recording[0])
        rc = tp_error_set(error, TP_ERR_FORMAT, "there is nothing in it to be kept");
    return rc;
}

static int find_host(struct fleet *fleet, struct tp_error *error)
{
    const struct tp_stream *stream = fleet->pass->stream;
    const char *told = fleet->options->fleet.host;

    for (size_t i = 0; !told && i < tp_stream_inputs(stream); i++) {
        const char *name = tp_stream_info(stream, i)->hostname;

        if (name[0] && fleet->host[0] && strcmp(name, fleet->host) != 0)
            return tp_error_set(error, TP_ERR_USAGE,
                                "these are recordings of two hosts, '%s' and '%s': export them one "
                                "by one",
                                fleet->host, name);
        if (name[0])
            snprintf(fleet->host, sizeof fleet->host, "%s", name);
    }
    if (told)
        snprintf(fleet->host, sizeof fleet->host, "%s", told);
    return fleet->host[0] ? TP_OK
                          : tp_error_set(error, TP_ERR_USAGE,
                                         "nothing says which host recorded this: --host NAME");
}

/* --- when ------------------------------------------------------------------------------------- */

#define SEVERAL                                                                                    \
    "these are several recordings, which share no clock: export them one by one, or with "         \
    "--same-clock"

static int find_time(struct fleet *fleet, struct tp_error *error)
{
    const struct tp_stream *stream = fleet->pass->stream;
    bool told;

    for (size_t i = 0; i < tp_stream_inputs(stream); i++)
        if (tp_stream_info(stream, i)->timeline)
            return tp_error_set(error, TP_ERR_USAGE, SEVERAL);
    told = tp_stream_wall_offset(stream, 0, &fleet->wall_minus_ns);
    if (told && fleet->options->fleet.has_begin)
        return tp_error_set(error, TP_ERR_USAGE,
                            "the recording says when it was: --begin is not for it");
    if (cli_pass_in_ticks(fleet->pass))
        return tp_error_set(error, TP_ERR_USAGE,
                            "times of the recording are ticks of a counter, which mean nothing on "
                            "another host");
    fleet->wall_known = told;
    return told || fleet->options->fleet.has_begin
               ? TP_OK
               : tp_error_set(error, TP_ERR_USAGE,
                              "nothing says when this was recorded: --begin TIME");
}

static int64_t wall_minus_ns(struct fleet *fleet, const struct tp_flow *flow)
{
    if (flow && flow->key.timeline)
        tp_out_fail(fleet->out, TP_ERR_USAGE, SEVERAL);
    if (!fleet->wall_known) {
        fleet->wall_minus_ns = (int64_t)((uint64_t)fleet->options->fleet.begin_ns -
                                         (uint64_t)tp_pass_first_ns(fleet->pass->pass, 0));
        fleet->wall_known = true;
    }
    return fleet->wall_minus_ns;
}

struct tp_value fleet_time(struct fleet *fleet, const struct tp_flow *flow, int64_t clock_ns)
{
    int64_t ns;
    bool known = !__builtin_add_overflow(clock_ns, wall_minus_ns(fleet, flow), &ns);

    return tp_value_integer_if(known, known ? (uint64_t)ns : 0);
}

int64_t fleet_origin(struct fleet *fleet, const struct tp_flow *flow)
{
    return (int64_t)(0 - (uint64_t)wall_minus_ns(fleet, flow));
}

/* --- rows ------------------------------------------------------------------------------------- */

struct tp_value fleet_service_port(const struct tp_flow *flow)
{
    return tp_value_integer(flow->key.port[cli_flow_called_end(flow)]);
}

int fleet_open(struct fleet *fleet, const struct export_options *options, struct cli_pass *pass,
               struct tp_out *out, const char *const *names, struct tp_error *error)
{
    static const char *const heads[HEADS] = {"load", "host", "recording"};
    struct tp_pass_options how = cli_pass_options(&options->plot.input);
    size_t count = 0;
    int rc;

    *fleet = (struct fleet){.options = options, .pass = pass, .out = out};
    for (; count < HEADS || names[count - HEADS]; count++) {
        fleet->storage[count].name = count < HEADS ? heads[count] : names[count - HEADS];
        fleet->columns[count] = &fleet->storage[count];
    }
    fleet->rows = (struct tp_rows){.columns = fleet->columns, .column_count = count};
    how.stream.fields = tp_analysis_fields();
    cli_pass_watch(&how, out);
    rc = cli_pass_open(pass, &options->plot.input, &how, error);
    rc = rc ? rc : find_time(fleet, error);
    rc = rc ? rc : find_host(fleet, error);
    return rc ? rc : find_recording(fleet, error);
}

void fleet_row(struct fleet *fleet, const struct tp_value *values)
{
    struct tp_value all[FLEET_COLUMNS_MAX] = {
        [LOAD] = tp_value_integer((int64_t)fleet->options->fleet.load),
        [HOST] = tp_value_text(fleet->host),
        [RECORDING] = tp_value_text(fleet->recording)};

    memcpy(all + HEADS, values, (fleet->rows.column_count - HEADS) * sizeof *values);
    fleet->options->writer->row(fleet->out, &fleet->rows, fleet->count++, all);
}

/* --- the recording itself --------------------------------------------------------------------- */

#define TEXT_BYTES 4096

/* Names without their folders, which mean nothing elsewhere. */
static void name_files(const struct tp_stream *stream, char files[TEXT_BYTES])
{
    struct tp_phrase phrase = tp_phrase_in(files, TEXT_BYTES);

    for (size_t i = 0; i < tp_stream_inputs(stream); i++)
        tp_phrase_item(&phrase, " ", "%s", file_name(tp_stream_info(stream, i)));
}

/* What the reader said of them, which is what may be missing at their ends. */
static void name_warnings(const struct tp_stream *stream, char warnings[TEXT_BYTES])
{
    struct tp_phrase phrase = tp_phrase_in(warnings, TEXT_BYTES);

    for (size_t i = 0; i < tp_stream_inputs(stream); i++)
        if (tp_stream_info(stream, i)->warning[0])
            tp_phrase_item(&phrase, "; ", "%s", tp_stream_info(stream, i)->warning);
}

static struct tp_value text_if(const char *text)
{
    return tp_value_text(text[0] ? text : NULL);
}

static void put_recording(struct fleet *fleet, const struct tp_analysis *analysis)
{
    const struct tp_stream *stream = fleet->pass->stream;
    const struct tp_input_info *info, *log = tp_stream_info(stream, 0);
    int64_t first_ns = INT64_MAX, last_ns = INT64_MIN;
    uint64_t lost = 0, malformed = 0, records = 0;
    bool lost_told = true;
    char files[TEXT_BYTES], warnings[TEXT_BYTES];
    size_t flows;

    tp_analysis_flows(analysis, &flows);
    name_files(stream, files);
    name_warnings(stream, warnings);
    for (size_t i = 0; i < tp_stream_inputs(stream); i++) {
        info = tp_stream_info(stream, i);
        log = log->capture && !info->capture ? info : log;
        lost_told &= info->capture ? info->lost_told : info->lost || !info->lost_markers;
        lost += info->lost;
        malformed += info->malformed;
        records += info->records;
        if (info->has_time && info->first_ns < first_ns)
            first_ns = info->first_ns;
        if (info->has_time && info->last_ns > last_ns)
            last_ns = info->last_ns;
    }
    fleet_row(fleet, (const struct tp_value[]){
                         fleet_time(fleet, NULL, first_ns), fleet_time(fleet, NULL, last_ns),
                         tp_value_text(files), text_if(log->kernel), text_if(log->boot_id),
                         text_if(log->settings), text_if(log->congestion_control),
                         text_if(log->clock), tp_value_text(TP_VERSION), tp_value_text(warnings),
                         tp_value_integer((int64_t)(flows + tp_analysis_retired(analysis))),
                         tp_value_integer((int64_t)records), tp_value_integer_if(lost_told, lost),
                         tp_value_integer((int64_t)malformed)});
}

static int write_recording(struct fleet *fleet, const struct fleet_table *table,
                           struct tp_error *error)
{
    const struct tp_analysis_options wanted = {.max_flows = fleet->options->plot.input.max_flows,
                                               .without = UINT64_MAX};
    struct tp_analysis *analysis = tp_analysis_new(&wanted, error);
    int rc = analysis ? cli_pass_analyse(fleet->pass, analysis, error) : error->code;

    (void)table;
    if (rc == TP_OK)
        put_recording(fleet, analysis);
    cli_pass_notes(fleet->pass, analysis);
    tp_analysis_free(analysis);
    return rc;
}

/* --- all of them ------------------------------------------------------------------------------ */

static int write_table(struct fleet *fleet, const struct fleet_table *table, struct tp_error *error)
{
    const struct tp_writer *writer = fleet->options->writer;
    int rc;

    tp_rows_begin(fleet->out, writer, &fleet->rows);
    rc = table->write(fleet, table, error);
    if (tp_out_failed(fleet->out))
        tp_error_clear(error); /* the pass was stopped because of it */
    tp_rows_end(fleet->out, writer, &fleet->rows);
    return tp_out_finish(fleet->out, error) != 0 ? (int)error->code : rc;
}

int export_fleet(const struct export_options *options, struct cli_pass *pass, struct tp_out *out,
                 struct tp_error *error)
{
    const struct fleet_table *table = &tables[options->fleet.table];
    struct tp_figure_columns *figures;
    const char *names[FLEET_COLUMNS_MAX];
    struct fleet fleet;
    int rc;

    if (!table->write)
        return export_bins(options, pass, out, error);
    figures = tp_figure_columns_new(error);
    if (!figures)
        return error->code;
    fleet_flow_names(figures, names);
    rc = fleet_open(&fleet, options, pass, out, table->columns ? table->columns : names, error);
    fleet.figures = figures;
    rc = rc ? rc : write_table(&fleet, table, error);
    tp_figure_columns_free(figures);
    return rc;
}
