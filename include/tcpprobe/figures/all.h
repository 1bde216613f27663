/* figures/all.h: the table of figures: every number that is said of a flow, once.
 *
 * Not a header of its own: who includes it says what a row is for, by defining
 *
 *     FIGURE(name, ...)                                           a number
 *     COMPARED(name, ID, word, CLASS, relative, absolute, ...)    one that tcpprobe compare looks at
 *
 * where ... are the members of struct tp_figure (figure.h); both are undefined at the end. To add a
 * number, add a row: then it is a column of `flows` with its peer_, kernel_ and wire_ forms, a word
 * of --sort and --role, in JSON, CSV and the manual page, and, as COMPARED, in `compare` and its
 * baselines: CLASS and the two thresholds are those of struct tp_compare_metric (compare.h), word
 * is what compare calls it. A definition says in its help what is counted, and where it is from.
 *
 * A row that can be told by several origins (.way) says the best of them under its own name, and
 * each by itself as kernel_NAME, wire_NAME, received_NAME, or as .as spells it.
 */

/* The statistics of a metric of packets. */
#define METRIC_ROW(in, metric, stat, ID, STAT_ID, group_, heading_, show_, help_)                      \
    FIGURE(metric##_##stat, .name = #metric "_" #stat, .section = in, .group = group_,                 \
           .heading = heading_, .show = TP_SHOW_##show_, .way = {PACKETS(METRIC(ID, STAT_ID))},        \
           .help = help_)
#define METRIC_ROWS(in, metric, unit, ID, group, show, of)                                             \
    METRIC_ROW(in, metric, samples, ID, SAMPLES, group, "samples", PLAIN, "how often it was sampled")  \
    METRIC_ROW(in, metric, mean_##unit, ID, MEAN, group, "mean", show, "mean over " of)                \
    METRIC_ROW(in, metric, min_##unit, ID, MIN, group, "min", show, "smallest value")                  \
    METRIC_ROW(in, metric, p50_##unit, ID, P50, group, "p50", show, "median over " of)                 \
    METRIC_ROW(in, metric, p95_##unit, ID, P95, group, "p95", show,                                    \
               "at or below this for 95 % of the " of)                                                 \
    METRIC_ROW(in, metric, p99_##unit, ID, P99, group, "p99", show,                                    \
               "at or below this for 99 % of the " of)                                                 \
    METRIC_ROW(in, metric, max_##unit, ID, MAX, group, "max", show, "largest value")

#include <tcpprobe/figures/flow.h>
#include <tcpprobe/figures/transfer.h>
#include <tcpprobe/figures/window.h>
#include <tcpprobe/figures/course.h>
#include <tcpprobe/figures/kernel.h>
#include <tcpprobe/figures/packets.h>
#include <tcpprobe/figures/handshake.h>
#include <tcpprobe/figures/times.h>
#include <tcpprobe/figures/losses.h>
#include <tcpprobe/figures/windows.h>
#include <tcpprobe/figures/segments.h>
#include <tcpprobe/figures/limits.h>
#include <tcpprobe/figures/account.h>
#include <tcpprobe/figures/socket.h>
#include <tcpprobe/figures/recording.h>
#undef METRIC_ROWS
#undef METRIC_ROW
#undef FIGURE
#undef COMPARED
