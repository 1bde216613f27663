/* sandbox.h: a folder of its own for each call of the program, with the call's files and copies of
 * some of tests/data that it may name: @log, @pcap, @pcapng, @runs.json, @more.json, @sockets,
 * @tracefs.
 *
 * The program works in that folder, and no word of it leads out: see sandbox_word(). So what is
 * read has an end, and what is written is gone afterwards.
 */
#ifndef TCPPROBE_TESTS_SANDBOX_H
#define TCPPROBE_TESTS_SANDBOX_H

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "call.h"

static const struct sandbox_seed {
    const char *name, *path;
} sandbox_seeds[] = {
    {"@log", "tests/data/short.log"},
    {"@pcap", "tests/data/cases/mptcp-dupacks.pcap.gz"},
    {"@pcapng", "tests/data/cases/mptcp-dupacks.pcapng.gz"},
    {"@runs.json", "tests/data/compare/reno.json"},
    {"@more.json", "tests/data/compare/half-buffer.json"},
    {"@sockets", "tests/data/host/sockets.nl"},
    {"@tracefs", "tests/data/tracefs/6.1/events"},
};

#define SANDBOX_SEEDS (sizeof sandbox_seeds / sizeof *sandbox_seeds)

static struct {
    char path[64];
    int fd, home_fd; /* the folder, and the one the test was started in */
} sandbox;

static inline void sandbox_must(bool holds, const char *what)
{
    if (holds)
        return;
    perror(what);
    abort();
}

static inline void sandbox_remove(void)
{
    rmdir(sandbox.path);
}

/* Called once; tests/data is found from where the test was started. */
static inline void sandbox_make(void)
{
    const char *folder = getenv("TMPDIR");

    if (!folder)
        folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(sandbox.path, sizeof sandbox.path, "%.40s/tcpprobe-fuzz-XXXXXX", folder);
    sandbox_must(mkdtemp(sandbox.path) != NULL, "mkdtemp");
    sandbox.fd = open(sandbox.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    sandbox.home_fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    sandbox_must(sandbox.fd >= 0 && sandbox.home_fd >= 0, "open");
    atexit(sandbox_remove);
}

static inline void sandbox_write(const char *name, const char *bytes, size_t length)
{
    size_t suffix = strlen(name);
    bool packed = suffix > 3 && strcmp(name + suffix - 3, ".gz") == 0;
    int fd = openat(sandbox.fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    gzFile file = fd < 0 ? NULL : gzdopen(fd, packed ? "wb1" : "wbT");

    if (!file) /* a name that no file can have */
        return;
    sandbox_must(!length || gzwrite(file, bytes, (unsigned)length) == (int)length, "gzwrite");
    gzclose(file);
}

/* As a tracefs looks to who only asks for its events. */
static inline void sandbox_make_tracefs(const char *events)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "/proc/self/fd/%d/%s", sandbox.home_fd, events);
    sandbox_must(mkdirat(sandbox.fd, "@tracefs", 0700) == 0 &&
                     mkdirat(sandbox.fd, "@tracefs/instances", 0700) == 0 &&
                     symlinkat(path, sandbox.fd, "@tracefs/events") == 0,
                 "@tracefs");
}

static inline void sandbox_copy(const struct sandbox_seed *seed)
{
    int fd = openat(sandbox.home_fd, seed->path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    char *bytes;

    sandbox_must(fd >= 0 && fstat(fd, &status) == 0, seed->path);
    if (S_ISDIR(status.st_mode)) {
        sandbox_make_tracefs(seed->path);
    } else {
        bytes = malloc((size_t)status.st_size);
        sandbox_must(bytes && read(fd, bytes, (size_t)status.st_size) == status.st_size, "read");
        sandbox_write(seed->name, bytes, (size_t)status.st_size);
        free(bytes);
    }
    close(fd);
}

/* A path of any word could lead to a device that has no end, or to somebody's file. A slash stays
 * where it stands in a number (10.0.0.0/8) or in the name of an event (tcp/tcp_probe): there it
 * cannot be the first byte of a path. */
static inline void sandbox_word(char *word)
{
    for (char *slash = word; (slash = strchr(slash, '/')); slash++) {
        bool number =
            slash > word && strchr("0123456789:", slash[-1]) && slash[1] >= '0' && slash[1] <= '9';
        bool event = slash >= word + 3 && strncmp(slash - 3, "tcp/", 4) == 0 && slash[1] == 't';

        if (!number && !event)
            *slash = '_';
    }
}

static inline bool sandbox_is_named(const struct call *call, const char *name)
{
    for (size_t i = 0; i < call->word_count; i++)
        if (memmem(call->words[i].at, call->words[i].length, name, strlen(name)))
            return true;
    return false;
}

/* Makes the files, and works there from now on. */
static inline void sandbox_enter(const struct call *call)
{
    char name[NAME_MAX + 1]; /* @ is for those above */

    if (!sandbox.path[0])
        sandbox_make();
    for (size_t i = 0; i < SANDBOX_SEEDS; i++)
        if (sandbox_is_named(call, sandbox_seeds[i].name))
            sandbox_copy(&sandbox_seeds[i]);
    for (size_t i = 0; i < call->file_count; i++) {
        snprintf(name, sizeof name, "%.*s", (int)call->files[i].name.length,
                 call->files[i].name.at);
        sandbox_word(name);
        if (name[0] != '@')
            sandbox_write(name, call->files[i].held.at, call->files[i].held.length);
    }
    sandbox_must(fchdir(sandbox.fd) == 0, "fchdir");
}

static inline uint64_t sandbox_mix(uint64_t digest, const void *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        digest = (digest ^ ((const uint8_t *)bytes)[i]) * UINT64_C(0x100000001b3);
    return digest;
}

/* A file, or what sandbox_make_tracefs() made. */
static inline int sandbox_unlink(const char *name)
{
    if (strcmp(name, "@tracefs") != 0)
        return unlinkat(sandbox.fd, name, 0);
    unlinkat(sandbox.fd, "@tracefs/events", 0);
    unlinkat(sandbox.fd, "@tracefs/instances", AT_REMOVEDIR);
    return unlinkat(sandbox.fd, name, AT_REMOVEDIR);
}

/* Of a file's name and bytes. */
static inline uint64_t sandbox_digest(const char *name)
{
    uint64_t digest = sandbox_mix(UINT64_C(0xcbf29ce484222325), name, strlen(name));
    int fd = openat(sandbox.fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    char bytes[4096];
    ssize_t length;

    while (fd >= 0 && (length = read(fd, bytes, sizeof bytes)) > 0)
        digest = sandbox_mix(digest, bytes, (size_t)length);
    if (fd >= 0)
        close(fd);
    return digest;
}

/* Back home; the folder is empty again. Returns one number for all that was in it, in whatever
 * order. */
static inline uint64_t sandbox_leave(void)
{
    DIR *folder = opendir(".");
    struct dirent *entry;
    uint64_t digest = 0;

    sandbox_must(folder != NULL, "opendir");
    while ((entry = readdir(folder)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            digest += sandbox_digest(entry->d_name);
            sandbox_must(sandbox_unlink(entry->d_name) == 0, entry->d_name);
        }
    closedir(folder);
    sandbox_must(fchdir(sandbox.home_fd) == 0, "fchdir");
    return digest;
}

#endif
