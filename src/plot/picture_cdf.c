/* picture_cdf.c: distributions as pictures of their own: for each flow which share of its time a
 * quantity was at most so large. Quantiles are those that the figures are made of, so that the
 * middle of a curve is the p50 of `flows`; of the rate, which has no figures of that kind, they are
 * over the bins of the picture. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plot/bundle.h"
#include "plot/panels.h"
#include "plot/paper.h"
#include "plot/picture.h"
#include "plot/scale.h"

#define POINTS        1001 /* quantiles of a curve */
#define AGGREGATED    201  /* ... of one of several runs */
#define HEIGHT_PX     220
#define PAPER_SHARE   0.5 /* height of a panel of its width */
#define LEAST_PX      60
#define BELOW_PX      52 /* numbers and title of the axis */
#define HEADER_GAP_PX 36
#define FOOTER_PX     30
#define LEGEND_GAP_PX 6
#define SIDE_PX       24
#define TICKS_APART   90
#define PAD           0.03 /* of the range at both of its ends */
#define LEAST_PAD     0.01 /* of the value: all may be the same */

/* --- quantities ------------------------------------------------------------------------------- */

struct spread_quantity {
    const char *panel, *name, *title, *unit, *what;
    double factor; /* 0: the flow's MSS */
    bool bins;     /* of bytes over time, else of a metric: */
    enum tp_metric_id metric, instead;
};

static const struct spread_quantity quantities[] = {{.panel = "cwnd",
                                                     .name = "cwnd_cdf",
                                                     .title = "Congestion window",
                                                     .unit = "B",
                                                     .what = "snd_cwnd",
                                                     .metric = TP_METRIC_SND_CWND,
                                                     .instead = TP_METRIC_SND_CWND},
                                                    {.panel = "rtt",
                                                     .name = "rtt_cdf",
                                                     .title = "Smoothed round-trip time",
                                                     .unit = "s",
                                                     .what = "srtt",
                                                     .factor = 1e-6,
                                                     .metric = TP_METRIC_SRTT,
                                                     .instead = TP_METRIC_WIRE_SRTT},
                                                    {.panel = "rate",
                                                     .name = "rate_cdf",
                                                     .title = "Rate",
                                                     .unit = "bit/s",
                                                     .what = "rate",
                                                     .factor = 1,
                                                     .bins = true}};

#define QUANTITIES (sizeof quantities / sizeof *quantities)

static bool in_segments(const struct tp_scene *scene)
{
    const struct tp_axis_options *asked = tp_scene_axis(scene, "cwnd");
    size_t i;

    for (i = 0; i < scene->count; i++)
        if (scene->flows[i].sender && scene->flows[i].sender->mss_bytes == 0)
            return true;
    return asked && asked->unit == TP_AXIS_UNIT_SEGMENTS;
}

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Quantiles of the flow's rate over its own bins; false if it has none. */
static bool rate_quantiles(struct tp_scene *scene, const struct tp_scene_flow *flow, double *values,
                           size_t count)
{
    const char *what;
    const struct tp_series *bytes = tp_scene_bytes(flow, &what);
    struct tp_bins bins = {0};
    size_t i, known = 0;

    if (!bytes || scene->ticks || !tp_scene_rates(scene, flow, bytes, &bins))
        return false;
    tp_bins_crop(&bins, (double)(flow->flow->first_ns - flow->origin_ns),
                 (double)(flow->flow->last_ns - flow->origin_ns));
    for (i = 0; i < bins.count; i++)
        if (!isnan(bins.sums[i]))
            bins.sums[known++] = bins.sums[i];
    qsort(bins.sums, known, sizeof *bins.sums, ascending);
    for (i = 0; i < count && known > 0; i++)
        values[i] =
            bins.sums[(size_t)fmax(0, ceil((double)i / (double)(count - 1) * (double)known) - 1)];
    tp_bins_release(&bins);
    return known > 0;
}

