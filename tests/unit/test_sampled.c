/* test_sampled.c: the figures of metrics of kind SAMPLE, against a sort of all samples. */
#include "one_flow.h"

#include <math.h>
#include <stdlib.h>
#include <tcpprobe/analyze.h>

static const double p[] = {0.05, 0.5, 0.95, 0.99, 1};
#define QUANTILES (sizeof p / sizeof *p)

static struct tp_analysis *begin(const struct tp_analysis_options *options)
{
    struct tp_analysis *analysis = tp_analysis_new(options, NULL);

    assert_non_null(analysis);
    return analysis;
}

static const struct tp_flow *flow_of(struct tp_analysis *analysis, size_t index)
{
    const struct tp_flow *const *flows;
    size_t count;

    assert_int_equal(tp_analysis_settle(analysis, NULL), 0);
    flows = tp_analysis_flows(analysis, &count);
    assert_true(index < count);
    return flows[index];
}

/* --- a reference ---------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Within `error` of what a sort of the samples, which it does, says. */
static void assert_figures(const struct tp_flow *flow, unsigned end, enum tp_metric_id metric,
                           double *samples, size_t count, double error)
{
    struct tp_summary summary;
    double values[QUANTILES], sum = 0;
    size_t i, k;

    assert_true(tp_flow_summary(flow, end, metric, &summary));
    assert_true(tp_flow_quantiles(flow, end, metric, p, values, QUANTILES));
    assert_int_equal(summary.samples, count);
    assert_true(summary.first == samples[0] && summary.last == samples[count - 1]);
    for (i = 0; i < count; i++)
        sum += samples[i];
    assert_true(fabs(summary.mean - sum / (double)count) <= 1e-9 * fabs(sum));
    qsort(samples, count, sizeof *samples, ascending);
    assert_true(summary.min == samples[0] && summary.max == samples[count - 1]);
    for (k = 0; k < QUANTILES; k++) {
        for (i = 0; (double)(i + 1) < p[k] * (double)count;)
            i++;
        if (fabs(values[k] - samples[i]) > error * samples[i] + 1e-12)
            fail_msg("p%g is %.9g and not %.9g", p[k] * 100, values[k], samples[i]);
    }
}

/* --- of the kernel's events ----------------------------------------------------------------- */

#define SAMPLES 300

static uint32_t rtt_us_at(unsigned i)
{
    return 20000 + i * 7919 % 1000 * 31;
}

static void add_growth(struct tp_analysis *analysis, unsigned samples)
{
    unsigned i;

    for (i = 0; i < samples; i++)
        add(analysis, make_grow(i * MS, 1, 4000, 2, 80, rtt_us_at(i), 1000 * (i + 1), 131072 + i));
}

static void test_a_row_is_all_that_a_metric_needs(void **state)
{
    unsigned n;

    (void)state;
    for (n = 1; n <= SAMPLES; n += n < 5 ? 1 : 59) {
        struct tp_analysis *analysis = begin(NULL);
        double rtt_us[SAMPLES], copied[SAMPLES], rcvbuf[SAMPLES];
        unsigned i;

        add_growth(analysis, n);
        for (i = 0; i < n; i++) {
            rtt_us[i] = rtt_us_at(i);
            copied[i] = 1000.0 * (i + 1);
            rcvbuf[i] = 131072.0 + i;
        }
        assert_figures(flow_of(analysis, 0), 0, TP_METRIC_RCV_RTT, rtt_us, n, 0);
        assert_figures(flow_of(analysis, 0), 0, TP_METRIC_RCV_COPIED, copied, n, 0);
        assert_figures(flow_of(analysis, 0), 0, TP_METRIC_RCVBUF, rcvbuf, n, 0);
        tp_analysis_free(analysis);
    }
}

