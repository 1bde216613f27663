/* reasons_window.c: what may be found of a congestion window, and of what controls it. */
#include "explain/reasons.h"

/* Until the first of them it was as it had grown. */
int64_t case_window_held(const struct tp_case *of)
{
    bool kernel = case_by_kernel(of);
    const struct tp_spans *losses = kernel ? tp_flow_cong_spans(of->sheet->flow, of->end)
                                           : tp_flow_episodes(of->sheet->flow, of->end);
    int64_t since_ns = losses && losses->count ? losses->list[0].begin_ns : INT64_MIN, held_ns;

    held_ns = case_waited_within(of, kernel ? TP_WAIT_CWND : TP_WAIT_NETWORK, since_ns, INT64_MAX);
    if (of->told->origin == TP_FROM_SOCKET || case_count(of, TP_FIGURE_retransmitted, SENDER) < 1 ||
        !case_answers_losses(of))
        return 0;
    return held_ns;
}

bool find_cwnd(const struct tp_case *of, struct tp_reason *reason)
{
    double segs;

    reason->cost_ns = case_window_held(of);
    if (of->policed_bps > 0 || !case_is_share(of, reason->cost_ns, NOTABLE))
        return false;
    reason->confidence = TP_LIKELY;
    case_place(of, reason, case_by_kernel(of) ? TP_WAIT_CWND : TP_WAIT_NETWORK);
    case_say(reason,
             "for %s its congestion window, which losses had reduced, held it back while no queue "
             "showed on the path",
             T(reason->cost_ns));
    if (case_number(of, TP_FIGURE_snd_cwnd_p50_segs, SENDER, &segs))
        case_say(reason, " (median %.0f segments)", segs);
    return true;
}

/* --- slow start ------------------------------------------------------------------------------- */

static bool has_left_slow_start(const struct tp_case *of)
{
    return case_waited(of, TP_WAIT_CWND) + case_waited(of, TP_WAIT_PATH) +
               case_waited(of, TP_WAIT_NETWORK) + case_waited(of, TP_WAIT_RECOVERY) +
               case_waited(of, TP_WAIT_TIMEOUT) + case_waited(of, TP_WAIT_RTO) >
           0;
}

bool find_slow_start(const struct tp_case *of, struct tp_reason *reason)
{
    int64_t slow_ns = case_waited(of, TP_WAIT_SLOW_START);

    if (!case_is_share(of, slow_ns, 0.3)) /* a rule of thumb */
        return false;
    reason->confidence = reason_by_account(of);
    case_place(of, reason, TP_WAIT_SLOW_START);
    case_say(reason, "it spent %s of its time in slow start (%s)",
             PERCENT(reason_share(of, slow_ns)), T(slow_ns));
    if (!has_left_slow_start(of))
        case_say(reason, ": it was over before its window had grown");
    return true;
}

/* --- idle ------------------------------------------------------------------------------------- */

#define IDLE_NS      INT64_C(200000000) /* TCP_RTO_MIN: no timer is shorter */
#define RESTARTS_MIN 2                  /* a rule of thumb */

struct restarts {
    unsigned count;
    double before_segs, after_segs; /* of the largest fall */
    int64_t first_ns;               /* when the first one was over */
};

/* Pauses behind which the window is smaller, though nothing was lost. */
static struct restarts restarts_of(const struct tp_case *of)
{
    const struct tp_series *window = case_series(of, TP_METRIC_SND_CWND);
    struct restarts restarts = {0, 0, 0, 0};

    for (uint32_t i = 1; window && i < window->count; i++) {
        const struct tp_bin *before = &window->bins[i - 1], *after = &window->bins[i];

        if (after->t_ns - before->end_ns < IDLE_NS || after->first >= before->last ||
            case_was_congested(of, before->t_ns, after->t_ns))
            continue;
        if (!restarts.count++)
            restarts.first_ns = before->end_ns;
        if ((double)before->last - (double)after->first <=
            restarts.before_segs - restarts.after_segs)
            continue;
        restarts.before_segs = before->last;
        restarts.after_segs = after->first;
    }
    return restarts;
}

