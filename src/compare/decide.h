/* decide.h: the steps from gathered values to a verdict on one role. */
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

/* note.c: sets the note. */
void note_kernels(struct tp_comparison *comparison);

#endif
