/* export_groups.c: bins of all flows of a service, its host or its net, together.
 *
 * What a bin comes to over several flows: the least and the largest value that any of them had, the
 * mean of states over the time of all, of measurements over all samples, and the sum of amounts.
 * Which flow will still have samples in a bin is known only at the end, so nothing is written
 * before.
 */
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/export.h"

#define CELLS_MAX (UINT64_C(1) << 20) /* rows: 200 MB */
#define COLUMNS   11

struct group_bin {
    uint32_t timeline;
    bool called; /* the end whose samples they are */
    char name[CLI_GROUP_NAME_BYTES];
    struct export_bin bin;
    uint64_t flows;
};

struct export_groups {
    const struct export_options *options;
    struct export_rows *rows;
    const struct tp_column *columns[COLUMNS];
    struct tp_column storage[COLUMNS];
    void *tree; /* of struct group_bin */
    uint64_t count;
    struct tp_out *out; /* while they are written */
};

struct export_groups *export_groups_new(const struct export_options *options,
                                        struct export_rows *rows)
{
    static const char *const names[COLUMNS] = {NULL,  "group", "end", "metric", "flows", "samples",
                                               "min", "mean",  "max", "sum",    "unit"};
    struct export_groups *groups = calloc(1, sizeof *groups);

    if (!groups)
        return NULL;
    groups->options = options;
    groups->rows = rows;
    for (size_t i = 0; i < COLUMNS; i++) {
        groups->storage[i].name = i ? names[i] : rows->time_name;
        groups->columns[i] = &groups->storage[i];
    }
    rows->rows = (struct tp_rows){.columns = groups->columns, .column_count = COLUMNS};
    return groups;
}

void export_groups_free(struct export_groups *groups)
{
    if (!groups)
        return;
    tdestroy(groups->tree, free);
    free(groups);
}

/* --- adding ----------------------------------------------------------------------------------- */

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

static int compare(const void *left, const void *right)
{
    const struct group_bin *a = left, *b = right;
    int order = ORDER(a->timeline, b->timeline);

    order = order ? order : ORDER(a->bin.begin_ns, b->bin.begin_ns);
    order = order ? order : strverscmp(a->name, b->name);
    order = order ? order : ORDER(a->called, b->called);
    return order ? order : ORDER(a->bin.metric, b->bin.metric);
}

static void join(struct group_bin *cell, const struct export_bin *bin)
{
    struct export_bin *all = &cell->bin;
    bool first = cell->flows++ == 0;

    all->samples += bin->samples;
    all->sum += bin->sum;
    all->area += bin->area;
    all->known_ns += bin->known_ns;
    if (first || bin->min < all->min)
        all->min = bin->min;
    if (first || bin->max > all->max)
        all->max = bin->max;
}

/* The one that is there, or this one, which is taken over. */
static struct group_bin *find(struct export_groups *groups, struct group_bin *cell)
{
    struct group_bin **found = tsearch(cell, &groups->tree, compare);

    if (!found || *found != cell)
        free(cell);
    else
        groups->count++;
    return found ? *found : NULL;
}

bool export_groups_add(struct export_groups *groups, const struct tp_flow *flow, unsigned end,
                       const struct export_bin *bin, struct tp_error *error)
{
    struct group_bin *cell = calloc(1, sizeof *cell);

    if (!cell)
        return tp_error_nomem(error) == 0;
    cell->timeline = flow->key.timeline;
    cell->called = end == cli_flow_called_end(flow);
    cli_flow_group_name(groups->options->groups.kind, flow, cell->name);
    cell->bin.metric = bin->metric;
    cell->bin.begin_ns = bin->begin_ns;
    cell = find(groups, cell);
    if (!cell)
        return tp_error_nomem(error) == 0;
    join(cell, bin);
    if (groups->count <= CELLS_MAX)
        return true;
    return tp_error_set(error, TP_ERR_LIMIT,
                        "--group: more than %llu rows: take a longer --bin or fewer metrics",
                        (unsigned long long)CELLS_MAX) == 0;
}

/* --- writing ---------------------------------------------------------------------------------- */

static void write_cell(struct export_groups *groups, const struct group_bin *cell)
{
    enum tp_metric_kind kind = tp_metrics[cell->bin.metric].kind;
    bool ordered = kind == TP_METRIC_STATE || kind == TP_METRIC_SAMPLE;
    char time[CLI_TIME_BYTES];
    char *end = export_time(groups->rows, time, cell->timeline, cell->bin.begin_ns, false);
    const struct tp_value values[COLUMNS] = {
        tp_value_text(end > time ? time : NULL),
        tp_value_text(cell->name),
        tp_value_text(cell->called ? "called" : "caller"),
        tp_value_text(tp_metrics[cell->bin.metric].name),
        tp_value_integer((int64_t)cell->flows),
        tp_value_integer((int64_t)cell->bin.samples),
        tp_value_real_if(ordered, ordered ? cell->bin.min : 0),
        export_bin_mean(&cell->bin),
        tp_value_real_if(ordered, ordered ? cell->bin.max : 0),
        tp_value_real_if(kind == TP_METRIC_COUNT, cell->bin.sum),
        tp_value_text(tp_metrics[cell->bin.metric].unit),
    };

    *end = '\0';
    groups->options->writer->row(groups->out, &groups->rows->rows, groups->rows->count++, values);
}

static void visit(const void *node, VISIT which, void *context)
{
    struct export_groups *groups = context;

    if ((which == postorder || which == leaf) && !tp_out_failed(groups->out))
        write_cell(groups, *(const struct group_bin *const *)node);
}

void export_groups_write(struct export_groups *groups, struct tp_out *out)
{
    groups->out = out;
    twalk_r(groups->tree, visit, groups);
}
