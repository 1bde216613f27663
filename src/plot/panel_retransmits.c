/* panel_retransmits.c: what was sent again: a logarithmic bar for each bin, or one row of ticks for
 * each flow. Packets are counted as segments; the kernel tells of packet buffers (skbs), each of
 * which may hold several, so there no segments are claimed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/units.h"
#include "plot/panel.h"
#include "plot/scale.h"

#define BAR_MIN_PX    2.5
#define ONE_SEEN      0.7 /* lower end of the axis, so that a count of 1 has a height */
#define TICK_WIDTH_PX 1.5
#define TICK_LEVELS   4 /* opacities: 1, 2-3, 4-7, 8 and more in a column */

static bool has(const struct tp_scene *scene, const struct tp_scene_flow *flow)
{
    struct tp_resent resent;

    tp_scene_resent(scene, flow, &resent);
    return resent.known;
}

static void say_count(const struct tp_resent *resent, char *buf, size_t size)
{
    snprintf(buf, size, "%llu %s%s", (unsigned long long)resent->count, resent->unit,
             resent->count == 1 ? "" : "s");
}

static void draw_bars(struct tp_scene *scene, const struct tp_panel *panel,
                      const struct tp_bins *bins)
{
    struct tp_path path = {0};
    double left, right, missing;
    size_t i;

    for (i = 0; i < bins->count; i++) {
        if (!(bins->sums[i] > 0))
            continue;
        left = tp_panel_x(panel, (int64_t)tp_bins_begin(bins, i));
        right = tp_panel_x(panel, (int64_t)tp_bins_begin(bins, i + 1));
        missing = fmax(0, BAR_MIN_PX - (right - left)) / 2;
        tp_path_box(&path, fmax(left - missing, panel->left_px), tp_panel_y(panel, bins->sums[i]),
                    fmin(right + missing, panel->right_px), panel->bottom_px);
    }
    tp_sketch_mark(&scene->sketch, TP_MARK_BAR, TP_SHAPE_BOXES, "retransmit",
                   (struct tp_ink){scene->theme->retransmit, 0.9F}, &path);
}

static void draw(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    const struct tp_scene_flow *flow = &scene->flows[0];
    struct tp_end_label label;
    struct tp_resent resent;
    char unit[80], width[32];
    struct tp_bins bins;
    double high = 0;
    size_t i;

    tp_scene_resent(scene, flow, &resent);
    if (!tp_scene_retransmits(scene, flow, &bins))
        return;
    for (i = 0; i < bins.count; i++)
        high = fmax(high, bins.sums[i]);
    tp_axis_log(&panel->y, ONE_SEEN, fmax(10, high * 1.5), panel->bottom_px, panel->top_px);
    panel->y_unit = resent.unit;
    tp_scene_bin_text(scene, width, sizeof width);
    snprintf(unit, sizeof unit, "%ss per %s, log", resent.unit, width);
    tp_frame_draw(scene, panel, "Retransmissions", unit, times);
    draw_bars(scene, panel, &bins);
    tp_bins_release(&bins);
    if (resent.count == 0) {
        tp_frame_note(scene, panel, "none");
        return;
    }
    label = (struct tp_end_label){.at_px = (panel->top_px + panel->bottom_px) / 2,
                                  .rgb = scene->theme->retransmit,
                                  .name = "retransmitted"};
    say_count(&resent, label.detail, sizeof label.detail);
    tp_end_labels_draw(scene, panel, &label, 1);
}

/* --- compared ------------------------------------------------------------------------------- */

/* Ticks of one flow: columns are one page pixel wide, more of them in a column are more opaque. */
static void draw_raster(struct tp_scene *scene, const struct tp_panel *panel,
                        const struct tp_scene_flow *flow, double middle_px, double height_px)
{
    double x_px;
    struct tp_path levels[TICK_LEVELS] = {0};
    struct tp_resent resent;
    struct tp_bins columns;
    unsigned level;
    size_t i;
    double wide_px = panel->right_px - panel->left_px;

    if (!tp_bins_init(&columns, (int64_t)fmax(1, ceil((double)scene->span_ns / wide_px)),
                      scene->span_ns)) {
        scene->sketch.failed = true;
        return;
    }
    tp_bins_add(&columns, tp_scene_resent(scene, flow, &resent), flow->origin_ns);
    for (i = 0; i < columns.count; i++) {
        if (!(columns.sums[i] > 0))
            continue;
        level = (unsigned)fmin(fmax(log2(columns.sums[i]), 0), TICK_LEVELS - 1);
        x_px = tp_panel_x(panel, (int64_t)tp_bins_begin(&columns, i));
        tp_path_box(&levels[level], x_px - TICK_WIDTH_PX / 4, middle_px - height_px / 2,
                    x_px + TICK_WIDTH_PX * 3 / 4, middle_px + height_px / 2);
    }
    for (level = 0; level < TICK_LEVELS; level++)
        tp_sketch_mark(&scene->sketch, TP_MARK_RASTER, TP_SHAPE_BOXES, "retransmit",
                       (struct tp_ink){flow->rgb, 0.55F + 0.15F * (float)level}, &levels[level]);
    tp_bins_release(&columns);
}

static void draw_compared(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    double row_px = (panel->bottom_px - panel->top_px) / (double)scene->count, middle_px;
    const struct tp_scene_flow *flow;
    struct tp_resent resent;
    bool segments = false, skbs = false;
    char text[48], words[96];
    size_t i;

    panel->y = (struct tp_axis){.low = 0, .high = (double)scene->count, .divisor = 1};
    for (i = 0; i < scene->count; i++) {
        tp_scene_resent(scene, &scene->flows[i], &resent);
        segments |= resent.known && resent.packets;
        skbs |= resent.known && !resent.packets;
    }
    snprintf(words, sizeof words,
             "%s%s%s; a tick for each pixel column, darker where there are more",
             segments ? "segments" : "", segments && skbs ? ", " : "", skbs ? "skbs" : "");
    tp_frame_draw(scene, panel, "Retransmissions", words, times);
    for (i = 0; i < scene->count; i++) {
        flow = &scene->flows[i];
        middle_px = panel->top_px + row_px * ((double)i + 0.5);
        tp_sketch_hairline(&scene->sketch, TP_MARK_GRID, scene->theme->grid, 0.75, panel->left_px,
                           middle_px, panel->right_px, middle_px);
        tp_frame_row_key(scene, panel, flow, middle_px);
        draw_raster(scene, panel, flow, middle_px, fmin(row_px * 0.72, 16));
        if (tp_scene_is_paper(scene))
            continue;
        tp_scene_resent(scene, flow, &resent);
        snprintf(text, sizeof text, "not traced");
        if (resent.known)
            say_count(&resent, text, sizeof text);
        tp_frame_row_name(scene, panel, flow, middle_px);
        tp_sketch_follow(&scene->sketch, 6, TP_TICK_PX, scene->theme->text_mid, false, text);
    }
}

const struct tp_panel_kind tp_retransmits_panel = {
    .name = "retransmissions",
    .help = "what was sent again: segments where packets were captured, else packet buffers (skbs)",
    .use = TP_PANEL_USUAL,
    .metrics = TP_METRIC_BIT(RETRANSMIT),
    .title = "Retransmissions",
    .height_px = 74,
    .compared_px = 60,
    .row_px = 15,
    .has = has,
    .absent = "there are neither tcp_retransmit_skb events nor packets in the recording",
    .draw = draw,
    .draw_compared = draw_compared,
};
