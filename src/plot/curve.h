/* curve.h: series become paths in page pixels.
 *
 * Decimation works on columns of half a pixel: the first, the smallest, the largest and the last
 * value in each are kept, so no extreme is lost and nothing is drawn that was not there. A curve is
 * interrupted where events were lost.
 */
#ifndef TCPPROBE_PLOT_CURVE_H
#define TCPPROBE_PLOT_CURVE_H

#include "plot/sketch.h"

/* A series and how it lies on a panel. */
struct tp_track {
    const struct tp_series *series; /* NULL or empty: there is nothing to draw */
    double factor;                  /* series unit to axis unit */
    int64_t origin_ns;              /* recording time of axis time axis->x.low */
    int64_t span_ns;                /* what is later than that since the origin, or before it, is
                                       left out; 0: nothing is */
    const struct tp_spans *gaps;    /* may be NULL */
    double ceiling;                 /* above it a curve is interrupted; 0: nowhere */
};

/* Where a panel's axes put things. */
double tp_panel_x(const struct tp_panel *panel, int64_t since_origin_ns);
double tp_panel_y(const struct tp_panel *panel, double value); /* beyond it where the axis is cut */

/* A state that holds until it changes: steps. */
void tp_curve_steps(const struct tp_panel *panel, const struct tp_track *track,
                    struct tp_path *path);
/* The region between such a curve and the bottom of the panel, as polygons. */
void tp_curve_area(const struct tp_panel *panel, const struct tp_track *track,
                   struct tp_path *path);
/* A smooth quantity: where samples are dense the mean of each pixel column goes to `path` and the
 * range around it, as polygons, to `envelope`; else the samples themselves go to `path`. */
void tp_curve_smooth(const struct tp_panel *panel, const struct tp_track *track,
                     struct tp_path *path, struct tp_path *envelope);

/* Are there so many samples that a curve of steps would fill the panel? */
bool tp_track_is_dense(const struct tp_panel *panel, const struct tp_track *track);
/* Single measurements as boxes of size_px; where the series is no longer exact, a box over the
 * range of each pixel column. */
void tp_curve_dots(const struct tp_panel *panel, const struct tp_track *track, double size_px,
                   struct tp_path *path);

/* Smallest and largest value, in axis units; false if there is none. */
bool tp_track_range(const struct tp_track *track, double *low, double *high);
bool tp_track_last(const struct tp_track *track, double *last);

/* Sums of a series of amounts per bin of time since the origin. */
struct tp_bins {
    double *sums;
    size_t count;
    double width_ns; /* of all bins but the last, which reaches to the end of the time axis */
    double end_ns;
};

/* Bins of zeros; the last one is between half and one and a half as wide as the others. */
bool tp_bins_init(struct tp_bins *bins, int64_t width_ns, int64_t end_ns);
/* A bin of the series that reaches across several of ours is divided in proportion. */
void tp_bins_add(struct tp_bins *bins, const struct tp_series *series, int64_t origin_ns);
/* After tp_bins_add() of a series that catches up (acknowledged bytes: the first sample after a gap
 * holds all that happened in it): that sample's amount is laid over the silence before it, if this
 * is longer than a bin and events were lost meanwhile, or anywhere. */
void tp_bins_catch_up(struct tp_bins *bins, const struct tp_series *series,
                      const struct tp_spans *gaps, bool anywhere, int64_t origin_ns);
/* Makes NAN what gaps in the recording hide: bins in which events were lost, and, where the series
 * is one that catches up (acknowledged bytes: the first sample after a gap holds all that happened
 * in it), those up to that sample, unless it falls into the bin in which the gap began. */
void tp_bins_hide(struct tp_bins *bins, const struct tp_series *series, const struct tp_spans *gaps,
                  int64_t origin_ns, bool catches_up);
/* Makes NAN the bins that lie for the most part in that time, of which nothing is known. */
void tp_bins_blank(struct tp_bins *bins, double from_ns, double to_ns);
double tp_bins_begin(const struct tp_bins *bins, size_t index); /* ns; index may be count */
/* Makes NAN the bins that do not touch that time. */
void tp_bins_crop(struct tp_bins *bins, double from_ns, double to_ns);
/* Turns sums into rates per second. What is counted was there from one time to the other: the bins
 * in which it began and ended are taken by their share of that time, and where that is less than
 * half of a bin together with their neighbour, or a curve would begin and end with falls that
 * nobody measured. */
void tp_bins_rates(struct tp_bins *bins, double from_ns, double to_ns);
void tp_bins_release(struct tp_bins *bins);

/* The time spans of one value as boxes over the height of a panel, at least min_px wide; boxes
 * that touch are joined, so that their translucency does not add up. */
void tp_spans_boxes(const struct tp_panel *panel, const struct tp_spans *spans, int64_t origin_ns,
                    bool any_value, uint64_t value, double min_px, struct tp_path *path);

#endif
