/* compare.h: did congestion behaviour change between two groups of runs?
 *
 * A run is one recording: a trace log or a capture. Of each run and role (a group of its flows) a
 * handful of numbers is kept; these numbers, one a run, are what is compared. Samples inside a run
 * depend on each other and are never tested.
 *
 *     analysis of a file -> tp_run (roles, metrics)  -\
 *     baseline file      -> tp_run ...               --> tp_compare() -> struct tp_comparison
 *                                                            -> reports, figure, exit status
 *
 * A metric is CHANGED only if it is both significant (exact max-T permutation test over all gated
 * metrics of the role: family-wise error alpha) and large enough to matter (threshold). Exact
 * metrics, whose spread between runs of the same kind is next to nothing, are decided by tolerance
 * at any number of runs, unless the runs of one side differ by more than that: then they are tested
 * like the others. Nothing is random: the same runs give the same answer.
 */
#ifndef TCPPROBE_COMPARE_H
#define TCPPROBE_COMPARE_H

#include <tcpprobe/output.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Raised whenever a definition below changes what a number means: baselines of another version are
 * refused. */
#define TP_COMPARE_DEFINITIONS 1

enum tp_compare_class {
    TP_COMPARE_PATH,      /* must agree, or the runs cannot be compared */
    TP_COMPARE_EXACT,     /* decided by tolerance, at any number of runs */
    TP_COMPARE_CORE,      /* decided by the permutation test and the threshold */
    TP_COMPARE_DIAGNOSTIC /* shown, never decides */
};

/* X(ID, name, title, unit, class, better, relative threshold, absolute threshold, what it is). A
 * difference matters if it reaches every threshold that is not 0. All over the flows of the role,
 * from the first to the last sample of each; "median" is over its flows. */
#define TP_COMPARE_METRICS(X)                                                                      \
    X(FLOWS, "flows", "Flows", "", PATH, NEITHER, 0, 0.5, "flows in the role")                     \
    X(MSS, "mss", "Segment size", "bytes", PATH, NEITHER, 0, 0.5, "median of the segment sizes")   \
    X(DURATION, "duration", "Duration", "s", PATH, NEITHER, 0.2, 0, "longest flow")                \
    X(RTT_MIN, "rtt_min", "Base RTT", "ms", PATH, NEITHER, 0.05, 0, "least srtt, or RTT sample")   \
    X(INIT_CWND, "init_cwnd", "Initial window", "segs", EXACT, NEITHER, 0, 0.5,                    \
      "median of the windows that flows began with")                                               \
    X(BETA, "beta", "Decrease", "", EXACT, NEITHER, 0, 0.05,                                       \
      "median of ssthresh over the window before, at entries into CWR and Recovery")               \
    X(GOODPUT, "goodput", "Goodput", "Mbit/s", CORE, HIGH, 0.03, 0, "acknowledged, all flows")     \
    X(RTT_P50, "rtt_p50", "RTT p50", "ms", CORE, LOW, 0.10, 0, "median of time-weighted medians")  \
    X(RTT_P95, "rtt_p95", "RTT p95", "ms", CORE, LOW, 0.10, 0, "median of time-weighted p95")      \
    X(CWND_P50, "cwnd_p50", "Window p50", "segs", CORE, NEITHER, 0.10, 0,                          \
      "median of time-weighted medians of snd_cwnd")                                               \
    X(INFLIGHT, "inflight", "In flight", "bytes", CORE, NEITHER, 0.10, 0,                          \
      "median of time-weighted means")                                                             \
    X(LOSS_EVENTS, "loss_events", "Loss events", "1/s", CORE, LOW, 0.25, 0.1,                      \
      "entries into Recovery and Loss, per second and flow")                                       \
    X(RETX, "retx", "Retransmitted", "%", CORE, LOW, 0.5, 0.25,                                    \
      "retransmissions per acknowledged segment: skbs of kernel events, segments of packets")      \
    X(STARTUP, "startup", "First second", "Mbit/s", CORE, HIGH, 0.05, 0,                           \
      "acknowledged in the first second, all flows")                                               \
    X(JAIN, "jain", "Fairness", "", CORE, HIGH, 0, 0.05, "Jain's index of goodput; two flows or more") \
    X(RTT_INFL, "rtt_infl", "RTT inflation", "", DIAGNOSTIC, LOW, 0.10, 0, "rtt_p50 / rtt_min")    \
    X(CWND_P10, "cwnd_p10", "Window p10", "segs", DIAGNOSTIC, NEITHER, 0.10, 0, "as cwnd_p50")     \
    X(CWND_P90, "cwnd_p90", "Window p90", "segs", DIAGNOSTIC, NEITHER, 0.10, 0, "as cwnd_p50")     \
    X(SS_DURATION, "ss_duration", "Slow start", "s", DIAGNOSTIC, NEITHER, 0.25, 0,                 \
      "until ssthresh is first finite, median")                                                    \
    X(RECOVERY_SHARE, "recovery_share", "In recovery", "%", DIAGNOSTIC, LOW, 0.25, 0,              \
      "share of the time in CWR, Recovery and Loss, median")                                       \
    X(EPOCH, "epoch", "Epoch", "s", DIAGNOSTIC, NEITHER, 0.25, 0,                                  \
      "median time between two entries into CWR, Recovery or Loss")                                \
    X(RWND_SHARE, "rwnd_share", "Receiver-limited", "%", DIAGNOSTIC, NEITHER, 0, 10, "median")     \
    X(APP_SHARE, "app_share", "Application-limited", "%", DIAGNOSTIC, NEITHER, 0, 10, "median")    \
    X(CE, "ce", "CE marks", "%", DIAGNOSTIC, LOW, 0.5, 0.25, "of data packets; packets only")      \
    X(REORDERED, "reordered", "Reordered", "%", DIAGNOSTIC, LOW, 0.5, 0.25,                        \
      "of data packets; packets only")

