/* series.c: samples over time in a bounded number of bins.
 *
 * While there is room each sample is a bin of its own. Then bins get a width, the smallest power of
 * two nanoseconds for which all fit; they start at multiples of it, so that the result depends on
 * the samples and the capacity only. Folding keeps first, min, max, last, sum and count.
 */
#include <stdlib.h>

#include <tcpprobe/series.h>

#define BINS_FIRST   16
#define WIDTH_MAX_NS (INT64_C(1) << 62)

void tp_series_init(struct tp_series *series, uint32_t capacity)
{
    *series = (struct tp_series){
        .capacity = capacity < TP_SERIES_MIN_BINS ? TP_SERIES_MIN_BINS : capacity,
    };
}

/* Which bin of that width, a power of two, a time is in. gcc and clang shift arithmetically, so
 * negative times round down too; dividing took a sixth of the time of a whole plot. */
static int64_t slot(int64_t t_ns, int64_t width_ns)
{
    return t_ns >> __builtin_ctzll((unsigned long long)width_ns);
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

static uint32_t count_slots(const struct tp_series *series, int64_t width_ns)
{
    uint32_t i, count = 0;

    for (i = 0; i < series->count; i++)
        if (i == 0 ||
            slot(series->bins[i].t_ns, width_ns) != slot(series->bins[i - 1].t_ns, width_ns))
            count++;
    return count;
}

/* Widens the bins until there are at most `limit`. */
static void fold(struct tp_series *series, uint32_t limit)
{
    int64_t width = series->width_ns ? series->width_ns : 1;
    struct tp_bin *bins = series->bins;
    uint32_t i, last = 0;

    if (series->count <= limit)
        return;
    while (width < WIDTH_MAX_NS && count_slots(series, width) > limit)
        width *= 2;
    series->width_ns = width;
    for (i = 1; i < series->count; i++)
        if (slot(bins[i].t_ns, width) == slot(bins[last].t_ns, width))
            merge(&bins[last], &bins[i]);
        else
            bins[++last] = bins[i];
    series->count = last + 1;
}

static int make_room(struct tp_series *series)
{
    uint32_t allocated = series->allocated ? series->allocated * 2 : BINS_FIRST;
    struct tp_bin *bins;

    if (series->count < series->allocated)
        return TP_OK;
    if (series->allocated < series->capacity) {
        if (allocated > series->capacity)
            allocated = series->capacity;
        bins = realloc(series->bins, allocated * sizeof *bins);
        if (!bins)
            return TP_ERR_NOMEM;
        series->bins = bins;
        series->allocated = allocated;
        return TP_OK;
    }
    fold(series, series->capacity - 1);
    return TP_OK;
}

/* Does a sample of that time belong to the last bin? */
static bool joins_last(const struct tp_series *series, int64_t t_ns)
{
    const struct tp_bin *last;

    if (!series->count)
        return false;
    last = &series->bins[series->count - 1];
    return t_ns < last->end_ns ||
           (series->width_ns && slot(t_ns, series->width_ns) == slot(last->t_ns, series->width_ns));
}

int tp_series_add(struct tp_series *series, int64_t t_ns, double value)
{
    struct tp_bin bin = {t_ns,         t_ns,         1,    (float)value, (float)value,
                         (float)value, (float)value, value};
    int rc;

    if (!joins_last(series, t_ns)) {
        rc = make_room(series);
        if (rc < 0)
            return rc;
    }
    series->samples++;
    /* Asked again: making room may have widened the bins. */
    if (joins_last(series, t_ns)) {
        if (t_ns < series->bins[series->count - 1].end_ns)
            bin.end_ns = series->bins[series->count - 1].end_ns;
        merge(&series->bins[series->count - 1], &bin);
    } else {
        series->bins[series->count++] = bin;
    }
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
