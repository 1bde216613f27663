/* figures/windows.h: windows and bytes in flight. See figures/all.h. */

#define IN_WINDOWS "Windows, in flight"

/* Bytes in flight as the sender knows them (snd_nxt - snd_una when a segment arrives) or as packets
 * show them (sent and not yet acknowledged). */
#define INFLIGHT(name_, STAT_ID, heading_, use_, help_)                                                 \
    FIGURE(name_, .name = #name_, .section = IN_WINDOWS, .group = "in flight", .heading = heading_,     \
           .show = TP_SHOW_SI, .use = use_,                                                             \
           .way = {KERNEL(METRIC(INFLIGHT, STAT_ID)), PACKETS(METRIC(WIRE_INFLIGHT, STAT_ID), .use = (use_) & DATA)}, .help = help_)

COMPARED(inflight_mean_bytes, INFLIGHT, "inflight", CORE, 0.10, 0, .name = "inflight_mean_bytes",
         .title = "In flight", .section = IN_WINDOWS, .group = "in flight", .heading = "mean",
         .unit = "B", .show = TP_SHOW_SI, .join = TP_JOIN_SUM_OF_ALL,
         .way = {KERNEL(METRIC(INFLIGHT, MEAN)), PACKETS(METRIC(WIRE_INFLIGHT, MEAN))},
         .help = "mean over time of the bytes sent and not yet acknowledged")
INFLIGHT(inflight_min_bytes, MIN, "min", 0, "fewest of them")
INFLIGHT(inflight_p50_bytes, P50, "p50", DATA | TABLE_PACKETS, "median over time of the bytes sent and not yet acknowledged")
FIGURE(inflight_max_bytes, .name = "inflight_max_bytes", .section = IN_WINDOWS, .group = "in flight", .heading = "max",
       .show = TP_SHOW_SI, .use = DATA | TABLE_PACKETS,
       .way = {KERNEL(METRIC(INFLIGHT, MAX)), PACKETS(WIRE(outstanding_max_bytes, FLIGHT), .use = DATA)}, .help = "most of them")
INFLIGHT(inflight_p95_bytes, P95, "p95", 0, "at or below this for 95 % of the time")
INFLIGHT(inflight_p99_bytes, P99, "p99", 0, "at or below this for 99 % of the time")
FIGURE(wire_inflight_samples, .name = "wire_inflight_samples", .section = IN_WINDOWS, .group = "in flight", .heading = "samples", .show = TP_SHOW_PLAIN, .way = {PACKETS(METRIC(WIRE_INFLIGHT, SAMPLES))},
       .help = "how often bytes sent and not yet acknowledged were counted")
FIGURE(wire_outstanding_min_bytes, .name = "wire_outstanding_min_bytes", .section = IN_WINDOWS, .heading = "min", .unit = "B", .show = TP_SHOW_SI, .way = {PACKETS(WIRE(outstanding_min_bytes, FLIGHT))},
       .help = "fewest of them right after a packet of new data")
FIGURE(wire_outstanding_mean_bytes, .name = "wire_outstanding_mean_bytes", .section = IN_WINDOWS, .heading = "mean", .unit = "B", .show = TP_SHOW_SI, .way = {PACKETS(DERIVED(flight_mean))},
       .help = "mean over packets of new data")
METRIC_ROWS(IN_WINDOWS, wire_pipe, bytes, WIRE_PIPE, "pipe", SI, "time")
METRIC_ROWS(IN_WINDOWS, wire_rwnd, bytes, WIRE_RWND, "window", SI, "time")
FIGURE(wire_window_min_bytes, .name = "wire_window_min_bytes", .section = IN_WINDOWS, .heading = "win min", .unit = "B", .show = TP_SHOW_SI, .way = {PACKETS(WIRE(window_min_bytes, WINDOWS))},
       .help = "smallest window that it advertised, those of 0 left out")
FIGURE(wire_window_mean_bytes, .name = "wire_window_mean_bytes", .section = IN_WINDOWS, .heading = "win mean", .unit = "B", .show = TP_SHOW_SI, .way = {PACKETS(DERIVED(window_mean))},
       .help = "mean over its packets of the window that it advertised, those of 0 left out")
FIGURE(wire_window_max_bytes, .name = "wire_window_max_bytes", .section = IN_WINDOWS, .heading = "win max", .unit = "B", .show = TP_SHOW_SI, .way = {PACKETS(WIRE(window_max_bytes, WINDOWS))},
       .help = "largest window that it advertised, those of 0 left out")
FIGURE(wire_zero_windows, .name = "wire_zero_windows", .section = IN_WINDOWS, .heading = "zero", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(zero_windows, SEEN))},
       .help = "packets that advertised a window of 0")
FIGURE(wire_window_probes, .name = "wire_window_probes", .section = IN_WINDOWS, .heading = "probes", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(window_probes, SEEN))},
       .help = "probes of its peer's closed window")
FIGURE(wire_window_probe_bytes, .name = "wire_window_probe_bytes", .section = IN_WINDOWS, .heading = "probes", .unit = "B", .show = TP_SHOW_SI, .way = {PACKETS(TROUBLE(window_probe_bytes, SEEN))},
       .help = "payload of these")

#undef INFLIGHT
#undef IN_WINDOWS
