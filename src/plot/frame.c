/* frame.c: grids and titles of panels, and the bands that run through them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plot/frame.h"
#include "plot/scale.h"
#include "plot/lettering.h"
#include "plot/paper.h"

#define GRID_PX       0.75
#define LEVEL_PX      1.2
#define HEADROOM      1.06
#define LOG_RANGE     1000 /* of a logarithmic axis whose lower end nobody asks for */
#define TICK_ROOM_PX  36   /* between two numbers of a value axis */
#define BAND_PX       2    /* narrowest band */
#define BAND_APART_PX 2.5
#define GAP_WORDS_PX  60 /* apart from each other */
#define KEY_PATCH_PX  10
#define KEY_DOT_PX    2.4 /* radius */
#define KEY_TEXT_PX   15  /* from the patch's left to the text */
#define KEY_APART_PX  12

/* What the caller asks for: a range, decades, or both. */
static void chosen_axis(struct tp_scene *scene, struct tp_panel *panel,
                        const struct tp_axis_options *asked, double high, unsigned want)
{
    double low = asked->has_range ? asked->low : asked->log ? high / LOG_RANGE : 0;

    high = asked->has_range ? asked->high : high * HEADROOM;
    if (asked->log)
        tp_axis_decades(&panel->y, low, high, panel->bottom_px, panel->top_px);
    else
        tp_axis_linear(&panel->y, low, high, panel->bottom_px, panel->top_px, want);
    panel->y.cut = asked->has_range || asked->log;
    scene->sketch.cut = panel->y.cut;
}

void tp_frame_value_axis(struct tp_scene *scene, struct tp_panel *panel, double high)
{
    const struct tp_axis_options *asked = tp_scene_axis(scene, panel->name);
    unsigned want = (unsigned)fmax(2, (panel->bottom_px - panel->top_px) / TICK_ROOM_PX);

    if (!(high > 0) || !isfinite(high))
        high = 1;
    if (asked && (asked->has_range || asked->log))
        chosen_axis(scene, panel, asked, high, want);
    else
        tp_axis_linear(&panel->y, 0, high * HEADROOM, panel->bottom_px, panel->top_px, want);
}

void tp_frame_unit(struct tp_panel *panel, const char *unit, const char *note, char *buf,
                   size_t size)
{
    panel->y_unit = unit;
    snprintf(buf, size, "%s%s%s%s", tp_si_for(panel->y.divisor).prefix, unit, note ? ", " : "",
             note ? note : "");
}

static void draw_times(struct tp_scene *scene, const struct tp_panel *panel, bool numbers)
{
    const struct tp_theme *theme = scene->theme;
    const struct tp_tick *tick;
    char text[sizeof tick->text];
    unsigned i;

    for (i = 0; i < panel->x.count; i++) {
        tick = &panel->x.ticks[i];
        tp_sketch_hairline(&scene->sketch, TP_MARK_GRID, theme->grid, GRID_PX, tick->at_px,
                           panel->top_px, tick->at_px, panel->bottom_px);
        if (!numbers)
            continue;
        tp_sketch_hairline(&scene->sketch, TP_MARK_GRID, theme->axis, 1, tick->at_px,
                           panel->bottom_px, tick->at_px, panel->bottom_px + 4);
        snprintf(text, sizeof text, "%s", tick->text);
        if (tp_scene_is_paper(scene))
            text[strcspn(text, " ")] = '\0'; /* the axis' title has the unit */
        tp_sketch_caption(&scene->sketch, tick->at_px, panel->bottom_px + 18, TP_TICK_PX,
                          theme->text_mid, TP_ANCHOR_CENTER, false, text);
    }
}

static void draw_values(struct tp_scene *scene, const struct tp_panel *panel)
{
    const struct tp_theme *theme = scene->theme;
    const struct tp_tick *tick;
    unsigned i;

    for (i = 0; i < panel->y.count; i++) {
        tick = &panel->y.ticks[i];
        tp_sketch_hairline(&scene->sketch, TP_MARK_GRID, theme->grid,
                           tick->text[0] ? GRID_PX : GRID_PX / 2, panel->left_px, tick->at_px,
                           panel->right_px, tick->at_px);
        tp_sketch_caption(&scene->sketch, panel->left_px - 8, tick->at_px + 4.4, TP_TICK_PX,
                          theme->text_mid, TP_ANCHOR_RIGHT, false, tick->text);
    }
}

static void draw_frame(struct tp_scene *scene, const struct tp_panel *panel, const char *title,
                       const char *unit, bool numbers)
{
    const struct tp_axis_options *asked = tp_scene_axis(scene, panel->name);
    const struct tp_theme *theme = scene->theme;

    if (asked && asked->title) {
        title = asked->title;
        unit = "";
    }
    draw_times(scene, panel, numbers);
    draw_values(scene, panel);
    tp_sketch_hairline(&scene->sketch, TP_MARK_GRID, theme->axis, 1, panel->left_px,
                       panel->bottom_px, panel->right_px, panel->bottom_px);
    if (tp_scene_is_paper(scene)) {
        tp_paper_axes(scene, panel, title, unit);
        return;
    }
    tp_sketch_caption(&scene->sketch, panel->left_px, panel->top_px - 9, 13, theme->text,
                      TP_ANCHOR_LEFT, true, title);
    tp_sketch_follow(&scene->sketch, 8, TP_TICK_PX, theme->text_dim, false, unit);
}

