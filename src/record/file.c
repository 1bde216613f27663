/* file.c: plain descriptors. A write to a pipe or a terminal is preceded by poll() and is no longer
 * than what then fits for sure (PIPE_BUF), so that it never blocks and signals are seen. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/file.h"

#define PATIENCE_MS 100 /* between two looks at give_up() */

static int examine(struct file *file, struct tp_error *error)
{
    struct stat status;

    if (fstat(file->fd, &status) < 0)
        return tp_error_sys(error, errno, "cannot write %s", file->name);
    file->is_regular = S_ISREG(status.st_mode);
    file->bytes = 0;
    file->start = 0;
    if (!file->is_ours && file->is_regular) {
        /* ">>": writes go to the end wherever the position is. */
        if (fcntl(file->fd, F_GETFL) & O_APPEND)
            file->start = status.st_size;
        else
            file->start = lseek(file->fd, 0, SEEK_CUR);
    }
    return TP_OK;
}

int file_open(struct file *file, const char *path, struct tp_error *error)
{
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY;

    file->name = strdup(path);
    if (!file->name)
        return tp_error_nomem(error);
    file->is_ours = true;
    file->fd = open(path, flags | O_EXCL, 0666);
    file->is_new = file->fd >= 0;
    if (file->fd < 0 && errno == EEXIST)
        file->fd = open(path, flags, 0666);
    if (file->fd < 0)
        tp_error_sys(error, errno, "cannot write %s", path);
    else if (examine(file, error) == TP_OK)
        return TP_OK;
    file_discard(file);
    return TP_ERR_IO;
}

int file_adopt(struct file *file, int fd, const char *name, struct tp_error *error)
{
    int flags = fcntl(fd, F_GETFL), rc;

    file->is_ours = file->is_new = false;
    file->name = strdup(name);
    if (!file->name)
        return tp_error_nomem(error);
    file->fd = fd;
    if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY)
        rc = tp_error_sys(error, EBADF, "cannot write %s", name);
    else
        rc = examine(file, error);
    if (rc < 0)
        file_discard(file);
    return rc;
}

int file_begin(struct file *file, struct tp_error *error)
{
    if (file->is_ours && file->is_regular && ftruncate(file->fd, 0) < 0)
        return tp_error_sys(error, errno, "cannot empty %s", file->name);
    return TP_OK;
}

/* Waits until a few bytes can be written without blocking. */
static int wait_for_room(const struct file *file, struct tp_error *error)
{
    struct pollfd poll_fd = {.fd = file->fd, .events = POLLOUT};
    int rc;

    for (;;) {
        rc = poll(&poll_fd, 1, PATIENCE_MS);
        if (rc < 0 && errno != EINTR)
            return tp_error_sys(error, errno, "cannot write %s", file->name);
        if (rc > 0 && (poll_fd.revents & POLLERR))
            return tp_error_sys(error, EPIPE, "cannot write %s", file->name);
        if (rc > 0)
            return TP_OK;
        if (file->give_up && file->give_up(file->context))
            return tp_error_set(error, TP_ERR_STOPPED, "nobody reads %s", file->name);
    }
}

int file_write(struct file *file, const void *bytes, size_t length, struct tp_error *error)
{
    const char *next = bytes;
    ssize_t written;
    size_t most;
    int rc;

    while (length > 0) {
        rc = file->is_regular ? TP_OK : wait_for_room(file, error);
        if (rc < 0)
            return rc;
        most = !file->is_regular && length > PIPE_BUF ? PIPE_BUF : length;
        written = write(file->fd, next, most);
        if (written < 0 && errno != EINTR && errno != EAGAIN)
            return tp_error_sys(error, errno, "cannot write %s", file->name);
        if (written <= 0)
            continue;
        next += written;
        length -= (size_t)written;
        file->bytes += (uint64_t)written;
    }
    return TP_OK;
}

bool file_has_reader(const struct file *file)
{
    struct pollfd poll_fd = {.fd = file->fd};

    return file->is_regular || poll(&poll_fd, 1, 0) <= 0 || !(poll_fd.revents & POLLERR);
}

bool file_cut(struct file *file, uint64_t bytes)
{
    struct stat status;
    off_t end = (off_t)(file->start + (int64_t)bytes);

    if (!file->is_regular || fstat(file->fd, &status) < 0 ||
        status.st_size != (off_t)(file->start + (int64_t)file->bytes) ||
        ftruncate(file->fd, end) < 0 || lseek(file->fd, end, SEEK_SET) < 0)
        return false;
    file->bytes = bytes;
    return true;
}

int file_close(struct file *file, struct tp_error *error)
{
    int rc = TP_OK;

    if (file->fd >= 0 && file->is_ours && close(file->fd) < 0 && errno != EINTR)
        rc = tp_error_sys(error, errno, "cannot write %s", file->name);
    file->fd = -1;
    free(file->name);
    file->name = NULL;
    return rc;
}

void file_discard(struct file *file)
{
    if (file->fd >= 0 && file->is_new)
        unlink(file->name);
    file_close(file, NULL);
}
