/* wire_marks.c: from meanings to the marks of a time-sequence graph. */
#include "analyze/packets.h"

/* ECN field of the IP header: congestion experienced (RFC 3168). */
#define ECN_CE 3

static int add(struct tp_sight *sight, unsigned of, enum tp_wire_mark_kind kind, uint64_t begin,
               uint64_t end, uint8_t detail)
{
    struct tp_analysis *analysis = sight->visit->analysis;
    struct tp_end *kept = tp_end_make(analysis, sight->visit->flow, of);
    const struct tp_wire_mark mark = {sight->now_ns, begin, end, (uint8_t)kind, detail};
    uint32_t allocated;

    if (!kept)
        return TP_ERR_NOMEM;
    allocated = kept->marks.allocated;
    if (tp_wire_marks_add(&kept->marks, &mark) < 0)
        return TP_ERR_NOMEM;
    analysis->marks_bytes += (kept->marks.allocated - allocated) * sizeof mark;
    return TP_OK;
}

/* The most telling thing that a packet with payload is. */
static enum tp_wire_mark_kind kind_of(const struct tp_meaning *meaning)
{
    static const struct {
        uint64_t finding;
        enum tp_wire_mark_kind kind;
    } kinds[] = {
#define ROW(FINDING, KIND) {UINT64_C(1) << TP_FINDING_##FINDING, TP_WIRE_##KIND}
        ROW(COPY, COPY),           ROW(WINDOW_PROBE, PROBE), ROW(RETRANSMISSION, RETRANSMIT),
        ROW(PARTIAL, RETRANSMIT),  ROW(REPAIR, REPAIR),      ROW(REORDERED, REORDERED),
        ROW(AMBIGUOUS, REORDERED),
#undef ROW
    };
    unsigned i;

    for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (meaning->findings & kinds[i].finding)
            return kinds[i].kind;
    return TP_WIRE_DATA;
}

/* With Accurate ECN the flag is a bit of a counter. */
static bool counts_ce(const struct tp_sight *sight)
{
    const struct tp_connection *connection = tp_flow_connection(sight->visit->flow);

    return tp_connection_handshake(connection)->accecn == TP_ACCECN_ON;
}

static int mark_sent(struct tp_sight *sight)
{
    const struct tp_meaning *meaning = sight->meaning;
    const struct tp_record *packet = sight->packet;
    uint64_t begin = meaning->seq, end = begin + packet->payload;
    unsigned of = meaning->end;
    int rc = TP_OK;

    if ((packet->payload > 0 && !TP_FOUND(meaning, KEEP_ALIVE)) || TP_FOUND(meaning, WINDOW_PROBE))
        rc |= add(sight, of, kind_of(meaning), begin, end, meaning->cause);
    if (TP_FOUND(meaning, COPY))
        return rc;
    if (packet->payload > 0 && TP_HAS(packet, TOS) && (packet->tos & 3) == ECN_CE)
        rc |= add(sight, of, TP_WIRE_CE, begin, end, 0);
    if ((packet->flags & TP_TCP_CWR) && !(packet->flags & TP_TCP_SYN) && !counts_ce(sight))
        rc |= add(sight, of, TP_WIRE_CWR, begin, end, 0);
    if (packet->flags & TP_TCP_SYN)
        rc |= add(sight, of, TP_WIRE_SYN, begin, begin + 1, 0);
    if (packet->flags & TP_TCP_FIN)
        rc |= add(sight, of, TP_WIRE_FIN, end, end + 1, 0);
    if (packet->flags & TP_TCP_RST)
        rc |= add(sight, of, TP_WIRE_RST, begin, begin, 0);
    return rc;
}

/* The first block holds what came last (RFC 2018, 4); a D-SACK stands before it. */
static int mark_sack(struct tp_sight *sight, unsigned of)
{
    const struct tp_record *packet = sight->packet;
    unsigned i = TP_FOUND(sight->meaning, DSACK) ? 1 : 0;
    int64_t begin, end;

    if (!TP_HAS(packet, SACK) || packet->sack.count <= i)
        return TP_OK;
    begin = (int64_t)sight->meaning->ack + (int32_t)(packet->sack.edge[i][0] - packet->ack);
    end = begin + (int32_t)(packet->sack.edge[i][1] - packet->sack.edge[i][0]);
    return begin >= 0 && end > begin
               ? add(sight, of, TP_WIRE_SACK, (uint64_t)begin, (uint64_t)end, 0)
               : TP_OK;
}

static int mark_ack(struct tp_sight *sight)
{
    const struct tp_meaning *meaning = sight->meaning;
    unsigned of = 1 - meaning->end;
    uint64_t edge = meaning->has_window ? meaning->ack + meaning->window_bytes : meaning->ack;
    int rc = add(sight, of, TP_WIRE_ACK, meaning->ack, edge, 0);

    if (TP_FOUND(meaning, SACK))
        rc |= mark_sack(sight, of);
    if (TP_FOUND(meaning, TRIPLE_DUP_ACK))
        rc |= add(sight, of, TP_WIRE_TRIPLE, meaning->ack, meaning->ack, 0);
    else if (TP_FOUND(meaning, DUP_ACK))
        rc |= add(sight, of, TP_WIRE_DUP_ACK, meaning->ack, meaning->ack, 0);
    if (TP_FOUND(meaning, ZERO_WINDOW))
        rc |= add(sight, of, TP_WIRE_ZERO, meaning->ack, meaning->ack, 0);
    if (TP_FOUND(meaning, SPURIOUS_PROOF))
        rc |= add(sight, of, TP_WIRE_SPURIOUS, meaning->proof_begin, meaning->proof_end,
                  meaning->evidence);
    return rc;
}

/* Half the marks of each direction go, until a quarter of the room is free. */
static void make_room(struct tp_analysis *analysis)
{
    struct tp_flow *flow;
    struct tp_end *end;
    unsigned i;

    while (analysis->marks_bytes > TP_MARKS_BUDGET / 4 * 3 && analysis->options.marks > 1) {
        analysis->options.marks /= 2;
        analysis->marks_bytes = 0;
        for (flow = tp_flow_table_newest(analysis->table); flow; flow = tp_flow_table_older(flow))
            for (i = 0; i < 2; i++) {
                end = tp_end_of(flow, i);
                if (!end)
                    continue;
                tp_wire_marks_shrink(&end->marks, (uint32_t)analysis->options.marks);
                analysis->marks_bytes += end->marks.allocated * sizeof *end->marks.list;
            }
    }
}

int tp_wire_marks_note(struct tp_sight *sight)
{
    int rc = mark_sent(sight);

    if (sight->meaning->has_ack && !TP_FOUND(sight->meaning, COPY))
        rc |= mark_ack(sight);
    if (sight->visit->analysis->marks_bytes > TP_MARKS_BUDGET)
        make_room(sight->visit->analysis);
    return rc < 0 ? TP_ERR_NOMEM : TP_OK;
}