void tp_frame_draw(struct tp_scene *scene, const struct tp_panel *panel, const char *title,
                   const char *unit, bool times)
{
    draw_frame(scene, panel, title, unit, times);
    if (times && tp_scene_is_paper(scene))
        tp_paper_time(scene, panel);
}

void tp_frame_draw_over(struct tp_scene *scene, const struct tp_panel *panel, const char *title,
                        const char *unit, const char *below)
{
    draw_frame(scene, panel, title, unit, true);
    tp_paper_below(scene, panel, below);
}

/* Where the title and what follows it end at most. */
static double title_end(const struct tp_picture *picture, double left_px, double baseline_px)
{
    double end_px = left_px;
    size_t i;

    for (i = 0; i < picture->caption_count; i++)
        if (picture->captions[i].y_px == baseline_px)
            end_px += tp_text_width(picture->captions[i].text, picture->captions[i].size_px,
                                    picture->captions[i].bold) +
                      (picture->captions[i].follows ? picture->captions[i].x_px : 0);
    return end_px;
}

static void draw_patch(struct tp_scene *scene, const struct tp_key *key, double x_px,
                       double baseline_px)
{
    struct tp_path dot = {0};

    if (!key->dots) {
        tp_sketch_box(&scene->sketch, TP_MARK_KEY, key->what, key->ink, x_px, baseline_px - 9,
                      x_px + KEY_PATCH_PX, baseline_px + 1);
        return;
    }
    tp_path_disc(&dot, x_px + KEY_PATCH_PX - KEY_DOT_PX - 2, baseline_px - 4, KEY_DOT_PX);
    tp_sketch_mark(&scene->sketch, TP_MARK_KEY, TP_SHAPE_POLYGON, key->what, key->ink, &dot);
}

void tp_frame_keys(struct tp_scene *scene, const struct tp_panel *panel, const struct tp_key *keys,
                   size_t count)
{
    double baseline_px = panel->top_px - 9, x_px = panel->right_px, room_px, width_px;
    size_t i, fit;

    if (scene->sketch.failed)
        return;
    if (tp_scene_is_paper(scene)) {
        tp_paper_keys(scene, keys, count);
        return;
    }
    room_px = x_px - title_end(scene->sketch.picture, panel->left_px, baseline_px) - KEY_APART_PX;
    for (fit = 0; fit < count; fit++) {
        width_px = KEY_TEXT_PX + tp_text_width(keys[fit].text, TP_SMALL_PX, false) +
                   (fit > 0 ? KEY_APART_PX : 0);
        if (width_px > room_px)
            break;
        room_px -= width_px;
        x_px -= width_px;
    }
    for (i = 0; i < fit; i++) {
        draw_patch(scene, &keys[i], x_px, baseline_px);
        tp_sketch_caption(&scene->sketch, x_px + KEY_TEXT_PX, baseline_px, TP_SMALL_PX,
                          scene->theme->text_mid, TP_ANCHOR_LEFT, false, keys[i].text);
        x_px += KEY_TEXT_PX + tp_text_width(keys[i].text, TP_SMALL_PX, false) + KEY_APART_PX;
    }
}

void tp_frame_row_key(struct tp_scene *scene, const struct tp_panel *panel,
                      const struct tp_scene_flow *flow, double middle_px)
{
    if (tp_scene_is_paper(scene))
        tp_paper_row(scene, flow, panel->left_px - 6, middle_px);
    else
        tp_sketch_box(&scene->sketch, TP_MARK_KEY, "flow", (struct tp_ink){flow->rgb, 1},
                      panel->left_px - 18, middle_px - 4, panel->left_px - 8, middle_px + 4);
}

void tp_frame_row_name(struct tp_scene *scene, const struct tp_panel *panel,
                       const struct tp_scene_flow *flow, double middle_px)
{
    if (!tp_scene_is_paper(scene))
        tp_sketch_caption(&scene->sketch, panel->right_px + 15, middle_px + 4, TP_TICK_PX,
                          flow->rgb, TP_ANCHOR_LEFT, true, flow->name);
}

void tp_frame_note(struct tp_scene *scene, const struct tp_panel *panel, const char *text)
{
    tp_sketch_caption(&scene->sketch, (panel->left_px + panel->right_px) / 2,
                      (panel->top_px + panel->bottom_px) / 2 + 4.4, TP_LABEL_PX,
                      scene->theme->text_mid, TP_ANCHOR_CENTER, false, text);
}

