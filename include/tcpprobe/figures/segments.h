/* figures/segments.h: sizes, pauses and bursts. See figures/all.h. */

#define IN_SEGMENTS "Segments, pauses (packets)"

#define METRIC_ROW(metric, stat, ID, STAT_ID, group_, heading_, show_, help_)                           \
    FIGURE(metric##_##stat, .name = #metric "_" #stat, .section = IN_SEGMENTS, .group = group_,                 \
           .heading = heading_, .show = TP_SHOW_##show_, .way = {PACKETS(METRIC(ID, STAT_ID))},         \
           .help = help_)
#define METRIC_ROWS(metric, unit, ID, group, show, of)                                                  \
    METRIC_ROW(metric, samples, ID, SAMPLES, group, "samples", PLAIN, "how often it was sampled")       \
    METRIC_ROW(metric, mean_##unit, ID, MEAN, group, "mean", show, "mean over " of)                     \
    METRIC_ROW(metric, min_##unit, ID, MIN, group, "min", show, "smallest value")                       \
    METRIC_ROW(metric, p50_##unit, ID, P50, group, "p50", show, "median over " of)                      \
    METRIC_ROW(metric, p95_##unit, ID, P95, group, "p95", show, "at or below this for 95 % of the " of) \
    METRIC_ROW(metric, p99_##unit, ID, P99, group, "p99", show, "at or below this for 99 % of the " of) \
    METRIC_ROW(metric, max_##unit, ID, MAX, group, "max", show, "largest value")

FIGURE(wire_segment_min_bytes, .name = "wire_segment_min_bytes", .section = IN_SEGMENTS, .heading = "seg min", .unit = "B", .show = TP_SHOW_SI, .way = {PACKETS(WIRE(segment_min_bytes, SENT))},
       .help = "smallest payload of a packet")
FIGURE(wire_segment_mean_bytes, .name = "wire_segment_mean_bytes", .section = IN_SEGMENTS, .heading = "seg mean", .unit = "B", .show = TP_SHOW_SI, .way = {PACKETS(DERIVED(segment_mean))},
       .help = "mean payload of data packets")
FIGURE(wire_segment_p50_bytes, .name = "wire_segment_p50_bytes", .section = IN_SEGMENTS, .heading = "seg p50", .show = TP_SHOW_SI, .way = {PACKETS(METRIC(WIRE_SEGMENT, P50))},
       .help = "median payload of data packets")
METRIC_ROWS(wire_gap, us, WIRE_GAP, "gap ms", MS, "pauses between packets")
METRIC_ROWS(wire_burst, bytes, WIRE_BURST, "burst", SI, "bursts")

#undef METRIC_ROWS
#undef METRIC_ROW
#undef IN_SEGMENTS
