/* style.c: screen and paper; dashes and signs. */
#include <math.h>
#include <string.h>

#include "plot/scene.h"
#include "plot/style.h"

#define PI          3.14159265358979323846
#define CSS_PT      0.75
#define FONT_PT     8.0
#define COLUMN_MM   88.0 /* of most journals in two columns */
#define SIGN_PX     3.0  /* radius */
#define SIGNS_APART 84.0
#define DISC        12 /* corners that look round */

static const struct tp_style styles[] = {
    {.name = "screen", .theme = "light", .px_pt = CSS_PT},
    {.name = "paper", .theme = "print", .paper = true, .width_mm = COLUMN_MM}};

const struct tp_style *tp_style_find(const char *name)
{
    size_t i;

    if (!name)
        return &styles[0];
    for (i = 0; i < sizeof styles / sizeof *styles; i++)
        if (strcmp(styles[i].name, name) == 0)
            return &styles[i];
    return NULL;
}

double tp_style_px_pt(const struct tp_style *style, double font_pt)
{
    return style->paper ? (font_pt > 0 ? font_pt : FONT_PT) / TP_TICK_PX : style->px_pt;
}

/* --- looks ------------------------------------------------------------------------------------ */

static const struct tp_look looks[TP_LOOKS] = {
    {{0}, DISC, 0, false},      {{6, 2.5F}, 4, 0.125, true},  {{2, 2}, 3, 0.25, false},
    {{8, 2, 2, 2}, 4, 0, true}, {{12, 3}, DISC, 0, true},     {{4, 2}, 4, 0.125, false},
    {{1.2F, 3}, 3, 0.75, true}, {{12, 2, 4, 2}, 4, 0, false},
};

const struct tp_look *tp_look(size_t index)
{
    return &looks[index % TP_LOOKS];
}

void tp_look_sign(const struct tp_look *look, double x_px, double y_px, struct tp_path *path)
{
    double angle;
    unsigned i;

    tp_path_lift(path);
    for (i = 0; i <= look->corners; i++) {
        angle = 2 * PI * (look->turn + (double)i / look->corners);
        tp_path_add(path, x_px + SIGN_PX * cos(angle), y_px - SIGN_PX * sin(angle));
    }
}

/* Where the curve is at x; false where it is nowhere. */
static bool curve_at(const struct tp_path *curve, double x_px, double *y_px)
{
    const struct tp_point *a, *b;
    size_t i;

    for (i = 1; i < curve->count; i++) {
        a = &curve->points[i - 1];
        b = &curve->points[i];
        if (isnan(a->y_px) || isnan(b->y_px) || a->x_px > x_px || b->x_px < x_px)
            continue;
        *y_px = b->x_px > a->x_px
                    ? a->y_px + (b->y_px - a->y_px) * (x_px - a->x_px) / (b->x_px - a->x_px)
                    : b->y_px;
        return true;
    }
    return false;
}

static void draw_signs(struct tp_sketch *sketch, const struct tp_look *look, const char *what,
                       uint32_t rgb, struct tp_path *signs)
{
    struct tp_path outline = {0};
    size_t i;

    for (i = 0; i < signs->count; i++)
        tp_path_add(&outline, signs->points[i].x_px, signs->points[i].y_px);
    tp_sketch_mark(sketch, TP_MARK_SIGN, TP_SHAPE_POLYGON, what,
                   (struct tp_ink){look->hollow ? sketch->theme->background : rgb, 1}, signs);
    tp_sketch_line(sketch, TP_MARK_SIGN, what, rgb, 1, &outline);
}

void tp_look_curve(struct tp_sketch *sketch, const struct tp_look *look, double share,
                   const char *what, uint32_t rgb, double width_px, struct tp_path *path)
{
    struct tp_path signs = {0};
    const struct tp_panel *panel;
    struct tp_mark *mark;
    double x_px, y_px;

    if (sketch->failed || !look) {
        tp_sketch_line(sketch, TP_MARK_CURVE, what, rgb, width_px, path);
        return;
    }
    panel = &sketch->picture->panels[sketch->panel];
    for (x_px = panel->left_px + SIGNS_APART * (0.2 + 0.6 * share);
         x_px < panel->right_px - SIGN_PX; x_px += SIGNS_APART)
        if (curve_at(path, x_px, &y_px) && y_px >= panel->top_px && y_px <= panel->bottom_px)
            tp_look_sign(look, x_px, y_px, &signs);
    mark = tp_sketch_line(sketch, TP_MARK_CURVE, what, rgb, width_px, path);
    if (mark)
        memcpy(mark->dash_px, look->dash_px, sizeof mark->dash_px);
    draw_signs(sketch, look, what, rgb, &signs);
}
