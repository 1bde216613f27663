/* test_wire_bytes.c: which bytes of a packet are new, fill a hole, or come again. */
#include "wire_script.h"

static void test_a_handshake_and_a_request(void **state)
{
    const struct tp_handshake *handshake;
    const struct tp_wire *wire;
    struct script script;

    (void)state;
    script_begin(&script, 1000, 5000);
    SCRIPT(
        &script, "0 > S 0 win 64000 mss 1000 sackok ws 7 ttl 64 | seq=0 out=1 has_win=1 win=64000",
        "40 < S 0 ack 1 win 65000 mss 1400 sackok ws 6 ttl 60 | ack=1 rtt:handshake=40 rtts=1",
        "40.1 > . 1 ack 1 win 500 | rtt:handshake=0.1 win=64000",
        "40.2 > P 1 len 300 ack 1 win 500 | is_data=1 new=300 seq=1 out=300 known=1",
        "80.2 < . 1 ack 301 win 1000 | acked=300 rtt:ack=40 pout=0",
        "81 < P 1 len 1000 ack 301 win 1000 | is_data=1 new=1000",
        "81.5 > . 301 ack 1001 win 500 | acked=1000 rtt:ack=0.5",
        "90 > F 301 ack 1001 win 500 | out=1", "130 < F 1001 ack 302 win 1000 | acked=0 rtt:ack=40",
        "130.1 > . 302 ack 1002 win 500 | acked=0 rtt:ack=0.1");
    handshake = tp_connection_handshake(script.connection);
    assert_int_equal(handshake->opener, 0);
    assert_int_equal(handshake->syn_rtt_ns, 40 * MS);
    assert_int_equal(handshake->ack_rtt_ns, MS / 10);
    assert_int_equal(handshake->vantage, TP_VANTAGE_END0);
    assert_int_equal(tp_connection_complete(script.connection),
                     TP_COMPLETE_SYN | TP_COMPLETE_SYNACK | TP_COMPLETE_ACK | TP_COMPLETE_DATA |
                         TP_COMPLETE_FIN | TP_COMPLETE_FIN_BOTH);
    wire = script_wire(&script, 0);
    assert_int_equal(wire->packets, 6);
    assert_int_equal(wire->data_packets, 1);
    assert_int_equal(wire->payload_bytes, 300);
    assert_int_equal(wire->unique_bytes, 300);
    assert_int_equal(wire->acked_bytes, 300);
    assert_int_equal(wire->acks, 5);
    assert_int_equal(wire->pure_acks, 3);
    assert_int_equal(wire->pushes, 1);
    assert_int_equal(wire->isn, 1000);
    assert_int_equal(wire->mss_bytes, 1000);
    assert_int_equal(wire->scale, TP_SCALE_KNOWN);
    assert_int_equal(wire->wscale, 7);
    assert_true(wire->sack_ok);
    assert_int_equal(wire->initial_bytes, 300);
    assert_int_equal(wire->ttl_min, 64);
    assert_int_equal(wire->window_max_bytes, 64000);
    assert_int_equal(wire->rtt.count, 2);
    assert_int_equal(wire->outstanding_max_bytes, 300);
    assert_null(wire->trouble);
    assert_null(script_wire(&script, 1)->trouble);
    assert_int_equal(script_wire(&script, 1)->acked_bytes, 1000);
    script_end(&script);
}

static void test_numbers_wrap(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, UINT32_MAX - 500, UINT32_MAX);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500 | new=1000 seq=1",
           "50 > . 1001 len 1000 ack 1 win 500 | new=1000 seq=1001 out=2000",
           "90 < . 1 ack 2001 win 500 sack 1-1001 | acked=2000 ack=2001 dsack rtt:ack=40");
    script_end(&script);
}

