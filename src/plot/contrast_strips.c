/* contrast_strips.c: the numbers that decide, one small panel a metric, one dot a run. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plot/contrast.h"
#include "plot/lettering.h"

#define COLUMNS    6
#define STRIP_PX   100 /* height of a panel */
#define ABOVE_PX   34  /* for the title */
#define BELOW_PX   38  /* for the names of the sides and the outcome */
#define NUMBERS_PX 50  /* for those of the value axis */
#define DOT_PX     2.8
#define JITTER     0.42 /* of the distance between the sides */
#define MEDIAN     0.34 /* half its length, likewise */
#define MEDIAN_PX  2
#define FRAME_PX   3
#define BAND_ALPHA 0.13F
#define TINT_ALPHA 0.07F
#define GOLDEN     0.61803398875 /* its multiples fill an interval evenly */

static bool is_shown(const struct tp_compare_row *row)
{
    return row->gated && (!isnan(row->base) || !isnan(row->fresh));
}

/* Runs that cannot be compared show no change, whatever their numbers are. */
static enum tp_change change_of(const struct contrast *contrast, const struct tp_compare_row *row)
{
    return contrast->role->verdict == TP_CHANGED ? row->change : TP_CHANGE_NONE;
}

static uint32_t colour_of(const struct tp_theme *theme, enum tp_change change)
{
    switch (change) {
    case TP_CHANGE_REGRESSION:
        return theme->loss;
    case TP_CHANGE_IMPROVEMENT:
        return theme->ack;
    case TP_CHANGE_DIFFERENT:
        return theme->arrivals;
    default:
        return theme->text_mid;
    }
}

static struct contrast_range range_of(const struct contrast *contrast,
                                      const struct tp_compare_row *row, double factor)
{
    struct contrast_range range = {INFINITY, -INFINITY};
    const struct contrast_side *side;
    size_t i;

    for (side = contrast->sides; side < contrast->sides + CONTRAST_SIDES; side++)
        for (i = 0; i < side->count; i++)
            contrast_range_add(&range, side->runs[i]->value[row->metric] * factor);
    contrast_range_band(&range, row->base * factor, row->threshold * factor);
    contrast_range_pad(&range);
    return range;
}

/* Base median and what may be without a change that matters. */
static void draw_band(struct contrast *contrast, const struct tp_panel *panel,
                      const struct tp_compare_row *row, double factor)
{
    const struct tp_theme *theme = contrast->scene.theme;
    double high_px = contrast_y(panel, (row->base + row->threshold) * factor);
    double low_px = contrast_y(panel, (row->base - row->threshold) * factor);

    if (!isnan(row->base))
        tp_sketch_box(&contrast->scene.sketch, TP_MARK_BAND, "threshold",
                      (struct tp_ink){theme->text_mid, BAND_ALPHA}, panel->left_px,
                      fmax(high_px, panel->top_px), panel->right_px,
                      fmin(low_px, panel->bottom_px));
}

static void draw_change(struct contrast *contrast, const struct tp_panel *panel,
                        enum tp_change change)
{
    uint32_t rgb = colour_of(contrast->scene.theme, change);
    const char *what = tp_change_name(change);

    if (change == TP_CHANGE_NONE)
        return;
    tp_sketch_box(&contrast->scene.sketch, TP_MARK_BAND, what, (struct tp_ink){rgb, TINT_ALPHA},
                  panel->left_px, panel->top_px, panel->right_px, panel->bottom_px);
    tp_sketch_box(&contrast->scene.sketch, TP_MARK_BAND, what, (struct tp_ink){rgb, 1},
                  panel->left_px, panel->top_px - FRAME_PX, panel->right_px, panel->top_px);
}

static void draw_side(struct contrast *contrast, const struct tp_panel *panel,
                      const struct contrast_side *side, const struct tp_compare_row *row,
                      double factor)
{
    double median = side == contrast->sides ? row->base : row->fresh, value;
    double at = (double)(side - contrast->sides), jitter;
    struct tp_path dots = {0}, line = {0};
    size_t i;

    for (i = 0; i < side->count; i++) {
        value = side->runs[i]->value[row->metric] * factor;
        if (!isfinite(value))
            continue;
        jitter = side->count > 1 ? (fmod((double)(i + 1) * GOLDEN, 1) - 0.5) * JITTER : 0;
        tp_path_disc(&dots, contrast_x(panel, at + jitter), contrast_y(panel, value), DOT_PX);
    }
    if (!isnan(median)) {
        tp_path_add(&line, contrast_x(panel, at - MEDIAN), contrast_y(panel, median * factor));
        tp_path_add(&line, contrast_x(panel, at + MEDIAN), contrast_y(panel, median * factor));
    }
    tp_sketch_line(&contrast->scene.sketch, TP_MARK_CURVE, side->name, side->rgb, MEDIAN_PX, &line);
    tp_sketch_mark(&contrast->scene.sketch, TP_MARK_DOTS, TP_SHAPE_POLYGON, side->name,
                   (struct tp_ink){side->rgb, 0.8F}, &dots);
    tp_sketch_caption(&contrast->scene.sketch, contrast_x(panel, at), panel->bottom_px + 15,
                      TP_SMALL_PX, side->rgb, TP_ANCHOR_CENTER, false, side->name);
}

