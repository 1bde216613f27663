/* panel_windows.c: the window that the receiver offers, as the sender heard it (snd_wnd) and as
 * the receiver meant it (rcv_wnd), over what is in flight. Where the receiver's socket was not
 * traced, rcv_wnd is absent: the sender's own rcv_wnd is about the other direction. */
#include <math.h>

#include "plot/panel.h"

static bool has(const struct tp_scene *scene, const struct tp_scene_flow *flow)
{
    (void)scene;
    return tp_scene_series(flow, flow->bulk, TP_METRIC_SND_WND) ||
           tp_scene_series(flow, !flow->bulk, TP_METRIC_RCV_WND);
}

static void draw(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    const struct tp_scene_flow *flow = &scene->flows[0];
    const struct tp_theme *theme = scene->theme;
    const struct {
        struct tp_track track;
        const char *what, *name;
        uint32_t rgb;
    } curves[] = {{tp_scene_track(flow, flow->bulk, TP_METRIC_SND_WND, 1), "snd_wnd",
                   "snd_wnd (sender)", theme->peer_window},
                  {tp_scene_track(flow, !flow->bulk, TP_METRIC_RCV_WND, 1), "rcv_wnd",
                   "rcv_wnd (receiver)", theme->own_window}};
    struct tp_track inflight = tp_scene_track(flow, flow->bulk, TP_METRIC_INFLIGHT, 1);
    struct tp_end_label labels[3];
    struct tp_path path = {0};
    double high = 0, low, value;
    size_t i, count = 0;
    char unit[64];

    for (i = 0; i < 2; i++)
        if (tp_track_range(&curves[i].track, &low, &value))
            high = fmax(high, value);
    if (tp_track_range(&inflight, &low, &value))
        high = fmax(high, value);
    tp_frame_value_axis(scene, panel, high);
    tp_frame_unit(panel, "B", NULL, unit, sizeof unit);
    tp_frame_draw(scene, panel, "Offered window", unit, times);
    tp_curve_area(panel, &inflight, &path);
    tp_sketch_mark(&scene->sketch, TP_MARK_AREA, TP_SHAPE_POLYGON, "inflight",
                   (struct tp_ink){theme->inflight, theme->area_alpha}, &path);
    for (i = 0; i < 2; i++) {
        tp_curve_steps(panel, &curves[i].track, &path);
        tp_sketch_line(&scene->sketch, TP_MARK_CURVE, curves[i].what, curves[i].rgb, 1.4, &path);
        tp_label_end(panel, &curves[i].track, curves[i].name, curves[i].rgb, "B", labels, &count);
    }
    tp_label_end(panel, &inflight, "in flight", theme->inflight, "B", labels, &count);
    tp_end_labels_draw(scene, panel, labels, count);
}

static void draw_compared(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    static const struct tp_curves curves = {.what = "snd_wnd",
                                            .title = "Offered window",
                                            .unit = "B",
                                            .note = "as the senders heard it",
                                            .factor = 1,
                                            .metric = TP_METRIC_SND_WND};

    tp_curves_compare(scene, panel, times, &curves);
}

const struct tp_panel_kind tp_windows_panel = {
    .name = "windows",
    .quantity = "snd_wnd",
    .help = "the windows that the receiver offers",
    .use = TP_PANEL_CHOSEN,
    .metrics = TP_METRIC_BIT(SND_WND) | TP_METRIC_BIT(RCV_WND) | TP_METRIC_BIT(INFLIGHT),
    .title = "Offered window",
    .height_px = 130,
    .compared_px = 140,
    .has = has,
    .absent = "no window was recorded",
    .draw = draw,
    .draw_compared = draw_compared,
};
