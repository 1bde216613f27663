/* decide.h: the steps from gathered values to a verdict on one role.
 *
 * How this room works
 *
 * Whether congestion control behaves differently now is asked of runs: recordings of the same
 * traffic on the same path, some before and some after. The samples inside of a run depend on each
 * other, so a run gives one number a metric and no more; the runs are what is independent, and
 * their number is what limits what can be known. From there:
 *
 * 1. A run (run.c) is the flows of a recording by role: what they are for, told by port and
 *    direction or by the user's words (roles.h). Of each role the metrics are one number each, NAN
 *    where nothing measured it. A baseline file holds runs and nothing else (baseline.h).
 * 2. May they be compared (comparable.c)? What is a property of the path (base RTT, segment size,
 *    duration, number of flows) must agree, no recording may have lost events, and kernel events
 *    are not compared with captures. Otherwise the answer is "not comparable", whatever the
 *    numbers.
 * 3. Each metric is put into a row (decide.c). Exact metrics, which are the same in every run of
 *    one kind (initial window, factor of decrease), are decided by their tolerance, from one run
 *    on. All others together go through one permutation test (permutation.h): every way to call so
 *    many of the runs "base" is tried, and a metric's p is the share of them in which any metric
 *    differs as much. So the more metrics are gated, the harder each of them gets, and the chance
 *    of one false alarm in the role stays alpha.
 * 4. A change is what is significant and large: chance does not explain it and it reaches the
 *    metric's threshold. Either alone is none. The shift with its interval (shift.h) is shown and
 *    says which metrics are proved to be the same; it decides nothing.
 * 5. The verdict (explain.c) of a role is the worst of its rows, that of the comparison the worst
 *    of its roles. "No change" is said only if a change could have been found: runs too few for
 *    any p below alpha are "undecided", and what was not measured in every run is named as not
 *    tested.
 *
 * Nothing is random and no order of runs, roles or threads shows in the result; swapping the sides
 * swaps the signs and no p. The reports (report.h) say what stands in struct tp_comparison and
 * calculate nothing.
 */
#ifndef TCPPROBE_COMPARE_DECIDE_H
#define TCPPROBE_COMPARE_DECIDE_H

#include "compare/sample.h"

/* One role on its way to its verdict. */
struct decision {
    const struct tp_comparison *comparison;
    const struct tp_compare_options *options;
    struct tp_compare_role *role;
    struct sample samples[TP_COMPARE_IDS];
    double *scratch; /* as many numbers as there are runs */
};

/* May the two sides be compared at all? Sets verdict and why where not. comparable.c */
bool decide_comparable(struct decision *decision);

/* Fills the rows: medians, exact metrics, the test, shifts. 0 or TP_ERR_NOMEM. decide.c */
int decide_rows(struct decision *decision);

/* From the rows to the verdict, and why in one sentence. explain.c */
void decide_verdict(struct decision *decision);

/* note.c: adds the notes. 0 or TP_ERR_NOMEM. */
int note_all(struct tp_comparison *comparison);

#endif
