/* select.c: which flows a picture is about. */
#include <stdlib.h>

#include <tcpprobe/figure.h>
#include <tcpprobe/plot.h>

static double bytes_of(const struct tp_analysis *analysis, const struct tp_flow *flow)
{
    struct tp_sheet sheet = {0};
    double bytes;

    tp_sheet_open(&sheet, analysis, flow, 0);
    return tp_sheet_number(&sheet, TP_FIGURE_bytes, 0, TP_BEST, &bytes) ? bytes : 0;
}

/* --- choice --------------------------------------------------------------------------------- */

struct ranked {
    const struct tp_flow *flow;
    double bytes;
};

static int most_bytes_first(const void *a, const void *b)
{
    const struct ranked *left = a, *right = b;

    if (left->bytes != right->bytes)
        return left->bytes > right->bytes ? -1 : 1;
    return left->flow->id < right->flow->id ? -1 : left->flow->id > right->flow->id;
}

static bool is_ssh(const struct tp_flow *flow)
{
    return flow->key.port[0] == TP_PLOT_SSH_PORT || flow->key.port[1] == TP_PLOT_SSH_PORT;
}

/* Flows that match, and how many ssh ones were passed over. */
static size_t gather(const struct tp_analysis *analysis, const struct tp_flow *const *flows,
                     size_t count, const struct tp_plot_selection *selection, struct ranked *ranked,
                     size_t *ssh)
{
    size_t i, kept = 0;

    for (i = 0; i < count; i++) {
        if (selection->there && !selection->there(selection->context, flows[i]))
            continue;
        if (selection->wanted) {
            if (!selection->wanted(selection->context, flows[i]))
                continue;
        } else if (!selection->ssh && is_ssh(flows[i])) {
            ++*ssh;
            continue;
        }
        ranked[kept++] = (struct ranked){flows[i], bytes_of(analysis, flows[i])};
    }
    qsort(ranked, kept, sizeof *ranked, most_bytes_first);
    return kept;
}

/* How many of the ranked flows to draw. */
static size_t cut(const struct tp_plot_selection *selection, const struct ranked *ranked,
                  size_t count, struct tp_plot_choice *choice)
{
    size_t limit = selection->top ? selection->top : TP_PLOT_ROWS, kept = count;

    if (!selection->wanted && !selection->top)
        while (kept > 1 && ranked[kept - 1].bytes < TP_PLOT_SMALL * ranked[0].bytes)
            kept--;
    choice->small = count - kept;
    if (limit > TP_PLOT_ROWS_MAX)
        limit = TP_PLOT_ROWS_MAX;
    if (kept > limit) {
        choice->beyond = kept - limit;
        kept = limit;
    }
    return kept;
}

int tp_plot_select(struct tp_plot_choice *choice, const struct tp_analysis *analysis,
                   const struct tp_plot_selection *selection, struct tp_error *error)
{
    static const struct tp_plot_selection defaults = {0};
    const struct tp_flow *const *flows;
    struct ranked *ranked;
    size_t count, kept, i;

    *choice = (struct tp_plot_choice){0};
    selection = selection ? selection : &defaults;
    flows = tp_analysis_flows(analysis, &count);
    ranked = calloc(count ? count : 1, sizeof *ranked);
    if (!ranked)
        return tp_error_nomem(error);
    kept = gather(analysis, flows, count, selection, ranked, &choice->ssh);
    kept = cut(selection, ranked, kept, choice);
    choice->flows = calloc(kept ? kept : 1, sizeof *choice->flows);
    if (!choice->flows) {
        free(ranked);
        return tp_error_nomem(error);
    }
    for (i = 0; i < kept; i++)
        choice->flows[i] = ranked[i].flow;
    choice->count = kept;
    free(ranked);
    return 0;
}

void tp_plot_choice_release(struct tp_plot_choice *choice)
{
    free(choice->flows);
    *choice = (struct tp_plot_choice){0};
}
