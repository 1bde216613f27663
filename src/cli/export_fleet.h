/* export_fleet.h: rows of `tcpprobe export --fleet`: what a store of the recordings of many hosts
 * takes in, table by table.
 *
 * Each row begins with load, host and recording, so rows of any number of hosts may lie in one
 * table. Times are nanoseconds of wall-clock time since 1970 UTC, as integers: the only ones that
 * mean the same on every host.
 */
#ifndef TCPPROBE_CLI_EXPORT_FLEET_H
#define TCPPROBE_CLI_EXPORT_FLEET_H

#include "cli/export.h"

#define FLEET_HOST_BYTES  256
#define FLEET_BIN_NS      INT64_C(1000000000) /* of bins, where --bin does not say */
#define FLEET_COLUMNS_MAX 96

struct fleet {
    const struct export_options *options;
    struct cli_pass *pass;
    struct tp_out *out;
    char host[FLEET_HOST_BYTES], recording[17]; /* 16 hexadecimal digits */
    struct tp_column storage[FLEET_COLUMNS_MAX];
    const struct tp_column *columns[FLEET_COLUMNS_MAX];
    struct tp_rows rows;
    struct tp_figure_columns *figures; /* of tables of flows */
    uint64_t count;                    /* rows that were written */
    int64_t wall_minus_ns;             /* what the wall's clock is ahead of the recording's */
    bool wall_known;                   /* not yet where --begin says it: from the first record on */
};

/* The table is one row of its list. */
struct fleet_table {
    const char *name;
    const char *const *columns; /* behind the heads; NULL behind the last. NULL: of the figures */
    /* Writes all rows of an open pass. NULL: bins, which export_bins() writes */
    int (*write)(struct fleet *fleet, const struct fleet_table *table, struct tp_error *error);
    void (*row)(void *writer, const struct tp_flow *flow); /* of tables of flows, for write() */
};

struct cli_words export_fleet_words(void);
/* --begin; 0 or what cli_bad_option() returns. */
error_t export_fleet_parse_begin(struct export_fleet_options *fleet, const char *text);
error_t export_fleet_parse_host(struct export_fleet_options *fleet, const char *text);

/* Opens the pass, finds out host, recording and time, and names the columns: those behind the heads
 * are `names`, up to a NULL. The fleet stays where it is. 0 or negative. */
int fleet_open(struct fleet *fleet, const struct export_options *options, struct cli_pass *pass,
               struct tp_out *out, const char *const *names, struct tp_error *error);
/* Values of the columns behind the heads. */
void fleet_row(struct fleet *fleet, const struct tp_value *values);
/* A moment of a flow's clock. */
struct tp_value fleet_time(struct fleet *fleet, const struct tp_flow *flow, int64_t clock_ns);
/* Where bins begin, on the recording's clock: where the wall's clock was 0. */
int64_t fleet_origin(struct fleet *fleet, const struct tp_flow *flow);
/* The port of the end that was called. */
struct tp_value fleet_service_port(const struct tp_flow *flow);

/* export_fleet_samples.c, export_fleet_flows.c */
int fleet_write_samples(struct fleet *fleet, const struct fleet_table *table,
                        struct tp_error *error);
int fleet_write_flows(struct fleet *fleet, const struct fleet_table *table, struct tp_error *error);
/* The columns of `flows`, up to a NULL. */
void fleet_flow_names(const struct tp_figure_columns *figures,
                      const char *names[FLEET_COLUMNS_MAX]);
void fleet_flow_row(void *writer, const struct tp_flow *flow);
void fleet_figure_rows(void *writer, const struct tp_flow *flow);
void fleet_finding_rows(void *writer, const struct tp_flow *flow);
void fleet_episode_rows(void *writer, const struct tp_flow *flow);

#endif
