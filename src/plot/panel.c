/* panel.c: what the panels have in common. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "plot/panel.h"
#include "plot/scale.h"

void tp_label_end(const struct tp_panel *panel, const struct tp_track *track, const char *name,
                  uint32_t rgb, const char *unit, struct tp_end_label *labels, size_t *count)
{
    struct tp_end_label *label = &labels[*count];
    double last;

    if (*count >= TP_END_LABELS_MAX || !tp_track_last(track, &last))
        return;
    *label = (struct tp_end_label){.at_px = tp_panel_y(panel, last), .rgb = rgb};
    snprintf(label->name, sizeof label->name, "%s", name);
    if (strcmp(unit, "s") == 0)
        tp_format_seconds(label->detail, sizeof label->detail, last);
    else
        tp_units_si_unit(last, unit, label->detail, sizeof label->detail);
    ++*count;
}

static struct tp_track track_of(const struct tp_scene_flow *flow, const struct tp_curves *curves)
{
    bool in_mss = curves->in_mss && flow->sender;
    bool instead = curves->instead && !tp_scene_series(flow, flow->bulk, curves->metric);

    return tp_scene_track(flow, flow->bulk, instead ? curves->instead : curves->metric,
                          in_mss ? flow->sender->mss_bytes : curves->factor);
}

void tp_curves_compare(struct tp_scene *scene, struct tp_panel *panel, bool times,
                       const struct tp_curves *curves)
{
    struct tp_end_label labels[TP_END_LABELS_MAX];
    double high = 0, low, flow_high;
    struct tp_path path, envelope;
    const struct tp_scene_flow *flow;
    struct tp_track track;
    size_t i, count = 0;
    char unit[64];

    for (i = 0; i < scene->count; i++) {
        flow = &scene->flows[i];
        track = track_of(flow, curves);
        if (tp_track_range(&track, &low, &flow_high))
            high = fmax(high, flow_high);
    }
    tp_frame_value_axis(scene, panel, high);
    tp_frame_unit(panel, curves->unit, curves->note, unit, sizeof unit);
    tp_frame_draw(scene, panel, curves->title, unit, times);
    for (i = scene->count; i-- > 0;) {
        flow = &scene->flows[i];
        track = track_of(flow, curves);
        path = envelope = (struct tp_path){0};
        if (curves->smooth)
            tp_curve_smooth(panel, &track, &path, &envelope);
        else
            tp_curve_steps(panel, &track, &path);
        tp_sketch_mark(&scene->sketch, TP_MARK_AREA, TP_SHAPE_POLYGON, curves->what,
                       (struct tp_ink){flow->rgb, 0.3F}, &envelope);
        tp_look_curve(&scene->sketch, tp_scene_look(scene, flow), (double)i / (double)scene->count,
                      curves->what, flow->rgb, TP_COMPARED_PX, &path);
        tp_label_end(panel, &track, flow->name, flow->rgb, curves->unit, labels, &count);
    }
    tp_end_labels_draw(scene, panel, labels, count);
}

void tp_panel_absent(struct tp_scene *scene, struct tp_panel *panel, bool times,
                     const struct tp_panel_kind *kind)
{
    panel->y = (struct tp_axis){.low = 0, .high = 1, .divisor = 1};
    tp_frame_draw(scene, panel, kind->title, "", times);
    tp_frame_note(scene, panel, kind->absent);
}
