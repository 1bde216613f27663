/* sampler.c: what changed in each round.
 *
 * Of every socket the last state that was written is kept. Owners are looked for in the first two
 * rounds of a socket only, because the files of some processes may not be looked at, and a walk for
 * what is never found costs more than the rest of the round.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/list.h"
#include "host/sample_line.h"
#include "host/samples.h"

#include <tcpprobe/sampler.h>

#define LIST_FIRST   256
#define OWNER_ROUNDS 2
#define UNSEEN_ROUNDS                                                                              \
    3 /* a dump may miss a socket; after so many it is gone, and its end was missed */

struct tp_sampler {
    struct tp_sampler_options options;
    struct tp_sampler_summary summary;
    struct samples samples;
    struct tp_sock *round; /* that the dump found */
    size_t round_count, round_allocated;
    struct tp_sock *ownerless;
    size_t ownerless_count, ownerless_allocated;
    struct tp_counters *counters;  /* two of each source, in turn */
    uint64_t counters_full;        /* the round in which they were written in full; 0: none */
    uint64_t changed, ended, gaps; /* since the last round's line */
    uint64_t part;                 /* the round before which a file began */
    int failed;                    /* what a line returned in a callback */
    struct tp_error *error;
    struct sample_line line;
};

struct tp_sampler *tp_sampler_new(const struct tp_sampler_options *options, struct tp_error *error)
{
    struct tp_sampler *sampler = calloc(1, sizeof *sampler);

    if (sampler)
        sampler->counters = calloc(2 * options->source_count, sizeof *sampler->counters);
    if (!sampler || !sampler->counters) {
        free(sampler);
        tp_error_nomem(error);
        return NULL;
    }
    sampler->options = *options;
    if (!sampler->options.full_every)
        sampler->options.full_every = TP_SAMPLER_FULL_EVERY;
    return sampler;
}

void tp_sampler_free(struct tp_sampler *sampler)
{
    if (!sampler)
        return;
    for (size_t i = 0; i < 2 * sampler->options.source_count; i++)
        tp_counters_release(&sampler->counters[i]);
    samples_release(&sampler->samples);
    free(sampler->counters);
    free(sampler->round);
    free(sampler->ownerless);
    free(sampler);
}

const struct tp_sampler_summary *tp_sampler_summary(const struct tp_sampler *sampler)
{
    return &sampler->summary;
}

void tp_sampler_part(struct tp_sampler *sampler)
{
    sampler->part = sampler->summary.rounds + 1;
}

/* --- lines ------------------------------------------------------------------------------ */

static void begin(struct tp_sampler *sampler, int64_t ts_ns, const char *event)
{
    sample_line_begin(&sampler->line, sampler->options.pid, ts_ns, event);
}

static int send_line(struct tp_sampler *sampler, int64_t ts_ns)
{
    struct sample_line *line = &sampler->line;

    sample_line_end(line);
    sampler->summary.lines++;
    return sampler->options.line(sampler->options.context, ts_ns, line->text, line->length,
                                 sampler->error);
}

/* Of which namespace, where there are several. */
static void put_netns(struct tp_sampler *sampler, uint32_t netns)
{
    if (sampler->options.source_count > 1)
        sample_line_number(&sampler->line, "netns", netns);
}

/* --- ends ------------------------------------------------------------------------------- */

/* What the notification does not have. */
static void recall_owner(struct tp_sock *socket, const struct tp_sock *known)
{
    socket->pid = known->pid;
    memcpy(socket->owner, known->owner, sizeof socket->owner);
    socket->cgroup = known->cgroup;
}

static int write_end(struct tp_sampler *sampler, const struct tp_sock *end,
                     const struct socket_sample *sample, bool nameless)
{
    struct tp_sock socket = *end;

    if (sample) {
        socket.key = sample->socket.key;
        socket.local = sample->socket.local;
        recall_owner(&socket, &sample->socket);
    }
    begin(sampler, socket.ts_ns, "tcp_socket_end");
    sample_line_socket(&sampler->line, &socket);
    put_netns(sampler, socket.netns);
    if (nameless)
        sample_line_number(&sampler->line, "wiped", 1);
    if (!sample && sampler->summary.rounds > 0)
        sample_line_number(&sampler->line, "new", 1);
    sample_line_fields(&sampler->line, &socket, NULL);
    sample_line_owner(&sampler->line, &socket, NULL);
    sampler->summary.ended++;
    sampler->summary.wiped += nameless;
    sampler->ended++;
    return send_line(sampler, socket.ts_ns);
}

