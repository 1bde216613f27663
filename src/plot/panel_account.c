/* panel_account.c: the account of time (account.h): of each second, which share the sender waited
 * for what; of several flows a strip each. By kernel events where there are some, else by packets.
 */
#include <stdio.h>

#include "plot/lettering.h"
#include "plot/panel.h"
#include "plot/scale.h"

#define STRIP_PX  15.0
#define TICKS     4
#define SECOND_NS INT64_C(1000000000)
/* A bar is a second, unless there were too few of them, or too many. */
#define BARS_MIN 4
#define BARS_MAX 300

/* What is alike has the colour of its limit, in its strength. */
static const struct {
    const char *shortly;
    uint8_t limit; /* enum tp_limit */
    float alpha;
} looks[TP_WAIT_COUNT] = {
    [TP_WAIT_UNKNOWN] = {"unknown", TP_LIMIT_UNKNOWN, 1},
    [TP_WAIT_HANDSHAKE] = {"handshake", TP_LIMIT_HANDSHAKE, 1},
    [TP_WAIT_SYN_TIMER] = {"SYN timer", TP_LIMIT_HANDSHAKE, 0.5F},
    [TP_WAIT_APP] = {"app", TP_LIMIT_APP, 1},
    [TP_WAIT_TURN] = {"turn", TP_LIMIT_APP, 0.5F},
    [TP_WAIT_DELAYED_ACK] = {"delayed ACK", TP_LIMIT_APP, 0.3F},
    [TP_WAIT_SLOW_START] = {"slow start", TP_LIMIT_CWND, 0.45F},
    [TP_WAIT_CWND] = {"cwnd", TP_LIMIT_CWND, 1},
    [TP_WAIT_PATH] = {"path full", TP_LIMIT_NETWORK, 1},
    [TP_WAIT_NETWORK] = {"cwnd or pace", TP_LIMIT_NETWORK, 0.45F},
    [TP_WAIT_PACING] = {"pacing", TP_LIMIT_PACING, 1},
    [TP_WAIT_SNDBUF] = {"send buffer", TP_LIMIT_PACING, 0.5F},
    [TP_WAIT_RECOVERY] = {"recovery", TP_LIMIT_RECOVERY, 0.5F},
    [TP_WAIT_TIMEOUT] = {"after timeout", TP_LIMIT_RECOVERY, 0.75F},
    [TP_WAIT_RTO] = {"RTO", TP_LIMIT_RECOVERY, 1},
    [TP_WAIT_RWND] = {"rwnd", TP_LIMIT_RECEIVER, 0.55F},
    [TP_WAIT_ZERO_WINDOW] = {"zero window", TP_LIMIT_RECEIVER, 1},
};

static const struct tp_spans *spans_of(const struct tp_scene_flow *flow, enum tp_origin *origin)
{
    const struct tp_spans *kernel = tp_flow_wait_spans(flow->flow, flow->bulk, TP_FROM_KERNEL);

    *origin = kernel ? TP_FROM_KERNEL : TP_FROM_PACKETS;
    return kernel ? kernel : tp_flow_wait_spans(flow->flow, flow->bulk, TP_FROM_PACKETS);
}

static bool has(const struct tp_scene *scene, const struct tp_scene_flow *flow)
{
    enum tp_origin origin;

    (void)scene;
    return spans_of(flow, &origin) != NULL;
}

static struct tp_ink ink_of(const struct tp_scene *scene, unsigned wait)
{
    return (struct tp_ink){scene->theme->limits[looks[wait].limit], looks[wait].alpha};
}

static int64_t bar_of(int64_t span_ns)
{
    int64_t bar_ns = SECOND_NS;

    while (span_ns < BARS_MIN * bar_ns && bar_ns > 1000)
        bar_ns /= 10;
    while (span_ns > BARS_MAX * bar_ns)
        bar_ns *= 10;
    return bar_ns;
}

/* What was waited for from then until then; their sum. *next: the first span that may reach into
 * it. */
static int64_t fill(const struct tp_spans *spans, int64_t from_ns, int64_t until_ns, uint32_t *next,
                    int64_t times[TP_WAIT_COUNT])
{
    int64_t begin_ns, end_ns, sum_ns = 0;

    while (*next < spans->count && spans->list[*next].end_ns <= from_ns)
        ++*next;
    for (uint32_t i = *next; i < spans->count && spans->list[i].begin_ns < until_ns; i++) {
        begin_ns = spans->list[i].begin_ns > from_ns ? spans->list[i].begin_ns : from_ns;
        end_ns = spans->list[i].end_ns < until_ns ? spans->list[i].end_ns : until_ns;
        if (end_ns <= begin_ns || spans->list[i].value >= TP_WAIT_COUNT)
            continue;
        times[spans->list[i].value] += end_ns - begin_ns;
        sum_ns += end_ns - begin_ns;
    }
    return sum_ns;
}

