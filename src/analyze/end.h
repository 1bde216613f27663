/* end.h: what is kept of one end of a flow beyond its sums: samples over time and over values,
 * marks, episodes.
 *
 * It is made when the first of these is: a short flow of which only figures are wanted has none.
 */
#ifndef TCPPROBE_ANALYZE_END_H
#define TCPPROBE_ANALYZE_END_H

#include "analyze/sampled.h"

struct tp_end {
    struct tp_series **series;  /* TP_METRIC_IDS of them, each NULL without samples; or NULL */
    uint64_t samples;           /* in all of them */
    size_t index;               /* in the analysis' list of ends with series */
    bool series_dropped;        /* there was no room for those of so many flows */
    struct tp_packets *packets; /* NULL: there are none, or too few */
    struct tp_sampled_list sampled;
    struct tp_marks marks;
    struct tp_spans episodes;
    struct tp_spans limit_spans[TP_ORIGINS];
};

/* NULL: nothing is kept of that end. */
static inline struct tp_end *tp_end_of(const struct tp_flow *flow, unsigned end)
{
    const struct tp_flow_data *data = flow->data;

    return data && data->ends && end < 2 ? &data->ends[end] : NULL;
}

#endif
