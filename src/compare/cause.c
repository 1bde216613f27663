/* cause.c: the patterns of metrics that leave one explanation. */
#include <math.h>
#include <string.h>

#include "compare/cause.h"
#include "compare/environment.h"

enum {
    UNKNOWN = STAND_UNKNOWN,
    SAME = STAND_STEADY,
    DOWN = STAND_DOWN,
    UP = STAND_UP,
    MOVED = DOWN | UP,
    ANY = UNKNOWN | SAME | MOVED
};

enum stand cause_stand(const struct tp_compare_row *row)
{
    bool exact = tp_compare_metrics[row->metric].kind == TP_COMPARE_EXACT;

    if (isnan(row->base) || isnan(row->fresh))
        return STAND_UNKNOWN;
    if (row->change != TP_CHANGE_NONE)
        return row->fresh < row->base ? STAND_DOWN : STAND_UP;
    if (row->same || (exact && !row->large && !row->why[0]))
        return STAND_STEADY;
    return STAND_UNKNOWN;
}

/* The first that fits is said. What each needs excludes the others:
 *
 * Another congestion control is told by its name or by its factor of decrease, see algorithm(), and
 * whatever else moved may come from it. An initial window is what it is; it explains nothing that
 * lasts. With the base RTT the same, as it must be to get here, the RTT says how much is queued.
 * That less is queued at the same goodput is neither the sender's limits (shares) nor its
 * algorithm, and not a slower link; a smaller buffer, queue management and losses look alike from
 * here. Less goodput is the bottleneck's doing if the queue is there as before, packets are not
 * lost more often, and neither the receiver's window nor the application holds the sender back. */
static const struct {
    uint8_t algorithm, init_cwnd, goodput, rtt_p50, rtt_p95, cwnd_p50, loss_events, rwnd_share,
        app_share;
    const char *says;
} causes[] = {
    {MOVED, ANY, ANY, ANY, ANY, ANY, ANY, ANY, ANY, "another congestion control"},
    {SAME, MOVED, UNKNOWN | SAME, UNKNOWN | SAME, UNKNOWN | SAME, UNKNOWN | SAME, UNKNOWN | SAME,
     ANY, ANY, "another initial window"},
    {SAME, SAME, SAME, DOWN, DOWN, DOWN, ANY, SAME, SAME,
     "less is queued at the bottleneck (a smaller or managed buffer, or losses before it is full)"},
    {SAME, SAME, SAME, UP, UP, UP, SAME | DOWN | UNKNOWN, SAME, SAME,
     "more is queued at the bottleneck (a larger buffer)"},
    {SAME, SAME, DOWN, DOWN, DOWN | SAME, DOWN, UP, SAME, SAME,
     "packets are lost before the queue is as long as it was (losses on the path, or a buffer too "
     "small)"},
    {SAME, SAME, DOWN, UP | SAME, UP | SAME, ANY, SAME | DOWN, SAME, SAME,
     "the bottleneck gives less (a lower rate, or other traffic)"},
    {SAME, SAME, UP, DOWN | SAME, DOWN | SAME, ANY, SAME | UP, SAME, SAME,
     "the bottleneck gives more (a higher rate, or less of other traffic)"},
};

/* --- the algorithm ---------------------------------------------------------------------------- */

/* What all runs of a side have, NULL if that is not known of each or not the same. */
static const char *common(const struct tp_run *runs, size_t count, enum tp_environment what)
{
    const char *name = run_environment(&runs[0], what), *other;
    size_t i;

    for (i = 1; name && i < count; i++) {
        other = run_environment(&runs[i], what);
        name = other && strcmp(other, name) == 0 ? name : NULL;
    }
    return name;
}

static enum stand environment(const struct tp_comparison *comparison, enum tp_environment what)
{
    const char *base = common(comparison->base, comparison->base_runs, what);
    const char *fresh = common(comparison->fresh, comparison->new_runs, what);

    if (!base || !fresh)
        return STAND_UNKNOWN;
    return strcmp(base, fresh) == 0 ? STAND_STEADY : STAND_UP;
}

/* Could it be that the same factor was rounded to whole segments of another window? */
static bool is_rounding(const struct tp_compare_role *role)
{
    const struct tp_compare_row *beta = &role->rows[TP_COMPARE_BETA];
    const struct tp_compare_row *cwnd = &role->rows[TP_COMPARE_CWND_P50];
    double flows = role->rows[TP_COMPARE_FLOWS].base; /* whose windows it adds up */
    double segments = fmin(cwnd->base, cwnd->fresh) / fmax(flows, 1);

    return isnan(segments) || isnan(cwnd->base) || isnan(cwnd->fresh) ||
           fabs(beta->fresh - beta->base) * segments <= 1;
}

/* Do both sides control congestion alike? A name says so only within one kernel; a factor that
 * moved although the name did not says that something is not as it seems. */
static enum stand algorithm(const struct tp_comparison *comparison,
                            const struct tp_compare_role *role)
{
    enum stand name = environment(comparison, TP_ENVIRONMENT_CONGESTION_CONTROL);
    enum stand kernel = environment(comparison, TP_ENVIRONMENT_KERNEL);
    enum stand beta = cause_stand(&role->rows[TP_COMPARE_BETA]);

    if (name == STAND_UP)
        return STAND_UP;
    if (kernel == STAND_UP)
        return STAND_UNKNOWN;
    if (beta & MOVED)
        return name == STAND_STEADY || is_rounding(role) ? STAND_UNKNOWN : beta;
    if (beta == STAND_STEADY)
        return STAND_STEADY;
    return name == STAND_STEADY && kernel == STAND_STEADY ? STAND_STEADY : STAND_UNKNOWN;
}

/* --- which fits ------------------------------------------------------------------------------- */

/* What is queued is told by the RTT beside that of the empty path. */
static bool has_base_rtt(const struct tp_compare_role *role)
{
    const struct tp_compare_row *rtt = &role->rows[TP_COMPARE_RTT_MIN];

    return !isnan(rtt->base) && !isnan(rtt->fresh);
}

static bool fits(const struct tp_compare_role *role, enum stand algorithm, size_t cause)
{
    const struct tp_compare_row *rows = role->rows;

    return (causes[cause].algorithm == MOVED || has_base_rtt(role)) &&
           algorithm & causes[cause].algorithm &&
           cause_stand(&rows[TP_COMPARE_INIT_CWND]) & causes[cause].init_cwnd &&
           cause_stand(&rows[TP_COMPARE_GOODPUT]) & causes[cause].goodput &&
           cause_stand(&rows[TP_COMPARE_RTT_P50]) & causes[cause].rtt_p50 &&
           cause_stand(&rows[TP_COMPARE_RTT_P95]) & causes[cause].rtt_p95 &&
           cause_stand(&rows[TP_COMPARE_CWND_P50]) & causes[cause].cwnd_p50 &&
           cause_stand(&rows[TP_COMPARE_LOSS_EVENTS]) & causes[cause].loss_events &&
           cause_stand(&rows[TP_COMPARE_RWND_SHARE]) & causes[cause].rwnd_share &&
           cause_stand(&rows[TP_COMPARE_APP_SHARE]) & causes[cause].app_share;
}

const char *cause_of(const struct tp_comparison *comparison, const struct tp_compare_role *role)
{
    enum stand is = algorithm(comparison, role);
    size_t i;

    for (i = 0; i < sizeof causes / sizeof *causes; i++)
        if (fits(role, is, i))
            return causes[i].says;
    return NULL;
}
