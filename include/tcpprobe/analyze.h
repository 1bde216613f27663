/* analyze.h: one pass over records that yields flows, their statistics and their samples.
 *
 * Feed records in time order; look at the flows when all are in. Nothing is kept per record:
 * memory is bounded by max_flows and, where series are kept, by series_bins. A short flow takes
 * less than 1 KiB. A long one keeps its distributions; when these need more than 16 MiB in all,
 * flows that were not met lately keep the quantiles of tp_dist_digest() only, exactly; where that
 * is not enough, values are rounded by at most 0.2 %.
 *
 * Semantics (read for 4.16 to 6.18, measured on 6.18): tcp_probe fires when a segment reaches an ESTABLISHED
 * socket and before it is processed, so all its figures are those before this segment. Each
 * sample of a state holds until the next one of the same socket, for at most TP_HOLD_MAX_NS, and
 * the last one, whose successor nobody saw, for no time; all statistics of states are weighted by
 * that time, never by event.
 */
#ifndef TCPPROBE_ANALYZE_H
#define TCPPROBE_ANALYZE_H

#include <tcpprobe/flow.h>
#include <tcpprobe/metric.h>
#include <tcpprobe/series.h>
#include <tcpprobe/wire.h>

#define TP_HOLD_MAX_NS INT64_C(1000000000)

/* The figures of one sampled state (a metric of kind STATE) over the life of its socket. */
struct tp_stat {
    uint64_t samples;
    uint32_t first, last, min, max;
    double mean; /* weighted by time */
};

/* The samples of all states of one socket: the first ones as they are, which keeps short flows
 * small, later as distributions. Private: ask tp_side_stat() and tp_side_quantiles(). */
struct tp_states {
    union {
        struct tp_row *rows;      /* while !tallied */
        struct tp_tally *tallies; /* TP_METRIC_STATES of them */
    };
    uint8_t count, allocated; /* rows */
    uint8_t now;              /* bit of each metric that has a value now */
    bool tallied;
};

/* Everything known of one end of a flow: what that end's socket said of itself. */
struct tp_side {
    int64_t first_ns, last_ns;    /* first and last record of this socket */
    int64_t probe_first_ns, probe_last_ns; /* first and last tcp_probe; valid if probes > 0 */
    uint64_t probes;
    uint64_t acked_bytes;         /* advance of snd_una, unwrapped, since the first probe */
    uint64_t received_bytes;      /* payload that reached this socket: sum of data_len */
    uint32_t received_max;        /* largest data_len: GRO makes it larger than the MSS */
    uint32_t mss_bytes;           /* estimated from the steps of snd_una; 0 if unknown */
    uint32_t initial_cwnd_segs;   /* first snd_cwnd if the flow was seen from its start, else 0.
                                     Without a handshake in the log the first sample must look
                                     like a start: infinite threshold, windows up to 64 KiB and
                                     at most one segment in flight */
    uint32_t retransmits;         /* skbs sent again (err == 0): skbs, not segments */
    uint32_t retransmits_failed;  /* tcp_retransmit_skb with err != 0: not sent */
    uint32_t retransmits_in[TP_CONG_STATES + 1]; /* by congestion state; last: state unknown */
    uint32_t retransmits_syn;     /* of these, SYN (state TCP_SYN_SENT) */
    uint32_t synack_retransmits;
    uint32_t resets_sent, resets_received;
    uint32_t cong_entries[TP_CONG_STATES]; /* changes into that state */
    int64_t cong_time_ns[TP_CONG_STATES];
    int8_t cong_state;            /* now; -1 unknown */
    int8_t tcp_state;             /* now, kernel numbering; -1 unknown */
    bool has_acked;               /* snd_una was seen at least once */
    bool has_received;            /* data_len was seen (`length` of old kernels is no payload) */
    struct tp_states states;
    struct tp_spans cong_spans;   /* CWR, Recovery and Loss, if spans are kept */

    /* Private, the analyzers' own. */
    struct tp_kernel_limits *limits; /* NULL: not judged */
    int64_t established_ns;       /* valid if established */
    bool established;             /* the end of its handshake was seen */
    uint32_t snd_una;             /* the highest one seen */
    int64_t cong_since_ns;
    struct tp_mss_votes *mss;     /* once there are many samples */
};

