/* test_analyze.c: from records to the figures of flows, with sums done by hand. */
#include "ask.h"
#include "flow_maker.h"

#include "flow_memory.h"
#include <math.h>
#include <stdlib.h>
#include <tcpprobe/figure.h>
#include <tcpprobe/analyze.h>

static struct tp_analysis *begin(const struct tp_analysis_options *options)
{
    struct tp_analysis *analysis = tp_analysis_new(options, NULL);

    assert_non_null(analysis);
    return analysis;
}

static void add(struct tp_analysis *analysis, struct tp_record record)
{
    assert_int_equal(tp_analysis_add(analysis, &record, NULL), 0);
}

/* Ends the pass; the flow of that index. */
static const struct tp_flow *finish(struct tp_analysis *analysis, size_t want_count, size_t index)
{
    const struct tp_flow *const *flows;
    size_t count;

    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    flows = tp_analysis_flows(analysis, &count);
    assert_int_equal(count, want_count);
    return count ? flows[index] : NULL;
}

static struct tp_record probe(int64_t ts_ns, uint32_t una, uint32_t cwnd)
{
    return make_probe(ts_ns, 1, 4000, 2, 80, una, cwnd);
}

static double quantile(const struct tp_side *side, enum tp_metric_id metric, double p)
{
    double value;

    assert_true(tp_side_quantiles(side, metric, &p, &value, 1));
    return value;
}

static const struct tp_flow *first_flow(const struct tp_analysis *analysis)
{
    size_t count;

    return tp_analysis_flows(analysis, &count)[0];
}

static void test_empty(void **state)
{
    struct tp_analysis *analysis = begin(NULL);
    const double p = 0.5;
    struct tp_stat stat;
    double value;
    size_t count;

    (void)state;
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    tp_analysis_flows(analysis, &count);
    assert_int_equal(count, 0);
    assert_int_equal(tp_analysis_gaps(analysis, 7)->count, 0);
    assert_false(tp_side_stat(NULL, TP_METRIC_SRTT, &stat));
    assert_false(tp_side_quantiles(NULL, TP_METRIC_SRTT, &p, &value, 1));
    assert_false(tp_side_beta(NULL, &value));
    tp_analysis_free(analysis);
    tp_analysis_free(NULL);
}

static void test_time_weights(void **state)
{
    struct tp_analysis *analysis = begin(NULL);
    const struct tp_side *side;
    struct tp_stat stat;

    (void)state;
    add(analysis, probe(0, 0, 100));      /* holds 10 ms */
    add(analysis, probe(10 * MS, 0, 10)); /* 40 ms */
    add(analysis, probe(50 * MS, 0, 20)); /* 0: the same time */
    add(analysis, probe(50 * MS, 0, 30)); /* 5 s, of which 1 s counts */
    add(analysis, probe(5 * SEC, 0, 40)); /* nobody knows how long */
    add(analysis, make(TP_KIND_DESTROY_SOCK, 5 * SEC + 20 * MS, 1, 4000, 2, 80));
    side = tp_flow_side(finish(analysis, 1, 0), 0);
    assert_non_null(side);
    assert_true(tp_side_stat(side, TP_METRIC_SND_CWND, &stat));
    assert_int_equal(stat.samples, 5);
    assert_int_equal(stat.first, 100);
    assert_int_equal(stat.last, 40);
    assert_int_equal(stat.min, 10);
    assert_int_equal(stat.max, 100);
    /* (100 * 10 + 10 * 40 + 30 * 1000) / 1050 ms */
    assert_true(fabs(stat.mean - 31400.0 / 1050) < 1e-9);
    assert_true(quantile(side, TP_METRIC_SND_CWND, 0) == 10);
    assert_true(quantile(side, TP_METRIC_SND_CWND, 0.03) == 10);
    assert_true(quantile(side, TP_METRIC_SND_CWND, 0.05) == 30);
    assert_true(quantile(side, TP_METRIC_SND_CWND, 0.95) == 30);
    assert_true(quantile(side, TP_METRIC_SND_CWND, 0.99) == 30);
    assert_true(quantile(side, TP_METRIC_SND_CWND, 1) == 100);
    assert_false(tp_side_stat(side, TP_METRIC_SSTHRESH, &stat)); /* infinite is absent */
    assert_null(tp_flow_side(tp_analysis_flows(analysis, &(size_t){0})[0], 1));
    tp_analysis_free(analysis);
}

