/* window.c: what the course of a congestion window says of its congestion control. */
#include "explain/case.h"

const struct tp_series *case_series(const struct tp_case *of, enum tp_metric_id metric)
{
    const struct tp_series *series = tp_flow_series(of->sheet->flow, of->end, metric);

    return series && series->count ? series : NULL;
}

bool case_was_congested(const struct tp_case *of, int64_t begin_ns, int64_t end_ns)
{
    const struct tp_spans *spans = tp_flow_cong_spans(of->sheet->flow, of->end);

    for (uint32_t i = 0; spans && i < spans->count; i++)
        if (spans->list[i].begin_ns < end_ns && spans->list[i].end_ns > begin_ns)
            return true;
    return false;
}

/* --- PROBE_RTT -------------------------------------------------------------------------------- */

/* net/ipv4/tcp_bbr.c: bbr_cwnd_min_target for bbr_probe_rtt_mode_ms, and a round trip. */
#define PROBE_SEGS   4
#define PROBE_MIN_NS INT64_C(150000000)
#define PROBE_MAX_NS INT64_C(800000000)
#define PROBE_TIMES  3 /* so many times larger before and behind it */

static void note_dip(const struct tp_case *of, const struct tp_series *series, uint32_t first,
                     uint32_t behind, struct case_dips *dips)
{
    int64_t begin_ns = series->bins[first].t_ns, end_ns = series->bins[behind].t_ns;
    double least = PROBE_SEGS;

    for (uint32_t i = first; i < behind; i++)
        least = series->bins[i].min < least ? series->bins[i].min : least;
    if (series->bins[first - 1].max < PROBE_SEGS * PROBE_TIMES ||
        series->bins[behind].max < PROBE_SEGS * PROBE_TIMES || end_ns - begin_ns < PROBE_MIN_NS ||
        end_ns - begin_ns > PROBE_MAX_NS || case_was_congested(of, begin_ns, end_ns))
        return;
    dips->exact &= least >= PROBE_SEGS;
    dips->count++;
    dips->time_ns += end_ns - begin_ns;
    if (end_ns - begin_ns > dips->end_ns - dips->begin_ns) {
        dips->begin_ns = begin_ns;
        dips->end_ns = end_ns;
    }
}

struct case_dips case_dips(const struct tp_case *of)
{
    const struct tp_series *series = case_series(of, TP_METRIC_SND_CWND);
    struct case_dips dips = {.exact = true};
    uint32_t first;

    for (uint32_t i = 1; series && i < series->count; i++) {
        if (series->bins[i].max > PROBE_SEGS)
            continue;
        for (first = i; i < series->count && series->bins[i].max <= PROBE_SEGS;)
            i++;
        if (i < series->count)
            note_dip(of, series, first, i, &dips);
    }
    return dips;
}

/* --- losses ----------------------------------------------------------------------------------- */

/* The most in flight within that time; 0: nobody knows. */
static double most_within(const struct tp_series *series, int64_t begin_ns, int64_t end_ns)
{
    double most = 0;

    for (uint32_t i = 0; i < series->count && series->bins[i].t_ns < end_ns; i++)
        if (series->bins[i].end_ns >= begin_ns && series->bins[i].max > most)
            most = series->bins[i].max;
    return most;
}

#define FALLS_MIN  5    /* episodes */
#define FALLS_PART 0.85 /* RFC 9438, 4.6: 0.7; RFC 5681, 3.1: half; and what is SACKed goes on */

/* Of packets: is less in flight behind loss episodes than there was before, mostly? */
static bool falls_at_losses(const struct tp_case *of)
{
    const struct tp_spans *episodes = tp_flow_episodes(of->sheet->flow, of->end);
    const struct tp_series *flight = case_series(of, TP_METRIC_WIRE_INFLIGHT);
    unsigned fell = 0, judged = 0;
    double rtt_us, before, behind;
    int64_t rtt_ns;

    if (!episodes || !flight || !case_number(of, TP_FIGURE_rtt_p50_us, 0, &rtt_us))
        return false;
    rtt_ns = (int64_t)(rtt_us * 1e3);
    for (uint32_t i = 0; i < episodes->count; i++) {
        const struct tp_span *span = &episodes->list[i];

        if (i + 1 < episodes->count && episodes->list[i + 1].begin_ns < span->end_ns + 2 * rtt_ns)
            continue;
        before = most_within(flight, span->begin_ns - 2 * rtt_ns, span->begin_ns);
        behind = most_within(flight, span->end_ns + rtt_ns / 8, span->end_ns + rtt_ns);
        judged += before > 0 && behind > 0;
        fell += before > 0 && behind > 0 && behind <= FALLS_PART * before;
    }
    return judged >= FALLS_MIN && fell * 3 >= judged * 2;
}

bool case_answers_losses(const struct tp_case *of)
{
    if (case_is(of, TP_FIGURE_congestion_control, 0, "bbr") || case_is(of, TP_FIGURE_cc, 0, "bbr"))
        return false;
    return case_by_kernel(of) ? tp_flow_uses_ssthresh(of->sheet->analysis, of->sheet->flow, of->end)
                              : falls_at_losses(of);
}

void case_look(struct tp_case *of)
{
    of->policed_bps = case_policed(of);
    of->black_hole = case_is_black_hole(of);
    of->dips = case_dips(of);
}
