/* analyze.h: one pass over records that yields flows, their statistics and their samples.
 *
 * Feed records in time order; look at the flows when all are in, or while they come: see
 * tp_analysis_settle(). Nothing is kept per record: memory is bounded by max_flows and, where series
 * are kept, by series_bins. A short flow takes less than 1 KiB. A long one keeps its distributions;
 * when these need more than 64 MiB in all, flows that were not met lately keep the quantiles of
 * tp_dist_digest() only, exactly; where that is not enough, values are rounded by at most 0.2 %.
 *
 * Semantics (read for 4.16 to 6.18, measured on 6.18): tcp_probe fires when a segment reaches an ESTABLISHED
 * socket and before it is processed, so all its figures are those before this segment. Each
 * sample of a state holds until the next one of the same socket, for at most TP_HOLD_MAX_NS, and
 * the last one, whose successor nobody saw, for no time; all statistics of states are weighted by
 * that time, never by event.
 *
 * Threads: an analysis and its flows are used by one thread at a time, its callbacks run in that
 * thread. Analyses share nothing: each may have a thread of its own. Flows of a finished analysis
 * may be asked by several threads at once.
 */
#ifndef TCPPROBE_ANALYZE_H
#define TCPPROBE_ANALYZE_H

#include <tcpprobe/account.h>
#include <tcpprobe/flow.h>
#include <tcpprobe/metric.h>
#include <tcpprobe/series.h>
#include <tcpprobe/socket.h>
#include <tcpprobe/wire.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TP_HOLD_MAX_NS INT64_C(1000000000)

/* The figures of one sampled state (a metric of kind STATE) over the life of its socket. */
struct tp_stat {
    uint64_t samples;
    uint32_t first, last, min, max;
    double mean; /* weighted by time */
};

/* Everything known of one end of a flow: what that end's socket said of itself. Up to date after
 * each record, but for the members with a *, which tp_analysis_settle() and tp_analysis_finish()
 * write. */
struct tp_side {
    int64_t first_ns, last_ns;    /* first and last record of this socket */
    int64_t probe_first_ns, probe_last_ns; /* first and last tcp_probe; valid if probes > 0 */
    uint64_t probes;
    uint64_t acked_bytes;         /* advance of snd_una, unwrapped, since the first probe */
    int64_t acked_first_ns, acked_last_ns; /* when the first and the last of them were: snd_una of
                                     a probe is from before it, so at the one before that shows
                                     the advance; valid if acked_bytes */
    uint64_t received_bytes;      /* payload that reached this socket: sum of data_len */
    int64_t turned_ns;            /* when it left ESTABLISHED, if tp_side_acked() is not whole;
                                     before that, when it entered it */
    union {
        uint32_t fin_acked_us;    /* from then until its FIN was acknowledged; valid if fin_acked */
        uint32_t syn_timer_us;    /* until then: from first_ns until its SYN was sent for the last
                                     time; valid if retransmits_syn */
    };
    uint32_t acked_first_bytes;   /* of acked_bytes, those at acked_first_ns */
    uint32_t received_max;        /* largest data_len: GRO makes it larger than the MSS */
    uint32_t mss_bytes;           /* *estimated from the steps of snd_una; 0 if unknown */
    uint32_t retransmits;         /* skbs sent again (err == 0): skbs, not segments */
    uint32_t retransmits_in[TP_CONG_STATES + 1]; /* *by congestion state; last: state unknown */
    uint32_t cong_entries[TP_CONG_STATES]; /* changes into that state */
    int64_t cong_time_ns[TP_CONG_STATES]; /* *until last_ns */
    uint16_t retransmits_failed;  /* tcp_retransmit_skb with err != 0: not sent; these seven
                                     saturate */
    uint16_t retransmits_syn;     /* of retransmits, SYN (state TCP_SYN_SENT) */
    uint16_t synack_retransmits;
    uint16_t resets_sent, resets_received;
    uint16_t initial_cwnd_segs;   /* first snd_cwnd if the flow was seen from its start, else 0.
                                     Without a handshake in the log the first sample must look
                                     like a start: infinite threshold, windows up to 64 KiB and
                                     at most one segment in flight */
    uint8_t losses_blind;         /* entries into Recovery and Loss since it left ESTABLISHED */
    int8_t cong_state;            /* *now; -1 unknown */
    int8_t tcp_state;             /* now, kernel numbering; -1 unknown */
    bool has_acked : 1;           /* snd_una was seen at least once */
    bool has_received : 1;        /* data_len was seen (`length` of old kernels is no payload) */
    bool resent_blind : 1;        /* skbs were sent again since it left ESTABLISHED */
    bool fin_acked : 1;           /* its state says that its FIN was acknowledged */
    bool has_gaps : 1;            /* it acknowledged more than was sent by the probe before: events in between
                                     are missing, whether the recorder said so or not */
    bool deaf : 1;                /* it left ESTABLISHED, and not because its peer had sent all: more may
                                     have been received, unseen */
};