enum tp_compare_id {
#define TP_COMPARE_ENUM(ID, name, title, unit, class, better, relative, absolute, help)            \
    TP_COMPARE_##ID,
    TP_COMPARE_METRICS(TP_COMPARE_ENUM)
#undef TP_COMPARE_ENUM
        TP_COMPARE_IDS
};

struct tp_compare_metric {
    const char *name, *title, *unit, *help;
    enum tp_compare_class kind;
    enum tp_better better;
    double relative, absolute; /* thresholds; 0: none */
};

extern const struct tp_compare_metric tp_compare_metrics[TP_COMPARE_IDS];
int tp_compare_find(const char *name, size_t length); /* -1 if there is none */

/* --- roles ------------------------------------------------------------------------------------ */

/* Which flows are compared with which: NAME and the expression that its flows match, in the filter
 * language for ports, addresses and figures: the numbers among tp_flow_figures ("dport == 5201 &&
 * bytes > 1M"), of which start_ns counts from the first flow of the run. sport and saddr are the
 * bulk sender's. A flow belongs to the first role that it matches. Without
 * roles each flow's is made from what it is: "to :5201 v4". */
struct tp_roles;

int tp_roles_new(struct tp_roles **roles, struct tp_error *error);
int tp_roles_add(struct tp_roles *roles, const char *name, const char *expression,
                 struct tp_error *error);
void tp_roles_free(struct tp_roles *roles); /* NULL is fine */

/* --- runs ------------------------------------------------------------------------------------- */

#define TP_RUN_QUANTILES 21 /* 0, 0.05, ... 1 */
#define TP_RUN_BINS      200

/* One line over the time of a run, from the first sample of its role: for plots. */
struct tp_run_line {
    uint32_t count;            /* bins in use; 0: not kept */
    double bin_s;
    float value[TP_RUN_BINS];  /* NAN where nothing is known */
};

struct tp_run_role {
    char *name;
    double value[TP_COMPARE_IDS]; /* in the metric's unit; NAN where it was not measured */
    uint32_t mice;                /* flows left out because they carried too little */
    bool has_quantiles;           /* time-weighted; of cwnd in segs, of srtt in ms, of rate in Mbit/s
                                     over bins of 200 ms */
    double cwnd[TP_RUN_QUANTILES], srtt[TP_RUN_QUANTILES], rate[TP_RUN_QUANTILES];
    struct tp_run_line cwnd_line, srtt_line, rate_line; /* not in baseline files */
};

struct tp_run {
    char *name;             /* file or what the baseline calls it */
    enum tp_origin origin;  /* of the numbers: kernel events win where both are there */
    uint64_t lost;          /* events or packets that the recorder lost */
    bool damaged;           /* so much of the file is malformed that its numbers may be wrong */
    char *kernel, *recorded_at; /* its release, "2026-11-21T03:14:37Z"; NULL where unknown */
    struct tp_run_role *roles;
    size_t role_count;
};

/* What no summary of a flow holds (the window before each decrease, bytes over time): gathered from
 * its samples while the analysis runs. Hand tp_run_sample() and the collector to its options as
 * sample and context; a new collector for each run. */
struct tp_run_collector;

struct tp_run_collector *tp_run_collector_new(struct tp_error *error);
int tp_run_sample(void *collector, const struct tp_flow *flow, unsigned side,
                  enum tp_metric_id metric, int64_t ts_ns, double value);
void tp_run_collector_free(struct tp_run_collector *collector); /* NULL is fine */

struct tp_run_options {
    const struct tp_roles *roles; /* NULL: made from the flows */
    uint64_t min_bytes;           /* flows with less are mice; 0: TP_RUN_MIN_BYTES */
};
#define TP_RUN_MIN_BYTES 100000

