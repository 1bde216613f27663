/* panel_sampled.c: what only samples of sockets say, as steps from sample to sample: pacing,
 * timeout, queues, memory. Each panel is a row: its curves are metrics, of the sender or of its
 * peer. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "plot/panel.h"

#define CURVES_MAX 3

enum { SENDER, PEER };

struct sampled_curve {
    enum tp_metric_id metric;
    unsigned of; /* SENDER or PEER */
    double factor;
    const char *what, *name;
    size_t rgb; /* a colour of struct tp_theme */
};

struct sampled_panel {
    const char *title, *unit;
    size_t count;
    struct sampled_curve curves[CURVES_MAX];
};

#define COLOUR(name) offsetof(struct tp_theme, name)

static const struct sampled_panel pacing = {
    "Pacing and delivery",
    "bit/s",
    2,
    {{TP_METRIC_PACING_RATE, SENDER, 1, "pacing_rate", "pacing", COLOUR(rate)},
     {TP_METRIC_DELIVERY_RATE, SENDER, 1, "delivery_rate", "delivery", COLOUR(arrivals)}}};
static const struct sampled_panel rto = {
    "Retransmission timeout",
    "s",
    2,
    {{TP_METRIC_RTO, SENDER, 1e-6, "rto", "rto", COLOUR(timeout)},
     {TP_METRIC_SRTT, SENDER, 1e-6, "srtt", "srtt", COLOUR(rtt)}}};
static const struct sampled_panel queues = {
    "Queues of the socket",
    "B",
    3,
    {{TP_METRIC_SEND_QUEUE, SENDER, 1, "send_queue", "send queue", COLOUR(inflight)},
     {TP_METRIC_RECV_QUEUE, SENDER, 1, "recv_queue", "receive queue", COLOUR(own_window)},
     {TP_METRIC_RECV_QUEUE, PEER, 1, "recv_queue", "peer's receive queue", COLOUR(peer_window)}}};
static const struct sampled_panel memory = {
    "Memory of the socket",
    "B",
    3,
    {{TP_METRIC_WMEM_QUEUED, SENDER, 1, "wmem_queued", "send memory", COLOUR(inflight)},
     {TP_METRIC_RMEM, SENDER, 1, "rmem", "receive memory", COLOUR(own_window)},
     {TP_METRIC_RMEM, PEER, 1, "rmem", "peer's receive memory", COLOUR(peer_window)}}};

static struct tp_track track_of(const struct tp_scene_flow *flow, const struct sampled_curve *curve)
{
    unsigned end = curve->of == PEER ? !flow->bulk : flow->bulk;

    return tp_scene_track(flow, end, curve->metric, curve->factor);
}

/* The first of them decides: what stands beside it is there for comparison. */
static bool has_any(const struct sampled_panel *sampled, const struct tp_scene_flow *flow)
{
    for (size_t i = 0; i < sampled->count; i++)
        if (tp_scene_series(flow, sampled->curves[i].of == PEER ? !flow->bulk : flow->bulk,
                            sampled->curves[i].metric))
            return sampled->curves[i].metric != TP_METRIC_SRTT;
    return false;
}

static void draw_one(struct tp_scene *scene, struct tp_panel *panel, bool times,
                     const struct sampled_panel *sampled)
{
    const struct tp_scene_flow *flow = &scene->flows[0];
    struct tp_end_label labels[CURVES_MAX];
    struct tp_path path = {0};
    double high = 0, low, value;
    size_t count = 0;
    char unit[64];

    for (size_t i = 0; i < sampled->count; i++) {
        struct tp_track track = track_of(flow, &sampled->curves[i]);

        if (tp_track_range(&track, &low, &value))
            high = fmax(high, value);
    }
    tp_frame_value_axis(scene, panel, high);
    tp_frame_unit(panel, sampled->unit, "sampled", unit, sizeof unit);
    tp_frame_draw(scene, panel, sampled->title, unit, times);
    for (size_t i = 0; i < sampled->count; i++) {
        const struct sampled_curve *curve = &sampled->curves[i];
        struct tp_track track = track_of(flow, curve);
        uint32_t rgb;

        memcpy(&rgb, (const char *)scene->theme + curve->rgb, sizeof rgb);
        tp_curve_steps(panel, &track, &path);
        tp_sketch_line(&scene->sketch, TP_MARK_CURVE, curve->what, rgb, TP_CURVE_PX, &path);
        tp_label_end(panel, &track, curve->name, rgb, sampled->unit, labels, &count);
    }
    tp_end_labels_draw(scene, panel, labels, count);
}

static void draw_several(struct tp_scene *scene, struct tp_panel *panel, bool times,
                         const struct sampled_panel *sampled)
{
    const struct sampled_curve *first = &sampled->curves[0];
    const struct tp_curves curves = {.what = first->what,
                                     .title = sampled->title,
                                     .unit = sampled->unit,
                                     .note = first->name,
                                     .factor = first->factor,
                                     .metric = first->metric};

    tp_curves_compare(scene, panel, times, &curves);
}

#define PANEL(panel_, help_, absent_, metrics_)                                                    \
    static bool has_##panel_(const struct tp_scene *scene, const struct tp_scene_flow *flow)       \
    {                                                                                              \
        (void)scene;                                                                               \
        return has_any(&panel_, flow);                                                             \
    }                                                                                              \
    static void draw_##panel_(struct tp_scene *scene, struct tp_panel *panel, bool times)          \
    {                                                                                              \
        draw_one(scene, panel, times, &panel_);                                                    \
    }                                                                                              \
    static void compare_##panel_(struct tp_scene *scene, struct tp_panel *panel, bool times)       \
    {                                                                                              \
        draw_several(scene, panel, times, &panel_);                                                \
    }                                                                                              \
    const struct tp_panel_kind tp_##panel_##_panel = {                                             \
        .name = #panel_,                                                                           \
        .help = help_,                                                                             \
        .use = TP_PANEL_CHOSEN,                                                                    \
        .metrics = metrics_,                                                                       \
        .title = "Samples of sockets",                                                             \
        .height_px = 130,                                                                          \
        .compared_px = 140,                                                                        \
        .has = has_##panel_,                                                                       \
        .absent = absent_,                                                                         \
        .draw = draw_##panel_,                                                                     \
        .draw_compared = compare_##panel_,                                                         \
    };

#define BIT(ID) TP_METRIC_BIT(ID)

PANEL(pacing, "of sampled sockets, pacing and delivery rate", "no pacing rate was sampled",
      BIT(PACING_RATE) | BIT(DELIVERY_RATE))
PANEL(rto, "of sampled sockets, the retransmission timeout over the round-trip time",
      "no timeout was sampled", BIT(RTO) | BIT(SRTT))
PANEL(queues, "of sampled sockets, what waits in them to be sent, acknowledged or read",
      "no queues were sampled", BIT(SEND_QUEUE) | BIT(RECV_QUEUE))
PANEL(memory, "of sampled sockets, the send and receive memory in use", "no memory was sampled",
      BIT(WMEM_QUEUED) | BIT(RMEM))
