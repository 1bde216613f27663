/* metric.h: everything that tcpprobe can say about a flow over time, named once.
 *
 * CSV headers, axis titles, JSON keys, --metric and the direction of a regression derive from
 * these rows. A sample is (flow, end, metric, time, value).
 *
 * Threads: constant tables, which any number of threads may read.
 */
#ifndef TCPPROBE_METRIC_H
#define TCPPROBE_METRIC_H

#include <tcpprobe/record.h>

#ifdef __cplusplus
extern "C" {
#endif

enum tp_better { TP_BETTER_NEITHER, TP_BETTER_LOW, TP_BETTER_HIGH };

enum tp_metric_kind {
    TP_METRIC_STATE,  /* holds its value until the next sample: statistics are weighted by time */
    TP_METRIC_SAMPLE, /* a measurement: statistics are over samples, each counts the same */
    TP_METRIC_COUNT,  /* an amount that this event adds: samples are summed */
    TP_METRIC_CHANGE  /* a state entered, as a number */
};

/* How finely times from packets are told: sixteenths of a microsecond resolve the RTT of a data centre,
 * and 268 s is the longest that 32 bits hold. */
#define TP_TICKS_PER_US 16

/* X(ID, name, title, unit, per_unit, kind, better, what it is) */
#define TP_METRICS(X)                                                                              \
    X(SND_CWND, "snd_cwnd", "Congestion window", "segs", 1, STATE, NEITHER, "congestion window")   \
    X(SSTHRESH, "ssthresh", "Slow-start threshold", "segs", 1, STATE, NEITHER,                     \
      "tcp_current_ssthresh(); absent while infinite")                                             \
    X(INFLIGHT, "inflight", "In flight", "bytes", 1, STATE, NEITHER, "snd_nxt - snd_una")          \
    X(SRTT, "srtt", "Smoothed round-trip time", "us", 1, STATE, LOW, "smoothed round-trip time")   \
    X(SND_WND, "snd_wnd", "Send window", "bytes", 1, STATE, NEITHER, "window offered by the peer") \
    X(RCV_WND, "rcv_wnd", "Receive window", "bytes", 1, STATE, NEITHER,                            \
      "window offered to the peer")                                                                \
    X(ACKED, "acked", "Acknowledged", "bytes", 1, COUNT, HIGH, "newly acknowledged bytes")         \
    X(DATA_LEN, "data_len", "Received payload", "bytes", 1, COUNT, HIGH,                           \
      "payload of a packet buffer received by this end")                                           \
    X(RETRANSMIT, "retransmit", "Retransmissions", "skbs", 1, COUNT, LOW,                          \
      "packet buffers sent again: one may hold several segments")                                  \
    X(RETRANSMIT_SYNACK, "retransmit_synack", "SYN-ACK retransmissions", "packets", 1, COUNT, LOW, \
      "SYN-ACKs sent again")                                                                       \
    X(RESET_SENT, "reset_sent", "Resets sent", "packets", 1, COUNT, LOW, "resets sent")            \
    X(RESET_RECEIVED, "reset_received", "Resets received", "packets", 1, COUNT, LOW,               \
      "resets received")                                                                           \
    X(CONG_STATE, "cong_state", "Congestion state", "state", 1, CHANGE, NEITHER,                   \
      "0 Open 1 Disorder 2 CWR 3 Recovery 4 Loss")                                                 \
    X(TCP_STATE, "tcp_state", "TCP state", "state", 1, CHANGE, NEITHER,                            \
      "TCP state as numbered by the kernel: 1 ESTABLISHED ... 12 NEW_SYN_RECV")                    \
    X(LIMIT, "limit", "Limited by", "limit", 1, CHANGE, NEITHER,                                   \
      "what limits the sender, from kernel events: enum tp_limit")                                 \
    X(RCV_RTT, "rcv_rtt", "Receiver's round-trip time", "us", 1, SAMPLE, LOW,                      \
      "round-trip time that the receiver estimates, to tune its buffer")                           \
    X(RCV_COPIED, "rcv_copied", "Read by the application", "bytes", 1, SAMPLE, NEITHER,            \
      "read by the application in the receiver's round trip, at least, before its buffer grows")   \
    X(RCVBUF, "rcvbuf", "Receive buffer", "bytes", 1, SAMPLE, NEITHER,                             \
      "size of the receive buffer just before it grows")                                           \
    X(RTO, "rto", "Retransmission timeout", "us", 1, SAMPLE, LOW,                                  \
      "sampled sockets: retransmission timeout")                                                   \
    X(PACING_RATE, "pacing_rate", "Pacing rate", "bit/s", 1, SAMPLE, NEITHER,                      \
      "sampled sockets: pacing rate; absent if not paced")                                         \
    X(DELIVERY_RATE, "delivery_rate", "Delivery rate", "bit/s", 1, SAMPLE, HIGH,                   \
      "sampled sockets: best recent sample of the rate at which data arrived")                     \
    X(SEND_QUEUE, "send_queue", "Send queue", "bytes", 1, SAMPLE, NEITHER,                         \
      "sampled sockets: written and not yet acknowledged")                                         \
    X(RECV_QUEUE, "recv_queue", "Receive queue", "bytes", 1, SAMPLE, LOW,                          \
      "sampled sockets: received and not yet read by the application")                             \
    X(RMEM, "rmem", "Receive memory", "bytes", 1, SAMPLE, NEITHER,                                 \
      "sampled sockets: receive memory in use")                                                    \
    X(WMEM_QUEUED, "wmem_queued", "Send memory", "bytes", 1, SAMPLE, NEITHER,                      \
      "sampled sockets: send memory in use")                                                       \
    X(RETRANSMITTED, "retransmitted", "Retransmissions", "segs", 1, COUNT, LOW,                    \
      "sampled sockets: segments sent again since the sample before")                              \
    X(SAMPLED_ACKED, "sampled_acked", "Acknowledged", "bytes", 1, COUNT, HIGH,                     \
      "sampled sockets: acknowledged since the sample before; SYN and FIN count as a byte")        \
    X(WIRE_INFLIGHT, "wire_inflight", "Outstanding", "bytes", 1, STATE, NEITHER,                   \
      "packets: sent and not yet acknowledged")                                                    \
    X(WIRE_PIPE, "wire_pipe", "Pipe", "bytes", 1, STATE, NEITHER,                                  \
      "packets: outstanding without what was SACKed or lost, with what was resent")                \
    X(WIRE_RWND, "wire_rwnd", "Advertised window", "bytes", 1, STATE, NEITHER,                     \
      "packets: window that the peer advertises, scaled; absent while the scale is unknown")       \
    X(WIRE_SRTT, "wire_srtt", "Smoothed round-trip time", "us", TP_TICKS_PER_US, STATE, LOW,       \
      "packets: RTT samples smoothed as in RFC 6298")                                              \
    X(RTT, "rtt", "Round-trip time", "us", TP_TICKS_PER_US, SAMPLE, LOW,                           \
      "packets: of data, by ACK, or by SACK where no ACK can tell: rtt_ack and rtt_sack together") \
    X(RTT_HANDSHAKE, "rtt_handshake", "RTT of the handshake", "us", TP_TICKS_PER_US, SAMPLE, LOW,  \
      "packets: from the SYN or SYN-ACK to what answers it")                                       \
    X(RTT_ACK, "rtt_ack", "RTT by acknowledgment", "us", TP_TICKS_PER_US, SAMPLE, LOW,             \
      "packets: from data never resent to the ACK that ends with it (Karn)")                       \
    X(RTT_SACK, "rtt_sack", "RTT by SACK", "us", TP_TICKS_PER_US, SAMPLE, LOW,                     \
      "packets: from data never resent to the SACK block that first covers it")                    \
    X(RTT_TS, "rtt_ts", "RTT by timestamp", "us", TP_TICKS_PER_US, SAMPLE, LOW,                    \
      "packets: from the first packet with a TSval to its first echo")                             \
    X(WIRE_SENT, "wire_sent", "Sent", "bytes", 1, COUNT, NEITHER,                                  \
      "packets: payload sent, retransmissions included")                                           \
    X(WIRE_UNIQUE, "wire_unique", "Sent for the first time", "bytes", 1, COUNT, HIGH,              \
      "packets: payload that was not captured before")                                             \
    X(WIRE_ACKED, "wire_acked", "Acknowledged", "bytes", 1, COUNT, HIGH,                           \
      "packets: newly acknowledged bytes")                                                         \
    X(WIRE_SACKED, "wire_sacked", "SACKed", "bytes", 1, COUNT, NEITHER,                            \
      "packets: newly SACKed bytes")                                                               \
    X(WIRE_DUP_ACK, "wire_dup_ack", "Duplicate ACKs", "acks", 1, COUNT, LOW,                       \
      "packets: duplicate ACKs for the data of this end")                                          \
    X(WIRE_RETRANSMIT, "wire_retransmit", "Retransmissions", "segs", 1, COUNT, LOW,                \
      "packets: segments sent again")                                                              \
    X(WIRE_SEGMENT, "wire_segment", "Segment size", "bytes", 1, SAMPLE, NEITHER,                   \
      "packets: payload of one data packet")                                                       \
    X(WIRE_GAP, "wire_gap", "Gap between packets", "us", TP_TICKS_PER_US, SAMPLE, NEITHER,         \
      "packets: time since this end's packet before")                                              \
    X(WIRE_BURST, "wire_burst", "Burst", "bytes", 1, SAMPLE, NEITHER,                              \
      "packets: payload sent in one go, without a pause of a quarter of the RTT or an ACK between")\
    X(WIRE_SEQ, "wire_seq", "Highest byte sent", "bytes", 1, STATE, NEITHER,                       \
      "packets: end of the data sent, since the start")                                            \
    X(WIRE_UNA, "wire_una", "Acknowledged up to", "bytes", 1, STATE, NEITHER,                      \
      "packets: cumulative ACK, since the start")                                                  \
    X(WIRE_EDGE, "wire_edge", "Window edge", "bytes", 1, STATE, NEITHER,                           \
      "packets: cumulative ACK plus advertised window, since the start")                           \
    X(WIRE_LIMIT, "wire_limit", "Limited by", "limit", 1, CHANGE, NEITHER,                         \
      "what limits the sender, inferred from packets: enum tp_limit")

enum tp_metric_id {
#define TP_METRIC_ENUM(ID, name, title, unit, per_unit, kind, better, help) TP_METRIC_##ID,
    TP_METRICS(TP_METRIC_ENUM)
#undef TP_METRIC_ENUM
        TP_METRIC_IDS,
    TP_METRIC_MOST = 255 /* a user's own metrics have numbers up to it: see TP_OWN_METRIC() */
};

/* The states of a socket come first: its table of statistics is indexed by them. */
#define TP_METRIC_STATES (TP_METRIC_RCV_WND + 1)
/* All that the kernel's events of a socket say comes before what packets say. */
#define TP_METRICS_OF_SOCKETS ((UINT64_C(1) << TP_METRIC_WIRE_INFLIGHT) - 1)

/* Numbers of a user's own metrics, from 0: see tp_analysis_options.own_metrics. */
#define TP_OWN_METRICS_MAX 16
#define TP_OWN_METRIC(own) ((enum tp_metric_id)(TP_METRIC_IDS + (own)))

struct tp_metric {
    const char *name;
    const char *title;
    const char *unit;
    const char *help;
    uint32_t per_unit; /* quantiles are told to 1 / per_unit of the unit; 1: whole numbers. Not 0 */
    enum tp_metric_kind kind;
    enum tp_better better;
};

/* A set of metrics: bit TP_METRIC_BIT(ID) of a uint64_t. */
#define TP_METRIC_BIT(ID) (UINT64_C(1) << TP_METRIC_##ID)

extern const struct tp_metric tp_metrics[TP_METRIC_IDS];

/* -1 if there is none of that name. */
int tp_metric_find(const char *name, size_t length);

#ifdef __cplusplus
}
#endif

#endif