/* Who else asks for what changes no figure. */
static void test_figures_do_not_depend_on_what_is_kept(void **state)
{
    const struct tp_analysis_options ways[] = {
        {.series_bins = 0},
        {.series_bins = 16},
        {.series_bins = 16, .series_metrics = TP_METRIC_BIT(SRTT)},
        {.series_bins = 16, .series_budget = 1},
        {.without = ~TP_METRIC_BIT(RCV_RTT)},
    };
    struct tp_summary first, summary;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct tp_analysis *analysis = begin(&ways[i]);

        add_growth(analysis, SAMPLES);
        assert_true(tp_flow_summary(flow_of(analysis, 0), 0, TP_METRIC_RCV_RTT, &summary));
        first = i ? first : summary;
        assert_memory_equal(&first, &summary, sizeof summary);
        assert_int_equal(tp_flow_summary(flow_of(analysis, 0), 0, TP_METRIC_RCVBUF, &summary),
                         !ways[i].without);
        if (ways[i].series_bins && !ways[i].series_metrics && !ways[i].series_budget)
            assert_int_equal(tp_flow_series(flow_of(analysis, 0), 0, TP_METRIC_RCV_RTT)->samples,
                             SAMPLES);
        tp_analysis_free(analysis);
    }
}

static void test_what_was_not_measured_is_absent(void **state)
{
    struct tp_analysis *analysis = begin(NULL);
    struct tp_record record = make_grow(MS, 1, 4000, 2, 80, 1, 2, 3);
    struct tp_summary summary;
    double value;

    (void)state;
    record.have &= ~TP_BIT(RTT_US);
    add(analysis, record);
    assert_false(tp_flow_summary(flow_of(analysis, 0), 0, TP_METRIC_RCV_RTT, &summary));
    assert_false(tp_flow_quantiles(flow_of(analysis, 0), 0, TP_METRIC_RCV_RTT, p, &value, 1));
    assert_true(tp_flow_summary(flow_of(analysis, 0), 0, TP_METRIC_RCVBUF, &summary));
    assert_false(tp_flow_summary(flow_of(analysis, 0), 1, TP_METRIC_RCVBUF, &summary));
    assert_false(tp_flow_summary(flow_of(analysis, 0), 2, TP_METRIC_RCVBUF, &summary));
    assert_false(tp_flow_summary(flow_of(analysis, 0), 0, TP_OWN_METRIC(0), &summary));
    tp_analysis_free(analysis);
}

/* Many flows with many values each: usual quantiles stay, others within 0.2 %. */
static void test_memory_is_bounded(void **state)
{
    enum { FLOWS = 600, EACH = 3000 };
    struct tp_analysis *analysis = begin(NULL);
    double *samples = malloc(EACH * sizeof *samples);
    unsigned i, flow;

    (void)state;
    assert_non_null(samples);
    for (flow = 0; flow < FLOWS; flow++)
        for (i = 0; i < EACH; i++)
            add(analysis, make_grow((int64_t)flow * SEC + i, 1, (uint16_t)(1000 + flow), 2, 80,
                                    100000 + i * 7919 % EACH * 37 + flow, i, i));
    for (flow = 0; flow < FLOWS; flow += 97) {
        for (i = 0; i < EACH; i++)
            samples[i] = 100000 + i * 7919 % EACH * 37 + flow;
        assert_figures(flow_of(analysis, flow), 0, TP_METRIC_RCV_RTT, samples, EACH, 0.002);
    }
    free(samples);
    tp_analysis_free(analysis);
}

/* --- one's own ------------------------------------------------------------------------------ */

static const struct tp_metric own[] = {
    {.name = "thirds", .unit = "", .per_unit = 3, .kind = TP_METRIC_SAMPLE},
    {.name = "bytes", .unit = "bytes", .per_unit = 1, .kind = TP_METRIC_SAMPLE},
};

static int on_sample(void *context, const struct tp_flow *flow, unsigned end,
                     enum tp_metric_id metric, int64_t ts_ns, double value)
{
    struct tp_analysis *analysis = *(struct tp_analysis **)context;

    (void)ts_ns;
    return metric == TP_METRIC_RCV_RTT ? tp_analysis_sample(analysis, flow, end, 0, value / 3, NULL)
                                       : 0;
}