void tp_frame_level(struct tp_scene *scene, const struct tp_panel *panel, const char *what,
                    double value, uint32_t rgb)
{
    double y_px = tp_panel_y(panel, value);
    struct tp_mark *mark = tp_sketch_hairline(&scene->sketch, TP_MARK_CURVE, rgb, LEVEL_PX,
                                              panel->left_px, y_px, panel->right_px, y_px);

    if (!mark)
        return;
    mark->what = what;
    mark->ink.alpha = 0.75F;
    mark->dash_px[0] = 1.5F;
    mark->dash_px[1] = 3.5F;
}

/* --- bands ---------------------------------------------------------------------------------- */

/* The packets' word on it, where the kernel says nothing. */
static void draw_episodes(struct tp_scene *scene, const struct tp_panel *panel,
                          const struct tp_scene_flow *flow)
{
    const struct tp_spans *episodes = tp_flow_episodes(flow->flow, flow->bulk);
    const struct tp_theme *theme = scene->theme;
    const struct tp_ink recovery = {theme->recovery, theme->recovery_alpha};
    const struct tp_ink timeout = {theme->loss, theme->loss_alpha};
    struct tp_path path;
    unsigned cause;

    if (episodes && episodes->count * BAND_APART_PX > panel->right_px - panel->left_px)
        return; /* they would cover it all; the header has their number */
    for (cause = 0; cause < TP_CAUSE_COUNT; cause++) {
        path = (struct tp_path){0};
        tp_spans_boxes(panel, episodes, flow->origin_ns, false, cause, BAND_PX, &path);
        tp_sketch_mark(&scene->sketch, TP_MARK_BAND, TP_SHAPE_BOXES,
                       cause == TP_CAUSE_TIMEOUT ? "timeout" : "episode",
                       cause == TP_CAUSE_TIMEOUT ? timeout : recovery, &path);
    }
}

void tp_frame_states(struct tp_scene *scene, const struct tp_panel *panel,
                     const struct tp_scene_flow *flow)
{
    const struct tp_theme *theme = scene->theme;
    const struct {
        uint64_t state;
        const char *what;
        struct tp_ink ink;
    } bands[] = {{TP_CONG_CWR, "CWR", {theme->cwr, theme->cwr_alpha}},
                 {TP_CONG_RECOVERY, "Recovery", {theme->recovery, theme->recovery_alpha}},
                 {TP_CONG_LOSS, "Loss", {theme->loss, theme->loss_alpha}}};
    const struct tp_spans *spans = tp_flow_cong_spans(flow->flow, flow->bulk);
    struct tp_path path;
    size_t i;

    if (!flow->sender || !tp_analysis_saw(scene->analysis, TP_KIND_CONG_STATE_SET)) {
        draw_episodes(scene, panel, flow);
        return;
    }
    for (i = 0; spans && i < sizeof bands / sizeof *bands; i++) {
        path = (struct tp_path){0};
        tp_spans_boxes(panel, spans, flow->origin_ns, false, bands[i].state, BAND_PX, &path);
        tp_sketch_mark(&scene->sketch, TP_MARK_BAND, TP_SHAPE_BOXES, bands[i].what, bands[i].ink,
                       &path);
    }
}

static void gap_words(struct tp_scene *scene, const struct tp_panel *panel,
                      const struct tp_scene_flow *flow)
{
    double x_px, width_px, last_px = -1e9;
    const struct tp_span *gap;
    char text[48];
    uint32_t i;

    for (i = 0; flow->gaps && i < flow->gaps->count; i++) {
        gap = &flow->gaps->list[i];
        if (gap->end_ns < flow->origin_ns || gap->begin_ns - flow->origin_ns > scene->span_ns)
            continue;
        if (gap->value > 0)
            snprintf(text, sizeof text, "lost %llu", (unsigned long long)gap->value);
        else
            snprintf(text, sizeof text, "lost");
        width_px = tp_text_width(text, TP_SMALL_PX, true);
        x_px = (tp_panel_x(panel, gap->begin_ns - flow->origin_ns) +
                tp_panel_x(panel, gap->end_ns - flow->origin_ns)) /
               2;
        x_px = fmin(fmax(x_px, panel->left_px + width_px / 2), panel->right_px - width_px / 2);
        if (x_px - last_px < width_px + GAP_WORDS_PX)
            continue; /* the band says it; the sum is in the header */
        last_px = x_px;
        tp_sketch_caption(&scene->sketch, x_px, panel->top_px + 12, TP_SMALL_PX,
                          scene->theme->text_mid, TP_ANCHOR_CENTER, true, text);
    }
}

void tp_frame_gaps(struct tp_scene *scene, const struct tp_panel *panel, bool words)
{
    struct tp_path path = {0};

    if (scene->apart && scene->count > 1)
        return; /* each flow has gaps of its own: its curve is interrupted */
    tp_spans_boxes(panel, scene->flows[0].gaps, scene->flows[0].origin_ns, true, 0, BAND_PX, &path);
    tp_sketch_mark(&scene->sketch, TP_MARK_BAND, TP_SHAPE_BOXES, "lost",
                   (struct tp_ink){scene->theme->gap, scene->theme->gap_alpha}, &path);
    if (words)
        gap_words(scene, panel, &scene->flows[0]);
}
