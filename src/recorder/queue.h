/* queue.h: the pages of one CPU that were read and not yet written, with a place among their
 * events. */
#ifndef TCPPROBE_RECORDER_QUEUE_H
#define TCPPROBE_RECORDER_QUEUE_H

#include "recorder/pages.h"

struct queue_page {
    struct queue_page *next;
    size_t size;
    uint64_t lost; /* events before it, if the page itself does not say how many; 0: not known */
    unsigned char bytes[];
};

/* Pages to use again; shared by the queues of a pump. */
struct queue_pool {
    const struct page_layout *layout;
    struct queue_page *free;
};

struct queue {
    unsigned cpu; /* the kernel's number */
    int fd;       /* its trace_pipe_raw */
    int stats_fd; /* its stats, or -1 */
    struct queue_page *first, *last;
    size_t pages;
    bool is_full;              /* the last queue_read() stopped before the end of the data */
    uint64_t newest;           /* time of the last event that was read */
    struct page_cursor cursor; /* in the first page */
    bool is_walking;
    bool has_event; /* event is the next one to write */
    struct page_event event;
    bool has_lost; /* events are missing before it */
    uint64_t lost; /* how many */
    bool lost_uncounted;
    uint64_t damaged; /* pages */
    /* Pages with losses that they have no room to count, and how many were lost by all others: */
    uint64_t counted;
    unsigned uncounted;
    struct queue_page *uncounted_page; /* the only one, while it is in the queue */
    uint64_t lost_unmarked;            /* events that were found to be lost, but not where */
};

/* Opens per_cpu/NAME of the instance. To be closed, even if it fails. */
int queue_open(struct queue *queue, const char *instance, const char *name, struct tp_error *error);

/* Reads what the kernel has, at most until the queue has pages_max pages. Does not wait.
 *
 * A full page has no room for the number of events that were lost before it. It is then worked out:
 * once all was read, the losses of all pages are what the kernel counted as overrun. */
int queue_read(struct queue *queue, struct queue_pool *pool, size_t pages_max,
               struct tp_error *error);

/* Goes to the first, then to each next event; has_event says whether there is one. Pages that are
 * used up go back to the pool. */
void queue_next(struct queue *queue, struct queue_pool *pool);

/* Closes the files and empties the queue into the pool. */
void queue_close(struct queue *queue, struct queue_pool *pool);

void queue_pool_release(struct queue_pool *pool);

#endif
