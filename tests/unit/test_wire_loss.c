/* test_wire_loss.c: why something was sent again, and whether it was needed. */
#include "wire_script.h"

/* Ten segments of 1000 bytes at 50 ms ... 50.9 ms. */
#define TEN                                                                                        \
    "50 > . 1 len 1000 ack 1 win 500", "50.1 > . 1001 len 1000 ack 1 win 500",                     \
        "50.2 > . 2001 len 1000 ack 1 win 500", "50.3 > . 3001 len 1000 ack 1 win 500",            \
        "50.4 > . 4001 len 1000 ack 1 win 500", "50.5 > . 5001 len 1000 ack 1 win 500",            \
        "50.6 > . 6001 len 1000 ack 1 win 500", "50.7 > . 7001 len 1000 ack 1 win 500",            \
        "50.8 > . 8001 len 1000 ack 1 win 500", "50.9 > . 9001 len 1000 ack 1 win 500 | out=10000"

/* Two holes of one recovery: the second is above the cumulative ACK. The receiver's window changes
 * with every ACK, as autotuning makes it. */
static void test_fast_by_sack(void **state)
{
    const struct tp_wire_trouble *trouble;
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, TEN,
           "90.1 < . 1 ack 1 win 501 sack 1001-2001 | dup_ack sack sacked=1000 rtt:sack=40 "
           "pout=10000 ppipe=8000",
           "90.2 < . 1 ack 1 win 502 sack 1001-3001 | dup_ack sack sacked=1000 dups=2 ppipe=7000",
           "90.4 < . 1 ack 1 win 503 sack 4001-5001,1001-3001 | dup_ack triple_dup_ack sack "
           "sacked=1000 ppipe=5000 rtt:sack=40",
           "90.5 > . 1 len 1000 ack 1 win 500 | retransmission recovery_begin cause=fast "
           "evidence=sacked-above sure=certain of=4 again_segs=1 pipe=6000",
           "90.5 < . 1 ack 1 win 504 sack 4001-6001,1001-3001 | dup_ack sack sacked=1000 dups=4",
           "90.6 > . 3001 len 1000 ack 1 win 500 | retransmission cause=fast evidence=sacked-above "
           "sure=certain of=7",
           "90.9 < . 1 ack 1 win 504 sack 4001-10001,1001-3001 | dup_ack sack sacked=4000 rtts=1",
           "130.5 < . 1 ack 3001 win 505 sack 4001-10001 | acked=3000 rtts=0 ppipe=1000",
           "130.6 < . 1 ack 10001 win 505 | acked=7000 recovery_end rtts=0 pout=0");
    trouble = script_trouble(&script, 0);
    assert_int_equal(trouble->by_cause[TP_CAUSE_FAST], 2);
    assert_int_equal(trouble->retransmitted_segs, 2);
    assert_int_equal(trouble->recoveries, 1);
    assert_int_equal(trouble->timeouts, 0);
    assert_int_equal(trouble->recovery_ns, 40100000);
    assert_int_equal(trouble->dup_acks, 5);
    assert_int_equal(trouble->triple_dup_acks, 1);
    assert_int_equal(trouble->sack_packets, 6);
    assert_int_equal(trouble->sack_blocks_max, 2);
    assert_int_equal(trouble->spurious_segs, 0);
    assert_int_equal(trouble->rtt_sack.count, 5);
    script_end(&script);
}

