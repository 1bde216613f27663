/* instance_files.c: the files of an instance: read and written while we are root, or held open for
 * the time after that.
 *
 * Source: kernel/trace/trace.c (tracing_stats_read, tracing_free_buffer_release, err_log). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "recorder/file.h"
#include "recorder/instance_files.h"

void instance_close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* --- files ------------------------------------------------------------------------------------ */

int instance_open(const struct instance *instance, const char *path, int flags,
                  struct tp_error *error)
{
    int fd = openat(instance->fd, path, flags | O_CLOEXEC);

    return fd >= 0 ? fd : tp_error_sys(error, errno, "cannot open %s/%s", instance->path, path);
}

char *instance_read(const struct instance *instance, const char *path, struct tp_error *error)
{
    char *text = file_read_at(instance->fd, path, NULL);

    if (!text)
        tp_error_sys(error, errno, "cannot read %s/%s", instance->path, path);
    return text;
}

int instance_write(const struct instance *instance, const char *path, const char *text,
                   struct tp_error *error)
{
    if (file_write_at(instance->fd, path, text))
        return 0;
    return tp_error_sys(error, errno, "cannot write \"%s\" to %s/%s", text, instance->path, path);
}

size_t instance_complaint(const struct instance *instance, char *buf, size_t size)
{
    char *text = file_read_at(instance->fd, "error_log", NULL), *line, *rest = text, *newest = NULL;
    int length;

    /* "[ 1056.637] event filter parse error: error: Field not found", then two lines of detail */
    while ((line = strsep(&rest, "\n")))
        if (*line == '[' && (line = strstr(line, "] ")))
            newest = line + 2;
    length = snprintf(buf, size, "%s", newest ? newest : "");
    free(text);
    return (size_t)length < size ? (size_t)length : size - 1;
}

/* --- what is held open ------------------------------------------------------------------------ */

static int is_cpu(const struct dirent *entry)
{
    unsigned cpu;
    int end = 0;

    return sscanf(entry->d_name, "cpu%u%n", &cpu, &end) == 1 && !entry->d_name[end];
}

static int hold_stats(struct instance *instance, const char *cpu, struct tp_error *error)
{
    char path[300];
    size_t index = instance->cpu_count;

    snprintf(path, sizeof path, "per_cpu/%s/stats", cpu);
    instance->stats_fds[index] = instance_open(instance, path, O_RDONLY, error);
    if (instance->stats_fds[index] < 0)
        return instance->stats_fds[index];
    instance->cpus[index] = (unsigned)strtoul(cpu + 3, NULL, 10);
    instance->cpu_count++;
    return 0;
}

static int hold_cpus(struct instance *instance, struct tp_error *error)
{
    struct dirent **entries = NULL;
    int found = scandirat(instance->fd, "per_cpu", &entries, is_cpu, versionsort), rc = 0;

    if (found < 0)
        return tp_error_sys(error, errno, "cannot read %s/per_cpu", instance->path);
    instance->cpus = calloc((size_t)found + 1, sizeof *instance->cpus);
    instance->stats_fds = calloc((size_t)found + 1, sizeof *instance->stats_fds);
    if (!instance->cpus || !instance->stats_fds)
        rc = tp_error_nomem(error);
    else if (found == 0)
        rc = tp_error_set(error, TP_ERR_UNSUPPORTED, "%s/per_cpu has no CPU", instance->path);
    for (int i = 0; i < found; i++) {
        if (rc == 0)
            rc = hold_stats(instance, entries[i]->d_name, error);
        free(entries[i]);
    }
    free(entries);
    return rc;
}

int instance_hold_files(struct instance *instance, struct tp_error *error)
{
    const struct {
        const char *path;
        int *fd;
    } files[] = {
        /* Its release, by whatever end of the process, stops tracing and frees the buffer. */
        {"free_buffer", &instance->free_buffer_fd},
        {"tracing_on", &instance->tracing_on_fd},
        {"events/enable", &instance->enable_fd},
    };

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        *files[i].fd = instance_open(instance, files[i].path, O_WRONLY, error);
        if (*files[i].fd < 0)
            return *files[i].fd;
    }
    return hold_cpus(instance, error);
}

void instance_let_files_go(struct instance *instance)
{
    for (size_t i = 0; i < instance->cpu_count; i++)
        instance_close_fd(&instance->stats_fds[i]);
    instance_close_fd(&instance->enable_fd);
    instance_close_fd(&instance->tracing_on_fd);
    instance_close_fd(&instance->free_buffer_fd);
}

/* --- counters --------------------------------------------------------------------------------- */

/* Finds "name: number" at the beginning of a line. */
static bool read_counter(const char *text, const char *name, uint64_t *counter)
{
    size_t length = strlen(name);

    for (; text; text = strchr(text, '\n')) {
        text += *text == '\n';
        if (strncmp(text, name, length) == 0 && strncmp(text + length, ": ", 2) == 0)
            return sscanf(text + length + 2, "%" SCNu64, counter) == 1;
    }
    return false;
}

int instance_stats(const struct instance *instance, size_t index, struct cpu_stats *stats,
                   struct tp_error *error)
{
    const struct {
        const char *name;
        uint64_t *counter;
    } rows[] = {
        {"entries", &stats->entries},
        {"overrun", &stats->overrun},
        {"bytes", &stats->bytes},
        {"commit overrun", &stats->commit_overrun},
        {"dropped events", &stats->dropped},
        {"read events", &stats->read},
    };
    char text[1024];
    ssize_t length = pread(instance->stats_fds[index], text, sizeof text - 1, 0);

    if (length < 0)
        return tp_error_sys(error, errno, "cannot read the counters of CPU %u",
                            instance->cpus[index]);
    text[length] = '\0';
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!read_counter(text, rows[i].name, rows[i].counter))
            return tp_error_set(error, TP_ERR_FORMAT, "the counters of CPU %u lack \"%s\"",
                                instance->cpus[index], rows[i].name);
    return 0;
}
