/* legend.c: rows of samples and names. */
#include <string.h>

#include "plot/legend.h"
#include "plot/lettering.h"
#include "plot/scene.h"

#define SAMPLE_PX   24 /* of a line; a patch or a dot is shorter */
#define SHORT_PX    9
#define TEXT_GAP_PX 5
#define APART_PX    12
#define BASELINE_PX 11 /* below the top of a row */
#define MIDDLE_PX   4  /* above the baseline */
#define DOT_PX      2

void tp_legend_add(struct tp_legend *legend, const struct tp_legend_item *item)
{
    size_t i;

    for (i = 0; i < legend->count; i++)
        if (strcmp(legend->items[i].text, item->text) == 0)
            return;
    if (legend->count < TP_LEGEND_MAX)
        legend->items[legend->count++] = *item;
}

static double sample_px(const struct tp_legend_item *item)
{
    return item->patch || item->dots ? SHORT_PX : SAMPLE_PX;
}

static double width_of(const struct tp_legend_item *item)
{
    return sample_px(item) + TEXT_GAP_PX + tp_text_width(item->text, TP_TICK_PX, false);
}

/* The first item of the next row. */
static size_t row_end(const struct tp_legend *legend, size_t first, double width_px)
{
    double used = width_of(&legend->items[first]);
    size_t end;

    for (end = first + 1; end < legend->count; end++) {
        used += APART_PX + width_of(&legend->items[end]);
        if (used > width_px)
            break;
    }
    return end;
}

size_t tp_legend_rows(const struct tp_legend *legend, double width_px)
{
    size_t at, rows = 0;

    for (at = 0; at < legend->count; at = row_end(legend, at, width_px))
        rows++;
    return rows;
}

static void draw_line(struct tp_sketch *sketch, const struct tp_legend_item *item, double x_px,
                      double y_px)
{
    struct tp_path line = {0}, sign = {0}, outline = {0};
    struct tp_mark *mark;

    tp_path_add(&line, x_px, y_px);
    tp_path_add(&line, x_px + SAMPLE_PX, y_px);
    mark = tp_sketch_line(sketch, TP_MARK_KEY, "legend", item->ink.rgb, item->width_px, &line);
    if (mark) {
        mark->ink.alpha = item->ink.alpha;
        memcpy(mark->dash_px, item->dash_px, sizeof mark->dash_px);
    }
    if (!item->look)
        return;
    tp_look_sign(item->look, x_px + SAMPLE_PX / 2.0, y_px, &sign);
    tp_look_sign(item->look, x_px + SAMPLE_PX / 2.0, y_px, &outline);
    tp_sketch_mark(
        sketch, TP_MARK_KEY, TP_SHAPE_POLYGON, "legend",
        (struct tp_ink){item->look->hollow ? sketch->theme->background : item->ink.rgb, 1}, &sign);
    tp_sketch_line(sketch, TP_MARK_KEY, "legend", item->ink.rgb, 1, &outline);
}

static void draw_item(struct tp_sketch *sketch, const struct tp_legend_item *item, double x_px,
                      double baseline_px, double right_px)
{
    double middle_px = baseline_px - MIDDLE_PX, text_px = x_px + sample_px(item) + TEXT_GAP_PX;
    struct tp_caption *caption;
    struct tp_path dot = {0};

    if (item->patch) {
        tp_sketch_box(sketch, TP_MARK_KEY, "legend", item->ink, x_px, baseline_px - SHORT_PX,
                      x_px + SHORT_PX, baseline_px);
    } else if (item->dots) {
        tp_path_disc(&dot, x_px + SHORT_PX / 2.0, middle_px, DOT_PX);
        tp_sketch_mark(sketch, TP_MARK_KEY, TP_SHAPE_POLYGON, "legend", item->ink, &dot);
    } else {
        draw_line(sketch, item, x_px, middle_px);
    }
    caption = tp_sketch_caption(sketch, text_px, baseline_px, TP_TICK_PX, sketch->theme->text,
                                TP_ANCHOR_LEFT, false, item->text);
    if (caption)
        tp_text_fit(caption->text, TP_TICK_PX, false, right_px - text_px);
}

void tp_legend_draw(struct tp_legend *legend, struct tp_sketch *sketch, double left_px,
                    double right_px, double top_px)
{
    double baseline_px = top_px + BASELINE_PX, x_px;
    size_t at, end;

    for (at = 0; at < legend->count; at = end, baseline_px += TP_LEGEND_ROW_PX) {
        end = row_end(legend, at, right_px - left_px);
        for (x_px = left_px; at < end; at++) {
            draw_item(sketch, &legend->items[at], x_px, baseline_px, right_px);
            x_px += width_of(&legend->items[at]) + APART_PX;
        }
    }
    legend->count = 0;
}
