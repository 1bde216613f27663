/* test_wire_sums.c: what the packets of an end add up to: extremes stay what they were, times and
 * segments are summed, and the meanings that decide which sum is raised. */
#include "wire_script.h"

static void test_extremes_stay(void **state)
{
    const struct tp_wire *wire;
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 500 ack 1 win 500 cap 100",
           "51 > . 501 len 200 ack 1 win 500", "52 > . 701 len 1000 ack 1 win 500 cap 1000",
           "53 > . 1701 len 500 ack 1 win 500", "92 < . 1 ack 1701 win 500 | rtt:ack=40",
           "253 > . 2201 len 300 ack 1 win 300", "283 < . 1 ack 2501 win 300 | rtt:ack=30",
           "284 > . 2501 len 300 ack 1 win 500",
           "324 < . 1 ack 2801 win 0 | zero_window rtt:ack=40");
    wire = script_wire(&script, 0);
    assert_int_equal(wire->segment_min_bytes, 200);
    assert_int_equal(wire->segment_max_bytes, 1000);
    assert_int_equal(wire->idle_max_ns, 200 * MS);
    assert_int_equal(wire->truncated_packets, 1);
    assert_int_equal(wire->truncated_bytes, 400);
    assert_int_equal(wire->outstanding_max_bytes, 2200);
    assert_int_equal(wire->rtt.min_ns, 30 * MS);
    assert_int_equal(wire->rtt.max_ns, 40 * MS);
    assert_int_equal(script_wire(&script, 1)->window_min_bytes, 300 * 128);
    assert_int_equal(script_wire(&script, 1)->window_max_bytes, 500 * 128);
    script_end(&script);
}

/* What is sent after the first ACK of data was let out by it. */
static void test_the_initial_window_ends_with_the_first_ack(void **state)
{
    const struct tp_wire *wire;
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "50.1 > . 1001 len 1000 ack 1 win 500", "90 < . 1 ack 1001 win 500 | rtt:ack=40",
           "90.1 > . 2001 len 1000 ack 1 win 500");
    wire = script_wire(&script, 0);
    assert_int_equal(wire->initial_bytes, 2000);
    assert_int_equal(wire->initial_segs, 2);
    script_end(&script);
}

/* Two segments of one tick of the timestamp clock: the first echo is the answer to the first. */
static void test_a_timestamp_is_answered_once(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 > S 0 win 64000 mss 1012 ts 5 0", "40 < S 0 ack 1 win 64000 mss 1012 ts 9 5",
           "50 > . 1 len 1000 ack 1 win 64000 ts 50 9",
           "50.5 > . 1001 len 1000 ack 1 win 64000 ts 50 9",
           "90 < . 1 ack 1001 win 64000 ts 70 50 | rtt:ts=40 rtt:ack=40 rtts=2",
           "95 < . 1 ack 2001 win 64000 ts 75 50 | rtt:ack=44.5 rtts=1");
    assert_int_equal(script_wire(&script, 0)->rtt_ts.count, 1);
    script_end(&script);
}

/* Two duplicate ACKs without SACK are no proof of a loss. */
static void test_two_duplicates_make_a_guess(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 > S 0 win 64000 mss 1000", "40 < S 0 ack 1 win 64000 mss 1000",
           "40.1 > . 1 ack 1 win 64000", "50 > . 1 len 1000 ack 1 win 64000",
           "51 > . 1001 len 1000 ack 1 win 64000", "52 > . 2001 len 1000 ack 1 win 64000",
           "91 < . 1 ack 1 win 64000 | dup_ack", "92 < . 1 ack 1 win 64000 | dup_ack dups=2",
           "92.1 > . 1 len 1000 ack 1 win 64000 | retransmission recovery_begin cause=fast "
           "evidence=dup-acks sure=guess");
    script_end(&script);
}

/* Neither long enough for the timer nor the end of the flight: nobody can say why. */
static void test_a_short_silence_explains_nothing(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "50.1 > . 1001 len 1000 ack 1 win 500", "50.2 > . 2001 len 1000 ack 1 win 500",
           "150 > . 1001 len 1000 ack 1 win 500 | retransmission cause=unknown", /* two RTTs */
           "210 > . 1 len 1000 ack 1 win 500 | retransmission cause=unknown");
    script_end(&script);
}