/* Without SACK: three duplicate ACKs, then partial ACKs (NewReno). */
static void test_fast_by_dup_acks(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 > S 0 win 64000 mss 1000 ws 7", "40 < S 0 ack 1 win 64000 mss 1000 ws 7",
           "40.1 > . 1 ack 1 win 500", TEN, "90.1 < . 1 ack 1 win 500 | dup_ack",
           "90.2 < . 1 ack 1 win 500 | dup_ack",
           "90.3 < . 1 ack 1 win 500 | dup_ack triple_dup_ack",
           "90.4 > . 1 len 1000 ack 1 win 500 | retransmission recovery_begin cause=fast "
           "evidence=dup-acks sure=certain",
           "90.5 < . 1 ack 1 win 510 | window_update",
           "130.4 < . 1 ack 4001 win 510 | acked=4000 rtts=0",
           "130.5 > . 4001 len 1000 ack 1 win 500 | retransmission cause=fast evidence=partial-ack",
           "170.5 < . 1 ack 10001 win 510 | acked=6000 recovery_end");
    assert_int_equal(script_trouble(&script, 0)->ambiguous_acks, 0);
    assert_int_equal(script_trouble(&script, 0)->post_loss_acks, 2);
    assert_int_equal(script_wire(&script, 0)->covered_acks, 8);
    script_end(&script);
}

static void test_timeouts_back_off(void **state)
{
    const struct tp_wire_trouble *trouble;
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(
        &script, SCRIPT_HANDSHAKE, TEN,
        "300 > . 9001 len 1000 ack 1 win 500 | retransmission cause=tlp evidence=tail sure=certain "
        "of=13",
        "560 > . 1 len 1000 ack 1 win 500 | retransmission recovery_begin cause=timeout "
        "evidence=silence sure=certain of=4",
        "1080 > . 1 len 1000 ack 1 win 500 | retransmission cause=timeout evidence=backoff of=15",
        "1120 < . 1 ack 1001 win 500 | acked=1000 rtts=0",
        "1120.1 > . 1001 len 1000 ack 1 win 500 | retransmission cause=timeout "
        "evidence=in-recovery sure=likely",
        "1120.2 > . 2001 len 1000 ack 1 win 500 | retransmission cause=timeout",
        "1160.1 < . 1 ack 10001 win 500 | acked=9000 recovery_end");
    trouble = script_trouble(&script, 0);
    assert_int_equal(trouble->by_cause[TP_CAUSE_TIMEOUT], 4);
    assert_int_equal(trouble->by_cause[TP_CAUSE_PROBE], 1);
    assert_int_equal(trouble->timeouts, 1);
    assert_int_equal(trouble->recoveries, 1);
    assert_int_equal(trouble->copies_max, 2);
    assert_int_equal(trouble->resend_delay.count, 5);
    assert_int_equal(trouble->resend_delay.max_ns, 1070000000);
    script_end(&script);
}

/* A lost retransmission: dup ACKs go on for a while, the timer does it. */
static void test_timeout_amid_dup_acks(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, TEN, "90.1 < . 1 ack 1 win 500 sack 1001-5001 | dup_ack sack",
           "90.2 > . 1 len 1000 ack 1 win 500 | retransmission recovery_begin cause=fast",
           "90.3 < . 1 ack 1 win 500 sack 1001-10001 | dup_ack sack",
           "400 > . 1 len 1000 ack 1 win 500 | retransmission cause=timeout evidence=silence",
           "440 < . 1 ack 10001 win 500 | acked=10000 recovery_end");
    assert_int_equal(script_trouble(&script, 0)->recoveries, 1);
    script_end(&script);
}

/* RACK: what was sent after the retransmission has been SACKed, so that one is lost too. */
static void test_a_lost_retransmission_by_rack(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, TEN,
           "90.1 < . 1 ack 1 win 500 sack 1001-10001 | dup_ack sack",
           "90.2 > . 1 len 1000 ack 1 win 500 | retransmission recovery_begin cause=fast",
           "90.3 > . 10001 len 1000 ack 1 win 500", "90.4 > . 11001 len 1000 ack 1 win 500",
           "130.3 < . 1 ack 1 win 500 sack 1001-11001 | dup_ack sack sacked=1000",
           "130.4 > . 1 len 1000 ack 1 win 500 | retransmission cause=fast evidence=sacked-above",
           "170.4 < . 1 ack 12001 win 500 | recovery_end");
    script_end(&script);
}

