/* watch.c: a few small files, held open for when root was given up. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tcpprobe/filter.h>

#include "recorder/watch_notes.h"

#define TEXT_BYTES (TP_KERNEL_FILTER_MAX + 2) /* of the longest: a filter and its newline */
#define SET_EVENT  "set_event"

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
    if (!file->path)
        return tp_error_nomem(error);
    file->text = read_text(file->fd);
    return file->text
               ? TP_OK
               : tp_error_sys(error, errno, "cannot read %s/%s", instance_path(instance), path);
}

int watch_open(struct watch *watch, const struct instance *instance, const char *const *events,
               size_t event_count, struct tp_error *error)
{
    /* The last one names all events that are enabled, also those of others. */
    static const char *const files[] = {"tracing_on", "trace_clock", "buffer_size_kb", SET_EVENT};
    const size_t always = sizeof files / sizeof *files;
    char path[256];
    int rc = TP_OK;

    watch->files = calloc(always + event_count, sizeof *watch->files);
    if (!watch->files)
        return tp_error_nomem(error);
    for (size_t i = 0; rc == TP_OK && i < always; i++)
        rc = hold(watch, instance, files[i], error);
    for (size_t i = 0; rc == TP_OK && i < event_count; i++) {
        snprintf(path, sizeof path, "events/%s/filter", events[i]);
        rc = hold(watch, instance, path, error);
    }
    if (rc == TP_OK)
        watch->notes = watch_notes_open(instance, events, event_count);
    return rc;
}

/* --- looking ---------------------------------------------------------------------------------- */

/* Those that stopping writes to. */
static bool is_switch(const char *path)
{
    return strcmp(path, "tracing_on") == 0 || strcmp(path, "events/enable") == 0;
}

static int look_at_notes(const struct watch *watch, watch_sink *sink, void *context,
                         struct tp_error *error)
{
    enum watch_kind kind;
    const char *path;
    int rc = TP_OK;

    if (!watch->notes)
        return TP_OK;
    watch_notes_take(watch->notes);
    while (rc == TP_OK && watch_notes_next(watch->notes, &kind, &path))
        if (!watch->is_over || !is_switch(path))
            rc = sink(context, kind, path, error);
    return rc;
}

/* An event is switched by its own file, by those of its system and of all, and by set_event. */
static bool is_noted(const struct watch *watch, const char *path)
{
    return watch->notes &&
           (watch_notes_have(watch->notes, path) ||
            (strcmp(path, SET_EVENT) == 0 && watch_notes_have(watch->notes, "enable")));
}

static int look_at_file(const struct watch *watch, struct watched *file, watch_sink *sink,
                        void *context, struct tp_error *error)
{
    char *text = read_text(file->fd);
    enum watch_kind kind = text ? WATCH_CHANGED : WATCH_UNREAD;
    bool differs = !text || strcmp(text, file->text) != 0;
    bool is_new = differs && !file->told && !is_noted(watch, file->path);

    free(text);
    file->told = differs;
    return is_new ? sink(context, kind, file->path, error) : TP_OK;
}

int watch_look(struct watch *watch, watch_sink *sink, void *context, struct tp_error *error)
{
    int rc = look_at_notes(watch, sink, context, error);

    for (size_t i = 0; rc == TP_OK && i < watch->count && !watch->is_over; i++)
        rc = look_at_file(watch, &watch->files[i], sink, context, error);
    return rc;
}

void watch_stop(struct watch *watch)
{
    watch->is_over = true;
}

void watch_close(struct watch *watch)
{
    for (size_t i = 0; i < watch->count; i++) {
        close(watch->files[i].fd);
        free(watch->files[i].path);
        free(watch->files[i].text);
    }
    free(watch->files);
    watch_notes_close(watch->notes);
    *watch = (struct watch){0};
}
