/* engine_raw.c: reads the pages of all CPUs, merges their events by time, renders them.
 *
 * Each CPU's events are in order; the merge always takes the earliest of the CPUs' next events, of
 * equal ones that of the lowest CPU, as the kernel does (__find_next_entry). An event that another
 * CPU recorded before it may not have been readable yet when its own CPU was read: so a drain
 * writes only up to the newest event that the drain before it had read. All that was earlier has
 * then been there for the time between two drains. Where a CPU has more than a drain takes, nothing
 * later than what was read of it is written.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "recorder/comm.h"
#include "recorder/engine.h"
#include "recorder/entry.h"
#include "recorder/queue.h"
#include "recorder/event_line.h"

#define QUEUE_BYTES (8u << 20) /* of a CPU, in one drain */
#define EVENT_TYPES 65536u

struct raw_pump {
    struct pump pump;
    struct page_layout layout;
    struct queue_pool pool;
    struct queue *queues; /* by CPU */
    size_t cpu_count;
    size_t pages_max;
    uint64_t newest; /* of all events that were read by the last drain */
    struct comm_table *comms;
    struct entry_layout entry; /* of all events */
    struct render_style style;
    struct render **renders; /* of plan->events */
    const struct tp_kernel_event *const *events;
    size_t event_count;
    uint16_t *by_type; /* index + 1 into the two above; 0: no such event */
    char *line;
    size_t line_size;
};

/* --- opening --------------------------------------------------------------------------------- */

/* The start of a small file, NUL-terminated; false, with errno, if it cannot be opened. */
static bool read_text(const char *folder, const char *name, char *text, size_t size)
{
    char path[PATH_MAX];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "re");
    if (!file)
        return false;
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
    return true;
}

/* Of the instance, which may have pages of its own size, where the kernel has that file there. */
static int read_layout(struct raw_pump *raw, const struct pump_plan *plan, struct tp_error *error)
{
    char text[1024];

    if (!read_text(plan->instance, "events/header_page", text, sizeof text) &&
        !read_text(plan->tracefs, "events/header_page", text, sizeof text))
        return tp_error_sys(error, errno, "cannot open %s/events/header_page", plan->tracefs);
    return page_layout_parse(&raw->layout, text, error);
}

static int is_cpu(const struct dirent *entry)
{
    return strncmp(entry->d_name, "cpu", 3) == 0 && isdigit((unsigned char)entry->d_name[3]);
}

static int by_number(const struct dirent **a, const struct dirent **b)
{
    long x = strtol((*a)->d_name + 3, NULL, 10), y = strtol((*b)->d_name + 3, NULL, 10);

    return (x > y) - (x < y);
}

static int open_queues(struct raw_pump *raw, const char *instance, struct tp_error *error)
{
    struct dirent **names;
    char path[PATH_MAX];
    int count, i, rc = 0;

    snprintf(path, sizeof path, "%s/per_cpu", instance);
    count = scandir(path, &names, is_cpu, by_number);
    if (count < 0)
        return tp_error_sys(error, errno, "cannot list %s", path);
    raw->queues = calloc((size_t)count + 1, sizeof *raw->queues);
    if (!raw->queues)
        rc = tp_error_nomem(error);
    for (i = 0; i < count; i++) {
        if (!rc) {
            raw->cpu_count++;
            rc = queue_open(&raw->queues[i], instance, names[i]->d_name, error);
        }
        free(names[i]);
    }
    free(names);
    return rc;
}

static int compile(struct raw_pump *raw, const struct pump_plan *plan, struct tp_error *error)
{
    size_t i;
    int rc;

    raw->by_type = calloc(EVENT_TYPES, sizeof *raw->by_type);
    raw->renders = calloc(plan->event_count + 1, sizeof *raw->renders);
    if (!raw->by_type || !raw->renders)
        return tp_error_nomem(error);
    raw->events = plan->events;
    if (plan->event_count && (rc = entry_layout_read(&raw->entry, plan->events[0], error)))
        return rc;
    for (i = 0; i < plan->event_count && i < UINT16_MAX; i++) {
        rc = render_compile(&raw->renders[i], plan->events[i], &raw->style, error);
        if (rc)
            return rc;
        raw->event_count++;
        raw->by_type[plan->events[i]->id] = (uint16_t)(i + 1);
    }
    return 0;
}

