/* panel_limits.c: what limited the sender, over time: a strip for what the kernel's events say, and
 * one for what the packets do; or a strip for each flow. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plot/panel.h"
#include "plot/lettering.h"

#define STRIP_PX    15.0
#define SHARE_LEAST 0.005

static const struct {
    const char *name, *shortly;
} words[TP_LIMITS] = {
    [TP_LIMIT_UNKNOWN] = {"unknown", "unknown"},
    [TP_LIMIT_HANDSHAKE] = {"handshake", "handshake"},
    [TP_LIMIT_CWND] = {"congestion window", "cwnd"},
    [TP_LIMIT_RECEIVER] = {"receiver", "receiver"},
    [TP_LIMIT_APP] = {"application", "app"},
    [TP_LIMIT_RECOVERY] = {"recovery", "recovery"},
    [TP_LIMIT_PACING] = {"pacing", "pacing"},
    [TP_LIMIT_NETWORK] = {"congestion window or pacing", "network"},
};
/* The key names them in this order; what does not fit is left out at the end. */
static const enum tp_limit in_key[TP_LIMITS] = {
    TP_LIMIT_APP,      TP_LIMIT_RECEIVER, TP_LIMIT_NETWORK,   TP_LIMIT_PACING,
    TP_LIMIT_RECOVERY, TP_LIMIT_CWND,     TP_LIMIT_HANDSHAKE, TP_LIMIT_UNKNOWN};
static const char *const origins[TP_ORIGINS] = {"kernel", "packets"};

static bool has(const struct tp_scene *scene, const struct tp_scene_flow *flow)
{
    (void)scene;
    return tp_flow_limit_spans(flow->flow, flow->bulk, TP_FROM_KERNEL) ||
           tp_flow_limit_spans(flow->flow, flow->bulk, TP_FROM_PACKETS);
}

/* Of the part that is shown; of the whole flow the exact sums. */
static void get_times(const struct tp_scene_flow *flow, enum tp_origin origin,
                      struct tp_limit_times *times)
{
    const struct tp_spans *spans = tp_flow_limit_spans(flow->flow, flow->bulk, origin);
    int64_t from_ns = flow->origin_ns, until_ns = tp_scene_clock(flow, flow->span_ns);
    int64_t begin_ns, end_ns;
    uint32_t i;

    if (!flow->windowed && tp_flow_limits(flow->flow, flow->bulk, origin, times))
        return;
    *times = (struct tp_limit_times){{0}, 0};
    for (i = 0; spans && i < spans->count; i++) {
        begin_ns = spans->list[i].begin_ns > from_ns ? spans->list[i].begin_ns : from_ns;
        end_ns = spans->list[i].end_ns < until_ns ? spans->list[i].end_ns : until_ns;
        if (end_ns > begin_ns && spans->list[i].value < TP_LIMITS)
            times->time_ns[spans->list[i].value] += end_ns - begin_ns;
    }
}

/* Takes out what was said; the network's parts with it. */
static void leave_out(struct tp_limit_times *times, enum tp_limit said)
{
    enum tp_limit limit;

    for (limit = 0; limit < TP_LIMITS; limit++)
        if (limit == said || (said == TP_LIMIT_NETWORK && tp_limit_is_network(limit)))
            times->time_ns[limit] = 0;
}

/* "cwnd 97.2 %, app 1.1 %": the largest shares first, two at most and as far as there is room. */
static void say_shares(const struct tp_scene_flow *flow, enum tp_origin origin, double room_px,
                       char *buf, size_t size)
{
    struct tp_limit_times times;
    double sum = 0, share;
    enum tp_limit limit, best;
    unsigned said;
    char one[40];
    size_t used;

    buf[0] = '\0';
    get_times(flow, origin, &times);
    for (limit = 0; limit < TP_LIMITS; limit++)
        sum += (double)times.time_ns[limit];
    for (said = 0; said < 2 && sum > 0; said++) {
        best = tp_limit_largest(&times);
        share = (double)tp_limit_time(&times, best) / sum;
        snprintf(one, sizeof one, "%s%s %.*f %%", said ? ", " : "", words[best].shortly,
                 share > 0.9995 ? 0 : 1, share * 100);
        room_px -= tp_text_width(one, TP_SMALL_PX, false);
        if (said > 0 && (share < SHARE_LEAST || room_px < 0))
            break;
        used = strlen(buf);
        snprintf(buf + used, size - used, "%s", one);
        leave_out(&times, best);
    }
}

