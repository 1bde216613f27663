/* series.h: bounded stores for samples: over time (series) and over values (distribution).
 *
 * Both are exact until their capacity; then neighbours are folded together and the resolution
 * halves, so that memory is bounded and extremes are never lost.
 */
#ifndef TCPPROBE_SERIES_H
#define TCPPROBE_SERIES_H

#include <tcpprobe/error.h>
#include <stdbool.h>

/* --- over time ------------------------------------------------------------------------------ */

/* One bin. While the series is exact each sample is a bin of its own. */
struct tp_bin {
    int64_t t_ns;  /* time of the first sample in it */
    int64_t end_ns; /* time of the last sample in it */
    uint32_t count;
    float first, min, max, last;
    double sum;
};

struct tp_series {
    struct tp_bin *bins; /* in time order */
    size_t count;        /* bins in use */
    size_t allocated;
    size_t capacity;     /* never more bins than this */
    int64_t width_ns;    /* 0 while exact; then bins are [k * width, (k + 1) * width) */
    uint64_t samples;
};

/* Nothing is allocated until the first sample. capacity >= 8. */
void tp_series_init(struct tp_series *series, size_t capacity);
/* Samples should come in time order; an earlier one is put into the last bin. */
int tp_series_add(struct tp_series *series, int64_t t_ns, double value);
/* Lowers the capacity, folding as needed; gives memory back. */
void tp_series_shrink(struct tp_series *series, size_t capacity);
void tp_series_release(struct tp_series *series);

/* --- over values ---------------------------------------------------------------------------- */

/* How long each value of a quantity held: exact for up to TP_DIST_CELLS different values, then
 * values are rounded to fewer significant bits (never fewer than 8, an error of 0.2 %). */
#define TP_DIST_CELLS 1024

struct tp_dist {
    uint32_t *values;    /* open addressing; private */
    uint64_t *weights;   /* ns; 0 means free cell */
    uint32_t used;
    uint32_t allocated;  /* a power of two, or 0 */
    uint8_t drop_bits;   /* significant bits dropped so far; private */
    uint64_t total;      /* sum of the weights */
};

void tp_dist_init(struct tp_dist *dist);
int tp_dist_add(struct tp_dist *dist, uint32_t value, uint64_t weight_ns);
/* The smallest value v with at least p (0..1) of the weight at values <= v
 * (reference: Q(p) = min{v : sum of weights of x <= v is >= p * total}). false if empty. */
bool tp_dist_quantile(const struct tp_dist *dist, double p, double *value);
/* Several at once; p ascending. The sort behind it is done once. */
bool tp_dist_quantiles(const struct tp_dist *dist, const double *p, double *values, size_t count);
void tp_dist_release(struct tp_dist *dist);

#endif
