/* scene.c: the flows of a picture and their names. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plot/panels.h"
#include "plot/scale.h"
#include "plot/scene.h"

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
static bool one_recording_each(const struct tp_scene *scene)
{
    size_t i, k;

    for (i = 0; i < scene->count; i++) {
        if (!scene->flows[i].source)
            return false;
        for (k = 0; k < i; k++)
            if (scene->flows[i].recording == scene->flows[k].recording)
                return false;
    }
    return scene->count > 1;
}

/* What the user calls the recording, else its file; "" if neither is known. */
static void name_recording(const struct tp_scene_flow *flow, char *buf, size_t size)
{
    buf[0] = '\0';
    if (flow->source && flow->source->label)
        snprintf(buf, size, "%s", flow->source->label);
    else if (flow->source)
        stem(flow->source->name, buf, size);
}

static void name_end(struct tp_scene_flow *flow, bool sending, bool only_port, char *buf,
                     size_t size)
{
    unsigned end = tp_flow_bulk_end(flow->flow) ^ !sending;

    if (only_port)
        snprintf(buf, size, ":%u", flow->flow->key.port[end]);
    else
        endpoint(flow->flow, end, buf, size);
}

static void name_one(const struct tp_scene *scene, struct tp_scene_flow *flow, bool sending,
                     bool only_port)
{
    char recording[TP_NAME_SIZE / 2] = "", end[TP_NAME_SIZE / 2] = "";

    if (scene->by_source || (flow->source && flow->source->label))
        name_recording(flow, recording, sizeof recording);
    if (!scene->by_source)
        name_end(flow, sending, only_port, end, sizeof end);
    snprintf(flow->name, sizeof flow->name, "%s%s%s", recording, recording[0] && end[0] ? " " : "",
             end);
}

static bool is_name_taken(const struct tp_scene *scene, size_t index)
{
    size_t i;

    for (i = 0; i < scene->count; i++)
        if (i != index && strcmp(scene->flows[i].name, scene->flows[index].name) == 0)
            return true;
    return false;
}

static void add_number(struct tp_scene_flow *flow)
{
    char name[TP_NAME_SIZE];

    snprintf(name, sizeof name, "%.70s #%u", flow->name, flow->flow->id);
    memcpy(flow->name, name, sizeof name);
}

/* The shortest names that tell the flows apart; the number helps where nothing else does. */
static void name_flows(struct tp_scene *scene)
{
    bool sending = !share_end(scene, true, true), only_port = share_end(scene, sending, false);
    bool taken[TP_PLOT_COMPARED];
    size_t i;

    scene->by_source = one_recording_each(scene);
    for (i = 0; i < scene->count; i++)
        name_one(scene, &scene->flows[i], sending, only_port);
    if (scene->count > TP_PLOT_COMPARED)
        return;
    for (i = 0; i < scene->count; i++)
        taken[i] = is_name_taken(scene, i);
    for (i = 0; i < scene->count; i++)
        if (taken[i])
            add_number(&scene->flows[i]);
}

static void set_route(struct tp_scene_flow *flow)
{
    unsigned bulk = tp_flow_bulk_end(flow->flow);
    char from[60], to[60];

    endpoint(flow->flow, bulk, from, sizeof from);
    endpoint(flow->flow, !bulk, to, sizeof to);
    snprintf(flow->route, sizeof flow->route, "%s \xe2\x86\x92 %s", from, to);
}

static bool any_label(const struct tp_scene *scene)
{
    size_t i;

    for (i = 0; i < scene->count; i++)
        if (scene->flows[i].source && scene->flows[i].source->label)
            return true;
    return false;
}

/* Those of a recording that has a label are of one colour, in the order of the labels. */
static void give_colours(struct tp_scene *scene)
{
    const uint32_t *colours = scene->theme->series;
    size_t i, k, used = 0;

    for (i = 0; i < scene->count; i++) {
        const struct tp_picture_source *source = scene->flows[i].source;

        for (k = 0; k < i; k++)
            if (source && source->label && scene->flows[k].source &&
                scene->flows[k].source->label &&
                strcmp(source->label, scene->flows[k].source->label) == 0)
                break;
        if (scene->options->aggregate && !any_label(scene))
            k = 0;
        scene->flows[i].look = k < i ? scene->flows[k].look : used++;
        scene->flows[i].rgb = colours[scene->flows[i].look % TP_THEME_SERIES];
    }
    scene->groups = used;
}

const struct tp_scene_flow *tp_scene_first_of(const struct tp_scene *scene, size_t group)
{
    size_t i = 0;

    while (scene->flows[i].look != group)
        i++;
    return &scene->flows[i];
}

void tp_scene_group_name(const struct tp_scene *scene, size_t group, char *buf, size_t size)
{
    const struct tp_scene_flow *first = tp_scene_first_of(scene, group);
    const char *label = first->source ? first->source->label : NULL;
    size_t i, runs = 0;

    for (i = 0; i < scene->count; i++)
        runs += scene->flows[i].look == group;
    if (!scene->options->aggregate)
        snprintf(buf, size, "%s", label ? label : first->name);
    else
        snprintf(buf, size, label ? "%s%s(median of %zu)" : "%s%smedian of %zu", label ? label : "",
                 label ? " " : "", runs);
}

int tp_scene_init(struct tp_scene *scene, const struct tp_analysis *analysis,
                  const struct tp_picture_options *options, struct tp_error *error)
{
    const struct tp_style *style = tp_style_find(options->style);
    struct tp_scene_flow *flow;
    unsigned bulk;
    size_t i;
    int result;

    *scene =
        (struct tp_scene){.analysis = analysis,
                          .options = options,
                          .style = style,
                          .px_pt = tp_style_px_pt(style, options->font_pt),
                          .theme = tp_theme_find(options->theme ? options->theme : style->theme),
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
        set_route(flow);
    }
    result = tp_scene_place(scene, error);
    if (result < 0) {
        tp_scene_release(scene);
        return result;
    }
    name_flows(scene);
    give_colours(scene);
    tp_sketch_init(&scene->sketch, scene->theme);
    return 0;
}

const struct tp_axis_options *tp_scene_axis(const struct tp_scene *scene, const char *panel)
{
    const struct tp_panel_kind *kind;
    size_t i;

    for (i = 0; scene->options && i < scene->options->axis_count; i++) {
        kind = tp_panel_of(scene->options->axes[i].quantity);
        if (kind && strcmp(kind->name, panel) == 0)
            return &scene->options->axes[i];
    }
    return NULL;
}

void tp_scene_clear(struct tp_scene *scene)
{
    tp_picture_free(scene->sketch.picture);
    tp_sketch_init(&scene->sketch, scene->theme);
    scene->legend.count = 0;
}

void tp_scene_release(struct tp_scene *scene)
{
    free(scene->flows);
    tp_picture_free(scene->sketch.picture);
    scene->flows = NULL;
    scene->sketch.picture = NULL;
}
