/* reasons.c: what was found of the senders of both sides, and how that differs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/phrase.h"
#include "compare/reasons.h"
#include "compare/sample.h"

#define NOTABLE 0.05 /* of the time, as for a finding: a rule of thumb */

const char *tp_reason_change_name(enum tp_reason_change change)
{
    static const char *const names[] = {[TP_REASON_ALIKE] = "",
                                        [TP_REASON_CAME] = "came",
                                        [TP_REASON_WENT] = "went",
                                        [TP_REASON_MORE] = "more",
                                        [TP_REASON_LESS] = "less"};

    return names[change];
}

/* The runs of one side. */
struct reasons_side {
    const struct tp_run *runs;
    size_t count;
    const char *role;
    bool whole;                  /* of each run it is known what was found */
    uint32_t origins;            /* bits: of any run */
    uint32_t blind, lacks_blind; /* bits: of any; of any, and not of all */
    uint64_t judged;             /* by all */
    double waited_ns[TP_WAIT_COUNT], whole_ns;
    double bytes; /* 0: not known of each */
};

static const struct tp_run_reasons *reasons_of(const struct reasons_side *side, size_t run)
{
    const struct tp_run_role *role = run_role(&side->runs[run], side->role);

    return role ? role->reasons : NULL;
}

static void add_run(struct reasons_side *side, const struct tp_run_reasons *reasons)
{
    side->origins |= reasons->sum.origins;
    side->judged &= reasons->judged;
    for (unsigned wait = 0; wait < TP_WAIT_COUNT; wait++)
        side->waited_ns[wait] += (double)reasons->sum.account.time_ns[wait];
    side->whole_ns += (double)tp_account_whole(&reasons->sum.account);
    for (unsigned blind = 0; blind < TP_BLINDS; blind++) {
        side->blind |= reasons->sum.blind[blind] > 0 ? 1u << blind : 0;
        side->lacks_blind |= reasons->sum.blind[blind] < reasons->sum.flows ? 1u << blind : 0;
    }
    side->bytes =
        side->bytes >= 0 && reasons->carried_bytes > 0 ? side->bytes + reasons->carried_bytes : -1;
}

static struct reasons_side side_of(const struct tp_run *runs, size_t count, const char *role)
{
    struct reasons_side side = {
        .runs = runs, .count = count, .role = role, .whole = true, .judged = UINT64_MAX};

    for (size_t run = 0; run < count; run++) {
        const struct tp_run_reasons *reasons = reasons_of(&side, run);

        if (reasons)
            add_run(&side, reasons);
        else
            side.whole = false;
    }
    side.bytes = side.bytes > 0 ? side.bytes : 0;
    side.lacks_blind &= side.blind;
    return side;
}

/* --- one finding ------------------------------------------------------------------------------ */

/* What was found of one row and of its sorts. */
struct reasons_seen {
    size_t with;
    double share, least, most; /* over all runs; of one run */
    double most_ns;            /* of one run and sort, which are these: */
    size_t worst, worst_row;
};

/* What it cost one run; *with: was it found there? */
static double cost_in(const struct reasons_side *side, size_t run, size_t row,
                      struct reasons_seen *seen, bool *with)
{
    const struct tp_reason_sum *sum = &reasons_of(side, run)->sum;
    double cost_ns = 0;

    for (size_t sort = 0; sort < tp_reason_row_count; sort++) {
        double sort_ns = (double)sum->cost_ns[sort];

        if (!tp_reason_is_of(&tp_reason_rows[sort], &tp_reason_rows[row]) || !sum->count[sort])
            continue;
        *with = true;
        cost_ns += sort_ns;
        if (sort_ns <= seen->most_ns)
            continue;
        seen->most_ns = sort_ns;
        seen->worst = run;
        seen->worst_row = sort;
    }
    return cost_ns;
}

static struct reasons_seen seen_in(const struct reasons_side *side, size_t row)
{
    struct reasons_seen seen = {.share = NAN, .least = INFINITY, .most = -INFINITY, .most_ns = -1};
    double all_ns = 0, cost_ns, whole_ns;

    for (size_t run = 0; run < side->count; run++) {
        bool with = false;

        cost_ns = cost_in(side, run, row, &seen, &with);
        whole_ns = (double)tp_account_whole(&reasons_of(side, run)->sum.account);
        all_ns += cost_ns;
        seen.with += with;
        if (whole_ns <= 0)
            continue;
        seen.least = fmin(seen.least, cost_ns / whole_ns);
        seen.most = fmax(seen.most, cost_ns / whole_ns);
    }
    if (side->whole_ns > 0)
        seen.share = all_ns / side->whole_ns;
    return seen;
}

