/* drawing.h: the part that knows PLplot and cairo, a file of its own (draw.so).
 *
 * Machines that record draw nothing: the program and the library do without these two and the
 * thirty libraries behind them. The process that draws loads the part (see render.c), and nobody
 * else does. A program that is linked with drawing_part.c and canvas.c has it already: tests are,
 * which let its allocations fail. */
#ifndef TCPPROBE_PLOT_DRAWING_H
#define TCPPROBE_PLOT_DRAWING_H

#include <limits.h>

#include "plot/canvas.h"

struct tp_drawing {
    const char
        *version; /* TP_VERSION of what it was built with: pictures of others look otherwise */
    enum tp_canvas_exit (*draw)(const struct tp_picture *picture, const struct tp_medium *medium,
                                double scale, bool outline, int message_fd, char **bytes,
                                size_t *length); /* tp_canvas_draw() */
};

/* What the part exports, and all that it exports. */
#define TP_DRAWING_SYMBOL "tp_drawing_part"
extern const struct tp_drawing tp_drawing_part __attribute__((weak, visibility("default")));

/* Whether the part is there to be loaded, and where: beside the program or shared library that this
 * code is in, or in the lib/tcpprobe of where that is installed, or of /usr/local or /usr. path is
 * empty where the part is linked in. */
bool tp_drawing_find(char path[PATH_MAX]);

/* Loads it; it stays. NULL: why holds a sentence. The working directory does not matter. */
const struct tp_drawing *tp_drawing_load(char *why, size_t size);

#endif
