/* flow_times.c: start, first and last of flows, in the time that was asked for. */
#include <stdio.h>
#include <string.h>

#include "cli/flow_times.h"

/* Figures that are moments; the first one counts from the first event. */
static const enum tp_figure_id moments[] = {TP_FIGURE_start_ns,      TP_FIGURE_first_ns,
                                            TP_FIGURE_last_ns,       TP_FIGURE_wire_first_ns,
                                            TP_FIGURE_wire_last_ns,  TP_FIGURE_socket_first_ns,
                                            TP_FIGURE_socket_last_ns};

bool cli_flow_is_moment(enum tp_figure_id figure)
{
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++)
        if (moments[i] == figure)
            return true;
    return false;
}

/* "start_ns" becomes start_wall */
static void name(struct cli_flow_moment *moment, enum cli_time time)
{
    char stem[CLI_TIME_NAME_BYTES], whole[CLI_TIME_NAME_BYTES];
    const char *old = moment->column.name;

    snprintf(stem, sizeof stem, "%.*s", (int)(strlen(old) - strlen("_ns")), old);
    snprintf(moment->name, sizeof moment->name, "%s", cli_time_name(time, stem, "ns", whole));
    moment->column.name = moment->name;
    if (time != CLI_TIME_WALL)
        return;
    moment->column.show = TP_SHOW_TEXT;
    moment->column.unit = "UTC";
}

void cli_flow_times_columns(struct cli_flow_times *times,
                            const struct tp_figure_column *const *chosen,
                            const struct tp_column **columns, size_t count)
{
    struct cli_flow_moment *moment;

    times->count = 0;
    for (size_t i = 0; times->time && i < count && times->count < CLI_FLOW_MOMENTS_MAX; i++) {
        if (!cli_flow_is_moment(chosen[i]->figure))
            continue;
        moment = &times->list[times->count++];
        *moment = (struct cli_flow_moment){
            .at = i, .since_base = chosen[i]->figure == moments[0], .column = *columns[i]};
        name(moment, times->time);
        columns[i] = &moment->column;
    }
}

static struct tp_value value_of(struct cli_flow_times *times, struct cli_flow_moment *moment,
                                uint32_t timeline, int64_t clock_ns)
{
    if (times->time == CLI_TIME_WALL && times->short_text)
        return tp_value_text(cli_times_text(&times->times, timeline, clock_ns, 3, moment->text));
    return cli_times_value(&times->times, timeline, clock_ns, moment->text);
}

void cli_flow_times_row(struct cli_flow_times *times, const struct tp_flow *flow, int64_t base_ns,
                        struct tp_value *values)
{
    for (size_t i = 0; i < times->count; i++) {
        struct cli_flow_moment *moment = &times->list[i];
        struct tp_value *value = &values[moment->at];

        if (value->type == TP_VALUE_INTEGER)
            *value = value_of(times, moment, flow->key.timeline,
                              value->integer + (moment->since_base ? base_ns : 0));
    }
}
