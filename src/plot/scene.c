/* scene.c: places the flows in time and gives them names. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plot/scale.h"
#include "plot/scene.h"

#define BINS_WANTED  300.0
#define BIN_LEAST_NS 1000.0

/* --- names ---------------------------------------------------------------------------------- */

static void endpoint(const struct tp_flow *flow, unsigned end, char *buf, size_t size)
{
    tp_endpoint_text(&flow->key, end, buf, size);
}

static bool same_end(const struct tp_flow *a, unsigned a_end, const struct tp_flow *b,
                     unsigned b_end, bool with_port)
{
    return memcmp(a->key.addr[a_end], b->key.addr[b_end], sizeof a->key.addr[0]) == 0 &&
           (!with_port || a->key.port[a_end] == b->key.port[b_end]);
}

/* Do all flows have the same sending (or else receiving) end? */
static bool share_end(const struct tp_scene *scene, bool sending, bool with_port)
{
    const struct tp_flow *first = scene->flows[0].flow, *other;
    size_t i;

    for (i = 1; i < scene->count; i++) {
        other = scene->flows[i].flow;
        if (!same_end(first, tp_flow_bulk_end(first) ^ !sending, other,
                      tp_flow_bulk_end(other) ^ !sending, with_port))
            return false;
    }
    return true;
}

static const struct tp_picture_source *source_of(const struct tp_scene *scene, uint32_t timeline)
{
    size_t i;

    for (i = 0; i < scene->options->source_count; i++)
        if (scene->options->sources[i].timeline == timeline)
            return &scene->options->sources[i];
    return NULL;
}

/* "runs/cubic-03.log.gz" is "cubic-03". */
static void stem(const char *path, char *buf, size_t size)
{
    const char *slash = strrchr(path, '/');
    char *dot;

    snprintf(buf, size, "%s", slash && slash[1] ? slash + 1 : path);
    dot = strrchr(buf, '.');
    if (dot && dot != buf && strcmp(dot, ".gz") == 0)
        *dot = '\0';
    dot = strrchr(buf, '.');
    if (dot && dot != buf)
        *dot = '\0';
}

/* Is each flow of a recording of its own, whose name is known? */
static bool one_source_each(const struct tp_scene *scene)
{
    size_t i, k;

    for (i = 0; i < scene->count; i++) {
        if (!source_of(scene, scene->flows[i].flow->key.timeline))
            return false;
        for (k = 0; k < i; k++)
            if (scene->flows[i].flow->key.timeline == scene->flows[k].flow->key.timeline)
                return false;
    }
    return scene->count > 1;
}

static void name_one(const struct tp_scene *scene, struct tp_scene_flow *flow, bool sending,
                     bool only_port)
{
    unsigned end = tp_flow_bulk_end(flow->flow) ^ !sending;

    if (scene->by_source)
        stem(source_of(scene, flow->flow->key.timeline)->name, flow->name, sizeof flow->name);
    else if (only_port)
        snprintf(flow->name, sizeof flow->name, ":%u", flow->flow->key.port[end]);
    else
        endpoint(flow->flow, end, flow->name, sizeof flow->name);
}

static bool is_name_taken(const struct tp_scene *scene, size_t index)
{
    size_t i;

    for (i = 0; i < scene->count; i++)
        if (i != index && strcmp(scene->flows[i].name, scene->flows[index].name) == 0)
            return true;
    return false;
}

/* The shortest names that tell the flows apart; the number helps where nothing else does. */
static void name_flows(struct tp_scene *scene)
{
    bool sending = !share_end(scene, true, true), only_port = share_end(scene, sending, false);
    char name[TP_NAME_SIZE];
    size_t i;

    scene->by_source = one_source_each(scene);
    for (i = 0; i < scene->count; i++)
        name_one(scene, &scene->flows[i], sending, only_port);
    for (i = 0; i < scene->count && scene->count <= TP_PLOT_COMPARED; i++)
        if (is_name_taken(scene, i)) {
            snprintf(name, sizeof name, "%.70s #%u", scene->flows[i].name,
                     scene->flows[i].flow->id);
            memcpy(scene->flows[i].name, name, sizeof name);
        }
}

static void set_route(struct tp_scene_flow *flow)
{
    unsigned bulk = tp_flow_bulk_end(flow->flow);
    char from[60], to[60];

    endpoint(flow->flow, bulk, from, sizeof from);
    endpoint(flow->flow, !bulk, to, sizeof to);
    snprintf(flow->route, sizeof flow->route, "%s \xe2\x86\x92 %s", from, to);
}

static bool is_in_ticks(const struct tp_scene_flow *flow)
{
    return flow->flow->timing == TP_TIMING_TICKS;
}

/* --- time ----------------------------------------------------------------------------------- */

int64_t tp_scene_clock(const struct tp_scene_flow *flow, int64_t since_origin_ns)
{
    int64_t ns;

    return __builtin_add_overflow(flow->origin_ns, since_origin_ns, &ns) ? INT64_MAX : ns;
}

/* The part of the recording that is shown. */
static void set_window(struct tp_scene *scene, struct tp_scene_flow *flow, int64_t *end_ns)
{
    const struct tp_picture_source *source = source_of(scene, flow->flow->key.timeline);

    *end_ns = flow->flow->last_ns;
    flow->origin_ns = flow->zero_ns;
    if (!source || !source->windowed)
        return;
    scene->windowed = true;
    if (source->zero_ns != INT64_MIN)
        flow->zero_ns = source->zero_ns;
    if (source->from_ns > flow->origin_ns)
        flow->origin_ns = source->from_ns;
    if (source->until_ns < *end_ns)
        *end_ns = source->until_ns;
}

