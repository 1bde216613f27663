/* explain.h: what the files of `tcpprobe explain` share. */
#ifndef TCPPROBE_CLI_EXPLAIN_H
#define TCPPROBE_CLI_EXPLAIN_H

#include <unistd.h>

#include <tcpprobe/explain.h>

#include "base/list.h"
#include "cli/beside.h"
#include "cli/compare.h"
#include "cli/flow_group.h"
#include "cli/sockets.h"
#include "cli/times.h"

/* Connections that are summed up together. */
struct explain_group {
    char name[CLI_GROUP_NAME_BYTES]; /* of what --group says; "" without it */
    uint32_t timeline;               /* of the bin; and when it begins, on the recording's clock */
    int64_t begin_ns;
    struct tp_reason_sum sum;
};

/* Zero it, with kind and bin_ns. */
struct explain_groups {
    enum cli_group_kind kind;
    int64_t bin_ns; /* 0: of all times together */
    void *tree;     /* of struct explain_group, by name */
    struct explain_group **list;
    size_t count, allocated;
};

/* explain_host.c: this machine in place of files. */
struct explain_host {
    bool wanted;
    int64_t duration_ns, interval_ns; /* as typed; 0: they were not */
    const char *netns;                /* NULL: the own one */
    struct cli_beside beside;
};
extern const struct argp explain_host_argp; /* input: struct explain_host */

int64_t explain_host_duration(const struct explain_host *host);
int64_t explain_host_interval(const struct explain_host *host);
/* Input is what a recorder writes from now on; an exit status, see cli_beside_start(). */
int explain_host_start(struct explain_host *host, struct cli_input *input);

struct explain_options {
    struct cli_input input;
    struct explain_host host;
    const struct tp_writer *writer; /* NULL: paragraphs */
    bool markdown, all, list_findings;
    enum cli_time time;
    uint64_t top; /* connections */
    bool fail_on[TP_REASONS_MAX];
    struct explain_groups groups;   /* what is asked of them; those that there are, are elsewhere */
    bool for_change;                /* an option was given that is for BASE... -- NEW... alone */
    struct compare_options compare; /* runs, and roles, of BASE... -- NEW... */
};

/* Of fail_on, the last one: any that held a connection up. */
#define EXPLAIN_ANY (TP_REASONS_MAX - 1)

struct explain_time {
    char text[32];
};

/* Why the new runs differ from the base runs; the exit status. */
int explain_change(struct explain_options *options);

void explain_put(struct tp_out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

void explain_paragraph(struct tp_out *out, const struct explain_options *options,
                       const struct tp_flow *flow, const struct tp_explanation *explanation,
                       struct cli_times *times);
/* shown of so many groups, or connections where there are none. */
void explain_sums_text(struct tp_out *out, const struct explain_options *options,
                       const struct tp_reason_sum *sums, size_t shown, size_t groups);
/* One finding of several connections: how many, and what it cost them. */
void explain_sum_line(struct tp_out *out, const struct explain_options *options,
                      const struct tp_reason_sum *sum, size_t row);

/* zero_ns: when its timeline begins. False: out of memory. */
bool explain_groups_add(struct explain_groups *groups, const struct tp_flow *flow, int64_t zero_ns,
                        const struct tp_explanation *explanation);
/* Sorts them, what cost most first, and writes as many as are asked for: so many. */
size_t explain_groups_write(struct tp_out *out, const struct explain_options *options,
                            struct explain_groups *groups, struct cli_times *times);
void explain_groups_release(struct explain_groups *groups);

#endif
