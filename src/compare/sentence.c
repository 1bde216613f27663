/* sentence.c: the clauses, and what they make together. */
#include <math.h>
#include <stdio.h>

#include "base/phrase.h"
#include "base/units.h"
#include "compare/cause.h"
#include "compare/permutation.h"
#include "compare/printable.h"
#include "compare/reasons.h"
#include "compare/sentence.h"

/* Metrics are named in their order, so many of them at most. */
#define NAMED_MAX 4

#define RUNS_WORTH_SAYING 1000

static const char *name_of(const struct tp_compare_row *row)
{
    return tp_compare_metrics[row->metric].name;
}

static struct tp_phrase why_of(const struct decision *decision)
{
    return tp_phrase_in(decision->role->why, sizeof decision->role->why);
}

/* --- one metric ------------------------------------------------------------------------------- */

static void add_value(struct tp_phrase *sentence, double value, enum tp_compare_id metric)
{
    const char *unit = tp_compare_unit(metric);
    char text[32];

    tp_units_si(value, text, sizeof text);
    tp_phrase_add(sentence, "%s%s%s", text, unit[0] ? " " : "", unit);
}

/* "rtt_p50 fell from 69.5 to 54.1 ms (-22 %, limit 10 %, p = 0.048)" */
static void add_move(struct tp_phrase *sentence, const struct tp_compare_row *row)
{
    char base[32];

    tp_units_si(row->base, base, sizeof base);
    tp_phrase_add(sentence, "%s %s from %s to ", name_of(row),
                  row->fresh < row->base ? "fell" : "rose", base);
    add_value(sentence, row->fresh, row->metric);
    if (row->relative > 0 && row->base != 0)
        tp_phrase_add(sentence, " (%+.0f %%, limit %g %%", 100 * (row->fresh / row->base - 1),
                      100 * row->relative);
    else
        tp_phrase_add(sentence, " (limit %g", row->threshold);
    if (row->tested)
        tp_phrase_add(sentence, ", p = %.2g", row->p);
    tp_phrase_add(sentence, ")");
}

/* Those that are meant, NAMED_MAX of them in full. */
static void add_moves(struct tp_phrase *sentence, const struct tp_compare_role *role,
                      bool (*is_meant)(const struct tp_compare_row *row))
{
    const struct tp_compare_row *row;
    unsigned found = 0;

    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++) {
        if (!is_meant(row) || ++found > NAMED_MAX)
            continue;
        tp_phrase_add(sentence, "%s", found > 1 ? ", " : "");
        add_move(sentence, row);
    }
    if (found > NAMED_MAX)
        tp_phrase_add(sentence, " and %u more", found - NAMED_MAX);
}

/* "; unchanged: goodput, rtt_p95"; nothing if no metric is meant. */
static void add_names(struct tp_phrase *sentence, const struct tp_compare_role *role,
                      const char *what, bool (*is_meant)(const struct tp_compare_row *row))
{
    const char *before = "; ";
    const struct tp_compare_row *row;

    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++) {
        if (!is_meant(row))
            continue;
        tp_phrase_add(sentence, "%s%s%s", before, what, name_of(row));
        before = ", ";
        what = "";
    }
}

static bool has_changed(const struct tp_compare_row *row)
{
    return row->change != TP_CHANGE_NONE;
}

static bool is_undecided(const struct tp_compare_row *row)
{
    return row->undecided;
}

static bool is_steady(const struct tp_compare_row *row)
{
    return row->gated && cause_stand(row) == STAND_STEADY;
}

static bool is_one_sided(const struct tp_compare_row *row)
{
    return row->gated && isnan(row->base) != isnan(row->fresh);
}

/* Known on both sides, and not of every run. */
static bool has_gaps(const struct tp_compare_row *row)
{
    return row->gated && row->gaps && !row->undecided && !has_changed(row) && !is_one_sided(row);
}

/* What could not be tested is no evidence that nothing changed. */
static void add_untested(struct tp_phrase *sentence, const struct tp_compare_role *role)
{
    add_names(sentence, role, "measured on one side only, so not tested: ", is_one_sided);
    add_names(sentence, role, "not measured in every run, so not tested: ", has_gaps);
}

/* --- what it takes to decide ------------------------------------------------------------------ */

static void add_name(struct tp_phrase *sentence, const char *name)
{
    size_t i;

    for (i = 0; name && name[i] && i < 60; i++)
        tp_phrase_add(sentence, "%c", printable(name[i]));
}

