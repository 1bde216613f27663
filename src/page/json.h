/* json.h: pieces of JSON, for data that is written as it is worked out. */
#ifndef TCPPROBE_PAGE_JSON_H
#define TCPPROBE_PAGE_JSON_H

#include <tcpprobe/output.h>

/* "name": */
void page_key(struct tp_out *out, const char *name);
void page_integer(struct tp_out *out, int64_t number);
/* "name":number */
void page_member(struct tp_out *out, const char *name, int64_t number);
/* A text with its quotes; what a terminal would obey, and what turns text around, stands as \x1b: a
 * name in a page looks like what it is. */
void page_text(struct tp_out *out, const char *text);

/* An array of numbers, each as its difference from the one before; null where there is none. */
struct page_deltas {
    struct tp_out *out;
    int64_t last;
    bool begun;
};

struct page_deltas page_deltas_begin(struct tp_out *out, const char *name); /* "name":[ */
void page_deltas_add(struct page_deltas *deltas, int64_t number);
void page_deltas_absent(struct page_deltas *deltas);
void page_deltas_end(struct page_deltas *deltas); /* ] */

#endif
