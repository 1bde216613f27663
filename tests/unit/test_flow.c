/* test_flow.c: which connection a record belongs to. */
#include "flow_maker.h"

#include <stdlib.h>
#include <tcpprobe/flow.h>

struct world {
    struct tp_flow_table *table;
    uint32_t retired[64];
    unsigned retirements;
};

static void on_retire(void *context, struct tp_flow *flow)
{
    struct world *world = context;

    world->retired[world->retirements++] = flow->id;
}

static void begin(struct world *world, size_t max_flows)
{
    *world = (struct world){0};
    world->table = tp_flow_table_new(max_flows, on_retire, world);
    assert_non_null(world->table);
}

static struct tp_flow *find_end(struct world *world, struct tp_record record, unsigned *end)
{
    struct tp_flow *flow;

    assert_int_equal(tp_flow_table_find(world->table, &record, &flow, end, NULL), 0);
    return flow;
}

static struct tp_flow *find(struct world *world, struct tp_record record)
{
    unsigned end;

    return find_end(world, record, &end);
}

static uint32_t id_of(struct world *world, struct tp_record record)
{
    struct tp_flow *flow = find(world, record);

    return flow ? flow->id : 0;
}

static struct tp_record probe(int64_t ts_ns, bool from_client, uint64_t cookie)
{
    struct tp_record record = from_client ? make(TP_KIND_PROBE, ts_ns, 1, 4000, 2, 80)
                                          : make(TP_KIND_PROBE, ts_ns, 2, 80, 1, 4000);

    return cookie ? with_cookie(record, cookie) : record;
}

static void test_both_ends_are_one_flow(void **state)
{
    struct world world;
    struct tp_flow *flow;
    unsigned client, server;

    (void)state;
    begin(&world, 10);
    flow = find_end(&world, probe(5, true, 0xa), &client);
    assert_ptr_equal(find_end(&world, probe(9, false, 0xb), &server), flow);
    assert_int_equal(client + server, 1);
    assert_int_equal(flow->cookie[client], 0xa);
    assert_int_equal(flow->cookie[server], 0xb);
    assert_int_equal(flow->first_ns, 5);
    assert_int_equal(flow->last_ns, 9);
    assert_int_equal(flow->records, 2);
    assert_int_equal(flow->opener, -1);
    assert_int_equal(id_of(&world, make(TP_KIND_PROBE, 9, 1, 4001, 2, 80)), 2);
    assert_int_equal(tp_flow_table_count(world.table), 2);
    tp_flow_table_free(world.table);
}

static void test_a_new_cookie_is_a_new_flow(void **state)
{
    struct world world;

    (void)state;
    begin(&world, 10);
    assert_int_equal(id_of(&world, probe(1, true, 0xa)), 1);
    assert_int_equal(id_of(&world, probe(2, true, 0xb)), 2);
    /* What trails behind the old one still belongs to it ... */
    assert_int_equal(id_of(&world, with_cookie(make(TP_KIND_DESTROY_SOCK, 3, 1, 4000, 2, 80), 0xa)),
                     1);
    /* ... what names no cookie, to the one that is alive. */
    assert_int_equal(id_of(&world, make(TP_KIND_RETRANSMIT_SKB, 4, 1, 4000, 2, 80)), 2);
    assert_int_equal(id_of(&world, probe(5, true, 0xc)), 3);
    assert_int_equal(id_of(&world, probe(6, true, 0xb)), 2);
    assert_int_equal(id_of(&world, make(TP_KIND_CONG_STATE_SET, 7, 1, 4000, 2, 80)), 3);
    tp_flow_table_free(world.table);
}

