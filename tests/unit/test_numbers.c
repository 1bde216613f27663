/* test_numbers.c: what is said of a flow, with sums done by hand: the kernel's word, the packets',
 * and the receiver's. */
#include "ask.h"
#include "one_flow.h"
#include "wire_script.h"

#define FIN_WAIT2  5
#define CLOSE_WAIT 8

static void is(double number, double wanted)
{
    if (!(fabs(number - wanted) <= 1e-9 * fabs(wanted)))
        fail_msg("it is %.12g, not %.12g", number, wanted);
}

static const char *text_of(const struct tp_analysis *analysis, const struct tp_flow *flow,
                           enum tp_figure_id figure)
{
    static struct tp_sheet sheet;

    tp_sheet_open(&sheet, analysis, flow, 0);
    return tp_sheet_value(&sheet, figure, 0, TP_BEST, NULL).text;
}

/* --- the kernel --------------------------------------------------------------------------------
 */

static struct tp_record probe(int64_t ms, uint32_t una, uint32_t ssthresh)
{
    struct tp_record record = make_probe(ms * MS, 1, 4000, 2, 80, una, 10);

    record.ssthresh = ssthresh;
    return record;
}

static void change(struct tp_analysis *analysis, int64_t ms, uint8_t to)
{
    struct tp_record record = make(TP_KIND_CONG_STATE_SET, ms * MS, 1, 4000, 2, 80);

    record.have |= TP_BIT(CONG_STATE);
    record.cong_state = to;
    add(analysis, record);
}

static void resend(struct tp_analysis *analysis, int64_t ms, int32_t err)
{
    struct tp_record record = make(TP_KIND_RETRANSMIT_SKB, ms * MS, 1, 4000, 2, 80);

    record.have |= TP_BIT(STATE) | TP_BIT(ERR);
    record.state = ESTABLISHED;
    record.err = err;
    add(analysis, record);
}

/* 41 probes, 50 ms apart, that find one and two segments acknowledged in turn: 60 segments of 1448
 * bytes from 100 to 2050 ms. */
static void transfer(struct tp_analysis *analysis)
{
    struct tp_record record;
    uint32_t una = 0, i;

    add(analysis, make_change(0, 1, 4000, 2, 80, CLOSE, SYN_SENT));
    for (i = 0; i <= 40; i++) {
        una += i == 0 ? 0 : i % 2 ? 1448 : 2896;
        record = probe(100 + 50 * i, una, i < 14 ? TP_SSTHRESH_INFINITE : 50);
        record.srtt = i < 10 ? 40000 : i < 37 ? 50000 : 90000; /* for 0.5, 1.35 and 0.15 s */
        add(analysis, record);
        if (i == 10)
            change(analysis, 600, TP_CONG_RECOVERY), resend(analysis, 601, 0);
        if (i == 12)
            change(analysis, 700, TP_CONG_OPEN), resend(analysis, 701, -11);
        if (i == 18)
            change(analysis, 1000, TP_CONG_LOSS), resend(analysis, 1001, 0);
        if (i == 20)
            change(analysis, 1100, TP_CONG_OPEN), resend(analysis, 1101, 0);
        if (i == 24)
            change(analysis, 1300, TP_CONG_CWR);
        if (i == 28)
            change(analysis, 1500, TP_CONG_OPEN);
    }
    add(analysis, make(TP_KIND_DESTROY_SOCK, 3000 * MS, 1, 4000, 2, 80));
}

