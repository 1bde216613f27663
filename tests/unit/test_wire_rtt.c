/* test_wire_rtt.c: when an ACK gives a sample, and of what. */
#include "wire_script.h"

static void test_an_ack_ends_with_a_segment(void **state)
{
    const struct tp_wire *wire;
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "51 > . 1001 len 1000 ack 1 win 500", "52 > . 2001 len 1000 ack 1 win 500",
           "91 < . 1 ack 2001 win 500 | rtt:ack=40 rtts=1 acked=2000",
           "95 < . 1 ack 2501 win 500 | rtt:ack=43", "96 < . 1 ack 3001 win 500 | rtt:ack=44");
    wire = script_wire(&script, 0);
    assert_int_equal(wire->rtt.count, 3);
    assert_int_equal(wire->rtt.min_ns, 40 * MS);
    assert_int_equal(wire->rtt.max_ns, 44 * MS);
    assert_true(fabs(wire->rtt.sum_us - 127000) < 1e-6);
    assert_true(fabs(wire->rtt.square_us2 - (40e3 * 40e3 + 43e3 * 43e3 + 44e3 * 44e3)) < 1);
    assert_int_equal(wire->covered_acks, 1);
    script_end(&script);
}

/* Segments of one large packet are acknowledged one by one. */
static void test_an_ack_inside_of_a_large_packet(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE,
           "50 > . 1 len 10000 ack 1 win 500 | offload segs=10 new=10000",
           "90 < . 1 ack 2001 win 500 | rtt:ack=40", "91 < . 1 ack 4001 win 500 | rtt:ack=41",
           "92 < . 1 ack 4001 win 500 sack 5001-7001 | dup_ack sack sacked=2000 rtt:sack=42 "
           "ppipe=3000",
           "93 < . 1 ack 4001 win 500 sack 5001-9001 | dup_ack sack sacked=2000 rtt:sack=43",
           "94 > . 4001 len 1000 ack 1 win 500 | retransmission recovery_begin cause=fast "
           "again_segs=1",
           "134 < . 1 ack 9001 win 500 | acked=5000 rtts=0",
           "135 < . 1 ack 10001 win 500 | acked=1000 recovery_end rtts=0");
    assert_int_equal(script_trouble(&script, 0)->retransmitted_segs, 1);
    assert_int_equal(script_wire(&script, 0)->data_segs, 11);
    script_end(&script);
}

static void test_segments_are_counted_by_the_mss(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(
        &script, "0 > S 0 win 64000 mss 1460 ts 1 0", "1 < S 0 ack 1 win 64000 mss 9000 ts 1 1",
        "2 > . 1 len 1448 ack 1 win 500 ts 2 1 | segs=1",
        "2 > . 1449 len 1460 ack 1 win 500 ts 2 1 | segs=1",
        "2 > . 2909 len 1500 ack 1 win 500 ts 2 1 | segs=2 offload",
        "2 > . 4409 len 14480 ack 1 win 500 ts 2 1 | segs=10 offload",
        "500 > . 4409 len 2896 ack 1 win 500 ts 2 1 | segs=2 again_segs=2 retransmission offload "
        "cause=timeout recovery_begin");
    assert_int_equal(script.meaning.flight[0].mss_bytes, 1448);
    assert_int_equal(script_trouble(&script, 0)->retransmitted_segs, 2);
    assert_int_equal(script_trouble(&script, 0)->offloaded, 3);
    script_end(&script);
}

/* The first segment of a tick is what its echo answers, once. */
static void test_timestamps(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 > S 0 win 64000 mss 1012 ts 5 0", "40 < S 0 ack 1 win 64000 mss 1012 ts 9 5",
           "50 > . 1 len 1000 ack 1 win 64000 ts 50 9",
           "50.2 > . 1001 len 1000 ack 1 win 64000 ts 50 9",
           "50.4 > . 2001 len 1000 ack 1 win 64000 ts 51 9",
           "90 < . 1 ack 2001 win 64000 ts 70 50 | rtt:ts=40 rtt:ack=39.8 rtts=2",
           "91 < . 1 ack 3001 win 64000 ts 71 50 | rtt:ack=40.6 rtts=1",
           "100 > . 3001 len 1000 ack 1 win 64000 ts 100 71",
           "400 > . 3001 len 1000 ack 1 win 64000 ts 400 71 | retransmission cause=timeout "
           "recovery_begin",
           "440 < . 1 ack 4001 win 64000 ts 110 400 | rtt:ts=40 rtts=1 recovery_end");
    assert_int_equal(script_wire(&script, 0)->rtt_ts.count, 2);
    assert_int_equal(script_wire(&script, 0)->rtt.count, 2);
    script_end(&script);
}

