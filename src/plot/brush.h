/* brush.h: the marks and captions of a picture on an open page of PLplot (see canvas.h). */
#ifndef TCPPROBE_PLOT_BRUSH_H
#define TCPPROBE_PLOT_BRUSH_H

#include "plot/canvas.h"

struct tp_brush {
    const struct tp_picture *picture;
    const struct tp_medium *medium;
    const char *device; /* of PLplot */
    double scale;       /* what PLplot takes for a pixel, for each pixel of the page */
    bool is_svg;        /* the driver without cairo: text sizes differ, widths are unknown */
    bool outline;       /* letters are shapes where they could be text */
    double size_px;     /* of the font that is set */
    int bold;           /* -1: none is set */
    double text_end_px; /* where the last caption ended */
};

enum tp_canvas_exit tp_brush_mark(const struct tp_brush *brush, const struct tp_mark *mark);

/* In the order of the picture. continued: another follows, which starts where this one ends. */
enum tp_canvas_exit tp_brush_caption(struct tp_brush *brush, const struct tp_caption *caption,
                                     bool continued);

#endif
