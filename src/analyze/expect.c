/* expect.c: what is known of flows whose records come soon, fetched into the cache side by side.
 *
 * What a record touches hangs on chains of pointers: flow, data, connection and ends, directions and
 * packets, tallies and their cells. Of many flows at once none of it is in the cache, and one
 * record after another would wait for each link. Where there are few, all of it is there.
 */
#include "analyze/packets.h"
#include "base/prefetch.h"

#define FLOWS_FEW 256

static const struct tp_flow_data *data_of(const struct tp_flow *flow)
{
    return flow ? flow->data : NULL;
}

static const struct tp_packets *packets_of(const struct tp_flow *flow, unsigned end)
{
    const struct tp_flow_data *data = data_of(flow);

    return data && data->ends ? data->ends[end].packets : NULL;
}

static const struct tp_tally *tally_of(const struct tp_flow *flow, unsigned end, unsigned figure)
{
    const struct tp_packets *packets = packets_of(flow, end);

    return packets ? packets->figures[figure] : NULL;
}

static void fetch_data(const struct tp_flow_data *data)
{
    unsigned end;

    for (end = 0; end < 2; end++) {
        if (data->socket[end])
            prefetch(data->socket[end], sizeof *data->socket[end]);
        if (data->ends)
            prefetch(&data->ends[end].packets, sizeof data->ends[end].packets);
    }
}

static void fetch_connections(const struct tp_flow *const *flows, size_t count)
{
    const struct tp_connection *connections[TP_EXPECT_MAX];
    size_t i;

    for (i = 0; i < count; i++)
        connections[i] = data_of(flows[i]) ? data_of(flows[i])->connection : NULL;
    tp_connections_expect(connections, count);
}

static void fetch_tallies(const struct tp_flow *flow)
{
    const struct tp_tally *tally;
    unsigned end, figure;

    for (end = 0; end < 2; end++)
        for (figure = 0; figure < TP_TALLIED; figure++)
            if ((tally = tally_of(flow, end, figure)) != NULL)
                prefetch(tally, sizeof *tally);
}

/* Where the last value of each will be added when the next one comes. */
static void fetch_cells(const struct tp_flow *flow)
{
    const struct tp_tally *tally;
    unsigned end, figure;

    for (end = 0; end < 2; end++)
        for (figure = 0; figure < TP_TALLIED; figure++)
            if ((tally = tally_of(flow, end, figure)) != NULL)
                tp_dist_expect(&tally->dist, tally->last);
}

size_t tp_analysis_expect(const struct tp_analysis *analysis, const struct tp_record *const *records,
                          size_t count)
{
    const struct tp_flow *flows[TP_EXPECT_MAX];
    size_t i;
    unsigned end;

    count = count < TP_EXPECT_MAX ? count : TP_EXPECT_MAX;
    if (!count || tp_flow_table_count(analysis->table) < FLOWS_FEW)
        return count;
    tp_flow_table_expect(analysis->table, records, count, flows);
    for (i = 0; i < count; i++)
        prefetch(data_of(flows[i]), sizeof(struct tp_flow_data));
    for (i = 0; i < count; i++)
        if (data_of(flows[i]))
            fetch_data(data_of(flows[i]));
    for (i = 0; i < count; i++)
        for (end = 0; end < 2; end++)
            prefetch(packets_of(flows[i], end), sizeof(struct tp_packets));
    fetch_connections(flows, count);
    for (i = 0; i < count; i++)
        fetch_tallies(flows[i]);
    for (i = 0; i < count; i++)
        fetch_cells(flows[i]);
    return count;
}
