/* picture_panels.c: panels one below the other over a common time axis, for one flow or several. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plot/picture.h"
#include "plot/frame.h"
#include "plot/scale.h"
#include "plot/panels.h"

#define HEADER_GAP_PX 36 /* below the facts, with the first panel's title in it */
#define PANEL_GAP_PX  44
#define FOOTER_PX     58
#define PANELS_MAX    16
#define PANEL_MIN_PX  40
#define LABEL_ROOM_PX 14 /* for each flow that is compared */

/* --- which panels --------------------------------------------------------------------------- */

struct panel_list {
    const struct tp_panel_kind *kinds[PANELS_MAX];
    bool has[PANELS_MAX];
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
    if (list->count == PANELS_MAX)
        return tp_error_set(error, TP_ERR_LIMIT, "more than %d panels", PANELS_MAX);
    list->has[list->count] = has_any(scene, kind);
    list->kinds[list->count++] = kind;
    return 0;
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
        if (is_usual(scene, tp_panel_kinds[i], sender) && has_any(scene, tp_panel_kinds[i]))
            add_panel(scene, list, tp_panel_kinds[i], NULL);
    if (list->count == 0)
        add_panel(scene, list, tp_panel_kinds[0], NULL);
}

/* --- layout --------------------------------------------------------------------------------- */

static double wanted_px(const struct tp_scene *scene, const struct tp_panel_kind *kind)
{
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

/* So that the smallest panel is still readable, with room for the labels of all flows beside it. */
static double least_px(const struct tp_scene *scene, const struct panel_list *list)
{
    double need = fmax(PANEL_MIN_PX, LABEL_ROOM_PX * (double)scene->count), share = 0;
    size_t i;

    for (i = 0; i < list->count; i++)
        share = fmax(share, need / wanted_px(scene, list->kinds[i]));
    return fmin(share, 1) * all_wanted_px(scene, list);
}

static void draw_panel(struct tp_scene *scene, struct tp_panel *panel,
                       const struct tp_panel_kind *kind, bool has, bool first, bool times)
{
    struct tp_panel filled;
    int index = scene->sketch.panel;

    filled = *panel; /* the sketch's list may move while the panel is drawn */
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
    if (!scene->sketch.failed)
        scene->sketch.picture->panels[index] = filled;
}

static int draw_panels(struct tp_scene *scene, const struct panel_list *list, double top_px,
                       struct tp_error *error)
{
    double gutter_px = fmin(fmax(scene->width_px * 0.15, TP_GUTTER_MIN), TP_GUTTER_MAX), room_px;
    double footer_px = FOOTER_PX + (tp_frame_aligned(scene)[0] ? TP_ALIGNED_PX : 0), height_px;
    double fixed_px = top_px + PANEL_GAP_PX * (double)(list->count - 1) + footer_px;
    double wanted = all_wanted_px(scene, list), least = least_px(scene, list);
    struct tp_panel *panel;
    size_t i;

    if (scene->height_px == 0)
        scene->height_px = fixed_px + wanted;
    room_px = scene->height_px - fixed_px;
    if (room_px < least)
        return tp_error_set(error, TP_ERR_LIMIT,
                            "%zu panels do not fit a page %.0f high: it takes %.0f", list->count,
                            scene->height_px, ceil(fixed_px + least));
    for (i = 0; i < list->count; i++) {
        height_px = room_px / wanted * wanted_px(scene, list->kinds[i]);
        panel = tp_sketch_panel(&scene->sketch, list->kinds[i]->name, TP_MARGIN_LEFT, top_px,
                                scene->width_px - gutter_px, top_px + height_px);
        if (!panel)
            return tp_error_nomem(error);
        draw_panel(scene, panel, list->kinds[i], list->has[i], i == 0, i + 1 == list->count);
        top_px += height_px + PANEL_GAP_PX;
    }
    scene->sketch.panel = -1;
    tp_frame_footer(scene, TP_MARGIN_LEFT, scene->width_px - gutter_px);
    return 0;
}

int tp_picture_panels(struct tp_scene *scene, struct tp_error *error)
{
    struct tp_facts facts = {.width_px = scene->width_px - TP_MARGIN_LEFT - 16};
    struct panel_list list = {0};
    char title[TP_ROUTE_SIZE + 32];
    double top_px;
    int rc = 0;

    if (scene->options->panels)
        rc = parse_panels(scene, &list, error);
    else
        default_panels(scene, &list);
    if (rc < 0)
        return rc;
    if (scene->count == 1) {
        snprintf(title, sizeof title, "%s", scene->flows[0].route);
        tp_facts_of_one(scene, &facts);
    } else {
        tp_title_of_many(scene, title, sizeof title);
        tp_facts_of_many(scene, &facts);
    }
    top_px = tp_frame_header(scene, TP_MARGIN_LEFT,
                             scene->options->title ? scene->options->title : title, &facts);
    return draw_panels(scene, &list, top_px + HEADER_GAP_PX, error);
}
