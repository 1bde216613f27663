/* test_live.c: flows asked while records come in: what is said after n records is what an analysis
 * of these n records alone says at its end, to the last bit; and having been asked changes nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <tcpprobe/pass.h>

#include "ask.h"

#define POINTS 7

struct said {
    char *text;
    size_t length;
};

/* --- everything that can be asked of a flow --------------------------------------------------- */

static void say_metric(FILE *out, const struct tp_flow *flow, unsigned end,
                       enum tp_metric_id metric)
{
    static const double p[] = {0.05, 0.5, 0.95};
    struct tp_summary sum;
    double value[3];

    if (tp_flow_summary(flow, end, metric, &sum))
        fprintf(out, " %s %llu %a %a %a %a %a\n", tp_metrics[metric].name,
                (unsigned long long)sum.samples, sum.first, sum.last, sum.min, sum.max, sum.mean);
    if (tp_flow_quantiles(flow, end, metric, p, value, 3))
        fprintf(out, " %s %a %a %a\n", tp_metrics[metric].name, value[0], value[1], value[2]);
}

static void say_side(FILE *out, const struct tp_side *side)
{
    if (!side)
        return;
    fprintf(out, " side %lld..%lld probes %llu acked %llu received %llu mss %u init %u tcp %d\n",
            (long long)side->first_ns, (long long)side->last_ns, (unsigned long long)side->probes,
            (unsigned long long)side->acked_bytes, (unsigned long long)side->received_bytes,
            side->mss_bytes, side->initial_cwnd_segs, side->tcp_state);
    fprintf(out, " cong %d retransmits %u\n", side->cong_state, side->retransmits);
    for (unsigned i = 0; i < TP_CONG_STATES; i++)
        fprintf(out, " %u times %lld ns", side->cong_entries[i], (long long)side->cong_time_ns[i]);
    for (unsigned i = 0; i <= TP_CONG_STATES; i++)
        fprintf(out, " %u", side->retransmits_in[i]);
}

static void say_limits(FILE *out, const struct tp_flow *flow, unsigned end)
{
    struct tp_limit_times times;

    for (int origin = 0; origin < TP_ORIGINS; origin++) {
        if (!tp_flow_limits(flow, end, (enum tp_origin)origin, &times))
            continue;
        for (unsigned i = 0; i < TP_LIMITS; i++)
            fprintf(out, " %s %lld", tp_limit_name((enum tp_limit)i), (long long)times.time_ns[i]);
    }
}

static void say_wire(FILE *out, const struct tp_wire *wire)
{
    if (wire)
        fprintf(out, " wire %llu packets %llu data %llu unique %llu acked\n",
                (unsigned long long)wire->packets, (unsigned long long)wire->data_packets,
                (unsigned long long)wire->unique_bytes, (unsigned long long)wire->acked_bytes);
}

static void say_flow(FILE *out, const struct tp_analysis *analysis, const struct tp_flow *flow)
{
    double value;

    fprintf(out, "flow %u %lld..%lld %llu records, bulk %u\n", flow->id, (long long)flow->first_ns,
            (long long)flow->last_ns, (unsigned long long)flow->records, tp_flow_bulk_end(flow));
    for (unsigned end = 0; end < 2; end++) {
        const struct tp_side *side = tp_flow_side(flow, end);

        say_side(out, side);
        say_wire(out, tp_flow_wire(flow, end));
        say_limits(out, flow, end);
        for (unsigned metric = 0; metric < TP_METRIC_IDS; metric++)
            say_metric(out, flow, end, (enum tp_metric_id)metric);
        for (unsigned figure = 0; figure < TP_FIGURE_IDS; figure++) {
            value = ask_of(analysis, flow, (enum tp_figure_id)figure, end, TP_BEST);
            if (!isnan(value))
                fprintf(out, " %s %a\n", tp_figures[figure].name, value);
        }
    }
}

static struct said say(const struct tp_analysis *analysis)
{
    struct said said = {0};
    FILE *out = open_memstream(&said.text, &said.length);
    size_t count;
    const struct tp_flow *const *flows = tp_analysis_flows(analysis, &count);

    assert_non_null(out);
    for (size_t i = 0; i < count; i++)
        say_flow(out, analysis, flows[i]);
    fclose(out);
    return said;
}

/* --- at some points and at the end ------------------------------------------------------------ */

struct input {
    const char *paths[2];
    size_t count;
};

struct asked {
    uint64_t at[POINTS]; /* after so many records */
    struct said said[POINTS];
    size_t points;
    uint64_t records;
};

static void settle(struct tp_analysis *analysis)
{
    struct tp_error error = TP_ERROR_INIT;

    assert_int_equal(tp_analysis_settle(analysis, &error), TP_OK);
}