/* --- a socket that was sampled ----------------------------------------------------------------- */

/* What the lines of a log say of one socket (sampler.h). */
struct tp_sampled_socket {
    struct tp_sock now;          /* the last that is known; its totals are those of its life */
    int64_t first_ns, last_ns;   /* its lines; first_ns is the first sample, not its birth */
    int64_t acked_last_ns;       /* the line that last said that more was acknowledged; 0: none */
    uint64_t acked_first;        /* bytes_acked of the first line */
    uint64_t acked_last;         /* ... and of that at acked_last_ns */
    uint64_t busy_first_us;      /* busy_time of the first line; UINT64_MAX: not told */
    int64_t busy_last_ns;        /* the last line with totals */
    uint32_t rtt_min_us;         /* least min_rtt of its lines; 0: not told */
    uint64_t lines;
    bool fresh;  /* it was made in the recording, after the first round: its totals are all of it */
    bool ended;  /* its end was told */
    bool wiped;  /* ... without totals: what happened after the last sample is not known */
};

/* --- what limits a sender -------------------------------------------------------------------- */

/* Judged once per round trip and never per event. The congestion window is in the kernel's events
 * only: what packets show of CWND and PACING is the same, NETWORK. Samples of the metrics `limit` and
 * `wire_limit` are these numbers, so new ones come last. */
enum tp_limit {
    TP_LIMIT_UNKNOWN,
    TP_LIMIT_HANDSHAKE, /* the connection is being opened */
    TP_LIMIT_CWND,      /* in flight reached the congestion window (tcp_is_cwnd_limited()) */
    TP_LIMIT_RECEIVER,  /* in flight reached the advertised window */
    TP_LIMIT_APP,       /* nothing to send */
    TP_LIMIT_RECOVERY,  /* losses were repaired, or marks of congestion answered */
    TP_LIMIT_PACING,    /* busy below both windows: paced (BBR, fq), held up by a small send buffer
                           or the host's queues, or written in pieces, which look the same */
    TP_LIMIT_NETWORK,   /* congestion window or pacing, or recovery: which of them is not known */
    TP_LIMITS
};
/* "unknown", "handshake", "cwnd", "rwnd", "app", "recovery", "pacing", "network" */
const char *tp_limit_name(enum tp_limit limit);
/* Is it the network, in whichever way: CWND, RECOVERY, PACING, NETWORK? */
bool tp_limit_is_network(enum tp_limit limit);

enum tp_origin { TP_FROM_KERNEL, TP_FROM_PACKETS, TP_ORIGINS };

struct tp_limit_times {
    int64_t time_ns[TP_LIMITS]; /* time so limited; together the time that was judged */
    int64_t doubtful_ns;        /* of NETWORK that may have been recovery */
};
/* Of NETWORK the sum of all that is the network. */
int64_t tp_limit_time(const struct tp_limit_times *times, enum tp_limit limit);
/* The longest of them. The network counts as the sum, so that its parts do not hide it; where it is
 * the longest, that part of it which is more than half of it, else NETWORK. */
