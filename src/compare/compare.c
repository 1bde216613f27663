/* compare.c: role by role from runs to verdicts, and the verdict on all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "compare/decide.h"
#include "compare/environment.h"
#include "compare/reasons.h"

#define ALPHA_DEFAULT 0.05

/* --- the roles that there are ----------------------------------------------------------------- */

static bool has_role(const struct tp_comparison *comparison, const char *name)
{
    size_t i;

    for (i = 0; i < comparison->role_count; i++)
        if (strcmp(comparison->roles[i].name, name) == 0)
            return true;
    return false;
}

static int add_role(struct tp_comparison *comparison, const char *name)
{
    struct tp_compare_role *role;

    if (!TP_LIST_ONE_MORE(comparison->roles, comparison->role_count))
        return TP_ERR_NOMEM;
    role = &comparison->roles[comparison->role_count];
    memset(role, 0, sizeof *role);
    role->name = strdup(name);
    if (!role->name)
        return TP_ERR_NOMEM;
    comparison->role_count++;
    return TP_OK;
}

static int add_roles(struct tp_comparison *comparison, const struct tp_run *runs, size_t count)
{
    size_t i, j;

    for (i = 0; i < count; i++)
        for (j = 0; j < runs[i].role_count; j++)
            if (!has_role(comparison, runs[i].roles[j].name) &&
                add_role(comparison, runs[i].roles[j].name) < 0)
                return TP_ERR_NOMEM;
    return TP_OK;
}

static int by_name(const void *a, const void *b)
{
    const struct tp_compare_role *x = a, *y = b;

    return strcmp(x->name, y->name);
}

static size_t count_with(const struct tp_run *runs, size_t count, const char *name)
{
    size_t i, found = 0;

    for (i = 0; i < count; i++)
        found += run_role(&runs[i], name) != NULL;
    return found;
}

/* --- one role --------------------------------------------------------------------------------- */

static int decide_in(struct decision *decision, double *room)
{
    const struct tp_comparison *comparison = decision->comparison;
    size_t runs = comparison->base_runs + comparison->new_runs, metric;
    const char *role = decision->role->name;
    int rc;

    for (metric = 0; metric < TP_COMPARE_IDS; metric++)
        decision->samples[metric] =
            sample_gather(comparison, role, (enum tp_compare_id)metric, room + metric * runs);
    decision->scratch = room + TP_COMPARE_IDS * runs;
    decision->distances = room + (TP_COMPARE_IDS + 2) * runs;
    rc = decide_rows(decision);
    if (rc == TP_OK && decide_comparable(decision))
        decide_verdict(decision);
    return rc;
}

static int decide(struct tp_comparison *comparison, struct tp_compare_role *role,
                  const struct tp_compare_options *options)
{
    size_t runs = comparison->base_runs + comparison->new_runs;
    double *room = calloc((TP_COMPARE_IDS + 3) * (runs + 1), sizeof *room);
    struct decision decision = {.comparison = comparison,
                                .options = options,
                                .role = role,
                                .strays = calloc(runs + 1, sizeof *decision.strays)};
    int rc = TP_ERR_NOMEM;

    role->base_runs = count_with(comparison->base, comparison->base_runs, role->name);
    role->new_runs = count_with(comparison->fresh, comparison->new_runs, role->name);
    compare_reasons(comparison, role);
    if (room && decision.strays)
        rc = decide_in(&decision, room);
    free(decision.strays);
    free(room);
    return rc;
}

/* --- all of them ------------------------------------------------------------------------------ */

/* The verdicts from the one that hides all others to the one that none needs. */
static unsigned weight(const struct tp_compare_role *role)
{
    static const unsigned weights[] = {
        [TP_CHANGED] = 3, [TP_NOT_COMPARABLE] = 2, [TP_UNDECIDED] = 1, [TP_NO_CHANGE] = 0};
    static const unsigned changes[] = {[TP_CHANGE_REGRESSION] = 3,
                                       [TP_CHANGE_IMPROVEMENT] = 1,
                                       [TP_CHANGE_DIFFERENT] = 2,
                                       [TP_CHANGE_NONE] = 0};

    return 4 * weights[role->verdict] + changes[role->change];
}

const struct tp_compare_role *tp_comparison_decider(const struct tp_comparison *comparison)
{
    const struct tp_compare_role *worst = NULL;
    size_t i;

    for (i = 0; i < comparison->role_count; i++)
        if (!worst || weight(&comparison->roles[i]) > weight(worst))
            worst = &comparison->roles[i];
    return worst;
}

static void conclude(struct tp_comparison *comparison)
{
    const struct tp_compare_role *worst = tp_comparison_decider(comparison);

    if (!worst) {
        comparison->verdict = TP_NOT_COMPARABLE;
        snprintf(comparison->why, sizeof comparison->why, "no run has flows to compare");
        return;
    }
    comparison->verdict = worst->verdict;
    comparison->change = worst->change;
    if (comparison->role_count == 1)
        snprintf(comparison->why, sizeof comparison->why, "%s", worst->why);
    else
        snprintf(comparison->why, sizeof comparison->why, "%.80s: %s", worst->name, worst->why);
}

int tp_compare(struct tp_comparison *comparison, const struct tp_run *base, size_t base_count,
               const struct tp_run *fresh, size_t new_count,
               const struct tp_compare_options *options, struct tp_error *error)
{
    static const struct tp_compare_options defaults;
    size_t i;
    int rc;

    options = options ? options : &defaults;
    *comparison =
        (struct tp_comparison){.alpha = options->alpha > 0 ? options->alpha : ALPHA_DEFAULT,
                               .base_runs = base_count,
                               .new_runs = new_count,
                               .base = base,
                               .fresh = fresh};
    if (base_count == 0 || new_count == 0)
        return tp_error_set(error, TP_ERR_USAGE, "both sides need at least one run");
    rc = add_roles(comparison, base, base_count);
    if (rc == TP_OK)
        rc = add_roles(comparison, fresh, new_count);
    if (rc == TP_OK && comparison->role_count > 1)
        qsort(comparison->roles, comparison->role_count, sizeof *comparison->roles, by_name);
    for (i = 0; rc == TP_OK && i < comparison->role_count; i++)
        rc = decide(comparison, &comparison->roles[i], options);
    set_environment(comparison);
    if (rc == TP_OK)
        rc = note_all(comparison);
    if (rc < 0) {
        tp_comparison_release(comparison);
        return tp_error_nomem(error);
    }
    conclude(comparison);
    return TP_OK;
}

void tp_comparison_release(struct tp_comparison *comparison)
{
    size_t i;

    for (i = 0; i < comparison->role_count; i++)
        free(comparison->roles[i].name);
    free(comparison->roles);
    for (i = 0; i < comparison->note_count; i++)
        free(comparison->notes[i]);
    free(comparison->notes);
    comparison->roles = NULL;
    comparison->role_count = 0;
    comparison->notes = NULL;
    comparison->note_count = 0;
}
