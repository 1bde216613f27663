/* test_wire_bounds.c: memory, whatever the traffic. */
#include "wire_script.h"

static struct tp_record data_packet(uint32_t seq, uint32_t payload, int64_t ts_ns)
{
    struct tp_record packet = make(TP_KIND_PACKET, ts_ns, 1, 1000, 2, 2000);

    packet.have = TP_BIT(FLAGS) | TP_BIT(SEQ) | TP_BIT(PAYLOAD) | TP_BIT(ACK) | TP_BIT(WINDOW) |
                  TP_BIT(IP_ID);
    packet.flags = TP_TCP_ACK;
    packet.seq = seq;
    packet.payload = payload;
    packet.window = 1000;
    packet.ip_id = (uint16_t)(ts_ns / 1000 % 65535 + 1);
    return packet;
}

static void add(struct script *script, const struct tp_record *packet, unsigned end)
{
    assert_int_equal(tp_connection_add(script->connection, packet, end, &script->meaning), 0);
}

static void test_a_short_connection_is_small(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 > S 0 win 64000 mss 1460 sackok ws 7 ts 1 0");
    assert_true(tp_connection_bytes(script.connection) < 500);
    SCRIPT(&script, "1 < S 0 ack 1 win 64000 mss 1460 sackok ws 7 ts 9 1",
           "2 > . 1 ack 1 win 500 ts 2 9", "3 > P 1 len 300 ack 1 win 500 ts 3 9 cap 60",
           "4 < FP 1 len 900 ack 301 win 500 ts 9 3 cap 60", "5 > F 301 ack 902 win 500 ts 4 9",
           "6 < . 902 ack 302 win 500 ts 9 4");
    assert_true(tp_connection_bytes(script.connection) < 800);
    script_end(&script);
}

/* Nothing is ever acknowledged: neighbours are joined, bytes stay exact. */
static void test_never_acknowledged(void **state)
{
    const struct tp_wires_options options = {.segment_budget = 100000};
    struct tp_record packet;
    struct script script;
    uint32_t i;

    (void)state;
    script_begin(&script, 0, 0);
    tp_connection_free(script.connection);
    tp_wires_free(script.wires);
    script.wires = tp_wires_new(&options, NULL);
    script.connection = tp_connection_new(script.wires);
    for (i = 0; i < 200000; i++) {
        packet = data_packet(1 + i * 1000, 1000, SEC + i * 10000);
        add(&script, &packet, 0);
        assert_true(tp_connection_bytes(script.connection) < 110000);
    }
    packet = data_packet(1 + 5000, 1000, 100 * SEC);
    add(&script, &packet, 0);
    assert_true(TP_FOUND(&script.meaning, RETRANSMISSION));
    assert_int_equal(script.meaning.again_bytes, 1000);
    assert_int_equal(script_wire(&script, 0)->unique_bytes, 200000000);
    assert_true(script_trouble(&script, 0)->joined > 190000);
    script_end(&script);
}

/* Every other segment is missing, and every second of those comes late. */
static void test_holes_without_end(void **state)
{
    struct tp_record packet;
    struct script script;
    uint32_t i;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE);
    for (i = 0; i < 50000; i++) {
        packet = data_packet(1001 + i * 2000, 1000, SEC + i * 10000);
        add(&script, &packet, 0);
        assert_true(TP_FOUND(&script.meaning, HOLE));
        if (i % 2) {
            packet = data_packet(1 + i * 2000, 1000, SEC + i * 10000 + 500);
            add(&script, &packet, 0);
            assert_int_equal(script.meaning.new_bytes, 1000);
        }
    }
    assert_true(tp_connection_bytes(script.connection) < 1500000);
    assert_int_equal(script_wire(&script, 0)->unique_bytes, 75000000);
    script_end(&script);
}

