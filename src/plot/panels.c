/* panels.c: the table of panels, and what they have in common. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "plot/panels.h"
#include "plot/scale.h"

#define BIT(ID) TP_METRIC_BIT(ID)

/* Drawn whatever the panels: the overview's strips, and the window of a lonely receiver. */
#define ALWAYS                                                                                     \
    (BIT(ACKED) | BIT(DATA_LEN) | BIT(RETRANSMIT) | BIT(RCV_WND) | BIT(WIRE_ACKED) |               \
     BIT(WIRE_UNIQUE) | BIT(WIRE_RETRANSMIT))

const struct tp_panel_kind tp_panel_kinds[] = {
    {.name = "tsg",
     .help = "time-sequence graph of the packets, in tcptrace's signs",
     .use = TP_PANEL_DETAIL,
     .in_detail = true,
     .marks = true,
     .metrics = BIT(WIRE_SEQ) | BIT(WIRE_UNA) | BIT(WIRE_EDGE),
     .title = "Sequence number",
     .height_px = 430,
     .compared_px = 260,
     .has = tp_tsg_has,
     .absent = "no packets were captured",
     .draw = tp_tsg_draw,
     .draw_compared = tp_tsg_compare},
    {.name = "cwnd",
     .help = "congestion window, ssthresh, bytes in flight",
     .use = TP_PANEL_USUAL,
     .metrics = BIT(SND_CWND) | BIT(SSTHRESH) | BIT(INFLIGHT),
     .title = "Congestion window",
     .height_px = 190,
     .compared_px = 200,
     .has = tp_cwnd_has,
     .absent = "the sender's socket was not traced",
     .draw = tp_cwnd_draw,
     .draw_compared = tp_cwnd_compare},
    {.name = "inflight",
     .help = "packets: bytes outstanding against the advertised window (and cwnd)",
     .use = TP_PANEL_PACKETS,
     .in_detail = true,
     .metrics =
         BIT(WIRE_INFLIGHT) | BIT(WIRE_PIPE) | BIT(WIRE_RWND) | BIT(SND_CWND) | BIT(SSTHRESH),
     .title = "In flight",
     .height_px = 150,
     .compared_px = 150,
     .has = tp_inflight_has,
     .absent = "no packets were captured",
     .draw = tp_inflight_draw,
     .draw_compared = tp_inflight_compare},
    {.name = "rtt",
     .help = "round-trip time: smoothed, its minimum, and samples by kind",
     .use = TP_PANEL_USUAL,
     .metrics = BIT(SRTT) | BIT(WIRE_SRTT) | BIT(RTT_HANDSHAKE) | BIT(RTT_ACK) | BIT(RTT_SACK) |
                BIT(RTT_TS),
     .title = "Round-trip time",
     .height_px = 150,
     .compared_px = 140,
     .has = tp_rtt_has,
     .absent = "no round-trip time was recorded",
     .draw = tp_rtt_draw,
     .draw_compared = tp_rtt_compare},
    {.name = "rate",
     .help = "acknowledged and received bytes per time",
     .use = TP_PANEL_USUAL,
     .metrics = BIT(ACKED) | BIT(DATA_LEN),
     .title = "Rate",
     .height_px = 130,
     .compared_px = 170,
     .has = tp_rate_has,
     .absent = "neither acknowledged nor received bytes were recorded",
     .draw = tp_rate_draw,
     .draw_compared = tp_rate_compare},
    {.name = "retransmissions",
     .help = "what was sent again: segments, or packet buffers (skbs)",
     .use = TP_PANEL_USUAL,
     .metrics = BIT(RETRANSMIT),
     .title = "Retransmissions",
     .height_px = 74,
     .compared_px = 60,
     .row_px = 15,
     .has = tp_retransmits_has,
     .absent = "there are neither tcp_retransmit_skb events nor packets in the recording",
     .draw = tp_retransmits_draw,
     .draw_compared = tp_retransmits_compare},
    {.name = "limits",
     .help = "what limits the sender, from kernel events and from packets",
     .use = TP_PANEL_PACKETS,
     .metrics = 0,
     .title = "Limited by",
     .height_px = 46,
     .compared_px = 60,
     .row_px = 20,
     .has = tp_limits_has,
     .absent = "nothing says what limits the sender",
     .draw = tp_limits_draw,
     .draw_compared = tp_limits_compare},
    {.name = "windows",
     .help = "windows that the receiver offers",
     .use = TP_PANEL_CHOSEN,
     .metrics = BIT(SND_WND) | BIT(RCV_WND) | BIT(INFLIGHT),
     .title = "Offered window",
     .height_px = 130,
     .compared_px = 140,
     .has = tp_windows_has,
     .absent = "no window was recorded",
     .draw = tp_windows_draw,
     .draw_compared = tp_windows_compare}};

const size_t tp_panel_kind_count = sizeof tp_panel_kinds / sizeof *tp_panel_kinds;