/* What the kernel says before its first sample. */
static void test_no_rtt_yet(void **state)
{
    for (int all = 0; all < 2; all++) {
        struct tp_analysis *analysis = begin(NULL);
        const struct tp_flow *flow;
        struct tp_stat stat;

        (void)state;
        for (int i = 0; i < 6; i++) {
            struct tp_record record = probe(i * 10 * MS, (uint32_t)i * 1448, 10);

            record.srtt = all || i < 3 ? 0 : 40000;
            add(analysis, record);
        }
        flow = finish(analysis, 1, 0);
        assert_int_equal(tp_side_stat(tp_flow_side(flow, 0), TP_METRIC_SRTT, &stat), !all);
        if (!all) {
            assert_true(stat.samples == 3 && stat.min == 40000 && stat.first == 40000);
            assert_true(isnan(ask(analysis, flow, TP_FIGURE_goodput_bps))); /* too few rounds */
        }
        assert_int_equal(!!isnan(ask(analysis, flow, TP_FIGURE_rtt_min_us)), all);
        tp_analysis_free(analysis);
    }
}

static void test_a_single_sample_stands_for_itself(void **state)
{
    struct tp_analysis *analysis = begin(NULL);
    const struct tp_side *side;
    struct tp_stat stat;

    (void)state;
    add(analysis, probe(3 * SEC, 77, 12));
    side = tp_flow_side(finish(analysis, 1, 0), 0);
    assert_true(tp_side_stat(side, TP_METRIC_SND_CWND, &stat));
    assert_true(stat.mean == 12 && stat.samples == 1);
    assert_true(quantile(side, TP_METRIC_SND_CWND, 0.5) == 12);
    assert_true(side->has_acked && side->acked_bytes == 0);
    assert_true(isnan(ask(analysis, first_flow(analysis), TP_FIGURE_goodput_bps)));
    tp_analysis_free(analysis);
}

/* Short lives are kept as rows, long ones as distributions: both must say the same. */
static void test_rows_and_distributions_agree(void **state)
{
    int n, i;

    (void)state;
    for (n = 1; n < 60; n++) {
        struct tp_analysis *analysis = begin(NULL);
        double sum = 0, time = 0, bits;
        const struct tp_side *side;
        struct tp_stat stat;

        for (i = 0; i < n; i++) {
            struct tp_record record = probe(i * 10 * MS, (uint32_t)i * 1000, 10 + i % 5);

            record.ssthresh = i % 3 ? TP_SSTHRESH_INFINITE : 7u;
            add(analysis, record);
            sum += i + 1 < n ? 10.0 * (10 + i % 5) : 0;
            time += i + 1 < n ? 10 : 0;
        }
        side = tp_flow_side(finish(analysis, 1, 0), 0);
        assert_true(tp_side_stat(side, TP_METRIC_SND_CWND, &stat));
        assert_int_equal(stat.samples, n);
        assert_true(n == 1 || fabs(stat.mean - sum / time) < 1e-9);
        assert_int_equal(stat.max, n < 5 ? 9 + n : 14);
        if (n > 10)
            assert_true(quantile(side, TP_METRIC_SND_CWND, 0.5) == 12 ||
                        quantile(side, TP_METRIC_SND_CWND, 0.5) == 11);
        assert_true(tp_side_stat(side, TP_METRIC_SSTHRESH, &stat));
        assert_int_equal(stat.samples, (n + 2) / 3);
        assert_true(stat.mean == 7);
        assert_int_equal(side->acked_bytes, (n - 1) * 1000);
        /* what a probe shows was acknowledged at the one before: n - 1 ACKs, n - 2 intervals,
         * each of a thousand bytes in 10 ms */
        bits = ask(analysis, first_flow(analysis), TP_FIGURE_goodput_bps);
        assert_int_equal(isfinite(bits), n > 2 && (n - 2) * 10 * MS >= 3 * 40 * MS); /* RTTs */
        if (isfinite(bits))
            assert_true(fabs(bits - 800000) < 1e-6);
        tp_analysis_free(analysis);
    }
}

