/* test_analyze_nomem.c: the Nth allocation of a whole analysis fails, for every N. */
#include "flow_maker.h"
#include "nomem.h"

#include <tcpprobe/figure.h>
#include <tcpprobe/analyze.h>

/* Record number i of a pass that meets every kind, many values, reuse, retirement and loss. */
static struct tp_record record_at(int i)
{
    uint16_t port = (uint16_t)(4000 + i / 30 % 8);
    struct tp_record record;

    if (i % 50 == 49)
        return make_lost(i * MS, 3);
    if (i % 7 == 6) {
        record = make(TP_KIND_CONG_STATE_SET, i * MS, 1, port, 2, 80);
        record.have |= TP_BIT(CONG_STATE);
        record.cong_state = (uint8_t)(i % 5);
        return record;
    }
    if (i % 11 == 10)
        return make(TP_KIND_RETRANSMIT_SKB, i * MS, 1, port, 2, 80);
    if (i % 17 == 16)
        return make_grow(i * MS, 2, 80, 1, port, 40000 + (uint32_t)i, 1448, 131072 + (uint32_t)i);
    if (i % 13 == 12)
        return make_change(i * MS, 2, 80, 1, port, LISTEN, SYN_RECV);
    record = i % 3 ? make_probe(i * MS, 1, port, 2, 80, 1448 * (uint32_t)i, 10 + (uint32_t)i % 90)
                   : make_probe(i * MS, 2, 80, 1, port, 500 * (uint32_t)i, 10);
    record.srtt = 40000 + (uint32_t)i * 7;
    record.have |= TP_BIT(CPU);
    record.cpu = (uint32_t)i / 100;
    return record;
}

static const struct tp_record *packet_at(int i)
{
    static struct tp_record record;
    bool answer = i % 2;
    uint16_t port = (uint16_t)(4000 + i / 200);

    record = answer ? make(TP_KIND_PACKET, i * MS, 2, 80, 1, port)
                    : make(TP_KIND_PACKET, i * MS, 1, port, 2, 80);
    record.have = TP_BIT(SEQ) | TP_BIT(ACK) | TP_BIT(PAYLOAD) | TP_BIT(FLAGS) | TP_BIT(WINDOW) |
                  TP_BIT(OPTIONS) | TP_BIT(FRAME);
    record.flags = TP_TCP_ACK;
    record.frame = (uint64_t)i + 1;
    record.window = (uint16_t)(5000 + i * 7);
    record.payload = answer ? 0 : 1000;
    record.seq = answer ? 1 : 1 + (uint32_t)(i % 18 == 16 ? i - 8 : i) * 500;
    record.ack = answer ? 1 + (uint32_t)(i % 10 < 7 ? i - 5 : i - 11) * 500 : 1;
    if (answer && i % 10 >= 7) {
        record.have |= TP_BIT(SACK);
        record.options = TP_OPTION_SACK;
        record.sack.count = 1;
        record.sack.edge[0][0] = record.ack + 2000;
        record.sack.edge[0][1] = record.ack + 3000;
    }
    return &record;
}

static void ask(const struct tp_flow *flow, unsigned end)
{
    const double p[] = {0.05, 0.5, 0.95};
    struct tp_summary summary;
    struct tp_limit_times times;
    double values[3];
    unsigned metric;

    for (metric = 0; metric < TP_METRIC_IDS; metric++)
        if (tp_flow_summary(flow, end, (enum tp_metric_id)metric, &summary))
            tp_flow_quantiles(flow, end, (enum tp_metric_id)metric, p, values, 3);
    tp_flow_limits(flow, end, TP_FROM_PACKETS, &times);
}

/* The way of packets. */
static bool pass_packets(const struct tp_analysis_options *options)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_analysis *analysis = tp_analysis_new(options, &error);
    const struct tp_flow *const *flows;
    bool complete = true;
    size_t count, i;
    int n, rc;

    for (n = 0; analysis && n < 600; n++) {
        rc = tp_analysis_add(analysis, packet_at(n), &error);
        complete = complete && rc == 0;
        assert_true(rc == 0 || rc == TP_ERR_NOMEM);
    }
    if (analysis && tp_analysis_finish(analysis, &error) < 0)
        complete = false;
    flows = analysis ? tp_analysis_flows(analysis, &count) : NULL;
    for (i = 0; flows && i < count; i++) {
        ask(flows[i], 0);
        ask(flows[i], 1);
    }
    tp_analysis_free(analysis);
    return analysis && complete;
}

/* The whole way through; false if an allocation failed. Everything is asked for in any case. */
static bool pass(const struct tp_analysis_options *options)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_analysis *analysis = tp_analysis_new(options, &error);
    const struct tp_flow *const *flows;
    const double p[] = {0.05, 0.5, 0.95};
    double values[3];
    struct tp_summary summary;
    struct tp_stat stat;
    size_t count, i;
    bool complete = true;
    int n, rc;

    for (n = 0; analysis && n < 900; n++) {
        struct tp_record record = record_at(n);

        rc = tp_analysis_add(analysis, &record, &error);
        complete = complete && rc == 0;
        assert_true(rc == 0 || rc == TP_ERR_NOMEM);
        assert_true(rc == 0 || error.code == TP_ERR_NOMEM);
    }
    if (analysis && tp_analysis_finish(analysis, &error) < 0)
        complete = false;
    if (analysis) {
        flows = tp_analysis_flows(analysis, &count);
        for (i = 0; i < count; i++) {
            const struct tp_side *side = tp_flow_side(flows[i], 0);

            if (tp_side_stat(side, TP_METRIC_SRTT, &stat))
                complete &= tp_side_quantiles(side, TP_METRIC_SRTT, p, values, 3);
            if (tp_flow_summary(flows[i], 1, TP_METRIC_RCV_RTT, &summary))
                complete &= tp_flow_quantiles(flows[i], 1, TP_METRIC_RCV_RTT, p, values, 3);
            tp_flow_bulk_end(flows[i]);
        }
    }
    tp_analysis_free(analysis);
    return analysis && complete;
}

static void check(const struct tp_analysis_options *options,
                  bool (*way)(const struct tp_analysis_options *options))
{
    long n = -1;
    bool whole;

    do {
        atomic_store(&nomem_left, ++n);
        whole = way(options);
    } while (nomem_reached());
    assert_true(whole);
    assert_true(n > 100);
    atomic_store(&nomem_left, NOMEM_NEVER);
}

static void test_figures(void **state)
{
    const struct tp_analysis_options options = {.max_flows = 5};

    (void)state;
    check(&options, pass);
    check(&options, pass_packets);
}

static void test_series(void **state)
{
    const struct tp_analysis_options options = {
        .series_bins = 128, .series_budget = 30000, .marks = 200};

    (void)state;
    check(&options, pass);
    check(&options, pass_packets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures),
        cmocka_unit_test(test_series),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
