/* figures_wire.h: the figures of one end of a flow that are from packets, and what limited it. */
#ifndef TCPPROBE_OUTPUT_FIGURES_WIRE_H
#define TCPPROBE_OUTPUT_FIGURES_WIRE_H

#include "output/figures.h"

#define WIRE_FIGURES 186

#define WIRE_ROW(P, N, section, name, group, heading, unit, show, use, get, what, detail, help)    \
    SIDE_ROW(P, N, WIRE_FIGURES, section, name, group, heading, unit, show, use, get, what,        \
             detail, help)

/* A member of struct tp_wire or of its struct tp_wire_trouble, known as SHEET_IF_... says. */
#define MEMBER(P, N, section, name, heading, unit, show, use, get, type, member, need, help)       \
    WIRE_ROW(P, N, section, name, NULL, heading, unit, show, use, get,                             \
             SHEET_MEMBER(type, member, SHEET_IF_##need), offsetof(type, member), help)
#define WIRE(P, N, section, name, heading, unit, show, use, member, need, help)                    \
    MEMBER(P, N, section, name, heading, unit, show, use, tp_sheet_wire, struct tp_wire, member,   \
           need, help)
#define TROUBLE(P, N, section, name, heading, unit, show, use, member, need, help)                 \
    MEMBER(P, N, section, name, heading, unit, show, use, tp_sheet_trouble,                        \
           struct tp_wire_trouble, member, need, help)
/* What is worked out; detail is one of SHEET_WIRE_... */
#define DERIVED(P, N, section, name, group, heading, unit, show, use, detail, help)                \
    WIRE_ROW(P, N, section, name, group, heading, unit, show, use, tp_sheet_derived, 0,            \
             SHEET_WIRE_##detail, help)

/* The figures of one metric. */
#define METRIC(P, N, section, ID, name, group, heading, show, use, detail, help)                   \
    WIRE_ROW(P, N, section, name, group, heading, "", show, use, tp_sheet_metric, TP_METRIC_##ID,  \
             SHEET_##detail, help)
#define METRICS(P, N, section, ID, name, unit, group, show, of)                                    \
    METRIC(P, N, section, ID, name "_samples", group, "samples", PLAIN, ALL, SAMPLES,              \
           "how often it was sampled"),                                                            \
        METRIC(P, N, section, ID, name "_mean_" unit, group, "mean", show, ALL, MEAN,              \
               "mean over " of),                                                                   \
        METRIC(P, N, section, ID, name "_min_" unit, group, "min", show, ALL, MIN,                 \
               "smallest value"),                                                                  \
        METRIC(P, N, section, ID, name "_p50_" unit, group, "p50", show, ALL, P50,                 \
               "median over " of),                                                                 \
        METRIC(P, N, section, ID, name "_p95_" unit, group, "p95", show, ALL, P95,                 \
               "at or below this for 95 % of the " of),                                            \
        METRIC(P, N, section, ID, name "_p99_" unit, group, "p99", show, ALL, P99,                 \
               "at or below this for 99 % of the " of),                                            \
        METRIC(P, N, section, ID, name "_max_" unit, group, "max", show, ALL, MAX,                 \
               "largest value")

/* The RTT samples of one source; times that were added up without being samples of a metric. */
#define SUM(P, N, section, WHICH, name, heading, use, detail, help)                                \
    WIRE_ROW(P, N, section, name, NULL, heading, "ms", MS, use, tp_sheet_rtt, SHEET_RTT_##WHICH,   \
             SHEET_##detail, help)
#define SUMS(P, N, section, WHICH, name)                                                           \
    SUM(P, N, section, WHICH, name "_min_us", "min", ALL, MIN, "shortest"),                        \
        SUM(P, N, section, WHICH, name "_mean_us", "mean", ALL, MEAN, "mean"),                     \
        SUM(P, N, section, WHICH, name "_max_us", "max", ALL, MAX, "longest"),                     \
        SUM(P, N, section, WHICH, name "_stdev_us", "stdev", ALL, STDEV, "standard deviation")
#define RTT(P, N, section, WHICH, name)                                                            \
    WIRE_ROW(P, N, section, name "_samples", NULL, "samples", "", PLAIN, ALL, tp_sheet_rtt,        \
             SHEET_RTT_##WHICH, SHEET_SAMPLES, "number of samples"),                               \
        SUMS(P, N, section, WHICH, name),                                                          \
        METRIC(P, N, section, RTT_##WHICH, name "_p50_us", NULL, "p50", MS, ALL, P50,              \
               "median of the samples"),                                                           \
        METRIC(P, N, section, RTT_##WHICH, name "_p95_us", NULL, "p95", MS, ALL, P95,              \
               "at or below this are 95 % of the samples")

/* Shares of the time that was judged, and the largest of them. */
#define LIMIT(P, N, origin, name, heading, show, detail, help)                                     \
    WIRE_ROW(P, N, "What limited the sender", name, NULL, heading, "", show, ALL, tp_sheet_limit,  \
             origin, detail, help)
#define LIMITS(P, N, origin, prefix, from)                                                         \
    LIMIT(P, N, origin, prefix "limited_by", "by", TEXT, SHEET_LIMITED_BY,                         \
          "what limited this end for most of the time, from " from),                               \
        LIMIT(P, N, origin, prefix "limit_handshake_share", "handshake", PERCENT,                  \
              TP_LIMIT_HANDSHAKE, "share of the time in the handshake, from " from),               \
        LIMIT(P, N, origin, prefix "limit_cwnd_share", "cwnd", PERCENT, TP_LIMIT_CWND,             \
              "... limited by congestion window, path or loss recovery"),                          \
        LIMIT(P, N, origin, prefix "limit_rwnd_share", "rwnd", PERCENT, TP_LIMIT_RECEIVER,         \
              "... limited by the window that the peer advertised"),                               \
        LIMIT(P, N, origin, prefix "limit_app_share", "app", PERCENT, TP_LIMIT_APP,                \
              "... limited by the application: nothing to send"),                                  \
        LIMIT(P, N, origin, prefix "limit_unknown_share", "unknown", PERCENT, TP_LIMIT_UNKNOWN,    \
              "... limited by what could not be told"),                                            \
        LIMIT(P, N, origin, prefix "limit_judged_ns", "judged", SECONDS, SHEET_LIMIT_JUDGED,       \
              "time that was judged")

/* The limits from kernel events where they are known, else from packets. */
#define BEST_LIMIT(P, N, name, heading, show, use, detail, help)                                   \
    WIRE_ROW(P, N, "What limited the sender", name, "limit", heading, "", show, use,               \
             tp_sheet_limit, SHEET_BEST_ORIGIN, detail, help)

#define IN_PACKETS   "Packets"
#define IN_HANDSHAKE "Handshake (packets)"
#define IN_TIMES     "Round-trip times (packets)"
#define IN_LOSS      "Losses, reordering (packets)"
#define IN_WINDOWS   "Windows, in flight (packets)"
#define IN_SEGMENTS  "Segments, pauses (packets)"

/* clang-format off */
#define WIRE_ROWS(P, N)                                                                            \
    DERIVED(P, N, IN_PACKETS, "wire_acked_bytes", NULL, "acked", "B", SI, DATA | PACKETS, ACKED,   \
        "payload that the peer acknowledged"),                                                     \
    DERIVED(P, N, IN_PACKETS, "wire_goodput_bps", NULL, "goodput", "bit/s", SI, DATA | PACKETS, GOODPUT, \
        "acknowledged bits per second from the first data packet to the last ACK of new data"),    \
    DERIVED(P, N, IN_PACKETS, "wire_throughput_bps", NULL, "thruput", "bit/s", SI, ALL, THROUGHPUT, \
        "unique bits per second over the whole connection, handshake and end included"),           \
    WIRE(P, N, IN_PACKETS, "wire_packets", "packets", "", PLAIN, DATA, packets, SEEN,              \
        "packets that it sent, copies made by the capture not counted"),                           \
    WIRE(P, N, IN_PACKETS, "wire_data_packets", "data", "", PLAIN, ALL, data_packets, SEEN,        \
        "packets with payload, retransmissions included"),                                         \
    WIRE(P, N, IN_PACKETS, "wire_data_segs", "segs", "", PLAIN, ALL, data_segs, SEEN,              \
        "segments in them: TSO and GRO packets hold several"),                                     \
    WIRE(P, N, IN_PACKETS, "wire_sent_bytes", "sent", "B", SI, ALL, payload_bytes, SEEN,           \
        "payload, retransmissions included"),                                                      \
    WIRE(P, N, IN_PACKETS, "wire_unique_bytes", "unique", "B", SI, DATA, unique_bytes, SEEN,       \
        "payload without what was sent again and window probes"),                                  \
    DERIVED(P, N, IN_PACKETS, "wire_stream_bytes", NULL, "stream", "B", SI, ALL, STREAM,           \
        "length of its stream by the sequence numbers of SYN and FIN"),                            \
    WIRE(P, N, IN_PACKETS, "wire_frame_bytes", "frames", "B", SI, ALL, wire_bytes, SEEN,           \
        "its frames as they were on the wire"),                                                    \
    WIRE(P, N, IN_PACKETS, "wire_acks", "acks", "", PLAIN, ALL, acks, SEEN, "packets with ACK"),   \
    WIRE(P, N, IN_PACKETS, "wire_pure_acks", "pure", "", PLAIN, ALL, pure_acks, SEEN,              \
        "packets that acknowledge and nothing else"),                                              \
    WIRE(P, N, IN_PACKETS, "wire_pushes", "push", "", PLAIN, ALL, pushes, SEEN,                    \
        "data packets with PSH"),                                                                  \
    WIRE(P, N, IN_PACKETS, "wire_syns", "syn", "", PLAIN, ALL, syns, SEEN, "packets with SYN"),    \
    WIRE(P, N, IN_PACKETS, "wire_fins", "fin", "", PLAIN, ALL, fins, SEEN, "packets with FIN"),    \
    WIRE(P, N, IN_PACKETS, "wire_resets", "rst", "", PLAIN, ALL, resets, SEEN, "packets with RST"), \
    TROUBLE(P, N, IN_PACKETS, "wire_urgent_packets", "urg", "", PLAIN, ALL, urgent_packets, SEEN,  \
        "packets with URG"),                                                                       \
    TROUBLE(P, N, IN_PACKETS, "wire_urgent_bytes", "urgent", "B", SI, ALL, urgent_bytes, SEEN,     \
        "urgent payload"),                                                                         \
    TROUBLE(P, N, IN_PACKETS, "wire_ce", "ce", "", PLAIN, ALL, ce, SEEN,                           \
        "packets marked congestion experienced (ECN)"),                                            \
    TROUBLE(P, N, IN_PACKETS, "wire_ece", "ece", "", PLAIN, ALL, ece, SEEN, "packets with ECE"),   \
    TROUBLE(P, N, IN_PACKETS, "wire_cwr", "cwr", "", PLAIN, ALL, cwr, SEEN, "packets with CWR"),   \
    WIRE(P, N, IN_PACKETS, "wire_ect", "ect", "", TEXT, ALL, ect, SEEN,                            \
        "some packet was ECN-capable"),                                                            \
    TROUBLE(P, N, IN_PACKETS, "wire_keep_alives", "alive", "", PLAIN, ALL, keep_alives, SEEN,      \
        "keep-alive packets"),                                                                     \
    TROUBLE(P, N, IN_PACKETS, "wire_keep_alive_bytes", "alive", "B", PLAIN, ALL, keep_alive_bytes, SEEN, \
        "payload of these: garbage, counted nowhere else"),                                        \
    WIRE(P, N, IN_PACKETS, "wire_ttl_min", "ttl min", "", PLAIN, ALL, ttl_min, NOT_ZERO,           \
        "smallest time to live or hop limit"),                                                     \
    WIRE(P, N, IN_PACKETS, "wire_ttl_max", "ttl max", "", PLAIN, ALL, ttl_max, NOT_ZERO, "largest"), \
    WIRE(P, N, IN_PACKETS, "wire_first_ns", "first", "s", SECONDS, ALL, first_ns, SEEN,            \
        "its first packet, by the recording's clock"),                                             \
    WIRE(P, N, IN_PACKETS, "wire_last_ns", "last", "s", SECONDS, ALL, last_ns, SEEN,               \
        "its last packet"),                                                                        \
    DERIVED(P, N, IN_PACKETS, "wire_data_time_ns", NULL, "data", "s", SECONDS, ALL, DATA_TIME,     \
        "from its first to its last data packet"),                                                 \
    WIRE(P, N, IN_PACKETS, "wire_idle_max_ns", "idle", "s", SECONDS, ALL, idle_max_ns, SEEN,       \
        "longest time between two of its packets"),                                                \
    TROUBLE(P, N, IN_PACKETS, "wire_missed_bytes", "missed", "B", SI, DATA | PACKETS,      \
        unseen_bytes, SEEN,                                                                        \
        "bytes that were acknowledged but not captured: gaps of the capture, no losses"),          \
    TROUBLE(P, N, IN_PACKETS, "wire_missed_gaps", "gaps", "", PLAIN, ALL, unseen_gaps, SEEN,       \
        "number of such gaps"),                                                                    \
    TROUBLE(P, N, IN_PACKETS, "wire_copies", "copies", "", PLAIN, ALL, copies, SEEN,               \
        "packets that the capture holds twice: counted nowhere else"),                             \
    WIRE(P, N, IN_PACKETS, "wire_truncated_packets", "cut", "", PLAIN, ALL, truncated_packets, SEEN, \
        "packets whose payload was captured in part (snaplen)"),                                   \
    WIRE(P, N, IN_PACKETS, "wire_truncated_bytes", "cut", "B", SI, ALL, truncated_bytes, SEEN,     \
        "payload that was therefore not captured"),                                                \
    TROUBLE(P, N, IN_PACKETS, "wire_offloaded", "offload", "", PLAIN, ALL, offloaded, SEEN,        \
        "packets that hold several segments (TSO, GRO)"),                                          \
    TROUBLE(P, N, IN_PACKETS, "wire_reanchored", "jumps", "", PLAIN, ALL, reanchored, SEEN,        \
        "sequence numbers far from all others"),                                                   \
    TROUBLE(P, N, IN_PACKETS, "wire_strange_acks", "strange", "", PLAIN, ALL, strange_acks, SEEN,  \
        "ACKs of what cannot have been sent: not used"),                                           \
    TROUBLE(P, N, IN_PACKETS, "wire_joined", "joined", "", PLAIN, ALL, joined, SEEN,               \
        "segments joined to save memory: so many RTT samples may be missing"),                     \
    WIRE(P, N, IN_HANDSHAKE, "wire_isn", "isn", "", PLAIN, ALL, isn, SYN,                          \
        "initial sequence number"),                                                                \
    WIRE(P, N, IN_HANDSHAKE, "wire_mss_bytes", "mss", "B", PLAIN, ALL, mss_bytes, NOT_ZERO,        \
        "MSS option of its SYN: the largest segment that it accepts"),                             \
    DERIVED(P, N, IN_HANDSHAKE, "wire_wscale", NULL, "wscale", "", PLAIN, ALL, WSCALE,             \
        "shift of its windows; see wire_wscale_known"),                                            \
    DERIVED(P, N, IN_HANDSHAKE, "wire_wscale_known", NULL, "known", "", TEXT, ALL, SCALE,          \
        "known: from both SYNs, none: not both have the option, at least: estimated, unknown"),    \
    WIRE(P, N, IN_HANDSHAKE, "wire_sack_ok", "sack", "", TEXT, ALL, sack_ok, SYN,                  \
        "SACK permitted, in its SYN"),                                                             \
    WIRE(P, N, IN_HANDSHAKE, "wire_timestamps", "ts", "", TEXT, ALL, timestamps, SYN,              \
        "timestamps option in its SYN"),                                                           \
    WIRE(P, N, IN_HANDSHAKE, "wire_initial_bytes", "initial", "B", SI, ALL, initial_bytes, BEGINNING,    \
        "payload sent before the first of it was acknowledged: the initial window"),               \
    WIRE(P, N, IN_HANDSHAKE, "wire_initial_segs", "initial", "segs", PLAIN, ALL, initial_segs, BEGINNING, \
        "segments of it"),                                                                         \
    DERIVED(P, N, IN_HANDSHAKE, "wire_handshake_us", NULL, "handshake", "ms", MS, ALL, HANDSHAKE,  \
        "from its SYN or SYN-ACK to the answer, if each was sent once"),                           \
    TROUBLE(P, N, IN_HANDSHAKE, "wire_syn_again", "syn again", "", PLAIN, ALL, syn_again, SEEN,    \
        "SYN or SYN-ACK sent again"),                                                              \
    TROUBLE(P, N, IN_HANDSHAKE, "wire_fin_again", "fin again", "", PLAIN, ALL, fin_again, SEEN,    \
        "FIN sent again"),                                                                         \
    WIRE_ROW(P, N, IN_TIMES, "rtt_p50_us", "rtt ms", "p50", "", MS, DATA | PACKETS, tp_sheet_best_rtt, 0, \
        SHEET_P50, "median of the samples that rtt_from names"),                   \
    WIRE_ROW(P, N, IN_TIMES, "rtt_p95_us", "rtt ms", "p95", "", MS, DATA | PACKETS, tp_sheet_best_rtt, 0, \
        SHEET_P95, "at or below this are 95 % of them"),                                           \
    WIRE_ROW(P, N, IN_TIMES, "rtt_from", "rtt ms", "by", "", TEXT, DATA | PACKETS, tp_sheet_best_rtt, 0, \
        SHEET_RTT_FROM, "how it was measured: by ack, sack or both, else ts (timestamps), else handshake"), \
    RTT(P, N, IN_TIMES, ACK, "rtt_ack"),                                                           \
    RTT(P, N, IN_TIMES, SACK, "rtt_sack"),                                                         \
    RTT(P, N, IN_TIMES, TS, "rtt_ts"),                                                             \
    METRICS(P, N, IN_TIMES, WIRE_SRTT, "wire_srtt", "us", "srtt ms", MS, "time"),                  \
    WIRE(P, N, IN_TIMES, "wire_covered_acks", "covered", "", PLAIN, ALL, covered_acks, ACKED,      \
        "segments acknowledged together with later ones"),                                         \
    TROUBLE(P, N, IN_TIMES, "wire_ambiguous_acks", "ambig", "", PLAIN, ALL, ambiguous_acks, ACKED, \
        "ACKs that end at a segment sent again: no RTT sample (Karn)"),                            \
    SUMS(P, N, IN_TIMES, RESENT, "rtt_resent"),                                                    \
    TROUBLE(P, N, IN_TIMES, "wire_post_loss_acks", "post-loss", "", PLAIN, ALL, post_loss_acks,    \
        ACKED, "ACKs that give no RTT sample because something below was sent again"),             \
    WIRE_ROW(P, N, IN_LOSS, "wire_retransmitted_segs", "resent", "segs", "", PLAIN,                \
        DATA | PACKETS | MIXED, tp_sheet_trouble,                                                  \
        SHEET_MEMBER(struct tp_wire_trouble, retransmitted_segs, SHEET_IF_SEEN),                   \
        offsetof(struct tp_wire_trouble, retransmitted_segs), "segments sent again"),              \
    DERIVED(P, N, IN_LOSS, "wire_retransmit_share", "resent", "%", "", PERCENT, DATA | PACKETS,    \
        SHARE, "segments sent again per data segment"),                                            \
    TROUBLE(P, N, IN_LOSS, "wire_retransmitted_packets", "resent", "", PLAIN, ALL, retransmissions, \
        SEEN, "packets that hold bytes sent again"),                                               \
    TROUBLE(P, N, IN_LOSS, "wire_retransmitted_bytes", "resent", "B", SI, ALL, retransmitted_bytes, \
        SEEN, "bytes sent again"),                                                                 \
    TROUBLE(P, N, IN_LOSS, "wire_resent_fast", "fast", "", PLAIN, ALL, by_cause[TP_CAUSE_FAST],    \
        ORDER, "of the segments sent again, fast retransmits"),                                    \
    TROUBLE(P, N, IN_LOSS, "wire_resent_timeout", "timeout", "", PLAIN, ALL,                       \
        by_cause[TP_CAUSE_TIMEOUT], ORDER, "... after a retransmission timeout"),                  \
    TROUBLE(P, N, IN_LOSS, "wire_resent_tlp", "tlp", "", PLAIN, ALL, by_cause[TP_CAUSE_PROBE], ORDER, \
        "... tail-loss probes"),                                                                   \
    TROUBLE(P, N, IN_LOSS, "wire_resent_unknown", "unknown", "", PLAIN, ALL,                       \
        by_cause[TP_CAUSE_UNKNOWN], ORDER, "... for a reason that the packets do not tell"),       \
    TROUBLE(P, N, IN_LOSS, "wire_spurious_segs", "spurious", "", PLAIN, ALL, spurious_segs, ORDER, \
        "of the segments sent again, proved not to have been needed"),                             \
    TROUBLE(P, N, IN_LOSS, "wire_spurious_dsack", "dsack", "", PLAIN, ALL,                         \
        spurious_by[TP_EVIDENCE_DSACK], ORDER, "... by a D-SACK (RFC 3708)"),                      \
    TROUBLE(P, N, IN_LOSS, "wire_spurious_eifel", "eifel", "", PLAIN, ALL,                         \
        spurious_by[TP_EVIDENCE_EIFEL], ORDER, "... by timestamps (RFC 3522)"),                    \
    TROUBLE(P, N, IN_LOSS, "wire_spurious_frto", "f-rto", "", PLAIN, ALL,                          \
        spurious_by[TP_EVIDENCE_FRTO], ORDER, "... by F-RTO (RFC 5682)"),                          \
    TROUBLE(P, N, IN_LOSS, "wire_spurious_too_soon", "too soon", "", PLAIN, ALL,                   \
        spurious_by[TP_EVIDENCE_TOO_SOON], ORDER, "... acknowledged sooner than any round trip"),  \
    TROUBLE(P, N, IN_LOSS, "wire_spurious_acked", "acked", "", PLAIN, ALL,                         \
        spurious_by[TP_EVIDENCE_ACKED_BEFORE], ORDER, "... acknowledged before they were resent"), \
    TROUBLE(P, N, IN_LOSS, "wire_resent_most", "most", "", PLAIN, ALL, copies_max, SEEN,           \
        "how often one segment was sent again at most"),                                           \
    SUMS(P, N, IN_LOSS, DELAY, "wire_resend_delay"),                                               \
    TROUBLE(P, N, IN_LOSS, "wire_recoveries", "rec", "", PLAIN, ALL, recoveries, ORDER,            \
        "loss episodes: from a retransmission to the ACK of all that was outstanding"),            \
    TROUBLE(P, N, IN_LOSS, "wire_timeouts", "rto", "", PLAIN, ALL, timeouts, ORDER,                \
        "of these, begun by a timeout"),                                                           \
    TROUBLE(P, N, IN_LOSS, "wire_recovery_ns", "recovery", "s", SECONDS, ALL, recovery_ns, ORDER,  \
        "time in loss episodes"),                                                                  \
    TROUBLE(P, N, IN_LOSS, "wire_dup_acks", "dup", "", PLAIN, ALL, dup_acks, ANSWERED,              \
        "duplicate ACKs of its data"),                                                             \
    TROUBLE(P, N, IN_LOSS, "wire_triple_dup_acks", "triple", "", PLAIN, ALL, triple_dup_acks, ANSWERED, \
        "the third of a row of them"),                                                             \
    TROUBLE(P, N, IN_LOSS, "wire_sack_packets", "sack", "", PLAIN, ALL, sack_packets, ACKED,       \
        "ACKs of its data with SACK blocks"),                                                      \
    TROUBLE(P, N, IN_LOSS, "wire_dsack_packets", "dsack", "", PLAIN, ALL, dsack_packets, ACKED,    \
        "... with a D-SACK"),                                                                      \
    TROUBLE(P, N, IN_LOSS, "wire_sack_blocks_max", "blocks", "", PLAIN, ALL, sack_blocks_max, ACKED, \
        "most blocks in one of them"),                                                             \
    DERIVED(P, N, IN_LOSS, "wire_out_of_order", NULL, "ooo", "", PLAIN, ALL, OUT_OF_ORDER,         \
        "packets that filled a hole: the next three together"),                                    \
    TROUBLE(P, N, IN_LOSS, "wire_repairs", "repairs", "", PLAIN, ALL, repairs, SEEN,               \
        "filled a hole and were sent again: the first copy was not captured"),                     \
    TROUBLE(P, N, IN_LOSS, "wire_reordered", "reordered", "", PLAIN, ALL, reordered, SEEN,         \
        "filled a hole and were overtaken on the way"),                                            \
    TROUBLE(P, N, IN_LOSS, "wire_ambiguous", "?", "", PLAIN, ALL, ambiguous, SEEN,                 \
        "filled a hole, and nothing says which"),                                                  \
    TROUBLE(P, N, IN_LOSS, "wire_reordered_bytes", "reordered", "B", SI, ALL, reordered_bytes, SEEN, \
        "payload of reordered packets"),                                                           \
    TROUBLE(P, N, IN_LOSS, "wire_reorder_extent_bytes", "extent", "B", SI, ALL,                    \
        reorder_extent_bytes, SEEN, "most bytes by which one was overtaken"),                      \
    TROUBLE(P, N, IN_LOSS, "wire_reorder_delay_ns", "delay", "s", SECONDS, ALL, reorder_delay_ns,  \
        SEEN, "longest time that such a hole was open"),                                           \
    METRIC(P, N, IN_WINDOWS, WIRE_INFLIGHT, "wire_inflight_samples", "in flight", "samples", PLAIN, \
        ALL, SAMPLES, "how often bytes sent and not yet acknowledged were counted"),               \
    METRIC(P, N, IN_WINDOWS, WIRE_INFLIGHT, "wire_inflight_mean_bytes", "in flight", "mean", SI, ALL, \
        MEAN, "mean over time of the bytes sent and not yet acknowledged"),                        \
    METRIC(P, N, IN_WINDOWS, WIRE_INFLIGHT, "wire_inflight_min_bytes", "in flight", "min", SI, ALL, \
        MIN, "fewest of them"),                                                                    \
    METRIC(P, N, IN_WINDOWS, WIRE_INFLIGHT, "wire_inflight_p50_bytes", "in flight", "p50", SI,     \
        DATA | PACKETS, P50, "median over time of the bytes sent and not yet acknowledged"), \
    WIRE_ROW(P, N, IN_WINDOWS, "wire_inflight_max_bytes", "in flight", "max", "", SI, DATA | PACKETS, \
        tp_sheet_wire, SHEET_MEMBER(struct tp_wire, outstanding_max_bytes, SHEET_IF_FLIGHT),         \
        offsetof(struct tp_wire, outstanding_max_bytes), "most of them"),                          \
    METRIC(P, N, IN_WINDOWS, WIRE_INFLIGHT, "wire_inflight_p95_bytes", "in flight", "p95", SI, ALL, \
        P95, "at or below this for 95 % of the time"),                                             \
    METRIC(P, N, IN_WINDOWS, WIRE_INFLIGHT, "wire_inflight_p99_bytes", "in flight", "p99", SI, ALL, \
        P99, "at or below this for 99 % of the time"),                                             \
    WIRE(P, N, IN_WINDOWS, "wire_outstanding_min_bytes", "min", "B", SI, ALL,                      \
        outstanding_min_bytes, FLIGHT, "fewest of them right after a packet of new data"),         \
    DERIVED(P, N, IN_WINDOWS, "wire_outstanding_mean_bytes", NULL, "mean", "B", SI, ALL,           \
        FLIGHT_MEAN, "mean over packets of new data"),                                             \
    METRICS(P, N, IN_WINDOWS, WIRE_PIPE, "wire_pipe", "bytes", "pipe", SI, "time"),                \
    METRICS(P, N, IN_WINDOWS, WIRE_RWND, "wire_rwnd", "bytes", "window", SI, "time"),              \
    WIRE(P, N, IN_WINDOWS, "wire_window_min_bytes", "win min", "B", SI, ALL, window_min_bytes,     \
        WINDOWS, "smallest window that it advertised, 0 not counted"),                             \
    DERIVED(P, N, IN_WINDOWS, "wire_window_mean_bytes", NULL, "win mean", "B", SI, ALL, WINDOW_MEAN, \
        "mean over its packets of the window that it advertised"),                                 \
    WIRE(P, N, IN_WINDOWS, "wire_window_max_bytes", "win max", "B", SI, ALL, window_max_bytes,     \
        WINDOWS, "largest window that it advertised"),                                             \
    TROUBLE(P, N, IN_WINDOWS, "wire_zero_windows", "zero", "", PLAIN, ALL, zero_windows, SEEN,     \
        "packets that advertised a window of 0"),                                                  \
    TROUBLE(P, N, IN_WINDOWS, "wire_window_probes", "probes", "", PLAIN, ALL, window_probes, SEEN, \
        "probes of its peer's closed window"),                                                     \
    TROUBLE(P, N, IN_WINDOWS, "wire_window_probe_bytes", "probes", "B", SI, ALL, window_probe_bytes, \
        SEEN, "payload of these"),                                                                 \
    WIRE(P, N, IN_SEGMENTS, "wire_segment_min_bytes", "seg min", "B", SI, ALL, segment_min_bytes, SENT, \
        "smallest payload of a packet"),                                                           \
    WIRE(P, N, IN_SEGMENTS, "wire_segment_max_bytes", "seg max", "B", SI, ALL, segment_max_bytes, SENT, \
        "largest payload of a packet"),                                                            \
    DERIVED(P, N, IN_SEGMENTS, "wire_segment_mean_bytes", NULL, "seg mean", "B", SI, ALL, SEGMENT_MEAN, \
        "mean payload of data packets"),                                                           \
    METRIC(P, N, IN_SEGMENTS, WIRE_SEGMENT, "wire_segment_p50_bytes", NULL, "seg p50", SI, ALL, P50, \
        "median payload of data packets"),                                                         \
    METRICS(P, N, IN_SEGMENTS, WIRE_GAP, "wire_gap", "us", "gap ms", MS, "pauses between packets"), \
    METRICS(P, N, IN_SEGMENTS, WIRE_BURST, "wire_burst", "bytes", "burst", SI, "bursts"),          \
    BEST_LIMIT(P, N, "limited_by", "by", TEXT, DATA | TABLES, SHEET_LIMITED_BY,                    \
        "what limited this end for most of the time: cwnd, rwnd, app, handshake or unknown"),      \
    BEST_LIMIT(P, N, "limited_share", "%", WHOLE, DATA | TABLES, SHEET_LIMITED_SHARE,              \
        "for which share of the time that was judged"),                                            \
    BEST_LIMIT(P, N, "limited_from", "from", TEXT, DATA, SHEET_LIMITED_FROM,                       \
        "how that is known: from kernel events or inferred from packets"),                         \
    LIMITS(P, N, TP_FROM_KERNEL, "kernel_", "kernel events"),                                      \
    LIMITS(P, N, TP_FROM_PACKETS, "wire_", "packets")
/* clang-format on */

#endif
