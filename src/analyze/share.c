/* share.c: analyses that look at some of the flows, and putting them together. */
#include <stdlib.h>

#include "analyze/analyzer.h"

_Static_assert(TP_SHARES_MAX <= TP_EIGHTHS, "more shares would have no flows");

struct tp_wires *tp_eighth_wires(struct tp_eighth *eighth, struct tp_arena *arena)
{
    const struct tp_wires_options options = {.segment_budget = TP_WIRES_BUDGET, .arena = arena};

    if (!eighth->wires)
        eighth->wires = tp_wires_new(&options, NULL);
    return eighth->wires;
}

bool tp_eighth_begin(struct tp_eighth *eighth)
{
    if (eighth->begun == TP_FLOWS_EARLY)
        return false;
    eighth->begun++;
    return true;
}

/* --- one share ------------------------------------------------------------------------------ */

static int give_up(struct tp_share *share)
{
    atomic_store_explicit(&share->common->given_up, true, memory_order_relaxed);
    return TP_ERR_STOPPED;
}

/* Where the capture's clock was set, what is told of one flow depends on all. */
static bool concerns_all(const struct tp_record *record)
{
    return record->kind != TP_KIND_PACKET ||
           (TP_HAS(record, ODDITIES) && record->oddities & TP_ODD_STEP);
}

int tp_share_see(struct tp_share *share, const struct tp_record *record)
{
    if (concerns_all(record) || share->seen == UINT32_MAX)
        return give_up(share);
    share->seen++;
    return atomic_load_explicit(&share->common->given_up, memory_order_relaxed) ? TP_ERR_STOPPED
                                                                                : TP_OK;
}

bool tp_share_grant(struct tp_share *share, size_t *limit_bytes)
{
    size_t left = atomic_load(&share->common->left_bytes);

    do
        if (left < TP_SHARE_GRANT) {
            give_up(share);
            return false;
        }
    while (!atomic_compare_exchange_weak(&share->common->left_bytes, &left, left - TP_SHARE_GRANT));
    *limit_bytes += TP_SHARE_GRANT;
    return true;
}

/* --- making them ---------------------------------------------------------------------------- */

/* Whoever is told of records wants to hear of them in their order, and series share one budget. */
bool tp_analysis_may_split(const struct tp_analysis *analysis)
{
    const struct tp_analysis_options *options = &analysis->options;

    return !analysis->finished && !analysis->share.count && !tp_flow_table_count(analysis->table) &&
           !options->keep && !options->keep_flow && !options->sample && !options->packet &&
           !options->event && !options->own_metric_count && !options->series_bins &&
           !options->marks;
}

/* A flow that has to go shows that there were too many. */
static void give_up_flow(void *context, const struct tp_flow *flow)
{
    struct tp_share *share = context;

    (void)flow;
    give_up(share);
}

static struct tp_analysis *new_share(const struct tp_analysis *whole, unsigned number,
                                     unsigned count, struct tp_shares_common *common,
                                     struct tp_error *error)
{
    struct tp_analysis_options options = whole->options;
    struct tp_analysis *share;

    options.flow_end = give_up_flow;
    share = tp_analysis_new(&options, error);
    if (!share)
        return NULL;
    share->options.context = &share->share;
    share->share = (struct tp_share){.number = number, .count = count, .common = common};
    share->shape_limit = 0;
    atomic_fetch_add(&common->users, 1);
    return share;
}

int tp_analysis_split(const struct tp_analysis *analysis, struct tp_analysis **shares,
                      unsigned count, struct tp_error *error)
{
    struct tp_shares_common *common = calloc(1, sizeof *common);
    unsigned i;

    if (!common)
        return tp_error_nomem(error);
    atomic_init(&common->left_bytes, TP_DISTS_BUDGET);
    for (i = 0; i < count; i++) {
        shares[i] = new_share(analysis, i, count, common, error);
        if (!shares[i])
            break;
    }
    if (i == count)
        return TP_OK;
    if (i == 0)
        free(common);
    while (i-- > 0)
        tp_analysis_free(shares[i]);
    return TP_ERR_NOMEM;
}

void tp_shares_release(struct tp_analysis *analysis)
{
    struct tp_shares_common *common = analysis->share.common;
    unsigned i;

    for (i = 0; i < analysis->joined_count; i++)
        tp_analysis_free(analysis->joined[i]);
    free(analysis->joined);
    if (common && atomic_fetch_sub(&common->users, 1) == 1)
        free(common);
}

/* --- putting them together ------------------------------------------------------------------ */

static bool have_given_up(struct tp_analysis *const *shares, unsigned count, size_t max_flows)
{
    size_t flows = 0;
    unsigned i;

    for (i = 0; i < count; i++) {
        if (!shares[i]->finished || atomic_load(&shares[i]->share.common->given_up))
            return true;
        flows += shares[i]->flow_count;
    }
    return flows > max_flows;
}

/* The shares' lists are in the order of first sight: the one that goes on earliest is next. */
static void merge_flows(struct tp_analysis *whole)
{
    size_t next[TP_SHARES_MAX] = {0}, i;
    struct tp_flow *earliest, *flow;
    unsigned share, from = 0;

    for (i = 0; i < whole->flow_count; i++) {
        for (earliest = NULL, share = 0; share < whole->joined_count; share++) {
            if (next[share] == whole->joined[share]->flow_count)
                continue;
            flow = whole->joined[share]->flows[next[share]];
            if (!earliest || flow->id < earliest->id) {
                earliest = flow;
                from = share;
            }
        }
        next[from]++;
        whole->flows[i] = earliest;
        earliest->id = (uint32_t)i + 1;
    }
}

static void add_up(struct tp_analysis *whole, const struct tp_analysis *share)
{
    whole->flow_count += share->flow_count;
    whole->two_places += share->two_places;
    whole->two_clocks += share->two_clocks;
    whole->torn += share->torn;
    whole->unattributed += share->unattributed;
    whole->astray += share->astray;
    for (unsigned kind = 0; kind < TP_KIND_COUNT; kind++)
        whole->saw[kind] |= share->saw[kind];
}

bool tp_analysis_join(struct tp_analysis *analysis, struct tp_analysis **shares, unsigned count)
{
    struct tp_flow **flows = NULL;
    struct tp_analysis **joined = NULL;
    size_t total = 0;
    unsigned i;

    for (i = 0; i < count; i++)
        total += shares[i]->flow_count;
    if (!have_given_up(shares, count, tp_flow_table_most(analysis->table))) {
        joined = malloc(count * sizeof(struct tp_analysis *));
        flows = malloc((total ? total : 1) * sizeof(struct tp_flow *));
    }
    if (!joined || !flows) {
        free(joined);
        free(flows);
        return false;
    }
    for (i = 0; i < count; i++) {
        joined[i] = shares[i];
        add_up(analysis, shares[i]);
    }
    analysis->joined = joined;
    analysis->joined_count = count;
    analysis->flows = flows;
    merge_flows(analysis);
    analysis->finished = true;
    return true;
}
