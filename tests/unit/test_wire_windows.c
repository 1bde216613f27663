/* test_wire_windows.c: what is advertised, and what is sent into a closed window. */
#include "wire_script.h"

static void test_scales(void **state)
{
    struct script script;

    (void)state;
    /* Both have it; a shift above 14 means 14. */
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 > S 0 win 64000 mss 1000 ws 200 | has_win=1 win=64000",
           "1 < S 0 ack 1 win 60000 mss 1000 ws 0 | win=60000",
           "2 > . 1 ack 1 win 2 | win=32768 at_least=0",
           "3 < . 1 ack 1 win 50 | win=50 window_update");
    assert_int_equal(script_wire(&script, 0)->wscale, 14);
    assert_int_equal(script_wire(&script, 0)->window_min_bytes, 32768);
    assert_int_equal(script_wire(&script, 1)->windows, 1);
    script_end(&script);

    /* The answer has none: no window is scaled. */
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 > S 0 win 64000 mss 1000 ws 7", "1 < S 0 ack 1 win 60000 mss 1000",
           "2 > . 1 ack 1 win 500 | win=500 has_win=1");
    assert_int_equal(script_wire(&script, 0)->scale, TP_SCALE_NONE);
    assert_int_equal(script_wire(&script, 1)->scale, TP_SCALE_NONE);
    script_end(&script);

    /* Only the answer was captured: it proves that both have it, and its own value. */
    script_begin(&script, 0, 0);
    SCRIPT(&script, "1 < S 0 ack 1 win 60000 mss 1000 ws 3", "2 > . 1 ack 1 win 500 | has_win=0",
           "3 < . 1 ack 1 win 500 | has_win=1 win=4000 window_update");
    assert_int_equal(script_wire(&script, 0)->scale, TP_SCALE_UNKNOWN);
    assert_int_equal(script_wire(&script, 1)->scale, TP_SCALE_KNOWN);
    script_end(&script);
}

/* Without SYNs: what is sent into a window proves how large it must be. Once may be a missed ACK.
 */
static void test_a_scale_by_what_is_sent(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 < . 0 ack 0 win 500 | has_win=0", "1 > . 0 len 1000 ack 0 win 900",
           "2 > . 1000 len 1000 ack 0 win 900",
           "3 < . 0 ack 1000 win 500 | has_win=1 at_least=1 win=2000",
           "4 > . 2000 len 1000 ack 0 win 900", "5 > . 3000 len 1000 ack 0 win 900",
           "5.5 > . 4000 len 1000 ack 0 win 900", "6 < . 0 ack 1000 win 500 | dup_ack win=4000",
           "7 < . 0 ack 5000 win 0 | zero_window has_win=1 at_least=0 win=0",
           "8 > . 5000 len 0 ack 0 win 0 | zero_window window_update has_win=1 at_least=0 win=0");
    assert_int_equal(script_wire(&script, 1)->scale, TP_SCALE_AT_LEAST);
    assert_int_equal(script_wire(&script, 1)->wscale, 3);
    assert_int_equal(script_wire(&script, 0)->scale, TP_SCALE_UNKNOWN);
    script_end(&script);
}

static void test_a_closed_window(void **state)
{
    const struct tp_wire *wire;
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "90 < . 1 ack 1001 win 0 | zero_window win=0 rtt:ack=40",
           /* Linux: an empty segment below what is acknowledged. */
           "300 > . 1000 ack 1 win 500 | window_probe out=0",
           "340 < . 1 ack 1001 win 0 | zero_window window_probe_ack",
           /* BSD: a byte that may be taken. */
           "900 > . 1001 len 1 ack 1 win 500 | window_probe new=0 is_data=0",
           "940 < . 1 ack 1001 win 0 | zero_window window_probe_ack",
           "1900 > . 1001 len 1 ack 1 win 500 | window_probe new=0",
           "1940 < . 1 ack 1002 win 500 | acked=1 win=64000",
           "1941 > . 1002 len 1000 ack 1 win 500 | new=1000 out=1000",
           "1981 < . 1 ack 2002 win 500", "1990 < . 1 ack 2002 win 300 | window_update win=38400");
    wire = script_wire(&script, 0);
    assert_int_equal(wire->trouble->window_probes, 3);
    assert_int_equal(wire->trouble->window_probe_bytes, 1);
    assert_int_equal(wire->trouble->retransmitted_segs, 0);
    assert_int_equal(wire->unique_bytes, 2001);
    assert_int_equal(wire->acked_bytes, 2001);
    assert_int_equal(script_trouble(&script, 1)->zero_windows, 3);
    /* 500, 500 and 300 of 128 bytes: all three are without the closed ones */
    assert_int_equal(script_wire(&script, 1)->window_min_bytes, 38400);
    assert_int_equal(script_wire(&script, 1)->windows, 3);
    assert_true(script_wire(&script, 1)->window_sum_bytes == 64000 + 64000 + 38400);
    script_end(&script);
}

