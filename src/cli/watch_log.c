/* watch_log.c: rounds out of a log instead of the machine.
 *
 * A line of the log says what changed, so that where a time is looked for all before it is read: to
 * go back is to begin again. A socket whose end is in no line (the kernel had no room to tell it)
 * is gone once it had none for longer than lines in full are apart.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "cli/watch.h"

#include <tcpprobe/sampler.h>

#define UNTOLD_ROUNDS (TP_SAMPLER_FULL_EVERY + 3)

struct watch_log {
    const char *path;
    struct tp_pass *pass;
    struct sockets_round live; /* as last told; one that ended has no cookie */
    struct tp_counters counters;
    char **cgroups; /* texts that sockets borrow */
    size_t cgroup_count, cgroups_allocated;
    int64_t first_ns, round_ns, gap_ns; /* of rounds; gap_ns: the longest time between two */
    uint64_t rounds;
    bool is_done;
};

static int open_pass(struct watch_log *log, struct tp_error *error)
{
    const struct tp_pass_options how = {.stream = {.fields = TP_BIT(WORDS) | TP_BIT(SOCK_COOKIE)}};

    tp_pass_close(log->pass);
    log->live.count = log->live.slot_count = 0;
    log->counters.count = 0;
    log->round_ns = log->rounds = 0;
    log->is_done = false;
    return tp_pass_open(&log->pass, &log->path, 1, &how, error);
}

int watch_log_open(struct watch_log **result, const char *path, struct tp_error *error)
{
    struct watch_log *log = calloc(1, sizeof *log);

    if (!log)
        return tp_error_nomem(error);
    *result = log;
    log->path = path;
    return open_pass(log, error);
}

void watch_log_close(struct watch_log *log)
{
    if (!log)
        return;
    tp_pass_close(log->pass);
    sockets_release(&log->live);
    tp_counters_release(&log->counters);
    for (size_t i = 0; i < log->cgroup_count; i++)
        free(log->cgroups[i]);
    free(log->cgroups);
    free(log);
}

int64_t watch_log_gap_ns(const struct watch_log *log)
{
    return log->gap_ns;
}

int64_t watch_log_time_ns(const struct watch_log *log)
{
    return log->round_ns - log->first_ns;
}

bool watch_log_is_done(const struct watch_log *log)
{
    return log->is_done;
}

/* --- lines ------------------------------------------------------------------------------ */

/* The same text once. NULL if out of memory. */
static const char *keep_cgroup(struct watch_log *log, const struct tp_text *text)
{
    char *cgroup = malloc(text->length + 1);

    if (!cgroup)
        return NULL;
    tp_socket_unescape(text, cgroup, text->length + 1);
    for (size_t i = 0; i < log->cgroup_count; i++)
        if (strcmp(log->cgroups[i], cgroup) == 0) {
            free(cgroup);
            return log->cgroups[i];
        }
    if (!TP_LIST_ROOM(log->cgroups, log->cgroup_count, log->cgroups_allocated, 16)) {
        free(cgroup);
        return NULL;
    }
    return log->cgroups[log->cgroup_count++] = cgroup;
}

/* What the line makes of what was known. False: out of memory. */
static bool read_line(struct watch_log *log, const struct tp_record *record, struct tp_sock *socket,
                      struct tp_socket_line *line)
{
    socket->ts_ns = record->ts_ns;
    socket->cookie = record->sock_cookie;
    socket->key = record->key;
    socket->local = record->local;
    tp_socket_read_words(socket, record->words.bytes, record->words.length, line);
    if (line->cgroup.length && !(socket->cgroup = keep_cgroup(log, &line->cgroup)))
        return false;
    return true;
}

static struct tp_sock *known(struct watch_log *log, const struct tp_record *record)
{
    return (struct tp_sock *)sockets_find(&log->live, record->sock_cookie);
}

static int take_socket(struct watch_log *log, const struct tp_record *record,
                       struct tp_error *error)
{
    struct tp_sock *socket = known(log, record), fresh = {0};
    struct tp_socket_line line;

