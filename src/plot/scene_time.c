/* scene_time.c: places the flows of a picture in time.
 *
 * Each flow has a place of its own on the page: origin_ns is the time of its recording that is at
 * the left edge. Flows of one recording keep their distances. Recordings of one clock that were
 * made one after the other would leave a hole between them; they are laid on each other, as those
 * are whose clocks have nothing in common.
 *
 * What a recording is: inputs of one clock that were made at the same time (the log and the capture
 * of one run), and the parts of a log.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot/scale.h"
#include "plot/scene.h"

#define BINS_WANTED  300.0
#define BIN_LEAST_NS 1000.0

/* --- recordings ------------------------------------------------------------------------------ */

static bool meet(const struct tp_picture_source *source, int64_t first_ns, int64_t last_ns)
{
    return source->first_ns <= last_ns && first_ns <= source->last_ns;
}

/* A flow that is in both of them, or a part that says that it follows, makes one of two. */
static bool is_same(const struct tp_scene *scene, const struct tp_picture_source *a,
                    const struct tp_picture_source *b)
{
    size_t i;

    if (a->timeline != b->timeline)
        return false;
    if (!a->has_time || !b->has_time || meet(a, b->first_ns, b->last_ns) || a->part > 1 ||
        b->part > 1)
        return true;
    for (i = 0; i < scene->count; i++) {
        const struct tp_flow *flow = scene->flows[i].flow;

        if (flow->key.timeline == a->timeline && meet(a, flow->first_ns, flow->last_ns) &&
            meet(b, flow->first_ns, flow->last_ns))
            return true;
    }
    return false;
}

/* recording[i] is the least index of a source that is one with source i. */
static void join_sources(const struct tp_scene *scene, size_t *recording)
{
    const struct tp_picture_source *sources = scene->options->sources;
    size_t count = scene->options->source_count, i, k, m, kept, gone;

    for (i = 0; i < count; i++)
        recording[i] = i;
    for (i = 0; i < count; i++)
        for (k = 0; k < i; k++) {
            if (recording[i] == recording[k] || !is_same(scene, &sources[i], &sources[k]))
                continue;
            kept = recording[i] < recording[k] ? recording[i] : recording[k];
            gone = recording[i] < recording[k] ? recording[k] : recording[i];
            for (m = 0; m <= i; m++)
                if (recording[m] == gone)
                    recording[m] = kept;
        }
}

/* The first that knows of the flow; NULL if none does. */
static const struct tp_picture_source *source_of(const struct tp_scene *scene,
                                                 const struct tp_flow *flow)
{
    const struct tp_picture_source *sources = scene->options->sources, *found = NULL;
    size_t i;

    for (i = 0; i < scene->options->source_count; i++) {
        if (sources[i].timeline != flow->key.timeline)
            continue;
        if (sources[i].has_time && meet(&sources[i], flow->first_ns, flow->last_ns))
            return &sources[i];
        found = found ? found : &sources[i];
    }
    return found;
}

static bool find_recordings(struct tp_scene *scene)
{
    const struct tp_picture_source *sources = scene->options->sources, *source;
    size_t *recording = calloc(scene->options->source_count + 1, sizeof *recording);
    size_t i;

    if (!recording)
        return false;
    join_sources(scene, recording);
    for (i = 0; i < scene->count; i++) {
        source = source_of(scene, scene->flows[i].flow);
        scene->flows[i].source = source ? &sources[recording[source - sources]] : NULL;
        scene->flows[i].recording =
            source ? recording[source - sources]
                   : scene->options->source_count + scene->flows[i].flow->key.timeline;
    }
    free(recording);
    return true;
}

static bool many_clocks(const struct tp_scene *scene)
{
    size_t i;

    for (i = 1; i < scene->count; i++)
        if (scene->flows[i].flow->key.timeline != scene->flows[0].flow->key.timeline)
            return true;
    return false;
}

static bool many_recordings(const struct tp_scene *scene)
{
    size_t i;

    for (i = 1; i < scene->count; i++)
        if (scene->flows[i].recording != scene->flows[0].recording)
            return true;
    return false;
}

/* --- places ---------------------------------------------------------------------------------- */

int64_t tp_scene_clock(const struct tp_scene_flow *flow, int64_t since_origin_ns)
{
    int64_t ns;

    return __builtin_add_overflow(flow->origin_ns, since_origin_ns, &ns) ? INT64_MAX : ns;
}

/* The part of the recording that is shown. */
static void set_window(struct tp_scene *scene, struct tp_scene_flow *flow, int64_t *end_ns)
{
    const struct tp_picture_source *source = flow->source;

    *end_ns = flow->flow->last_ns;
    flow->origin_ns = flow->zero_ns;
    if (!source || !(source->windowed || source->cut))
        return;
    scene->windowed |= source->windowed;
    if (source->zero_ns != INT64_MIN)
        flow->zero_ns = source->zero_ns;
    if (source->from_ns > flow->origin_ns || !source->windowed)
        flow->origin_ns = source->from_ns;
    if (source->until_ns < *end_ns)
        *end_ns = source->until_ns;
}