/* What held for the most of [from_ns, until_ns); TP_LIMITS: nothing was judged. *next: the first
 * span that may reach into it. */
static unsigned strongest(const struct tp_spans *spans, int64_t from_ns, int64_t until_ns,
                          uint32_t *next)
{
    int64_t times[TP_LIMITS] = {0}, begin_ns, end_ns;
    unsigned best = TP_LIMITS, limit;
    uint32_t i;

    while (*next < spans->count && spans->list[*next].end_ns <= from_ns)
        ++*next;
    for (i = *next; i < spans->count && spans->list[i].begin_ns < until_ns; i++) {
        begin_ns = spans->list[i].begin_ns > from_ns ? spans->list[i].begin_ns : from_ns;
        end_ns = spans->list[i].end_ns < until_ns ? spans->list[i].end_ns : until_ns;
        if (end_ns > begin_ns && spans->list[i].value < TP_LIMITS)
            times[spans->list[i].value] += end_ns - begin_ns;
    }
    for (limit = 0; limit < TP_LIMITS; limit++)
        if (times[limit] > 0 && (best == TP_LIMITS || times[limit] > times[best]))
            best = limit;
    return best;
}

/* Where spans are narrower than pixels: for each column what held the longest in it. */
static void add_columns(const struct tp_panel *strip, const struct tp_spans *spans,
                        const struct tp_scene_flow *flow, struct tp_path *paths)
{
    unsigned columns = (unsigned)(strip->right_px - strip->left_px), i, limit;
    double width_ns = (double)flow->span_ns / columns, left;
    int64_t from_ns = flow->origin_ns, until_ns;
    uint32_t next = 0;

    for (i = 0; i < columns; i++, from_ns = until_ns) {
        until_ns = tp_scene_clock(flow, (int64_t)(width_ns * (i + 1)));
        limit = strongest(spans, from_ns, until_ns, &next);
        left = strip->left_px + i;
        if (limit == TP_LIMITS || paths[limit].failed)
            continue;
        if (paths[limit].count > 0 && paths[limit].points[paths[limit].count - 1].x_px == left)
            paths[limit].points[paths[limit].count - 1].x_px = left + 1;
        else
            tp_path_box(&paths[limit], left, strip->top_px, left + 1, strip->bottom_px);
    }
}

/* Marks which limits were drawn, for the key. */
static void draw_strip(struct tp_scene *scene, const struct tp_panel *panel,
                       const struct tp_scene_flow *flow, enum tp_origin origin, double middle_px,
                       bool *drawn)
{
    const struct tp_spans *spans = tp_flow_limit_spans(flow->flow, flow->bulk, origin);
    struct tp_path paths[TP_LIMITS] = {{0}};
    struct tp_panel strip = *panel;
    unsigned limit;

    strip.top_px = middle_px - STRIP_PX / 2;
    strip.bottom_px = middle_px + STRIP_PX / 2;
    if (spans && spans->count > (strip.right_px - strip.left_px) / 2)
        add_columns(&strip, spans, flow, paths);
    for (limit = 0; limit < TP_LIMITS; limit++) {
        if (!spans || spans->count <= (strip.right_px - strip.left_px) / 2)
            tp_spans_boxes(&strip, spans, flow->origin_ns, false, limit, 0.5, &paths[limit]);
        drawn[limit] |= paths[limit].count > 0;
        tp_sketch_mark(&scene->sketch, TP_MARK_SPAN, TP_SHAPE_BOXES, words[limit].shortly,
                       (struct tp_ink){scene->theme->limits[limit], 1}, &paths[limit]);
    }
}

static void draw_key(struct tp_scene *scene, const struct tp_panel *panel, const bool *drawn)
{
    struct tp_key keys[TP_LIMITS];
    size_t count = 0;
    enum tp_limit limit;
    unsigned i;

    for (i = 0; i < TP_LIMITS; i++) {
        limit = in_key[i];
        if (drawn[limit])
            keys[count++] = (struct tp_key){.what = words[limit].shortly,
                                            .text = words[limit].name,
                                            .ink = {scene->theme->limits[limit], 1}};
    }
    tp_frame_keys(scene, panel, keys, count);
}

