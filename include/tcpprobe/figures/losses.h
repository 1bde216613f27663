/* figures/losses.h: what was lost, sent again or overtaken. See figures/all.h. */

#define IN_LOSS "Losses, reordering (packets)"

/* Times that were added up: of samples, or of what is no sample of a metric. */
#define SUM(name_, stat, WHICH, STAT_ID, help_)                                                         \
    FIGURE(name_##_##stat##_us, .name = #name_ "_" #stat "_us", .section = IN_LOSS, .heading = #stat,        \
           .unit = "ms", .show = TP_SHOW_MS, .way = {PACKETS(RTT_SUM(WHICH, STAT_ID))}, .help = help_)
#define SUMS(name, WHICH)                                                                               \
    SUM(name, min, WHICH, MIN, "shortest")                                                              \
    SUM(name, mean, WHICH, MEAN, "mean")                                                                \
    SUM(name, max, WHICH, MAX, "longest")                                                               \
    SUM(name, stdev, WHICH, STDEV, "standard deviation")

FIGURE(wire_retransmitted_segs, .name = "wire_retransmitted_segs", .section = IN_LOSS, .heading = "twice", .unit = "segs", .show = TP_SHOW_PLAIN, .use = DATA,
       .way = {PACKETS(TROUBLE(retransmitted_segs, SEEN))}, .help = "segments sent again whose bytes were captured before")
FIGURE(wire_retransmitted_packets, .name = "wire_retransmitted_packets", .section = IN_LOSS, .heading = "resent", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(retransmissions, SEEN))},
       .help = "packets that hold bytes sent again")
FIGURE(wire_retransmitted_bytes, .name = "wire_retransmitted_bytes", .section = IN_LOSS, .heading = "resent", .unit = "B", .show = TP_SHOW_SI, .way = {PACKETS(TROUBLE(retransmitted_bytes, SEEN))},
       .help = "bytes sent again")
FIGURE(wire_resent_fast, .name = "wire_resent_fast", .section = IN_LOSS, .heading = "fast", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(by_cause[TP_CAUSE_FAST], CAUSES))},
       .help = "of the segments sent again, fast retransmits")
FIGURE(wire_resent_timeout, .name = "wire_resent_timeout", .section = IN_LOSS, .heading = "timeout", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(by_cause[TP_CAUSE_TIMEOUT], CAUSES))},
       .help = "... after a retransmission timeout")
FIGURE(wire_resent_tlp, .name = "wire_resent_tlp", .section = IN_LOSS, .heading = "tlp", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(by_cause[TP_CAUSE_PROBE], CAUSES))},
       .help = "... tail-loss probes")
FIGURE(wire_resent_window, .name = "wire_resent_window", .section = IN_LOSS, .heading = "window", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(by_cause[TP_CAUSE_WINDOW], CAUSES))},
       .help = "... as the peer opened its window, which had been closed")
FIGURE(wire_resent_unknown, .name = "wire_resent_unknown", .section = IN_LOSS, .heading = "unknown", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(by_cause[TP_CAUSE_UNKNOWN], ORDER))},
       .help = "... for a reason that the packets do not tell")
FIGURE(wire_spurious_segs, .name = "wire_spurious_segs", .section = IN_LOSS, .heading = "spurious", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(spurious_segs, CAUSES))},
       .help = "of the segments sent again, proved not to have been needed")
FIGURE(wire_spurious_certain, .name = "wire_spurious_certain", .section = IN_LOSS, .heading = "certain", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(spurious_certain_segs, CAUSES))},
       .help = "... certainly: at once, or by a D-SACK that followed")
FIGURE(wire_spurious_dsack, .name = "wire_spurious_dsack", .section = IN_LOSS, .heading = "dsack", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(spurious_by[TP_EVIDENCE_DSACK], CAUSES))},
       .help = "... by a D-SACK (RFC 3708)")
FIGURE(wire_spurious_eifel, .name = "wire_spurious_eifel", .section = IN_LOSS, .heading = "eifel", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(spurious_by[TP_EVIDENCE_EIFEL], CAUSES))},
       .help = "... by timestamps (RFC 3522)")
FIGURE(wire_spurious_frto, .name = "wire_spurious_frto", .section = IN_LOSS, .heading = "f-rto", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(spurious_by[TP_EVIDENCE_FRTO], CAUSES))},
       .help = "... by F-RTO (RFC 5682)")