enum tp_limit tp_limit_largest(const struct tp_limit_times *times);

/* --- what the kernel counted ------------------------------------------------------------------ */

/* Counters of the whole host (counters.h) that a recording of sockets has beside them, which figures of
 * connections are checked against. X(ID, name) */
#define TP_COUNTED(X)                                                                              \
    X(RETRANS_SEGS, TcpRetransSegs)                                                                \
    X(OUT_SEGS, TcpOutSegs)                                                                        \
    X(OUT_RSTS, TcpOutRsts)                                                                        \
    X(TIMEOUTS, TcpExtTCPTimeouts)                                                                 \
    X(FAST_RETRANS, TcpExtTCPFastRetrans)                                                          \
    X(SLOW_START_RETRANS, TcpExtTCPSlowStartRetrans)                                               \
    X(SYN_RETRANS, TcpExtTCPSynRetrans)                                                            \
    X(RETRANS_FAIL, TcpExtTCPRetransFail)                                                          \
    X(ABORT_ON_TIMEOUT, TcpExtTCPAbortOnTimeout)

enum tp_counted {
#define TP_COUNTED_ENUM(ID, name) TP_COUNTED_##ID,
    TP_COUNTED(TP_COUNTED_ENUM)
#undef TP_COUNTED_ENUM
    TP_COUNTED_COUNT
};

struct tp_analysis;

/* What the analysis makes of one packet; the sink of `packets`. Return negative to stop. */
typedef int tp_packet_fn(void *context, const struct tp_flow *flow, const struct tp_record *packet,
                         const struct tp_meaning *meaning);
/* A kernel event of a flow, at that end's socket, in time order between the packets; the other sink of
 * `packets`. Return negative to stop. */
typedef int tp_event_fn(void *context, const struct tp_flow *flow, unsigned end,
                        const struct tp_record *event);

/* One sample; the sink of `export`. Return negative to stop the pass: it ends with TP_ERR_NOMEM if
 * that was returned, otherwise with TP_ERR_STOPPED. */
typedef int tp_sample_fn(void *context, const struct tp_flow *flow, unsigned end,
                         enum tp_metric_id metric, int64_t ts_ns, double value);
/* A flow is about to be freed because there are more than max_flows. */
typedef void tp_flow_end_fn(void *context, const struct tp_flow *flow);

