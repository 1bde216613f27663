/* panel_inflight.c: what is outstanding, from packets, against what it may be: the window that the
 * receiver advertises and, where the sender's socket was traced, its congestion window. The area is
 * sent and not acknowledged (snd_max - snd_una); the thin line is RFC 6675's pipe: without what was
 * SACKed or is lost, with what was sent again. */
#include <math.h>
#include <stdio.h>

#include "base/units.h"
#include "plot/panel.h"

#define ENVELOPE_ALPHA 0.25F
#define WINDOW_SHARE   2.5 /* a window higher than that many times the rest stays out */

static bool has(const struct tp_scene *scene, const struct tp_scene_flow *flow)
{
    (void)scene;
    return tp_scene_series(flow, flow->bulk, TP_METRIC_WIRE_INFLIGHT) != NULL;
}

enum { PIPE, OUTSTANDING, CWND, SSTHRESH, WINDOW, TRACKS };

struct quantity {
    struct tp_track track;
    const char *what, *name;
    uint32_t rgb;
    float width_px;
    bool dashed;
};

static void set_quantities(const struct tp_scene *scene, const struct tp_scene_flow *flow,
                           struct quantity *quantities)
{
    const struct tp_theme *theme = scene->theme;
    double mss = flow->sender ? flow->sender->mss_bytes : 0;
    bool threshold = tp_flow_uses_ssthresh(flow->analysis, flow->flow, flow->bulk);
    const struct {
        enum tp_metric_id metric;
        double factor;
        struct quantity quantity;
    } rows[TRACKS] = {
        {TP_METRIC_WIRE_PIPE,
         1,
         {.what = "wire_pipe", .name = "pipe", .rgb = theme->pipe, .width_px = 1}},
        {TP_METRIC_WIRE_INFLIGHT,
         1,
         {.what = "wire_inflight", .name = "in flight", .rgb = theme->inflight, .width_px = 1}},
        {TP_METRIC_SND_CWND,
         mss,
         {.what = "snd_cwnd", .name = "cwnd", .rgb = theme->cwnd, .width_px = TP_CURVE_PX}},
        {TP_METRIC_SSTHRESH,
         threshold ? mss : 0,
         {.what = "ssthresh",
          .name = "ssthresh",
          .rgb = theme->ssthresh,
          .width_px = 1.4F,
          .dashed = true}},
        {TP_METRIC_WIRE_RWND,
         1,
         {.what = "wire_rwnd", .name = "receiver's window", .rgb = theme->edge, .width_px = 1.4F}},
    };
    size_t i;

    for (i = 0; i < TRACKS; i++) {
        quantities[i] = rows[i].quantity;
        /* a window in segments is on another scale, and not every threshold means something */
        if (rows[i].factor > 0 && !(scene->has_cwnd_panel && (i == CWND || i == SSTHRESH)))
            quantities[i].track = tp_scene_track(flow, flow->bulk, rows[i].metric, rows[i].factor);
    }
}

/* Without loss the pipe is what is outstanding. */
static bool are_equal(const struct tp_series *a, const struct tp_series *b)
{
    uint32_t i;

    if (!a || !b || a->count != b->count || a->samples != b->samples)
        return false;
    for (i = 0; i < a->count; i++)
        if (a->bins[i].sum != b->bins[i].sum)
            return false;
    return true;
}

/* The window is what matters where it is near; far above it would flatten all the rest. */
static double highest(const struct quantity *quantities, double *window)
{
    double low, high = 0, value;
    size_t i;

    *window = 0;
    for (i = 0; i < TRACKS; i++)
        if (i != WINDOW && i != SSTHRESH && tp_track_range(&quantities[i].track, &low, &value))
            high = fmax(high, value);
    if (tp_track_range(&quantities[WINDOW].track, &low, window) &&
        (*window <= high * WINDOW_SHARE || high <= 0))
        high = fmax(high, *window);
    if (tp_track_range(&quantities[SSTHRESH].track, &low, &value) && value <= high * 1.5)
        high = fmax(high, value);
    return high;
}