/* "base run NAME lies apart from the others: goodput 21 Mbit/s, theirs 19.1 Mbit/s (+10 %)" */
static void add_stray(struct tp_phrase *sentence, const struct tp_compare_stray *stray,
                      const char *side)
{
    if (!stray->count)
        return;
    tp_phrase_add(sentence, "; %s run ", side);
    add_name(sentence, stray->run->name);
    tp_phrase_add(sentence, " lies apart from the others: %s ",
                  tp_compare_metrics[stray->metric].name);
    add_value(sentence, stray->value, stray->metric);
    tp_phrase_add(sentence, ", theirs ");
    add_value(sentence, stray->middle, stray->metric);
    if (stray->middle != 0)
        tp_phrase_add(sentence, " (%+.0f %%)", 100 * (stray->value / stray->middle - 1));
    if (stray->count > 1)
        tp_phrase_add(sentence, ", and %zu more", stray->count - 1);
}

/* T grows with the square root of the runs. */
static double runs_needed(const struct tp_comparison *comparison, const struct tp_compare_row *row)
{
    double n = (double)comparison->base_runs, m = (double)comparison->new_runs;
    double ratio = row->detectable / fabs(row->fresh - row->base);

    return fmax(ceil(2 * ratio * ratio / (1 / n + 1 / m)), fmin(n, m) + 1);
}

static void add_runs_needed(struct tp_phrase *sentence, const struct tp_comparison *comparison,
                            const struct tp_compare_row *row)
{
    double runs = runs_needed(comparison, row),
           ratio = row->detectable / fabs(row->fresh - row->base);

    if (row->gaps)
        tp_phrase_add(sentence, "; it takes that metric in every run");
    else if (row->p <= comparison->alpha)
        tp_phrase_add(sentence, "; it hangs on a single run: record more");
    else if (!isfinite(ratio))
        tp_phrase_add(sentence, "; it takes more runs");
    else if (ratio <= 1)
        tp_phrase_add(sentence, "; the medians moved and the runs as a whole did not: record more");
    else if (runs <= RUNS_WORTH_SAYING)
        tp_phrase_add(sentence, "; it takes about %.0f runs a side, or %.2g times less scatter",
                      runs, ratio);
    else
        tp_phrase_add(sentence, "; it takes %.2g times less scatter", ratio);
}

/* The undecided metric that is nearest to a decision. */
static const struct tp_compare_row *nearest(const struct tp_compare_role *role)
{
    const struct tp_compare_row *row, *best = NULL;

    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++)
        if (row->undecided && (!best || row->detectable * fabs(best->fresh - best->base) <
                                            best->detectable * fabs(row->fresh - row->base)))
            best = row;
    return best;
}

static void add_remedy(struct tp_phrase *sentence, const struct tp_comparison *comparison,
                       const struct tp_compare_role *role)
{
    bool base = role->base_stray.count > 0, fresh = role->new_stray.count > 0;

    add_stray(sentence, &role->base_stray, "base");
    add_stray(sentence, &role->new_stray, "new");
    if (base && comparison->new_runs == 1)
        tp_phrase_add(sentence,
                      ": a single new run cannot be told from it: record 2 more, or leave "
                      "that one out and record another base run");
    else if (fresh && comparison->base_runs == 1)
        tp_phrase_add(sentence, ": a single base run cannot be told from it: record 2 more");
    else if (base || fresh)
        tp_phrase_add(sentence, ": look at it, and record more runs");
    else
        add_runs_needed(sentence, comparison, nearest(role));
}

void say_row(const struct tp_comparison *comparison, struct tp_compare_row *row)
{
    struct tp_phrase sentence = tp_phrase_in(row->why, sizeof row->why);

    add_move(&sentence, row);
    if (row->undecided && isfinite(row->detectable))
        add_runs_needed(&sentence, comparison, row);
}

/* --- what is excluded ------------------------------------------------------------------------- */

/* "0.3 %", or in the metric's unit where its limit is; points where that is %. */
static void add_amount(struct tp_phrase *sentence, const struct tp_compare_row *row, double amount)
{
    const char *unit = tp_compare_unit(row->metric);

    if (row->base != 0 && row->relative > 0 && row->absolute <= row->relative * fabs(row->base)) {
        amount *= 100 / fabs(row->base);
        unit = "%";
    } else if (unit[0] == '%') {
        unit = "points";
    }
    tp_phrase_add(sentence, amount < 10 ? "%.2g%s%s" : "%.0f%s%s", amount, unit[0] ? " " : "",
                  unit);
}

static void add_excluded(struct tp_phrase *sentence, const struct tp_compare_role *role)
{
    const struct tp_compare_row *row;
    unsigned found = 0;

    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++) {
        if (!row->tested || !row->same)
            continue;
        tp_phrase_add(sentence, "%s%s by ",
                      found++ ? ", " : "; excluded is a change beyond: ", name_of(row));
        add_amount(sentence, row, row->possible);
    }
}

