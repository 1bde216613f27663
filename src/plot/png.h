/* png.h: pixels become a PNG. */
#ifndef TCPPROBE_PLOT_PNG_H
#define TCPPROBE_PLOT_PNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* pixels: width * height * 3 bytes, red green blue, rows from top to bottom. The PNG goes to
 * *bytes; free() it. false if out of memory. */
bool tp_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, char **bytes,
                   size_t *length);

#endif
