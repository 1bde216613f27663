/* run_values.c: every metric of one sender, from kernel events and from packets. */
#include <math.h>
#include <stdlib.h>

#include "compare/run.h"
#include "compare/sample.h"

/* Fewer decreases than these are no median. */
#define BETAS_MIN 2

/* Percent of its time that a sender may be limited by its application to show its window. */
#define HELD_BACK 10

static double seconds(const struct sender *sender)
{
    if (sender->flow->timing != TP_TIMING_SECONDS)
        return NAN;
    return (double)(sender->last_ns - sender->first_ns) / 1e9;
}

static double per_second(const struct sender *sender, double amount)
{
    return seconds(sender) > 0 ? amount / seconds(sender) : NAN;
}

static double percent(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : NAN;
}

static double quantile_of(const struct sender *sender, enum tp_metric_id metric, double p,
                          double factor)
{
    double value;

    return tp_flow_quantiles(sender->flow, sender->end, metric, &p, &value, 1) ? value * factor
                                                                               : NAN;
}

static struct tp_summary summary_of(const struct sender *sender, enum tp_metric_id metric)
{
    struct tp_summary summary;

    if (!tp_flow_summary(sender->flow, sender->end, metric, &summary))
        summary = (struct tp_summary){.min = NAN, .mean = NAN};
    return summary;
}

static double median_of(const struct collected_list *list)
{
    double values[2 * COLLECT_LIST_MAX];
    uint32_t i;

    for (i = 0; i < list->count; i++)
        values[i] = (double)list->values[i];
    return sample_median(values, list->count, values + COLLECT_LIST_MAX);
}

static double limit_share(const struct sender *sender, enum tp_origin origin, enum tp_limit limit)
{
    struct tp_limit_times times;
    int64_t total = 0;
    unsigned i;

    if (!tp_flow_limits(sender->flow, sender->end, origin, &times))
        return NAN;
    for (i = 0; i < TP_LIMITS; i++)
        total += times.time_ns[i];
    return percent((double)times.time_ns[limit], (double)total);
}

/* --- of both ------------------------------------------------------------------------------------
 */

static double beta(const struct sender *sender)
{
    return sender->collected && sender->collected->betas.count >= BETAS_MIN
               ? median_of(&sender->collected->betas)
               : NAN;
}

static double epoch(const struct sender *sender)
{
    return sender->collected && sender->collected->epochs_s.count
               ? median_of(&sender->collected->epochs_s)
               : NAN;
}

static double startup(const struct sender *sender)
{
    if (!sender->collected ||
        sender->collected->last_ns - sender->collected->first_ns < COLLECT_STARTUP_NS)
        return NAN;
    return sender->collected->startup_bytes * 8 / 1e6 / ((double)COLLECT_STARTUP_NS / 1e9);
}

static double slow_start(const struct sender *sender)
{
    return sender->collected && sender->collected->has_finite
               ? (double)(sender->collected->finite_ns - sender->collected->first_ns) / 1e9
               : NAN;
}

/* --- from kernel events -------------------------------------------------------------------------
 */

static double kernel_mss(const struct sender *sender)
{
    return sender->side->mss_bytes ? sender->side->mss_bytes : NAN;
}

static double kernel_rtt_min(const struct sender *sender)
{
    return summary_of(sender, TP_METRIC_SRTT).min / 1e3;
}

static double kernel_init_cwnd(const struct sender *sender)
{
    return sender->side->initial_cwnd_segs ? sender->side->initial_cwnd_segs : NAN;
}

static double kernel_goodput(const struct sender *sender)
{
    double bits_per_second;

    return sender->flow->timing == TP_TIMING_SECONDS &&
                   tp_side_goodput(sender->side, &bits_per_second)
               ? bits_per_second / 1e6
               : NAN;
}

static double kernel_rtt_p50(const struct sender *sender)
{
    return quantile_of(sender, TP_METRIC_SRTT, 0.5, 1e-3);
}

static double kernel_rtt_p95(const struct sender *sender)
{
    return quantile_of(sender, TP_METRIC_SRTT, 0.95, 1e-3);
}

static double kernel_cwnd_p10(const struct sender *sender)
{
    return quantile_of(sender, TP_METRIC_SND_CWND, 0.1, 1);
}

static double kernel_cwnd_p50(const struct sender *sender)
{
    return quantile_of(sender, TP_METRIC_SND_CWND, 0.5, 1);
}

static double kernel_cwnd_p90(const struct sender *sender)
{
    return quantile_of(sender, TP_METRIC_SND_CWND, 0.9, 1);
}

