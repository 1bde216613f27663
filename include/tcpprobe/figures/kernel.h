/* figures/kernel.h: what kernel events say of one socket. See figures/all.h. */
#define IN_KERNEL "Kernel events"

#define STAT(metric, stat, ID, STAT_ID, group_, heading_, show_, help_)                              \
    FIGURE(metric##_##stat, .name = #metric "_" #stat, .section = IN_KERNEL, .group = group_,        \
           .heading = heading_, .show = TP_SHOW_##show_, .way = {KERNEL(METRIC(ID, STAT_ID))},       \
           .help = help_)
/* What no other origin says. */
#define STATE(metric, unit, ID, group, show)                                                         \
    STAT(metric, samples, ID, SAMPLES, group, "samples", PLAIN, "how often it was sampled")          \
    STAT(metric, first_##unit, ID, FIRST, group, "first", show, "first value")                       \
    STAT(metric, last_##unit, ID, LAST, group, "last", show, "last value")                           \
    STAT(metric, p5_##unit, ID, P5, group, "p5", show, "at or below this for 5 % of the time")
/* What packets may say as well. */
#define STATE_ALONE(metric, unit, ID, group, show)                                                   \
    STAT(metric, mean_##unit, ID, MEAN, group, "mean", show, "mean over time")                       \
    STAT(metric, min_##unit, ID, MIN, group, "min", show, "smallest value")                          \
    STAT(metric, p50_##unit, ID, P50, group, "p50", show, "median over time")                        \
    STAT(metric, p95_##unit, ID, P95, group, "p95", show, "at or below this for 95 % of the time")   \
    STAT(metric, p99_##unit, ID, P99, group, "p99", show, "at or below this for 99 % of the time")   \
    STAT(metric, max_##unit, ID, MAX, group, "max", show, "largest value")
/* What is measured now and then. */
#define SAMPLED(metric, unit, ID, group, show)                                                       \
    STAT(metric, samples, ID, SAMPLES, group, "samples", PLAIN, "how often it was measured")         \
    STAT(metric, mean_##unit, ID, MEAN, group, "mean", show, "mean over samples")                    \
    STAT(metric, min_##unit, ID, MIN, group, "min", show, "smallest value")                          \
    STAT(metric, p5_##unit, ID, P5, group, "p5", show, "at or below this in 5 % of the samples")     \
    STAT(metric, p50_##unit, ID, P50, group, "p50", show, "median over samples")                     \
    STAT(metric, p95_##unit, ID, P95, group, "p95", show, "at or below this in 95 % of the samples") \
    STAT(metric, p99_##unit, ID, P99, group, "p99", show, "at or below this in 99 % of the samples") \
    STAT(metric, max_##unit, ID, MAX, group, "max", show, "largest value")
#define COUNT(name_, heading_, KIND, member, help_)                                                  \
    FIGURE(name_, .name = #name_, .section = IN_KERNEL, .heading = heading_, .show = TP_SHOW_PLAIN,  \
           .join = TP_JOIN_SUM, .way = {KERNEL(EVENTS(KIND, member))}, .help = help_)
/* What both kinds of events are needed for. */
#define RESENT(name_, heading_, member, help_)                                                       \
    FIGURE(name_, .name = #name_, .section = IN_KERNEL, .heading = heading_, .show = TP_SHOW_PLAIN,  \
           .join = TP_JOIN_SUM, .way = {KERNEL(.get = kernel_resent, .detail = offsetof(struct tp_resent_kinds, member))}, .help = help_)
#define CONG_TIME(name_, STATE_ID)                                                                   \
    FIGURE(time_##name_##_ns, .name = "time_" #name_ "_ns", .section = IN_KERNEL, .heading = #name_, \
           .unit = "s", .show = TP_SHOW_SECONDS,                                                     \
           .way = {KERNEL(EVENTS(CONG_STATE_SET, cong_time_ns[TP_CONG_##STATE_ID]))},            \
           .help = "time in that congestion state")

STATE(srtt, us, SRTT, "srtt ms", MS)
STAT(srtt, mean_us, SRTT, MEAN, "srtt ms", "mean", MS, "mean over time")
STAT(srtt, max_us, SRTT, MAX, "srtt ms", "max", MS, "largest value")
COUNT(disorders, "disorder", CONG_STATE_SET, cong_entries[TP_CONG_DISORDER], "entries into Disorder")
COUNT(cwrs, "cwr", CONG_STATE_SET, cong_entries[TP_CONG_CWR], "entries into CWR")
CONG_TIME(open, OPEN)
CONG_TIME(disorder, DISORDER)
CONG_TIME(cwr, CWR)
CONG_TIME(recovery, RECOVERY)
CONG_TIME(loss, LOSS)
COUNT(retransmits_open, "open", RETRANSMIT_SKB, retransmits_in[TP_CONG_OPEN], "of the retransmits, in Open")
COUNT(retransmits_disorder, "disorder", RETRANSMIT_SKB, retransmits_in[TP_CONG_DISORDER], "of the retransmits, in Disorder")
COUNT(retransmits_cwr, "cwr", RETRANSMIT_SKB, retransmits_in[TP_CONG_CWR], "of the retransmits, in CWR")
COUNT(retransmits_recovery, "recovery", RETRANSMIT_SKB, retransmits_in[TP_CONG_RECOVERY], "of the retransmits, in Recovery")
COUNT(retransmits_loss, "loss", RETRANSMIT_SKB, retransmits_in[TP_CONG_LOSS], "of the retransmits, in Loss")
RESENT(retransmits_timeout, "timeout", timeout, "of the retransmits, the first after each timeout, but for SYN")
RESENT(retransmits_slow_start, "slow start", slow_start, "of the retransmits, the others in Loss: slow start after a timeout")
RESENT(retransmits_tlp, "tlp", tlp, "of the retransmits, tail-loss probes: those in Open, Disorder and CWR")
COUNT(retransmits_unknown, "unknown", RETRANSMIT_SKB, retransmits_in[TP_CONG_STATES], "of the retransmits, in an unknown congestion state")
COUNT(retransmits_syn, "syn", RETRANSMIT_SKB, retransmits_syn, "of the retransmits, SYN")
COUNT(retransmits_failed, "failed", RETRANSMIT_SKB, retransmits_failed,
      "retransmissions that could not be sent, not among the retransmits")
COUNT(synack_retransmits, "synack", RETRANSMIT_SYNACK, synack_retransmits, "SYN-ACKs sent again")
COUNT(resets_sent, "rst sent", SEND_RESET, resets_sent, "resets sent")
COUNT(resets_received, "rst rcvd", RECEIVE_RESET, resets_received, "resets received")
FIGURE(received_bytes, .name = "received_bytes", .section = IN_KERNEL, .heading = "received", .unit = "B", .show = TP_SHOW_SI,
       .way = {KERNEL(SIDE(received))}, .help = "payload that reached this socket (sum of data_len)")
FIGURE(received_max_bytes, .name = "received_max_bytes", .section = IN_KERNEL, .heading = "largest", .unit = "B", .show = TP_SHOW_SI,
       .way = {KERNEL(SIDE(received_max))}, .help = "largest payload of one packet buffer")
STATE(ssthresh, segs, SSTHRESH, "ssthresh segs", PLAIN)
STATE_ALONE(ssthresh, segs, SSTHRESH, "ssthresh segs", PLAIN)
STATE(inflight, bytes, INFLIGHT, "in flight", SI)
STATE(snd_wnd, bytes, SND_WND, "send window", SI)
STATE_ALONE(snd_wnd, bytes, SND_WND, "send window", SI)
STATE(rcv_wnd, bytes, RCV_WND, "receive window", SI)
STATE_ALONE(rcv_wnd, bytes, RCV_WND, "receive window", SI)
SAMPLED(rcv_rtt, us, RCV_RTT, "receiver rtt ms", MS)
SAMPLED(rcv_copied, bytes, RCV_COPIED, "read in rtt", SI)
STAT(rcvbuf, first_bytes, RCVBUF, FIRST, "receive buffer", "first", SI, "before it grew for the first time")
STAT(rcvbuf, max_bytes, RCVBUF, MAX, "receive buffer", "max", SI, "largest, before it grew for the last time")
FIGURE(probes, .name = "probes", .section = IN_KERNEL, .heading = "probes", .show = TP_SHOW_PLAIN,
       .way = {KERNEL(SIDE(probes))}, .help = "tcp_probe events")
FIGURE(tcp_state, .name = "tcp_state", .section = IN_KERNEL, .heading = "state", .show = TP_SHOW_TEXT,
       .way = {KERNEL(SIDE(tcp_state))}, .help = "last TCP state seen")
FIGURE(cong_state, .name = "cong_state", .section = IN_KERNEL, .heading = "cong", .show = TP_SHOW_TEXT,
       .way = {KERNEL(SIDE(cong_state))}, .help = "last congestion state seen")
FIGURE(closed, .name = "closed", .section = IN_KERNEL, .heading = "closed", .show = TP_SHOW_TEXT,
       .way = {KERNEL(SIDE(closed))}, .help = "the socket's end was seen")
FIGURE(cookie, .name = "cookie", .section = IN_KERNEL, .heading = "cookie", .show = TP_SHOW_TEXT,
       .way = {KERNEL(SIDE(cookie))}, .help = "socket cookie, hexadecimal")
FIGURE(socket_first_ns, .name = "socket_first_ns", .section = IN_KERNEL, .heading = "first", .unit = "s", .show = TP_SHOW_SECONDS,
       .way = {KERNEL(SIDE(socket_first))}, .help = "first event of this socket, by the recording's clock")
FIGURE(socket_last_ns, .name = "socket_last_ns", .section = IN_KERNEL, .heading = "last", .unit = "s", .show = TP_SHOW_SECONDS,
       .way = {KERNEL(SIDE(socket_last))}, .help = "last event of this socket")

#undef CONG_TIME
#undef RESENT
#undef COUNT
#undef SAMPLED
#undef STATE_ALONE
#undef STATE
#undef STAT
#undef IN_KERNEL
