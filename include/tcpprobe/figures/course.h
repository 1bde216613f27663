/* figures/course.h: round-trip times, retransmissions and losses, by whichever origin knows best. See
 * figures/all.h. */

#define IN_COURSE "Course"

COMPARED(mss_bytes, MSS, "mss", PATH, 0, 0.5, .name = "mss_bytes", .title = "Segment size", .section = IN_COURSE,
         .heading = "mss", .unit = "B", .show = TP_SHOW_PLAIN,
         .way = {KERNEL(SIDE(mss)), PACKETS(WIRE(segment_max_bytes, SENT), .as = "wire_segment_max_bytes")},
         .help = "segment size: estimated from the steps of snd_una, or the largest payload of a packet")
COMPARED(initial_cwnd_segs, INIT_CWND, "init_cwnd", EXACT, 0, 0.5, .name = "initial_cwnd_segs",
         .title = "Initial window", .section = IN_COURSE, .heading = "iw", .unit = "segs", .show = TP_SHOW_PLAIN,
         .way = {KERNEL(SIDE(initial_cwnd)), PACKETS(DERIVED(initial_cwnd))},
         .help = "first congestion window, if the start was recorded; of packets, what was sent before the "
                 "first ACK, where the sender had more to send")
/* On one host, runs of the same traffic differ by up to 7 us: 1 to 2 in captures, 2 to 3 in samples of sockets,
 * 3 to 10 by tcp_probe's smoothed one. */
COMPARED(rtt_min_us, RTT_MIN, "rtt_min", PATH, 0.05, 0.02, .name = "rtt_min_us", .title = "Base RTT",
         .section = IN_COURSE, .group = "rtt ms", .heading = "min", .show = TP_SHOW_MS,
         .better = TP_BETTER_LOW, .join = TP_JOIN_LEAST,
         .believe = TP_BELIEVE_SOCKET,
         .way = {KERNEL(METRIC(SRTT, MIN), .as = "srtt_min_us", .use = DATA), PACKETS(RTT_BEST(MIN)), SOCKET(SAMPLED_AS(rtt_min))},
         .help = "least round-trip time: smoothed (kernel events), of a sample or the handshake (packets), or the "
                 "kernel's own least of the last minutes, net.ipv4.tcp_min_rtt_wlen (samples of sockets)")
COMPARED(rtt_p50_us, RTT_P50, "rtt_p50", CORE, 0.10, 0, .name = "rtt_p50_us", .title = "RTT p50",
         .section = IN_COURSE, .group = "rtt ms", .heading = "p50", .show = TP_SHOW_MS,
         .better = TP_BETTER_LOW, .use = DATA | TABLES,
         .way = {KERNEL(METRIC(SRTT, P50), .as = "srtt_p50_us", .use = DATA), PACKETS(RTT_BEST(P50))},
         .help = "median over time of the smoothed round-trip time (RFC 6298), the sender's own or, from packets, "
                 "made of the samples that rtt_from names; of fewer than 64 of them, these samples themselves")
COMPARED(rtt_p95_us, RTT_P95, "rtt_p95", CORE, 0.10, 0, .name = "rtt_p95_us", .title = "RTT p95",
         .section = IN_COURSE, .group = "rtt ms", .heading = "p95", .show = TP_SHOW_MS,
         .better = TP_BETTER_LOW, .use = DATA | TABLES,
         .way = {KERNEL(METRIC(SRTT, P95), .as = "srtt_p95_us", .use = DATA), PACKETS(RTT_BEST(P95))},
         .help = "at or below this for 95 % of the time")
COMPARED(rtt_p99_us, RTT_P99, "rtt_p99", DIAGNOSTIC, 0.10, 0, .name = "rtt_p99_us", .title = "RTT p99",
         .section = IN_COURSE, .group = "rtt ms", .heading = "p99", .show = TP_SHOW_MS,
         .better = TP_BETTER_LOW,
         .way = {KERNEL(METRIC(SRTT, P99), .as = "srtt_p99_us"), PACKETS(RTT_BEST(P99))},
         .help = "at or below this for 99 % of the time")
FIGURE(rtt_from, .name = "rtt_from", .section = IN_COURSE, .group = "rtt ms", .heading = "by", .use = DATA | TABLE_PACKETS,
       .way = {KERNEL(SIDE(rtt_from), .as = "kernel_rtt_from"), PACKETS(RTT_BEST(FROM))},
       .help = "what the round-trip time is of: srtt (the kernel's), samples by ack, sack or both, else by ts (timestamps), "
               "else handshake")
COMPARED(rtt_inflation, RTT_INFL, "rtt_infl", DIAGNOSTIC, 0.10, 0, .name = "rtt_inflation", .title = "RTT inflation",
         .section = IN_COURSE, .heading = "infl", .show = TP_SHOW_PLAIN, .better = TP_BETTER_LOW,
         .way = {WHOLE(rtt_inflation)}, .help = "rtt_p50_us / rtt_min_us")
FIGURE(ack_train_bps, .name = "ack_train_bps", .title = "Rate of ACK trains", .section = IN_COURSE, .heading = "trains",
       .unit = "bit/s", .timed = true, .show = TP_SHOW_SI,
       .way = {KERNEL(.get = figure_train, .what = TP_FROM_KERNEL), PACKETS(.get = figure_train, .what = TP_FROM_PACKETS)},
       .help = "half of the data was acknowledged at this rate or a higher one, timed over eight segments at a time, to a "
               "power of two, rounded down: what the narrowest link of the path carries")
