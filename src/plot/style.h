/* style.h: how a page is made up for where it is read, and what tells curves apart without colours.
 *
 * On a screen a picture explains itself: title, statistics, footer, labels at the ends of curves.
 * On paper the text around it does, in another place and in black; the unit of the page is a share
 * of the size of its letters, so that everything on it grows with them.
 */
#ifndef TCPPROBE_PLOT_STYLE_H
#define TCPPROBE_PLOT_STYLE_H

#include "plot/sketch.h"

struct tp_style {
    const char *name;
    const char *theme; /* unless another is asked for */
    bool paper;
    double px_pt;    /* points of a page pixel where letters have their usual size */
    double width_mm; /* unless another is asked for; 0: in pixels */
};

/* NULL name: the screen; NULL if there is none of that name. */
const struct tp_style *tp_style_find(const char *name);

/* The unit of the page: points of one of its pixels. */
double tp_style_px_pt(const struct tp_style *style, double font_pt);

/* --- looks of curves -------------------------------------------------------------------------- */

#define TP_LOOKS TP_THEME_SERIES

/* How a curve looks beside its colour. */
struct tp_look {
    float dash_px[4];
    unsigned corners; /* of its signs: 3, 4, or many for a disc */
    double turn;      /* of the first corner from the right, in turns */
    bool hollow;
};

/* There are TP_LOOKS of them; beyond the last they begin anew. */
const struct tp_look *tp_look(size_t index);

/* One of its signs, as polygon or, closed, as line. */
void tp_look_sign(const struct tp_look *look, double x_px, double y_px, struct tp_path *path);

/* A curve of that look (NULL: a plain line) on the sketch's panel, with signs at equal distances;
 * those of the same share 0..1 lie below each other. The path is taken over. */
void tp_look_curve(struct tp_sketch *sketch, const struct tp_look *look, double share,
                   const char *what, uint32_t rgb, double width_px, struct tp_path *path);

#endif