/* Reads the first `until` records and finishes; asks at the points on the way. */
static struct said analyse(const struct input *input, uint64_t until, struct asked *asked)
{
    const struct tp_analysis_options options = {.series_bins = 256};
    struct tp_error error = TP_ERROR_INIT;
    struct tp_analysis *analysis = tp_analysis_new(&options, &error);
    const struct tp_record *record;
    struct tp_pass *pass;
    struct said said;
    uint64_t records = 0;
    int rc = tp_pass_open(&pass, input->paths, input->count, NULL, &error);

    while (rc >= 0 && records < until && (rc = tp_pass_next(pass, &record, &error)) == 1) {
        rc = tp_analysis_add(analysis, record, &error);
        records++;
        for (size_t i = 0; asked && i < asked->points; i++)
            if (asked->at[i] == records) {
                settle(analysis);
                asked->said[i] = say(analysis);
            }
    }
    assert_true(rc >= 0);
    assert_int_equal(tp_analysis_finish(analysis, &error), TP_OK);
    said = say(analysis);
    tp_pass_close(pass);
    tp_analysis_free(analysis);
    if (asked)
        asked->records = records;
    return said;
}

static void same_as_at_the_end(const struct input *input)
{
    struct asked asked = {0};
    struct said never = analyse(input, UINT64_MAX, &asked), often;

    srandom(7);
    for (; asked.points < POINTS; asked.points++)
        asked.at[asked.points] = 1 + (uint64_t)random() % asked.records;
    often = analyse(input, UINT64_MAX, &asked);
    assert_string_equal(often.text, never.text);
    for (size_t i = 0; i < POINTS; i++) {
        struct said end = analyse(input, asked.at[i], NULL);

        assert_true(end.length > 100);
        assert_string_equal(asked.said[i].text, end.text);
        free(end.text);
        free(asked.said[i].text);
    }
    free(never.text);
    free(often.text);
}

#define PAIR(name) "tests/data/pairs/" name

static void live_flows_say_what_the_end_says(void **state)
{
    static const struct input inputs[] = {
        {{"samples/cubic.log.gz"}, 1},
        {{"samples/cubic-loss.log.gz"}, 1},
        {{"samples/cubic-loss.pcap.gz"}, 1},
        {{PAIR("app-limited-bbr.log.gz"), PAIR("app-limited-bbr.pcap.gz")}, 2},
        {{PAIR("two-flows-ipv6.log.gz"), PAIR("two-flows-ipv6.pcap.gz")}, 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        same_as_at_the_end(&inputs[i]);
}

/* --- from callbacks --------------------------------------------------------------------------- */

struct watcher {
    struct tp_analysis *analysis;
    uint64_t samples, ended;
};

static int on_sample(void *context, const struct tp_flow *flow, unsigned side,
                     enum tp_metric_id metric, int64_t ts_ns, double value)
{
    struct watcher *watcher = context;
    size_t count, i;
    const struct tp_flow *const *flows;
    struct said said;

    (void)side, (void)metric, (void)ts_ns, (void)value;
    if (watcher->samples++ % 997)
        return 0;
    settle(watcher->analysis);
    flows = tp_analysis_flows(watcher->analysis, &count);
    for (i = 0; i < count && flows[i] != flow; i++)
        ;
    assert_in_range(i, 0, count - 1); /* it is among them */
    said = say(watcher->analysis);
    assert_true(said.length > 0);
    free(said.text);
    return 0;
}

static void on_end(void *context, const struct tp_flow *flow)
{
    struct watcher *watcher = context;
    size_t count, i;
    const struct tp_flow *const *flows = tp_analysis_flows(watcher->analysis, &count);

    assert_int_equal(count, 0); /* one of the list is about to be freed */
    settle(watcher->analysis);
    flows = tp_analysis_flows(watcher->analysis, &count);
    for (i = 0; i < count; i++)
        assert_ptr_not_equal(flows[i], flow);
    watcher->ended++;
}

static void callbacks_may_ask(void **state)
{
    static const char *const paths[] = {PAIR("two-flows-ipv6.log.gz"),
                                        PAIR("two-flows-ipv6.pcap.gz")};
    struct watcher watcher = {0};
    const struct tp_analysis_options options = {
        .max_flows = 1, .sample = on_sample, .flow_end = on_end, .context = &watcher};
    struct tp_error error = TP_ERROR_INIT;
    struct tp_pass *pass;

    (void)state;
    watcher.analysis = tp_analysis_new(&options, &error);
    assert_int_equal(tp_pass_open(&pass, paths, 2, NULL, &error), TP_OK);
    assert_int_equal(tp_pass_analyse(pass, watcher.analysis, &error), TP_OK);
    assert_true(watcher.samples > 10000);
    assert_true(watcher.ended > 1);
    tp_pass_close(pass);
    tp_analysis_free(watcher.analysis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(live_flows_say_what_the_end_says),
        cmocka_unit_test(callbacks_may_ask),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
