/* picture_panels.c: panels one below the other over a common time axis, for one flow or several. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plot/picture.h"
#include "plot/frame.h"
#include "plot/scale.h"
#include "plot/panels.h"
#include "plot/paper.h"

#define HEADER_GAP_PX  36 /* below the facts, with the first panel's title in it */
#define PANEL_GAP_PX   44
#define FOOTER_PX      58
#define PANEL_MIN_PX   40
#define LABEL_ROOM_PX  14   /* for each flow that is compared */
#define LEGEND_GAP_PX  5    /* below it */
#define PAPER_SHARE    0.42 /* of the width is the height of a panel, */
#define PAPER_LEAST_PX 84   /* and at least so much */
#define PAPER_SHRUNK   0.6  /* of its height is enough for a panel of rows */

/* --- which panels --------------------------------------------------------------------------- */

struct panel_list {
    const struct tp_panel_kind *kinds[TP_PANELS_MAX];
    bool has[TP_PANELS_MAX];
    size_t count;
};

static bool has_any(const struct tp_scene *scene, const struct tp_panel_kind *kind)
{
    size_t i;

    for (i = 0; i < scene->count; i++)
        if (kind->has(scene, &scene->flows[i]))
            return true;
    return false;
}

static int add_panel(const struct tp_scene *scene, struct panel_list *list,
                     const struct tp_panel_kind *kind, struct tp_error *error)
{
    if (list->count == TP_PANELS_MAX)
        return tp_error_set(error, TP_ERR_LIMIT, "more than %d panels", TP_PANELS_MAX);
    list->has[list->count] = has_any(scene, kind);
    list->kinds[list->count++] = kind;
    return 0;
}

/* Rows of single flows have no median. */
static bool fits_runs(const struct tp_scene *scene, const struct tp_panel_kind *kind)
{
    return !scene->options->aggregate || kind->quantity;
}

static int parse_panels(const struct tp_scene *scene, struct panel_list *list,
                        struct tp_error *error)
{
    const char *at = scene->options->panels;
    const struct tp_panel_kind *kind;
    size_t length;

    for (;; at += length + 1) {
        length = strcspn(at, ",");
        kind = tp_panel_find(at, length, error);
        if (!kind)
            return TP_ERR_USAGE;
        if (!fits_runs(scene, kind))
            return tp_error_set(error, TP_ERR_USAGE, "panel %s cannot be aggregated", kind->name);
        if (add_panel(scene, list, kind, error) < 0)
            return TP_ERR_LIMIT;
        if (!at[length])
            return 0;
    }
}

/* Where no sender was traced the offered window is most of what there is. */
static bool is_usual(const struct tp_scene *scene, const struct tp_panel_kind *kind, bool sender)
{
    if (scene->packets && scene->windowed && scene->count == 1)
        return kind->in_detail;
    return kind->use == TP_PANEL_USUAL || (kind->use == TP_PANEL_PACKETS && scene->packets) ||
           (kind->use == TP_PANEL_CHOSEN && !sender);
}

/* The default ones that have something to show. */
static void default_panels(const struct tp_scene *scene, struct panel_list *list)
{
    bool sender = false;
    size_t i;

    for (i = 0; i < scene->count; i++)
        sender |= scene->flows[i].sender || scene->flows[i].wire;
    for (i = 0; i < tp_panel_kind_count; i++)
        if (is_usual(scene, tp_panel_kinds[i], sender) && has_any(scene, tp_panel_kinds[i]) &&
            fits_runs(scene, tp_panel_kinds[i]))
            add_panel(scene, list, tp_panel_kinds[i], NULL);
    if (list->count == 0)
        add_panel(scene, list, tp_panel_kinds[0], NULL);
}

/* --- layout --------------------------------------------------------------------------------- */

/* Where panels may lie on the page, and what lies between them. */
struct room {
    double left_px, right_px, top_px;
    double gap_px, below_px;
};

