/* fake_tracefs.h: a tracefs of ordinary files in a temporary folder, for tests that need no root.
 *
 * A test whose name ends in _fake is linked so that mkdirat() below `instances` also makes the
 * files of an instance, as the kernel does, that unlinkat() of an instance removes them, and that
 * openat() for writing is noted in fake.written.
 */
#ifndef TCPPROBE_FAKE_TRACEFS_H
#define TCPPROBE_FAKE_TRACEFS_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FAKE_CPUS 3

struct fake_file {
    const char *path, *text;
};

static const struct fake_file fake_instance_files[] = {
    {"tracing_on", "1\n"},
    {"free_buffer", ""},
    {"events/enable", "0\n"},
    {"per_cpu/cpu0/stats", "entries: 7\noverrun: 1\ncommit overrun: 2\nbytes: 1020\n"
                           "oldest event ts:   994.157921\nnow ts:  4643.546419\n"
                           "dropped events: 3\nread events: 18446744073709551615\n"},
    {"per_cpu/cpu2/stats", "entries: 0\noverrun: 0\ncommit overrun: 0\nbytes: 0\n"
                           "oldest event ts:     0.000000\nnow ts:  4643.546419\n"
                           "dropped events: 0\nread events: 5\n"},
    {"per_cpu/cpu10/stats", "entries: 0\n"},
    {"options/disable_on_free", "0\n"},
    {"options/overwrite", "0\n"},
    {"options/context-info", "0\n"},
    {"options/irq-info", "0\n"},
    {"options/latency-format", "1\n"},
    {"options/verbose", "1\n"},
    {"options/stacktrace", "1\n"},
    {"options/hash-ptr", "0\n"},
    {"trace_clock", "[local] global counter uptime perf mono mono_raw boot tai x86-tsc\n"},
    {"buffer_size_kb", "1410\n"},
    {"buffer_total_size_kb", "24576\n"},
    {"error_log", "[ 1056.637] event filter parse error: error: Too many terms\n"
                  "  Command: saddr == 1.2.3.4\n             ^\n"
                  "[ 1057.001] event filter parse error: error: Field not found\n"
                  "  Command: [ 1] nosuch\n             ^\n"},
    {"events/tcp/tcp_probe/enable", "0\n"},
    {"events/tcp/tcp_probe/filter", "none\n"},
    {"events/sock/inet_sock_set_state/enable", "0\n"},
    {"events/sock/inet_sock_set_state/filter", "none\n"},
};

#define FAKE_INSTANCE_FILES (sizeof fake_instance_files / sizeof *fake_instance_files)

/* Of the world around: the kernel's files, and what /proc and /sys say of it. */
static const struct fake_file fake_files[] = {
    {"sys/kernel/tracing/trace_pipe", ""},
    {"sys/kernel/tracing/tracing_on", "1\n"},
    {"sys/kernel/tracing/events/enable", "0\n"},
    {"sys/kernel/tracing/events/header_page", "\tfield: u64 timestamp;\n"},
    {"sys/kernel/tracing/events/tcp/tcp_probe/format", "name: tcp_probe\nID: 1\nformat:\n"},
    {"sys/kernel/security/lockdown", "[none] integrity confidentiality\n"},
    {"proc/meminfo", "MemTotal:        8000000 kB\nMemAvailable:    2400000 kB\n"},
    {"proc/filesystems", "nodev\tsysfs\nnodev\ttracefs\n\text4\n"},
    {"proc/self/mounts", "proc /proc proc rw 0 0\n"},
    {"proc/sys/kernel/osrelease", "6.1.0-fake\n"},
};

static struct {
    char folder[64];        /* the world's, "/tmp/tcpprobe-XXXXXX" */
    char sys[80], proc[80]; /* what goes into struct places */
    const char *missing;    /* a file of fake_instance_files that this kernel lacks */
    const char *clocks;     /* instead of the text of trace_clock */
    int mkdir_errno;        /* that makes mkdirat() fail */
    char written[64][48];   /* paths that were opened for writing, in this process */
    size_t written_count;
} fake;

