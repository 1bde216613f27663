/* metric.h: everything that tcpprobe can say about a flow over time, named once.
 *
 * CSV headers, axis titles, JSON keys, --metric and the direction of a regression derive from
 * these rows. A sample is (flow, direction, metric, time, value).
 */
#ifndef TCPPROBE_METRIC_H
#define TCPPROBE_METRIC_H

#include <tcpprobe/record.h>

enum tp_better { TP_BETTER_NEITHER, TP_BETTER_LOW, TP_BETTER_HIGH };

enum tp_metric_kind {
    TP_METRIC_STATE,  /* holds its value until the next sample: statistics are weighted by time */
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
      "TCP state as numbered by the kernel: 1 ESTABLISHED ... 12 NEW_SYN_RECV")

enum tp_metric_id {
#define TP_METRIC_ENUM(ID, name, title, unit, kind, better, help) TP_METRIC_##ID,
    TP_METRICS(TP_METRIC_ENUM)
#undef TP_METRIC_ENUM
        TP_METRIC_IDS
};

/* The STATE metrics come first: a table of statistics is indexed by them. */
#define TP_METRIC_STATES (TP_METRIC_RCV_WND + 1)

struct tp_metric {
    const char *name;
    const char *title;
    const char *unit;
    const char *help;
    enum tp_metric_kind kind;
    enum tp_better better;
};

extern const struct tp_metric tp_metrics[TP_METRIC_IDS];

/* -1 if there is none of that name. */
int tp_metric_find(const char *name, size_t length);

#endif
