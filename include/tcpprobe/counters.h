/* counters.h: what the kernel counts of TCP, for a whole network namespace.
 *
 * PROC/net/snmp, netstat and snmp6 are sums since the machine was started, or the namespace made. They are
 * read by name, because each kernel has others in another order; one that is not known here is kept. A sum
 * says little: what matters is by how much it grew, and in proportion to what. tp_counter_rows says of each
 * what it counts, what it is a share of, and what to conclude; tp_counter_findings what growth is worth a
 * sentence. Names are those of nstat(8): TcpRetransSegs, TcpExtTCPTimeouts.
 *
 * The kernel adds up its processors without a lock: two counters of one reading may disagree by what was under
 * way, so that a share may come out a little above the truth.
 *
 * Threads: plain data and constant tables; one thread uses a struct tp_counter_files at a time.
 */
#ifndef TCPPROBE_COUNTERS_H
#define TCPPROBE_COUNTERS_H

#include <stdbool.h>

#include <tcpprobe/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- what they mean --------------------------------------------------------------------------- */

/* X(ID, name, what it is about) */
#define TP_COUNTER_CATEGORIES(X)                                                                   \
    X(TRAFFIC, traffic, "connections and segments: what the others are a share of")                \
    X(LOSS, loss, "segments sent again, and why")                                                  \
    X(SPURIOUS, spurious, "sent again without need: reordering, delay")                            \
    X(ACCEPT, accept, "connections that a listener could not take")                                \
    X(MEMORY, memory, "received and dropped, or refused, for want of memory")                      \
    X(RESETS, resets, "connections that ended before their time")                                  \
    X(SEND, send, "how it was sent")                                                               \
    X(OTHER, other, "all others")

enum tp_counter_category {
#define TP_CATEGORY_ENUM(ID, name, help) TP_COUNTER_##ID,
    TP_COUNTER_CATEGORIES(TP_CATEGORY_ENUM)
#undef TP_CATEGORY_ENUM
    TP_COUNTER_CATEGORY_COUNT
};

struct tp_counter_category_info {
    const char *name, *help;
};

extern const struct tp_counter_category_info tp_counter_categories[TP_COUNTER_CATEGORY_COUNT];

struct tp_counter_row {
    const char *name;
    enum tp_counter_category category;
    bool gauge;           /* a level or a constant, which does not only grow */
    const char *of[2];    /* what it is a share of: the sum of these; NULL: of nothing */
    const char *since;    /* the kernel that has it first, where it is known; NULL: before 4.0 */
    const char *counts;   /* what is counted */
    const char *conclude; /* what it tells, and what can be done; NULL: nothing by itself */
};

extern const struct tp_counter_row tp_counter_rows[];
extern const size_t tp_counter_row_count;

const struct tp_counter_row *tp_counter_row_find(const char *name); /* NULL if there is none */

/* --- reading ----------------------------------------------------------------------------------- */

#define TP_COUNTER_NAME_BYTES 64

struct tp_counter {
    char name[TP_COUNTER_NAME_BYTES];
    const struct tp_counter_row *row; /* NULL: not known here */
    int64_t value;
};

struct tp_counters {
    struct tp_counter *list; /* in the order of the files */
    size_t count, allocated;
    int64_t ts_ns;      /* CLOCK_MONOTONIC when they were read */
    uint64_t malformed; /* lines that could not be read */
};

struct tp_counter_files;

/* proc: "/proc". The files stay open, and are those of the namespace that the process is in now. */
struct tp_counter_files *tp_counter_files_open(const char *proc, struct tp_error *error);
void tp_counter_files_close(struct tp_counter_files *files); /* NULL is fine */
/* Replaces what counters holds, which begins as zeros. */
int tp_counters_read(struct tp_counter_files *files, struct tp_counters *counters,
                     struct tp_error *error);
void tp_counters_release(struct tp_counters *counters);

const struct tp_counter *tp_counters_find(const struct tp_counters *counters, const char *name);

/* By how much it grew since before; false if it is a gauge, is in only one of them, or went down. */
bool tp_counter_growth(const struct tp_counters *now, const struct tp_counters *before,
                       const char *name, uint64_t *growth);
/* The share that its row names: of growth, or of sums where before is NULL; false if that is not known,
 * or of nothing. */
bool tp_counter_share(const struct tp_counters *now, const struct tp_counters *before,
                      const struct tp_counter_row *row, double *share);

/* --- findings ---------------------------------------------------------------------------------- */

enum tp_finding_level { TP_FINDING_NOTE, TP_FINDING_WARN, TP_FINDING_BAD, TP_FINDING_LEVELS };

extern const char *const tp_finding_levels[TP_FINDING_LEVELS]; /* "note", "warn", "bad" */

struct tp_counter_finding {
    const char *counter; /* a row's name */
    enum tp_finding_level level;
    double share, per_second; /* at least so much of its denominator, so much a second; 0: any */
    uint64_t least;           /* of the denominator, or of the counter where there is none */
    const char *sentence;     /* what happened */
    const char *advice;       /* what to look at */
    const char *basis;        /* where the threshold comes from */
};

extern const struct tp_counter_finding tp_counter_findings[];
extern const size_t tp_counter_finding_count;

/* Does it hold of what happened between the two? Only growth counts. */
bool tp_counter_finding_holds(const struct tp_counter_finding *finding,
                              const struct tp_counters *now, const struct tp_counters *before);

/* --- a baseline on disk ------------------------------------------------------------------------ */

struct tp_counter_place {
    char boot_id[40];  /* of PROC/sys/kernel/random/boot_id; "" if it is not known */
    uint64_t netns;    /* inode of the namespace; 0 if it is not known */
    char kernel[80];   /* its release */
    int64_t wall_ns;   /* since 1970 */
};

void tp_counter_place_here(const char *proc, struct tp_counter_place *place);

/* JSON, which appears whole or not at all. */
int tp_counters_save(const char *path, const struct tp_counters *counters,
                     const struct tp_counter_place *place, struct tp_error *error);
/* ts_ns of counters is that of this machine's clock, as far as the two places tell. */
int tp_counters_load(const char *path, struct tp_counters *counters, struct tp_counter_place *place,
                     struct tp_error *error);

#ifdef __cplusplus
}
#endif

#endif
