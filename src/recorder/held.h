/* held.h: lines about sockets that wait until the kernel's events of the time before are written.
 *
 * Events come a moment after they happened, as the pump reads them by a timer and holds the newest
 * back (pump.h). A line that was made here may therefore be younger than events that are still to
 * come: it waits until one comes that is younger, or until two drains have begun after it, by when
 * all that is older was there. */
#ifndef TCPPROBE_RECORDER_HELD_H
#define TCPPROBE_RECORDER_HELD_H

#include <stddef.h>
#include <stdint.h>

#include <tcpprobe/error.h>

struct held_lines {
    char *bytes; /* of each line its struct held_line, then its text */
    size_t begin, end, allocated;
    int64_t drain_ns[2]; /* when the last two drains began, the older one first */
};

/* ts_ns does not fall from line to line; text is copied. */
int held_add(struct held_lines *held, int64_t ts_ns, const char *text, size_t length,
             struct tp_error *error);

typedef int held_sink(void *context, const char *text, size_t length, struct tp_error *error);

/* Gives those that are no younger; what sink returns, if it is negative, ends it. */
int held_give(struct held_lines *held, int64_t until_ns, held_sink *sink, void *context,
              struct tp_error *error);
/* After a drain that began then: gives what waited long enough. */
int held_drained(struct held_lines *held, int64_t began_ns, held_sink *sink, void *context,
                 struct tp_error *error);
void held_release(struct held_lines *held); /* a zeroed one is fine */

#endif
