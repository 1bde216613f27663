/* picture_overview.c: many flows at a glance: a heat strip of the rate for each, with ticks where
 * it retransmitted and its figures in columns, most bytes first. The colour is the square root of
 * the rate, so that slow flows are seen beside fast ones. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "plot/picture.h"
#include "plot/frame.h"
#include "plot/scale.h"
#include "plot/lettering.h"

#define ROW_PX        19
#define ROW_TEXT_PX   11.5
#define NUMBERS_PX    286 /* the columns on the right */
#define ROUTE_MAX_PX  400
#define SIDE_PX       24
#define HEADER_GAP_PX 46
#define FOOTER_PX     72
#define LEVELS        16
#define FAINTEST      0.12 /* of the ramp: something is there */
#define NOTABLE_SHARE 0.01 /* retransmitted share that is coloured, */
#define NOTABLE_TIMES 1.5  /* if it is so many times that of the middle flow */
#define KEY_STEP_PX   9
#define KEY_PX        (12 + KEY_STEP_PX * LEVELS + 90)
#define STRIP_MIN_PX  60

struct overview {
    struct tp_scene *scene;
    struct tp_panel panel;
    struct tp_bins *rates; /* one for each flow */
    double high;           /* largest rate in bit/s */
};

/* --- strips --------------------------------------------------------------------------------- */

/* 0, no box, where the rate is not known. */
static unsigned level_of(const struct overview *overview, double rate)
{
    return overview->high > 0 && !isnan(rate)
               ? (unsigned)lround(LEVELS * sqrt(rate / overview->high))
               : 0;
}

static uint32_t colour_of(const struct overview *overview, unsigned level)
{
    return tp_theme_heat(overview->scene->theme, FAINTEST + (1 - FAINTEST) * level / LEVELS);
}

/* Boxes of neighbouring bins of one level, in one mark for each level. */
static void draw_strip(const struct overview *overview, size_t row, double top, double bottom)
{
    const struct tp_bins *rates = &overview->rates[row];
    struct tp_path paths[LEVELS + 1] = {0};
    unsigned level;
    size_t i, end;

    for (i = 0; i < rates->count; i = end) {
        level = level_of(overview, rates->sums[i]);
        for (end = i + 1; end < rates->count; end++)
            if (level_of(overview, rates->sums[end]) != level)
                break;
        tp_path_box(&paths[level], tp_panel_x(&overview->panel, (int64_t)tp_bins_begin(rates, i)),
                    top, tp_panel_x(&overview->panel, (int64_t)tp_bins_begin(rates, end)), bottom);
    }
    tp_path_release(&paths[0]);
    for (level = 1; level <= LEVELS; level++)
        tp_sketch_mark(&overview->scene->sketch, TP_MARK_HEAT, TP_SHAPE_BOXES, "rate",
                       (struct tp_ink){colour_of(overview, level), 1}, &paths[level]);
}

/* A thin line for the life of the flow, below the strip. */
static void draw_life(const struct overview *overview, const struct tp_scene_flow *flow,
                      double middle)
{
    double left = tp_panel_x(&overview->panel, flow->flow->first_ns - flow->origin_ns);
    double right = tp_panel_x(&overview->panel, flow->flow->last_ns - flow->origin_ns);

    tp_sketch_box(&overview->scene->sketch, TP_MARK_HEAT, "life",
                  (struct tp_ink){overview->scene->theme->axis, 0.6F}, left, middle - 0.5,
                  fmax(right, left + 1), middle + 0.5);
}

