/* export_fleet_flows.c: what is said of flows at their end: figures, findings, loss episodes. */
#include <string.h>

#include <tcpprobe/explain.h>
#include <tcpprobe/plot.h>

#include "cli/export_fleet.h"
#include "cli/flow_times.h"

enum { BEGIN, END, PORT, ADDR, NET, OWN };

static const char *const own_names[OWN] = {"begin_ns", "end_ns", "service_port", "service_addr",
                                           "service_net"};

struct flow_writer {
    struct fleet *fleet;
    const struct fleet_table *table;
    struct tp_analysis *analysis;
    struct tp_sheet sheet;
    struct tp_explanation explanation;
};

static void open_sheet(struct flow_writer *writer, const struct tp_flow *flow)
{
    tp_sheet_open(&writer->sheet, writer->analysis, flow,
                  tp_pass_first_ns(writer->fleet->pass->pass, flow->key.timeline));
}

/* --- flows ------------------------------------------------------------------------------------ */

static bool is_column(const struct tp_figure_column *column)
{
    return column->use & TP_FIGURE_DATA;
}

void fleet_flow_names(const struct tp_figure_columns *figures, const char *names[FLEET_COLUMNS_MAX])
{
    size_t count = 0;

    for (; count < OWN; count++)
        names[count] = own_names[count];
    for (size_t i = 0; i < figures->count; i++)
        if (is_column(&figures->list[i]))
            names[count++] =
                figures->list[i].figure == TP_FIGURE_id ? "flow" : figures->list[i].name;
    names[count] = NULL;
}

void fleet_flow_row(void *context, const struct tp_flow *flow)
{
    struct flow_writer *writer = context;
    const struct tp_figure_columns *figures = writer->fleet->figures;
    char addr[CLI_GROUP_NAME_BYTES], net[CLI_GROUP_NAME_BYTES];
    struct tp_value values[FLEET_COLUMNS_MAX] = {
        [BEGIN] = fleet_time(writer->fleet, flow, flow->first_ns),
        [END] = fleet_time(writer->fleet, flow, flow->last_ns),
        [PORT] = fleet_service_port(flow),
        [ADDR] = tp_value_text(addr),
        [NET] = tp_value_text(net)};
    size_t count = OWN;

    open_sheet(writer, flow);
    cli_flow_group_name(CLI_GROUP_HOST, flow, addr);
    cli_flow_group_name(CLI_GROUP_NET, flow, net);
    for (size_t i = 0; i < figures->count; i++)
        if (is_column(&figures->list[i]))
            values[count++] = tp_sheet_column(&writer->sheet, &figures->list[i]);
    fleet_row(writer->fleet, values);
}

/* --- figures ---------------------------------------------------------------------------------- */

static bool is_number(const struct tp_value *value)
{
    return value->type != TP_VALUE_ABSENT && value->type != TP_VALUE_TEXT;
}

static struct tp_value number_of(const struct tp_value *value)
{
    if (value->type == TP_VALUE_BOOL)
        return tp_value_integer(value->integer);
    return is_number(value) ? *value : tp_value_text(NULL);
}

/* A row for each that is known. Moments are those of the recording's clock, which nothing fits to.
 */
void fleet_figure_rows(void *context, const struct tp_flow *flow)
{
    struct flow_writer *writer = context;
    const struct tp_figure_columns *figures = writer->fleet->figures;

    open_sheet(writer, flow);
    for (size_t i = 0; i < figures->count; i++) {
        const struct tp_figure_column *column = &figures->list[i];
        struct tp_value value;

        if (!(column->use & TP_FIGURE_ALL) || cli_flow_is_moment(column->figure))
            continue;
        value = tp_sheet_column(&writer->sheet, column);
        if (value.type != TP_VALUE_ABSENT)
            fleet_row(writer->fleet,
                      (const struct tp_value[]){
                          tp_value_integer((int64_t)flow->id), fleet_service_port(flow),
                          tp_value_text(column->name), number_of(&value),
                          is_number(&value) ? tp_value_text(NULL) : tp_value_text(value.text)});
    }
}

/* --- findings --------------------------------------------------------------------------------- */