static double kernel_inflight(const struct sender *sender)
{
    return summary_of(sender, TP_METRIC_INFLIGHT).mean;
}

static double kernel_loss_events(const struct sender *sender)
{
    const uint32_t *entries = sender->side->cong_entries;

    if (!tp_analysis_saw(sender->analysis, TP_KIND_CONG_STATE_SET))
        return NAN;
    return per_second(sender, (double)entries[TP_CONG_RECOVERY] + entries[TP_CONG_LOSS]);
}

static double kernel_retx(const struct sender *sender)
{
    double share;

    return tp_side_retransmit_share(sender->analysis, sender->side, &share) ? 100 * share : NAN;
}

static double kernel_recovery(const struct sender *sender)
{
    const int64_t *times = sender->side->cong_time_ns;
    double troubled =
        (double)times[TP_CONG_CWR] + (double)times[TP_CONG_RECOVERY] + (double)times[TP_CONG_LOSS];

    if (!tp_analysis_saw(sender->analysis, TP_KIND_CONG_STATE_SET))
        return NAN;
    return percent(troubled,
                   troubled + (double)times[TP_CONG_OPEN] + (double)times[TP_CONG_DISORDER]);
}

static double kernel_rwnd(const struct sender *sender)
{
    return limit_share(sender, TP_FROM_KERNEL, TP_LIMIT_RECEIVER);
}

static double kernel_app(const struct sender *sender)
{
    return limit_share(sender, TP_FROM_KERNEL, TP_LIMIT_APP);
}

/* --- from packets -------------------------------------------------------------------------------
 */

static double wire_mss(const struct sender *sender)
{
    return sender->wire->data_packets ? sender->wire->segment_max_bytes : NAN;
}

static double wire_rtt_min(const struct sender *sender)
{
    return fmin(summary_of(sender, TP_METRIC_RTT_ACK).min,
                summary_of(sender, TP_METRIC_RTT_HANDSHAKE).min) /
           1e3;
}

/* A sender that had less to send than its window shows no window: of a greeting before the data
 * the last segment is not full, and who writes little at a time does so later too. */
static double wire_init_cwnd(const struct sender *sender)
{
    const struct tp_wire *wire = sender->wire;
    uint64_t full_bytes = (uint64_t)wire->initial_segs * wire->segment_max_bytes;

    return wire->syns && wire->initial_bytes == full_bytes && wire->unique_bytes > 2 * full_bytes &&
                   limit_share(sender, TP_FROM_PACKETS, TP_LIMIT_APP) < HELD_BACK
               ? wire->initial_segs
               : NAN;
}

static double wire_goodput(const struct sender *sender)
{
    return per_second(sender, (double)sender->wire->acked_bytes * 8 / 1e6);
}

static double wire_rtt_p50(const struct sender *sender)
{
    return quantile_of(sender, TP_METRIC_WIRE_SRTT, 0.5, 1e-3);
}

static double wire_rtt_p95(const struct sender *sender)
{
    return quantile_of(sender, TP_METRIC_WIRE_SRTT, 0.95, 1e-3);
}

static double wire_inflight(const struct sender *sender)
{
    return summary_of(sender, TP_METRIC_WIRE_INFLIGHT).mean;
}

static double wire_loss_events(const struct sender *sender)
{
    return per_second(sender, sender->wire->trouble ? sender->wire->trouble->recoveries : 0);
}

static double wire_retx(const struct sender *sender)
{
    const struct tp_wire *wire = sender->wire;
    double segs = wire->segment_max_bytes ? (double)wire->acked_bytes / wire->segment_max_bytes : 0;

    return percent(wire->trouble ? wire->trouble->retransmitted_segs : 0, segs);
}

static double wire_recovery(const struct sender *sender)
{
    return percent(sender->wire->trouble ? (double)sender->wire->trouble->recovery_ns / 1e9 : 0,
                   seconds(sender));
}

static double wire_rwnd(const struct sender *sender)
{
    return limit_share(sender, TP_FROM_PACKETS, TP_LIMIT_RECEIVER);
}

static double wire_app(const struct sender *sender)
{
    return limit_share(sender, TP_FROM_PACKETS, TP_LIMIT_APP);
}

static double wire_ce(const struct sender *sender)
{
    return sender->wire->ect ? percent(sender->wire->trouble ? sender->wire->trouble->ce : 0,
                                       (double)sender->wire->data_packets)
                             : NAN;
}

static double wire_reordered(const struct sender *sender)
{
    return percent(sender->wire->trouble ? sender->wire->trouble->reordered : 0,
                   (double)sender->wire->data_packets);
}

