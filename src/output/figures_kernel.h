/* figures_kernel.h: the figures of one end of a flow that are from kernel events. */
#ifndef TCPPROBE_OUTPUT_FIGURES_KERNEL_H
#define TCPPROBE_OUTPUT_FIGURES_KERNEL_H

#include "output/figures.h"

#define KERNEL_FIGURES 95

#define ROW(P, N, name, group, heading, unit, show, use, get, what, detail, help)                  \
    SIDE_ROW(P, N, KERNEL_FIGURES, "Kernel events", name, group, heading, unit, show, use, get,    \
             what, detail, help)
#define SIDE(P, N, name, heading, unit, show, use, detail, help)                                   \
    ROW(P, N, name, NULL, heading, unit, show, use, tp_sheet_side, 0, detail, help)
#define COUNT(P, N, name, group, heading, use, KIND, member, help)                                 \
    ROW(P, N, name, group, heading, "", PLAIN, use, tp_sheet_events, TP_KIND_##KIND,               \
        offsetof(struct tp_side, member), help)
#define CONG_TIME(P, N, name, STATE)                                                               \
    ROW(P, N, "time_" name "_ns", NULL, name, "s", SECONDS, ALL, tp_sheet_event_time,              \
        TP_KIND_CONG_STATE_SET, offsetof(struct tp_side, cong_time_ns[TP_CONG_##STATE]),           \
        "time in that congestion state")
#define STAT(P, N, ID, name, group, heading, show, use, detail, help)                              \
    ROW(P, N, name, group, heading, "", show, use, tp_sheet_metric, TP_METRIC_##ID, detail, help)

/* The figures of one sampled state. */
#define STATE(P, N, ID, name, unit, group, show, min, p50, p95, max)                               \
    STAT(P, N, ID, name "_samples", group, "samples", PLAIN, ALL, SHEET_SAMPLES,                   \
         "how often it was sampled"),                                                              \
        STAT(P, N, ID, name "_first_" unit, group, "first", show, ALL, SHEET_FIRST,                \
             "first value"),                                                                       \
        STAT(P, N, ID, name "_last_" unit, group, "last", show, ALL, SHEET_LAST, "last value"),    \
        STAT(P, N, ID, name "_mean_" unit, group, "mean", show, ALL, SHEET_MEAN,                   \
             "mean over time"),                                                                    \
        STAT(P, N, ID, name "_min_" unit, group, "min", show, min, SHEET_MIN, "smallest value"),   \
        STAT(P, N, ID, name "_p5_" unit, group, "p5", show, ALL, SHEET_P5,                         \
             "at or below this for 5 % of the time"),                                              \
        STAT(P, N, ID, name "_p50_" unit, group, "p50", show, p50, SHEET_P50, "median over time"), \
        STAT(P, N, ID, name "_p95_" unit, group, "p95", show, p95, SHEET_P95,                      \
             "at or below this for 95 % of the time"),                                             \
        STAT(P, N, ID, name "_p99_" unit, group, "p99", show, ALL, SHEET_P99,                      \
             "at or below this for 99 % of the time"),                                             \
        STAT(P, N, ID, name "_max_" unit, group, "max", show, max, SHEET_MAX, "largest value")

/* clang-format off */
#define KERNEL_ROWS(P, N)                                                                          \
    SIDE(P, N, "acked_bytes", "acked", "B", SI, DATA | KERNEL | MIXED, SHEET_ACKED,                \
         "bytes that the peer acknowledged (advance of snd_una)"),                                 \
    SIDE(P, N, "goodput_bps", "goodput", "bit/s", SI, DATA | KERNEL | MIXED, SHEET_GOODPUT,        \
         "acknowledged bits per second between first and last tcp_probe"),                         \
    STATE(P, N, SND_CWND, "snd_cwnd", "segs", "cwnd segs", PLAIN, ALL, DATA | KERNEL | MIXED, ALL, DATA | KERNEL | MIXED), \
    STATE(P, N, SRTT, "srtt", "us", "srtt ms", MS, DATA, DATA | KERNEL | MIXED, DATA | KERNEL, ALL), \
    COUNT(P, N, "retransmits", "retrans", "skbs", DATA | KERNEL | MIXED, RETRANSMIT_SKB, retransmits, \
          "packet buffers (skbs, not segments) sent again"),                                       \
    ROW(P, N, "retransmit_share", "retrans", "%", "", PERCENT, DATA | KERNEL, tp_sheet_side, 0,    \
        SHEET_SHARE, "retransmitted skbs per acknowledged segment"),                               \
    COUNT(P, N, "recoveries", NULL, "rec", DATA | KERNEL | MIXED, CONG_STATE_SET,                  \
          cong_entries[TP_CONG_RECOVERY], "entries into fast recovery"),                           \
    COUNT(P, N, "timeouts", NULL, "rto", DATA | KERNEL | MIXED, CONG_STATE_SET, cong_entries[TP_CONG_LOSS], \
          "entries into Loss, after a retransmission timeout"),                                    \
    COUNT(P, N, "disorders", NULL, "disorder", ALL, CONG_STATE_SET,                                \
          cong_entries[TP_CONG_DISORDER], "entries into Disorder"),                                \
    COUNT(P, N, "cwrs", NULL, "cwr", ALL, CONG_STATE_SET, cong_entries[TP_CONG_CWR],               \
          "entries into CWR"),                                                                     \
    CONG_TIME(P, N, "open", OPEN), CONG_TIME(P, N, "disorder", DISORDER),                          \
    CONG_TIME(P, N, "cwr", CWR), CONG_TIME(P, N, "recovery", RECOVERY),                            \
    CONG_TIME(P, N, "loss", LOSS),                                                                 \
    COUNT(P, N, "retransmits_open", NULL, "open", ALL, RETRANSMIT_SKB,                             \
          retransmits_in[TP_CONG_OPEN], "of the retransmits, in Open"),                            \
    COUNT(P, N, "retransmits_disorder", NULL, "disorder", ALL, RETRANSMIT_SKB,                     \
          retransmits_in[TP_CONG_DISORDER], "of the retransmits, in Disorder"),                    \
    COUNT(P, N, "retransmits_cwr", NULL, "cwr", ALL, RETRANSMIT_SKB,                               \
          retransmits_in[TP_CONG_CWR], "of the retransmits, in CWR"),                              \
    COUNT(P, N, "retransmits_recovery", NULL, "recovery", ALL, RETRANSMIT_SKB,                     \
          retransmits_in[TP_CONG_RECOVERY], "of the retransmits, in Recovery"),                    \
    COUNT(P, N, "retransmits_loss", NULL, "loss", ALL, RETRANSMIT_SKB,                             \
          retransmits_in[TP_CONG_LOSS], "of the retransmits, in Loss"),                            \
    COUNT(P, N, "retransmits_unknown", NULL, "unknown", ALL, RETRANSMIT_SKB,                       \
          retransmits_in[TP_CONG_STATES], "of the retransmits, in an unknown congestion state"),   \
    COUNT(P, N, "retransmits_syn", NULL, "syn", ALL, RETRANSMIT_SKB, retransmits_syn,              \
          "of the retransmits, SYN"),                                                              \
    COUNT(P, N, "retransmits_failed", NULL, "failed", ALL, RETRANSMIT_SKB, retransmits_failed,     \
          "retransmissions that could not be sent, not among the retransmits"),                    \
    COUNT(P, N, "synack_retransmits", NULL, "synack", ALL, RETRANSMIT_SYNACK,                      \
          synack_retransmits, "SYN-ACKs sent again"),                                              \
    COUNT(P, N, "resets_sent", NULL, "rst sent", ALL, SEND_RESET, resets_sent, "resets sent"),     \
    COUNT(P, N, "resets_received", NULL, "rst rcvd", ALL, RECEIVE_RESET, resets_received,          \
          "resets received"),                                                                      \
    SIDE(P, N, "received_bytes", "received", "B", SI, ALL, SHEET_RECEIVED,                         \
         "payload that reached this socket (sum of data_len)"),                                    \
    SIDE(P, N, "received_max_bytes", "largest", "B", SI, ALL, SHEET_RECEIVED_MAX,                  \
         "largest payload of one packet buffer"),                                                  \
    SIDE(P, N, "mss_bytes", "mss", "B", PLAIN, ALL, SHEET_MSS,                                     \
         "segment size, estimated from the steps of snd_una"),                                     \
    SIDE(P, N, "initial_cwnd_segs", "iw", "segs", PLAIN, ALL, SHEET_INITIAL_CWND,                  \
         "first congestion window, if the start was recorded"),                                    \
    STATE(P, N, SSTHRESH, "ssthresh", "segs", "ssthresh segs", PLAIN, ALL, ALL, ALL, ALL),         \
    STATE(P, N, INFLIGHT, "inflight", "bytes", "in flight", SI, ALL, ALL, ALL, ALL),               \
    STATE(P, N, SND_WND, "snd_wnd", "bytes", "send window", SI, ALL, ALL, ALL, ALL),               \
    STATE(P, N, RCV_WND, "rcv_wnd", "bytes", "receive window", SI, ALL, ALL, ALL, ALL),            \
    SIDE(P, N, "probes", "probes", "", PLAIN, ALL, SHEET_PROBES, "tcp_probe events"),              \
    SIDE(P, N, "tcp_state", "state", "", TEXT, ALL, SHEET_TCP_STATE, "last TCP state seen"),       \
    SIDE(P, N, "cong_state", "cong", "", TEXT, ALL, SHEET_CONG_STATE,                              \
         "last congestion state seen"),                                                            \
    SIDE(P, N, "closed", "closed", "", TEXT, ALL, SHEET_CLOSED, "the socket's end was seen"),      \
    SIDE(P, N, "cookie", "cookie", "", TEXT, ALL, SHEET_COOKIE, "socket cookie, hexadecimal"),     \
    SIDE(P, N, "socket_first_ns", "first", "s", SECONDS, ALL, SHEET_SOCKET_FIRST,                  \
         "first event of this socket, by the recording's clock"),                                  \
    SIDE(P, N, "socket_last_ns", "last", "s", SECONDS, ALL, SHEET_SOCKET_LAST,                     \
         "last event of this socket")

#endif
