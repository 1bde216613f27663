/* services.h: what the files of `services` share. */
#ifndef TCPPROBE_CLI_SERVICES_H
#define TCPPROBE_CLI_SERVICES_H

#include <tcpprobe/figure.h>

#include "base/name_index.h"
#include "cli/beside.h"
#include "cli/sockets.h"

/* What is added up of each socket. */
enum services_sum {
    SERVICES_RESENT,
    SERVICES_RESENT_BYTES,
    SERVICES_SENT_BYTES,
    SERVICES_FAST,
    SERVICES_TIMEOUT,
    SERVICES_SLOW_START,
    SERVICES_TLP,
    SERVICES_SYN,
    SERVICES_SYNACK,
    SERVICES_UNKNOWN,
    SERVICES_SUMS
};

struct services_totals {
    uint64_t sockets, known[SERVICES_SUMS]; /* sockets that say it */
    uint64_t sum[SERVICES_SUMS];
};

struct services_group; /* and its name */

struct services_groups {
    int by;                      /* sockets_group_name() */
    struct services_group *list; /* in no order until they are sorted */
    size_t count, allocated;
    size_t *sorted;
    struct tp_name_index index; /* of list */
    struct services_totals all;
    struct services_totals unsampled; /* events of sockets without samples */
    uint64_t wiped;                   /* ended without totals */
    struct tp_sheet sheet;
};

/* services_group.c: both ends of a flow. False: out of memory. */
bool services_add(struct services_groups *groups, const struct tp_analysis *analysis,
                  const struct tp_flow *flow);
/* Sorted, most resent first; rows borrow groups. */
int services_rows(struct services_groups *groups, struct tp_rows *rows, struct tp_error *error);
/* The first `count` of the sorted ones as metrics that are scraped: gauges, as they are of one
 * recording. */
void services_metrics(struct tp_out *out, const struct services_groups *groups, size_t count);
void services_release(struct services_groups *groups);

/* services_check.c: what the sockets say together against what the kernel counted, as sentences or
 * as a JSON object. */
void services_check(struct tp_out *out, const struct services_groups *groups,
                    const struct tp_analysis *analysis);
void services_check_json(struct tp_out *out, const struct services_groups *groups,
                         const struct tp_analysis *analysis);

/* services_live.c: a recorder beside this process. */
struct services_recorder {
    int64_t duration_ns, interval_ns;
    const char *netns; /* NULL: the own one */
    char *expression;  /* NULL: all sockets. The recorder's to free */
    bool quiet;
    struct cli_beside beside;
};

/* Its log is standard input from now on; an exit status, see cli_beside_start(). */
int services_start(struct services_recorder *recorder);

#endif
