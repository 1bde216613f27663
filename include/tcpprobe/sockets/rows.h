/* sockets/rows.h: the rows of socket.h. Offsets in struct tcp_info were compared with the kernel's own
 * description of its types (BTF) and are the same on all machines; a release is where a field was
 * added (history of include/uapi/linux/tcp.h), which counts only by the length that is sent. Not here:
 * fackets (0 since 4.15), last_ack_sent (never filled), and the AccECN part at 248, whose end was given
 * another meaning at the same length. */
#ifndef TCPPROBE_SOCKETS_ROWS_H
#define TCPPROBE_SOCKETS_ROWS_H

#define TP_INFO(byte)        .from = TP_FROM_INFO, .at = byte
#define TP_MESSAGE(byte)     .from = TP_FROM_MESSAGE, .at = byte
#define TP_SKMEM(index)      .from = TP_FROM_SKMEM, .at = 4 * (index), .when = TP_WHEN_OPEN
#define TP_NONE(value)       .has_none = true, .none = value
#define TP_BITS(first, many) .shift = first, .bits = many
#define TP_COLUMN(name_, group_, heading_, unit_, SHOW, section_, help_)                           \
    .column = {.name = name_, .group = group_, .heading = heading_, .unit = unit_, .help = help_,  \
               .show = TP_SHOW_##SHOW, .optional = true, .section = section_}

#define TP_SOCKET_ROWS(FIELD, DERIVED)                                                             \
    DERIVED(time_ns, TP_COLUMN("time_ns", NULL, "time", "s", SECONDS, NULL, "when it was read, since 1970"), .use = TP_SOCKET_IN_DATA) \
    DERIVED(namespace, TP_COLUMN("netns", NULL, "netns", "", TEXT, NULL, "network namespace, with --netns"), .use = TP_SOCKET_IN_DATA | TP_SOCKET_IN_TABLE | TP_SOCKET_IN_LISTEN | TP_SOCKET_IN_ROUND) \
    DERIVED(short_state, TP_COLUMN("state", NULL, "state", "", TEXT, NULL, "TCP state, without the TCP_ of tcp_state"), .use = TP_SOCKET_IN_TABLE | TP_SOCKET_TABLE_ONLY) \
    FIELD(tcp_state, uint8_t, TP_COLUMN("tcp_state", NULL, "state", "", TEXT, NULL, "TCP state"), TP_MESSAGE(1), .when = TP_WHEN_ALWAYS, .format = TP_SOCKET_STATE, .use = TP_SOCKET_IN_DATA) \
    DERIVED(both, TP_COLUMN("connection", NULL, "connection", "", WIDE, NULL, "own end -> peer"), .use = TP_SOCKET_IN_TABLE | TP_SOCKET_IN_ROUND | TP_SOCKET_TABLE_ONLY) \
    DERIVED(own_end, TP_COLUMN("local", NULL, "local", "", TEXT, NULL, "address and port of the socket"), .use = TP_SOCKET_IN_DATA | TP_SOCKET_IN_LISTEN) \
    DERIVED(peer_end, TP_COLUMN("peer", NULL, "peer", "", TEXT, NULL, "address and port of its peer"), .use = TP_SOCKET_IN_DATA) \
    DERIVED(cookie_text, TP_COLUMN("cookie", NULL, "cookie", "", TEXT, NULL, "socket cookie, hexadecimal"), .use = TP_SOCKET_IN_DATA) \
    DERIVED(bytes, TP_COLUMN("bytes", NULL, "bytes", "B", SI, NULL, "bytes_acked + bytes_received: what sockets are sorted by"), .use = TP_SOCKET_IN_DATA) \
    \
    FIELD(snd_cwnd, uint32_t, TP_COLUMN("snd_cwnd_segs", NULL, "cwnd", "segs", PLAIN, "Congestion window", "congestion window"), TP_INFO(80), .use = TP_SOCKET_IN_TABLE | TP_SOCKET_IN_ROUND | TP_SOCKET_IN_DATA) \
    FIELD(snd_ssthresh, uint32_t, TP_COLUMN("snd_ssthresh_segs", NULL, "ssthr", "segs", PLAIN, "Congestion window", "slow start threshold; none before the first reduction; not the ssthresh of tcp_probe, which is the current one"), TP_INFO(76), TP_NONE(0x7fffffff), .use = TP_SOCKET_IN_DATA) \
    FIELD(cong_state, uint8_t, TP_COLUMN("cong_state", NULL, "cong", "", TEXT, "Congestion window", "congestion state"), TP_INFO(1), .format = TP_SOCKET_CONG, .use = TP_SOCKET_IN_DATA) \
    FIELD(cc, tp_socket_text, TP_COLUMN("cc", NULL, "cc", "", TEXT, "Congestion window", "congestion control"), .from = TP_FROM_CONG, .format = TP_SOCKET_TEXT, .use = TP_SOCKET_IN_DATA) \
    FIELD(bbr_bw, uint64_t, TP_COLUMN("bbr_bw_bps", NULL, "bbr bw", "bit/s", SI, "Congestion window", "BBR: its estimate of the bottleneck's rate"), .from = TP_FROM_BBR, .at = 0, .times = 8) \
    FIELD(bbr_min_rtt, uint32_t, TP_COLUMN("bbr_rtt_min_us", NULL, "bbr rtt", "ms", MS, "Congestion window", "BBR: its least round-trip time"), .from = TP_FROM_BBR, .at = 8, TP_NONE(0xffffffff)) \
    FIELD(bbr_pacing_gain, uint32_t, TP_COLUMN("bbr_pacing_gain", NULL, "gain", "", PLAIN, "Congestion window", "BBR: factor of the pacing rate"), .from = TP_FROM_BBR, .at = 12, .times = 1.0 / 256) \
    FIELD(bbr_cwnd_gain, uint32_t, TP_COLUMN("bbr_cwnd_gain", NULL, "gain", "", PLAIN, "Congestion window", "BBR: factor of the congestion window"), .from = TP_FROM_BBR, .at = 16, .times = 1.0 / 256) \
    FIELD(dctcp_enabled, uint16_t, TP_COLUMN("dctcp", NULL, "dctcp", "", TEXT, "Congestion window", "DCTCP: true where both ends have ECN; false: it does as Reno"), .from = TP_FROM_DCTCP, .at = 0, .format = TP_SOCKET_FLAG) \
    FIELD(dctcp_ce_state, uint16_t, TP_COLUMN("dctcp_ce_state", NULL, "ce", "", TEXT, "Congestion window", "DCTCP: was what it received last marked by ECN?"), .from = TP_FROM_DCTCP, .at = 2, .format = TP_SOCKET_FLAG) \
    FIELD(dctcp_alpha, uint32_t, TP_COLUMN("dctcp_alpha", NULL, "alpha", "", PLAIN, "Congestion window", "DCTCP: its estimate of the share of bytes that are marked, from 0 to 1 (RFC 8257, 3.3)"), .from = TP_FROM_DCTCP, .at = 4, .times = 1.0 / 1024) \
    FIELD(dctcp_marked, uint32_t, TP_COLUMN("dctcp_marked_bytes", NULL, "marked", "B", SI, "Congestion window", "DCTCP: of the bytes acknowledged in this round trip, those that were marked"), .from = TP_FROM_DCTCP, .at = 8) \
    FIELD(dctcp_acked, uint32_t, TP_COLUMN("dctcp_acked_bytes", NULL, "acked", "B", SI, "Congestion window", "DCTCP: ... all of them"), .from = TP_FROM_DCTCP, .at = 12) \
    \
    FIELD(srtt, uint32_t, TP_COLUMN("srtt_us", "rtt ms", "srtt", "ms", MS, "Times", "smoothed round-trip time (RFC 6298)"), TP_INFO(68), TP_NONE(0), .use = TP_SOCKET_IN_TABLE | TP_SOCKET_IN_ROUND | TP_SOCKET_IN_DATA) \
    FIELD(min_rtt, uint32_t, TP_COLUMN("rtt_min_us", "rtt ms", "min", "ms", MS, "Times", "least round-trip time of the last minutes (net.ipv4.tcp_min_rtt_wlen); 4.6+"), TP_INFO(148), TP_NONE(0xffffffff), .use = TP_SOCKET_IN_TABLE | TP_SOCKET_IN_DATA) \
    FIELD(rttvar, uint32_t, TP_COLUMN("rttvar_us", "rtt ms", "var", "ms", MS, "Times", "mean deviation of the round-trip time"), TP_INFO(72), .use = TP_SOCKET_IN_DATA) \
    DERIVED(queue_delay, TP_COLUMN("queue_delay_us", NULL, "queued", "ms", MS, "Times", "srtt_us - rtt_min_us: what queues add"), .use = 0) \
    FIELD(rto, uint32_t, TP_COLUMN("rto_us", NULL, "rto", "ms", MS, "Times", "retransmission timeout"), TP_INFO(8), .use = TP_SOCKET_IN_TABLE | TP_SOCKET_IN_DATA) \
    FIELD(ato, uint32_t, TP_COLUMN("ato_us", NULL, "ato", "ms", MS, "Times", "timeout of delayed ACKs"), TP_INFO(12), TP_NONE(0)) \
    FIELD(rcv_rtt, uint32_t, TP_COLUMN("rcv_rtt_us", NULL, "rcv rtt", "ms", MS, "Times", "the receiver's estimate of the round-trip time"), TP_INFO(92), TP_NONE(0)) \
    FIELD(last_data_sent, uint32_t, TP_COLUMN("last_sent_ms", NULL, "sent", "ms", PLAIN, "Times", "since data was sent last; of a socket that never sent, since it was made"), TP_INFO(44), .passes = true) \
    FIELD(last_data_recv, uint32_t, TP_COLUMN("last_received_ms", NULL, "recv", "ms", PLAIN, "Times", "since data was received last"), TP_INFO(52), .passes = true) \
    FIELD(last_ack_recv, uint32_t, TP_COLUMN("last_ack_ms", NULL, "ack", "ms", PLAIN, "Times", "since an ACK was received last"), TP_INFO(56), .passes = true) \
    \
    FIELD(snd_wnd, uint32_t, TP_COLUMN("snd_wnd_bytes", "window", "snd", "B", SI, "Windows and queues", "window that the peer offers; 5.4+"), TP_INFO(228), .use = TP_SOCKET_IN_TABLE | TP_SOCKET_IN_DATA) \
    FIELD(rcv_wnd, uint32_t, TP_COLUMN("rcv_wnd_bytes", "window", "rcv", "B", SI, "Windows and queues", "window that this socket offers; 6.2+"), TP_INFO(232), .use = TP_SOCKET_IN_DATA) \
    FIELD(recv_queue, uint32_t, TP_COLUMN("recv_queue_bytes", "queue", "recv", "B", SI, "Windows and queues", "received and not yet read by the application"), TP_MESSAGE(56), .use = TP_SOCKET_IN_TABLE | TP_SOCKET_IN_ROUND | TP_SOCKET_IN_DATA) \
    FIELD(send_queue, uint32_t, TP_COLUMN("send_queue_bytes", "queue", "send", "B", SI, "Windows and queues", "written by the application and not yet acknowledged, sent or not"), TP_MESSAGE(60), .use = TP_SOCKET_IN_TABLE | TP_SOCKET_IN_ROUND | TP_SOCKET_IN_DATA) \
    FIELD(notsent, uint32_t, TP_COLUMN("notsent_bytes", NULL, "unsent", "B", SI, "Windows and queues", "of them not yet sent; 4.6+"), TP_INFO(144), .use = TP_SOCKET_IN_DATA) \
    FIELD(accept_queue, uint32_t, TP_COLUMN("accept_queue_conns", "accept queue", "now", "conns", PLAIN, "Windows and queues", "listening: connections that wait for accept()"), TP_MESSAGE(56), .when = TP_WHEN_LISTENING, .use = TP_SOCKET_IN_LISTEN | TP_SOCKET_IN_DATA) \
    FIELD(accept_limit, uint32_t, TP_COLUMN("accept_limit_conns", "accept queue", "limit", "conns", PLAIN, "Windows and queues", "listening: how many may; the queue is full when there are more"), TP_MESSAGE(60), .when = TP_WHEN_LISTENING, .use = TP_SOCKET_IN_LISTEN | TP_SOCKET_IN_DATA) \
    FIELD(unacked, uint32_t, TP_COLUMN("unacked_segs", NULL, "unacked", "segs", PLAIN, "Windows and queues", "segments sent and not yet acknowledged"), TP_INFO(24), .use = TP_SOCKET_IN_DATA) \
    FIELD(sacked, uint32_t, TP_COLUMN("sacked_segs", NULL, "sacked", "segs", PLAIN, "Windows and queues", "of them reported by SACK"), TP_INFO(28)) \
    FIELD(lost, uint32_t, TP_COLUMN("lost_segs", NULL, "lost", "segs", PLAIN, "Windows and queues", "of them thought to be lost"), TP_INFO(32)) \
    FIELD(retrans, uint32_t, TP_COLUMN("retrans_out_segs", NULL, "retrans", "segs", PLAIN, "Windows and queues", "retransmitted and not yet acknowledged"), TP_INFO(36)) \
    DERIVED(inflight, TP_COLUMN("inflight_bytes", NULL, "in flight", "B", SI, "Windows and queues", "(unacked - sacked - lost + retransmitted) segments of mss_bytes: about what is under way"), .use = 0) \
    FIELD(rcv_ssthresh, uint32_t, TP_COLUMN("rcv_ssthresh_bytes", NULL, "rcv ssthr", "B", SI, "Windows and queues", "receive window's limit at the moment"), TP_INFO(64)) \
    FIELD(rcv_space, uint32_t, TP_COLUMN("rcv_space_bytes", NULL, "rcv space", "B", SI, "Windows and queues", "what the application reads in a round trip, as the kernel sizes the buffer by; not the window"), TP_INFO(96)) \
    FIELD(rcv_ooopack, uint32_t, TP_COLUMN("ooo_packets", NULL, "ooo", "", PLAIN, "Windows and queues", "packets received out of order; 5.4+"), TP_INFO(224), .counts = true) \
    \
    FIELD(pacing_rate, uint64_t, TP_COLUMN("pacing_bps", "rate bit/s", "pacing", "bit/s", SI, "Rates", "pacing rate; none if not paced; 3.15+"), TP_INFO(104), TP_NONE(UINT64_MAX), .times = 8, .use = TP_SOCKET_IN_DATA) \
    FIELD(max_pacing_rate, uint64_t, TP_COLUMN("pacing_limit_bps", NULL, "limit", "bit/s", SI, "Rates", "limit set by SO_MAX_PACING_RATE, if it is; 3.15+"), TP_INFO(112), TP_NONE(UINT64_MAX), .times = 8) \
    FIELD(delivery_rate, uint64_t, TP_COLUMN("delivery_bps", "rate bit/s", "delivery", "bit/s", SI, "Rates", "best recent sample of the rate at which data was delivered; 4.9+"), TP_INFO(160), TP_NONE(0), .times = 8, .use = TP_SOCKET_IN_TABLE | TP_SOCKET_IN_DATA) \
    FIELD(app_limited, uint8_t, TP_COLUMN("delivery_app_limited", NULL, "app", "", TEXT, "Rates", "that sample was limited by the application, which says nothing of the connection now; 4.9+"), TP_INFO(7), TP_BITS(0, 1), .needs = 168, .format = TP_SOCKET_FLAG) \
    DERIVED(goodput, TP_COLUMN("goodput_bps", "rate bit/s", "goodput", "bit/s", SI, "Rates", "-i: bits per second that were acknowledged since the last round"), .use = TP_SOCKET_IN_ROUND | TP_SOCKET_IN_DATA) \
    DERIVED(received_rate, TP_COLUMN("received_bps", "rate bit/s", "received", "bit/s", SI, "Rates", "-i: bits per second that were received"), .use = TP_SOCKET_IN_ROUND | TP_SOCKET_IN_DATA) \
    DERIVED(bdp, TP_COLUMN("bdp_bytes", NULL, "bdp", "B", SI, "Rates", "delivery rate times least round-trip time, where the application did not limit the rate"), .use = 0) \
    \
    FIELD(bytes_acked, uint64_t, TP_COLUMN("bytes_acked", NULL, "acked", "B", SI, "Sums", "acknowledged by the peer; the SYN of the end that connected and the FIN count as one byte each; 4.1+"), TP_INFO(120), .counts = true, .use = TP_SOCKET_IN_DATA) \
    FIELD(bytes_received, uint64_t, TP_COLUMN("bytes_received", NULL, "received", "B", SI, "Sums", "received in order; the peer's FIN counts as one byte; 4.1+"), TP_INFO(128), .counts = true, .use = TP_SOCKET_IN_DATA) \
    FIELD(bytes_sent, uint64_t, TP_COLUMN("sent_bytes", NULL, "sent", "B", SI, "Sums", "payload, retransmissions included; 4.19+"), TP_INFO(200), .counts = true, .use = TP_SOCKET_IN_DATA) \
    FIELD(bytes_retrans, uint64_t, TP_COLUMN("retransmitted_bytes", NULL, "resent", "B", SI, "Sums", "payload sent again; 4.19+"), TP_INFO(208), .counts = true, .use = TP_SOCKET_IN_DATA) \
    FIELD(total_retrans, uint32_t, TP_COLUMN("retransmitted_segs", "resent", "segs", "segs", PLAIN, "Sums", "segments sent again, SYN and SYN-ACK included"), TP_INFO(100), .counts = true, .use = TP_SOCKET_IN_TABLE | TP_SOCKET_IN_DATA) \
    DERIVED(retransmit_share, TP_COLUMN("retransmit_share", "resent", "%", "%", PERCENT, "Sums", "share of the payload that was sent again; before 4.19 of the segments with data"), .use = TP_SOCKET_IN_TABLE | TP_SOCKET_IN_DATA) \
    DERIVED(round_retransmits, TP_COLUMN("round_retransmitted_segs", "resent", "segs", "segs", PLAIN, "Sums", "-i: segments sent again since the last round"), .use = TP_SOCKET_IN_ROUND | TP_SOCKET_IN_DATA) \
    DERIVED(round_retransmit_share, TP_COLUMN("round_retransmit_share", "resent", "%", "%", PERCENT, "Sums", "-i: retransmit_share of what was sent since the last round"), .use = TP_SOCKET_IN_ROUND | TP_SOCKET_IN_DATA) \
    FIELD(segs_out, uint32_t, TP_COLUMN("segs_out", NULL, "out", "segs", PLAIN, "Sums", "segments sent, but for SYN-ACKs; 4.2+"), TP_INFO(136), .counts = true) \
    FIELD(segs_in, uint32_t, TP_COLUMN("segs_in", NULL, "in", "segs", PLAIN, "Sums", "segments received; 4.2+"), TP_INFO(140), .counts = true) \
    FIELD(data_segs_out, uint32_t, TP_COLUMN("data_segs_out", NULL, "out", "segs", PLAIN, "Sums", "of them with data; 4.6+"), TP_INFO(156), .counts = true) \
    FIELD(data_segs_in, uint32_t, TP_COLUMN("data_segs_in", NULL, "in", "segs", PLAIN, "Sums", "of them with data; 4.6+"), TP_INFO(152), .counts = true) \
    FIELD(delivered, uint32_t, TP_COLUMN("delivered_segs", NULL, "delivered", "segs", PLAIN, "Sums", "segments delivered, the SYN included; 4.18+"), TP_INFO(192), .counts = true) \
    FIELD(delivered_ce, uint32_t, TP_COLUMN("delivered_ce_segs", NULL, "ce", "segs", PLAIN, "Sums", "of them marked by ECN; 4.18+"), TP_INFO(196), .counts = true) \
    FIELD(dsack_dups, uint32_t, TP_COLUMN("dsack_dups", NULL, "dsack", "", PLAIN, "Sums", "D-SACKs received: segments that the peer got twice; 4.19+"), TP_INFO(216), .counts = true) \
    FIELD(reord_seen, uint32_t, TP_COLUMN("reorderings", NULL, "reord", "", PLAIN, "Sums", "how often reordering was seen; 4.19+"), TP_INFO(220), .counts = true) \
    FIELD(rehash, uint32_t, TP_COLUMN("rehashes", NULL, "rehash", "", PLAIN, "Sums", "how often another path was tried (flow label); 6.2+"), TP_INFO(236), .counts = true) \
    FIELD(total_rto, uint16_t, TP_COLUMN("rto_count", NULL, "rtos", "", PLAIN, "Sums", "retransmission timeouts, SYN and SYN-ACK included; 6.7+"), TP_INFO(240), .counts = true, .use = TP_SOCKET_IN_DATA) \
    FIELD(total_rto_recoveries, uint16_t, TP_COLUMN("rto_recoveries", NULL, "rto rec", "", PLAIN, "Sums", "recoveries from them; 6.7+"), TP_INFO(242), .counts = true) \
    FIELD(total_rto_time, uint32_t, TP_COLUMN("rto_time_ms", NULL, "rto time", "ms", PLAIN, "Sums", "time in them; 6.7+"), TP_INFO(244), .counts = true) \
    \
    FIELD(busy_time, uint64_t, TP_COLUMN("busy_us", NULL, "busy", "ms", MS, "What limited the sender", "time with data to send or in flight; 4.10+"), TP_INFO(168), .counts = true, .use = TP_SOCKET_IN_DATA) \
    FIELD(rwnd_limited, uint64_t, TP_COLUMN("rwnd_limited_us", NULL, "rwnd", "ms", MS, "What limited the sender", "of it, limited by the peer's window; 4.10+"), TP_INFO(176), .counts = true, .use = TP_SOCKET_IN_DATA) \
    FIELD(sndbuf_limited, uint64_t, TP_COLUMN("sndbuf_limited_us", NULL, "sndbuf", "ms", MS, "What limited the sender", "of it, limited by the send buffer; 4.10+"), TP_INFO(184), .counts = true, .use = TP_SOCKET_IN_DATA) \
    DERIVED(limit, TP_COLUMN("limit", NULL, "limit", "", TEXT, "What limited the sender", "-i: what limited it since the last round: idle (nothing to send), app (writes little), waits (for answers), rwnd (the peer's window), unread (it is closed), sndbuf (send buffer), pacing (SO_MAX_PACING_RATE), loss (without a queue), queue (at the bottleneck), network (neither), silent (no answer), handshake, unknown"), .use = TP_SOCKET_IN_ROUND | TP_SOCKET_IN_DATA) \
    DERIVED(limited_by, TP_COLUMN("limited_by", NULL, "by", "", TEXT, "What limited the sender", "-i: the same in the words of flows: app, rwnd, sndbuf, pacing, network, handshake, unknown"), .use = TP_SOCKET_IN_DATA) \
    DERIVED(busy_share, TP_COLUMN("round_busy_share", "limit %", "busy", "%", WHOLE, "What limited the sender", "-i: share of the time since the last round that was busy; the rest is the application's"), .use = TP_SOCKET_IN_ROUND | TP_SOCKET_IN_DATA) \
    DERIVED(rwnd_share, TP_COLUMN("round_rwnd_share", "limit %", "rwnd", "%", WHOLE, "What limited the sender", "-i: of that busy time, limited by the peer's window"), .use = TP_SOCKET_IN_ROUND | TP_SOCKET_IN_DATA) \
    DERIVED(sndbuf_share, TP_COLUMN("round_sndbuf_share", "limit %", "sndbuf", "%", WHOLE, "What limited the sender", "-i: of that busy time, limited by the send buffer"), .use = TP_SOCKET_IN_ROUND | TP_SOCKET_IN_DATA) \
    \
    FIELD(mss, uint32_t, TP_COLUMN("mss_bytes", NULL, "mss", "B", PLAIN, "Path", "segment size that it sends"), TP_INFO(16), .use = TP_SOCKET_IN_DATA) \
    FIELD(rcv_mss, uint32_t, TP_COLUMN("rcv_mss_bytes", NULL, "rcv mss", "B", PLAIN, "Path", "segment size that it receives, estimated"), TP_INFO(20)) \
    FIELD(advmss, uint32_t, TP_COLUMN("advmss_bytes", NULL, "advmss", "B", PLAIN, "Path", "segment size that it offers"), TP_INFO(84)) \
    FIELD(pmtu, uint32_t, TP_COLUMN("pmtu_bytes", NULL, "pmtu", "B", PLAIN, "Path", "packet size of the path"), TP_INFO(60)) \
    FIELD(reordering, uint32_t, TP_COLUMN("reordering_segs", NULL, "reord", "segs", PLAIN, "Path", "reordering that is tolerated before a segment counts as lost"), TP_INFO(88)) \
    FIELD(options, uint8_t, TP_COLUMN("tcp_options", NULL, "options", "", TEXT, "Path", "what was agreed: ts, sack, wscale, ecn, ecn_seen, syn_data, usec_ts"), TP_INFO(5), .format = TP_SOCKET_OPTIONS) \
    FIELD(snd_wscale, uint8_t, TP_COLUMN("snd_wscale", NULL, "wscale", "", PLAIN, "Path", "shift of the peer's windows, if agreed"), TP_INFO(6), TP_BITS(0, 4)) \
    FIELD(rcv_wscale, uint8_t, TP_COLUMN("rcv_wscale", NULL, "wscale", "", PLAIN, "Path", "shift of its own windows, if agreed"), TP_INFO(6), TP_BITS(4, 4)) \
    FIELD(tos, uint8_t, TP_COLUMN("tos", NULL, "tos", "", TEXT, "Path", "type of service"), .from = TP_FROM_TOS, .when = TP_WHEN_OPEN, .format = TP_SOCKET_HEX) \
    FIELD(tclass, uint8_t, TP_COLUMN("tclass", NULL, "tclass", "", TEXT, "Path", "traffic class (IPv6)"), .from = TP_FROM_TCLASS, .when = TP_WHEN_OPEN, .format = TP_SOCKET_HEX) \
    \
    FIELD(timer, uint8_t, TP_COLUMN("timer", NULL, "timer", "", TEXT, "Timers", "what it waits for: retransmit (or a loss probe), keepalive, timewait, persist (a closed window)"), TP_MESSAGE(2), .when = TP_WHEN_ALWAYS, TP_NONE(0), .format = TP_SOCKET_TIMER) \
    FIELD(timer_expires, uint32_t, TP_COLUMN("timer_ms", NULL, "left", "ms", PLAIN, "Timers", "until that timer"), TP_MESSAGE(52), .when = TP_WHEN_ALWAYS, .passes = true) \
    FIELD(timer_count, uint8_t, TP_COLUMN("timer_count", NULL, "tries", "", PLAIN, "Timers", "how often it ran out in a row: timeouts, or probes"), TP_MESSAGE(3), .when = TP_WHEN_ALWAYS) \
    FIELD(retransmits, uint8_t, TP_COLUMN("rto_in_row", NULL, "rto row", "", PLAIN, "Timers", "retransmission timeouts without an answer"), TP_INFO(2)) \
    FIELD(probes, uint8_t, TP_COLUMN("probes_in_row", NULL, "probe row", "", PLAIN, "Timers", "window or keepalive probes without an answer"), TP_INFO(3)) \
    FIELD(backoff, uint8_t, TP_COLUMN("backoff", NULL, "backoff", "", PLAIN, "Timers", "how often the timeout was doubled"), TP_INFO(4)) \
    \
    FIELD(rmem, uint32_t, TP_COLUMN("rmem_bytes", NULL, "rmem", "B", SI, "Memory", "receive memory in use"), TP_SKMEM(0)) \
    FIELD(rcvbuf, uint32_t, TP_COLUMN("rcvbuf_bytes", NULL, "rcvbuf", "B", SI, "Memory", "... and its limit"), TP_SKMEM(1), .use = TP_SOCKET_IN_DATA) \
    FIELD(wmem, uint32_t, TP_COLUMN("wmem_bytes", NULL, "wmem", "B", SI, "Memory", "send memory handed to lower layers"), TP_SKMEM(2)) \
    FIELD(sndbuf, uint32_t, TP_COLUMN("sndbuf_bytes", NULL, "sndbuf", "B", SI, "Memory", "limit of send memory"), TP_SKMEM(3), .use = TP_SOCKET_IN_DATA) \
    FIELD(fwd_alloc, uint32_t, TP_COLUMN("fwd_alloc_bytes", NULL, "forward", "B", SI, "Memory", "reserved for what comes next"), TP_SKMEM(4)) \
    FIELD(wmem_queued, uint32_t, TP_COLUMN("wmem_queued_bytes", NULL, "queued", "B", SI, "Memory", "send memory in use"), TP_SKMEM(5)) \
    FIELD(optmem, uint32_t, TP_COLUMN("optmem_bytes", NULL, "optmem", "B", SI, "Memory", "memory of options and filters"), TP_SKMEM(6)) \
    FIELD(backlog, uint32_t, TP_COLUMN("backlog_bytes", NULL, "backlog", "B", SI, "Memory", "waits until the process lets go of the socket"), TP_SKMEM(7)) \
    FIELD(drops, uint32_t, TP_COLUMN("drops", NULL, "drops", "", PLAIN, "Memory", "packets that the socket dropped"), TP_SKMEM(8), .counts = true, .use = TP_SOCKET_IN_LISTEN | TP_SOCKET_IN_DATA) \
    \
    DERIVED(owned_by, TP_COLUMN("owned_by", NULL, "owner", "", TEXT, NULL, "process, else service (cgroup), else uid"), .use = TP_SOCKET_IN_TABLE | TP_SOCKET_IN_LISTEN | TP_SOCKET_IN_ROUND | TP_SOCKET_TABLE_ONLY) \
    FIELD(uid, uint32_t, TP_COLUMN("uid", NULL, "uid", "", PLAIN, "Owner", "user who made it"), TP_MESSAGE(64), .when = TP_WHEN_OPEN, .use = TP_SOCKET_IN_DATA) \
    DERIVED(process, TP_COLUMN("pid", NULL, "pid", "", PLAIN, "Owner", "a process that has it open, with --processes"), .use = TP_SOCKET_IN_DATA) \
    DERIVED(process_name, TP_COLUMN("owner", NULL, "owner", "", TEXT, "Owner", "its name"), .use = TP_SOCKET_IN_DATA) \
    DERIVED(cgroup_path, TP_COLUMN("cgroup", NULL, "cgroup", "", TEXT, "Owner", "path of the cgroup (v2) that it was made in: of a service or container"), .use = TP_SOCKET_IN_DATA) \
    FIELD(cgroup_id, uint64_t, TP_COLUMN("cgroup_id", NULL, "cgroup", "", PLAIN, "Owner", "number of that cgroup; 5.8+"), .from = TP_FROM_CGROUP, .when = TP_WHEN_OPEN) \
    FIELD(inode, uint32_t, TP_COLUMN("inode", NULL, "inode", "", PLAIN, "Owner", "its number in /proc/PID/fd; none before accept() and after close()"), TP_MESSAGE(68), .when = TP_WHEN_OPEN, TP_NONE(0)) \
    FIELD(mark, uint32_t, TP_COLUMN("mark", NULL, "mark", "", TEXT, "Owner", "SO_MARK, said to root"), .from = TP_FROM_MARK, .when = TP_WHEN_ALWAYS, .format = TP_SOCKET_HEX) \
    FIELD(class_id, uint32_t, TP_COLUMN("class_id", NULL, "class", "", TEXT, "Owner", "net_cls (cgroup v1), if set"), .from = TP_FROM_CLASS, .when = TP_WHEN_OPEN, TP_NONE(0), .format = TP_SOCKET_HEX) \
    FIELD(shutdown, uint8_t, TP_COLUMN("shutdown", NULL, "shutdown", "", PLAIN, "Owner", "1: no more is received, 2: no more is sent, 3: both"), .from = TP_FROM_SHUTDOWN, TP_NONE(0)) \
    FIELD(ulp, tp_socket_text, TP_COLUMN("ulp", NULL, "ulp", "", TEXT, "Owner", "protocol above it in the kernel (tls, mptcp)"), .from = TP_FROM_ULP, .format = TP_SOCKET_TEXT)

#endif
