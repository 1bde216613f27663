/* sampled.c: the figures of sampled metrics. What adds up is kept as it came; only the distribution
 * behind the quantiles is of whole numbers of 32 bits. */
#include <math.h>
#include <stdlib.h>

#include "analyze/sampled.h"
#include "base/list.h"

#define SAMPLED_FIRST 2

uint64_t tp_sampled_metrics(void)
{
    uint64_t metrics = 0;
    unsigned metric;

    for (metric = 0; metric < TP_METRIC_IDS; metric++)
        if (tp_metrics[metric].kind == TP_METRIC_SAMPLE)
            metrics |= UINT64_C(1) << metric;
    return metrics & TP_METRICS_OF_SOCKETS;
}

static struct tp_sampled *find(const struct tp_sampled_list *sampled, unsigned metric)
{
    unsigned i;

    for (i = 0; sampled && i < sampled->count; i++)
        if (sampled->list[i].metric == metric)
            return &sampled->list[i];
    return NULL;
}

/* NULL: out of memory. */
static struct tp_sampled *begin(struct tp_sampled_list *sampled, unsigned metric, uint32_t per_unit,
                                double first, const struct tp_tally_shape *shape)
{
    struct tp_sampled *one;

    if (!TP_LIST_ROOM(sampled->list, sampled->count, sampled->allocated, SAMPLED_FIRST))
        return NULL;
    one = &sampled->list[sampled->count++];
    *one = (struct tp_sampled){.metric = (uint8_t)metric,
                               .per_unit = per_unit,
                               .first = first,
                               .min = first,
                               .max = first};
    tp_dist_init(&one->dist);
    tp_dist_coarsen(&one->dist, shape->keep_bits);
    return one;
}

static int add_to_dist(struct tp_sampled *one, double value, struct tp_tally_shape *shape)
{
    double ticks = value * one->per_unit;
    size_t before = tp_dist_bytes(&one->dist);

    if (!(ticks >= 0 && ticks < (double)UINT32_MAX)) {
        one->beyond = true;
        return TP_OK;
    }
    if (tp_dist_add(&one->dist, (uint32_t)llround(ticks), 1) < 0)
        return TP_ERR_NOMEM;
    shape->bytes += tp_dist_bytes(&one->dist) - before;
    return TP_OK;
}

int tp_sampled_add(struct tp_sampled_list *sampled, unsigned metric, uint32_t per_unit,
                   double value, struct tp_tally_shape *shape)
{
    struct tp_sampled *one = find(sampled, metric);

    if (!one)
        one = begin(sampled, metric, per_unit, value, shape);
    if (!one || add_to_dist(one, value, shape) < 0)
        return TP_ERR_NOMEM;
    one->samples++;
    one->sum += value;
    one->last = value;
    one->min = fmin(one->min, value);
    one->max = fmax(one->max, value);
    return TP_OK;
}

/* --- memory --------------------------------------------------------------------------------- */

void tp_sampled_coarsen(struct tp_sampled_list *sampled, struct tp_tally_shape *shape)
{
    unsigned i;

    for (i = 0; i < sampled->count; i++) {
        shape->bytes -= tp_dist_bytes(&sampled->list[i].dist);
        tp_dist_coarsen(&sampled->list[i].dist, shape->keep_bits);
        shape->bytes += tp_dist_bytes(&sampled->list[i].dist);
    }
}

void tp_sampled_digest(struct tp_sampled_list *sampled, struct tp_tally_shape *shape)
{
    unsigned i;

    for (i = 0; i < sampled->count; i++) {
        shape->bytes -= tp_dist_bytes(&sampled->list[i].dist);
        tp_dist_digest(&sampled->list[i].dist);
        shape->bytes += tp_dist_bytes(&sampled->list[i].dist);
    }
}

void tp_sampled_release(struct tp_sampled_list *sampled, struct tp_tally_shape *shape)
{
    unsigned i;

    for (i = 0; i < sampled->count; i++) {
        shape->bytes -= tp_dist_bytes(&sampled->list[i].dist);
        tp_dist_release(&sampled->list[i].dist);
    }
    free(sampled->list);
    *sampled = (struct tp_sampled_list){0};
}

/* --- questions ------------------------------------------------------------------------------ */

bool tp_sampled_summary(const struct tp_sampled_list *sampled, unsigned metric,
                        struct tp_summary *summary)
{
    const struct tp_sampled *one = find(sampled, metric);

    if (!one || !one->samples)
        return false;
    *summary = (struct tp_summary){one->samples, one->first, one->last,
                                   one->min,     one->max,   one->sum / (double)one->samples};
    return true;
}

bool tp_sampled_quantiles(const struct tp_sampled_list *sampled, unsigned metric, const double *p,
                          double *values, size_t count)
{
    const struct tp_sampled *one = find(sampled, metric);
    size_t k;

    if (!one || one->beyond || !tp_dist_quantiles(&one->dist, p, values, count))
        return false;
    for (k = 0; k < count; k++) /* a rounded value may lie beyond all that were measured */
        values[k] = fmin(fmax(values[k] / one->per_unit, one->min), one->max);
    return true;
}
