/* legend.h: what the curves of a picture for paper are, in rows above its panels. */
#ifndef TCPPROBE_PLOT_LEGEND_H
#define TCPPROBE_PLOT_LEGEND_H

#include "plot/style.h"

#define TP_LEGEND_MAX    32
#define TP_LEGEND_ROW_PX 15
#define TP_LEGEND_TEXT   96

struct tp_legend_item {
    char text[TP_LEGEND_TEXT];
    struct tp_ink ink;
    bool patch;     /* a filled box, else a line */
    bool dots;      /* a dot */
    float width_px; /* of the line */
    float dash_px[4];
    const struct tp_look *look; /* with its sign; may be NULL */
};

struct tp_legend {
    struct tp_legend_item items[TP_LEGEND_MAX];
    size_t count;
};

/* Unless there is one of that text. */
void tp_legend_add(struct tp_legend *legend, const struct tp_legend_item *item);
/* How many rows it takes in so much room; 0 if it is empty. */
size_t tp_legend_rows(const struct tp_legend *legend, double width_px);
/* Draws it from the top and empties it. */
void tp_legend_draw(struct tp_legend *legend, struct tp_sketch *sketch, double left_px,
                    double right_px, double top_px);

#endif
