/* within.c: what series say of the time in which something was waited for. */
#include "explain/case.h"

#define HOLD_MAX_NS INT64_C(1000000000)

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

/* What has samples has quantiles, where there is memory to sort them. */
static bool quantile_of(const struct tp_case *of, const struct tp_dist *dist, double p,
                        double *value)
{
    bool known = tp_dist_quantile(dist, p, value);

    of->sheet->out_of_memory |= !known && dist->total > 0;
    return known;
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
    known = quantile_of(of, &dist, share, srtt_us);
    tp_dist_release(&dist);
    return known;
}

bool case_most_in_flight(const struct tp_case *of, enum tp_wait wait, double *bytes)
{
    struct within within;
    const struct tp_bin *bin;

    *bytes = 0;
    if (!open_within(of, TP_METRIC_INFLIGHT, TP_METRIC_WIRE_INFLIGHT, &within))
        return false;
    while ((bin = next_within(&within, wait)) != NULL) /* what follows may be of another wait */
        *bytes = bin->first > *bytes ? bin->first : *bytes;
    return *bytes > 0;
}

/* --- rates ------------------------------------------------------------------------------------ */

/* Rules of thumb: what is shorter says little of a rate, and so do fewer. */
#define PIECE_NS     INT64_C(100000000)
#define PIECE_RTTS   2
#define PIECE_BINS   16
#define PIECES_LEAST 5

int64_t case_widest_bin_ns(const struct tp_series *series)
{
    int64_t widest_ns = 0;

    for (uint32_t i = 0; i < series->count; i++)
        if (series->bins[i].end_ns - series->bins[i].t_ns > widest_ns)
            widest_ns = series->bins[i].end_ns - series->bins[i].t_ns;
    return widest_ns;
}

static int64_t piece_ns(const struct tp_series *series, double rtt_us)
{
    int64_t round_trips_ns = (int64_t)(PIECE_RTTS * rtt_us * 1e3);
    int64_t bins_ns = PIECE_BINS * case_widest_bin_ns(series), least_ns = PIECE_NS;

    least_ns = round_trips_ns > least_ns ? round_trips_ns : least_ns;
    return bins_ns > least_ns ? bins_ns : least_ns;
}

/* What was acknowledged behind from_ns, up to and with until_ns: the ACK that ends a repair tells
 * at once of what had arrived before, and stands where the next wait begins. */
static double acked_between(const struct tp_series *series, uint32_t *bin, int64_t from_ns,
                            int64_t until_ns)
{
    double bytes = 0;

    while (*bin < series->count && series->bins[*bin].t_ns <= from_ns)
        (*bin)++;
    for (; *bin < series->count && series->bins[*bin].t_ns <= until_ns; (*bin)++)
        bytes += series->bins[*bin].sum;
    return bytes;
}

/* The median of pieces of that time, each of two round trips and more. */
bool case_rate_within(const struct tp_case *of, enum tp_wait wait, double *rate_bps)
{
    struct within within;
    struct tp_dist kbps;
    uint32_t bin = 0, pieces = 0;
    double rtt_us, rate;
    int64_t length_ns;

    if (!open_within(of, TP_METRIC_ACKED, TP_METRIC_WIRE_ACKED, &within) ||
        !case_srtt_within(of, wait, 0.5, &rtt_us))
        return false;
    length_ns = piece_ns(within.series, rtt_us);
    tp_dist_init(&kbps);
    for (uint32_t i = 0; i < within.spans->count; i++) {
        const struct tp_span *span = &within.spans->list[i];

        for (int64_t ns = span->begin_ns; span->value == wait && ns + length_ns <= span->end_ns;
             ns += length_ns, pieces++) {
            rate = acked_between(within.series, &bin, ns, ns + length_ns) * 8e6 / (double)length_ns;
            if (tp_dist_add(&kbps, rate < UINT32_MAX ? (uint32_t)rate : UINT32_MAX, 1) < 0)
                of->sheet->out_of_memory = true;
        }
    }
    *rate_bps = 0;
    if (quantile_of(of, &kbps, 0.5, rate_bps))
        *rate_bps *= 1e3;
    tp_dist_release(&kbps);
    return pieces >= PIECES_LEAST && *rate_bps > 0;
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