/* "p 0.008 · −5.1 %". */
static void outcome_of(const struct tp_compare_row *row, char *buf, size_t size)
{
    double shift = isnan(row->shift) ? row->fresh - row->base : row->shift;
    bool relative = row->relative > 0 && row->base != 0;
    char p[32] = "", moved[40] = "";

    if (row->tested)
        snprintf(p, sizeof p, "p %.2g \xc2\xb7 ", row->p);
    else if (tp_compare_metrics[row->metric].kind != TP_COMPARE_EXACT)
        snprintf(p, sizeof p, "not tested \xc2\xb7 ");
    if (isnan(shift))
        snprintf(moved, sizeof moved, "%s", isnan(row->base) ? "no base" : "no new value");
    else if (shift == 0)
        snprintf(moved, sizeof moved, row->tested ? "no shift" : "equal");
    else
        snprintf(moved, sizeof moved, "%s%.3g%s", shift < 0 ? "\xe2\x88\x92" : "+",
                 fabs(relative ? 100 * shift / row->base : shift), relative ? " %" : "");
    snprintf(buf, size, "%s%s", p, moved);
}

static void draw_strip(struct contrast *contrast, const struct tp_compare_row *row, double left_px,
                       double top_px, double width_px)
{
    const struct tp_compare_metric *metric = &tp_compare_metrics[row->metric];
    struct contrast_unit unit = contrast_unit(tp_compare_unit(row->metric));
    struct contrast_range range = range_of(contrast, row, unit.factor);
    enum tp_change change = change_of(contrast, row);
    char text[96];
    size_t i;
    struct tp_panel *panel =
        tp_sketch_panel(&contrast->scene.sketch, metric->name, left_px + NUMBERS_PX,
                        top_px + ABOVE_PX, left_px + width_px, top_px + ABOVE_PX + STRIP_PX);

    if (!panel)
        return;
    panel->x = (struct tp_axis){.low = -0.5, .high = CONTRAST_SIDES - 0.5, .divisor = 1};
    contrast_axis(&panel->y, &unit, range.low, range.high, panel->bottom_px, panel->top_px, 3);
    draw_band(contrast, panel, row, unit.factor);
    draw_change(contrast, panel, change);
    contrast_unit_text(&unit, &panel->y, text, sizeof text);
    tp_frame_draw(&contrast->scene, panel, tp_compare_figure(row->metric)->title, text, false);
    for (i = 0; i < CONTRAST_SIDES; i++)
        draw_side(contrast, panel, &contrast->sides[i], row, unit.factor);
    outcome_of(row, text, sizeof text);
    tp_sketch_caption(&contrast->scene.sketch, (panel->left_px + panel->right_px) / 2,
                      panel->bottom_px + 31, TP_SMALL_PX, colour_of(contrast->scene.theme, change),
                      TP_ANCHOR_CENTER, change != TP_CHANGE_NONE, text);
}

double contrast_strips(struct contrast *contrast, double top_px)
{
    const struct tp_compare_row *rows = contrast->role->rows;
    double width_px = (contrast->scene.width_px - TP_MARGIN_LEFT / 2.0) / COLUMNS;
    size_t shown = 0, i;

    for (i = 0; i < TP_COMPARE_IDS; i++) {
        if (!is_shown(&rows[i]))
            continue;
        if (shown > 0 && shown % COLUMNS == 0)
            top_px += ABOVE_PX + STRIP_PX + BELOW_PX;
        draw_strip(contrast, &rows[i],
                   TP_MARGIN_LEFT - NUMBERS_PX + (double)(shown % COLUMNS) * width_px, top_px,
                   width_px - 14);
        shown++;
    }
    return shown > 0 ? top_px + ABOVE_PX + STRIP_PX + BELOW_PX : top_px;
}
