/* analyze.c: the engine of the pass: finds the flow of a record and shows it to the analyzers. */
#include <stdlib.h>

#include "analyze/course.h"
#include "analyze/log.h"
#include "analyze/packets.h"

#define FLOWS_LATELY 256
#define KEEP_ALL     31
#define KEEP_FIRST   11 /* of what is rounded at all: 0.02 % */

/* In the order in which they see a record: acknowledged bytes and the course look at the probe
 * before, which the states' forgets; the course looks at the congestion state before, which its own
 * forgets. */
static const struct tp_analyzer *const analyzers[] = {
    &tp_acked_analyzer,     &tp_course_analyzer,     &tp_states_analyzer,
    &tp_received_analyzer,  &tp_retransmit_analyzer, &tp_congestion_analyzer,
    &tp_tcp_state_analyzer, &tp_reset_analyzer,      &tp_kernel_limits_analyzer,
    &tp_rcvbuf_analyzer,    &tp_packets_analyzer,    &tp_sampled_socket_analyzer,
};

#define ANALYZERS (sizeof analyzers / sizeof *analyzers)

_Static_assert(ANALYZERS <= TP_ANALYZERS_MAX, "lists of handlers end with a NULL");

static void list_handlers(struct tp_analysis *analysis)
{
    unsigned kind, i, n;

    for (kind = 0; kind < TP_KIND_COUNT; kind++)
        for (n = 0, i = 0; i < ANALYZERS; i++)
            if (analyzers[i]->on[kind])
                analysis->handlers[kind][n++] = analyzers[i]->on[kind];
}

uint64_t tp_analysis_fields(void)
{
    /* The engine's own: lifetime of flows, gaps. */
    uint64_t fields = TP_BIT(SOCK_COOKIE) | TP_BIT(OLDSTATE) | TP_BIT(NEWSTATE) | TP_BIT(STATE) |
                      TP_BIT(PROTOCOL) | TP_BIT(CPU) | TP_BIT(LOST);
    unsigned i;

    for (i = 0; i < ANALYZERS; i++)
        fields |= analyzers[i]->fields;
    return fields;
}

/* --- flows ---------------------------------------------------------------------------------- */

static void tell(const struct tp_analysis *analysis, const struct tp_flow *flow)
{
    const struct tp_flow_data *data = flow->data;
    unsigned end, i;

    for (end = 0; data && end < 2; end++)
        for (i = 0; data->socket[end] && i < ANALYZERS; i++)
            if (analyzers[i]->tell)
                analyzers[i]->tell(analysis, flow, end);
}

static int finish_flow(struct tp_analysis *analysis, struct tp_flow *flow)
{
    struct tp_flow_data *data = flow->data;
    unsigned end, i;
    int rc = TP_OK;

    flow->timing =
        (uint8_t)tp_gaps_timing(&analysis->gaps, flow->key.timeline, flow->first_ns, flow->last_ns);
    for (end = 0; data && end < 2; end++)
        for (i = 0; data->socket[end] && i < ANALYZERS; i++)
            if (analyzers[i]->finish)
                rc |= analyzers[i]->finish(analysis, flow, end);
    if (data && tp_packets_finish(analysis, flow) < 0)
        rc = TP_ERR_NOMEM;
    tell(analysis, flow);
    return rc < 0 ? TP_ERR_NOMEM : TP_OK;
}

static void free_data(struct tp_analysis *analysis, struct tp_flow *flow)
{
    struct tp_flow_data *data = flow->data;
    struct tp_arena *arena = &analysis->arena;
    struct tp_socket *socket;
    unsigned end;

    if (data) {
        tp_packets_release(analysis, flow);
        tp_ends_free(analysis, flow);
    }
    for (end = 0; data && end < 2; end++) {
        socket = data->socket[end];
        if (!socket)
            continue;
        tp_states_release(&socket->states, &analysis->shape);
        tp_arena_give(arena, socket->mss, sizeof *socket->mss);
        tp_course_free(arena, socket->course);
        tp_kernel_limits_free(arena, socket->limits);
        tp_arena_give(arena, socket, sizeof *socket);
    }
    tp_arena_give(arena, data, sizeof *data);
    flow->data = NULL;
}

