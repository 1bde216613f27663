/* panel_rtt.c: round-trip time over its minimum: what the kernel smoothed, and the samples that the
 * packets give, coloured by how they were taken. Segments that were sent again give none (Karn).
 * What the receiver estimates is the only one where just its socket was traced. The axis begins at
 * 0, so that the height above the minimum is the queue's share in true proportion. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "plot/panel.h"
#include "plot/scale.h"

#define SECONDS       1e-6 /* of a microsecond */
#define DOT_PX        2.2
#define AMONG_DOTS_PX 0.9   /* a line that leaves something to be seen of them */
#define RANGE_ALPHA   0.35F /* where a box stands for several samples */

/* Ways of taking a sample, those of packets first; the handshake's dot is larger: there is one. */
#define OF_PACKETS 4
#define SOURCES    5

struct rtt_source {
    enum tp_metric_id metric;
    const char *what, *text;
    float size, alpha;
    size_t ink;
    bool receiver; /* of the end that receives the bulk of the data */
};

static const struct rtt_source sources[SOURCES] = {
    {TP_METRIC_RTT_TS, "rtt_ts", "timestamp", 1, 0.4F, offsetof(struct tp_theme, arrivals), false},
    {TP_METRIC_RTT_ACK, "rtt_ack", "ACK", 1, 0.5F, offsetof(struct tp_theme, inflight), false},
    {TP_METRIC_RTT_SACK, "rtt_sack", "SACK", 1, 0.7F, offsetof(struct tp_theme, sack), false},
    {TP_METRIC_RTT_HANDSHAKE, "rtt_handshake", "handshake", 3, 1,
     offsetof(struct tp_theme, ssthresh), false},
    {TP_METRIC_RCV_RTT, "rcv_rtt", "receiver", 2, 1, offsetof(struct tp_theme, text), true}};

/* What the panel is called by the best that it has, and its smallest value. */
enum best { BEST_SAMPLES, BEST_SMOOTHED, BEST_RECEIVER };

static const struct {
    const char *title, *level, *label;
} words[] = {
    [BEST_SAMPLES] = {"Round-trip time", "min rtt", "min RTT"},
    [BEST_SMOOTHED] = {"Smoothed round-trip time", "min srtt", "min srtt"},
    [BEST_RECEIVER] = {"Round-trip time as the receiver estimates it", "min rcv_rtt", "min"}};

static struct tp_ink ink_of(const struct tp_theme *theme, const struct rtt_source *source)
{
    return (struct tp_ink){*(const uint32_t *)((const char *)theme + source->ink), source->alpha};
}

static struct tp_track sample_track(const struct tp_scene_flow *flow, size_t source)
{
    return tp_scene_track(flow, flow->bulk ^ sources[source].receiver, sources[source].metric,
                          SECONDS);
}

/* False: it has nothing at all. */
static bool best_of(const struct tp_scene_flow *flow, enum best *best)
{
    size_t i;

    *best = BEST_SAMPLES;
    for (i = 0; i < OF_PACKETS; i++)
        if (tp_scene_series(flow, flow->bulk, sources[i].metric))
            return true;
    *best = BEST_SMOOTHED;
    if (tp_scene_series(flow, flow->bulk, TP_METRIC_SRTT))
        return true;
    *best = BEST_RECEIVER;
    return tp_scene_series(flow, !flow->bulk, TP_METRIC_RCV_RTT) != NULL;
}

static bool has(const struct tp_scene *scene, const struct tp_scene_flow *flow)
{
    enum best best;

    (void)scene;
    return best_of(flow, &best);
}

/* "69.5 ms (+29.1 ms)": and how far above the minimum. */
static void label_queue(const struct tp_panel *panel, struct tp_end_label *label, double last,
                        double low)
{
    size_t length = strlen(label->detail);
    char above[32];

    tp_label_value(panel, last - low, "s", above, sizeof above);
    snprintf(label->detail + length, sizeof label->detail - length, " (+%s)", above);
}

static void widen(const struct tp_track *track, double *low, double *high)
{
    double least, most;

    if (!tp_track_range(track, &least, &most))
        return;
    *low = fmin(*low, least);
    *high = fmax(*high, most);
}

static void draw_samples(struct tp_scene *scene, const struct tp_panel *panel,
                         const struct tp_scene_flow *flow)
{
    struct tp_key keys[SOURCES];
    struct tp_track track;
    struct tp_ink ink;
    struct tp_path path;
    size_t i, count = 0;

    for (i = 0; i < SOURCES; i++) {
        track = sample_track(flow, i);
        path = (struct tp_path){0};
        tp_curve_dots(panel, &track, DOT_PX * (double)sources[i].size, &path);
        if (path.count > 0)
            keys[count++] = (struct tp_key){sources[i].what, sources[i].text,
                                            ink_of(scene->theme, &sources[i]), true};
        ink = ink_of(scene->theme, &sources[i]);
        if (track.series && track.series->width_ns > 0)
            ink.alpha *= RANGE_ALPHA;
        tp_sketch_mark(&scene->sketch, TP_MARK_DOTS, TP_SHAPE_BOXES, sources[i].what, ink, &path);
    }
    for (i = 0; i < count; i++)
        keys[i].ink.alpha = fmaxf(keys[i].ink.alpha, 0.8F);
    tp_frame_keys(scene, panel, keys, count);
}

