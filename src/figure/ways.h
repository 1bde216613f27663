/* ways.h: the getters that the rows of the table name, and the words by which they name them.
 *
 * A way is a getter with what it needs to know: a metric and a statistic of it, a kind of event and
 * the member that counts it, a member of what packets add up to and when it is known.
 */
#ifndef TCPPROBE_FIGURE_WAYS_H
#define TCPPROBE_FIGURE_WAYS_H

#include <stddef.h>

#include <tcpprobe/figure.h>

static const struct tp_value absent = {.type = TP_VALUE_ABSENT};

static inline struct tp_value real(double number)
{
    return tp_value_real_if(true, number);
}

/* Absent where the whole is nothing. */
static inline struct tp_value share(double part, double whole)
{
    return tp_value_real_if(whole > 0, whole > 0 ? part / whole : 0);
}

/* bit/s */
static inline struct tp_value rate(uint64_t bytes, int64_t time_ns)
{
    return share((double)bytes * 8e9, (double)time_ns);
}

/* --- metrics (metric.c) ----------------------------------------------------------------------- */

/* detail of figure_metric: one of these, the quantiles in the order of tp_sheet_metric.quantile */
enum {
    STAT_SAMPLES,
    STAT_FIRST,
    STAT_LAST,
    STAT_MIN,
    STAT_MEAN,
    STAT_MAX,
    STAT_STDEV,
    STAT_P5,
    STAT_P10,
    STAT_P50,
    STAT_P90,
    STAT_P95,
    STAT_P99,
    STAT_FROM
};

/* what: enum tp_metric_id; detail: one of them */
tp_figure_get figure_metric;
struct tp_value metric_value(struct tp_sheet *sheet, unsigned end, enum tp_metric_id metric,
                             unsigned stat);

/* --- kernel events (kernel.c) ----------------------------------------------------------------- */

/* A member of struct tp_side: absent unless events of the kind `what` were met. */
tp_figure_get socket_limit;
tp_figure_get kernel_events, kernel_resent;

tp_figure_get kernel_acked, kernel_goodput, kernel_transfer, kernel_startup, kernel_mss,
    kernel_initial_cwnd, kernel_rtt_from, kernel_retransmit_share, kernel_loss_rate,
    kernel_recovery_share, kernel_beta, kernel_slow_start, kernel_epoch, kernel_received,
    kernel_received_max, kernel_probes, kernel_tcp_state, kernel_cong_state, kernel_closed,
    kernel_cookie, kernel_socket_first, kernel_socket_last;

/* Does nothing say until when tcp_probe spoke of it, whose last probe had data in flight? */
bool ends_unseen(struct tp_sheet *sheet, const struct tp_side *side);

/* What an end sent, by what its peer's socket received. */
tp_figure_get receiver_received, receiver_goodput, receiver_transfer;

/* --- packets (packets.c, derived.c, rtt.c) ---------------------------------------------------- */

/* What a member of struct tp_wire or struct tp_wire_trouble is, and when it is known. */
enum { MEMBER_BOOL, MEMBER_U8, MEMBER_U16, MEMBER_U32, MEMBER_U64, MEMBER_I64 };

enum {
    IF_SEEN,      /* packets of that end were captured */
    IF_ACKED,     /* ... and its peer's, which acknowledge its data */
    IF_SENT,      /* it sent data */
    IF_SYN,       /* its SYN was captured */
    IF_ANSWERED,  /* its peer's packets were captured, and where among its own is known */
    IF_CAUSES,    /* ... and its own: why it sent again is known */
    IF_ORDER,     /* what its packets and its peer's came first is known */
    IF_BEGINNING, /* ... and its SYN was captured */
    IF_WINDOWS,   /* a window of it that is not 0 is known, with its scale */
    IF_FLIGHT,    /* outstanding bytes were measured */
    IF_ACE,       /* its peer counts marks of congestion (AccECN) */
    IF_NOT_ZERO
};

