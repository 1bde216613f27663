/* paper.c: see paper.h. */
#include <stdio.h>
#include <string.h>

#include "base/wall_time.h"
#include "plot/lettering.h"
#include "plot/paper.h"
#include "plot/panel.h"

#define TITLE_PX    12 /* baseline of the value axis' title, from the left edge of the page */
#define BELOW_PX    34 /* ... of that of the time axis, below the panel */
#define ROW_PX      20 /* sample of a row */
#define TITLE_WORDS 80

/* Where a long title does not fit beside the panel. */
static const struct {
    const char *title, *shortly;
} short_titles[] = {
    {"Congestion window", "cwnd"}, {"Smoothed round-trip time", "srtt"},
    {"Round-trip time", "RTT"},    {"Round-trip time as the receiver estimates it", "RTT"},
    {"Retransmissions", "Resent"}, {"Sequence number", "Sequence"},
    {"Offered window", "Window"},  {"Limited by", "Limit"}};

static void write_title(char *buf, size_t size, const char *title, const char *unit)
{
    int length = (int)strcspn(unit, ",");

    snprintf(buf, size, length > 0 ? "%s (%.*s)" : "%s", title, length, unit);
}

/* The longest words that fit beside the axis. */
static void fit_title(char *buf, size_t size, const char *title, const char *unit, double room_px)
{
    size_t i;

    write_title(buf, size, title, unit);
    for (i = 0; i < sizeof short_titles / sizeof *short_titles; i++)
        if (strcmp(short_titles[i].title, title) == 0 &&
            tp_text_width(buf, TP_TICK_PX, false) > room_px)
            write_title(buf, size, short_titles[i].shortly, unit);
    if (unit[0] && tp_text_width(buf, TP_TICK_PX, false) > room_px)
        snprintf(buf, size, "%.*s", (int)strcspn(unit, ","), unit);
}

void tp_paper_below(struct tp_scene *scene, const struct tp_panel *panel, const char *text)
{
    struct tp_caption *caption = tp_sketch_caption(
        &scene->sketch, (panel->left_px + panel->right_px) / 2, panel->bottom_px + BELOW_PX,
        TP_TICK_PX, scene->theme->text, TP_ANCHOR_CENTER, false, text);

    if (caption)
        tp_text_fit(caption->text, TP_TICK_PX, false, panel->right_px);
}

void tp_paper_title(struct tp_scene *scene)
{
    struct tp_caption *caption;

    if (!scene->options->title)
        return;
    caption = tp_sketch_caption(&scene->sketch, scene->width_px / 2, TP_PAPER_TOP_PX + TP_TICK_PX,
                                TP_TICK_PX, scene->theme->text, TP_ANCHOR_CENTER, true,
                                scene->options->title);
    if (caption)
        tp_text_fit(caption->text, TP_TICK_PX, true, scene->width_px);
}

/* What stands behind the numbers of an axis of time. */
static const char *time_unit(const struct tp_panel *panel)
{
    const char *text = panel->x.count > 0 ? panel->x.ticks[0].text : "", *space = strchr(text, ' ');

    return space ? (strcmp(space, " h") == 0 ? "h:min" : space + 1)
                 : (strchr(text, ':') ? "min:s" : "s");
}

void tp_paper_axes(struct tp_scene *scene, const struct tp_panel *panel, const char *title,
                   const char *unit)
{
    char text[TITLE_WORDS];
    struct tp_caption *caption;

    fit_title(text, sizeof text, title, panel->y.count > 0 ? unit : "",
              panel->bottom_px - panel->top_px + TP_PAPER_GAP_PX);
    tp_sketch_hairline(&scene->sketch, TP_MARK_GRID, scene->theme->axis, 1, panel->left_px,
                       panel->top_px, panel->left_px, panel->bottom_px);
    caption = tp_sketch_caption(&scene->sketch, TITLE_PX, (panel->top_px + panel->bottom_px) / 2,
                                TP_TICK_PX, scene->theme->text, TP_ANCHOR_CENTER, false, text);
    if (caption) {
        caption->turned = true;
        tp_text_fit(caption->text, TP_TICK_PX, false,
                    panel->bottom_px - panel->top_px + 2 * TP_PAPER_GAP_PX);
    }
}

