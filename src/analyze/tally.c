/* tally.c: the figures of one quantity. A value that does not change costs an addition. */
#include "analyze/tally.h"

void tp_tally_init(struct tp_tally *tally, const struct tp_tally_shape *shape)
{
    *tally = (struct tp_tally){0};
    tp_dist_init(&tally->dist);
    tp_dist_coarsen(&tally->dist, shape->keep_bits);
}

int tp_tally_copy(struct tp_tally *tally, const struct tp_tally *other,
                  struct tp_tally_shape *shape)
{
    struct tp_dist dist;

    tp_dist_init(&dist);
    tp_dist_coarsen(&dist, shape->keep_bits);
    if (tp_dist_merge(&dist, &other->dist) < 0) {
        tp_dist_release(&dist);
        return TP_ERR_NOMEM;
    }
    *tally = *other;
    tally->dist = dist;
    shape->bytes += tp_dist_bytes(&dist);
    return TP_OK;
}

/* What the pending weight adds up to. */
static void close_pending(struct tp_tally *tally)
{
    tally->weighted_sum += (double)tally->last * (double)(int64_t)tally->pending_ns;
    tally->pending_ns = 0;
}

int tp_tally_settle(struct tp_tally *tally, struct tp_tally_shape *shape)
{
    size_t before = tp_dist_bytes(&tally->dist);

    if (!tally->pending_ns)
        return TP_OK;
    if (tp_dist_add_expected(&tally->dist, tally->last, tally->pending_ns) < 0)
        return TP_ERR_NOMEM;
    close_pending(tally);
    shape->bytes += tp_dist_bytes(&tally->dist) - before;
    return TP_OK;
}

/* The first value, or one that the distribution must make room for. */
static int begin(struct tp_tally *tally, uint32_t value, struct tp_tally_shape *shape)
{
    if (tp_tally_settle(tally, shape) < 0)
        return TP_ERR_NOMEM;
    if (!tally->samples)
        tally->first = tally->min = tally->max = value;
    tp_dist_expect(&tally->dist, value);
    return TP_OK;
}

int tp_tally_change(struct tp_tally *tally, uint32_t value, struct tp_tally_shape *shape)
{
    if (tally->pending_ns && tp_dist_turn(&tally->dist, tally->last, tally->pending_ns, value))
        close_pending(tally);
    else if (begin(tally, value, shape) < 0)
        return TP_ERR_NOMEM;
    if (value < tally->min)
        tally->min = value;
    if (value > tally->max)
        tally->max = value;
    tally->last = value;
    tally->samples++;
    return TP_OK;
}

int tp_tally_count(struct tp_tally *tally, uint32_t value, struct tp_tally_shape *shape)
{
    if (tp_tally_set(tally, value, shape) < 0)
        return TP_ERR_NOMEM;
    tally->pending_ns++;
    return TP_OK;
}

void tp_tally_coarsen(struct tp_tally *tally, struct tp_tally_shape *shape)
{
    shape->bytes -= tp_dist_bytes(&tally->dist);
    tp_dist_coarsen(&tally->dist, shape->keep_bits);
    shape->bytes += tp_dist_bytes(&tally->dist);
}

void tp_tally_digest(struct tp_tally *tally, struct tp_tally_shape *shape)
{
    if (tp_tally_settle(tally, shape) < 0)
        return; /* without memory it stays as it is */
    shape->bytes -= tp_dist_bytes(&tally->dist);
    tp_dist_digest(&tally->dist);
    shape->bytes += tp_dist_bytes(&tally->dist);
}

void tp_tally_release(struct tp_tally *tally, struct tp_tally_shape *shape)
{
    shape->bytes -= tp_dist_bytes(&tally->dist);
    tp_dist_release(&tally->dist);
}

/* --- questions ------------------------------------------------------------------------------ */

/* A rounded value may lie beyond all that were measured. */
static double clamp(double value, const struct tp_tally *tally)
{
    return value < tally->min ? tally->min : value > tally->max ? tally->max : value;
}

/* The last value's time may still be open: a copy closes it. */
static bool quantiles(const struct tp_tally *tally, const double *p, double *values, size_t count)
{
    struct tp_dist closed;
    bool known;

    if (!tally->pending_ns)
        return tp_dist_quantiles(&tally->dist, p, values, count);
    tp_dist_init(&closed);
    tp_dist_coarsen(&closed, tally->dist.keep_bits);
    known = tp_dist_merge(&closed, &tally->dist) == TP_OK &&
            tp_dist_add(&closed, tally->last, tally->pending_ns) == TP_OK &&
            tp_dist_quantiles(&closed, p, values, count);
    tp_dist_release(&closed);
    return known;
}

bool tp_tally_quantiles(const struct tp_tally *tally, const double *p, double *values, size_t count)
{
    bool held = tally->dist.total || tally->pending_ns;
    size_t k;

    if (!tally->samples)
        return false;
    if (held && !quantiles(tally, p, values, count))
        return false;
    for (k = 0; k < count; k++) /* where no time passed, the last sample is what held */
        values[k] = held ? clamp(values[k], tally) : tally->last;
    return true;
}

double tp_tally_mean(const struct tp_tally *tally)
{
    double sum = tally->weighted_sum + (double)tally->last * (double)tally->pending_ns;
    uint64_t total = tally->dist.total + tally->pending_ns;

    return total ? sum / (double)total : tally->last;
}
