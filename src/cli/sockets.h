/* sockets.h: what the files of `sockets` share. */
#ifndef TCPPROBE_CLI_SOCKETS_H
#define TCPPROBE_CLI_SOCKETS_H

#include <tcpprobe/counters.h>
#include <tcpprobe/host.h>
#include <tcpprobe/recorder.h>

#include "cli/common.h"
#include "cli/times.h"

struct sockets_options {
    char *expression; /* as typed: the arguments with spaces between them; NULL: no filter */
    struct tp_filter *filter;
    void *bytecode; /* what the kernel is asked of it */
    size_t bytecode_bytes;
    bool exact;      /* that is all of it */
    uint32_t states; /* to list; 0: those of connections */
    bool all, processes, list_columns, quiet, has_top, filter_on_owner, explain;
    int group;          /* what they are added up by; -1: each is a row */
    enum cli_time time; /* of the moments at which they were read */
    enum tp_socket_id sort;
    bool ascending;
    uint64_t top, rounds; /* rounds: 0 is without end */
    int64_t interval_ns;  /* 0: once */
    const char *netns, *recorded;
    const char *proc; /* "/proc" */
    const struct tp_writer *writer;
    bool watches;                   /* ends and counters are opened, too */
    bool records;                   /* likewise, into a log, of which: */
    struct tp_recorder_options log; /* output, parts, duration; nothing else */
};

/* sockets_filter.c: parses expression. Returns 0 or what cli_bad_option() returns. */
error_t sockets_parse_filter(struct sockets_options *options);
/* The same without a word: 0, TP_ERR_USAGE or TP_ERR_NOMEM. */
int sockets_compile_filter(struct sockets_options *options, struct tp_error *error);
/* Does the filter hold for the socket of view? */
bool sockets_match(const struct sockets_options *options, struct tp_socket_view *view);

/* sockets_log.c: recording. Returns 0 or what cli_bad_option() returns; an exit status. */
error_t sockets_check_log(const struct sockets_options *options);
int sockets_record(const struct sockets_options *options, int argc, char **argv);

/* What a round found. */
struct sockets_round {
    struct tp_sock *list;
    size_t count, allocated;
    uint64_t by_state[TP_STATES]; /* of all that match, listed or not */
    struct tp_dump_summary summary;
    struct sockets_slot { /* by cookie; made when it is asked */
        uint64_t cookie;
        size_t place; /* in list, from 1; 0 is free */
    } * slots;
    size_t slot_count, slots_allocated;
};

/* sockets_index.c: the socket of that cookie; NULL if there is none. round must be indexed. */
int sockets_index(struct sockets_round *round, struct tp_error *error);
/* Appends one that is not there yet. */
int sockets_put(struct sockets_round *round, const struct tp_sock *socket, struct tp_error *error);
const struct tp_sock *sockets_find(const struct sockets_round *round, uint64_t cookie);
void sockets_release(struct sockets_round *round);

/* sockets_read.c: where sockets come from. */
struct sockets_source {
    const struct sockets_options *options;
    struct tp_netlink **netlinks;       /* of each namespace, or the only one */
    struct tp_netlink **ends;           /* to record or watch: likewise; else NULL */
    struct tp_counter_files **counters; /* likewise */
    struct tp_netns *netns;             /* NULL: the own one, or a recording */
    size_t count;
    struct tp_owners *owners;
    struct tp_owners_summary processes; /* of the last walk */
    int64_t wall_minus_monotonic_ns;
    uint8_t *bytes; /* of a recording */
};

int sockets_open(struct sockets_source *source, const struct sockets_options *options,
                 struct tp_error *error);
/* Replaces what round holds. before: the round before, which is indexed, for filters of what
 * happened since and for owners; NULL if there is none. */
int sockets_read(struct sockets_source *source, struct sockets_round *round,
                 struct sockets_round *before, struct tp_error *error);
void sockets_close(struct sockets_source *source);
/* TP_STATE_BIT()s of those that are listed. */
uint32_t sockets_states(const struct sockets_options *options);
struct tp_socket_view sockets_view(const struct sockets_source *source, const struct tp_sock *now);

/* sockets_sampler.c: what is opened, and what a sampler is told of it. */
#define SOCKETS_INTERVAL_NS INT64_C(1000000000) /* where none was asked for */

struct sockets_sampler {
    const struct sockets_options *options;
    struct sockets_source source;
    struct tp_sampler_source *sampled;
    const char **names; /* of the namespaces; NULL: the own one */
};

/* how borrows of sampler, which must stay where it is. Close it, also after an error. */
int sockets_sampler_open(struct sockets_sampler *sampler, const struct sockets_options *options,
                         struct tp_recorder_sockets *how, struct tp_error *error);
void sockets_sampler_close(struct sockets_sampler *sampler); /* a zeroed one is fine */

/* sockets_list.c: rounds as text. */
struct sockets_list {
    const struct sockets_options *options;
    const struct sockets_source *source;
    const struct sockets_round *now, *before; /* before: NULL in the first round */
    struct tp_out *out;
    uint64_t shown;   /* rows of all rounds */
    int64_t first_ns; /* of the first round, once that has begun */
    bool begun;
};

/* sockets_explain.c: what limits the connection of view; false if that cannot be said of it. */
bool sockets_explain(struct tp_out *out, struct tp_socket_view *view);

/* sockets_group.c: sums over what sockets have in common. */
struct cli_words sockets_groups(void);
error_t sockets_parse_group(struct sockets_options *options, const char *text);
/* What the socket has in common with others: by one of these words. */
#define SOCKETS_GROUP_BYTES 128
int sockets_group_find(const char *word); /* -1: it is none of them */
void sockets_group_name(int group, struct tp_socket_view *view, char name[SOCKETS_GROUP_BYTES]);
/* Once all options are known: 0 or what cli_bad_option() returns. */
error_t sockets_check_group(const struct sockets_options *options);

typedef struct tp_socket_view sockets_view_of(const void *context, size_t socket);
typedef void sockets_write_rows(void *context, const struct tp_rows *rows);

/* Adds up `count` sockets and hands over the rows; round: what happened between two. */
int sockets_write_groups(const struct sockets_options *options, sockets_view_of *view_of,
                         void *context, size_t count, bool round, sockets_write_rows *write,
                         struct tp_error *error);

int sockets_write(struct sockets_list *list, struct tp_error *error);
/* What stands behind the last row. */
void sockets_end(struct sockets_list *list);

#endif
