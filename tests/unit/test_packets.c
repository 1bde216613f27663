/* test_packets.c: what the analysis makes of packets: samples, figures, marks, episodes. */
#include "wire_script.h"

#include "flow_memory.h"
#include <tcpprobe/figure.h>
#include <tcpprobe/analyze.h>

#include "analyze/packets.h"

struct seen {
    double sum[2][TP_METRIC_IDS];
    double last[2][TP_METRIC_IDS];
    unsigned count[2][TP_METRIC_IDS];
    unsigned packets;
    uint64_t findings;
};

static int on_sample(void *context, const struct tp_flow *flow, unsigned side,
                     enum tp_metric_id metric, int64_t ts_ns, double value)
{
    struct seen *seen = context;

    assert_true(flow->id == 1 && side < 2 && ts_ns > 0);
    seen->count[side][metric]++;
    seen->sum[side][metric] += value;
    seen->last[side][metric] = value;
    return 0;
}

static int on_packet(void *context, const struct tp_flow *flow, const struct tp_record *packet,
                     const struct tp_meaning *meaning)
{
    struct seen *seen = context;

    assert_true(flow->id == 1 && packet->kind == TP_KIND_PACKET);
    seen->packets++;
    seen->findings |= meaning->findings;
    return 0;
}

static struct tp_analysis *begin(const struct tp_analysis_options *options)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_analysis *analysis = tp_analysis_new(options, &error);

    assert_non_null(analysis);
    return analysis;
}

static void add(struct tp_analysis *analysis, const struct tp_record *record)
{
    struct tp_error error = TP_ERROR_INIT;

    assert_int_equal(tp_analysis_add(analysis, record, &error), 0);
}

static void feed(struct tp_analysis *analysis, const char *const *lines)
{
    struct script script = {.isn = {UINT32_MAX - 1500, 77}};
    struct tp_record packet;
    unsigned end;

    for (; *lines; lines++) {
        packet = script_packet(&script, *lines, &end);
        add(analysis, &packet);
    }
}

#define FEED(analysis, ...)                                                                        \
    do {                                                                                           \
        static const char *const lines_[] = {__VA_ARGS__, NULL};                                   \
        feed(analysis, lines_);                                                                    \
    } while (0)

static const struct tp_flow *finish(struct tp_analysis *analysis)
{
    struct tp_error error = TP_ERROR_INIT;
    const struct tp_flow *const *flows;
    size_t count;

    assert_int_equal(tp_analysis_finish(analysis, &error), 0);
    flows = tp_analysis_flows(analysis, &count);
    assert_int_equal(count, 1);
    return flows[0];
}

/* Five segments; the second is lost, told by three SACKs and sent again. */
#define LOSS                                                                                       \
    SCRIPT_HANDSHAKE, "50 > . 1 ack 1 win 500 len 1000", "51 > . 1001 ack 1 win 500 len 1000",     \
        "52 > . 2001 ack 1 win 500 len 1000", "53 > . 3001 ack 1 win 500 len 1000",                \
        "54 > P 4001 ack 1 win 500 len 600", "90 < . 1 ack 1001 win 500",                          \
        "92 < . 1 ack 1001 win 500 sack 2001-3001", "93 < . 1 ack 1001 win 500 sack 2001-4001",    \
        "94 < . 1 ack 1001 win 500 sack 2001-4601", "94.1 > . 1001 ack 1 win 500 len 1000",        \
        "135 < . 1 ack 4601 win 500", "140 > F 4601 ack 1 win 500", "180 < F 1 ack 4602 win 500",  \
        "180.1 > . 4602 ack 2 win 500"

