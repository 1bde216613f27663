/* end.h: what is kept of a flow, and of one end of it beyond its sums: samples over time and over
 * values, marks, episodes.
 *
 * It is made when the first of these is: a short flow of which only figures are wanted has none.
 */
#ifndef TCPPROBE_ANALYZE_END_H
#define TCPPROBE_ANALYZE_END_H

#include "analyze/sampled.h"

struct tp_answers_kept; /* answers.h */

struct tp_end {
    struct tp_series **series;  /* TP_METRIC_IDS of them, each NULL without samples; or NULL */
    uint64_t samples;           /* in all of them */
    size_t index;               /* in the analysis' list of ends with series */
    bool series_dropped;        /* there was no room for those of so many flows */
    struct tp_packets *packets; /* NULL: there are none, or too few */
    struct tp_sampled_list sampled;
    struct tp_samples_of *socket; /* NULL: its socket was not sampled */
    struct tp_wire_marks marks;
    struct tp_spans cong_spans, episodes;
    struct tp_spans resent;          /* see tp_flow_resent() */
    struct tp_answers_kept *answers; /* to its data; NULL: nothing is kept */
    struct tp_spans limit_spans[TP_ORIGINS], wait_spans[TP_ORIGINS];
};

/* What the analysis knows of a flow: flow->data. */
struct tp_flow_data {
    struct tp_socket *socket[2];      /* NULL for an end whose socket was never seen */
    struct tp_end *ends;              /* two of them, or NULL */
    struct tp_connection *connection; /* NULL: no packet was captured */
    uint64_t lost, lost_before;       /* events during its life; before it began */
    uint32_t lost_markers;            /* places where that happened */
    uint32_t lost_markers_before : 30;
    uint32_t left_out : 1; /* its samples are not kept */
    uint32_t early : 1;    /* it is one of the first of its eighth: see packets.c */
};

/* The flow has data. */
static inline struct tp_socket *tp_flow_socket(const struct tp_flow *flow, unsigned end)
{
    return ((struct tp_flow_data *)flow->data)->socket[end];
}

/* NULL: nothing is kept of that end. */
static inline struct tp_end *tp_end_of(const struct tp_flow *flow, unsigned end)
{
    const struct tp_flow_data *data = flow->data;

    return data && data->ends && end < 2 ? &data->ends[end] : NULL;
}

/* Were packets of that end captured, and ACKs of its peer? Else nobody knows what of its data was
 * in flight (ask.c). */
bool tp_flow_is_answered(const struct tp_flow *flow, unsigned end);
bool tp_flow_has_two_clocks(const struct tp_flow *flow);
/* As far as the packets so far say: are the samples of that metric what its name says? Those from
 * before it was seen that they cannot be (two clocks, an ACK that never came) are kept, but not
 * given out. */
bool tp_flow_can_tell(const struct tp_flow *flow, unsigned end, enum tp_metric_id metric);

#endif
