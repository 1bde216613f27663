/* fuzz_wire.c: whatever packets come, the follower keeps its books straight and its memory bounded,
 * and ordinary packets leave behind what the long way leaves.
 */
#include <stdlib.h>

#include "wire/direction.h"

#include "../unit/wire_ways.h"
#include "fuzz.h"

/* The first byte is the budget for segments; then come packets of 12 bytes, whose numbers are small
 * multiples, so that they meet. */
#define PACKET_BYTES 12

struct world {
    struct tp_connection *connection, *long_way;
    int64_t now_ns;
    uint64_t frame, packets[2];
};

#define must(condition) ((condition) ? (void)0 : abort())

/* Mostly near the beginning, in steps of 100; with the high bit anywhere. */
static uint32_t number(const uint8_t *bytes)
{
    uint32_t value = (uint32_t)bytes[0] << 8 | bytes[1];

    if ((value & 0xc000) == 0xc000)
        return value << 17;
    return UINT32_MAX - 1000 + (value & 0x3f) * 100 + (value >> 6 & 3);
}

static void add_sack(struct tp_record *packet, const uint8_t *bytes)
{
    uint32_t i;

    packet->have |= TP_BIT(SACK);
    packet->sack.count = 1 + (bytes[0] >> 6);
    for (i = 0; i < packet->sack.count; i++) {
        packet->sack.edge[i][0] = packet->ack + (uint32_t)(int8_t)(bytes[0] << 2 | i) * 50;
        packet->sack.edge[i][1] = packet->sack.edge[i][0] + (bytes[1] >> (2 * i) & 15) * 100;
    }
}

static struct tp_record packet_of(struct world *world, const uint8_t *bytes)
{
    struct tp_record packet = {.kind = TP_KIND_PACKET, .local = bytes[0] & 1};

    world->now_ns += (int64_t)(int8_t)bytes[1] * bytes[1] * 100000;
    packet.ts_ns = world->now_ns;
    packet.have = TP_BIT(SEQ) | TP_BIT(FLAGS) | TP_BIT(WINDOW) | TP_BIT(FRAME) | TP_BIT(PAYLOAD) |
                  TP_BIT(CAPTURED) | TP_BIT(OPTIONS) | TP_BIT(TTL) | TP_BIT(TOS) | TP_BIT(IP_ID);
    packet.flags = bytes[0] >> 1 & 0x2f;
    packet.flags |= bytes[0] & 0x80 ? 0 : TP_TCP_ACK;
    packet.frame = ++world->frame;
    packet.seq = number(bytes + 2);
    packet.payload = bytes[4] & 0x80 ? (bytes[4] & 0x7fU) * 100 : bytes[4] >> 5;
    packet.captured = bytes[4];
    packet.window = bytes[5] & 1 ? bytes[5] : 0;
    packet.ttl = bytes[8] & 1 ? 64 : 0;
    packet.tos = bytes[8] >> 6;
    packet.ip_id = bytes[9] & 3;
    if (packet.flags & TP_TCP_ACK) {
        packet.have |= TP_BIT(ACK);
        packet.ack = number(bytes + 6);
        if (bytes[8] & 2)
            add_sack(&packet, bytes + 10);
    }
    if (bytes[8] & 4) {
        packet.have |= TP_BIT(TSVAL) | TP_BIT(TSECR);
        packet.tsval = bytes[9];
        packet.tsecr = bytes[10];
        packet.options |= TP_OPTION_TS;
    }
    if (packet.flags & TP_TCP_SYN && bytes[8] & 8) {
        packet.have |= TP_BIT(MSS) | TP_BIT(WSCALE);
        packet.mss = (uint16_t)(bytes[10] << 4);
        packet.wscale = bytes[11];
        packet.options |= TP_OPTION_MSS | TP_OPTION_WSCALE | TP_OPTION_SACK_OK;
    }
    if (bytes[8] & 16)
        packet.flags |= (uint16_t)((bytes[11] & 7) << 6); /* ECE, CWR, AE */
    if (bytes[8] & 32) {
        packet.have |= TP_BIT(IFACE);
        packet.iface = bytes[11] >> 3 & 3;
        packet.options |= bytes[11] & 32 ? TP_OPTION_ACCECN : TP_OPTION_MPTCP_SIGNAL;
    }
    return packet;
}