static void test_samples(void **state)
{
    struct seen seen = {.packets = 0};
    const struct tp_analysis_options options = {
        .sample = on_sample, .packet = on_packet, .context = &seen};
    struct tp_analysis *analysis = begin(&options);

    (void)state;
    FEED(analysis, LOSS);
    assert_int_equal(seen.packets, 17);
    assert_true(seen.findings >> TP_FINDING_RETRANSMISSION & 1);
    assert_true(seen.sum[0][TP_METRIC_WIRE_SENT] == 5600);
    assert_true(seen.sum[0][TP_METRIC_WIRE_UNIQUE] == 4600);
    assert_true(seen.sum[0][TP_METRIC_WIRE_ACKED] == 4600);
    assert_true(seen.sum[0][TP_METRIC_WIRE_SACKED] == 2600);
    assert_true(seen.sum[0][TP_METRIC_WIRE_RETRANSMIT] == 1);
    assert_true(seen.sum[0][TP_METRIC_WIRE_DUP_ACK] == 3);
    assert_int_equal(seen.count[0][TP_METRIC_WIRE_SEGMENT], 6);
    assert_true(seen.sum[0][TP_METRIC_WIRE_SEGMENT] == 5600);
    assert_true(seen.last[0][TP_METRIC_WIRE_SEQ] == 4602);
    assert_true(seen.last[0][TP_METRIC_WIRE_UNA] == 4602);
    assert_true(seen.last[0][TP_METRIC_WIRE_RWND] == 500 * 128);
    assert_true(seen.last[0][TP_METRIC_WIRE_EDGE] == 4602 + 500 * 128);
    assert_true(seen.last[0][TP_METRIC_WIRE_INFLIGHT] == 0);
    assert_int_equal(seen.count[0][TP_METRIC_RTT_HANDSHAKE], 1);
    assert_true(fabs(seen.last[0][TP_METRIC_RTT_HANDSHAKE] - 40000) < 1e-6);
    assert_true(fabs(seen.last[1][TP_METRIC_RTT_HANDSHAKE] - 100) < 1e-6);
    assert_int_equal(seen.count[0][TP_METRIC_RTT_SACK], 3); /* 40 ms each */
    assert_true(fabs(seen.sum[0][TP_METRIC_RTT_SACK] - 120000) < 1e-3);
    assert_int_equal(seen.count[0][TP_METRIC_RTT],
                     seen.count[0][TP_METRIC_RTT_ACK] + seen.count[0][TP_METRIC_RTT_SACK]);
    /* every packet but the first of its end has a gap, and all are together its life */
    assert_int_equal(seen.count[0][TP_METRIC_WIRE_GAP], 9);
    assert_true(fabs(seen.sum[0][TP_METRIC_WIRE_GAP] - 180100) < 1e-3);
    /* a burst ends with an ACK: five segments, then the one that was sent again */
    assert_int_equal(seen.count[0][TP_METRIC_WIRE_BURST], 2);
    assert_true(seen.sum[0][TP_METRIC_WIRE_BURST] == 5600);
    assert_int_equal(seen.count[1][TP_METRIC_WIRE_SENT], 0);
    assert_int_equal(seen.count[0][TP_METRIC_SND_CWND], 0);
    tp_analysis_free(analysis);
}

/* The scale shows only in what was sent: the window is that large at least, which is no sample. */
static void test_a_window_that_may_be_larger_is_no_sample(void **state)
{
    struct seen seen = {.packets = 0};
    const struct tp_analysis_options options = {
        .sample = on_sample, .packet = on_packet, .context = &seen};
    struct tp_analysis *analysis = begin(&options);
    const struct tp_flow *flow;

    (void)state;
    FEED(analysis, "50 > . 1 len 1000 ack 1 win 1000", "51 < . 1 ack 1 win 1000",
         "52 > . 1001 len 1000 ack 1 win 1000", "53 > . 2001 len 1000 ack 1 win 1000",
         "54 > . 3001 len 1000 ack 1 win 1000", "90 < . 1 ack 4001 win 1000",
         "91 > . 4001 len 1000 ack 1 win 1000", "130 < . 1 ack 5001 win 1000");
    flow = finish(analysis);
    assert_int_equal(tp_connection_wire(tp_flow_connection(flow), 1)->scale, TP_SCALE_AT_LEAST);
    assert_true(seen.count[0][TP_METRIC_WIRE_SENT] > 0);
    assert_int_equal(seen.count[0][TP_METRIC_WIRE_RWND], 0);
    assert_int_equal(seen.count[0][TP_METRIC_WIRE_EDGE], 0);
    tp_analysis_free(analysis);
}