/* What was sent again is in flight once more (RFC 6675, SetPipe: S1 <= HighRxt), whatever is SACKed
 * after it: data sent later, the other hole, or both in one block. */
static void test_what_is_resent_is_in_the_pipe(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, TEN,
           "90.1 < . 1 ack 1 win 500 sack 1001-2001 | dup_ack sack ppipe=8000",
           "90.2 < . 1 ack 1 win 500 sack 3001-5001,1001-2001 | dup_ack sack ppipe=5000",
           "90.3 > . 1 len 1000 ack 1 win 500 | retransmission recovery_begin cause=fast pipe=6000",
           "90.4 > . 2001 len 1000 ack 1 win 500 | retransmission cause=fast pipe=7000",
           "90.5 > . 10001 len 1000 ack 1 win 500 | pipe=8000",
           "130.4 < . 1 ack 1 win 500 sack 1001-5001 | dup_ack triple_dup_ack sack sacked=1000 "
           "ppipe=7000",
           "130.5 < . 1 ack 1 win 500 sack 1001-11001 | dup_ack sack sacked=6000 ppipe=1000",
           "130.6 < . 1 ack 11001 win 500 | recovery_end ppipe=0");
    script_end(&script);
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, TEN,
           "90.1 < . 1 ack 1 win 500 sack 1001-2001 | dup_ack sack ppipe=8000",
           "90.2 < . 1 ack 1 win 500 sack 3001-5001,1001-2001 | dup_ack sack ppipe=5000",
           "90.3 > . 1 len 1000 ack 1 win 500 | retransmission recovery_begin cause=fast pipe=6000",
           "90.4 > . 2001 len 1000 ack 1 win 500 | retransmission cause=fast pipe=7000",
           "130.4 < . 1 ack 1 win 500 sack 1001-9001 | dup_ack triple_dup_ack sack sacked=5000 "
           "ppipe=2000");
    script_end(&script);
}

/* What is SACKed of one large segment grows to its end: nothing of it is left to be measured. */
static void test_a_segment_sacked_by_parts(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "50.1 > . 1001 len 3000 ack 1 win 500 | offload",
           "90.1 < . 1 ack 1 win 500 sack 1001-2001 | dup_ack sack sacked=1000 ppipe=2000",
           "90.2 < . 1 ack 1 win 500 sack 1001-4001 | dup_ack sack sacked=2000 ppipe=0",
           "91 < . 1 ack 4001 win 500 | acked=4000 rtts=0 pout=0 ppipe=0");
    script_end(&script);
}

/* Both arrived: the receiver says so. */
static void test_needless_by_dsack(void **state)
{
    const struct tp_wire_trouble *trouble;
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, TEN, "91 < . 1 ack 1 win 500 sack 1001-4001 | dup_ack sack",
           "91.1 > . 1 len 1000 ack 1 win 500 | retransmission recovery_begin cause=fast of=4",
           "131 < . 1 ack 10001 win 500 | acked=10000 recovery_end",
           "131.1 < . 1 ack 10001 win 500 sack 1-1001 | dsack spurious_proof evidence=dsack "
           "sure=certain proof=1 of=15",
           "131.2 < . 1 ack 10001 win 500 sack 1-1001 | dsack");
    trouble = script_trouble(&script, 0);
    assert_int_equal(trouble->spurious_segs, 1);
    assert_int_equal(trouble->spurious_by[TP_EVIDENCE_DSACK], 1);
    assert_int_equal(trouble->dsack_packets, 2);
    script_end(&script);
}

