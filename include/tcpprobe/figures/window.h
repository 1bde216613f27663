/* figures/window.h: the congestion window (snd_cwnd of tcp_probe). See figures/all.h. */

#define IN_WINDOW "Congestion window"
#define STAT(stat, STAT_ID, heading_, help_)                                                         \
    FIGURE(snd_cwnd_##stat, .name = "snd_cwnd_" #stat, .section = IN_WINDOW, .group = "cwnd segs",   \
           .heading = heading_, .show = TP_SHOW_PLAIN, .way = {KERNEL(METRIC(SND_CWND, STAT_ID))},   \
           .help = help_)

STAT(samples, SAMPLES, "samples", "how often it was sampled")
STAT(first_segs, FIRST, "first", "first value")
STAT(last_segs, LAST, "last", "last value")
STAT(p5_segs, P5, "p5", "at or below this for 5 % of the time")
STAT(mean_segs, MEAN, "mean", "mean over time")
STAT(min_segs, MIN, "min", "smallest value")
COMPARED(snd_cwnd_p10_segs, CWND_P10, "cwnd_p10", DIAGNOSTIC, 0.10, 0, .name = "snd_cwnd_p10_segs",
         .title = "Window p10", .section = IN_WINDOW, .group = "cwnd segs", .heading = "p10",
         .unit = "segs", .show = TP_SHOW_PLAIN, .join = TP_JOIN_SUM_OF_ALL,
         .way = {KERNEL(METRIC(SND_CWND, P10))},
         .help = "at or below this for 10 % of the time")
COMPARED(snd_cwnd_p50_segs, CWND_P50, "cwnd_p50", CORE, 0.10, 0, .name = "snd_cwnd_p50_segs",
         .title = "Window p50", .section = IN_WINDOW, .group = "cwnd segs", .heading = "p50",
         .unit = "segs", .show = TP_SHOW_PLAIN, .use = DATA | TABLE_KERNEL | TABLE_BOTH | TABLE_SOCKETS,
         .join = TP_JOIN_SUM_OF_ALL,
         .way = {KERNEL(METRIC(SND_CWND, P50))}, .help = "median over time")
COMPARED(snd_cwnd_p90_segs, CWND_P90, "cwnd_p90", DIAGNOSTIC, 0.10, 0, .name = "snd_cwnd_p90_segs",
         .title = "Window p90", .section = IN_WINDOW, .group = "cwnd segs", .heading = "p90",
         .unit = "segs", .show = TP_SHOW_PLAIN, .join = TP_JOIN_SUM_OF_ALL,
         .way = {KERNEL(METRIC(SND_CWND, P90))},
         .help = "at or below this for 90 % of the time")
STAT(p95_segs, P95, "p95", "at or below this for 95 % of the time")
STAT(p99_segs, P99, "p99", "at or below this for 99 % of the time")
FIGURE(snd_cwnd_max_segs, .name = "snd_cwnd_max_segs", .section = IN_WINDOW, .group = "cwnd segs", .heading = "max",
       .show = TP_SHOW_PLAIN, .use = DATA | TABLE_KERNEL | TABLE_BOTH | TABLE_SOCKETS, .way = {KERNEL(METRIC(SND_CWND, MAX))},
       .help = "largest value")

#undef STAT
#undef IN_WINDOW
