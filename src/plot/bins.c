/* bins.c: amounts per bin of time, and spans of time as boxes. */
#include <math.h>
#include <stdlib.h>

#include "plot/curve.h"

#define BINS_MAX 100000.0

bool tp_bins_init(struct tp_bins *bins, int64_t width_ns, int64_t end_ns)
{
    double whole = fmax(1, floor((double)end_ns / (double)width_ns + 0.5));

    *bins = (struct tp_bins){.width_ns = (double)width_ns, .end_ns = (double)end_ns};
    if (whole > BINS_MAX)
        return false;
    bins->count = (size_t)whole;
    bins->sums = calloc(bins->count, sizeof *bins->sums);
    return bins->sums != NULL;
}

double tp_bins_begin(const struct tp_bins *bins, size_t index)
{
    return index >= bins->count ? bins->end_ns : (double)index * bins->width_ns;
}

static size_t bin_of(const struct tp_bins *bins, double at_ns)
{
    double index = floor(at_ns / bins->width_ns);

    return (size_t)fmin(fmax(index, 0), (double)(bins->count - 1));
}

/* An amount of the time from begin to end, divided among the bins in proportion. */
static void spread(struct tp_bins *bins, double begin, double end, double sum)
{
    size_t first = bin_of(bins, begin), last = bin_of(bins, end), at;
    double from, to;

    if (end < 0 || begin > bins->end_ns)
        return;
    if (begin == end || (first == last && begin >= 0 && end <= bins->end_ns)) {
        bins->sums[first] += sum;
        return;
    }
    for (at = first; at <= last; at++) {
        from = fmax(begin, tp_bins_begin(bins, at));
        to = fmin(end, tp_bins_begin(bins, at + 1));
        bins->sums[at] += sum * (to - from) / (end - begin);
    }
}

void tp_bins_add(struct tp_bins *bins, const struct tp_series *series, int64_t origin_ns)
{
    const struct tp_bin *bin;
    uint32_t i;

    for (i = 0; series && i < series->count; i++) {
        bin = &series->bins[i];
        if (isfinite(bin->sum))
            spread(bins, (double)(bin->t_ns - origin_ns), (double)(bin->end_ns - origin_ns),
                   bin->sum);
    }
}

static bool overlaps(const struct tp_spans *gaps, int64_t begin_ns, int64_t end_ns)
{
    uint32_t i;

    for (i = 0; gaps && i < gaps->count; i++)
        if (gaps->list[i].begin_ns < end_ns && gaps->list[i].end_ns > begin_ns)
            return true;
    return false;
}

void tp_bins_catch_up(struct tp_bins *bins, const struct tp_series *series,
                      const struct tp_spans *gaps, bool anywhere, int64_t origin_ns)
{
    const struct tp_bin *before, *bin;
    double begin, end;
    uint32_t i;

    for (i = 1; series && i < series->count; i++) {
        before = &series->bins[i - 1];
        bin = &series->bins[i];
        if ((double)(bin->t_ns - before->end_ns) < bins->width_ns || !isfinite(bin->first) ||
            !(anywhere || overlaps(gaps, before->end_ns, bin->t_ns)))
            continue;
        begin = (double)(before->end_ns - origin_ns);
        end = (double)(bin->t_ns - origin_ns);
        if (end < 0 || end > bins->end_ns)
            continue;
        spread(bins, end, end, -bin->first);
        spread(bins, begin, end, bin->first);
    }
}

static void hide(struct tp_bins *bins, double from_ns, double to_ns)
{
    size_t at, last = bin_of(bins, to_ns);

    if (to_ns < 0 || from_ns > bins->end_ns)
        return;
    for (at = bin_of(bins, from_ns); at <= last; at++)
        bins->sums[at] = NAN;
}

void tp_bins_blank(struct tp_bins *bins, double from_ns, double to_ns)
{
    double middle;

    for (size_t at = 0; at < bins->count; at++) {
        middle = (tp_bins_begin(bins, at) + tp_bins_begin(bins, at + 1)) / 2;
        if (middle >= from_ns && middle < to_ns)
            bins->sums[at] = NAN;
    }
}

