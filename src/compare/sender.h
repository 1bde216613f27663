/* sender.h: the data that one end of a flow sent, and its figures. */
#ifndef TCPPROBE_COMPARE_SENDER_H
#define TCPPROBE_COMPARE_SENDER_H

#include <tcpprobe/compare.h>

struct sender {
    struct tp_sheet sheet;
    const struct tp_flow *flow;
    unsigned end;    /* the bulk sender */
    unsigned origin; /* whose goodput it is: enum tp_origin, TP_FROM_PEER or TP_FROM_SOCKET */
    int64_t first_ns, last_ns; /* of the transfer, as that origin saw it */
};

/* Fills it; false if nothing is known of what was carried. base_ns: what start_ns counts from. */
bool sender_open(struct sender *sender, const struct tp_analysis *analysis,
                 const struct tp_flow *flow, int64_t base_ns);
/* Is it known to have carried less than that? */
bool sender_is_small(struct sender *sender, uint64_t bytes);
/* May it have carried more, and for longer, than was seen? */
bool sender_may_be_more(struct sender *sender);

/* One number of one sender in the metric's unit; NAN where it was not measured. */
double sender_value(struct sender *sender, enum tp_compare_id metric);

/* Samples over time of what it carried; NULL where none were kept. */
const struct tp_series *sender_carried(const struct sender *sender);

/* Fills the values of a role from its senders. scratch holds twice count numbers. */
void role_values(struct tp_run_role *role, struct sender *senders, size_t count, double *scratch);

/* Fills its quantiles and lines. Returns 0 or TP_ERR_NOMEM. run_lines.c */
int role_distributions(struct tp_run_role *role, const struct sender *senders, size_t count);

#endif
