/* output.h: the file, pipe or terminal that a log goes to.
 *
 * Bytes are written at once, without a buffer of ours. Where the reader of a pipe does not read,
 * writing waits, but not beyond the moment when give_up() says so. Any task may call itself what it
 * likes: a terminal is shown the bytes of its name, a file or a pipe gets them.
 */
#ifndef TCPPROBE_RECORDER_OUTPUT_H
#define TCPPROBE_RECORDER_OUTPUT_H

#include <stdbool.h>

#include <tcpprobe/recorder.h>

struct output {
    int fd;           /* -1: none is open */
    char *name;       /* for messages, and to remove it */
    bool is_ours;     /* opened here: to be closed */
    bool is_new;      /* did not exist before */
    bool is_regular;  /* not a pipe, a terminal or a device */
    bool is_terminal; /* shows what it would obey: base/visible.h */
    int64_t start;    /* where a file that is not ours stood, or what was continued ended */
    uint64_t bytes;   /* written so far */
    bool (*give_up)(void *context); /* may be NULL */
    void *context;
};

/* Opens or creates path for writing; nothing of it is lost before output_begin(). Fill give_up and
 * context beforehand or not at all: a named pipe is waited for until it has a reader, or give_up()
 * says so (TP_ERR_STOPPED). A file to which another process records is refused (TP_ERR_USAGE). */
int output_open(struct output *output, const char *path, enum tp_recorder_existing existing,
                struct tp_error *error);
/* Whether it would be refused because of what it holds. */
int output_check(const char *path, enum tp_recorder_existing existing, struct tp_error *error);
/* A descriptor that somebody else opened and closes. TP_ERR_IO if it is closed. */
int output_adopt(struct output *output, int fd, const char *name, struct tp_error *error);

/* Empties a file that is ours and not continued; others are continued where they stand. */
int output_begin(struct output *output, struct tp_error *error);

/* Writes all of it or fails; sys_errno EPIPE says that the reader went away, TP_ERR_STOPPED that
 * give_up() said so. output->bytes is right also after an error. */
int output_write(struct output *output, const void *bytes, size_t length, struct tp_error *error);

/* Is the reader of a pipe still there? Files and devices always are. */
bool output_has_reader(const struct output *output);

/* Cuts off everything behind the first `bytes` bytes. False if that cannot be done: no regular
 * file, or somebody else wrote to it too. */
bool output_cut(struct output *output, uint64_t bytes);

/* Says what the operating system kept to the end, such as a quota. */
int output_close(struct output *output, struct tp_error *error);
/* Closes it and, if it was made by us, removes it. */
void output_discard(struct output *output);

#endif
