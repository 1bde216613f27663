/* queue.c: one read() of trace_pipe_raw gives one page (tracing_buffers_read(), kernel/trace/
 * trace.c), also the one that is still being written to, with what it has so far. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "record/queue.h"

static struct queue_page *pool_take(struct queue_pool *pool)
{
    struct queue_page *page = pool->free;

    if (!page)
        return malloc(sizeof *page + pool->layout->size);
    pool->free = page->next;
    return page;
}

static void pool_give(struct queue_pool *pool, struct queue_page *page)
{
    page->next = pool->free;
    pool->free = page;
}

static void append(struct queue *queue, struct queue_page *page, size_t size)
{
    page->next = NULL;
    page->size = size;
    if (queue->last)
        queue->last->next = page;
    else
        queue->first = page;
    queue->last = page;
    queue->pages++;
}

/* The time of the last event of the last page. */
static void find_newest(struct queue *queue, const struct page_layout *layout)
{
    struct page_cursor cursor;
    struct page_event event;

    page_begin(&cursor, layout, queue->last->bytes, queue->last->size);
    while (page_next(&cursor, &event))
        continue;
    if (cursor.ts > queue->newest)
        queue->newest = cursor.ts;
}

int queue_read(struct queue *queue, struct queue_pool *pool, size_t pages_max,
               struct tp_error *error)
{
    size_t pages_before = queue->pages;
    struct queue_page *page;
    ssize_t n = 0;

    while (queue->pages < pages_max) {
        page = pool_take(pool);
        if (!page)
            return tp_error_nomem(error);
        do
            n = read(queue->fd, page->bytes, pool->layout->size);
        while (n < 0 && errno == EINTR);
        if (n <= 0) {
            pool_give(pool, page);
            break;
        }
        append(queue, page, (size_t)n);
    }
    queue->is_full = queue->pages == pages_max;
    if (queue->pages > pages_before)
        find_newest(queue, pool->layout);
    /* A CPU that was never online has no buffer (ENODEV) until it is. */
    if (n < 0 && errno != EAGAIN && errno != ENODEV)
        return tp_error_sys(error, errno, "cannot read the trace of CPU %u", queue->cpu);
    return 0;
}

static void note_lost(struct queue *queue, bool is_counted, uint64_t lost)
{
    queue->has_lost = true;
    queue->lost += lost;
    queue->lost_uncounted |= !is_counted;
}

static void drop_page(struct queue *queue, struct queue_pool *pool)
{
    struct queue_page *page = queue->first;

    queue->first = page->next;
    if (!queue->first)
        queue->last = NULL;
    queue->pages--;
    pool_give(pool, page);
}

void queue_next(struct queue *queue, struct queue_pool *pool)
{
    queue->has_event = false;
    while (queue->first) {
        if (!queue->is_walking) {
            page_begin(&queue->cursor, pool->layout, queue->first->bytes, queue->first->size);
            queue->is_walking = true;
            if (queue->cursor.has_lost)
                note_lost(queue, queue->cursor.lost != 0, queue->cursor.lost);
        }
        queue->has_event = page_next(&queue->cursor, &queue->event);
        if (queue->has_event)
            return;
        if (queue->cursor.is_damaged) {
            queue->damaged++;
            note_lost(queue, false, 0);
        }
        queue->is_walking = false;
        drop_page(queue, pool);
    }
}

void queue_close(struct queue *queue, struct queue_pool *pool)
{
    while (queue->first)
        drop_page(queue, pool);
    if (queue->fd >= 0)
        close(queue->fd);
    queue->fd = -1;
}

void queue_pool_release(struct queue_pool *pool)
{
    struct queue_page *page;

    while ((page = pool->free)) {
        pool->free = page->next;
        free(page);
    }
}
