/* queue.c: one read() of trace_pipe_raw gives one page (tracing_buffers_read(), kernel/trace/
 * trace.c), also the one that is still being written to, with what it has so far. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "recorder/queue.h"

static int open_file(const char *instance, const char *cpu, const char *name, int flags,
                     struct tp_error *error)
{
    char path[PATH_MAX];
    int fd;

    if (snprintf(path, sizeof path, "%s/per_cpu/%s/%s", instance, cpu, name) >= (int)sizeof path)
        return tp_error_set(error, TP_ERR_LIMIT, "the name of the instance is too long");
    fd = open(path, flags | O_CLOEXEC);
    return fd < 0 ? tp_error_sys(error, errno, "cannot open %s", path) : fd;
}

int queue_open(struct queue *queue, const char *instance, const char *name, struct tp_error *error)
{
    queue->cpu = (unsigned)strtoul(name + strcspn(name, "0123456789"), NULL, 10);
    queue->stats_fd = open_file(instance, name, "stats", O_RDONLY, NULL);
    queue->fd = open_file(instance, name, "trace_pipe_raw", O_RDONLY | O_NONBLOCK, error);
    return queue->fd < 0 ? queue->fd : 0;
}

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
    page->lost = 0;
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

static void count_lost(struct queue *queue, const struct page_layout *layout)
{
    struct page_cursor cursor;

    page_begin(&cursor, layout, queue->last->bytes, queue->last->size);
    queue->counted += cursor.lost;
    if (!cursor.has_lost || cursor.lost)
        return;
    queue->uncounted_page = queue->uncounted++ ? NULL : queue->last;
}

static bool read_overrun(const struct queue *queue, uint64_t *overrun)
{
    char text[512];
    const char *line;
    ssize_t n = queue->stats_fd < 0 ? -1 : pread(queue->stats_fd, text, sizeof text - 1, 0);

    if (n <= 0)
        return false;
    text[n] = '\0';
    line = strstr(text, "\noverrun: ");
    return line && sscanf(line, " overrun: %" SCNu64, overrun) == 1;
}

/* Works out how many events were lost where the pages do not say. Where two do not, only their sum
 * is known. */
static void settle_lost(struct queue *queue)
{
    uint64_t overrun;

    if (!read_overrun(queue, &overrun))
        return;
    if (overrun > queue->counted) {
        if (queue->uncounted_page)
            queue->uncounted_page->lost = overrun - queue->counted;
        else
            queue->lost_unmarked += overrun - queue->counted;
    }
    queue->counted = overrun;
    queue->uncounted = 0;
    queue->uncounted_page = NULL;
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
        count_lost(queue, pool->layout);
    }
    queue->is_full = queue->pages == pages_max;
    if (queue->pages > pages_before)
        find_newest(queue, pool->layout);
    if (queue->uncounted && !queue->is_full)
        settle_lost(queue);
    /* A CPU that was never online has no buffer (ENODEV) until it is. */
    if (n < 0 && errno != EAGAIN && errno != ENODEV)
        return tp_error_sys(error, errno, "cannot read the trace of CPU %u", queue->cpu);
    return 0;
}

/* 0: how many is not known. */
static void note_lost(struct queue *queue, uint64_t lost)
{
    queue->has_lost = true;
    queue->lost += lost;
    queue->lost_uncounted |= lost == 0;
}

static void drop_page(struct queue *queue, struct queue_pool *pool)
{
    struct queue_page *page = queue->first;

    queue->first = page->next;
    if (!queue->first)
        queue->last = NULL;
    if (page == queue->uncounted_page)
        queue->uncounted_page = NULL;
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
                note_lost(queue, queue->cursor.lost ? queue->cursor.lost : queue->first->lost);
        }
        queue->has_event = page_next(&queue->cursor, &queue->event);
        if (queue->has_event)
            return;
        if (queue->cursor.is_damaged) {
            queue->damaged++;
            note_lost(queue, 0);
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
    if (queue->stats_fd >= 0)
        close(queue->stats_fd);
    queue->fd = queue->stats_fd = -1;
}

void queue_pool_release(struct queue_pool *pool)
{
    struct queue_page *page;

    while ((page = pool->free)) {
        pool->free = page->next;
        free(page);
    }
}
