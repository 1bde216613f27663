/* packet_maker.h: packets as a capture at the sender would hold them. */
#ifndef TCPPROBE_TESTS_PACKET_MAKER_H
#define TCPPROBE_TESTS_PACKET_MAKER_H

#include "picture_maker.h"

#define PACKET_MSS  1000
#define PACKET_RTT  (40 * MS)
#define PACKET_ISN  UINT32_C(4294960000) /* wraps after 7296 bytes */
#define PACKET_BACK UINT32_C(77)         /* initial number of the other direction */

/* A packet that 10.0.0.HOST:PORT sends to 10.0.0.PEER:PEER_PORT. */
static inline struct tp_record make_packet(int64_t ts_ns, uint8_t host, uint16_t port, uint8_t peer,
                                           uint16_t peer_port, uint16_t flags, uint32_t seq,
                                           uint32_t ack, uint32_t payload)
{
    struct tp_record record = make(TP_KIND_PACKET, ts_ns, host, port, peer, peer_port);

    record.have |= TP_BIT(SEQ) | TP_BIT(PAYLOAD) | TP_BIT(CAPTURED) | TP_BIT(WIRE_LEN) |
                   TP_BIT(FLAGS) | TP_BIT(WINDOW) | TP_BIT(OPTIONS) | TP_BIT(ODDITIES) |
                   TP_BIT(FRAME);
    record.seq = seq;
    record.flags = flags;
    record.payload = record.captured = payload;
    record.wire_len = payload + 66;
    record.window = 500;
    if (flags & TP_TCP_ACK) {
        record.have |= TP_BIT(ACK);
        record.ack = ack;
    }
    if (flags & TP_TCP_SYN) {
        record.have |= TP_BIT(MSS) | TP_BIT(WSCALE);
        record.options = TP_OPTION_MSS | TP_OPTION_WSCALE | TP_OPTION_SACK_OK;
        record.mss = PACKET_MSS;
        record.wscale = 7;
    }
    return record;
}

static inline struct tp_record with_sack(struct tp_record record, uint32_t begin, uint32_t end)
{
    record.have |= TP_BIT(SACK);
    record.options |= TP_OPTION_SACK;
    record.sack.count = 1;
    record.sack.edge[0][0] = begin;
    record.sack.edge[0][1] = end;
    return record;
}

/* A transfer of 10.0.0.1:PORT to 10.0.0.2:80 (see give_transfer()): rounds of ten segments, each
 * sent and acknowledged one round trip later, 1 ms apart; from its fourth round on the fourth
 * segment of every `lossy`-th (0: of none) is lost and sent again at the third duplicate ACK. */
struct packet_transfer {
    struct tp_analysis *analysis;
    uint16_t port;
    int64_t now_ns;
    uint32_t sent; /* bytes */
    uint64_t frame;
};

static inline void transfer_give(struct packet_transfer *transfer, int64_t at_ns, bool back,
                                 uint16_t flags, uint32_t at, uint32_t payload, uint32_t sacked)
{
    uint32_t seq = back ? PACKET_BACK + 1 : PACKET_ISN + 1 + at;
    uint32_t ack = back ? PACKET_ISN + 1 + at : PACKET_BACK + 1;
    struct tp_record record =
        back ? make_packet(at_ns, 2, 80, 1, transfer->port, flags, seq, ack, 0)
             : make_packet(at_ns, 1, transfer->port, 2, 80, flags, seq, ack, payload);

    if (flags & TP_TCP_SYN)
        record.seq--;
    if (sacked > at + PACKET_MSS)
        record = with_sack(record, PACKET_ISN + 1 + at + PACKET_MSS, PACKET_ISN + 1 + sacked);
    record.frame = ++transfer->frame;
    give(transfer->analysis, record);
}

static inline void transfer_round(struct packet_transfer *transfer, bool lossy)
{
    int64_t sent_ns = transfer->now_ns, acked_ns = sent_ns + PACKET_RTT;
    uint32_t base = transfer->sent, hole = base + 3 * PACKET_MSS, acked;

    for (unsigned i = 0; i < 10; i++)
        transfer_give(transfer, sent_ns + i * MS, false, TP_TCP_ACK, base + i * PACKET_MSS,
                      PACKET_MSS, 0);
    for (unsigned i = 0; i < 10; i++) {
        acked = base + (i + 1) * PACKET_MSS;
        if (lossy && i == 3)
            continue;
        transfer_give(transfer, acked_ns + i * MS, true, TP_TCP_ACK,
                      lossy && acked > hole ? hole : acked, 0, lossy && acked > hole ? acked : 0);
        if (lossy && i == 6)
            transfer_give(transfer, acked_ns + i * MS + MS / 4, false, TP_TCP_ACK, hole, PACKET_MSS,
                          0);
    }
    transfer->now_ns = acked_ns + 10 * MS;
    transfer->sent = base + 10 * PACKET_MSS;
    if (lossy) {
        transfer->now_ns = acked_ns + PACKET_RTT + 8 * MS;
        transfer_give(transfer, transfer->now_ns - MS, true, TP_TCP_ACK, transfer->sent, 0, 0);
    }
}

static inline struct packet_transfer give_transfer(struct tp_analysis *analysis, uint16_t port,
                                                   int64_t start_ns, unsigned rounds,
                                                   unsigned lossy)
{
    struct packet_transfer transfer = {.analysis = analysis, .port = port, .now_ns = start_ns};

    transfer_give(&transfer, start_ns, false, TP_TCP_SYN, 0, 0, 0);
    transfer_give(&transfer, start_ns + PACKET_RTT, true, TP_TCP_SYN | TP_TCP_ACK, 0, 0, 0);
    transfer_give(&transfer, start_ns + PACKET_RTT + 1, false, TP_TCP_ACK, 0, 0, 0);
    transfer.now_ns = start_ns + PACKET_RTT + MS;
    for (unsigned i = 0; i < rounds; i++)
        transfer_round(&transfer, lossy && i >= 3 && (i - 3) % lossy == 0);
    return transfer;
}

#endif