static void test_more_than_four_gigabytes(void **state)
{
    struct tp_record packet;
    struct script script;
    uint64_t sent = 0;
    unsigned end;

    (void)state;
    script_begin(&script, 77, 99);
    SCRIPT(&script, SCRIPT_HANDSHAKE);
    packet = script_packet(&script, "50 > . 1 len 60000 ack 1 win 500", &end);
    while (sent < UINT64_C(10000000000)) {
        packet.payload = 60000;
        packet.local = 0;
        packet.seq = 78 + (uint32_t)sent;
        packet.ack = 100;
        packet.ts_ns += MS;
        assert_int_equal(tp_connection_add(script.connection, &packet, 0, &script.meaning), 0);
        assert_int_equal(script.meaning.new_bytes, 60000);
        assert_int_equal(script.meaning.seq, sent + 1);
        sent += 60000;
        packet.payload = 0;
        packet.seq = 100;
        packet.ack = 78 + (uint32_t)sent;
        packet.ts_ns += MS;
        assert_int_equal(tp_connection_add(script.connection, &packet, 1, &script.meaning), 0);
        assert_int_equal(script.meaning.acked_bytes, 60000);
    }
    assert_int_equal(script_wire(&script, 0)->unique_bytes, sent);
    assert_int_equal(script_wire(&script, 0)->acked_bytes, sent);
    assert_int_equal(script_trouble(&script, 0)->reanchored, 0);
    script_end(&script);
}

static void test_partly_new_and_partly_again(void **state)
{
    const struct tp_wire *wire;
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500 | new=1000",
           "300 > . 501 len 1000 ack 1 win 500 | retransmission partial again=500 new=500 of=4 "
           "cause=tlp",
           "310 > . 201 len 100 ack 1 win 500 | retransmission again=100 new=0 cause=unknown",
           "311 > . 1501 len 10 ack 1 win 500 | new=10 out=1510");
    wire = script_wire(&script, 0);
    assert_int_equal(wire->payload_bytes, 2110);
    assert_int_equal(wire->unique_bytes, 1510);
    assert_int_equal(wire->trouble->retransmitted_bytes, 600);
    assert_int_equal(wire->trouble->retransmissions, 2);
    assert_int_equal(wire->trouble->retransmitted_segs, 2);
    script_end(&script);
}

/* What is never captured leaves a hole; what fills it is new, and the rest was seen. */
static void test_holes_are_filled_in_parts(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "50.1 > . 4001 len 1000 ack 1 win 500 | hole unseen=3000 out=5000 new=1000",
           "50.2 > . 2001 len 1000 ack 1 win 500 | reordered new=1000 evidence=timing sure=likely",
           "50.3 > . 1001 len 1000 ack 1 win 500 | reordered new=1000",
           "50.4 > . 2501 len 1000 ack 1 win 500 | retransmission partial again=500 new=500 "
           "cause=unknown",
           "50.5 > . 3501 len 500 ack 1 win 500 | reordered new=500",
           "50.6 > . 1 len 5000 ack 1 win 500 | retransmission again=5000 new=0 offload segs=5 "
           "cause=unknown");
    assert_int_equal(script_wire(&script, 0)->unique_bytes, 5000);
    assert_int_equal(script_trouble(&script, 0)->reordered, 3);
    assert_int_equal(script_trouble(&script, 0)->reorder_extent_bytes, 3000);
    script_end(&script);
}

