/* font.h: whether a font is installed. Only for the drawing process (see canvas.h). */
#ifndef TCPPROBE_PLOT_FONT_H
#define TCPPROBE_PLOT_FONT_H

#include <stdbool.h>

/* Is there a font of that family, or one that this machine is set up to take for it (Times: Nimbus
 * Roman)? False, too, where memory ends. */
bool tp_font_is_installed(const char *family);

#endif