/* The first bin of the series that ends at or behind that time. */
static const struct tp_bin *bin_behind(const struct tp_series *series, int64_t ns)
{
    uint32_t low = 0, high = series->count, middle;

    while (low < high) {
        middle = low + (high - low) / 2;
        if (series->bins[middle].end_ns < ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low < series->count ? &series->bins[low] : NULL;
}

void tp_bins_hide(struct tp_bins *bins, const struct tp_series *series, const struct tp_spans *gaps,
                  int64_t origin_ns, bool catches_up)
{
    const struct tp_bin *next;
    const struct tp_span *gap;
    uint32_t i;
    double begin, end;

    for (i = 0; gaps && series && i < gaps->count; i++) {
        gap = &gaps->list[i];
        begin = (double)(gap->begin_ns - origin_ns);
        end = (double)(gap->end_ns - origin_ns);
        next = catches_up ? bin_behind(series, gap->begin_ns + 1) : NULL;
        if (next && next->t_ns > gap->begin_ns)
            end = (double)(next->t_ns - origin_ns);
        else if (next)
            continue; /* another processor went on recording this flow */
        if (!catches_up || bin_of(bins, begin) != bin_of(bins, end))
            hide(bins, begin, end);
    }
}

void tp_bins_crop(struct tp_bins *bins, double from_ns, double to_ns)
{
    size_t first = bin_of(bins, from_ns), last = bin_of(bins, to_ns), at;

    for (at = 0; at < bins->count; at++)
        if (at < first || at > last)
            bins->sums[at] = NAN;
}

static double seconds_within(const struct tp_bins *bins, size_t index, double from_ns, double to_ns)
{
    double begin = fmax(from_ns, tp_bins_begin(bins, index));
    double end = fmin(to_ns, tp_bins_begin(bins, index + 1));

    return fmax(0, end - begin) * 1e-9;
}

/* So short a time is no bin of its own: it shares the rate of its neighbour. */
static void pool(struct tp_bins *bins, size_t edge, size_t inner, double edge_s, double inner_s)
{
    double rate = (bins->sums[edge] + bins->sums[inner] * inner_s) / (edge_s + inner_s);

    bins->sums[edge] = bins->sums[inner] = rate;
}

void tp_bins_rates(struct tp_bins *bins, double from_ns, double to_ns)
{
    size_t first = bin_of(bins, from_ns), last = bin_of(bins, to_ns), i;
    double half_s = bins->width_ns * 0.5e-9;
    double first_s = seconds_within(bins, first, from_ns, to_ns);
    double last_s = seconds_within(bins, last, from_ns, to_ns);
    bool has_edges = last > first + 1;

    for (i = 0; i < bins->count; i++)
        if (!has_edges || (i != first && i != last))
            bins->sums[i] /= seconds_within(bins, i, -INFINITY, INFINITY);
    if (!has_edges)
        return;
    if (first_s < half_s)
        pool(bins, first, first + 1, first_s, seconds_within(bins, first + 1, from_ns, to_ns));
    else
        bins->sums[first] /= first_s;
    if (last_s < half_s)
        pool(bins, last, last - 1, last_s, seconds_within(bins, last - 1, from_ns, to_ns));
    else
        bins->sums[last] /= last_s;
}

void tp_bins_release(struct tp_bins *bins)
{
    free(bins->sums);
    *bins = (struct tp_bins){0};
}

void tp_spans_boxes(const struct tp_panel *panel, const struct tp_spans *spans, int64_t origin_ns,
                    bool any_value, uint64_t value, double min_px, struct tp_path *path)
{
    double left, right, missing, width_ns = (panel->x.high - panel->x.low) * 1e9;
    const struct tp_span *span;
    uint32_t i;

    for (i = 0; spans && i < spans->count; i++) {
        span = &spans->list[i];
        if ((!any_value && span->value != value) || span->end_ns < origin_ns ||
            (double)(span->begin_ns - origin_ns) > width_ns)
            continue;
        left = tp_panel_x(panel, span->begin_ns - origin_ns);
        right = tp_panel_x(panel, span->end_ns - origin_ns);
        missing = fmax(0, min_px - (right - left)) / 2;
        left = fmax(left - missing, panel->left_px);
        right = fmin(right + missing, panel->right_px);
        if (path->count > 0 && !path->failed && left <= path->points[path->count - 1].x_px)
            path->points[path->count - 1].x_px = fmax(right, path->points[path->count - 1].x_px);
        else
            tp_path_box(path, left, panel->top_px, right, panel->bottom_px);
    }
}
