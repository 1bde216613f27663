/* comparable.c: reasons not to compare: what differs is the path or the recording, and not how
 * congestion was controlled. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/phrase.h"
#include "compare/decide.h"

/* Adds one more reason; the first one makes the verdict. */
static void refuse(struct decision *decision, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void refuse(struct decision *decision, const char *format, ...)
{
    struct tp_compare_role *role = decision->role;
    struct tp_phrase why = tp_phrase_after(role->why, sizeof role->why);
    va_list list;

    role->verdict = TP_NOT_COMPARABLE;
    if (why.length > 0)
        tp_phrase_add(&why, "; ");
    va_start(list, format);
    tp_phrase_vadd(&why, format, list);
    va_end(list);
}

static void check_side(struct decision *decision, const struct tp_run *runs, size_t count,
                       const char *side)
{
    size_t without = 0, lossy = 0, damaged = 0, i;

    for (i = 0; i < count; i++) {
        without += !run_role(&runs[i], decision->role->name);
        lossy += runs[i].lost > 0;
        damaged += runs[i].damaged;
    }
    if (without == count)
        refuse(decision, "no %s run has such flows", side);
    else if (without)
        refuse(decision, "%zu of %zu %s runs have no such flows", without, count, side);
    if (lossy)
        refuse(decision, "%zu of %zu %s recordings lost events", lossy, count, side);
    if (damaged)
        refuse(decision, "%zu of %zu %s recordings are damaged", damaged, count, side);
}

static bool all_from(const struct tp_run *runs, size_t count, unsigned origin)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (runs[i].role_count && runs[i].origin != origin)
            return false;
    return true;
}

/* Of the first run that has flows: an empty one is of no kind. */
static unsigned origin_of(const struct tp_comparison *comparison)
{
    size_t i;

    for (i = 0; i < comparison->base_runs; i++)
        if (comparison->base[i].role_count)
            return comparison->base[i].origin;
    for (i = 0; i < comparison->new_runs; i++)
        if (comparison->fresh[i].role_count)
            return comparison->fresh[i].origin;
    return TP_WAYS;
}

static void check_origin(struct decision *decision)
{
    const struct tp_comparison *comparison = decision->comparison;
    unsigned origin = origin_of(comparison);

    if (!all_from(comparison->base, comparison->base_runs, origin) ||
        !all_from(comparison->fresh, comparison->new_runs, origin))
        refuse(decision, "some runs are kernel events and some are captures, a receiver's or "
                         "samples of sockets, which do not count the same things");
}

/* What the path is like must agree; a metric that a side lacks agrees with anything. */
static void check_path(struct decision *decision, enum tp_compare_id metric)
{
    const struct tp_compare_row *row = &decision->role->rows[metric];

    if (isnan(row->base) || isnan(row->fresh) ||
        !sample_reaches(row->base, row->fresh, row->relative, row->absolute))
        return;
    if (metric == TP_COMPARE_RTT_MIN)
        refuse(decision, "path changed: base RTT %.4g -> %.4g ms", row->base, row->fresh);
    else
        refuse(decision, "%s differs: %.4g -> %.4g%s%s", tp_compare_figure(metric)->title,
               row->base, row->fresh, tp_compare_unit(metric)[0] ? " " : "",
               tp_compare_unit(metric));
}

bool decide_comparable(struct decision *decision)
{
    const struct tp_comparison *comparison = decision->comparison;
    unsigned metric;

    check_side(decision, comparison->base, comparison->base_runs, "base");
    check_side(decision, comparison->fresh, comparison->new_runs, "new");
    check_origin(decision);
    for (metric = 0; metric < TP_COMPARE_IDS; metric++)
        if (tp_compare_metrics[metric].kind == TP_COMPARE_PATH)
            check_path(decision, (enum tp_compare_id)metric);
    if (decision->role->verdict != TP_NOT_COMPARABLE)
        return true;
    for (metric = 0; metric < TP_COMPARE_IDS; metric++)
        decision->role->rows[metric].change = TP_CHANGE_NONE;
    return false;
}
