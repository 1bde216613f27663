/* figures/transfer.h: what was carried and how fast, by whichever origin knows best. See figures/all.h. */

#define IN_TRANSFER "Transfer"

FIGURE(acked_bytes, .name = "acked_bytes", .title = "Acknowledged", .section = IN_TRANSFER, .heading = "acked",
       .unit = "B", .show = TP_SHOW_SI, .better = TP_BETTER_HIGH, .join = TP_JOIN_SUM, .use = DATA | TABLES,
       .believe = TP_BELIEVE_MOST,
       .way = {KERNEL(SIDE(acked)), PACKETS(DERIVED(acked), .use = DATA), PEER(RECEIVER(received)),
               SOCKET(SAMPLED_AS(acked))},
       .help = "payload that the peer acknowledged: the most that is proved, by the advance of snd_una "
               "(kernel events), by the ACKs (packets) or by what reached the peer's socket")
FIGURE(acked_from, .name = "acked_from", .section = IN_TRANSFER, .heading = "from", .use = DATA,
       .way = {WHOLE(acked_from)},
       .help = "what proves it: kernel, packets, peer or socket; where there may be more: kernel until close, peer "
               "until close (tcp_probe is silent once that end's application closed), kernel until last probe "
               "(the log has no changes of state and ends with data in flight), socket at least")
COMPARED(goodput_bps, GOODPUT, "goodput", CORE, 0.03, 0, .name = "goodput_bps", .title = "Goodput",
         .section = IN_TRANSFER, .heading = "goodput", .unit = "bit/s", .timed = true, .show = TP_SHOW_SI,
         .better = TP_BETTER_HIGH, .join = TP_JOIN_SUM_OF_ALL, .use = DATA | TABLES,
         .believe = TP_BELIEVE_RATE,
         .way = {KERNEL(SIDE(goodput)), PACKETS(DERIVED(goodput), .use = DATA), PEER(RECEIVER(goodput)),
                 SOCKET(SAMPLED_AS(goodput))},
         .help = "bits per second that were acknowledged after the first ACK of data, until the last one, if these "
                 "are three round trips apart; a receiver's: bits received, from its first to its last event")
COMPARED(transfer_ns, DURATION, "duration", PATH, 0.2, 0, .name = "transfer_ns", .title = "Duration",
         .section = IN_TRANSFER, .heading = "transfer", .unit = "s", .timed = true, .show = TP_SHOW_SECONDS,
         .join = TP_JOIN_LARGEST, .believe = TP_BELIEVE_RATE,
         .way = {KERNEL(SIDE(transfer)), PACKETS(DERIVED(transfer)), PEER(RECEIVER(transfer)),
                 SOCKET(SAMPLED_AS(transfer))},
         .help = "the time that goodput is about")
COMPARED(startup_bps, STARTUP, "startup", CORE, 0.05, 0, .name = "startup_bps", .title = "First second",
         .section = IN_TRANSFER, .heading = "startup", .unit = "bit/s", .timed = true, .show = TP_SHOW_SI,
         .better = TP_BETTER_HIGH, .join = TP_JOIN_SUM_OF_ALL, .believe = TP_BELIEVE_RATE,
         .way = {KERNEL(SIDE(startup)), PACKETS(DERIVED(startup))},
         .help = "bits per second that were acknowledged within a second after the first ACK of data, if the transfer "
                 "lasts so long")
COMPARED(jain, JAIN, "jain", CORE, 0, 0.05, .name = "jain", .title = "Fairness", .better = TP_BETTER_HIGH,
         .show = TP_SHOW_PLAIN, .of = TP_OF_GROUP, .join = TP_JOIN_JAIN, .way = {WHOLE(figure_same, .detail = TP_FIGURE_goodput_bps)},
         .help = "Jain's index of goodput (Jain, Chiu & Hawe 1984); two flows or more")

#undef IN_TRANSFER