static void test_snd_una_wraps(void **state)
{
    struct tp_analysis *analysis = begin(NULL);
    const uint32_t step = 0x10000000;
    const struct tp_side *side;
    uint32_t una = 0xfffffff0;
    int i;

    (void)state;
    for (i = 0; i <= 100; i++, una += step) {
        add(analysis, probe(i * MS, una, 10));
        add(analysis, probe(i * MS, una - 5000, 10)); /* disorder: neither negative nor 4 GiB */
    }
    side = tp_flow_side(finish(analysis, 1, 0), 0);
    assert_true(side->acked_bytes == UINT64_C(100) * step);
    tp_analysis_free(analysis);
}

static void test_in_flight_wraps(void **state)
{
    struct tp_analysis *analysis = begin(NULL);
    struct tp_record record = probe(0, 0xffffff00, 10);
    struct tp_stat stat;

    (void)state;
    record.snd_nxt = 0x100;
    add(analysis, record);
    record.ts_ns = MS;
    record.snd_nxt = record.snd_una - 1; /* nonsense is no sample */
    add(analysis, record);
    assert_true(tp_side_stat(tp_flow_side(finish(analysis, 1, 0), 0), TP_METRIC_INFLIGHT, &stat));
    assert_int_equal(stat.samples, 1);
    assert_int_equal(stat.max, 512);
    tp_analysis_free(analysis);
}

static struct tp_record cong(int64_t ts_ns, uint8_t to)
{
    struct tp_record record = make(TP_KIND_CONG_STATE_SET, ts_ns, 1, 4000, 2, 80);

    record.have |= TP_BIT(CONG_STATE);
    record.cong_state = to;
    return record;
}

static struct tp_record retransmit(int64_t ts_ns, uint8_t tcp_state, int32_t err)
{
    struct tp_record record = make(TP_KIND_RETRANSMIT_SKB, ts_ns, 1, 4000, 2, 80);

    record.have |= TP_BIT(STATE) | TP_BIT(ERR);
    record.state = tcp_state;
    record.err = err;
    return record;
}

static void test_congestion_states(void **state)
{
    const struct tp_analysis_options options = {.series_bins = 64};
    struct tp_analysis *analysis = begin(&options);
    const struct tp_side *side;
    const struct tp_spans *spans;

    (void)state;
    add(analysis, probe(0, 0, 10)); /* infinite threshold: Open */
    add(analysis, retransmit(50 * MS, ESTABLISHED, 0));
    add(analysis, cong(100 * MS, TP_CONG_DISORDER));
    add(analysis, cong(110 * MS, TP_CONG_RECOVERY));
    add(analysis, retransmit(110 * MS, ESTABLISHED, 0));
    add(analysis, retransmit(120 * MS, ESTABLISHED, -11)); /* was not sent */
    add(analysis, cong(150 * MS, TP_CONG_OPEN));
    add(analysis, cong(400 * MS, TP_CONG_LOSS));
    add(analysis, cong(500 * MS, TP_CONG_LOSS));
    add(analysis, retransmit(510 * MS, ESTABLISHED, 0));
    add(analysis, cong(600 * MS, 9)); /* unknown: ignored */
    add(analysis, make(TP_KIND_DESTROY_SOCK, 900 * MS, 1, 4000, 2, 80));
    side = tp_flow_side(finish(analysis, 1, 0), 0);
    assert_true(side->cong_time_ns[TP_CONG_OPEN] == 350 * MS);
    assert_true(side->cong_time_ns[TP_CONG_DISORDER] == 10 * MS);
    assert_true(side->cong_time_ns[TP_CONG_CWR] == 0);
    assert_true(side->cong_time_ns[TP_CONG_RECOVERY] == 40 * MS);
    assert_true(side->cong_time_ns[TP_CONG_LOSS] == 500 * MS);
    assert_int_equal(side->cong_entries[TP_CONG_OPEN], 1);
    assert_int_equal(side->cong_entries[TP_CONG_RECOVERY], 1);
    assert_int_equal(side->cong_entries[TP_CONG_LOSS], 1);
    assert_int_equal(side->cong_state, TP_CONG_LOSS);
    assert_int_equal(side->retransmits, 3);
    assert_int_equal(side->retransmits_failed, 1);
    assert_int_equal(side->retransmits_in[TP_CONG_OPEN], 1);
    assert_int_equal(side->retransmits_in[TP_CONG_RECOVERY], 1);
    assert_int_equal(side->retransmits_in[TP_CONG_LOSS], 1);
    assert_int_equal(side->retransmits_in[TP_CONG_STATES], 0);
    spans = tp_flow_cong_spans(first_flow(analysis), 0);
    assert_int_equal(spans->count, 2);
    assert_true(spans->list[0].begin_ns == 110 * MS);
    assert_true(spans->list[0].end_ns == 150 * MS);
    assert_int_equal(spans->list[0].value, TP_CONG_RECOVERY);
    assert_true(spans->list[1].end_ns == 900 * MS);
    assert_true(tp_analysis_saw(analysis, TP_KIND_CONG_STATE_SET));
    assert_false(tp_analysis_saw(analysis, TP_KIND_LOST));
    tp_analysis_free(analysis);
}

