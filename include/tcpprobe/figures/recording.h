/* figures/recording.h: what the capture and the recording say of a flow as a whole. See
 * figures/all.h. */

#define IN_CAPTURE   "Capture"
#define IN_RECORDING "Recording"
#define ROW(name_, in, heading_, function, help_)                                                    \
    FIGURE(name_, .name = #name_, .section = in, .heading = heading_, .of = TP_OF_FLOW,              \
           .way = {WHOLE(function)}, .help = help_)
#define NUMBER(name_, in, heading_, unit_, show_, function, help_)                                   \
    FIGURE(name_, .name = #name_, .section = in, .heading = heading_, .unit = unit_,                 \
           .show = TP_SHOW_##show_, .of = TP_OF_FLOW, .way = {WHOLE(function)}, .help = help_)

ROW(wire_history, IN_CAPTURE, "history", flow_history,
    "what was captured, capitals of src: S SYN, H SYN-ACK, A pure ACK, D data, T sent again, "
    "O out of order, W zero window, C copies, G gap of the capture, F FIN, R RST")
ROW(wire_complete, IN_CAPTURE, "complete", flow_complete,
    "yes: SYN and FIN of both ends, reset: an RST, no")
NUMBER(wire_completeness, IN_CAPTURE, "complete", "", PLAIN, flow_completeness,
       "Wireshark's number: 1 SYN, 2 SYN-ACK, 4 ACK, 8 data, 16 FIN, 32 RST")
ROW(wire_vantage, IN_CAPTURE, "at", flow_vantage,
    "where the capture was taken, by the handshake: at src, at dst or between")
ROW(wire_clocks, IN_CAPTURE, "clocks", flow_clocks,
    "one; two: each direction was stamped by a clock of its own, no time across is known")
NUMBER(wire_places, IN_CAPTURE, "places", "", PLAIN, flow_places,
       "places where it was captured: of two, the other one tells copies only")
NUMBER(first_ns, IN_RECORDING, "first", "s", SECONDS, flow_first,
       "first event, by the recording's clock")
NUMBER(last_ns, IN_RECORDING, "last", "s", SECONDS, flow_last, "last event")
NUMBER(records, IN_RECORDING, "events", "", PLAIN, flow_records, "events of the flow")
NUMBER(timeline, IN_RECORDING, "timeline", "", PLAIN, flow_timeline,
       "inputs that share a clock share this number")
ROW(opener, IN_RECORDING, "opener", flow_opener, "which end sent the SYN: src or dst")
ROW(congestion_control, IN_RECORDING, "cc", flow_congestion_control,
    "congestion control of its sockets, where the log's header says it (trace --congestion-control)")
NUMBER(lost_markers, IN_RECORDING, "gaps", "", PLAIN, flow_lost_markers,
       "places where the recorder lost events while the flow lived")
FIGURE(lost_events, .name = "lost_events", .section = IN_RECORDING, .heading = "lost", .show = TP_SHOW_PLAIN,
       .use = DATA | TABLE_KERNEL | TABLE_BOTH | TABLE_SOCKETS, .of = TP_OF_FLOW, .way = {WHOLE(flow_lost)},
       .help = "events (of any flow) that the recorder lost while the flow lived")

#undef NUMBER
#undef ROW
#undef IN_RECORDING
#undef IN_CAPTURE
