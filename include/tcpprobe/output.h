/* output.h: figures as text: tables for people, CSV and JSON for programs.
 *
 * A column is described once; a value says of which type it is and may be absent; a writer turns
 * rows of values into one format. Numbers are written without loss in the formats for programs
 * and rounded only in tables. What is absent is "-" in a table, empty in CSV, null in JSON.
 *
 *     struct tp_out *out = tp_out_new(STDOUT_FILENO, "standard output", &error);
 *     if (out)
 *         tp_rows_write(out, tp_writer_find("csv"), &rows);
 *     if (!out || tp_out_finish(out, &error) != 0)
 *         ... say so: data that did not arrive must not go unnoticed
 *     tp_out_free(out);
 */
#ifndef TCPPROBE_OUTPUT_H
#define TCPPROBE_OUTPUT_H

#include <tcpprobe/analyze.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- where the bytes go ---------------------------------------------------------------------- */

/* A buffered file descriptor. The first failure is kept and everything after it is dropped, so
 * only tp_out_finish() must be checked; a long writer looks at tp_out_failed() to stop early. */
struct tp_out;

/* fd stays the caller's; name is for messages and must live as long. NULL if out of memory. */
struct tp_out *tp_out_new(int fd, const char *name, struct tp_error *error);
void tp_out_bytes(struct tp_out *out, const void *bytes, size_t length);
void tp_out_text(struct tp_out *out, const char *text);
/* Room for length bytes (at most TP_OUT_ROOM) to write into; tell with tp_out_used() where they
 * end. The room is valid until the next call. */
#define TP_OUT_ROOM 4096
char *tp_out_room(struct tp_out *out, size_t length);
void tp_out_used(struct tp_out *out, const char *end);
/* Makes out fail, for writers that run out of memory. */
void tp_out_fail(struct tp_out *out, enum tp_code code, const char *text);
bool tp_out_failed(const struct tp_out *out);
/* Writes what is buffered; 0, or the first failure of all. */
int tp_out_finish(struct tp_out *out, struct tp_error *error);
void tp_out_free(struct tp_out *out); /* NULL is fine; drops what is still buffered */

/* --- values, columns, rows ------------------------------------------------------------------- */

enum tp_value_type {
    TP_VALUE_ABSENT,
    TP_VALUE_INTEGER,
    TP_VALUE_REAL, /* finite */
    TP_VALUE_BOOL, /* in integer */
    TP_VALUE_TEXT,
    TP_VALUE_COUNTS /* how many of each name: an object in JSON, their sum elsewhere */
};

struct tp_count {
    const char *name;
    uint64_t count;
};

struct tp_value {
    enum tp_value_type type;
    uint32_t counts; /* length of the list */
    union {
        int64_t integer;
        double real;
        const char *text; /* valid until the next row is loaded */
        const struct tp_count *list;
    };
};

/* How a table shows a column; the other formats write the value as it is. */
enum tp_show {
    TP_SHOW_TEXT,    /* as it is, to the left */
    TP_SHOW_WIDE,    /* the same; has a line of its own where the table would become too wide */
    TP_SHOW_PLAIN,   /* integers as they are, others with one decimal */
    TP_SHOW_SI,      /* four significant digits and a prefix: 14.95M */
    TP_SHOW_SECONDS, /* nanoseconds as seconds */
    TP_SHOW_MS,      /* microseconds as milliseconds */
    TP_SHOW_PERCENT, /* a share from 0 to 1 */
    TP_SHOW_WHOLE    /* the same, as a whole number of percent */
};

/* Values; of something that is not known, absent. */
static inline struct tp_value tp_value_integer_if(bool known, uint64_t number)
{
    struct tp_value value = {known ? TP_VALUE_INTEGER : TP_VALUE_ABSENT, 0, {0}};

    value.integer = known ? (int64_t)number : 0;
    return value;
}

static inline struct tp_value tp_value_integer(int64_t number)
{
    return tp_value_integer_if(true, (uint64_t)number);
}

static inline struct tp_value tp_value_real_if(bool known, double number)
{
    struct tp_value value = {known ? TP_VALUE_REAL : TP_VALUE_ABSENT, 0, {0}};

    if (known)
        value.real = number;
    return value;
}

static inline struct tp_value tp_value_bool(bool yes)
{
    struct tp_value value = {TP_VALUE_BOOL, 0, {yes}};

    return value;
}

/* NULL is absent. The text must live as long as the value. */
static inline struct tp_value tp_value_text(const char *text)
{
    struct tp_value value = {text ? TP_VALUE_TEXT : TP_VALUE_ABSENT, 0, {0}};

    if (text)
        value.text = text;
    return value;
}

struct tp_column {
    const char *name;    /* CSV header and JSON key; ends in its unit where it has one */
    const char *group;   /* table: heading above several neighbours; NULL if it stands alone */
    const char *heading; /* table */
    const char *unit;    /* table: below the heading, "" if none */
    const char *help;
    enum tp_show show;
    uint16_t twin; /* blocks: index distance to the same figure of the other end; 0: has none */
    bool is_twin;
    const char *section; /* blocks: heading above neighbours, which are left out where nothing of
                            them is known; NULL: always shown */
};

