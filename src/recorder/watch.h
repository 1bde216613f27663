/* watch.h: does anybody else use our instance?
 *
 * Whoever is root can. What was switched off or changed, whoever did it (the kernel itself stops
 * tracing when it dies, for one), is missing in the recording and in no counter of lost events: so
 * the files that say how the recording goes are compared, each second and at its end, with what
 * they said when it began.
 */
#ifndef TCPPROBE_RECORDER_WATCH_H
#define TCPPROBE_RECORDER_WATCH_H

#include "recorder/instance.h"

struct watched;

struct watch {
    struct watched *files;
    size_t count;
};

/* Opens the files, for which root is needed, and remembers what they say. events: "tcp/tcp_probe",
 * those that are enabled. After an error, too, the caller closes it; zeroed before. */
int watch_open(struct watch *watch, const struct instance *instance, const char *const *events,
               size_t event_count, struct tp_error *error);

/* The next file that no longer says what it said, "events/tcp/tcp_probe/enable"; NULL if there is
 * none, or each was told. What comes back to what it was can be told again. The text lives until
 * watch_close(). */
const char *watch_look(struct watch *watch);

void watch_close(struct watch *watch); /* a zeroed one is fine; before instance_remove() */

#endif