/* Of a socket that no dump has met, only its own words can be asked. */
static bool is_wanted(const struct tp_sampler *sampler, const struct tp_sock *socket)
{
    const struct tp_sampler_options *options = &sampler->options;

    return !options->wanted || options->wanted(options->context, socket);
}

static int take_end(void *context, const struct tp_sock *socket, bool nameless)
{
    struct tp_sampler *sampler = context;
    struct socket_sample *sample = samples_find(&sampler->samples, socket->cookie);

    if (sample ? sample->wanted : !nameless && is_wanted(sampler, socket)) {
        sampler->summary.met += !sample;
        sampler->failed = write_end(sampler, socket, sample, nameless);
    }
    if (sample)
        samples_remove(&sampler->samples, sample);
    return sampler->failed;
}

static int read_ends(struct tp_sampler *sampler, size_t source)
{
    const struct tp_ends_options how = {
        .netns = (uint32_t)source, .end = take_end, .context = sampler};
    struct tp_netlink *netlink = sampler->options.sources[source].ends;
    struct tp_ends_summary summary = {0};
    struct tp_error stopped = TP_ERROR_INIT;
    int rc = netlink ? tp_ends_read(netlink, &how, &summary, &stopped) : TP_OK;

    sampler->summary.malformed += summary.malformed;
    sampler->summary.gaps += summary.gaps;
    sampler->gaps += summary.gaps;
    if (rc == TP_ERR_STOPPED)
        return sampler->failed;
    if (rc && sampler->error && !sampler->error->code)
        *sampler->error = stopped;
    return rc;
}

int tp_sampler_ends(struct tp_sampler *sampler, struct tp_error *error)
{
    int rc = TP_OK;

    sampler->error = error;
    sampler->failed = TP_OK;
    for (size_t i = 0; i < sampler->options.source_count && rc == TP_OK; i++)
        rc = read_ends(sampler, i);
    return rc;
}

/* --- the dump --------------------------------------------------------------------------- */

static int take_socket(void *context, const struct tp_sock *socket)
{
    struct tp_sampler *sampler = context;

    if (!cookie_is_one(socket->cookie))
        return 0;
    if (!TP_LIST_ROOM(sampler->round, sampler->round_count, sampler->round_allocated, LIST_FIRST)) {
        sampler->failed = tp_error_nomem(sampler->error);
        return -1;
    }
    sampler->round[sampler->round_count++] = *socket;
    return 0;
}

static int dump(struct tp_sampler *sampler, size_t source)
{
    const struct tp_sampler_options *options = &sampler->options;
    const struct tp_dump_options how = {.states = options->states,
                                        .bytecode = options->bytecode,
                                        .bytecode_bytes = options->bytecode_bytes,
                                        .netns = (uint32_t)source,
                                        .socket = take_socket,
                                        .context = sampler};
    struct tp_dump_summary summary;
    struct tp_error stopped = TP_ERROR_INIT;
    int rc = tp_sockets_dump(options->sources[source].dump, &how, &summary, &stopped);

    sampler->summary.malformed += summary.malformed;
    sampler->summary.duplicates += summary.duplicates;
    if (rc == TP_ERR_STOPPED)
        return sampler->failed;
    if (rc && sampler->error && !sampler->error->code)
        *sampler->error = stopped;
    return rc;
}

/* --- owners ----------------------------------------------------------------------------- */

/* Whom to look for: those that were not known before, or for a round only. */
static bool needs_owner(const struct tp_sampler *sampler, const struct tp_sock *socket)
{
    const struct socket_sample *sample = samples_find(&sampler->samples, socket->cookie);

    if (!TP_SOCKET_HAS(socket, inode) || socket->pid)
        return false;
    return !sample || sampler->summary.rounds - sample->born < OWNER_ROUNDS;
}