static void draw_ticks(const struct overview *overview, const struct tp_scene_flow *flow,
                       double bottom)
{
    struct tp_resent resent;
    const struct tp_series *retransmits = tp_scene_resent(overview->scene, flow, &resent);
    const struct tp_panel *panel = &overview->panel;
    double wide_px = panel->right_px - panel->left_px, x_px;
    struct tp_path path = {0};
    struct tp_bins columns;
    size_t i;

    if (!retransmits)
        return;
    if (!tp_bins_init(&columns, (int64_t)fmax(1, ceil((double)overview->scene->span_ns / wide_px)),
                      overview->scene->span_ns)) {
        overview->scene->sketch.failed = true;
        return;
    }
    tp_bins_add(&columns, retransmits, flow->origin_ns);
    for (i = 0; i < columns.count; i++) {
        x_px = tp_panel_x(panel, (int64_t)tp_bins_begin(&columns, i));
        if (columns.sums[i] > 0)
            tp_path_box(&path, x_px, bottom - 4.5, fmin(x_px + 1, panel->right_px), bottom + 0.5);
    }
    tp_sketch_mark(&overview->scene->sketch, TP_MARK_RASTER, TP_SHAPE_BOXES, "retransmit",
                   (struct tp_ink){overview->scene->theme->retransmit, 0.95F}, &path);
    tp_bins_release(&columns);
}

/* --- numbers -------------------------------------------------------------------------------- */

struct overview_cell {
    const char *title;
    double right_px; /* from the right edge of the strips */
    /* Fills text; returns whether the number is notable. */
    bool (*write)(const struct tp_scene *scene, const struct tp_scene_flow *flow, char *text,
                  size_t size);
};

static bool write_bytes(const struct tp_scene *scene, const struct tp_scene_flow *flow, char *text,
                        size_t size)
{
    (void)scene;
    tp_scene_total_text(flow, text, size);
    return false;
}

static bool write_rate(const struct tp_scene *scene, const struct tp_scene_flow *flow, char *text,
                       size_t size)
{
    double rate;

    (void)scene;
    if (tp_scene_mean_rate(flow, &rate))
        tp_units_si_unit(rate, "bit/s", text, size);
    return false;
}

static bool write_rtt(const struct tp_scene *scene, const struct tp_scene_flow *flow, char *text,
                      size_t size)
{
    double rtt_us;

    (void)scene;
    if (tp_scene_figure(flow, TP_FIGURE_rtt_p50_us, NULL, &rtt_us))
        tp_format_seconds(text, size, rtt_us * 1e-6);
    return false;
}

static bool write_retransmits(const struct tp_scene *scene, const struct tp_scene_flow *flow,
                              char *text, size_t size)
{
    struct tp_resent resent;

    tp_scene_resent(scene, flow, &resent);
    if (!resent.known)
        return false;
    if (resent.has_share) {
        snprintf(text, size, "%.2f %%", resent.share * 100);
        return resent.share > scene->notable_share;
    }
    snprintf(text, size, "%llu %ss", (unsigned long long)resent.count,
             resent.packets ? "seg" : "skb");
    return false;
}

static const struct overview_cell cells[] = {{"bytes", 68, write_bytes},
                                             {"goodput", 154, write_rate},
                                             {"srtt p50", 218, write_rtt},
                                             {"rexmit", 274, write_retransmits}};

#define CELLS (sizeof cells / sizeof *cells)

static void draw_numbers(const struct overview *overview, const struct tp_scene_flow *flow,
                         double baseline)
{
    struct tp_scene *scene = overview->scene;
    const struct tp_theme *theme = scene->theme;
    bool notable;
    char text[40];
    size_t i;

    for (i = 0; i < CELLS; i++) {
        snprintf(text, sizeof text, "-");
        notable = cells[i].write(scene, flow, text, sizeof text);
        tp_sketch_caption(&scene->sketch, overview->panel.right_px + cells[i].right_px, baseline,
                          ROW_TEXT_PX, notable ? theme->retransmit : theme->text, TP_ANCHOR_RIGHT,
                          false, text);
    }
}

/* --- page ----------------------------------------------------------------------------------- */

static const char *row_name(const struct tp_scene *scene, size_t row)
{
    return scene->by_source ? scene->flows[row].name : scene->flows[row].route;
}

static double names_px(const struct tp_scene *scene)
{
    double widest = 0;
    size_t i;

    for (i = 0; i < scene->count; i++)
        widest = fmax(widest, tp_text_width(row_name(scene, i), ROW_TEXT_PX, false));
    return fmin(widest, fmin(ROUTE_MAX_PX, scene->width_px / 3));
}

