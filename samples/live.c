/* live.c: a table of the busiest flows, each second while they happen.
 *
 *     cc live.c $(pkg-config --cflags --libs tcpprobe) -o live
 *     tcpdump -U -w - tcp | ./live -
 *
 * A file is read as fast as it can be: it gives the last table only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <tcpprobe/figure.h>
#include <tcpprobe/pass.h>

#define ROWS 10

struct watch {
    struct tp_analysis *analysis;
    time_t shown; /* when, in whole seconds of the monotonic clock */
};

/* What that end's peer acknowledged, as its socket says, or else the packets. */
static uint64_t acked_bytes(const struct tp_flow *flow, unsigned end)
{
    const struct tp_side *side = tp_flow_side(flow, end);
    const struct tp_wire *wire = tp_flow_wire(flow, end);

    if (side && side->has_acked)
        return side->acked_bytes;
    return wire ? wire->acked_bytes : 0;
}

static int most_first(const void *a, const void *b)
{
    const struct tp_flow *x = *(const struct tp_flow *const *)a;
    const struct tp_flow *y = *(const struct tp_flow *const *)b;
    uint64_t x_bytes = acked_bytes(x, tp_flow_bulk_end(x));
    uint64_t y_bytes = acked_bytes(y, tp_flow_bulk_end(y));

    return (x_bytes < y_bytes) - (x_bytes > y_bytes);
}

static void print_row(const struct tp_flow *flow)
{
    static const double half[] = {0.5};
    unsigned from = tp_flow_bulk_end(flow);
    char ends[2][64], rtt[32] = "-";
    double us;

    tp_endpoint_text(&flow->key, from, ends[0], sizeof ends[0]);
    tp_endpoint_text(&flow->key, !from, ends[1], sizeof ends[1]);
    if (tp_flow_quantiles(flow, from, TP_METRIC_SRTT, half, &us, 1) ||
        tp_flow_quantiles(flow, from, TP_METRIC_RTT, half, &us, 1))
        snprintf(rtt, sizeof rtt, "%.1f", us / 1000);
    printf("%5u %14llu %9s  %s > %s\n", flow->id, (unsigned long long)acked_bytes(flow, from), rtt,
           ends[0], ends[1]);
}

/* The array is the analysis' own: what is sorted is a copy. */
static int print_table(struct tp_analysis *analysis)
{
    const struct tp_flow *const *flows;
    const struct tp_flow **sorted;
    size_t count;

    if (tp_analysis_settle(analysis, NULL) < 0)
        return TP_ERR_NOMEM;
    flows = tp_analysis_flows(analysis, &count);
    sorted = malloc((count + 1) * sizeof *sorted);
    if (!sorted)
        return TP_ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        sorted[i] = flows[i];
    qsort(sorted, count, sizeof *sorted, most_first);
    printf("%zu flows\n flow          acked    rtt ms\n", count);
    for (size_t i = 0; i < count && i < ROWS; i++)
        print_row(sorted[i]);
    free(sorted);
    return fflush(stdout) == 0 ? 0 : TP_ERR_IO;
}

static time_t now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static int print_each_second(void *context)
{
    struct watch *watch = context;
    time_t now = now_s();

    if (now == watch->shown)
        return 0;
    watch->shown = now;
    return print_table(watch->analysis);
}

/* A pipe that is never empty gets its tables, too. */
static int on_sample(void *context, const struct tp_flow *flow, unsigned side,
                     enum tp_metric_id metric, int64_t ts_ns, double value)
{
    (void)flow, (void)side, (void)metric, (void)ts_ns, (void)value;
    return print_each_second(context);
}

int main(int argc, char **argv)
{
    struct watch watch = {.shown = now_s()};
    struct tp_analysis_options wanted = {.sample = on_sample, .context = &watch};
    /* Called when all that came was looked at, and again and again while nothing comes. */
    struct tp_pass_options how = {
        .stream = {.paused = print_each_second, .paused_context = &watch}};
    struct tp_error error = TP_ERROR_INIT;
    struct tp_pass *pass = NULL;
    char words[600];
    int rc = -1;

    watch.analysis = tp_analysis_new(&wanted, &error);
    if (watch.analysis)
        rc = tp_pass_open(&pass, (const char *const *)argv + 1, (size_t)argc - 1, &how, &error);
    if (rc == 0)
        rc = tp_pass_analyse(pass, watch.analysis, &error);
    if (rc == 0)
        rc = print_table(watch.analysis);
    if (rc < 0) {
        tp_error_format(&error, words, sizeof words);
        fprintf(stderr, "live: %s\n", words);
    }
    tp_pass_close(pass);
    tp_analysis_free(watch.analysis);
    return rc < 0;
}
