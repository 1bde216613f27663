/* test_analyze_random.c: records that no kernel would write, in any order, change no promise: what
 * is counted adds up, what is listed is in order, figures lie within their bounds.
 */
#include "flow_maker.h"

#include <stdlib.h>
#include <tcpprobe/figure.h>
#include <tcpprobe/analyze.h>

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Few sockets and small numbers meet each other often; large ones overflow what can. */
static uint32_t number(uint64_t *random)
{
    uint64_t value = next(random);

    return value & 1 ? (uint32_t)(value >> 32) % 8 : (uint32_t)(value >> 32);
}

static struct tp_record any_record(uint64_t *random, int64_t *now_ns)
{
    struct tp_record record;
    uint64_t dice = next(random);

    *now_ns += dice % 100 < 95 ? (int64_t)(next(random) % 1000000)
                               : (int64_t)(next(random) % 40000000000) - 20000000000;
    if (dice % 1000 == 999)
        *now_ns = (int64_t)next(random) / 4;
    record = make((enum tp_kind)(next(random) % TP_KIND_COUNT), *now_ns,
                  (uint8_t)(next(random) % 4), (uint16_t)(next(random) % 4),
                  (uint8_t)(next(random) % 4), (uint16_t)(next(random) % 4));
    record.has_key = record.kind != TP_KIND_LOST && dice % 50 != 49;
    record.have = next(random) | next(random);
    record.have &= TP_BIT(COMM) - 1;
    record.snd_nxt = number(random);
    record.snd_una = number(random);
    record.snd_cwnd = number(random);
    record.ssthresh = number(random);
    record.snd_wnd = number(random);
    record.rcv_wnd = number(random);
    record.srtt = number(random);
    record.data_len = number(random);
    record.sock_cookie = next(random) % 4;
    record.cpu = number(random) % 5000;
    record.err = dice & 64 ? 0 : -11;
    record.state = (uint8_t)(next(random) % 16);
    record.oldstate = (uint8_t)(next(random) % 16);
    record.newstate = (uint8_t)(next(random) % 16);
    record.cong_state = (uint8_t)(next(random) % 8);
    record.protocol = dice & 128 ? 6 : (uint16_t)(next(random) % 300);
    record.lost = next(random) % 100;
    return record;
}

static void check_side(const struct tp_side *side, uint64_t *records)
{
    static const double p[] = {0, 0.05, 0.5, 0.95, 1};
    double values[5];
    struct tp_stat stat;
    unsigned m, k;

    *records += side->probes + side->retransmits + side->retransmits_failed +
                side->synack_retransmits + side->resets_sent + side->resets_received;
    assert_true(side->first_ns <= side->last_ns);
    assert_true(side->probes == 0 || side->probe_first_ns <= side->probe_last_ns);
    for (m = 0; m < TP_METRIC_STATES; m++) {
        if (!tp_side_stat(side, (enum tp_metric_id)m, &stat))
            continue;
        assert_true(stat.samples <= side->probes && stat.min <= stat.max);
        assert_true(stat.mean >= stat.min * 0.999999 && stat.mean <= stat.max * 1.000001);
        assert_true(tp_side_quantiles(side, (enum tp_metric_id)m, p, values, 5));
        for (k = 0; k < 5; k++)
            assert_true(values[k] >= stat.min && values[k] <= stat.max &&
                        (k == 0 || values[k] >= values[k - 1]));
    }
    for (k = 0; k < TP_CONG_STATES; k++)
        assert_true(side->cong_time_ns[k] >= 0);
}

static uint64_t records_retired;

static void check_series(const struct tp_flow *flow, unsigned end)
{
    const struct tp_series *series;
    unsigned m;

    for (m = 0; m < TP_METRIC_IDS; m++) {
        series = tp_flow_series(flow, end, (enum tp_metric_id)m);
        assert_true(!series || (series->count > 0 && series->count <= series->capacity));
    }
}

static void on_end(void *context, const struct tp_flow *flow)
{
    unsigned end;

    (void)context;
    for (end = 0; end < 2; end++) {
        check_series(flow, end);
        if (tp_flow_side(flow, end))
            check_side(tp_flow_side(flow, end), &records_retired);
    }
}

static void pass(uint64_t seed, const struct tp_analysis_options *options)
{
    static const bool counted[TP_KIND_COUNT] = {
        [TP_KIND_PROBE] = true,
        [TP_KIND_RETRANSMIT_SKB] = true,
        [TP_KIND_RETRANSMIT_SYNACK] = true,
        [TP_KIND_SEND_RESET] = true,
        [TP_KIND_RECEIVE_RESET] = true,
    };
    struct tp_analysis *analysis = tp_analysis_new(options, NULL);
    const struct tp_flow *const *flows;
    uint64_t records = 0, want = 0, random = seed, before;
    size_t i, count;
    int64_t now_ns = 0;
    unsigned n, end;

    assert_non_null(analysis);
    records_retired = 0;
    for (n = 0; n < 20000; n++) {
        struct tp_record record = any_record(&random, &now_ns);

        before = tp_analysis_unattributed(analysis);
        assert_int_equal(tp_analysis_add(analysis, &record, NULL), 0);
        want += counted[record.kind] && tp_analysis_unattributed(analysis) == before;
    }
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    flows = tp_analysis_flows(analysis, &count);
    assert_true(count > 0);
    for (i = 0; i < count; i++) {
        assert_true(flows[i]->first_ns <= flows[i]->last_ns);
        assert_true(i == 0 || flows[i]->id > flows[i - 1]->id);
        assert_true(tp_flow_connection(flows[i]) || /* packets have ports of 0 */
                    (flows[i]->key.port[0] && flows[i]->key.port[1]));
        assert_true(tp_flow_bulk_end(flows[i]) < 2);
        for (end = 0; end < 2; end++) {
            check_series(flows[i], end);
            if (tp_flow_side(flows[i], end))
                check_side(tp_flow_side(flows[i], end), &records);
        }
    }
    assert_int_equal(records + records_retired, want); /* nothing was dropped on the way */
    tp_analysis_free(analysis);
}

static void test_any_records(void **state)
{
    const struct tp_analysis_options plain = {.flow_end = on_end};
    const struct tp_analysis_options tight = {
        .flow_end = on_end, .max_flows = 4, .series_bins = 32, .series_budget = 40000};
    uint64_t seed;

    (void)state;
    for (seed = 1; seed < 12; seed++)
        pass(seed * 0x9e3779b97f4a7c15, seed & 1 ? &plain : &tight);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_any_records)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
