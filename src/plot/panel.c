/* panel.c: what the panels have in common. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "plot/panel.h"
#include "plot/scale.h"

#define LEAST_SHARE 0.005 /* of the axis: what is less has a prefix of its own */

void tp_label_value(const struct tp_panel *panel, double value, const char *unit, char *buf,
                    size_t size)
{
    double divisor = panel->y.divisor, high = panel->y.high / divisor;
    bool seconds = strcmp(unit, "s") == 0; /* three digits of them are enough */

    if (divisor > 0 && fabs(value) >= panel->y.high * LEAST_SHARE)
        snprintf(buf, size, "%.*f %s%s", high < (seconds ? 10 : 100) ? 2 : 1, value / divisor,
                 tp_si_for(divisor).prefix, unit);
    else if (seconds)
        tp_format_seconds(buf, size, value);
    else
        tp_units_si_unit(value, unit, buf, size);
}

void tp_label_end(const struct tp_panel *panel, const struct tp_track *track, const char *name,
                  uint32_t rgb, const char *unit, struct tp_end_label *labels, size_t *count)
{
    struct tp_end_label *label = &labels[*count];
    double last;

    if (*count >= TP_END_LABELS_MAX || !tp_track_last(track, &last))
        return;
    *label = (struct tp_end_label){.at_px = tp_panel_y(panel, last), .rgb = rgb};
    snprintf(label->name, sizeof label->name, "%s", name);
    tp_label_value(panel, last, unit, label->detail, sizeof label->detail);
    ++*count;
}

static struct tp_track track_of(const struct tp_scene_flow *flow, const struct tp_curves *curves)
{
    bool in_mss = curves->in_mss && flow->sender;
    bool instead = curves->instead && !tp_scene_series(flow, flow->bulk, curves->metric);

    return tp_scene_track(flow, flow->bulk, instead ? curves->instead : curves->metric,
                          in_mss ? flow->sender->mss_bytes : curves->factor);
}

static struct tp_point place(const struct tp_panel *panel, double share, double value)
{
    return (struct tp_point){panel->left_px + share * (panel->right_px - panel->left_px),
                             tp_panel_y(panel, value)};
}

void tp_label_groups(struct tp_scene *scene, const struct tp_panel *panel,
                     const struct tp_bundle *bundle, const char *unit)
{
    struct tp_end_label labels[TP_END_LABELS_MAX];
    size_t group, k, count = 0;
    double last;

    for (group = 0; group < scene->groups && count < TP_END_LABELS_MAX; group++) {
        for (k = bundle->points, last = NAN; k-- > 0 && isnan(last);)
            last = tp_bundle_median(scene, bundle, group, k);
        if (isnan(last))
            continue;
        labels[count] = (struct tp_end_label){.at_px = tp_panel_y(panel, last),
                                              .rgb = tp_scene_first_of(scene, group)->rgb};
        tp_scene_group_name(scene, group, labels[count].name, sizeof labels[count].name);
        tp_label_value(panel, last, unit, labels[count].detail, sizeof labels[count].detail);
        count++;
    }
    tp_end_labels_draw(scene, panel, labels, count);
}

static void aggregate(struct tp_scene *scene, const struct tp_panel *panel,
                      const struct tp_curves *curves)
{
    size_t points = (size_t)((panel->right_px - panel->left_px) / TP_BUNDLE_PX) + 2, i;
    struct tp_bundle bundle;
    struct tp_track track;

    if (!tp_bundle_init(scene, &bundle, points))
        return;
    for (i = 0; i < scene->count; i++) {
        track = track_of(&scene->flows[i], curves);
        tp_bundle_sample(panel, &track, tp_bundle_of(&bundle, i), points);
    }
    tp_bundle_draw(scene, panel, &bundle, curves->what, place);
    tp_label_groups(scene, panel, &bundle, curves->unit);
    tp_bundle_release(&bundle);
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
    if (scene->options->aggregate) {
        aggregate(scene, panel, curves);
        return;
    }
    for (i = scene->count; i-- > 0;) {
        flow = &scene->flows[i];
        track = track_of(flow, curves);
        tp_scene_speak(scene, i);
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
