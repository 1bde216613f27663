/* facts.c: what the header says of the flows. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/phrase.h"
#include "base/units.h"
#include "plot/picture.h"
#include "plot/frame.h"
#include "plot/scale.h"

#define LIMIT_SHARE 0.5 /* of the time: less is no answer to what limits it */

static void add_losses(const struct tp_flow *flow, struct tp_facts *facts)
{
    uint32_t markers;
    uint64_t lost = tp_flow_lost(flow, &markers);

    if (markers == 0)
        return;
    if (lost > 0)
        tp_facts_add(facts, "%llu events lost", (unsigned long long)lost);
    else
        tp_facts_add(facts, "events lost in %lu place%s", (unsigned long)markers, tp_plural(markers));
}

static const char *carried_how(const struct tp_scene_flow *flow)
{
    unsigned from;
    double bytes;

    if (!tp_scene_figure(flow, TP_FIGURE_acked_bytes, &from, &bytes) ||
        (bytes == 0 && tp_scene_total(flow) > 0))
        return "sent";
    return from == TP_FROM_PEER ? "received" : "acknowledged";
}

static void add_bytes(const struct tp_scene_flow *flow, struct tp_facts *facts)
{
    char text[32];
    double bytes, rate;

    if (tp_scene_figure(flow, TP_FIGURE_bytes, NULL, &bytes)) {
        tp_units_si_unit(bytes, "B", text, sizeof text);
        tp_facts_add(facts, "%s %s%s", text, carried_how(flow), tp_scene_until(flow));
    }
    if (tp_scene_mean_rate(flow, &rate)) {
        tp_units_si_unit(rate, "bit/s", text, sizeof text);
        tp_facts_add(facts, "goodput %s", text);
    }
}

static void add_rtt(const struct tp_scene_flow *flow, struct tp_facts *facts)
{
    char low[32], half[32], high[32];
    double least, middle, most;

    if (!tp_scene_figure(flow, TP_FIGURE_rtt_min_us, NULL, &least) ||
        !tp_scene_figure(flow, TP_FIGURE_rtt_p50_us, NULL, &middle))
        return;
    tp_format_seconds(low, sizeof low, least * 1e-6);
    tp_format_seconds(half, sizeof half, middle * 1e-6);
    if (tp_scene_figure(flow, TP_FIGURE_rtt_p95_us, NULL, &most)) {
        tp_format_seconds(high, sizeof high, most * 1e-6);
        tp_facts_add(facts, "RTT min %s, p50 %s, p95 %s", low, half, high);
    } else {
        tp_facts_add(facts, "RTT min %s, p50 %s", low, half);
    }
}

static void add_resent(const struct tp_scene *scene, const struct tp_scene_flow *flow,
                       struct tp_facts *facts)
{
    struct tp_resent resent;

    tp_scene_resent(scene, flow, &resent);
    if (!resent.known)
        return;
    if (resent.count > 0 && resent.has_share)
        tp_facts_add(facts, "%llu %s%s retransmitted (%.2f %%)", (unsigned long long)resent.count,
                     resent.unit, tp_plural(resent.count), resent.share * 100);
    else
        tp_facts_add(facts, "%llu %s%s retransmitted", (unsigned long long)resent.count,
                     resent.unit, tp_plural(resent.count));
}

/* Recoveries and timeouts, as the kernel tells or as the packets show. */
static void add_congestion(const struct tp_scene_flow *flow, struct tp_facts *facts)
{
    double recoveries, timeouts;

    if (tp_scene_figure(flow, TP_FIGURE_recoveries, NULL, &recoveries) &&
        tp_scene_figure(flow, TP_FIGURE_timeouts, NULL, &timeouts))
        tp_facts_add(facts, "%.0f fast recover%s, %.0f timeout%s", recoveries,
                     recoveries == 1 ? "y" : "ies", timeouts, tp_plural((uint64_t)timeouts));
}