static void recall_owners(struct tp_sampler *sampler)
{
    for (size_t i = 0; i < sampler->round_count; i++) {
        struct tp_sock *socket = &sampler->round[i];
        const struct socket_sample *sample = samples_find(&sampler->samples, socket->cookie);

        if (sample)
            recall_owner(socket, &sample->socket);
        if (!socket->cgroup && TP_SOCKET_HAS(socket, cgroup_id) && sampler->options.owners)
            socket->cgroup = tp_owners_cgroup(sampler->options.owners, socket->cgroup_id);
    }
}

static int find_owners(struct tp_sampler *sampler)
{
    size_t next = 0;
    int rc;

    recall_owners(sampler);
    if (!sampler->options.processes || !sampler->options.owners)
        return TP_OK;
    sampler->ownerless_count = 0;
    for (size_t i = 0; i < sampler->round_count; i++) {
        if (!needs_owner(sampler, &sampler->round[i]))
            continue;
        if (!TP_LIST_ROOM(sampler->ownerless, sampler->ownerless_count,
                          sampler->ownerless_allocated, LIST_FIRST))
            return tp_error_nomem(sampler->error);
        sampler->ownerless[sampler->ownerless_count++] = sampler->round[i];
    }
    if (!sampler->ownerless_count)
        return TP_OK;
    rc = tp_owners_find(sampler->options.owners, sampler->ownerless, sampler->ownerless_count,
                        &sampler->summary.processes, sampler->error);
    for (size_t i = 0; i < sampler->round_count && next < sampler->ownerless_count; i++)
        if (sampler->round[i].cookie == sampler->ownerless[next].cookie)
            recall_owner(&sampler->round[i], &sampler->ownerless[next++]);
    return rc;
}

/* --- what changed ----------------------------------------------------------------------- */

static bool is_full(const struct tp_sampler *sampler, const struct socket_sample *sample)
{
    return sample->full < sampler->part || sample->full == 0 ||
           sampler->summary.rounds - sample->full >= sampler->options.full_every;
}

static int write_sample(struct tp_sampler *sampler, const struct tp_sock *now,
                        struct socket_sample *sample)
{
    bool full = is_full(sampler, sample);
    const struct tp_sock *before = full ? NULL : &sample->socket;

    begin(sampler, now->ts_ns, "tcp_socket");
    sample_line_socket(&sampler->line, now);
    put_netns(sampler, now->netns);
    if (!sample->full && sample->fresh)
        sample_line_number(&sampler->line, "new", 1);
    if (full) {
        sample_line_number(&sampler->line, "full", 1);
        sample->full = sampler->summary.rounds;
    }
    sample_line_fields(&sampler->line, now, before);
    sample_line_owner(&sampler->line, now, before);
    sampler->changed++;
    return send_line(sampler, now->ts_ns);
}

static int note_socket(struct tp_sampler *sampler, struct tp_sock *now)
{
    struct socket_sample *sample = samples_find(&sampler->samples, now->cookie);
    bool is_new = !sample;
    int rc = TP_OK;

    if (is_new && !(sample = samples_add(&sampler->samples, now, sampler->summary.rounds)))
        return tp_error_nomem(sampler->error);
    sample->seen = sampler->summary.rounds;
    if (!sample->wanted) {
        sample->wanted = is_wanted(sampler, now);
        sample->fresh = is_new && sampler->summary.rounds > 1;
        sampler->summary.met += sample->wanted;
    }
    sample_drop_passing(now);
    if (sample->wanted && (is_full(sampler, sample) || sample_differs(now, &sample->socket)))
        rc = write_sample(sampler, now, sample);
    sampler->summary.sockets += sample->wanted;
    sample->socket = *now;
    return rc;
}

/* --- counters --------------------------------------------------------------------------- */

/* Those of TCP, and what they are a share of. */
static bool is_counter_wanted(const struct tp_counter *counter)
{
    return counter->row || strncmp(counter->name, "Tcp", 3) == 0;
}

static bool is_counter_same(const struct tp_counter *counter, const struct tp_counters *before,
                            size_t place)
{
    const struct tp_counter *was = place < before->count ? &before->list[place] : NULL;

    if (!was || strcmp(was->name, counter->name) != 0)
        was = tp_counters_find(before, counter->name);
    return was && was->value == counter->value;
}

