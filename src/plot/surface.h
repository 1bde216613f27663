/* surface.h: a page of PDF or EPS that PLplot's driver extcairo draws on.
 *
 * PLplot's own drivers for these write the time into the file, so that the same picture never gives
 * the same bytes, and lay EPS on its side. Only for the drawing process (see canvas.h). */
#ifndef TCPPROBE_PLOT_SURFACE_H
#define TCPPROBE_PLOT_SURFACE_H

#include <tcpprobe/plot.h>

struct tp_surface;

enum tp_paper { TP_PAPER_PDF, TP_PAPER_EPS };

/* An empty page for the picture; one pixel of it is `scale` points (1/72 inch). NULL: out of
 * memory.
 */
struct tp_surface *tp_surface_open(enum tp_paper paper, const struct tp_picture *picture,
                                   double scale);

/* The cairo_t to draw with; it belongs to the surface. */
void *tp_surface_context(const struct tp_surface *surface);

/* Frees the surface. *bytes is the file; free() it. False if cairo failed on the way: then there is
 * none. */
bool tp_surface_close(struct tp_surface *surface, char **bytes, size_t *length);

#endif
