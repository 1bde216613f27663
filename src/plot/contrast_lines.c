/* contrast_lines.c: window, smoothed RTT and rate of two groups of runs: over time the median run
 * and what lies between the extremes, and the distribution of each run. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plot/contrast.h"
#include "plot/scale.h"

#define POINTS         TP_RUN_BINS
#define MEDIAN_PX      1.8
#define RUN_PX         0.9
#define RUN_ALPHA      0.75F
#define ENVELOPE_ALPHA 0.22F
#define TICK_PX        90 /* apart from each other */

static const struct run_quantity {
    const char *name, *distribution, *title, *unit;
    size_t line, quantiles; /* offsets in struct tp_run_role */
} quantities[] = {
    {"cwnd", "cwnd_cdf", "Congestion window", "segs", offsetof(struct tp_run_role, cwnd_line),
     offsetof(struct tp_run_role, cwnd)},
    {"srtt", "srtt_cdf", "Smoothed RTT", "ms", offsetof(struct tp_run_role, srtt_line),
     offsetof(struct tp_run_role, srtt)},
    {"rate", "rate_cdf", "Rate", "Mbit/s", offsetof(struct tp_run_role, rate_line),
     offsetof(struct tp_run_role, rate)},
};
const size_t contrast_quantity_count = sizeof quantities / sizeof *quantities;

static const struct tp_run_line *line_of(const struct tp_run_role *run, size_t quantity)
{
    return (const void *)((const char *)run + quantities[quantity].line);
}

static const double *quantiles_of(const struct tp_run_role *run, size_t quantity)
{
    return (const void *)((const char *)run + quantities[quantity].quantiles);
}

/* --- over time -------------------------------------------------------------------------------- */

/* What a group of runs did at each point of the axis; NAN where fewer than half of its runs say. */
struct summary {
    double low[POINTS], median[POINTS], high[POINTS];
};

/* Between the middles of bins. */
static double line_at(const struct tp_run_line *line, double t_s)
{
    double at = line->count > 0 ? t_s / line->bin_s - 0.5 : -1, share;
    size_t i = at > 0 ? (size_t)at : 0;

    if (line->count == 0 || t_s > line->bin_s * line->count)
        return NAN;
    if (at <= 0 || i + 1 >= line->count || isnan(line->value[i + 1]))
        return (double)line->value[i < line->count ? i : line->count - 1];
    share = at - (double)i;
    return (double)line->value[i] * (1 - share) + (double)line->value[i + 1] * share;
}

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void summarise(const struct contrast_side *side, size_t quantity, double end_s,
                      struct summary *summary)
{
    double values[TP_RUNS_MAX], value;
    size_t known, with_line = 0, i, point;

    for (i = 0; i < side->count; i++)
        with_line += line_of(side->runs[i], quantity)->count > 0;
    for (point = 0; point < POINTS; point++) {
        for (i = known = 0; i < side->count; i++) {
            value = line_at(line_of(side->runs[i], quantity), end_s * (double)point / (POINTS - 1));
            if (!isnan(value))
                values[known++] = value;
        }
        summary->low[point] = summary->median[point] = summary->high[point] = NAN;
        if (known == 0 || 2 * known < with_line)
            continue;
        qsort(values, known, sizeof *values, ascending);
        summary->low[point] = values[0];
        summary->high[point] = values[known - 1];
        summary->median[point] = (values[(known - 1) / 2] + values[known / 2]) / 2;
    }
}

static double point_x(const struct tp_panel *panel, size_t point)
{
    return contrast_x(panel, panel->x.high * (double)point / (POINTS - 1));
}

