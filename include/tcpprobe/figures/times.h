/* figures/times.h: round-trip times, by how they were measured. See figures/all.h. */

#define IN_TIMES "Round-trip times (packets)"

/* Times that were added up: of samples, or of what is no sample of a metric. */
#define SUM(name_, stat, WHICH, STAT_ID, help_)                                                         \
    FIGURE(name_##_##stat##_us, .name = #name_ "_" #stat "_us", .section = IN_TIMES, .heading = #stat,        \
           .unit = "ms", .show = TP_SHOW_MS, .way = {PACKETS(RTT_SUM(WHICH, STAT_ID))}, .help = help_)
#define SUMS(name, WHICH)                                                                               \
    SUM(name, min, WHICH, MIN, "shortest")                                                              \
    SUM(name, mean, WHICH, MEAN, "mean")                                                                \
    SUM(name, max, WHICH, MAX, "longest")                                                               \
    SUM(name, stdev, WHICH, STDEV, "standard deviation")
#define RTT_SAMPLES(name_, WHICH)                                                                       \
    FIGURE(name_##_samples, .name = #name_ "_samples", .section = IN_TIMES, .heading = "samples",       \
           .show = TP_SHOW_PLAIN, .way = {PACKETS(RTT_SUM(WHICH, SAMPLES))}, .help = "number of samples") \
    SUMS(name_, WHICH)                                                                                  \
    FIGURE(name_##_p50_us, .name = #name_ "_p50_us", .section = IN_TIMES, .heading = "p50",             \
           .show = TP_SHOW_MS, .way = {PACKETS(METRIC(RTT_##WHICH, P50))}, .help = "median of the samples") \
    FIGURE(name_##_p95_us, .name = #name_ "_p95_us", .section = IN_TIMES, .heading = "p95",             \
           .show = TP_SHOW_MS, .way = {PACKETS(METRIC(RTT_##WHICH, P95))},                              \
           .help = "at or below this are 95 % of the samples")

RTT_SAMPLES(rtt_ack, ACK)
RTT_SAMPLES(rtt_sack, SACK)
RTT_SAMPLES(rtt_ts, TS)
METRIC_ROW(IN_TIMES, wire_srtt, samples, WIRE_SRTT, SAMPLES, "srtt ms", "samples", PLAIN, "how often it was sampled")
METRIC_ROW(IN_TIMES, wire_srtt, mean_us, WIRE_SRTT, MEAN, "srtt ms", "mean", MS, "mean over time")
METRIC_ROW(IN_TIMES, wire_srtt, min_us, WIRE_SRTT, MIN, "srtt ms", "min", MS, "smallest value")
METRIC_ROW(IN_TIMES, wire_srtt, max_us, WIRE_SRTT, MAX, "srtt ms", "max", MS, "largest value")
METRIC_ROW(IN_TIMES, wire_srtt, p50_us, WIRE_SRTT, P50, "srtt ms", "p50", MS, "median over time")
METRIC_ROW(IN_TIMES, wire_srtt, p95_us, WIRE_SRTT, P95, "srtt ms", "p95", MS, "at or below this for 95 % of the time")
METRIC_ROW(IN_TIMES, wire_srtt, p99_us, WIRE_SRTT, P99, "srtt ms", "p99", MS, "at or below this for 99 % of the time")
FIGURE(wire_covered_acks, .name = "wire_covered_acks", .section = IN_TIMES, .heading = "covered", .show = TP_SHOW_PLAIN, .way = {PACKETS(WIRE(covered_acks, ACKED))},
       .help = "segments acknowledged together with later ones")
FIGURE(wire_ambiguous_acks, .name = "wire_ambiguous_acks", .section = IN_TIMES, .heading = "ambig", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(ambiguous_acks, ACKED))},
       .help = "ACKs that end at a segment sent again: no RTT sample (Karn)")
SUMS(rtt_resent, RESENT)
FIGURE(wire_post_loss_acks, .name = "wire_post_loss_acks", .section = IN_TIMES, .heading = "post-loss", .show = TP_SHOW_PLAIN, .way = {PACKETS(TROUBLE(post_loss_acks, ACKED))},
       .help = "ACKs that give no RTT sample because something below was sent again")

#undef RTT_SAMPLES
#undef SUMS
#undef SUM
#undef IN_TIMES