struct tp_analysis_options {
    size_t max_flows;        /* 0: the default, TP_MAX_FLOWS */
    size_t series_bins;      /* bins per series; 0: keep no series and no spans */
    uint64_t series_metrics; /* TP_METRIC_BIT()s for those whose series are kept; 0: all of them */
    size_t series_budget;    /* bytes for all series together; when they need more, all get
                                coarser; 0: 24 MiB */
    uint64_t without;        /* TP_METRIC_BIT()s of metrics, those of kind STATE of sockets apart, whose
                                figures (tp_flow_summary, tp_flow_quantiles) will not be asked for,
                                which saves time */
    const struct tp_metric *own_metrics; /* borrowed as long as the analysis lives; of kind SAMPLE:
                                see tp_analysis_sample() */
    size_t own_metric_count; /* at most TP_OWN_METRICS_MAX */
    size_t marks;            /* most marks kept of one end (see struct tp_wire_marks); 0: none */
    /* Which records' samples go into series and marks; NULL: those of all. The others are analysed
       all the same: connections are followed from their start, statistics and spans are of
       everything. */
    bool (*keep)(void *context, const struct tp_record *record);
    /* Which flows' samples do; asked when a flow is new. NULL: those of all. */
    bool (*keep_flow)(void *context, const struct tp_flow *flow);
    /* Of flows behind the first 4 096, or some more, that have fewer than 16 packets only sums and samples
       are kept: no spans, episodes, gaps and bursts, which take 5 KiB of each. */
    bool short_flows_briefly;
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
/* These records will mostly be the next ones, of which at most TP_EXPECT_MAX are taken up, and those that
 * are of other shares passed over: fetches what is known of their flows into the cache, for all of them at a
 * time. Of many flows at once most of the time is waiting for memory. Returns how many it is done with.
 * Changes nothing. */
size_t tp_analysis_expect(const struct tp_analysis *analysis, const struct tp_record *const *records,
                          size_t count);
/* The same for flows that are asked one behind the other; before each of them, the next-th is it. */
void tp_flows_expect(const struct tp_flow *const *flows, size_t count, size_t next);
/* Call once after the last record. */
int tp_analysis_finish(struct tp_analysis *analysis, struct tp_error *error);

/* Asking while records come in: a live table of flows.
 *
 *     tp_analysis_settle(analysis, &error);
 *     flows = tp_analysis_flows(analysis, &count);
 *     ... tp_flow_quantiles(flows[i], ...) ...
 *
 * Makes tp_analysis_flows() the flows that are alive now and writes what is written only now (the
 * members of struct tp_side with a *). What is then asked of a flow, by whatever function, is what
 * it would be if no further record came, to the last bit; but spans, episodes and marks lack what
 * is still open. The pass goes on as if nobody had asked: the end does not depend on it. It costs
 * a walk over all flows. The list and its flows live until the next tp_analysis_add().
 *
 * It may be called between two tp_analysis_add() and in any callback. In a callback, some of the
 * analyzers have not seen its record yet; without settling, the flow that it is given may be asked
 * all the same. In flow_end that flow is finished, and no longer in the list. Returns 0 or
 * TP_ERR_NOMEM. */
int tp_analysis_settle(struct tp_analysis *analysis, struct tp_error *error);

/* A sample of the own metric of that number (0: the first), of that end of the flow; NAN is none. It
 * has figures as all metrics of kind SAMPLE have them: tp_flow_summary() and tp_flow_quantiles()
 * answer for TP_OWN_METRIC(own). There are no quantiles where a sample was negative or, times
 * per_unit, did not fit into 32 bits. Call it from any callback, or between two
 * tp_analysis_add(). Returns 0, TP_ERR_USAGE or TP_ERR_NOMEM. */
int tp_analysis_sample(struct tp_analysis *analysis, const struct tp_flow *flow, unsigned end,
                       unsigned own, double value, struct tp_error *error);

/* Several threads, each of which looks at some of the flows: what they find is the same to the last bit as
 * if one had looked at all.
 *
 *     if (tp_analysis_may_split(analysis) && tp_analysis_split(analysis, shares, count, &error) == 0) {
 *         ... show every record to each of shares, and finish each; each in a thread of its own ...
 *         joined = tp_analysis_join(analysis, shares, count);
 *     }
 *
 * analysis has not seen any record. Only packets can be shared, and nothing may be asked for that depends on
 * the order of all of them: callbacks, series, marks. */
bool tp_analysis_may_split(const struct tp_analysis *analysis);
#define TP_SHARES_MAX 8
/* The shares, at most TP_SHARES_MAX, are the caller's. Where one of them cannot do its part, all end: their
 * tp_analysis_add() gives TP_ERR_STOPPED. Returns 0 or TP_ERR_NOMEM. */
int tp_analysis_split(const struct tp_analysis *analysis, struct tp_analysis **shares, unsigned count,
                      struct tp_error *error);
/* Finishes analysis, which gets all that they found and owns them from now on. false: they could not do it
 * in shares (flows or memory beyond the budgets of the whole, a clock that was set), or there was no memory;
 * the shares are still the caller's, and analysis is as it was. */
bool tp_analysis_join(struct tp_analysis *analysis, struct tp_analysis **shares, unsigned count);

/* TP_BIT()s of the fields that the analysis looks at. */
uint64_t tp_analysis_fields(void);

/* The flows in the order of first sight: none before tp_analysis_settle() or tp_analysis_finish().
 * After the latter the array and the flows live as long as the analysis. */
const struct tp_flow *const *tp_analysis_flows(const struct tp_analysis *analysis, size_t *count);
uint64_t tp_analysis_retired(const struct tp_analysis *analysis);
/* Records that belong to no flow (listening sockets, connect() before it has a port). */
uint64_t tp_analysis_unattributed(const struct tp_analysis *analysis);
/* Of these, records of connections all the same: see tp_flow_is_astray(). */
uint64_t tp_analysis_astray(const struct tp_analysis *analysis);
/* Connections that were captured at two places and are seen from one (see wire.h); likewise. */
uint64_t tp_analysis_two_places(const struct tp_analysis *analysis);
/* Connections of which each direction was stamped by a clock of its own (see wire.h); complete once
 * the analysis is finished. */
uint64_t tp_analysis_two_clocks(const struct tp_analysis *analysis);
/* Connections that seem to be two flows, the later part first: the capture was sorted by a clock that had been
 * set back (see tp_connection_goes_on()); likewise. */
uint64_t tp_analysis_torn(const struct tp_analysis *analysis);
/* Where events were lost; value is their number. One list for each timeline. */
const struct tp_spans *tp_analysis_gaps(const struct tp_analysis *analysis, uint32_t timeline);
/* The recording holds events of that kind even if none is met: "none" then means none. Before
 * tp_analysis_settle() and tp_analysis_finish(); tp_pass_analyse() does it. See
 * tp_input_info.recorded. */
void tp_analysis_recorded(struct tp_analysis *analysis, enum tp_kind kind);
/* The times of that timeline are ticks of a counter. Before tp_analysis_finish(). Returns 0 or
 * TP_ERR_NOMEM. */
int tp_analysis_ticks(struct tp_analysis *analysis, uint32_t timeline, struct tp_error *error);
/* Was any event of that kind met, or said to be recorded? An engineer wants to know 0 from "not
 * recorded". */
bool tp_analysis_saw(const struct tp_analysis *analysis, enum tp_kind kind);
/* A filter leaves records of connections out: what is missing of them need not have been lost. Before
 * tp_analysis_finish(); tp_pass_analyse() does it. */
void tp_analysis_filtered(struct tp_analysis *analysis);
bool tp_analysis_is_filtered(const struct tp_analysis *analysis);

/* All connections of that log use this congestion control; "": it does not say. Before
 * tp_analysis_finish(). See tp_input_info.congestion_control. */
void tp_analysis_congestion_control(struct tp_analysis *analysis, uint8_t input, const char *name);
/* Of that flow, whose events may be from several logs: all logs say the same then. NULL where it is not
 * known. */
const char *tp_flow_congestion_control(const struct tp_analysis *analysis,
                                       const struct tp_flow *flow);

/* By how much that counter grew between its first and its last reading, in all namespaces that were
 * sampled together. false where no log says it. */
bool tp_analysis_counted(const struct tp_analysis *analysis, enum tp_counted counter,
                         uint64_t *growth);

/* How often ends of sockets that were sampled are missing, for which the kernel had no room. */
uint64_t tp_analysis_ends_lost(const struct tp_analysis *analysis);

void tp_analysis_free(struct tp_analysis *analysis); /* NULL is fine */

/* --- one flow ------------------------------------------------------------------------------- */

/* Samples over time of a metric, of the end that it speaks of; NULL where there is none. Neither
 * series nor figures nor limits are given of what the packets so far cannot tell: round-trip times,
 * what was in flight, bursts and what limited the sender where each direction has a clock of its own
 * (tp_connection_two_clocks()); what was in flight where one direction was not captured. */
const struct tp_series *tp_flow_series(const struct tp_flow *flow, unsigned end,
                                       enum tp_metric_id metric);
/* There was no room for the series of so many flows: those of this end were given up. */
bool tp_flow_series_dropped(const struct tp_flow *flow, unsigned end);

/* Figures of a metric of kind STATE (weighted by time) or SAMPLE (each counts the same) and its
 * quantiles (p in 0..1, ascending), whether it is from kernel events, from packets or one's own
 * (TP_OWN_METRIC()); false where there is nothing. */
struct tp_summary {
    uint64_t samples;
    double first, last, min, max, mean;
};
bool tp_flow_summary(const struct tp_flow *flow, unsigned end, enum tp_metric_id metric,
                     struct tp_summary *summary);
bool tp_flow_quantiles(const struct tp_flow *flow, unsigned end, enum tp_metric_id metric,
                       const double *p, double *values, size_t count);

/* From its first to its last record, in ns or ticks; of kernel events alone where each direction of its
 * packets has a clock of its own. false if that is not known. */
bool tp_flow_duration(const struct tp_flow *flow, int64_t *duration_ns);

/* Events that the recorder lost during its life, of any flow; *markers: the places where that
 * happened, some of which may not say how many. */
uint64_t tp_flow_lost(const struct tp_flow *flow, uint32_t *markers);

/* What the packets say; NULL where no packet of that end (of that flow) was captured. */
const struct tp_wire *tp_flow_wire(const struct tp_flow *flow, unsigned end);
const struct tp_connection *tp_flow_connection(const struct tp_flow *flow);
/* What limited that end, and when (values are enum tp_limit; only where series are kept). false
 * and NULL where it was not judged. */
bool tp_flow_limits(const struct tp_flow *flow, unsigned end, enum tp_origin origin,
                    struct tp_limit_times *times);
const struct tp_spans *tp_flow_limit_spans(const struct tp_flow *flow, unsigned end,
                                           enum tp_origin origin);
/* What that end waited for, by that origin, and when (values are enum tp_wait; only where series are
 * kept). The account is of the time that tp_flow_limits() judged, and of what timers were waited for
 * behind it. false and NULL where it was not judged. */
bool tp_flow_account(const struct tp_flow *flow, unsigned end, enum tp_origin origin,
                     struct tp_account *account);
/* In trains of ACKs, eight segments at a time, half of that end's data were acknowledged at that rate or
 * a higher one: the narrowest link's. To a power of two, rounded down. false: of too little. */
bool tp_flow_train_rate(const struct tp_flow *flow, unsigned end, enum tp_origin origin,
                        double *rate_bps);
const struct tp_spans *tp_flow_wait_spans(const struct tp_flow *flow, unsigned end,
                                          enum tp_origin origin);
/* CWR, Recovery and Loss (value: the congestion state) of that end's socket; only where series are
 * kept. */
const struct tp_spans *tp_flow_cong_spans(const struct tp_flow *flow, unsigned end);
/* The loss episodes that the packets show, by what began them (value: enum tp_cause); only where
 * series are kept. */
const struct tp_spans *tp_flow_episodes(const struct tp_flow *flow, unsigned end);
/* What that end sent again: from when it had been sent before until then (value: payload bytes), in the
 * order of the latter; TP_SPANS_MAX at most, the first ones. Only where series are kept. */
const struct tp_spans *tp_flow_resent(const struct tp_flow *flow, unsigned end);
/* The packets about that end's data as a time-sequence graph shows them; only with marks. */
const struct tp_wire_marks *tp_flow_wire_marks(const struct tp_flow *flow, unsigned end);

/* NULL: it was not sampled. */
/* May the FIN be among its bytes_acked? The kernel counts it there (tcp_input.c, tcp_ack()), and tells
 * not whether it did. ended: it was the last line. */
bool tp_sock_may_count_fin(const struct tp_sock *sock, bool ended);
const struct tp_sampled_socket *tp_flow_sampled(const struct tp_flow *flow, unsigned end);
/* What limited it from sample to sample (limit.h), those that are 100 ms apart or more; what it says of
 * send buffer, pacing and queues is in the words of `flows`. false where it was not judged. */
bool tp_flow_sampled_limits(const struct tp_flow *flow, unsigned end, struct tp_limit_times *times);
/* By how much a counter of it grew in the recording: since the first line, or since it was made if it
 * is fresh; counters of the kernel that wrap are put right. false where that is not known. */
bool tp_flow_grew(const struct tp_flow *flow, unsigned end, enum tp_socket_id counter,
                  uint64_t *growth);

/* In these, a side of NULL is one of which nothing is known. */

const struct tp_side *tp_flow_side(const struct tp_flow *flow, unsigned end); /* may be NULL */

/* Why skbs were sent again, but for SYN and for what was in an unknown state: by the congestion state in
 * which they were, once that is known of all (tp_analysis_settle()). Needs events of both kinds. */
struct tp_resent_kinds {
    uint32_t fast;       /* in Recovery */
    uint32_t timeout;    /* in Loss, the first after each timeout; saturates at 65535 */
    uint32_t slow_start; /* in Loss, the others */
    uint32_t tlp;        /* in Open, Disorder and CWR: tail-loss probes */
};
struct tp_resent_kinds tp_side_resent(const struct tp_side *side);

/* Figures and time-weighted quantiles (p in 0..1, ascending) of a metric of kind STATE; false
 * where there is no sample. A single sample stands for itself. */
bool tp_side_stat(const struct tp_side *side, enum tp_metric_id metric, struct tp_stat *stat);
bool tp_side_quantiles(const struct tp_side *side, enum tp_metric_id metric, const double *p,
                       double *values, size_t count);

/* Acknowledged as far as the socket's events prove: where the state says that its FIN was
 * acknowledged, all up to the last snd_nxt that was seen. *whole: nothing can be missing, because it
 * was seen until the end in ESTABLISHED; tcp_probe is silent in all other states, so what was
 * written after the last probe is not known. */
uint64_t tp_side_acked(const struct tp_side *side, bool *whole);
/* Sent until its last probe. */
uint64_t tp_side_sent(const struct tp_side *side);
/* Was more in flight at its last probe than a last ACK takes, which no probe tells of? */
bool tp_side_ends_in_flight(const struct tp_side *side);
/* Nor can it be more than this: what was in flight, a window, when it left ESTABLISHED, and what
 * followed until the last ACK that its events allow; a window at most doubles in a round trip
 * (RFC 9438, 4.10 and RFC 5681, 3.1). UINT64_MAX where window or round trip were not seen. */
uint64_t tp_side_acked_most(const struct tp_side *side);

/* Acknowledged within TP_STARTUP_NS of the first ACK of data; false if the transfer was shorter, or
 * too slow in the beginning to tell. When ssthresh was first finite; false if that was not seen. */
bool tp_side_startup(const struct tp_side *side, uint64_t *bytes);
bool tp_side_slow_start(const struct tp_side *side, int64_t *until_ns);
/* Does that end's congestion control use ssthresh? Not if it is named bbr, or was seen to leave it
 * infinite at a decrease, or, if its name is not known, the same after decreases from different
 * windows. true where nothing tells. What tp_side_beta() and the metric say means nothing then. */
bool tp_flow_uses_ssthresh(const struct tp_analysis *analysis, const struct tp_flow *flow,
                           unsigned end);
/* The median of ssthresh over the window before, at entries into CWR and Recovery: false with fewer
 * than two. The median time between two entries into CWR, Recovery or Loss. */
bool tp_side_beta(const struct tp_side *side, double *beta);
bool tp_side_epoch(const struct tp_side *side, double *epoch_ns);

#ifdef __cplusplus
}
#endif

#endif