static void draw_smooth(struct tp_scene *scene, const struct tp_panel *panel,
                        const struct tp_track *track, const char *what, uint32_t rgb,
                        double width_px)
{
    struct tp_path path = {0}, envelope = {0};

    tp_curve_smooth(panel, track, &path, &envelope);
    tp_sketch_mark(&scene->sketch, TP_MARK_AREA, TP_SHAPE_POLYGON, what, (struct tp_ink){rgb, 0.3F},
                   &envelope);
    tp_sketch_line(&scene->sketch, TP_MARK_CURVE, what, rgb, width_px, &path);
}

/* Labels of the lines; the minimum is that of the samples where there are any. */
static void draw_labels(struct tp_scene *scene, const struct tp_panel *panel,
                        const struct tp_track *srtt, const struct tp_track *wire, enum best best,
                        double low)
{
    const struct tp_theme *theme = scene->theme;
    struct tp_end_label labels[3];
    size_t count = 0;
    double last;

    tp_label_end(panel, srtt, "srtt", theme->rtt, "s", labels, &count);
    if (count == 1 && tp_track_last(srtt, &last))
        label_queue(panel, &labels[0], last, low);
    tp_label_end(panel, wire, count ? "srtt (packets)" : "smoothed", theme->text_mid, "s", labels,
                 &count);
    if (count > 0 || best != BEST_SMOOTHED) {
        labels[count] = (struct tp_end_label){.at_px = tp_panel_y(panel, low), .rgb = theme->text};
        snprintf(labels[count].name, sizeof labels[count].name, "%s", words[best].label);
        tp_label_value(panel, low, "s", labels[count].detail, sizeof labels[count].detail);
        count++;
    }
    tp_end_labels_draw(scene, panel, labels, count);
}

static void draw(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    const struct tp_scene_flow *flow = &scene->flows[0];
    struct tp_track srtt = tp_scene_track(flow, flow->bulk, TP_METRIC_SRTT, SECONDS), sample;
    struct tp_track wire = tp_scene_track(flow, flow->bulk, TP_METRIC_WIRE_SRTT, SECONDS);
    double low = INFINITY, high = 0, unused = INFINITY;
    enum best best;
    char unit[96];
    size_t i;

    (void)best_of(flow, &best);
    for (i = 0; i < SOURCES; i++) {
        sample = sample_track(flow, i);
        widen(&sample, best == (i < OF_PACKETS ? BEST_SAMPLES : BEST_RECEIVER) ? &low : &unused,
              &high);
    }
    widen(&srtt, best == BEST_SMOOTHED ? &low : &unused, &high);
    widen(&wire, &unused, &high);
    low = isfinite(low) ? low : 0;
    tp_frame_value_axis(scene, panel, high);
    tp_frame_unit(panel, "s", best == BEST_SAMPLES ? "samples of what was sent once (Karn)" : NULL,
                  unit, sizeof unit);
    tp_frame_draw(scene, panel, words[best].title, unit, times);
    draw_samples(scene, panel, flow);
    draw_smooth(scene, panel, &wire, "wire_srtt", scene->theme->text_mid, AMONG_DOTS_PX);
    draw_smooth(scene, panel, &srtt, "srtt", scene->theme->rtt,
                best == BEST_SAMPLES ? AMONG_DOTS_PX : TP_CURVE_PX);
    tp_frame_level(scene, panel, words[best].level, low, scene->theme->text);
    draw_labels(scene, panel, &srtt, &wire, best, low);
}

/* The kernel's smoothed time where the sender was traced, else the packets'. */
static void draw_compared(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    struct tp_curves curves = {.what = "srtt",
                               .title = "Smoothed round-trip time",
                               .unit = "s",
                               .factor = SECONDS,
                               .smooth = true,
                               .metric = TP_METRIC_SRTT,
                               .instead = TP_METRIC_WIRE_SRTT};
    const struct tp_scene_flow *flow;
    size_t i, traced = 0, captured = 0;

    for (i = 0; i < scene->count; i++) {
        flow = &scene->flows[i];
        if (tp_scene_series(flow, flow->bulk, TP_METRIC_SRTT))
            traced++;
        else if (tp_scene_series(flow, flow->bulk, TP_METRIC_WIRE_SRTT))
            captured++;
    }
    if (captured > 0)
        curves.note = traced > 0 ? "from the kernel, or else from packets (RFC 6298)"
                                 : "from packets (RFC 6298)";
    tp_curves_compare(scene, panel, times, &curves);
}

const struct tp_panel_kind tp_rtt_panel = {
    .name = "rtt",
    .quantity = "srtt",
    .help = "smoothed round-trip time and its minimum, the samples that packets give by the way "
            "they were taken, and what the receiver estimates",
    .use = TP_PANEL_USUAL,
    .metrics = TP_METRIC_BIT(SRTT) | TP_METRIC_BIT(WIRE_SRTT) | TP_METRIC_BIT(RTT_HANDSHAKE) |
               TP_METRIC_BIT(RTT_ACK) | TP_METRIC_BIT(RTT_SACK) | TP_METRIC_BIT(RTT_TS) |
               TP_METRIC_BIT(RCV_RTT),
    .title = "Round-trip time",
    .height_px = 150,
    .compared_px = 140,
    .has = has,
    .absent = "no round-trip time was recorded",
    .draw = draw,
    .draw_compared = draw_compared,
};
