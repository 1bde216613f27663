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
 *
 * Threads: a run, a set of roles and a comparison are made by one thread at a time and share nothing
 * with others; once made, any number of threads may read them and write reports of them.
 */
#ifndef TCPPROBE_COMPARE_H
#define TCPPROBE_COMPARE_H

#include <tcpprobe/explain.h>
#include <tcpprobe/figure.h>
#include <tcpprobe/output.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Raised whenever a definition below changes what a number means: baselines of another version are
 * refused. */
#define TP_COMPARE_DEFINITIONS 4

enum tp_compare_class {
    TP_COMPARE_PATH,      /* must agree, or the runs cannot be compared */
    TP_COMPARE_EXACT,     /* decided by tolerance, at any number of runs */
    TP_COMPARE_CORE,      /* decided by the permutation test and the threshold */
    TP_COMPARE_DIAGNOSTIC /* shown, never decides */
};

/* The figures that are compared are the COMPARED rows of <tcpprobe/figures/all.h>, of
 * which CLASS and thresholds are spoken here. A difference matters if it reaches every threshold of the row that is not 0. A
 * role's number is made of those of its flows as the figure says (tp_figure_join()). */
enum tp_compare_id {
#define FIGURE(name, ...)
#define COMPARED(name, ID, word, CLASS, relative, absolute, ...) TP_COMPARE_##ID,
#include <tcpprobe/figures/all.h>
    TP_COMPARE_IDS
};

struct tp_compare_metric {
    const char *name; /* in options, reports and baselines */
    enum tp_figure_id figure;
    enum tp_compare_class kind;
    double relative, absolute; /* thresholds, absolute in tp_compare_unit(); 0: none */
};

extern const struct tp_compare_metric tp_compare_metrics[TP_COMPARE_IDS];
int tp_compare_find(const char *name, size_t length); /* -1 if there is none */
const struct tp_figure *tp_compare_figure(enum tp_compare_id metric);
/* In which values are compared, shown and kept in baselines: "ms", "Mbit/s", "%" ... */
const char *tp_compare_unit(enum tp_compare_id metric);

/* --- roles ------------------------------------------------------------------------------------ */

/* Which flows are compared with which: NAME and the expression that its flows match, in the filter
 * language for ports, addresses and figures: the numbers among the columns of figures ("dport == 5201 &&
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

/* What its senders waited for, and what was found of them (explain.h). */
struct tp_run_reasons {
    struct tp_reason_sum sum;
    uint64_t judged;      /* bit of each row: a baseline of an older version does not know of newer ones */
    double carried_bytes; /* by all of them; 0: not known */
    char *sentence[TP_REASONS_MAX]; /* of the flow that it cost most; NULL: not found, or of a baseline */
};

struct tp_run_role {
    char *name;
    struct tp_run_reasons *reasons; /* NULL: of an older baseline */
    double value[TP_COMPARE_IDS]; /* in the metric's unit; NAN where it was not measured */
    uint32_t mice;                /* flows left out because they carried too little */
    bool has_quantiles;           /* time-weighted; of cwnd in segs, of srtt in ms, of rate in Mbit/s
                                     over bins of 200 ms */
    double cwnd[TP_RUN_QUANTILES], srtt[TP_RUN_QUANTILES], rate[TP_RUN_QUANTILES];
    struct tp_run_line cwnd_line, srtt_line, rate_line; /* not in baseline files */
};

struct tp_run {
    char *name;             /* file or what the baseline calls it */
    unsigned origin;        /* of its bytes: enum tp_origin, TP_FROM_PEER or TP_FROM_SOCKET; that of the
                               most flows; TP_WAYS where it has no flows */
    uint64_t lost;          /* events or packets that the recorder lost */
    bool damaged;           /* so much of the file is malformed that its numbers may be wrong */
    char *kernel, *recorded_at; /* its release, "2026-11-21T03:14:37Z"; NULL where unknown */
    char *congestion_control;   /* of all its flows; NULL where unknown or not the same */
    char *clock;                /* that its times are of: "mono", "wall"; NULL where unknown */
    uint64_t identity;          /* see tp_run_same(); 0: unknown */
    uint32_t until_close;       /* flows whose bytes and duration may be more (TP_..._UNTIL_CLOSE) */
    struct tp_run_role *roles;
    size_t role_count;
};