/* Without tcp_cong_state_set in the recording nothing is said; seen from the middle, nothing of
 * the time before it. */
static void test_congestion_state_unknown(void **state)
{
    struct tp_analysis *analysis = begin(NULL);
    struct tp_record record = probe(0, 0, 10);
    const struct tp_side *side;

    (void)state;
    add(analysis, retransmit(0, SYN_SENT, 0));
    add(analysis, record);
    side = tp_flow_side(finish(analysis, 1, 0), 0);
    assert_int_equal(side->cong_state, -1);
    assert_true(side->cong_time_ns[TP_CONG_OPEN] == 0);
    assert_int_equal(side->retransmits_in[TP_CONG_STATES], 1);
    assert_int_equal(side->retransmits_syn, 1);
    tp_analysis_free(analysis);

    analysis = begin(NULL);
    record.ssthresh = 20;
    add(analysis, record);
    add(analysis, retransmit(50 * MS, ESTABLISHED, 0));
    add(analysis, cong(100 * MS, TP_CONG_RECOVERY));
    add(analysis, make(TP_KIND_DESTROY_SOCK, 130 * MS, 1, 4000, 2, 80));
    side = tp_flow_side(finish(analysis, 1, 0), 0);
    assert_true(side->cong_time_ns[TP_CONG_OPEN] == 0);
    assert_true(side->cong_time_ns[TP_CONG_RECOVERY] == 30 * MS);
    assert_int_equal(side->retransmits_in[TP_CONG_STATES], 1);
    assert_int_equal(side->initial_cwnd_segs, 0);
    tp_analysis_free(analysis);
}

static void test_both_sides(void **state)
{
    struct tp_analysis *analysis = begin(NULL);
    struct tp_record record;
    const struct tp_flow *flow;
    const struct tp_side *client, *server;
    int i;

    (void)state;
    add(analysis, make_change(0, 1, 0, 2, 80, CLOSE, SYN_SENT));
    add(analysis, make_change(40 * MS, 1, 4000, 2, 80, SYN_SENT, ESTABLISHED));
    add(analysis, make_change(60 * MS, 2, 80, 1, 4000, LISTEN, SYN_RECV));
    for (i = 0; i < 40; i++) {
        record = make_probe(100 * MS + i * MS, 2, 80, 1, 4000, 500 + 1448 * (uint32_t)(i * i), 10);
        add(analysis, record);
        record = make_probe(120 * MS + i * MS, 1, 4000, 2, 80, 9000, 5);
        record.data_len = 1448;
        add(analysis, record);
    }
    add(analysis, make(TP_KIND_SEND_RESET, 200 * MS, 1, 4000, 2, 80));
    add(analysis, make(TP_KIND_RECEIVE_RESET, 220 * MS, 2, 80, 1, 4000));
    add(analysis, make(TP_KIND_RETRANSMIT_SYNACK, 230 * MS, 2, 80, 1, 4000));
    flow = finish(analysis, 1, 0);
    client = tp_flow_side(flow, 0);
    server = tp_flow_side(flow, 1);
    assert_true(flow->first_ns == 0 && flow->last_ns == 230 * MS);
    assert_int_equal(flow->opener, 0);
    assert_int_equal(tp_flow_bulk_end(flow), 1);
    assert_int_equal(server->acked_bytes, 1448 * 39 * 39);
    assert_int_equal(server->mss_bytes, 1448);
    assert_int_equal(server->initial_cwnd_segs, 10);
    assert_int_equal(client->initial_cwnd_segs, 5);
    assert_int_equal(client->acked_bytes, 0);
    assert_int_equal(client->mss_bytes, 0);
    assert_int_equal(client->received_bytes, 40 * 1448);
    assert_int_equal(client->received_max, 1448);
    assert_int_equal(server->received_bytes, 0);
    assert_true(server->has_received);
    assert_int_equal(client->resets_sent, 1);
    assert_int_equal(server->resets_received, 1);
    assert_int_equal(server->synack_retransmits, 1);
    assert_int_equal(client->tcp_state, ESTABLISHED);
    assert_int_equal(server->tcp_state, SYN_RECV);
    assert_int_equal(tp_analysis_unattributed(analysis), 1);
    assert_int_equal(tp_analysis_astray(analysis), 0);
    tp_analysis_free(analysis);
}