/* One bar, from below; as much of it as the time was judged. */
static void stack(const struct tp_panel *panel, double left, double right,
                  const int64_t times[TP_WAIT_COUNT], int64_t length_ns, struct tp_path *paths)
{
    double below = 0, above;

    for (unsigned wait = TP_WAIT_COUNT; wait-- > 0;) {
        if (times[wait] <= 0)
            continue;
        above = below + 100 * (double)times[wait] / (double)length_ns;
        tp_path_box(&paths[wait], left,
                    tp_axis_px(&panel->y, panel->bottom_px, panel->top_px, above), right,
                    tp_axis_px(&panel->y, panel->bottom_px, panel->top_px, below));
        below = above;
    }
}

static void draw_bars(const struct tp_panel *panel, const struct tp_scene_flow *flow,
                      const struct tp_spans *spans, struct tp_path *paths)
{
    int64_t bar_ns = bar_of(flow->span_ns), times[TP_WAIT_COUNT], until_ns;
    double per_ns = (panel->right_px - panel->left_px) / (double)flow->span_ns, left, right;
    uint32_t next = 0;

    for (int64_t from_ns = 0; from_ns < flow->span_ns; from_ns = until_ns) {
        for (unsigned wait = 0; wait < TP_WAIT_COUNT; wait++)
            times[wait] = 0;
        until_ns = from_ns + bar_ns < flow->span_ns ? from_ns + bar_ns : flow->span_ns;
        if (fill(spans, tp_scene_clock(flow, from_ns), tp_scene_clock(flow, until_ns), &next,
                 times) <= 0)
            continue;
        left = panel->left_px + per_ns * (double)from_ns;
        right = panel->left_px + per_ns * (double)until_ns;
        stack(panel, left, right, times, until_ns - from_ns, paths);
    }
}

static void draw_key(struct tp_scene *scene, const struct tp_panel *panel, const bool *drawn)
{
    struct tp_key keys[TP_WAIT_COUNT];
    size_t count = 0;

    for (unsigned wait = TP_WAIT_COUNT; wait-- > 0;)
        if (drawn[wait])
            keys[count++] = (struct tp_key){.what = looks[wait].shortly,
                                            .text = looks[wait].shortly,
                                            .ink = ink_of(scene, wait)};
    tp_frame_keys(scene, panel, keys, count);
}

static void mark_paths(struct tp_scene *scene, enum tp_mark_kind kind, struct tp_path *paths,
                       bool *drawn)
{
    for (unsigned wait = 0; wait < TP_WAIT_COUNT; wait++) {
        drawn[wait] |= paths[wait].count > 0;
        tp_sketch_mark(&scene->sketch, kind, TP_SHAPE_BOXES, looks[wait].shortly,
                       ink_of(scene, wait), &paths[wait]);
    }
}

static void draw(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    const struct tp_scene_flow *flow = &scene->flows[0];
    struct tp_path paths[TP_WAIT_COUNT] = {{0}};
    bool drawn[TP_WAIT_COUNT] = {false};
    enum tp_origin origin;
    const struct tp_spans *spans = spans_of(flow, &origin);

    panel->y_unit = "%";
    tp_axis_plain(&panel->y, 0, 100, panel->bottom_px, panel->top_px, TICKS);
    tp_frame_draw(scene, panel, "Waited for",
                  origin == TP_FROM_KERNEL ? "% of the time, from kernel events"
                                           : "% of the time, from packets",
                  times);
    if (spans && flow->span_ns > 0)
        draw_bars(panel, flow, spans, paths);
    mark_paths(scene, TP_MARK_BAR, paths, drawn);
    draw_key(scene, panel, drawn);
}

static void draw_compared(struct tp_scene *scene, struct tp_panel *panel, bool times)
{
    double row_px = (panel->bottom_px - panel->top_px) / (double)scene->count, middle_px;
    bool drawn[TP_WAIT_COUNT] = {false};
    enum tp_origin origin;

    panel->y = (struct tp_axis){.low = 0, .high = (double)scene->count, .divisor = 1};
    tp_frame_draw(scene, panel, "Waited for", "judged once per round trip", times);
    for (size_t i = 0; i < scene->count; i++) {
        const struct tp_scene_flow *flow = &scene->flows[i];
        struct tp_path paths[TP_WAIT_COUNT] = {{0}};
        struct tp_panel strip = *panel;

        middle_px = panel->top_px + row_px * ((double)i + 0.5);
        strip.top_px = middle_px - STRIP_PX / 2;
        strip.bottom_px = middle_px + STRIP_PX / 2;
        for (unsigned wait = 0; wait < TP_WAIT_COUNT; wait++)
            tp_spans_boxes(&strip, spans_of(flow, &origin), flow->origin_ns, false, wait, 0.5,
                           &paths[wait]);
        mark_paths(scene, TP_MARK_SPAN, paths, drawn);
        tp_frame_row_key(scene, panel, flow, middle_px);
        tp_frame_row_name(scene, panel, flow, middle_px);
    }
    draw_key(scene, panel, drawn);
}

const struct tp_panel_kind tp_account_panel = {
    .name = "account",
    .help = "the account of time: of each second, which share the sender waited for what; a strip "
            "for each of several flows",
    .use = TP_PANEL_CHOSEN,
    .title = "Waited for",
    .height_px = 90,
    .compared_px = 60,
    .row_px = 20,
    .has = has,
    .absent = "nothing says what the sender waited for",
    .draw = draw,
    .draw_compared = draw_compared,
};
