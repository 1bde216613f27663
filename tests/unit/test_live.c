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

#include <tcpprobe/figure.h>
#include <tcpprobe/pass.h>

#define POINTS 7

struct said {
    char *text;
    size_t length;
};

/* --- everything that is said of a flow -------------------------------------------------------- */

static void say_value(FILE *out, const char *name, const struct tp_value *value)
{
    double number;

    if (value->type == TP_VALUE_TEXT)
        fprintf(out, "%s %s\n", name, value->text);
    else if (tp_value_number(value, &number))
        fprintf(out, "%s %a\n", name, number);
    for (unsigned i = 0; value->type == TP_VALUE_COUNTS && i < value->counts; i++)
        fprintf(out, "%s %s %llu\n", name, value->list[i].name,
                (unsigned long long)value->list[i].count);
}

/* Every figure, of both ends, by every origin. */
static void say_flow(FILE *out, struct tp_sheet *sheet, const struct tp_figure_columns *columns)
{
    for (size_t i = 0; i < columns->count; i++) {
        struct tp_value value = tp_sheet_column(sheet, &columns->list[i]);

        say_value(out, columns->list[i].name, &value);
    }
    assert_false(sheet->out_of_memory);
}

static void say_metrics(FILE *out, const struct tp_flow *flow, unsigned end)
{
    static const double p[] = {0, 0.1, 0.5, 0.95, 1};
    struct tp_summary sum;
    double value[5];

    for (unsigned id = 0; id < TP_METRIC_IDS; id++) {
        enum tp_metric_id metric = (enum tp_metric_id)id;

        if (tp_flow_summary(flow, end, metric, &sum))
            fprintf(out, "%s %llu %a %a %a %a %a\n", tp_metrics[id].name,
                    (unsigned long long)sum.samples, sum.first, sum.last, sum.min, sum.max,
                    sum.mean);
        if (tp_flow_quantiles(flow, end, metric, p, value, 5))
            fprintf(out, "%s %a %a %a %a %a\n", tp_metrics[id].name, value[0], value[1], value[2],
                    value[3], value[4]);
    }
}

static struct said say(const struct tp_analysis *analysis)
{
    struct said said = {0};
    FILE *out = open_memstream(&said.text, &said.length);
    struct tp_figure_columns *columns = tp_figure_columns_new(NULL);
    struct tp_sheet sheet = {0};
    size_t count;
    const struct tp_flow *const *flows = tp_analysis_flows(analysis, &count);

    assert_true(out && columns);
    for (size_t i = 0; i < count; i++) {
        tp_sheet_open(&sheet, analysis, flows[i], 0);
        say_flow(out, &sheet, columns);
        say_metrics(out, flows[i], 0);
        say_metrics(out, flows[i], 1);
    }
    tp_figure_columns_free(columns);
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
