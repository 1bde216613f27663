/* sockets_read.c: the sockets of one or several network namespaces, or of a recording. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "cli/sockets.h"

#define ALL_NAMESPACES "all"
#define SOCKETS_FIRST  256

/* --- opening ---------------------------------------------------------------------------- */

static int read_all(int fd, uint8_t **bytes, size_t *length, struct tp_error *error)
{
    size_t allocated = 0;
    ssize_t got = 1;

    *bytes = NULL;
    *length = 0;
    while (got > 0) {
        if (*length == allocated && !TP_LIST_FIT(*bytes, allocated * 2 + 65536, allocated))
            return tp_error_nomem(error);
        got = read(fd, *bytes + *length, allocated - *length);
        if (got < 0 && errno != EINTR)
            return tp_error_sys(error, errno, "cannot read it");
        *length += got > 0 ? (size_t)got : 0;
        got = got < 0 ? 1 : got;
    }
    return TP_OK;
}

static int open_recording(struct sockets_source *source, const char *path, struct tp_error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), rc;
    size_t length = 0;

    if (fd < 0) {
        rc = tp_error_sys(error, errno, "cannot open it");
    } else {
        rc = read_all(fd, &source->bytes, &length, error);
        close(fd);
    }
    if (rc == TP_OK)
        source->netlinks[0] = tp_netlink_replay(source->bytes, length, error);
    tp_error_at(error, path, 0, 0);
    return rc || source->netlinks[0] ? rc : TP_ERR_NOMEM;
}

static int find_namespaces(struct sockets_source *source, struct tp_error *error)
{
    const struct sockets_options *options = source->options;

    if (strcmp(options->netns, ALL_NAMESPACES) == 0)
        return tp_netns_all(options->proc, &source->netns, &source->count, error);
    source->count = 1;
    source->netns = calloc(1, sizeof *source->netns);
    if (!source->netns)
        return tp_error_nomem(error);
    return tp_netns_find(options->proc, options->netns, source->netns, error);
}

/* In the namespace where we are. What is told of ends is joined before the first dump. */
static int open_here(struct sockets_source *source, size_t i, struct tp_error *error)
{
    bool more = source->options->records || source->options->watches;

    if (more && (!(source->ends[i] = tp_ends_open(error)) ||
                 !(source->counters[i] = tp_counter_files_open(source->options->proc, error))))
        return error->code;
    source->netlinks[i] = tp_netlink_open(error);
    return source->netlinks[i] ? TP_OK : error->code;
}

static int allocate(struct sockets_source *source, struct tp_error *error)
{
    bool more = source->options->records || source->options->watches;

    source->netlinks = calloc(source->count, sizeof *source->netlinks);
    source->ends = more ? calloc(source->count, sizeof *source->ends) : NULL;
    source->counters = more ? calloc(source->count, sizeof *source->counters) : NULL;
    if (!source->netlinks || (more && (!source->ends || !source->counters)))
        return tp_error_nomem(error);
    return TP_OK;
}

/* Of all namespaces, those that went away meanwhile are left out. */
static int open_each(struct sockets_source *source, struct tp_error *error)
{
    bool all = source->netns && strcmp(source->options->netns, ALL_NAMESPACES) == 0;
    int rc = TP_OK;

    for (size_t i = 0; i < source->count && rc == TP_OK; i++) {
        if (source->netns)
            rc = tp_netns_enter(&source->netns[i], error);
        if (rc == TP_ERR_IO && all && error->sys_errno == ENOENT) {
            tp_error_clear(error);
            rc = TP_OK;
            continue;
        }
        if (rc == TP_OK)
            rc = open_here(source, i, error);
    }
    return rc;
}

/* The thread comes back: what else it opens is of its own namespace. */
static int open_namespaces(struct sockets_source *source, struct tp_error *error)
{
    int own = source->netns ? open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC) : -1, rc;

    if (source->netns && own < 0)
        return tp_error_sys(error, errno, "cannot open /proc/self/ns/net");
    rc = open_each(source, error);
    if (own >= 0 && setns(own, CLONE_NEWNET) < 0 && rc == TP_OK)
        rc = tp_error_sys(error, errno, "cannot return to the own network namespace");
    if (own >= 0)
        close(own);
    return rc;
}

int sockets_open(struct sockets_source *source, const struct sockets_options *options,
                 struct tp_error *error)
{
    int rc = TP_OK;

    memset(source, 0, sizeof *source);
    source->options = options;
    source->count = 1;
    if (options->netns)
        rc = find_namespaces(source, error);
    if (rc == TP_OK)
        rc = allocate(source, error);
    if (rc == TP_OK)
        rc = options->recorded ? open_recording(source, options->recorded, error)
                               : open_namespaces(source, error);
    if (rc == TP_OK && !options->recorded) {
        source->owners = tp_owners_new(options->proc, error);
        source->wall_minus_monotonic_ns = tp_clock_ns(CLOCK_REALTIME) - tp_clock_monotonic_ns();
        rc = source->owners ? TP_OK : TP_ERR_NOMEM;
    }
    return rc;
}

void sockets_close(struct sockets_source *source)
{
    for (size_t i = 0; i < source->count; i++) {
        tp_netlink_close(source->netlinks ? source->netlinks[i] : NULL);
        tp_netlink_close(source->ends ? source->ends[i] : NULL);
        tp_counter_files_close(source->counters ? source->counters[i] : NULL);
    }
    free(source->netlinks);
    free(source->ends);
    free(source->counters);
    free(source->netns);
    free(source->bytes);
    tp_owners_free(source->owners);
    memset(source, 0, sizeof *source);
}

