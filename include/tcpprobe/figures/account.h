/* figures/account.h: the account of time, as shares of it. See figures/all.h and account.h. */

#define IN_ACCOUNT "What it waited for, from SYN to FIN: shares that add up to all of it"
#define BY(what) KERNEL(ACCOUNT(FROM_KERNEL, what)), PACKETS(ACCOUNT(FROM_PACKETS, what))
#define BY_ANY(what) BY(what), SOCKET(ACCOUNT(FROM_SOCKET, what))
#define SHARE(name_, ID, way_, help_)                                                                   \
    FIGURE(wait_##name_##_share, .name = "wait_" #name_ "_share", .section = IN_ACCOUNT, .heading = #name_, \
           .show = TP_SHOW_PERCENT, .way = {way_(ID)}, .help = help_)
#define KERNEL_ONLY(what) KERNEL(ACCOUNT(FROM_KERNEL, what))
#define PACKETS_ONLY(what) PACKETS(ACCOUNT(FROM_PACKETS, what))
#define SOCKETS_ONLY(what) SOCKET(ACCOUNT(FROM_SOCKET, what))

FIGURE(waited_for, .name = "waited_for", .section = IN_ACCOUNT, .group = "waited", .heading = "for", .use = DATA,
       .way = {BY_ANY(MOST)}, .help = "what this end waited for longest: a word of the next rows")
FIGURE(waited_share, .name = "waited_share", .section = IN_ACCOUNT, .group = "waited", .heading = "%",
       .show = TP_SHOW_WHOLE, .use = DATA, .way = {BY_ANY(MOST_SHARE)}, .help = "for which share of its life")
FIGURE(waited_from, .name = "waited_from", .section = IN_ACCOUNT, .group = "waited", .heading = "from", .use = DATA,
       .way = {WHOLE(figure_from, .detail = TP_FIGURE_waited_for)},
       .help = "how that is known: from kernel events, inferred from packets, or from the chronometers of the socket (samples)")
SHARE(handshake, HANDSHAKE, BY, "share of its life until the handshake was answered")
SHARE(syn_timer, SYN_TIMER, BY, "... until a SYN or SYN-ACK was sent for the last time, where it was sent again")
SHARE(app, APP, BY_ANY, "... its application had nothing to send, though it spoke next")
SHARE(turn, TURN, BY, "... nothing to send, and the other end spoke next: a request or an answer")
SHARE(slow_start, SLOW_START, BY, "... at the congestion window, in slow start; of packets by how flight grew since the start")
SHARE(cwnd, CWND, KERNEL_ONLY, "... at the congestion window, in congestion avoidance")
SHARE(path, PATH, BY, "... at a path that was full: at the window, with a standing queue (smoothed RTT above the shortest by an eighth of it and 4 ms, in slow start and at the peer's window by twice)")
SHARE(network, NETWORK, BY_ANY, "... at the congestion window or at its pace: which is not known")
SHARE(pacing, PACING, KERNEL_ONLY, "... paced below both windows, or held up by a small send buffer")
SHARE(recovery, RECOVERY, BY, "... losses were repaired, or marks of congestion answered, without a timeout")
SHARE(timeout, TIMEOUT, BY, "... losses were repaired behind a retransmission timeout")
SHARE(rto, RTO, BY, "... in silence until a retransmission timeout")
SHARE(rwnd, RWND, BY_ANY, "... at the window that the peer advertised")
SHARE(zero_window, ZERO_WINDOW, BY, "... which was closed")
SHARE(delayed_ack, DELAYED_ACK, PACKETS_ONLY, "... for an ACK that the receiver held back, while Nagle's algorithm held a small segment")
SHARE(sndbuf, SNDBUF, SOCKETS_ONLY, "... for room in its send buffer")
SHARE(unknown, UNKNOWN, BY, "... for what could not be told")
FIGURE(wait_whole_ns, .name = "wait_whole_ns", .section = IN_ACCOUNT, .heading = "whole", .unit = "s",
       .show = TP_SHOW_SECONDS, .way = {BY_ANY(WHOLE)}, .help = "all of that time")
FIGURE(wait_apart_share, .name = "wait_apart_share", .section = IN_ACCOUNT, .heading = "apart",
       .show = TP_SHOW_PERCENT, .way = {WHOLE(accounts_apart)},
       .help = "share of the time that kernel events and packets give to different ones of handshake, application, network and receiver, where both know")

#undef SOCKETS_ONLY
#undef PACKETS_ONLY
#undef KERNEL_ONLY
#undef SHARE
#undef BY_ANY
#undef BY
#undef IN_ACCOUNT