/* What the analysis knows of a flow: flow->data. */
struct tp_flow_data {
    struct tp_side *side[2];      /* NULL for an end whose socket was never seen */
    struct tp_end *ends;          /* private: samples over time, marks; two of them, or NULL */
    struct tp_connection *connection; /* NULL: no packet was captured */
    uint64_t lost;                /* events that the recorder lost during its life (of any flow) */
    uint64_t lost_before;         /* private: those before it began */
    uint32_t lost_markers;        /* places where that happened */
    uint32_t lost_markers_before : 31; /* private */
    uint32_t left_out : 1;        /* private: its samples are not kept */
};

/* --- what limits a sender -------------------------------------------------------------------- */

/* Judged once per round trip and never per event. */
enum tp_limit {
    TP_LIMIT_UNKNOWN,
    TP_LIMIT_HANDSHAKE, /* the connection is being opened */
    TP_LIMIT_CWND,      /* congestion window or path: in flight at its ceiling, or loss recovery */
    TP_LIMIT_RECEIVER,  /* in flight at the advertised window */
    TP_LIMIT_APP,       /* nothing to send */
    TP_LIMITS
};
const char *tp_limit_name(enum tp_limit limit); /* "unknown", "handshake", "cwnd", "rwnd", "app" */

enum tp_origin { TP_FROM_KERNEL, TP_FROM_PACKETS, TP_ORIGINS };

struct tp_limit_times {
    int64_t time_ns[TP_LIMITS]; /* time so limited; together the time that was judged */
};

struct tp_analysis;

/* What the analysis makes of one packet; the sink of `packets`. Return negative to stop. */
typedef int tp_packet_fn(void *context, const struct tp_flow *flow, const struct tp_record *packet,
                         const struct tp_verdict *verdict);
/* A kernel event of a flow, at that end's socket, in time order between the packets; the other sink of
 * `packets`. Return negative to stop. */
typedef int tp_event_fn(void *context, const struct tp_flow *flow, unsigned end,
                        const struct tp_record *event);

/* One sample; the sink of `export`. Return negative to stop the pass: it ends with TP_ERR_NOMEM if
 * that was returned, otherwise with TP_ERR_STOPPED. */
typedef int tp_sample_fn(void *context, const struct tp_flow *flow, unsigned side,
                         enum tp_metric_id metric, int64_t ts_ns, double value);
/* A flow is about to be freed because there are more than max_flows. */
typedef void tp_flow_end_fn(void *context, const struct tp_flow *flow);

struct tp_analysis_options {
    size_t max_flows;        /* 0: the default, TP_MAX_FLOWS */
    size_t series_bins;      /* bins per series; 0: keep no series and no spans */
    uint64_t series_metrics; /* TP_METRIC_BIT()s for those whose series are kept; 0: all of them */
    size_t series_budget;    /* bytes for all series together; when they need more, all get
                                coarser; 0: 24 MiB */
    uint64_t without;        /* TP_METRIC_BIT()s of metrics from packets whose figures (tp_flow_summary,
                                tp_flow_quantiles) will not be asked for, which saves time */
    size_t marks;            /* most marks kept of one direction (see struct tp_marks); 0: none */
    /* Which records' samples go into series and marks; NULL: those of all. The others are analysed
       all the same: connections are followed from their start, statistics and spans are of
       everything. */
    bool (*keep)(void *context, const struct tp_record *record);
    /* Which flows' samples do; asked when a flow is new. NULL: those of all. */
    bool (*keep_flow)(void *context, const struct tp_flow *flow);
    tp_sample_fn *sample;    /* may be NULL */
    tp_packet_fn *packet;    /* may be NULL */
    tp_event_fn *event;      /* may be NULL */
    tp_flow_end_fn *flow_end; /* may be NULL */
    void *context;           /* for all of them */
};

#define TP_MAX_FLOWS 1000000

struct tp_analysis *tp_analysis_new(const struct tp_analysis_options *options,
                                    struct tp_error *error);
int tp_analysis_add(struct tp_analysis *analysis, const struct tp_record *record,
                    struct tp_error *error);
/* Call once after the last record. */
int tp_analysis_finish(struct tp_analysis *analysis, struct tp_error *error);

/* TP_BIT()s of the fields that the analysis looks at. */
uint64_t tp_analysis_fields(void);

/* The flows in the order of first sight. The array and the flows live as long as the analysis;
 * only after tp_analysis_finish(). */
const struct tp_flow *const *tp_analysis_flows(const struct tp_analysis *analysis, size_t *count);
uint64_t tp_analysis_retired(const struct tp_analysis *analysis);
/* Records that belong to no flow (listening sockets, connect() before it has a port). */
uint64_t tp_analysis_unattributed(const struct tp_analysis *analysis);
/* Connections that were captured at two places and are seen from one (see wire.h); likewise. */
uint64_t tp_analysis_two_places(const struct tp_analysis *analysis);
/* Connections of which each direction was stamped by a clock of its own (see wire.h); complete once
 * the analysis is finished. */
