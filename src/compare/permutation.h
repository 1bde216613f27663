/* permutation.h: did any of these metrics change between two groups of runs?
 *
 * The exact max-T permutation test (Westfall & Young 1993, ch. 2): the runs are relabelled in every
 * possible way, and a metric's adjusted p is the share of labellings in which any metric differs
 * at least as much as this one did. That holds the family-wise error over all metrics at once,
 * uses their correlation and assumes no distribution; what it needs is that runs are exchangeable
 * if nothing changed: independent, on one machine, in mixed order.
 *
 * The statistic of a metric is
 *
 *     T = |mean of new - mean of base| / (s * sqrt(1/n + 1/m) + s0)
 *
 * with s the pooled standard deviation within the groups and s0 a quarter of the effect that
 * matters, which keeps metrics that hardly vary from dividing by nothing.
 *
 * Values are winsorized first (Tukey 1962): at either end of all runs the furthest out counts as
 * much as the next one; of 40 runs two do, of 60 three, but never as many as the smaller side has.
 * Labels have no part in that, so the test stays exact, and one stray run, however far out, neither
 * swells s nor makes the labellings that it leads look extreme. Beside a single run nothing is
 * drawn in: then one that lies further out than the new one is as good a reason as that.
 *
 * Where one side is smaller, a stray of that side is a big part of it, and the test, which does not
 * know of strays, calls that a change too often. So it also says whether T reaches the same height
 * without any one run of the smaller side: what a single run does is not what all of them do.
 */
#ifndef TCPPROBE_COMPARE_PERMUTATION_H
#define TCPPROBE_COMPARE_PERMUTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Every labelling is looked at as long as there are no more than these (10 against 10 runs); where
 * there are more, so many from a fixed sequence, the real one among them. */
#define PERMUTATION_CAP    184756
#define PERMUTATION_SAMPLE 20000

struct permutation_metric {
    const double *values; /* of every run, those of the base first; finite */
    double effect;        /* that matters, in the metric's unit; > 0 */
    double p;             /* filled in: adjusted for all metrics */
    double detectable;    /* filled in: least shift that would have been found, see below */
    bool holds;           /* filled in: T is as rare without any one run of the smaller side; true
                             where the sides are alike or the smaller one has one run */
};

struct permutation {
    struct permutation_metric *metrics;
    size_t metric_count;
    size_t base_count, new_count; /* runs */
    uint64_t labellings;          /* filled in: that were looked at */
    bool exact;                   /* filled in: these are all there are */
};

/* The smallest p that so many runs can give: 1/C(n+m, n), twice that where n = m, because a
 * labelling and its mirror image differ equally. 1 where a side has no run. */
double permutation_least_p(size_t base_count, size_t new_count);

/* Fills in p and detectable of each metric. detectable: the least shift of that metric alone which
 * would reach `alpha` with the spread that was observed, from the quantile of the maximum of all
 * T; INFINITY where no shift can. The same input gives the same answer on every machine and in
 * every run. Returns 0 or TP_ERR_NOMEM. */
int permutation_test(struct permutation *test, double alpha);

#endif
