/* window.c: the bounded sort. */
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "input/window.h"

#define RECORDINGS_MAX 4096 /* in one file; what is more is one with the last */

void window_init(struct window *window, uint64_t fields, struct window_timelines *timelines)
{
    memset(window, 0, sizeof *window);
    window->timelines = timelines;
    window->keep_texts = !fields || fields & (TP_BIT(COMM) | TP_BIT(REASON) | TP_BIT(WORDS));
}

void window_release(struct window *window)
{
    unsigned i;

    free(window->order);
    if (window->store) {
        for (i = 0; i < 2; i++) {
            free(window->store[i].records);
            free(window->store[i].texts);
        }
    }
    free(window->store);
    window->order = NULL;
    window->store = NULL;
}

/* --- holding back ------------------------------------------------------------------------- */

/* An empty one needs no memory, and there may be none. */
static void move_text(struct tp_text *text, char **to)
{
    if (text->length == 0) {
        text->bytes = "";
        return;
    }
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
                  (TP_HAS(record, REASON) ? record->reason.length : 0) +
                  (TP_HAS(record, WORDS) ? record->words.length : 0);
    }
    if (!TP_LIST_FIT(store->texts, needed, store->texts_size))
        return TP_ERR_NOMEM;
    for (to = store->texts, i = 0; i < count; i++) {
        record = &store->records[i];
        if (TP_HAS(record, COMM))
            move_text(&record->comm, &to);
        if (TP_HAS(record, REASON))
            move_text(&record->reason, &to);
        if (TP_HAS(record, WORDS))
            move_text(&record->words, &to);
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
    if (!TP_LIST_FIT(store->records, count, store->allocated))
        return TP_ERR_NOMEM;
    for (i = 0; i < count; i++) {
        store->records[i] = *window->order[window->next + i];
        window->order[i] = &store->records[i];
    }
    window->current = 1 - window->current;
    window->floor -= window->next < window->floor ? window->next : window->floor;
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

static void mark_late(struct tp_record *record)
{
    if (!TP_HAS(record, ODDITIES))
        record->oddities = 0;
    record->oddities |= TP_ODD_LATE;
    record->have |= TP_BIT(ODDITIES);
}

static bool insert_earlier(struct window *window, const struct tp_record *record)
{
    const struct tp_record **order = window->order;
    size_t to = window->count, least = to > TP_SORT_WINDOW ? to - TP_SORT_WINDOW : 0;
    bool late;

    least = least > window->floor ? least : window->floor;
    while (to > least && order[to - 1]->ts_ns > record->ts_ns)
        to--;
    late = to > window->floor
               ? order[to - 1]->ts_ns > record->ts_ns
               : to == 0 && window->has_delivered && window->delivered_ns > record->ts_ns;
    window->late += late;
    window->late_behind += late;
    to = late ? window->count : to;
    if (to < window->count)
        memmove(order + to + 1, order + to, (window->count - to) * sizeof *order);
    order[to] = record;
    window->count++;
    return !late;
}

/* False: it came too late for that, and stands last. */
static inline bool insert(struct window *window, const struct tp_record *record)
{
    size_t to = window->count;

    if (to == window->floor || window->order[to - 1]->ts_ns > record->ts_ns)
        return insert_earlier(window, record);
    window->order[to] = record;
    window->count++;
    return true;
}

static void set_ready(struct window *window, size_t ready)
{
    size_t i;

    i = window->ready > window->floor ? window->ready : window->floor;
    for (; i < ready; i++)
        if (!window->has_delivered || window->order[i]->ts_ns > window->delivered_ns) {
            window->delivered_ns = window->order[i]->ts_ns;
            window->has_delivered = true;
        }
    window->ready = ready;
}

/* Captures are written in order: a step back is told. */
static void place_latest(struct window *window, struct tp_record *packet)
{
    bool leaps = window->has_latest &&
                 (uint64_t)packet->ts_ns - (uint64_t)window->latest_ns >= (uint64_t)LEAP_MIN_NS;

    window->latest_ns = packet->ts_ns;
    window->latest_frame = TP_HAS(packet, FRAME) ? packet->frame : 0;
    window->late_behind = 0;
    window->has_latest = true;
    insert(window, packet);
    if (leaps)
        steps_leap(window, packet);
}

static void place_packet(struct window *window, struct tp_record *packet)
{
    if (!window->has_latest || packet->ts_ns >= window->latest_ns) {
        place_latest(window, packet);
        return;
    }
    mark_late(packet);
    if (steps_stays(window, packet))
        return;
    if (!insert(window, packet) && !window->live)
        doubt_begin(&window->doubt, packet, window->latest_ns);
}

static void add_packet(struct window *window, struct tp_record *packet)
{
    steps_put_right(&window->steps, packet);
    place_packet(window, packet);
    if (TP_HAS(packet, ODDITIES) && packet->oddities & TP_ODD_LATE)
        doubt_ask(&window->doubt, packet, window->order + window->next,
                  window->count - window->next);
    if (window->steps.watched)
        steps_watch(window);
}

/* An event of the second or a further recording. */
static void add_to_later(struct window *window, struct tp_record *event)
{
    event->key.timeline = window->timeline;
    if (event->has_key)
        event->hash = tp_flow_key_hash(&event->key);
}

/* Where there is no memory for it, it is not known. */
static void note_clock(struct window_timelines *timelines, uint32_t timeline, int64_t offset_ns)
{
    if (TP_LIST_ROOM(timelines->clocks, timelines->clock_count, timelines->allocated, 4))
        timelines->clocks[timelines->clock_count++] = (struct window_clock){timeline, offset_ns};
}

static void begin_recording(struct window *window)
{
    window->recordings++;
    window->timeline = window->timelines->count++;
    if (window->recording.has_offset)
        note_clock(window->timelines, window->timeline, window->recording.offset_ns);
    window->floor = window->count;
    window->has_delivered = false;
}

static void add_event(struct window *window, struct tp_record *event)
{
    if (event->kind != TP_KIND_LOST && window->recordings < RECORDINGS_MAX &&
        recording_begins(&window->recording, event, window->order + window->floor,
                         window->count - window->floor) &&
        !window->one_recording)
        begin_recording(window);
    if (window->recordings)
        add_to_later(window, event);
    insert(window, event);
}

int window_add(struct window *window, const struct batch *batch, bool paused)
{
    size_t i, held = window->count, ready;

    if (!TP_LIST_FIT(window->order, window->count + batch->count, window->allocated))
        return TP_ERR_NOMEM;
    for (i = 0; i < batch->count; i++) {
        struct tp_record *record = &batch->records[i];

        if (record->kind == TP_KIND_LOST)
            set_marker_time(window, batch, i);
        if (batch->starts)
            recording_note(&window->recording, batch, i);
        if (record->kind == TP_KIND_PACKET)
            add_packet(window, record);
        else
            add_event(window, record);
        if (record->kind != TP_KIND_LOST) {
            window->last_ns = record->ts_ns;
            window->has_time = true;
        }
    }
    if (batch->starts)
        recording_note(&window->recording, batch, batch->count);
    ready = window->count > TP_SORT_WINDOW ? window->count - TP_SORT_WINDOW : 0;
    if (paused && held > ready)
        ready = held;
    ready = steps_ready(window, paused && batch->count == 0 ? window->count : ready, paused);
    set_ready(window, ready);
    return TP_OK;
}

void window_flush(struct window *window)
{
    doubt_settle(&window->doubt);
    steps_settle(window);
    set_ready(window, window->count);
}
