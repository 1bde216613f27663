/* svg_text.h: the captions of a picture as text of an SVG, which can be searched, copied and set in
 * another font. cairo draws the outlines of their letters instead. */
#ifndef TCPPROBE_PLOT_SVG_TEXT_H
#define TCPPROBE_PLOT_SVG_TEXT_H

#include <stdio.h>

#include <tcpprobe/plot.h>

/* The fonts that are asked for, the best first: names only, as a list of CSS has them. */
#define TP_FONT_FAMILIES "Inter,Roboto,Open Sans,Liberation Sans,DejaVu Sans,sans-serif"

/* A group of <text> elements. One unit of the document is 1/scale of a page pixel. */
void tp_svg_text(FILE *out, const struct tp_picture *picture, double scale);

#endif
