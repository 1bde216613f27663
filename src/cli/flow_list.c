/* flow_list.c: from the flows of an analysis to rows on stdout.
 *
 * A flow that has to leave the memory because there are more than --max-flows is written at once
 * in formats whose rows need nothing of each other; in every format it is part of the total.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/flow_list.h"
#include "cli/inputs.h"

/* As small as can be: there may be a million. */
struct cli_flow_entry {
    uint32_t place; /* among the flows, which are in the order of their ids */
    union {
        int64_t integer;
        double real;
        char *text; /* a copy */
    } key;
};

static const struct tp_flow *flow_of(const struct cli_flow_list *list, size_t row)
{
    return list->flows[list->entries[row].place];
}

static bool is_format(const struct cli_flow_list *list, const char *name)
{
    return strcmp(list->writer->name, name) == 0;
}

static void load_flow(struct cli_flow_list *list, const struct tp_flow *flow,
                      struct tp_value *values)
{
    int64_t base_ns = tp_pass_first_ns(list->pass->pass, flow->key.timeline);

    tp_sheet_open(&list->sheet, list->analysis, flow, base_ns);
    for (size_t i = 0; i < list->rows.column_count; i++)
        values[i] = tp_sheet_column(&list->sheet, list->chosen[i]);
    cli_flow_times_row(&list->times, flow, base_ns, values);
    for (size_t i = 0; i < list->rows.column_count; i++)
        list->total.marked |= values[i].at_least;
    if (list->sheet.out_of_memory)
        tp_out_fail(list->out, TP_ERR_NOMEM, "out of memory");
}

static void load_row(void *context, size_t row, struct tp_value *values)
{
    struct cli_flow_list *list = context;

    load_flow(list, flow_of(list, row), values);
}

static void choose_columns(struct cli_flow_list *list, unsigned use)
{
    size_t count = 0;

    for (size_t i = 0; i < list->all->count; i++)
        if (list->all->list[i].use & use) {
            list->chosen[count] = &list->all->list[i];
            list->columns[count++] = &list->all->list[i].column;
        }
    cli_flow_times_columns(&list->times, list->chosen, list->columns, count);
    list->rows.columns = list->columns;
    list->rows.column_count = count;
}

void cli_flow_list_init(struct cli_flow_list *list, const struct tp_figure_columns *columns,
                        const struct cli_pass *pass, struct tp_out *out,
                        const struct tp_writer *writer, unsigned use, enum cli_time time)
{
    memset(list, 0, sizeof *list);
    list->all = columns;
    list->pass = pass;
    list->out = out;
    list->writer = writer;
    list->use = use;
    list->rows.load = load_row;
    list->rows.context = list;
    list->times.time = time;
    list->times.short_text = is_format(list, "table") || is_format(list, "blocks");
    choose_columns(list, use);
}

static bool is_sample(unsigned kind)
{
    return kind == TP_KIND_SOCKET || kind == TP_KIND_SOCKET_END || kind == TP_KIND_SOCKET_ROUND ||
           kind == TP_KIND_COUNTERS;
}

/* The table for what was met. */
static unsigned table_use(const struct tp_analysis *analysis)
{
    bool packets = tp_analysis_saw(analysis, TP_KIND_PACKET), samples = false, events = false, saw;

    for (unsigned kind = 0; kind < TP_KIND_COUNT; kind++) {
        saw = kind != TP_KIND_PACKET && kind != TP_KIND_LOST &&
              tp_analysis_saw(analysis, (enum tp_kind)kind);
        samples |= saw && is_sample(kind);
        events |= saw && !is_sample(kind);
    }
    if (packets)
        return events || samples ? TP_FIGURE_TABLE_BOTH : TP_FIGURE_TABLE_PACKETS;
    return samples && !events ? TP_FIGURE_TABLE_SOCKETS : TP_FIGURE_TABLE;
}

/* --- rows ------------------------------------------------------------------------------------ */

/* What comes before the first row, once. */
static void begin(struct cli_flow_list *list)
{
    if (list->begun)
        return;
    list->begun = true;
    if (is_format(list, "json")) {
        tp_out_text(list->out, "{\"tcpprobe\":");
        tp_out_json_text(list->out, TP_VERSION);
        tp_out_text(list->out, list->groups ? ",\n\"groups\":" : ",\n\"flows\":");
    }
    if (list->writer->head)
        list->writer->head(list->out, &list->rows);
}

