/* event_filter.c: gives an event its kernel filter, and does not believe that it did.
 *
 * A filter that a kernel cannot take leaves the event without any, and write() may succeed all the
 * same or fail with a position for errno (a missing quote is ESRCH). What counts is what the file
 * says afterwards: the filter as it was written, "none", or the kernel's complaint:
 *
 *     sport == 80 ||| dport == 80
 *                 ^
 *     parse_error: Invalid operator
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "recorder/event_set.h"

#define FILE_BYTES_MAX (2 * TP_KERNEL_FILTER_MAX) /* the filter, a caret below it, a sentence */

/* Kernels take what one write() brings. Returns its errno. */
static int write_text(int fd, const char *text)
{
    size_t length = strlen(text);
    ssize_t n = write(fd, text, length);

    if (n < 0)
        return errno;
    return (size_t)n == length ? 0 : EIO;
}

/* The whole file, without its last newline, NUL-terminated. Returns errno. */
static int read_text(int fd, char buf[FILE_BYTES_MAX + 1])
{
    size_t length = 0;
    ssize_t n;

    while ((n = pread(fd, buf + length, FILE_BYTES_MAX - length, (off_t)length)) > 0)
        length += (size_t)n;
    buf[length] = '\0';
    if (length && buf[length - 1] == '\n')
        buf[length - 1] = '\0';
    return n < 0 ? errno : 0;
}

static int complain(const struct event *event, int written, const char *said,
                    struct tp_error *error)
{
    static const char mark[] = "parse_error: ";
    const char *name = event->format.event.name, *sentence = strstr(said, mark);

    if (sentence)
        return tp_error_set(error, TP_ERR_IO, "the kernel does not take the filter of %s: %.*s",
                            name, (int)strcspn(sentence + sizeof mark - 1, "\n"),
                            sentence + sizeof mark - 1);
    if (written)
        return tp_error_sys(error, written, "cannot write the filter of %s", name);
    return tp_error_set(error, TP_ERR_IO, "the filter of %s is not what was written", name);
}

/* Written, read back, and the same? */
static int apply(const struct event *event, int fd, struct tp_error *error)
{
    const char *text = event->filter[0] ? event->filter : "0"; /* 0 removes a filter */
    int written = write_text(fd, text), rc = 0, failed;
    char *said = malloc(FILE_BYTES_MAX + 1);

    if (!said)
        return tp_error_nomem(error);
    failed = read_text(fd, said);
    if (failed)
        rc = tp_error_sys(error, failed, "cannot read back the filter of %s",
                          event->format.event.name);
    else if (written ||
             (strcmp(said, text) != 0 && (event->filter[0] || strcmp(said, "none") != 0)))
        rc = complain(event, written, said, error);
    free(said);
    return rc;
}

int event_apply_filter(const struct event *event, const char *instance, struct tp_error *error)
{
    const struct tp_kernel_event *kernel = &event->format.event;
    char path[4096];
    int fd, rc;

    if (!event->filter)
        return tp_error_set(error, TP_ERR_USAGE, "%s can never match: it has no filter",
                            kernel->name);
    snprintf(path, sizeof path, "%s/events/%s/%s/filter", instance, kernel->system, kernel->name);
    fd = open(path, O_RDWR | O_TRUNC | O_CLOEXEC);
    if (fd < 0)
        rc = tp_error_sys(error, errno, "cannot open the filter of %s", kernel->name);
    else
        rc = apply(event, fd, error);
    if (rc)
        tp_error_at(error, path, 0, 0);
    if (fd >= 0)
        close(fd);
    return rc;
}
