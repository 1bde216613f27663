/* export.h: the parts of `tcpprobe export`: samples, events, and the numbers of a picture.
 *
 * Lines of CSV and of JSON are built straight in the output buffer, without printf: exporting
 * should cost little more than reading. The other formats have rows of values, which their writers
 * take.
 */
#ifndef TCPPROBE_CLI_EXPORT_H
#define TCPPROBE_CLI_EXPORT_H

#include <tcpprobe/output.h>

#include "base/put.h"
#include "cli/common.h"
#include "cli/flow_group.h"
#include "cli/plot_look.h"

/* A format whose lines are built here. Heads and tails are the writer's. */
struct export_lines {
    const char *format;
    bool json;                /* objects, else values separated by commas */
    bool raw;                 /* texts without the guard before a formula */
    const char *first, *next; /* before the first row and before each other one */
    const char *end;          /* after each */
};

/* Rows for a store of the recordings of many hosts: see export_fleet.h. */
struct export_fleet_options {
    bool wanted;
    unsigned table;   /* of export_fleet_words() */
    const char *host; /* NULL: as the recording says */
    int64_t begin_ns; /* when its first event was, since 1970 UTC, where it does not say */
    bool has_begin, has_load;
    uint64_t load; /* what tells the rows of one load from those of another */
};

struct export_options {
    struct cli_plot plot; /* its inputs and flows are those of all that is exported */
    bool plotted;         /* the numbers of a picture */
    bool page;            /* the data of a page */
    uint64_t metrics;     /* bit 1 << enum tp_metric_id */
    const struct tp_writer *writer;
    const struct export_lines *lines; /* NULL: rows for the writer */
    int64_t bin_ns;                   /* 0: every sample */
    struct cli_flow_groups groups;    /* what bins are of, instead of flows */
    struct export_fleet_options fleet;
    bool events, list_metrics;
    bool numbers;   /* of events: as numbers what the kernel prints in hex */
    bool occurring; /* only columns that something is in */
    bool wide;      /* samples: a row a time, a column a metric */
};

struct export_rows;

/* Every sample of the chosen metrics and flows. */
int export_samples(const struct export_options *options, struct cli_pass *pass, struct tp_out *out,
                   struct tp_error *error);
/* The same, a row a time with a column for each metric. */
int export_wide(const struct export_options *options, struct cli_pass *pass, struct tp_out *out,
                struct tp_error *error);
/* What these come to in each bin of bin_ns. */
int export_bins(const struct export_options *options, struct cli_pass *pass, struct tp_out *out,
                struct tp_error *error);
/* What the samples of one metric, flow and end come to in one bin. */
struct export_bin {
    enum tp_metric_id metric;
    int64_t begin_ns;
    uint64_t samples;
    double min, max, sum, last;
    double area;      /* of a state, value by ns, ... */
    int64_t known_ns; /* ... for so long */
};

/* Mean over time of a state, over samples of a measurement; else absent. */
struct tp_value export_bin_mean(const struct export_bin *bin);

/* Bins of flows that are put together, in memory until all have come. */
struct export_groups;
struct export_groups *export_groups_new(const struct export_options *options,
                                        struct export_rows *rows); /* NULL: out of memory */
/* False: out of memory, or TP_ERR_LIMIT in *error. */
bool export_groups_add(struct export_groups *groups, const struct tp_flow *flow, unsigned end,
                       const struct export_bin *bin, struct tp_error *error);
/* In the order of time, then of groups. */
void export_groups_write(struct export_groups *groups, struct tp_out *out);
void export_groups_free(struct export_groups *groups);

/* Every record of the chosen flows. */
int export_events(const struct export_options *options, struct cli_pass *pass, struct tp_out *out,
                  struct tp_error *error);

/* The rows of one table of options->fleet. */
int export_fleet(const struct export_options *options, struct cli_pass *pass, struct tp_out *out,
                 struct tp_error *error);

/* Every number that a picture of the flows draws. */
int export_plotted(struct export_options *options, struct tp_out *out, struct tp_error *error);

/* Connections as the data of a page. */
int export_page(const struct export_options *options, struct tp_out *out, struct tp_error *error);

/* --- columns ----------------------------------------------------------- */

#define EXPORT_ENDS           4 /* src_addr, src_port, dst_addr, dst_port: the last columns of all rows */
#define EXPORT_SAMPLE_COLUMNS (7 + EXPORT_ENDS)
#define EXPORT_BIN_COLUMNS    (12 + EXPORT_ENDS)
#define EXPORT_EVENT_COLUMNS  (4 + TP_FIELD_COUNT + EXPORT_ENDS)

/* The columns of samples or events, for heads, rows and tails. */
struct export_rows {
    const struct tp_column *columns[EXPORT_EVENT_COLUMNS];
    struct tp_column storage[EXPORT_EVENT_COLUMNS];
    struct tp_rows rows;
    bool ticks; /* times are those of a counter: time_ticks, not time_s */
    struct cli_times times;
    char time_name[CLI_TIME_NAME_BYTES], time_key[CLI_TIME_NAME_BYTES + 8]; /* of CSV; of JSON, with
                                                                             what is before it */
    uint64_t count;                                                         /* that were written */
};

/* Of what pass reads, which stays open. rows stays where it is. False, and *error, where times are
 * ticks of some inputs and seconds of others, or are not known as options->plot.time wants them. */
bool export_rows_init(struct export_rows *rows, const struct export_options *options,
                      const struct cli_pass *pass, struct tp_error *error);
/* Of the columns of events, only those of these fields (1 << enum tp_field). */
void export_rows_keep(struct export_rows *rows, uint64_t fields);

void export_sample_row(struct export_rows *rows, struct tp_out *out, const struct tp_writer *writer,
                       const struct tp_flow *flow, unsigned end, enum tp_metric_id metric,
                       int64_t ts_ns, double value);
/* fields: those that were kept. */
void export_event_row(struct export_rows *rows, struct tp_out *out,
                      const struct export_options *options, const struct tp_record *record,
                      uint64_t fields);
bool export_is_hex(enum tp_field field);

/* The names of the last columns, and their values: of `end` and its peer. addr is for the texts. */
extern const char *const export_end_names[EXPORT_ENDS];
void export_end_values(const struct tp_flow_key *key, unsigned end, char addr[2][48],
                       struct tp_value values[EXPORT_ENDS]);
#define EXPORT_ENDS_BYTES 200
/* The same as they follow others in a line; returns the end. */
char *export_put_ends(char *to, const struct tp_flow_key *key, unsigned end, bool json);

/* Writes a moment at `to` and returns the end: as --time says, in quotes where `json` has a text.
 */
char *export_time(struct export_rows *rows, char *to, uint32_t timeline, int64_t ns, bool json);

#endif