uint64_t tp_analysis_two_clocks(const struct tp_analysis *analysis);
/* Where events were lost; value is their number. One list for each timeline. */
const struct tp_spans *tp_analysis_gaps(const struct tp_analysis *analysis, uint32_t timeline);
/* The recording holds events of that kind even if none is met: "none" then means none. Before
 * tp_analysis_finish(). See tp_input_info.recorded. */
void tp_analysis_recorded(struct tp_analysis *analysis, enum tp_kind kind);
/* The times of that timeline are ticks of a counter. Before tp_analysis_finish(). Returns 0 or
 * TP_ERR_NOMEM. */
int tp_analysis_ticks(struct tp_analysis *analysis, uint32_t timeline, struct tp_error *error);
/* Was any event of that kind met, or said to be recorded? An engineer wants to know 0 from "not
 * recorded". */
bool tp_analysis_saw(const struct tp_analysis *analysis, enum tp_kind kind);

void tp_analysis_free(struct tp_analysis *analysis); /* NULL is fine */

/* --- one flow ------------------------------------------------------------------------------- */

/* Samples over time of a metric, of the end that it speaks of; NULL where there is none. */
const struct tp_series *tp_flow_series(const struct tp_flow *flow, unsigned end,
                                       enum tp_metric_id metric);
/* There was no room for the series of so many flows: those of this end were given up. */
bool tp_flow_series_dropped(const struct tp_flow *flow, unsigned end);

/* Figures of a metric of kind STATE (weighted by time) or SAMPLE (each counts the same) and its
 * quantiles, whether it is from kernel events or from packets; false where there is nothing. */
struct tp_summary {
    uint64_t samples;
    double first, last, min, max, mean;
};
bool tp_flow_summary(const struct tp_flow *flow, unsigned end, enum tp_metric_id metric,
                     struct tp_summary *summary);
bool tp_flow_quantiles(const struct tp_flow *flow, unsigned end, enum tp_metric_id metric,
                       const double *p, double *values, size_t count);

/* What the packets say; NULL where no packet of that end (of that flow) was captured. */
const struct tp_wire *tp_flow_wire(const struct tp_flow *flow, unsigned end);
const struct tp_connection *tp_flow_connection(const struct tp_flow *flow);
/* What limited that end, and when (values are enum tp_limit; only where series are kept). false
 * and NULL where it was not judged. */
bool tp_flow_limits(const struct tp_flow *flow, unsigned end, enum tp_origin origin,
                    struct tp_limit_times *times);
const struct tp_spans *tp_flow_limit_spans(const struct tp_flow *flow, unsigned end,
                                           enum tp_origin origin);
/* The loss episodes that the packets show, by what began them (value: enum tp_cause); only where
 * series are kept. */
const struct tp_spans *tp_flow_episodes(const struct tp_flow *flow, unsigned end);
/* The packets about that end's data as a time-sequence graph shows them; only with marks. */
const struct tp_marks *tp_flow_marks(const struct tp_flow *flow, unsigned end);

/* In these, a side of NULL is one of which nothing is known. */

const struct tp_side *tp_flow_side(const struct tp_flow *flow, unsigned end); /* may be NULL */

/* Figures and time-weighted quantiles (p in 0..1, ascending) of a metric of kind STATE; false
 * where there is no sample. A single sample stands for itself. */
bool tp_side_stat(const struct tp_side *side, enum tp_metric_id metric, struct tp_stat *stat);
bool tp_side_quantiles(const struct tp_side *side, enum tp_metric_id metric, const double *p,
                       double *values, size_t count);

/* The end that sends the bulk of the data: the one with more acknowledged bytes, where that is
 * not known the one whose peer received more. 0 or 1. */
unsigned tp_flow_bulk_end(const struct tp_flow *flow);

/* Acknowledged bits per second between the first and last tcp_probe of that end; false if there
 * are fewer than two or no time passed. */
bool tp_side_goodput(const struct tp_side *side, double *bits_per_second);

/* Retransmitted skbs per acknowledged segment, in [0, 1]; false if the MSS could not be
 * estimated, nothing was acked, or tcp_retransmit_skb was not recorded. */
bool tp_side_retransmit_share(const struct tp_analysis *analysis, const struct tp_side *side,
                              double *share);

#endif