/* type: of the member of that struct; detail: its offset */
#define MEMBER(of, member)                                                                         \
    .type = _Generic(((of *)0)->member, bool                                                       \
                     : MEMBER_BOOL, uint8_t                                                        \
                     : MEMBER_U8, uint16_t                                                         \
                     : MEMBER_U16, uint32_t                                                        \
                     : MEMBER_U32, uint64_t                                                        \
                     : MEMBER_U64, int64_t                                                         \
                     : MEMBER_I64),                                                                \
    .detail = offsetof(of, member)
int64_t member_number(const void *of, const struct tp_figure_way *way);

/* need: IF_...; MEMBER() */
tp_figure_get packets_wire, packets_trouble;

tp_figure_get packets_acked, packets_goodput, packets_transfer, packets_startup,
    packets_initial_cwnd, packets_resent, packets_retransmit_share, packets_fast_recoveries,
    packets_loss_rate, packets_recovery_share, packets_ce_share, packets_reordered_share,
    packets_throughput, packets_stream, packets_data_time, packets_wscale, packets_scale,
    packets_handshake, packets_out_of_order, packets_flight_mean, packets_window_mean,
    packets_segment_mean;

/* Is it known which of one end's packets came before which of the other's, and by how much? */
bool packets_are_ordered(const struct tp_sheet *sheet);
bool packets_are_acked(const struct tp_sheet *sheet, unsigned end);
/* ... and it is known after which of its own packets they came: IF_ANSWERED. */
bool packets_are_answered(const struct tp_sheet *sheet, unsigned end);
/* That of an end without trouble where there is none. */
const struct tp_wire_trouble *packets_in_trouble(const struct tp_wire *wire);

/* what: one of these; detail: STAT_SAMPLES to STAT_STDEV */
enum {
    RTT_SUM_ACK,
    RTT_SUM_SACK,
    RTT_SUM_TS,
    RTT_SUM_RESENT, /* ACKs of segments sent again, from the last copy */
    RTT_SUM_DELAY   /* from one transmission to the next */
};
tp_figure_get packets_rtt_sum;
/* detail: STAT_MIN, a quantile or STAT_FROM */
tp_figure_get packets_rtt_best;

/* --- samples of sockets (socket.c) ------------------------------------------------------------ */

/* detail: enum tp_socket_id; by how much it grew; what it was last, times what */
tp_figure_get socket_grew, socket_last;
/* detail: a chronometer; what: the one that it is a share of */
tp_figure_get socket_share;
tp_figure_get socket_busy_share, socket_rtt_min, socket_acked, socket_goodput, socket_transfer,
    socket_retransmit_share, socket_owner, socket_process, socket_cgroup, socket_cc, socket_lines,
    socket_whole;

/* --- limits (limits.c) ------------------------------------------------------------------------ */

/* what: enum tp_origin; detail: enum tp_limit (its share) or one of these */
enum {
    LIMIT_UNKNOWN = TP_LIMIT_UNKNOWN,
    LIMIT_HANDSHAKE = TP_LIMIT_HANDSHAKE,
    LIMIT_CWND = TP_LIMIT_CWND,
    LIMIT_RECEIVER = TP_LIMIT_RECEIVER,
    LIMIT_APP = TP_LIMIT_APP,
    LIMIT_RECOVERY = TP_LIMIT_RECOVERY,
    LIMIT_PACING = TP_LIMIT_PACING,
    LIMIT_NETWORK = TP_LIMIT_NETWORK, /* the sum of all of it */
    LIMIT_MOST = TP_LIMITS,
    LIMIT_MOST_SHARE,
    LIMIT_JUDGED
};
tp_figure_get figure_limit;
tp_figure_get figure_train; /* what: enum tp_origin */
/* In [0, 1]; false where that was not judged. */
bool limit_share(struct tp_sheet *sheet, unsigned end, enum tp_origin origin, enum tp_limit limit,
                 double *of_time);

/* --- the account of time (account.c) ---------------------------------------------------------- */