/* What the analysis of a recording must keep to become a run: adds that to the options. */
void tp_run_needs(struct tp_analysis_options *options);

struct tp_run_options {
    const struct tp_roles *roles; /* NULL: made from the flows */
    uint64_t min_bytes;           /* flows with less are mice; 0: TP_RUN_MIN_BYTES */
};
#define TP_RUN_MIN_BYTES 100000

/* What a finished analysis says of one run; lines only if it kept series (tp_run_needs()). name is copied; lost,
 * damaged, kernel, recorded_at and clock are the caller's to fill. *run is the caller's:
 * tp_run_release(). */
int tp_run_from_analysis(struct tp_run *run, const struct tp_analysis *analysis,
                         const char *name,
                         const struct tp_run_options *options, struct tp_error *error);
void tp_run_release(struct tp_run *run);
/* Are they one run, whatever their files are called and how they are packed? Then their flows are
 * between the same addresses and ports and began at the same times (the identity is a hash of
 * these); where that is not known of both, every number of theirs is the same. A run that is given
 * twice must not count twice. */
bool tp_run_same(const struct tp_run *run, const struct tp_run *other);

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

enum tp_compare_verdict {
    TP_NO_CHANGE,      /* none detected; see what would have been */
    TP_CHANGED,
    TP_UNDECIDED,      /* too few runs, or a metric moved by its limit and chance may be why */
    TP_NOT_COMPARABLE
};
enum tp_change { TP_CHANGE_NONE, TP_CHANGE_REGRESSION, TP_CHANGE_IMPROVEMENT, TP_CHANGE_DIFFERENT };

struct tp_compare_options {
    double alpha;                          /* 0: 0.05 */
    bool has_threshold[TP_COMPARE_IDS];
    double relative[TP_COMPARE_IDS], absolute[TP_COMPARE_IDS]; /* where has_threshold */
    uint64_t gate;                         /* bit of each metric that decides; 0: EXACT and CORE */
    bool require_power;                    /* no change is said only where one by the limit is excluded */
};

/* One metric of one role. */
struct tp_compare_row {
    enum tp_compare_id metric;
    bool gated;            /* it takes part in the decision */
    bool tested;           /* p is valid: gated CORE with a value in every run */
    bool significant, large; /* p <= alpha; the medians differ by the threshold */
    bool same;             /* shown to be the same within its threshold (both one-sided tests) */
    bool gaps;             /* some run measured it and some run did not */
    bool undecided;        /* gated and large, but chance or a single run may be why */
    enum tp_change change; /* of this metric: significant, large, and no matter of a single run */
    double base, fresh;    /* medians over runs; NAN: no run has it */
    double relative, absolute; /* thresholds that apply; 0: none */
    double threshold;      /* both as one difference from base, in the metric's unit */
    double shift, low, high, confidence; /* Hodges-Lehmann; low and high NAN without interval */
    double p;              /* adjusted for all metrics of the role */
    double detectable;     /* see permutation.h; INFINITY if nothing is; NAN if not tested */
    double possible;       /* shift that is not excluded: the further end of the interval that proves
                              sameness (one-sided 0.95), without interval what is detectable */
    char why[240];         /* one sentence, for a metric that changed, is undecided or was left out */
};

/* Runs of one side that lie apart from all others of the role in a metric that is tested
 * (compare/stray.h), and the one that does so furthest. */
struct tp_compare_stray {
    size_t count;              /* 0: none does; the rest is then not set */
    const struct tp_run *run;  /* the caller's */
    enum tp_compare_id metric; /* in which it lies furthest apart */
    double value, middle;      /* its own, and where the others are; in the metric's unit */
};

/* What was found of the senders of a role, and how that differs between the sides: facts of these runs, which
 * decide nothing. */
