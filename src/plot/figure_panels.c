/* figure_panels.c: panels one below the other over a common time axis, for one flow or several. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "plot/figures.h"
#include "plot/frame.h"
#include "plot/scale.h"
#include "plot/panels.h"

#define HEADER_GAP_PX 36 /* below the facts, with the first panel's title in it */
#define PANEL_GAP_PX  44
#define FOOTER_PX     58
#define PANELS_MAX    16
#define PANEL_MIN_PX  40
#define LABEL_ROOM_PX 14 /* for each flow that is compared */

/* --- which panels --------------------------------------------------------------------------- */

struct panel_list {
    const struct tp_panel_kind *kinds[PANELS_MAX];
    bool has[PANELS_MAX];
    size_t count;
};

static bool has_any(const struct tp_scene *scene, const struct tp_panel_kind *kind)
{
    size_t i;

    for (i = 0; i < scene->count; i++)
        if (kind->has(scene, &scene->flows[i]))
            return true;
    return false;
}

static int add_panel(const struct tp_scene *scene, struct panel_list *list,
                     const struct tp_panel_kind *kind, struct tp_error *error)
{
    if (list->count == PANELS_MAX)
        return tp_error_set(error, TP_ERR_LIMIT, "more than %d panels", PANELS_MAX);
    list->has[list->count] = has_any(scene, kind);
    list->kinds[list->count++] = kind;
    return 0;
}

static int parse_panels(const struct tp_scene *scene, struct panel_list *list,
                        struct tp_error *error)
{
    const char *at = scene->options->panels;
    const struct tp_panel_kind *kind;
    size_t length;

    for (;; at += length + 1) {
        length = strcspn(at, ",");
        kind = tp_panel_find(at, length, error);
        if (!kind)
            return TP_ERR_USAGE;
        if (add_panel(scene, list, kind, error) < 0)
            return TP_ERR_LIMIT;
        if (!at[length])
            return 0;
    }
}

/* The default ones that have something to show. Where no sender was traced the offered window is
 * most of what there is. */
static void default_panels(const struct tp_scene *scene, struct panel_list *list)
{
    bool sender = false;
    size_t i;

    for (i = 0; i < scene->count; i++)
        sender |= scene->flows[i].sender != NULL;
    for (i = 0; i < tp_panel_kind_count; i++)
        if ((tp_panel_kinds[i].by_default || !sender) && has_any(scene, &tp_panel_kinds[i]))
            add_panel(scene, list, &tp_panel_kinds[i], NULL);
    if (list->count == 0)
        add_panel(scene, list, &tp_panel_kinds[0], NULL);
}

/* --- facts ---------------------------------------------------------------------------------- */

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void add_losses(const struct tp_flow *flow, struct tp_facts *facts)
{
    const struct tp_flow_data *data = flow->data;

    if (data->lost_markers == 0)
        return;
    if (data->lost > 0)
        tp_facts_add(facts, "%llu events lost", (unsigned long long)data->lost);
    else
        tp_facts_add(facts, "events lost in %llu place%s", (unsigned long long)data->lost_markers,
                     plural(data->lost_markers));
}

static void add_bytes(const struct tp_scene_flow *flow, struct tp_facts *facts)
{
    char text[32];
    double rate;

    if (flow->sender && flow->sender->has_acked) {
        tp_units_si_unit((double)flow->sender->acked_bytes, "B", text, sizeof text);
        tp_facts_add(facts, "%s acknowledged", text);
    } else if (flow->receiver && flow->receiver->has_received) {
        tp_units_si_unit((double)flow->receiver->received_bytes, "B", text, sizeof text);
        tp_facts_add(facts, "%s received", text);
    }
    if (tp_scene_mean_rate(flow, &rate)) {
        tp_units_si_unit(rate, "bit/s", text, sizeof text);
        tp_facts_add(facts, "goodput %s", text);
    }
}

static void add_srtt(const struct tp_side *side, struct tp_facts *facts)
{
    static const double p[2] = {0.5, 0.95};
    struct tp_stat stat;
    char low[32], half[32], high[32];
    double values[2];

    if (!tp_side_stat(side, TP_METRIC_SRTT, &stat) ||
        !tp_side_quantiles(side, TP_METRIC_SRTT, p, values, 2))
        return;
    tp_format_seconds(low, sizeof low, stat.min * 1e-6);
    tp_format_seconds(half, sizeof half, values[0] * 1e-6);
    tp_format_seconds(high, sizeof high, values[1] * 1e-6);
    tp_facts_add(facts, "srtt min %s, p50 %s, p95 %s", low, half, high);
}