void tp_paper_time(struct tp_scene *scene, const struct tp_panel *panel)
{
    char text[TITLE_WORDS];

    char date[WALL_TIME_BYTES];

    if (scene->options->wall_time) {
        wall_time_put(date, scene->left_wall_ns, 0);
        snprintf(text, sizeof text, "Time (UTC, %.10s)", date);
    } else {
        snprintf(text, sizeof text, "Time (%s)", time_unit(panel));
    }
    tp_paper_below(scene, panel, text);
}

/* --- legend ----------------------------------------------------------------------------------- */

/* How the curve or the area of that colour was drawn on the panel of now. */
static void look_of(const struct tp_scene *scene, uint32_t rgb, struct tp_legend_item *item)
{
    const struct tp_picture *picture = scene->sketch.picture;
    const struct tp_mark *mark;
    size_t i;

    item->patch = true;
    for (i = 0; i < picture->mark_count; i++) {
        mark = &picture->marks[i];
        if (mark->panel != scene->sketch.panel || mark->ink.rgb != rgb ||
            (mark->kind != TP_MARK_CURVE && mark->kind != TP_MARK_AREA))
            continue;
        item->ink = mark->ink;
        if (mark->kind != TP_MARK_CURVE)
            continue;
        item->patch = false;
        item->width_px = mark->width_px;
        memcpy(item->dash_px, mark->dash_px, sizeof item->dash_px);
    }
}

void tp_paper_labels(struct tp_scene *scene, const struct tp_end_label *labels, size_t count)
{
    struct tp_legend_item item;
    size_t i;

    for (i = 0; i < count && scene->count == 1 && !scene->sketch.failed; i++) {
        item = (struct tp_legend_item){.ink = {labels[i].rgb, 1}, .width_px = TP_CURVE_PX};
        snprintf(item.text, sizeof item.text, "%s", labels[i].name);
        look_of(scene, labels[i].rgb, &item);
        tp_legend_add(&scene->legend, &item);
    }
}

void tp_paper_keys(struct tp_scene *scene, const struct tp_key *keys, size_t count)
{
    struct tp_legend_item item;
    size_t i;

    for (i = 0; i < count; i++) {
        item = (struct tp_legend_item){
            .ink = keys[i].ink, .patch = !keys[i].dots, .dots = keys[i].dots};
        snprintf(item.text, sizeof item.text, "%s", keys[i].text);
        tp_legend_add(&scene->legend, &item);
    }
}

void tp_paper_bands(struct tp_scene *scene)
{
    struct tp_key keys[TP_BAND_KEYS];

    tp_paper_keys(scene, keys, tp_frame_bands(scene, keys));
}

static void set_item(const struct tp_scene *scene, const struct tp_scene_flow *flow,
                     struct tp_legend_item *item)
{
    const struct tp_look *look = tp_scene_look(scene, flow);

    *item =
        (struct tp_legend_item){.ink = {flow->rgb, 1}, .width_px = TP_COMPARED_PX, .look = look};
    if (look)
        memcpy(item->dash_px, look->dash_px, sizeof item->dash_px);
    tp_scene_group_name(scene, flow->look, item->text, sizeof item->text);
}

void tp_paper_flows(struct tp_scene *scene)
{
    struct tp_legend_item item;
    size_t i;

    for (i = 0; i < scene->count && scene->count > 1 && !scene->sketch.failed; i++) {
        set_item(scene, &scene->flows[i], &item);
        tp_legend_add(&scene->legend, &item);
    }
}

void tp_paper_row(struct tp_scene *scene, const struct tp_scene_flow *flow, double right_px,
                  double middle_px)
{
    const struct tp_look *look = tp_scene_look(scene, flow);
    struct tp_path path = {0}, sign = {0};
    struct tp_mark *mark;

    tp_path_add(&path, right_px - ROW_PX, middle_px);
    tp_path_add(&path, right_px, middle_px);
    mark = tp_sketch_line(&scene->sketch, TP_MARK_KEY, "flow", flow->rgb, TP_COMPARED_PX, &path);
    if (!look)
        return;
    if (mark)
        memcpy(mark->dash_px, look->dash_px, sizeof mark->dash_px);
    tp_look_sign(look, right_px - ROW_PX / 2.0, middle_px, &sign);
    tp_look_sign(look, right_px - ROW_PX / 2.0, middle_px, &path);
    tp_sketch_mark(&scene->sketch, TP_MARK_KEY, TP_SHAPE_POLYGON, "flow",
                   (struct tp_ink){look->hollow ? scene->theme->background : flow->rgb, 1}, &sign);
    tp_sketch_line(&scene->sketch, TP_MARK_KEY, "flow", flow->rgb, 1, &path);
}