/* Lines of a clock that counts something else look different: "[mono]" is the chosen one. */
static bool has_counter_clock(const char *instance)
{
    static const char *const counters[] = {"[counter]", "[uptime]", "[x86-tsc]", "[ppc-tb]"};
    char text[256];
    bool found = false;
    size_t i;

    if (!read_text(instance, "trace_clock", text, sizeof text))
        return false;
    for (i = 0; i < sizeof counters / sizeof *counters; i++)
        found |= strstr(text, counters[i]) != NULL;
    return found;
}

static void raw_close(struct pump *pump)
{
    struct raw_pump *raw = (struct raw_pump *)pump;
    size_t i;

    for (i = 0; i < raw->cpu_count; i++)
        queue_close(&raw->queues[i], &raw->pool);
    queue_pool_release(&raw->pool);
    for (i = 0; i < raw->event_count; i++)
        render_free(raw->renders[i]);
    comm_free(raw->comms);
    free(raw->queues);
    free(raw->renders);
    free(raw->by_type);
    free(raw->line);
    free(raw);
}

static int raw_open(struct pump **pump, const struct pump_plan *plan, struct tp_error *error)
{
    struct raw_pump *raw = calloc(1, sizeof *raw);
    int rc = 0;

    if (!raw)
        return tp_error_nomem(error);
    raw->style.release = plan->release;
    raw->style.is_counter = has_counter_clock(plan->instance);
    if (getrandom(raw->style.salt, sizeof raw->style.salt, 0) != sizeof raw->style.salt)
        rc = tp_error_sys(error, errno, "cannot get random numbers");
    if (!rc)
        rc = read_layout(raw, plan, error);
    if (!rc)
        rc = compile(raw, plan, error);
    if (!rc)
        rc = comm_open(&raw->comms, plan->tracefs, tp_clock_monotonic_ns, error);
    if (!rc)
        rc = open_queues(raw, plan->instance, error);
    if (rc) {
        raw_close(&raw->pump);
        return rc;
    }
    raw->pool.layout = &raw->layout;
    raw->pages_max = QUEUE_BYTES / raw->layout.size;
    *pump = &raw->pump;
    return 0;
}

/* --- reading --------------------------------------------------------------------------------- */

/* Reads all CPUs; *until is the time up to which everything is there. */
static int read_all(struct raw_pump *raw, bool last, uint64_t *until, struct tp_error *error)
{
    uint64_t newest = raw->newest;
    struct queue *queue;
    size_t i;
    int rc;

    *until = last ? UINT64_MAX : raw->newest;
    for (i = 0; i < raw->cpu_count; i++) {
        queue = &raw->queues[i];
        rc = queue_read(queue, &raw->pool, raw->pages_max, error);
        if (rc)
            return rc;
        if (queue->newest > newest)
            newest = queue->newest;
        if (queue->is_full && queue->newest < *until)
            *until = queue->newest;
        if (!queue->has_event)
            queue_next(queue, &raw->pool);
    }
    raw->newest = newest;
    return 0;
}

static bool any_events(const struct raw_pump *raw)
{
    size_t i;

    for (i = 0; i < raw->cpu_count; i++)
        if (raw->queues[i].has_event)
            return true;
    return false;
}

static bool any_full(const struct raw_pump *raw)
{
    size_t i;

    for (i = 0; i < raw->cpu_count; i++)
        if (raw->queues[i].is_full)
            return true;
    return false;
}

/* --- writing --------------------------------------------------------------------------------- */

static int make_room(struct raw_pump *raw, size_t size, struct tp_error *error)
{
    return TP_LIST_FIT(raw->line, size, raw->line_size) ? 0 : tp_error_nomem(error);
}

static int emit_marker(struct raw_pump *raw, const struct queue *queue, uint64_t lost,
                       const struct pump_out *out, struct tp_error *error)
{
    struct pump_line line = {.is_lost = true, .lost = lost};
    char text[64], count[32] = "";

    if (lost)
        snprintf(count, sizeof count, "%" PRIu64 " ", lost);
    line.text = text;
    line.length =
        (size_t)snprintf(text, sizeof text, "CPU:%u [LOST %sEVENTS]\n", queue->cpu, count);
    return pump_emit(&raw->pump, &line, out, error);
}

/* What was counted and what was not have a marker each. */
static int emit_lost(struct raw_pump *raw, struct queue *queue, const struct pump_out *out,
                     struct tp_error *error)
{
    uint64_t lost = queue->lost;
    int rc = 0;

