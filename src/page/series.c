/* series.c: samples over time as columns of differences. Metrics that were sampled together share
 * their times: they are a group. A series that was folded has the first, least, largest and last
 * value of each bin, or its sum. */
#include <math.h>
#include <string.h>

#include "page/page.h"

static const enum tp_metric_id kept[] = {
    TP_METRIC_SND_CWND,      TP_METRIC_SSTHRESH,      TP_METRIC_INFLIGHT,
    TP_METRIC_SRTT,          TP_METRIC_SND_WND,       TP_METRIC_RCV_WND,
    TP_METRIC_ACKED,         TP_METRIC_DATA_LEN,      TP_METRIC_RETRANSMIT,
    TP_METRIC_RTO,           TP_METRIC_PACING_RATE,   TP_METRIC_DELIVERY_RATE,
    TP_METRIC_SEND_QUEUE,    TP_METRIC_RECV_QUEUE,    TP_METRIC_RETRANSMITTED,
    TP_METRIC_SAMPLED_ACKED, TP_METRIC_WIRE_INFLIGHT, TP_METRIC_WIRE_PIPE,
    TP_METRIC_WIRE_RWND,     TP_METRIC_WIRE_SRTT,     TP_METRIC_RTT,
    TP_METRIC_WIRE_UNIQUE,   TP_METRIC_WIRE_ACKED,    TP_METRIC_WIRE_RETRANSMIT,
    TP_METRIC_WIRE_SEQ,      TP_METRIC_WIRE_UNA,      TP_METRIC_WIRE_EDGE};

#define KEPT_COUNT (sizeof kept / sizeof *kept)

uint64_t tp_page_detail_series(void)
{
    uint64_t metrics = 0;

    for (size_t i = 0; i < KEPT_COUNT; i++)
        metrics |= UINT64_C(1) << kept[i];
    return metrics;
}

static bool same_times(const struct tp_series *one, const struct tp_series *other)
{
    if (one->count != other->count || one->width_ns != other->width_ns)
        return false;
    for (uint32_t i = 0; i < one->count; i++)
        if (one->bins[i].t_ns != other->bins[i].t_ns)
            return false;
    return true;
}

enum bin_part { FIRST, LEAST, LARGEST, LAST, SUM };

static double part_of(const struct tp_bin *bin, enum bin_part part)
{
    const double values[] = {bin->first, bin->min, bin->max, bin->last, bin->sum};

    return values[part];
}

static void write_column(struct tp_out *out, const char *name, const struct tp_series *series,
                         enum bin_part part, double scale)
{
    struct page_deltas deltas = page_deltas_begin(out, name);

    for (uint32_t i = 0; i < series->count; i++) {
        double value = part_of(&series->bins[i], part) * scale;

        if (isfinite(value))
            page_deltas_add(&deltas, llround(value));
        else
            page_deltas_absent(&deltas);
    }
    page_deltas_end(&deltas);
}

static void write_metric(struct tp_out *out, const struct tp_series *series,
                         enum tp_metric_id metric)
{
    static const char *const parts[] = {"first", "min", "max", "last"};
    bool sums = tp_metrics[metric].kind == TP_METRIC_COUNT;
    double scale = tp_metrics[metric].per_unit;

    if (sums || series->width_ns == 0) {
        write_column(out, tp_metrics[metric].name, series, sums ? SUM : FIRST, scale);
        return;
    }
    page_key(out, tp_metrics[metric].name);
    for (unsigned part = FIRST; part <= LAST; part++) {
        tp_out_text(out, part ? "," : "{");
        write_column(out, parts[part], series, (enum bin_part)part, scale);
    }
    tp_out_text(out, "}");
}

/* Where ssthresh means nothing it is not shown, by nobody. */
static const struct tp_series *series_of(struct tp_page *page, const struct tp_flow *flow,
                                         unsigned end, enum tp_metric_id metric)
{
    unsigned own = page->sheet.bulk_end ^ end;
    const struct tp_series *series = tp_flow_series(flow, own, metric);

    if (!series || !series->count ||
        (metric == TP_METRIC_SSTHRESH && !tp_flow_uses_ssthresh(page->analysis, flow, own)))
        return NULL;
    return series;
}

static void write_group(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow,
                        unsigned end, size_t first, bool *done)
{
    const struct tp_series *leader = series_of(page, flow, end, kept[first]), *series;
    struct page_deltas deltas;

    tp_out_text(out, "{");
    page_member(out, "end", end);
    if (leader->width_ns) {
        tp_out_text(out, ",");
        page_member(out, "bin_ns", leader->width_ns);
    }
    tp_out_text(out, ",");
    deltas = page_deltas_begin(out, "t");
    for (uint32_t i = 0; i < leader->count; i++)
        page_deltas_add(&deltas, page_time(page, leader->bins[i].t_ns));
    page_deltas_end(&deltas);
    tp_out_text(out, ",\"columns\":{");
    for (size_t i = first; i < KEPT_COUNT; i++) {
        series = series_of(page, flow, end, kept[i]);
        if (!series || done[i] || !same_times(leader, series))
            continue;
        tp_out_text(out, i > first ? "," : "");
        write_metric(out, series, kept[i]);
        done[i] = true;
    }
    tp_out_text(out, "}}");
}

void page_series(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow)
{
    bool begun = false;

    tp_out_text(out, ",\"series\":[");
    for (unsigned end = 0; end < 2; end++) {
        bool done[KEPT_COUNT] = {false};

        for (size_t i = 0; i < KEPT_COUNT; i++) {
            if (done[i] || !series_of(page, flow, end, kept[i]))
                continue;
            tp_out_text(out, begun ? ",\n" : "");
            begun = true;
            write_group(page, out, flow, end, i, done);
        }
    }
    tp_out_text(out, "]");
    if (tp_flow_series_dropped(flow, 0) || tp_flow_series_dropped(flow, 1))
        tp_out_text(out, ",\"series_dropped\":true");
}
