/* window.c: the bounded sort. */
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "input/window.h"

void window_init(struct window *window, uint64_t fields)
{
    memset(window, 0, sizeof *window);
    window->keep_texts = !fields || fields & (TP_BIT(COMM) | TP_BIT(REASON));
}

void window_release(struct window *window)
{
    free(window->order);
    if (window->store) {
        free(window->store[0].texts);
        free(window->store[1].texts);
    }
    free(window->store);
    window->order = NULL;
    window->store = NULL;
}

/* --- holding back ------------------------------------------------------------------------- */

static void move_text(struct tp_text *text, char **to)
{
    memcpy(*to, text->bytes, text->length);
    text->bytes = *to;
    *to += text->length;
}

static int hold_texts(struct window_store *store, size_t count)
{
    size_t i, needed = 0;
    struct tp_record *record;
    char *to;

    for (i = 0; i < count; i++) {
        record = &store->records[i];
        needed += (TP_HAS(record, COMM) ? record->comm.length : 0) +
                  (TP_HAS(record, REASON) ? record->reason.length : 0);
    }
    if (!TP_LIST_FIT(store->texts, needed, store->texts_size))
        return TP_ERR_NOMEM;
    for (to = store->texts, i = 0; i < count; i++) {
        record = &store->records[i];
        if (TP_HAS(record, COMM))
            move_text(&record->comm, &to);
        if (TP_HAS(record, REASON))
            move_text(&record->reason, &to);
    }
    return TP_OK;
}

int window_hold(struct window *window)
{
    size_t i, count = window->count - window->next;
    struct window_store *store;

    if (!window->store) {
        window->store = calloc(2, sizeof *window->store);
        if (!window->store)
            return TP_ERR_NOMEM;
    }
    store = &window->store[1 - window->current];

    for (i = 0; i < count; i++) {
        store->records[i] = *window->order[window->next + i];
        window->order[i] = &store->records[i];
    }
    window->current = 1 - window->current;
    window->next = window->ready = 0;
    window->count = count;
    return window->keep_texts ? hold_texts(store, count) : TP_OK;
}

/* --- sorting ------------------------------------------------------------------------------ */

/* A marker of lost events has no time of its own: they were lost after the record before it. */
static void set_marker_time(struct window *window, const struct batch *batch, size_t at)
{
    size_t next = at;

    while (!window->has_time && ++next < batch->count)
        if (batch->records[next].kind != TP_KIND_LOST) {
            window->last_ns = batch->records[next].ts_ns;
            window->has_time = true;
        }
    if (!window->has_time)
        window->last_ns = 0;
    batch->records[at].ts_ns = window->last_ns;
}

static void insert(struct window *window, const struct tp_record *record)
{
    const struct tp_record **order = window->order;
    size_t to = window->count, least = to > TP_SORT_WINDOW ? to - TP_SORT_WINDOW : 0;

    while (to > least && order[to - 1]->ts_ns > record->ts_ns)
        to--;
    if (to > 0 ? order[to - 1]->ts_ns > record->ts_ns
               : window->has_delivered && window->delivered_ns > record->ts_ns) {
        window->late++;
        to = window->count;
    }
    if (to < window->count)
        memmove(order + to + 1, order + to, (window->count - to) * sizeof *order);
    order[to] = record;
    window->count++;
}

static void set_ready(struct window *window, size_t ready)
{
    size_t i;

    for (i = window->ready; i < ready; i++)
        if (!window->has_delivered || window->order[i]->ts_ns > window->delivered_ns) {
            window->delivered_ns = window->order[i]->ts_ns;
            window->has_delivered = true;
        }
    window->ready = ready;
}

/* Captures are written in order: a step back is told. */
static void mark_late(struct window *window, struct tp_record *record)
{
    if (window->has_latest && record->ts_ns < window->latest_ns) {
        if (!TP_HAS(record, ODDITIES))
            record->oddities = 0;
        record->oddities |= TP_ODD_LATE;
        record->have |= TP_BIT(ODDITIES);
    } else {
        window->latest_ns = record->ts_ns;
        window->has_latest = true;
    }
}

int window_add(struct window *window, const struct batch *batch, bool paused)
{
    size_t i, held = window->count, ready;

    if (!TP_LIST_FIT(window->order, window->count + batch->count, window->allocated))
        return TP_ERR_NOMEM;
    for (i = 0; i < batch->count; i++) {
        struct tp_record *record = &batch->records[i];

        if (record->kind == TP_KIND_LOST) {
            set_marker_time(window, batch, i);
        } else {
            window->last_ns = record->ts_ns;
            window->has_time = true;
        }
        if (record->kind == TP_KIND_PACKET)
            mark_late(window, record);
        insert(window, record);
    }
    ready = window->count > TP_SORT_WINDOW ? window->count - TP_SORT_WINDOW : 0;
    if (paused && held > ready)
        ready = held;
    set_ready(window, paused && batch->count == 0 ? window->count : ready);
    return TP_OK;
}

void window_flush(struct window *window)
{
    set_ready(window, window->count);
}
