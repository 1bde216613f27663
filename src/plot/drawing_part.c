/* drawing_part.c: what draw.so exports. */
#include <tcpprobe/version.h>

#include "plot/drawing.h"

const struct tp_drawing tp_drawing_part = {TP_VERSION, tp_canvas_draw};