static void test_what_a_socket_says(void **state)
{
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    const struct tp_flow *flow;

    (void)state;
    transfer(analysis);
    flow = finish(analysis);
    is(ask(analysis, flow, TP_FIGURE_acked_bytes), 60 * 1448);
    is(ask(analysis, flow, TP_FIGURE_transfer_ns), 1950e6);
    is(ask(analysis, flow, TP_FIGURE_goodput_bps), 59 * 1448 * 8 / 1.95);
    is(ask(analysis, flow, TP_FIGURE_mss_bytes), 1448);
    is(ask(analysis, flow, TP_FIGURE_retransmitted), 3);
    is(ask(analysis, flow, TP_FIGURE_retransmit_share), 3.0 / 63);
    is(ask(analysis, flow, TP_FIGURE_recoveries), 1);
    is(ask(analysis, flow, TP_FIGURE_timeouts), 1);
    is(ask(analysis, flow, TP_FIGURE_loss_rate), 2 / 1.95);
    is(ask(analysis, flow, TP_FIGURE_recovery_share), 0.4 / 3);
    is(ask(analysis, flow, TP_FIGURE_slow_start_ns), 700e6);
    is(ask(analysis, flow, TP_FIGURE_rtt_min_us), 40e3);
    is(ask(analysis, flow, TP_FIGURE_rtt_p50_us), 50e3);
    is(ask(analysis, flow, TP_FIGURE_rtt_p95_us), 90e3);
    is(ask(analysis, flow, TP_FIGURE_rtt_inflation), 1.25);
    is(ask(analysis, flow, TP_FIGURE_initial_cwnd_segs), 10);
    is(ask(analysis, flow, TP_FIGURE_duration_ns), 3e9);
    tp_analysis_free(analysis);
}

/* Where such events were not recorded, none is no number. */
static void test_what_was_not_recorded_is_absent(void **state)
{
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    const struct tp_flow *flow;

    (void)state;
    add(analysis, make_lost(0, 5));
    add(analysis, probe(10, 0, 50));
    add(analysis, probe(20, 1448, 50));
    add(analysis, (struct tp_record){.ts_ns = 25 * MS, .kind = TP_KIND_LOST}); /* uncounted */
    add(analysis, probe(30, 2896, 50));
    flow = finish(analysis);
    assert_true(isnan(ask(analysis, flow, TP_FIGURE_retransmitted)));
    assert_true(isnan(ask(analysis, flow, TP_FIGURE_recoveries)));
    assert_true(isnan(ask(analysis, flow, TP_FIGURE_loss_rate)));
    assert_true(isnan(ask(analysis, flow, TP_FIGURE_lost_events)));
    tp_analysis_free(analysis);
}

/* After the last probe the FIN was acknowledged, and with it all that was sent before: ten
 * segments. */
static void test_what_is_acknowledged_in_silence(void **state)
{
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    const struct tp_flow *flow;

    (void)state;
    add(analysis, probe(10, 0, 50));
    add(analysis, probe(20, 1448, 50));
    add(analysis, make_change(30 * MS, 1, 4000, 2, 80, ESTABLISHED, FIN_WAIT1));
    add(analysis, make_change(40 * MS, 1, 4000, 2, 80, FIN_WAIT1, FIN_WAIT2));
    flow = finish(analysis);
    is(ask(analysis, flow, TP_FIGURE_acked_bytes), 11 * 1448);
    tp_analysis_free(analysis);
}

/* Until close() ten segments were acknowledged in a second and one skb was sent again; what comes
 * after that is neither part of a share of them nor of a rate in that second. */
static void test_what_is_known_until_close(void **state)
{
    (void)state;
    for (unsigned again = 0; again < 2; again++) {
        struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
        struct tp_sheet sheet = {0};
        const struct tp_flow *flow;
        int64_t ms;

        for (ms = 0; ms <= 1100; ms += 100)
            add(analysis, probe(ms, (uint32_t)(ms <= 1000 ? ms : 1000) / 100 * 1448, 50));
        change(analysis, 400, TP_CONG_RECOVERY), resend(analysis, 401, 0);
        change(analysis, 500, TP_CONG_OPEN);
        for (ms = 1200; ms <= 2400; ms += 100)
            add(analysis, probe(ms, (uint32_t)ms / 100 * 1448, 50));
        add(analysis, make_change(2450 * MS, 1, 4000, 2, 80, ESTABLISHED, FIN_WAIT1));
        change(analysis, 2500, TP_CONG_LOSS);
        if (again)
            resend(analysis, 2501, 0);
        flow = finish(analysis);
        tp_sheet_open(&sheet, analysis, flow, 0);
        assert_true(tp_sheet_value(&sheet, TP_FIGURE_acked_bytes, 0, TP_BEST, NULL).at_least);
        assert_true(tp_sheet_value(&sheet, TP_FIGURE_bytes, 0, TP_BEST, NULL).at_least);
        assert_true(tp_sheet_value(&sheet, TP_FIGURE_transfer_ns, 0, TP_BEST, NULL).at_least);
        assert_string_equal(text_of(analysis, flow, TP_FIGURE_acked_from), TP_UNTIL_CLOSE);
        is(ask(analysis, flow, TP_FIGURE_retransmitted), 1 + again);
        if (again)
            assert_true(isnan(ask(analysis, flow, TP_FIGURE_retransmit_share)));
        else
            is(ask(analysis, flow, TP_FIGURE_retransmit_share), 1.0 / 25);
        is(ask(analysis, flow, TP_FIGURE_loss_rate), 1 / 2.3);
        tp_analysis_free(analysis);
    }
}

