/* page.h: what an analysis says of connections as the data of a page that people look at, and the page
 * itself: one HTML file that needs no network.
 *
 * The data is JSON, version TP_PAGE_VERSION, described in the manual page (PAGE DATA): a table with a row
 * for each connection, and for some of them a detail: all figures, series as columns of differences, spans,
 * loss episodes, the account of time, findings, the packet log. No number is made here that figure.h,
 * account.h, explain.h, plot.h or the series would not say; what is not known is left out.
 *
 * Threads: a page, its names, logs and blocks belong to one thread at a time and share nothing.
 */
#ifndef TCPPROBE_PAGE_H
#define TCPPROBE_PAGE_H

#include <tcpprobe/figure.h>
#include <tcpprobe/output.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TP_PAGE_SCHEMA  "tcpprobe page"
#define TP_PAGE_VERSION 1

/* --- other names ------------------------------------------------------------------------------ */

/* Gives addresses, and names of processes and cgroups, others: the same for the same, in the order in which
 * they are met. IPv4 addresses become 198.18.0.1 and so on (RFC 2544), IPv6 ones 2001:db8::1 (RFC 3849). */
struct tp_page_names;

struct tp_page_names *tp_page_names_new(struct tp_error *error); /* NULL: out of memory */
void tp_page_names_free(struct tp_page_names *names);            /* NULL is fine */

/* --- the packet log of a connection ----------------------------------------------------------- */

/* Rows in columns of differences, a few bytes each. */
struct tp_page_log;

/* Columns are borrowed. NULL: out of memory. */
struct tp_page_log *tp_page_log_new(const struct tp_column *const *columns, size_t count,
                                    struct tp_error *error);
/* One value a column; what is absent stays so. False: out of memory. */
bool tp_page_log_add(struct tp_page_log *log, const struct tp_value *values);
void tp_page_log_free(struct tp_page_log *log); /* NULL is fine */

/* --- the data --------------------------------------------------------------------------------- */

/* What it is asked of. Zero it, then set the first three; the others are private. */
struct tp_page {
    const struct tp_analysis *analysis;
    const struct tp_figure_columns *columns;
    struct tp_page_names *names; /* NULL: addresses and names as they are */
    struct tp_flow named;
    struct tp_sheet sheet;
#define TP_PAGE_ROW_FIGURES 40
    const struct tp_figure_column *row_columns[TP_PAGE_ROW_FIGURES];
};

/* What an analysis must keep: of rows, their spark's metrics and few bins; of details, these. */
#define TP_PAGE_SPARK_BINS  64
#define TP_PAGE_SERIES_BINS 4096
#define TP_PAGE_MARKS       4096
uint64_t tp_page_spark_series(void);
uint64_t tp_page_detail_series(void);
/* TP_METRIC_BIT()s of the metrics whose figures rows ask for: the others may be left out. */
uint64_t tp_page_row_metrics(const struct tp_figure_columns *columns);

/* "metrics":{...},"columns":{...},"waits":{...}: what the names in the data mean. */
void tp_page_words(struct tp_page *page, struct tp_out *out);
/* An object: a row of the table. base_ns: the first event of its timeline. */
void tp_page_row(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow, int64_t base_ns);
/* What was told of a connection's row. Zero it: nothing was. */
struct tp_page_row_told {
    bool is_known;
    uint8_t type[TP_PAGE_ROW_FIGURES];  /* enum tp_value_type */
    uint64_t bits[TP_PAGE_ROW_FIGURES]; /* the number as it is stored, or a hash of the text */
};
/* Of a connection that goes on: "changing":[...], the names of what may change in its row; and an array of its
 * number and, for each of these that is not what was told, its place among them, from 0, and its value, null
 * where it is absent. */
void tp_page_changing(struct tp_out *out);
void tp_page_row_now(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow, int64_t base_ns,
                     struct tp_page_row_told *told);
/* "packets":{...}, which a detail has, too; rows: how many there were. */
void tp_page_packets(struct tp_out *out, const struct tp_page_log *log, uint64_t rows);
/* An object: all of one connection. log may be NULL; rows: how many the log of all packets has. */
void tp_page_connection(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow,
                        int64_t base_ns, const struct tp_page_log *log, uint64_t rows);

/* --- the page --------------------------------------------------------------------------------- */

/* What comes before the data, up to its blocks; title: any text. Then noscript, if wanted, blocks, and the
 * end. */
void tp_page_html_begin(struct tp_out *out, const char *title);
void tp_page_html_end(struct tp_out *out);
/* The same page for a server (web.h), which it asks for its data: api/traffic, api/flow/ID, api/events; and its
 * Content-Security-Policy. They live as long as the program. */
const char *tp_page_live(size_t *length);
const char *tp_page_live_policy(void);
/* For people whose viewer runs no scripts: a table of rows. */
void tp_page_noscript_begin(struct tp_out *out);
void tp_page_noscript_row(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow,
                          int64_t base_ns);
void tp_page_noscript_end(struct tp_out *out, uint64_t left_out);
/* Text with what HTML would read as markup escaped. */
void tp_page_html_text(struct tp_out *out, const char *text);

/* A block of data, deflated and in base64, under that id. What is written into the result belongs to it
 * until the end. NULL: out of memory. */
struct tp_page_block;
struct tp_page_block *tp_page_block_new(struct tp_out *page, struct tp_error *error);
struct tp_out *tp_page_block_begin(struct tp_page_block *block, const char *id);
/* 0, or the block's first failure. */
int tp_page_block_end(struct tp_page_block *block, struct tp_error *error);
void tp_page_block_free(struct tp_page_block *block); /* NULL is fine */

#ifdef __cplusplus
}
#endif

#endif
