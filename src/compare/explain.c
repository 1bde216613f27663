/* explain.c: from the figures of a role to its verdict, and a sentence that an engineer can check.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/phrase.h"
#include "base/units.h"
#include "compare/decide.h"
#include "compare/permutation.h"

/* Metrics in the order in which a sentence names them; at most so many of them. */
#define NAMED_MAX 4

/* --- what it means ---------------------------------------------------------------------------- */

/* How a metric stands: it changed downwards, upwards, not at all; or nobody knows. */
enum { DOWN = 1, UP = 2, STEADY = 4, ABSENT = 8, ANY = 15 };

static unsigned stand(const struct tp_compare_role *role, enum tp_compare_id metric)
{
    const struct tp_compare_row *row = &role->rows[metric];

    if (isnan(row->base) || isnan(row->fresh))
        return ABSENT;
    if (row->change == TP_CHANGE_NONE)
        return STEADY;
    return row->fresh < row->base ? DOWN : UP;
}

/* What an engineer would suspect first; the first row that fits is said. Only what follows from
 * how drop-tail queues and multiplicative decrease work. */
static const struct {
    uint8_t beta, init_cwnd, goodput, rtt_p50, rtt_p95, cwnd_p50, loss_events;
    const char *guess;
} guesses[] = {
    {DOWN | UP, ANY, ANY, ANY, ANY, ANY, ANY, "another congestion control"},
    {ANY, DOWN | UP, ANY, ANY, ANY, ANY, ANY, "another initial window"},
    {STEADY | ABSENT, STEADY | ABSENT, STEADY, DOWN, ANY, DOWN | STEADY | ABSENT, ANY,
     "the bottleneck's buffer is smaller"},
    {STEADY | ABSENT, STEADY | ABSENT, STEADY, UP, ANY, UP | STEADY | ABSENT, ANY,
     "the bottleneck's buffer is larger"},
    {STEADY | ABSENT, STEADY | ABSENT, DOWN, DOWN, ANY, DOWN | ABSENT, UP,
     "packets are lost before the queue is full"},
    {STEADY | ABSENT, STEADY | ABSENT, DOWN, UP | STEADY, UP | STEADY, ANY, STEADY | DOWN,
     "the bottleneck is slower"},
    {STEADY | ABSENT, STEADY | ABSENT, UP, DOWN | STEADY, DOWN | STEADY, ANY, STEADY | UP,
     "the bottleneck is faster"},
};

static const char *guess(const struct tp_compare_role *role)
{
    size_t i;

    for (i = 0; i < sizeof guesses / sizeof *guesses; i++)
        if (stand(role, TP_COMPARE_BETA) & guesses[i].beta &&
            stand(role, TP_COMPARE_INIT_CWND) & guesses[i].init_cwnd &&
            stand(role, TP_COMPARE_GOODPUT) & guesses[i].goodput &&
            stand(role, TP_COMPARE_RTT_P50) & guesses[i].rtt_p50 &&
            stand(role, TP_COMPARE_RTT_P95) & guesses[i].rtt_p95 &&
            stand(role, TP_COMPARE_CWND_P50) & guesses[i].cwnd_p50 &&
            stand(role, TP_COMPARE_LOSS_EVENTS) & guesses[i].loss_events)
            return guesses[i].guess;
    return NULL;
}

/* --- the sentences ---------------------------------------------------------------------------- */

static void say_row(struct tp_phrase *sentence, const struct tp_compare_row *row)
{
    const struct tp_compare_metric *metric = &tp_compare_metrics[row->metric];
    const char *unit = tp_compare_unit(row->metric);
    char base[32], fresh[32];

    tp_units_si(row->base, base, sizeof base);
    tp_units_si(row->fresh, fresh, sizeof fresh);
    tp_phrase_add(sentence, "%s %s from %s to %s", metric->name,
                  row->fresh < row->base ? "fell" : "rose", base, fresh);
    if (unit[0])
        tp_phrase_add(sentence, " %s", unit);
    if (row->relative > 0 && row->base != 0)
        tp_phrase_add(sentence, " (%+.0f %%, limit %g %%", 100 * (row->fresh / row->base - 1),
                      100 * row->relative);
    else
        tp_phrase_add(sentence, " (limit %g", row->threshold);
    if (row->tested)
        tp_phrase_add(sentence, ", p = %.2g", row->p);
    tp_phrase_add(sentence, ")");
}

static void explain_row(struct tp_compare_row *row)
{
    struct tp_phrase sentence = tp_phrase_in(row->why, sizeof row->why);

    say_row(&sentence, row);
}

