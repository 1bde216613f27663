/* run.h: from the flows of a finished analysis to the numbers of a run. */
#ifndef TCPPROBE_COMPARE_RUN_H
#define TCPPROBE_COMPARE_RUN_H

#include "compare/collect.h"

/* The data that one end of a flow sent. */
struct sender {
    const struct tp_flow *flow;
    unsigned end;
    const struct tp_analysis *analysis;
    const struct tp_side *side;         /* NULL: only its packets are known */
    const struct tp_wire *wire;         /* NULL: only kernel events are known */
    const struct collected *collected;  /* NULL: nothing was gathered */
    int64_t first_ns, last_ns;          /* of its samples */
};

/* Fills it; false if that origin says nothing of the end. */
bool sender_open(struct sender *sender, const struct tp_analysis *analysis,
                 const struct tp_run_collector *collector, const struct tp_flow *flow,
                 unsigned end, enum tp_origin origin);
uint64_t sender_bytes(const struct sender *sender, enum tp_origin origin); /* acknowledged */

/* One number of one sender in the metric's unit; NAN where it was not measured, or where it is made
 * of others only. run_values.c */
double sender_value(const struct sender *sender, enum tp_origin origin, enum tp_compare_id metric);

/* Fills the values of a role from its senders. scratch holds twice count numbers. run_role.c */
void role_values(struct tp_run_role *role, const struct sender *senders, size_t count,
                 enum tp_origin origin, double *scratch);

/* Fills its quantiles and lines. Returns 0 or TP_ERR_NOMEM. run_lines.c */
int role_distributions(struct tp_run_role *role, const struct sender *senders, size_t count,
                       enum tp_origin origin);

#endif
