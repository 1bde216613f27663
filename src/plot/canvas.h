/* canvas.h: a picture drawn by PLplot.
 *
 * Only for a process that does nothing else: PLplot keeps global state, prints, and ends the
 * process when it does not know how to go on. The canvas turns the latter into _exit() with one of
 * the codes below and a sentence on message_fd. */
#ifndef TCPPROBE_PLOT_CANVAS_H
#define TCPPROBE_PLOT_CANVAS_H

#include <tcpprobe/plot.h>

#include "plot/medium.h"

enum tp_canvas_exit {
    TP_CANVAS_FINE = 0,
    TP_CANVAS_NO_DEVICE = 65,
    TP_CANVAS_NO_MEMORY = 66,
    TP_CANVAS_FAILED = 67,  /* message_fd says why */
    TP_CANVAS_NO_PART = 68, /* as above: what draws could not be loaded (see drawing.h) */
    TP_CANVAS_NO_FONT = 69  /* of the name that the picture asks for */
};

/* Draws on the first of the medium's devices that PLplot has. scale: device pixels, or points, for
 * each pixel of the page. outline: letters are shapes where they could be text. On TP_CANVAS_FINE
 * *bytes holds the file's content; free() it. */
enum tp_canvas_exit tp_canvas_draw(const struct tp_picture *picture, const struct tp_medium *medium,
                                   double scale, bool outline, int message_fd, char **bytes,
                                   size_t *length);

#endif