static void test_events_lost(void **state)
{
    struct tp_analysis *analysis = begin(NULL);
    struct tp_record lost = make_lost(0, 5), other;
    const struct tp_flow *flow;
    uint32_t markers;
    const struct tp_spans *gaps;
    size_t count;

    (void)state;
    add(analysis, lost); /* before everything */
    add(analysis, probe(10 * MS, 0, 10));
    add(analysis, make_probe(11 * MS, 1, 4001, 2, 80, 0, 10));
    add(analysis, make_lost(20 * MS, 7));
    add(analysis, probe(30 * MS, 0, 10));
    lost.have = 0; /* does not say how many */
    add(analysis, lost);
    other = make_probe(50 * MS, 1, 4002, 2, 80, 0, 10);
    add(analysis, other);
    add(analysis, probe(60 * MS, 0, 10));
    add(analysis, make_lost(70 * MS, 100)); /* after all */
    assert_int_equal(tp_flow_lost(finish(analysis, 3, 0), &markers), 7);
    assert_int_equal(markers, 2);
    flow = tp_analysis_flows(analysis, &count)[1]; /* ended before the marker */
    assert_int_equal(tp_flow_lost(flow, &markers), 0);
    assert_int_equal(markers, 0);
    flow = tp_analysis_flows(analysis, &count)[2]; /* began after it */
    assert_int_equal(tp_flow_lost(flow, &markers), 0);
    assert_int_equal(markers, 0);
    gaps = tp_analysis_gaps(analysis, 0);
    assert_int_equal(gaps->count, 4);
    assert_true(gaps->list[1].begin_ns == 11 * MS && gaps->list[1].end_ns == 30 * MS);
    assert_int_equal(gaps->list[1].value, 7);
    assert_int_equal(gaps->list[2].value, 0);
    assert_true(gaps->list[3].begin_ns == 60 * MS && gaps->list[3].end_ns == 60 * MS);
    tp_analysis_free(analysis);
}

/* What one processor lost lies between its own events. */
static void test_gaps_of_a_processor(void **state)
{
    struct tp_analysis *analysis = begin(NULL);
    struct tp_record record = probe(0, 0, 10);
    const struct tp_spans *gaps;
    int i;

    (void)state;
    record.have |= TP_BIT(CPU);
    for (i = 0; i < 10; i++) {
        record.ts_ns = i * MS;
        record.cpu = i != 2; /* processor 0 speaks at 2 ms and then only at 10 ms */
        add(analysis, record);
    }
    record = make_lost(10 * MS, 3);
    record.have |= TP_BIT(CPU);
    record.cpu = 0;
    add(analysis, record);
    record = probe(10 * MS, 0, 10);
    add(analysis, record);
    finish(analysis, 1, 0);
    gaps = tp_analysis_gaps(analysis, 0);
    assert_int_equal(gaps->count, 1);
    assert_true(gaps->list[0].begin_ns == 2 * MS && gaps->list[0].end_ns == 10 * MS);
    tp_analysis_free(analysis);
}

struct sink {
    unsigned samples[TP_METRIC_IDS];
    double sum[TP_METRIC_IDS];
    unsigned stop_after, ended;
};

