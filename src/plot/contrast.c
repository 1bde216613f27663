/* contrast.c: a comparison of runs as one page. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plot/contrast.h"
#include "plot/scale.h"
#include "plot/lettering.h"

#define LINES_RIGHT_PX  560 /* panels over time end here */
#define SHARES_LEFT_PX  618
#define SHARES_RIGHT_PX 858
#define TRADE_LEFT_PX   936
#define TRADE_RIGHT_PX  1216
#define ROW_PX          122 /* height of a panel over time */
#define ABOVE_PX        34
#define BELOW_PX        24
#define TRADE_ROWS      2
#define NOTE_PX         17 /* from line to line */
#define FOOTER_PX       30

/* --- what is compared ------------------------------------------------------------------------- */

static const struct tp_compare_role *choose_role(const struct tp_comparison *comparison,
                                                 const char *name, struct tp_error *error)
{
    const struct tp_compare_role *decider = tp_comparison_decider(comparison);
    size_t i;

    for (i = 0; name && i < comparison->role_count; i++)
        if (strcmp(comparison->roles[i].name, name) == 0)
            return &comparison->roles[i];
    if (name)
        tp_error_set(error, TP_ERR_USAGE, "there is no role '%s' to draw", name);
    else if (!decider)
        tp_error_set(error, TP_ERR_USAGE, "there is no role to draw: no flow carried enough");
    return name ? NULL : decider;
}

static void gather(struct contrast_side *side, const struct tp_run *runs, size_t count,
                   const char *role)
{
    size_t i, k;

    for (i = 0; i < count; i++)
        for (k = 0; k < runs[i].role_count; k++)
            if (strcmp(runs[i].roles[k].name, role) == 0) {
                side->runs[side->count++] = &runs[i].roles[k];
                break;
            }
}

/* --- page ------------------------------------------------------------------------------------- */

/* Breaks a sentence into lines as wide as the page, but not within "p = 5 %". */
static void wrap(char *text, double width_px)
{
    char *begin = text, *space = NULL, *at;
    double width;
    char kept;

    for (at = text; *at; at++) {
        if (at[0] != ' ' || at[1] == '%' || at[1] == '=' || (at > text && at[-1] == '='))
            continue;
        kept = *at;
        *at = '\0';
        width = tp_text_width(begin, TP_SUBTITLE_PX, false);
        *at = kept;
        if (width > width_px && space) {
            *space = '\n';
            begin = space + 1;
        }
        space = at;
    }
    if (space && space >= begin && tp_text_width(begin, TP_SUBTITLE_PX, false) > width_px)
        *space = '\n';
}

static double draw_header(struct contrast *contrast, const char *title)
{
    const struct tp_compare_role *role = contrast->role;
    struct tp_facts facts = {.text = ""};
    bool changed = role->change != TP_CHANGE_NONE;
    char text[256];

    snprintf(text, sizeof text, "%.150s: %s%s%s%s", role->name,
             tp_compare_verdict_name(role->verdict), changed ? " (" : "",
             tp_change_name(role->change), changed ? ")" : "");
    snprintf(facts.text, sizeof facts.text, "%.*s", (int)strcspn(role->why, ";"), role->why);
    wrap(facts.text, contrast->scene.width_px - TP_MARGIN_LEFT - 24);
    return tp_frame_header(&contrast->scene, TP_MARGIN_LEFT, title ? title : text, &facts);
}

/* What is what, below the header. */
static double draw_keys(struct contrast *contrast, double top_px)
{
    struct tp_sketch *sketch = &contrast->scene.sketch;
    double x_px = TP_MARGIN_LEFT, y_px = top_px + 26;
    const struct contrast_side *side;
    struct tp_path dot;
    char text[64];

    for (side = contrast->sides; side < contrast->sides + CONTRAST_SIDES; side++) {
        dot = (struct tp_path){0};
        tp_path_disc(&dot, x_px + 5, y_px - 4.4, 4.5);
        tp_sketch_mark(sketch, TP_MARK_KEY, TP_SHAPE_POLYGON, side->name,
                       (struct tp_ink){side->rgb, 1}, &dot);
        snprintf(text, sizeof text, "%s, %zu run%s", side->name, side->count,
                 side->count == 1 ? "" : "s");
        tp_sketch_caption(sketch, x_px + 15, y_px, TP_LABEL_PX, side->rgb, TP_ANCHOR_LEFT, true,
                          text);
        x_px += 15 + tp_text_width(text, TP_LABEL_PX, true) + 24;
    }
    return y_px;
}

