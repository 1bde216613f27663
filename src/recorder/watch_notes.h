/* watch_notes.h: what the kernel notes of an instance's files; for watch.c only. */
#ifndef TCPPROBE_RECORDER_WATCH_NOTES_H
#define TCPPROBE_RECORDER_WATCH_NOTES_H

#include "recorder/watch.h"

struct watch_notes;

/* Of every file in the instance's folders that matter; the files must be held open where the kernel
 * makes them anew for each who opens them (events/). NULL if it keeps no notes, or memory is short:
 * no error. */
struct watch_notes *watch_notes_open(const struct instance *instance, const char *const *events,
                                     size_t event_count);

/* Takes the notes since the last time, each file and kind once. */
void watch_notes_take(struct watch_notes *notes);

/* The next one of those that were taken; false at the end. */
bool watch_notes_next(struct watch_notes *notes, enum watch_kind *kind, const char **path);

/* Is a file whose path ends so, in whole names, among those that were taken as changed? */
bool watch_notes_have(const struct watch_notes *notes, const char *end);

void watch_notes_close(struct watch_notes *notes); /* NULL is fine */

#endif
