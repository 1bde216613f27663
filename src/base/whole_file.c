/* whole_file.c: written beside its place, then renamed. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/whole_file.h"

int whole_file_append(int fd, const char *bytes, size_t length)
{
    ssize_t written;

    while (length > 0) {
        written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return written < 0 ? errno : EIO;
        bytes += written;
        length -= (size_t)written;
    }
    return 0;
}

static int write_and_close(int fd, const char *bytes, size_t length)
{
    int failed = whole_file_append(fd, bytes, length);

    if (close(fd) != 0 && !failed)
        failed = errno;
    return failed;
}

/* Writes to a name of our own in the same directory, then takes the real one. */
static int replace(const char *path, const char *bytes, size_t length)
{
    const char *slash = strrchr(path, '/');
    char *temporary;
    int fd, failed;

    if (asprintf(&temporary, "%.*s.tcpprobe-%ld.tmp", slash ? (int)(slash + 1 - path) : 0, path,
                 (long)getpid()) < 0)
        return ENOMEM;
    fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) {
        failed = errno;
        free(temporary);
        return failed;
    }
    failed = write_and_close(fd, bytes, length);
    if (!failed && rename(temporary, path) != 0)
        failed = errno;
    if (failed)
        unlink(temporary);
    free(temporary);
    return failed;
}

static int write_device(const char *path, const char *bytes, size_t length)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    return fd < 0 ? errno : write_and_close(fd, bytes, length);
}

int whole_file_write(const char *path, const char *bytes, size_t length)
{
    sigset_t all, before;
    struct stat status;
    char *real = NULL;
    int failed;

    if (strcmp(path, "-") == 0)
        return whole_file_append(STDOUT_FILENO, bytes, length);
    if (stat(path, &status) == 0) {
        if (S_ISDIR(status.st_mode))
            return EISDIR;
        if (!S_ISREG(status.st_mode))
            return write_device(path, bytes, length);
        real = realpath(path, NULL);
    }
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    failed = replace(real ? real : path, bytes, length);
    sigprocmask(SIG_SETMASK, &before, NULL);
    free(real);
    return failed;
}
