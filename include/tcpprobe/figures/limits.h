/* figures/limits.h: what limited the sender, as shares of the time that was judged. See
 * figures/all.h. */

#define IN_LIMITS "What limited the sender"
#define BY(what) KERNEL(LIMIT(FROM_KERNEL, what)), PACKETS(LIMIT(FROM_PACKETS, what))
/* Samples tell these, too. */
#define BY_ALL(what) BY(what), SOCKET(SAMPLED_LIMIT(what))

FIGURE(limited_by, .name = "limited_by", .section = IN_LIMITS, .group = "limit", .heading = "by", .use = DATA | TABLES,
       .way = {BY_ALL(MOST)},
       .help = "what limited this end for most of the time: the network, rwnd, app, handshake or unknown; of the network cwnd, recovery or pacing if that is more than half of it, else network")
FIGURE(limited_share, .name = "limited_share", .section = IN_LIMITS, .group = "limit", .heading = "%",
       .show = TP_SHOW_WHOLE, .use = DATA | TABLES, .way = {BY_ALL(MOST_SHARE)},
       .help = "for which share of the time that was judged")
FIGURE(limited_from, .name = "limited_from", .section = IN_LIMITS, .group = "limit", .heading = "from", .use = DATA,
       .way = {WHOLE(figure_from, .detail = TP_FIGURE_limited_by)},
       .help = "how that is known: from kernel events or inferred from packets")
FIGURE(limit_handshake_share, .name = "limit_handshake_share", .section = IN_LIMITS, .heading = "handshake",
       .show = TP_SHOW_PERCENT, .way = {BY(HANDSHAKE)}, .help = "share of the time in the handshake")
FIGURE(limit_network_share, .name = "limit_network_share", .section = IN_LIMITS, .heading = "network",
       .show = TP_SHOW_PERCENT, .way = {BY_ALL(NETWORK)},
       .help = "... limited by the network: the sum of cwnd, recovery and pacing; of packets, in which the congestion window is not, the sum is known, and of its parts recovery")
FIGURE(limit_cwnd_share, .name = "limit_cwnd_share", .section = IN_LIMITS, .heading = "cwnd",
       .show = TP_SHOW_PERCENT, .way = {KERNEL(LIMIT(FROM_KERNEL, CWND))},
       .help = "... limited by the congestion window: in flight reached it")
FIGURE(limit_recovery_share, .name = "limit_recovery_share", .section = IN_LIMITS, .heading = "recovery",
       .show = TP_SHOW_PERCENT, .way = {BY(RECOVERY)},
       .help = "... limited by loss recovery or by the answer to marks of congestion")
FIGURE(limit_pacing_share, .name = "limit_pacing_share", .section = IN_LIMITS, .heading = "pacing",
       .show = TP_SHOW_PERCENT, .way = {KERNEL(LIMIT(FROM_KERNEL, PACING))},
       .help = "... limited by the sender's pace (BBR, fq), by its send buffer or by queues of its host: it was sending all the time, and in flight below both windows")
COMPARED(limit_rwnd_share, RWND_SHARE, "rwnd_share", DIAGNOSTIC, 0, 10, .name = "limit_rwnd_share",
         .title = "Receiver-limited", .section = IN_LIMITS, .heading = "rwnd", .show = TP_SHOW_PERCENT,
         .way = {BY_ALL(RECEIVER)}, .help = "... limited by the window that the peer advertised")
COMPARED(limit_app_share, APP_SHARE, "app_share", DIAGNOSTIC, 0, 10, .name = "limit_app_share",
         .title = "Application-limited", .section = IN_LIMITS, .heading = "app", .show = TP_SHOW_PERCENT,
         .way = {BY_ALL(APP)}, .help = "... limited by the application: nothing to send")
FIGURE(limit_unknown_share, .name = "limit_unknown_share", .section = IN_LIMITS, .heading = "unknown",
       .show = TP_SHOW_PERCENT, .way = {BY_ALL(UNKNOWN)}, .help = "... limited by what could not be told")
FIGURE(limit_judged_ns, .name = "limit_judged_ns", .section = IN_LIMITS, .heading = "judged", .unit = "s",
       .show = TP_SHOW_SECONDS, .way = {BY_ALL(JUDGED)}, .help = "time that was judged")

#undef BY_ALL
#undef BY
#undef IN_LIMITS