static void add_congestion(const struct tp_scene *scene, const struct tp_side *side,
                           struct tp_facts *facts)
{
    uint32_t recoveries = side->cong_entries[TP_CONG_RECOVERY];
    uint32_t timeouts = side->cong_entries[TP_CONG_LOSS];
    double share;

    if (tp_analysis_saw(scene->analysis, TP_KIND_RETRANSMIT_SKB)) {
        if (side->retransmits > 0 && tp_side_retransmit_share(scene->analysis, side, &share))
            tp_facts_add(facts, "%u skb%s retransmitted (%.2f %%)", side->retransmits,
                         plural(side->retransmits), share * 100);
        else
            tp_facts_add(facts, "%u skb%s retransmitted", side->retransmits,
                         plural(side->retransmits));
    }
    if (tp_analysis_saw(scene->analysis, TP_KIND_CONG_STATE_SET))
        tp_facts_add(facts, "%u fast recover%s, %u timeout%s", recoveries,
                     recoveries == 1 ? "y" : "ies", timeouts, plural(timeouts));
}

static void facts_of_one(const struct tp_scene *scene, struct tp_facts *facts)
{
    const struct tp_scene_flow *flow = &scene->flows[0];
    char text[32];

    tp_units_duration(flow->flow->last_ns - flow->flow->first_ns, text, sizeof text);
    tp_facts_add(facts, "%s", text);
    add_bytes(flow, facts);
    add_srtt(flow->sender, facts);
    if (flow->sender)
        add_congestion(scene, flow->sender, facts);
    else
        tp_facts_add(facts, "only the receiver's socket was traced");
    add_losses(flow->flow, facts);
}

/* Was there a time at which all of them were there? */
static bool all_overlap(const struct tp_scene *scene)
{
    int64_t begin_ns = INT64_MIN, end_ns = INT64_MAX;
    const struct tp_flow *flow;
    size_t i;

    for (i = 0; i < scene->count; i++) {
        flow = scene->flows[i].flow;
        begin_ns = flow->first_ns > begin_ns ? flow->first_ns : begin_ns;
        end_ns = flow->last_ns < end_ns ? flow->last_ns : end_ns;
    }
    return begin_ns < end_ns && !scene->many_clocks;
}

/* Jain's index of the flows' goodputs: 1 is equal shares (Jain, Chiu, Hawe, 1984). Flows that never
 * met did not share anything. */
static void add_fairness(const struct tp_scene *scene, struct tp_facts *facts)
{
    double rate, sum = 0, squares = 0;
    size_t i;

    for (i = 0; i < scene->count; i++) {
        if (!tp_scene_mean_rate(&scene->flows[i], &rate))
            return;
        sum += rate;
        squares += rate * rate;
    }
    if (squares > 0 && all_overlap(scene))
        tp_facts_add(facts, "Jain fairness %.3f", sum * sum / ((double)scene->count * squares));
}

static void facts_of_many(const struct tp_scene *scene, struct tp_facts *facts)
{
    uint64_t bytes = 0, retransmits = 0;
    char text[32];
    size_t i;

    tp_units_duration(scene->span_ns, text, sizeof text);
    tp_facts_add(facts, "%s", text);
    for (i = 0; i < scene->count; i++) {
        bytes += tp_plot_flow_bytes(scene->flows[i].flow);
        if (scene->flows[i].sender)
            retransmits += scene->flows[i].sender->retransmits;
    }
    tp_units_si_unit((double)bytes, "B", text, sizeof text);
    tp_facts_add(facts, "%s together", text);
    add_fairness(scene, facts);
    if (tp_analysis_saw(scene->analysis, TP_KIND_RETRANSMIT_SKB))
        tp_facts_add(facts, "%llu skb%s retransmitted", (unsigned long long)retransmits,
                     plural(retransmits));
    if (scene->many_clocks)
        tp_facts_add(facts, "each recording from its own start");
    else
        add_losses(scene->flows[0].flow, facts);
    if (scene->options->more > 0)
        tp_facts_add(facts, "%zu more flow%s not drawn", scene->options->more,
                     plural(scene->options->more));
}

/* "4 flows → 10.9.0.2:5201" where all have that end in common. */
static void title_of_many(const struct tp_scene *scene, char *buf, size_t size)
{
    const char *arrow = " \xe2\x86\x92 ", *first = scene->flows[0].route, *other;
    const char *to = strstr(first, arrow);
    bool same_from = true, same_to = true;
    size_t i;

    for (i = 1; i < scene->count; i++) {
        other = strstr(scene->flows[i].route, arrow);
        same_to &= strcmp(other, to) == 0;
        same_from &= other - scene->flows[i].route == to - first &&
                     memcmp(first, scene->flows[i].route, (size_t)(to - first)) == 0;
    }
    if (same_to)
        snprintf(buf, size, "%zu flows%s", scene->count, to);
    else if (same_from)
        snprintf(buf, size, "%.*s%s%zu flows", (int)(to - first), first, arrow, scene->count);
    else
        snprintf(buf, size, "%zu flows", scene->count);
}