static void draw_summary(struct contrast *contrast, const struct tp_panel *panel,
                         const struct contrast_side *side, const struct summary *summary,
                         double factor)
{
    struct tp_path median = {0}, envelope = {0};
    size_t point, begin, back;

    for (point = 0; point < POINTS; point++) {
        if (isnan(summary->median[point])) {
            tp_path_lift(&median);
            continue;
        }
        tp_path_add(&median, point_x(panel, point),
                    contrast_y(panel, summary->median[point] * factor));
    }
    for (point = 0; point < POINTS; point = begin + 1) {
        tp_path_lift(&envelope);
        for (begin = point; begin < POINTS && !isnan(summary->high[begin]); begin++)
            tp_path_add(&envelope, point_x(panel, begin),
                        contrast_y(panel, summary->high[begin] * factor));
        for (back = begin; back > point; back--)
            tp_path_add(&envelope, point_x(panel, back - 1),
                        contrast_y(panel, summary->low[back - 1] * factor));
    }
    tp_sketch_mark(&contrast->scene.sketch, TP_MARK_AREA, TP_SHAPE_POLYGON, side->name,
                   (struct tp_ink){side->rgb, ENVELOPE_ALPHA}, &envelope);
    tp_sketch_line(&contrast->scene.sketch, TP_MARK_CURVE, side->name, side->rgb, MEDIAN_PX,
                   &median);
}

static double end_of(const struct contrast *contrast, size_t quantity)
{
    const struct contrast_side *side;
    const struct tp_run_line *line;
    double end_s = 0;
    size_t i;

    for (side = contrast->sides; side < contrast->sides + CONTRAST_SIDES; side++)
        for (i = 0; i < side->count; i++) {
            line = line_of(side->runs[i], quantity);
            end_s = fmax(end_s, line->bin_s * line->count);
        }
    return end_s;
}

/* The same for all quantities, so that the panels can be read one below the other. */
static double last_end(const struct contrast *contrast)
{
    double end_s = 0;
    size_t i;

    for (i = 0; i < contrast_quantity_count; i++)
        end_s = fmax(end_s, end_of(contrast, i));
    return end_s;
}

static bool has_line(const struct contrast_side *side, size_t quantity)
{
    size_t i;

    for (i = 0; i < side->count; i++)
        if (line_of(side->runs[i], quantity)->count > 0)
            return true;
    return false;
}

/* Why a side is missing from a panel; NULL if it is not. */
static const char *why_absent(const struct contrast_side *side, size_t quantity)
{
    size_t other;

    if (has_line(side, quantity))
        return NULL;
    if (side->count == 0)
        return "no run";
    for (other = 0; other < contrast_quantity_count; other++)
        if (has_line(side, other))
            return "not measured";
    return "a baseline file holds nothing over time";
}

/* What is not drawn is not nothing: a reader wants to know why. */
static void note_absent(struct contrast *contrast, struct tp_panel *panel, size_t quantity)
{
    const struct contrast_side *side = contrast->sides;
    const char *why[CONTRAST_SIDES] = {why_absent(side, quantity), why_absent(side + 1, quantity)};
    char text[96];
    size_t s;

    if (why[CONTRAST_BASE] && why[CONTRAST_NEW]) {
        s = side->count == 0 ? CONTRAST_NEW : CONTRAST_BASE; /* the one that has runs */
        tp_frame_note(&contrast->scene, panel, why[s]);
        return;
    }
    for (s = 0; s < CONTRAST_SIDES; s++) {
        if (!why[s])
            continue;
        snprintf(text, sizeof text, "%s: %s", side[s].name, why[s]);
        tp_sketch_caption(&contrast->scene.sketch, panel->right_px, panel->top_px - 9, TP_SMALL_PX,
                          side[s].rgb, TP_ANCHOR_RIGHT, false, text);
    }
}

