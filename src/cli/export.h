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
#include "cli/plot_look.h"

/* A format whose lines are built here. Heads and tails are the writer's. */
struct export_lines {
    const char *format;
    bool json;                /* objects, else values separated by commas */
    bool raw;                 /* texts without the guard before a formula */
    const char *first, *next; /* before the first row and before each other one */
    const char *end;          /* after each */
};

struct export_options {
    struct cli_plot plot; /* its inputs and flows are those of all that is exported */
    bool plotted;         /* the numbers of a picture */
    uint64_t metrics;     /* bit 1 << enum tp_metric_id */
    const struct tp_writer *writer;
    const struct export_lines *lines; /* NULL: rows for the writer */
    int64_t bin_ns; /* 0: every sample */
    bool events, list_metrics;
};

/* Every sample of the chosen metrics and flows. */
int export_samples(const struct export_options *options, struct cli_pass *pass, struct tp_out *out,
                   struct tp_error *error);
/* What these come to in each bin of bin_ns. */
int export_bins(const struct export_options *options, struct cli_pass *pass, struct tp_out *out,
                struct tp_error *error);
/* Every record of the chosen flows. */
int export_events(const struct export_options *options, struct cli_pass *pass, struct tp_out *out,
                  struct tp_error *error);

/* Every number that a picture of the flows draws. */
int export_plotted(struct export_options *options, struct tp_out *out, struct tp_error *error);

/* --- rows, of formats without lines ----------------------------------------------------------- */

#define EXPORT_SAMPLE_COLUMNS 7
#define EXPORT_BIN_COLUMNS    12
#define EXPORT_TIME_BYTES     32
#define EXPORT_EVENT_COLUMNS  (4 + TP_FIELD_COUNT)

/* The columns of samples or events, for heads, rows and tails. */
struct export_rows {
    const struct tp_column *columns[EXPORT_EVENT_COLUMNS];
    struct tp_column storage[EXPORT_EVENT_COLUMNS];
    struct tp_rows rows;
    bool ticks;     /* times are those of a counter: time_ticks, not time_s */
    uint64_t count; /* that were written */
};

/* Of what pass reads, which stays open. rows stays where it is. False, and *error, where times are
 * ticks of some inputs and seconds of others. */
bool export_rows_init(struct export_rows *rows, const struct cli_pass *pass, bool events,
                      struct tp_error *error);
void export_sample_row(struct export_rows *rows, struct tp_out *out, const struct tp_writer *writer,
                       const struct tp_flow *flow, unsigned end, enum tp_metric_id metric,
                       int64_t ts_ns, double value);
void export_event_row(struct export_rows *rows, struct tp_out *out, const struct tp_writer *writer,
                      const struct tp_record *record);

/* Writes a time at `to` and returns the end: seconds with nine decimals; ticks as they are. */
static inline char *export_time(char *to, int64_t ns, bool ticks)
{
    return ticks ? put_signed(to, ns) : put_seconds(to, ns);
}

#endif
