/* event_format.h: an event's `format` file: what is in its raw events and how the kernel prints
 * them. */
#ifndef TCPPROBE_RECORDER_EVENT_FORMAT_H
#define TCPPROBE_RECORDER_EVENT_FORMAT_H

#include <tcpprobe/filter.h>

struct event_format {
    struct tp_kernel_event event; /* its texts and fields belong to the format */
    struct tp_kernel_field *fields;
    char *text; /* of the file, cut into words */
};

/* Parses the text of events/SYSTEM/NAME/format. On success the caller releases the format; an
 * error has line and column of what could not be read. */
int format_parse(struct event_format *format, const char *system, const char *text, size_t length,
                 struct tp_error *error);

/* Reads the file below a tracefs root or an instance. */
int format_read(struct event_format *format, const char *tracefs, const char *system,
                const char *name, struct tp_error *error);

/* NULL if there is no field of that name. */
const struct tp_kernel_field *format_field(const struct tp_kernel_event *event, const char *name);

void format_release(struct event_format *format); /* a zeroed one is fine */

#endif
