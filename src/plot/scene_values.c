/* scene_values.c: the figures and the samples of a flow in the picture. What a figure is and who is
 * believed is not decided here: see figure.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "plot/scene.h"

const struct tp_series *tp_scene_series(const struct tp_scene_flow *flow, unsigned end,
                                        enum tp_metric_id metric)
{
    const struct tp_series *series = tp_flow_series(flow->flow, end, metric);

    return series && series->count > 0 ? series : NULL;
}

struct tp_track tp_scene_track(const struct tp_scene_flow *flow, unsigned end,
                               enum tp_metric_id metric, double factor)
{
    return (struct tp_track){.series = tp_scene_series(flow, end, metric),
                             .factor = factor,
                             .origin_ns = flow->origin_ns,
                             .span_ns = flow->span_ns,
                             .gaps = flow->gaps};
}

bool tp_scene_figure(const struct tp_scene_flow *flow, enum tp_figure_id figure, unsigned *from,
                     double *number)
{
    struct tp_sheet sheet = {0};
    struct tp_value value;

    tp_sheet_open(&sheet, flow->analysis, flow->flow, 0);
    value = tp_sheet_value(&sheet, figure, 0, TP_BEST, from);
    return tp_value_number(&value, number);
}

/* What the figures of bytes are from, so that curves and numbers agree; where there is no series of
 * it, another. */
const struct tp_series *tp_scene_bytes(const struct tp_scene_flow *flow, const char **what)
{
    static const struct {
        unsigned origin;
        enum tp_metric_id metric;
        bool peer;
        const char *what;
    } ways[] = {{TP_FROM_KERNEL, TP_METRIC_ACKED, false, "acknowledged"},
                {TP_FROM_PACKETS, TP_METRIC_WIRE_ACKED, false, "acknowledged"},
                {TP_FROM_PEER, TP_METRIC_DATA_LEN, true, "received"},
                {TP_WAYS, TP_METRIC_WIRE_UNIQUE, false, "sent once"}};
    const struct tp_series *series, *found = NULL;
    unsigned from = TP_WAYS;
    double bytes;
    size_t i;

    tp_scene_figure(flow, TP_FIGURE_acked_bytes, &from, &bytes);
    for (i = 0; i < sizeof ways / sizeof *ways; i++) {
        series = tp_scene_series(flow, flow->bulk ^ ways[i].peer, ways[i].metric);
        if (!series || (found && ways[i].origin != from))
            continue;
        found = series;
        *what = ways[i].what;
    }
    return found;
}

const struct tp_series *tp_scene_arrivals(const struct tp_scene_flow *flow)
{
    const char *what;
    const struct tp_series *bytes = tp_scene_bytes(flow, &what);
    const struct tp_series *received = tp_scene_series(flow, !flow->bulk, TP_METRIC_DATA_LEN);

    return bytes && bytes != received ? received : NULL;
}

/* Where a part is shown, of that part. */
double tp_scene_sum(const struct tp_scene_flow *flow, const struct tp_series *series)
{
    int64_t end_ns = flow->origin_ns + flow->span_ns;
    double sum = 0;
    uint32_t i;

    for (i = 0; series && i < series->count; i++)
        if (isfinite(series->bins[i].sum) && series->bins[i].t_ns >= flow->origin_ns &&
            series->bins[i].end_ns <= end_ns)
            sum += series->bins[i].sum;
    return sum;
}

double tp_scene_total(const struct tp_scene_flow *flow)
{
    const char *what;
    double bytes = 0;

    if (flow->windowed)
        return tp_scene_sum(flow, tp_scene_bytes(flow, &what));
    tp_scene_figure(flow, TP_FIGURE_bytes, NULL, &bytes);
    return bytes;
}

bool tp_scene_open_ended(const struct tp_scene_flow *flow)
{
    struct tp_sheet sheet = {0};

    tp_sheet_open(&sheet, flow->analysis, flow->flow, 0);
    return tp_sheet_value(&sheet, TP_FIGURE_bytes, 0, TP_BEST, NULL).at_least;
}

const char *tp_scene_until(const struct tp_scene_flow *flow)
{
    struct tp_sheet sheet = {0};
    struct tp_value from;
    const char *until;

    tp_sheet_open(&sheet, flow->analysis, flow->flow, 0);
    from = tp_sheet_value(&sheet, TP_FIGURE_acked_from, 0, TP_BEST, NULL);
    until = from.type == TP_VALUE_TEXT ? strchr(from.text, ' ') : NULL;
    return until ? until : "";
}

void tp_scene_total_text(const struct tp_scene_flow *flow, char *buf, size_t size)
{
    size_t length;

    tp_units_si_unit(tp_scene_total(flow), "B", buf, size);
    length = strlen(buf);
    if (!flow->windowed && tp_scene_open_ended(flow))
        snprintf(buf + length, size - length, "+");
}

bool tp_scene_mean_rate(const struct tp_scene_flow *flow, double *bits_per_second)
{
    const char *what;

    if (!flow->windowed)
        return tp_scene_figure(flow, TP_FIGURE_goodput_bps, NULL, bits_per_second);
    if (flow->flow->timing == TP_TIMING_TICKS)
        return false;
    *bits_per_second = tp_scene_total(flow) * 8e9 / (double)flow->span_ns;
    return tp_scene_bytes(flow, &what) != NULL;
}

