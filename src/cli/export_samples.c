/* export_samples.c: every sample as a line: time_s, flow, src, dst, metric, value, unit, and the
 * addresses and ports of src and dst alone.
 *
 * The texts of flow and ends are kept for the sockets that sampled last, because turning
 * addresses into text costs more than all the rest of the line.
 */
#include <stdio.h>
#include <string.h>

#include "cli/export.h"

#define CACHE_LINES 256 /* a power of two */

struct name_line {
    uint32_t flow_id; /* 0: free */
    uint8_t end;
    bool chosen;
    uint16_t length, ends_length;
    char text[180], ends[EXPORT_ENDS_BYTES]; /* what is before the metric, and behind the unit */
};

struct sampler {
    const struct export_options *options;
    struct tp_out *out;
    struct export_rows rows;
    struct name_line names[CACHE_LINES];
    char metric[TP_METRIC_IDS][64]; /* what stands before the value */
    char unit[TP_METRIC_IDS][32];   /* and after it */
};

static void init_metrics(struct sampler *sampler, const struct export_lines *lines)
{
    for (size_t i = 0; i < TP_METRIC_IDS; i++) {
        snprintf(sampler->metric[i], sizeof sampler->metric[i],
                 lines->json ? "\"metric\":\"%s\",\"value\":" : "%s,", tp_metrics[i].name);
        snprintf(sampler->unit[i], sizeof sampler->unit[i],
                 lines->json ? ",\"unit\":\"%s\"" : ",%s", tp_metrics[i].unit);
    }
}

static const struct name_line *name_of(struct sampler *sampler, const struct tp_flow *flow,
                                       unsigned end)
{
    struct name_line *name = &sampler->names[(flow->id * 2 + end) & (CACHE_LINES - 1)];
    char src[56], dst[56];
    int length;

    if (name->flow_id == flow->id && name->end == end)
        return name;
    name->flow_id = flow->id;
    name->end = (uint8_t)end;
    name->chosen = cli_flow_chosen(&sampler->options->plot.flows, flow);
    tp_endpoint_text(&flow->key, end, src, sizeof src);
    tp_endpoint_text(&flow->key, !end, dst, sizeof dst);
    length = snprintf(name->text, sizeof name->text,
                      sampler->options->lines && sampler->options->lines->json
                          ? ",\"flow\":%u,\"src\":\"%s\",\"dst\":\"%s\","
                          : ",%u,%s,%s,",
                      flow->id, src, dst);
    name->length = (uint16_t)length;
    name->ends_length =
        (uint16_t)(export_put_ends(name->ends, &flow->key, end,
                                   sampler->options->lines && sampler->options->lines->json) -
                   name->ends);
    return name;
}

static char *put_value(char *to, double value)
{
    if (value >= -9e15 && value <= 9e15 && value == (double)(int64_t)value)
        return put_signed(to, (int64_t)value);
    return put_real(to, value);
}

static int write_sample(void *context, const struct tp_flow *flow, unsigned end,
                        enum tp_metric_id metric, int64_t ts_ns, double value)
{
    struct sampler *sampler = context;
    const struct export_lines *lines = sampler->options->lines;
    const struct name_line *name;
    char *to;

    if (!(sampler->options->metrics & UINT64_C(1) << metric))
        return 0;
    name = name_of(sampler, flow, end);
    if (!name->chosen)
        return 0;
    if (!lines) {
        export_sample_row(&sampler->rows, sampler->out, sampler->options->writer, flow, end, metric,
                          ts_ns, value);
        return tp_out_failed(sampler->out) ? TP_ERR_STOPPED : 0;
    }
    to = tp_out_room(sampler->out, 768);
    to = put_text(to, sampler->rows.count++ ? lines->next : lines->first);
    if (lines->json)
        to = put_text(to, sampler->rows.time_key);
    to = export_time(&sampler->rows, to, flow->key.timeline, ts_ns, lines->json);
    memcpy(to, name->text, name->length);
    to = put_text(to + name->length, sampler->metric[metric]);
    to = put_value(to, value);
    to = put_text(to, sampler->unit[metric]);
    to = put_bytes(to, name->ends, name->ends_length);
    to = put_text(to, lines->json ? "}" : "");
    tp_out_used(sampler->out, put_text(to, lines->end));
    return tp_out_failed(sampler->out) ? TP_ERR_STOPPED : 0;
}

int export_samples(const struct export_options *options, struct cli_pass *pass, struct tp_out *out,
                   struct tp_error *error)
{
    struct sampler sampler = {.options = options, .out = out};
    const struct tp_analysis_options wanted = {.max_flows = options->plot.input.max_flows,
                                               .without = UINT64_MAX,
                                               .sample = write_sample,
                                               .context = &sampler};
    struct tp_pass_options how = cli_pass_options(&options->plot.input);
    struct tp_analysis *analysis;
    int rc;

    if (options->lines)
        init_metrics(&sampler, options->lines);
    how.stream.fields = tp_analysis_fields();
    cli_pass_watch(&how, out);
    rc = cli_pass_open(pass, &options->plot.input, &how, error);
    if (rc)
        return rc;
    if (!export_rows_init(&sampler.rows, options, pass, error))
        return error->code;
    analysis = tp_analysis_new(&wanted, error);
    if (!analysis)
        return error->code;
    tp_rows_begin(out, options->writer, &sampler.rows.rows);
    rc = cli_pass_analyse(pass, analysis, error);
    if (tp_out_failed(out))
        tp_error_clear(error); /* the pass was stopped because of it */
    tp_rows_end(out, options->writer, &sampler.rows.rows);
    if (tp_out_finish(out, error) != 0)
        rc = error->code;
    cli_pass_notes(pass, analysis);
    tp_analysis_free(analysis);
    return rc;
}