static void test_keep_alives(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1 ack 1 win 500", "90 < . 1 ack 2 win 500",
           "9000 > . 1 ack 1 win 500 | keep_alive out=0",
           "9040 < . 1 ack 2 win 500 | keep_alive_ack",
           "19000 > . 1 len 1 ack 1 win 500 | keep_alive new=0 again=0 is_data=0",
           "19040 < . 1 ack 2 win 500 sack 1-2 | keep_alive_ack dsack",
           "19100 > . 1 len 1 ack 1 win 500 | retransmission spurious again=1 cause=unknown");
    assert_int_equal(script_trouble(&script, 0)->keep_alives, 2);
    assert_int_equal(script_trouble(&script, 0)->keep_alive_bytes, 1);
    assert_int_equal(script_trouble(&script, 0)->retransmitted_segs, 1);
    assert_int_equal(script_wire(&script, 0)->unique_bytes, 1);
    script_end(&script);
}

static void test_a_full_window(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 > S 0 win 64000 mss 1000", "40 < S 0 ack 1 win 3500 mss 1000",
           "40.1 > . 1 ack 1 win 64000", "41 > . 1 len 1000 ack 1 win 64000",
           "42 > . 1001 len 1000 ack 1 win 64000",
           "43 > . 2001 len 1000 ack 1 win 64000 | window_full", "83 < . 1 ack 3001 win 3500",
           "84 > . 3001 len 1000 ack 1 win 64000");
    script_end(&script);
}

/* A late ACK does not move the window back; dup ACKs need outstanding data. */
static void test_late_acks(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "50 > . 1001 len 1000 ack 1 win 500", "91 < . 1 ack 2001 win 400 | acked=2000",
           "92 < . 1 ack 1001 win 450 | acked=0", "93 < . 1 ack 2001 win 400",
           "94 > . 2001 len 1000 ack 1 win 500", "95 < . 1 ack 2001 win 400 | dup_ack dups=1");
    assert_int_equal(script.meaning.flight[0].window_bytes, 400 << 7);
    assert_int_equal(script_trouble(&script, 0)->dup_acks, 1);
    script_end(&script);
}

/* What was sent into a window that closed waits until it opens. */
static void test_a_window_that_opens_again(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "51 > . 1001 len 1000 ack 1 win 500", "52 > . 2001 len 1000 ack 1 win 500",
           "90 < . 1 ack 1001 win 0 | zero_window rtt:ack=40",
           "1090 < . 1 ack 1001 win 4 | window_update win=512",
           "1200 < . 1 ack 1001 win 500 | window_update",
           "1200.5 > . 1001 len 1000 ack 1 win 500 | retransmission cause=window "
           "evidence=window-update sure=likely",
           "1200.6 > . 2001 len 1000 ack 1 win 500 | retransmission cause=window",
           "1240.6 < . 1 ack 3001 win 500");
    assert_int_equal(script_trouble(&script, 0)->by_cause[TP_CAUSE_WINDOW], 2);
    assert_int_equal(script_trouble(&script, 0)->recoveries, 0);
    script_end(&script);

    /* Long after it opened it is a timer. */
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "90 < . 1 ack 1 win 0 | zero_window window_update",
           "100 < . 1 ack 1 win 500 | window_update",
           "400 > . 1 len 1000 ack 1 win 500 | retransmission recovery_begin cause=timeout");
    script_end(&script);
}