const struct tp_series *tp_scene_resent(const struct tp_scene *scene,
                                        const struct tp_scene_flow *flow, struct tp_resent *resent)
{
    const struct tp_series *series;
    unsigned from;
    double count;
    bool known = tp_scene_figure(flow, TP_FIGURE_retransmitted, &from, &count);
    bool captured = known && from == TP_FROM_PACKETS;

    (void)scene;
    *resent = (struct tp_resent){
        .known = known, .packets = captured, .unit = captured ? "segment" : "skb"};
    if (!known)
        return NULL;
    series = tp_scene_series(flow, flow->bulk,
                             captured ? TP_METRIC_WIRE_RETRANSMIT : TP_METRIC_RETRANSMIT);
    resent->count = flow->windowed ? (uint64_t)tp_scene_sum(flow, series) : (uint64_t)count;
    resent->has_share =
        !flow->windowed && tp_scene_figure(flow, TP_FIGURE_retransmit_share, NULL, &resent->share);
    return series;
}

/* What was acknowledged, or received, after the socket left ESTABLISHED has no times. */
static void blank_the_end(const struct tp_scene_flow *flow, bool acked, struct tp_bins *bins)
{
    const struct tp_side *side = tp_flow_side(flow->flow, flow->bulk ^ !acked);
    struct tp_sheet sheet = {0};
    double turned_ns;
    bool whole;

    tp_sheet_open(&sheet, flow->analysis, flow->flow, 0);
    if (!tp_sheet_value(&sheet, TP_FIGURE_transfer_ns, 0, acked ? TP_FROM_KERNEL : TP_FROM_PEER,
                        NULL)
             .at_least)
        return;
    tp_side_acked(side, &whole);
    turned_ns =
        (double)((acked && whole ? side->probe_last_ns : side->turned_ns) - flow->origin_ns);
    tp_bins_blank(bins, turned_ns,
                  acked && side->fin_acked ? turned_ns + 1e3 * side->fin_acked_us : bins->end_ns);
}

/* The last byte, where only the end of the connection comes after it: what is idle longer has a
 * rate of nothing. */
static int64_t end_of_bytes(const struct tp_scene *scene, const struct tp_scene_flow *flow,
                            const struct tp_series *bytes)
{
    int64_t end_ns = flow->flow->last_ns;
    int64_t last_ns = bytes && bytes->count ? bytes->bins[bytes->count - 1].end_ns : end_ns;

    return end_ns - last_ns < scene->bin_ns ? last_ns : end_ns;
}

static bool lacks_acks(const struct tp_scene_flow *flow)
{
    const struct tp_wire *acking = tp_flow_wire(flow->flow, !flow->bulk);

    return acking && acking->saw_gap;
}

bool tp_scene_rates(struct tp_scene *scene, const struct tp_scene_flow *flow,
                    const struct tp_series *bytes, struct tp_bins *bins)
{
    bool acked = bytes && bytes == tp_scene_series(flow, flow->bulk, TP_METRIC_ACKED);
    bool by_packets = bytes && bytes == tp_scene_series(flow, flow->bulk, TP_METRIC_WIRE_ACKED);
    bool received = bytes && bytes == tp_scene_series(flow, !flow->bulk, TP_METRIC_DATA_LEN);
    int64_t begin_ns, end_ns;
    double missed = 0;
    bool gaps;
    size_t i;

    if (!tp_bins_init(bins, scene->bin_ns, scene->span_ns)) {
        scene->sketch.failed = true;
        return false;
    }
    tp_bins_add(bins, bytes, flow->origin_ns);
    if (by_packets)
        tp_scene_figure(flow, TP_FIGURE_wire_missed_bytes, NULL, &missed);
    gaps = missed > 0 || (by_packets && lacks_acks(flow)) ||
           (acked && tp_flow_side(flow->flow, flow->bulk)->has_gaps);
    if (acked || gaps)
        tp_bins_catch_up(bins, bytes, flow->gaps, gaps, flow->origin_ns);
    tp_bins_hide(bins, bytes, flow->gaps, flow->origin_ns, acked);
    if (acked || received)
        blank_the_end(flow, acked, bins);
    begin_ns = flow->flow->first_ns - flow->origin_ns;
    end_ns = end_of_bytes(scene, flow, bytes) - flow->origin_ns;
    tp_bins_rates(bins, (double)begin_ns, (double)end_ns);
    if (scene->apart)
        tp_bins_crop(bins, (double)begin_ns, (double)end_ns);
    for (i = 0; i < bins->count; i++)
        bins->sums[i] *= 8;
    return true;
}

bool tp_scene_retransmits(struct tp_scene *scene, const struct tp_scene_flow *flow,
                          struct tp_bins *bins)
{
    struct tp_resent resent;
    const struct tp_series *series = tp_scene_resent(scene, flow, &resent);

    if (!tp_bins_init(bins, scene->bin_ns, scene->span_ns)) {
        scene->sketch.failed = true;
        return false;
    }
    tp_bins_add(bins, series, flow->origin_ns);
    return true;
}

uint64_t tp_picture_asks(void)
{
    static const enum tp_figure_id asked[] = {TP_FIGURE_bytes,
                                              TP_FIGURE_goodput_bps,
                                              TP_FIGURE_rtt_min_us,
                                              TP_FIGURE_rtt_p50_us,
                                              TP_FIGURE_rtt_p95_us,
                                              TP_FIGURE_retransmit_share,
                                              TP_FIGURE_limit_network_share,
                                              TP_FIGURE_limit_rwnd_share,
                                              TP_FIGURE_limit_app_share};
    uint64_t metrics = TP_METRIC_BIT(RTT_HANDSHAKE);
    size_t i;

    for (i = 0; i < sizeof asked / sizeof *asked; i++)
        metrics |= tp_figure_metrics(asked[i]);
    return metrics;
}