static void draw_rows(const struct overview *overview, double row_px)
{
    struct tp_scene *scene = overview->scene;
    const struct tp_panel *panel = &overview->panel;
    const struct tp_scene_flow *flow;
    struct tp_caption *caption;
    double top, bottom, baseline;
    size_t i;

    for (i = 0; i < scene->count; i++) {
        flow = &scene->flows[i];
        top = panel->top_px + row_px * (double)i + fmin(2, row_px * 0.1);
        bottom = panel->top_px + row_px * (double)(i + 1) - fmin(2, row_px * 0.1);
        baseline = (top + bottom) / 2 + 4.2;
        draw_life(overview, flow, (top + bottom) / 2);
        draw_strip(overview, i, top, bottom);
        draw_ticks(overview, flow, bottom);
        caption = tp_sketch_caption(&scene->sketch, panel->left_px - 10, baseline, ROW_TEXT_PX,
                                    scene->theme->text, TP_ANCHOR_RIGHT, false, row_name(scene, i));
        if (caption)
            tp_text_fit(caption->text, ROW_TEXT_PX, false, panel->left_px - 10 - SIDE_PX / 2);
        draw_numbers(overview, flow, baseline);
    }
}

static void draw_key(const struct overview *overview)
{
    struct tp_scene *scene = overview->scene;
    double x_px = overview->panel.left_px, y_px = scene->height_px - 14;
    char text[40];
    unsigned level;

    tp_sketch_caption(&scene->sketch, x_px, y_px, TP_SMALL_PX, scene->theme->text_mid,
                      TP_ANCHOR_LEFT, false, "0");
    for (level = 1; level <= LEVELS; level++)
        tp_sketch_box(&scene->sketch, TP_MARK_KEY, "rate",
                      (struct tp_ink){colour_of(overview, level), 1},
                      x_px + 12 + KEY_STEP_PX * (level - 1), y_px - 9,
                      x_px + 12 + KEY_STEP_PX * level, y_px + 1);
    if (overview->scene->ticks)
        tp_units_si_unit(overview->high / 8 * (double)overview->scene->bin_ns * 1e-9, "B", text,
                         sizeof text);
    else
        tp_units_si_unit(overview->high, "bit/s", text, sizeof text);
    tp_sketch_caption(&scene->sketch, x_px + 12 + KEY_STEP_PX * LEVELS + 6, y_px, TP_SMALL_PX,
                      scene->theme->text_mid, TP_ANCHOR_LEFT, false, text);
}

static void facts_of(const struct overview *overview, struct tp_facts *facts)
{
    const struct tp_scene *scene = overview->scene;
    char text[32];

    tp_facts_span(scene, facts);
    tp_facts_together(scene, facts);
    if (scene->options->more > 0)
        tp_facts_add(facts, "%zu more flow%s not drawn", scene->options->more,
                     scene->options->more == 1 ? "" : "s");
    if (tp_scene_alignment(scene))
        tp_facts_add(facts, "%s", tp_scene_alignment(scene));
    tp_scene_bin_text(scene, text, sizeof text);
    if (overview->high > 0)
        tp_facts_add(facts, "colour: %s per %s on a square-root scale",
                     scene->ticks ? "bytes" : "rate", text);
    else
        tp_facts_add(facts, "no bytes over time");
    if (tp_analysis_saw(scene->analysis, TP_KIND_RETRANSMIT_SKB) || scene->packets)
        tp_facts_add(facts, "red ticks: retransmissions");
}

static bool bin_rates(struct overview *overview)
{
    struct tp_scene *scene = overview->scene;
    const char *what;
    size_t i, k;

    for (i = 0; i < scene->count; i++) {
        if (!tp_scene_rates(scene, &scene->flows[i], tp_scene_bytes(&scene->flows[i], &what),
                            &overview->rates[i]))
            return false;
        for (k = 0; k < overview->rates[i].count; k++)
            overview->high = fmax(overview->high, overview->rates[i].sums[k]);
    }
    return true;
}

/* Sets the page's height unless it is given, and how high a row is on it. */
static int fit_rows(struct tp_scene *scene, double left_px, double top_px, double *row_px,
                    struct tp_error *error)
{
    double rows = (double)scene->count;

