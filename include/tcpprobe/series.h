/* series.h: bounded stores for samples: over time (series) and over values (distribution).
 *
 * Both are exact until their capacity; then neighbours are folded together and the resolution
 * halves, so that memory is bounded and extremes are never lost.
 *
 * Threads: plain data without anything shared: one thread at a time changes a store, and when none
 * does any number may ask it.
 */
#ifndef TCPPROBE_SERIES_H
#define TCPPROBE_SERIES_H

#include <tcpprobe/error.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

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
    uint32_t count;      /* bins in use */
    uint32_t allocated;
    uint32_t capacity;   /* never more bins than this */
    int64_t width_ns;    /* 0 while exact; then bins are [k * width, (k + 1) * width), the width
                            being the smallest power of two ns for which there is room */
    uint64_t samples;
};

#define TP_SERIES_MIN_BINS 8

/* Nothing is allocated until the first sample. capacity >= TP_SERIES_MIN_BINS. */
void tp_series_init(struct tp_series *series, uint32_t capacity);
/* Samples should come in time order; an earlier one is put into the last bin. On failure the
 * series is as it was. */
int tp_series_add(struct tp_series *series, int64_t t_ns, double value);
/* The same where the sample belongs to the last bin of a series that is no longer exact, which it
 * nearly always does; else false. */
static inline bool tp_series_join(struct tp_series *series, int64_t t_ns, double value)
{
    struct tp_bin *last;
    float sample = (float)value;

    if (series->width_ns == 0)
        return false;
    last = &series->bins[series->count - 1];
    if (t_ns < last->end_ns || t_ns > (last->t_ns | (series->width_ns - 1)))
        return false;
    last->end_ns = t_ns;
    last->count++;
    last->last = sample;
    last->sum += value;
    last->min = sample < last->min ? sample : last->min;
    last->max = sample > last->max ? sample : last->max;
    series->samples++;
    return true;
}
/* Lowers the capacity, folding as needed; gives memory back. */
void tp_series_shrink(struct tp_series *series, uint32_t capacity);
void tp_series_release(struct tp_series *series);

/* --- over values ---------------------------------------------------------------------------- */

/* How long each value of a quantity held: exact for up to TP_DIST_CELLS different values, then
 * values are rounded to fewer significant bits (never fewer than TP_DIST_MIN_BITS below the
 * leading one: an error of at most 0.2 %). */
#define TP_DIST_CELLS    768
#define TP_DIST_MIN_BITS 8

struct tp_dist {
    struct tp_dist_cell *cells; /* a hash table; private */
    uint64_t total;      /* sum of the weights */
    uint16_t used;       /* cells in use */
    uint16_t allocated;  /* a power of two, or 0 */
    uint16_t expected;   /* where the expected value belongs; private */
    uint8_t shift;       /* what is left of a hash is a place in the table; private */
    uint8_t keep_bits;   /* bits kept below the leading one; private */
};

/* Nothing is allocated until the first value. */
void tp_dist_init(struct tp_dist *dist);
/* The value will be added soon: its cell is fetched from memory meanwhile. */
void tp_dist_expect(struct tp_dist *dist, uint32_t value);
/* It is still expected, and may have left the cache. */
void tp_dist_fetch(const struct tp_dist *dist);
/* A weight of 0 changes nothing. On failure the distribution is as it was. */
int tp_dist_add(struct tp_dist *dist, uint32_t value, uint64_t weight_ns);
/* The same of the value that was expected last. */
int tp_dist_add_expected(struct tp_dist *dist, uint32_t value, uint64_t weight_ns);
/* Both at once, if the value that was expected last was added before: weight_ns of it, and next will
 * be added soon. Else it is false, and nothing has changed. */
bool tp_dist_turn(struct tp_dist *dist, uint32_t value, uint64_t weight_ns, uint32_t next);
/* Adds all of another. On failure some of it may be missing. */
int tp_dist_merge(struct tp_dist *dist, const struct tp_dist *other);
/* Rounds to no more than keep_bits (at least TP_DIST_MIN_BITS) below the leading one from now on,
 * and gives memory back. */
void tp_dist_coarsen(struct tp_dist *dist, unsigned keep_bits);
/* Keeps the quantiles at p = 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99 and 1 as they are
 * and forgets most of what lies between them; gives memory back. It may be added to as before. */
