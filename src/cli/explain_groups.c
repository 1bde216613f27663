/* explain_groups.c: `tcpprobe explain --group, --bin`: which findings cost most, by service, by its
 * host or net, and by when the connections began. */
#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/phrase.h"
#include "base/units.h"
#include "cli/explain.h"

static int by_name(const void *left, const void *right)
{
    const struct explain_group *a = left, *b = right;
    int order = strcmp(a->name, b->name);

    if (order == 0)
        order = (a->timeline > b->timeline) - (a->timeline < b->timeline);
    return order ? order : (a->begin_ns > b->begin_ns) - (a->begin_ns < b->begin_ns);
}

/* Of several timelines, which know nothing of each other, each has bins of its own. */
static void name_group(const struct explain_groups *groups, const struct tp_flow *flow,
                       int64_t zero_ns, struct explain_group *group)
{
    *group = (struct explain_group){.name = ""};
    if (groups->kind != CLI_GROUP_NONE)
        cli_flow_group_name(groups->kind, flow, group->name);
    if (groups->bin_ns <= 0)
        return;
    group->timeline = flow->key.timeline;
    group->begin_ns = zero_ns + (flow->first_ns - zero_ns) / groups->bin_ns * groups->bin_ns;
}

bool explain_groups_add(struct explain_groups *groups, const struct tp_flow *flow, int64_t zero_ns,
                        const struct tp_explanation *explanation)
{
    struct explain_group wanted, *group;
    struct explain_group *const *found;

    name_group(groups, flow, zero_ns, &wanted);
    found = tfind(&wanted, &groups->tree, by_name);
    if (found) {
        tp_reason_sum_add(&(*found)->sum, explanation);
        return true;
    }
    if (!TP_LIST_ROOM(groups->list, groups->count, groups->allocated, 16))
        return false;
    group = malloc(sizeof *group);
    if (!group)
        return false;
    *group = wanted;
    if (!tsearch(group, &groups->tree, by_name)) {
        free(group);
        return false;
    }
    groups->list[groups->count++] = group;
    tp_reason_sum_add(&group->sum, explanation);
    return true;
}

void explain_groups_release(struct explain_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++) {
        tdelete(groups->list[i], &groups->tree, by_name);
        free(groups->list[i]);
    }
    free(groups->list);
    groups->list = NULL;
    groups->count = groups->allocated = 0;
}

/* Those that cost most first; of equals as they are named, and as they began. */
static int by_cost(const void *left, const void *right)
{
    const struct explain_group *a = *(struct explain_group *const *)left;
    const struct explain_group *b = *(struct explain_group *const *)right;
    int64_t a_ns = tp_reason_sum_cost(&a->sum), b_ns = tp_reason_sum_cost(&b->sum);

    if (a_ns != b_ns)
        return a_ns < b_ns ? 1 : -1;
    return by_name(a, b);
}

/* Rows of findings of a group, those that cost most first. */
static size_t sort_rows(const struct tp_reason_sum *sum, size_t order[TP_REASONS_MAX])
{
    size_t count = 0, at;

    for (size_t row = 0; row < tp_reason_row_count; row++) {
        if (!sum->count[row])
            continue;
        for (at = count++; at > 0 && sum->cost_ns[row] > sum->cost_ns[order[at - 1]]; at--)
            order[at] = order[at - 1];
        order[at] = row;
    }
    return count;
}

/* --- for people ------------------------------------------------------------------------------- */

static void put_head(struct tp_out *out, const struct explain_options *options,
                     const struct explain_group *group, struct cli_times *times)
{
    char begin[CLI_TIME_BYTES], span[32], cost[32];
    int64_t cost_ns = tp_reason_sum_cost(&group->sum);

    explain_put(out, "%s", options->markdown ? "## " : "");
    if (options->groups.kind != CLI_GROUP_NONE)
        explain_put(out, "%s%s", options->groups.kind == CLI_GROUP_PORT ? "port " : "",
                    group->name);
    if (options->groups.bin_ns > 0) {
        tp_units_duration(options->groups.bin_ns, span, sizeof span);
        explain_put(out, "%sbegun in the %s from %s%s",
                    options->groups.kind == CLI_GROUP_NONE ? "" : ", ", span,
                    cli_times_text(times, group->timeline, group->begin_ns, 3, begin),
                    times->time == CLI_TIME_WALL ? "" : " s");
    }
    explain_put(out, ": %zu connection%s", group->sum.flows, tp_plural(group->sum.flows));
    if (cost_ns > 0) {
        tp_units_duration(cost_ns, cost, sizeof cost);
        explain_put(out, ", held up for %s", cost);
    }
    tp_out_text(out, options->markdown ? "\n\n" : "\n");
}