typedef double value_fn(const struct sender *sender);

static value_fn *const values[TP_ORIGINS][TP_COMPARE_IDS] = {
    [TP_FROM_KERNEL] = {[TP_COMPARE_MSS] = kernel_mss,
                        [TP_COMPARE_DURATION] = seconds,
                        [TP_COMPARE_RTT_MIN] = kernel_rtt_min,
                        [TP_COMPARE_INIT_CWND] = kernel_init_cwnd,
                        [TP_COMPARE_BETA] = beta,
                        [TP_COMPARE_GOODPUT] = kernel_goodput,
                        [TP_COMPARE_RTT_P50] = kernel_rtt_p50,
                        [TP_COMPARE_RTT_P95] = kernel_rtt_p95,
                        [TP_COMPARE_CWND_P10] = kernel_cwnd_p10,
                        [TP_COMPARE_CWND_P50] = kernel_cwnd_p50,
                        [TP_COMPARE_CWND_P90] = kernel_cwnd_p90,
                        [TP_COMPARE_INFLIGHT] = kernel_inflight,
                        [TP_COMPARE_LOSS_EVENTS] = kernel_loss_events,
                        [TP_COMPARE_RETX] = kernel_retx,
                        [TP_COMPARE_STARTUP] = startup,
                        [TP_COMPARE_SS_DURATION] = slow_start,
                        [TP_COMPARE_RECOVERY_SHARE] = kernel_recovery,
                        [TP_COMPARE_EPOCH] = epoch,
                        [TP_COMPARE_RWND_SHARE] = kernel_rwnd,
                        [TP_COMPARE_APP_SHARE] = kernel_app},
    [TP_FROM_PACKETS] = {[TP_COMPARE_MSS] = wire_mss,
                         [TP_COMPARE_DURATION] = seconds,
                         [TP_COMPARE_RTT_MIN] = wire_rtt_min,
                         [TP_COMPARE_INIT_CWND] = wire_init_cwnd,
                         [TP_COMPARE_GOODPUT] = wire_goodput,
                         [TP_COMPARE_RTT_P50] = wire_rtt_p50,
                         [TP_COMPARE_RTT_P95] = wire_rtt_p95,
                         [TP_COMPARE_INFLIGHT] = wire_inflight,
                         [TP_COMPARE_LOSS_EVENTS] = wire_loss_events,
                         [TP_COMPARE_RETX] = wire_retx,
                         [TP_COMPARE_STARTUP] = startup,
                         [TP_COMPARE_RECOVERY_SHARE] = wire_recovery,
                         [TP_COMPARE_RWND_SHARE] = wire_rwnd,
                         [TP_COMPARE_APP_SHARE] = wire_app,
                         [TP_COMPARE_CE] = wire_ce,
                         [TP_COMPARE_REORDERED] = wire_reordered}};

double sender_value(const struct sender *sender, enum tp_origin origin, enum tp_compare_id metric)
{
    value_fn *value = values[origin][metric];
    double number = value ? value(sender) : NAN;

    return isfinite(number) ? number : NAN;
}

/* From the first ACK of data to the last: a kernel's samples begin and end with these too. */
static void open_wire(struct sender *sender)
{
    const struct tp_wire *wire = sender->wire;

    sender->first_ns = sender->collected ? sender->collected->first_ns : wire->data_first_ns;
    sender->last_ns = wire->acked_bytes ? wire->acked_last_ns : wire->data_last_ns;
}

bool sender_open(struct sender *sender, const struct tp_analysis *analysis,
                 const struct tp_run_collector *collector, const struct tp_flow *flow, unsigned end,
                 enum tp_origin origin)
{
    *sender = (struct sender){.flow = flow,
                              .end = end,
                              .analysis = analysis,
                              .side = tp_flow_side(flow, end),
                              .wire = tp_flow_wire(flow, end),
                              .collected = collected_of(collector, flow, end)};
    if (origin == TP_FROM_KERNEL) {
        if (!sender->side || !sender->side->probes)
            return false;
        sender->first_ns = sender->side->probe_first_ns;
        sender->last_ns = sender->side->probe_last_ns;
        return true;
    }
    if (!sender->wire || !sender->wire->data_packets)
        return false;
    open_wire(sender);
    return true;
}

uint64_t sender_bytes(const struct sender *sender, enum tp_origin origin)
{
    return origin == TP_FROM_KERNEL ? sender->side->acked_bytes : sender->wire->acked_bytes;
}
