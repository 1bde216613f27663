/* test_wire_clocks.c: the directions have clocks of their own, or the clock of both was set. */
#include "wire_script.h"

/* Sorted by time; the ACKs are stamped 60 ms early. */
static void test_answers_before_what_they_answer(void **state)
{
    const struct tp_handshake *handshake;
    struct tp_flight flight;
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 < SA 0 ack 1 win 64000 mss 1000 sackok ws 7",
           "20 > S 0 win 64000 mss 1000 sackok ws 7 | rtts=0", "60.1 > . 1 ack 1 win 500 | rtts=0",
           "70 < . 1 ack 1001 win 500 | acked=1000 acked_unseen unseen=1000 rtts=0",
           "71 < . 1 ack 2001 win 500 | acked=1000 acked_unseen unseen=1000 rtts=0",
           "90 > . 1 len 1000 ack 1 win 500 | new=1000 again=0",
           "91 > . 1001 len 1000 ack 1 win 500 | new=1000 again=0",
           "300 > . 1001 len 1000 ack 1 win 500 | new=0 again=1000 retransmission "
           "cause=unknown");
    assert_true(tp_connection_two_clocks(script.connection));
    assert_int_equal(script_wire(&script, 0)->unique_bytes, 2000);
    assert_int_equal(script_trouble(&script, 0)->unseen_bytes, 0);
    assert_int_equal(script_trouble(&script, 0)->unseen_gaps, 0);
    assert_int_equal(script_trouble(&script, 0)->spurious_segs, 0);
    tp_connection_flight(script.connection, 0, &flight);
    assert_false(flight.known);
    tp_connection_end(script.connection);
    handshake = tp_connection_handshake(script.connection);
    assert_int_equal(handshake->syn_rtt_ns, 0);
    assert_int_equal(handshake->ack_rtt_ns, 0);
    script_end(&script);
}

/* In the order of the file, which is the true one: all ACKs are early by an hour. */
static void test_times_that_are_before_those_of_their_cause(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, "3600000 > S 0 win 64000 mss 1000 sackok ws 7",
           "40 < SA 0 ack 1 win 64000 mss 1000 sackok ws 7 | rtts=0",
           "3600040.1 > . 1 ack 1 win 500 | rtts=0",
           "3600050 > . 1 len 1000 ack 1 win 500 | new=1000",
           "90 < . 1 ack 1001 win 500 | acked=1000 rtts=0");
    assert_true(tp_connection_two_clocks(script.connection));
    tp_connection_end(script.connection);
    assert_int_equal(script_wire(&script, 0)->rtt.count, 0);
    script_end(&script);
}

/* One processor was a little faster than the other: that one sample is none, and no more. */
static void test_one_early_answer_is_no_rule(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "90 < . 1 ack 1001 win 500 | rtt:ack=40",
           "100 < . 1 ack 2001 win 500 | acked=1000 acked_unseen unseen=1000",
           "100.001 > . 1001 len 1000 ack 1 win 500 | new=1000",
           "110 > . 2001 len 1000 ack 1 win 500", "150 < . 1 ack 3001 win 500 | rtt:ack=40");
    assert_false(tp_connection_two_clocks(script.connection));
    tp_connection_end(script.connection);
    assert_int_equal(script_wire(&script, 0)->rtt.count, 2);
    assert_int_equal(script_trouble(&script, 0)->unseen_bytes, 0);
    script_end(&script);
}

/* Data that the capture missed, and that were sent again after they had been acknowledged. */
static void test_what_was_sent_again_is_not_late(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "90 < . 1 ack 1001 win 500 | rtt:ack=40",
           "100 < . 1 ack 2001 win 500 | acked=1000 acked_unseen unseen=1000",
           "400 > . 1001 len 1000 ack 1 win 500 | new=1000 repair cause=timeout "
           "evidence=timing");
    assert_false(tp_connection_two_clocks(script.connection));
    script_end(&script);
}

/* The capture's clock was set back, and later times were put right: sure, within a millisecond. */
static void step_at(struct script *script, unsigned oddities)
{
    struct tp_record packet = {.kind = TP_KIND_PACKET,
                               .ts_ns = SEC + 60 * MS,
                               .have = TP_BIT(SEQ) | TP_BIT(FLAGS) | TP_BIT(PAYLOAD) | TP_BIT(ACK) |
                                       TP_BIT(ODDITIES),
                               .seq = 2001,
                               .ack = 1,
                               .payload = 1000,
                               .flags = TP_TCP_ACK,
                               .oddities = (uint16_t)oddities};

    SCRIPT(script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "59 > . 1001 len 1000 ack 1 win 500");
    assert_int_equal(tp_connection_add(script->connection, &packet, 0, &script->meaning), 0);
}

static void test_round_trips_across_a_step(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    step_at(&script, TP_ODD_STEP);
    SCRIPT(&script, "64 < . 1 ack 2001 win 500 | acked=2000 rtts=0",
           "90 < . 1 ack 3001 win 500 | acked=1000 rtt:ack=30",
           "91 > . 3001 len 1000 ack 1 win 500", "131 < . 1 ack 4001 win 500 | rtt:ack=40");
    script_end(&script);
    script_begin(&script, 0, 0);
    step_at(&script, TP_ODD_STEP);
    SCRIPT(&script, "90 < . 1 ack 1001 win 500 | acked=1000 rtt:ack=40");
    script_end(&script);
    script_begin(&script, 0, 0);
    step_at(&script, TP_ODD_STEP | TP_ODD_STEP_UNSURE);
    SCRIPT(&script, "90 < . 1 ack 1001 win 500 | acked=1000 rtts=0");
    script_end(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_before_what_they_answer),
        cmocka_unit_test(test_times_that_are_before_those_of_their_cause),
        cmocka_unit_test(test_one_early_answer_is_no_rule),
        cmocka_unit_test(test_what_was_sent_again_is_not_late),
        cmocka_unit_test(test_round_trips_across_a_step),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