/* --- the receiver ------------------------------------------------------------------------------
 */

static struct tp_record received(int64_t ms, uint16_t bytes)
{
    struct tp_record record = make_probe(ms * MS, 2, 80, 1, 4000, 0, 10);

    record.data_len = bytes;
    return record;
}

/* Its socket was made a second before the first data came. */
static void test_what_a_receiver_says(void **state)
{
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    struct tp_sheet sheet = {0};
    const struct tp_flow *flow;
    unsigned from;

    (void)state;
    add(analysis, make_change(0, 2, 80, 1, 4000, SYN_RECV, ESTABLISHED));
    add(analysis, received(1000, 1000));
    add(analysis, received(1500, 1448));
    add(analysis, received(2000, 552));
    add(analysis, make(TP_KIND_DESTROY_SOCK, 3000 * MS, 2, 80, 1, 4000));
    flow = finish(analysis);
    is(ask(analysis, flow, TP_FIGURE_acked_bytes), 3000);
    is(ask(analysis, flow, TP_FIGURE_goodput_bps), 3000 * 8);
    tp_sheet_open(&sheet, analysis, flow, 0);
    assert_int_equal(tp_sheet_value(&sheet, TP_FIGURE_acked_bytes, 0, TP_BEST, &from).integer,
                     3000);
    assert_int_equal(from, TP_FROM_PEER);
    tp_analysis_free(analysis);
}

/* A receiver that shut down its half goes on receiving, and no event tells of it; one whose peer sent
 * its FIN first has all. */
