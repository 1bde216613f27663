/* reasons_growth.c: what may be found of how a congestion window grew before anything was lost. */
#include <string.h>

#include "explain/reasons.h"

/* When congestion began for the first time; INT64_MAX: never. */
static int64_t first_congestion_ns(const struct tp_case *of, int64_t since_ns)
{
    const struct tp_spans *spans = tp_flow_cong_spans(of->sheet->flow, of->end);

    for (uint32_t i = 0; spans && i < spans->count; i++)
        if (spans->list[i].end_ns > since_ns)
            return spans->list[i].begin_ns;
    return INT64_MAX;
}

int64_t case_waited_within(const struct tp_case *of, enum tp_wait wait, int64_t begin_ns,
                           int64_t end_ns)
{
    const struct tp_spans *spans =
        tp_flow_wait_spans(of->sheet->flow, of->end, (enum tp_origin)of->told->origin);
    int64_t sum_ns = 0, from_ns, to_ns;

    for (uint32_t i = 0; spans && i < spans->count; i++) {
        if (spans->list[i].value != wait)
            continue;
        from_ns = spans->list[i].begin_ns > begin_ns ? spans->list[i].begin_ns : begin_ns;
        to_ns = spans->list[i].end_ns < end_ns ? spans->list[i].end_ns : end_ns;
        sum_ns += to_ns > from_ns ? to_ns - from_ns : 0;
    }
    return sum_ns;
}

static bool uses_ssthresh(const struct tp_case *of)
{
    return tp_flow_uses_ssthresh(of->sheet->analysis, of->sheet->flow, of->end);
}

/* --- the end of slow start -------------------------------------------------------------------- */

#define LIKE                                                                                       \
    0.1 /* ssthresh is the window, within so much: net/ipv4/tcp_cubic.c, hystart_update() */

/* The first finite ssthresh, where it is the window of that moment; 0: it is not. */
static double threshold_at(const struct tp_case *of, int64_t at_ns)
{
    const struct tp_series *thresholds = case_series(of, TP_METRIC_SSTHRESH);
    const struct tp_series *windows = case_series(of, TP_METRIC_SND_CWND);
    double threshold = 0;

    for (uint32_t i = 0; thresholds && i < thresholds->count && threshold <= 0; i++)
        if (thresholds->bins[i].end_ns >= at_ns &&
            thresholds->bins[i].min < (float)TP_SSTHRESH_INFINITE)
            threshold = thresholds->bins[i].min;
    for (uint32_t i = 0; windows && i < windows->count; i++)
        if (windows->bins[i].end_ns >= at_ns)
            return windows->bins[i].min <= threshold * (1 + LIKE) &&
                           windows->bins[i].max >= threshold * (1 - LIKE)
                       ? threshold
                       : 0;
    return 0;
}

static bool may_be_cubic(const struct tp_case *of)
{
    const char *name = tp_flow_congestion_control(of->sheet->analysis, of->sheet->flow);

    return !name || strcmp(name, "cubic") == 0;
}

struct left {
    int64_t at_ns, until_ns; /* until then nothing was lost, or marked */
    double segs;             /* its window then; 0: it did not, as far as is known */
};

static struct left left_of(const struct tp_case *of)
{
    struct left left = {0, 0, 0};
    const struct tp_side *side = of->sheet->side[SENDER];

    if (!case_by_kernel(of) || !side || !tp_side_slow_start(side, &left.at_ns) ||
        !may_be_cubic(of) || case_restarted(of) || !uses_ssthresh(of))
        return left;
    left.until_ns = first_congestion_ns(of, INT64_MIN);
    if (left.until_ns > left.at_ns)
        left.segs = threshold_at(of, left.at_ns);
    return left;
}

/* What a window that pauses made smaller waits for is no matter of how it grew first. */
bool find_hystart(const struct tp_case *of, struct tp_reason *reason)
{
    struct left left = left_of(of);
    double rate_bps;

    reason->cost_ns =
        left.segs > 0 ? case_waited_within(of, TP_WAIT_CWND, left.at_ns, left.until_ns) : 0;
    if (!case_is_share(of, reason->cost_ns, NOTABLE))
        return false;
    reason->confidence = TP_LIKELY;
    reason->has_place = true;
    reason->begin_ns = left.at_ns;
    reason->end_ns = left.at_ns + reason->cost_ns;
    case_say(reason,
             "it left slow start at %.0f segments though nothing was lost, as HyStart does where "
             "round trips grow longer or ACKs come in long trains; for %s it then grew slowly "
             "while no queue showed on the path",
             left.segs, T(reason->cost_ns));
    if (case_number(of, TP_FIGURE_ack_train_bps, SENDER, &rate_bps))
        case_say(reason, ", which carried %s or more at times", SI(rate_bps, "bit/s"));
    return true;
}
