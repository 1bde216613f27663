/* medium.h: the formats that a picture can be drawn in. */
#ifndef TCPPROBE_PLOT_MEDIUM_H
#define TCPPROBE_PLOT_MEDIUM_H

#include <stdbool.h>
#include <stddef.h>

#define TP_CSS_PX_PT 0.75 /* a pixel of CSS is 1/96 inch */

/* Who makes the bytes. */
enum tp_maker {
    TP_MAKER_PIXELS, /* we, from an image that PLplot draws in memory */
    TP_MAKER_DRIVER, /* a driver of PLplot */
    TP_MAKER_PDF,    /* cairo, which PLplot draws on (see surface.h) */
    TP_MAKER_EPS
};

struct tp_medium {
    const char *name;
    enum tp_maker maker;
    const char *devices[3]; /* of PLplot, the better first; NULL ends them */
    double scale;           /* device pixels, or points, for each of CSS unless asked for */
    double paper_scale;     /* the same of a picture for paper; 0: no other */
    bool translucent;       /* inks may cover only in part */
    bool text_or_outline;   /* both can be had of letters */
    const char *head;       /* what a file begins and ends with */
    size_t head_length;
    const char *tail;
    size_t tail_length;
};

/* By name, or, if that is NULL, by the end of a path: PNG where it has none. NULL if there is no
 * such format. */
const struct tp_medium *tp_medium_find(const char *path, const char *name);

/* "png, svg, pdf or eps" */
#define TP_MEDIA_NAMES "png, svg, pdf or eps"

#endif
