/* sampled.h: the figures of metrics of kind SAMPLE, each of whose samples counts the same: those
 * that sockets' events give, and those of a user of the library. (Those of packets, which are many
 * and partly had from sums: packets.h.)
 *
 * It begins with the first sample: an end without any has nothing of it.
 */
#ifndef TCPPROBE_ANALYZE_SAMPLED_H
#define TCPPROBE_ANALYZE_SAMPLED_H

#include "analyze/tally.h"

/* One metric of one end of a flow. */
struct tp_sampled {
    struct tp_dist dist; /* of values in 1 / per_unit, rounded */
    uint64_t samples;
    double sum, first, last, min, max;
    uint32_t per_unit;
    uint8_t metric; /* enum tp_metric_id, or a user's own number */
    bool beyond;    /* a value has no place in dist: quantiles are not known */
};

struct tp_sampled_list {
    struct tp_sampled *list; /* one for each metric that was sampled */
    uint8_t count, allocated;
};

/* TP_METRIC_BIT()s of the metrics that are kept so whoever samples them: to add one is a row. */
uint64_t tp_sampled_metrics(void);

/* On failure nothing is lost but this sample. The value is no NAN. */
int tp_sampled_add(struct tp_sampled_list *sampled, unsigned metric, uint32_t per_unit,
                   double value, struct tp_tally_shape *shape);
/* Rounds all values as the shape says. */
void tp_sampled_coarsen(struct tp_sampled_list *sampled, struct tp_tally_shape *shape);
/* Keeps the usual quantiles only. */
void tp_sampled_digest(struct tp_sampled_list *sampled, struct tp_tally_shape *shape);
void tp_sampled_release(struct tp_sampled_list *sampled, struct tp_tally_shape *shape);

/* False where there is no sample; sampled may be NULL. */
bool tp_sampled_summary(const struct tp_sampled_list *sampled, unsigned metric,
                        struct tp_summary *summary);
bool tp_sampled_quantiles(const struct tp_sampled_list *sampled, unsigned metric, const double *p,
                          double *values, size_t count);

#endif
