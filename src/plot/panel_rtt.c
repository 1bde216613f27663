/* panel_rtt.c: smoothed round-trip time over its minimum. The axis begins at 0, so that the height
 * above the minimum is the queue's share in true proportion. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "plot/panels.h"
#include "plot/scale.h"

#define SECONDS 1e-6 /* of a microsecond */

bool tp_rtt_has(const struct tp_scene *scene, const struct tp_scene_flow *flow)
{
    (void)scene;
    return tp_scene_series(flow, flow->bulk, TP_METRIC_SRTT) != NULL;
}

/* "69.5 ms (+29.1 ms)": and how far above the minimum. */
static void label_queue(struct tp_end_label *label, double last, double low)
{
    size_t length = strlen(label->detail);
    char above[32];

    tp_format_seconds(above, sizeof above, last - low);
    snprintf(label->detail + length, sizeof label->detail - length, " (+%s)", above);
}

void tp_rtt_draw(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    const struct tp_scene_flow *flow = &scene->flows[0];
    struct tp_track track = tp_scene_track(flow, flow->bulk, TP_METRIC_SRTT, SECONDS);
    const struct tp_theme *theme = scene->theme;
    struct tp_path path = {0}, envelope = {0};
    struct tp_end_label labels[2];
    double low = 0, high = 0, last;
    size_t count = 0;
    char unit[64];

    tp_track_range(&track, &low, &high);
    tp_frame_value_axis(panel, high);
    tp_frame_unit(panel, "s", NULL, unit, sizeof unit);
    tp_frame_draw(scene, panel, "Smoothed round-trip time", unit, times);
    tp_curve_smooth(panel, &track, &path, &envelope);
    tp_sketch_mark(&scene->sketch, TP_MARK_AREA, TP_SHAPE_POLYGON, "srtt",
                   (struct tp_ink){theme->rtt, 0.3F}, &envelope);
    tp_sketch_line(&scene->sketch, TP_MARK_CURVE, "srtt", theme->rtt, TP_CURVE_PX, &path);
    tp_frame_level(scene, panel, "min srtt", low, theme->text);
    tp_label_end(panel, &track, "srtt", theme->rtt, "s", labels, &count);
    if (count > 0 && tp_track_last(&track, &last)) {
        label_queue(&labels[0], last, low);
        labels[1] = (struct tp_end_label){
            .at_px = tp_panel_y(panel, low), .rgb = theme->text, .name = "min srtt"};
        tp_format_seconds(labels[1].detail, sizeof labels[1].detail, low);
        count++;
    }
    tp_end_labels_draw(scene, panel, labels, count);
}

void tp_rtt_compare(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    static const struct tp_curves curves = {.what = "srtt",
                                            .title = "Smoothed round-trip time",
                                            .unit = "s",
                                            .factor = SECONDS,
                                            .smooth = true,
                                            .metric = TP_METRIC_SRTT};

    tp_curves_compare(scene, panel, times, &curves);
}