static void draw_shares(struct tp_scene *scene, const struct tp_panel *panel, double middle_px,
                        const struct tp_scene_flow *flow, enum tp_origin origin)
{
    char text[80];

    if (tp_scene_is_paper(scene))
        return;
    say_shares(flow, origin, scene->width_px - panel->right_px - 19, text, sizeof text);
    tp_sketch_caption(&scene->sketch, panel->right_px + 15, middle_px + 4, TP_SMALL_PX,
                      scene->theme->text_mid, TP_ANCHOR_LEFT, false, text);
}

static void draw(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    const struct tp_scene_flow *flow = &scene->flows[0];
    bool drawn[TP_LIMITS] = {false};
    unsigned origin, rows = 0, row = 0;
    double row_px, middle_px;
    bool named;

    for (origin = 0; origin < TP_ORIGINS; origin++)
        rows += tp_flow_limit_spans(flow->flow, flow->bulk, (enum tp_origin)origin) != NULL;
    panel->y = (struct tp_axis){.low = 0, .high = rows, .divisor = 1};
    named =
        !tp_scene_is_paper(scene) || rows > 1; /* there the rows' names have the title's place */
    tp_frame_draw(scene, panel, named && tp_scene_is_paper(scene) ? "" : "Limited by",
                  "judged once per round trip", times);
    row_px = (panel->bottom_px - panel->top_px) / rows;
    for (origin = 0; origin < TP_ORIGINS; origin++) {
        if (!tp_flow_limit_spans(flow->flow, flow->bulk, (enum tp_origin)origin))
            continue;
        middle_px = panel->top_px + row_px * (row++ + 0.5);
        draw_strip(scene, panel, flow, (enum tp_origin)origin, middle_px, drawn);
        if (named)
            tp_sketch_caption(&scene->sketch, panel->left_px - 8, middle_px + 4.2, TP_TICK_PX,
                              scene->theme->text_mid, TP_ANCHOR_RIGHT, false, origins[origin]);
        draw_shares(scene, panel, middle_px, flow, (enum tp_origin)origin);
    }
    draw_key(scene, panel, drawn);
}

/* The kernel knows better where both are there. */
static void draw_compared(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    double row_px = (panel->bottom_px - panel->top_px) / (double)scene->count, middle_px;
    bool drawn[TP_LIMITS] = {false}, used[TP_ORIGINS] = {false};
    const struct tp_scene_flow *flow;
    enum tp_origin origin[TP_PLOT_COMPARED];
    char unit[96], text[80];
    size_t i;

    for (i = 0; i < scene->count; i++) {
        flow = &scene->flows[i];
        origin[i] = tp_flow_limit_spans(flow->flow, flow->bulk, TP_FROM_KERNEL) ? TP_FROM_KERNEL
                                                                                : TP_FROM_PACKETS;
        used[origin[i]] |= has(scene, flow);
    }
    snprintf(unit, sizeof unit, "judged once per round trip, from %s%s%s",
             used[TP_FROM_KERNEL] ? "kernel events" : "",
             used[TP_FROM_KERNEL] && used[TP_FROM_PACKETS] ? " or " : "",
             used[TP_FROM_PACKETS] ? "packets" : "");
    panel->y = (struct tp_axis){.low = 0, .high = (double)scene->count, .divisor = 1};
    tp_frame_draw(scene, panel, "Limited by", unit, times);
    for (i = 0; i < scene->count; i++) {
        flow = &scene->flows[i];
        middle_px = panel->top_px + row_px * ((double)i + 0.5);
        draw_strip(scene, panel, flow, origin[i], middle_px, drawn);
        tp_frame_row_key(scene, panel, flow, middle_px);
        if (tp_scene_is_paper(scene))
            continue;
        say_shares(flow, origin[i],
                   scene->width_px - panel->right_px - 25 -
                       tp_text_width(flow->name, TP_TICK_PX, true),
                   text, sizeof text);
        tp_frame_row_name(scene, panel, flow, middle_px);
        tp_sketch_follow(&scene->sketch, 6, TP_SMALL_PX, scene->theme->text_mid, false, text);
    }
    draw_key(scene, panel, drawn);
}

const struct tp_panel_kind tp_limits_panel = {
    .name = "limits",
    .help = "what limits the sender: the network (congestion window, loss recovery or pacing), the "
            "receiver, or the application; from kernel events, and inferred from packets",
    .use = TP_PANEL_PACKETS,
    .title = "Limited by",
    .height_px = 46,
    .compared_px = 60,
    .row_px = 20,
    .has = has,
    .absent = "nothing says what limits the sender",
    .draw = draw,
    .draw_compared = draw_compared,
};
