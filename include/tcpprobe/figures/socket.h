/* figures/socket.h: what samples of a socket say (sampler.h): totals in the recording, and what it was last. See
 * figures/all.h. */
#define IN_SOCKET "Samples of sockets"
#define ROW(name_, heading_, unit_, show_, help_, ...)                                                    \
    FIGURE(name_, .name = #name_, .section = IN_SOCKET, .heading = heading_, .unit = unit_,               \
           .show = TP_SHOW_##show_, .way = {SOCKET(__VA_ARGS__)}, .help = help_)
#define TOTAL(name_, heading_, unit_, show_, help_, field)                                                \
    FIGURE(name_, .name = #name_, .section = IN_SOCKET, .heading = heading_, .unit = unit_,               \
           .show = TP_SHOW_##show_, .join = TP_JOIN_SUM, .way = {SOCKET(GREW(field))}, .help = help_)
/* What grew in the run is compared, and no sample: samples of one run depend on each other. */
#define TOTAL_COMPARED(name_, ID, word, relative, absolute, heading_, title_, unit_, show_, help_, field)       \
    COMPARED(name_, ID, word, DIAGNOSTIC, relative, absolute, .name = #name_, .title = title_,          \
             .section = IN_SOCKET, .heading = heading_, .unit = unit_, .show = TP_SHOW_##show_,           \
             .better = TP_BETTER_LOW, .join = TP_JOIN_SUM, .way = {SOCKET(GREW(field))}, .help = help_)
#define SHARE_COMPARED(name_, ID, word, heading_, title_, help_, ...)                                            \
    COMPARED(name_, ID, word, DIAGNOSTIC, 0, 10, .name = #name_, .title = title_, .section = IN_SOCKET, \
             .heading = heading_, .unit = "", .show = TP_SHOW_PERCENT,                                    \
             .way = {SOCKET(__VA_ARGS__)}, .help = help_)
#define OF_BUSY(part) .get = socket_share, .detail = TP_SOCKET_##part, .what = TP_SOCKET_busy_time

TOTAL_COMPARED(retransmitted_bytes, RESENT_BYTES, "resent_bytes", 0.5, 0, "resent", "Sent again", "B", SI, "payload that it sent again", bytes_retrans)
TOTAL(sent_bytes, "sent", "B", SI, "payload that it sent, retransmissions included", bytes_sent)
TOTAL(got_bytes, "received", "B", SI, "bytes that it received in order; the peer's FIN counts as one", bytes_received)
TOTAL(segs_out, "out", "segs", PLAIN, "segments that it sent, but for SYN-ACKs", segs_out)
TOTAL(segs_in, "in", "segs", PLAIN, "segments that it received", segs_in)
TOTAL_COMPARED(rto_count, RTO_COUNT, "rto_count", 0.5, 0.5, "rtos", "Timeouts", "", PLAIN, "retransmission timeouts, SYN and SYN-ACK included", total_rto)
TOTAL(dsack_dups, "dsack", "", PLAIN, "D-SACKs that it received: segments that the peer got twice", dsack_dups)
TOTAL(reorderings, "reord", "", PLAIN, "how often it saw reordering", reord_seen)
TOTAL(ce_segs, "ce", "segs", PLAIN, "delivered segments that were marked by ECN", delivered_ce)
TOTAL(socket_drops, "drops", "", PLAIN, "packets that it dropped", drops)
TOTAL(busy_us, "busy", "ms", MS, "time with data to send or in flight", busy_time)
SHARE_COMPARED(busy_share, BUSY_SHARE, "busy_share", "busy", "Busy", "share of the time between its first and its last sample that it was busy", SAMPLED_AS(busy_share))
SHARE_COMPARED(rwnd_limited_share, RWND_LIMITED, "rwnd_limited", "rwnd", "Limited by the peer's window", "share of the busy time in which the peer's window limited it", OF_BUSY(rwnd_limited))
SHARE_COMPARED(sndbuf_limited_share, SNDBUF_LIMITED, "sndbuf_limited", "sndbuf", "Limited by the send buffer", "share of the busy time in which its send buffer limited it", OF_BUSY(sndbuf_limited))
ROW(rto_last_us, "rto", "ms", MS, "retransmission timeout, last", LAST(rto, 1))
ROW(min_rtt_last_us, "min rtt", "ms", MS, "least round-trip time of the last minutes, last", LAST(min_rtt, 1))
ROW(pacing_last_bps, "pacing", "bit/s", SI, "pacing rate, last", LAST(pacing_rate, 8))
ROW(delivery_last_bps, "delivery", "bit/s", SI, "best recent sample of the rate at which data arrived, last", LAST(delivery_rate, 8))
ROW(cc, "cc", NULL, TEXT, "its congestion control", SAMPLED_AS(cc))
ROW(uid, "uid", "", PLAIN, "user who made it", LAST(uid, 1))
ROW(pid, "pid", "", PLAIN, "a process that had it open", SAMPLED_AS(process))
ROW(owner, "owner", NULL, TEXT, "the name of that process", SAMPLED_AS(owner))
ROW(cgroup, "cgroup", NULL, TEXT, "cgroup that it was made in: of a service or container", SAMPLED_AS(cgroup))
ROW(socket_samples, "samples", "", PLAIN, "lines of the log about it: it says what changed", SAMPLED_AS(lines))
ROW(socket_whole, "whole", NULL, TEXT, "true: its last totals were told at its end", SAMPLED_AS(whole))

#undef OF_BUSY
#undef SHARE_COMPARED
#undef TOTAL_COMPARED
#undef TOTAL
#undef ROW
#undef IN_SOCKET
