/* account.c: what can be counted of a packet without understanding it. */
#include "wire/direction.h"

/* Some segments are larger than the MSS less the options that every packet has: by the options that
 * this one has not. */
#define OPTIONS_MAX 40

static void count_flag(uint8_t *counter, bool set)
{
    if (set && *counter < UINT8_MAX)
        ++*counter;
}

static void note_ttl(struct tp_wire *wire, uint8_t ttl)
{
    if (ttl && (!wire->ttl_min || ttl < wire->ttl_min))
        wire->ttl_min = ttl;
    if (ttl > wire->ttl_max)
        wire->ttl_max = ttl;
}

static void note_time(struct step *step)
{
    struct tp_wire *wire = &step->own->wire;

    if (!wire->packets) {
        wire->first_ns = wire->last_ns = step->now_ns;
        return;
    }
    if (step->now_ns - wire->last_ns > wire->idle_max_ns)
        wire->idle_max_ns = step->now_ns - wire->last_ns;
    if (step->now_ns > wire->last_ns)
        wire->last_ns = step->now_ns;
}

void account_packet(struct step *step)
{
    const struct tp_record *packet = step->packet;
    struct tp_wire *wire = &step->own->wire;
    const unsigned marks = TP_TCP_SYN | TP_TCP_FIN | TP_TCP_RST;

    note_time(step);
    wire->packets++;
    wire->wire_bytes += TP_HAS(packet, WIRE_LEN) ? packet->wire_len : 0;
    if (TP_HAS(packet, TTL))
        note_ttl(wire, packet->ttl);
    if (has_flag(step, TP_TCP_ACK)) {
        wire->acks++;
        wire->pure_acks += !step->payload && !has_flag(step, marks);
    }
    if (has_flag(step, marks)) {
        count_flag(&wire->syns, has_flag(step, TP_TCP_SYN));
        count_flag(&wire->fins, has_flag(step, TP_TCP_FIN));
        count_flag(&wire->resets, has_flag(step, TP_TCP_RST));
    }
}

static void note_segments(struct step *step)
{
    struct direction *own = step->own;
    uint32_t mss = own->wire.mss;

    step->meaning->segs =
        mss && step->payload > mss + OPTIONS_MAX ? (step->payload + mss - 1) / mss : 1;
    own->wire.data_segs += step->meaning->segs;
    if (step->meaning->segs > 1) {
        FOUND(step, OFFLOAD);
        TROUBLE_ADD(own, offloaded, 1);
    }
}

void account_data(struct step *step)
{
    const struct tp_record *packet = step->packet;
    struct tp_wire *wire = &step->own->wire;

    if (!wire->data_packets++) {
        wire->data_first_ns = wire->data_last_ns = step->now_ns;
        wire->segment_min_bytes = step->payload;
    }
    if (step->now_ns > wire->data_last_ns)
        wire->data_last_ns = step->now_ns;
    wire->payload_bytes += step->payload;
    if (step->payload < wire->segment_min_bytes)
        wire->segment_min_bytes = step->payload;
    if (step->payload > wire->segment_max_bytes)
        wire->segment_max_bytes = step->payload;
    wire->pushes += has_flag(step, TP_TCP_PSH);
    if (TP_HAS(packet, CAPTURED) && packet->captured < step->payload) {
        wire->truncated_packets++;
        wire->truncated_bytes += step->payload - packet->captured;
    }
    if (has_flag(step, TP_TCP_URG)) {
        TROUBLE_ADD(step->own, urgent_packets, 1);
        TROUBLE_ADD(step->own, urgent_bytes, TP_HAS(packet, URG_PTR) ? packet->urg_ptr : 0);
    }
    note_segments(step);
}
