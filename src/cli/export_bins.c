/* export_bins.c: what the samples of each bin come to: a row for each flow, end, metric and bin
 * that has samples.
 *
 * Bins begin at multiples of their width on the recording's clock, so that those of all flows and
 * files agree; with --time relative, at multiples since the first event; with --fleet, at multiples
 * of wall-clock time, so that those of all hosts agree. What a metric's kind says holds here, too:
 * a state holds its value until the next sample, also from bin to bin, and its mean is weighted by
 * time; measurements count the same each; amounts add up. A row is written when a later bin of its
 * own begins, or nothing comes any more: rows of one flow, end and metric are in the order of time.
 */
#include <stdlib.h>

#include "base/list.h"
#include "cli/export_fleet.h"

struct series {
    enum tp_metric_id metric;
    int64_t begin_ns;          /* of the bin */
    int64_t from_ns, until_ns; /* a state is known from here; its last sample */
    uint64_t samples;          /* in the bin */
    double min, max, sum, last;
    double area; /* of a state, value by ns, until its last sample */
};

struct end_series {
    struct series *list;
    size_t count;
};

struct binner {
    const struct export_options *options;
    struct tp_out *out;
    struct export_rows rows;
    const struct tp_column *columns[EXPORT_BIN_COLUMNS];
    struct tp_column storage[EXPORT_BIN_COLUMNS];
    struct export_groups *groups; /* NULL: flows */
    struct fleet fleet;           /* of --fleet bins */
    struct end_series *ends;      /* by number of the flow and end */
    size_t end_count;
};

/* --- rows ------------------------------------------------------------------------------------- */

struct tp_value export_bin_mean(const struct export_bin *bin)
{
    bool known;

    switch (tp_metrics[bin->metric].kind) {
    case TP_METRIC_STATE:
        known = bin->known_ns > 0;
        return tp_value_real_if(known, known ? bin->area / (double)bin->known_ns : 0);
    case TP_METRIC_SAMPLE:
        return tp_value_real_if(true, bin->sum / (double)bin->samples);
    default:
        return tp_value_real_if(false, 0);
    }
}

static void write_row(struct binner *binner, const struct tp_flow *flow, unsigned end,
                      const struct export_bin *bin)
{
    enum tp_metric_kind kind = tp_metrics[bin->metric].kind;
    bool ordered = kind == TP_METRIC_STATE || kind == TP_METRIC_SAMPLE;
    char time[CLI_TIME_BYTES], src[56], dst[56], addr[2][48];
    struct tp_value values[EXPORT_BIN_COLUMNS] = {
        tp_value_text(time),
        tp_value_integer(flow->id),
        tp_value_text(src),
        tp_value_text(dst),
        tp_value_text(tp_metrics[bin->metric].name),
        tp_value_integer((int64_t)bin->samples),
        tp_value_real_if(ordered, ordered ? bin->min : 0),
        export_bin_mean(bin),
        tp_value_real_if(ordered, ordered ? bin->max : 0),
        tp_value_real_if(kind != TP_METRIC_COUNT, bin->last),
        tp_value_real_if(kind == TP_METRIC_COUNT, bin->sum),
        tp_value_text(tp_metrics[bin->metric].unit),
    };

    *export_time(&binner->rows, time, flow->key.timeline, bin->begin_ns, false) = '\0';
    if (!time[0])
        values[0] = tp_value_text(NULL);
    tp_endpoint_text(&flow->key, end, src, sizeof src);
    tp_endpoint_text(&flow->key, !end, dst, sizeof dst);
    export_end_values(&flow->key, end, addr, values + EXPORT_BIN_COLUMNS - EXPORT_ENDS);
    binner->options->writer->row(binner->out, &binner->rows.rows, binner->rows.count++, values);
}

/* The same for a store of many hosts, with the weight of a mean over time. */
static void write_fleet_row(struct binner *binner, const struct tp_flow *flow, unsigned end,
                            const struct export_bin *bin)
{
    enum tp_metric_kind kind = tp_metrics[bin->metric].kind;
    bool ordered = kind == TP_METRIC_STATE || kind == TP_METRIC_SAMPLE;
    char src[56], dst[56];

    tp_endpoint_text(&flow->key, end, src, sizeof src);
    tp_endpoint_text(&flow->key, !end, dst, sizeof dst);
    fleet_row(&binner->fleet,
              (const struct tp_value[]){
                  fleet_time(&binner->fleet, flow, bin->begin_ns),
                  tp_value_integer((int64_t)flow->id), tp_value_text(src), tp_value_text(dst),
                  fleet_service_port(flow), tp_value_text(tp_metrics[bin->metric].name),
                  tp_value_integer((int64_t)bin->samples),
                  tp_value_real_if(ordered, ordered ? bin->min : 0), export_bin_mean(bin),
                  tp_value_real_if(ordered, ordered ? bin->max : 0),
                  tp_value_real_if(kind != TP_METRIC_COUNT, bin->last),
                  tp_value_real_if(kind == TP_METRIC_COUNT, bin->sum),
                  tp_value_integer_if(kind == TP_METRIC_STATE, (uint64_t)bin->known_ns)});
}