/* --- layout --------------------------------------------------------------------------------- */

static double wanted_px(const struct tp_scene *scene, const struct tp_panel_kind *kind)
{
    return scene->count == 1 ? kind->height_px
                             : fmax(kind->compared_px, kind->row_px * (double)scene->count);
}

static double all_wanted_px(const struct tp_scene *scene, const struct panel_list *list)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < list->count; i++)
        sum += wanted_px(scene, list->kinds[i]);
    return sum;
}

/* So that the smallest panel is still readable, with room for the labels of all flows beside it. */
static double least_px(const struct tp_scene *scene, const struct panel_list *list)
{
    double need = fmax(PANEL_MIN_PX, LABEL_ROOM_PX * (double)scene->count), share = 0;
    size_t i;

    for (i = 0; i < list->count; i++)
        share = fmax(share, need / wanted_px(scene, list->kinds[i]));
    return fmin(share, 1) * all_wanted_px(scene, list);
}

static void draw_panel(struct tp_scene *scene, struct tp_panel *panel,
                       const struct tp_panel_kind *kind, bool has, bool first, bool times)
{
    struct tp_panel filled;
    int index = scene->sketch.panel;

    filled = *panel; /* the sketch's list may move while the panel is drawn */
    tp_scene_time_axis(scene, &filled);
    tp_frame_gaps(scene, &filled, first);
    if (scene->count == 1)
        tp_frame_states(scene, &filled, &scene->flows[0]);
    if (!has)
        tp_panel_absent(scene, &filled, times, kind);
    else if (scene->count == 1)
        kind->draw(scene, &filled, times);
    else
        kind->draw_compared(scene, &filled, times);
    if (!scene->sketch.failed)
        scene->sketch.figure->panels[index] = filled;
}

static int draw_panels(struct tp_scene *scene, const struct panel_list *list, double top_px,
                       struct tp_error *error)
{
    double gutter_px = fmin(fmax(scene->width_px * 0.15, TP_GUTTER_MIN), TP_GUTTER_MAX), room_px;
    double fixed_px = top_px + PANEL_GAP_PX * (double)(list->count - 1) + FOOTER_PX, height_px;
    double wanted = all_wanted_px(scene, list), least = least_px(scene, list);
    struct tp_panel *panel;
    size_t i;

    if (scene->height_px == 0)
        scene->height_px = fixed_px + wanted;
    room_px = scene->height_px - fixed_px;
    if (room_px < least)
        return tp_error_set(error, TP_ERR_LIMIT,
                            "%zu panels do not fit a page %.0f high: it takes %.0f", list->count,
                            scene->height_px, ceil(fixed_px + least));
    for (i = 0; i < list->count; i++) {
        height_px = room_px / wanted * wanted_px(scene, list->kinds[i]);
        panel = tp_sketch_panel(&scene->sketch, list->kinds[i]->name, TP_MARGIN_LEFT, top_px,
                                scene->width_px - gutter_px, top_px + height_px);
        if (!panel)
            return tp_error_nomem(error);
        draw_panel(scene, panel, list->kinds[i], list->has[i], i == 0, i + 1 == list->count);
        top_px += height_px + PANEL_GAP_PX;
    }
    scene->sketch.panel = -1;
    tp_frame_footer(scene, TP_MARGIN_LEFT, scene->width_px - gutter_px);
    return 0;
}

int tp_figure_panels(struct tp_scene *scene, struct tp_error *error)
{
    struct tp_facts facts = {.width_px = scene->width_px - TP_MARGIN_LEFT - 16};
    struct panel_list list = {0};
    char title[TP_ROUTE_SIZE + 32];
    double top_px;
    int rc = 0;

    if (scene->options->panels)
        rc = parse_panels(scene, &list, error);
    else
        default_panels(scene, &list);
    if (rc < 0)
        return rc;
    if (scene->count == 1) {
        snprintf(title, sizeof title, "%s", scene->flows[0].route);
        facts_of_one(scene, &facts);
    } else {
        title_of_many(scene, title, sizeof title);
        facts_of_many(scene, &facts);
    }
    top_px = tp_frame_header(scene, TP_MARGIN_LEFT,
                             scene->options->title ? scene->options->title : title, &facts);
    return draw_panels(scene, &list, top_px + HEADER_GAP_PX, error);
}
