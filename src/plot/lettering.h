/* lettering.h: texts that may be drawn: valid, printable, and not wider than their place. */
#ifndef TCPPROBE_PLOT_LETTERING_H
#define TCPPROBE_PLOT_LETTERING_H

#include <stdbool.h>
#include <stddef.h>

/* How wide the text is at most, whichever of the fonts that we ask for is installed. */
double tp_text_width(const char *text, double size_px, bool bold);

/* A copy in which every byte that is not valid UTF-8 became U+FFFD and every control character a
 * space; free() it. NULL if out of memory. */
char *tp_text_clean(const char *text);

/* Shortens a text that tp_text_clean() made (there is room for ellipses) until it fits: IPv6
 * addresses in brackets in their middle, so that ports are not lost, then the text at its end. */
void tp_text_fit(char *text, double size_px, bool bold, double width_px);

/* Is it a name that may be told to who draws: short, of letters, digits, spaces and '-'? */
bool tp_font_name_is_fine(const char *name);

#endif