/* What one metric's figures are if no others are asked for: those that they are with all others. */
static void test_only_what_is_asked(void **state)
{
    static const double p[] = {0.05, 0.5, 0.95};
    const struct tp_analysis_options all = {.series_bins = 64};
    struct tp_analysis_options one = {.series_bins = 64};
    struct tp_analysis *whole = begin(&all), *part;
    const struct tp_flow *flow, *other;
    struct tp_summary summary, again;
    double values[3], values_again[3];
    unsigned metric, end, known = 0;

    (void)state;
    FEED(whole, LOSS);
    flow = finish(whole);
    for (metric = TP_METRIC_STATES; metric < TP_METRIC_IDS; metric++) {
        one.without = ~(UINT64_C(1) << metric);
        part = begin(&one);
        FEED(part, LOSS);
        other = finish(part);
        for (end = 0; end < 2; end++) {
            if (!tp_flow_summary(flow, end, metric, &summary))
                continue;
            known++;
            assert_true(tp_flow_summary(other, end, metric, &again));
            assert_memory_equal(&summary, &again, sizeof summary);
            assert_true(tp_flow_quantiles(flow, end, metric, p, values, 3));
            assert_true(tp_flow_quantiles(other, end, metric, p, values_again, 3));
            assert_memory_equal(values, values_again, sizeof values);
        }
        tp_analysis_free(part);
    }
    assert_true(known >= 12);
    one.without = UINT64_MAX;
    part = begin(&one);
    FEED(part, LOSS);
    other = finish(part);
    assert_true(tp_flow_summary(flow, 0, TP_METRIC_WIRE_GAP, &summary));
    assert_false(tp_flow_summary(other, 0, TP_METRIC_WIRE_GAP, &summary));
    tp_analysis_free(part);
    tp_analysis_free(whole);
}

static int stop_samples(void *context, const struct tp_flow *flow, unsigned side,
                        enum tp_metric_id metric, int64_t ts_ns, double value)
{
    (void)context, (void)flow, (void)side, (void)metric, (void)ts_ns, (void)value;
    return -1;
}

static int stop_packets(void *context, const struct tp_flow *flow, const struct tp_record *packet,
                        const struct tp_meaning *meaning)
{
    (void)context, (void)flow, (void)packet, (void)meaning;
    return -1;
}

static void test_stopping(void **state)
{
    struct tp_analysis_options options = {.sample = stop_samples};
    struct tp_error error = TP_ERROR_INIT;
    struct script script = {.isn = {0, 0}};
    struct tp_analysis *analysis = begin(&options);
    struct tp_record packet;
    unsigned end;

    (void)state;
    packet = script_packet(&script, "0 > S 0 win 64000", &end);
    assert_int_equal(tp_analysis_add(analysis, &packet, &error), TP_ERR_STOPPED);
    tp_analysis_free(analysis);
    options.sample = NULL;
    options.packet = stop_packets;
    tp_error_clear(&error);
    analysis = begin(&options);
    assert_int_equal(tp_analysis_add(analysis, &packet, &error), TP_ERR_STOPPED);
    tp_analysis_free(analysis);
}

static uint32_t marks_of(const struct tp_wire_marks *marks, enum tp_wire_mark_kind kind)
{
    uint32_t i, count = 0;

    for (i = 0; marks && i < marks->count; i++)
        count += marks->list[i].kind == kind;
    return count;
}

static void test_marks_and_episodes(void **state)
{
    const struct tp_analysis_options options = {.series_bins = 64, .marks = 1000};
    struct tp_analysis *analysis = begin(&options);
    const struct tp_flow *flow;
    const struct tp_wire_marks *marks;
    const struct tp_spans *episodes;
    uint32_t i;

    (void)state;
    FEED(analysis, LOSS);
    flow = finish(analysis);
    marks = tp_flow_wire_marks(flow, 0);
    assert_non_null(marks);
    assert_int_equal(marks->left_out, 0);
    assert_int_equal(marks_of(marks, TP_WIRE_SYN), 1);
    assert_int_equal(marks_of(marks, TP_WIRE_DATA), 5);
    assert_int_equal(marks_of(marks, TP_WIRE_RETRANSMIT), 1);
    assert_int_equal(marks_of(marks, TP_WIRE_ACK), 7);
    assert_int_equal(marks_of(marks, TP_WIRE_SACK), 3);
    assert_int_equal(marks_of(marks, TP_WIRE_DUP_ACK), 2);
    assert_int_equal(marks_of(marks, TP_WIRE_TRIPLE), 1);
    assert_int_equal(marks_of(marks, TP_WIRE_FIN), 1);
    for (i = 0; i < marks->count; i++) {
        assert_true(i == 0 || marks->list[i].t_ns >= marks->list[i - 1].t_ns);
        if (marks->list[i].kind == TP_WIRE_RETRANSMIT)
            assert_true(marks->list[i].begin == 1001 && marks->list[i].end == 2001 &&
                        marks->list[i].detail == TP_CAUSE_FAST);
        if (marks->list[i].kind == TP_WIRE_SACK)
            assert_true(marks->list[i].begin == 2001 && marks->list[i].end <= 4601);
    }
    assert_int_equal(marks_of(tp_flow_wire_marks(flow, 1), TP_WIRE_SYN), 1);
    assert_int_equal(marks_of(tp_flow_wire_marks(flow, 1), TP_WIRE_DATA), 0);
    episodes = tp_flow_episodes(flow, 0);
    assert_non_null(episodes);
    assert_int_equal(episodes->count, 1);
    assert_true(episodes->list[0].end_ns == SEC + 135 * MS);
    assert_int_equal(episodes->list[0].value, TP_CAUSE_FAST);
    assert_null(tp_flow_episodes(flow, 1));
    assert_non_null(tp_flow_series(flow, 0, TP_METRIC_WIRE_SEQ));
    assert_null(tp_flow_series(flow, 1, TP_METRIC_WIRE_SENT));
    assert_int_equal(tp_flow_bulk_end(flow), 0);
    assert_null(tp_flow_side(flow, 0));
    tp_analysis_free(analysis);
}

