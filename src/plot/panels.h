/* panels.h: the panels that a figure can have. To add one: its functions, and a row in panels.c. */
#ifndef TP_PLOT_PANELS_H
#define TP_PLOT_PANELS_H

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

extern const struct tp_panel_kind tp_panel_kinds[];
extern const size_t tp_panel_kind_count;

/* NULL with an error that lists the panels there are. */
const struct tp_panel_kind *tp_panel_find(const char *name, size_t length, struct tp_error *error);

bool tp_cwnd_has(const struct tp_scene *scene, const struct tp_scene_flow *flow);
void tp_cwnd_draw(struct tp_scene *scene, struct tp_panel *panel, bool times);
void tp_cwnd_compare(struct tp_scene *scene, struct tp_panel *panel, bool times);

bool tp_rtt_has(const struct tp_scene *scene, const struct tp_scene_flow *flow);
void tp_rtt_draw(struct tp_scene *scene, struct tp_panel *panel, bool times);
void tp_rtt_compare(struct tp_scene *scene, struct tp_panel *panel, bool times);

bool tp_rate_has(const struct tp_scene *scene, const struct tp_scene_flow *flow);
void tp_rate_draw(struct tp_scene *scene, struct tp_panel *panel, bool times);
void tp_rate_compare(struct tp_scene *scene, struct tp_panel *panel, bool times);

bool tp_retransmits_has(const struct tp_scene *scene, const struct tp_scene_flow *flow);
void tp_retransmits_draw(struct tp_scene *scene, struct tp_panel *panel, bool times);
void tp_retransmits_compare(struct tp_scene *scene, struct tp_panel *panel, bool times);

bool tp_windows_has(const struct tp_scene *scene, const struct tp_scene_flow *flow);
void tp_windows_draw(struct tp_scene *scene, struct tp_panel *panel, bool times);
void tp_windows_compare(struct tp_scene *scene, struct tp_panel *panel, bool times);

bool tp_inflight_has(const struct tp_scene *scene, const struct tp_scene_flow *flow);
void tp_inflight_draw(struct tp_scene *scene, struct tp_panel *panel, bool times);
void tp_inflight_compare(struct tp_scene *scene, struct tp_panel *panel, bool times);

bool tp_limits_has(const struct tp_scene *scene, const struct tp_scene_flow *flow);
void tp_limits_draw(struct tp_scene *scene, struct tp_panel *panel, bool times);
void tp_limits_compare(struct tp_scene *scene, struct tp_panel *panel, bool times);

bool tp_tsg_has(const struct tp_scene *scene, const struct tp_scene_flow *flow);
void tp_tsg_draw(struct tp_scene *scene, struct tp_panel *panel, bool times);
void tp_tsg_compare(struct tp_scene *scene, struct tp_panel *panel, bool times);

/* --- shared by the panels' files ------------------------------------------------------------ */

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
/* Frame of a panel in which nothing could be drawn. */
void tp_panel_absent(struct tp_scene *scene, struct tp_panel *panel, bool times,
                     const struct tp_panel_kind *kind);

#endif
