/* analyzer.h: what the analyzers share.
 *
 * An analyzer looks at records of some kinds, tells its figures in struct tp_side and keeps what it
 * needs for them in struct tp_socket. To add one:
 * a file with a descriptor, and a line in the list of analyze.c.
 */
#ifndef TCPPROBE_ANALYZE_ANALYZER_H
#define TCPPROBE_ANALYZE_ANALYZER_H

#include "analyze/counted.h"
#include "analyze/end.h"
#include "analyze/gaps.h"
#include "analyze/share.h"
#include "analyze/socket.h"
#include "base/arena.h"

#define TP_ANALYZERS_MAX 16
#define TP_MARKS_BUDGET  ((size_t)24 << 20) /* bytes for the marks of all flows */
#define TP_DISTS_BUDGET  ((size_t)64 << 20) /* ... and for their distributions, exact ones */

/* One record on its way through the analyzers. */
struct tp_visit {
    struct tp_analysis *analysis;
    const struct tp_record *record;
    struct tp_flow *flow;
    struct tp_socket *socket; /* that the record is about */
    struct tp_side *side;     /* what is told of it */
    unsigned end;             /* its end of the flow */
    uint64_t kept;            /* TP_METRIC_BIT()s of metrics whose samples go into series */
    uint64_t wanted;          /* ... or to the sink */
    bool marks;               /* marks are kept */
};

/* Returns a negative code if the pass must stop: out of memory, or the sink said so. */
typedef int tp_record_fn(struct tp_visit *visit);

struct tp_analyzer {
    const char *name;
    uint64_t fields;                 /* TP_BIT()s that it looks at */
    tp_record_fn *on[TP_KIND_COUNT]; /* NULL: not interested */
    /* A socket is new; the last record of its flow is in. NULL: nothing to do. */
    void (*begin)(const struct tp_flow *flow, struct tp_socket *socket, unsigned end);
    int (*finish)(struct tp_analysis *analysis, struct tp_flow *flow, unsigned end);
    /* Writes what others may read of a side and what the pass itself does not need: at any time, as
     * if no further record came. NULL: it is up to date with every record. */
    void (*tell)(const struct tp_analysis *analysis, const struct tp_flow *flow, unsigned end);
};

extern const struct tp_analyzer tp_states_analyzer, tp_acked_analyzer, tp_received_analyzer,
    tp_course_analyzer, tp_retransmit_analyzer, tp_congestion_analyzer, tp_tcp_state_analyzer,
    tp_reset_analyzer, tp_rcvbuf_analyzer, tp_kernel_limits_analyzer, tp_packets_analyzer,
    tp_sampled_socket_analyzer;

/* sampled_socket.c; NULL is fine */
struct tp_samples_of;
void tp_samples_of_free(struct tp_samples_of *sampled);

/* What the header of a log says of its connections. */
struct tp_log_says {
    bool told;
    char congestion_control[16];
};

struct tp_analysis {
    struct tp_analysis_options options;
    struct tp_flow_table *table;
    struct tp_eighth eighths[TP_EIGHTHS];
    struct tp_share share;
    struct tp_analysis **joined; /* shares that this one was put together of */
    unsigned joined_count;
    struct tp_gaps gaps;
    struct tp_counted_list counted;
    struct tp_flow **flows; /* by id, when they were settled last */
    size_t flow_count;
    uint64_t two_places; /* connections that were captured at two */
    uint64_t two_clocks; /* connections of which each direction has a clock of its own */
    uint64_t torn;       /* connections whose end stands before their beginning */
    bool finished;
    uint64_t unattributed, astray;
    bool saw[TP_KIND_COUNT];
    bool filtered;                          /* records of connections may have been left out */
    struct tp_log_says says[UINT8_MAX + 1]; /* by input */
    bool emits;                             /* anybody is interested in samples */
    bool failed_to_retire;
    uint16_t figures; /* bit of each enum tp_tallied that will be asked for */
    uint64_t sampled; /* TP_METRIC_BIT()s of metrics whose samples are kept as struct tp_sampled */
    struct tp_tally_shape shape;
    size_t shape_limit; /* coarsen when shape.bytes is above; grows when that no longer helps */
    uint32_t series_bins;
    size_t series_bytes;
    size_t marks_bytes;
    struct tp_end **ends; /* that have series, in no order */
    size_t end_count, ends_allocated;
    uint64_t series_floor; /* ends with fewer samples lose their series */
    struct tp_arena arena; /* of what is kept of flows, but for what grows */
    tp_record_fn *handlers[TP_KIND_COUNT][TP_ANALYZERS_MAX + 1]; /* each list ends with NULL */
};

