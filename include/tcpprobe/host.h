/* host.h: the sockets of the running machine.
 *
 * The kernel lists its TCP sockets by netlink (sock_diag(7)); it takes no privileges. What a dump says
 * is handed on socket by socket as it comes. The way to the kernel is a parameter, so that what was
 * recorded gives the same sockets without a kernel:
 *
 *     struct tp_netlink *netlink = tp_netlink_open(&error);
 *     const struct tp_dump_options options = {.states = TP_STATES_ALL, .socket = show};
 *
 *     if (netlink)
 *         tp_sockets_dump(netlink, &options, &summary, &error);
 *     tp_netlink_close(netlink);
 *
 * A dump is not one moment: each socket has a time of its own, and one that is not in it may have been
 * born, or may have died, while it ran. Nothing here changes anything: requests list, and no other
 * kind is ever sent.
 *
 * Threads: one thread uses a tp_netlink, and a tp_owners, at a time.
 */
#ifndef TCPPROBE_HOST_H
#define TCPPROBE_HOST_H

#include <sys/types.h>

#include <tcpprobe/filter.h>
#include <tcpprobe/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- the way to the kernel ------------------------------------------------------------------- */

struct tp_netlink;

/* To the kernel, in the network namespace that the thread is in now. */
struct tp_netlink *tp_netlink_open(struct tp_error *error);
/* To replies that were recorded: netlink messages one after another, as `ss -D FILE` writes them.
 * bytes are borrowed; each dump reads them from the beginning. */
struct tp_netlink *tp_netlink_replay(const void *bytes, size_t length, struct tp_error *error);
void tp_netlink_close(struct tp_netlink *netlink); /* NULL is fine */

/* --- a dump ---------------------------------------------------------------------------------- */

#define TP_STATES         16 /* numbers of states are below it */
#define TP_STATE_BIT(n)   (UINT32_C(1) << (n))
#define TP_STATES_ALL     UINT32_C(0x1ffe) /* every state, but for those that are only bound */
#define TP_STATE_LISTEN   10
#define TP_STATE_SYN_RECV 3
#define TP_STATE_TIME_WAIT 6

struct tp_dump_options {
    uint32_t states;      /* TP_STATE_BIT()s of those to list */
    const void *bytecode; /* from tp_filter_sockets(); NULL: none */
    size_t bytecode_bytes;
    uint32_t netns;       /* what tp_sock.netns becomes */
    /* Called for each socket, once; it is valid during the call. Not 0 ends the dump with
     * TP_ERR_STOPPED. */
    int (*socket)(void *context, const struct tp_sock *socket);
    void *context;
};

struct tp_dump_summary {
    uint64_t sockets;               /* handed on */
    uint64_t duplicates, malformed; /* left out: came twice; a message that cannot be */
    bool interrupted;               /* the kernel says that what it lists changed meanwhile */
    bool unfiltered;                /* it refused the bytecode: everything was listed */
};

/* Only TCP, both families. Returns 0 or TP_ERR_IO (the kernel refused), TP_ERR_FORMAT (a recording
 * that is cut), TP_ERR_NOMEM, TP_ERR_STOPPED. */
int tp_sockets_dump(struct tp_netlink *netlink, const struct tp_dump_options *options,
                    struct tp_dump_summary *summary, struct tp_error *error);

/* --- the end of every connection ------------------------------------------------------------- */

/* The kernel tells of every socket that it frees (net/core/sock_diag.c, sock_diag_destroy_work()):
 * the totals that it has then are the last that there will be, which no dump can catch. Open this
 * before the first dump, so that nothing falls between them.
 *
 * A dump is read when it is asked for; ends wait in a buffer of the kernel's until they are read, and
 * what finds no room there is lost, without a count. Read them several times a second. */

/* To the notifications of the network namespace that the thread is in now, since Linux 4.2; reading
 * does not wait. It takes no privileges, but root has a larger buffer, with room for
 * more than 10000 ends. */
struct tp_netlink *tp_ends_open(struct tp_error *error);
/* To wait for ends with poll(2); -1 of a recording. */
int tp_netlink_fd(const struct tp_netlink *netlink);

struct tp_ends_options {
    uint32_t netns; /* what tp_sock.netns becomes */
    /* Called for each end; socket is valid during the call. It has what is in tcp_info, its cookie, the
     * state TCP_CLOSE and the time at which it was read, which is up to some ms after the end; what it
     * does not have is the owner, the memory, the algorithm.
     * nameless: it has no peer, and so no totals: it listened, or was never connected; or it was
     * disconnected before it was closed, by SO_LINGER 0 or by a connect() that failed, which wipes
     * all that it had. Whoever knows its cookie can tell. Not 0 ends the reading with TP_ERR_STOPPED. */
    int (*end)(void *context, const struct tp_sock *socket, bool nameless);
    void *context;
};

struct tp_ends_summary {
    uint64_t ends, nameless; /* handed on; of them without a peer */
    uint64_t malformed;
    uint64_t gaps; /* how often the kernel said that it had no room: some ends are missing */
};

/* Hands on what has come since the last call. Adds to *summary. Returns 0 or TP_ERR_IO,
 * TP_ERR_FORMAT (a recording that is cut), TP_ERR_STOPPED. */
int tp_ends_read(struct tp_netlink *netlink, const struct tp_ends_options *options,
                 struct tp_ends_summary *summary, struct tp_error *error);

/* --- who owns them --------------------------------------------------------------------------- */

/* cgroups by number, and processes by the sockets that they have open. */
struct tp_owners;

struct tp_owners_summary {
    uint64_t processes, denied; /* looked at; whose files may not be looked at */
};

/* proc: "/proc". The mount of cgroup v2 is found in PROC/mounts. */
struct tp_owners *tp_owners_new(const char *proc, struct tp_error *error);
void tp_owners_free(struct tp_owners *owners); /* NULL is fine */

/* Path of the cgroup below the root of cgroup v2, "/" for the root; NULL if there is none of that
 * number. Valid as long as owners. */
const char *tp_owners_cgroup(struct tp_owners *owners, uint64_t id);

/* Fills pid and owner of the sockets that have an inode and no pid yet: those that are known from
 * before by their cookie, then by a walk over the open files of all processes, which ends when all are
 * found; who had sockets before is looked at first. It takes about 3 us for each open file. */
int tp_owners_find(struct tp_owners *owners, struct tp_sock *sockets, size_t count,
                   struct tp_owners_summary *summary, struct tp_error *error);

/* --- network namespaces ---------------------------------------------------------------------- */

struct tp_netns {
    char name[64];     /* as it was made by ip-netns(8), else "pid:NUMBER" of its first process */
    uint64_t inode;
    char path[320];    /* a file that setns(2) takes */
};

/* name: a NAME below /run/netns, or the number of a process. TP_ERR_USAGE if there is none. */
int tp_netns_find(const char *proc, const char *name, struct tp_netns *netns, struct tp_error *error);
/* All that have a process or a name: *list is the caller's to free. */
int tp_netns_all(const char *proc, struct tp_netns **list, size_t *count, struct tp_error *error);
/* The calling thread goes there: what it opens from then on is of that namespace. */
int tp_netns_enter(const struct tp_netns *netns, struct tp_error *error);

#ifdef __cplusplus
}
#endif

#endif