static void test_episodes_add_up(void **state)
{
    const struct tp_wire_trouble *trouble;
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "350 > . 1 len 1000 ack 1 win 500 | retransmission recovery_begin cause=timeout",
           "390 < . 1 ack 1001 win 500 | recovery_end", "400 > . 1001 len 1000 ack 1 win 500",
           "900 > . 1001 len 1000 ack 1 win 500 | retransmission recovery_begin cause=timeout",
           "950 < . 1 ack 2001 win 500 | recovery_end");
    trouble = script_trouble(&script, 0);
    assert_int_equal(trouble->recoveries, 2);
    assert_int_equal(trouble->recovery_ns, 90 * MS);
    assert_int_equal(trouble->recovery_early_ns, 40 * MS);
    script_end(&script);
}

/* Both came: a packet of two segments that was sent again needlessly counts as two. */
static void test_needless_segments_are_segments(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 2000 ack 1 win 500 | offload",
           "350 > . 1 len 2000 ack 1 win 500 | retransmission offload recovery_begin cause=timeout "
           "again_segs=2",
           "391 < . 1 ack 2001 win 500 | recovery_end",
           "392 < . 1 ack 2001 win 500 sack 1-2001 | dsack spurious_proof evidence=dsack "
           "sure=certain");
    assert_int_equal(script_trouble(&script, 0)->spurious_segs, 2);
    assert_int_equal(script_trouble(&script, 0)->spurious_by[TP_EVIDENCE_DSACK], 2);
    script_end(&script);
}

/* RFC 2883, 4: above the ACK a D-SACK lies within the block behind it. */
static void test_a_dsack_within_the_second_block(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "51 > . 1001 len 1000 ack 1 win 500", "52 > . 2001 len 1000 ack 1 win 500",
           "92 < . 1 ack 1 win 500 sack 1001-3001 | dup_ack sack sacked=2000 rtt:sack=40",
           "93 > . 2001 len 1000 ack 1 win 500 | retransmission cause=unknown",
           "133 < . 1 ack 1 win 500 sack 2001-3001,1001-3001 | dup_ack dsack spurious_proof "
           "evidence=dsack sure=certain");
    assert_int_equal(script_trouble(&script, 0)->dsack_packets, 1);
    script_end(&script);
}

/* What was sent again after all that is SACKed is on its way and not lost a second time. */
static void test_the_pipe_holds_what_was_resent(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "51 > . 1001 len 1000 ack 1 win 500", "52 > . 2001 len 1000 ack 1 win 500",
           "53 > . 3001 len 1000 ack 1 win 500",
           "92 < . 1 ack 1 win 500 sack 1001-2001 | dup_ack sack rtt:sack=41 ppipe=2000",
           "92.1 > . 1 len 1000 ack 1 win 500 | retransmission recovery_begin cause=fast pipe=3000",
           "93 < . 1 ack 1 win 500 sack 1001-3001 | dup_ack sack rtt:sack=41 ppipe=2000");
    script_end(&script);
}

static void test_what_was_resent_after_a_sack_is_not_lost(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "51 > . 1001 len 1000 ack 1 win 500", "52 > . 2001 len 1000 ack 1 win 500",
           "53 > . 3001 len 1000 ack 1 win 500",
           "400 > . 1 len 1000 ack 1 win 500 | retransmission recovery_begin cause=timeout",
           "401 > . 1001 len 1000 ack 1 win 500 | retransmission cause=timeout",
           "402 < . 1 ack 1 win 500 sack 2001-4001 | dup_ack sack sacked=2000 rtt:sack=349 "
           "ppipe=2000");
    script_end(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_extremes_stay),
        cmocka_unit_test(test_the_initial_window_ends_with_the_first_ack),
        cmocka_unit_test(test_a_timestamp_is_answered_once),
        cmocka_unit_test(test_two_duplicates_make_a_guess),
        cmocka_unit_test(test_a_short_silence_explains_nothing),
        cmocka_unit_test(test_episodes_add_up),
        cmocka_unit_test(test_needless_segments_are_segments),
        cmocka_unit_test(test_a_dsack_within_the_second_block),
        cmocka_unit_test(test_the_pipe_holds_what_was_resent),
        cmocka_unit_test(test_what_was_resent_after_a_sack_is_not_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
