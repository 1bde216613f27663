/* event_set.c: the events of a kernel, found in the folders events/SYSTEM/NAME of its tracefs. */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "recorder/event_set.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const systems[] = {"sock", "tcp"};

/* What tells of connections' states, losses and ends without drowning them: tcp_rcv_space_adjust
 * and tcp_rcvbuf_grow come with each read(), tcp_sendmsg_locked with each write() and names no
 * connection. */
static const char *const defaults[] = {
    "tcp_probe",         "tcp_retransmit_skb", "tcp_retransmit_synack", "tcp_send_reset",
    "tcp_receive_reset", "tcp_destroy_sock",   "tcp_cong_state_set",    "inet_sock_set_state",
};

static bool is_default(const char *name)
{
    size_t i;

    for (i = 0; i < COUNT(defaults); i++)
        if (strcmp(defaults[i], name) == 0)
            return true;
    return false;
}

/* --- reading -------------------------------------------------------------------------------- */

static int add_event(struct event_set *set, const char *tracefs, const char *system,
                     const char *name, struct tp_error *error)
{
    struct event *event;
    int rc;

    if (!TP_LIST_ONE_MORE(set->events, set->count))
        return tp_error_nomem(error);
    event = &set->events[set->count];
    memset(event, 0, sizeof *event);
    rc = format_read(&event->format, tracefs, system, name, error);
    if (rc)
        return rc;
    event->is_default = event->chosen = is_default(name);
    set->count++;
    return 0;
}

/* Files called filter and enable stand beside the events. */
static int is_event(const struct dirent *entry)
{
    return (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN) && entry->d_name[0] != '.' &&
           strcmp(entry->d_name, "filter") != 0 && strcmp(entry->d_name, "enable") != 0;
}

/* strcoll(), which alphasort() uses, depends on the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_system(struct event_set *set, const char *tracefs, const char *system,
                       struct tp_error *error)
{
    struct dirent **entries;
    char path[4096];
    int i, n, rc = 0;

    snprintf(path, sizeof path, "%s/events/%s", tracefs, system);
    n = scandir(path, &entries, is_event, by_name);
    if (n < 0 && errno == ENOENT)
        return 0;
    if (n < 0) {
        tp_error_sys(error, errno, "cannot list the events of the kernel");
        tp_error_at(error, path, 0, 0);
        return TP_ERR_IO;
    }
    for (i = 0; i < n; i++) {
        if (rc == 0)
            rc = add_event(set, tracefs, system, entries[i]->d_name, error);
        free(entries[i]);
    }
    free(entries);
    return rc;
}

int events_read(struct event_set *set, const char *tracefs, struct tp_error *error)
{
    int rc = 0;
    size_t i;

    memset(set, 0, sizeof *set);
    for (i = 0; i < COUNT(systems) && rc == 0; i++)
        rc = read_system(set, tracefs, systems[i], error);
    if (rc == 0 && set->count == 0)
        rc = tp_error_set(error, TP_ERR_UNSUPPORTED, "this kernel has no tcp events");
    if (rc == 0 && !events_find(set, "tcp_probe"))
        rc = tp_error_set(error, TP_ERR_UNSUPPORTED,
                          "this kernel has no event tcp_probe: it came with Linux 4.16");
    if (rc)
        events_release(set);
    return rc;
}

struct event *events_find(const struct event_set *set, const char *name)
{
    size_t i;

    for (i = 0; i < set->count; i++)
        if (strcmp(set->events[i].format.event.name, name) == 0)
            return &set->events[i];
    return NULL;
}

void events_release(struct event_set *set)
{
    size_t i;

    for (i = 0; i < set->count; i++) {
        format_release(&set->events[i].format);
        free(set->events[i].filter);
    }
    free(set->events);
    memset(set, 0, sizeof *set);
}

/* --- choosing ------------------------------------------------------------------------------- */

/* One word, without its sign: "tcp_*", "sock/inet_*" or "sock:inet_*". Returns how many events it
 * names. */
static size_t choose(struct event_set *set, char *word, bool chosen)
{
    char *slash = strpbrk(word, "/:"), *pattern = slash ? slash + 1 : word;
    size_t i, matched = 0;

    if (slash)
        *slash = '\0';
    for (i = 0; i < set->count; i++) {
        const struct tp_kernel_event *event = &set->events[i].format.event;

        if ((slash && fnmatch(word, event->system, 0) != 0) ||
            fnmatch(pattern, event->name, 0) != 0)
            continue;
        set->events[i].chosen = chosen;
        matched++;
    }
    return matched;
}

static int refuse(const char *words, const char *word, size_t length, struct tp_error *error)
{
    if (length == 0)
        tp_error_set(error, TP_ERR_USAGE, "expected the name of an event, or a pattern");
    else
        tp_error_set(error, TP_ERR_USAGE, "this kernel has no event '%.*s' of tcp or sock",
                     (int)length, word);
    tp_error_at(error, NULL, 0, (unsigned)(word - words) + 1);
    return TP_ERR_USAGE;
}

int events_choose(struct event_set *set, const char *words, struct tp_error *error)
{
    const char *word = words;
    char copy[128];
    size_t length;
    bool add;

    for (;; word += length + 1) {
        add = *word != '-';
        word += *word == '-' || *word == '+';
        length = strcspn(word, ",");
        if (length == 0 || length >= sizeof copy)
            return refuse(words, word, length < sizeof copy ? length : sizeof copy - 1, error);
        memcpy(copy, word, length);
        copy[length] = '\0';
        if (choose(set, copy, add) == 0)
            return refuse(words, word, length, error);
        if (word[length] == '\0')
            return 0;
    }
}

/* --- filters -------------------------------------------------------------------------------- */

/* Events that are no records cannot be asked again: only the kernel can filter them, or nobody. */
static bool cannot_be_asked(const struct event *event)
{
    const char *name = event->format.event.name;

    return !event->exact && tp_kind_find(name, strlen(name)) < 0;
}

int events_lower(struct event_set *set, const struct tp_filter *filter, struct tp_error *error)
{
    struct event *event;
    int rc = 0;
    size_t i;

    for (i = 0; i < set->count && rc == 0; i++) {
        event = &set->events[i];
        free(event->filter);
        rc = tp_filter_lower(filter, &event->format.event, &event->filter, &event->exact, error);
        if (cannot_be_asked(event)) {
            free(event->filter);
            event->filter = NULL;
        }
    }
    return rc;
}
