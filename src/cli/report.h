/* report.h: connections as the data of a page: what `report` and `export --format page-json` share.
 *
 * The files are read twice: the first time tells which connections there are, which of them carried
 * most and how long their logs are; the second keeps the details of these.
 */
#ifndef TCPPROBE_CLI_REPORT_H
#define TCPPROBE_CLI_REPORT_H

#include <tcpprobe/page.h>

#include "cli/common.h"
#include "cli/flow_total.h"
#include "cli/packet_row.h"
#include "cli/times.h"

#define REPORT_TOP         100 /* connections with details, unless asked */
#define REPORT_TOP_MAX     10000
#define REPORT_PACKETS     8000   /* rows of a log, unless asked; fewer where they are many: */
#define REPORT_PACKETS_ALL 300000 /* ... of all logs together */
#define REPORT_PACKETS_MAX 10000000
#define REPORT_ROWS        20000 /* in the table: a browser has to hold them */

#define REPORT_LOG_NAMES 32

struct report_options {
    const struct cli_input *input;
    const struct cli_flow_choices *flows;
    uint64_t top, packets;
    bool packets_asked, anonymize;
    enum cli_time time;             /* how a page shows moments */
    const char *title;              /* NULL: the names of the files */
    const char *const *names;       /* what the inputs are called; NULL: as their files are */
    const char *const *comparisons; /* reports of `compare` as JSON, which stand above all else */
    size_t comparison_count;
};

/* Some of the time that a log has rows of. */
struct report_part {
    int64_t from_ns, until_ns;
};

/* A connection with details. */
struct report_connection {
    uint32_t id;
    struct tp_flow_key key;
    int64_t first_ns;
    unsigned bulk_end;
    uint32_t rows, taken, kept; /* of its log: all, those met in the second reading, those kept */
    struct report_part *parts;  /* around its loss episodes, as they come */
    size_t part_count, next_part;
    struct tp_page_log *log;
};

/* A connection of the table and what it is sorted by. */
struct report_row {
    const struct tp_flow *flow;
    double bytes;
};

struct report {
    const struct report_options *options;
    struct tp_page page;
    struct cli_pass pass;
    struct tp_analysis *analysis;
    struct cli_flow_total total;
    struct report_row *rows; /* most bytes first */
    size_t row_count;
    struct report_connection *connections;
    size_t connection_count;
    uint32_t *log_rows;   /* of each flow, by its number */
    uint32_t *connection; /* index + 1 of each flow's, by its number; 0: it has none */
    size_t allocated;
    size_t log_column[REPORT_LOG_NAMES]; /* of packet_columns */
    uint64_t packets;                    /* rows that each log may keep */
    bool second;                         /* reading */
};

int report_init(struct report *report, const struct report_options *options,
                struct tp_error *error);
/* The first reading: rows and which connections have details. The second one: their details; rows
 * are gone then. 0 or negative. */
int report_read_table(struct report *report, struct tp_error *error);
int report_read_details(struct report *report, struct tp_error *error);
/* "the table, without its braces": all members but details. */
void report_write_index(struct report *report, struct tp_out *out);
/* Calls write for each connection with details, most bytes first; it returns false to stop. 0 or
 * negative: the files changed between the two readings. */
typedef bool report_write_fn(void *context, struct report *report, const struct tp_flow *flow,
                             const struct report_connection *connection);
int report_each(struct report *report, report_write_fn *write, void *context,
                struct tp_error *error);
void report_write_detail(struct report *report, struct tp_out *out, const struct tp_flow *flow,
                         const struct report_connection *connection);
/* The names of the files, as far as they are to be known. */
char *report_title(const struct report *report); /* free() it; NULL: out of memory */
void report_release(struct report *report);

/* A log of packets and events, and one more row of it: a packet with its meaning, or an event of
 * that end. bulk_end: whose rows are those of end 0. NULL, false: out of memory. with_flows: of
 * several connections. */
struct tp_page_log *report_log_new(const struct report *report, bool with_flows,
                                   struct tp_error *error);
bool report_log_add(const struct report *report, struct tp_page_log *log, struct packet_row *row,
                    unsigned bulk_end, bool with_flows);
/* Has the log a row of it? Samples of a socket are curves; the log has what happened. */
bool report_is_logged(const struct tp_record *record);
/* All flows, most bytes first, into rows, and their sums into total, anew. */
bool report_sort_rows(struct report *report);

#endif