static void test_what_a_receiver_knows_until_close(void **state)
{
    static const struct {
        uint8_t into;
        bool at_least;
        const char *from;
    } cases[] = {{FIN_WAIT1, true, TP_PEER_UNTIL_CLOSE}, {CLOSE_WAIT, false, "peer"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
        struct tp_sheet sheet = {0};
        const struct tp_flow *flow;

        add(analysis, received(1000, 1000));
        add(analysis, received(2000, 1448));
        add(analysis, make_change(2100 * MS, 2, 80, 1, 4000, ESTABLISHED, cases[i].into));
        flow = finish(analysis);
        is(ask(analysis, flow, TP_FIGURE_acked_bytes), 2448);
        assert_string_equal(text_of(analysis, flow, TP_FIGURE_acked_from), cases[i].from);
        tp_sheet_open(&sheet, analysis, flow, 0);
        assert_int_equal(tp_sheet_value(&sheet, TP_FIGURE_bytes, 0, TP_BEST, NULL).at_least,
                         cases[i].at_least);
        assert_int_equal(tp_sheet_value(&sheet, TP_FIGURE_transfer_ns, 0, TP_BEST, NULL).at_least,
                         cases[i].at_least);
        assert_int_equal(tp_sheet_value(&sheet, TP_FIGURE_received_bytes, 1, TP_BEST, NULL).at_least,
                         cases[i].at_least);
        tp_analysis_free(analysis);
    }
}

/* Two that know no more than that it was at least so much do not confirm each other. */
static void test_two_lower_bounds(void **state)
{
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    struct tp_sheet sheet = {0};
    const struct tp_flow *flow;

    (void)state;
    add(analysis, probe(10, 0, 50));
    add(analysis, received(11, 1448));
    add(analysis, probe(20, 1448, 50));
    add(analysis, make_change(30 * MS, 1, 4000, 2, 80, ESTABLISHED, FIN_WAIT1));
    add(analysis, make_change(30 * MS, 2, 80, 1, 4000, ESTABLISHED, FIN_WAIT1));
    flow = finish(analysis);
    is(ask(analysis, flow, TP_FIGURE_acked_bytes), 1448);
    tp_sheet_open(&sheet, analysis, flow, 0);
    assert_true(tp_sheet_value(&sheet, TP_FIGURE_acked_bytes, 0, TP_BEST, NULL).at_least);
    tp_analysis_free(analysis);
}

static void test_one_sample_is_no_advance(void **state)
{
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    const struct tp_flow *flow;

    (void)state;
    add(analysis, probe(10, 4711, 50));
    flow = finish(analysis);
    assert_true(isnan(ask(analysis, flow, TP_FIGURE_acked_bytes)));
    tp_analysis_free(analysis);

    analysis = tp_analysis_new(NULL, NULL);
    add(analysis, probe(10, 4711, 50));
    add(analysis, probe(20, 4711, 50));
    flow = finish(analysis);
    is(ask(analysis, flow, TP_FIGURE_acked_bytes), 0);
    tp_analysis_free(analysis);
}

/* Both ends: a receiver that saw less than was acknowledged is not asked; and a flow starts where
 * the recording's first event was. */
static void test_who_is_believed(void **state)
{
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    struct tp_sheet sheet = {0};
    const struct tp_flow *flow;
    unsigned from;

    (void)state;
    transfer(analysis);
    add(analysis, received(3100, 1448));
    flow = finish(analysis);
    tp_sheet_open(&sheet, analysis, flow, -40 * MS);
    assert_int_equal(tp_sheet_value(&sheet, TP_FIGURE_acked_bytes, 0, TP_BEST, &from).integer,
                     60 * 1448);
    assert_int_equal(from, TP_FROM_KERNEL);
    assert_int_equal(tp_sheet_value(&sheet, TP_FIGURE_start_ns, 0, TP_BEST, NULL).integer, 40 * MS);
    tp_analysis_free(analysis);
}

/* --- packets -----------------------------------------------------------------------------------
 */

static void feed(struct tp_analysis *analysis, const char *const *lines)
{
    struct script script = {.isn = {UINT32_MAX - 1500, 77}};
    unsigned end;

    for (; *lines; lines++)
        add(analysis, script_packet(&script, *lines, &end));
}

/* Five segments, of which the second is lost and sent again, and two packets of two, of which the
 * last is never acknowledged: 6600 bytes were acknowledged from 90 to 1535 ms, 8600 were sent. */
static const char *const loss[] = {SCRIPT_HANDSHAKE,
                                   "50 > . 1 ack 1 win 500 len 1000",
                                   "51 > . 1001 ack 1 win 500 len 1000",
                                   "52 > . 2001 ack 1 win 500 len 1000",
                                   "53 > . 3001 ack 1 win 500 len 1000",
                                   "54 > P 4001 ack 1 win 500 len 600",
                                   "90 < . 1 ack 1001 win 500",
                                   "92 < . 1 ack 1001 win 500 sack 2001-3001",
                                   "93 < . 1 ack 1001 win 500 sack 2001-4001",
                                   "94 < . 1 ack 1001 win 500 sack 2001-4601",
                                   "94.1 > . 1001 ack 1 win 500 len 1000",
                                   "135 < . 1 ack 4601 win 500",
                                   "1500 > . 4601 ack 1 win 500 len 2000",
                                   "1535 < . 1 ack 6601 win 500",
                                   "1550 > . 6601 ack 1 win 500 len 2000",
                                   NULL};

/* For ten round trips nothing was captured: what is outstanding behind them is known with the next ACK.
 * Behind one that is no longer than a round trip, at once. */
static void test_what_is_in_flight_behind_a_gap(void **state)
{
    static const char *const lines[][10] = {
        {SCRIPT_HANDSHAKE, "50 > . 1 ack 1 win 500 len 1000", "90 < . 1 ack 1001 win 500",
         "490 > . 61001 ack 1 win 500 len 1000", "491 > . 62001 ack 1 win 500 len 1000",
         "530 < . 1 ack 62001 win 500", "570 < . 1 ack 63001 win 500", NULL},
        {SCRIPT_HANDSHAKE, "50 > . 1 ack 1 win 500 len 1000", "90 < . 1 ack 1001 win 500",
         "120 > . 2001 ack 1 win 500 len 1000", "121 > . 3001 ack 1 win 500 len 1000",
         "130 < . 1 ack 4001 win 500", NULL}};
    static const double most[] = {1000, 3000};

    (void)state;
    for (size_t i = 0; i < sizeof most / sizeof *most; i++) {
        struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
        const struct tp_flow *flow;

        feed(analysis, lines[i]);
        flow = finish(analysis);
        is(ask(analysis, flow, TP_FIGURE_inflight_max_bytes), most[i]);
        tp_analysis_free(analysis);
    }
}

/* It goes on sending new data, though what it sent before is not acknowledged: its timer would have
 * sent that again, so the ACKs were not captured, and what is in flight meanwhile is not known. Where
 * it is silent until its timer expires, all of it is. */
static void test_acks_are_missing(void **state)
{
    static const char *const lines[][14] = {
        {SCRIPT_HANDSHAKE, "50 > . 1 ack 1 win 500 len 1000", "90 < . 1 ack 1001 win 500",
         "100 > . 1001 ack 1 win 500 len 1000", "300 > . 2001 ack 1 win 500 len 16000",
         "500 > . 18001 ack 1 win 500 len 1000", "900 > . 19001 ack 1 win 500 len 1000",
         "1200 > . 20001 ack 1 win 500 len 1000", "1240 < . 1 ack 21001 win 500", NULL},
        {SCRIPT_HANDSHAKE, "50 > . 1 ack 1 win 500 len 1000", "90 < . 1 ack 1001 win 500",
         "100 > . 1001 ack 1 win 500 len 1000", "101 > . 2001 ack 1 win 500 len 1000",
         "400 > . 1001 ack 1 win 500 len 1000", "1000 > . 1001 ack 1 win 500 len 1000",
         "1040 < . 1 ack 3001 win 500", "1041 > . 3001 ack 1 win 500 len 2000",
         "1081 < . 1 ack 5001 win 500", NULL}};
    static const double most[] = {1000, 2000};

    (void)state;
    for (size_t i = 0; i < sizeof most / sizeof *most; i++) {
        struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
        const struct tp_flow *flow;

        feed(analysis, lines[i]);
        flow = finish(analysis);
        is(ask(analysis, flow, TP_FIGURE_inflight_max_bytes), most[i]);
        assert_int_equal(tp_flow_wire(flow, !tp_flow_bulk_end(flow))->saw_gap, i == 0);
        tp_analysis_free(analysis);
    }
}

/* snd_una cannot be beyond what had been sent when the probe before came: events are missing. */
static void test_events_are_missing(void **state)
{
    static const uint32_t una[][3] = {{0, 1448, 14480}, {0, 1448, 30000}};

    (void)state;
    for (size_t i = 0; i < sizeof una / sizeof *una; i++) {
        struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
        const struct tp_flow *flow;

        for (int64_t k = 0; k < 3; k++)
            add(analysis, probe(10 * k, una[i][k], 50));
        flow = finish(analysis);
        assert_int_equal(tp_flow_side(flow, tp_flow_bulk_end(flow))->has_gaps, i);
        tp_analysis_free(analysis);
    }
}

static void test_what_packets_say(void **state)
{
    const struct tp_analysis_options options = {.series_bins = 64};
    struct tp_analysis *analysis = tp_analysis_new(&options, NULL);
    const struct tp_flow *flow;

    (void)state;
    feed(analysis, loss);
    flow = finish(analysis);
    is(ask(analysis, flow, TP_FIGURE_acked_bytes), 6600);
    is(ask(analysis, flow, TP_FIGURE_wire_unique_bytes), 8600);
    is(ask(analysis, flow, TP_FIGURE_transfer_ns), 1445e6);
    is(ask(analysis, flow, TP_FIGURE_goodput_bps), 5600 * 8 / 1.445);
    is(ask(analysis, flow, TP_FIGURE_startup_bps), 3600 * 8); /* the first second after 90 ms */
    is(ask(analysis, flow, TP_FIGURE_retransmitted), 1);
    is(ask(analysis, flow, TP_FIGURE_retransmit_share),
       1.0 / 10); /* of nine segments and the one again */
    is(ask(analysis, flow, TP_FIGURE_recoveries), 1);
    is(ask(analysis, flow, TP_FIGURE_timeouts), 0);
    is(ask(analysis, flow, TP_FIGURE_loss_rate), 1 / 1.445);
    is(ask(analysis, flow, TP_FIGURE_recovery_share), 40.9 / 1445);
    is(ask(analysis, flow, TP_FIGURE_wire_throughput_bps), 8600 * 8 / 1.550);
    is(ask(analysis, flow, TP_FIGURE_wire_segment_mean_bytes), 9600.0 / 8);
    is(ask(analysis, flow, TP_FIGURE_rtt_ack_min_us), 35e3);
    is(ask(analysis, flow, TP_FIGURE_rtt_ack_mean_us), 37.5e3); /* of 40 and 35 ms */
    is(ask(analysis, flow, TP_FIGURE_rtt_ack_stdev_us), sqrt(12.5) * 1e3);
    tp_analysis_free(analysis);
}

/* The first segment is lost: it is repaired from 400 to 1400 ms, data is acknowledged from 440 to
 * 1400 ms. */
static const char *const early[] = {SCRIPT_HANDSHAKE,
                                    "50 > . 1 ack 1 win 500 len 1000",
                                    "51 > . 1001 ack 1 win 500 len 1000",
                                    "52 > . 2001 ack 1 win 500 len 1000",
                                    "400 > . 1 ack 1 win 500 len 1000",
                                    "440 < . 1 ack 1001 win 500",
                                    "1360 > . 1001 ack 1 win 500 len 1000",
                                    "1400 < . 1 ack 3001 win 500",
                                    NULL};

static void test_a_share_is_of_the_same_time(void **state)
{
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    const struct tp_flow *flow;

    (void)state;
    feed(analysis, early);
    flow = finish(analysis);
    is(ask(analysis, flow, TP_FIGURE_transfer_ns), 960e6);
    is(ask(analysis, flow, TP_FIGURE_wire_recovery_ns), 1000e6);
    is(ask(analysis, flow, TP_FIGURE_recovery_share), 1);
    tp_analysis_free(analysis);
}

/* The kernel counts three buffers where the packets show one segment. */
static void test_segments_before_buffers(void **state)
{
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    const struct tp_flow *flow;
    int i;

    (void)state;
    for (i = 0; i < 3; i++) /* the socket whose packets these are */
        add(analysis, make(TP_KIND_RETRANSMIT_SKB, i * MS, 1, 1000, 2, 2000));
    feed(analysis, loss);
    flow = finish(analysis);
    is(ask_of(analysis, flow, TP_FIGURE_retransmitted, 0, TP_FROM_KERNEL), 3);
    is(ask(analysis, flow, TP_FIGURE_retransmitted), 1);
    tp_analysis_free(analysis);
}

/* Repairs of what was lost before the capture are retransmissions; a timeout is no fast recovery.
 */
static void test_behind_the_loss(void **state)
{
    static const char *const lines[] = {SCRIPT_HANDSHAKE,
                                        "50 > . 1 ack 1 win 500 len 1000 ts 10 1",
                                        "51 > . 2001 ack 1 win 500 len 1000 ts 11 1",
                                        "91 < . 1 ack 1001 win 500 sack 2001-3001",
                                        "150 > . 1001 ack 1 win 500 len 1000 ts 90 1",
                                        "190 < . 1 ack 3001 win 500",
                                        "200 > . 3001 ack 1 win 500 len 1000 ts 100 1",
                                        "900 > . 3001 ack 1 win 500 len 1000 ts 800 1",
                                        "940 < . 1 ack 4001 win 500",
                                        NULL};
    const struct tp_analysis_options options = {.series_bins = 64};
    struct tp_analysis *analysis = tp_analysis_new(&options, NULL);
    const struct tp_flow *flow;

    (void)state;
    feed(analysis, lines);
    flow = finish(analysis);
    is(ask(analysis, flow, TP_FIGURE_retransmitted), 2);
    is(ask(analysis, flow, TP_FIGURE_wire_out_of_order), 1);
    is(ask(analysis, flow, TP_FIGURE_timeouts), 1);
    is(ask(analysis, flow, TP_FIGURE_recoveries) + ask(analysis, flow, TP_FIGURE_timeouts),
       ask(analysis, flow, TP_FIGURE_wire_recoveries));
    tp_analysis_free(analysis);
}

/* From SYN to the FINs of both ends; the server, beside which nothing was captured, sends the data,
 * one packet of three with a congestion mark. */
static void test_a_whole_connection(void **state)
{
    static const char *const lines[] = {SCRIPT_HANDSHAKE,
                                        "80 < . 1 len 1000 ack 1 win 500",
                                        "80.1 > . 1 ack 1001 win 500",
                                        "81 < N 1001 len 1000 ack 1 win 500",
                                        "82 < . 2001 len 1000 ack 1 win 500",
                                        "82.1 > . 1 ack 3001 win 500",
                                        "120 < F 3001 ack 1 win 500",
                                        "120.1 > F 1 ack 3002 win 500",
                                        "160 < . 3002 ack 2 win 500",
                                        NULL};
    const struct tp_analysis_options options = {.series_bins = 64};
    struct tp_analysis *analysis = tp_analysis_new(&options, NULL);
    const struct tp_flow *flow;

    (void)state;
    feed(analysis, lines);
    flow = finish(analysis);
    assert_int_equal(tp_flow_bulk_end(flow), 1);
    is(ask(analysis, flow, TP_FIGURE_wire_stream_bytes), 3000);
    is(ask(analysis, flow, TP_FIGURE_wire_throughput_bps), 3000 * 8 / 0.160);
    is(ask(analysis, flow, TP_FIGURE_wire_ce_share), 1.0 / 3);
    assert_string_equal(text_of(analysis, flow, TP_FIGURE_wire_complete), "yes");
    assert_string_equal(text_of(analysis, flow, TP_FIGURE_wire_vantage), "dst");
    tp_analysis_free(analysis);
}

static void test_half_a_connection(void **state)
{
    static const char *const lines[] = {SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
                                        "90 < . 1 ack 1001 win 500", "100 > F 1001 ack 1 win 500",
                                        NULL};
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    const struct tp_flow *flow;

    (void)state;
    feed(analysis, lines);
    flow = finish(analysis);
    assert_string_equal(text_of(analysis, flow, TP_FIGURE_wire_complete), "no");
    assert_string_equal(text_of(analysis, flow, TP_FIGURE_wire_vantage), "src");
    tp_analysis_free(analysis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_socket_says),
        cmocka_unit_test(test_what_was_not_recorded_is_absent),
        cmocka_unit_test(test_what_is_acknowledged_in_silence),
        cmocka_unit_test(test_what_is_known_until_close),
        cmocka_unit_test(test_what_a_receiver_says),
        cmocka_unit_test(test_what_a_receiver_knows_until_close),
        cmocka_unit_test(test_two_lower_bounds),
        cmocka_unit_test(test_one_sample_is_no_advance),
        cmocka_unit_test(test_who_is_believed),
        cmocka_unit_test(test_what_is_in_flight_behind_a_gap),
        cmocka_unit_test(test_acks_are_missing),
        cmocka_unit_test(test_events_are_missing),
        cmocka_unit_test(test_what_packets_say),
        cmocka_unit_test(test_a_share_is_of_the_same_time),
        cmocka_unit_test(test_segments_before_buffers),
        cmocka_unit_test(test_behind_the_loss),
        cmocka_unit_test(test_a_whole_connection),
        cmocka_unit_test(test_half_a_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