/* Its quantiles at equal steps from 0 to 1, in the axis' unit; false if it has none. */
static bool quantiles_of(struct tp_scene *scene, const struct tp_scene_flow *flow,
                         const struct spread_quantity *quantity, double *values, size_t count)
{
    double p[POINTS], factor = quantity->factor;
    size_t i;

    if (quantity->bins)
        return rate_quantiles(scene, flow, values, count);
    if (factor == 0)
        factor = in_segments(scene) || !flow->sender ? 1 : flow->sender->mss_bytes;
    for (i = 0; i < count; i++)
        p[i] = (double)i / (double)(count - 1);
    if (!tp_flow_quantiles(flow->flow, flow->bulk, quantity->metric, p, values, count) &&
        !tp_flow_quantiles(flow->flow, flow->bulk, quantity->instead, p, values, count))
        return false;
    for (i = 0; i < count; i++)
        values[i] *= factor;
    return true;
}

/* --- which ------------------------------------------------------------------------------------ */

struct choice {
    const struct spread_quantity *list[QUANTITIES];
    size_t count;
};

static const struct spread_quantity *find(const char *panel, size_t length)
{
    size_t i;

    for (i = 0; i < QUANTITIES; i++)
        if (strlen(quantities[i].panel) == length &&
            memcmp(quantities[i].panel, panel, length) == 0)
            return &quantities[i];
    return NULL;
}

/* All that some flow has, or those that are asked for. */
static int choose(struct tp_scene *scene, struct choice *choice, struct tp_error *error)
{
    const char *at = scene->options->panels;
    double value[2];
    size_t i, k, length;

    for (i = 0; !at && i < QUANTITIES; i++)
        for (k = 0; k < scene->count; k++)
            if (quantiles_of(scene, &scene->flows[k], &quantities[i], value, 2)) {
                choice->list[choice->count++] = &quantities[i];
                break;
            }
    for (; at; at = at[length] ? at + length + 1 : NULL) {
        length = strcspn(at, ",");
        if (!find(at, length))
            return tp_error_set(error, TP_ERR_USAGE,
                                "'%.*s' has no distribution: there are cwnd, rtt, rate",
                                (int)length, at);
        if (choice->count == QUANTITIES)
            return tp_error_set(error, TP_ERR_USAGE, "a distribution is asked for twice");
        choice->list[choice->count++] = find(at, length);
    }
    if (choice->count == 0)
        return tp_error_set(error, TP_ERR_USAGE, "nothing was recorded that has a distribution");
    return 0;
}

static int check(const struct tp_scene *scene, struct tp_error *error)
{
    if (scene->groups > TP_PLOT_COMPARED)
        return tp_error_set(error, TP_ERR_LIMIT,
                            "%zu curves cannot be told apart: at most %d; --label joins flows, "
                            "--aggregate takes them together",
                            scene->groups, TP_PLOT_COMPARED);
    if (scene->windowed)
        return tp_error_set(error, TP_ERR_USAGE,
                            "distributions are of whole flows: choose a part of a log with --since "
                            "and --until, cut a capture with 'tcpprobe packets --since FROM "
                            "--until UNTIL --write PART FILE'");
    return 0;
}

/* --- a panel ---------------------------------------------------------------------------------- */

/* The axis of values, from what all flows have or from what is asked for. */
static void set_axis(const struct tp_scene *scene, struct tp_panel *panel,
                     const struct spread_quantity *quantity, double low, double high)
{
    const struct tp_axis_options *asked = tp_scene_axis(scene, quantity->panel);
    double room = fmax((high - low) * PAD, high * LEAST_PAD);
    unsigned want = (unsigned)fmax(2, (panel->right_px - panel->left_px) / TICKS_APART + 1);

    low = asked && asked->has_range ? asked->low : fmax(low - room, 0);
    high = asked && asked->has_range ? asked->high : high + room;
    if (asked && asked->log)
        tp_axis_decades(&panel->x, low > 0 ? low : high / 1000, high, panel->left_px,
                        panel->right_px);
    else
        tp_axis_linear(&panel->x, low, high, panel->left_px, panel->right_px, want);
}