/* Rows are as high as they have to be, all other panels share a form. */
static double paper_px(const struct tp_scene *scene, const struct tp_panel_kind *kind)
{
    double share_px = fmax(PAPER_SHARE * scene->width_px, PAPER_LEAST_PX);

    if (kind->row_px > 0 && scene->count > 1)
        return fmax(PANEL_MIN_PX, kind->row_px * (double)scene->count);
    return kind->quantity ? share_px : fmin(kind->height_px, share_px);
}

static double wanted_px(const struct tp_scene *scene, const struct tp_panel_kind *kind)
{
    if (tp_scene_is_paper(scene))
        return paper_px(scene, kind);
    return scene->count == 1 ? kind->height_px
                             : fmax(kind->compared_px, kind->row_px * (double)scene->count);
}

static double all_wanted_px(const struct tp_scene *scene, const struct panel_list *list)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < list->count; i++)
        sum += wanted_px(scene, list->kinds[i]);
    return sum;
}

/* What a panel is at least: readable, with room for the labels of all flows beside it. */
static double need_px(const struct tp_scene *scene, double wanted)
{
    if (tp_scene_is_paper(scene))
        return fmin(PANEL_MIN_PX, wanted * PAPER_SHRUNK);
    return fmax(PANEL_MIN_PX,
                LABEL_ROOM_PX * (double)(scene->options->aggregate ? scene->groups : scene->count));
}

/* So that the smallest panel is that. */
static double least_px(const struct tp_scene *scene, const struct panel_list *list)
{
    double share = 0, wanted;
    size_t i;

    for (i = 0; i < list->count; i++) {
        wanted = wanted_px(scene, list->kinds[i]);
        share = fmax(share, need_px(scene, wanted) / wanted);
    }
    return fmin(share, 1) * all_wanted_px(scene, list);
}

/* Above a panel; there is none on a screen. */
static double legend_px(const struct tp_scene *scene, size_t panel)
{
    size_t rows = scene->legend_rows[panel];

    return rows > 0 ? LEGEND_GAP_PX + TP_LEGEND_ROW_PX * (double)rows : 0;
}

static double fixed_px(const struct tp_scene *scene, const struct room *room,
                       const struct panel_list *list)
{
    double sum = room->top_px + room->gap_px * (double)(list->count - 1) + room->below_px;
    size_t i;

    for (i = 0; i < list->count; i++)
        sum += legend_px(scene, i);
    return sum;
}

/* Above the panel; that it takes so much is known only now. */
static void draw_legend(struct tp_scene *scene, const struct tp_panel *panel, int index)
{
    double right_px = scene->width_px;
    size_t rows = tp_legend_rows(&scene->legend, right_px - panel->left_px);

    if (index >= 0)
        scene->legend_wanted[index] = rows;
    tp_legend_draw(&scene->legend, &scene->sketch, panel->left_px, right_px,
                   panel->top_px - LEGEND_GAP_PX - TP_LEGEND_ROW_PX * (double)rows);
}

static void draw_panel(struct tp_scene *scene, struct tp_panel *panel,
                       const struct tp_panel_kind *kind, bool has, bool first, bool times)
{
    struct tp_panel filled;
    int index = scene->sketch.panel;

    filled = *panel; /* the sketch's list may move while the panel is drawn */
    tp_scene_hush(scene);
    if (scene->count == 1)
        tp_scene_speak(scene, 0);
    tp_scene_time_axis(scene, &filled);
    tp_frame_gaps(scene, &filled, first);
    if (scene->count == 1)
        tp_frame_states(scene, &filled, &scene->flows[0]);
    if (!has)
        tp_panel_absent(scene, &filled, times, kind);
    else if (scene->count == 1)
        kind->draw(scene, &filled, times);
    else
        kind->draw_compared(scene, &filled, times);
    if (tp_scene_is_paper(scene)) {
        if (first && !scene->sketch.failed)
            tp_paper_bands(scene);
        draw_legend(scene, &filled, index);
    }
    if (!scene->sketch.failed)
        scene->sketch.picture->panels[index] = filled;
}