/* "congestion control reno": of all flows, where it is known of all and the same. */
static void add_congestion_control(const struct tp_scene *scene, struct tp_facts *facts)
{
    const char *name, *first = NULL;
    size_t i;

    for (i = 0; i < scene->count; i++) {
        name = tp_flow_congestion_control(scene->flows[i].analysis, scene->flows[i].flow);
        if (!name || (first && strcmp(name, first) != 0))
            return;
        first = name;
    }
    if (first)
        tp_facts_add(facts, "congestion control %s", first);
}

/* "97 % of the time limited by the network": by what it was for the most. */
static void add_limit(const struct tp_scene_flow *flow, struct tp_facts *facts)
{
    static const struct {
        enum tp_figure_id share;
        const char *by;
    } limits[] = {{TP_FIGURE_limit_network_share, "the network"},
                  {TP_FIGURE_limit_rwnd_share, "the receiver"},
                  {TP_FIGURE_limit_app_share, "the application"}};
    double share, most = 0;
    const char *by = NULL;
    size_t i;

    for (i = 0; i < sizeof limits / sizeof *limits; i++)
        if (tp_scene_figure(flow, limits[i].share, NULL, &share) && share > most) {
            most = share;
            by = limits[i].by;
        }
    if (most >= LIMIT_SHARE)
        tp_facts_add(facts, "%.0f %% of the time limited by %s", most * 100, by);
}

static void write_duration(const struct tp_scene *scene, int64_t ns, char *buf, size_t size)
{
    if (scene->ticks)
        tp_format_ticks(buf, size, (double)ns);
    else
        tp_units_duration(ns, buf, size);
}

/* Since the beginning: "1.234 s". */
static void write_place(const struct tp_scene *scene, int64_t ns, char *buf, size_t size)
{
    char digits[32];

    if (scene->ticks) {
        snprintf(buf, size, "tick %lld", (long long)ns);
        return;
    }
    tp_units_seconds(ns, 3, digits, sizeof digits);
    snprintf(buf, size, "%.20s s", digits);
}

/* "fast recovery at 9.074 s": what happened in the part that is shown; one that is there as a whole
 * matters more than the ends of others. */
static void add_episodes(const struct tp_scene *scene, const struct tp_scene_flow *flow,
                         struct tp_facts *facts)
{
    int64_t from_ns = flow->origin_ns, until_ns = tp_scene_clock(flow, flow->span_ns);
    int64_t edge_ns = flow->span_ns / 50; /* what ends there may be cut by it */
    struct tp_plot_episode episode, first = {0};
    size_t total, i, whole = 0, cut = 0;
    char at[32];

    total = tp_plot_episodes(scene->analysis, flow->flow, NULL, 0);
    for (i = 0; i < total; i++) {
        tp_plot_episodes(scene->analysis, flow->flow, &episode, i);
        if (episode.end_ns < from_ns || episode.begin_ns > until_ns)
            continue;
        if (episode.begin_ns > from_ns + edge_ns && episode.end_ns < until_ns - edge_ns)
            first = whole++ ? first : episode;
        else if (cut++ == 0 && whole == 0)
            first = episode;
    }
    if (whole == 1 || (whole == 0 && cut == 1)) {
        write_place(scene, first.begin_ns - flow->zero_ns, at, sizeof at);
        tp_facts_add(facts, "%s at %s", first.what, at);
    } else if (whole + cut > 1) {
        tp_facts_add(facts, "%zu loss episodes", whole + cut);
    }
}

void tp_facts_span(const struct tp_scene *scene, struct tp_facts *facts)
{
    const struct tp_scene_flow *flow = &scene->flows[0];
    char text[32], at[32];

    if (!scene->windowed) {
        write_duration(scene, scene->span_ns, text, sizeof text);
        tp_facts_add(facts, "%s", text);
        return;
    }
    if (scene->ticks)
        tp_format_ticks(text, sizeof text, (double)scene->span_ns);
    else
        tp_format_seconds(text, sizeof text, (double)scene->span_ns * 1e-9);
    write_place(scene, flow->origin_ns - flow->zero_ns, at, sizeof at);
    tp_facts_add(facts, "showing %s from %s on", text, at);
}