void fleet_finding_rows(void *context, const struct tp_flow *flow)
{
    struct flow_writer *writer = context;
    const struct tp_explanation *told = &writer->explanation;
    const struct tp_reason *reason;

    open_sheet(writer, flow);
    tp_explain(&writer->sheet, &writer->explanation);
    for (size_t i = 0; i < told->count; i++) {
        reason = &told->list[i];
        fleet_row(writer->fleet,
                  (const struct tp_value[]){
                      tp_value_integer((int64_t)flow->id), tp_value_text(told->src),
                      tp_value_text(told->dst), fleet_service_port(flow),
                      tp_value_text(reason->row->id),
                      tp_value_integer_if(reason->cost_ns > 0, (uint64_t)reason->cost_ns),
                      reason->has_place ? fleet_time(writer->fleet, flow, reason->begin_ns)
                                        : tp_value_text(NULL),
                      reason->has_place ? fleet_time(writer->fleet, flow, reason->end_ns)
                                        : tp_value_text(NULL),
                      tp_value_text(tp_confidence_name((enum tp_confidence)reason->confidence)),
                      tp_value_text(reason->sentence)});
    }
}

/* --- loss episodes ---------------------------------------------------------------------------- */

/* As `plot --zoom loss` and the page have them. */
void fleet_episode_rows(void *context, const struct tp_flow *flow)
{
    struct flow_writer *writer = context;
    size_t count = tp_plot_episodes(writer->analysis, flow, NULL, 0);
    unsigned bulk = tp_flow_bulk_end(flow);
    struct tp_plot_episode episode;
    char src[56], dst[56];

    tp_endpoint_text(&flow->key, bulk, src, sizeof src);
    tp_endpoint_text(&flow->key, !bulk, dst, sizeof dst);
    for (size_t i = 0; i < count; i++) {
        tp_plot_episodes(writer->analysis, flow, &episode, i);
        fleet_row(writer->fleet,
                  (const struct tp_value[]){tp_value_integer((int64_t)flow->id), tp_value_text(src),
                                            tp_value_text(dst), fleet_service_port(flow),
                                            fleet_time(writer->fleet, flow, episode.begin_ns),
                                            fleet_time(writer->fleet, flow, episode.end_ns),
                                            tp_value_text(episode.what)});
    }
}

/* --- all flows -------------------------------------------------------------------------------- */

static void write_flow(void *context, const struct tp_flow *flow)
{
    struct flow_writer *writer = context;

    if (cli_flow_chosen(&writer->fleet->options->plot.flows, flow))
        writer->table->row(writer, flow);
    if (writer->sheet.out_of_memory)
        tp_out_fail(writer->fleet->out, TP_ERR_NOMEM, "out of memory");
}

/* What is asked of a flow decides what is kept of it: figures need no course over time, and cost
 * less without. */
static struct tp_analysis_options analysis_for(const struct fleet_table *table, size_t max_flows)
{
    struct tp_analysis_options wanted = {.max_flows = max_flows};

    if (table->row == fleet_finding_rows || table->row == fleet_episode_rows)
        tp_explain_needs(&wanted);
    return wanted;
}

int fleet_write_flows(struct fleet *fleet, const struct fleet_table *table, struct tp_error *error)
{
    struct flow_writer writer = {.fleet = fleet, .table = table};
    struct tp_analysis_options wanted = analysis_for(table, fleet->options->plot.input.max_flows);
    const struct tp_flow *const *flows;
    size_t count;
    int rc;

    wanted.flow_end = write_flow;
    wanted.context = &writer;
    writer.analysis = tp_analysis_new(&wanted, error);
    rc = writer.analysis ? cli_pass_analyse(fleet->pass, writer.analysis, error) : error->code;
    if (rc == TP_OK) {
        flows = tp_analysis_flows(writer.analysis, &count);
        for (size_t i = 0; i < count && !tp_out_failed(fleet->out); i++)
            write_flow(&writer, flows[i]);
    }
    cli_pass_notes(fleet->pass, writer.analysis);
    tp_analysis_free(writer.analysis);
    return rc;
}