struct tp_rows {
    const struct tp_column *const *columns;
    size_t column_count; /* at most TP_COLUMNS_MAX */
    size_t row_count;
    /* Fills values[column_count]; may be called more than once for a row. */
    void (*load)(void *context, size_t row, struct tp_value *values);
    void *context;
};

#define TP_COLUMNS_MAX 768

/* --- writers --------------------------------------------------------------------------------- */

/* A writer either needs all rows at once (`all`, for tables: widths) or writes them as they come
 * (head, row for index 0, 1, 2 ..., tail). */
struct tp_writer {
    const char *name, *help;
    void (*all)(struct tp_out *out, const struct tp_rows *rows);
    void (*head)(struct tp_out *out, const struct tp_rows *rows);
    void (*row)(struct tp_out *out, const struct tp_rows *rows, uint64_t index,
                const struct tp_value *values);
    void (*tail)(struct tp_out *out, const struct tp_rows *rows);
};

/* table, blocks, csv, json (an array with an object a line), ndjson */
extern const struct tp_writer *const tp_writers[];
extern const size_t tp_writer_count;

const struct tp_writer *tp_writer_find(const char *name); /* NULL if there is none */
void tp_rows_write(struct tp_out *out, const struct tp_writer *writer, const struct tp_rows *rows);

/* Widest line of a table, unless a single row without its TP_SHOW_WIDE column is wider. */
#define TP_TABLE_WIDTH 120

/* One row as a JSON object, without a newline. */
void tp_out_json_object(struct tp_out *out, const struct tp_rows *rows,
                        const struct tp_value *values);
/* A text with its quotes and escapes. */
void tp_out_json_text(struct tp_out *out, const char *text);

/* --- the figures of a flow ------------------------------------------------------------------- */

/* A figure is a column and the way to get it from a flow. Figures of a side come twice: of the end
 * that sends the bulk of the data (acked_bytes) and of its peer (peer_acked_bytes). Those whose
 * names begin with wire_ and rtt_ are from packets. */
enum tp_flow_figure_use {
    TP_FIGURE_TABLE = 1,         /* in a table without --all, of kernel events */
    TP_FIGURE_TABLE_PACKETS = 2, /* ... of packets */
    TP_FIGURE_TABLE_BOTH = 4,    /* ... of both */
    TP_FIGURE_DATA = 8,          /* in the other formats without --all */
    TP_FIGURE_ALL = 16           /* with --all */
};

struct tp_sheet;

struct tp_flow_figure {
    struct tp_column column;
    unsigned use;
    struct tp_value (*get)(struct tp_sheet *sheet, const struct tp_flow_figure *figure);
    uint8_t peer;    /* 0 of the bulk sender, 1 of the other end */
    uint8_t what;    /* for get() */
    uint16_t detail; /* for get() */
};

extern const struct tp_flow_figure tp_flow_figures[];
extern const size_t tp_flow_figure_count;

/* Index of the figure with that name, or else of the first that begins with it, those that are
 * shown without --all before the others; -1 if there is none. */
int tp_flow_figure_find(const char *name);

/* TP_METRIC_BIT()s of the metrics that it asks an analysis for; see tp_analysis_options.without. */
uint64_t tp_flow_figure_metrics(const struct tp_flow_figure *figure);

#define TP_SHEET_QUANTILES 4

/* One flow laid out for its figures; what several figures need is worked out once. Zero it before
 * the first use. */
struct tp_sheet {
    bool out_of_memory; /* a quantile of this or an earlier flow is absent only because of that */
    const struct tp_analysis *analysis;
    const struct tp_flow *flow;
    const struct tp_flow_data *data;
    const struct tp_side *side[2]; /* bulk sender, peer */
    const struct tp_wire *wire[2];
    unsigned bulk_end;
    int64_t base_ns;
    char src[56], dst[56], both[116], cookie[2][20], history[28];
    /* What was asked last: neighbours are of the same metric. */
    struct tp_sheet_metric {
        bool asked, known, asked_quantiles, has_quantiles;
        uint8_t peer, metric;
        struct tp_summary summary;
        double quantile[TP_SHEET_QUANTILES];
    } last;
    struct tp_sheet_limits {
        bool asked, known;
        struct tp_limit_times times;
    } limits[2][TP_ORIGINS];
};

/* base_ns: what start_ns counts from, the first event of the flow's timeline. */
void tp_sheet_open(struct tp_sheet *sheet, const struct tp_analysis *analysis,
                   const struct tp_flow *flow, int64_t base_ns);
/* Texts live in the sheet. */
struct tp_value tp_sheet_value(struct tp_sheet *sheet, const struct tp_flow_figure *figure);

#ifdef __cplusplus
}
#endif

#endif
