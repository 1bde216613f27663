/* figure.h: what is said of a flow: every number once, with its definition and its source.
 *
 * Analysis says what happened; who speaks of it (tables, JSON, pictures, comparisons) asks here and
 * nowhere else. A figure is a row of the table in <tcpprobe/figures/all.h>. It may be told by several
 * origins: by kernel events of the end's own socket, by packets, or by what its peer's socket
 * received. Which is believed first is decided in one place (src/figure/figure.c), and an answer
 * says whose it is.
 *
 *     struct tp_sheet sheet = {0};
 *     struct tp_value goodput;
 *     unsigned origin;
 *
 *     tp_sheet_open(&sheet, analysis, flow, 0);
 *     goodput = tp_sheet_value(&sheet, TP_FIGURE_goodput_bps, 0, TP_BEST, &origin);
 *     if (goodput.type == TP_VALUE_REAL)
 *         printf("%.3g bit/s by %s\n", goodput.real, tp_origin_name(origin));
 *
 * A figure of an end is asked for end 0, which sends the bulk of the data, or for end 1, its peer.
 * What was not measured is absent, never 0. While records come in: see tp_analysis_settle().
 *
 * Threads: one thread uses a sheet at a time; the table and the columns may be read by any number.
 */
#ifndef TCPPROBE_FIGURE_H
#define TCPPROBE_FIGURE_H

#include <tcpprobe/analyze.h>
#include <tcpprobe/value.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- the table ------------------------------------------------------------------------------- */

enum tp_figure_id {
#define FIGURE(name, ...)                                          TP_FIGURE_##name,
#define COMPARED(name, ID, word, CLASS, relative, absolute, ...)   TP_FIGURE_##name,
#include <tcpprobe/figures/all.h>
    TP_FIGURE_IDS
};

/* Origins beside those of enum tp_origin: what the other end's socket received; what samples of the
 * socket say; of no origin but made of other figures, or of the flow as a whole. */
enum { TP_FROM_PEER = TP_ORIGINS, TP_FROM_SOCKET, TP_FROM_WHOLE, TP_WAYS };
#define TP_BEST TP_WAYS /* the origin that is believed first among those that know */

/* acked_from, where the end was not seen; where the log does not say when that was, but ends with data
 * in flight; of a receiver that closed before the sender did; of samples that cannot tell a FIN from
 * a byte */
#define TP_UNTIL_CLOSE      "kernel until close"
#define TP_UNTIL_PROBE      "kernel until last probe"
#define TP_PEER_UNTIL_CLOSE "peer until close"
#define TP_SOCKET_AT_LEAST  "socket at least"

const char *tp_origin_name(unsigned origin); /* "kernel", "packets", "peer", "socket", "" */

enum tp_figure_of {
    TP_OF_END,  /* of one end of a flow */
    TP_OF_FLOW, /* of the flow: asked for end 0 */
    TP_OF_GROUP /* of several flows together only: no column of a flow */
};

/* How the numbers of several flows become one. */
enum tp_join {
    TP_JOIN_MEDIAN,
    TP_JOIN_SUM,
    TP_JOIN_SUM_OF_ALL, /* of no use unless every flow has it */
    TP_JOIN_LARGEST,
    TP_JOIN_LEAST,
    TP_JOIN_JAIN        /* their fairness */
};

/* Who is believed where several know. */
enum tp_believe {
    TP_BELIEVE_KERNEL,  /* kernel events, then packets, then the peer */
    TP_BELIEVE_PACKETS, /* packets, then kernel events, then the peer */
    TP_BELIEVE_MOST,    /* whoever proves most acknowledged bytes; of equals, as TP_BELIEVE_KERNEL */
    TP_BELIEVE_SOCKET,  /* samples of a socket that has no tcp_probe events, then as TP_BELIEVE_KERNEL */
    TP_BELIEVE_RATE     /* as TP_BELIEVE_MOST, but the sender's socket rather than the receiver where it saw
                           half of them: for what is worked out of bytes and their times. Nor
                           the receiver where more reached it than acknowledged bytes tell */
};

/* Where a figure is used besides `flows --all`. */
enum tp_figure_use {
    TP_FIGURE_TABLE = 1,         /* in a table of kernel events */
    TP_FIGURE_TABLE_PACKETS = 2, /* ... of packets */
    TP_FIGURE_TABLE_BOTH = 4,    /* ... of both */
    TP_FIGURE_DATA = 8,          /* in the other formats without --all */
    TP_FIGURE_TABLE_ONLY = 16,   /* and not with --all */
    TP_FIGURE_ALL = 32,          /* asks for all of them but those */
    TP_FIGURE_TABLE_SOCKETS = 64 /* in a table of samples of sockets */
};

struct tp_sheet;
struct tp_figure_way;

/* Answers for one end (0: the bulk sender, 1: its peer). */
typedef struct tp_value tp_figure_get(struct tp_sheet *sheet, unsigned end,
                                      const struct tp_figure_way *way);

/* How an origin tells it. Where `get` is NULL it does not. */
struct tp_figure_way {
    tp_figure_get *get;
    uint8_t what, need, type; /* for get() */
    uint16_t detail;          /* for get() */
    const char *as;  /* its column, where kernel_NAME or wire_NAME is not meant */
    const char *group, *heading; /* of that column, where they differ */
    unsigned use;    /* of that column: enum tp_figure_use */
};