/* What a metric may have moved by although nothing was found, where that is its limit or more. */
static void add_possible(struct tp_phrase *sentence, const struct tp_compare_role *role)
{
    const struct tp_compare_row *row;
    unsigned found = 0;

    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++) {
        if (!row->tested || row->same)
            continue;
        tp_phrase_add(sentence, "%s%s",
                      found++ ? ", "
                              : "; too few or too scattered runs to exclude one by the limit: ",
                      name_of(row));
        if (!isfinite(row->possible))
            continue;
        tp_phrase_add(sentence, " up to ");
        add_amount(sentence, row, row->possible);
        tp_phrase_add(sentence, " (limit ");
        add_amount(sentence, row, row->threshold);
        tp_phrase_add(sentence, ")");
    }
}

/* --- the role --------------------------------------------------------------------------------- */

static bool has_changed_by_test(const struct tp_compare_role *role)
{
    const struct tp_compare_row *row;

    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++)
        if (has_changed(row) && row->tested)
            return true;
    return false;
}

/* "; in every new run and no base run: losses while no queue showed (31 % of the time)" */
static void add_reason(struct tp_phrase *sentence, const struct tp_compare_reason *reason)
{
    static const char *const says[] = {[TP_REASON_CAME] = "found now and not before",
                                       [TP_REASON_WENT] = "not found any more",
                                       [TP_REASON_MORE] = "holds up more than before",
                                       [TP_REASON_LESS] = "holds up less than before"};
    double share = reason->change == TP_REASON_WENT ? reason->base_share : reason->new_share;

    tp_phrase_add(sentence, "; %s: %s", says[reason->change], reason->row->title);
    if (reason->change == TP_REASON_MORE || reason->change == TP_REASON_LESS)
        tp_phrase_add(sentence, " (%.0f %% of the time, %.0f %% then)", 100 * share,
                      100 * reason->base_share);
    else if (share >= 0.005)
        tp_phrase_add(sentence, " (%.0f %% of the time)", 100 * share);
}

static void add_reasons(struct tp_phrase *sentence, const struct tp_compare_reasons *reasons)
{
    size_t changed = reasons_changed(reasons);

    for (size_t i = 0; i < changed && i < NAMED_MAX; i++)
        add_reason(sentence, &reasons->list[i]);
    if (changed > NAMED_MAX)
        tp_phrase_add(sentence, " and %zu more finding%s", changed - NAMED_MAX,
                      tp_plural(changed - NAMED_MAX));
}

void say_changed(const struct decision *decision)
{
    struct tp_compare_role *role = decision->role;
    struct tp_phrase sentence = why_of(decision);
    const char *cause = cause_of(decision->comparison, role);

    add_moves(&sentence, role, has_changed);
    if (cause)
        tp_phrase_add(&sentence, ": %s", cause);
    add_reasons(&sentence, &role->reasons);
    add_names(&sentence, role, "unchanged: ", is_steady);
    add_names(&sentence, role, "not decided: ", is_undecided);
    add_untested(&sentence, role);
    add_stray(&sentence, &role->new_stray, "new");
    if (decision->comparison->new_runs == 1 && has_changed_by_test(role))
        tp_phrase_add(&sentence, "; it is one run: record 2 more to tell a change from a stray");
}

void say_undecided(const struct decision *decision)
{
    struct tp_phrase sentence = why_of(decision);

    add_moves(&sentence, decision->role, is_undecided);
    add_remedy(&sentence, decision->comparison, decision->role);
    add_untested(&sentence, decision->role);
}

void say_too_few(const struct decision *decision)
{
    const struct tp_comparison *comparison = decision->comparison;
    struct tp_phrase sentence = why_of(decision);

    tp_phrase_add(
        &sentence,
        "%zu against %zu runs cannot reach p <= %g, the least is %.2g: record 4 or more a side, "
        "or keep a baseline of 20",
        comparison->base_runs, comparison->new_runs, comparison->alpha,
        permutation_least_p(comparison->base_runs, comparison->new_runs));
}

static void say_steady(const struct decision *decision, const char *but)
{
    const struct tp_compare_role *role = decision->role;
    struct tp_phrase sentence = why_of(decision);
    const struct tp_compare_row *row;
    unsigned tested = 0;

    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++)
        tested += row->tested;
    tp_phrase_add(&sentence, "none of %u tested metrics moved by its limit%s", tested, but);
    add_excluded(&sentence, role);
    add_possible(&sentence, role);
    add_untested(&sentence, role);
    add_stray(&sentence, &role->new_stray, "new");
}

void say_no_change(const struct decision *decision)
{
    say_steady(decision, "");
}

void say_no_power(const struct decision *decision)
{
    say_steady(decision, ", but not every such change would have been seen (--require-power)");
}