/* What a finished analysis says of one run; lines only if it kept series. name is copied; lost,
 * damaged, kernel and recorded_at are the caller's to fill. *run is the caller's:
 * tp_run_release(). */
int tp_run_from_analysis(struct tp_run *run, const struct tp_analysis *analysis,
                         const struct tp_run_collector *collector, const char *name,
                         const struct tp_run_options *options, struct tp_error *error);
void tp_run_release(struct tp_run *run);

/* --- baseline files --------------------------------------------------------------------------- */

/* JSON: sorted keys, one run a line, numbers in full. Refused with TP_ERR_FORMAT and the place:
 * what is no baseline; another definitions version (it says to write it anew); values that are no
 * finite numbers, names twice, more than TP_RUNS_MAX runs. */
#define TP_RUNS_MAX 1000

struct tp_baseline {
    struct tp_run *runs;
    size_t count;
    char **role_names, **role_expressions; /* as given with --role; none: made from the flows */
    size_t role_count;
};

int tp_baseline_read(struct tp_baseline *baseline, const char *path, struct tp_error *error);
/* Replaces the file whole or not at all. */
int tp_baseline_write(const struct tp_baseline *baseline, const char *path, struct tp_error *error);
void tp_baseline_release(struct tp_baseline *baseline);

/* --- the comparison --------------------------------------------------------------------------- */

enum tp_verdict_kind {
    TP_NO_CHANGE,      /* none detected; see what would have been */
    TP_CHANGED,
    TP_UNDECIDED,      /* too few runs for the permutation test */
    TP_NOT_COMPARABLE
};
enum tp_change { TP_CHANGE_NONE, TP_CHANGE_REGRESSION, TP_CHANGE_IMPROVEMENT, TP_CHANGE_DIFFERENT };

struct tp_compare_options {
    double alpha;                          /* 0: 0.05 */
    bool has_threshold[TP_COMPARE_IDS];
    double relative[TP_COMPARE_IDS], absolute[TP_COMPARE_IDS]; /* where has_threshold */
    uint64_t gate;                         /* bit of each metric that decides; 0: EXACT and CORE */
};

/* One metric of one role. */
struct tp_compare_row {
    enum tp_compare_id metric;
    bool gated;            /* it takes part in the decision */
    bool tested;           /* p is valid: gated CORE with a value in every run */
    bool significant, large;
    bool same;             /* shown to be the same within its threshold (both one-sided tests) */
    enum tp_change change; /* of this metric */
    double base, fresh;    /* medians over runs; NAN: no run has it */
    double relative, absolute; /* thresholds that apply; 0: none */
    double threshold;      /* both as one difference from base, in the metric's unit */
    double shift, low, high, confidence; /* Hodges-Lehmann; low and high NAN without interval */
    double p;              /* adjusted for all metrics of the role */
    double detectable;     /* see permutation.h; INFINITY if nothing is; NAN if not tested */
    char why[200];         /* one sentence, for a metric that changed or was left out */
};

struct tp_compare_role {
    char *name;
    size_t base_runs, new_runs; /* that have the role */
    enum tp_verdict_kind verdict;
    enum tp_change change;
    char why[400];
    struct tp_compare_row rows[TP_COMPARE_IDS];
};

struct tp_comparison {
    enum tp_verdict_kind verdict; /* overall: CHANGED wins, then NOT_COMPARABLE, then UNDECIDED */
    enum tp_change change;
    char why[400];
    char note[240]; /* that the runs are of different kernels; "" if that is not known */
    double alpha;
    size_t base_runs, new_runs;
    struct tp_compare_role *roles; /* by name */
    size_t role_count;
    const struct tp_run *base, *fresh; /* the caller's, for reports and plots */
};

int tp_compare(struct tp_comparison *comparison, const struct tp_run *base, size_t base_count,
               const struct tp_run *fresh, size_t new_count,
               const struct tp_compare_options *options, struct tp_error *error);
void tp_comparison_release(struct tp_comparison *comparison);
/* The role that made the overall verdict, the first of several alike; NULL if there is no role. */
const struct tp_compare_role *tp_comparison_decider(const struct tp_comparison *comparison);

/* "CHANGED", "NO CHANGE DETECTED", "UNDECIDED", "NOT COMPARABLE" */
const char *tp_verdict_name(enum tp_verdict_kind verdict);
const char *tp_change_name(enum tp_change change); /* "", "regression", "improvement", "different" */

/* --- reports ---------------------------------------------------------------------------------- */

/* text, json, markdown, junit, tap, openmetrics */
struct tp_report {
    const char *name, *help;
    void (*write)(struct tp_out *out, const struct tp_comparison *comparison, bool colour);
};
extern const struct tp_report *const tp_reports[];
extern const size_t tp_report_count;
const struct tp_report *tp_report_find(const char *name); /* NULL if there is none */

#ifdef __cplusplus
}
#endif

#endif