FIGURE(wire_spurious_too_soon, .name = "wire_spurious_too_soon", .section = IN_LOSS, .heading = "too soon", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(spurious_by[TP_EVIDENCE_TOO_SOON], CAUSES))},
       .help = "... acknowledged sooner than any round trip")
FIGURE(wire_spurious_acked, .name = "wire_spurious_acked", .section = IN_LOSS, .heading = "acked", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(spurious_by[TP_EVIDENCE_ACKED_BEFORE], CAUSES))},
       .help = "... acknowledged before they were resent")
FIGURE(wire_resent_most, .name = "wire_resent_most", .section = IN_LOSS, .heading = "most", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(copies_max, SEEN))},
       .help = "how often one segment was sent again at most")
SUMS(wire_resend_delay, DELAY)
FIGURE(wire_recoveries, .name = "wire_recoveries", .section = IN_LOSS, .heading = "rec", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(recoveries, CAUSES))},
       .help = "loss episodes: from a retransmission to the ACK of all that was outstanding")
FIGURE(wire_recovery_ns, .name = "wire_recovery_ns", .section = IN_LOSS, .heading = "recovery", .unit = "s", .show = TP_SHOW_SECONDS, .way = {PACKETS(TROUBLE(recovery_ns, CAUSES))},
       .help = "time in loss episodes")
FIGURE(wire_dup_acks, .name = "wire_dup_acks", .section = IN_LOSS, .heading = "dup", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(dup_acks, ANSWERED))},
       .help = "duplicate ACKs of its data")
FIGURE(wire_triple_dup_acks, .name = "wire_triple_dup_acks", .section = IN_LOSS, .heading = "triple", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(triple_dup_acks, ANSWERED))},
       .help = "the third of a row of them")
FIGURE(wire_sack_packets, .name = "wire_sack_packets", .section = IN_LOSS, .heading = "sack", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(sack_packets, ACKED))},
       .help = "ACKs of its data with SACK blocks")
FIGURE(wire_dsack_packets, .name = "wire_dsack_packets", .section = IN_LOSS, .heading = "dsack", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(dsack_packets, ACKED))},
       .help = "... with a D-SACK")
FIGURE(wire_sack_blocks_max, .name = "wire_sack_blocks_max", .section = IN_LOSS, .heading = "blocks", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(sack_blocks_max, ACKED))},
       .help = "most blocks in one of them")
FIGURE(wire_out_of_order, .name = "wire_out_of_order", .section = IN_LOSS, .heading = "ooo", .show = TP_SHOW_PLAIN, .way = {PACKETS(DERIVED(out_of_order))},
       .help = "packets that filled a hole: the next three together")
FIGURE(wire_repairs, .name = "wire_repairs", .section = IN_LOSS, .heading = "repairs", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(repairs, SEEN))},
       .help = "filled a hole and were sent again: the first copy was not captured")
FIGURE(wire_reordered, .name = "wire_reordered", .section = IN_LOSS, .heading = "reordered", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(reordered, SEEN))},
       .help = "filled a hole and were overtaken on the way")
FIGURE(wire_ambiguous, .name = "wire_ambiguous", .section = IN_LOSS, .heading = "?", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(ambiguous, SEEN))},
       .help = "filled a hole, and nothing says which")
FIGURE(wire_reordered_bytes, .name = "wire_reordered_bytes", .section = IN_LOSS, .heading = "reordered", .unit = "B", .show = TP_SHOW_SI, .way = {PACKETS(TROUBLE(reordered_bytes, SEEN))},
       .help = "payload of reordered packets")
FIGURE(wire_reorder_extent_bytes, .name = "wire_reorder_extent_bytes", .section = IN_LOSS, .heading = "extent", .unit = "B", .show = TP_SHOW_SI, .way = {PACKETS(TROUBLE(reorder_extent_bytes, SEEN))},
       .help = "most bytes by which one was overtaken")
FIGURE(wire_reorder_delay_ns, .name = "wire_reorder_delay_ns", .section = IN_LOSS, .heading = "delay", .unit = "s", .show = TP_SHOW_SECONDS, .way = {PACKETS(TROUBLE(reorder_delay_ns, SEEN))},
       .help = "longest time that such a hole was open")

#undef SUMS
#undef SUM
#undef IN_LOSS
