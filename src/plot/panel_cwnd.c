/* panel_cwnd.c: congestion window, in bytes where the MSS is known and in segments elsewhere. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "plot/panel.h"

#define CEILING                                                                                    \
    2.0 /* how far above the window the threshold may lie and still be in the picture              \
         */

static bool has(const struct tp_scene *scene, const struct tp_scene_flow *flow)
{
    (void)scene;
    return tp_scene_series(flow, flow->bulk, TP_METRIC_SND_CWND) != NULL;
}

static bool in_segments(const struct tp_scene *scene)
{
    const struct tp_axis_options *asked = tp_scene_axis(scene, "cwnd");

    return asked && asked->unit == TP_AXIS_UNIT_SEGMENTS;
}

struct tracks {
    struct tp_track cwnd, ssthresh, inflight;
    const char *unit;
    bool bytes;
};

static struct tracks tracks_of(const struct tp_scene_flow *flow, bool segments)
{
    double mss = flow->sender ? flow->sender->mss_bytes : 0;
    bool bytes = mss > 0 && !segments;
    struct tracks tracks = {.bytes = bytes, .unit = bytes ? "B" : "segments"};

    tracks.cwnd = tp_scene_track(flow, flow->bulk, TP_METRIC_SND_CWND, tracks.bytes ? mss : 1);
    if (tp_flow_uses_ssthresh(flow->analysis, flow->flow, flow->bulk))
        tracks.ssthresh =
            tp_scene_track(flow, flow->bulk, TP_METRIC_SSTHRESH, tracks.bytes ? mss : 1);
    /* in flight is bytes: without the MSS it is on another scale */
    if (mss > 0)
        tracks.inflight =
            tp_scene_track(flow, flow->bulk, TP_METRIC_INFLIGHT, tracks.bytes ? 1 : 1 / mss);
    return tracks;
}

static double highest(const struct tracks *tracks)
{
    double low, high = 0, value;

    if (tp_track_range(&tracks->cwnd, &low, &value))
        high = fmax(high, value);
    if (tp_track_range(&tracks->inflight, &low, &value))
        high = fmax(high, value);
    if (tp_track_range(&tracks->ssthresh, &low, &value) && value <= high * CEILING)
        high = fmax(high, value);
    return high;
}

static void draw_curves(struct tp_scene *scene, const struct tp_panel *panel,
                        const struct tracks *tracks)
{
    struct tp_path area = {0}, ssthresh = {0}, cwnd = {0};
    const struct tp_theme *theme = scene->theme;
    struct tp_mark *mark;

    tp_curve_area(panel, &tracks->inflight, &area);
    tp_sketch_mark(&scene->sketch, TP_MARK_AREA, TP_SHAPE_POLYGON, "inflight",
                   (struct tp_ink){theme->inflight, theme->area_alpha}, &area);
    tp_curve_steps(panel, &tracks->ssthresh, &ssthresh);
    mark =
        tp_sketch_line(&scene->sketch, TP_MARK_CURVE, "ssthresh", theme->ssthresh, 1.4, &ssthresh);
    if (mark) {
        mark->ink.alpha = 0.95F;
        mark->dash_px[0] = 5;
        mark->dash_px[1] = 4;
    }
    tp_curve_steps(panel, &tracks->cwnd, &cwnd);
    tp_sketch_line(&scene->sketch, TP_MARK_CURVE, "snd_cwnd", theme->cwnd, TP_CURVE_PX, &cwnd);
}

static void draw(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    struct tracks tracks = tracks_of(&scene->flows[0], in_segments(scene));
    struct tp_end_label labels[3];
    size_t count = 0, length;
    char unit[64];

    tp_frame_value_axis(scene, panel, highest(&tracks));
    tracks.ssthresh.ceiling = panel->y.high;
    tp_frame_unit(panel, tracks.unit,
                  tracks.inflight.series ? "in flight is snd_nxt \xe2\x88\x92 snd_una" : NULL, unit,
                  sizeof unit);
    tp_frame_draw(scene, panel, "Congestion window", unit, times);
    draw_curves(scene, panel, &tracks);
    tp_label_end(panel, &tracks.cwnd, "cwnd", scene->theme->cwnd, tracks.bytes ? "B" : "seg",
                 labels, &count);
    if (count == 1 && tracks.bytes) {
        length = strlen(labels[0].detail);
        snprintf(labels[0].detail + length, sizeof labels[0].detail - length, " \xc2\xb7 %.0f seg",
                 (double)tracks.cwnd.series->bins[tracks.cwnd.series->count - 1].last);
    }
    tp_label_end(panel, &tracks.ssthresh, "ssthresh", scene->theme->ssthresh,
                 tracks.bytes ? "B" : "seg", labels, &count);
    tp_label_end(panel, &tracks.inflight, "in flight", scene->theme->inflight,
                 tracks.bytes ? "B" : "seg", labels, &count);
    tp_end_labels_draw(scene, panel, labels, count);
}

static void draw_compared(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    struct tp_curves curves = {.what = "snd_cwnd",
                               .title = "Congestion window",
                               .unit = "B",
                               .metric = TP_METRIC_SND_CWND};
    size_t i;

    if (in_segments(scene))
        curves.unit = "segments";
    for (i = 0; i < scene->count; i++)
        if (scene->flows[i].sender && scene->flows[i].sender->mss_bytes == 0)
            curves.unit = "segments";
    curves.in_mss = strcmp(curves.unit, "B") == 0;
    curves.factor = 1;
    tp_curves_compare(scene, panel, times, &curves);
}

const struct tp_panel_kind tp_cwnd_panel = {
    .name = "cwnd",
    .quantity = "snd_cwnd",
    .help = "congestion window, slow-start threshold and bytes in flight, as the kernel tells them",
    .use = TP_PANEL_USUAL,
    .metrics = TP_METRIC_BIT(SND_CWND) | TP_METRIC_BIT(SSTHRESH) | TP_METRIC_BIT(INFLIGHT),
    .title = "Congestion window",
    .height_px = 190,
    .compared_px = 200,
    .has = has,
    .absent = "the sender's socket was not traced",
    .draw = draw,
    .draw_compared = draw_compared,
};
