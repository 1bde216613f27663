/* columns.c: every figure as columns, and their names.
 *
 * A row of the table becomes NAME, the best that is known; where several origins tell it, also
 * kernel_NAME and wire_NAME (or as the row spells them); and all of these once more for the other
 * end, as peer_NAME.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/figure.h>

static const char *const prefixes[] = {
    [TP_FROM_KERNEL] = "kernel_", [TP_FROM_PACKETS] = "wire_", [TP_FROM_SOCKET] = "socket_"};

/* Does that origin have a column of its own? What the peer's socket received has its own row. */
static bool is_spelled(const struct tp_figure *figure, unsigned origin)
{
    unsigned known = 0;

    for (unsigned i = 0; i < TP_WAYS; i++)
        known += figure->way[i].get != NULL;
    return known > 1 && (origin < TP_ORIGINS || origin == TP_FROM_SOCKET) &&
           figure->way[origin].get;
}

static const char *or_else(const char *own, const char *other)
{
    return own ? own : other;
}

static void spell(struct tp_figure_column *column, unsigned end)
{
    const struct tp_figure *figure = &tp_figures[column->figure];
    const struct tp_figure_way *way =
        column->origin < TP_WAYS ? &figure->way[column->origin] : NULL;
    const char *prefix = way && !way->as ? prefixes[column->origin] : "";

    snprintf(column->name, sizeof column->name, "%s%s%s", end ? "peer_" : "", prefix,
             way && way->as ? way->as : figure->name);
    column->end = end;
    column->use = end ? TP_FIGURE_ALL : TP_FIGURE_ALL | (way ? way->use : figure->use);
    if (column->use & TP_FIGURE_TABLE_ONLY)
        column->use &= ~(unsigned)(TP_FIGURE_TABLE_ONLY | TP_FIGURE_ALL);
    column->column = (struct tp_column){
        .name = column->name,
        .group = way && way->group ? way->group : figure->group,
        .heading = or_else(way && way->heading ? way->heading : figure->heading, ""),
        .unit = figure->group ? "" : or_else(figure->unit, ""),
        .help = figure->help,
        .show = figure->show,
        .section = figure->section,
        .is_twin = end != 0,
        .optional = way != NULL,
    };
}

static void add(struct tp_figure_columns *columns, enum tp_figure_id figure, unsigned end)
{
    for (unsigned origin = TP_WAYS + 1; origin-- > 0;)
        if (origin == TP_BEST || is_spelled(&tp_figures[figure], origin)) {
            columns->list[columns->count].figure = figure;
            columns->list[columns->count].origin = origin;
            spell(&columns->list[columns->count++], end);
        }
}

static void add_all(struct tp_figure_columns *columns, size_t from, size_t to, unsigned end,
                    enum tp_figure_of of)
{
    for (size_t i = from; i < to; i++)
        if (tp_figures[i].of == of)
            add(columns, (enum tp_figure_id)i, end);
}

struct tp_figure_columns *tp_figure_columns_new(struct tp_error *error)
{
    struct tp_figure_columns *columns = calloc(1, sizeof *columns);
    size_t first = 0, sides, count;

    if (columns)
        columns->list = calloc(TP_COLUMNS_MAX, sizeof *columns->list);
    if (!columns || !columns->list) {
        free(columns);
        tp_error_nomem(error);
        return NULL;
    }
    while (tp_figures[first].of != TP_OF_END)
        first++;
    add_all(columns, 0, first, 0, TP_OF_FLOW);
    sides = columns->count;
    add_all(columns, first, TP_FIGURE_IDS, 0, TP_OF_END);
    count = columns->count - sides;
    for (size_t i = sides; i < sides + count; i++)
        columns->list[i].column.twin = (uint16_t)count;
    add_all(columns, first, TP_FIGURE_IDS, 1, TP_OF_END);
    add_all(columns, first, TP_FIGURE_IDS, 0, TP_OF_FLOW);
    return columns;
}

void tp_figure_columns_free(struct tp_figure_columns *columns)
{
    if (columns)
        free(columns->list);
    free(columns);
}

int tp_figure_column_find(const struct tp_figure_columns *columns, const char *name)
{
    size_t length = strlen(name);
    int found = -1;

    for (size_t i = 0; i < columns->count; i++) {
        if (strncmp(columns->list[i].name, name, length) != 0)
            continue;
        if (columns->list[i].name[length] == '\0')
            return (int)i;
        if (found < 0 || (columns->list[i].use & ~columns->list[found].use & TP_FIGURE_DATA))
            found = (int)i;
    }
    return found;
}

struct tp_value tp_sheet_column(struct tp_sheet *sheet, const struct tp_figure_column *column)
{
    return tp_sheet_value(sheet, column->figure, column->end, column->origin, NULL);
}