/* until_ns: the state held its last value until there. */
static void write_bin(struct binner *binner, const struct tp_flow *flow, unsigned end,
                      const struct series *series, int64_t until_ns)
{
    double rest = series->last * (double)(until_ns - series->until_ns);
    const struct export_bin bin = {.metric = series->metric,
                                   .begin_ns = series->begin_ns,
                                   .samples = series->samples,
                                   .min = series->min,
                                   .max = series->max,
                                   .sum = series->sum,
                                   .last = series->last,
                                   .area = series->area + rest,
                                   .known_ns = until_ns - series->from_ns};
    struct tp_error error = TP_ERROR_INIT;

    if (binner->options->fleet.wanted)
        write_fleet_row(binner, flow, end, &bin);
    else if (!binner->groups)
        write_row(binner, flow, end, &bin);
    else if (!export_groups_add(binner->groups, flow, end, &bin, &error))
        tp_out_fail(binner->out, error.code, error.text);
}

/* --- bins ------------------------------------------------------------------------------------- */

static int64_t bin_begin(int64_t ts_ns, int64_t origin_ns, int64_t width_ns)
{
    int64_t since_ns, rest_ns, begin_ns;

    if (__builtin_sub_overflow(ts_ns, origin_ns, &since_ns))
        return ts_ns;
    rest_ns = since_ns % width_ns;
    rest_ns += rest_ns < 0 ? width_ns : 0;
    return __builtin_sub_overflow(ts_ns, rest_ns, &begin_ns) ? ts_ns : begin_ns;
}

/* carried: the value that a state came with; NULL: none. */
static void begin_bin(struct series *series, int64_t begin_ns, int64_t ts_ns, const double *carried,
                      double value)
{
    double first = carried ? *carried : value;

    *series = (struct series){.metric = series->metric,
                              .begin_ns = begin_ns,
                              .from_ns = carried ? begin_ns : ts_ns,
                              .until_ns = carried ? begin_ns : ts_ns,
                              .min = first,
                              .max = first,
                              .last = first};
}

static void add(struct series *series, int64_t ts_ns, double value)
{
    if (ts_ns > series->until_ns) {
        series->area += series->last * (double)(ts_ns - series->until_ns);
        series->until_ns = ts_ns;
    }
    series->samples++;
    series->sum += value;
    series->last = value;
    if (value < series->min)
        series->min = value;
    if (value > series->max)
        series->max = value;
}

/* A sample that is late, which packets in another order may make, counts in the bin that is open.
 */
static void take(struct binner *binner, const struct tp_flow *flow, unsigned end,
                 struct series *series, int64_t ts_ns, double value)
{
    int64_t width_ns = binner->options->bin_ns;
    int64_t origin_ns = binner->options->fleet.wanted
                            ? fleet_origin(&binner->fleet, flow)
                            : cli_times_origin(&binner->rows.times, flow->key.timeline);
    int64_t begin_ns = bin_begin(ts_ns, origin_ns, width_ns);
    bool is_state = tp_metrics[series->metric].kind == TP_METRIC_STATE;
    double carried = series->last;

    if (!series->samples) {
        begin_bin(series, begin_ns, ts_ns, NULL, value);
    } else if (begin_ns > series->begin_ns) {
        write_bin(binner, flow, end, series, series->begin_ns + width_ns);
        begin_bin(series, begin_ns, ts_ns, is_state ? &carried : NULL, value);
    }
    add(series, ts_ns, value);
}

static struct series *find(struct end_series *end, enum tp_metric_id metric)
{
    for (size_t i = 0; i < end->count; i++)
        if (end->list[i].metric == metric)
            return &end->list[i];
    if (!TP_LIST_ONE_MORE(end->list, end->count))
        return NULL;
    end->list[end->count] = (struct series){.metric = metric};
    return &end->list[end->count++];
}

static int take_sample(void *context, const struct tp_flow *flow, unsigned end,
                       enum tp_metric_id metric, int64_t ts_ns, double value)
{
    struct binner *binner = context;
    struct series *series;
    size_t index;

    if (!(binner->options->metrics & UINT64_C(1) << metric) ||
        !cli_flow_chosen(&binner->options->plot.flows, flow))
        return 0;
    index = (size_t)flow->id * 2 + end;
    series = tp_list_reach(&binner->ends, &binner->end_count, index, sizeof *binner->ends)
                 ? find(&binner->ends[index], metric)
                 : NULL;
    if (!series) {
        tp_out_fail(binner->out, TP_ERR_NOMEM, "out of memory");
        return TP_ERR_STOPPED;
    }
    take(binner, flow, end, series, ts_ns, value);
    return tp_out_failed(binner->out) ? TP_ERR_STOPPED : 0;
}

