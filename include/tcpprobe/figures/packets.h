/* figures/packets.h: what the packets of one end add up to. See figures/all.h. */

#define IN_PACKETS "Packets"

FIGURE(wire_throughput_bps, .name = "wire_throughput_bps", .section = IN_PACKETS, .heading = "thruput", .unit = "bit/s", .timed = true, .show = TP_SHOW_SI, .way = {PACKETS(DERIVED(throughput))},
       .help = "unique bits per second over the whole connection, handshake and end included")
FIGURE(wire_packets, .name = "wire_packets", .section = IN_PACKETS, .heading = "packets", .show = TP_SHOW_PLAIN, .use = DATA, .way = {PACKETS(WIRE(packets, SEEN))},
       .help = "packets that it sent, copies made by the capture not counted")
FIGURE(wire_data_packets, .name = "wire_data_packets", .section = IN_PACKETS, .heading = "data", .show = TP_SHOW_PLAIN, .way = {PACKETS(WIRE(data_packets, SEEN))},
       .help = "packets with payload, retransmissions included")
FIGURE(wire_data_segs, .name = "wire_data_segs", .section = IN_PACKETS, .heading = "segs", .show = TP_SHOW_PLAIN, .way = {PACKETS(WIRE(data_segs, SEEN))},
       .help = "segments in them: TSO and GRO packets hold several")
FIGURE(wire_sent_bytes, .name = "wire_sent_bytes", .section = IN_PACKETS, .heading = "sent", .unit = "B", .show = TP_SHOW_SI, .way = {PACKETS(WIRE(payload_bytes, SEEN))},
       .help = "payload, retransmissions included")
FIGURE(wire_unique_bytes, .name = "wire_unique_bytes", .section = IN_PACKETS, .heading = "unique", .unit = "B", .show = TP_SHOW_SI, .use = DATA, .way = {PACKETS(WIRE(unique_bytes, SEEN))},
       .help = "payload without what was sent again and window probes")
FIGURE(wire_stream_bytes, .name = "wire_stream_bytes", .section = IN_PACKETS, .heading = "stream", .unit = "B", .show = TP_SHOW_SI, .way = {PACKETS(DERIVED(stream))},
       .help = "length of its stream by the sequence numbers of SYN and FIN")
FIGURE(wire_frame_bytes, .name = "wire_frame_bytes", .section = IN_PACKETS, .heading = "frames", .unit = "B", .show = TP_SHOW_SI, .way = {PACKETS(WIRE(wire_bytes, SEEN))},
       .help = "its frames as they were on the wire")
FIGURE(wire_acks, .name = "wire_acks", .section = IN_PACKETS, .heading = "acks", .show = TP_SHOW_PLAIN, .way = {PACKETS(WIRE(acks, SEEN))},
       .help = "packets with ACK")
FIGURE(wire_pure_acks, .name = "wire_pure_acks", .section = IN_PACKETS, .heading = "pure", .show = TP_SHOW_PLAIN, .way = {PACKETS(WIRE(pure_acks, SEEN))},
       .help = "packets that acknowledge and nothing else")
FIGURE(wire_pushes, .name = "wire_pushes", .section = IN_PACKETS, .heading = "push", .show = TP_SHOW_PLAIN, .way = {PACKETS(WIRE(pushes, SEEN))},
       .help = "data packets with PSH")
FIGURE(wire_syns, .name = "wire_syns", .section = IN_PACKETS, .heading = "syn", .show = TP_SHOW_PLAIN, .way = {PACKETS(WIRE(syns, SEEN))},
       .help = "packets with SYN")
FIGURE(wire_fins, .name = "wire_fins", .section = IN_PACKETS, .heading = "fin", .show = TP_SHOW_PLAIN, .way = {PACKETS(WIRE(fins, SEEN))},
       .help = "packets with FIN")
FIGURE(wire_resets, .name = "wire_resets", .section = IN_PACKETS, .heading = "rst", .show = TP_SHOW_PLAIN, .way = {PACKETS(WIRE(resets, SEEN))},
       .help = "packets with RST")
FIGURE(wire_urgent_packets, .name = "wire_urgent_packets", .section = IN_PACKETS, .heading = "urg", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(urgent_packets, SEEN))},
       .help = "packets with URG")
FIGURE(wire_urgent_bytes, .name = "wire_urgent_bytes", .section = IN_PACKETS, .heading = "urgent", .unit = "B", .show = TP_SHOW_SI, .way = {PACKETS(TROUBLE(urgent_bytes, SEEN))},
       .help = "urgent payload")
FIGURE(wire_ce, .name = "wire_ce", .section = IN_PACKETS, .heading = "ce", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(ce, SEEN))},
       .help = "packets marked congestion experienced (ECN)")
FIGURE(wire_ce_reported, .name = "wire_ce_reported", .section = IN_PACKETS, .heading = "ce rep", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(ce_reported, ACE))},
       .help = "packets that arrived so, at least, as its peer counts them (AccECN, RFC 9768)")
FIGURE(wire_ece, .name = "wire_ece", .section = IN_PACKETS, .heading = "ece", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(ece, SEEN))},
       .help = "packets with ECE, an echo of such marks (RFC 3168, not AccECN)")
FIGURE(wire_cwr, .name = "wire_cwr", .section = IN_PACKETS, .heading = "cwr", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(cwr, SEEN))},
       .help = "packets with CWR, the answer to that")
