/* series.c: samples over time in a bounded number of bins.
 *
 * While there is room each sample is a bin of its own. Then bins get a width, the smallest power of
 * two nanoseconds for which all fit; they start at multiples of it, so that the result depends on
 * the samples and the capacity only. Folding keeps first, min, max, last, sum and count.
 */
#include <stdlib.h>

#include <tcpprobe/series.h>

#include "base/list.h"

#define BINS_FIRST 4
#define SHIFT_MAX  62

void tp_series_init(struct tp_series *series, uint32_t capacity)
{
    *series = (struct tp_series){
        .capacity = capacity < TP_SERIES_MIN_BINS ? TP_SERIES_MIN_BINS : capacity,
    };
}

/* Which bin of 2^shift ns a time is in, counted from the beginning of time. */
static uint64_t slot(int64_t t_ns, unsigned shift)
{
    return ((uint64_t)t_ns ^ UINT64_C(1) << 63) >> shift;
}

static unsigned shift_of(const struct tp_series *series)
{
    return series->width_ns ? (unsigned)__builtin_ctzll((unsigned long long)series->width_ns) : 0;
}

static void merge(struct tp_bin *into, const struct tp_bin *bin)
{
    into->end_ns = bin->end_ns;
    into->count += bin->count;
    into->last = bin->last;
    into->sum += bin->sum;
    if (bin->min < into->min)
        into->min = bin->min;
    if (bin->max > into->max)
        into->max = bin->max;
}

static bool fits(const struct tp_series *series, unsigned shift, uint32_t limit)
{
    uint32_t i, count = 1;

    for (i = 1; i < series->count && count <= limit; i++)
        count += slot(series->bins[i].t_ns, shift) != slot(series->bins[i - 1].t_ns, shift);
    return count <= limit;
}

/* The smallest shift from which on there are at most `limit` bins. As many slots as bins always
 * suffice, and where samples come steadily they are needed: the search goes down from there. */
static unsigned find_shift(const struct tp_series *series, uint32_t limit)
{
    int64_t first = series->bins[0].t_ns, last = series->bins[series->count - 1].t_ns;
    unsigned least = shift_of(series), shift = least;

    while (shift < SHIFT_MAX && slot(last, shift) - slot(first, shift) >= limit)
        shift++;
    while (shift > least && fits(series, shift - 1, limit))
        shift--;
    return shift;
}

/* Widens the bins until there are at most `limit`. */
static void fold(struct tp_series *series, uint32_t limit)
{
    struct tp_bin *bins = series->bins;
    uint32_t i, last = 0;
    unsigned shift;

    if (series->count <= limit)
        return;
    shift = find_shift(series, limit);
    for (i = 1; i < series->count; i++)
        if (slot(bins[i].t_ns, shift) == slot(bins[last].t_ns, shift))
            merge(&bins[last], &bins[i]);
        else
            bins[++last] = bins[i];
    series->count = last + 1;
    series->width_ns = INT64_C(1) << shift;
}

static int make_room(struct tp_series *series)
{
    uint32_t allocated = TP_LIST_NEXT(series->allocated, BINS_FIRST);

    if (series->count < series->allocated)
        return TP_OK;
    if (series->allocated < series->capacity) {
        if (allocated > series->capacity)
            allocated = series->capacity;
        if (!tp_list_resize(&series->bins, allocated, series->count + 1, sizeof *series->bins))
            return TP_ERR_NOMEM;
        series->allocated = allocated;
        return TP_OK;
    }
    fold(series, series->capacity - 1);
    return TP_OK;
}

/* Does a sample of that time belong to the last bin? Bins start at multiples of their width. */
static bool joins_last(const struct tp_series *series, int64_t t_ns)
{
    const struct tp_bin *last;

    if (!series->count)
        return false;
    last = &series->bins[series->count - 1];
    return t_ns < last->end_ns ||
           (series->width_ns && t_ns <= (last->t_ns | (series->width_ns - 1)));
}

static void join_last(struct tp_series *series, int64_t t_ns, double value)
{
    struct tp_bin *last = &series->bins[series->count - 1];
    float sample = (float)value;

    if (t_ns > last->end_ns)
        last->end_ns = t_ns;
    last->count++;
    last->last = sample;
    last->sum += value;
    if (sample < last->min)
        last->min = sample;
    if (sample > last->max)
        last->max = sample;
}

int tp_series_add(struct tp_series *series, int64_t t_ns, double value)
{
    float sample = (float)value;

    if (!joins_last(series, t_ns)) {
        if (make_room(series) < 0)
            return TP_ERR_NOMEM;
        if (!joins_last(series, t_ns)) { /* folding may have made the last bin wide enough */
            series->samples++;
            series->bins[series->count++] =
                (struct tp_bin){t_ns, t_ns, 1, sample, sample, sample, sample, value};
            return TP_OK;
        }
    }
    series->samples++;
    join_last(series, t_ns, value);
    return TP_OK;
}

void tp_series_shrink(struct tp_series *series, uint32_t capacity)
{
    struct tp_bin *bins;

    if (capacity < TP_SERIES_MIN_BINS)
        capacity = TP_SERIES_MIN_BINS;
    if (capacity >= series->capacity)
        return;
    series->capacity = capacity;
    fold(series, capacity);
    if (series->allocated <= capacity)
        return;
    bins = realloc(series->bins, capacity * sizeof *bins);
    if (bins)
        series->bins = bins; /* a failure to give memory back loses nothing */
    series->allocated = capacity;
}

void tp_series_release(struct tp_series *series)
{
    free(series->bins);
    *series = (struct tp_series){.capacity = series->capacity};
}