static void test_reuse_without_cookies(void **state)
{
    struct world world;

    (void)state;
    begin(&world, 10);
    assert_int_equal(id_of(&world, make_change(1, 2, 80, 1, 4000, LISTEN, SYN_RECV)), 1);
    assert_int_equal(id_of(&world, make_change(2, 2, 80, 1, 4000, SYN_RECV, ESTABLISHED)), 1);
    assert_int_equal(id_of(&world, probe(3, false, 0)), 1);
    assert_int_equal(id_of(&world, make_change(4, 2, 80, 1, 4000, ESTABLISHED, CLOSE)), 1);
    assert_int_equal(id_of(&world, make(TP_KIND_DESTROY_SOCK, 5, 2, 80, 1, 4000)), 1);
    assert_int_equal(id_of(&world, make(TP_KIND_SEND_RESET, 6, 2, 80, 1, 4000)), 1);
    assert_true(find(&world, make(TP_KIND_SEND_RESET, 6, 2, 80, 1, 4000))->closed[1]);
    /* A SYN-ACK that is sent again has no socket yet, the socket comes later. */
    assert_int_equal(id_of(&world, make_change(7, 2, 80, 1, 4000, LISTEN, SYN_RECV)), 2);
    assert_int_equal(id_of(&world, make_change(8, 2, 80, 1, 4000, SYN_RECV, ESTABLISHED)), 2);
    /* Its end was not seen: a new birth is enough. */
    assert_int_equal(id_of(&world, make_change(9, 2, 80, 1, 4000, LISTEN, SYN_RECV)), 3);
    assert_int_equal(id_of(&world, make(TP_KIND_DESTROY_SOCK, 10, 2, 80, 1, 4000)), 3);
    assert_int_equal(id_of(&world, probe(11, false, 0)), 4); /* a return after destroy */
    tp_flow_table_free(world.table);
}

static void test_synack_comes_before_the_socket(void **state)
{
    struct world world;
    struct tp_flow *flow;

    (void)state;
    begin(&world, 10);
    flow = find(&world, make(TP_KIND_RETRANSMIT_SYNACK, 1, 2, 80, 1, 4000));
    assert_ptr_equal(find(&world, make_change(2, 2, 80, 1, 4000, LISTEN, SYN_RECV)), flow);
    assert_int_equal(flow->opener, 0); /* 10.0.0.1 */
    assert_ptr_equal(find(&world, make_change(3, 1, 4000, 2, 80, SYN_SENT, ESTABLISHED)), flow);
    tp_flow_table_free(world.table);
}

static void test_connect_without_a_port(void **state)
{
    struct world world;
    struct tp_flow *flow;

    (void)state;
    begin(&world, 10);
    assert_null(find(&world, make_change(100, 1, 0, 2, 80, CLOSE, SYN_SENT)));
    assert_null(find(&world, make_change(110, 1, 0, 2, 80, CLOSE, SYN_SENT)));
    assert_null(find(&world, make_change(120, 1, 0, 3, 80, CLOSE, SYN_SENT)));
    flow = find(&world, make_change(200, 1, 4000, 2, 80, SYN_SENT, ESTABLISHED));
    assert_int_equal(flow->first_ns, 100);
    assert_int_equal(flow->opener, 0);
    flow = find(&world, make_change(210, 1, 4001, 2, 80, SYN_SENT, ESTABLISHED));
    assert_int_equal(flow->first_ns, 110);
    flow = find(&world, make_change(220, 1, 4002, 2, 80, SYN_SENT, ESTABLISHED));
    assert_int_equal(flow->first_ns, 220); /* none is waiting */
    /* The server's socket is born after its client's: the same flow. */
    assert_int_equal(id_of(&world, make_change(230, 2, 80, 1, 4000, LISTEN, SYN_RECV)), 1);
    /* The port is used again while the old socket was never seen to close. */
    assert_null(find(&world, make_change(300, 1, 0, 2, 80, CLOSE, SYN_SENT)));
    flow = find(&world, make_change(310, 1, 4000, 2, 80, SYN_SENT, ESTABLISHED));
    assert_int_equal(flow->id, 4);
    assert_int_equal(flow->first_ns, 300);
    tp_flow_table_free(world.table);
}

static bool is_astray(struct tp_record record)
{
    return tp_flow_is_astray(&record);
}