/* --- reading ---------------------------------------------------------------------------- */

struct tp_socket_view sockets_view(const struct sockets_source *source, const struct tp_sock *now)
{
    return (struct tp_socket_view){.now = now,
                                   .wall_minus_monotonic_ns = source->wall_minus_monotonic_ns,
                                   .netns = source->netns ? source->netns[now->netns].name : NULL};
}

struct taking {
    struct sockets_source *source;
    struct sockets_round *round;
    const struct sockets_round *before; /* NULL: there is none */
    bool met; /* a socket that may have a process, which was not looked for yet */
};

uint32_t sockets_states(const struct sockets_options *options)
{
    const uint32_t others = TP_STATE_BIT(TP_STATE_LISTEN) | TP_STATE_BIT(TP_STATE_SYN_RECV) |
                            TP_STATE_BIT(TP_STATE_TIME_WAIT);

    return options->states ? options->states : TP_STATES_ALL & ~others;
}

static bool is_listed(const struct sockets_options *options, const struct tp_sock *socket)
{
    return sockets_states(options) >> (socket->tcp_state & 31) & 1;
}

static void count_state(struct sockets_round *round, const struct tp_sock *socket)
{
    if (socket->tcp_state < TP_STATES)
        round->by_state[socket->tcp_state]++;
}

/* Who has it open stays the same, mostly: a search takes longer than all the rest. */
static void recall_owner(struct taking *taking, struct tp_sock *socket,
                         const struct tp_sock *before)
{
    if (before && before->pid) {
        socket->pid = before->pid;
        memcpy(socket->owner, before->owner, sizeof socket->owner);
    }
    if (TP_SOCKET_HAS(socket, inode) && !(before && TP_SOCKET_HAS(before, inode)))
        taking->met = true;
}

static int take(void *context, const struct tp_sock *socket)
{
    struct taking *taking = context;
    const struct sockets_options *options = taking->source->options;
    struct sockets_round *round = taking->round;
    struct tp_socket_view view;
    struct tp_sock *taken;

    if (!TP_LIST_ROOM(round->list, round->count, round->allocated, SOCKETS_FIRST))
        return -1;
    taken = &round->list[round->count];
    *taken = *socket;
    if (taking->source->owners && TP_SOCKET_HAS(taken, cgroup_id))
        taken->cgroup = tp_owners_cgroup(taking->source->owners, taken->cgroup_id);
    view = sockets_view(taking->source, taken);
    if (options->filter || options->processes) {
        view.before = sockets_find(taking->before, taken->cookie);
        recall_owner(taking, taken, view.before);
    }
    if (options->filter_on_owner) {
        round->count++;
    } else if (sockets_match(options, &view)) {
        count_state(round, taken);
        round->count += is_listed(options, taken);
    }
    return 0;
}

/* What could be asked only after the owners were found. */
static void filter_by_owner(const struct sockets_source *source, struct sockets_round *round,
                            const struct sockets_round *before)
{
    struct tp_socket_view view;
    size_t kept = 0;

    for (size_t i = 0; i < round->count; i++) {
        view = sockets_view(source, &round->list[i]);
        view.before = sockets_find(before, round->list[i].cookie);
        if (!sockets_match(source->options, &view))
            continue;
        count_state(round, &round->list[i]);
        if (is_listed(source->options, &round->list[i]))
            round->list[kept++] = round->list[i];
    }
    round->count = kept;
}

static void add_summary(struct tp_dump_summary *to, const struct tp_dump_summary *more)
{
    to->sockets += more->sockets;
    to->duplicates += more->duplicates;
    to->malformed += more->malformed;
    to->interrupted |= more->interrupted;
    to->unfiltered |= more->unfiltered;
}

static int dump(struct taking *taking, size_t netns, struct tp_error *error)
{
    struct sockets_source *source = taking->source;
    const struct sockets_options *options = source->options;
    struct sockets_round *round = taking->round;
    struct tp_dump_options how = {.states = options->states ? options->states : TP_STATES_ALL,
                                  .bytecode = options->bytecode,
                                  .bytecode_bytes = options->bytecode_bytes,
                                  .netns = (uint32_t)netns,
                                  .socket = take,
                                  .context = taking};
    struct tp_dump_summary summary;
    int rc = tp_sockets_dump(source->netlinks[netns], &how, &summary, error);

    add_summary(&round->summary, &summary);
    if (rc == TP_ERR_STOPPED) {
        tp_error_clear(error);
        return tp_error_nomem(error);
    }
    if (rc && options->recorded)
        tp_error_at(error, options->recorded, 0, 0);
    return rc;
}

int sockets_read(struct sockets_source *source, struct sockets_round *round,
                 struct sockets_round *before, struct tp_error *error)
{
    struct taking taking = {source, round, before, before == NULL};
    int rc = before ? sockets_index(before, error) : TP_OK;

    round->count = round->slot_count = 0;
    memset(round->by_state, 0, sizeof round->by_state);
    memset(&round->summary, 0, sizeof round->summary);
    for (size_t i = 0; i < source->count && rc == TP_OK; i++)
        if (source->netlinks[i])
            rc = dump(&taking, i, error);
    if (rc == TP_OK && source->options->processes && source->owners && taking.met)
        rc = tp_owners_find(source->owners, round->list, round->count, &source->processes, error);
    if (rc == TP_OK && source->options->filter_on_owner)
        filter_by_owner(source, round, before);
    return rc;
}