/* Nothing tells how long the last value held: the mean is that until the last sample. */
static void end_flow(void *context, const struct tp_flow *flow)
{
    struct binner *binner = context;
    struct end_series *ends;

    for (unsigned end = 0; end < 2 && (size_t)flow->id * 2 + end < binner->end_count; end++) {
        ends = &binner->ends[(size_t)flow->id * 2 + end];
        for (size_t i = 0; i < ends->count; i++)
            write_bin(binner, flow, end, &ends->list[i], ends->list[i].until_ns);
        free(ends->list);
        *ends = (struct end_series){NULL, 0};
    }
}

/* --- all of it -------------------------------------------------------------------------------- */

static bool init_columns(struct binner *binner, const struct cli_pass *pass, struct tp_error *error)
{
    static const char *const names[] = {NULL,  "flow", "src", "dst",  "metric", "samples",
                                        "min", "mean", "max", "last", "sum",    "unit"};

    size_t ends = EXPORT_BIN_COLUMNS - EXPORT_ENDS;

    if (!export_rows_init(&binner->rows, binner->options, pass, error))
        return false;
    for (size_t i = 0; i < EXPORT_BIN_COLUMNS; i++) {
        binner->storage[i].name = i == 0     ? binner->rows.time_name
                                  : i < ends ? names[i]
                                             : export_end_names[i - ends];
        binner->columns[i] = &binner->storage[i];
    }
    binner->rows.rows =
        (struct tp_rows){.columns = binner->columns, .column_count = EXPORT_BIN_COLUMNS};
    if (!binner->rows.ticks && binner->options->groups.kind) {
        binner->groups = export_groups_new(binner->options, &binner->rows);
        return binner->groups || tp_error_nomem(error) == 0;
    }
    if (!binner->rows.ticks)
        return true;
    tp_error_set(error, TP_ERR_USAGE, "--bin is a time, and these are ticks of a counter");
    return false;
}

static const struct tp_rows *shape_of(const struct binner *binner)
{
    return binner->options->fleet.wanted ? &binner->fleet.rows : &binner->rows.rows;
}

static int read_all(struct binner *binner, struct cli_pass *pass, struct tp_error *error)
{
    const struct tp_analysis_options wanted = {.max_flows = binner->options->plot.input.max_flows,
                                               .without = UINT64_MAX,
                                               .sample = take_sample,
                                               .flow_end = end_flow,
                                               .context = binner};
    const struct tp_flow *const *flows;
    struct tp_analysis *analysis = tp_analysis_new(&wanted, error);
    size_t count;
    int rc;

    if (!analysis)
        return error->code;
    tp_rows_begin(binner->out, binner->options->writer, shape_of(binner));
    rc = cli_pass_analyse(pass, analysis, error);
    if (tp_out_failed(binner->out))
        tp_error_clear(error); /* the pass was stopped because of it */
    flows = tp_analysis_flows(analysis, &count);
    for (size_t i = 0; i < count; i++)
        end_flow(binner, flows[i]);
    if (binner->groups)
        export_groups_write(binner->groups, binner->out);
    tp_rows_end(binner->out, binner->options->writer, shape_of(binner));
    if (tp_out_finish(binner->out, error) != 0)
        rc = error->code;
    cli_pass_notes(pass, analysis);
    tp_analysis_free(analysis);
    return rc;
}

static int open_fleet(struct binner *binner, struct cli_pass *pass, struct tp_error *error)
{
    static const char *const names[] = {"time_ns", "flow",    "src",     "dst",  "service_port",
                                        "metric",  "samples", "min",     "mean", "max",
                                        "last",    "sum",     "held_ns", NULL};

    return fleet_open(&binner->fleet, binner->options, pass, binner->out, names, error);
}

static int open_rows(struct binner *binner, struct cli_pass *pass, struct tp_error *error)
{
    struct tp_pass_options how = cli_pass_options(&binner->options->plot.input);
    int rc;

    how.stream.fields = tp_analysis_fields();
    cli_pass_watch(&how, binner->out);
    rc = cli_pass_open(pass, &binner->options->plot.input, &how, error);
    return rc || init_columns(binner, pass, error) ? rc : (int)error->code;
}

int export_bins(const struct export_options *options, struct cli_pass *pass, struct tp_out *out,
                struct tp_error *error)
{
    struct binner binner = {.options = options, .out = out};
    int rc =
        options->fleet.wanted ? open_fleet(&binner, pass, error) : open_rows(&binner, pass, error);

    rc = rc ? rc : read_all(&binner, pass, error);
    for (size_t i = 0; i < binner.end_count; i++)
        free(binner.ends[i].list);
    free(binner.ends);
    export_groups_free(binner.groups);
    return rc;
}