static void test_records_of_no_flow(void **state)
{
    struct tp_record sctp = make(TP_KIND_SET_STATE, 1, 1, 4000, 2, 80);
    struct world world;

    (void)state;
    begin(&world, 10);
    sctp.have |= TP_BIT(PROTOCOL);
    sctp.protocol = 132;
    assert_null(find(&world, sctp));
    sctp.protocol = 6;
    assert_non_null(find(&world, sctp));
    assert_null(find(&world, make_change(1, 0, 80, 0, 0, CLOSE, LISTEN)));
    assert_null(find(&world, with_cookie(make(TP_KIND_DESTROY_SOCK, 2, 0, 80, 0, 0), 0x77)));
    assert_null(find(&world, make_lost(3, 10)));
    assert_int_equal(tp_flow_table_count(world.table), 1);
    sctp.protocol = 132;
    assert_false(tp_flow_is_astray(&sctp));
    assert_false(is_astray(make_change(1, 0, 80, 0, 0, CLOSE, LISTEN)));
    assert_false(is_astray(make(TP_KIND_DESTROY_SOCK, 2, 0, 80, 0, 0)));
    assert_false(is_astray(make_change(1, 1, 0, 2, 80, CLOSE, SYN_SENT)));
    assert_false(is_astray(make_lost(3, 10)));
    /* a SYN that is sent again, and the connect() was before the log began */
    assert_true(is_astray(make(TP_KIND_RETRANSMIT_SKB, 1, 0, 4000, 2, 80)));
    assert_true(is_astray(make_change(1, 1, 0, 2, 80, SYN_SENT, CLOSE)));
    tp_flow_table_free(world.table);
}

static void test_wildcard_addresses(void **state)
{
    struct tp_record syn = make(TP_KIND_RETRANSMIT_SKB, 200, 0, 5000, 3, 443);
    struct world world;
    struct tp_flow *flow;
    unsigned end;

    (void)state;
    begin(&world, 10);
    flow = find(&world, probe(1, true, 0xa));
    /* Joined by its cookie, whatever else it says. */
    assert_ptr_equal(
        find_end(&world, with_cookie(make(TP_KIND_DESTROY_SOCK, 2, 0, 0, 0, 0), 0xa), &end), flow);
    assert_int_equal(end, 0);
    assert_true(flow->closed[0]);
    /* Joined by the other three parts and an address that is known to be this host's. */
    flow = find(&world, make(TP_KIND_PROBE, 3, 9, 7000, 2, 80));
    assert_ptr_equal(find_end(&world, make(TP_KIND_CONG_STATE_SET, 4, 0, 7000, 2, 80), &end), flow);
    assert_int_equal(flow->key.addr[end][15], 9);
    /* A SYN that is sent again, of a connect() that never gets through. */
    syn.have |= TP_BIT(STATE);
    syn.state = SYN_SENT;
    assert_null(find(&world, syn));
    assert_null(find(&world, make_change(150, 7, 0, 3, 443, CLOSE, SYN_SENT)));
    flow = find_end(&world, syn, &end);
    assert_non_null(flow);
    assert_int_equal(flow->key.addr[end][15], 7);
    assert_int_equal(flow->first_ns, 150);
    assert_int_equal(flow->opener, (int)end);
    assert_ptr_equal(find(&world, syn), flow);
    assert_ptr_equal(find(&world, make_change(300, 7, 5000, 3, 443, SYN_SENT, CLOSE)), flow);
    assert_int_equal(tp_flow_table_count(world.table), 3);
    tp_flow_table_free(world.table);
}

static void test_eviction_takes_the_idle_one(void **state)
{
    struct world world;
    struct tp_flow **list;

    (void)state;
    begin(&world, 3);
    assert_int_equal(id_of(&world, make(TP_KIND_PROBE, 1, 1, 1001, 2, 80)), 1);
    assert_int_equal(id_of(&world, make(TP_KIND_PROBE, 2, 1, 1002, 2, 80)), 2);
    assert_int_equal(id_of(&world, make(TP_KIND_PROBE, 3, 1, 1003, 2, 80)), 3);
    assert_int_equal(id_of(&world, make(TP_KIND_PROBE, 4, 1, 1001, 2, 80)), 1);
    assert_int_equal(id_of(&world, make(TP_KIND_PROBE, 5, 1, 1004, 2, 80)), 4);
    assert_int_equal(world.retirements, 1);
    assert_int_equal(world.retired[0], 2);
    assert_int_equal(id_of(&world, make(TP_KIND_PROBE, 6, 1, 1002, 2, 80)), 5);
    assert_int_equal(world.retired[1], 3);
    assert_int_equal(tp_flow_table_retired(world.table), 2);
    list = tp_flow_table_list(world.table);
    assert_int_equal(tp_flow_table_count(world.table), 3);
    assert_int_equal(list[0]->id, 1);
    assert_int_equal(list[1]->id, 4);
    assert_int_equal(list[2]->id, 5);
    free(list);
    tp_flow_table_free(world.table);
}

