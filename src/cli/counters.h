/* counters.h: what the files of `counters` share. */
#ifndef TCPPROBE_CLI_COUNTERS_H
#define TCPPROBE_CLI_COUNTERS_H

#include <tcpprobe/counters.h>

#include "cli/common.h"

struct counters_options {
    const struct tp_writer *writer; /* NULL: openmetrics */
    bool all, explain, config, quiet;
    int category; /* -1: all */
    char **names; /* patterns of counters, part of argv */
    size_t name_count;
    const char *netns, *save, *diff;
    const char *proc; /* "/proc" */
    uint64_t rounds;
    int64_t interval_ns;
    int fail_on; /* a level; -1: none */
};

/* counters_list.c */
struct counters_list {
    const struct counters_options *options;
    struct tp_out *out;
    const struct tp_counters *now, *before; /* before: NULL where sums are shown */
    uint64_t shown;                         /* rows of all rounds */
    bool begun;
    int worst; /* level of the worst finding; -1 */
};

int counters_write(struct counters_list *list, struct tp_error *error);
void counters_end(struct counters_list *list);

/* counters_config.c: the settings that matter to TCP. */
void counters_write_config(const struct counters_options *options, struct tp_out *out);

#endif