static void test_time_goes_back(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500 id 1",
           "49 < . 1 ack 1001 win 500 | acked=1000 rtts=0", "48 > . 1001 len 1000 ack 1 win 500",
           "47 > . 1 len 1000 ack 1 win 500 id 2 | retransmission spurious cause=unknown");
    assert_int_equal(script_wire(&script, 0)->last_ns, SEC + 50 * MS);
    assert_int_equal(script_wire(&script, 0)->rtt.count, 0);
    script_end(&script);
}

/* The time between a segment and an ACK that does not end with it, or not for it, is no round trip.
 */
static void test_what_is_no_sample(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(
        &script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
        "51 > . 1001 len 1000 ack 1 win 500",
        "91 < . 1 ack 1 win 500 sack 1001-2001 | dup_ack sack sacked=1000 rtt:sack=40",
        "95 < . 1 ack 2001 win 500 | acked=2000 rtts=0", /* it ends with what was SACKed before */
        "100 > . 2001 len 1000 ack 1 win 500",
        "140 < . 1 ack 4001 win 500 | acked_unseen unseen=1000 acked=2000 rtts=0",
        "200 > . 4001 len 1000 ack 1 win 500",
        "200 < . 1 ack 5001 win 500 | acked=1000 rtts=0"); /* no time passed */
    assert_int_equal(script_wire(&script, 0)->rtt.count, 0);
    script_end(&script);
}

/* A block that covers several segments is the answer to the latest of them, and none to one that
 * was sent twice. */
static void test_what_a_sack_measures(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(
        &script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
        "51 > . 1001 len 1000 ack 1 win 500", "55 > . 2001 len 1000 ack 1 win 500",
        "56 > . 3001 len 1000 ack 1 win 500", "59 > . 4001 len 1000 ack 1 win 500",
        "95 < . 1 ack 1 win 500 sack 1001-3001 | dup_ack sack sacked=2000 rtt:sack=40 rtts=1",
        "99 < . 1 ack 1 win 500 sack 4001-5001,1001-3001 | dup_ack sack sacked=1000 "
        "rtt:sack=40 rtts=1",
        "100 > . 1 len 1000 ack 1 win 500 | retransmission recovery_begin cause=fast",
        "101 > . 3001 len 1000 ack 1 win 500 | retransmission cause=fast",
        "141 < . 1 ack 1 win 500 sack 1001-5001 | dup_ack triple_dup_ack sack sacked=1000 rtts=0");
    assert_int_equal(script_trouble(&script, 0)->rtt_sack.count, 2);
    script_end(&script);
}

/* Of a large packet as many segments come again as its bytes fill, and of a small one never more
 * than one. */
static void test_part_of_a_packet_comes_again(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1020 ack 1 win 500 | segs=1",
           "400 > . 1 len 4020 ack 1 win 500 | retransmission partial offload recovery_begin "
           "cause=timeout segs=5 again=1020 again_segs=2",
           "900 > . 1 len 1020 ack 1 win 500 | retransmission cause=timeout segs=1 again_segs=1");
    assert_int_equal(script_trouble(&script, 0)->retransmitted_segs, 3);
    script_end(&script);
}

/* RFC 6298 as Linux has it. */
static void test_smoothing(void **state)
{
    struct tp_flight flight;
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 > S 0 win 64000 mss 1000",
           "100 < S 0 ack 1 win 64000 mss 1000 | rtt:handshake=100", "100.1 > . 1 ack 1 win 64000");
    tp_connection_flight(script.connection, 0, &flight);
    assert_int_equal(flight.srtt_ns, 100 * MS);
    assert_int_equal(flight.rto_ns, 300 * MS);
    SCRIPT(&script, "200 > . 1 len 1000 ack 1 win 64000",
           "400 < . 1 ack 1001 win 64000 | rtt:ack=200");
    tp_connection_flight(script.connection, 0, &flight);
    assert_true(llabs(flight.srtt_ns - 112500000) < 100);
    /* rttvar: 3/4 * 50 + 1/4 * 100 = 62.5 ms */
    assert_true(llabs(flight.rto_ns - 362500000) < 100);
    script_end(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_ack_ends_with_a_segment),
        cmocka_unit_test(test_an_ack_inside_of_a_large_packet),
        cmocka_unit_test(test_segments_are_counted_by_the_mss),
        cmocka_unit_test(test_timestamps),
        cmocka_unit_test(test_time_goes_back),
        cmocka_unit_test(test_what_is_no_sample),
        cmocka_unit_test(test_what_a_sack_measures),
        cmocka_unit_test(test_part_of_a_packet_comes_again),
        cmocka_unit_test(test_smoothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
