/* expect.c: what is known of flows whose records come soon, fetched into the cache side by side.
 *
 * What a record touches hangs on chains of pointers: flow, data, connection and ends, directions
 * and packets, tallies and their cells. Of many flows at once none of it is in the cache, and one
 * record after another would wait for each link. Where there are few, all of it is there.
 */
#include "analyze/packets.h"
#include "base/prefetch.h"

#define FLOWS_FEW 256

static const struct tp_flow_data *data_of(const struct tp_flow *flow)
{
    return flow ? flow->data : NULL;
}

static struct tp_packets *packets_of(const struct tp_flow *flow, unsigned end)
{
    const struct tp_flow_data *data = data_of(flow);

    return data && data->ends ? data->ends[end].packets : NULL;
}

#define TALLY(NAME) (1u << TP_TALLIED_##NAME)
#define STATES      (TALLY(INFLIGHT) | TALLY(PIPE) | TALLY(RWND) | TALLY(SRTT))

/* Of the sender of a packet with data, or of one without. */
#define OF_DATA (STATES | TALLY(SEGMENT) | TALLY(GAP))
#define OF_ACK  TALLY(GAP)
/* Of who receives it: data acknowledge seldom what was not acknowledged. */
#define BY_DATA STATES
#define BY_ACK  (STATES | TALLY(RTT_ACK) | TALLY(RTT_TS) | TALLY(BURST))

/* To what the packet will mostly add. */
static unsigned tallies_of(const struct tp_record *packet, const struct tp_packets *packets,
                           unsigned end)
{
    bool data = TP_HAS(packet, PAYLOAD) && packet->payload;

    if (!packets || packet->kind != TP_KIND_PACKET)
        return 0;
    if (end == packet->local)
        return packets->tallied & (data ? OF_DATA : OF_ACK);
    return packets->tallied & (data ? BY_DATA : BY_ACK);
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

/* What packets change of it; the rest is touched once a round trip. */
#define CHANGED_BYTES                                                                              \
    (offsetof(struct tp_packets, limits.limiter.ledger) + sizeof(int64_t)) /* undecided_ns */

static void fetch_packets(const struct tp_flow *flow)
{
    const struct tp_packets *packets;
    unsigned end;

    for (end = 0; end < 2; end++) {
        packets = packets_of(flow, end);
        if (!packets)
            continue;
        prefetch(packets, CHANGED_BYTES);
        prefetch(&packets->limits.trains, offsetof(struct tp_trains, by_rate));
    }
}

/* The flows themselves are there. */
static void fetch_flows(const struct tp_flow *const *flows, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        prefetch(data_of(flows[i]), sizeof(struct tp_flow_data));
    for (i = 0; i < count; i++)
        if (data_of(flows[i]))
            fetch_data(data_of(flows[i]));
    for (i = 0; i < count; i++)
        fetch_packets(flows[i]);
    fetch_connections(flows, count);
}

void tp_flows_expect(const struct tp_flow *const *flows, size_t count, size_t next)
{
    size_t i, ahead = count - next;

    if (count < FLOWS_FEW || next % TP_EXPECT_MAX)
        return;
    ahead = ahead < TP_EXPECT_MAX ? ahead : TP_EXPECT_MAX;
    for (i = 0; i < ahead; i++)
        prefetch(flows[next + i], sizeof *flows[next + i]);
    fetch_flows(flows + next, ahead);
}

/* Tallies, or where the last value of each will be added when the next one comes. */
static void each_tally(const struct tp_record *record, const struct tp_flow *flow,
                       void (*each)(const struct tp_tally *tally))
{
    const struct tp_packets *packets;
    unsigned end, left;

    for (end = 0; end < 2; end++) {
        packets = packets_of(flow, end);
        for (left = tallies_of(record, packets, end); left; left &= left - 1)
            each(&packets->tallies[__builtin_ctz(left)]);
    }
}

static void fetch_tally(const struct tp_tally *tally)
{
    prefetch_line(tally);
}

static void fetch_cell(const struct tp_tally *tally)
{
    tp_dist_fetch(&tally->dist);
}

/* Also where flows are few: those that were seen lately are many. */
static void expect_likes(const struct tp_analysis *analysis, const struct tp_record *const *records,
                         size_t count)
{
    const struct tp_wires *wires;
    size_t i;

    for (i = 0; i < count; i++) {
        wires = analysis->eighths[tp_eighth_number(records[i]->hash)].wires;
        if (wires && records[i]->kind == TP_KIND_PACKET &&
            !tp_share_is_foreign(&analysis->share, records[i]))
            tp_wires_expect(wires, records[i]);
    }
}

size_t tp_analysis_expect(const struct tp_analysis *analysis,
                          const struct tp_record *const *records, size_t count)
{
    const struct tp_flow *flows[TP_EXPECT_MAX];
    size_t i;

    count = count < TP_EXPECT_MAX ? count : TP_EXPECT_MAX;
    expect_likes(analysis, records, count);
    if (!count || tp_flow_table_count(analysis->table) < FLOWS_FEW)
        return count;
    tp_flow_table_expect(analysis->table, records, count, flows);
    fetch_flows(flows, count);
    for (i = 0; i < count; i++)
        each_tally(records[i], flows[i], fetch_tally);
    for (i = 0; i < count; i++)
        each_tally(records[i], flows[i], fetch_cell);
    return count;
}