static void retire(void *context, struct tp_flow *flow)
{
    struct tp_analysis *analysis = context;

    analysis->flow_count = 0; /* it was in the list */
    if (finish_flow(analysis, flow) < 0)
        analysis->failed_to_retire = true;
    if (analysis->options.flow_end)
        analysis->options.flow_end(analysis->options.context, flow);
    free_data(analysis, flow);
}

static struct tp_socket *socket_of(struct tp_analysis *analysis, struct tp_flow *flow, unsigned end,
                                   const struct tp_record *record)
{
    struct tp_flow_data *data = flow->data;
    struct tp_socket *socket = data->socket[end];
    unsigned i;

    if (socket)
        return socket;
    socket = data->socket[end] = tp_arena_take(&analysis->arena, sizeof *socket);
    if (!socket)
        return NULL;
    socket->side.first_ns = socket->side.last_ns = record->ts_ns;
    for (i = 0; i < ANALYZERS; i++)
        if (analyzers[i]->begin)
            analyzers[i]->begin(flow, socket, end);
    return socket;
}

static struct tp_flow_data *data_of(struct tp_analysis *analysis, struct tp_flow *flow,
                                    const struct tp_timeline *timeline)
{
    const struct tp_analysis_options *options = &analysis->options;
    struct tp_flow_data *data = flow->data;

    if (!data) {
        data = flow->data = tp_arena_take(&analysis->arena, sizeof *data);
        if (!data)
            return NULL;
        data->lost_before = timeline->lost;
        data->lost_markers_before = (uint32_t)timeline->markers;
        data->left_out = options->keep_flow && !options->keep_flow(options->context, flow);
        data->early = tp_eighth_begin(tp_eighth_of(analysis->eighths, flow->hash));
    }
    data->lost = timeline->lost - data->lost_before;
    data->lost_markers = (uint32_t)timeline->markers - data->lost_markers_before;
    return data;
}

/* --- memory --------------------------------------------------------------------------------- */

/* What costs memory are the distributions of long flows. */
static void digest(struct tp_analysis *analysis, struct tp_flow *flow, unsigned end)
{
    struct tp_socket *socket = tp_flow_socket(flow, end);
    struct tp_end *kept = tp_end_of(flow, end);

    tp_packets_digest(kept, &analysis->shape);
    if (kept)
        tp_sampled_digest(&kept->sampled, &analysis->shape);
    if (!socket)
        return;
    if (flow->closed[end]) /* what the last sample weighs is known */
        tp_states_finish(&socket->states, &analysis->shape);
    tp_states_digest(&socket->states, &analysis->shape);
}

static void coarsen(struct tp_analysis *analysis, struct tp_flow *flow, unsigned end)
{
    struct tp_socket *socket = tp_flow_socket(flow, end);
    struct tp_end *kept = tp_end_of(flow, end);

    tp_packets_coarsen(kept, &analysis->shape);
    if (kept)
        tp_sampled_coarsen(&kept->sampled, &analysis->shape);
    if (socket)
        tp_states_coarsen(&socket->states, &analysis->shape);
}

static void each_end(struct tp_analysis *analysis, struct tp_flow *flow,
                     void (*each)(struct tp_analysis *analysis, struct tp_flow *flow, unsigned end))
{
    unsigned end;

    for (; flow; flow = tp_flow_table_older(flow))
        for (end = 0; flow->data && end < 2; end++)
            each(analysis, flow, end);
}

/* Flows that were not met lately keep their usual quantiles only; where that is not enough, values
 * are rounded, then more memory it is. Each time a quarter must have been gained, so that walking
 * over all flows stays a rare thing. */
