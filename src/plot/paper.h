/* paper.h: what stands around the curves of a picture for paper: titles of axes, and a legend where
 * a screen has labels at the ends of curves. */
#ifndef TCPPROBE_PLOT_PAPER_H
#define TCPPROBE_PLOT_PAPER_H

#include "plot/frame.h"

/* Room around the panels, in page pixels. */
#define TP_PAPER_LEFT_PX  58
#define TP_PAPER_RIGHT_PX 14
#define TP_PAPER_TOP_PX   4
#define TP_PAPER_BELOW_PX 40 /* numbers and title of the axis of time */
#define TP_PAPER_GAP_PX   14 /* between panels, beside legends */

/* Lines of both axes and their titles: of the unit what stands before a comma. title and unit are
 * left aside where the caller of the library has a title of its own. */
void tp_paper_axes(struct tp_scene *scene, const struct tp_panel *panel, const char *title,
                   const char *unit);
/* Title of the axis of time. */
void tp_paper_time(struct tp_scene *scene, const struct tp_panel *panel);
/* Title of the lower axis. */
void tp_paper_below(struct tp_scene *scene, const struct tp_panel *panel, const char *text);
/* To the scene's legend: curves by their labels, keys, and the bands that were drawn. */
void tp_paper_labels(struct tp_scene *scene, const struct tp_end_label *labels, size_t count);
void tp_paper_keys(struct tp_scene *scene, const struct tp_key *keys, size_t count);
void tp_paper_bands(struct tp_scene *scene);
/* The one that the caller asks for; there is none otherwise. */
void tp_paper_title(struct tp_scene *scene);
#define TP_PAPER_TITLE_PX 20 /* room that it takes */
/* The names of the flows that are compared. */
void tp_paper_flows(struct tp_scene *scene);
/* The sample of a flow in the place of a number of the value axis. */
void tp_paper_row(struct tp_scene *scene, const struct tp_scene_flow *flow, double right_px,
                  double middle_px);

#endif
