/* export_samples.c: every sample as a line: time_s, flow, src, dst, metric, value, unit, and the
 * addresses and ports of src and dst alone.
 *
 * The texts of flow and ends are kept for the sockets that sampled last, because turning
 * addresses into text costs more than all the rest of the line. What an event says of a socket is
 * several samples, whose lines begin alike: that is kept, too.
 */
#include <stdio.h>
#include <string.h>

#include "cli/export.h"

#define CACHE_LINES 256 /* a power of two */

struct name_line {
    uint32_t flow_id; /* 0: free */
    uint8_t end;
    bool chosen;
    uint16_t length, tail_length;
    char text[180],
        tail[EXPORT_ENDS_BYTES + 8]; /* what is before the metric, and behind the unit */
};

/* Short, and copied as a whole because its length is not known to the compiler. */
#define PIECE_BYTES 64

struct line_piece {
    uint16_t length;
    char text[PIECE_BYTES];
};

/* The last line up to its metric, with what stands between it and the one before. */
struct line_head {
    const struct name_line *name;
    uint32_t flow_id, timeline;
    uint8_t end;
    int64_t ts_ns;
    uint16_t length;
    char text[320];
};

struct sampler {
    const struct export_options *options;
    struct tp_out *out;
    struct export_rows rows;
    struct name_line names[CACHE_LINES];
    struct line_head head;
    struct line_piece metric[TP_METRIC_IDS]; /* what stands before the value */
    struct line_piece unit[TP_METRIC_IDS];   /* and after it */
};

static char *put_piece(char *to, const struct line_piece *piece)
{
    memcpy(to, piece->text, sizeof piece->text);
    return to + piece->length;
}

static void init_piece(struct line_piece *piece, const char *before, const char *name,
                       const char *after)
{
    piece->length =
        (uint16_t)snprintf(piece->text, sizeof piece->text, "%s%s%s", before, name, after);
}

static void init_metrics(struct sampler *sampler, bool json)
{
    for (size_t i = 0; i < TP_METRIC_IDS; i++) {
        init_piece(&sampler->metric[i], json ? "\"metric\":\"" : "", tp_metrics[i].name,
                   json ? "\",\"value\":" : ",");
        init_piece(&sampler->unit[i], json ? ",\"unit\":\"" : ",", tp_metrics[i].unit,
                   json ? "\"" : "");
    }
}

static const struct name_line *name_of(struct sampler *sampler, const struct tp_flow *flow,
                                       unsigned end)
{
    struct name_line *name = &sampler->names[(flow->id * 2 + end) & (CACHE_LINES - 1)];
    const struct export_lines *lines = sampler->options->lines;
    bool json = lines && lines->json;
    char src[56], dst[56], *to;
    int length;

    if (name->flow_id == flow->id && name->end == end)
        return name;
    name->flow_id = flow->id;
    name->end = (uint8_t)end;
    name->chosen = cli_flow_chosen(&sampler->options->plot.flows, flow);
    tp_endpoint_text(&flow->key, end, src, sizeof src);
    tp_endpoint_text(&flow->key, !end, dst, sizeof dst);
    length = snprintf(name->text, sizeof name->text,
                      json ? ",\"flow\":%u,\"src\":\"%s\",\"dst\":\"%s\"," : ",%u,%s,%s,", flow->id,
                      src, dst);
    name->length = (uint16_t)length;
    to = export_put_ends(name->tail, &flow->key, end, json);
    to = put_text(to, json ? "}" : "");
    to = put_text(to, lines ? lines->end : "");
    name->tail_length = (uint16_t)(to - name->tail);
    return name;
}

static const struct line_head *head_of(struct sampler *sampler, const struct tp_flow *flow,
                                       unsigned end, int64_t ts_ns)
{
    bool json = sampler->options->lines->json;
    struct line_head *head = &sampler->head;
    uint32_t timeline = flow->key.timeline;
    char *to = head->text;

    if (head->name && head->flow_id == flow->id && head->end == end && head->ts_ns == ts_ns &&
        head->timeline == timeline)
        return head;
    head->name = name_of(sampler, flow, end);
    head->flow_id = flow->id;
    head->end = (uint8_t)end;
    head->ts_ns = ts_ns;
    head->timeline = timeline;
    to = put_text(to, sampler->options->lines->next);
    to = put_text(to, json ? sampler->rows.time_key : "");
    to = export_time(&sampler->rows, to, timeline, ts_ns, json);
    to = put_bytes(to, head->name->text, head->name->length);
    head->length = (uint16_t)(to - head->text);
    return head;
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
    const struct line_head *head;
    size_t skipped = 0;
    char *to;

    if (!(sampler->options->metrics & UINT64_C(1) << metric))
        return 0;
    if (!lines) {
        if (!name_of(sampler, flow, end)->chosen)
            return 0;
        export_sample_row(&sampler->rows, sampler->out, sampler->options->writer, flow, end, metric,
                          ts_ns, value);
        return tp_out_failed(sampler->out) ? TP_ERR_STOPPED : 0;
    }
    head = head_of(sampler, flow, end, ts_ns);
    if (!head->name->chosen)
        return 0;
    to = tp_out_room(sampler->out, 768);
    if (sampler->rows.count++ == 0) {
        to = put_text(to, lines->first);
        skipped = strlen(lines->next);
    }
    to = put_bytes(to, head->text + skipped, head->length - skipped);
    to = put_piece(to, &sampler->metric[metric]);
    to = put_value(to, value);
    to = put_piece(to, &sampler->unit[metric]);
    to = put_bytes(to, head->name->tail, head->name->tail_length);
    tp_out_used(sampler->out, to);
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
        init_metrics(&sampler, options->lines->json);
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
