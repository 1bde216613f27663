/* role_figures.c: the figures of flows as words of a filter. */
#include "compare/role_figures.h"

/* Texts cannot be compared; no word is "". */
static bool is_number(const struct tp_flow_figure *figure)
{
    return figure->column.show != TP_SHOW_TEXT && figure->column.show != TP_SHOW_WIDE;
}

void role_figure_names(const char *names[TP_COLUMNS_MAX])
{
    size_t i;

    for (i = 0; i < tp_flow_figure_count; i++)
        names[i] = is_number(&tp_flow_figures[i]) ? tp_flow_figures[i].column.name : "";
}

static double sum_of(const struct tp_value *value)
{
    double sum = 0;
    uint32_t i;

    for (i = 0; i < value->counts; i++)
        sum += (double)value->list[i].count;
    return sum;
}

bool role_figure(void *context, size_t index, double *number)
{
    struct role_asked *asked = context;
    struct tp_value value;

    if (!asked->opened)
        tp_sheet_open(&asked->sheet, asked->analysis, asked->flow, asked->base_ns);
    asked->opened = true;
    value = tp_sheet_value(&asked->sheet, &tp_flow_figures[index]);
    switch (value.type) {
    case TP_VALUE_INTEGER:
    case TP_VALUE_BOOL:
        *number = (double)value.integer;
        return true;
    case TP_VALUE_REAL:
        *number = value.real;
        return true;
    case TP_VALUE_COUNTS:
        *number = sum_of(&value);
        return true;
    default:
        return false;
    }
}