FIGURE(retransmitted, .name = "retransmitted", .title = "Retransmitted", .section = IN_COURSE, .heading = "resent",
       .show = TP_SHOW_PLAIN, .better = TP_BETTER_LOW, .join = TP_JOIN_SUM, .believe = TP_BELIEVE_PACKETS,
       .way = {SOCKET(GREW(total_retrans), .as = "retransmitted_segs", .group = "resent", .heading = "segs",
                      .use = DATA | TABLE_SOCKETS),
               KERNEL(EVENTS(RETRANSMIT_SKB, retransmits), .as = "retransmits", .group = "resent", .heading = "skbs",
                      .use = DATA | TABLE_KERNEL | TABLE_BOTH),
               PACKETS(DERIVED(resent), .as = "wire_resent_segs", .group = "resent", .heading = "segs",
                       .use = DATA | TABLE_PACKETS | TABLE_BOTH)},
       .help = "sent again: segments (packets), proved by bytes that came twice or by a hole that was filled late; "
               "else packet buffers (skbs) of tcp_retransmit_skb, which may hold several segments; else segments that "
               "the socket sent again while it was recorded, as it counts them: SYN and SYN-ACK included")
COMPARED(retransmit_share, RETX, "retx", CORE, 0.5, 0.25, .name = "retransmit_share", .title = "Retransmitted",
         .section = IN_COURSE, .group = "resent", .heading = "%", .show = TP_SHOW_PERCENT,
         .better = TP_BETTER_LOW, .use = DATA | TABLE_KERNEL | TABLE_PACKETS | TABLE_SOCKETS, .believe = TP_BELIEVE_PACKETS,
         .way = {SOCKET(SAMPLED_AS(retransmit_share)), KERNEL(SIDE(retransmit_share)), PACKETS(DERIVED(retransmit_share), .use = DATA)},
         .help = "share of the segments sent that were sent again: of those captured and of repairs' first ones "
                 "(packets), or of acknowledged bytes / mss_bytes and what was sent again (kernel events; absent where "
                 "neither all acknowledged bytes are known nor nothing was sent again since close())")
FIGURE(recoveries, .name = "recoveries", .title = "Fast recoveries", .section = IN_COURSE, .heading = "rec", .show = TP_SHOW_PLAIN,
       .better = TP_BETTER_LOW, .join = TP_JOIN_SUM, .use = DATA | TABLE_KERNEL | TABLE_BOTH,
       .way = {KERNEL(EVENTS(CONG_STATE_SET, cong_entries[TP_CONG_RECOVERY])),
               PACKETS(DERIVED(fast_recoveries), .as = "wire_fast_recoveries")},
       .help = "entries into fast recovery; of packets, loss episodes that no timeout began")
FIGURE(timeouts, .name = "timeouts", .title = "Timeouts", .section = IN_COURSE, .heading = "rto", .show = TP_SHOW_PLAIN,
       .better = TP_BETTER_LOW, .join = TP_JOIN_SUM, .use = DATA | TABLE_KERNEL | TABLE_BOTH,
       .way = {KERNEL(EVENTS(CONG_STATE_SET, cong_entries[TP_CONG_LOSS])), PACKETS(TROUBLE(timeouts, CAUSES))},
       .help = "entries into Loss, after a retransmission timeout; of packets, loss episodes begun by one")
COMPARED(loss_rate, LOSS_EVENTS, "loss_events", CORE, 0.25, 0.1, .name = "loss_rate", .title = "Loss events",
         .section = IN_COURSE, .heading = "losses", .unit = "1/s", .timed = true, .show = TP_SHOW_PLAIN,
         .better = TP_BETTER_LOW, .way = {KERNEL(SIDE(loss_rate)), PACKETS(DERIVED(loss_rate))},
         .help = "loss events per second: entries into Recovery and Loss; of packets, loss episodes")
COMPARED(recovery_share, RECOVERY_SHARE, "recovery_share", DIAGNOSTIC, 0.25, 0, .name = "recovery_share",
         .title = "In recovery", .section = IN_COURSE, .heading = "recovering", .show = TP_SHOW_PERCENT,
         .better = TP_BETTER_LOW, .way = {KERNEL(SIDE(recovery_share)), PACKETS(DERIVED(recovery_share))},
         .help = "share of the time in CWR, Recovery and Loss; of packets, in loss episodes")
COMPARED(beta, BETA, "beta", EXACT, 0, 0.05, .name = "beta", .title = "Decrease", .section = IN_COURSE,
         .heading = "beta", .show = TP_SHOW_PLAIN, .way = {KERNEL(SIDE(beta))},
         .help = "median of ssthresh over the window before, at entries into CWR and Recovery (RFC 9438, 4.6); two or more; none of BBR, which does not use ssthresh")
COMPARED(slow_start_ns, SS_DURATION, "ss_duration", DIAGNOSTIC, 0.25, 0, .name = "slow_start_ns", .title = "Slow start",
         .section = IN_COURSE, .heading = "slow start", .unit = "s", .timed = true, .show = TP_SHOW_SECONDS,
         .way = {KERNEL(SIDE(slow_start))}, .help = "until ssthresh is first finite; of BBR, until the end of its start-up")
COMPARED(epoch_ns, EPOCH, "epoch", DIAGNOSTIC, 0.25, 0, .name = "epoch_ns", .title = "Epoch", .section = IN_COURSE,
         .heading = "epoch", .unit = "s", .timed = true, .show = TP_SHOW_SECONDS, .way = {KERNEL(SIDE(epoch))},
         .help = "median time between two entries into CWR, Recovery or Loss")

#undef IN_COURSE
