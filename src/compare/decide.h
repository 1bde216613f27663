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
 *    on. All others together go through one permutation test (family.c, permutation.h): every way
 *    to call so many of the runs "base" is tried, and a metric's p is the share of them in which
 *    any metric differs as much. So the more metrics are gated, the harder each of them gets, and
 *    the chance of one false alarm in the role stays alpha.
 * 4. A change is what is significant, large, and no matter of a single run: chance does not explain
 *    it, it reaches the metric's threshold, and where one side has fewer runs it does both without
 *    any one of these. The shift with its interval (shift.h) is shown, and says which metrics are
 *    proved to be the same and how much the others may have moved; it decides nothing.
 * 5. Runs that lie apart from all others (stray.h) are named where an answer may hang on them. They
 *    are never left out: who looks at the labels to choose the runs has no p any more.
 * 6. The verdict (explain.c) of a role is the worst of its rows, that of the comparison the worst
 *    of its roles. A metric that moved by its threshold and did not change is undecided, and so is
 *    the role then, as it is of runs too few for any p below alpha. "No change" says what change is
 *    excluded, and names what was not measured in every run as not tested (sentence.c). Causes are
 *    claims (cause.h); what explain finds of the runs, and how it differs, is told beside them and
 *    decides nothing (reasons.c).
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
    double *scratch;   /* twice as many numbers as there are runs */
    double *distances; /* room for a number of every run */
    bool *strays; /* of every run, those of the base first: does it lie apart in what is tested? */
};

/* May the two sides be compared at all? Sets verdict and why where not. comparable.c */
bool decide_comparable(struct decision *decision);

/* Fills the rows: medians, exact metrics, the test, shifts. 0 or TP_ERR_NOMEM. decide.c */
int decide_rows(struct decision *decision);

/* The test on all rows that are to be tested, and the role's strays. 0 or TP_ERR_NOMEM. family.c */
int decide_family(struct decision *decision);

/* Which way a difference goes. decide.c */
enum tp_change decide_direction(const struct tp_compare_row *row);

/* From the rows to the verdict, and why in one sentence. explain.c */
void decide_verdict(struct decision *decision);

/* note.c: adds the notes. 0 or TP_ERR_NOMEM. */
int note_all(struct tp_comparison *comparison);

#endif
