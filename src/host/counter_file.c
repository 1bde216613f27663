/* counter_file.c: counters on disk, with where and when they were read. */
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/whole_file.h"

#include <tcpprobe/counters.h>

#define KIND "tcpprobe counters"

static void read_line(const char *path, char *to, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, to, size - 1) : -1;

    if (fd >= 0)
        close(fd);
    to[length > 0 ? length : 0] = '\0';
    to[strcspn(to, "\n")] = '\0';
}

void tp_counter_place_here(const char *proc, struct tp_counter_place *place)
{
    struct utsname name;
    struct stat status;
    char path[320];

    memset(place, 0, sizeof *place);
    snprintf(path, sizeof path, "%.255s/sys/kernel/random/boot_id", proc);
    read_line(path, place->boot_id, sizeof place->boot_id);
    snprintf(path, sizeof path, "%.255s/self/ns/net", proc);
    if (stat(path, &status) == 0)
        place->netns = status.st_ino;
    if (uname(&name) == 0)
        snprintf(place->kernel, sizeof place->kernel, "%.79s", name.release);
    place->wall_ns = tp_clock_ns(CLOCK_REALTIME);
}

/* --- writing ---------------------------------------------------------------------------- */

static bool set(json_t *object, const char *name, json_t *value)
{
    return json_object_set_new(object, name, value) == 0;
}

static json_t *values_of(const struct tp_counters *counters)
{
    json_t *object = json_object();

    for (size_t i = 0; object && i < counters->count; i++)
        if (!set(object, counters->list[i].name, json_integer(counters->list[i].value))) {
            json_decref(object);
            return NULL;
        }
    return object;
}

int tp_counters_save(const char *path, const struct tp_counters *counters,
                     const struct tp_counter_place *place, struct tp_error *error)
{
    json_t *file = json_object(), *values = values_of(counters);
    char *text = NULL;
    int failed;

    if (values && set(file, "kind", json_string(KIND)) &&
        set(file, "version", json_string(TP_VERSION)) &&
        set(file, "boot_id", json_string(place->boot_id)) &&
        set(file, "netns", json_integer((json_int_t)place->netns)) &&
        set(file, "kernel", json_string(place->kernel)) &&
        set(file, "time_ns", json_integer(place->wall_ns)) &&
        set(file, "monotonic_ns", json_integer(counters->ts_ns)) &&
        set(file, "counters", json_incref(values)))
        text = json_dumps(file, JSON_INDENT(1));
    json_decref(values);
    json_decref(file);
    if (!text)
        return tp_error_nomem(error);
    failed = whole_file_write(path, text, strlen(text));
    free(text);
    return failed ? tp_error_sys(error, failed, "cannot write %s", path) : TP_OK;
}

/* --- reading ---------------------------------------------------------------------------- */

static void take_text(json_t *file, const char *name, char *to, size_t size)
{
    const char *text = json_string_value(json_object_get(file, name));

    snprintf(to, size, "%s", text ? text : "");
}

static int take_values(json_t *values, struct tp_counters *counters, struct tp_error *error)
{
    struct tp_counter *counter;
    const char *name;
    json_t *value;

    json_object_foreach(values, name, value)
    {
        if (!json_is_integer(value) || strlen(name) >= TP_COUNTER_NAME_BYTES) {
            counters->malformed++;
            continue;
        }
        if (!TP_LIST_ROOM(counters->list, counters->count, counters->allocated, 512))
            return tp_error_nomem(error);
        counter = &counters->list[counters->count++];
        snprintf(counter->name, sizeof counter->name, "%s", name);
        counter->row = tp_counter_row_find(name);
        counter->value = json_integer_value(value);
    }
    return TP_OK;
}

int tp_counters_load(const char *path, struct tp_counters *counters, struct tp_counter_place *place,
                     struct tp_error *error)
{
    json_error_t wrong;
    json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &wrong);
    const char *kind = json_string_value(json_object_get(file, "kind"));
    json_t *values = json_object_get(file, "counters");
    int rc;

    memset(place, 0, sizeof *place);
    counters->count = 0;
    if (!file)
        rc = tp_error_set(error, TP_ERR_FORMAT, "%s", wrong.text);
    else if (!kind || strcmp(kind, KIND) != 0 || !json_is_object(values))
        rc = tp_error_set(error, TP_ERR_FORMAT, "not a file of 'tcpprobe counters --save'");
    else
        rc = take_values(values, counters, error);
    tp_error_at(error, path, 0, 0);
    if (rc == TP_OK) {
        take_text(file, "boot_id", place->boot_id, sizeof place->boot_id);
        take_text(file, "kernel", place->kernel, sizeof place->kernel);
        place->netns = (uint64_t)json_integer_value(json_object_get(file, "netns"));
        place->wall_ns = json_integer_value(json_object_get(file, "time_ns"));
        counters->ts_ns = json_integer_value(json_object_get(file, "monotonic_ns"));
    }
    json_decref(file);
    return rc;
}