/* Nothing but the sums of the follower: RTT of every source is exact all the same. */
static void test_short_flows_have_exact_rtts(void **state)
{
    static const double p[] = {0, 0.25, 0.5, 0.75, 1};
    struct tp_analysis *analysis = begin(NULL);
    const struct tp_flow *flow;
    struct tp_summary summary;
    double values[5];

    (void)state;
    FEED(analysis, SCRIPT_HANDSHAKE, "50 > P 1 ack 1 win 500 len 10", "81 < . 1 ack 11 win 500",
         "100 > P 11 ack 1 win 500 len 10", "150 < . 1 ack 21 win 500",
         "200 > P 21 ack 1 win 500 len 10", "240 < . 1 ack 31 win 500",
         "300 > P 31 ack 1 win 500 len 10", "342 < . 1 ack 41 win 500");
    flow = finish(analysis);
    assert_true(tp_flow_summary(flow, 0, TP_METRIC_RTT_ACK, &summary));
    assert_int_equal(summary.samples, 4);
    assert_true(fabs(summary.min - 31000) < 0.01 && fabs(summary.max - 50000) < 0.01);
    assert_true(fabs(summary.mean - 40750) < 0.01);
    assert_true(tp_flow_quantiles(flow, 0, TP_METRIC_RTT, p, values, 5));
    assert_true(fabs(values[0] - 31000) < 0.1 && fabs(values[1] - 31000) < 0.1);
    assert_true(fabs(values[2] - 40000) < 0.1 && fabs(values[3] - 42000) < 0.1);
    assert_true(fabs(values[4] - 50000) < 0.1);
    assert_true(tp_flow_quantiles(flow, 0, TP_METRIC_RTT_HANDSHAKE, p, values, 5));
    assert_true(fabs(values[2] - 40000) < 0.1);
    assert_false(tp_flow_summary(flow, 0, TP_METRIC_RTT_SACK, &summary));
    assert_false(tp_flow_quantiles(flow, 1, TP_METRIC_RTT, p, values, 5));
    assert_false(tp_flow_summary(flow, 0, TP_METRIC_SRTT, &summary));
    tp_analysis_free(analysis);
}

/* A request every 10 ms, answered after 4 to 8 ms. */
static void give_requests(struct tp_analysis *analysis, int count)
{
    struct script script = {.isn = {5, 6}};
    char line[120];
    struct tp_record packet;
    unsigned end;
    int i;

    FEED(analysis, SCRIPT_HANDSHAKE);
    script.frame = 3;
    script.isn[0] = UINT32_MAX - 1500, script.isn[1] = 77;
    for (i = 0; i < count; i++) {
        snprintf(line, sizeof line, "%d > P %d ack 1 win 500 len 100", 100 + i * 10, 1 + i * 100);
        packet = script_packet(&script, line, &end);
        add(analysis, &packet);
        snprintf(line, sizeof line, "%d < . 1 ack %d win 500", 104 + i % 5 + i * 10, 101 + i * 100);
        packet = script_packet(&script, line, &end);
        add(analysis, &packet);
    }
}

