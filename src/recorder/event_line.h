/* event_line.h: writes a raw event as the line that the kernel prints for it.
 *
 *         python3-15054   [000] ..s2.   994.157921: tcp_probe: family=AF_INET src=...
 *
 * The "print fmt" of the event's format file is compiled once into steps; a line is then written
 * without looking at names. Whatever fields this kernel's event has, its own fmt prints them.
 */
#ifndef TCPPROBE_RECORDER_EVENT_LINE_H
#define TCPPROBE_RECORDER_EVENT_LINE_H

#include <tcpprobe/filter.h>

#include "recorder/pages.h"

/* One event's compiled fmt. */
struct render;

/* What all lines of a recording share. */
struct render_style {
    unsigned release; /* render_release() of the kernel */
    uint64_t salt[2]; /* of the hash of pointers; random */
    bool is_counter;  /* the clock does not count nanoseconds ("counter", "uptime", "x86-tsc") */
};

/* "6.18.44-rc1" is 0x612; 0 if it is no such number. */
unsigned render_release(const char *text);

/* TP_ERR_UNSUPPORTED if the fmt has anything that only the kernel can print exactly. The style and
 * the event must outlive the render. On success the caller frees it. */
int render_compile(struct render **render, const struct tp_kernel_event *event,
                   const struct render_style *style, struct tp_error *error);

/* Bytes that a line of an event of that size can have at most. */
size_t render_size_max(const struct render *render, size_t event_size);

/* Writes the line with its newline to buf, which has room for render_size_max(). comm is the task's
 * name. Returns its length, 0 if the event is too short for its fields. */
size_t render_line(const struct render *render, const struct page_event *event, unsigned cpu,
                   const char *comm, char *buf);

void render_free(struct render *render); /* NULL is fine */

#endif