static enum tp_reason_change change_of(const struct reasons_seen *base, size_t base_count,
                                       const struct reasons_seen *fresh, size_t new_count)
{
    if (!base->with && fresh->with == new_count)
        return TP_REASON_CAME;
    if (!fresh->with && base->with == base_count)
        return TP_REASON_WENT;
    if (fresh->share - base->share >= NOTABLE && fresh->least > base->most)
        return TP_REASON_MORE;
    if (base->share - fresh->share >= NOTABLE && base->least > fresh->most)
        return TP_REASON_LESS;
    return TP_REASON_ALIKE;
}

static void add_reason(struct tp_compare_reasons *reasons, const struct reasons_side *base,
                       const struct reasons_side *fresh, size_t row)
{
    struct reasons_seen before = seen_in(base, row), now = seen_in(fresh, row);
    const struct reasons_side *side = now.with ? fresh : base;
    const struct reasons_seen *shown = now.with ? &now : &before;

    if (!before.with && !now.with)
        return;
    reasons->list[reasons->count++] = (struct tp_compare_reason){
        .row = &tp_reason_rows[row],
        .base_with = before.with,
        .new_with = now.with,
        .base_share = before.share,
        .new_share = now.share,
        .worst = &side->runs[shown->worst],
        .sentence = reasons_of(side, shown->worst)->sentence[shown->worst_row],
        .change = base->judged & fresh->judged & UINT64_C(1) << row
                      ? change_of(&before, base->count, &now, fresh->count)
                      : TP_REASON_ALIKE,
    };
}

/* --- all of them ------------------------------------------------------------------------------ */

static double moved(const struct tp_compare_reason *reason)
{
    double moved = fabs(reason->new_share - reason->base_share);

    return isnan(moved) ? 0 : moved;
}

static int by_change(const void *left, const void *right)
{
    const struct tp_compare_reason *a = left, *b = right;
    bool a_differs = a->change != TP_REASON_ALIKE, b_differs = b->change != TP_REASON_ALIKE;

    if (a_differs != b_differs)
        return a_differs ? -1 : 1;
    if (moved(a) < moved(b) || moved(a) > moved(b))
        return moved(a) < moved(b) ? 1 : -1;
    return (a->row > b->row) - (a->row < b->row);
}

/* Is what one side could not judge the same on the other? What neither could be held against what
 * only one of them could. */
static bool are_alike(const struct reasons_side *base, const struct reasons_side *fresh,
                      struct tp_compare_reasons *reasons)
{
    struct tp_phrase why = tp_phrase_in(reasons->why_not, sizeof reasons->why_not);
    uint32_t apart = ((base->blind ^ fresh->blind) | base->lacks_blind | fresh->lacks_blind) &
                     ~(1u << TP_BLIND_WAITS); /* which the account has, as what is not known */
    unsigned blind = 0;

    if (!base->whole || !fresh->whole)
        tp_phrase_add(&why, "it is not known of every run what was found");
    else if (base->origins != fresh->origins || (base->origins & (base->origins - 1)))
        tp_phrase_add(&why, "not all runs are told by the same source");
    while (!reasons->why_not[0] && blind < TP_BLINDS && !(apart >> blind & 1))
        blind++;
    if (!reasons->why_not[0] && blind < TP_BLINDS)
        tp_phrase_add(&why, "not every run can be judged alike: %s",
                      tp_blind_text((enum tp_blind)blind));
    return !reasons->why_not[0];
}

static void add_account(struct tp_compare_reasons *reasons, const struct reasons_side *base,
                        const struct reasons_side *fresh)
{
    reasons->has_account =
        base->bytes > 0 && fresh->bytes > 0 && base->whole_ns > 0 && fresh->whole_ns > 0;
    for (unsigned wait = 0; reasons->has_account && wait < TP_WAIT_COUNT; wait++) {
        reasons->base_ns[wait] = base->waited_ns[wait] / base->bytes;
        reasons->new_ns[wait] = fresh->waited_ns[wait] / fresh->bytes;
    }
}

void compare_reasons(const struct tp_comparison *comparison, struct tp_compare_role *role)
{
    struct reasons_side base = side_of(comparison->base, comparison->base_runs, role->name);
    struct reasons_side fresh = side_of(comparison->fresh, comparison->new_runs, role->name);
    struct tp_compare_reasons *reasons = &role->reasons;

    if (!are_alike(&base, &fresh, reasons))
        return;
    for (size_t row = 0; row < tp_reason_row_count; row++)
        if (!tp_reason_rows[row].describes)
            add_reason(reasons, &base, &fresh, row);
    qsort(reasons->list, reasons->count, sizeof *reasons->list, by_change);
    add_account(reasons, &base, &fresh);
}

size_t reasons_changed(const struct tp_compare_reasons *reasons)
{
    size_t changed = 0;

    while (changed < reasons->count && reasons->list[changed].change != TP_REASON_ALIKE)
        changed++;
    return changed;
}
