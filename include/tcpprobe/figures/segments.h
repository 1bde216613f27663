/* figures/segments.h: sizes, pauses and bursts. See figures/all.h. */

#define IN_SEGMENTS "Segments, pauses (packets)"

FIGURE(wire_segment_min_bytes, .name = "wire_segment_min_bytes", .section = IN_SEGMENTS, .heading = "seg min", .unit = "B", .show = TP_SHOW_SI, .way = {PACKETS(WIRE(segment_min_bytes, SENT))},
       .help = "smallest payload of a packet")
FIGURE(wire_segment_mean_bytes, .name = "wire_segment_mean_bytes", .section = IN_SEGMENTS, .heading = "seg mean", .unit = "B", .show = TP_SHOW_SI, .way = {PACKETS(DERIVED(segment_mean))},
       .help = "mean payload of data packets")
FIGURE(wire_segment_p50_bytes, .name = "wire_segment_p50_bytes", .section = IN_SEGMENTS, .heading = "seg p50", .show = TP_SHOW_SI, .way = {PACKETS(METRIC(WIRE_SEGMENT, P50))},
       .help = "median payload of data packets")
METRIC_ROWS(IN_SEGMENTS, wire_gap, us, WIRE_GAP, "gap ms", MS, "pauses between packets")
METRIC_ROWS(IN_SEGMENTS, wire_burst, bytes, WIRE_BURST, "burst", SI, "bursts")

#undef IN_SEGMENTS
