/* scene_values.c: what is known of a flow, wherever it is from: its socket's own word first, then
 * what its packets show. */
#include <math.h>

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

/* The sender's own word first, then what was seen of it on the wire, then the receiver's. */
const struct tp_series *tp_scene_bytes(const struct tp_scene_flow *flow, const char **what)
{
    static const struct {
        enum tp_metric_id metric;
        bool peer;
        const char *what;
    } ways[] = {{TP_METRIC_ACKED, false, "acknowledged"},
                {TP_METRIC_WIRE_ACKED, false, "acknowledged"},
                {TP_METRIC_DATA_LEN, true, "received"},
                {TP_METRIC_WIRE_UNIQUE, false, "sent once"}};
    const struct tp_series *series;
    size_t i;

    for (i = 0; i < sizeof ways / sizeof *ways; i++) {
        series = tp_scene_series(flow, flow->bulk ^ ways[i].peer, ways[i].metric);
        *what = ways[i].what;
        if (series)
            return series;
    }
    return NULL;
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

    return flow->windowed ? tp_scene_sum(flow, tp_scene_bytes(flow, &what))
                          : (double)tp_plot_flow_bytes(flow->flow);
}

bool tp_scene_mean_rate(const struct tp_scene_flow *flow, double *bits_per_second)
{
    const struct tp_side *receiver = flow->receiver;
    const struct tp_wire *wire = flow->wire;
    const char *what;

    if (flow->windowed) {
        *bits_per_second = tp_scene_total(flow) * 8e9 / (double)flow->span_ns;
        return tp_scene_bytes(flow, &what) != NULL;
    }
    if (flow->flow->timing != TP_TIMING_SECONDS)
        return false;
    if (flow->sender && flow->sender->has_acked)
        return tp_side_goodput(flow->sender, bits_per_second);
    if (wire && wire->data_packets && wire->acked_bytes &&
        wire->acked_last_ns > wire->data_first_ns) {
        *bits_per_second =
            (double)wire->acked_bytes * 8e9 / (double)(wire->acked_last_ns - wire->data_first_ns);
        return true;
    }
    if (!receiver || !receiver->has_received || receiver->probes < 2 ||
        receiver->probe_last_ns <= receiver->probe_first_ns)
        return false;
    *bits_per_second = (double)receiver->received_bytes * 8e9 /
                       (double)(receiver->probe_last_ns - receiver->probe_first_ns);
    return true;
}

/* --- round-trip time and retransmissions, from the kernel or else from packets --------------- */

const char *tp_scene_rtt(const struct tp_scene_flow *flow, const double *p, double *values_us,
                         size_t count, double *min_us)
{
    static const struct {
        enum tp_metric_id metric;
        const char *name;
    } ways[] = {{TP_METRIC_SRTT, "srtt"},
                {TP_METRIC_RTT_ACK, "RTT"},
                {TP_METRIC_RTT_SACK, "RTT by SACK"},
                {TP_METRIC_RTT_TS, "RTT by timestamp"},
                {TP_METRIC_RTT_HANDSHAKE, "RTT of the handshake"}};
    struct tp_summary summary;
    size_t i, k;

    for (i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (!tp_flow_quantiles(flow->flow, flow->bulk, ways[i].metric, p, values_us, count))
            continue;
        for (k = i; min_us && k < (i == 0 ? 1 : sizeof ways / sizeof *ways); k++) {
            if (!tp_flow_summary(flow->flow, flow->bulk, ways[k].metric, &summary))
                continue;
            *min_us = k == i ? summary.min : fmin(*min_us, summary.min);
        }
        return ways[i].name;
    }
    return NULL;
}

const struct tp_series *tp_scene_resent(const struct tp_scene *scene,
                                        const struct tp_scene_flow *flow, struct tp_resent *resent)
{
    const struct tp_wire_trouble *trouble = flow->wire ? flow->wire->trouble : NULL;
    bool traced = flow->sender && tp_analysis_saw(scene->analysis, TP_KIND_RETRANSMIT_SKB);
    bool captured = flow->wire && flow->wire->data_packets > 0;
    const struct tp_series *series = tp_scene_series(
        flow, flow->bulk, captured ? TP_METRIC_WIRE_RETRANSMIT : TP_METRIC_RETRANSMIT);

    *resent = (struct tp_resent){
        .known = captured || traced, .packets = captured, .unit = captured ? "segment" : "skb"};
    if (!resent->known)
        return NULL;
    if (flow->windowed)
        resent->count = (uint64_t)tp_scene_sum(flow, series);
    else if (captured)
        resent->count = trouble ? trouble->retransmitted_segs : 0;
    else
        resent->count = flow->sender->retransmits;
    if (captured && flow->wire->data_segs > 0 && !flow->windowed) {
        resent->has_share = true;
        resent->share = (double)resent->count / (double)flow->wire->data_segs;
    } else if (!captured && !flow->windowed) {
        resent->has_share = tp_side_retransmit_share(scene->analysis, flow->sender, &resent->share);
    }
    return series;
}

bool tp_scene_rates(struct tp_scene *scene, const struct tp_scene_flow *flow,
                    const struct tp_series *bytes, struct tp_bins *bins)
{
    size_t i;

    if (!tp_bins_init(bins, scene->bin_ns, scene->span_ns)) {
        scene->sketch.failed = true;
        return false;
    }
    tp_bins_add(bins, bytes, flow->origin_ns);
    tp_bins_hide(bins, bytes, flow->gaps, flow->origin_ns,
                 bytes && bytes == tp_scene_series(flow, flow->bulk, TP_METRIC_ACKED));
    for (i = 0; i < bins->count; i++)
        bins->sums[i] *= 8 / tp_bins_seconds(bins, i);
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
