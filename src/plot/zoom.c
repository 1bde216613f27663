/* zoom.c: loss episodes, and how much around them is worth seeing. */
#include <tcpprobe/figure.h>
#include <tcpprobe/plot.h>

#define ROUND_TRIPS 2
#define LEAST_SHARE 10 /* of the episode's length, the inverse */
#define LEAST_NS    INT64_C(1000000)

/* What began it, by the congestion state that the socket entered. */
static enum tp_cause cause_of(uint64_t cong_state)
{
    return cong_state == TP_CONG_LOSS ? TP_CAUSE_TIMEOUT : TP_CAUSE_FAST;
}

/* The next span is a new episode unless it touches the last one. */
static void add_span(const struct tp_span *span, const char *what, struct tp_plot_episode *last,
                     size_t *count)
{
    if (*count > 0 && span->begin_ns <= last->end_ns) {
        last->end_ns = span->end_ns > last->end_ns ? span->end_ns : last->end_ns;
        return;
    }
    *last = (struct tp_plot_episode){span->begin_ns, span->end_ns, what};
    ++*count;
}

size_t tp_plot_episodes(const struct tp_analysis *analysis, const struct tp_flow *flow,
                        struct tp_plot_episode *episode, size_t index)
{
    unsigned bulk = tp_flow_bulk_end(flow);
    bool traced = tp_flow_side(flow, bulk) && tp_analysis_saw(analysis, TP_KIND_CONG_STATE_SET);
    const struct tp_spans *spans =
        traced ? tp_flow_cong_spans(flow, bulk) : tp_flow_episodes(flow, bulk);
    struct tp_plot_episode last = {0};
    const struct tp_span *span;
    enum tp_cause cause;
    size_t count = 0;
    uint32_t i;

    for (i = 0; spans && i < spans->count; i++) {
        span = &spans->list[i];
        if (traced && span->value != TP_CONG_RECOVERY && span->value != TP_CONG_LOSS)
            continue;
        cause = traced ? cause_of(span->value) : (enum tp_cause)span->value;
        add_span(span, tp_causes[cause].episode, &last, &count);
        if (episode && count == index + 1)
            *episode = last;
    }
    return count;
}

void tp_plot_around(const struct tp_flow *flow, const struct tp_plot_episode *episode,
                    int64_t *from_ns, int64_t *until_ns)
{
    int64_t length_ns = episode->end_ns - episode->begin_ns, context_ns = length_ns / LEAST_SHARE;
    struct tp_sheet sheet = {0};
    double rtt_us = 0;

    tp_sheet_open(&sheet, NULL, flow, 0);
    tp_sheet_number(&sheet, TP_FIGURE_rtt_p50_us, 0, TP_BEST, &rtt_us);
    if ((double)context_ns < rtt_us * 1e3 * ROUND_TRIPS)
        context_ns = (int64_t)(rtt_us * 1e3) * ROUND_TRIPS;
    if (context_ns < LEAST_NS)
        context_ns = LEAST_NS;
    *from_ns = episode->begin_ns - context_ns;
    *until_ns = episode->end_ns + context_ns;
}
