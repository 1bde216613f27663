/* test_few.c: what is said of a few samples and packets: no number that rests on too little. */
#include "ask.h"
#include "one_flow.h"
#include "packet_maker.h"
#include "wire_script.h"

static bool knows(const struct tp_analysis *analysis, const struct tp_flow *flow,
                  enum tp_figure_id figure)
{
    return !isnan(ask(analysis, flow, figure));
}

/* So many probes, 50 ms apart, at a round trip of 10 ms, that find a segment acknowledged each. */
static struct tp_analysis *probes(unsigned count)
{
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    struct tp_record record;
    unsigned i;

    for (i = 0; i < count; i++) {
        record = make_probe(50 * i * MS, 1, 4000, 2, 80, 1448 * i, 10 + i % 3);
        record.srtt = 10000 + i;
        add(analysis, record);
    }
    return analysis;
}

/* Of N samples one must lie beyond a percentile; the median stands for whatever there is. */
static void test_percentiles_need_samples(void **state)
{
    static const struct {
        enum tp_figure_id figure;
        unsigned needs;
    } rows[] = {
        {TP_FIGURE_srtt_p5_us, 20},        {TP_FIGURE_snd_cwnd_p10_segs, 10},
        {TP_FIGURE_rtt_p50_us, 1},         {TP_FIGURE_snd_cwnd_p50_segs, 1},
        {TP_FIGURE_snd_cwnd_p90_segs, 10}, {TP_FIGURE_rtt_p95_us, 20},
        {TP_FIGURE_rtt_p99_us, 100},       {TP_FIGURE_inflight_p99_bytes, 100},
        {TP_FIGURE_snd_cwnd_max_segs, 1},  {TP_FIGURE_rtt_min_us, 1},
        {TP_FIGURE_rtt_inflation, 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (unsigned enough = 0; enough < 2; enough++) {
            unsigned count = rows[i].needs - 1 + enough;
            struct tp_analysis *analysis;

            if (!count)
                continue;
            analysis = probes(count);
            if (knows(analysis, finish(analysis), rows[i].figure) != enough)
                fail_msg("%s of %u samples", tp_figures[rows[i].figure].name, count);
            tp_analysis_free(analysis);
        }
}

/* Whoever has samples is believed for all statistics of them: those of packets, of which there are
 * enough for a percentile, do not stand beside a socket's median. */
static void test_one_origin_for_all_statistics(void **state)
{
    const struct tp_analysis_options options = {0};
    struct tp_analysis *analysis = tp_analysis_new(&options, NULL);
    const struct tp_flow *flow;
    struct tp_record record;

    (void)state;
    give_transfer(analysis, 4000, SEC, 12, 0);
    record = make_probe(2 * SEC, 1, 4000, 2, 80, 1448, 10);
    record.srtt = 10000;
    add(analysis, record);
    flow = finish(analysis);
    assert_false(isnan(ask_of(analysis, flow, TP_FIGURE_inflight_p95_bytes, 0, TP_FROM_PACKETS)));
    assert_false(isnan(ask_of(analysis, flow, TP_FIGURE_rtt_p95_us, 0, TP_FROM_PACKETS)));
    assert_true(knows(analysis, flow, TP_FIGURE_inflight_p50_bytes));
    assert_true(ask(analysis, flow, TP_FIGURE_inflight_p50_bytes) ==
                ask_of(analysis, flow, TP_FIGURE_inflight_p50_bytes, 0, TP_FROM_KERNEL));
    assert_false(knows(analysis, flow, TP_FIGURE_inflight_p95_bytes));
    assert_true(ask(analysis, flow, TP_FIGURE_rtt_p50_us) == 10000);
    assert_false(knows(analysis, flow, TP_FIGURE_rtt_p95_us));
    assert_true(knows(analysis, flow, TP_FIGURE_wire_inflight_samples));
    tp_analysis_free(analysis);
}

/* Two losses in 20 ms at a round trip of 10 ms are not 100 a second. */
static void test_rates_need_round_trips(void **state)
{
    (void)state;
    for (unsigned enough = 0; enough < 2; enough++) {
        struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
        struct tp_record record;
        const struct tp_flow *flow;

        for (unsigned i = 0; i < 5; i++) {
            record = make_probe((enough ? 50 : 5) * i * MS, 1, 4000, 2, 80, 1448 * i, 10);
            record.srtt = 10000;
            add(analysis, record);
            record = make(TP_KIND_CONG_STATE_SET, record.ts_ns + 1, 1, 4000, 2, 80);
            record.have |= TP_BIT(CONG_STATE);
            record.cong_state = i % 2 ? TP_CONG_RECOVERY : TP_CONG_OPEN;
            add(analysis, record);
        }
        flow = finish(analysis);
        assert_int_equal(knows(analysis, flow, TP_FIGURE_loss_rate), enough);
        assert_int_equal(knows(analysis, flow, TP_FIGURE_goodput_bps), enough);
        assert_int_equal(knows(analysis, flow, TP_FIGURE_recovery_share), true); /* of its time */
        tp_analysis_free(analysis);
    }
}

static void feed(struct tp_analysis *analysis, const char *const *lines)
{
    struct script script = {.isn = {1000, 77}};
    unsigned end;

    for (; *lines; lines++)
        add(analysis, script_packet(&script, *lines, &end));
}

/* Two packets back to back are no throughput of a connection; a whole short one has its own. */
static void test_a_piece_has_no_throughput(void **state)
{
    static const char *const piece[] = {"50 > . 1001 len 1000 ack 1 win 500",
                                        "50.001 > . 2001 len 1000 ack 1 win 500", NULL};
    static const char *const whole[] = {SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
                                        "90 < . 1 ack 1001 win 500", NULL};
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);

    (void)state;
    feed(analysis, piece);
    assert_false(knows(analysis, finish(analysis), TP_FIGURE_wire_throughput_bps));
    tp_analysis_free(analysis);
    analysis = tp_analysis_new(NULL, NULL);
    feed(analysis, whole);
    assert_true(knows(analysis, finish(analysis), TP_FIGURE_wire_throughput_bps));
    tp_analysis_free(analysis);
}

/* Captured beside its receiver ACKs follow at once: how long the way is, the sender's ACK of the
 * SYN-ACK says. Fifteen milliseconds of a path of forty are no goodput. */
static void test_the_way_beside_the_receiver(void **state)
{
    static const char *const opening[] = {"0 > S 0 win 64000 mss 1000",
                                          "0.1 < S 0 ack 1 win 64000 mss 1000",
                                          "40.1 > . 1 ack 1 win 500", NULL};
    char data[64], acks[64];

    (void)state;
    for (unsigned enough = 0; enough < 2; enough++) {
        struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
        struct script script = {.isn = {1000, 77}};
        unsigned end;

        for (unsigned i = 0; opening[i]; i++)
            add(analysis, script_packet(&script, opening[i], &end));
        for (unsigned i = 0; i < 16; i++) {
            snprintf(data, sizeof data, "%u > . %u len 1000 ack 1 win 500",
                     80 + (enough ? 10 : 1) * i, 1 + 1000 * i);
            snprintf(acks, sizeof acks, "%u.1 < . 1 ack %u win 500", 80 + (enough ? 10 : 1) * i,
                     1001 + 1000 * i);
            add(analysis, script_packet(&script, data, &end));
            add(analysis, script_packet(&script, acks, &end));
        }
        assert_int_equal(knows(analysis, finish(analysis), TP_FIGURE_goodput_bps), enough);
        tp_analysis_free(analysis);
    }
}

/* Between one ACK and itself no time passes: it has no duration. */
static void test_one_advance_has_no_duration(void **state)
{
    (void)state;
    for (unsigned count = 2; count < 4; count++) {
        struct tp_analysis *analysis = probes(count);

        assert_int_equal(knows(analysis, finish(analysis), TP_FIGURE_transfer_ns), count > 2);
        tp_analysis_free(analysis);
    }
    for (unsigned count = 1; count < 3; count++) {
        static const char *const lines[] = {
            "50 > . 1 len 1000 ack 1 win 500", "90 < . 1 ack 1001 win 500",
            "91 > . 1001 len 1000 ack 1 win 500", "131 < . 1 ack 2001 win 500"};
        static const char *const opening[] = {SCRIPT_HANDSHAKE};
        struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
        struct script script = {.isn = {1000, 77}};
        unsigned end;

        for (size_t i = 0; i < sizeof opening / sizeof *opening; i++)
            add(analysis, script_packet(&script, opening[i], &end));
        for (size_t i = 0; i < 2 * count; i++)
            add(analysis, script_packet(&script, lines[i], &end));
        assert_int_equal(knows(analysis, finish(analysis), TP_FIGURE_transfer_ns), count > 1);
        tp_analysis_free(analysis);
    }
}

/* What limits a sender is judged once per round trip: of five milliseconds of a path of forty,
 * nothing is. */
static void test_limits_need_a_round_trip(void **state)
{
    (void)state;
    for (unsigned long_enough = 0; long_enough < 2; long_enough++) {
        struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
        const struct tp_flow *flow;
        struct tp_record record;
        unsigned i;

        for (i = 0; i < 20; i++) {
            record = make_probe(i * (long_enough ? 10 : 0.25) * MS, 1, 4000, 2, 80, 1448 * i, 10);
            record.srtt = 40000;
            add(analysis, record);
        }
        flow = finish(analysis);
        assert_int_equal(knows(analysis, flow, TP_FIGURE_limited_share), long_enough);
        assert_int_equal(knows(analysis, flow, TP_FIGURE_limit_app_share), long_enough);
        tp_analysis_free(analysis);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_percentiles_need_samples),
        cmocka_unit_test(test_one_origin_for_all_statistics),
        cmocka_unit_test(test_rates_need_round_trips),
        cmocka_unit_test(test_a_piece_has_no_throughput),
        cmocka_unit_test(test_the_way_beside_the_receiver),
        cmocka_unit_test(test_one_advance_has_no_duration),
        cmocka_unit_test(test_limits_need_a_round_trip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
