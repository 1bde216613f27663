/* terminal.h: a terminal that shows one frame after another and gives keys; the only file that
 * writes sequences for terminals (ECMA-48, and xterm's for the second screen and for whole
 * updates).
 *
 * What was there before comes back when it is left: the screen, the cursor, how keys are read. That
 * is done on every way out but SIGKILL; Ctrl-Z leaves it, too, and comes back when the shell says
 * so.
 */
#ifndef TCPPROBE_CLI_TERMINAL_H
#define TCPPROBE_CLI_TERMINAL_H

#include <stdbool.h>
#include <termios.h>

#include "cli/frame.h"

struct terminal {
    int in, out;
    bool has_keys;         /* in is a terminal */
    struct termios before; /* how it was */
    bool entered;
};

bool terminal_is_one(int fd);
void terminal_enter(struct terminal *terminal, int in, int out);
void terminal_leave(struct terminal *terminal);
/* Columns and lines, 80 and 24 where it does not say. */
void terminal_size(const struct terminal *terminal, unsigned *width, unsigned *height);
void terminal_show(const struct terminal *terminal, const struct frame *frame);
/* Was its size changed, or did it come back from Ctrl-Z, since the last call? */
bool terminal_changed(struct terminal *terminal);
/* Reads keys into text; their bytes, 0 where there are none, -1 at the end of input. */
int terminal_keys(struct terminal *terminal, char *text, unsigned size);

#endif
