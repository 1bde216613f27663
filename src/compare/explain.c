/* explain.c: from the rows of a role to its verdict. */
#include <math.h>
#include <stdio.h>

#include "compare/permutation.h"
#include "compare/sentence.h"

/* May this metric have got worse, for all that is known? */
static bool may_be_worse(const struct tp_compare_row *row)
{
    if (!row->gated || tp_compare_figure(row->metric)->better == TP_BETTER_NEITHER)
        return false;
    return isnan(row->base) != isnan(row->fresh) ||
           (row->undecided && decide_direction(row) == TP_CHANGE_REGRESSION);
}

/* The worst of its rows. An improvement is none as long as another metric may have got worse. */
static enum tp_change change_of(const struct tp_compare_role *role)
{
    enum tp_change change = TP_CHANGE_NONE;
    const struct tp_compare_row *row;
    bool worse = false;

    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++) {
        worse |= may_be_worse(row);
        if (row->change == TP_CHANGE_REGRESSION)
            return TP_CHANGE_REGRESSION;
        if (row->change == TP_CHANGE_IMPROVEMENT)
            change = TP_CHANGE_IMPROVEMENT;
        else if (row->change == TP_CHANGE_DIFFERENT && change == TP_CHANGE_NONE)
            change = TP_CHANGE_DIFFERENT;
    }
    return change == TP_CHANGE_IMPROVEMENT && worse ? TP_CHANGE_DIFFERENT : change;
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

/* A gated metric that moved by its limit and did not change is not decided. */
static bool mark_undecided(struct tp_compare_role *role)
{
    struct tp_compare_row *row;
    bool undecided = false;

    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++) {
        row->undecided = row->gated && row->large && row->change == TP_CHANGE_NONE;
        undecided |= row->undecided;
    }
    return undecided;
}

static bool any_tested(const struct tp_compare_role *role)
{
    const struct tp_compare_row *row;

    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++)
        if (row->tested)
            return true;
    return false;
}

/* Would a change by its limit have been excluded, whichever tested metric it was of? */
static bool has_power(const struct tp_compare_role *role)
{
    const struct tp_compare_row *row;

    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++)
        if (row->tested && !row->same)
            return false;
    return true;
}

static void say_rows(const struct tp_comparison *comparison, struct tp_compare_role *role)
{
    struct tp_compare_row *row;

    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++)
        if (row->change != TP_CHANGE_NONE || row->undecided)
            say_row(comparison, row);
}

void decide_verdict(struct decision *decision)
{
    const struct tp_comparison *comparison = decision->comparison;
    struct tp_compare_role *role = decision->role;
    bool undecided = mark_undecided(role);
    size_t base = comparison->base_runs, fresh = comparison->new_runs;

    role->change = change_of(role);
    role->verdict = TP_UNDECIDED;
    if (role->change != TP_CHANGE_NONE) {
        role->verdict = TP_CHANGED;
        say_changed(decision);
    } else if (exact_suffice(role)) {
        role->verdict = TP_NO_CHANGE;
        snprintf(role->why, sizeof role->why, "no gated metric moved by its limit");
    } else if (permutation_least_p(base, fresh) > comparison->alpha) {
        say_too_few(decision);
    } else if (undecided) {
        say_undecided(decision);
    } else if (!any_tested(role)) {
        snprintf(role->why, sizeof role->why, "no metric was measured in every run");
    } else if (decision->options->require_power && !has_power(role)) {
        say_no_power(decision);
    } else {
        role->verdict = TP_NO_CHANGE;
        say_no_change(decision);
    }
    say_rows(comparison, role);
}
