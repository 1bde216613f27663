/* test_counts.c: what is counted of one socket, and what of it is no count: an initial window after
 * lost events, a SYN that was no SYN, a segment size without evidence. */
#include "one_flow.h"

#include "analyze/analyzer.h"

static struct tp_record probe(int64_t ms, uint32_t cwnd)
{
    return make_probe(ms * MS, 1, 4000, 2, 80, 0, cwnd);
}

static void test_each_window_is_its_own(void **state)
{
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    struct tp_record record = probe(0, 10);
    const struct tp_side *side;
    struct tp_stat sent, received;

    (void)state;
    record.snd_wnd = 3000;
    record.rcv_wnd = 7000;
    add(analysis, record);
    side = tp_flow_side(finish(analysis), 0);
    assert_true(tp_side_stat(side, TP_METRIC_SND_WND, &sent));
    assert_true(tp_side_stat(side, TP_METRIC_RCV_WND, &received));
    assert_int_equal(sent.first, 3000);
    assert_int_equal(received.first, 7000);
    tp_analysis_free(analysis);
}

/* 10 and 20 for 10 ms each: up to half of the time it was 10. */
static void test_a_quantile_on_the_edge_is_the_lower_value(void **state)
{
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    const double p[] = {1.0 / 2, 1};
    double values[2];

    (void)state;
    add(analysis, probe(0, 10));
    add(analysis, probe(10, 20));
    add(analysis, probe(20, 30));
    assert_true(
        tp_side_quantiles(tp_flow_side(finish(analysis), 0), TP_METRIC_SND_CWND, p, values, 2));
    assert_true(values[0] == 10 && values[1] == 20);
    tp_analysis_free(analysis);
}

/* Longer than a second nobody knows what held: 10 holds for 1 s of 1.5, 20 for half a second. */
static void test_a_pause_weighs_a_second(void **state)
{
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    struct tp_stat stat;

    (void)state;
    add(analysis, probe(0, 10));
    add(analysis, probe(1500, 20));
    add(analysis, probe(2000, 20));
    assert_true(tp_side_stat(tp_flow_side(finish(analysis), 0), TP_METRIC_SND_CWND, &stat));
    assert_true(stat.mean > 13.33 && stat.mean < 13.34);
    tp_analysis_free(analysis);
}

/* What was lost may have been the first events of this flow. */
static void test_after_lost_events_nothing_is_initial(void **state)
{
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);

    (void)state;
    add(analysis, make_change(0, 1, 4000, 2, 80, CLOSE, SYN_SENT));
    add(analysis, make_lost(5 * MS, 3));
    add(analysis, probe(10, 10));
    assert_int_equal(tp_flow_side(finish(analysis), 0)->initial_cwnd_segs, 0);
    tp_analysis_free(analysis);

    analysis = tp_analysis_new(NULL, NULL);
    add(analysis, make_change(0, 1, 4000, 2, 80, CLOSE, SYN_SENT));
    add(analysis, probe(10, 10));
    assert_int_equal(tp_flow_side(finish(analysis), 0)->initial_cwnd_segs, 10);
    tp_analysis_free(analysis);
}

static void test_kinds_of_buffers(void **state)
{
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    struct tp_record again = make(TP_KIND_RETRANSMIT_SKB, 20 * MS, 1, 4000, 2, 80);
    struct tp_record came = probe(30, 10);
    const struct tp_side *side;

    (void)state;
    again.have |= TP_BIT(STATE);
    again.state = ESTABLISHED;
    add(analysis, again);
    came.data_len = 1448;
    add(analysis, came);
    came.data_len = 500;
    add(analysis, came);
    side = tp_flow_side(finish(analysis), 0);
    assert_int_equal(side->retransmits, 1);
    assert_int_equal(side->retransmits_syn, 0);
    assert_int_equal(side->received_bytes, 1948);
    assert_int_equal(side->received_max, 1448);
    tp_analysis_free(analysis);
}

static uint32_t elect(uint32_t step_bytes, uint32_t other_bytes, int pairs)
{
    struct tp_mss_votes votes = {.total = 0};

    while (pairs-- > 0) {
        tp_mss_vote(&votes, step_bytes);
        tp_mss_vote(&votes, other_bytes);
    }
    return tp_mss_elect(&votes);
}

static void test_a_segment_size_needs_evidence(void **state)
{
    (void)state;
    assert_int_equal(elect(1448, 2896, 20), 1448);
    assert_int_equal(elect(1448, 2896, 3), 0);  /* few steps */
    assert_int_equal(elect(1000, 1000, 20), 0); /* equal messages: never several segments at once */
}

/* A processor of which nothing was seen may have been silent since the beginning. */
static void test_gaps_of_an_unseen_processor(void **state)
{
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    struct tp_record record = probe(0, 10), lost = make_lost(10 * MS, 3);
    const struct tp_spans *gaps;
    int i;

    (void)state;
    record.have |= TP_BIT(CPU);
    lost.have |= TP_BIT(CPU);
    lost.cpu = 3;
    for (i = 0; i < 5; i++) {
        record.ts_ns = (2 + i) * MS;
        add(analysis, record);
    }
    add(analysis, lost);
    finish(analysis);
    gaps = tp_analysis_gaps(analysis, 0);
    assert_int_equal(gaps->count, 1);
    assert_true(gaps->list[0].begin_ns == 2 * MS);
    tp_analysis_free(analysis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_window_is_its_own),
        cmocka_unit_test(test_a_quantile_on_the_edge_is_the_lower_value),
        cmocka_unit_test(test_a_pause_weighs_a_second),
        cmocka_unit_test(test_after_lost_events_nothing_is_initial),
        cmocka_unit_test(test_kinds_of_buffers),
        cmocka_unit_test(test_a_segment_size_needs_evidence),
        cmocka_unit_test(test_gaps_of_an_unseen_processor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