/* A segment from the client (1:4000) or from the server (2:80). */
static struct tp_record packet(int64_t ts_ns, bool from_client, unsigned flags, uint32_t seq,
                               uint32_t ack)
{
    struct tp_record record = from_client ? make(TP_KIND_PACKET, ts_ns, 1, 4000, 2, 80)
                                          : make(TP_KIND_PACKET, ts_ns, 2, 80, 1, 4000);

    record.have |= TP_BIT(FLAGS) | TP_BIT(SEQ);
    record.flags = (uint16_t)flags;
    record.seq = seq;
    if (flags & TP_TCP_ACK) {
        record.have |= TP_BIT(ACK);
        record.ack = ack;
    }
    return record;
}

enum { SYN = TP_TCP_SYN, ACK = TP_TCP_ACK, FIN = TP_TCP_FIN, RST = TP_TCP_RST };

static void test_a_new_syn_number_is_a_new_flow(void **state)
{
    struct world world;
    struct tp_flow *flow;

    (void)state;
    begin(&world, 10);
    flow = find(&world, packet(1 * MS, true, SYN, 99, 0));
    assert_int_equal(flow->id, 1);
    assert_int_equal(flow->opener, flow->key.port[0] == 4000 ? 0 : 1);
    assert_int_equal(id_of(&world, packet(1000 * MS, true, SYN, 99, 0)), 1); /* again */
    assert_int_equal(id_of(&world, packet(1001 * MS, false, SYN | ACK, 499, 100)), 1);
    assert_int_equal(id_of(&world, packet(1002 * MS, true, ACK, 100, 500)), 1);
    assert_int_equal(id_of(&world, packet(1003 * MS, true, SYN, 99, 0)), 1); /* late */
    /* Without FIN or RST, these having been missed. */
    assert_int_equal(id_of(&world, packet(2000 * MS, true, SYN, 7099, 0)), 2);
    assert_int_equal(id_of(&world, packet(2001 * MS, false, SYN | ACK, 7499, 7100)), 2);
    assert_int_equal(id_of(&world, packet(2002 * MS, true, FIN | ACK, 7100, 7500)), 2);
    assert_int_equal(id_of(&world, packet(2003 * MS, false, FIN | ACK, 7500, 7101)), 2);
    assert_int_equal(id_of(&world, packet(2004 * MS, true, ACK, 7101, 7501)), 2);
    assert_int_equal(id_of(&world, packet(2005 * MS, false, RST, 7501, 0)), 2);
    assert_int_equal(id_of(&world, packet(3000 * MS, true, SYN, 9000, 0)), 3);
    assert_int_equal(id_of(&world, packet(3001 * MS, false, RST | ACK, 0, 9001)), 3);
    assert_int_equal(id_of(&world, packet(4000 * MS, true, SYN, 9500, 0)), 4);
    tp_flow_table_free(world.table);
}

static struct tp_record with_ts(struct tp_record record, uint32_t tsval)
{
    record.have |= TP_BIT(TSVAL);
    record.tsval = tsval;
    return record;
}

/* The client sends the SYN until it is answered, whatever else comes in between; once it was, a
 * reset or the FINs end that connection, and the same number is a new one's. */
static void test_the_same_syn_number_again(void **state)
{
    struct world world;

    (void)state;
    begin(&world, 10);
    assert_int_equal(id_of(&world, packet(1 * MS, true, SYN, 99, 0)), 1);
    assert_int_equal(id_of(&world, packet(2 * MS, false, ACK, 45000, 17)), 1);
    assert_int_equal(id_of(&world, packet(3 * MS, true, RST, 17, 0)), 1);
    assert_int_equal(id_of(&world, packet(1000 * MS, true, SYN, 99, 0)), 1);
    assert_int_equal(id_of(&world, packet(1001 * MS, false, SYN | ACK, 499, 100)), 1);
    assert_int_equal(id_of(&world, packet(1002 * MS, true, ACK, 100, 500)), 1);
    assert_int_equal(id_of(&world, packet(1003 * MS, true, RST, 100, 0)), 1);
    assert_int_equal(id_of(&world, packet(1004 * MS, true, SYN, 99, 0)), 1); /* a copy */
    assert_int_equal(id_of(&world, packet(9000 * MS, true, SYN, 99, 0)), 2);
    assert_int_equal(id_of(&world, packet(9001 * MS, false, SYN | ACK, 499, 100)), 2);
    /* An answer to the first SYN, after the reset. */
    tp_flow_table_free(world.table);
    begin(&world, 10);
    assert_int_equal(id_of(&world, packet(1 * MS, true, SYN, 99, 0)), 1);
    assert_int_equal(id_of(&world, packet(2 * MS, false, RST | ACK, 0, 100)), 1);
    assert_int_equal(id_of(&world, packet(3 * MS, false, SYN | ACK, 499, 100)), 1);
    /* By timestamp: at once, or never. */
    tp_flow_table_free(world.table);
    begin(&world, 10);
    assert_int_equal(id_of(&world, with_ts(packet(1 * MS, true, SYN, 99, 0), 7)), 1);
    assert_int_equal(id_of(&world, packet(2 * MS, true, ACK, 100, 500)), 1); /* one direction */
    assert_int_equal(id_of(&world, packet(3 * MS, true, RST, 100, 0)), 1);
    assert_int_equal(id_of(&world, with_ts(packet(9000 * MS, true, SYN, 99, 0), 7)), 1);
    assert_int_equal(id_of(&world, with_ts(packet(9001 * MS, true, SYN, 99, 0), 8)), 2);
    tp_flow_table_free(world.table);
}

