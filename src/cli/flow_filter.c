/* flow_filter.c: a flow is asked as an event of its bulk sender would be, and its figures by name.
 */
#include <errno.h>
#include <string.h>

#include "cli/flow_filter.h"

/* Of those whose name stands somewhere in the expression: some too many do no harm. */
static uint64_t metrics_of(const struct tp_figure_columns *columns, const char *expression)
{
    uint64_t metrics = 0;

    for (size_t i = 0; i < columns->count; i++)
        if (strstr(expression, columns->list[i].name))
            metrics |= tp_figure_metrics(columns->list[i].figure);
    return metrics;
}

error_t cli_flow_filter_parse(struct cli_flow_filter *filter, const char *expression)
{
    static const char *const anything[] = {NULL};
    const struct tp_figure_columns *columns = filter->columns;
    const char *names[TP_COLUMNS_MAX];
    const char *const *texts[TP_COLUMNS_MAX];
    const struct tp_filter_words words = {.names = names,
                                          .count = columns->count,
                                          .what = "the columns of 'tcpprobe flows --columns'",
                                          .texts = texts};
    struct tp_error error = TP_ERROR_INIT;

    if (filter->filter)
        return cli_bad_option("--filter-flows is given twice; join the expressions with &&");
    for (size_t i = 0; i < columns->count; i++) {
        names[i] = columns->list[i].name;
        texts[i] = tp_figure_is_number(&tp_figures[columns->list[i].figure]) ? NULL : anything;
    }
    filter->metrics = metrics_of(columns, expression);
    if (tp_filter_parse_with(&filter->filter, expression, &words, &error) == TP_OK)
        return 0;
    cli_fail(&error);
    cli_caret(expression, &error);
    return EDOM;
}

struct question {
    const struct cli_flow_filter *filter;
    struct tp_sheet *sheet;
};

static bool answer(void *context, size_t index, union tp_filter_value *found)
{
    const struct question *question = context;
    struct tp_value value =
        tp_sheet_column(question->sheet, &question->filter->columns->list[index]);

    if (value.type != TP_VALUE_TEXT)
        return tp_value_number(&value, &found->number);
    found->text = (struct tp_text){value.text, (uint32_t)strlen(value.text)};
    return true;
}

bool cli_flow_filter_takes(const struct cli_flow_filter *filter, const struct tp_flow *flow,
                           struct tp_sheet *sheet)
{
    struct question question = {filter, sheet};
    struct tp_record record = {.kind = TP_KIND_PROBE, .has_key = true, .key = flow->key};

    record.local = (uint8_t)tp_flow_bulk_end(flow);
    return cli_flow_chosen(&filter->choices, flow) &&
           tp_filter_match_with(filter->filter, &record, answer, &question);
}