static bool share_zero(const struct tp_scene *scene, const struct tp_scene_flow *a,
                       const struct tp_scene_flow *b)
{
    switch (scene->align) {
    case TP_ALIGN_CLOCK:
        return a->flow->key.timeline == b->flow->key.timeline;
    case TP_ALIGN_START:
        return a->recording == b->recording;
    default:
        return a == b;
    }
}

/* What is at 0 for the flow: the beginning of the first of those that keep their distances. */
static int64_t zero_of(const struct tp_scene *scene, const struct tp_scene_flow *flow)
{
    int64_t zero_ns = flow->flow->first_ns;
    size_t i;

    for (i = 0; i < scene->count; i++)
        if (share_zero(scene, flow, &scene->flows[i]) && scene->flows[i].flow->first_ns < zero_ns)
            zero_ns = scene->flows[i].flow->first_ns;
    return zero_ns;
}

static void set_origins(struct tp_scene *scene)
{
    struct tp_scene_flow *flow;
    int64_t end_ns;
    size_t i;

    for (i = 0; i < scene->count; i++) {
        flow = &scene->flows[i];
        flow->zero_ns = zero_of(scene, flow);
        set_window(scene, flow, &end_ns);
        if (end_ns - flow->origin_ns > scene->span_ns)
            scene->span_ns = end_ns - flow->origin_ns;
    }
}

/* A part goes on counting as the whole does, where all flows agree on what that is. */
static void set_left(struct tp_scene *scene)
{
    const struct tp_scene_flow *first = &scene->flows[0], *flow;
    size_t i;

    scene->left_s = (double)(first->origin_ns - first->zero_ns) * 1e-9;
    for (i = 1; i < scene->count; i++) {
        flow = &scene->flows[i];
        if (flow->origin_ns - flow->zero_ns != first->origin_ns - first->zero_ns)
            scene->left_s = 0;
    }
}

