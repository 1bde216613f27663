/* contrast_trade.c: what runs got and what it cost in delay: goodput against RTT, one dot a run. */
#include <math.h>
#include <stdio.h>

#include "plot/contrast.h"

#define DOT_PX     4
#define DOT_ALPHA  0.8F
#define BAND_ALPHA 0.13F
#define X_TICKS    4
#define Y_TICKS    6

static struct contrast_range range_of(const struct contrast *contrast, enum tp_compare_id metric,
                                      double factor)
{
    const struct tp_compare_row *row = &contrast->role->rows[metric];
    struct contrast_range range = {INFINITY, -INFINITY};
    const struct contrast_side *side;
    size_t i;

    for (side = contrast->sides; side < contrast->sides + CONTRAST_SIDES; side++)
        for (i = 0; i < side->count; i++)
            contrast_range_add(&range, side->runs[i]->value[metric] * factor);
    contrast_range_band(&range, row->base * factor, 1.5 * row->threshold * factor);
    return range;
}

/* Where base runs may move to without a change that matters. */
static void draw_same(struct contrast *contrast, const struct tp_panel *panel, double x_factor,
                      double y_factor)
{
    const struct tp_compare_row *rtt = &contrast->role->rows[TP_COMPARE_RTT_P50];
    const struct tp_compare_row *goodput = &contrast->role->rows[TP_COMPARE_GOODPUT];
    double left = contrast_x(panel, (rtt->base - rtt->threshold) * x_factor);
    double right = contrast_x(panel, (rtt->base + rtt->threshold) * x_factor);
    double top = contrast_y(panel, (goodput->base + goodput->threshold) * y_factor);
    double bottom = contrast_y(panel, (goodput->base - goodput->threshold) * y_factor);

    if (!isnan(rtt->base) && !isnan(goodput->base))
        tp_sketch_box(&contrast->scene.sketch, TP_MARK_BAND, "threshold",
                      (struct tp_ink){contrast->scene.theme->text_mid, BAND_ALPHA},
                      fmax(left, panel->left_px), fmax(top, panel->top_px),
                      fmin(right, panel->right_px), fmin(bottom, panel->bottom_px));
}

static void draw_dots(struct contrast *contrast, const struct tp_panel *panel, double x_factor,
                      double y_factor)
{
    const struct contrast_side *side;
    struct tp_path dots;
    double x, y;
    size_t i;

    for (side = contrast->sides; side < contrast->sides + CONTRAST_SIDES; side++) {
        dots = (struct tp_path){0};
        for (i = 0; i < side->count; i++) {
            x = side->runs[i]->value[TP_COMPARE_RTT_P50] * x_factor;
            y = side->runs[i]->value[TP_COMPARE_GOODPUT] * y_factor;
            if (!isnan(x) && !isnan(y))
                tp_path_disc(&dots, contrast_x(panel, x), contrast_y(panel, y), DOT_PX);
        }
        tp_sketch_mark(&contrast->scene.sketch, TP_MARK_DOTS, TP_SHAPE_POLYGON, side->name,
                       (struct tp_ink){side->rgb, DOT_ALPHA}, &dots);
    }
}

void contrast_draw_trade(struct contrast *contrast, const struct contrast_place *place)
{
    struct contrast_unit x_unit = contrast_unit("ms"), y_unit = contrast_unit("Mbit/s");
    struct contrast_range x = range_of(contrast, TP_COMPARE_RTT_P50, x_unit.factor);
    struct contrast_range y = range_of(contrast, TP_COMPARE_GOODPUT, y_unit.factor);
    bool known = x.low <= x.high && y.low <= y.high;
    struct tp_panel *panel = tp_sketch_panel(&contrast->scene.sketch, "trade", place->left_px,
                                             place->top_px, place->right_px, place->bottom_px);
    char unit[32], text[64];

    if (!panel)
        return;
    contrast_range_pad(&x);
    contrast_range_pad(&y);
    contrast_axis(&panel->x, &x_unit, x.low, x.high, panel->left_px, panel->right_px, X_TICKS);
    contrast_axis(&panel->y, &y_unit, y.low, y.high, panel->bottom_px, panel->top_px, Y_TICKS);
    if (!known)
        panel->x.count = panel->y.count = 0;
    draw_same(contrast, panel, x_unit.factor, y_unit.factor);
    contrast_unit_text(&y_unit, &panel->y, unit, sizeof unit);
    tp_frame_draw(&contrast->scene, panel, "Goodput against RTT", known ? unit : "", true);
    if (!known) {
        tp_frame_note(&contrast->scene, panel, "not measured");
        return;
    }
    draw_dots(contrast, panel, x_unit.factor, y_unit.factor);
    contrast_unit_text(&x_unit, &panel->x, unit, sizeof unit);
    snprintf(text, sizeof text, "RTT p50, %s (lower right is worse)", unit);
    tp_sketch_caption(&contrast->scene.sketch, (panel->left_px + panel->right_px) / 2,
                      panel->bottom_px + 36, TP_TICK_PX, contrast->scene.theme->text_dim,
                      TP_ANCHOR_CENTER, false, text);
}