static struct tp_point place(const struct tp_panel *panel, double share, double value)
{
    double x_px = tp_axis_px(&panel->x, panel->left_px, panel->right_px, value);

    return (struct tp_point){fmin(fmax(x_px, panel->left_px), panel->right_px),
                             tp_panel_y(panel, share)};
}

/* Steps: a value that held for long is a vertical piece. What is beyond a chosen range is not
 * drawn. */
static void add_steps(const struct tp_panel *panel, const double *values, size_t count,
                      struct tp_path *path)
{
    struct tp_point point, last = {panel->left_px, panel->bottom_px};
    size_t i;

    for (i = 0; i < count && values[i] <= panel->x.high; i++) {
        point = place(panel, (double)i / (double)(count - 1), values[i]);
        if (values[i] < panel->x.low) {
            last.y_px = point.y_px;
            continue;
        }
        if (path->count > 0 || last.y_px < panel->bottom_px)
            tp_path_add(path, point.x_px, last.y_px);
        tp_path_add(path, point.x_px, point.y_px);
        last = point;
    }
    if (i < count && path->count > 0)
        tp_path_add(path, panel->right_px, last.y_px);
    tp_path_thin(path);
}

static void draw_curves(struct tp_scene *scene, const struct tp_panel *panel,
                        const struct spread_quantity *quantity, const struct tp_bundle *bundle)
{
    const struct tp_scene_flow *flow;
    struct tp_path path;
    size_t i;

    for (i = scene->count; i-- > 0 && !scene->sketch.failed;) {
        flow = &scene->flows[i];
        if (isnan(tp_bundle_of(bundle, i)[0]))
            continue;
        path = (struct tp_path){0};
        add_steps(panel, tp_bundle_of(bundle, i), bundle->points, &path);
        tp_scene_speak(scene, i);
        tp_look_curve(&scene->sketch, tp_scene_look(scene, flow),
                      (double)flow->look / (double)scene->groups, quantity->what, flow->rgb,
                      TP_COMPARED_PX, &path);
    }
}

static void say_unit(const struct tp_scene *scene, const struct tp_panel *panel,
                     const struct spread_quantity *quantity, char *buf, size_t size)
{
    const struct tp_axis_options *asked = tp_scene_axis(scene, quantity->panel);
    bool segments = quantity->factor == 0 && in_segments(scene);
    char width[32] = "";

    if (asked && asked->title) {
        snprintf(buf, size, "%s", asked->title);
        return;
    }
    if (quantity->bins)
        tp_scene_bin_text(scene, width, sizeof width);
    snprintf(buf, size, "%s (%s%s%s%s)", quantity->title, tp_si_for(panel->x.divisor).prefix,
             segments ? "segments" : quantity->unit, width[0] ? ", bins of " : "", width);
}

static void draw_panel(struct tp_scene *scene, struct tp_panel *panel,
                       const struct spread_quantity *quantity)
{
    size_t points = scene->options->aggregate ? AGGREGATED : POINTS, i;
    double low = INFINITY, high = -INFINITY, *values;
    struct tp_bundle bundle;
    char text[96];

    if (!tp_bundle_init(scene, &bundle, points))
        return;
    for (i = 0; i < scene->count; i++) {
        values = tp_bundle_of(&bundle, i);
        if (!quantiles_of(scene, &scene->flows[i], quantity, values, points)) {
            values[0] = NAN;
            continue;
        }
        low = fmin(low, values[0]);
        high = fmax(high, values[points - 1]);
    }
    set_axis(scene, panel, quantity, isfinite(low) ? low : 0, isfinite(high) ? high : 1);
    tp_axis_plain(&panel->y, 0, 1, panel->bottom_px, panel->top_px, 4);
    say_unit(scene, panel, quantity, text, sizeof text);
    panel->x_unit = quantity->factor == 0 && in_segments(scene) ? "segments" : quantity->unit;
    panel->y_unit = "1";
    tp_frame_draw_over(scene, panel, "Share of time", "", text);
    if (!isfinite(low))
        tp_frame_note(scene, panel, "not recorded");
    else if (scene->options->aggregate)
        tp_bundle_draw(scene, panel, &bundle, quantity->what, place);
    else
        draw_curves(scene, panel, quantity, &bundle);
    tp_bundle_release(&bundle);
}