struct tp_figure {
    const char *name;  /* ends in its unit: _ns, _us, _bytes, _segs, _bps */
    const char *title; /* in pictures and comparisons; NULL: heading */
    const char *section, *group, *heading, *unit, *help; /* see struct tp_column */
    enum tp_show show;
    enum tp_better better;
    enum tp_join join;
    enum tp_believe believe;
    enum tp_figure_of of;
    bool timed;   /* rests on the difference of two times: absent where that is no time, see flow.h */
    unsigned use; /* enum tp_figure_use */
    struct tp_figure_way way[TP_WAYS];
};

extern const struct tp_figure tp_figures[TP_FIGURE_IDS];

/* As people read it: the unit ("ms", "Mbit/s", "%", "s" ...), and a number of the figure in it. */
const char *tp_figure_unit(const struct tp_figure *figure);
double tp_figure_in_unit(const struct tp_figure *figure, double number);

/* TP_METRIC_BIT()s of the metrics that a figure asks an analysis for; see
 * tp_analysis_options.without. */
uint64_t tp_figure_metrics(enum tp_figure_id figure);

/* --- one flow -------------------------------------------------------------------------------- */

#define TP_SHEET_QUANTILES 6

/* One flow laid out for its figures; what several figures need is worked out once. Zero it before
 * the first use; members are private but for out_of_memory. */
struct tp_sheet {
    bool out_of_memory; /* a figure of this or an earlier flow is absent only because of that */
    const struct tp_analysis *analysis;
    const struct tp_flow *flow;
    const struct tp_side *side[2]; /* by end: bulk sender, peer */
    const struct tp_wire *wire[2];
    unsigned bulk_end;
    int64_t base_ns;
    int8_t most[2]; /* origin + 1 that proves most acknowledged bytes; 0: not asked yet */
    char src[56], dst[56], addr[2][48], both[116], cookie[2][20], history[28];
    struct tp_sheet_limits {
        bool asked, known;
        struct tp_limit_times times;
    } limits[2][TP_ORIGINS];
    struct tp_sheet_account {
        bool asked, known;
        struct tp_account account;
    } accounts[2][TP_ORIGINS + 1]; /* the last: of samples of the socket */
    /* Each metric is asked once, as its quantiles take sorting: bits of those that were. */
    uint64_t asked_metrics[2], asked_quantiles[2];
    struct tp_sheet_metric {
        bool known, has_quantiles;
        struct tp_summary summary;
        double quantile[TP_SHEET_QUANTILES];
    } metric[2][TP_METRIC_IDS]; /* the last member: what was not asked is not zeroed */
};

/* base_ns: what start_ns counts from, the first event of the flow's timeline. Analysis and flow are
 * borrowed until the next open. */
void tp_sheet_open(struct tp_sheet *sheet, const struct tp_analysis *analysis,
                   const struct tp_flow *flow, int64_t base_ns);

/* The figure of that end by that origin, or by the one that is believed (TP_BEST); *from (may be
 * NULL) becomes the origin of an answer that is not absent. Texts live in the sheet. */
struct tp_value tp_sheet_value(struct tp_sheet *sheet, enum tp_figure_id figure, unsigned end,
                               unsigned origin, unsigned *from);
/* The same as a number; false if it is absent or a text. */
bool tp_sheet_number(struct tp_sheet *sheet, enum tp_figure_id figure, unsigned end,
                     unsigned origin, double *number);
/* What that end waited for, by TP_FROM_KERNEL, TP_FROM_PACKETS or TP_FROM_SOCKET; NULL where it was not
 * judged. Of samples of its socket: what the kernel's chronometers tell apart, and only that. */
const struct tp_account *tp_sheet_account(struct tp_sheet *sheet, unsigned end, unsigned origin);
/* A value as a number; false if it is none. */
bool tp_value_number(const struct tp_value *value, double *number);

/* The end that sends the bulk of the data, 0 or 1 as in the flow's key: the one whose bytes are
 * known to be more, else the one whose socket holds data that wait, else the one that is known, else the
 * one that opened the connection. */
unsigned tp_flow_bulk_end(const struct tp_flow *flow);

/* --- several flows --------------------------------------------------------------------------- */

/* Joins count numbers, those that are known of `of` flows, as the figure says; NAN where that is
 * not possible. scratch holds count numbers; values may be reordered. */
double tp_figure_join(const struct tp_figure *figure, double *values, size_t count, size_t of,
                      double *scratch);

/* --- columns --------------------------------------------------------------------------------- */

/* Every figure, end and origin as a column of its own: NAME, peer_NAME, kernel_NAME ... */
struct tp_figure_column {
    struct tp_column column;
    enum tp_figure_id figure;
    unsigned end, origin; /* TP_BEST or one */
    unsigned use;         /* enum tp_figure_use */
    char name[48];
};

struct tp_figure_columns {
    struct tp_figure_column *list;
    size_t count; /* at most TP_COLUMNS_MAX */
};

/* NULL if out of memory. */
struct tp_figure_columns *tp_figure_columns_new(struct tp_error *error);
void tp_figure_columns_free(struct tp_figure_columns *columns); /* NULL is fine */

/* Index of the column with that name, or else of the first that begins with it, those that are
 * shown without --all before the others; -1 if there is none. */
int tp_figure_column_find(const struct tp_figure_columns *columns, const char *name);
struct tp_value tp_sheet_column(struct tp_sheet *sheet, const struct tp_figure_column *column);
/* Texts cannot be compared or joined. */
bool tp_figure_is_number(const struct tp_figure *figure);

#ifdef __cplusplus
}
#endif

#endif
