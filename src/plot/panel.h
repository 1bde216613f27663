/* panel.h: what a panel is, one descriptor each, and what their files share.
 *
 * To add one: a file panel_NAME.c with its descriptor, the line for it below, and a line in the
 * list of panels.c. It is then in --panels, the help and the manual page (scripts/man-figures
 * --write).
 */
#ifndef TCPPROBE_PLOT_PANEL_H
#define TCPPROBE_PLOT_PANEL_H

#include "plot/bundle.h"
#include "plot/frame.h"

/* When a panel that has something to show is drawn unless the caller chooses. */
enum tp_panel_use {
    TP_PANEL_CHOSEN, /* never; where no sender was traced or captured, always */
    TP_PANEL_USUAL,
    TP_PANEL_PACKETS, /* where packets were captured */
    TP_PANEL_DETAIL   /* in a detail view of packets */
};

struct tp_panel_kind {
    const char *name;
    const char
        *quantity; /* whose axis a caller may choose: a metric's name, or the panel's; NULL: none */
    const char *help;
    enum tp_panel_use use;
    bool in_detail;   /* one of the few in a detail view of packets */
    bool marks;       /* it draws single packets */
    uint64_t metrics; /* 1 << metric of the series that it draws */
    const char *title;
    double height_px, compared_px; /* with one flow, with several */
    double row_px;                 /* and at least so much for each of several */
    bool (*has)(const struct tp_scene *scene, const struct tp_scene_flow *flow);
    const char *absent; /* said in place of curves where no flow has anything */
    /* Set the panel's y axis, draw frame and curves; times: it is the lowest panel. */
    void (*draw)(struct tp_scene *scene, struct tp_panel *panel, bool times);
    void (*draw_compared)(struct tp_scene *scene, struct tp_panel *panel, bool times);
};

extern const struct tp_panel_kind tp_tsg_panel, tp_cwnd_panel, tp_inflight_panel, tp_rtt_panel,
    tp_rate_panel, tp_retransmits_panel, tp_limits_panel, tp_account_panel, tp_windows_panel,
    tp_pacing_panel, tp_rto_panel, tp_queues_panel, tp_memory_panel;

/* --- shared by the panels' files -------------------------------------------------------------- */

#define TP_CURVE_PX    1.6
#define TP_COMPARED_PX 1.5

/* One curve for each flow, steps or smooth, with its last value as the label. */
struct tp_curves {
    const char *what;
    const char *title, *unit, *note;
    double factor;
    bool in_mss; /* the factor is the flow's MSS instead */
    bool smooth;
    enum tp_metric_id metric;
    enum tp_metric_id instead; /* of a flow that lacks it; 0: nothing */
};

void tp_curves_compare(struct tp_scene *scene, struct tp_panel *panel, bool times,
                       const struct tp_curves *curves);

/* Appends a label for the end of a track unless it is empty; detail NULL: its last value. */
void tp_label_end(const struct tp_panel *panel, const struct tp_track *track, const char *name,
                  uint32_t rgb, const char *unit, struct tp_end_label *labels, size_t *count);
/* A value with as many decimals as all others of its panel: of the axis' prefix, unless there would
 * be nothing left of it. */
void tp_label_value(const struct tp_panel *panel, double value, const char *unit, char *buf,
                    size_t size);
/* Labels where the medians of groups end. */
void tp_label_groups(struct tp_scene *scene, const struct tp_panel *panel,
                     const struct tp_bundle *bundle, const char *unit);
/* Frame of a panel in which nothing could be drawn. */
void tp_panel_absent(struct tp_scene *scene, struct tp_panel *panel, bool times,
                     const struct tp_panel_kind *kind);

#endif