/* The ACK comes 0.1 ms after the copy, on a path of 40 ms. */
static void test_needless_as_the_ack_came_too_soon(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, TEN, "91 < . 1 ack 1 win 500 sack 1001-4001 | dup_ack sack",
           "91.1 > . 1 len 1000 ack 1 win 500 | retransmission recovery_begin cause=fast of=4",
           "91.2 < . 1 ack 10001 win 500 | acked=10000 recovery_end spurious_proof "
           "evidence=too-soon sure=likely proof=1 of=15");
    assert_int_equal(script_trouble(&script, 0)->spurious_segs, 1);
    script_end(&script);
}

static void test_needless_by_timestamp(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 > S 0 win 64000 mss 1012 ts 1 0",
           "40 < S 0 ack 1 win 64000 mss 1012 ts 900 1", "41 > . 1 ack 1 win 64000 ts 41 900",
           "50 > . 1 len 1000 ack 1 win 64000 ts 50 900",
           "50.1 > . 1001 len 1000 ack 1 win 64000 ts 50 900",
           "300 > . 1 len 1000 ack 1 win 64000 ts 300 900 | retransmission recovery_begin "
           "cause=timeout",
           "341 < . 1 ack 1001 win 64000 ts 950 50 | acked=1000 spurious_proof evidence=eifel "
           "sure=certain proof=1 rtts=0",
           "342 < . 1 ack 2001 win 64000 ts 951 50 | acked=1000 recovery_end",
           /* Within one tick nothing is proved. */
           "400 > . 2001 len 1000 ack 1 win 64000 ts 400 951",
           "700 > . 2001 len 1000 ack 1 win 64000 ts 400 951 | retransmission recovery_begin "
           "cause=timeout",
           "760 < . 1 ack 3001 win 64000 ts 960 400 | acked=1000 recovery_end rtt:ts=60");
    assert_int_equal(script_trouble(&script, 0)->spurious_by[TP_EVIDENCE_EIFEL], 1);
    assert_int_equal(script_trouble(&script, 0)->spurious_segs, 1);
    script_end(&script);
}

/* After a timeout the ACK covers data that was neither resent nor SACKed: they all had arrived. */
static void test_needless_by_frto(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, TEN,
           "300 > . 1 len 1000 ack 1 win 500 | retransmission recovery_begin cause=timeout",
           "340.1 < . 1 ack 3001 win 500 | acked=3000 spurious_proof evidence=f-rto sure=likely");
    assert_int_equal(script_trouble(&script, 0)->spurious_segs, 1);
    script_end(&script);
}

/* Only beside the sender does an ACK that was captured before prove that it knew. */
static void test_acked_when_resent(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, TEN, "91 < . 1 ack 10001 win 500",
           "92 > . 1 len 1000 ack 1 win 500 | retransmission spurious evidence=acked-before "
           "sure=certain cause=unknown");
    assert_int_equal(script_trouble(&script, 0)->spurious_segs, 1);
    script_end(&script);

    script_begin(&script, 0, 0); /* beside the receiver */
    SCRIPT(&script, "0 > S 0 win 64000 mss 1000 ws 7", "0.1 < S 0 ack 1 win 64000 mss 1000 ws 7",
           "40 > . 1 ack 1 win 500", "50 > . 1 len 1000 ack 1 win 500",
           "50.1 < . 1 ack 1001 win 500 | rtt:ack=0.1",
           "60 > . 1 len 1000 ack 1 win 500 | retransmission spurious evidence=acked-before "
           "sure=guess cause=unknown",
           "350 > . 1 len 1000 ack 1 win 500 | retransmission spurious evidence=acked-before "
           "sure=likely cause=timeout");
    assert_int_equal(tp_connection_handshake(script.connection)->vantage, TP_VANTAGE_END1);
    assert_int_equal(script_trouble(&script, 0)->spurious_segs, 1);
    script_end(&script);
}

