/* test_truth.c: figures of real recordings against what is known of them.
 *
 * pairs: iperf3's own account of the same seconds (NAME.iperf3.json). runs: 20 Mbit/s, 20 ms each
 * way, a queue of 100 kB, where the name does not say otherwise. Run from the top of the tree.
 */
#include "ask.h"
#include "flow_maker.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <tcpprobe/figure.h>
#include <tcpprobe/analyze.h>
#include <tcpprobe/input.h>

#define IPERF_PORT   5201
#define COOKIE_BYTES 37

/* Values of srtt that were met, and the plain mean of cwnd over events. */
struct seen {
    unsigned char srtt[1 << 20];
    double cwnd_sum, cwnd_count;
};

static int on_sample(void *context, const struct tp_flow *flow, unsigned side,
                     enum tp_metric_id metric, int64_t ts_ns, double value)
{
    struct seen *seen = context;

    (void)ts_ns;
    if (metric == TP_METRIC_SRTT && value < sizeof seen->srtt)
        seen->srtt[(size_t)value] = 1;
    if (metric == TP_METRIC_SND_CWND && flow->id == 2 && side == 0) {
        seen->cwnd_sum += value;
        seen->cwnd_count++;
    }
    return 0;
}

static struct tp_analysis *analyze(const char *path, struct seen *seen)
{
    struct tp_analysis_options options = {.sample = seen ? on_sample : NULL, .context = seen};
    struct tp_analysis *analysis = tp_analysis_new(&options, NULL);
    struct tp_stream_options reading = {.strict = true, .fields = tp_analysis_fields()};
    struct tp_error error = TP_ERROR_INIT;
    const struct tp_record *record;
    struct tp_stream *stream;
    int rc;

    if (tp_stream_open(&stream, &path, 1, &reading, &error) < 0)
        fail_msg("%s: %s", path, error.text);
    while ((rc = tp_stream_next(stream, &record, &error)) == 1)
        assert_int_equal(tp_analysis_add(analysis, record, &error), 0);
    if (rc < 0)
        fail_msg("%s: %s", path, error.text);
    assert_int_equal(tp_analysis_finish(analysis, &error), 0);
    tp_stream_close(stream);
    return analysis;
}

static double quantile(const struct tp_side *side, enum tp_metric_id metric, double p)
{
    double value;

    assert_true(tp_side_quantiles(side, metric, &p, &value, 1));
    return value;
}

static void assert_near(double got, double want, double tolerance)
{
    if (fabs(got - want) > tolerance * want)
        fail_msg("%g is not within %g %% of %g", got, 100 * tolerance, want);
}

/* --- pairs ---------------------------------------------------------------------------------- */

static const struct tp_flow *flow_of_port(const struct tp_analysis *analysis, uint16_t port)
{
    const struct tp_flow *const *flows;
    size_t i, count;

    flows = tp_analysis_flows(analysis, &count);
    for (i = 0; i < count; i++)
        if (flows[i]->key.port[0] == port && flows[i]->key.port[1] == IPERF_PORT)
            return flows[i];
    fail_msg("no flow of port %u", port);
    return NULL;
}

/* iperf3 asks the kernel for srtt once a second: each answer must be among the samples, and their
 * mean near ours, which has all of them. */
static void check_srtt(const json_t *report, size_t index, const struct tp_side *side,
                       const struct seen *seen)
{
    const json_t *interval, *intervals = json_object_get(report, "intervals");
    const json_t *sender = json_object_get(
        json_array_get(json_object_get(json_object_get(report, "end"), "streams"), index),
        "sender");
    struct tp_stat stat;
    json_int_t rtt;
    size_t i;

    assert_true(tp_side_stat(side, TP_METRIC_SRTT, &stat));
    json_array_foreach(intervals, i, interval)
    {
        rtt = json_integer_value(
            json_object_get(json_array_get(json_object_get(interval, "streams"), index), "rtt"));
        assert_true(rtt > 0 && rtt < (json_int_t)sizeof seen->srtt);
        assert_true(seen->srtt[rtt]);
    }
    assert_near(stat.mean, (double)json_integer_value(json_object_get(sender, "mean_rtt")), 0.08);
    assert_true(json_integer_value(json_object_get(sender, "max_rtt")) <= stat.max);
    assert_true(json_integer_value(json_object_get(sender, "min_rtt")) >= stat.min);
}