static void test_order_is_told_by_timestamp_ip_id_and_time(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(
        &script, SCRIPT_HANDSHAKE,
        "50 > . 1001 len 1000 ack 1 win 500 ts 70 1 id 10 | hole unseen=1000",
        "51 > . 1 len 1000 ack 1 win 500 ts 69 1 id 11 | reordered evidence=tsval-old sure=certain",
        "52 > . 3001 len 1000 ack 1 win 500 ts 70 1 id 12 | hole",
        "53 > . 2001 len 1000 ack 1 win 500 ts 71 1 id 11 | repair evidence=tsval sure=certain "
        "cause=unknown",
        "54 > . 5001 len 1000 ack 1 win 500 ts 71 1 id 20 | hole",
        "55 > . 4001 len 1000 ack 1 win 500 ts 71 1 id 19 | reordered evidence=ip-id",
        "56 > . 7001 len 1000 ack 1 win 500 ts 71 1 id 30 | hole",
        "57 > . 6001 len 1000 ack 1 win 500 ts 71 1 id 31 | repair evidence=ip-id cause=unknown",
        "58 > . 9001 len 1000 ack 1 win 500 | hole",
        "67 > . 8001 len 1000 ack 1 win 500 | reordered evidence=timing sure=likely",
        "68 > . 11001 len 1000 ack 1 win 500 | hole",
        "88 > . 10001 len 1000 ack 1 win 500 | ambiguous evidence=timing sure=guess cause=unknown",
        "89 > . 13001 len 1000 ack 1 win 500 | hole",
        "125 > . 12001 len 1000 ack 1 win 500 | repair evidence=timing sure=likely cause=unknown");
    assert_int_equal(script_wire(&script, 0)->unique_bytes, 14000);
    assert_int_equal(script_trouble(&script, 0)->repairs, 3);
    assert_int_equal(script_trouble(&script, 0)->ambiguous, 1);
    assert_int_equal(script_trouble(&script, 0)->reordered, 3);
    assert_int_equal(script_trouble(&script, 0)->reorder_delay_ns, 9 * MS);
    script_end(&script);
}

/* Acknowledged but never captured: the capture's gap, no loss. */
static void test_gaps_of_the_capture(void **state)
{
    const struct tp_wire *wire;
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(
        &script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
        "90 < . 1 ack 3001 win 500 | acked_unseen unseen=2000 acked=3000 pknown=0",
        "91 > . 3001 len 1000 ack 1 win 500 | known=1 out=1000",
        "92 > . 5001 len 1000 ack 1 win 500 | hole unseen=1000 out=3000",
        "132 < . 1 ack 6001 win 500 | acked_unseen unseen=1000 acked=3000 rtt:ack=40",
        "133 > . 1501 len 500 ack 1 win 500 id 3 | repair evidence=timing new=500 cause=unknown",
        "134 > . 1501 len 500 ack 1 win 500 id 4 | retransmission spurious again=500 cause=unknown "
        "evidence=acked-before sure=certain");
    wire = script_wire(&script, 0);
    assert_true(wire->saw_gap);
    assert_int_equal(wire->acked_bytes, 6000);
    assert_int_equal(wire->unique_bytes, 3500);
    assert_int_equal(wire->trouble->unseen_bytes, 2500);
    assert_int_equal(wire->trouble->unseen_gaps, 2);
    script_end(&script);
}

static void test_the_middle_of_a_connection(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 70000, 90000);
    SCRIPT(&script, "0 > . 0 len 1000 ack 0 win 500 | seq=1 ack=1 new=1000 has_win=0 known=0",
           "1 > . 1000 len 1000 ack 0 win 500 | seq=1001 known=0",
           "2 > . -1000 len 1000 ack 0 win 500 | ambiguous new=1000 seq=0 cause=unknown "
           "evidence=timing",
           "40 < . 0 ack 1000 win 500 | acked=1000 ack=1001 rtts=0 pout=1000 pknown=1",
           "41 < . 0 ack 2000 win 500 | acked=1000 rtts=0 pout=0");
    assert_int_equal(script_wire(&script, 0)->unique_bytes, 3000);
    assert_int_equal(script_wire(&script, 0)->scale, TP_SCALE_UNKNOWN);
    assert_int_equal(tp_connection_handshake(script.connection)->opener, -1);
    script_end(&script);
}

/* A capture that begins while data are on their way, first seen by their ACK. */
static void test_an_ack_comes_first(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 70000, 90000);
    SCRIPT(&script, "0 < . 0 ack 0 win 500 | ack=1 acked=0",
           "1 < . 0 ack 1000 win 500 | acked=1000 ack=1001",
           "2 > . 9000 len 1000 ack 0 win 500 | seq=9001 new=1000 known=1 out=9000",
           "3 < . 0 ack 3000 win 500 | acked=2000",
           "42 < . 0 ack 10000 win 500 | acked=7000 rtt:ack=40 pout=0");
    assert_int_equal(script_wire(&script, 0)->acked_bytes, 10000);
    assert_false(script_wire(&script, 0)->saw_gap);
    script_end(&script);
}

