/* writer.h: a log or a capture on disk: plain or gzipped, whole or in parts.
 *
 * Every part is a log of its own, with head and tail. What was synced can be read whatever happens
 * later; plain text is synced at each writer_tick(), gzipped text once a second. If the disk is
 * full, what cannot be kept is cut off, so that the log ends with a whole line, and the tail is
 * written if it still fits.
 */
#ifndef TCPPROBE_RECORDER_WRITER_H
#define TCPPROBE_RECORDER_WRITER_H

#include <stdbool.h>
#include <stdio.h>

#include <tcpprobe/recorder.h>

#define WRITER_SYNC_NS   INT64_C(1000000000)
#define WRITER_PART_MIN  (16 * 1024) /* bytes: below it, parts would be all head and tail */
#define WRITER_PARTS_MAX 100000

struct writer;

struct writer_options {
    const char *path; /* of the log; NULL: fd. With parts, "t.log.gz" becomes t-0001.log.gz ... */
    int fd;           /* used where path is NULL; neither closed nor removed */
    bool gzip;
    uint64_t part_bytes; /* a new part once there are so many on disk; 0: no limit */
    int64_t part_ns;     /* a new part after so long; 0: no limit */
    unsigned part_first; /* the number that the first part's name has; 0: 1 */
    unsigned parts_max;  /* beside the one that is written: when one begins, that which is so many
                            and  one before it is removed, whoever wrote it; 0: no limit */
    enum tp_recorder_existing
        existing; /* of the log; parts take the place of what has their name */
    /* What stands before and behind the lines of each part (part: 1, 2 ... of this run); in a log
     * whole lines beginning with '#'. A negative return ends the writing with its error. */
    int (*head)(void *context, unsigned part, FILE *out, struct tp_error *error);
    int (*tail)(void *context, unsigned part, FILE *out, struct tp_error *error);
    bool (*give_up)(void *context); /* asked while a reader does not read; may be NULL */
    void *context;
};

/* Opens the log, or its first part, but loses nothing of an older file yet. On success the caller
 * ends with writer_free(). The texts of the options must live as long as the writer. */
int writer_open(struct writer **writer, const struct writer_options *options,
                struct tp_error *error);

/* Empties the file and writes the head. now_ns: of any clock that never goes back. */
int writer_begin(struct writer *writer, int64_t now_ns, struct tp_error *error);

/* Adds whole lines (or packets) that tell of so many events. */
int writer_add(struct writer *writer, const char *lines, size_t length, uint64_t events,
               struct tp_error *error);

/* To be called many times a second: syncs, begins the next part when it is time, and notices that
 * the reader of a pipe went away (TP_ERR_IO, sys_errno EPIPE). */
int writer_tick(struct writer *writer, int64_t now_ns, struct tp_error *error);

/* Writes the tail and closes; after a failure, saves what can be saved. The error is the first one
 * of the writer, also when it was reported before. */
int writer_end(struct writer *writer, struct tp_error *error);

/* A writer that never began removes the file that it made. NULL is fine. */
void writer_free(struct writer *writer);

/* Events in all parts that were written, the removed ones included. Those that a full disk did not
 * take are left out once writer_end() was called; the tail is asked for after that. */
uint64_t writer_events(const struct writer *writer);
/* The same of the part that is written now. */
uint64_t writer_part_events(const struct writer *writer);
uint64_t writer_dropped(const struct writer *writer); /* those that a full disk did not take */
uint64_t writer_bytes(const struct writer *writer);   /* on disk, in all parts */
unsigned writer_parts(const struct writer *writer);
const char *writer_name(const struct writer *writer); /* of the part that is written now */

/* The name of a part: "t.log.gz", 7 gives "t-0007.log.gz". NULL if out of memory. */
char *writer_part_path(const char *path, unsigned part);

#endif