static int on_sample(void *context, const struct tp_flow *flow, unsigned side,
                     enum tp_metric_id metric, int64_t ts_ns, double value)
{
    struct sink *sink = context;

    assert_true(flow->id > 0 && side < 2 && ts_ns >= 0);
    sink->samples[metric]++;
    sink->sum[metric] += value;
    return sink->stop_after && --sink->stop_after == 0 ? -1 : 0;
}

static void on_end(void *context, const struct tp_flow *flow)
{
    struct sink *sink = context;
    struct tp_stat stat;

    sink->ended++;
    assert_true(tp_side_stat(tp_flow_side(flow, 0), TP_METRIC_SND_CWND, &stat));
}

static void test_samples(void **state)
{
    struct sink sink = {.stop_after = 0};
    struct tp_analysis_options options = {
        .sample = on_sample, .flow_end = on_end, .context = &sink, .max_flows = 1};
    struct tp_analysis *analysis = begin(&options);
    struct tp_error error = TP_ERROR_INIT;
    struct tp_record record = probe(MS, 1000, 10);

    (void)state;
    record.data_len = 100;
    record.ssthresh = 8;
    add(analysis, record);
    add(analysis, probe(2 * MS, 3000, 11));
    add(analysis, cong(3 * MS, TP_CONG_CWR));
    add(analysis, retransmit(3 * MS, ESTABLISHED, 0));
    assert_int_equal(sink.samples[TP_METRIC_SND_CWND], 2);
    assert_true(sink.sum[TP_METRIC_SND_CWND] == 21);
    assert_int_equal(sink.samples[TP_METRIC_SSTHRESH], 1);
    assert_int_equal(sink.samples[TP_METRIC_ACKED], 1);
    assert_true(sink.sum[TP_METRIC_ACKED] == 2000);
    assert_true(sink.sum[TP_METRIC_DATA_LEN] == 100);
    assert_true(sink.sum[TP_METRIC_CONG_STATE] == TP_CONG_CWR);
    assert_int_equal(sink.samples[TP_METRIC_RETRANSMIT], 1);
    add(analysis, make_probe(4 * MS, 1, 4001, 2, 80, 0, 10));
    assert_int_equal(sink.ended, 1);
    assert_int_equal(tp_analysis_retired(analysis), 1);
    sink.stop_after = 3;
    record = probe(5 * MS, 5000, 11);
    assert_int_equal(tp_analysis_add(analysis, &record, &error), TP_ERR_STOPPED);
    assert_int_equal(error.code, TP_ERR_STOPPED);
    tp_analysis_free(analysis);
}

static void test_series(void **state)
{
    const struct tp_analysis_options options = {.series_bins = 1024, .series_budget = 400000};
    struct tp_analysis *analysis = begin(&options);
    size_t count, i, bytes = 0, kept = 0;
    const struct tp_flow *const *flows;
    const struct tp_series *series;
    int flow, n;
    unsigned m;

    (void)state;
    for (n = 0; n < 600; n++)
        add(analysis, probe(n * MS, 1448 * (uint32_t)n, 10 + (uint32_t)n % 7));
    for (flow = 1; flow < 300; flow++)
        for (n = 0; n < 20; n++)
            add(analysis, make_probe((600 + flow * 20 + n) * MS, 1, (uint16_t)(4000 + flow), 2, 80,
                                     1448 * (uint32_t)n, 10 + (uint32_t)n % 7));
    finish(analysis, 300, 0);
    flows = tp_analysis_flows(analysis, &count);
    for (i = 0; i < count; i++) {
        series = tp_flow_series(flows[i], 0, TP_METRIC_SND_CWND);
        assert_true(tp_flow_series_dropped(flows[i], 0) == !series);
        kept += series != NULL;
        for (m = 0; m < TP_METRIC_IDS; m++) {
            series = tp_flow_series(flows[i], 0, (enum tp_metric_id)m);
            bytes += series ? series->allocated * sizeof(struct tp_bin) : 0;
        }
    }
    assert_true(bytes <= 400000);
    assert_true(kept >= 1 && kept < 300); /* the long one was worth keeping */
    series = tp_flow_series(flows[0], 0, TP_METRIC_SND_CWND);
    assert_int_equal(series->samples, 600);
    assert_true(series->count >= 16 && series->bins[0].t_ns == 0);
    assert_null(tp_flow_series(flows[0], 0, TP_METRIC_RETRANSMIT));
    tp_analysis_free(analysis);
}