static void test_only_one_direction(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 < . 0 ack 1 win 500", "10 < . 0 ack 5001 win 500 | acked=5000",
           "11 < . 0 ack 5001 win 500", "20 < . 0 ack 9001 win 500 sack 10001-11001 | acked=4000");
    assert_int_equal(script_wire(&script, 0)->acked_bytes, 9000);
    assert_int_equal(script_wire(&script, 0)->packets, 0);
    assert_int_equal(script_wire(&script, 0)->trouble->sack_packets, 1);
    assert_int_equal(script_wire(&script, 0)->trouble->unseen_bytes, 0);
    script_end(&script);

    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 > S 0 win 64000 mss 1000",
           "80 > . 1 len 1000 ack 1 win 500 | new=1000 known=0",
           "81 > . 1001 len 1000 ack 1 win 500",
           "400 > . 1 len 1000 ack 1 win 500 | retransmission "
           "cause=unknown");
    assert_int_equal(script_wire(&script, 0)->rtt.count, 0);
    assert_int_equal(script_trouble(&script, 0)->retransmitted_segs, 1);
    script_end(&script);
}

static void test_numbers_that_jump(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "51 > . 2000000001 len 1000 ack 1 win 500 | reanchored new=1000 seq=1001 known=0",
           "52 < . 1 ack 2000001001 win 500 | acked=1000 rtt:ack=1",
           "53 < . 1 ack 900000000 win 500 | strange_ack",
           "54 < . 1 ack 2100000000 win 500 | strange_ack", "55 > R 777 ack 12345 win 0",
           "56 > . 2000001001 len 10 ack 1 win 500 | new=10");
    assert_int_equal(script_trouble(&script, 0)->reanchored, 1);
    assert_int_equal(script_trouble(&script, 1)->strange_acks, 2);
    assert_int_equal(script_wire(&script, 0)->resets, 1);
    assert_int_equal(script_wire(&script, 0)->unique_bytes, 2010);
    script_end(&script);
}

static void test_copies_made_by_the_capture(void **state)
{
    const struct tp_wire *wire;
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500 id 7 if 1",
           "50.1 > . 1 len 1000 ack 1 win 500 id 7 if 1 | copy",
           "50.2 > . 1001 len 1000 ack 1 win 500 id 8 if 1",
           "70 > . 1 len 1000 ack 1 win 500 id 7 if 2 | copy",
           "70.1 > . 1 len 1000 ack 1 win 500 id 9 if 1 | retransmission cause=unknown",
           "90 < . 1 ack 1 win 500 | dup_ack dups=1", "90.1 < . 1 ack 1 win 500 | dup_ack dups=2",
           "90.11 < . 1 ack 1 win 500 ttl 9 | copy",
           "300 > . 1 len 1000 ack 1 win 500 id 9 if 1 | "
           "retransmission cause=timeout recovery_begin");
    wire = script_wire(&script, 0);
    assert_int_equal(wire->trouble->copies, 2);
    assert_int_equal(wire->packets, 6);
    assert_int_equal(wire->payload_bytes, 4000);
    assert_int_equal(script_trouble(&script, 1)->copies, 1);
    script_end(&script);
}

static void test_fast_open_and_resent_syns(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(
        &script, "0 > S 0 len 100 win 64000 mss 1000 ws 7 | fast_open new=100 seq=0 is_data=1",
        "1000 > S 0 win 64000 mss 1000 ws 7 | handshake_again cause=handshake evidence=syn-timer",
        "1040 < S 0 ack 1 win 64000 mss 1000 ws 7 | ack=1 rtts=0 pout=100",
        "1041 > . 1 len 100 ack 1 win 500 | retransmission again=100 cause=unknown "
        "rtt:handshake=1",
        "1081 < F 1 ack 101 win 500 | acked=100",
        "1300 < F 1 ack 101 win 500 | fin_again cause=timeout", "1301 > F 101 ack 2 win 500");
    assert_int_equal(script_wire(&script, 0)->acked_bytes, 100);
    assert_int_equal(script_trouble(&script, 0)->syn_again, 1);
    assert_int_equal(script_trouble(&script, 1)->fin_again, 1);
    assert_int_equal(script_wire(&script, 0)->syns, 2);
    script_end(&script);
}