/* A probe of new data that was taken: by the ACK of it, by a later one, or by data behind it. */
static void test_probes_that_are_taken(void **state)
{
    static const char *const ends[] = {
        "1940 < . 1 ack 1002 win 500 | acked=1",
        "1940 < . 1 ack 1502 win 500 | acked=501 acked_unseen unseen=500",
        "1941 > . 1002 len 1000 ack 1 win 500 | new=1000 window_full",
    };
    const struct tp_wire *wire;
    struct script script;
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        script_begin(&script, 0, 0);
        SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
               "90 < . 1 ack 1001 win 0 | zero_window",
               "900 > . 1001 len 1 ack 1 win 500 | window_probe",
               "1900 > . 1001 len 1 ack 1 win 500 | window_probe");
        script_run(&script, (const char *const[]){ends[i], NULL});
        wire = script_wire(&script, 0);
        assert_int_equal(wire->trouble->window_probe_bytes, 1);
        assert_int_equal(wire->unique_bytes, i == 2 ? 2001 : 1001);
        script_end(&script);
    }
    /* Refused, and sent again with what follows it. */
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "90 < . 1 ack 1001 win 0 | zero_window",
           "900 > . 1001 len 1 ack 1 win 500 | window_probe",
           "940 < . 1 ack 1001 win 500 | window_probe_ack",
           "941 > . 1001 len 1000 ack 1 win 500 | new=1000", "981 < . 1 ack 2001 win 500");
    assert_int_equal(script_wire(&script, 0)->unique_bytes, 2000);
    assert_int_equal(script_trouble(&script, 0)->window_probe_bytes, 1);
    script_end(&script);
}

/* Both ask in the same second; one of them has never sent data. */
static void test_keep_alives_of_both(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 10 ack 1 win 500", "90 < . 1 ack 11 win 500",
           "9000 > . 10 len 1 ack 1 win 500 | keep_alive",
           "9000.1 < . 1 ack 11 win 500 | keep_alive_ack",
           "9010 < . 0 len 1 ack 11 win 500 | keep_alive",
           "9010.1 > . 11 ack 1 win 500 | keep_alive_ack",
           "10000 > . 10 len 1 ack 1 win 500 | keep_alive");
    assert_int_equal(script_trouble(&script, 0)->keep_alives, 2);
    assert_int_equal(script_trouble(&script, 1)->keep_alives, 1);
    script_end(&script);
}

/* The first ACK of a direction repeats none, and a SYN's window is finer than those that follow. */
static void test_no_update_in_the_handshake(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 > S 0 win 64240 mss 1000 ws 7", "40 > . 1 ack 1 win 501",
           "41 > . 1 ack 1 win 400 | window_update", "42 > P 1 len 100 ack 1 win 400");
    assert_true(tp_connection_complete(script.connection) & TP_COMPLETE_ACK);
    assert_false(tp_connection_complete(script.connection) & TP_COMPLETE_SYNACK);
    script_end(&script);

    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 < S 0 ack 1 win 65160 mss 1000 ws 7", "1 < . 1 ack 1 win 509",
           "2 < . 1 ack 1 win 508 | window_update");
    script_end(&script);
}

/* Signals of MPTCP repeat ACKs; its data sequence signals come on real duplicates. */
static void test_signals_of_mptcp(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "90 < . 1 ack 1 win 500 dss | dup_ack dups=1", "91 < . 1 ack 1 win 500 addr",
           "92 < . 1 ack 1 win 500 dss | dup_ack dups=2",
           "93 < . 1 ack 1 win 400 addr | window_update");
    assert_int_equal(script_trouble(&script, 0)->dup_acks, 2);
    script_end(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scales),
        cmocka_unit_test(test_a_scale_by_what_is_sent),
        cmocka_unit_test(test_a_closed_window),
        cmocka_unit_test(test_keep_alives),
        cmocka_unit_test(test_a_full_window),
        cmocka_unit_test(test_late_acks),
        cmocka_unit_test(test_a_window_that_opens_again),
        cmocka_unit_test(test_probes_that_are_taken),
        cmocka_unit_test(test_keep_alives_of_both),
        cmocka_unit_test(test_no_update_in_the_handshake),
        cmocka_unit_test(test_signals_of_mptcp),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