static void check_stream(const struct tp_analysis *analysis, const json_t *report, size_t index,
                         const struct seen *seen)
{
    const json_t *start = json_object_get(report, "start");
    const json_t *socket = json_array_get(json_object_get(start, "connected"), index);
    const json_t *stream =
        json_array_get(json_object_get(json_object_get(report, "end"), "streams"), index);
    const struct tp_flow *flow =
        flow_of_port(analysis, (uint16_t)json_integer_value(json_object_get(socket, "local_port")));
    const struct tp_side *client = tp_flow_side(flow, 0), *server = tp_flow_side(flow, 1);
    uint64_t received =
        (uint64_t)json_integer_value(json_object_get(json_object_get(stream, "receiver"), "bytes"));

    assert_int_equal(tp_flow_bulk_end(flow), 0);
    assert_int_equal(flow->opener, 0);
    assert_true(flow->closed[0] && flow->closed[1]);
    assert_int_equal(client->acked_bytes, received + COOKIE_BYTES);
    assert_int_equal(server->received_bytes, received + COOKIE_BYTES);
    assert_int_equal(server->acked_bytes, 0);
    assert_int_equal(client->mss_bytes,
                     json_integer_value(json_object_get(start, "tcp_mss_default")));
    assert_int_equal(client->initial_cwnd_segs, 10);
    check_srtt(report, index, client, seen);
}

/* The first connection is iperf3's control connection: little data, both ways. */
static void check_control(const struct tp_analysis *analysis)
{
    size_t count;
    const struct tp_flow *flow = tp_analysis_flows(analysis, &count)[0];
    const struct tp_side *client = tp_flow_side(flow, 0), *server = tp_flow_side(flow, 1);

    assert_true(client->acked_bytes > 0 && client->acked_bytes < 1000);
    assert_true(server->acked_bytes > 0 && server->acked_bytes < 1000);
    /* The last message is acknowledged after tcp_probe has stopped. */
    assert_true(server->received_bytes - client->acked_bytes <= 1);
    assert_int_equal(client->mss_bytes, 0);
}

static void check_pair(const char *log, const char *name, size_t streams, uint32_t retransmits)
{
    struct seen *seen = calloc(1, sizeof *seen);
    struct tp_analysis *analysis;
    json_error_t json_error;
    json_t *report;
    char path[256];
    size_t i, count;
    uint32_t sum = 0;

    assert_non_null(seen);
    snprintf(path, sizeof path, "tests/data/pairs/%s.iperf3.json", name);
    report = json_load_file(path, 0, &json_error);
    assert_non_null(report);
    analysis = analyze(log, seen);
    tp_analysis_flows(analysis, &count);
    assert_int_equal(count, streams + 1);
    check_control(analysis);
    for (i = 0; i < streams; i++)
        check_stream(analysis, report, i, seen);
    for (i = 0; i < count; i++)
        sum += tp_flow_side(tp_analysis_flows(analysis, &count)[i], 0)->retransmits;
    assert_int_equal(sum, retransmits);
    tp_analysis_free(analysis);
    json_decref(report);
    free(seen);
}

static void test_cubic_loss(void **state)
{
    (void)state;
    /* 33 packet buffers; iperf3 counts 36 segments. */
    check_pair("samples/cubic-loss.log.gz", "cubic-loss", 1, 33);
}

