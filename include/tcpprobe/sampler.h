/* sampler.h: sockets and counters of the running machine, round by round, as lines of a log.
 *
 * The lines have the grammar of the kernel's trace log, so that whoever reads, merges, rotates or
 * compresses one does so with the other. Numbers are the kernel's own, absolute and never differences: a
 * line that is lost costs precision and nothing else. Words are the names of TP_SOCKET_ROWS, of which
 * times that go on by themselves are left out, and `state`, pid, owner, cgroup, netns:
 *
 *  tcpprobe-812 [000] ..... 2045.664199: tcp_socket: src=10.9.0.1:34290 dest=10.9.0.2:5201 sock_cookie=89e2 full=1 state=TCP_ESTABLISHED snd_cwnd=12 ...
 *  tcpprobe-812 [000] ..... 2046.664310: tcp_socket: src=10.9.0.1:34290 dest=10.9.0.2:5201 sock_cookie=89e2 snd_cwnd=14 bytes_acked=855
 *  tcpprobe-812 [000] ..... 2046.664900: tcp_counters: netns=0 TcpRetransSegs=142 ...
 *  tcpprobe-812 [000] ..... 2046.664900: tcp_socket_round: sockets=10000 changed=512 ended=2 dump_ns=21000000
 *  tcpprobe-812 [000] ..... 2046.701002: tcp_socket_end: src=10.9.0.1:34290 dest=10.9.0.2:5201 sock_cookie=89e2 bytes_acked=900 ...
 *
 * tcp_socket: a socket was read. full=1 has all that is known, now and then: what is not there is
 *   absent. new=1: it was made since the round before, so that its totals began at 0 in the recording. Others have what changed since the line before of that socket; "name=-" is no longer known.
 * tcp_socket_end: the last totals of a socket that was freed, as the kernel told; with wiped=1 it told
 *   none (SO_LINGER 0, a connect() that failed), and the line before has the last that are known.
 * tcp_socket_round: comes with every round, also where nothing changed: sockets without a line are as
 *   they were. gap=1: ends are missing, for which the kernel had no room.
 * tcp_counters: counters of a namespace (counters.h) that changed; with full=1 all of them.
 *
 * The time of a line is CLOCK_MONOTONIC just before the read that brought it. Within the lines of one
 * round and the ends before it times do not fall.
 *
 * Threads: one thread uses a sampler at a time.
 */
#ifndef TCPPROBE_SAMPLER_H
#define TCPPROBE_SAMPLER_H

#include <tcpprobe/counters.h>
#include <tcpprobe/host.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TP_SAMPLER_FULL_EVERY 60 /* rounds */

/* What is read of one network namespace; all borrowed. */
struct tp_sampler_source {
    struct tp_netlink *dump;          /* tp_netlink_open() */
    struct tp_netlink *ends;          /* tp_ends_open(), before the first round; NULL: none are read */
    struct tp_counter_files *counters; /* NULL: none are read */
};

struct tp_sampler_options {
    const struct tp_sampler_source *sources; /* their index is the netns of their lines */
    size_t source_count;
    uint32_t states;       /* TP_STATE_BIT()s of sockets to sample */
    const void *bytecode;  /* from tp_filter_sockets(); NULL: none */
    size_t bytecode_bytes;
    /* Asked of a socket until it says yes: from then on all of it is written. NULL: all are. */
    bool (*wanted)(void *context, const struct tp_sock *socket);
    struct tp_owners *owners; /* for cgroups; NULL: not told */
    bool processes;           /* find them, too: of new sockets, in two rounds */
    unsigned full_every;      /* rounds; 0: TP_SAMPLER_FULL_EVERY */
    int pid;                  /* who records, for the lines */
    /* Takes a line, which ends with a newline, and is valid during the call. A negative return ends the
     * round, which returns it. */
    int (*line)(void *context, int64_t ts_ns, const char *text, size_t length,
                struct tp_error *error);
    void *context;
};

struct tp_sampler_summary {
    uint64_t rounds;
    uint64_t sockets;   /* in the last round */
    uint64_t met, ended; /* sockets that were ever met; whose end was told */
    uint64_t wiped;      /* of them without totals */
    uint64_t lines;
    uint64_t gaps;       /* how often ends were lost */
    uint64_t malformed;  /* messages that could not be read */
    uint64_t duplicates;
    int64_t dump_ns, dump_max_ns; /* what the last dump took, and the longest */
    struct tp_owners_summary processes; /* of the last search for owners */
};

struct tp_sampler;

/* options are copied, but for what they point to. */
struct tp_sampler *tp_sampler_new(const struct tp_sampler_options *options, struct tp_error *error);
/* Ends that came, then a dump of each source, then the round's line. */
int tp_sampler_round(struct tp_sampler *sampler, struct tp_error *error);
/* Ends that came since; to be called several times a second. */
int tp_sampler_ends(struct tp_sampler *sampler, struct tp_error *error);
/* A new file begins: the lines of the next round are full. */
void tp_sampler_part(struct tp_sampler *sampler);
const struct tp_sampler_summary *tp_sampler_summary(const struct tp_sampler *sampler);
void tp_sampler_free(struct tp_sampler *sampler); /* NULL is fine */

#ifdef __cplusplus
}
#endif

#endif
