/* watch.h: what the files of `watch` share.
 *
 * A state that rounds and keys change (watch_rounds.c, watch_keys.c) and that a frame is made of
 * (watch_frame.c), without a terminal; cmd_watch.c holds them together.
 */
#ifndef TCPPROBE_CLI_WATCH_H
#define TCPPROBE_CLI_WATCH_H

#include "cli/frame.h"
#include "cli/sockets.h"

#define WATCH_CLOSED_NS INT64_C(5000000000) /* so long what has ended stays */
#define WATCH_CLOSED    1000
#define WATCH_PAST      120 /* rounds that are drawn */
#define WATCH_FOLLOWED  100 /* sockets whose past is kept: the first in order */

/* What is drawn of a connection's past. X(ID, name of the column) */
#define WATCH_CURVES(X)                                                                            \
    X(OUT, goodput)                                                                                \
    X(IN, received_rate) X(SRTT, srtt) X(CWND, snd_cwnd) X(RESENT, round_retransmits)
enum watch_curve {
#define WATCH_CURVE_ENUM(ID, column) WATCH_CURVE_##ID,
    WATCH_CURVES(WATCH_CURVE_ENUM)
#undef WATCH_CURVE_ENUM
        WATCH_CURVE_COUNT
};

struct watch_past {
    uint64_t cookie;
    unsigned count;                             /* rounds, the last WATCH_PAST of them kept */
    float value[WATCH_CURVE_COUNT][WATCH_PAST]; /* by round modulo; NAN: not known */
};

struct watch_closed {
    struct tp_sock end, last; /* last: of the round before, if has_last */
    bool has_last;
};

struct watch_row {
    const struct tp_sock *now, *before; /* before: NULL if there is none */
    bool closed;
};

struct watch_host {
    double mem_bytes, mem_limit_bytes; /* of TCP; 0: not known */
    int64_t dump_ns, wall_ns;   /* what reading took; when it began, since 1970, 0: not known */
    int64_t clock_ns, first_ns; /* ... on the monotonic clock or the log's; of the first round */
};

struct watch_log;

struct watch_state {
    struct watch_log *log;          /* what is shown was recorded; NULL: it is the machine */
    double speed;                   /* of the log: 2 is twice as fast as it was */
    struct sockets_options options; /* filter: of the rows, not of what is read */
    struct sockets_options reading; /* of the source: all connections */
    struct sockets_source source;
    struct sockets_round rounds[2];
    struct sockets_round *now, *before; /* NULL: not yet */
    struct tp_counters counters[2];
    struct tp_counters *counted, *counted_before; /* NULL: not yet, or of several namespaces */
    struct watch_host host;
    struct watch_closed *closed;
    size_t closed_count;
    struct tp_ends_summary ends;
    struct watch_past *past; /* of WATCH_FOLLOWED */
    size_t past_count;

    struct watch_row *rows; /* that match, in order */
    size_t row_count, rows_allocated;
    size_t matching; /* of them open */
    size_t selected; /* a row */
    uint64_t cookie; /* of the selected one; 0: the first */
    unsigned sort;   /* index in watch_sorts */
    bool paused, detail, help, end;
    bool utf8;   /* curves may be drawn with block elements */
    bool typing; /* a filter */
    char typed[256];
    char notice[512]; /* what was wrong with the last one */
};

struct watch_sort {
    char key;
    const char *name, *help;
    int by; /* enum tp_socket_id; -1: both rates */
    bool ascending;
};
extern const struct watch_sort watch_sorts[];
extern const unsigned watch_sort_count;

/* watch_rounds.c: reads a round. */
int watch_begin(struct watch_state *watch, struct tp_error *error);
int watch_read(struct watch_state *watch, struct tp_error *error);
/* What has ended since. */
int watch_ends(struct watch_state *watch, struct tp_error *error);
void watch_finish(struct watch_state *watch);

/* An end, as tp_ends_options says. */
int watch_take_end(void *watch, const struct tp_sock *socket, bool nameless);
/* The round is read, one of watch->rounds, and is what is shown from now on. */
int watch_arrived(struct watch_state *watch, struct sockets_round *round, int64_t ts_ns,
                  struct tp_error *error);

/* watch_log.c: rounds of a log. *log is there to be closed even after an error. */
int watch_log_open(struct watch_log **log, const char *path, struct tp_error *error);
void watch_log_close(struct watch_log *log); /* NULL is fine */
/* The next round, if there is one: see watch_log_is_done(). */
int watch_log_read(struct watch_state *watch, struct tp_error *error);
/* The first round that is not before that time, counted from the first one; the last one where
 * there is none. */
int watch_log_seek(struct watch_state *watch, int64_t time_ns, struct tp_error *error);
int64_t watch_log_time_ns(const struct watch_log *log); /* of the round that is shown, likewise */
int64_t watch_log_gap_ns(const struct watch_log *log);  /* between two rounds; 0: not known yet */
bool watch_log_is_done(const struct watch_log *log);

/* watch_rows.c: puts the rows in order. */
int watch_arrange(struct watch_state *watch, struct tp_error *error);
struct tp_socket_view watch_view(const struct watch_state *watch, size_t row);
/* Bits a second of all that are open or ended since the round before; false: not known yet. */
bool watch_rates(const struct watch_state *watch, double *out_bps, double *in_bps);
void watch_select(struct watch_state *watch, size_t row);

/* watch_past.c */
int watch_follow(struct watch_state *watch, struct tp_error *error);
const struct watch_past *watch_past_of(const struct watch_state *watch, uint64_t cookie);
/* The last `columns` values, the newest last: in block elements, else in signs of ASCII. *most: the
 * largest. False: there are none. */
bool watch_curve_text(const struct watch_past *past, enum watch_curve curve, unsigned columns,
                      bool utf8, char *text, size_t size, double *last, double *most);

/* watch_keys.c: bytes from the keyboard. Returns TP_OK or what watch_arrange() does. */
int watch_keys(struct watch_state *watch, const char *bytes, size_t length, struct tp_error *error);
/* One line for each key: "q  quit". */
void watch_help(struct frame *frame);

/* watch_frame.c: the page. */
void watch_frame(struct watch_state *watch, struct frame *frame);
/* watch_host.c: its head, of three lines. */
void watch_head(const struct watch_state *watch, struct frame *frame);
void watch_look_at_memory(struct watch_host *host, const char *proc);
/* watch_detail.c: one connection. */
void watch_detail(const struct watch_state *watch, struct frame *frame);

#endif