    if (!read_line(log, record, socket ? socket : &fresh, &line))
        return tp_error_nomem(error);
    return socket ? TP_OK : sockets_put(&log->live, &fresh, error);
}

static int take_end(struct watch_state *watch, const struct tp_record *record,
                    struct tp_error *error)
{
    struct watch_log *log = watch->log;
    struct tp_sock *socket = known(log, record), end = {0};
    struct tp_socket_line line;

    if (socket)
        end = *socket;
    if (!read_line(log, record, &end, &line))
        return tp_error_nomem(error);
    watch_take_end(watch, &end, line.wiped);
    if (socket)
        socket->tcp_state = TP_STATES; /* none: it is left out of the next round */
    return TP_OK;
}

/* "TcpRetransSegs=142": the last value of each. */
static int take_counters(struct watch_log *log, const struct tp_record *record,
                         struct tp_error *error)
{
    char word[TP_COUNTER_NAME_BYTES + 32], name[TP_COUNTER_NAME_BYTES];
    const char *at = record->words.bytes, *end = at + record->words.length, *blank;
    struct tp_counter *counter;
    long long value;
    size_t length;

    for (; at < end; at += length + 1) {
        blank = memchr(at, ' ', (size_t)(end - at));
        length = (size_t)((blank ? blank : end) - at);
        if (length >= sizeof word)
            continue;
        snprintf(word, sizeof word, "%.*s", (int)length, at);
        if (sscanf(word, "%63[A-Za-z0-9_]=%lld", name, &value) != 2 || strcmp(name, "netns") == 0)
            continue;
        counter = (struct tp_counter *)tp_counters_find(&log->counters, name);
        if (!counter) {
            if (!TP_LIST_ROOM(log->counters.list, log->counters.count, log->counters.allocated, 64))
                return tp_error_nomem(error);
            counter = &log->counters.list[log->counters.count++];
            *counter = (struct tp_counter){.row = tp_counter_row_find(name)};
            snprintf(counter->name, sizeof counter->name, "%s", name);
        }
        counter->value = value;
    }
    log->counters.ts_ns = record->ts_ns;
    return TP_OK;
}

/* --- rounds ----------------------------------------------------------------------------- */

static int64_t number_in(const struct tp_text *words, const char *name)
{
    const char *at = memmem(words->bytes, words->length, name, strlen(name));
    int64_t number = 0;

    if (!at)
        return 0;
    for (at += strlen(name); at < words->bytes + words->length && *at >= '0' && *at <= '9'; at++)
        number = number < INT64_MAX / 100 ? number * 10 + (*at - '0') : number;
    return number;
}

/* Those that ended, or must have: all where the round met none. */
static void drop_gone(struct watch_log *log, int64_t met)
{
    int64_t oldest_ns = log->round_ns - UNTOLD_ROUNDS * log->gap_ns;
    size_t kept = 0;

    for (size_t i = 0; i < log->live.count; i++) {
        const struct tp_sock *socket = &log->live.list[i];

        if (met > 0 && socket->tcp_state != TP_STATES &&
            (!log->gap_ns || socket->ts_ns >= oldest_ns))
            log->live.list[kept++] = *socket;
    }
    if (kept < log->live.count)
        log->live.slot_count = 0;
    log->live.count = kept;
}

/* What had no line is as it was. */
static int copy_round(const struct watch_log *log, int64_t before_ns, struct sockets_round *next,
                      struct tp_error *error)
{
    next->count = next->slot_count = 0;
    memset(next->by_state, 0, sizeof next->by_state);
    if (!TP_LIST_FIT(next->list, log->live.count, next->allocated))
        return tp_error_nomem(error);
    for (size_t i = 0; i < log->live.count; i++) {
        struct tp_sock *socket = &next->list[next->count++];

        *socket = log->live.list[i];
        if (socket->ts_ns <= before_ns)
            socket->ts_ns = log->round_ns;
        next->by_state[socket->tcp_state % TP_STATES]++;
    }
    return TP_OK;
}