/* Beside the receiver, whose answer takes no time: what comes at once was made on the way. */
static void test_a_duplicate_of_the_network(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 > S 0 win 64000 mss 1000 ws 7", "0.01 < S 0 ack 1 win 64000 mss 1000 ws 7",
           "40 > . 1 ack 1 win 500", "50 > . 1 len 1000 ack 1 win 500",
           "50.03 > . 1 len 1000 ack 1 win 500 | copy", "50.1 < . 1 ack 1001 win 500 | rtt:ack=0.1",
           "51.2 > . 1 len 1000 ack 1 win 500 | copy",
           "56 > . 1 len 1000 ack 1 win 500 | retransmission spurious evidence=acked-before "
           "sure=guess cause=unknown");
    assert_int_equal(script_trouble(&script, 0)->copies, 2);
    script_end(&script);
}

/* What was only likely is certain once the receiver says so. */
static void test_a_dsack_makes_certain(void **state)
{
    const struct tp_wire_trouble *trouble;
    struct script script;

    (void)state;
    script_begin(&script, 0, 0); /* beside the receiver */
    SCRIPT(&script, "0 > S 0 win 64000 mss 1000 sackok",
           "0.1 < S 0 ack 1 win 64000 mss 1000 sackok", "40 > . 1 ack 1 win 500",
           "50 > . 1 len 1000 ack 1 win 500", "50.1 < . 1 ack 1001 win 500 | rtt:ack=0.1",
           "350 > . 1 len 1000 ack 1 win 500 | retransmission spurious evidence=acked-before "
           "sure=likely cause=timeout");
    trouble = script_trouble(&script, 0);
    assert_int_equal(trouble->spurious_segs, 1);
    assert_int_equal(trouble->spurious_certain_segs, 0);
    SCRIPT(&script,
           "350.1 < . 1 ack 1001 win 500 sack 1-1001 | dsack spurious_proof evidence=dsack "
           "sure=certain of=6",
           "360 < . 1 ack 1001 win 500 sack 1-1001 | dsack");
    assert_int_equal(trouble->spurious_segs, 1);
    assert_int_equal(trouble->spurious_certain_segs, 1);
    assert_int_equal(trouble->spurious_by[TP_EVIDENCE_DSACK], 1);
    assert_int_equal(trouble->spurious_by[TP_EVIDENCE_ACKED_BEFORE], 1);
    script_end(&script);
}

/* A probe of the tail that was lost ends with it; new data are no probe. */
static void test_an_rtt_sample_needs_one_transmission(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(
        &script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
        "50.1 > . 1001 len 1000 ack 1 win 500", "90 < . 1 ack 1001 win 500 | rtt:ack=40",
        "200 > . 1001 len 1000 ack 1 win 500 | retransmission cause=tlp evidence=tail sure=likely",
        "240 < . 1 ack 2001 win 500 | acked=1000 rtts=0");
    assert_int_equal(script_trouble(&script, 0)->ambiguous_acks, 1);
    assert_int_equal(script_trouble(&script, 0)->rtt_resent.min_ns, 40 * MS);
    assert_int_equal(script_trouble(&script, 0)->recoveries, 0);
    script_end(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fast_by_sack),
        cmocka_unit_test(test_fast_by_dup_acks),
        cmocka_unit_test(test_timeouts_back_off),
        cmocka_unit_test(test_timeout_amid_dup_acks),
        cmocka_unit_test(test_a_lost_retransmission_by_rack),
        cmocka_unit_test(test_what_is_resent_is_in_the_pipe),
        cmocka_unit_test(test_a_segment_sacked_by_parts),
        cmocka_unit_test(test_needless_by_dsack),
        cmocka_unit_test(test_needless_as_the_ack_came_too_soon),
        cmocka_unit_test(test_needless_by_timestamp),
        cmocka_unit_test(test_needless_by_frto),
        cmocka_unit_test(test_acked_when_resent),
        cmocka_unit_test(test_a_duplicate_of_the_network),
        cmocka_unit_test(test_a_dsack_makes_certain),
        cmocka_unit_test(test_an_rtt_sample_needs_one_transmission),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
