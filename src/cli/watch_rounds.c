/* watch_rounds.c: reads sockets, ends and counters, once a round. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/watch.h"

int watch_begin(struct watch_state *watch, struct tp_error *error)
{
    watch->reading = watch->options;
    watch->reading.filter = NULL;
    watch->reading.bytecode = NULL;
    watch->reading.filter_on_owner = false;
    watch->reading.watches = true;
    watch->closed = calloc(WATCH_CLOSED, sizeof *watch->closed);
    if (!watch->closed)
        return tp_error_nomem(error);
    if (watch->log)
        return TP_OK;
    return sockets_open(&watch->source, &watch->reading, error);
}

void watch_finish(struct watch_state *watch)
{
    sockets_release(&watch->rounds[0]);
    sockets_release(&watch->rounds[1]);
    tp_counters_release(&watch->counters[0]);
    tp_counters_release(&watch->counters[1]);
    sockets_close(&watch->source);
    free(watch->closed);
    free(watch->past);
    free(watch->rows);
    watch_log_close(watch->log);
}

/* --- ends ------------------------------------------------------------------------------- */

/* The owner is not told with the end; what SO_LINGER 0 wiped is what it was. */
int watch_take_end(void *context, const struct tp_sock *socket, bool nameless)
{
    struct watch_state *watch = context;
    const struct tp_sock *last = sockets_find(watch->now, socket->cookie);
    struct watch_closed *closed;

    if ((nameless && !last) || watch->closed_count == WATCH_CLOSED)
        return 0;
    closed = &watch->closed[watch->closed_count++];
    closed->has_last = last != NULL;
    closed->end = nameless ? *last : *socket;
    closed->end.ts_ns = socket->ts_ns;
    if (!last)
        return 0;
    closed->last = *last;
    closed->end.pid = last->pid;
    memcpy(closed->end.owner, last->owner, sizeof closed->end.owner);
    closed->end.cgroup = last->cgroup;
    return 0;
}

static void forget_closed(struct watch_state *watch, int64_t now_ns)
{
    size_t kept = 0;

    for (size_t i = 0; i < watch->closed_count; i++)
        if (now_ns - watch->closed[i].end.ts_ns < WATCH_CLOSED_NS)
            watch->closed[kept++] = watch->closed[i];
    watch->closed_count = kept;
}

int watch_ends(struct watch_state *watch, struct tp_error *error)
{
    int rc = watch->now ? sockets_index(watch->now, error) : TP_OK;

    for (size_t i = 0; watch->source.ends && i < watch->source.count && rc == TP_OK; i++) {
        const struct tp_ends_options how = {(uint32_t)i, watch_take_end, watch};

        if (watch->source.ends[i])
            rc = tp_ends_read(watch->source.ends[i], &how, &watch->ends, error);
    }
    return rc;
}

/* --- a round ---------------------------------------------------------------------------- */

/* Growth of several namespaces is not that of the machine. */
static int read_counters(struct watch_state *watch, struct tp_error *error)
{
    struct tp_counters *next = &watch->counters[watch->counted == &watch->counters[0]];
    int rc;

    if (!watch->source.counters || watch->source.count != 1)
        return TP_OK;
    rc = tp_counters_read(watch->source.counters[0], next, error);
    watch->counted_before = watch->counted;
    watch->counted = next;
    return rc;
}

int watch_arrived(struct watch_state *watch, struct sockets_round *round, int64_t ts_ns,
                  struct tp_error *error)
{
    int rc;

    watch->before = watch->now;
    watch->now = round;
    watch->host.clock_ns = ts_ns;
    if (!watch->host.first_ns)
        watch->host.first_ns = ts_ns;
    forget_closed(watch, ts_ns);
    rc = watch_arrange(watch, error);
    return rc ? rc : watch_follow(watch, error);
}

int watch_read(struct watch_state *watch, struct tp_error *error)
{
    struct sockets_round *next = &watch->rounds[watch->now == &watch->rounds[0]];
    int rc = watch_ends(watch, error);
    int64_t begin_ns = tp_clock_monotonic_ns();

    if (rc == TP_OK)
        rc = sockets_read(&watch->source, next, watch->now, error);
    if (rc == TP_OK)
        rc = read_counters(watch, error);
    if (rc)
        return rc;
    watch->host.dump_ns = tp_clock_monotonic_ns() - begin_ns;
    watch->host.wall_ns = begin_ns + watch->source.wall_minus_monotonic_ns;
    watch_look_at_memory(&watch->host, watch->options.proc);
    return watch_arrived(watch, next, begin_ns, error);
}
