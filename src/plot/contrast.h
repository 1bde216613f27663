/* contrast.h: the parts of a picture of a comparison of runs. */
#ifndef TCPPROBE_PLOT_CONTRAST_H
#define TCPPROBE_PLOT_CONTRAST_H

#include <tcpprobe/compare.h>

#include "plot/frame.h"

enum { CONTRAST_BASE, CONTRAST_NEW, CONTRAST_SIDES };

struct contrast_side {
    const char *name;
    uint32_t rgb;
    const struct tp_run_role *runs[TP_RUNS_MAX]; /* those that have the role */
    size_t count;
};

struct contrast {
    struct tp_scene scene; /* of no flows: its sketch, theme and page */
    const struct tp_comparison *comparison;
    const struct tp_compare_role *role;
    struct contrast_side sides[CONTRAST_SIDES];
};

/* A place on the page. */
struct contrast_place {
    double left_px, top_px, right_px, bottom_px;
};

/* A unit in which an SI prefix makes sense becomes the one without a prefix: "Mbit/s" is 1e6
 * bit/s. */
struct contrast_unit {
    const char *name;
    double factor; /* from the unit that was asked for */
    bool prefix;
};

struct contrast_unit contrast_unit(const char *unit);
/* Values are times unit->factor already. Where they are many digits long any unit gets a prefix. */
void contrast_axis(struct tp_axis *axis, const struct contrast_unit *unit, double low, double high,
                   double low_px, double high_px, unsigned want);
/* "Mbit/s", as the axis divides it. */
void contrast_unit_text(const struct contrast_unit *unit, const struct tp_axis *axis, char *buf,
                        size_t size);

/* Smallest and largest of what was added. */
struct contrast_range {
    double low, high; /* begin with INFINITY and -INFINITY */
};

void contrast_range_add(struct contrast_range *range, double value); /* not NAN */
/* What lies around a value, but nothing below zero, as nothing that is measured is. */
void contrast_range_band(struct contrast_range *range, double middle, double half);
/* Some air on either side; 0 to 1 where there was nothing. */
void contrast_range_pad(struct contrast_range *range);

/* Where a value lies. */
double contrast_x(const struct tp_panel *panel, double value);
double contrast_y(const struct tp_panel *panel, double value);

/* A strip for each metric that decides and was measured; the y below them. */
double contrast_strips(struct contrast *contrast, double top_px);
/* Window, smoothed RTT, rate: over time, and as distributions. */
extern const size_t contrast_quantity_count;
void contrast_draw_lines(struct contrast *contrast, size_t quantity,
                         const struct contrast_place *place);
void contrast_draw_distribution(struct contrast *contrast, size_t quantity,
                                const struct contrast_place *place);
/* Throughput against RTT. */
void contrast_draw_trade(struct contrast *contrast, const struct contrast_place *place);

#endif