static int save_memory(struct tp_analysis *analysis)
{
    struct tp_tally_shape *shape = &analysis->shape;
    struct tp_flow *flow = tp_flow_table_newest(analysis->table);
    size_t enough = analysis->shape_limit / 4 * 3;
    unsigned i;

    if (analysis->share.count)
        return tp_share_grant(&analysis->share, &analysis->shape_limit) ? TP_OK : TP_ERR_STOPPED;
    for (i = 0; flow && i < FLOWS_LATELY; i++)
        flow = tp_flow_table_older(flow);
    each_end(analysis, flow, digest);
    while (shape->bytes > enough && shape->keep_bits > TP_DIST_MIN_BITS) {
        shape->keep_bits = shape->keep_bits > KEEP_FIRST ? KEEP_FIRST : shape->keep_bits - 1;
        each_end(analysis, tp_flow_table_newest(analysis->table), coarsen);
    }
    if (shape->bytes > enough)
        analysis->shape_limit += analysis->shape_limit / 2;
    return TP_OK;
}

/* --- the pass ------------------------------------------------------------------------------- */

struct tp_analysis *tp_analysis_new(const struct tp_analysis_options *options,
                                    struct tp_error *error)
{
    struct tp_analysis *analysis;
    size_t max_flows;

    if (options && tp_samples_check_own(options, error) < 0)
        return NULL;
    analysis = calloc(1, sizeof *analysis);
    if (!analysis) {
        tp_error_nomem(error);
        return NULL;
    }
    if (options)
        analysis->options = *options;
    max_flows = analysis->options.max_flows ? analysis->options.max_flows : TP_MAX_FLOWS;
    analysis->table = tp_flow_table_new(max_flows, retire, analysis);
    if (!analysis->table) {
        free(analysis);
        tp_error_nomem(error);
        return NULL;
    }
    analysis->emits = analysis->options.sample || analysis->options.series_bins;
    analysis->series_bins = analysis->options.series_bins > UINT32_MAX
                                ? UINT32_MAX
                                : (uint32_t)analysis->options.series_bins;
    analysis->figures = (uint16_t)tp_tallied_of(~analysis->options.without);
    analysis->sampled = tp_sampled_metrics() & ~analysis->options.without;
    analysis->shape.arena = &analysis->arena;
    analysis->shape.keep_bits = KEEP_ALL;
    analysis->shape_limit = TP_DISTS_BUDGET;
    list_handlers(analysis);
    return analysis;
}

/* Whose samples and marks anybody wants. */
static void set_wanted(struct tp_visit *visit)
{
    const struct tp_analysis_options *options = &visit->analysis->options;
    const struct tp_flow_data *data = visit->flow->data;

    if (!visit->analysis->emits && !options->marks)
        return;
    if (!data->left_out && (!options->keep || options->keep(options->context, visit->record))) {
        visit->marks = options->marks > 0;
        if (options->series_bins)
            visit->kept = options->series_metrics ? options->series_metrics : UINT64_MAX;
    }
    visit->wanted = options->sample ? UINT64_MAX : visit->kept;
}

static int show(struct tp_analysis *analysis, const struct tp_record *record, struct tp_flow *flow,
                unsigned end)
{
    struct tp_visit visit = {.analysis = analysis, .record = record, .flow = flow, .end = end};
    tp_record_fn *const *handler = analysis->handlers[record->kind];
    int rc;

    set_wanted(&visit);
    if (record->kind != TP_KIND_PACKET) { /* which is of no socket */
        visit.socket = socket_of(analysis, flow, end, record);
        if (!visit.socket)
            return TP_ERR_NOMEM;
        visit.side = &visit.socket->side;
        tp_log_note(visit.socket, record->input);
        if (record->ts_ns > visit.side->last_ns)
            visit.side->last_ns = record->ts_ns;
        if (analysis->options.event &&
            analysis->options.event(analysis->options.context, flow, end, record) < 0)
            return TP_ERR_STOPPED;
    }
    for (; *handler; handler++) {
        rc = (*handler)(&visit);
        if (rc < 0)
            return rc;
    }
    return TP_OK;
}

static int say_why(int rc, struct tp_error *error)
{
    return rc == TP_ERR_STOPPED ? tp_error_set(error, rc, "stopped") : tp_error_nomem(error);
}

/* What no connection is named by, and none need be. */
static bool is_of_all(const struct tp_record *record)
{
    return record->kind == TP_KIND_SOCKET_ROUND || record->kind == TP_KIND_COUNTERS;
}