static void write_row(struct cli_flow_list *list, const struct tp_flow *flow)
{
    struct tp_value values[TP_COLUMNS_MAX];

    begin(list);
    load_flow(list, flow, values);
    list->writer->row(list->out, &list->rows, list->total.shown++, values);
}

static void write_group(struct cli_flow_list *list, size_t row)
{
    struct tp_value values[TP_COLUMNS_MAX];

    list->rows.load(list->rows.context, row, values);
    list->writer->row(list->out, &list->rows, list->total.shown++, values);
}

/* Opens the sheet. */
static bool is_listed(struct cli_flow_list *list, const struct tp_flow *flow)
{
    if (!list->filter)
        return true;
    tp_sheet_open(&list->sheet, list->analysis, flow,
                  tp_pass_first_ns(list->pass->pass, flow->key.timeline));
    return cli_flow_filter_takes(list->filter, flow, &list->sheet);
}

static void group(struct cli_flow_list *list, const struct tp_flow *flow)
{
    tp_sheet_open(&list->sheet, list->analysis, flow,
                  tp_pass_first_ns(list->pass->pass, flow->key.timeline));
    if (!cli_flow_groups_add(list->groups, flow, &list->sheet) || list->sheet.out_of_memory)
        tp_out_fail(list->out, TP_ERR_NOMEM, "out of memory");
}

static void retire(void *context, const struct tp_flow *flow)
{
    struct cli_flow_list *list = context;

    if (!is_listed(list, flow))
        return;
    cli_flow_total_add(&list->total, list->analysis, flow);
    list->total.left++;
    if (list->groups)
        group(list, flow);
    else if (list->write_retired && list->writer->row)
        write_row(list, flow);
}

/* What the rows or their order will be made of. */
static uint64_t metrics_of(const struct cli_flow_list *list, const struct tp_figure_column *sort)
{
    unsigned use = list->use;
    uint64_t metrics = tp_figure_metrics(sort->figure) |
                       (list->filter ? list->filter->metrics : 0) |
                       (list->groups ? cli_flow_group_metrics() : 0);

    if (use == TP_FIGURE_TABLE)
        use |= TP_FIGURE_TABLE_PACKETS | TP_FIGURE_TABLE_BOTH | TP_FIGURE_TABLE_SOCKETS;
    for (size_t i = 0; i < list->all->count; i++)
        if (list->all->list[i].use & use)
            metrics |= tp_figure_metrics(list->all->list[i].figure);
    return metrics;
}

int cli_flow_list_analysis(struct cli_flow_list *list, size_t max_flows,
                           const struct tp_figure_column *sort, struct tp_error *error)
{
    const struct tp_analysis_options options = {.max_flows = max_flows,
                                                .without = ~metrics_of(list, sort),
                                                .flow_end = retire,
                                                .context = list};

    list->analysis = tp_analysis_new(&options, error);
    return list->analysis ? 0 : error->code;
}

void cli_flow_list_group(struct cli_flow_list *list)
{
    for (size_t i = 0; i < list->rows.row_count; i++)
        group(list, flow_of(list, i));
    cli_flow_groups_rows(list->groups, &list->rows);
}

void cli_flow_list_write(struct cli_flow_list *list)
{
    if (list->groups && list->writer->all) {
        list->writer->all(list->out, &list->rows);
        list->total.shown = list->rows.row_count;
    } else if (list->groups) {
        begin(list);
        for (size_t i = 0; i < list->rows.row_count && !tp_out_failed(list->out); i++)
            write_group(list, i);
        if (list->writer->tail)
            list->writer->tail(list->out, &list->rows);
    } else if (list->writer->all) {
        if (list->use == TP_FIGURE_TABLE)
            choose_columns(list, table_use(list->analysis));
        list->writer->all(list->out, &list->rows);
        list->total.shown = list->rows.row_count;
    } else {
        begin(list);
        for (size_t i = 0; i < list->rows.row_count && !tp_out_failed(list->out); i++)
            write_row(list, flow_of(list, i));
        if (list->writer->tail)
            list->writer->tail(list->out, &list->rows);
    }
    if (list->groups) /* all of them, together */
        list->total.shown = list->total.flows;
    if (is_format(list, "json")) {
        tp_out_text(list->out, ",\n\"inputs\":");
        cli_inputs_json(list->out, list->pass);
        tp_out_text(list->out, ",\n\"total\":");
        cli_flow_total_json(&list->total, list->pass, list->analysis, list->out);
        tp_out_text(list->out, "}\n");
    } else if (is_format(list, "table") || is_format(list, "blocks")) {
        tp_out_text(list->out, list->total.shown ? "\n" : "");
        cli_flow_total_text(&list->total, list->pass, list->analysis, list->out);
    }
}

