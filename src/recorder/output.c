/* output.c: plain descriptors. A write to a pipe or a terminal is preceded by poll() and is no
 * longer than what then fits for sure (PIPE_BUF), so that it never blocks and signals are seen. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/visible.h"
#include "recorder/claim.h"
#include "recorder/ending.h"
#include "recorder/output.h"

#define PATIENCE_MS 100 /* between two looks at give_up() */
#define OPEN_FLAGS  (O_WRONLY | O_CLOEXEC | O_NOCTTY)

static int examine(struct output *output, struct tp_error *error)
{
    struct stat status;

    if (fstat(output->fd, &status) < 0)
        return tp_error_sys(error, errno, "cannot write %s", output->name);
    output->is_regular = S_ISREG(status.st_mode);
    output->is_terminal = isatty(output->fd) == 1;
    output->bytes = 0;
    output->start = 0;
    if (!output->is_ours && output->is_regular) {
        /* ">>": writes go to the end wherever the position is. */
        if (fcntl(output->fd, F_GETFL) & O_APPEND)
            output->start = status.st_size;
        else
            output->start = lseek(output->fd, 0, SEEK_CUR);
    }
    return TP_OK;
}

/* Is it a pipe that has a name and nobody to read it? Opening would wait for one. */
static bool lacks_reader(const char *path, int sys_errno)
{
    struct stat status;

    return sys_errno == ENXIO && stat(path, &status) == 0 && S_ISFIFO(status.st_mode);
}

static int open_existing(struct output *output, const char *path, struct tp_error *error)
{
    while ((output->fd = open(path, OPEN_FLAGS | O_NONBLOCK)) < 0) {
        if (!lacks_reader(path, errno))
            return tp_error_sys(error, errno, "cannot write %s", path);
        if (output->give_up && output->give_up(output->context))
            return tp_error_set(error, TP_ERR_STOPPED, "nobody reads %s", path);
        poll(NULL, 0, PATIENCE_MS);
    }
    fcntl(output->fd, F_SETFL, 0); /* waiting is what poll() is for */
    return TP_OK;
}

int output_check(const char *path, enum tp_recorder_existing existing, struct tp_error *error)
{
    struct stat status;

    if (existing != TP_EXISTING_REFUSED || stat(path, &status) < 0 || !S_ISREG(status.st_mode) ||
        status.st_size == 0)
        return TP_OK;
    return tp_error_set(error, TP_ERR_USAGE,
                        "%s is there already: --force replaces it, --no-clear appends to a log",
                        path);
}

/* What a file holds that is there already. */
static int take_over(struct output *output, enum tp_recorder_existing existing,
                     struct tp_error *error)
{
    off_t end;
    int rc;

    if (output->is_new || !output->is_regular || existing == TP_EXISTING_REPLACED)
        return TP_OK;
    if (existing == TP_EXISTING_REFUSED)
        return output_check(output->name, existing, error);
    rc = ending_check(output->name, error);
    end = lseek(output->fd, 0, SEEK_END);
    if (rc == TP_OK && end < 0)
        rc = tp_error_sys(error, errno, "cannot write %s", output->name);
    output->start = end;
    return rc;
}

int output_open(struct output *output, const char *path, enum tp_recorder_existing existing,
                struct tp_error *error)
{
    int rc = TP_OK;

    output->name = strdup(path);
    if (!output->name)
        return tp_error_nomem(error);
    output->is_ours = true;
    output->fd = open(path, OPEN_FLAGS | O_CREAT | O_EXCL, 0666);
    output->is_new = output->fd >= 0;
    if (output->fd < 0 && errno == EEXIST)
        rc = open_existing(output, path, error);
    else if (output->fd < 0)
        rc = tp_error_sys(error, errno, "cannot write %s", path);
    if (rc == TP_OK)
        rc = examine(output, error);
    if (rc == TP_OK && output->is_regular && !claim(output->fd))
        rc = tp_error_set(error, TP_ERR_USAGE, "another process is recording to %s", path);
    if (rc == TP_OK)
        rc = take_over(output, existing, error);
    if (rc < 0)
        output_discard(output);
    return rc;
}