static void test_two_flows_ipv6(void **state)
{
    (void)state;
    check_pair("tests/data/pairs/two-flows-ipv6.log.gz", "two-flows-ipv6", 2, 78);
}

static void test_rwnd_limited(void **state)
{
    (void)state;
    check_pair("tests/data/pairs/rwnd-limited.log.gz", "rwnd-limited", 1, 0);
}

static void test_app_limited(void **state)
{
    (void)state;
    check_pair("tests/data/pairs/app-limited-bbr.log.gz", "app-limited-bbr", 1, 0);
}

/* --- runs ----------------------------------------------------------------------------------- */

/* What reference runs of that configuration give; 0: not compared. */
static const struct run {
    const char *path;
    double srtt_p50_us, cwnd_p50_segs;
    uint32_t initial_cwnd_segs;
} runs[] = {
    {"samples/cubic.log.gz", 69500, 116, 10},
    {"tests/data/runs/half-buffer-00.log.gz", 54000, 0, 10},
    {"tests/data/runs/double-buffer-00.log.gz", 102000, 0, 10},
    {"tests/data/runs/reno-00.log.gz", 61000, 0, 10},
    {"tests/data/runs/loss-1pct-00.log.gz", 0, 10, 10},
    {"tests/data/runs/loss-1pct-03.log.gz", 0, 14, 10},
    {"tests/data/runs/initcwnd-20-00.log.gz", 69500, 0, 20},
};

static void test_runs(void **state)
{
    const struct run *run;

    (void)state;
    for (run = runs; run < runs + sizeof runs / sizeof *runs; run++) {
        struct tp_analysis *analysis = analyze(run->path, NULL);
        size_t count;
        const struct tp_flow *const *flows = tp_analysis_flows(analysis, &count);
        const struct tp_side *side;
        double goodput;

        assert_int_equal(count, 2); /* control and data; only the sender was recorded */
        side = tp_flow_side(flows[1], tp_flow_bulk_end(flows[1]));
        assert_null(tp_flow_side(flows[1], 1 - tp_flow_bulk_end(flows[1])));
        if (run->srtt_p50_us > 0)
            assert_near(quantile(side, TP_METRIC_SRTT, 0.5), run->srtt_p50_us, 0.01);
        if (run->cwnd_p50_segs > 0)
            assert_true(quantile(side, TP_METRIC_SND_CWND, 0.5) == run->cwnd_p50_segs);
        assert_int_equal(side->initial_cwnd_segs, run->initial_cwnd_segs);
        assert_int_equal(side->mss_bytes, 1448);
        assert_int_equal(side->retransmits_in[TP_CONG_RECOVERY], side->retransmits);
        goodput = ask(analysis, flows[1], TP_FIGURE_goodput_bps);
        assert_true(goodput > 0 && goodput < 20e6);
        tp_analysis_free(analysis);
    }
}

/* Samples come with acknowledgements, so that a mean over events overrates large windows: at 1 %
 * loss it is more than twice the mean over time. */
static void test_events_are_no_weights(void **state)
{
    struct seen *seen = calloc(1, sizeof *seen);
    struct tp_analysis *analysis;
    struct tp_stat stat;
    size_t count;

    (void)state;
    assert_non_null(seen);
    analysis = analyze("tests/data/runs/loss-1pct-03.log.gz", seen);
    assert_true(tp_side_stat(tp_flow_side(tp_analysis_flows(analysis, &count)[1], 0),
                             TP_METRIC_SND_CWND, &stat));
    assert_near(stat.mean, 18.7, 0.01);
    assert_near(seen->cwnd_sum / seen->cwnd_count, 40.4, 0.01);
    tp_analysis_free(analysis);
    free(seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cubic_loss),   cmocka_unit_test(test_two_flows_ipv6),
        cmocka_unit_test(test_rwnd_limited), cmocka_unit_test(test_app_limited),
        cmocka_unit_test(test_runs),         cmocka_unit_test(test_events_are_no_weights),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
