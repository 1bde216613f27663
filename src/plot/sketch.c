/* sketch.c: growing lists of panels, marks and captions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "plot/sketch.h"
#include "plot/lettering.h"

#define SAME_PX    0.02 /* closer than the eye sees at any sensible scale */
#define LIST_FIRST 16
#define PI         3.14159265358979323846

void tp_path_add(struct tp_path *path, double x_px, double y_px)
{
    if (path->failed || !TP_LIST_ROOM(path->points, path->count, path->allocated, LIST_FIRST)) {
        path->failed = true;
        return;
    }
    path->points[path->count++] = (struct tp_point){x_px, y_px};
}

void tp_path_lift(struct tp_path *path)
{
    if (path->count > 0 && !isnan(path->points[path->count - 1].y_px))
        tp_path_add(path, path->points[path->count - 1].x_px, NAN);
}

void tp_path_box(struct tp_path *path, double left, double top, double right, double bottom)
{
    tp_path_add(path, left, top);
    tp_path_add(path, right, bottom);
}

static bool same(double a, double b)
{
    return fabs(a - b) < SAME_PX;
}

void tp_path_disc(struct tp_path *path, double x_px, double y_px, double radius_px)
{
    const unsigned corners = 16;
    unsigned i;

    tp_path_lift(path);
    for (i = 0; i < corners; i++)
        tp_path_add(path, x_px + radius_px * cos(2 * PI * i / corners),
                    y_px + radius_px * sin(2 * PI * i / corners));
}

/* Does `next` go on in the axis-parallel direction of the line from `before` to `last`? */
static bool goes_on(struct tp_point before, struct tp_point last, struct tp_point next)
{
    if (same(before.y_px, last.y_px) && same(last.y_px, next.y_px))
        return (last.x_px - before.x_px) * (next.x_px - last.x_px) >= 0;
    return same(before.x_px, last.x_px) && same(last.x_px, next.x_px) &&
           (last.y_px - before.y_px) * (next.y_px - last.y_px) >= 0;
}

void tp_path_thin(struct tp_path *path)
{
    struct tp_point *kept = path->points, next;
    size_t count = 0, i;

    for (i = 0; i < path->count; i++) {
        next = path->points[i];
        if (count > 1 && goes_on(kept[count - 2], kept[count - 1], next))
            count--;
        else if (count > 0 && same(kept[count - 1].x_px, next.x_px) &&
                 same(kept[count - 1].y_px, next.y_px))
            continue;
        kept[count++] = next;
    }
    path->count = count;
}

void tp_path_release(struct tp_path *path)
{
    free(path->points);
    *path = (struct tp_path){0};
}

void tp_sketch_init(struct tp_sketch *sketch, const struct tp_theme *theme)
{
    *sketch = (struct tp_sketch){.theme = theme, .panel = -1, .name = -1};
    sketch->picture = calloc(1, sizeof *sketch->picture);
    if (!sketch->picture)
        sketch->failed = true;
    else
        sketch->picture->background = theme->background;
}

struct tp_picture *tp_sketch_finish(struct tp_sketch *sketch, struct tp_error *error)
{
    struct tp_picture *picture = sketch->picture;

    sketch->picture = NULL;
    if (!sketch->failed)
        return picture;
    tp_picture_free(picture);
    tp_error_nomem(error);
    return NULL;
}

struct tp_panel *tp_sketch_panel(struct tp_sketch *sketch, const char *name, double left_px,
                                 double top_px, double right_px, double bottom_px)
{
    struct tp_picture *picture = sketch->picture;

    if (sketch->failed)
        return NULL;
    if (!TP_LIST_ROOM(picture->panels, picture->panel_count, sketch->panels_allocated,
                      LIST_FIRST)) {
        sketch->failed = true;
        return NULL;
    }
    sketch->panel = (int)picture->panel_count;
    sketch->cut = false;
    picture->panels[picture->panel_count] = (struct tp_panel){.name = name,
                                                              .left_px = left_px,
                                                              .top_px = top_px,
                                                              .right_px = right_px,
                                                              .bottom_px = bottom_px};
    return &picture->panels[picture->panel_count++];
}

static bool is_cut(enum tp_mark_kind kind)
{
    return kind == TP_MARK_AREA || kind == TP_MARK_CURVE || kind == TP_MARK_BAR ||
           kind == TP_MARK_DOTS;
}

static void cut(const struct tp_panel *panel, enum tp_shape shape, struct tp_path *path)
{
    if (shape == TP_SHAPE_LINE)
        tp_path_cut_line(path, panel->top_px, panel->bottom_px);
    else
        tp_path_cut_shape(path, panel->top_px, panel->bottom_px);
}