static void draw_one(struct tp_scene *scene, const struct tp_panel *panel,
                     const struct quantity *quantity)
{
    struct tp_path path = {0}, envelope = {0};
    struct tp_mark *mark;

    if (tp_track_is_dense(panel, &quantity->track))
        tp_curve_smooth(panel, &quantity->track, &path, &envelope);
    else
        tp_curve_steps(panel, &quantity->track, &path);
    tp_sketch_mark(&scene->sketch, TP_MARK_AREA, TP_SHAPE_POLYGON, quantity->what,
                   (struct tp_ink){quantity->rgb, ENVELOPE_ALPHA}, &envelope);
    mark = tp_sketch_line(&scene->sketch, TP_MARK_CURVE, quantity->what, quantity->rgb,
                          quantity->width_px, &path);
    if (mark && quantity->dashed) {
        mark->dash_px[0] = 5;
        mark->dash_px[1] = 4;
    }
}

static void draw(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    struct tp_end_label labels[TRACKS];
    struct quantity quantities[TRACKS];
    struct tp_path area = {0};
    char unit[120], note[80] = "", text[32];
    size_t i, count = 0;
    double window;

    set_quantities(scene, &scene->flows[0], quantities);
    if (are_equal(quantities[PIPE].track.series, quantities[OUTSTANDING].track.series))
        quantities[PIPE].track.series = NULL;
    tp_frame_value_axis(scene, panel, highest(quantities, &window));
    for (i = 0; i < TRACKS; i++)
        quantities[i].track.ceiling = panel->y.high;
    if (window > panel->y.high) {
        tp_units_si_unit(window, "B", text, sizeof text);
        snprintf(note, sizeof note, "the receiver's window is above, up to %s", text);
    }
    tp_frame_unit(panel, "B", note[0] ? note : NULL, unit, sizeof unit);
    tp_frame_draw(scene, panel, "In flight", unit, times);
    if (!tp_track_is_dense(panel, &quantities[OUTSTANDING].track))
        tp_curve_area(panel, &quantities[OUTSTANDING].track, &area);
    tp_sketch_mark(&scene->sketch, TP_MARK_AREA, TP_SHAPE_POLYGON, "wire_inflight",
                   (struct tp_ink){scene->theme->inflight, scene->theme->area_alpha}, &area);
    for (i = 0; i < TRACKS; i++) {
        draw_one(scene, panel, &quantities[i]);
        tp_label_end(panel, &quantities[i].track, quantities[i].name, quantities[i].rgb, "B",
                     labels, &count);
    }
    tp_end_labels_draw(scene, panel, labels, count);
}

static void draw_compared(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    static const struct tp_curves curves = {.what = "wire_inflight",
                                            .title = "In flight",
                                            .unit = "B",
                                            .note = "sent and not acknowledged",
                                            .factor = 1,
                                            .metric = TP_METRIC_WIRE_INFLIGHT};

    tp_curves_compare(scene, panel, times, &curves);
}

const struct tp_panel_kind tp_inflight_panel = {
    .name = "inflight",
    .quantity = "wire_inflight",
    .help =
        "bytes outstanding on the wire against the window that the receiver advertises and, where "
        "the sender's socket was traced, its congestion window; the thin line is RFC 6675's pipe",
    .use = TP_PANEL_PACKETS,
    .in_detail = true,
    .metrics = TP_METRIC_BIT(WIRE_INFLIGHT) | TP_METRIC_BIT(WIRE_PIPE) | TP_METRIC_BIT(WIRE_RWND) |
               TP_METRIC_BIT(SND_CWND) | TP_METRIC_BIT(SSTHRESH),
    .title = "In flight",
    .height_px = 150,
    .compared_px = 150,
    .has = has,
    .absent = "no packets were captured",
    .draw = draw,
    .draw_compared = draw_compared,
};