FIGURE(wire_ect, .name = "wire_ect", .section = IN_PACKETS, .heading = "ect", .way = {PACKETS(WIRE(ect, SEEN))},
       .help = "some packet was ECN-capable")
FIGURE(wire_keep_alives, .name = "wire_keep_alives", .section = IN_PACKETS, .heading = "alive", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(keep_alives, SEEN))},
       .help = "keep-alive packets")
FIGURE(wire_keep_alive_bytes, .name = "wire_keep_alive_bytes", .section = IN_PACKETS, .heading = "alive", .unit = "B", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(keep_alive_bytes, SEEN))},
       .help = "payload of these: garbage, counted nowhere else")
FIGURE(wire_ttl_min, .name = "wire_ttl_min", .section = IN_PACKETS, .heading = "ttl min", .show = TP_SHOW_PLAIN, .way = {PACKETS(WIRE(ttl_min, NOT_ZERO))},
       .help = "smallest time to live or hop limit")
FIGURE(wire_ttl_max, .name = "wire_ttl_max", .section = IN_PACKETS, .heading = "ttl max", .show = TP_SHOW_PLAIN, .way = {PACKETS(WIRE(ttl_max, NOT_ZERO))},
       .help = "largest")
FIGURE(wire_first_ns, .name = "wire_first_ns", .section = IN_PACKETS, .heading = "first", .unit = "s", .show = TP_SHOW_SECONDS, .way = {PACKETS(WIRE(first_ns, SEEN))},
       .help = "its first packet, by the recording's clock")
FIGURE(wire_last_ns, .name = "wire_last_ns", .section = IN_PACKETS, .heading = "last", .unit = "s", .show = TP_SHOW_SECONDS, .way = {PACKETS(WIRE(last_ns, SEEN))},
       .help = "its last packet")
FIGURE(wire_data_time_ns, .name = "wire_data_time_ns", .section = IN_PACKETS, .heading = "data", .unit = "s", .timed = true, .show = TP_SHOW_SECONDS, .way = {PACKETS(DERIVED(data_time))},
       .help = "from its first to its last data packet")
FIGURE(wire_idle_max_ns, .name = "wire_idle_max_ns", .section = IN_PACKETS, .heading = "idle", .unit = "s", .show = TP_SHOW_SECONDS, .way = {PACKETS(WIRE(idle_max_ns, SEEN))},
       .help = "longest time between two of its packets")
FIGURE(wire_missed_bytes, .name = "wire_missed_bytes", .section = IN_PACKETS, .heading = "missed", .unit = "B", .show = TP_SHOW_SI, .use = DATA | TABLE_PACKETS, .way = {PACKETS(TROUBLE(unseen_bytes, SEEN))},
       .help = "bytes that were acknowledged but not captured: gaps of the capture, no losses")
FIGURE(wire_missed_gaps, .name = "wire_missed_gaps", .section = IN_PACKETS, .heading = "gaps", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(unseen_gaps, SEEN))},
       .help = "number of such gaps")
FIGURE(wire_copies, .name = "wire_copies", .section = IN_PACKETS, .heading = "copies", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(copies, SEEN))},
       .help = "packets that the capture holds twice: counted nowhere else")
FIGURE(wire_truncated_packets, .name = "wire_truncated_packets", .section = IN_PACKETS, .heading = "cut", .show = TP_SHOW_PLAIN, .way = {PACKETS(WIRE(truncated_packets, SEEN))},
       .help = "packets whose payload was captured in part (snaplen)")
FIGURE(wire_truncated_bytes, .name = "wire_truncated_bytes", .section = IN_PACKETS, .heading = "cut", .unit = "B", .show = TP_SHOW_SI, .way = {PACKETS(WIRE(truncated_bytes, SEEN))},
       .help = "payload that was therefore not captured")
FIGURE(wire_offloaded, .name = "wire_offloaded", .section = IN_PACKETS, .heading = "offload", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(offloaded, SEEN))},
       .help = "packets that hold several segments (TSO, GRO)")
FIGURE(wire_reanchored, .name = "wire_reanchored", .section = IN_PACKETS, .heading = "jumps", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(reanchored, SEEN))},
       .help = "sequence numbers far from all others")
FIGURE(wire_strange_acks, .name = "wire_strange_acks", .section = IN_PACKETS, .heading = "strange", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(strange_acks, SEEN))},
       .help = "ACKs of what cannot have been sent: not used")
FIGURE(wire_joined, .name = "wire_joined", .section = IN_PACKETS, .heading = "joined", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(joined, SEEN))},
       .help = "segments joined to save memory: so many RTT samples may be missing")
COMPARED(wire_ce_share, CE, "ce", DIAGNOSTIC, 0.5, 0.25, .name = "wire_ce_share", .title = "CE marks", .section = IN_PACKETS,
         .heading = "ce", .show = TP_SHOW_PERCENT, .better = TP_BETTER_LOW, .way = {PACKETS(DERIVED(ce_share))},
         .help = "share of its data packets that are marked congestion experienced, if some packet was ECN-capable")
COMPARED(wire_reordered_share, REORDERED, "reordered", DIAGNOSTIC, 0.5, 0.25, .name = "wire_reordered_share", .title = "Reordered",
         .section = IN_PACKETS, .heading = "reordered", .show = TP_SHOW_PERCENT, .better = TP_BETTER_LOW,
         .way = {PACKETS(DERIVED(reordered_share))}, .help = "share of its data packets that were overtaken on the way")

#undef IN_PACKETS
