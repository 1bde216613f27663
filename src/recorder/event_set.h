/* event_set.h: the events that this kernel has, and those that shall be recorded. */
#ifndef TCPPROBE_RECORDER_EVENT_SET_H
#define TCPPROBE_RECORDER_EVENT_SET_H

#include "recorder/event_format.h"

struct event {
    struct event_format format;
    bool is_default; /* recorded unless removed */
    bool chosen;
    /* Filled by events_lower(): */
    char *filter; /* the kernel's part of the filter, "" if it has none; NULL: never matches, or if
                     not exact, cannot be filtered; not to be recorded then */
    bool exact;   /* false: the whole filter is still to be applied to each line */
};

/* All events of the systems tcp and sock, ordered by system and name. */
struct event_set {
    struct event *events;
    size_t count;
};

/* Reads the format files below the tracefs root; the default events are chosen. TP_ERR_UNSUPPORTED
 * if this kernel has no tcp events, or no tcp_probe among them (before 4.16). */
int events_read(struct event_set *set, const char *tracefs, struct tp_error *error);

/* Applies the words of one -e option: "tcp_rcv_space_adjust,-tcp_destroy_sock,sock:inet_*" adds,
 * or with '-' removes, the events that match a name or glob, in all systems or in the one before a
 * '/' or ':'. A word that matches nothing is an error with its column. */
int events_choose(struct event_set *set, const char *words, struct tp_error *error);

/* Works out for each event what the kernel can filter. Chosen events with filter NULL are not to be
 * enabled: they can never match (exact), or their lines are no records that could be asked for the
 * rest of the filter (not exact). filter may be NULL. */
int events_lower(struct event_set *set, const struct tp_filter *filter, struct tp_error *error);

/* NULL if there is none of that name. */
struct event *events_find(const struct event_set *set, const char *name);

void events_release(struct event_set *set); /* a zeroed one is fine */

/* Writes the event's filter into events/SYSTEM/NAME/filter of the instance (a directory), reads it
 * back and checks that the kernel took it as it is: an event with a filter that failed would
 * record everything. The error is the kernel's own sentence. The event must not be enabled yet. */
int event_apply_filter(const struct event *event, const char *instance, struct tp_error *error);

#endif