/* The same bytes over and over; SACK blocks anywhere. */
static void test_retransmissions_and_sack_without_end(void **state)
{
    struct tp_record packet;
    struct script script;
    uint32_t i, k, seed = 1;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE);
    packet = data_packet(1, 60000, SEC);
    add(&script, &packet, 0);
    for (i = 0; i < 20000; i++) {
        seed = seed * 1103515245 + 12345;
        packet = data_packet(1 + seed % 59000, 1 + seed % 900, SEC + i * 10000);
        add(&script, &packet, 0);
        assert_int_equal(script.meaning.again_bytes, packet.payload);
        packet = data_packet(1, 0, SEC + i * 10000 + 100);
        packet.ack = 1;
        packet.have |= TP_BIT(SACK);
        packet.sack.count = 4;
        for (k = 0; k < 4; k++) {
            seed = seed * 1103515245 + 12345;
            packet.sack.edge[k][0] = seed % 70000;
            packet.sack.edge[k][1] = packet.sack.edge[k][0] + seed % 3000;
        }
        add(&script, &packet, 1);
    }
    assert_true(tp_connection_bytes(script.connection) < 1500000);
    assert_true(script_trouble(&script, 0)->retransmissions == 20000);
    script_end(&script);
}

/* Many connections share the budget; what one gives back another takes. */
static void test_connections_share_their_budget(void **state)
{
    enum { MANY = 3000 };
    const struct tp_wires_options options = {.segment_budget = 50000};
    static struct tp_connection *connections[MANY];
    struct tp_wires *wires = tp_wires_new(&options, NULL);
    struct tp_meaning meaning;
    struct tp_record packet;
    size_t bytes = 0;
    uint32_t i, k;

    (void)state;
    for (i = 0; i < MANY; i++)
        assert_non_null(connections[i] = tp_connection_new(wires));
    for (k = 0; k < 10; k++)
        for (i = 0; i < MANY; i++) {
            packet = data_packet(1 + k * 1000, 1000, SEC + k * SEC + i);
            assert_int_equal(tp_connection_add(connections[i], &packet, 0, &meaning), 0);
            assert_int_equal(meaning.new_bytes, 1000);
        }
    for (i = 0; i < MANY; i++)
        bytes += tp_connection_bytes(connections[i]);
    assert_true(bytes / MANY < 1400);
    for (i = 0; i < MANY; i++)
        tp_connection_free(connections[i]);
    tp_wires_free(wires);
}

/* Those that never end leave their part of the budget to who comes later, and go on as they can. */
static void test_the_idle_give_way(void **state)
{
    enum { MANY = 3000 };
    const struct tp_wires_options options = {.segment_budget = 50000};
    static struct tp_connection *connections[MANY];
    struct tp_wires *wires = tp_wires_new(&options, NULL);
    struct tp_meaning meaning;
    struct tp_record packet;
    uint32_t i;

    (void)state;
    for (i = 0; i < MANY; i++) {
        assert_non_null(connections[i] = tp_connection_new(wires));
        packet = data_packet(1, 1000, SEC + i * 1000);
        assert_int_equal(tp_connection_add(connections[i], &packet, 0, &meaning), 0);
    }
    packet = data_packet(0, 0, 2 * SEC);
    packet.ack = 1001;
    assert_int_equal(tp_connection_add(connections[MANY - 1], &packet, 1, &meaning), 0);
    assert_int_equal(meaning.rtt_count, 1);
    assert_int_equal(tp_connection_add(connections[0], &packet, 1, &meaning), 0);
    assert_int_equal(meaning.rtt_count, 0); /* when it was sent is forgotten */
    assert_int_equal(meaning.acked_bytes, 1000);
    for (i = 0; i < 2; i++) {
        packet = data_packet(1001, 1000, 3 * SEC + i * SEC);
        assert_int_equal(tp_connection_add(connections[0], &packet, 0, &meaning), 0);
    }
    assert_true(TP_FOUND(&meaning, RETRANSMISSION));
    for (i = 0; i < MANY; i++) {
        assert_true(i == 0 || tp_connection_bytes(connections[i]) < 1000);
        tp_connection_free(connections[i]);
    }
    tp_wires_free(wires);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_short_connection_is_small),
        cmocka_unit_test(test_never_acknowledged),
        cmocka_unit_test(test_holes_without_end),
        cmocka_unit_test(test_retransmissions_and_sack_without_end),
        cmocka_unit_test(test_connections_share_their_budget),
        cmocka_unit_test(test_the_idle_give_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