void tp_dist_digest(struct tp_dist *dist);
/* The smallest value v with at least p (0..1) of the weight at values <= v
 * (reference: Q(p) = min{v : sum of weights of x <= v is >= p * total}). false if empty. */
bool tp_dist_quantile(const struct tp_dist *dist, double p, double *value);
/* Several at once; p ascending. The sort behind it is done once. false if empty or out of
 * memory. */
bool tp_dist_quantiles(const struct tp_dist *dist, const double *p, double *values, size_t count);
size_t tp_dist_bytes(const struct tp_dist *dist); /* that it has allocated */
void tp_dist_release(struct tp_dist *dist);

/* --- marks ---------------------------------------------------------------------------------- */

/* What a time-sequence graph draws of a packet: a span of bytes at an instant. The rare kinds come
 * last: when there is no room, data and ACKs go first. */
enum tp_wire_mark_kind {
    TP_WIRE_DATA,       /* [begin, end) was sent */
    TP_WIRE_ACK,        /* begin: cumulative ACK, end: edge of the window (begin if unknown) */
    TP_WIRE_SACK,       /* [begin, end) is SACKed: the block that holds what came last */
    TP_WIRE_DUP_ACK,    /* begin: the ACK that was repeated */
    TP_WIRE_RETRANSMIT, /* [begin, end) was sent again; detail: enum tp_cause */
    TP_WIRE_REPAIR,     /* ... its first copy was not captured */
    TP_WIRE_REORDERED,
    TP_WIRE_COPY,
    TP_WIRE_PROBE,      /* of a closed window; often without payload */
    TP_WIRE_SPURIOUS,   /* [begin, end) is proved to have been sent again for nothing */
    TP_WIRE_TRIPLE,     /* third duplicate ACK */
    TP_WIRE_ZERO,       /* window closed at begin */
    TP_WIRE_CE,         /* congestion experienced: a data packet at [begin, end) */
    TP_WIRE_CWR,
    TP_WIRE_SYN,
    TP_WIRE_FIN,
    TP_WIRE_RST,
    TP_WIRE_MARKS
};

struct tp_wire_mark {
    int64_t t_ns;
    uint64_t begin, end; /* relative sequence numbers */
    uint8_t kind, detail;
};

/* A bounded list in time order: what comes too late to be sorted (see input.h) is placed at the
 * time of the mark before it. Complete while left_out is 0; then marks of TP_WIRE_DATA,
 * TP_WIRE_ACK and TP_WIRE_SACK are missing from some time on, and where that is not enough, others
 * are thinned. */
struct tp_wire_marks {
    struct tp_wire_mark *list;
    uint32_t count, allocated;
    uint32_t capacity;
    uint64_t left_out;
};

/* Nothing is allocated until the first mark. capacity: 0 (none is kept), or 16 and more. */
void tp_wire_marks_init(struct tp_wire_marks *marks, uint32_t capacity);
int tp_wire_marks_add(struct tp_wire_marks *marks, const struct tp_wire_mark *mark);
/* Lowers the capacity, leaving out what has no room; gives memory back. */
void tp_wire_marks_shrink(struct tp_wire_marks *marks, uint32_t capacity);
void tp_wire_marks_release(struct tp_wire_marks *marks);

/* --- spans ---------------------------------------------------------------------------------- */

/* A span of time in which something held: a congestion state, a gap in the recording. */
struct tp_span {
    int64_t begin_ns, end_ns;
    uint64_t value; /* congestion state; number of events lost (0 if not counted) */
};

/* A bounded list in time order: when full, up to half of the spans are joined with the one before
 * them, those that are closest together. */
#define TP_SPANS_MAX 4096

struct tp_spans {
    struct tp_span *list;
    uint32_t count, allocated;
};

/* A span that overlaps the last one is joined with it where sum is set. Values of joined spans are
 * added up where sum is set; otherwise the largest one stays. */
int tp_spans_add(struct tp_spans *spans, const struct tp_span *span, bool sum);
/* Spans that follow each other, each moment in one of them: joins it with the last one where both have
 * the same value, unless it is to stand apart. When full, of each pair the longer one gives its value to
 * both. */
int tp_spans_follow(struct tp_spans *spans, const struct tp_span *span, bool apart);
/* The last span goes on until then. */
void tp_spans_extend(struct tp_spans *spans, int64_t end_ns);
void tp_spans_release(struct tp_spans *spans);

#ifdef __cplusplus
}
#endif

#endif