static void check_trouble(const struct tp_wire *wire)
{
    const struct tp_wire_trouble *trouble = wire->trouble;
    uint64_t causes = 0, proofs = 0;
    int i;

    for (i = 0; i < TP_CAUSE_COUNT; i++)
        causes += trouble->by_cause[i];
    for (i = 0; i < TP_EVIDENCE_COUNT; i++)
        proofs += trouble->spurious_by[i];
    must(causes == trouble->retransmitted_segs);
    must(proofs >= trouble->spurious_segs);
    must(trouble->spurious_segs <= trouble->retransmitted_segs);
    must(trouble->retransmissions <= wire->data_packets);
    must(trouble->timeouts <= trouble->recoveries);
    must(trouble->recovery_ns >= 0);
    must(wire->unique_bytes + trouble->retransmitted_bytes + trouble->window_probe_bytes +
             trouble->keep_alive_bytes ==
         wire->payload_bytes);
}

static void check_board(struct direction *dir)
{
    struct trouble *trouble = trouble_if(dir);
    uint64_t sacked, lost, end = dir->una;
    uint32_t i;

    must(dir->una <= dir->max);
    for (i = 0; i < flight_count(dir->flight); i++) {
        const struct segment *segment = flight_at(dir->flight, i);

        must(segment->start < segment->end && segment->end <= dir->max);
        must(i == 0 || segment->start >= end);
        end = segment->end;
    }
    for (i = 0; trouble && trouble->holes && i < trouble->holes->count; i++) {
        const struct hole *hole = &trouble->holes->list[i];

        must(hole->start < hole->end && hole->end <= dir->max);
        must(i == 0 || hole[-1].end <= hole->start);
    }
    if (!trouble || !dir->flight)
        return;
    sacked = trouble->sacked_bytes;
    lost = trouble->lost_bytes;
    sack_recount(dir);
    must(sacked == trouble->sacked_bytes && lost == trouble->lost_bytes);
}

static void check_verdict(const struct tp_record *packet, const struct tp_meaning *meaning)
{
    unsigned i;

    must(meaning->new_bytes + meaning->again_bytes <= packet->payload);
    must(meaning->again_segs <= meaning->segs);
    must(meaning->cause < TP_CAUSE_COUNT && meaning->evidence < TP_EVIDENCE_COUNT);
    must(meaning->rtt_count <= TP_RTT_SAMPLES_MAX);
    for (i = 0; i < meaning->rtt_count; i++)
        must(meaning->rtt[i].rtt_ns > 0 && meaning->rtt[i].source < TP_RTT_SOURCES);
    for (i = 0; i < 2; i++) {
        must(meaning->flight[i].pipe_bytes <= meaning->flight[i].outstanding_bytes);
        must(meaning->flight[i].sacked_bytes <= meaning->flight[i].outstanding_bytes);
        must(meaning->flight[i].una <= meaning->flight[i].max);
    }
}

static void check(struct world *world)
{
    unsigned end;

    for (end = 0; end < 2; end++) {
        const struct tp_wire *wire = tp_connection_wire(world->connection, end);

        if (!wire)
            continue;
        must(wire->packets + (wire->trouble ? wire->trouble->copies : 0) == world->packets[end]);
        must(wire->trouble || wire->unique_bytes == wire->payload_bytes);
        must(wire->data_packets <= wire->packets && wire->data_segs >= wire->data_packets);
        if (wire->trouble)
            check_trouble(wire);
        check_board(world->connection->dir[end]);
    }
}

static struct tp_wires *wires_of(uint8_t budget, bool long_way)
{
    const struct tp_wires_options options = {.segment_budget = 1 + (size_t)budget * 64};
    struct tp_wires *wires = tp_wires_new(&options, NULL);

    must(wires != NULL);
    wires->long_way = long_way;
    return wires;
}

static void add(struct world *world, const struct tp_record *packet)
{
    struct tp_meaning meaning[2];
    unsigned end = packet->local;

    memset(meaning, 0, sizeof meaning);
    world->packets[end]++;
    must(tp_connection_add(world->connection, packet, end, &meaning[0]) == 0);
    must(tp_connection_add(world->long_way, packet, end, &meaning[1]) == 0);
    must(!ways_differ(world->connection, world->long_way, &meaning[0], &meaning[1]));
    check_verdict(packet, &meaning[0]);
    check(world);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world world = {0};
    struct tp_wires *wires, *long_way;
    struct tp_record packet;

    if (size < 1)
        return 0;
    wires = wires_of(data[0], false);
    long_way = wires_of(data[0], true);
    world.connection = tp_connection_new(wires);
    world.long_way = tp_connection_new(long_way);
    must(world.connection && world.long_way);
    for (data++, size--; size >= PACKET_BYTES; data += PACKET_BYTES, size -= PACKET_BYTES) {
        packet = packet_of(&world, data);
        add(&world, &packet);
    }
    must(tp_connection_bytes(world.connection) < 200000);
    tp_connection_free(world.connection);
    tp_connection_free(world.long_way);
    tp_wires_free(wires);
    tp_wires_free(long_way);
    return 0;
}
