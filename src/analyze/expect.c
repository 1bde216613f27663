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

#define TALLY(NAME) (1u << TP_TALLIED_##NAME)
#define STATES      (TALLY(INFLIGHT) | TALLY(PIPE) | TALLY(RWND) | TALLY(SRTT))

/* To which tallies a packet mostly adds: without and with data, of who receives it and of who sent
 * it. Data acknowledge seldom what was not acknowledged. */
static const uint16_t usual[2][2] = {
    {STATES | TALLY(RTT_ACK) | TALLY(RTT_TS) | TALLY(BURST), TALLY(GAP)},
    {STATES, STATES | TALLY(SEGMENT) | TALLY(GAP)},
};

static unsigned tallies_of(const struct tp_record *record, const struct tp_packets *packets,
                           unsigned end)
{
    bool data = TP_HAS(record, PAYLOAD) && record->payload;

    if (!packets || record->kind != TP_KIND_PACKET)
        return 0;
    return packets->tallied & usual[data][end == record->local];
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

/* What is kept of the packets of each end, or NULL. */
typedef struct tp_packets *both_packets[2];

static void fetch_packets(const struct tp_flow *flow, both_packets packets)
{
    const struct tp_flow_data *data = data_of(flow);
    unsigned end;

    packets[0] = packets[1] = NULL;
    for (end = 0; data && data->ends && end < 2; end++) {
        packets[end] = data->ends[end].packets;
        if (!packets[end])
            continue;
        prefetch(packets[end], CHANGED_BYTES);
        prefetch(&packets[end]->limits.trains, offsetof(struct tp_trains, by_rate));
    }
}

/* The flows themselves are there. */
static void fetch_flows(const struct tp_flow *const *flows, size_t count, both_packets *packets)
{
    size_t i;

    for (i = 0; i < count; i++)
        prefetch(data_of(flows[i]), sizeof(struct tp_flow_data));
    for (i = 0; i < count; i++)
        if (data_of(flows[i]))
            fetch_data(data_of(flows[i]));
    for (i = 0; i < count; i++)
        fetch_packets(flows[i], packets[i]);
    fetch_connections(flows, count);
}

void tp_flows_expect(const struct tp_flow *const *flows, size_t count, size_t next)
{
    both_packets packets[TP_EXPECT_MAX];
    size_t i, ahead = count - next;

    if (count < FLOWS_FEW || next % TP_EXPECT_MAX)
        return;
    ahead = ahead < TP_EXPECT_MAX ? ahead : TP_EXPECT_MAX;
    for (i = 0; i < ahead; i++)
        prefetch(flows[next + i], sizeof *flows[next + i]);
    fetch_flows(flows + next, ahead, packets);
}

/* Tallies, and then where the last value of each will be added when the next one comes. */
static void fetch_tallies(const struct tp_record *const *records, size_t count,
                          const both_packets *packets)
{
    const struct tp_tally *tallies[TP_EXPECT_MAX * 2 * TP_TALLIED];
    size_t i, k, found = 0;
    unsigned end, left;

    for (i = 0; i < count; i++)
        for (end = 0; end < 2; end++) {
            left = tallies_of(records[i], packets[i][end], end);
            for (; left; left &= left - 1) {
                tallies[found] = &packets[i][end]->tallies[__builtin_ctz(left)];
                prefetch_line(tallies[found++]);
            }
        }
    for (k = 0; k < found; k++)
        tp_dist_fetch(&tallies[k]->dist);
}

/* Also where flows are few: those that were seen lately are many. */
static void expect_likes(const struct tp_analysis *analysis, const struct tp_record *const *records,
                         size_t count)
{
    const struct tp_wires *wires;
    size_t i;

    for (i = 0; i < count; i++) {
        wires = analysis->eighths[tp_eighth_number(records[i]->hash)].wires;
        if (wires && records[i]->kind == TP_KIND_PACKET)
            tp_wires_expect(wires, records[i]);
    }
}

size_t tp_analysis_expect(const struct tp_analysis *analysis,
                          const struct tp_record *const *records, size_t count)
{
    const struct tp_record *own[TP_EXPECT_MAX];
    const struct tp_flow *flows[TP_EXPECT_MAX];
    both_packets packets[TP_EXPECT_MAX];
    size_t seen, owned = 0;

    for (seen = 0; seen < count && owned < TP_EXPECT_MAX; seen++)
        if (!tp_share_is_foreign(&analysis->share, records[seen]))
            own[owned++] = records[seen];
    expect_likes(analysis, own, owned);
    if (!owned || tp_flow_table_count(analysis->table) < FLOWS_FEW)
        return seen;
    tp_flow_table_expect(analysis->table, own, owned, flows);
    fetch_flows(flows, owned, packets);
    fetch_tallies(own, owned, (const both_packets *)packets);
    return seen;
}