static void test_ones_own_metric(void **state)
{
    struct tp_analysis *analysis = NULL;
    const struct tp_analysis_options options = {
        .own_metrics = own, .own_metric_count = 2, .sample = on_sample, .context = &analysis};
    double thirds[SAMPLES];
    unsigned i;

    (void)state;
    analysis = begin(&options);
    add_growth(analysis, SAMPLES);
    for (i = 0; i < SAMPLES; i++)
        thirds[i] = rtt_us_at(i) / 3.0;
    assert_figures(flow_of(analysis, 0), 0, TP_OWN_METRIC(0), thirds, SAMPLES, 1e-12);
    assert_int_equal(tp_analysis_sample(analysis, flow_of(analysis, 0), 1, 1, 1448, NULL), 0);
    assert_figures(flow_of(analysis, 0), 1, TP_OWN_METRIC(1), (double[]){1448}, 1, 0);
    tp_analysis_free(analysis);
}

/* What has no place in a distribution still adds up. */
static void test_a_sample_beyond(void **state)
{
    const struct tp_analysis_options options = {.own_metrics = own, .own_metric_count = 2};
    const double samples[] = {-1, 1e10, 4294967295.0, INFINITY};
    struct tp_summary summary;
    double value;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct tp_analysis *analysis = begin(&options);

        add_growth(analysis, 1);
        assert_int_equal(tp_analysis_sample(analysis, flow_of(analysis, 0), 0, 1, 5, NULL), 0);
        assert_true(tp_flow_quantiles(flow_of(analysis, 0), 0, TP_OWN_METRIC(1), p, &value, 1));
        assert_int_equal(tp_analysis_sample(analysis, flow_of(analysis, 0), 0, 1, samples[i], NULL),
                         0);
        assert_true(tp_flow_summary(flow_of(analysis, 0), 0, TP_OWN_METRIC(1), &summary));
        assert_int_equal(summary.samples, 2);
        assert_true(summary.min == fmin(5, samples[i]) && summary.max == fmax(5, samples[i]));
        assert_false(tp_flow_quantiles(flow_of(analysis, 0), 0, TP_OWN_METRIC(1), p, &value, 1));
        tp_analysis_free(analysis);
    }
}

static void test_what_is_no_sample(void **state)
{
    const struct tp_analysis_options options = {.own_metrics = own, .own_metric_count = 2};
    struct tp_analysis *analysis = begin(&options);
    struct tp_error error = TP_ERROR_INIT;
    const struct tp_flow *flow;

    (void)state;
    add_growth(analysis, 1);
    flow = flow_of(analysis, 0);
    assert_int_equal(tp_analysis_sample(analysis, flow, 0, 2, 1, &error), TP_ERR_USAGE);
    assert_string_equal(error.text, "no such metric, end or flow");
    assert_int_equal(tp_analysis_sample(analysis, flow, 2, 0, 1, NULL), TP_ERR_USAGE);
    tp_error_clear(&error);
    assert_int_equal(tp_analysis_sample(analysis, flow, 0, 0, NAN, &error), TP_ERR_USAGE);
    assert_string_equal(error.text, "a sample is a number");
    tp_analysis_free(analysis);
}

static void test_what_is_no_metric(void **state)
{
    static const struct tp_metric bad[] = {
        {.name = "state", .unit = "", .per_unit = 1, .kind = TP_METRIC_STATE},
        {.name = "coarse", .unit = "", .per_unit = 0, .kind = TP_METRIC_SAMPLE},
    };
    struct tp_analysis_options options = {.own_metric_count = 1};
    struct tp_error error = TP_ERROR_INIT;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        options.own_metrics = &bad[i];
        tp_error_clear(&error);
        assert_null(tp_analysis_new(&options, &error));
        assert_int_equal(error.code, TP_ERR_USAGE);
    }
    options.own_metric_count = TP_OWN_METRICS_MAX + 1;
    assert_null(tp_analysis_new(&options, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_row_is_all_that_a_metric_needs),
        cmocka_unit_test(test_figures_do_not_depend_on_what_is_kept),
        cmocka_unit_test(test_what_was_not_measured_is_absent),
        cmocka_unit_test(test_memory_is_bounded),
        cmocka_unit_test(test_ones_own_metric),
        cmocka_unit_test(test_a_sample_beyond),
        cmocka_unit_test(test_what_is_no_sample),
        cmocka_unit_test(test_what_is_no_metric),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
