/* pages.h: the ring buffer's pages, as per_cpu/cpuN/trace_pipe_raw gives them.
 *
 * A page (a "sub-buffer", which may be larger than the machine's pages) is a header, with the time
 * of its start and the number of bytes in use, and events, each with the time since the one before.
 * It may say that events before it were lost, and how many.
 */
#ifndef TCPPROBE_RECORDER_PAGES_H
#define TCPPROBE_RECORDER_PAGES_H

#include <stdbool.h>

#include <tcpprobe/error.h>

/* Where things are in a page; bytes. */
struct page_layout {
    size_t size;        /* of the whole page */
    size_t commit;      /* offset of the number of bytes in use */
    size_t commit_size; /* 4 or 8: a long of the kernel */
    size_t data;        /* offset of the events */
};

/* From the text of events/header_page. TP_ERR_UNSUPPORTED if it is none that we know. */
int page_layout_parse(struct page_layout *layout, const char *text, struct tp_error *error);

struct page_cursor {
    const unsigned char *at, *end;
    uint64_t ts;     /* of the last event */
    bool has_lost;   /* events are missing before the first one of this page */
    uint64_t lost;   /* how many; 0: not counted */
    bool is_damaged; /* the walk ended since the page makes no sense */
};

struct page_event {
    const unsigned char *bytes; /* starts with struct trace_entry; 4-byte aligned in the page */
    size_t size;                /* at least what the writer asked for, rounded up to 4 */
    uint64_t ts;                /* units of the trace clock: ns for all but counters */
};

/* Starts to walk a page of `size` bytes, which may be fewer than layout->size; the bytes must stay
 * until the walk is over. */
void page_begin(struct page_cursor *cursor, const struct page_layout *layout, const void *page,
                size_t size);

/* The next event; false at the end, or where the page is damaged. */
bool page_next(struct page_cursor *cursor, struct page_event *event);

#endif