static int copy_counters(struct watch_state *watch, struct tp_error *error)
{
    const struct tp_counters *told = &watch->log->counters;
    struct tp_counters *next = &watch->counters[watch->counted == &watch->counters[0]];

    if (!told->count)
        return TP_OK;
    if (!TP_LIST_FIT(next->list, told->count, next->allocated))
        return tp_error_nomem(error);
    memcpy(next->list, told->list, told->count * sizeof *told->list);
    next->count = told->count;
    next->ts_ns = watch->log->round_ns;
    watch->counted_before = watch->counted;
    watch->counted = next;
    return TP_OK;
}

static int take_round(struct watch_state *watch, const struct tp_record *record,
                      struct tp_error *error)
{
    struct watch_log *log = watch->log;
    struct sockets_round *next = &watch->rounds[watch->now == &watch->rounds[0]];
    int64_t before_ns = log->round_ns, wall_ns;
    int rc;

    log->round_ns = record->ts_ns;
    if (!log->first_ns)
        log->first_ns = record->ts_ns;
    if (log->rounds++ && record->ts_ns - before_ns > log->gap_ns)
        log->gap_ns = record->ts_ns - before_ns;
    drop_gone(log, number_in(&record->words, "sockets="));
    rc = copy_round(log, before_ns, next, error);
    if (rc == TP_OK)
        rc = sockets_index(&log->live, error);
    if (rc == TP_OK)
        rc = copy_counters(watch, error);
    watch->host.dump_ns = number_in(&record->words, "dump_ns=");
    watch->host.wall_ns = 0;
    if (tp_stream_wall_offset(tp_pass_stream(log->pass), record->key.timeline, &wall_ns))
        watch->host.wall_ns = record->ts_ns + wall_ns;
    return rc == TP_OK ? watch_arrived(watch, next, record->ts_ns, error) : rc;
}

/* 1: a round came, 0: something else. */
static int take(struct watch_state *watch, const struct tp_record *record, struct tp_error *error)
{
    int rc = TP_OK;

    if (!TP_HAS(record, WORDS))
        return 0;
    if (record->kind == TP_KIND_SOCKET)
        rc = take_socket(watch->log, record, error);
    else if (record->kind == TP_KIND_SOCKET_END)
        rc = take_end(watch, record, error);
    else if (record->kind == TP_KIND_COUNTERS)
        rc = take_counters(watch->log, record, error);
    else if (record->kind == TP_KIND_SOCKET_ROUND)
        rc = take_round(watch, record, error);
    return rc == TP_OK ? record->kind == TP_KIND_SOCKET_ROUND : rc;
}

int watch_log_read(struct watch_state *watch, struct tp_error *error)
{
    const struct tp_record *record;
    int rc = watch->now ? sockets_index(watch->now, error) : TP_OK;

    while (rc == TP_OK && !watch->log->is_done) {
        rc = tp_pass_next(watch->log->pass, &record, error);
        watch->log->is_done = rc == 0;
        if (rc == 1)
            rc = take(watch, record, error);
    }
    if (rc >= 0 && !watch->now)
        rc = tp_error_set(error, TP_ERR_FORMAT,
                          "%s has no samples of sockets: 'tcpprobe sockets -o' and 'tcpprobe trace "
                          "--sockets' record them",
                          watch->log->path);
    return rc < 0 ? rc : TP_OK;
}

int watch_log_seek(struct watch_state *watch, int64_t time_ns, struct tp_error *error)
{
    struct watch_log *log = watch->log;
    int rc = TP_OK;

    if (time_ns < watch_log_time_ns(log)) {
        watch->now = watch->before = NULL;
        watch->counted = watch->counted_before = NULL;
        watch->closed_count = watch->past_count = 0;
        rc = open_pass(log, error);
        if (rc == TP_OK)
            rc = watch_log_read(watch, error);
    }
    while (rc == TP_OK && !log->is_done && watch_log_time_ns(log) < time_ns)
        rc = watch_log_read(watch, error);
    return rc;
}
