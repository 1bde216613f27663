/* deny.c: a kernel that forbids single files, as SELinux, AppArmor and lockdown do: to be loaded
 * before the C library (LD_PRELOAD).
 *
 *     DENY_LOG=FILE       each file of tracefs that is opened, read, made and so on is added to
 * FILE: "open PATH" or "read PATH", the instance's name being INSTANCE DENY='open PATH'    that one
 * fails DENY_ERRNO=NUMBER   with this
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRACEFS  "/tracing"
#define INSTANCE "/instances/tcpprobe-"

/* The next definition of the function that is defined here. */
#define REAL(name, ...)                                                                            \
    __extension__({                                                                                \
        union {                                                                                    \
            void *found;                                                                           \
            __typeof__(&name) call;                                                                \
        } real_ = {.found = dlsym(RTLD_NEXT, #name)};                                              \
        real_.call(__VA_ARGS__);                                                                   \
    })

int open(const char *path, int flags, ...);
int openat(int folder, const char *path, int flags, ...);
FILE *fopen(const char *path, const char *mode);
DIR *opendir(const char *path);

static void note(const char *text)
{
    const char *log = getenv("DENY_LOG");
    int fd;

    if (!log)
        return;
    fd = REAL(open, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (fd >= 0)
        dprintf(fd, "%s\n", text);
    close(fd);
}

/* Writes "open PATH", PATH from the root of tracefs and without what differs from run to run. */
static bool describe(const char *verb, const char *full, char *text, size_t size)
{
    const char *path = strstr(full, TRACEFS), *instance, *rest;

    if (!path)
        return false;
    path += strlen(TRACEFS);
    instance = strstr(path, INSTANCE);
    rest = instance ? strchr(instance + strlen(INSTANCE), '/') : NULL;
    if (instance)
        snprintf(text, size, "%s INSTANCE%s", verb, rest ? rest : "");
    else
        snprintf(text, size, "%s %s", verb, *path ? path : "/");
    return true;
}

static bool is_denied(const char *verb, int folder, const char *path)
{
    const char *denied = getenv("DENY"), *number = getenv("DENY_ERRNO");
    char full[2 * PATH_MAX] = "", link[32], text[2 * PATH_MAX + 32];
    ssize_t length = 0;

    if (path[0] != '/' && folder >= 0) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        length = readlink(link, full, PATH_MAX - 1);
        length = length > 0 ? length : 0;
    }
    snprintf(full + length, sizeof full - (size_t)length, "%s%s", *path && length ? "/" : "", path);
    if (!describe(verb, full, text, sizeof text))
        return false;
    note(text);
    if (!denied || !number || strcmp(text, denied) != 0)
        return false;
    errno = atoi(number);
    return true;
}

static mode_t mode_of(int flags, va_list args)
{
    return flags & O_CREAT ? (mode_t)va_arg(args, int) : 0;
}

int open(const char *path, int flags, ...)
{
    va_list args;
    mode_t mode;

    va_start(args, flags);
    mode = mode_of(flags, args);
    va_end(args);
    return is_denied("open", -1, path) ? -1 : REAL(open, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    va_list args;
    mode_t mode;

    va_start(args, flags);
    mode = mode_of(flags, args);
    va_end(args);
    return is_denied("open", folder, path) ? -1 : REAL(openat, folder, path, flags, mode);
}

FILE *fopen(const char *path, const char *mode)
{
    return is_denied("open", -1, path) ? NULL : REAL(fopen, path, mode);
}

DIR *opendir(const char *path)
{
    return is_denied("open", -1, path) ? NULL : REAL(opendir, path);
}

int scandir(const char *path, struct dirent ***names, int (*select)(const struct dirent *),
            int (*compare)(const struct dirent **, const struct dirent **))
{
    return is_denied("open", -1, path) ? -1 : REAL(scandir, path, names, select, compare);
}

int scandirat(int folder, const char *path, struct dirent ***names,
              int (*select)(const struct dirent *),
              int (*compare)(const struct dirent **, const struct dirent **))
{
    return is_denied("open", folder, path) ? -1
                                           : REAL(scandirat, folder, path, names, select, compare);
}

int mkdirat(int folder, const char *path, mode_t mode)
{
    return is_denied("make", folder, path) ? -1 : REAL(mkdirat, folder, path, mode);
}

int unlinkat(int folder, const char *path, int flags)
{
    return is_denied("remove", folder, path) ? -1 : REAL(unlinkat, folder, path, flags);
}

int inotify_add_watch(int fd, const char *path, uint32_t mask)
{
    return is_denied("watch", -1, path) ? -1 : REAL(inotify_add_watch, fd, path, mask);
}

ssize_t read(int fd, void *bytes, size_t size)
{
    return is_denied("read", fd, "") ? -1 : REAL(read, fd, bytes, size);
}

ssize_t pread(int fd, void *bytes, size_t size, off_t offset)
{
    return is_denied("read", fd, "") ? -1 : REAL(pread, fd, bytes, size, offset);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    return is_denied("write", fd, "") ? -1 : REAL(write, fd, bytes, size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    return is_denied("write", fd, "") ? -1 : REAL(pwrite, fd, bytes, size, offset);
}