static int64_t slow_start_since(const struct tp_case *of, int64_t since_ns)
{
    const struct tp_spans *spans = tp_flow_wait_spans(of->sheet->flow, of->end, TP_FROM_KERNEL);
    int64_t sum_ns = 0;

    for (uint32_t i = 0; spans && i < spans->count; i++)
        if (spans->list[i].value == TP_WAIT_SLOW_START && spans->list[i].begin_ns >= since_ns)
            sum_ns += spans->list[i].end_ns - spans->list[i].begin_ns;
    return sum_ns;
}

bool case_restarted(const struct tp_case *of)
{
    return restarts_of(of).count > 0;
}

bool find_idle_restart(const struct tp_case *of, struct tp_reason *reason)
{
    struct restarts restarts = restarts_of(of);

    if (!case_by_kernel(of) || restarts.count < RESTARTS_MIN)
        return false;
    reason->cost_ns = slow_start_since(of, restarts.first_ns);
    reason->confidence = TP_LIKELY;
    case_say(
        reason,
        "after %u pauses its congestion window was smaller than before, though nothing was lost "
        "(from %.0f to %.0f segments once)",
        restarts.count, restarts.before_segs, restarts.after_segs);
    if (reason->cost_ns > 0)
        case_say(reason, ": for %s it grew again in slow start", T(reason->cost_ns));
    return true;
}

/* --- congestion control ----------------------------------------------------------------------- */

static bool is_named(const struct tp_case *of)
{
    struct tp_value by_log =
        tp_sheet_value(of->sheet, TP_FIGURE_congestion_control, SENDER, TP_BEST, NULL);
    struct tp_value by_socket = tp_sheet_value(of->sheet, TP_FIGURE_cc, SENDER, TP_BEST, NULL);

    return by_log.type == TP_VALUE_TEXT || by_socket.type == TP_VALUE_TEXT;
}

/* Whatever sets it, none of those that do goes down to four segments by itself. */
static bool uses_ssthresh(const struct tp_case *of)
{
    return tp_flow_uses_ssthresh(of->sheet->analysis, of->sheet->flow, of->end) &&
           (is_named(of) || !of->dips.count || !of->dips.exact);
}

bool find_probe_rtt(const struct tp_case *of, struct tp_reason *reason)
{
    int64_t held_ns = case_waited(of, TP_WAIT_CWND);

    if (!of->dips.count || uses_ssthresh(of))
        return false;
    reason->cost_ns = of->dips.time_ns < held_ns ? of->dips.time_ns : held_ns;
    reason->confidence = TP_LIKELY;
    reason->has_place = true;
    reason->begin_ns = of->dips.begin_ns;
    reason->end_ns = of->dips.end_ns;
    case_say(
        reason,
        "%u time%s its window went down to 4 segments, for %s in all, though nothing was lost: "
        "BBR looked for the shortest round trip (PROBE_RTT)",
        of->dips.count, S(of->dips.count), T(of->dips.time_ns));
    return true;
}

#define DECREASES 3
#define NEAR      0.02

static bool is_near(double number, double other)
{
    return number > other - NEAR && number < other + NEAR;
}

bool find_behaviour(const struct tp_case *of, struct tp_reason *reason)
{
    const struct tp_side *side = of->sheet->side[SENDER];
    unsigned decreases =
        side ? side->cong_entries[TP_CONG_CWR] + side->cong_entries[TP_CONG_RECOVERY] : 0;
    double beta;

    reason->confidence = TP_LIKELY;
    if (!side || is_named(of))
        return false;
    if (of->dips.count && !uses_ssthresh(of)) {
        case_say(reason, "its congestion control behaves as BBR: its window answers no losses, and "
                         "goes down to 4 segments for a moment by itself");
        return true;
    }
    if (decreases < DECREASES || !uses_ssthresh(of) ||
        !tp_sheet_number(of->sheet, TP_FIGURE_beta, SENDER, TP_FROM_KERNEL, &beta) ||
        (!is_near(beta, 0.7) && !is_near(beta, 0.5)))
        return false;
    case_say(reason,
             "its congestion control behaves as %s: its window fell to %.0f %% at %u decreases",
             is_near(beta, 0.7) ? "CUBIC" : "Reno", beta * 100, decreases);
    return true;
}
