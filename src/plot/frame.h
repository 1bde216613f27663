/* frame.h: what surrounds the curves: titles, grids, labels at their ends, header and footer. */
#ifndef TCPPROBE_PLOT_FRAME_H
#define TCPPROBE_PLOT_FRAME_H

#include "plot/scene.h"

/* --- panels --------------------------------------------------------------------------------- */

/* The value axis from 0 to `high` (a little above it), with as many ticks as there is room for; or
 * as the caller of the library asks for it. */
void tp_frame_value_axis(struct tp_scene *scene, struct tp_panel *panel, double high);
/* The unit (static) of the value axis: "Mbit/s" for an axis whose numbers are divided by 1e6; with
 * `note` behind a comma if not NULL. */
void tp_frame_unit(struct tp_panel *panel, const char *unit, const char *note, char *buf,
                   size_t size);
/* Title above the panel; grid and ticks of its axes; with `times` the numbers of the time axis. */
void tp_frame_draw(struct tp_scene *scene, const struct tp_panel *panel, const char *title,
                   const char *unit, bool times);
/* The same with numbers at the lower axis, which is one of values, and its title below. */
void tp_frame_draw_over(struct tp_scene *scene, const struct tp_panel *panel, const char *title,
                        const char *unit, const char *below);
/* A colour and what it stands for. */
struct tp_key {
    const char *what, *text; /* static */
    struct tp_ink ink;
    bool dots; /* it is the colour of dots */
};

/* Keys on the title's line, at its right end; those for which there is no room are left out. Right
 * after tp_frame_draw(). */
void tp_frame_keys(struct tp_scene *scene, const struct tp_panel *panel, const struct tp_key *keys,
                   size_t count);
/* The keys of the bands that were drawn; returns how many, at most TP_BAND_KEYS. */
#define TP_BAND_KEYS 6
size_t tp_frame_bands(const struct tp_scene *scene, struct tp_key *keys);
/* Of a panel with a row for each flow: left of the row what tells the flow from the others, and right
 * of it its name, which on paper stands elsewhere. */
void tp_frame_row_key(struct tp_scene *scene, const struct tp_panel *panel,
                      const struct tp_scene_flow *flow, double middle_px);
void tp_frame_row_name(struct tp_scene *scene, const struct tp_panel *panel,
                       const struct tp_scene_flow *flow, double middle_px);
/* A sentence in the middle of an empty panel. */
void tp_frame_note(struct tp_scene *scene, const struct tp_panel *panel, const char *text);
/* Recovery, loss and CWR of one flow behind its curves. */
void tp_frame_states(struct tp_scene *scene, const struct tp_panel *panel,
                     const struct tp_scene_flow *flow);
/* Where events were lost; with `words` how many. */
void tp_frame_gaps(struct tp_scene *scene, const struct tp_panel *panel, bool words);
/* A dotted line at a value. */
void tp_frame_level(struct tp_scene *scene, const struct tp_panel *panel, const char *what,
                    double value, uint32_t rgb);

/* --- labels at the ends of curves ----------------------------------------------------------- */

#define TP_END_LABELS_MAX TP_PLOT_COMPARED

struct tp_end_label {
    double at_px; /* where the curve ends */
    double y_px;  /* where the label goes; see tp_end_labels_place() */
    uint32_t rgb;
    char name[TP_NAME_SIZE];
    char detail[64]; /* "" if there is none */
};

/* Moves the labels apart until each has height_px, as little as possible (least squares), within
 * top_px..bottom_px as far as there is room; sorts them by place. */
void tp_end_labels_place(struct tp_end_label *labels, size_t count, double height_px, double top_px,
                         double bottom_px);
void tp_end_labels_draw(struct tp_scene *scene, const struct tp_panel *panel,
                        struct tp_end_label *labels, size_t count);

/* --- page ----------------------------------------------------------------------------------- */

/* A growing line of facts: "12.0 s · 27.9 MB acked · ...". */
struct tp_facts {
    char text[512];
    double width_px; /* facts that do not fit go to a new line ('\n') */
    double used_px;
};

void tp_facts_add(struct tp_facts *facts, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* How clocks were brought together: "" if there was no need. */
const char *tp_frame_aligned(const struct tp_scene *scene);
#define TP_ALIGNED_PX 16 /* room that it takes above the footer */

/* Draws title and facts; returns the y below them. */
double tp_frame_header(struct tp_scene *scene, double left_px, const char *title,
                       const struct tp_facts *facts);
/* Keys of the bands that were drawn (left), program, source and start (right); above them how the
 * clocks of kernel events and packets were brought together, where they were. */
void tp_frame_footer(struct tp_scene *scene, double left_px, double right_px);

#endif
