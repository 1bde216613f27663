/* figures/handshake.h: what the packets of the handshake say. See figures/all.h. */

#define IN_HANDSHAKE "Handshake (packets)"

FIGURE(wire_isn, .name = "wire_isn", .section = IN_HANDSHAKE, .heading = "isn", .show = TP_SHOW_PLAIN, .way = {PACKETS(WIRE(isn, SYN))},
       .help = "initial sequence number")
FIGURE(wire_mss_bytes, .name = "wire_mss_bytes", .section = IN_HANDSHAKE, .heading = "mss", .unit = "B", .show = TP_SHOW_PLAIN, .way = {PACKETS(WIRE(mss_bytes, NOT_ZERO))},
       .help = "MSS option of its SYN: the largest segment that it accepts")
FIGURE(wire_wscale, .name = "wire_wscale", .section = IN_HANDSHAKE, .heading = "wscale", .show = TP_SHOW_PLAIN, .way = {PACKETS(DERIVED(wscale))},
       .help = "shift of its windows; see wire_wscale_known")
FIGURE(wire_wscale_known, .name = "wire_wscale_known", .section = IN_HANDSHAKE, .heading = "known", .way = {PACKETS(DERIVED(scale))},
       .help = "known: from both SYNs, none: not both have the option, at least: estimated, unknown")
FIGURE(wire_sack_ok, .name = "wire_sack_ok", .section = IN_HANDSHAKE, .heading = "sack", .way = {PACKETS(WIRE(sack_ok, SYN))},
       .help = "SACK permitted, in its SYN")
FIGURE(wire_timestamps, .name = "wire_timestamps", .section = IN_HANDSHAKE, .heading = "ts", .way = {PACKETS(WIRE(timestamps, SYN))},
       .help = "timestamps option in its SYN")
FIGURE(wire_initial_bytes, .name = "wire_initial_bytes", .section = IN_HANDSHAKE, .heading = "initial", .unit = "B", .show = TP_SHOW_SI, .way = {PACKETS(WIRE(initial_bytes, BEGINNING))},
       .help = "payload sent before the first of it was acknowledged: the initial window")
FIGURE(wire_initial_segs, .name = "wire_initial_segs", .section = IN_HANDSHAKE, .heading = "initial", .unit = "segs", .show = TP_SHOW_PLAIN, .way = {PACKETS(WIRE(initial_segs, BEGINNING))},
       .help = "segments of it")
FIGURE(wire_handshake_us, .name = "wire_handshake_us", .section = IN_HANDSHAKE, .heading = "handshake", .unit = "ms", .show = TP_SHOW_MS, .way = {PACKETS(DERIVED(handshake))},
       .help = "from its SYN or SYN-ACK to the answer, if each was sent once")
FIGURE(wire_syn_again, .name = "wire_syn_again", .section = IN_HANDSHAKE, .heading = "syn again", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(syn_again, SEEN))},
       .help = "SYN or SYN-ACK sent again")
FIGURE(wire_fin_again, .name = "wire_fin_again", .section = IN_HANDSHAKE, .heading = "fin again", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(fin_again, SEEN))},
       .help = "FIN sent again")

#undef IN_HANDSHAKE
