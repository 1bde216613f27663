/* panel_tsg.c: time-sequence graph in tcptrace's conventions: its slope is throughput, the vertical
 * distance between data and ACKs is what is outstanding, the horizontal one the round-trip time. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "plot/panel.h"
#include "plot/scale.h"
#include "plot/sequence.h"

#define HEADROOM 0.05
#define TICK_PX  46

static bool has(const struct tp_scene *scene, const struct tp_scene_flow *flow)
{
    const struct tp_wire_marks *marks = tp_flow_wire_marks(flow->flow, flow->bulk);

    (void)scene;
    return tp_scene_series(flow, flow->bulk, TP_METRIC_WIRE_SEQ) ||
           tp_scene_series(flow, flow->bulk, TP_METRIC_WIRE_UNA) || (marks && marks->count > 0);
}

/* Ticks count from `base`, positions are sequence numbers all the same. */
static void set_axis(struct tp_panel *panel, const struct tp_sequence *sequence, double base)
{
    double room = fmax(sequence->high - sequence->low, 1) * HEADROOM;
    unsigned i;

    tp_axis_linear(&panel->y, sequence->low - base - room, sequence->high - base + room * 2,
                   panel->bottom_px, panel->top_px,
                   (unsigned)fmax(2, (panel->bottom_px - panel->top_px) / TICK_PX));
    panel->y.low += base;
    panel->y.high += base;
    for (i = 0; i < panel->y.count; i++)
        panel->y.ticks[i].value += base;
}

/* "kB since the window's start, window 3.1 MB above" */
static void say_unit(const struct tp_sequence *sequence, const struct tp_panel *panel, bool whole,
                     char *buf, size_t size)
{
    const char *since = whole ? "since the connection began" : "since the left edge";
    char note[120], above[32];

    snprintf(note, sizeof note, "%s", since);
    if (sequence->edge_above > 0) {
        tp_units_si_unit(sequence->edge_above, "B", above, sizeof above);
        snprintf(note, sizeof note, "%s, the window's edge is up to %s above", since, above);
    }
    snprintf(buf, size, "%sB %s", tp_si_for(panel->y.divisor).prefix, note);
}

static void draw_ends(const struct tp_sequence *sequence, const struct tp_panel *panel)
{
    const struct tp_theme *theme = sequence->scene->theme;
    const struct {
        const char *what, *name;
        uint32_t rgb;
    } ends[] = {{"edge", "window", theme->edge}, {"ack", "ACK", theme->ack}};
    const struct tp_picture *picture = sequence->scene->sketch.picture;
    struct tp_end_label labels[2];
    const struct tp_mark *mark;
    size_t count = 0, i, k;

    for (i = 0; picture && i < 2; i++)
        for (k = 0; k < picture->mark_count; k++) {
            mark = &picture->marks[k];
            if (mark->panel != sequence->scene->sketch.panel || mark->kind != TP_MARK_CURVE ||
                strcmp(mark->what, ends[i].what) != 0)
                continue;
            labels[count] = (struct tp_end_label){.at_px = mark->points[mark->count - 1].y_px,
                                                  .rgb = ends[i].rgb};
            snprintf(labels[count++].name, sizeof labels[0].name, "%s", ends[i].name);
            break;
        }
    tp_end_labels_draw(sequence->scene, panel, labels, count);
}

static void draw(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    struct tp_sequence sequence;
    char unit[160];
    bool whole;

    if (!tp_sequence_init(&sequence, scene, &scene->flows[0], panel)) {
        tp_panel_absent(scene, panel, times, &tp_tsg_panel);
        return;
    }
    whole = !scene->windowed;
    set_axis(panel, &sequence, whole ? 0 : sequence.low);
    say_unit(&sequence, panel, whole, unit, sizeof unit);
    panel->y_unit = "B";
    tp_frame_draw(scene, panel, "Sequence number", unit, times);
    tp_sequence_draw(&sequence);
    tp_sequence_legend(&sequence);
    tp_sequence_letters(&sequence);
    if (!tp_scene_is_paper(scene)) /* there the legend has both */
        draw_ends(&sequence, panel);
}

/* How far each flow came. */
static void draw_compared(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    static const struct tp_curves curves = {.what = "wire_una",
                                            .title = "Acknowledged",
                                            .unit = "B",
                                            .note = "since the connections began",
                                            .factor = 1,
                                            .metric = TP_METRIC_WIRE_UNA};

    tp_curves_compare(scene, panel, times, &curves);
}

const struct tp_panel_kind tp_tsg_panel = {
    .name = "tsg",
    .help = "time-sequence graph of the packets, in tcptrace's signs",
    .use = TP_PANEL_DETAIL,
    .in_detail = true,
    .marks = true,
    .metrics = TP_METRIC_BIT(WIRE_SEQ) | TP_METRIC_BIT(WIRE_UNA) | TP_METRIC_BIT(WIRE_EDGE),
    .title = "Sequence number",
    .height_px = 430,
    .compared_px = 260,
    .has = has,
    .absent = "no packets were captured",
    .draw = draw,
    .draw_compared = draw_compared,
};