static void explain_change(struct decision *decision)
{
    struct tp_compare_role *role = decision->role;
    struct tp_phrase sentence = tp_phrase_in(role->why, sizeof role->why);
    unsigned metric, named = 0, more = 0;

    for (metric = 0; metric < TP_COMPARE_IDS; metric++) {
        if (role->rows[metric].change == TP_CHANGE_NONE)
            continue;
        if (named == NAMED_MAX) {
            more++;
            continue;
        }
        tp_phrase_add(&sentence, "%s", named++ ? ", " : "");
        say_row(&sentence, &role->rows[metric]);
    }
    if (more)
        tp_phrase_add(&sentence, " and %u more", more);
    if (stand(role, TP_COMPARE_GOODPUT) == STEADY)
        tp_phrase_add(&sentence, "; goodput unchanged");
    if (guess(role))
        tp_phrase_add(&sentence, ": %s", guess(role));
}

static void explain_undecided(struct decision *decision)
{
    const struct tp_comparison *comparison = decision->comparison;

    snprintf(
        decision->role->why, sizeof decision->role->why,
        "%zu against %zu runs cannot reach p <= %g, the least is %.2g: record 4 or more a side, "
        "or keep a baseline of 20",
        comparison->base_runs, comparison->new_runs, comparison->alpha,
        permutation_least_p(comparison->base_runs, comparison->new_runs));
}

/* What could not be tested is no evidence that nothing changed. */
static void say_gaps(struct tp_phrase *sentence, const struct tp_compare_role *role)
{
    const struct tp_compare_row *row;
    unsigned gaps = 0;

    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++)
        if (row->gated && !row->tested && row->why[0] &&
            tp_compare_metrics[row->metric].kind != TP_COMPARE_EXACT)
            tp_phrase_add(sentence, "%s%s", gaps++ ? ", " : "; ",
                          tp_compare_metrics[row->metric].name);
    if (gaps)
        tp_phrase_add(sentence, " %s not measured in every run and %s not tested",
                      gaps > 1 ? "were" : "was", gaps > 1 ? "are" : "is");
}

static void explain_steady(struct decision *decision)
{
    struct tp_compare_role *role = decision->role;
    const struct tp_compare_row *row;
    struct tp_phrase sentence = tp_phrase_in(role->why, sizeof role->why);
    unsigned tested = 0, same = 0;

    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++) {
        tested += row->tested;
        same += row->tested && row->same;
    }
    tp_phrase_add(&sentence, "none of %u tested metrics moved beyond its limit and beyond chance",
                  tested);
    if (same)
        tp_phrase_add(&sentence, "; %u are shown to be the same", same);
    say_gaps(&sentence, role);
}

static enum tp_change change_of(const struct tp_compare_role *role)
{
    enum tp_change change = TP_CHANGE_NONE;
    const struct tp_compare_row *row;

    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++) {
        if (row->change == TP_CHANGE_REGRESSION)
            return TP_CHANGE_REGRESSION;
        if (row->change == TP_CHANGE_IMPROVEMENT)
            change = TP_CHANGE_IMPROVEMENT;
        else if (row->change == TP_CHANGE_DIFFERENT && change == TP_CHANGE_NONE)
            change = TP_CHANGE_DIFFERENT;
    }
    return change;
}

/* Where only exact metrics are gated and every run has what was measured, no test is needed. */
static bool exact_suffice(const struct tp_compare_role *role)
{
    const struct tp_compare_row *row;
    unsigned known = 0;

    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++) {
        if (!row->gated)
            continue;
        if (tp_compare_metrics[row->metric].kind != TP_COMPARE_EXACT || row->why[0])
            return false;
        known += !isnan(row->base) && !isnan(row->fresh);
    }
    return known > 0;
}

void decide_verdict(struct decision *decision)
{
    const struct tp_comparison *comparison = decision->comparison;
    struct tp_compare_role *role = decision->role;
    struct tp_compare_row *row;
    bool tested = false;

    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++) {
        tested |= row->tested;
        if (row->change != TP_CHANGE_NONE)
            explain_row(row);
    }
    role->change = change_of(role);
    if (role->change != TP_CHANGE_NONE) {
        role->verdict = TP_CHANGED;
        explain_change(decision);
    } else if (exact_suffice(role)) {
        role->verdict = TP_NO_CHANGE;
        snprintf(role->why, sizeof role->why, "no gated metric moved by its limit");
    } else if (permutation_least_p(comparison->base_runs, comparison->new_runs) >
               comparison->alpha) {
        role->verdict = TP_UNDECIDED;
        explain_undecided(decision);
    } else if (!tested) {
        role->verdict = TP_UNDECIDED;
        snprintf(role->why, sizeof role->why, "no metric was measured in every run");
    } else {
        role->verdict = TP_NO_CHANGE;
        explain_steady(decision);
    }
}