/* --- sorting --------------------------------------------------------------------------------- */

struct order {
    enum tp_value_type type;
    bool ascending;
};

static int compare_keys(enum tp_value_type type, const struct cli_flow_entry *a,
                        const struct cli_flow_entry *b)
{
    if (type == TP_VALUE_TEXT)
        return strcmp(a->key.text, b->key.text);
    if (type == TP_VALUE_REAL)
        return (a->key.real > b->key.real) - (a->key.real < b->key.real);
    return (a->key.integer > b->key.integer) - (a->key.integer < b->key.integer);
}

static int compare_entries(const void *left, const void *right, void *context)
{
    const struct cli_flow_entry *a = left, *b = right;
    const struct order *order = context;
    int result = compare_keys(order->type, a, b);

    if (result)
        return order->ascending ? result : -result;
    return (a->place > b->place) - (a->place < b->place);
}

static struct tp_value key_of(struct cli_flow_list *list, const struct tp_flow *flow,
                              const struct tp_figure_column *column)
{
    tp_sheet_open(&list->sheet, list->analysis, flow,
                  tp_pass_first_ns(list->pass->pass, flow->key.timeline));
    return tp_sheet_column(&list->sheet, column);
}

static bool set_key(struct cli_flow_entry *entry, const struct tp_value *value)
{
    if (value->type == TP_VALUE_TEXT)
        return (entry->key.text = strdup(value->text));
    if (value->type == TP_VALUE_REAL)
        entry->key.real = value->real;
    else
        entry->key.integer = value->integer;
    return true;
}

static void reverse(struct cli_flow_entry *entries, size_t count)
{
    struct cli_flow_entry swap;

    for (size_t i = 0; i < count / 2; i++) {
        swap = entries[i];
        entries[i] = entries[count - 1 - i];
        entries[count - 1 - i] = swap;
    }
}

/* Those that have a value first, *filled of them, then those that have none; both in the order of
 * their ids. False if out of memory. */
static bool fill_entries(struct cli_flow_list *list, size_t count,
                         const struct tp_figure_column *column, enum tp_value_type *type,
                         size_t *filled)
{
    struct cli_flow_entry *entries = list->entries;
    const struct tp_flow *const *flows = list->flows;
    size_t absent = 0;
    struct tp_value value;

    for (uint32_t i = 0; i < count; i++) {
        tp_flows_expect(flows, count, i);
        if (!is_listed(list, flows[i]))
            continue;
        cli_flow_total_add(&list->total, list->analysis, flows[i]);
        value = key_of(list, flows[i], column);
        if (value.type == TP_VALUE_ABSENT) {
            entries[count - ++absent].place = i;
            continue;
        }
        *type = value.type;
        entries[*filled].place = i;
        if (!set_key(&entries[*filled], &value))
            return false;
        ++*filled;
    }
    memmove(entries + *filled, entries + count - absent, absent * sizeof *entries);
    reverse(entries + *filled, absent);
    list->rows.row_count = *filled + absent;
    return true;
}

int cli_flow_list_sort(struct cli_flow_list *list, const struct tp_figure_column *column,
                       bool ascending, struct tp_error *error)
{
    struct order order = {TP_VALUE_ABSENT, ascending};
    size_t count, filled = 0;
    bool enough;

    list->flows = tp_analysis_flows(list->analysis, &count);
    list->entries = calloc(count ? count : 1, sizeof *list->entries);
    enough = list->entries && fill_entries(list, count, column, &order.type, &filled);
    if (enough)
        qsort_r(list->entries, filled, sizeof *list->entries, compare_entries, &order);
    for (size_t i = 0; order.type == TP_VALUE_TEXT && i < filled; i++)
        free(list->entries[i].key.text);
    return enough ? 0 : tp_error_nomem(error);
}

void cli_flow_list_release(struct cli_flow_list *list)
{
    free(list->entries);
    tp_analysis_free(list->analysis);
    list->entries = NULL;
    list->analysis = NULL;
}