static void draw_notes(struct contrast *contrast, double left_px, double top_px)
{
    static const char *const notes[] = {"Dots: one a run; bars: medians over runs.",
                                        "Grey area: base median \xc2\xb1 the change that matters.",
                                        "p: exact permutation test, adjusted for all metrics;",
                                        "behind it the shift (Hodges-Lehmann).",
                                        "Over time: median of the runs; shaded: least to most.",
                                        "Distributions: one line a run, weighted by time."};
    size_t i;

    for (i = 0; i < sizeof notes / sizeof *notes; i++)
        tp_sketch_caption(&contrast->scene.sketch, left_px, top_px + (double)i * NOTE_PX,
                          TP_SMALL_PX, contrast->scene.theme->text_mid, TP_ANCHOR_LEFT, false,
                          notes[i]);
}

static void draw_footer(struct contrast *contrast)
{
    const struct tp_comparison *comparison = contrast->comparison;
    char text[160], roles[64] = "";

    if (comparison->role_count > 1)
        snprintf(roles, sizeof roles, " \xc2\xb7 one of %zu roles", comparison->role_count);
    snprintf(text, sizeof text,
             "tcpprobe " TP_VERSION " \xc2\xb7 %zu base and %zu new runs \xc2\xb7 alpha %g%s",
             comparison->base_runs, comparison->new_runs, comparison->alpha, roles);
    tp_sketch_caption(&contrast->scene.sketch, TRADE_RIGHT_PX, contrast->scene.height_px - 14,
                      TP_SMALL_PX, contrast->scene.theme->text_dim, TP_ANCHOR_RIGHT, false, text);
}

static void draw_page(struct contrast *contrast, const char *title)
{
    double top_px = contrast_strips(contrast, draw_keys(contrast, draw_header(contrast, title)));
    double trade_top_px = top_px + ABOVE_PX, bottom_px;
    size_t i;

    for (i = 0; i < contrast_quantity_count; i++) {
        bottom_px = top_px + ABOVE_PX + ROW_PX;
        contrast_draw_lines(
            contrast, i,
            &(struct contrast_place){TP_MARGIN_LEFT, top_px + ABOVE_PX, LINES_RIGHT_PX, bottom_px});
        contrast_draw_distribution(contrast, i,
                                   &(struct contrast_place){SHARES_LEFT_PX, top_px + ABOVE_PX,
                                                            SHARES_RIGHT_PX, bottom_px});
        if (i + 1 == TRADE_ROWS)
            contrast_draw_trade(contrast, &(struct contrast_place){TRADE_LEFT_PX, trade_top_px,
                                                                   TRADE_RIGHT_PX, bottom_px});
        top_px = bottom_px + BELOW_PX;
    }
    draw_notes(contrast, TRADE_LEFT_PX, top_px - BELOW_PX - ROW_PX + 36);
    contrast->scene.height_px = ceil(top_px + FOOTER_PX);
    draw_footer(contrast);
}

struct tp_picture *tp_comparison_picture(const struct tp_comparison *comparison, const char *role,
                                         const struct tp_picture_options *options,
                                         struct tp_error *error)
{
    const struct tp_theme *theme = tp_theme_find(options->theme);
    struct contrast contrast = {.comparison = comparison};
    struct tp_sketch *sketch = &contrast.scene.sketch;

    if (!theme) {
        tp_error_set(error, TP_ERR_USAGE, "unknown theme '%s': " TP_THEME_NAMES, options->theme);
        return NULL;
    }
    if (comparison->base_runs > TP_RUNS_MAX || comparison->new_runs > TP_RUNS_MAX) {
        tp_error_set(error, TP_ERR_LIMIT, "more than %d runs on one side", TP_RUNS_MAX);
        return NULL;
    }
    contrast.role = choose_role(comparison, role, error);
    if (!contrast.role)
        return NULL;
    contrast.sides[CONTRAST_BASE] = (struct contrast_side){.name = "base", .rgb = theme->text_mid};
    contrast.sides[CONTRAST_NEW] = (struct contrast_side){.name = "new", .rgb = theme->cwnd};
    gather(&contrast.sides[CONTRAST_BASE], comparison->base, comparison->base_runs,
           contrast.role->name);
    gather(&contrast.sides[CONTRAST_NEW], comparison->fresh, comparison->new_runs,
           contrast.role->name);
    contrast.scene.theme = theme;
    contrast.scene.width_px = TP_PAGE_WIDTH;
    tp_sketch_init(sketch, theme);
    draw_page(&contrast, options->title);
    if (!sketch->failed) {
        sketch->picture->width_px = contrast.scene.width_px;
        sketch->picture->height_px = contrast.scene.height_px;
    }
    return tp_sketch_finish(sketch, error);
}
