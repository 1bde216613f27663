/* metric.h: everything that tcpprobe can say about a flow over time, named once.
 *
 * CSV headers, axis titles, JSON keys, --metric and the direction of a regression derive from
 * these rows. A sample is (flow, direction, metric, time, value).
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

/* X(ID, name, title, unit, kind, better, what it is) */
#define TP_METRICS(X)                                                                              \
    X(SND_CWND, "snd_cwnd", "Congestion window", "segs", STATE, NEITHER, "congestion window")      \
    X(SSTHRESH, "ssthresh", "Slow-start threshold", "segs", STATE, NEITHER,                        \
      "tcp_current_ssthresh(); absent while infinite")                                             \
    X(INFLIGHT, "inflight", "In flight", "bytes", STATE, NEITHER, "snd_nxt - snd_una")             \
    X(SRTT, "srtt", "Smoothed round-trip time", "us", STATE, LOW, "smoothed round-trip time")      \
    X(SND_WND, "snd_wnd", "Send window", "bytes", STATE, NEITHER, "window offered by the peer")    \
    X(RCV_WND, "rcv_wnd", "Receive window", "bytes", STATE, NEITHER, "window offered to the peer") \
    X(ACKED, "acked", "Acknowledged", "bytes", COUNT, HIGH, "newly acknowledged bytes")            \
    X(DATA_LEN, "data_len", "Received payload", "bytes", COUNT, HIGH,                              \
      "payload of a packet buffer received by this end")                                           \
    X(RETRANSMIT, "retransmit", "Retransmissions", "skbs", COUNT, LOW,                             \
      "packet buffers sent again: one may hold several segments")                                  \
    X(RETRANSMIT_SYNACK, "retransmit_synack", "SYN-ACK retransmissions", "packets", COUNT, LOW,    \
      "SYN-ACKs sent again")                                                                       \
    X(RESET_SENT, "reset_sent", "Resets sent", "packets", COUNT, LOW, "resets sent")               \
    X(RESET_RECEIVED, "reset_received", "Resets received", "packets", COUNT, LOW,                  \
      "resets received")                                                                           \
    X(CONG_STATE, "cong_state", "Congestion state", "state", CHANGE, NEITHER,                      \
      "0 Open 1 Disorder 2 CWR 3 Recovery 4 Loss")                                                 \
    X(TCP_STATE, "tcp_state", "TCP state", "state", CHANGE, NEITHER,                               \
      "TCP state as numbered by the kernel: 1 ESTABLISHED ... 12 NEW_SYN_RECV")                    \
    X(LIMIT, "limit", "Limited by", "limit", CHANGE, NEITHER,                                      \
      "what limits the sender, from kernel events: enum tp_limit")                                 \
    X(WIRE_INFLIGHT, "wire_inflight", "Outstanding", "bytes", STATE, NEITHER,                      \
      "packets: sent and not yet acknowledged")                                                    \
    X(WIRE_PIPE, "wire_pipe", "Pipe", "bytes", STATE, NEITHER,                                     \
      "packets: outstanding without what was SACKed or lost, with what was resent")                \
    X(WIRE_RWND, "wire_rwnd", "Advertised window", "bytes", STATE, NEITHER,                        \
      "packets: window that the peer advertises, scaled; absent while the scale is unknown")       \
    X(WIRE_SRTT, "wire_srtt", "Smoothed round-trip time", "us", STATE, LOW,                        \
      "packets: RTT samples smoothed as in RFC 6298")                                              \
    X(RTT, "rtt", "Round-trip time", "us", SAMPLE, LOW,                                            \
      "packets: of data, by ACK, or by SACK where no ACK can tell: rtt_ack and rtt_sack together") \
    X(RTT_HANDSHAKE, "rtt_handshake", "RTT of the handshake", "us", SAMPLE, LOW,                   \
      "packets: from the SYN or SYN-ACK to what answers it")                                       \
    X(RTT_ACK, "rtt_ack", "RTT by acknowledgment", "us", SAMPLE, LOW,                              \
      "packets: from data never resent to the ACK that ends with it (Karn)")                       \
    X(RTT_SACK, "rtt_sack", "RTT by SACK", "us", SAMPLE, LOW,                                      \
      "packets: from data never resent to the SACK block that first covers it")                    \
    X(RTT_TS, "rtt_ts", "RTT by timestamp", "us", SAMPLE, LOW,                                     \
      "packets: from the first packet with a TSval to its first echo")                             \
    X(WIRE_SENT, "wire_sent", "Sent", "bytes", COUNT, NEITHER,                                     \
      "packets: payload sent, retransmissions included")                                           \
    X(WIRE_UNIQUE, "wire_unique", "Sent for the first time", "bytes", COUNT, HIGH,                 \
      "packets: payload that was not captured before")                                             \
    X(WIRE_ACKED, "wire_acked", "Acknowledged", "bytes", COUNT, HIGH,                              \
      "packets: newly acknowledged bytes")                                                         \
    X(WIRE_SACKED, "wire_sacked", "SACKed", "bytes", COUNT, NEITHER, "packets: newly SACKed bytes") \
    X(WIRE_DUP_ACK, "wire_dup_ack", "Duplicate ACKs", "acks", COUNT, LOW,                          \
      "packets: duplicate ACKs for the data of this end")                                          \
    X(WIRE_RETRANSMIT, "wire_retransmit", "Retransmissions", "segs", COUNT, LOW,                   \
      "packets: segments sent again")                                                              \
    X(WIRE_SEGMENT, "wire_segment", "Segment size", "bytes", SAMPLE, NEITHER,                      \
      "packets: payload of one data packet")                                                       \
    X(WIRE_GAP, "wire_gap", "Gap between packets", "us", SAMPLE, NEITHER,                          \
      "packets: time since this end's packet before")                                              \
    X(WIRE_BURST, "wire_burst", "Burst", "bytes", SAMPLE, NEITHER,                                 \
      "packets: payload sent in one go, without a pause of a quarter of the RTT or an ACK between") \
    X(WIRE_SEQ, "wire_seq", "Highest byte sent", "bytes", STATE, NEITHER,                          \
      "packets: end of the data sent, since the start")                                            \
    X(WIRE_UNA, "wire_una", "Acknowledged up to", "bytes", STATE, NEITHER,                         \
      "packets: cumulative ACK, since the start")                                                  \
    X(WIRE_EDGE, "wire_edge", "Window edge", "bytes", STATE, NEITHER,                              \
      "packets: cumulative ACK plus advertised window, since the start")                           \
    X(WIRE_LIMIT, "wire_limit", "Limited by", "limit", CHANGE, NEITHER,                            \
      "what limits the sender, inferred from packets: enum tp_limit")

enum tp_metric_id {
#define TP_METRIC_ENUM(ID, name, title, unit, kind, better, help) TP_METRIC_##ID,
    TP_METRICS(TP_METRIC_ENUM)
#undef TP_METRIC_ENUM
        TP_METRIC_IDS
};

/* The states of a socket come first: its table of statistics is indexed by them. */
#define TP_METRIC_STATES (TP_METRIC_RCV_WND + 1)
/* Metrics whose values are whole numbers of a socket's own words. */
#define TP_METRICS_OF_SOCKETS ((UINT64_C(1) << TP_METRIC_STATES) - 1)

struct tp_metric {
    const char *name;
    const char *title;
    const char *unit;
    const char *help;
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