/* --- the page --------------------------------------------------------------------------------- */

static double draw_header(struct tp_scene *scene)
{
    struct tp_facts facts = {.width_px = scene->width_px - TP_MARGIN_LEFT - 16};
    char title[TP_ROUTE_SIZE + 32];

    if (tp_scene_is_paper(scene)) {
        tp_paper_title(scene);
        return TP_PAPER_TOP_PX + (scene->options->title ? TP_PAPER_TITLE_PX : 0);
    }
    if (scene->count == 1) {
        snprintf(title, sizeof title, "%s", scene->flows[0].route);
        tp_facts_of_one(scene, &facts);
    } else {
        tp_title_of_many(scene, title, sizeof title);
        tp_facts_of_many(scene, &facts);
    }
    return tp_frame_header(scene, TP_MARGIN_LEFT,
                           scene->options->title ? scene->options->title : title, &facts) +
           HEADER_GAP_PX / 2.0;
}

static int draw_panels(struct tp_scene *scene, const struct choice *choice, double top_px,
                       struct tp_error *error)
{
    bool paper = tp_scene_is_paper(scene);
    double left_px = paper ? TP_PAPER_LEFT_PX : TP_MARGIN_LEFT;
    double right_px = scene->width_px - (paper ? TP_PAPER_RIGHT_PX : SIDE_PX), height_px;
    double title_px = paper ? 0 : HEADER_GAP_PX / 2.0;
    double fixed = (title_px + BELOW_PX) * (double)choice->count + (paper ? 0 : FOOTER_PX);
    struct tp_panel *panel, filled;
    size_t i;
    int index;

    if (scene->height_px == 0)
        scene->height_px =
            top_px + fixed +
            (double)choice->count *
                (paper ? fmax(LEAST_PX, PAPER_SHARE * (right_px - left_px)) : HEIGHT_PX);
    height_px = (scene->height_px - top_px - fixed) / (double)choice->count;
    if (height_px < LEAST_PX - 1e-6)
        return tp_error_set(error, TP_ERR_LIMIT,
                            "%zu panels do not fit a page %.0f high: it takes %.0f", choice->count,
                            scene->height_px,
                            ceil(top_px + fixed + LEAST_PX * (double)choice->count));
    for (i = 0; i < choice->count; i++) {
        top_px += title_px;
        panel = tp_sketch_panel(&scene->sketch, choice->list[i]->name, left_px, top_px, right_px,
                                top_px + height_px);
        if (!panel)
            return tp_error_nomem(error);
        filled = *panel; /* the sketch's list may move while the panel is drawn */
        index = scene->sketch.panel;
        draw_panel(scene, &filled, choice->list[i]);
        if (!scene->sketch.failed)
            scene->sketch.picture->panels[index] = filled;
        top_px += height_px + BELOW_PX;
    }
    scene->sketch.panel = -1;
    return 0;
}

int tp_picture_cdf(struct tp_scene *scene, struct tp_error *error)
{
    struct choice choice = {0};
    double top_px, left_px = tp_scene_is_paper(scene) ? TP_PAPER_LEFT_PX : TP_MARGIN_LEFT;
    int rc = check(scene, error);
    size_t rows;

    if (rc == 0)
        rc = choose(scene, &choice, error);
    if (rc < 0)
        return rc;
    top_px = draw_header(scene);
    tp_paper_flows(scene);
    rows = tp_legend_rows(&scene->legend, scene->width_px - left_px);
    tp_legend_draw(&scene->legend, &scene->sketch, left_px, scene->width_px, top_px);
    top_px += TP_LEGEND_ROW_PX * (double)rows + LEGEND_GAP_PX;
    rc = draw_panels(scene, &choice, top_px, error);
    if (rc == 0 && !tp_scene_is_paper(scene))
        tp_frame_footer(scene, left_px, scene->width_px - SIDE_PX);
    return rc;
}
