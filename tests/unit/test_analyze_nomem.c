/* test_analyze_nomem.c: the Nth allocation of a whole analysis fails, for every N. */
#include "flow_maker.h"
#include "nomem.h"

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
    if (i % 13 == 12)
        return make_change(i * MS, 2, 80, 1, port, LISTEN, SYN_RECV);
    record = i % 3 ? make_probe(i * MS, 1, port, 2, 80, 1448 * (uint32_t)i, 10 + (uint32_t)i % 90)
                   : make_probe(i * MS, 2, 80, 1, port, 500 * (uint32_t)i, 10);
    record.srtt = 40000 + (uint32_t)i * 7;
    record.have |= TP_BIT(CPU);
    record.cpu = (uint32_t)i / 100;
    return record;
}

/* The whole way through; false if an allocation failed. Everything is asked for in any case. */
static bool pass(const struct tp_analysis_options *options)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_analysis *analysis = tp_analysis_new(options, &error);
    const struct tp_flow *const *flows;
    const double p[] = {0.05, 0.5, 0.95};
    double values[3];
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
            tp_flow_bulk_end(flows[i]);
        }
    }
    tp_analysis_free(analysis);
    return analysis && complete;
}

static void check(const struct tp_analysis_options *options)
{
    long n = -1;
    bool whole;

    do {
        atomic_store(&nomem_left, ++n);
        whole = pass(options);
    } while (nomem_reached());
    assert_true(whole);
    assert_true(n > 100);
    atomic_store(&nomem_left, NOMEM_NEVER);
}

static void test_figures(void **state)
{
    const struct tp_analysis_options options = {.max_flows = 5};

    (void)state;
    check(&options);
}

static void test_series(void **state)
{
    const struct tp_analysis_options options = {.series_bins = 128, .series_budget = 30000};

    (void)state;
    check(&options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures),
        cmocka_unit_test(test_series),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
