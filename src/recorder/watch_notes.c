/* watch_notes.c: inotify(7) on the folders of an instance, which tells of the files in them. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/list.h"
#include "recorder/watch_notes.h"

#define PATH_BYTES 256
#define NOTES_MAX  64  /* files of one look; whoever changes more has been told of enough */
#define READS_MAX  256 /* of one look, lest somebody be faster at writing than we at reading */

struct folder {
    int number; /* inotify's */
    char path[PATH_BYTES];
};

struct note {
    enum watch_kind kind;
    char path[PATH_BYTES + NAME_MAX + 2];
};

struct watch_notes {
    int fd;
    struct folder *folders;
    size_t folder_count;
    struct note notes[NOTES_MAX];
    size_t count, next;
};

/* --- opening ---------------------------------------------------------------------------------- */

static void add_folder(struct watch_notes *notes, const char *instance, const char *path)
{
    char full[PATH_MAX];
    struct folder *folder;
    int number;

    if (snprintf(full, sizeof full, "%s/%s", instance, path) >= (int)sizeof full)
        return;
    number = inotify_add_watch(notes->fd, full, IN_MODIFY | IN_OPEN | IN_ONLYDIR);
    if (number < 0 || !TP_LIST_ONE_MORE(notes->folders, notes->folder_count))
        return;
    folder = &notes->folders[notes->folder_count++];
    folder->number = number;
    snprintf(folder->path, sizeof folder->path, "%s%s", path, *path ? "/" : "");
}

static void add_folders(struct watch_notes *notes, const struct instance *instance,
                        const char *const *events, size_t event_count)
{
    static const char *const always[] = {"", "options", "events"};
    const char *root = instance_path(instance);
    char path[PATH_BYTES];

    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        add_folder(notes, root, always[i]);
    for (size_t i = 0; i < instance_cpu_count(instance); i++) {
        snprintf(path, sizeof path, "per_cpu/cpu%u", instance_cpu(instance, i));
        add_folder(notes, root, path);
    }
    for (size_t i = 0; i < event_count; i++) {
        snprintf(path, sizeof path, "events/%s", events[i]);
        add_folder(notes, root, path);
        *strrchr(path, '/') = '\0'; /* of the system; known after the first time */
        add_folder(notes, root, path);
    }
}

struct watch_notes *watch_notes_open(const struct instance *instance, const char *const *events,
                                     size_t event_count)
{
    struct watch_notes *notes = calloc(1, sizeof *notes);

    if (!notes)
        return NULL;
    notes->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (notes->fd < 0) {
        free(notes);
        return NULL;
    }
    add_folders(notes, instance, events, event_count);
    return notes;
}

/* --- taking ----------------------------------------------------------------------------------- */

static bool takes_events_out(const char *name)
{
    return strcmp(name, "trace_pipe") == 0 || strcmp(name, "trace_pipe_raw") == 0;
}

static const char *folder_of(const struct watch_notes *notes, int number)
{
    for (size_t i = 0; i < notes->folder_count; i++)
        if (notes->folders[i].number == number)
            return notes->folders[i].path;
    return "";
}

static void add_note(struct watch_notes *notes, enum watch_kind kind, const char *folder,
                     const char *name)
{
    struct note *note = &notes->notes[notes->count];

    if (notes->count == NOTES_MAX)
        return;
    *note = (struct note){.kind = kind};
    snprintf(note->path, sizeof note->path, "%s%s", folder, name);
    for (size_t i = 0; i < notes->count; i++)
        if (notes->notes[i].kind == kind && strcmp(notes->notes[i].path, note->path) == 0)
            return;
    notes->count++;
}

static void take_one(struct watch_notes *notes, const struct inotify_event *event)
{
    const char *name = event->len ? event->name : "";

    if (event->mask & IN_Q_OVERFLOW)
        add_note(notes, WATCH_CHANGED, "", "more than can be followed");
    else if ((event->mask & IN_OPEN) && takes_events_out(name))
        add_note(notes, WATCH_OPENED, folder_of(notes, event->wd), name);
    else if (event->mask & IN_MODIFY)
        add_note(notes, strcmp(name, "trace") == 0 ? WATCH_EMPTIED : WATCH_CHANGED,
                 folder_of(notes, event->wd), name);
}

void watch_notes_take(struct watch_notes *notes)
{
    union {
        struct inotify_event event; /* aligns it */
        char bytes[16 * 1024];
    } buffer;
    const struct inotify_event *event;
    ssize_t length;

    notes->count = notes->next = 0;
    for (int i = 0; i < READS_MAX && (length = read(notes->fd, &buffer, sizeof buffer)) > 0; i++)
        for (ssize_t at = 0; at < length; at += (ssize_t)(sizeof *event + event->len)) {
            event = (const struct inotify_event *)(const void *)(buffer.bytes + at);
            take_one(notes, event);
        }
}

bool watch_notes_next(struct watch_notes *notes, enum watch_kind *kind, const char **path)
{
    if (notes->next == notes->count)
        return false;
    *kind = notes->notes[notes->next].kind;
    *path = notes->notes[notes->next].path;
    notes->next++;
    return true;
}

static bool ends_in(const char *path, const char *end)
{
    size_t length = strlen(path), of_end = strlen(end);

    return length >= of_end && strcmp(path + length - of_end, end) == 0 &&
           (length == of_end || path[length - of_end - 1] == '/');
}

bool watch_notes_have(const struct watch_notes *notes, const char *end)
{
    for (size_t i = 0; i < notes->count; i++)
        if (notes->notes[i].kind == WATCH_CHANGED && ends_in(notes->notes[i].path, end))
            return true;
    return false;
}

void watch_notes_close(struct watch_notes *notes)
{
    if (!notes)
        return;
    close(notes->fd);
    free(notes->folders);
    free(notes);
}