/* --- share.c ----------------------------------------------------------------------------------- */

/* Of a share what it has in common with others, of a whole the shares it was joined of. */
void tp_shares_release(struct tp_analysis *analysis);

/* --- samples.c ------------------------------------------------------------------------------ */

/* A sample of that end of the flow. */
int tp_samples_emit(struct tp_visit *visit, unsigned end, enum tp_metric_id metric, double value);

/* The options' own metrics are what they may be; else TP_ERR_USAGE. */
int tp_samples_check_own(const struct tp_analysis_options *options, struct tp_error *error);

/* NULL: out of memory. */
struct tp_end *tp_end_make(struct tp_analysis *analysis, const struct tp_flow *flow,
                           unsigned number);
/* Series, marks and spans of what packets said. */
void tp_end_forget_packets(struct tp_analysis *analysis, struct tp_end *end);
void tp_ends_free(struct tp_analysis *analysis, struct tp_flow *flow);
/* Where to note what limits that end; NULL in *spans if spans are not kept. */
int tp_end_limit_spans(struct tp_analysis *analysis, struct tp_flow *flow, unsigned number,
                       enum tp_origin origin, struct tp_spans **spans);
/* Likewise what it waits for; the end is there. */
struct tp_spans *tp_end_wait_spans(const struct tp_analysis *analysis, struct tp_flow *flow,
                                   unsigned number, enum tp_origin origin);

/* One sample of an end of the flow for whoever is interested; nearly free where nobody is. */
static inline int tp_emit_of(struct tp_visit *visit, unsigned end, enum tp_metric_id metric,
                             double value)
{
    bool sampled = visit->analysis->sampled >> metric & 1;
    struct tp_end *kept;
    struct tp_series *series;

    if (!sampled && !(visit->wanted >> metric & 1))
        return TP_OK;
    kept = tp_end_of(visit->flow, end);
    series = kept && kept->series ? kept->series[metric] : NULL;
    if (series && value != 0 && !sampled && !visit->analysis->options.sample &&
        tp_series_join(series, visit->record->ts_ns, value)) {
        kept->samples++;
        return TP_OK;
    }
    return tp_samples_emit(visit, end, metric, value);
}

/* One sample of the record's own end. */
static inline int tp_emit(struct tp_visit *visit, enum tp_metric_id metric, double value)
{
    return tp_emit_of(visit, visit->end, metric, value);
}

/* --- packets.c ------------------------------------------------------------------------------ */

/* The last record of the flow is in. */
int tp_packets_finish(struct tp_analysis *analysis, struct tp_flow *flow);
/* Saves memory for distributions; end may be NULL. */
void tp_packets_digest(struct tp_end *end, struct tp_tally_shape *shape);
void tp_packets_coarsen(struct tp_end *end, struct tp_tally_shape *shape);
void tp_packets_release(struct tp_analysis *analysis, struct tp_flow *flow);

/* --- mss.c ---------------------------------------------------------------------------------- */

struct tp_mss_votes {
    uint32_t step_bytes, step_max_bytes; /* last and largest advance of snd_una */
    uint16_t value[6], votes[6], total;
};

/* snd_una went forward by step_bytes. */
void tp_mss_vote(struct tp_mss_votes *votes, uint32_t step_bytes);
/* 0 if the votes do not say; votes may be NULL. */
uint32_t tp_mss_elect(const struct tp_mss_votes *votes);

#define TP_MSS_USUAL 1448 /* until the steps of snd_una tell */

static inline uint32_t tp_mss_or_usual(uint32_t mss_bytes)
{
    return mss_bytes ? mss_bytes : TP_MSS_USUAL;
}

#endif
