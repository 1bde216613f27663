/* counters.h: what the files of `counters` share. */
#ifndef TCPPROBE_CLI_COUNTERS_H
#define TCPPROBE_CLI_COUNTERS_H

#include <tcpprobe/counters.h>

#include "cli/common.h"

struct counters_options {
    const struct tp_writer *writer; /* NULL: openmetrics, or ... */
    bool prometheus;                /* ... the older text */
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

/* counters_means.c: growth a second over the last 1, 5 and 15 minutes. */
#define COUNTERS_MEANS    3
#define COUNTERS_READINGS 62

extern const int64_t counters_mean_ns[COUNTERS_MEANS];

struct counters_mean {
    struct tp_counters reading[COUNTERS_READINGS]; /* by number modulo */
    uint64_t kept;
};

/* Notes a reading, to be called each round; 0 or TP_ERR_NOMEM. */
int counters_means_note(struct counters_mean means[COUNTERS_MEANS], const struct tp_counters *now,
                        struct tp_error *error);
/* False: so much time has not passed yet, or it is not known. */
bool counters_mean_rate(const struct counters_mean means[COUNTERS_MEANS], unsigned which,
                        const struct tp_counters *now, const char *name, double *per_second);
void counters_means_release(struct counters_mean means[COUNTERS_MEANS]);

/* counters_list.c */
struct counters_list {
    const struct counters_options *options;
    struct tp_out *out;
    const struct tp_counters *now, *before; /* before: NULL where sums are shown */
    const struct counters_mean *means;      /* NULL: there are none */
    uint64_t shown;                         /* rows of all rounds */
    bool begun;
    int worst; /* level of the worst finding; -1 */
};

/* Is there a counter for each name and pattern that was given? 0 or TP_ERR_USAGE. */
int counters_check_names(const struct counters_options *options, const struct tp_counters *counters,
                         struct tp_error *error);
int counters_write(struct counters_list *list, struct tp_error *error);
void counters_end(struct counters_list *list);

/* counters_findings.c: what its row is a share of, in words; NULL if of nothing. */
const char *counters_whole(const struct tp_counter_row *row, char text[2 * TP_COUNTER_NAME_BYTES]);
/* A finding that holds, with its figures. */
void counters_finding_text(const struct tp_counters *now, const struct tp_counters *before,
                           const struct tp_counter_finding *finding, char *text, size_t size);
/* Of the growth that is shown; in JSON as its last member. */
void counters_write_findings(struct counters_list *list, bool json);
void counters_note_worst(struct counters_list *list);

/* counters_config.c: the settings that matter to TCP. */
void counters_write_config(const struct counters_options *options, struct tp_out *out);

#endif