/* Fills what is left of the page. */
static int draw_panels(struct tp_scene *scene, const struct panel_list *list,
                       const struct room *room, struct tp_error *error)
{
    double wanted = all_wanted_px(scene, list), least = least_px(scene, list), height_px, left_px;
    double top_px = room->top_px, fixed = fixed_px(scene, room, list);
    struct tp_panel *panel;
    size_t i;

    for (i = 0; i < list->count; i++)
        scene->has_cwnd_panel |= list->has[i] && list->kinds[i] == &tp_cwnd_panel;
    if (scene->height_px == 0)
        scene->height_px = fixed + wanted;
    left_px = scene->height_px - fixed;
    if (left_px < least)
        return tp_error_set(error, TP_ERR_LIMIT,
                            "%zu panels do not fit a page %.0f high: it takes %.0f", list->count,
                            scene->height_px, ceil(fixed + least));
    for (i = 0; i < list->count; i++) {
        height_px = left_px / wanted * wanted_px(scene, list->kinds[i]);
        top_px += legend_px(scene, i);
        panel = tp_sketch_panel(&scene->sketch, list->kinds[i]->name, room->left_px, top_px,
                                room->right_px, top_px + height_px);
        if (!panel)
            return tp_error_nomem(error);
        draw_panel(scene, panel, list->kinds[i], list->has[i], i == 0, i + 1 == list->count);
        top_px += height_px + room->gap_px;
    }
    scene->sketch.panel = -1;
    tp_scene_hush(scene);
    return 0;
}

/* --- screen --------------------------------------------------------------------------------- */

static double draw_header(struct tp_scene *scene)
{
    struct tp_facts facts = {.width_px = scene->width_px - TP_MARGIN_LEFT - 16};
    char title[TP_ROUTE_SIZE + 32];

    if (scene->count == 1) {
        snprintf(title, sizeof title, "%s", scene->flows[0].route);
        tp_facts_of_one(scene, &facts);
    } else {
        tp_title_of_many(scene, title, sizeof title);
        tp_facts_of_many(scene, &facts);
    }
    return tp_frame_header(scene, TP_MARGIN_LEFT,
                           scene->options->title ? scene->options->title : title, &facts);
}

static int draw_screen(struct tp_scene *scene, const struct panel_list *list,
                       struct tp_error *error)
{
    double gutter_px = fmin(fmax(scene->width_px * 0.15, TP_GUTTER_MIN), TP_GUTTER_MAX);
    double aligned_px = tp_frame_aligned(scene)[0] ? TP_ALIGNED_PX : 0;
    struct room room = {.left_px = TP_MARGIN_LEFT,
                        .right_px = scene->width_px - gutter_px,
                        .top_px = draw_header(scene) + HEADER_GAP_PX,
                        .gap_px = PANEL_GAP_PX,
                        .below_px = FOOTER_PX + aligned_px};
    int rc = draw_panels(scene, list, &room, error);

    if (rc == 0)
        tp_frame_footer(scene, room.left_px, room.right_px);
    return rc;
}

/* --- paper ---------------------------------------------------------------------------------- */

/* Flows that are compared have one legend on top, one flow's quantities one above each panel. */
static int draw_paper(struct tp_scene *scene, const struct panel_list *list, struct tp_error *error)
{
    double title_px = scene->options->title ? TP_PAPER_TITLE_PX : 0;
    struct room room = {.left_px = TP_PAPER_LEFT_PX,
                        .right_px = scene->width_px - TP_PAPER_RIGHT_PX,
                        .top_px = TP_PAPER_TOP_PX + title_px,
                        .gap_px = scene->count > 1 ? TP_PAPER_GAP_PX : TP_PAPER_GAP_PX / 2.0,
                        .below_px = TP_PAPER_BELOW_PX};

    tp_paper_title(scene);
    tp_paper_flows(scene);
    return draw_panels(scene, list, &room, error);
}

int tp_picture_panels(struct tp_scene *scene, struct tp_error *error)
{
    struct panel_list list = {0};
    int rc = 0;

    if (scene->options->panels)
        rc = parse_panels(scene, &list, error);
    else
        default_panels(scene, &list);
    if (rc < 0)
        return rc;
    return tp_scene_is_paper(scene) ? draw_paper(scene, &list, error)
                                    : draw_screen(scene, &list, error);
}