    if (scene->height_px == 0)
        scene->height_px = top_px + ROW_PX * rows + FOOTER_PX;
    *row_px = (scene->height_px - top_px - FOOTER_PX) / rows;
    if (*row_px < TP_SMALL_PX)
        return tp_error_set(error, TP_ERR_LIMIT,
                            "%zu rows do not fit a page %.0f high: it takes %.0f", scene->count,
                            scene->height_px, ceil(top_px + TP_SMALL_PX * rows + FOOTER_PX));
    if (scene->width_px - NUMBERS_PX - left_px < STRIP_MIN_PX)
        return tp_error_set(error, TP_ERR_LIMIT, "an overview does not fit a page %.0f wide",
                            scene->width_px);
    return 0;
}

static int draw_panel(struct overview *overview, double left_px, double top_px, double row_px,
                      struct tp_error *error)
{
    struct tp_scene *scene = overview->scene;
    struct tp_panel *panel;
    size_t i;

    panel = tp_sketch_panel(&scene->sketch, "overview", left_px, top_px,
                            scene->width_px - NUMBERS_PX, top_px + row_px * (double)scene->count);
    if (!panel)
        return tp_error_nomem(error);
    tp_scene_time_axis(scene, panel);
    panel->y = (struct tp_axis){.low = 0, .high = (double)scene->count, .divisor = 1};
    overview->panel = *panel;
    tp_frame_draw(scene, &overview->panel, "", "", true);
    for (i = 0; i < CELLS; i++)
        tp_sketch_caption(&scene->sketch, overview->panel.right_px + cells[i].right_px, top_px - 9,
                          ROW_TEXT_PX, scene->theme->text_dim, TP_ANCHOR_RIGHT, false,
                          scene->packets && cells[i].write == write_rtt ? "RTT p50"
                                                                        : cells[i].title);
    draw_rows(overview, row_px);
    return 0;
}

static int draw_page(struct overview *overview, struct tp_error *error)
{
    struct tp_facts facts = {.width_px = overview->scene->width_px - 2 * SIDE_PX};
    struct tp_scene *scene = overview->scene;
    double left_px = SIDE_PX + names_px(scene) + 12, top_px, row_px;
    char title[64];
    int rc;

    if (!bin_rates(overview))
        return tp_error_nomem(error);
    snprintf(title, sizeof title, "%zu flows, most bytes first", scene->count);
    facts_of(overview, &facts);
    top_px = HEADER_GAP_PX + tp_frame_header(scene, SIDE_PX,
                                             scene->options->title ? scene->options->title : title,
                                             &facts);
    rc = fit_rows(scene, left_px, top_px, &row_px, error);
    if (rc == 0)
        rc = draw_panel(overview, left_px, top_px, row_px, error);
    if (rc < 0)
        return rc;
    scene->sketch.panel = -1;
    if (overview->high > 0)
        draw_key(overview);
    tp_frame_footer(scene, left_px + KEY_PX, scene->width_px - SIDE_PX / 2);
    return 0;
}

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Where all flows lose as much none of them stands out. */
static void find_notable(struct tp_scene *scene)
{
    double shares[TP_PLOT_ROWS_MAX];
    struct tp_resent resent;
    size_t i, known = 0;

    for (i = 0; i < scene->count; i++) {
        tp_scene_resent(scene, &scene->flows[i], &resent);
        if (resent.known && resent.has_share)
            shares[known++] = resent.share;
    }
    qsort(shares, known, sizeof *shares, ascending);
    scene->notable_share =
        fmax(NOTABLE_SHARE, known > 0 ? NOTABLE_TIMES * shares[(known - 1) / 2] : 0);
}

int tp_picture_overview(struct tp_scene *scene, struct tp_error *error)
{
    struct overview overview = {.scene = scene};
    size_t i;
    int rc;

    find_notable(scene);

    overview.rates = calloc(scene->count, sizeof *overview.rates);
    if (!overview.rates)
        return tp_error_nomem(error);
    rc = draw_page(&overview, error);
    for (i = 0; i < scene->count; i++)
        tp_bins_release(&overview.rates[i]);
    free(overview.rates);
    return rc;
}