struct tp_mark *tp_sketch_mark(struct tp_sketch *sketch, enum tp_mark_kind kind,
                               enum tp_shape shape, const char *what, struct tp_ink ink,
                               struct tp_path *path)
{
    struct tp_picture *picture = sketch->picture;
    struct tp_mark *mark = NULL;

    if (sketch->cut && sketch->panel >= 0 && !sketch->failed && is_cut(kind))
        cut(&picture->panels[sketch->panel], shape, path);
    if (path->failed)
        sketch->failed = true;
    if (sketch->failed || path->count == 0)
        goto out;
    if (!TP_LIST_ROOM(picture->marks, picture->mark_count, sketch->marks_allocated, LIST_FIRST)) {
        sketch->failed = true;
        goto out;
    }
    mark = &picture->marks[picture->mark_count++];
    *mark = (struct tp_mark){.kind = kind,
                             .shape = shape,
                             .panel = sketch->panel,
                             .name = sketch->name,
                             .what = what,
                             .ink = ink,
                             .points = path->points,
                             .count = path->count};
    *path = (struct tp_path){0};
out:
    tp_path_release(path);
    return mark;
}

struct tp_mark *tp_sketch_line(struct tp_sketch *sketch, enum tp_mark_kind kind, const char *what,
                               uint32_t rgb, double width_px, struct tp_path *path)
{
    struct tp_mark *mark =
        tp_sketch_mark(sketch, kind, TP_SHAPE_LINE, what, (struct tp_ink){rgb, 1}, path);

    if (mark)
        mark->width_px = (float)width_px;
    return mark;
}

void tp_sketch_box(struct tp_sketch *sketch, enum tp_mark_kind kind, const char *what,
                   struct tp_ink ink, double left, double top, double right, double bottom)
{
    struct tp_path path = {0};

    tp_path_box(&path, left, top, right, bottom);
    tp_sketch_mark(sketch, kind, TP_SHAPE_BOXES, what, ink, &path);
}

struct tp_mark *tp_sketch_hairline(struct tp_sketch *sketch, enum tp_mark_kind kind, uint32_t rgb,
                                   double width_px, double x0, double y0, double x1, double y1)
{
    struct tp_path path = {0};
    struct tp_mark *mark;

    tp_path_add(&path, x0, y0);
    tp_path_add(&path, x1, y1);
    mark = tp_sketch_line(sketch, kind, "line", rgb, width_px, &path);
    if (mark)
        mark->crisp = true;
    return mark;
}

struct tp_caption *tp_sketch_caption(struct tp_sketch *sketch, double x_px, double y_px,
                                     double size_px, uint32_t rgb, enum tp_anchor anchor, bool bold,
                                     const char *text)
{
    struct tp_picture *picture = sketch->picture;
    struct tp_caption *caption;
    char *clean;

    if (sketch->failed || !text[0])
        return NULL;
    clean = tp_text_clean(text);
    if (!clean || !TP_LIST_ROOM(picture->captions, picture->caption_count,
                                sketch->captions_allocated, LIST_FIRST)) {
        free(clean);
        sketch->failed = true;
        return NULL;
    }
    caption = &picture->captions[picture->caption_count++];
    *caption = (struct tp_caption){.text = clean,
                                   .x_px = x_px,
                                   .y_px = y_px,
                                   .size_px = size_px,
                                   .rgb = rgb,
                                   .anchor = anchor,
                                   .bold = bold};
    return caption;
}

void tp_sketch_follow(struct tp_sketch *sketch, double gap_px, double size_px, uint32_t rgb,
                      bool bold, const char *text)
{
    struct tp_caption *caption;
    double y_px;

    if (sketch->failed || sketch->picture->caption_count == 0)
        return;
    y_px = sketch->picture->captions[sketch->picture->caption_count - 1].y_px;
    caption = tp_sketch_caption(sketch, gap_px, y_px, size_px, rgb, TP_ANCHOR_LEFT, bold, text);
    if (caption)
        caption->follows = true;
}

void tp_picture_free(struct tp_picture *picture)
{
    size_t i;

    if (!picture)
        return;
    for (i = 0; i < picture->mark_count; i++)
        free(picture->marks[i].points);
    for (i = 0; i < picture->caption_count; i++)
        free(picture->captions[i].text);
    free(picture->marks);
    free(picture->captions);
    free(picture->panels);
    free(picture->font);
    for (i = 0; i < picture->name_count; i++)
        free(picture->names[i]);
    free(picture->names);
    free(picture);
}