int output_adopt(struct output *output, int fd, const char *name, struct tp_error *error)
{
    int flags = fcntl(fd, F_GETFL), rc;

    output->is_ours = output->is_new = false;
    output->name = strdup(name);
    if (!output->name)
        return tp_error_nomem(error);
    output->fd = fd;
    if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY)
        rc = tp_error_sys(error, EBADF, "cannot write %s", name);
    else
        rc = examine(output, error);
    if (rc < 0)
        output_discard(output);
    return rc;
}

int output_begin(struct output *output, struct tp_error *error)
{
    if (output->is_ours && output->is_regular && ftruncate(output->fd, output->start) < 0)
        return tp_error_sys(error, errno, "cannot empty %s", output->name);
    return TP_OK;
}

/* Waits until a few bytes can be written without blocking. */
static int wait_for_room(const struct output *output, struct tp_error *error)
{
    struct pollfd poll_fd = {.fd = output->fd, .events = POLLOUT};
    int rc;

    for (;;) {
        rc = poll(&poll_fd, 1, PATIENCE_MS);
        if (rc < 0 && errno != EINTR)
            return tp_error_sys(error, errno, "cannot write %s", output->name);
        if (rc > 0 && (poll_fd.revents & POLLERR))
            return tp_error_sys(error, EPIPE, "cannot write %s", output->name);
        if (rc > 0)
            return TP_OK;
        if (output->give_up && output->give_up(output->context))
            return tp_error_set(error, TP_ERR_STOPPED, "nobody reads %s", output->name);
    }
}

static int put(struct output *output, const char *next, size_t length, struct tp_error *error)
{
    ssize_t written;
    size_t most;
    int rc;

    while (length > 0) {
        rc = output->is_regular ? TP_OK : wait_for_room(output, error);
        if (rc < 0)
            return rc;
        most = !output->is_regular && length > PIPE_BUF ? PIPE_BUF : length;
        written = write(output->fd, next, most);
        if (written < 0 && errno != EINTR && errno != EAGAIN)
            return tp_error_sys(error, errno, "cannot write %s", output->name);
        if (written <= 0)
            continue;
        next += written;
        length -= (size_t)written;
        output->bytes += (uint64_t)written;
    }
    return TP_OK;
}

int output_write(struct output *output, const void *bytes, size_t length, struct tp_error *error)
{
    const char *next = bytes, *end = next + length;
    char shown[PIPE_BUF];
    int rc = TP_OK;

    if (!output->is_terminal)
        return put(output, bytes, length, error);
    while (next < end && rc == TP_OK)
        rc = put(output, shown, visible_text(&next, end, "\n\t", shown, sizeof shown), error);
    return rc;
}

bool output_has_reader(const struct output *output)
{
    struct pollfd poll_fd = {.fd = output->fd};

    return output->is_regular || poll(&poll_fd, 1, 0) <= 0 || !(poll_fd.revents & POLLERR);
}

bool output_cut(struct output *output, uint64_t bytes)
{
    struct stat status;
    off_t end = (off_t)(output->start + (int64_t)bytes);

    if (!output->is_regular || fstat(output->fd, &status) < 0 ||
        status.st_size != (off_t)(output->start + (int64_t)output->bytes) ||
        ftruncate(output->fd, end) < 0 || lseek(output->fd, end, SEEK_SET) < 0)
        return false;
    output->bytes = bytes;
    return true;
}

int output_close(struct output *output, struct tp_error *error)
{
    int rc = TP_OK;

    if (output->fd >= 0 && output->is_ours && close(output->fd) < 0 && errno != EINTR)
        rc = tp_error_sys(error, errno, "cannot write %s", output->name);
    output->fd = -1;
    free(output->name);
    output->name = NULL;
    return rc;
}

void output_discard(struct output *output)
{
    if (output->fd >= 0 && output->is_new)
        unlink(output->name);
    output_close(output, NULL);
}
