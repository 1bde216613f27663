/* explain.h: why a connection is slow: findings, each a row of one table, with its evidence and its cost.
 *
 * What is said of the end that sends the bulk of the data rests on figures (figure.h) and on the account of
 * time (account.h): no number is made here that another command would not show. A finding is absent where
 * what it needs was not recorded, or is less than its minimum sample; what could not be judged for that is
 * told apart. None is advised but what the evidence names: an end, a buffer, the path.
 *
 * Threads: the tables are constant; an explanation is plain data.
 */
#ifndef TCPPROBE_EXPLAIN_H
#define TCPPROBE_EXPLAIN_H

#include <stddef.h>

#include <tcpprobe/figure.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tp_case;   /* a connection that is being looked at; private */
struct tp_reason;

/* A row: what may be found. */
struct tp_reason_row {
    const char *id;     /* "rto" */
    const char *title;  /* what it is, without numbers */
    const char *advice; /* what to do; NULL: nothing follows from it */
    const char *basis;  /* where thresholds are from */
    bool (*find)(const struct tp_case *of, struct tp_reason *reason); /* private */
    const char *sort_of; /* the id of what it is a sort of, which is then not found beside it: "loss" of
                            "policer"; NULL: of nothing else */
    bool describes;      /* it says what something is, not what is wrong */
};

#define TP_REASONS_MAX 48
extern const struct tp_reason_row tp_reason_rows[];
extern const size_t tp_reason_row_count; /* at most TP_REASONS_MAX */

const struct tp_reason_row *tp_reason_find(const char *id); /* NULL if there is none */
/* It is that one, or a sort of it. */
bool tp_reason_is_of(const struct tp_reason_row *row, const struct tp_reason_row *of);

#define TP_REASON_BYTES 400

/* One that was found. */
struct tp_reason {
    const struct tp_reason_row *row;
    int64_t cost_ns;       /* for so long it held the sender up; 0: it did not, or that is not known.
                              Costs do not overlap */
    uint8_t confidence;    /* enum tp_confidence */
    bool undecided;        /* what it cost is not known, and so not whether anything is wrong */
    bool has_place;        /* the next two are valid */
    int64_t begin_ns, end_ns; /* where it is seen best, by the flow's clock */
    char sentence[TP_REASON_BYTES];
};

/* What could not be judged, and what recording would show it. */
enum tp_blind {
    TP_BLIND_WAITS,  /* what the sender waited for, most of the time */
    TP_BLIND_KERNEL, /* no kernel events: its congestion window */
    TP_BLIND_PACKETS, /* no packets */
    TP_BLIND_ONE_WAY, /* packets of one direction only */
    TP_BLIND_SCALE,  /* no SYN was captured: how windows are scaled */
    TP_BLIND_LOST,   /* events were lost while it lived */
    TP_BLINDS
};
const char *tp_blind_text(enum tp_blind blind);

struct tp_explanation {
    struct tp_reason list[TP_REASONS_MAX]; /* worst first: by cost, then as the table has them */
    size_t count;
    bool has_account;
    struct tp_account account; /* of the end that sends the bulk; valid if has_account */
    unsigned origin;           /* whose account it is: enum tp_origin, or TP_FROM_SOCKET; likewise */
    double apart;              /* how far kernel events and packets disagree, see account.h */
    int64_t held_up_ns;        /* sum of the costs */
    uint32_t blind;            /* bits of enum tp_blind */
    char src[56], dst[56];     /* the sender of the bulk, and its peer */
};

/* What the analysis must keep for that: adds it to the options. TP_EXPLAIN_BINS are enough; where more are
 * kept, figures of a course are finer. */
void tp_explain_needs(struct tp_analysis_options *options);
#define TP_EXPLAIN_BINS 4096

/* The sheet is open. Of an analysis without series, nothing is said that needs a course over time (when,
 * and whether losses came while a queue stood). */
void tp_explain(struct tp_sheet *sheet, struct tp_explanation *explanation);

/* What explanations of several connections come to. {0} to begin with. */
struct tp_reason_sum {
    size_t flows, held_up;         /* connections; those that a finding cost time */
    size_t count[TP_REASONS_MAX];  /* of which it was found, by the index of its row */
    int64_t cost_ns[TP_REASONS_MAX];
    struct tp_account account;     /* of those that have one */
    uint32_t origins;              /* bits of whose accounts these are */
    size_t blind[TP_BLINDS];       /* of which that could not be judged */
};
void tp_reason_sum_add(struct tp_reason_sum *sum, const struct tp_explanation *explanation);
int64_t tp_reason_sum_cost(const struct tp_reason_sum *sum); /* for so long all of them were held up */

#ifdef __cplusplus
}
#endif

#endif
