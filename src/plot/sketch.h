/* sketch.h: a picture while it is being laid out.
 *
 * Adding never fails in the caller's hands: when memory ends the sketch remembers it, later
 * additions do nothing, and tp_sketch_finish() says so.
 */
#ifndef TCPPROBE_PLOT_SKETCH_H
#define TCPPROBE_PLOT_SKETCH_H

#include <tcpprobe/plot.h>

#include "plot/theme.h"

struct tp_sketch {
    struct tp_picture *picture;
    const struct tp_theme *theme;
    size_t marks_allocated, captions_allocated, panels_allocated;
    int panel; /* that new marks belong to; -1: the page */
    int name;  /* that new marks have; -1: none */
    bool cut;  /* what is beyond that panel's top and bottom is cut off */
    bool failed;
};

/* Growing list of points. */
struct tp_path {
    struct tp_point *points;
    size_t count, allocated;
    bool failed;
};

void tp_path_add(struct tp_path *path, double x_px, double y_px);
void tp_path_lift(struct tp_path *path); /* the next point starts a new piece */
void tp_path_box(struct tp_path *path, double left, double top, double right, double bottom);
/* A filled circle, for a mark of polygons. */
void tp_path_disc(struct tp_path *path, double x_px, double y_px, double radius_px);
/* Leaves out points that do not change the look: repeated ones and those inside straight
 * horizontal or vertical runs. */
void tp_path_thin(struct tp_path *path);
/* Cuts off what is above top or below bottom: of a line, of closed shapes. */
void tp_path_cut_line(struct tp_path *path, double top_px, double bottom_px);
void tp_path_cut_shape(struct tp_path *path, double top_px, double bottom_px);
void tp_path_release(struct tp_path *path);

void tp_sketch_init(struct tp_sketch *sketch, const struct tp_theme *theme);
/* The picture, or NULL with an error; the sketch is used up. */
struct tp_picture *tp_sketch_finish(struct tp_sketch *sketch, struct tp_error *error);

/* A new panel; later marks belong to it. NULL if out of memory; the pointer lives until the next
 * panel is added. */
struct tp_panel *tp_sketch_panel(struct tp_sketch *sketch, const char *name, double left_px,
                                 double top_px, double right_px, double bottom_px);

/* Takes the points over. Marks without points are left out. The result may be NULL, and lives until
 * the next mark is added. */
struct tp_mark *tp_sketch_mark(struct tp_sketch *sketch, enum tp_mark_kind kind,
                               enum tp_shape shape, const char *what, struct tp_ink ink,
                               struct tp_path *path);
struct tp_mark *tp_sketch_line(struct tp_sketch *sketch, enum tp_mark_kind kind, const char *what,
                               uint32_t rgb, double width_px, struct tp_path *path);
void tp_sketch_box(struct tp_sketch *sketch, enum tp_mark_kind kind, const char *what,
                   struct tp_ink ink, double left, double top, double right, double bottom);
/* A horizontal or vertical line. */
struct tp_mark *tp_sketch_hairline(struct tp_sketch *sketch, enum tp_mark_kind kind, uint32_t rgb,
                                   double width_px, double x0, double y0, double x1, double y1);

/* Empty texts are left out. The result may be NULL and lives until the next one. */
struct tp_caption *tp_sketch_caption(struct tp_sketch *sketch, double x_px, double y_px,
                                     double size_px, uint32_t rgb, enum tp_anchor anchor, bool bold,
                                     const char *text);
/* Behind the one before it, gap_px away, on its line. */
void tp_sketch_follow(struct tp_sketch *sketch, double gap_px, double size_px, uint32_t rgb,
                      bool bold, const char *text);

#endif