static void begin_counters(struct tp_sampler *sampler, size_t source, int64_t ts_ns, bool full)
{
    begin(sampler, ts_ns, "tcp_counters");
    sample_line_number(&sampler->line, "netns", source);
    if (full)
        sample_line_number(&sampler->line, "full", 1);
}

static int write_counters(struct tp_sampler *sampler, size_t source, const struct tp_counters *now,
                          const struct tp_counters *before, bool full)
{
    bool begun = false;
    int rc = TP_OK;

    for (size_t i = 0; i < now->count && rc == TP_OK; i++) {
        if (!is_counter_wanted(&now->list[i]) ||
            (!full && is_counter_same(&now->list[i], before, i)))
            continue;
        if (begun && sample_line_counter(&sampler->line, &now->list[i]))
            continue;
        if (begun)
            rc = send_line(sampler, now->ts_ns);
        begin_counters(sampler, source, now->ts_ns, full);
        sample_line_counter(&sampler->line, &now->list[i]);
        begun = true;
    }
    return begun && rc == TP_OK ? send_line(sampler, now->ts_ns) : rc;
}

static int read_counters(struct tp_sampler *sampler, size_t source, bool full)
{
    struct tp_counter_files *files = sampler->options.sources[source].counters;
    uint64_t turn = sampler->summary.rounds & 1;
    struct tp_counters *now = &sampler->counters[2 * source + turn],
                       *before = &sampler->counters[2 * source + !turn];
    int rc = files ? tp_counters_read(files, now, sampler->error) : TP_OK;

    if (rc || !files)
        return rc;
    return write_counters(sampler, source, now, before, full || !before->count);
}

static int read_all_counters(struct tp_sampler *sampler)
{
    uint64_t round = sampler->summary.rounds;
    bool full = !sampler->counters_full || sampler->counters_full < sampler->part ||
                round - sampler->counters_full >= sampler->options.full_every;
    int rc = TP_OK;

    for (size_t i = 0; i < sampler->options.source_count && rc == TP_OK; i++)
        rc = read_counters(sampler, i, full);
    if (full)
        sampler->counters_full = round;
    return rc;
}

/* --- a round ---------------------------------------------------------------------------- */

static int write_round(struct tp_sampler *sampler)
{
    int64_t now_ns = tp_clock_monotonic_ns();
    struct sample_line *line = &sampler->line;

    begin(sampler, now_ns, "tcp_socket_round");
    sample_line_number(line, "sockets", sampler->summary.sockets);
    sample_line_number(line, "changed", sampler->changed);
    sample_line_number(line, "ended", sampler->ended);
    sample_line_number(line, "dump_ns", (uint64_t)sampler->summary.dump_ns);
    if (sampler->gaps)
        sample_line_number(line, "gap", 1);
    sampler->changed = sampler->ended = sampler->gaps = 0;
    return send_line(sampler, now_ns);
}

static int dump_all(struct tp_sampler *sampler)
{
    int64_t began_ns = tp_clock_monotonic_ns();
    int rc = TP_OK;

    sampler->round_count = 0;
    for (size_t i = 0; i < sampler->options.source_count && rc == TP_OK; i++)
        rc = dump(sampler, i);
    sampler->summary.dump_ns = tp_clock_monotonic_ns() - began_ns;
    if (sampler->summary.dump_ns > sampler->summary.dump_max_ns)
        sampler->summary.dump_max_ns = sampler->summary.dump_ns;
    return rc;
}

int tp_sampler_round(struct tp_sampler *sampler, struct tp_error *error)
{
    int rc = tp_sampler_ends(sampler, error);

    sampler->summary.rounds++;
    sampler->summary.sockets = 0;
    if (rc == TP_OK)
        rc = dump_all(sampler);
    if (rc == TP_OK)
        rc = find_owners(sampler);
    for (size_t i = 0; i < sampler->round_count && rc == TP_OK; i++)
        rc = note_socket(sampler, &sampler->round[i]);
    if (rc == TP_OK)
        rc = read_all_counters(sampler);
    if (rc == TP_OK)
        rc = write_round(sampler);
    samples_forget(&sampler->samples, sampler->summary.rounds, UNSEEN_ROUNDS);
    return rc;
}
