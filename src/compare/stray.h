/* stray.h: runs that lie apart from all others: a disturbed recording, another scenario, something
 * rare.
 *
 * One of them among the base can hide what changed, and one among the new can look like a change of
 * all. The test does without it as far as a test can that does not look at the labels
 * (permutation.h); this finds it, so that the answer can say which run it hangs on.
 *
 * How far a run lies apart in a metric is its distance from the middle of its side, divided by
 *
 *     spread + a quarter of the effect that matters
 *
 * which is the measure of T. The middle is the median of the side; a side of three runs or fewer
 * cannot say where its middle is and takes that of both. The spread is 1.4826 times the median
 * distance of all runs from the median of their own side, which is the standard deviation of normal
 * ones (Hampel 1974), whatever a few of them do. Where more than one and more than a quarter of a
 * side are suspect, it is the side that differs or scatters, and no run lies apart.
 */
#ifndef TCPPROBE_COMPARE_STRAY_H
#define TCPPROBE_COMPARE_STRAY_H

#include <stddef.h>

#define STRAY_LIMIT   5 /* so far out in any metric, a run is a stray ... */
#define STRAY_SUSPECT 2 /* ... and so far, it is not to be relied on in this one */

/* One metric of every run, those of the base first; at least one on each side. */
struct stray_sample {
    const double *values;
    size_t base_count, new_count;
    double effect;   /* that matters; > 0 */
    double *scratch; /* twice as many numbers as there are runs */
};

/* Where the others of a run's side are. */
double stray_middle(const struct stray_sample *sample, size_t run);

/* How far apart each run lies. */
void stray_distances(const struct stray_sample *sample, double *distances);

#endif