    queue->has_lost = false;
    queue->lost = 0;
    if (lost)
        rc = emit_marker(raw, queue, lost, out, error);
    if (!rc && queue->lost_uncounted)
        rc = emit_marker(raw, queue, 0, out, error);
    queue->lost_uncounted = false;
    return rc;
}

static int emit_event(struct raw_pump *raw, struct queue *queue, const struct pump_out *out,
                      struct tp_error *error)
{
    const struct page_event *event = &queue->event;
    struct pump_line line = {.ts_ns = (int64_t)event->ts};
    const struct render *render;
    uint16_t type = 0;
    int32_t pid = 0;
    int rc;

    if (event->size >= raw->entry.size) {
        type = (uint16_t)entry_get(&raw->entry, ENTRY_TYPE, event->bytes);
        pid = (int32_t)entry_get(&raw->entry, ENTRY_PID, event->bytes);
    }
    if (raw->by_type[type]) {
        render = raw->renders[raw->by_type[type] - 1];
        rc = make_room(raw, render_size_max(render, event->size), error);
        if (rc)
            return rc;
        line.text = raw->line;
        line.event = raw->events[raw->by_type[type] - 1];
        line.length = render_line(render, event, queue->cpu, comm_find(raw->comms, pid), raw->line);
    }
    if (line.length)
        return pump_emit(&raw->pump, &line, out, error);
    /* Nothing but what was chosen is enabled: whatever it is, it is missing in the recording. */
    raw->pump.stats.unreadable++;
    queue->lost_uncounted = true;
    return emit_lost(raw, queue, out, error);
}

/* The CPU with the earliest next event; *second is the time and place of the next CPU's. */
static struct queue *earliest(const struct raw_pump *raw, uint64_t *second)
{
    struct queue *queue, *best = NULL;
    size_t i;

    *second = UINT64_MAX;
    for (i = 0; i < raw->cpu_count; i++) {
        queue = &raw->queues[i];
        if (!queue->has_event)
            continue;
        if (!best || queue->event.ts < best->event.ts) {
            if (best)
                *second = best->event.ts;
            best = queue;
        } else if (queue->event.ts < *second) {
            *second = queue->event.ts;
        }
    }
    return best;
}

static int write_until(struct raw_pump *raw, uint64_t until, const struct pump_out *out,
                       struct tp_error *error)
{
    struct queue *queue;
    uint64_t second;
    int rc = 0;

    while (!rc && (queue = earliest(raw, &second)) && queue->event.ts <= until) {
        /* A run of events that are all earlier than any other CPU's. */
        do {
            if (queue->has_lost)
                rc = emit_lost(raw, queue, out, error);
            if (!rc)
                rc = emit_event(raw, queue, out, error);
            queue_next(queue, &raw->pool);
        } while (!rc && queue->has_event && queue->event.ts < second && queue->event.ts <= until);
    }
    return rc;
}

/* Losses behind the last event. */
static int write_rest(struct raw_pump *raw, const struct pump_out *out, struct tp_error *error)
{
    size_t i;
    int rc = 0;

    for (i = 0; !rc && i < raw->cpu_count; i++)
        if (!raw->queues[i].has_event && raw->queues[i].has_lost)
            rc = emit_lost(raw, &raw->queues[i], out, error);
    return rc;
}

static void count_rest(struct raw_pump *raw)
{
    struct queue *queue;
    size_t i;

    for (i = 0; i < raw->cpu_count; i++) {
        queue = &raw->queues[i];
        raw->pump.stats.unreadable += queue->damaged;
        raw->pump.stats.lost += queue->lost_unmarked;
        queue->damaged = queue->lost_unmarked = 0;
    }
}

static int raw_drain(struct pump *pump, bool last, const struct pump_out *out,
                     struct tp_error *error)
{
    struct raw_pump *raw = (struct raw_pump *)pump;
    uint64_t until;
    int rc;

    do {
        rc = read_all(raw, last, &until, error);
        if (!rc && any_events(raw))
            rc = comm_refresh(raw->comms, error);
        if (!rc)
            rc = write_until(raw, until, out, error);
        count_rest(raw);
    } while (!rc && last && any_full(raw));
    if (!rc && last)
        rc = write_rest(raw, out, error);
    return rc;
}

const struct engine engine_raw = {raw_open, raw_drain, raw_close};