static void test_figures(void **state)
{
    static const double p[] = {0.2, 0.5, 1};
    struct tp_analysis *analysis = begin(NULL);
    const struct tp_flow *flow;
    struct tp_summary summary, inflight;
    double values[3], pipe[3];

    (void)state;
    give_requests(analysis, 500);
    flow = finish(analysis);
    assert_true(tp_flow_summary(flow, 0, TP_METRIC_RTT_ACK, &summary));
    assert_int_equal(summary.samples, 500); /* none lost, whenever its distribution began */
    assert_true(tp_flow_quantiles(flow, 0, TP_METRIC_RTT_ACK, p, values, 3));
    assert_true(fabs(values[0] - 4000) < 0.1 && fabs(values[1] - 6000) < 0.1 &&
                fabs(values[2] - 8000) < 0.1);
    assert_true(tp_flow_summary(flow, 0, TP_METRIC_WIRE_SEGMENT, &summary));
    assert_true(summary.min == 100 && summary.max == 100 && summary.mean == 100);
    /* 100 bytes are in flight for 4 to 8 of each 10 ms: weighted by time, not by packet */
    assert_true(tp_flow_summary(flow, 0, TP_METRIC_WIRE_INFLIGHT, &inflight));
    assert_true(inflight.mean > 58 && inflight.mean < 62);
    assert_true(inflight.min == 0 && inflight.max == 100);
    assert_true(tp_flow_quantiles(flow, 0, TP_METRIC_WIRE_INFLIGHT, p, values, 3));
    assert_true(values[0] == 0 && values[1] == 100);
    assert_true(tp_flow_quantiles(flow, 0, TP_METRIC_WIRE_PIPE, p, pipe, 3)); /* never differed */
    assert_memory_equal(pipe, values, sizeof pipe);
    assert_true(tp_flow_summary(flow, 0, TP_METRIC_WIRE_GAP, &summary));
    /* those of the handshake, 100 ms in two, among 501; rounded to 0.8 % */
    assert_true(fabs(summary.mean - (100000 + 499 * 10000) / 501.0) < 100);
    assert_true(tp_flow_summary(flow, 0, TP_METRIC_WIRE_RWND, &summary));
    assert_true(summary.min == 64000 && summary.max == 64000);
    assert_true(tp_flow_summary(flow, 0, TP_METRIC_WIRE_BURST, &summary));
    assert_true(summary.mean == 100);
    assert_false(tp_flow_summary(flow, 1, TP_METRIC_WIRE_SEGMENT, &summary));
    tp_analysis_free(analysis);
}

/* What comes again is a segment of its size; a quarter of the round trip ends a burst. */
static void test_segments_and_bursts(void **state)
{
    const struct tp_analysis_options options = {.series_bins = 64};
    struct tp_analysis *analysis = begin(&options);
    struct tp_summary summary;

    (void)state;
    FEED(analysis, LOSS);
    assert_true(tp_flow_summary(finish(analysis), 0, TP_METRIC_WIRE_SEGMENT, &summary));
    assert_int_equal(summary.samples, 6);
    assert_true(summary.min == 600 && summary.max == 1000);
    tp_analysis_free(analysis);

    analysis = begin(&options);
    FEED(analysis, SCRIPT_HANDSHAKE, "50 > . 1 ack 1 win 500 len 1000",
         "51 > . 1001 ack 1 win 500 len 1000", "71 > . 2001 ack 1 win 500 len 1000",
         "110 < . 1 ack 3001 win 500");
    assert_true(tp_flow_summary(finish(analysis), 0, TP_METRIC_WIRE_BURST, &summary));
    assert_int_equal(summary.samples, 2);
    assert_true(summary.max == 2000 && summary.min == 1000);
    tp_analysis_free(analysis);
}

/* 1000 bytes are in flight for five seconds, of which one counts, and 2000 for half a second. */
static void test_a_pause_weighs_a_second(void **state)
{
    const struct tp_analysis_options options = {.series_bins = 64};
    struct tp_analysis *analysis = begin(&options);
    struct tp_summary summary;

    (void)state;
    FEED(analysis, SCRIPT_HANDSHAKE, "50 > . 1 ack 1 win 500 len 1000",
         "5050 < . 1 ack 1001 win 500", "5100 > . 1001 ack 1 win 500 len 2000",
         "5600 < . 1 ack 3001 win 500");
    assert_true(tp_flow_summary(finish(analysis), 0, TP_METRIC_WIRE_INFLIGHT, &summary));
    /* and one, the SYN, for 40 of the first 50 ms: (40e-3 + 1000 + 1000) / 1.6 */
    assert_true(fabs(summary.mean - 1250) < 1);
    tp_analysis_free(analysis);
}