static struct tp_record in(uint32_t network, struct tp_record record)
{
    record.have |= TP_BIT(NETWORK);
    record.network = network;
    return record;
}

static void test_networks_at_once(void **state)
{
    struct world world;

    (void)state;
    begin(&world, 20);
    /* The numbers are near: only networks and answers tell. */
    assert_int_equal(id_of(&world, in(1, packet(1 * MS, true, SYN, 99, 0))), 1);
    assert_int_equal(id_of(&world, in(2, packet(2 * MS, true, SYN, 199, 0))), 2);
    assert_int_equal(id_of(&world, packet(3 * MS, true, SYN, 299, 0)), 3); /* untagged */
    assert_int_equal(id_of(&world, in(12, packet(4 * MS, false, SYN | ACK, 599, 200))), 2);
    assert_int_equal(id_of(&world, in(11, packet(5 * MS, false, SYN | ACK, 499, 100))), 1);
    assert_int_equal(id_of(&world, packet(6 * MS, false, SYN | ACK, 699, 300)), 3);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(id_of(&world, in(1, packet(7 * MS, true, ACK, 100, 500))), 1);
        assert_int_equal(id_of(&world, in(11, packet(7 * MS, false, ACK, 500, 100))), 1);
        assert_int_equal(id_of(&world, packet(7 * MS, true, ACK, 300, 700)), 3);
        assert_int_equal(id_of(&world, in(12, packet(7 * MS, false, ACK, 600, 200))), 2);
    }
    /* A new one in one of the networks. */
    assert_int_equal(id_of(&world, in(1, packet(8 * MS, true, FIN | ACK, 100, 500))), 1);
    assert_int_equal(id_of(&world, in(11, packet(8 * MS, false, FIN | ACK, 500, 101))), 1);
    assert_int_equal(id_of(&world, in(1, packet(9 * MS, true, SYN, 7099, 0))), 4);
    assert_int_equal(id_of(&world, in(2, packet(9 * MS, true, ACK, 200, 600))), 2);
    assert_int_equal(id_of(&world, in(1, packet(9 * MS, true, ACK, 7100, 1))), 4);
    tp_flow_table_free(world.table);
}

/* By their numbers: the middle of two connections, and one that is seen in two networks. */
static void test_networks_by_number(void **state)
{
    const uint32_t far = UINT32_C(1) << 30;
    struct world world;

    (void)state;
    begin(&world, 10);
    assert_int_equal(id_of(&world, in(1, packet(1 * MS, true, ACK, 100, 500))), 1);
    assert_int_equal(id_of(&world, in(2, packet(2 * MS, false, ACK, 500, 100))), 1);
    assert_int_equal(id_of(&world, in(3, packet(3 * MS, true, ACK, 1100, 500))), 1);
    assert_int_equal(id_of(&world, in(3, packet(4 * MS, true, ACK, far, far))), 2);
    assert_int_equal(id_of(&world, in(4, packet(5 * MS, false, ACK, far, far))), 2);
    assert_int_equal(id_of(&world, in(1, packet(6 * MS, true, ACK, 2100, 500))), 1);
    assert_int_equal(id_of(&world, in(9, packet(7 * MS, true, ACK, 2100, 500))), 1);
    assert_int_equal(id_of(&world, in(9, packet(8 * MS, true, ACK, far, far))), 2);
    tp_flow_table_free(world.table);
}

