/* export_wide.c: samples as a row a time with a column for each metric.
 *
 * What an event or a packet tells of an end comes one after the other at the same time: those rows
 * are held until a sample of another time comes. A metric that is told twice at one time, by two
 * packets that have the same, makes a second row: nothing is lost.
 */
#include <stdio.h>
#include <string.h>

#include "cli/export.h"

#define HELD  16 /* rows of one time; of more, the first is written */
#define HEADS 4  /* time, flow, src, dst */

struct wide_row {
    const struct tp_flow *flow;
    unsigned end;
    int64_t ts_ns;
    uint64_t have; /* metrics, 1 << enum tp_metric_id */
    double value[TP_METRIC_IDS];
};

struct wide {
    const struct export_options *options;
    struct tp_out *out;
    struct export_rows rows;
    struct tp_column storage[HEADS + TP_METRIC_IDS + EXPORT_ENDS];
    const struct tp_column *columns[HEADS + TP_METRIC_IDS + EXPORT_ENDS];
    char names[TP_METRIC_IDS][40];
    uint64_t metrics; /* that are columns */
    struct wide_row held[HELD];
    size_t held_count;
};

/* With its unit behind it, where that is one. */
static const char *name_metric(struct wide *wide, unsigned metric)
{
    const char *unit = tp_metrics[metric].unit;
    bool is_unit = tp_metrics[metric].kind != TP_METRIC_CHANGE;

    snprintf(wide->names[metric], sizeof wide->names[metric], "%s%s%s", tp_metrics[metric].name,
             is_unit ? "_" : "",
             !is_unit                     ? ""
             : strcmp(unit, "bit/s") == 0 ? "bps"
                                          : unit);
    return wide->names[metric];
}

static void init_columns(struct wide *wide)
{
    static const char *const heads[HEADS] = {NULL, "flow", "src", "dst"};
    size_t count = 0;

    for (; count < HEADS; count++)
        wide->storage[count].name = count ? heads[count] : wide->rows.time_name;
    for (uint64_t metrics = wide->metrics; metrics; metrics &= metrics - 1)
        wide->storage[count++].name = name_metric(wide, (unsigned)__builtin_ctzll(metrics));
    for (unsigned i = 0; i < EXPORT_ENDS; i++)
        wide->storage[count++].name = export_end_names[i];
    for (size_t i = 0; i < count; i++)
        wide->columns[i] = &wide->storage[i];
    wide->rows.rows = (struct tp_rows){.columns = wide->columns, .column_count = count};
}

/* --- rows ------------------------------------------------------------------------------------- */

static void write_row(struct wide *wide, const struct wide_row *row)
{
    struct tp_value values[HEADS + TP_METRIC_IDS + EXPORT_ENDS];
    char time[CLI_TIME_BYTES], ends[2][56], addr[2][48];
    uint32_t timeline = row->flow->key.timeline;
    size_t count = 0;

    *export_time(&wide->rows, time, timeline, row->ts_ns, false) = '\0';
    values[count++] = tp_value_text(time[0] ? time : NULL);
    values[count++] = tp_value_integer(row->flow->id);
    for (unsigned peer = 0; peer < 2; peer++) {
        tp_endpoint_text(&row->flow->key, peer ? !row->end : row->end, ends[peer],
                         sizeof ends[peer]);
        values[count++] = tp_value_text(ends[peer]);
    }
    for (uint64_t metrics = wide->metrics; metrics; metrics &= metrics - 1) {
        unsigned metric = (unsigned)__builtin_ctzll(metrics);

        values[count++] = tp_value_real_if(row->have >> metric & 1, row->value[metric]);
    }
    export_end_values(&row->flow->key, row->end, addr, values + count);
    wide->options->writer->row(wide->out, &wide->rows.rows, wide->rows.count++, values);
}

static void write_held(struct wide *wide)
{
    for (size_t i = 0; i < wide->held_count; i++)
        write_row(wide, &wide->held[i]);
    wide->held_count = 0;
}

/* The one that the sample belongs to. */
static struct wide_row *find_row(struct wide *wide, const struct tp_flow *flow, unsigned end,
                                 enum tp_metric_id metric, int64_t ts_ns)
{
    struct wide_row *row = NULL;