static void facts_of_part(const struct tp_scene *scene, struct tp_facts *facts)
{
    const struct tp_scene_flow *flow = &scene->flows[0];
    char text[32];
    double rate;

    add_episodes(scene, flow, facts);
    add_resent(scene, flow, facts);
    if (tp_scene_mean_rate(flow, &rate)) {
        tp_units_si_unit(rate, "bit/s", text, sizeof text);
        tp_facts_add(facts, "goodput %s", text);
    }
    tp_facts_span(scene, facts);
}

void tp_facts_of_one(const struct tp_scene *scene, struct tp_facts *facts)
{
    const struct tp_scene_flow *flow = &scene->flows[0];
    char text[32];
    int64_t duration_ns;

    if (scene->windowed) {
        facts_of_part(scene, facts);
        return;
    }
    if (tp_flow_duration(flow->flow, &duration_ns) && duration_ns > 0) {
        write_duration(scene, duration_ns, text, sizeof text);
        tp_facts_add(facts, "%s", text);
    }
    add_bytes(flow, facts);
    add_rtt(flow, facts);
    add_resent(scene, flow, facts);
    add_congestion(flow, facts);
    add_congestion_control(scene, facts);
    add_limit(flow, facts);
    if (!flow->sender && !flow->wire)
        tp_facts_add(facts, "only the receiver's socket was traced");
    add_losses(flow->flow, facts);
    if (tp_scene_alignment(scene))
        tp_facts_add(facts, "%s", tp_scene_alignment(scene));
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
    return begin_ns < end_ns && !scene->apart;
}

/* Flows that never met did not share anything. */
static void add_fairness(const struct tp_scene *scene, struct tp_facts *facts)
{
    double *rates = calloc(scene->count, sizeof *rates), index = NAN;
    size_t i, known = 0;

    for (i = 0; rates && i < scene->count; i++)
        known += tp_scene_mean_rate(&scene->flows[i], &rates[known]);
    if (rates)
        index = tp_figure_join(&tp_figures[TP_FIGURE_jain], rates, known, scene->count, rates);
    if (isfinite(index) && all_overlap(scene))
        tp_facts_add(facts, "Jain fairness %.3f", index);
    free(rates);
}

void tp_facts_together(const struct tp_scene *scene, struct tp_facts *facts)
{
    bool open_ended = false;
    double bytes = 0;
    char text[32];
    size_t i;

    for (i = 0; i < scene->count; i++) {
        bytes += tp_scene_total(&scene->flows[i]);
        open_ended |= tp_scene_open_ended(&scene->flows[i]);
    }
    tp_units_si_unit(bytes, "B", text, sizeof text);
    tp_facts_add(facts, "%s%s together", open_ended ? "at least " : "", text);
}

void tp_facts_of_many(const struct tp_scene *scene, struct tp_facts *facts)
{
    uint64_t segments = 0, skbs = 0;
    bool packets = false, traced = tp_analysis_saw(scene->analysis, TP_KIND_RETRANSMIT_SKB);
    struct tp_resent resent;
    size_t i;

    tp_facts_span(scene, facts);
    tp_facts_together(scene, facts);
    for (i = 0; i < scene->count; i++) {
        tp_scene_resent(scene, &scene->flows[i], &resent);
        packets |= resent.packets;
        *(resent.packets ? &segments : &skbs) += resent.count;
    }
    add_fairness(scene, facts);
    if (packets)
        tp_facts_add(facts, "%llu segment%s retransmitted", (unsigned long long)segments,
                     tp_plural(segments));
    if (traced && (skbs > 0 || !packets))
        tp_facts_add(facts, "%llu skb%s retransmitted", (unsigned long long)skbs, tp_plural(skbs));
    add_congestion_control(scene, facts);
    if (tp_scene_alignment(scene))
        tp_facts_add(facts, "%s", tp_scene_alignment(scene));
    else
        add_losses(scene->flows[0].flow, facts);
    if (scene->options->aggregate)
        tp_facts_add(facts, "a thin line for each flow, bold: their median, band: the middle half");
    if (scene->options->more > 0)
        tp_facts_add(facts, "%zu more flow%s not drawn", scene->options->more,
                     tp_plural(scene->options->more));
}

/* "4 flows → 10.9.0.2:5201" where all have that end in common. */
void tp_title_of_many(const struct tp_scene *scene, char *buf, size_t size)
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