/* However many networks there are, a 4-tuple has few connections at once. */
static void test_very_many_networks(void **state)
{
    struct world world;
    uint32_t i;

    (void)state;
    begin(&world, 100000);
    for (i = 1; i <= 50000; i++)
        assert_int_equal(id_of(&world, in(i, packet(i * MS, true, SYN, i * 7919, 0))), i);
    tp_flow_table_free(world.table);
}

static void test_a_handshake_out_of_order_is_one_flow(void **state)
{
    struct world world;

    (void)state;
    begin(&world, 10);
    assert_int_equal(id_of(&world, packet(1 * MS, false, SYN | ACK, 499, 100)), 1);
    assert_int_equal(id_of(&world, packet(2 * MS, true, SYN, 99, 0)), 1);
    assert_int_equal(id_of(&world, packet(3 * MS, true, ACK, 100, 500)), 1);
    assert_int_equal(find(&world, packet(4 * MS, false, SYN | ACK, 777, 100))->id, 1);
    /* The middle of a connection, then another one: only its answer was captured. */
    tp_flow_table_free(world.table);
    begin(&world, 10);
    assert_int_equal(id_of(&world, packet(1 * MS, true, ACK, 100, 500)), 1);
    assert_int_equal(id_of(&world, packet(2 * MS, true, SYN, 4099, 0)), 2);
    assert_int_equal(id_of(&world, packet(3 * MS, true, RST, 4100, 0)), 2);
    assert_int_equal(id_of(&world, packet(4 * MS, false, SYN | ACK, 1, 8100)), 3);
    tp_flow_table_free(world.table);
}

static void test_packets_meet_the_events_of_their_socket(void **state)
{
    struct world world;
    int64_t again = 10 * SEC;

    (void)state;
    begin(&world, 10);
    assert_int_equal(id_of(&world, make_change(1 * MS, 1, 4000, 2, 80, CLOSE, SYN_SENT)), 1);
    assert_int_equal(id_of(&world, packet(2 * MS, true, SYN, 99, 0)), 1);
    assert_int_equal(id_of(&world, make_change(2 * MS, 2, 80, 1, 4000, LISTEN, SYN_RECV)), 1);
    assert_int_equal(id_of(&world, packet(3 * MS, false, SYN | ACK, 499, 100)), 1);
    assert_int_equal(id_of(&world, make_change(4 * MS, 1, 4000, 2, 80, SYN_SENT, ESTABLISHED)), 1);
    assert_int_equal(id_of(&world, make_change(5 * MS, 2, 80, 1, 4000, SYN_RECV, ESTABLISHED)), 1);
    assert_int_equal(id_of(&world, packet(6 * MS, true, FIN | ACK, 100, 500)), 1);
    assert_int_equal(id_of(&world, packet(7 * MS, false, FIN | ACK, 500, 101)), 1);
    assert_int_equal(id_of(&world, make_change(8 * MS, 1, 4000, 2, 80, ESTABLISHED, CLOSE)), 1);
    assert_int_equal(id_of(&world, packet(8 * MS, true, ACK, 101, 501)), 1); /* trails behind */
    /* The next connection: whichever of the two says so first. */
    assert_int_equal(id_of(&world, packet(again, true, SYN, 5000, 0)), 2);
    assert_int_equal(id_of(&world, make_change(again + 1, 1, 4000, 2, 80, CLOSE, SYN_SENT)), 2);
    assert_int_equal(id_of(&world, packet(again + 2, false, RST | ACK, 0, 5001)), 2);
    assert_int_equal(id_of(&world, make_change(again + 3, 1, 4000, 2, 80, SYN_SENT, CLOSE)), 2);
    again += SEC;
    assert_int_equal(id_of(&world, make_change(again, 1, 4000, 2, 80, CLOSE, SYN_SENT)), 3);
    assert_int_equal(id_of(&world, packet(again + 1, true, SYN, 6000, 0)), 3);
    assert_int_equal(id_of(&world, packet(again + 2, true, SYN, 6000, 0)), 3);
    tp_flow_table_free(world.table);
}