/* The pipe leaves what is in flight when something is SACKed. */
static void test_pipe_parts(void **state)
{
    static const double p[] = {0.5};
    struct tp_analysis_options options = {.series_bins = 32};
    struct tp_analysis *analysis = begin(&options);
    const struct tp_flow *flow;
    struct tp_summary pipe, inflight;
    double half;

    (void)state;
    FEED(analysis, LOSS);
    flow = finish(analysis);
    assert_true(tp_flow_summary(flow, 0, TP_METRIC_WIRE_INFLIGHT, &inflight));
    assert_true(tp_flow_summary(flow, 0, TP_METRIC_WIRE_PIPE, &pipe));
    assert_true(pipe.mean < inflight.mean && pipe.max <= inflight.max);
    assert_true(inflight.max == 4600);
    assert_true(pipe.samples == inflight.samples);
    assert_true(tp_flow_quantiles(flow, 0, TP_METRIC_WIRE_PIPE, p, &half, 1));
    tp_analysis_free(analysis);
}

static void test_recover(void **state)
{
    static const double us[4] = {12345.5, 80.25, 12345.5, 7e6};
    struct tp_rtt_sum sum = {.min_ns = INT64_MAX};
    double values[4];
    unsigned i, k;

    (void)state;
    for (i = 0; i < 4; i++) {
        int64_t ns = (int64_t)(us[i] * 1000);

        sum.count++;
        sum.sum_us += us[i];
        sum.square_us2 += us[i] * us[i];
        sum.min_ns = ns < sum.min_ns ? ns : sum.min_ns;
        sum.max_ns = ns > sum.max_ns ? ns : sum.max_ns;
        assert_int_equal(tp_rtt_recover(&sum, values), i + 1);
        for (k = 1; k <= i; k++)
            assert_true(values[k] >= values[k - 1]);
    }
    assert_true(fabs(values[0] - 80.25) < 0.01 && fabs(values[1] - 12345.5) < 0.3);
    assert_true(fabs(values[2] - 12345.5) < 0.3 && fabs(values[3] - 7e6) < 0.01);
    sum.count = 5;
    assert_int_equal(tp_rtt_recover(&sum, values), 0);
}

/* A million of them must fit into 64 MiB and 1 KiB for each. */
static void test_a_short_connection_is_small(void **state)
{
    static const char *const lines[] = {SCRIPT_HANDSHAKE,
                                        "41 > P 1 ack 1 win 500 len 100",
                                        "82 < P 1 ack 101 win 500 len 900",
                                        "83 > F 101 ack 901 win 500",
                                        "123 < F 901 ack 102 win 500",
                                        "123.1 > . 102 ack 902 win 500"};
    struct tp_analysis *analysis = begin(NULL);
    struct script script = {.isn = {100, 200}};
    /* The distributions of the first ones, of each eighth, are kept from their first packet on. */
    const int first = 6000, flows = 20000;
    size_t before = 0, bytes, i;
    struct tp_record packet;
    unsigned end;
    int n;

    (void)state;
    for (n = 0; n < first + flows; n++) {
        if (n == first)
            before = allocated_with(analysis);
        for (i = 0; i < sizeof lines / sizeof *lines; i++) {
            packet = script_packet(&script, lines[i], &end);
            packet.key.port[0] = (uint16_t)(1000 + n);
            packet.hash = tp_flow_key_hash(&packet.key);
            add(analysis, &packet);
        }
    }
    bytes = allocated_with(analysis) - before;
    tp_analysis_free(analysis);
    if (bytes == 0) /* sanitizers bring their own allocator */
        skip();
    if (bytes / (size_t)flows > 1000)
        fail_msg("%zu bytes each", bytes / (size_t)flows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_a_window_that_may_be_larger_is_no_sample),
        cmocka_unit_test(test_only_what_is_asked),
        cmocka_unit_test(test_stopping),
        cmocka_unit_test(test_marks_and_episodes),
        cmocka_unit_test(test_short_flows_have_exact_rtts),
        cmocka_unit_test(test_figures),
        cmocka_unit_test(test_segments_and_bursts),
        cmocka_unit_test(test_a_pause_weighs_a_second),
        cmocka_unit_test(test_pipe_parts),
        cmocka_unit_test(test_recover),
        cmocka_unit_test(test_a_short_connection_is_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
