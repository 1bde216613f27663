/* same_flows.h: two analyses of the same packets found the same. */
#ifndef TCPPROBE_TESTS_SAME_FLOWS_H
#define TCPPROBE_TESTS_SAME_FLOWS_H

#include <tcpprobe/analyze.h>

/* The flows of both, which send from end 0. */
static inline void assert_same_flows(const struct tp_analysis *one, const struct tp_analysis *other)
{
    static const double p[] = {0, 0.5, 1};
    size_t count, other_count;
    const struct tp_flow *const *flows = tp_analysis_flows(one, &count);
    const struct tp_flow *const *others = tp_analysis_flows(other, &other_count);
    double quantiles[3], other_quantiles[3];

    assert_int_equal(count, other_count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(flows[i]->id, i + 1);
        assert_int_equal(others[i]->id, i + 1);
        assert_memory_equal(&flows[i]->key, &others[i]->key, sizeof flows[i]->key);
        assert_int_equal(flows[i]->records, others[i]->records);
        for (unsigned end = 0; end < 2; end++)
            assert_memory_equal(tp_flow_wire(flows[i], end), tp_flow_wire(others[i], end),
                                sizeof(struct tp_wire));
        assert_true(tp_flow_quantiles(flows[i], 0, TP_METRIC_WIRE_INFLIGHT, p, quantiles, 3));
        assert_true(
            tp_flow_quantiles(others[i], 0, TP_METRIC_WIRE_INFLIGHT, p, other_quantiles, 3));
        assert_memory_equal(quantiles, other_quantiles, sizeof quantiles);
    }
}

#endif