    if (wide->held_count && (wide->held[0].ts_ns != ts_ns || wide->held_count == HELD))
        write_held(wide);
    for (size_t i = 0; i < wide->held_count; i++)
        if (wide->held[i].flow == flow && wide->held[i].end == end)
            row = &wide->held[i]; /* the last one of these */
    if (row && !(row->have >> metric & 1))
        return row;
    row = &wide->held[wide->held_count++];
    row->flow = flow;
    row->end = end;
    row->ts_ns = ts_ns;
    row->have = 0;
    return row;
}

static int take_sample(void *context, const struct tp_flow *flow, unsigned end,
                       enum tp_metric_id metric, int64_t ts_ns, double value)
{
    struct wide *wide = context;
    struct wide_row *row;

    if (!(wide->metrics >> metric & 1) || !cli_flow_chosen(&wide->options->plot.flows, flow))
        return 0;
    row = find_row(wide, flow, end, metric, ts_ns);
    row->have |= UINT64_C(1) << metric;
    row->value[metric] = value;
    return tp_out_failed(wide->out) ? TP_ERR_STOPPED : 0;
}

/* It will be freed. */
static void end_flow(void *context, const struct tp_flow *flow)
{
    (void)flow;
    write_held(context);
}

/* --- which metrics occur ---------------------------------------------------------------------- */

struct finder {
    const struct wide *wide;
    uint64_t metrics;
};

static int note_metric(void *context, const struct tp_flow *flow, unsigned end,
                       enum tp_metric_id metric, int64_t ts_ns, double value)
{
    struct finder *finder = context;

    (void)end, (void)ts_ns, (void)value;
    if (cli_flow_chosen(&finder->wide->options->plot.flows, flow))
        finder->metrics |= UINT64_C(1) << metric;
    return 0;
}

/* --- all of it -------------------------------------------------------------------------------- */

static int open_pass(const struct wide *wide, struct cli_pass *pass, struct tp_error *error)
{
    struct tp_pass_options how = cli_pass_options(&wide->options->plot.input);

    how.stream.fields = tp_analysis_fields();
    cli_pass_watch(&how, wide->out);
    return cli_pass_open(pass, &wide->options->plot.input, &how, error);
}

static struct tp_analysis *make_analysis(const struct wide *wide, tp_sample_fn *sample,
                                         tp_flow_end_fn *flow_end, void *context,
                                         struct tp_error *error)
{
    const struct tp_analysis_options wanted = {.max_flows = wide->options->plot.input.max_flows,
                                               .without = UINT64_MAX,
                                               .sample = sample,
                                               .flow_end = flow_end,
                                               .context = context};

    return tp_analysis_new(&wanted, error);
}

static int find_metrics(struct wide *wide, struct cli_pass *pass, struct tp_error *error)
{
    struct finder finder = {.wide = wide};
    struct tp_analysis *analysis = make_analysis(wide, note_metric, NULL, &finder, error);
    int rc = analysis ? open_pass(wide, pass, error) : (int)error->code;

    if (rc == 0)
        rc = cli_pass_analyse(pass, analysis, error);
    tp_analysis_free(analysis);
    cli_pass_close(pass);
    wide->metrics &= finder.metrics;
    return rc;
}

static int write_all(struct wide *wide, struct cli_pass *pass, struct tp_error *error)
{
    struct tp_analysis *analysis = make_analysis(wide, take_sample, end_flow, wide, error);
    int rc;

    if (!analysis)
        return error->code;
    tp_rows_begin(wide->out, wide->options->writer, &wide->rows.rows);
    rc = cli_pass_analyse(pass, analysis, error);
    if (tp_out_failed(wide->out))
        tp_error_clear(error); /* the pass was stopped because of it */
    else
        write_held(wide);
    tp_rows_end(wide->out, wide->options->writer, &wide->rows.rows);
    if (tp_out_finish(wide->out, error) != 0)
        rc = error->code;
    cli_pass_notes(pass, analysis);
    tp_analysis_free(analysis);
    return rc;
}

int export_wide(const struct export_options *options, struct cli_pass *pass, struct tp_out *out,
                struct tp_error *error)
{
    struct wide wide = {.options = options, .out = out, .metrics = options->metrics};
    int rc = options->occurring ? find_metrics(&wide, pass, error) : 0;

    rc = rc ? rc : open_pass(&wide, pass, error);
    if (rc)
        return rc;
    if (!export_rows_init(&wide.rows, options, pass, error))
        return error->code;
    init_columns(&wide);
    return write_all(&wide, pass, error);
}
