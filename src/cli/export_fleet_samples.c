/* export_fleet_samples.c: every sample with how long it held, which a database cannot look ahead
 * for.
 *
 * The weights are those that the figures of `flows` are made with. What a socket says of itself
 * (and what packets say of an end) comes as several states at a time; they hold until the next such
 * time, for at most TP_HOLD_MAX_NS. A state of a socket that the next time does not name (a
 * threshold that became infinite) holds no longer; what packets say holds until it is said anew,
 * each time for so long at most. A sample is written when it no longer holds, or its flow ends.
 */
#include <stdlib.h>

#include "base/list.h"
#include "cli/export_fleet.h"

enum held_by { SOCKET, PACKETS, GROUPS };

struct weighted {
    enum tp_metric_id metric;
    bool open; /* it holds */
    int64_t ts_ns, held_ns;
    double value;
};

struct weighted_end {
    struct weighted *list; /* one of each metric */
    size_t count;
    int64_t last_ns[GROUPS]; /* the last time at which states of the group came */
    char src[56], dst[56];   /* "" before the first sample */
    bool chosen;
};

struct weigher {
    struct fleet *fleet;
    struct weighted_end *ends; /* by number of the flow and end */
    size_t end_count;
};

/* --- rows ------------------------------------------------------------------------------------- */

static void write_sample(struct weigher *weigher, const struct tp_flow *flow,
                         const struct weighted_end *end, const struct weighted *held, bool is_state)
{
    fleet_row(weigher->fleet,
              (const struct tp_value[]){
                  fleet_time(weigher->fleet, flow, held->ts_ns),
                  tp_value_integer((int64_t)flow->id), tp_value_text(end->src),
                  tp_value_text(end->dst), fleet_service_port(flow),
                  tp_value_text(tp_metrics[held->metric].name), tp_value_real_if(true, held->value),
                  tp_value_integer_if(is_state, (uint64_t)held->held_ns)});
}

static void close_state(struct weigher *weigher, const struct tp_flow *flow,
                        const struct weighted_end *end, struct weighted *held)
{
    if (held->open)
        write_sample(weigher, flow, end, held, true);
    held->open = false;
}

/* --- how long --------------------------------------------------------------------------------- */

static enum held_by group_of(enum tp_metric_id metric)
{
    return metric < TP_METRIC_STATES ? SOCKET : PACKETS;
}

/* Time went on: what holds held for so much longer. */
static void pass_time(struct weigher *weigher, const struct tp_flow *flow, struct weighted_end *end,
                      enum held_by group, int64_t ts_ns)
{
    int64_t ns = ts_ns - end->last_ns[group];

    if (ns > TP_HOLD_MAX_NS)
        ns = TP_HOLD_MAX_NS;
    for (size_t i = 0; i < end->count; i++) {
        struct weighted *held = &end->list[i];

        if (!held->open || group_of(held->metric) != group)
            continue;
        held->held_ns += ns;
        if (group == SOCKET)
            close_state(weigher, flow, end, held);
    }
    end->last_ns[group] = ts_ns;
}

static struct weighted *find(struct weighted_end *end, enum tp_metric_id metric)
{
    for (size_t i = 0; i < end->count; i++)
        if (end->list[i].metric == metric)
            return &end->list[i];
    if (!TP_LIST_ONE_MORE(end->list, end->count))
        return NULL;
    end->list[end->count] = (struct weighted){.metric = metric};
    return &end->list[end->count++];
}

static bool take_state(struct weigher *weigher, const struct tp_flow *flow,
                       struct weighted_end *end, enum tp_metric_id metric, int64_t ts_ns,
                       double value)
{
    enum held_by group = group_of(metric);
    struct weighted *held = find(end, metric);

    if (!held)
        return false;
    if (!end->last_ns[group])
        end->last_ns[group] = ts_ns;
    if (ts_ns > end->last_ns[group])
        pass_time(weigher, flow, end, group, ts_ns);
    close_state(weigher, flow, end, held);
    *held = (struct weighted){.metric = metric, .open = true, .ts_ns = ts_ns, .value = value};
    return true;
}

/* --- all of it -------------------------------------------------------------------------------- */

static struct weighted_end *find_end(struct weigher *weigher, const struct tp_flow *flow,
                                     unsigned end)
{
    size_t index = (size_t)flow->id * 2 + end;
    struct weighted_end *found;

    if (!tp_list_reach(&weigher->ends, &weigher->end_count, index, sizeof *weigher->ends))
        return NULL;
    found = &weigher->ends[index];
    if (found->src[0])
        return found;
    tp_endpoint_text(&flow->key, end, found->src, sizeof found->src);
    tp_endpoint_text(&flow->key, !end, found->dst, sizeof found->dst);
    found->chosen = cli_flow_chosen(&weigher->fleet->options->plot.flows, flow);
    return found;
}

static int take_sample(void *context, const struct tp_flow *flow, unsigned end,
                       enum tp_metric_id metric, int64_t ts_ns, double value)
{
    struct weigher *weigher = context;
    const struct weighted once = {.metric = metric, .ts_ns = ts_ns, .value = value};
    struct weighted_end *of_end;

    if (!(weigher->fleet->options->metrics & UINT64_C(1) << metric))
        return 0;
    of_end = find_end(weigher, flow, end);
    if (!of_end)
        return TP_ERR_NOMEM;
    if (!of_end->chosen)
        return 0;
    if (tp_metrics[metric].kind != TP_METRIC_STATE)
        write_sample(weigher, flow, of_end, &once, false);
    else if (!take_state(weigher, flow, of_end, metric, ts_ns, value))
        return TP_ERR_NOMEM;
    return tp_out_failed(weigher->fleet->out) ? TP_ERR_STOPPED : 0;
}

/* How long the last values held, nobody saw. */
static void end_flow(void *context, const struct tp_flow *flow)
{
    struct weigher *weigher = context;

    for (size_t index = (size_t)flow->id * 2;
         index < (size_t)flow->id * 2 + 2 && index < weigher->end_count; index++) {
        struct weighted_end *end = &weigher->ends[index];

        for (size_t i = 0; i < end->count; i++)
            close_state(weigher, flow, end, &end->list[i]);
        free(end->list);
        end->list = NULL;
        end->count = 0;
    }
}

int fleet_write_samples(struct fleet *fleet, const struct fleet_table *table,
                        struct tp_error *error)
{
    struct weigher weigher = {.fleet = fleet};
    const struct tp_analysis_options wanted = {.max_flows = fleet->options->plot.input.max_flows,
                                               .without = UINT64_MAX,
                                               .sample = take_sample,
                                               .flow_end = end_flow,
                                               .context = &weigher};
    struct tp_analysis *analysis = tp_analysis_new(&wanted, error);
    const struct tp_flow *const *flows;
    size_t count;
    int rc = analysis ? cli_pass_analyse(fleet->pass, analysis, error) : error->code;

    (void)table;
    if (analysis && rc == TP_OK) {
        flows = tp_analysis_flows(analysis, &count);
        for (size_t i = 0; i < count; i++)
            end_flow(&weigher, flows[i]);
    }
    cli_pass_notes(fleet->pass, analysis);
    tp_analysis_free(analysis);
    for (size_t i = 0; i < weigher.end_count; i++)
        free(weigher.ends[i].list);
    free(weigher.ends);
    return rc;
}