/* Flows of one timeline keep their distances: its first one begins at the left edge. */
static void set_origins(struct tp_scene *scene)
{
    struct tp_scene_flow *flow, *other;
    int64_t end_ns;
    size_t i, k;

    for (i = 0; i < scene->count; i++) {
        flow = &scene->flows[i];
        flow->zero_ns = flow->flow->first_ns;
        for (k = 0; k < scene->count; k++) {
            other = &scene->flows[k];
            if (other->flow->key.timeline != flow->flow->key.timeline)
                scene->many_clocks = true;
            else if (other->flow->first_ns < flow->zero_ns)
                flow->zero_ns = other->flow->first_ns;
        }
        set_window(scene, flow, &end_ns);
        if (end_ns - flow->origin_ns > scene->span_ns)
            scene->span_ns = end_ns - flow->origin_ns;
    }
}

/* About BINS_WANTED of them, none shorter than the round-trip time: below that a rate shows how
 * acknowledgements bunch, not how fast data gets through. */
static void set_bin(struct tp_scene *scene)
{
    double least_ns = fmax((double)scene->span_ns / BINS_WANTED, scene->ticks ? 1 : BIN_LEAST_NS);
    double rtt_us;
    size_t i;

    for (i = 0; i < scene->count && !scene->ticks; i++)
        if (tp_scene_figure(&scene->flows[i], TP_FIGURE_rtt_p50_us, NULL, &rtt_us))
            least_ns = fmax(least_ns, fmin(rtt_us * 1e3, (double)scene->span_ns / 20));
    scene->bin_ns = (int64_t)fmin(tp_nice_above(least_ns), 9e18);
}

static int check_axis(const struct tp_scene *scene, struct tp_error *error)
{
    size_t i;

    for (i = 0; i < scene->count; i++)
        if (is_in_ticks(&scene->flows[i]) != scene->ticks)
            return tp_error_set(error, TP_ERR_USAGE,
                                "times of some inputs are ticks of a counter, of others seconds: "
                                "they have no axis in common");
    if (scene->options->raw_time && scene->many_clocks)
        return tp_error_set(error, TP_ERR_USAGE,
                            "raw time needs inputs that share a clock; these do not");
    return TP_OK;
}

int tp_scene_init(struct tp_scene *scene, const struct tp_analysis *analysis,
                  const struct tp_picture_options *options, struct tp_error *error)
{
    struct tp_scene_flow *flow;
    unsigned bulk;
    size_t i;
    int result;

    *scene = (struct tp_scene){.analysis = analysis,
                               .options = options,
                               .theme = tp_theme_find(options->theme),
                               .count = options->count,
                               .span_ns = 1};
    if (options->count == 0)
        return tp_error_set(error, TP_ERR_USAGE, "there is no flow to draw");
    scene->flows = calloc(scene->count, sizeof *scene->flows);
    if (!scene->flows)
        return tp_error_nomem(error);
    for (i = 0; i < scene->count; i++) {
        flow = &scene->flows[i];
        flow->analysis = analysis;
        flow->flow = options->flows[i];
        bulk = tp_flow_bulk_end(flow->flow);
        flow->bulk = bulk;
        flow->sender = tp_flow_side(flow->flow, bulk);
        flow->receiver = tp_flow_side(flow->flow, !bulk);
        flow->wire = tp_flow_wire(flow->flow, bulk);
        scene->packets |= tp_flow_connection(flow->flow) != NULL;
        flow->gaps = tp_analysis_gaps(analysis, flow->flow->key.timeline);
        flow->rgb = scene->theme->series[i % TP_THEME_SERIES];
        set_route(flow);
    }
    scene->ticks = is_in_ticks(&scene->flows[0]);
    name_flows(scene);
    set_origins(scene);
    for (i = 0; i < scene->count; i++) {
        scene->flows[i].span_ns = scene->span_ns;
        scene->flows[i].windowed = scene->windowed;
    }
    set_bin(scene);
    result = check_axis(scene, error);
    if (result < 0) {
        tp_scene_release(scene);
        return result;
    }
    scene->left_s = options->raw_time ? (double)scene->flows[0].origin_ns * 1e-9 : 0;
    tp_sketch_init(&scene->sketch, scene->theme);
    return 0;
}

void tp_scene_release(struct tp_scene *scene)
{
    free(scene->flows);
    tp_picture_free(scene->sketch.picture);
    scene->flows = NULL;
    scene->sketch.picture = NULL;
}

void tp_scene_time_axis(const struct tp_scene *scene, struct tp_panel *panel)
{
    double end_s = scene->left_s + (double)scene->span_ns * 1e-9;

    if (scene->ticks)
        tp_axis_ticks(&panel->x, scene->left_s, end_s, panel->left_px, panel->right_px);
    else
        tp_axis_time(&panel->x, scene->left_s, end_s, panel->left_px, panel->right_px,
                     scene->options->raw_time);
}

void tp_scene_bin_text(const struct tp_scene *scene, char *buf, size_t size)
{
    if (scene->ticks)
        tp_format_ticks(buf, size, (double)scene->bin_ns);
    else
        tp_format_width(buf, size, (double)scene->bin_ns * 1e-9);
}