/* what: enum tp_origin; detail: enum tp_wait (its share) or one of these */
enum { ACCOUNT_MOST = TP_WAIT_COUNT, ACCOUNT_MOST_SHARE, ACCOUNT_WHOLE };
#define ACCOUNT_WAIT(ID, name, help) ACCOUNT_##ID = TP_WAIT_##ID,
enum { TP_WAITS(ACCOUNT_WAIT) };
#undef ACCOUNT_WAIT
tp_figure_get figure_account, accounts_apart;

/* --- the flow (flow.c), other figures (figure.c) ---------------------------------------------- */

tp_figure_get flow_id, flow_both, flow_src, flow_dst, flow_src_addr, flow_src_port, flow_dst_addr,
    flow_dst_port, flow_start, flow_duration, flow_bytes, flow_one, flow_first, flow_last,
    flow_records, flow_timeline, flow_opener, flow_congestion_control, flow_lost_markers, flow_lost,
    flow_history, flow_complete, flow_completeness, flow_vantage, flow_clocks, flow_places;

/* detail: a figure: where its best answer is from; that figure itself */
tp_figure_get figure_from, figure_same, acked_from;
tp_figure_get rtt_inflation;
/* Is that time more than a few round trips? Of less nothing is said per second. */
bool is_steady(struct tp_sheet *sheet, unsigned end, int64_t time_ns);
/* bit/s; absent where it is not: then it would tell how ACKs bunch. */
struct tp_value steady_rate(struct tp_sheet *sheet, unsigned end, uint64_t bytes, int64_t time_ns);

/* --- words of the rows ------------------------------------------------------------------------ */

#define KERNEL(...)  [TP_FROM_KERNEL] = {__VA_ARGS__}
#define PACKETS(...) [TP_FROM_PACKETS] = {__VA_ARGS__}
#define PEER(...)    [TP_FROM_PEER] = {__VA_ARGS__}
#define SOCKET(...)  [TP_FROM_SOCKET] = {__VA_ARGS__}
#define WHOLE(...)   [TP_FROM_WHOLE] = {.get = __VA_ARGS__}

#define METRIC(ID, STAT) .get = figure_metric, .what = TP_METRIC_##ID, .detail = STAT_##STAT
#define SIDE(name)       .get = kernel_##name
#define EVENTS(KIND, member)                                                                       \
    .get = kernel_events, .what = TP_KIND_##KIND, MEMBER(struct tp_side, member)
#define GREW(field)        .get = socket_grew, .detail = TP_SOCKET_##field
#define LAST(field, times) .get = socket_last, .detail = TP_SOCKET_##field, .what = times
#define SAMPLED_AS(name)   .get = socket_##name
#define RECEIVER(name)     .get = receiver_##name
#define DERIVED(name)      .get = packets_##name
#define WIRE(member, NEED) .get = packets_wire, .need = IF_##NEED, MEMBER(struct tp_wire, member)
#define TROUBLE(member, NEED)                                                                      \
    .get = packets_trouble, .need = IF_##NEED, MEMBER(struct tp_wire_trouble, member)
#define RTT_SUM(WHICH, STAT)  .get = packets_rtt_sum, .what = RTT_SUM_##WHICH, .detail = STAT_##STAT
#define RTT_BEST(STAT)        .get = packets_rtt_best, .detail = STAT_##STAT
#define SAMPLED_LIMIT(WHAT)   .get = socket_limit, .detail = LIMIT_##WHAT
#define LIMIT(ORIGIN, WHAT)   .get = figure_limit, .what = TP_##ORIGIN, .detail = LIMIT_##WHAT
#define ACCOUNT(ORIGIN, WHAT) .get = figure_account, .what = TP_##ORIGIN, .detail = ACCOUNT_##WHAT

enum {
    TABLE_KERNEL = TP_FIGURE_TABLE,
    TABLE_PACKETS = TP_FIGURE_TABLE_PACKETS,
    TABLE_BOTH = TP_FIGURE_TABLE_BOTH,
    TABLE_SOCKETS = TP_FIGURE_TABLE_SOCKETS,
    TABLES = TABLE_KERNEL | TABLE_PACKETS | TABLE_BOTH | TABLE_SOCKETS,
    DATA = TP_FIGURE_DATA
};

#endif