static void test_bulk_end(void **state)
{
    struct tp_analysis *analysis = begin(NULL);
    struct tp_record record = make_probe(0, 1, 4000, 2, 80, 0, 10);

    (void)state;
    record.data_len = 1448; /* only the receiver was recorded */
    add(analysis, record);
    assert_int_equal(tp_flow_bulk_end(finish(analysis, 1, 0)), 1);
    tp_analysis_free(analysis);
    analysis = begin(NULL);
    add(analysis, make(TP_KIND_SEND_RESET, 5, 2, 80, 1, 4000)); /* nothing was carried */
    assert_int_equal(tp_flow_bulk_end(finish(analysis, 1, 0)), 1);
    tp_analysis_free(analysis);
}

/* Many long flows: distributions get coarser, not larger. */
static void test_distributions_share_their_memory(void **state)
{
    struct tp_analysis *analysis = begin(NULL);
    const struct tp_side *side;
    uint32_t flow, n;

    (void)state;
    for (n = 0; n < 1200; n++)
        for (flow = 0; flow < 600; flow++) {
            struct tp_record record =
                make_probe(n * MS, 1, (uint16_t)(4000 + flow), 2, 80, 1448 * n, 10);

            record.srtt = 40000 + (n * 7919) % 30000;
            record.snd_wnd = 500000 + (n * 7919) % 300000;
            add(analysis, record);
        }
    side = tp_flow_side(finish(analysis, 600, 599), 0);
    assert_true(fabs(quantile(side, TP_METRIC_SRTT, 0.5) / 55000 - 1) < 0.004);
    tp_analysis_free(analysis);
}

/* Ten records, the sockets of both ends: what one more of them takes. */
static void test_a_short_flow_is_small(void **state)
{
    struct tp_analysis *analysis = begin(NULL);
    const int flows = 20000;
    size_t before, bytes;
    int i, n;

    (void)state;
    before = allocated_with(analysis);
    for (i = 0; i < flows; i++) {
        uint16_t port = (uint16_t)(1000 + i);
        int64_t now_ns = i * MS;

        add(analysis, make_change(now_ns, 1, port, 2, 80, SYN_SENT, ESTABLISHED));
        add(analysis, make_change(now_ns, 2, 80, 1, port, LISTEN, SYN_RECV));
        for (n = 0; n < 4; n++) {
            struct tp_record record =
                make_probe(now_ns, 1, port, 2, 80, (uint32_t)n, (uint32_t)(n + i) % 100);

            record.srtt += (uint32_t)n;
            add(analysis, record);
            if (n < 2)
                add(analysis, make_probe(now_ns, 2, 80, 1, port, (uint32_t)n, (uint32_t)n));
        }
        add(analysis, make(TP_KIND_DESTROY_SOCK, now_ns, 1, port, 2, 80));
        add(analysis, make(TP_KIND_DESTROY_SOCK, now_ns, 2, 80, 1, port));
    }
    bytes = allocated_with(analysis) - before;
    finish(analysis, (size_t)flows, 0);
    tp_analysis_free(analysis);
    if (bytes == 0) /* sanitizers bring their own allocator */
        skip();
    if (bytes / (size_t)flows <= 256 || bytes / (size_t)flows >= 960)
        fail_msg("%zu bytes each", bytes / (size_t)flows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_time_weights),
        cmocka_unit_test(test_no_rtt_yet),
        cmocka_unit_test(test_a_single_sample_stands_for_itself),
        cmocka_unit_test(test_rows_and_distributions_agree),
        cmocka_unit_test(test_snd_una_wraps),
        cmocka_unit_test(test_in_flight_wraps),
        cmocka_unit_test(test_congestion_states),
        cmocka_unit_test(test_congestion_state_unknown),
        cmocka_unit_test(test_both_sides),
        cmocka_unit_test(test_events_lost),
        cmocka_unit_test(test_gaps_of_a_processor),
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_series),
        cmocka_unit_test(test_bulk_end),
        cmocka_unit_test(test_distributions_share_their_memory),
        cmocka_unit_test(test_a_short_flow_is_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