void contrast_draw_lines(struct contrast *contrast, size_t quantity,
                         const struct contrast_place *place)
{
    const struct run_quantity *what = &quantities[quantity];
    struct contrast_unit unit = contrast_unit(what->unit);
    struct summary summaries[CONTRAST_SIDES];
    double end_s = last_end(contrast), high = 0;
    struct tp_panel *panel = tp_sketch_panel(&contrast->scene.sketch, what->name, place->left_px,
                                             place->top_px, place->right_px, place->bottom_px);
    char text[32];
    size_t s, i;

    if (!panel)
        return;
    for (s = 0; s < CONTRAST_SIDES; s++) {
        summarise(&contrast->sides[s], quantity, end_s, &summaries[s]);
        for (i = 0; i < POINTS; i++)
            high = fmax(high, summaries[s].high[i] * unit.factor);
    }
    tp_axis_time(&panel->x, 0, end_s, panel->left_px, panel->right_px, false);
    contrast_axis(&panel->y, &unit, 0, high > 0 ? high * 1.06 : 1, panel->bottom_px, panel->top_px,
                  4);
    contrast_unit_text(&unit, &panel->y, text, sizeof text);
    if (!(high > 0))
        panel->y.count = 0; /* numbers would look like a measurement */
    if (!(end_s > 0))
        panel->x.count = 0;
    tp_frame_draw(&contrast->scene, panel, what->title, high > 0 ? text : "",
                  quantity + 1 == contrast_quantity_count);
    for (s = 0; s < CONTRAST_SIDES; s++)
        draw_summary(contrast, panel, &contrast->sides[s], &summaries[s], unit.factor);
    note_absent(contrast, panel, quantity);
}

/* --- distributions ---------------------------------------------------------------------------- */

static void draw_run(struct contrast *contrast, const struct tp_panel *panel,
                     const struct contrast_side *side, const double *quantiles, double factor)
{
    struct tp_path path = {0};
    struct tp_mark *mark;
    unsigned i;

    for (i = 0; i < TP_RUN_QUANTILES; i++)
        if (!isnan(quantiles[i]))
            tp_path_add(&path, contrast_x(panel, quantiles[i] * factor),
                        contrast_y(panel, (double)i / (TP_RUN_QUANTILES - 1)));
    mark = tp_sketch_line(&contrast->scene.sketch, TP_MARK_CURVE, side->name, side->rgb, RUN_PX,
                          &path);
    if (mark)
        mark->ink.alpha = RUN_ALPHA;
}

static struct contrast_range range_of(const struct contrast *contrast, size_t quantity,
                                      double factor)
{
    struct contrast_range range = {INFINITY, -INFINITY};
    const struct contrast_side *side;
    size_t i;
    unsigned q;

    for (side = contrast->sides; side < contrast->sides + CONTRAST_SIDES; side++)
        for (i = 0; i < side->count; i++)
            for (q = 0; side->runs[i]->has_quantiles && q < TP_RUN_QUANTILES; q++)
                contrast_range_add(&range, quantiles_of(side->runs[i], quantity)[q] * factor);
    return range;
}

void contrast_draw_distribution(struct contrast *contrast, size_t quantity,
                                const struct contrast_place *place)
{
    const struct run_quantity *what = &quantities[quantity];
    struct contrast_unit unit = contrast_unit(what->unit);
    struct contrast_range range = range_of(contrast, quantity, unit.factor);
    bool known = range.low <= range.high;
    struct tp_panel *panel =
        tp_sketch_panel(&contrast->scene.sketch, what->distribution, place->left_px, place->top_px,
                        place->right_px, place->bottom_px);
    const struct contrast_side *side;
    char text[32];
    size_t i;

    if (!panel)
        return;
    contrast_range_pad(&range);
    contrast_axis(&panel->x, &unit, range.low, range.high, panel->left_px, panel->right_px,
                  (unsigned)((panel->right_px - panel->left_px) / TICK_PX) + 1);
    tp_axis_plain(&panel->y, 0, 1, panel->bottom_px, panel->top_px, 2);
    contrast_unit_text(&unit, &panel->x, text, sizeof text);
    if (!known)
        panel->x.count = panel->y.count = 0;
    tp_frame_draw(&contrast->scene, panel, "Share of time below", known ? text : "", true);
    if (!known)
        tp_frame_note(&contrast->scene, panel, "not measured");
    for (side = contrast->sides; side < contrast->sides + CONTRAST_SIDES; side++)
        for (i = 0; i < side->count; i++)
            if (side->runs[i]->has_quantiles)
                draw_run(contrast, panel, side, quantiles_of(side->runs[i], quantity), unit.factor);
}
