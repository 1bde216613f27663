/* case.h: a connection that is being looked at, for the rows of the table. */
#ifndef TCPPROBE_EXPLAIN_CASE_H
#define TCPPROBE_EXPLAIN_CASE_H

#include <tcpprobe/explain.h>

struct tp_case {
    struct tp_sheet *sheet;
    const struct tp_explanation *told; /* account, ends */
    unsigned end;                      /* of the flow that sends the bulk */
    int64_t whole_ns;                  /* of the account; 0: there is none */
    bool black_hole;    /* of large segments: no other word is needed for its timeouts */
    double policed_bps; /* the rate of a policer that explains its losses; 0: none */
    struct case_dips {
        unsigned count;
        bool exact; /* to four segments, and never to less: no timeout does that */
        int64_t time_ns, begin_ns, end_ns; /* of all; the longest */
    } dips;                                /* to the window of BBR's PROBE_RTT */
};

/* What is asked of a course by more than one row, found out once (policer.c, window.c). */
void case_look(struct tp_case *of);
double case_policed(const struct tp_case *of); /* policer.c: 0: it is not */
/* Has it a congestion control that answers losses with a smaller window, as far as is known? */
bool case_answers_losses(const struct tp_case *of);
/* For how long its congestion window, reduced by losses, held it back with no queue on the path. */
int64_t case_window_held(const struct tp_case *of);
/* Was its window smaller behind a pause? */
bool case_restarted(const struct tp_case *of);
/* Is its path a black hole for large segments? */
bool case_is_black_hole(const struct tp_case *of);
struct case_dips case_dips(const struct tp_case *of);
const struct tp_series *case_series(const struct tp_case *of, enum tp_metric_id metric);
/* Was it in CWR, Recovery or Loss between these? */
bool case_was_congested(const struct tp_case *of, int64_t begin_ns, int64_t end_ns);
/* In the time in which that was waited for, for which share of it was something in flight? */
bool case_is_in_flight(const struct tp_case *of, enum tp_wait wait, double *share);

enum { SENDER, PEER }; /* ends of a sheet */

/* A figure as the best origin knows it; false if none does. */
bool case_number(const struct tp_case *of, enum tp_figure_id id, unsigned end, double *number);
/* ... or 0. For counts of things of which none is none. */
double case_count(const struct tp_case *of, enum tp_figure_id id, unsigned end);
bool case_is(const struct tp_case *of, enum tp_figure_id id, unsigned end, const char *text);
int64_t case_waited(const struct tp_case *of, enum tp_wait wait);
/* ... and of that, between these times. */
int64_t case_waited_within(const struct tp_case *of, enum tp_wait wait, int64_t begin_ns,
                           int64_t end_ns);
/* Is that a share of the account, in [0, 1]? Not where there is none. */
bool case_is_share(const struct tp_case *of, int64_t time_ns, double least);
/* Was the account told by the sender's own kernel? */
bool case_by_kernel(const struct tp_case *of);

/* Do its round trips say what the sender met? Not where packets were captured far from it. */
bool case_sees_sender(const struct tp_case *of);

void case_say(struct tp_reason *reason, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* In the time in which that was waited for (within.c): at or below what its smoothed round trip was
 * for that share of it, and at what rate it was acknowledged. false: not known. */
bool case_srtt_within(const struct tp_case *of, enum tp_wait wait, double share, double *srtt_us);
bool case_rate_within(const struct tp_case *of, enum tp_wait wait, double *rate_bps);
/* ... and the most that was in flight. */
bool case_most_in_flight(const struct tp_case *of, enum tp_wait wait, double *bytes);

/* Where that was waited for longest at a stretch. */
void case_place(const struct tp_case *of, struct tp_reason *reason, enum tp_wait wait);

/* Texts of quantities. */
struct case_text {
    char text[32];
};
struct case_text case_time(int64_t ns);
struct case_text case_si(double value, const char *unit);
struct case_text case_percent(double share);

/* Loss episodes, and how many of them began while no queue stood; of those behind slow start's
 * overshoot (settled), how many began while the queue was near its longest. */
struct case_losses {
    unsigned episodes, without_queue, settled, with_queue;
};
struct case_losses case_losses(const struct tp_case *of);

/* Other connections of the recording that wait in the same queue (neighbours.c). */
struct case_neighbours {
    unsigned count;
    uint32_t id;     /* of the one of which that is clearest */
    double together; /* rank correlation of changes of both round trips ... */
    uint32_t steps;  /* ... in so many steps of 100 ms */
};
struct case_neighbours case_neighbours(const struct tp_case *of);
/* Do these take turns at one rate: does that of all together vary much less than that of the first
 * one (shared_rate.c)? Series of what was acknowledged, none of them empty. */
bool case_share_rate(const struct tp_series *const *acked, uint32_t count);
int case_by_number(const void *left, const void *right);    /* for qsort(), of doubles */
int64_t case_widest_bin_ns(const struct tp_series *series); /* within.c */

#endif