int __real_mkdirat(int parent, const char *name, mode_t mode);
int __wrap_mkdirat(int parent, const char *name, mode_t mode);
int __real_unlinkat(int parent, const char *name, int flags);
int __wrap_unlinkat(int parent, const char *name, int flags);
int __real_openat(int parent, const char *name, int flags, ...);
int __wrap_openat(int parent, const char *name, int flags, ...);

/* With the folders on the way. */
static inline void fake_write(const char *folder, const char *path, const char *text)
{
    char full[512], *slash;
    FILE *file;

    snprintf(full, sizeof full, "%s/%s", folder, path);
    for (slash = strchr(full + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(full, 0755);
        *slash = '/';
    }
    file = fopen(full, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        abort();
}

static inline int fake_remove_one(const char *path, const struct stat *stat, int type,
                                  struct FTW *level)
{
    (void)stat;
    (void)type;
    (void)level;
    return remove(path);
}

static inline void fake_remove(const char *path)
{
    nftw(path, fake_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The path of an open folder. */
static inline void fake_path(int fd, const char *name, char *buf, size_t size)
{
    char link[32];
    ssize_t length;

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, buf, size - 1);
    buf[length > 0 ? length : 0] = '\0';
    snprintf(buf + strlen(buf), size - strlen(buf), "/%s", name);
}

int __wrap_mkdirat(int parent, const char *name, mode_t mode)
{
    char path[256];

    if (fake.mkdir_errno) {
        errno = fake.mkdir_errno;
        return -1;
    }
    if (__real_mkdirat(parent, name, mode) != 0)
        return -1;
    fake_path(parent, name, path, sizeof path);
    for (size_t i = 0; i < FAKE_INSTANCE_FILES; i++) {
        const struct fake_file *file = &fake_instance_files[i];

        if (fake.missing && strcmp(file->path, fake.missing) == 0)
            continue;
        fake_write(path, file->path,
                   fake.clocks && strcmp(file->path, "trace_clock") == 0 ? fake.clocks
                                                                         : file->text);
    }
    return 0;
}

int __wrap_unlinkat(int parent, const char *name, int flags)
{
    char path[256];

    fake_path(parent, name, path, sizeof path);
    if (strstr(path, "/instances/tcpprobe-"))
        fake_remove(path);
    return __real_unlinkat(parent, name, flags) == 0 || errno == ENOENT ? 0 : -1;
}

int __wrap_openat(int parent, const char *name, int flags, ...)
{
    if (flags & O_WRONLY && fake.written_count < sizeof fake.written / sizeof *fake.written)
        snprintf(fake.written[fake.written_count++], sizeof *fake.written, "%s", name);
    return __real_openat(parent, name, flags, 0600);
}

/* A whole world; every test begins and ends with its own. */
static inline void fake_begin(void)
{
    memset(&fake, 0, sizeof fake);
    strcpy(fake.folder, "/tmp/tcpprobe-fake-XXXXXX");
    if (!mkdtemp(fake.folder))
        abort();
    snprintf(fake.sys, sizeof fake.sys, "%s/sys", fake.folder);
    snprintf(fake.proc, sizeof fake.proc, "%s/proc", fake.folder);
    for (size_t i = 0; i < sizeof fake_files / sizeof *fake_files; i++)
        fake_write(fake.folder, fake_files[i].path, fake_files[i].text);
    fake_write(fake.folder, "sys/kernel/tracing/instances/.keep", "");
}

static inline void fake_end(void)
{
    fake_remove(fake.folder);
}

/* Instances that are there. */
static inline size_t fake_instances(void)
{
    char path[128];
    struct dirent *entry;
    size_t count = 0;
    DIR *folder;

    snprintf(path, sizeof path, "%s/kernel/tracing/instances", fake.sys);
    folder = opendir(path);
    while (folder && (entry = readdir(folder)))
        count += entry->d_name[0] != '.';
    if (folder)
        closedir(folder);
    return count;
}

#endif
