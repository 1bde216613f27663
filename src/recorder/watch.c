/* watch.c: a few small files, held open for when root was given up. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tcpprobe/filter.h>

#include "recorder/watch.h"

#define TEXT_BYTES (TP_KERNEL_FILTER_MAX + 2) /* of the longest: a filter and its newline */

struct watched {
    char *path; /* in the instance */
    char *text; /* what it said */
    int fd;
    bool told;
};

static char *read_text(int fd)
{
    char *text = calloc(1, TEXT_BYTES + 1);

    if (text && pread(fd, text, TEXT_BYTES, 0) >= 0)
        return text;
    free(text);
    return NULL;
}

static int hold(struct watch *watch, const struct instance *instance, const char *path,
                struct tp_error *error)
{
    struct watched *file = &watch->files[watch->count];

    file->fd = instance_open(instance, path, O_RDONLY, error);
    if (file->fd < 0)
        return file->fd;
    watch->count++;
    file->path = strdup(path);
    file->text = read_text(file->fd);
    return file->path && file->text ? TP_OK : tp_error_nomem(error);
}

int watch_open(struct watch *watch, const struct instance *instance, const char *const *events,
               size_t event_count, struct tp_error *error)
{
    static const char *const files[] = {"tracing_on", "trace_clock", "buffer_size_kb"};
    static const char *const of_event[] = {"enable", "filter"};
    const size_t always = sizeof files / sizeof *files, each = sizeof of_event / sizeof *of_event;
    char path[256];
    int rc = TP_OK;

    watch->files = calloc(always + each * event_count, sizeof *watch->files);
    if (!watch->files)
        return tp_error_nomem(error);
    for (size_t i = 0; rc == TP_OK && i < always; i++)
        rc = hold(watch, instance, files[i], error);
    for (size_t i = 0; rc == TP_OK && i < each * event_count; i++) {
        snprintf(path, sizeof path, "events/%s/%s", events[i / each], of_event[i % each]);
        rc = hold(watch, instance, path, error);
    }
    return rc;
}

const char *watch_look(struct watch *watch)
{
    struct watched *file;
    bool differs;
    char *text;

    for (size_t i = 0; i < watch->count; i++) {
        file = &watch->files[i];
        text = read_text(file->fd);
        differs = text && strcmp(text, file->text) != 0;
        free(text);
        if (differs && !file->told) {
            file->told = true;
            return file->path;
        }
        file->told = differs;
    }
    return NULL;
}

void watch_close(struct watch *watch)
{
    for (size_t i = 0; i < watch->count; i++) {
        close(watch->files[i].fd);
        free(watch->files[i].path);
        free(watch->files[i].text);
    }
    free(watch->files);
    *watch = (struct watch){0};
}
