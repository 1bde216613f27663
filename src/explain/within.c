/* within.c: what series say of the time in which something was waited for. */
#include "explain/case.h"

#define HOLD_MAX_NS INT64_C(1000000000)
#define BINS_LEAST  16 /* fewer of them say little of a rate: a rule of thumb */

/* Bins and spans, both in time order, side by side. */
struct within {
    const struct tp_series *series;
    const struct tp_spans *spans;
    uint32_t bin, span;
};

static bool open_within(const struct tp_case *of, enum tp_metric_id kernel,
                        enum tp_metric_id packets, struct within *within)
{
    const struct tp_flow *flow = of->sheet->flow;

    *within = (struct within){
        .series = tp_flow_series(flow, of->end, case_by_kernel(of) ? kernel : packets),
        .spans = tp_flow_wait_spans(flow, of->end, (enum tp_origin)of->told->origin),
    };
    return within->series && within->spans;
}

/* The next bin that begins in a span of that wait; NULL: there is none. */
static const struct tp_bin *next_within(struct within *within, enum tp_wait wait)
{
    const struct tp_span *list = within->spans->list;
    const struct tp_bin *bin;

    while (within->bin < within->series->count) {
        bin = &within->series->bins[within->bin];
        while (within->span < within->spans->count &&
               (list[within->span].value != wait || list[within->span].end_ns <= bin->t_ns))
            within->span++;
        if (within->span == within->spans->count)
            return NULL;
        within->bin++;
        if (list[within->span].begin_ns <= bin->t_ns)
            return bin;
    }
    return NULL;
}

/* For how long it held: until the next one, which need not be in a span. */
static int64_t held_ns(const struct within *within, const struct tp_bin *bin)
{
    int64_t until_ns =
        within->bin < within->series->count ? within->series->bins[within->bin].t_ns : bin->end_ns;
    int64_t length_ns = until_ns - bin->t_ns;

    return length_ns > HOLD_MAX_NS ? HOLD_MAX_NS : length_ns > 0 ? length_ns : 1;
}

bool case_srtt_within(const struct tp_case *of, enum tp_wait wait, double share, double *srtt_us)
{
    struct within within;
    const struct tp_bin *bin;
    struct tp_dist dist;
    bool known;

    if (!open_within(of, TP_METRIC_SRTT, TP_METRIC_WIRE_SRTT, &within))
        return false;
    tp_dist_init(&dist);
    while ((bin = next_within(&within, wait)) != NULL)
        if (tp_dist_add(&dist, (uint32_t)(bin->sum / bin->count), (uint64_t)held_ns(&within, bin)) <
            0)
            of->sheet->out_of_memory = true;
    known = tp_dist_quantile(&dist, share, srtt_us);
    tp_dist_release(&dist);
    return known;
}

bool case_rate_within(const struct tp_case *of, enum tp_wait wait, double *rate_bps)
{
    int64_t time_ns = case_waited(of, wait);
    struct within within;
    const struct tp_bin *bin;
    double bytes = 0;
    unsigned bins = 0;

    if (time_ns <= 0 || !open_within(of, TP_METRIC_ACKED, TP_METRIC_WIRE_ACKED, &within))
        return false;
    while ((bin = next_within(&within, wait)) != NULL) {
        bytes += bin->sum;
        bins++;
    }
    *rate_bps = bytes * 8e9 / (double)time_ns;
    return bins >= BINS_LEAST;
}

bool case_is_in_flight(const struct tp_case *of, enum tp_wait wait, double *share)
{
    struct within within;
    const struct tp_bin *bin;
    int64_t some_ns = 0, all_ns = 0, length_ns;
    double rtt_us; /* what was in flight is acknowledged then, whether anybody says so or not */

    if (!open_within(of, TP_METRIC_INFLIGHT, TP_METRIC_WIRE_INFLIGHT, &within))
        return false;
    if (!case_number(of, TP_FIGURE_rtt_p50_us, 0, &rtt_us))
        return false;
    while ((bin = next_within(&within, wait)) != NULL) {
        length_ns = held_ns(&within, bin);
        some_ns += bin->last > 0 && (double)length_ns < rtt_us * 1e3 ? length_ns : 0;
        all_ns += length_ns;
    }
    *share = all_ns ? (double)some_ns / (double)all_ns : 0;
    return all_ns > 0;
}