/* Each flow's first loss is at 0, what came before it left of that. */
static int set_losses(struct tp_scene *scene, struct tp_error *error)
{
    struct tp_plot_episode episode;
    struct tp_scene_flow *flow;
    int64_t lead_ns = 0, rest_ns = 1;
    size_t i;

    for (i = 0; i < scene->count; i++) {
        flow = &scene->flows[i];
        if (tp_plot_episodes(scene->analysis, flow->flow, &episode, 0) == 0)
            return tp_error_set(error, TP_ERR_USAGE,
                                "%s has no loss episode that it could be aligned by", flow->route);
        flow->zero_ns = episode.begin_ns;
        if (episode.begin_ns - flow->flow->first_ns > lead_ns)
            lead_ns = episode.begin_ns - flow->flow->first_ns;
        if (flow->flow->last_ns - episode.begin_ns > rest_ns)
            rest_ns = flow->flow->last_ns - episode.begin_ns;
    }
    for (i = 0; i < scene->count; i++)
        scene->flows[i].origin_ns = scene->flows[i].zero_ns - lead_ns;
    scene->span_ns = lead_ns + rest_ns;
    scene->left_s = -(double)lead_ns * 1e-9;
    return 0;
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

static bool is_in_ticks(const struct tp_scene_flow *flow)
{
    return flow->flow->timing == TP_TIMING_TICKS;
}

static int check_axis(const struct tp_scene *scene, struct tp_error *error)
{
    size_t i;

    for (i = 0; i < scene->count; i++)
        if (is_in_ticks(&scene->flows[i]) != scene->ticks)
            return tp_error_set(error, TP_ERR_USAGE,
                                "times of some inputs are ticks of a counter, of others seconds: "
                                "they have no axis in common");
    if (scene->options->raw_time && many_clocks(scene))
        return tp_error_set(error, TP_ERR_USAGE,
                            "raw time needs inputs that share a clock; these do not");
    return TP_OK;
}

/* Without being asked, recordings that leave a hole are laid on each other; not where a time of
 * the clock is asked for. */
static void choose_alignment(struct tp_scene *scene)
{
    size_t i;

    scene->align = scene->options->align;
    if (scene->align != TP_ALIGN_AUTO)
        return;
    scene->align = TP_ALIGN_START;
    for (i = 0; i < scene->options->source_count; i++)
        if (scene->options->sources[i].windowed || scene->options->sources[i].cut)
            scene->align = TP_ALIGN_CLOCK;
    if (scene->options->raw_time || scene->options->wall_time)
        scene->align = TP_ALIGN_CLOCK;
}

static bool is_apart(const struct tp_scene *scene)
{
    return many_clocks(scene) || scene->align > TP_ALIGN_START ||
           (scene->align == TP_ALIGN_START && many_recordings(scene));
}

static bool is_cut(const struct tp_scene *scene)
{
    size_t i;

    for (i = 0; i < scene->options->source_count; i++)
        if (scene->options->sources[i].cut)
            return true;
    return false;
}

/* The beginning of what is shown is that of no flow, and of recordings of one clock it is cut from
 * the first one only. */
static int check_cut(const struct tp_scene *scene, struct tp_error *error)
{
    size_t i, k;

    if (scene->align == TP_ALIGN_FLOW)
        return tp_error_set(error, TP_ERR_USAGE,
                            "flows cannot be aligned by their beginnings where "
                            "only what is later is shown");
    if (scene->align == TP_ALIGN_LOSS)
        return tp_error_set(error, TP_ERR_USAGE,
                            "flows cannot be aligned by their first loss where "
                            "only what is later is shown");
    for (i = 0; i < scene->count; i++)
        for (k = 0; k < i; k++)
            if (scene->flows[i].recording != scene->flows[k].recording &&
                scene->flows[i].flow->key.timeline == scene->flows[k].flow->key.timeline)
                return tp_error_set(
                    error, TP_ERR_USAGE,
                    "these recordings share a clock, so that a part of it is no part "
                    "of each: they cannot be aligned by their starts");
    return 0;
}

static int set_left_wall(struct tp_scene *scene, struct tp_error *error)
{
    const struct tp_picture_source *source = tp_scene_clock_source(scene);

    if (scene->apart || scene->align > TP_ALIGN_START)
        return tp_error_set(error, TP_ERR_USAGE,
                            "times of the day need flows of one clock, each at its own time");
    if (!source || __builtin_add_overflow(scene->flows[0].origin_ns, source->wall_offset_ns,
                                          &scene->left_wall_ns))
        return tp_error_set(error, TP_ERR_USAGE,
                            "nothing says what the recording's clock is in wall-clock time");
    return 0;
}

const struct tp_picture_source *tp_scene_clock_source(const struct tp_scene *scene)
{
    const struct tp_picture_options *options = scene->options;
    size_t i;

    for (i = 0; i < options->source_count; i++)
        if (options->sources[i].timeline == scene->flows[0].flow->key.timeline &&
            options->sources[i].has_wall_offset)
            return &options->sources[i];
    return NULL;
}

int tp_scene_place(struct tp_scene *scene, struct tp_error *error)
{
    int rc;

    scene->ticks = is_in_ticks(&scene->flows[0]);
    rc = check_axis(scene, error);
    if (rc < 0)
        return rc;
    if (!find_recordings(scene))
        return tp_error_nomem(error);
    choose_alignment(scene);
    scene->apart = scene->count > 1 && is_apart(scene);
    if (is_cut(scene) && scene->align != TP_ALIGN_CLOCK)
        rc = check_cut(scene, error);
    if (rc < 0)
        return rc;
    if (scene->align == TP_ALIGN_LOSS) {
        rc = set_losses(scene, error);
    } else {
        set_origins(scene);
        set_left(scene);
    }
    if (rc == 0 && scene->options->wall_time)
        rc = set_left_wall(scene, error);
    if (scene->options->raw_time)
        scene->left_s = (double)scene->flows[0].origin_ns * 1e-9;
    for (size_t i = 0; i < scene->count; i++) {
        scene->flows[i].span_ns = scene->span_ns;
        scene->flows[i].windowed = scene->windowed;
    }
    set_bin(scene);
    return rc;
}

const char *tp_scene_alignment(const struct tp_scene *scene)
{
    static const char *const words[] = {[TP_ALIGN_CLOCK] = "each recording from its own start",
                                        [TP_ALIGN_START] = "each recording from its own start",
                                        [TP_ALIGN_FLOW] = "each flow from its own start",
                                        [TP_ALIGN_LOSS] = "0 is the first loss of each"};

    return scene->apart || scene->align == TP_ALIGN_LOSS ? words[scene->align] : NULL;
}

void tp_scene_time_axis(const struct tp_scene *scene, struct tp_panel *panel)
{
    double end_s = scene->left_s + (double)scene->span_ns * 1e-9;

    panel->x_unit = scene->ticks ? "ticks" : "s";
    if (scene->span_ns == 1) {
        tp_axis_moment(&panel->x, scene->left_s, end_s, panel->left_px);
        return;
    }
    if (scene->options->wall_time)
        tp_axis_wall(&panel->x, scene->left_s, end_s, panel->left_px, panel->right_px,
                     scene->left_wall_ns);
    else if (scene->ticks)
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