void tp_label_end(const struct tp_panel *panel, const struct tp_track *track, const char *name,
                  uint32_t rgb, const char *unit, struct tp_end_label *labels, size_t *count)
{
    struct tp_end_label *label = &labels[*count];
    double last;

    if (*count >= TP_END_LABELS_MAX || !tp_track_last(track, &last))
        return;
    *label = (struct tp_end_label){.at_px = tp_panel_y(panel, last), .rgb = rgb};
    snprintf(label->name, sizeof label->name, "%s", name);
    if (strcmp(unit, "s") == 0)
        tp_format_seconds(label->detail, sizeof label->detail, last);
    else
        tp_units_si_unit(last, unit, label->detail, sizeof label->detail);
    ++*count;
}

static struct tp_track track_of(const struct tp_scene_flow *flow, const struct tp_curves *curves)
{
    bool in_mss = curves->in_mss && flow->sender;
    bool instead = curves->instead && !tp_scene_series(flow, flow->bulk, curves->metric);

    return tp_scene_track(flow, flow->bulk, instead ? curves->instead : curves->metric,
                          in_mss ? flow->sender->mss_bytes : curves->factor);
}

void tp_curves_compare(struct tp_scene *scene, struct tp_panel *panel, bool times,
                       const struct tp_curves *curves)
{
    struct tp_end_label labels[TP_END_LABELS_MAX];
    double high = 0, low, flow_high;
    struct tp_path path, envelope;
    const struct tp_scene_flow *flow;
    struct tp_track track;
    size_t i, count = 0;
    char unit[64];

    for (i = 0; i < scene->count; i++) {
        flow = &scene->flows[i];
        track = track_of(flow, curves);
        if (tp_track_range(&track, &low, &flow_high))
            high = fmax(high, flow_high);
    }
    tp_frame_value_axis(panel, high);
    tp_frame_unit(panel, curves->unit, curves->note, unit, sizeof unit);
    tp_frame_draw(scene, panel, curves->title, unit, times);
    for (i = scene->count; i-- > 0;) {
        flow = &scene->flows[i];
        track = track_of(flow, curves);
        path = envelope = (struct tp_path){0};
        if (curves->smooth)
            tp_curve_smooth(panel, &track, &path, &envelope);
        else
            tp_curve_steps(panel, &track, &path);
        tp_sketch_mark(&scene->sketch, TP_MARK_AREA, TP_SHAPE_POLYGON, curves->what,
                       (struct tp_ink){flow->rgb, 0.3F}, &envelope);
        tp_sketch_line(&scene->sketch, TP_MARK_CURVE, curves->what, flow->rgb, TP_COMPARED_PX,
                       &path);
        tp_label_end(panel, &track, flow->name, flow->rgb, curves->unit, labels, &count);
    }
    tp_end_labels_draw(scene, panel, labels, count);
}

void tp_panel_absent(struct tp_scene *scene, struct tp_panel *panel, bool times,
                     const struct tp_panel_kind *kind)
{
    panel->y = (struct tp_axis){.low = 0, .high = 1, .divisor = 1};
    tp_frame_draw(scene, panel, kind->title, "", times);
    tp_frame_note(scene, panel, kind->absent);
}

/* Is it drawn unless the caller chooses? */
static bool is_default(const struct tp_panel_kind *kind, bool detail)
{
    return kind->use == TP_PANEL_USUAL || kind->use == TP_PANEL_PACKETS ||
           (detail && kind->in_detail);
}

struct tp_picture_needs tp_picture_needs(const char *panels, bool detail)
{
    struct tp_picture_needs needs = {.metrics = ALWAYS};
    const struct tp_panel_kind *kind;
    size_t i, length;

    for (i = 0; !panels && i < tp_panel_kind_count; i++)
        if (is_default(&tp_panel_kinds[i], detail)) {
            needs.metrics |= tp_panel_kinds[i].metrics;
            needs.marks |= tp_panel_kinds[i].marks ? TP_PLOT_MARKS : 0;
        }
    for (; panels; panels = panels[length] ? panels + length + 1 : NULL) {
        length = strcspn(panels, ",");
        kind = tp_panel_find(panels, length, NULL);
        needs.metrics |= kind ? kind->metrics : 0;
        needs.marks |= kind && kind->marks ? TP_PLOT_MARKS : 0;
    }
    return needs;
}

static void unknown_panel(const char *name, size_t length, struct tp_error *error)
{
    char known[160] = "";
    size_t i, used;

    for (i = 0; i < tp_panel_kind_count; i++) {
        used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", tp_panel_kinds[i].name);
    }
    tp_error_set(error, TP_ERR_USAGE, "unknown panel '%.*s': there are %s",
                 (int)(length < 40 ? length : 40), name, known);
}

const struct tp_panel_kind *tp_panel_find(const char *name, size_t length, struct tp_error *error)
{
    size_t i;

    for (i = 0; i < tp_panel_kind_count; i++)
        if (strlen(tp_panel_kinds[i].name) == length &&
            memcmp(tp_panel_kinds[i].name, name, length) == 0)
            return &tp_panel_kinds[i];
    unknown_panel(name, length, error);
    return NULL;
}

bool tp_panel_list(size_t index, struct tp_panel_info *info)
{
    if (index >= tp_panel_kind_count)
        return false;
    *info = (struct tp_panel_info){tp_panel_kinds[index].name, tp_panel_kinds[index].help,
                                   is_default(&tp_panel_kinds[index], false)};
    return true;
}