enum tp_reason_change {
    TP_REASON_ALIKE,
    TP_REASON_CAME, /* in every new run, and in no base run */
    TP_REASON_WENT,
    TP_REASON_MORE, /* for a larger share of the time in every new run than in any base run, and by 0.05 or more */
    TP_REASON_LESS
};
const char *tp_reason_change_name(enum tp_reason_change change); /* "came", "went", "more", "less"; "" */

struct tp_compare_reason {
    const struct tp_reason_row *row;
    size_t base_with, new_with;   /* runs in which it, or a sort of it, was found */
    double base_share, new_share; /* for so much of the time it held the senders of all runs of that side up;
                                     NAN: not known */
    const struct tp_run *worst;   /* the caller's: where it is seen best: of the new runs, where there is one */
    const char *sentence;         /* what was found there; NULL: not kept */
    enum tp_reason_change change;
};

struct tp_compare_reasons {
    char why_not[200]; /* they cannot be held against each other: why; then nothing below is set */
    struct tp_compare_reason list[TP_REASONS_MAX]; /* found in any run; those that differ first, by how far */
    size_t count;
    bool has_account;  /* the next two are valid */
    double base_ns[TP_WAIT_COUNT], new_ns[TP_WAIT_COUNT]; /* waited for while a byte was carried: time of all
                                                             runs of that side by their bytes */
};

struct tp_compare_role {
    char *name;
    struct tp_compare_reasons reasons;
    size_t base_runs, new_runs; /* that have the role */
    struct tp_compare_stray base_stray, new_stray;
    enum tp_compare_verdict verdict;
    enum tp_change change;
    char why[1000];
    struct tp_compare_row rows[TP_COMPARE_IDS];
};

/* What the runs were made with, as far as it is known: said, and no reason not to compare. */
enum tp_environment {
    TP_ENVIRONMENT_KERNEL,
    TP_ENVIRONMENT_CONGESTION_CONTROL,
    TP_ENVIRONMENT_CLOCK,
    TP_ENVIRONMENTS
};
const char *tp_environment_name(enum tp_environment what); /* "kernel", "congestion control" ... */

/* One thing of it: what most runs of a side have, and how many have another. */
struct tp_compare_environment {
    const char *base, *fresh; /* the runs'; NULL: of none it is known */
    size_t base_others, new_others;
};

struct tp_comparison {
    enum tp_compare_verdict verdict; /* overall: CHANGED wins, then NOT_COMPARABLE, then UNDECIDED */
    enum tp_change change;
    char why[1100];
    struct tp_compare_environment environment[TP_ENVIRONMENTS];
    char **notes; /* what should be known before believing it, a sentence each, printable ASCII: that
                     the runs are of different kernels, that one of them is much shorter ... */
    size_t note_count;
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
const char *tp_compare_verdict_name(enum tp_compare_verdict verdict);
const char *tp_change_name(enum tp_change change); /* "", "regression", "improvement", "different" */

/* --- reports ---------------------------------------------------------------------------------- */

/* Which changes are failures to who asked: reports that know failures (junit, tap) have no others. */
enum tp_fail_on { TP_FAIL_ON_ANY, TP_FAIL_ON_REGRESSION, TP_FAIL_ON_NONE };

struct tp_report_options {
    bool colour; /* for a terminal */
    enum tp_fail_on fail_on;
    bool undecided_passes; /* that it cannot be decided, or not be compared, is no failure */
};

/* Is this change one? */
bool tp_change_fails(enum tp_change change, enum tp_fail_on fail_on);

/* text, json, markdown, junit, tap, openmetrics */
struct tp_report {
    const char *name, *help;
    void (*write)(struct tp_out *out, const struct tp_comparison *comparison,
                  const struct tp_report_options *options);
};
extern const struct tp_report *const tp_reports[];
extern const size_t tp_report_count;
const struct tp_report *tp_report_find(const char *name); /* NULL if there is none */

/* A report as JSON, read back: its text in *text, without line ends, which the caller frees; NULL if the file
 * is something else. 0, or negative: it is damaged, or of another version. */
int tp_comparison_read(const char *path, char **text, struct tp_error *error);

#ifdef __cplusplus
}
#endif

#endif
