/* sample.h: the values that one metric of one role has in the runs of both sides. */
#ifndef TCPPROBE_COMPARE_SAMPLE_H
#define TCPPROBE_COMPARE_SAMPLE_H

#include <tcpprobe/compare.h>

/* No metric comes near it; the squares of larger numbers do not add up. NAN and infinities are
 * beyond it too. */
#define SAMPLE_MAX 1e100

struct sample {
    double *values;               /* of the runs that have one, those of the base first */
    size_t base_count, new_count; /* that have one */
};

/* The role of a run, NULL if it has none of that name. */
const struct tp_run_role *run_role(const struct tp_run *run, const char *name);

/* Gathers them; room holds base_runs + new_runs numbers of the comparison. */
struct sample sample_gather(const struct tp_comparison *comparison, const char *role,
                            enum tp_compare_id metric, double *room);

void sample_sort(double *values, size_t count); /* ascending; none is NAN */

/* NAN of none. Sorts a copy in scratch, which holds count numbers. */
double sample_median(const double *values, size_t count, double *scratch);

/* Does `fresh` differ from `base` by at least every threshold of the metric that is not 0? */
bool sample_reaches(double base, double fresh, double relative, double absolute);

/* The thresholds as one difference in the metric's unit, above that base. */
double sample_threshold(double base, double relative, double absolute);

#endif