static void test_syns_that_cross(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 700, 900);
    SCRIPT(&script, "0 > S 0 win 64000 mss 1000 ws 7", "1 < S 0 win 64000 mss 1000 ws 2",
           "20 > S 0 ack 1 win 64000 mss 1000 ws 7", "21 < S 0 ack 1 win 64000 mss 1000 ws 2",
           "30 > . 1 len 100 ack 1 win 500 | new=100 win=64000",
           "60 < . 1 ack 101 win 500 | acked=100 win=2000 rtt:ack=30");
    assert_int_equal(tp_connection_handshake(script.connection)->opener, 0);
    assert_int_equal(script_wire(&script, 0)->syns, 2);
    assert_int_equal(script_trouble(&script, 0)->syn_again, 0);
    script_end(&script);
}

static void test_a_syn_that_comes_late(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 < S 0 ack 1 win 64000 mss 1000 ws 7 | ack=1",
           "1 > S 0 win 64000 mss 1000 ws 7 | seq=0",
           "2 > . 1 len 10 ack 1 win 500 | new=10 seq=1 out=10 win=64000",
           "40 < . 1 ack 11 win 500 | "
           "acked=10 win=64000");
    assert_int_equal(tp_connection_handshake(script.connection)->opener, 0);
    assert_int_equal(script_wire(&script, 0)->scale, TP_SCALE_KNOWN);
    script_end(&script);
}

/* A router's interfaces, without anything that tells packets apart: the SYN shows that there are
 * two places; what is sent again is seen again at both. */
static void test_copies_of_a_router(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 > S 0 win 64000 mss 1000 ws 7 ttl 64 if 2",
           "30 > S 0 win 64000 mss 1000 ws 7 ttl 63 if 3 | copy",
           "40 < S 0 ack 1 win 64000 mss 1000 ws 7 ttl 64 if 3", /* not yet where the SYN was */
           "70 < S 0 ack 1 win 64000 mss 1000 ws 7 ttl 63 if 2 | copy rtt:handshake=70",
           "70.1 > . 1 ack 1 win 500 ttl 64 if 2", "71 > . 1 len 1000 ack 1 win 500 ttl 64 if 2",
           "100.1 > . 1 ack 1 win 500 ttl 63 if 3 | copy",
           "101 > . 1 len 1000 ack 1 win 500 ttl 63 if 3 | copy",
           "150 > . 1 len 1000 ack 1 win 500 ttl 64 if 2 | retransmission cause=unknown",
           "180 > . 1 len 1000 ack 1 win 500 ttl 63 if 3 | copy",
           "190 < . 1 ack 1 win 500 ttl 64 if 3 | copy",
           "191 < . 1 ack 1 win 500 ttl 64 if 3 | copy",
           "220 < . 1 ack 1 win 500 ttl 63 if 2 | dup_ack",
           "221 < . 1 ack 1 win 500 ttl 63 if 2 | dup_ack");
    assert_int_equal(script_trouble(&script, 0)->copies, 4);
    assert_int_equal(script_wire(&script, 0)->packets, 4);
    script_end(&script);

    /* By turns over two links: the same place twice. */
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "90 < . 1 ack 1 win 500 if 1 | dup_ack", "91 < . 1 ack 1 win 500 if 2 | dup_ack");
    script_end(&script);
}