int tp_analysis_add(struct tp_analysis *analysis, const struct tp_record *record,
                    struct tp_error *error)
{
    struct tp_timeline *timeline;
    struct tp_flow *flow;
    unsigned end;
    int rc;

    if (record->kind >= TP_KIND_COUNT)
        return TP_OK;
    analysis->saw[record->kind] = true;
    rc = tp_gaps_add(&analysis->gaps, record, &timeline);
    if (rc < 0)
        return tp_error_nomem(error);
    if (record->kind == TP_KIND_COUNTERS && tp_counted_add(&analysis->counted, record) < 0)
        return tp_error_nomem(error);
    if (record->kind == TP_KIND_SOCKET_ROUND)
        tp_counted_round(&analysis->counted, record);
    if (record->kind == TP_KIND_LOST || is_of_all(record))
        return TP_OK;
    if (analysis->share.count) {
        if (tp_share_see(&analysis->share, record) < 0)
            return tp_error_set(error, TP_ERR_STOPPED, "stopped");
        if (tp_share_is_foreign(&analysis->share, record))
            return TP_OK;
        tp_flow_table_number(analysis->table, analysis->share.seen);
    }
    rc = tp_flow_table_find(analysis->table, record, &flow, &end, error);
    if (rc < 0)
        return rc;
    if (!flow) {
        analysis->unattributed++;
        analysis->astray += tp_flow_is_astray(record);
        return TP_OK;
    }
    if (!data_of(analysis, flow, timeline))
        return tp_error_nomem(error);
    rc = show(analysis, record, flow, end);
    if (rc < 0)
        return say_why(rc, error);
    if (analysis->shape.bytes > analysis->shape_limit && save_memory(analysis) < 0)
        return tp_error_set(error, TP_ERR_STOPPED, "stopped");
    return analysis->failed_to_retire ? tp_error_nomem(error) : TP_OK;
}

/* By id. */
static int list_flows(struct tp_analysis *analysis, struct tp_error *error)
{
    if (analysis->joined)
        return TP_OK;
    free(analysis->flows);
    analysis->flow_count = 0;
    analysis->flows = tp_flow_table_list(analysis->table);
    if (!analysis->flows && tp_flow_table_count(analysis->table))
        return tp_error_nomem(error);
    analysis->flow_count = tp_flow_table_count(analysis->table);
    return TP_OK;
}

int tp_analysis_settle(struct tp_analysis *analysis, struct tp_error *error)
{
    const struct tp_flow *flow;

    if (list_flows(analysis, error) < 0)
        return TP_ERR_NOMEM;
    if (analysis->finished)
        return TP_OK;
    for (flow = tp_flow_table_newest(analysis->table); flow; flow = tp_flow_table_older(flow))
        tell(analysis, flow);
    return TP_OK;
}

int tp_analysis_finish(struct tp_analysis *analysis, struct tp_error *error)
{
    const struct tp_flow *const *flows;
    size_t i;

    if (analysis->finished)
        return TP_OK;
    if (list_flows(analysis, error) < 0)
        return TP_ERR_NOMEM;
    analysis->finished = true;
    flows = tp_analysis_flows(analysis, &i);
    for (i = 0; i < analysis->flow_count; i++) {
        tp_flows_expect(flows, analysis->flow_count, i);
        if (finish_flow(analysis, analysis->flows[i]) < 0)
            return tp_error_nomem(error);
    }
    return TP_OK;
}

void tp_analysis_free(struct tp_analysis *analysis)
{
    struct tp_flow *flow;
    unsigned i;

    if (!analysis)
        return;
    tp_shares_release(analysis);
    for (flow = tp_flow_table_newest(analysis->table); flow; flow = tp_flow_table_older(flow))
        free_data(analysis, flow);
    for (i = 0; i < TP_EIGHTHS; i++)
        tp_wires_free(analysis->eighths[i].wires);
    tp_flow_table_free(analysis->table);
    tp_arena_release(&analysis->arena);
    tp_gaps_release(&analysis->gaps);
    tp_counted_release(&analysis->counted);
    free(analysis->ends);
    free(analysis->flows);
    free(analysis);
}
