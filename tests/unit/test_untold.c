/* test_untold.c: what packets cannot tell, and is not told of them: times across two clocks, what
 * is in flight where one direction was not captured, and why something was sent again. */
#include "ask.h"
#include "wire_script.h"

#include <tcpprobe/analyze.h>

static struct tp_analysis *analysis_of(const char *const *lines)
{
    const struct tp_analysis_options options = {.series_bins = 64};
    struct tp_analysis *analysis = tp_analysis_new(&options, NULL);
    struct script script = {.isn = {1000, 77}};
    struct tp_record packet;
    unsigned end;

    assert_non_null(analysis);
    for (; *lines; lines++) {
        packet = script_packet(&script, *lines, &end);
        assert_int_equal(tp_analysis_add(analysis, &packet, NULL), 0);
    }
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    return analysis;
}

static const struct tp_flow *flow_of(const struct tp_analysis *analysis)
{
    size_t count;
    const struct tp_flow *const *flows = tp_analysis_flows(analysis, &count);

    assert_int_equal(count, 1);
    return flows[0];
}

/* By series, by figures: both or neither. */
static bool tells(const struct tp_flow *flow, unsigned end, enum tp_metric_id metric)
{
    const struct tp_series *series = tp_flow_series(flow, end, metric);
    struct tp_summary summary;
    const double p = 0.5;
    double median;

    assert_int_equal(tp_flow_summary(flow, end, metric, &summary), series != NULL);
    assert_int_equal(tp_flow_quantiles(flow, end, metric, &p, &median, 1), series != NULL);
    return series != NULL;
}

static bool knows(const struct tp_analysis *analysis, enum tp_figure_id figure, unsigned end)
{
    return !isnan(ask_of(analysis, flow_of(analysis), figure, end, TP_BEST));
}

static const enum tp_metric_id flight[] = {TP_METRIC_WIRE_INFLIGHT, TP_METRIC_WIRE_PIPE};
static const enum tp_metric_id rtts[] = {TP_METRIC_RTT, TP_METRIC_RTT_ACK, TP_METRIC_WIRE_SRTT,
                                         TP_METRIC_RTT_HANDSHAKE};
static const enum tp_figure_id causes[] = {
    TP_FIGURE_timeouts,           TP_FIGURE_recoveries,          TP_FIGURE_wire_resent_fast,
    TP_FIGURE_wire_resent_tlp,    TP_FIGURE_wire_resent_timeout, TP_FIGURE_wire_resent_window,
    TP_FIGURE_wire_recoveries,    TP_FIGURE_wire_recovery_ns,    TP_FIGURE_wire_spurious_segs,
    TP_FIGURE_wire_spurious_dsack};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static void check_causes(const struct tp_analysis *analysis, bool known)
{
    for (size_t i = 0; i < COUNT(causes); i++)
        if (knows(analysis, causes[i], 0) != known)
            fail_msg("%s", tp_figures[causes[i]].name);
}

static void check_metrics(const struct tp_flow *flow, const enum tp_metric_id *metrics,
                          size_t count, bool known)
{
    for (size_t i = 0; i < count; i++)
        if (tells(flow, 0, metrics[i]) != known)
            fail_msg("%s", tp_metrics[metrics[i]].name);
}

#define DATA "50 > . 1 len 1000 ack 1 win 500", "51 > . 1001 len 1000 ack 1 win 500"

static void test_both_directions_tell_all(void **state)
{
    static const char *const lines[] = {SCRIPT_HANDSHAKE, DATA, "90 < . 1 ack 1001 win 500",
                                        "91 < . 1 ack 2001 win 500", NULL};
    struct tp_analysis *analysis = analysis_of(lines);
    const struct tp_flow *flow = flow_of(analysis);
    struct tp_limit_times times;

    (void)state;
    check_metrics(flow, flight, 1, true);
    check_metrics(flow, rtts, COUNT(rtts), true);
    check_causes(analysis, true);
    assert_true(tp_flow_limits(flow, 0, TP_FROM_PACKETS, &times));
    assert_non_null(tp_flow_limit_spans(flow, 0, TP_FROM_PACKETS));
    tp_analysis_free(analysis);
}

/* The handshake and the first segment look as if there were one clock. */
static void test_two_clocks_tell_no_time_across(void **state)
{
    static const char *const lines[] = {SCRIPT_HANDSHAKE,
                                        "50 > . 1 len 1000 ack 1 win 500",
                                        "90 < . 1 ack 1001 win 500",
                                        "91 < . 1 ack 2001 win 500",
                                        "92 < . 1 ack 3001 win 500",
                                        "93 < . 1 ack 4001 win 500",
                                        "94 < . 1 ack 5001 win 500",
                                        "95 < . 1 ack 6001 win 500",
                                        "101 > . 1001 len 1000 ack 1 win 500",
                                        "102 > . 2001 len 1000 ack 1 win 500",
                                        "103 > . 3001 len 1000 ack 1 win 500",
                                        "104 > . 4001 len 1000 ack 1 win 500",
                                        "105 > . 5001 len 1000 ack 1 win 500",
                                        NULL};
    struct tp_analysis *analysis = analysis_of(lines);
    const struct tp_flow *flow = flow_of(analysis);
    struct tp_limit_times times;

    (void)state;
    assert_true(tp_connection_two_clocks(tp_flow_connection(flow)));
    check_metrics(flow, flight, COUNT(flight), false);
    check_metrics(flow, rtts, COUNT(rtts), false);
    check_causes(analysis, false);
    assert_null(tp_flow_series(flow, 0, TP_METRIC_WIRE_LIMIT));
    assert_false(tp_flow_limits(flow, 0, TP_FROM_PACKETS, &times));
    assert_null(tp_flow_limit_spans(flow, 0, TP_FROM_PACKETS));
    assert_non_null(tp_flow_series(flow, 0, TP_METRIC_WIRE_SENT));
    tp_analysis_free(analysis);
}

static void test_data_alone_tell_no_flight(void **state)
{
    static const char *const lines[] = {"0 > S 0 win 64000 mss 1000 sackok ws 7", DATA,
                                        "300 > . 1 len 1000 ack 1 win 500", NULL};
    struct tp_analysis *analysis = analysis_of(lines);

    (void)state;
    check_metrics(flow_of(analysis), flight, COUNT(flight), false);
    check_causes(analysis, false);
    assert_null(tp_flow_episodes(flow_of(analysis), 0));
    assert_true(ask(analysis, flow_of(analysis), TP_FIGURE_wire_retransmitted_segs) == 1);
    tp_analysis_free(analysis);
}

static void test_acks_alone_tell_no_flight(void **state)
{
    static const char *const lines[] = {"40 < SA 0 ack 1 win 64000 mss 1000 sackok ws 7",
                                        "90 < . 1 ack 1001 win 500", "91 < . 1 ack 2001 win 500",
                                        NULL};
    struct tp_analysis *analysis = analysis_of(lines);

    (void)state;
    check_metrics(flow_of(analysis), flight, COUNT(flight), false);
    check_causes(analysis, false);
    assert_true(ask(analysis, flow_of(analysis), TP_FIGURE_acked_bytes) == 2000);
    tp_analysis_free(analysis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_directions_tell_all),
        cmocka_unit_test(test_two_clocks_tell_no_time_across),
        cmocka_unit_test(test_data_alone_tell_no_flight),
        cmocka_unit_test(test_acks_alone_tell_no_flight),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
