/* flow_maker.h: records as a kernel would write them, for tests of flows and their analysis. */
#ifndef TCPPROBE_TESTS_FLOW_MAKER_H
#define TCPPROBE_TESTS_FLOW_MAKER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <tcpprobe/record.h>

#define MS  INT64_C(1000000)
#define SEC INT64_C(1000000000)

enum { ESTABLISHED = 1, SYN_SENT = 2, SYN_RECV = 3, FIN_WAIT1 = 4, CLOSE = 7, LISTEN = 10 };

/* A record of the socket 10.0.0.HOST:PORT with the peer 10.0.0.PEER_HOST:PEER_PORT; host 0 is
 * 0.0.0.0. */
static inline struct tp_record make(enum tp_kind kind, int64_t ts_ns, uint8_t host, uint16_t port,
                                    uint8_t peer_host, uint16_t peer_port)
{
    uint8_t local[16] = {[10] = 0xff, [11] = 0xff, [12] = 10, [15] = host};
    uint8_t peer[16] = {[10] = 0xff, [11] = 0xff, [12] = 10, [15] = peer_host};
    struct tp_record record = {.ts_ns = ts_ns, .kind = (uint8_t)kind, .has_key = true};

    local[12] = host ? 10 : 0;
    peer[12] = peer_host ? 10 : 0;
    record.local = (uint8_t)tp_flow_key_set(&record.key, local, port, peer, peer_port, 0);
    record.hash = tp_flow_key_hash(&record.key);
    return record;
}

/* A packet between 10.0.0.1:1000, who opened the connection, and 10.0.0.2:80, from one of them. */
static inline struct tp_record make_segment(int64_t ts_ns, bool of_opener, uint16_t flags,
                                            uint32_t seq, uint32_t ack, uint32_t payload)
{
    struct tp_record record = of_opener ? make(TP_KIND_PACKET, ts_ns, 1, 1000, 2, 80)
                                        : make(TP_KIND_PACKET, ts_ns, 2, 80, 1, 1000);

    record.have = TP_BIT(SEQ) | TP_BIT(PAYLOAD) | TP_BIT(FLAGS) | TP_BIT(WINDOW) | TP_BIT(OPTIONS);
    record.seq = seq;
    record.payload = payload;
    record.flags = flags;
    record.window = 60000;
    if (flags & TP_TCP_ACK) {
        record.have |= TP_BIT(ACK);
        record.ack = ack;
    }
    return record;
}

static inline struct tp_record make_change(int64_t ts_ns, uint8_t host, uint16_t port,
                                           uint8_t peer_host, uint16_t peer_port, uint8_t from,
                                           uint8_t to)
{
    struct tp_record record = make(TP_KIND_SET_STATE, ts_ns, host, port, peer_host, peer_port);

    record.have |= TP_BIT(OLDSTATE) | TP_BIT(NEWSTATE);
    record.oldstate = from;
    record.newstate = to;
    return record;
}

static inline struct tp_record with_cookie(struct tp_record record, uint64_t cookie)
{
    record.have |= TP_BIT(SOCK_COOKIE);
    record.sock_cookie = cookie;
    return record;
}

/* A tcp_probe with all its fields. */
static inline struct tp_record make_probe(int64_t ts_ns, uint8_t host, uint16_t port,
                                          uint8_t peer_host, uint16_t peer_port, uint32_t una,
                                          uint32_t cwnd)
{
    struct tp_record record = make(TP_KIND_PROBE, ts_ns, host, port, peer_host, peer_port);

    record.have |= TP_BIT(SND_NXT) | TP_BIT(SND_UNA) | TP_BIT(SND_CWND) | TP_BIT(SSTHRESH) |
                   TP_BIT(SND_WND) | TP_BIT(RCV_WND) | TP_BIT(SRTT) | TP_BIT(DATA_LEN);
    record.snd_una = una;
    record.snd_nxt = una + cwnd * 1448;
    record.snd_cwnd = cwnd;
    record.ssthresh = TP_SSTHRESH_INFINITE;
    record.snd_wnd = 65536;
    record.rcv_wnd = 64256;
    record.srtt = 40000;
    record.data_len = 0;
    return record;
}

/* A tcp_rcvbuf_grow with what is looked at. */
static inline struct tp_record make_grow(int64_t ts_ns, uint8_t host, uint16_t port,
                                         uint8_t peer_host, uint16_t peer_port, uint32_t rtt_us,
                                         uint32_t copied, uint32_t rcvbuf)
{
    struct tp_record record =
        make(TP_KIND_RCVBUF_GROW, ts_ns, host, port, peer_host, peer_port);

    record.have |= TP_BIT(RTT_US) | TP_BIT(COPIED) | TP_BIT(RCVBUF);
    record.rtt_us = rtt_us;
    record.copied = copied;
    record.rcvbuf = rcvbuf;
    return record;
}

static inline struct tp_record make_lost(int64_t ts_ns, uint64_t lost)
{
    struct tp_record record = {.ts_ns = ts_ns, .kind = TP_KIND_LOST, .have = TP_BIT(LOST)};

    record.lost = lost;
    return record;
}

#endif
