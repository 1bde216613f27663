/* shift.h: by how much one group of runs lies above another.
 *
 * Hodges & Lehmann 1963: the median of all differences between a new run and a base run; its
 * interval from the order statistics of these differences at the critical values of the exact
 * Mann-Whitney distribution (Hollander & Wolfe, Nonparametric Statistical Methods, 4.2-4.3). For
 * display: it decides nothing.
 */
#ifndef TCPPROBE_COMPARE_SHIFT_H
#define TCPPROBE_COMPARE_SHIFT_H

#include <stdbool.h>
#include <stddef.h>

struct shift {
    double estimate;   /* not the difference of the medians */
    bool has_interval; /* there are runs enough for the confidence that was asked for */
    double low, high;
    double confidence; /* that the interval has: at least what was asked for */
};

/* The counts from which the Mann-Whitney distribution is taken as normal. */
#define SHIFT_EXACT_RUNS 50

/* Of finite values, at least one on each side. Returns 0 or TP_ERR_NOMEM. */
int shift_of(const double *base, size_t base_count, const double *fresh, size_t fresh_count,
             double confidence, struct shift *shift);

#endif