static void test_a_syn_claims_its_connect(void **state)
{
    struct world world;
    struct tp_flow *flow;

    (void)state;
    begin(&world, 10);
    assert_int_equal(id_of(&world, make_change(1 * MS, 1, 0, 2, 80, CLOSE, SYN_SENT)), 0);
    flow = find(&world, packet(2 * MS, true, SYN, 99, 0));
    assert_int_equal(flow->first_ns, 1 * MS);
    assert_int_equal(flow->id, 1);
    assert_int_equal(id_of(&world, make_change(4 * MS, 1, 4000, 2, 80, SYN_SENT, ESTABLISHED)), 1);
    tp_flow_table_free(world.table);
}

static void test_many_flows_and_reuses(void **state)
{
    struct tp_flow **list;
    struct world world;
    uint32_t i, round;

    (void)state;
    begin(&world, 100000);
    assert_null(tp_flow_table_list(world.table));
    for (round = 0; round < 3; round++)
        for (i = 0; i < 5000; i++)
            assert_int_equal(id_of(&world, with_cookie(make(TP_KIND_PROBE, round, 1,
                                                            (uint16_t)(1000 + i), 2, 80),
                                                       1 + round * 5000 + i)),
                             1 + round * 5000 + i);
    /* The last one before is still reachable, the one before that is not. */
    assert_int_equal(id_of(&world, with_cookie(make(TP_KIND_PROBE, 9, 1, 1000, 2, 80), 5001)),
                     5001);
    assert_int_equal(id_of(&world, with_cookie(make(TP_KIND_PROBE, 9, 1, 1000, 2, 80), 1)), 15001);
    list = tp_flow_table_list(world.table);
    for (i = 0; i < tp_flow_table_count(world.table); i++)
        assert_int_equal(list[i]->id, i + 1);
    free(list);
    tp_flow_table_free(world.table);
    tp_flow_table_free(NULL);
}

/* Flows that are expected are those that are found next, and expecting them changes nothing. */
static void test_what_is_expected_is_found(void **state)
{
    enum { KNOWN = 3, ASKED = 5 };
    struct world world;
    struct tp_record records[ASKED];
    const struct tp_record *ahead[ASKED];
    const struct tp_flow *expected[ASKED];
    struct tp_flow *newest;
    unsigned i;

    (void)state;
    begin(&world, 10);
    for (i = 0; i < ASKED; i++) {
        records[i] = with_cookie(make(TP_KIND_PROBE, i, 1, (uint16_t)(1000 + i), 2, 80), 1 + i);
        ahead[i] = &records[i];
    }
    for (i = 0; i < KNOWN; i++)
        assert_int_equal(id_of(&world, records[i]), 1 + i);
    records[ASKED - 1].has_key = false;
    newest = tp_flow_table_newest(world.table);
    tp_flow_table_expect(world.table, ahead, ASKED, expected);
    assert_int_equal(tp_flow_table_count(world.table), KNOWN);
    assert_ptr_equal(tp_flow_table_newest(world.table), newest);
    for (i = 0; i < KNOWN; i++)
        assert_ptr_equal(expected[i], find(&world, records[i]));
    for (; i < ASKED; i++)
        assert_null(expected[i]);
    tp_flow_table_free(world.table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_ends_are_one_flow),
        cmocka_unit_test(test_a_new_cookie_is_a_new_flow),
        cmocka_unit_test(test_reuse_without_cookies),
        cmocka_unit_test(test_synack_comes_before_the_socket),
        cmocka_unit_test(test_connect_without_a_port),
        cmocka_unit_test(test_records_of_no_flow),
        cmocka_unit_test(test_wildcard_addresses),
        cmocka_unit_test(test_eviction_takes_the_idle_one),
        cmocka_unit_test(test_a_new_syn_number_is_a_new_flow),
        cmocka_unit_test(test_a_handshake_out_of_order_is_one_flow),
        cmocka_unit_test(test_the_same_syn_number_again),
        cmocka_unit_test(test_networks_at_once),
        cmocka_unit_test(test_networks_by_number),
        cmocka_unit_test(test_very_many_networks),
        cmocka_unit_test(test_packets_meet_the_events_of_their_socket),
        cmocka_unit_test(test_a_syn_claims_its_connect),
        cmocka_unit_test(test_many_flows_and_reuses),
        cmocka_unit_test(test_what_is_expected_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