static void test_an_ip_id_that_never_changes(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 > S 0 win 64000 mss 1000 id 1", "1 < S 0 ack 1 win 64000 mss 1000 id 1",
           "2 > . 1 ack 1 win 500 id 1", "3 > . 1 len 100 ack 1 win 500 id 1",
           "3.2 > . 1 len 100 ack 1 win 500 id 1 | copy", /* sooner than any answer */
           "7 > . 1 len 100 ack 1 win 500 id 1 | retransmission cause=unknown",
           "8 > . 101 len 100 ack 1 win 500 id 2", "12 > . 101 len 100 ack 1 win 500 id 2 | copy");
    script_end(&script);
}

/* A generator's data begin at the number of the SYN. */
static void test_data_at_the_number_of_the_syn(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > P 0 len 58 ack 1 win 500 | new=58 again=0",
           "90 < P 0 len 1 ack 58 win 500 | new=1 acked=57 rtt:ack=40",
           "300 > P 0 len 58 ack 1 win 500 | retransmission spurious again=58 cause=tlp");
    assert_int_equal(script_wire(&script, 0)->unique_bytes, 58);
    assert_int_equal(script_trouble(&script, 0)->retransmitted_bytes, 58);
    assert_null(script_wire(&script, 1)->trouble);
    script_end(&script);
}

/* The server remembers another connection, and its answer to that is reset; so does a client ask
 * again whose SYN was reset. */
static void test_a_host_that_forgot(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 100000, 5000);
    SCRIPT(&script, "0 > S 0 win 64000 mss 1000 sackok ws 7",
           "40 < . 777777 ack -50000 win 500 | strange_ack", "40.1 > R -50000 | ",
           "1040 > S 0 win 64000 mss 1000 sackok ws 7 | handshake_again cause=handshake",
           "1080 < S 0 ack 1 win 64000 mss 1000 sackok ws 7 | rtt:handshake=40",
           "1080.1 > . 1 ack 1 win 500 | rtt:handshake=0.1",
           "1081 > . 1 len 1000 ack 1 win 500 | new=1000 seq=1 out=1000",
           "1121 < . 1 ack 1001 win 500 | acked=1000 rtt:ack=40");
    assert_int_equal(script_wire(&script, 1)->scale, TP_SCALE_KNOWN);
    assert_int_equal(script_trouble(&script, 1)->strange_acks, 1);
    assert_int_equal(script_trouble(&script, 1)->reanchored, 0);
    script_end(&script);

    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 > S 0 win 64000 mss 1000", "40 < R 0 ack 1",
           "540 > S 0 win 64000 mss 1000 | handshake_again cause=handshake",
           "580 < S 0 ack 1 win 64000 mss 1000 | rtt:handshake=40");
    script_end(&script);

    /* Without a reset nobody knows which of the SYNs was answered. */
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 > S 0 win 64000 mss 1000",
           "1000 > S 0 win 64000 mss 1000 | handshake_again cause=handshake",
           "1040 < S 0 ack 1 win 64000 mss 1000 | rtts=0");
    assert_int_equal(tp_connection_handshake(script.connection)->syn_rtt_ns, 0);
    script_end(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_handshake_and_a_request),
        cmocka_unit_test(test_numbers_wrap),
        cmocka_unit_test(test_more_than_four_gigabytes),
        cmocka_unit_test(test_partly_new_and_partly_again),
        cmocka_unit_test(test_holes_are_filled_in_parts),
        cmocka_unit_test(test_order_is_told_by_timestamp_ip_id_and_time),
        cmocka_unit_test(test_gaps_of_the_capture),
        cmocka_unit_test(test_the_middle_of_a_connection),
        cmocka_unit_test(test_an_ack_comes_first),
        cmocka_unit_test(test_only_one_direction),
        cmocka_unit_test(test_numbers_that_jump),
        cmocka_unit_test(test_copies_made_by_the_capture),
        cmocka_unit_test(test_fast_open_and_resent_syns),
        cmocka_unit_test(test_syns_that_cross),
        cmocka_unit_test(test_a_syn_that_comes_late),
        cmocka_unit_test(test_copies_of_a_router),
        cmocka_unit_test(test_an_ip_id_that_never_changes),
        cmocka_unit_test(test_data_at_the_number_of_the_syn),
        cmocka_unit_test(test_a_host_that_forgot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