static void put_group(struct tp_out *out, const struct explain_options *options,
                      const struct explain_group *group, struct cli_times *times)
{
    size_t order[TP_REASONS_MAX];
    size_t count = sort_rows(&group->sum, order);

    put_head(out, options, group, times);
    for (size_t i = 0; i < count; i++)
        explain_sum_line(out, options, &group->sum, order[i]);
    tp_out_text(out, "\n");
}

/* --- rows ------------------------------------------------------------------------------------- */

enum { GROUP, BEGIN, FLOWS, FINDING, WITH, COST, TITLE, COLUMNS };

static const struct tp_column columns[COLUMNS] = {
    [GROUP] = {.name = "group", .heading = "group"},
    [BEGIN] = {.name = "begin_ns", .heading = "begin"},
    [FLOWS] = {.name = "connections", .heading = "connections"},
    [FINDING] = {.name = "finding", .heading = "finding"},
    [WITH] = {.name = "with_finding", .heading = "with it"},
    [COST] = {.name = "cost_ns", .heading = "cost"},
    [TITLE] = {.name = "title", .heading = "title"},
};

static void write_group(struct tp_out *out, const struct explain_options *options,
                        const struct tp_rows *rows, const struct explain_group *group,
                        struct cli_times *times, uint64_t *written)
{
    size_t order[TP_REASONS_MAX];
    size_t count = sort_rows(&group->sum, order);
    char begin[CLI_TIME_BYTES];

    for (size_t i = 0; i < count; i++) {
        size_t row = order[i];
        const struct tp_value values[COLUMNS] = {
            [GROUP] = tp_value_text(group->name[0] ? group->name : NULL),
            [BEGIN] = options->groups.bin_ns > 0
                          ? cli_times_value(times, group->timeline, group->begin_ns, begin)
                          : tp_value_text(NULL),
            [FLOWS] = tp_value_integer((int64_t)group->sum.flows),
            [FINDING] = tp_value_text(tp_reason_rows[row].id),
            [WITH] = tp_value_integer((int64_t)group->sum.count[row]),
            [COST] =
                tp_value_integer_if(group->sum.cost_ns[row] > 0, (uint64_t)group->sum.cost_ns[row]),
            [TITLE] = tp_value_text(tp_reason_rows[row].title),
        };

        options->writer->row(out, rows, (*written)++, values);
    }
}

size_t explain_groups_write(struct tp_out *out, const struct explain_options *options,
                            struct explain_groups *groups, struct cli_times *times)
{
    const struct tp_column *shown[COLUMNS];
    struct tp_column moment = columns[BEGIN];
    struct tp_rows rows = {.columns = shown, .column_count = COLUMNS};
    size_t count = options->top && options->top < groups->count ? options->top : groups->count;
    char name[CLI_TIME_NAME_BYTES];
    uint64_t written = 0;

    for (unsigned i = 0; i < COLUMNS; i++)
        shown[i] = &columns[i];
    moment.name = cli_time_name(options->time, "begin", "ns", name);
    shown[BEGIN] = &moment;
    if (groups->count > 1)
        qsort(groups->list, groups->count, sizeof *groups->list, by_cost);
    if (options->writer)
        tp_rows_begin(out, options->writer, &rows);
    for (size_t i = 0; i < count && !tp_out_failed(out); i++) {
        if (options->writer)
            write_group(out, options, &rows, groups->list[i], times, &written);
        else
            put_group(out, options, groups->list[i], times);
    }
    if (options->writer)
        tp_rows_end(out, options->writer, &rows);
    return count;
}
