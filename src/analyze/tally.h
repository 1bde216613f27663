/* tally.h: the figures of one quantity over a longer life: its distribution and what adds up. */
#ifndef TCPPROBE_ANALYZE_TALLY_H
#define TCPPROBE_ANALYZE_TALLY_H

#include <tcpprobe/analyze.h>

#include "base/arena.h"

/* As large as a line of the cache. */
struct tp_tally {
    struct tp_dist dist; /* expects last */
    uint64_t samples;
    uint64_t pending_ns; /* weight of `last` that is not yet in dist */
    double weighted_sum; /* value * weight, of what is in dist */
    uint32_t first, last, min, max;
};

/* What all distributions of an analysis share. */
struct tp_tally_shape {
    size_t bytes;           /* that they have allocated */
    unsigned keep_bits;     /* for new ones */
    struct tp_arena *arena; /* borrowed: what states take their memory from */
};

void tp_tally_init(struct tp_tally *tally, const struct tp_tally_shape *shape);
/* As another one is; the tally is new. On failure it stays so. */
int tp_tally_copy(struct tp_tally *tally, const struct tp_tally *other,
                  struct tp_tally_shape *shape);
/* tp_tally_set() of any value. */
int tp_tally_change(struct tp_tally *tally, uint32_t value, struct tp_tally_shape *shape);
/* The value from now on; it gets weight by adding to pending_ns. On failure nothing is lost but
 * this sample. Most samples of a state are as the one before. */
static inline int tp_tally_set(struct tp_tally *tally, uint32_t value, struct tp_tally_shape *shape)
{
    if (value != tally->last || !tally->samples)
        return tp_tally_change(tally, value, shape);
    tally->samples++;
    return TP_OK;
}
/* A sample that counts once. */
int tp_tally_count(struct tp_tally *tally, uint32_t value, struct tp_tally_shape *shape);
/* Puts the pending weight into the distribution. */
int tp_tally_settle(struct tp_tally *tally, struct tp_tally_shape *shape);
/* Rounds all values as the shape says. */
void tp_tally_coarsen(struct tp_tally *tally, struct tp_tally_shape *shape);
/* Keeps the usual quantiles only. */
void tp_tally_digest(struct tp_tally *tally, struct tp_tally_shape *shape);
void tp_tally_release(struct tp_tally *tally, struct tp_tally_shape *shape);

/* false if nothing was tallied. A single value stands for itself. */
bool tp_tally_quantiles(const struct tp_tally *tally, const double *p, double *values,
                        size_t count);
double tp_tally_mean(const struct tp_tally *tally);

#endif
