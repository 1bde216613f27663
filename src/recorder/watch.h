/* watch.h: does anybody else use our instance?
 *
 * Whoever is root can. What was switched off or changed, whoever did it (the kernel itself stops
 * tracing when it dies, for one), is missing in the recording and in no counter of lost events. So
 * each second, and at its end, two questions are asked:
 * - what was done to the instance's files since the last look: the kernel keeps note of each write
 *   to one of them, and of each opening of one that takes events out (inotify(7)), also of what was
 *   put back at once;
 * - do the files that say how the recording goes still say what they said when it began: so it is
 *   seen, too, what the kernel changed by itself, or what somebody did where it keeps no notes
 *   (each user may have only so many of them, see /proc/sys/fs/inotify).
 */
#ifndef TCPPROBE_RECORDER_WATCH_H
#define TCPPROBE_RECORDER_WATCH_H

#include "recorder/instance.h"

enum watch_kind {
    WATCH_CHANGED, /* it was written to, or says something else */
    WATCH_EMPTIED, /* writing to this file empties the buffer */
    WATCH_OPENED,  /* reading this file takes events out of the buffer */
    WATCH_UNREAD   /* what it says cannot be read any more */
};

struct watched;

struct watch {
    struct watched *files;
    size_t count;
    struct watch_notes *notes; /* NULL: the kernel keeps none */
    bool is_over;
};

/* Called for each file at most once a look; path is relative to the instance,
 * "events/tcp/tcp_probe/enable", and lives during the call. A negative return ends the look. */
typedef int watch_sink(void *context, enum watch_kind kind, const char *path,
                       struct tp_error *error);

/* Opens the files, for which root is needed, and remembers what they say. events: "tcp/tcp_probe",
 * those that are enabled. After an error, too, the caller closes it; zeroed before. */
int watch_open(struct watch *watch, const struct instance *instance, const char *const *events,
               size_t event_count, struct tp_error *error);

/* Tells what is new since the last look. A file that says something else is told once; when it has
 * come back to what it said it can be told again. Returns 0 or what the sink returned. */
int watch_look(struct watch *watch, watch_sink *sink, void *context, struct tp_error *error);

/* From now on tracing is stopped, by us: settings matter no longer. What is in the buffer does. */
void watch_stop(struct watch *watch);

void watch_close(struct watch *watch); /* a zeroed one is fine; before instance_remove() */

#endif
