/* metric.c: a metric of one's own: queueing delay, by how much each round trip of a flow was longer
 * than its shortest one until then.
 *
 *     cc metric.c $(pkg-config --cflags --libs tcpprobe) -o metric && ./metric cubic-loss.pcap.gz
 *
 * The library's metrics are a closed list (metric.h). One's own is a struct tp_metric for what is
 * to be said of it, and arithmetic on the library's samples as they come: any number of samples in
 * bounded memory.
 */
#include <stdio.h>

#include <tcpprobe/pass.h>

#define FLOWS_MAX 65536

/* To a sixteenth of a microsecond, as the samples that it is made of. */
static const struct tp_metric queueing = {
    .name = "queueing", .unit = "us", .per_unit = TP_TICKS_PER_US, .kind = TP_METRIC_SAMPLE};

struct state {
    struct tp_analysis *analysis;
    double least_us[FLOWS_MAX][2]; /* the shortest round trip until now; 0: none */
};

/* Units are those of tp_metrics[id]: microseconds, of TP_METRIC_RTT. */
static int on_sample(void *context, const struct tp_flow *flow, unsigned end, enum tp_metric_id id,
                     int64_t ts_ns, double value)
{
    struct state *state = context;
    double *least_us;

    (void)ts_ns;
    if (id != TP_METRIC_RTT || flow->id >= FLOWS_MAX)
        return 0;
    least_us = &state->least_us[flow->id][end];
    if (*least_us == 0 || value < *least_us)
        *least_us = value;
    return tp_analysis_sample(state->analysis, flow, end, 0, value - *least_us, NULL);
}

static void print_end(const struct tp_flow *flow, unsigned end, double least_us)
{
    static const double p[] = {0.5, 0.95};
    struct tp_summary summary;
    double us[2];
    char from[64];

    if (!tp_flow_summary(flow, end, TP_OWN_METRIC(0), &summary) ||
        !tp_flow_quantiles(flow, end, TP_OWN_METRIC(0), p, us, 2))
        return;
    tp_endpoint_text(&flow->key, end, from, sizeof from);
    printf("flow %u of %s: %llu round trips from %.1f ms, queueing p50 %.1f p95 %.1f max %.1f ms\n",
           flow->id, from, (unsigned long long)summary.samples, least_us / 1000, us[0] / 1000,
           us[1] / 1000, summary.max / 1000);
}

static void print_all(const struct state *state)
{
    const struct tp_flow *const *flows;
    size_t count;

    flows = tp_analysis_flows(state->analysis, &count);
    for (size_t i = 0; i < count; i++)
        for (unsigned end = 0; end < 2 && flows[i]->id < FLOWS_MAX; end++)
            print_end(flows[i], end, state->least_us[flows[i]->id][end]);
}

int main(int argc, char **argv)
{
    static struct state state;
    struct tp_analysis_options wanted = {
        .own_metrics = &queueing, .own_metric_count = 1, .sample = on_sample, .context = &state};
    struct tp_error error = TP_ERROR_INIT;
    struct tp_pass *pass = NULL;
    char words[600];
    int rc = -1;

    state.analysis = tp_analysis_new(&wanted, &error);
    if (state.analysis)
        rc = tp_pass_open(&pass, (const char *const *)argv + 1, (size_t)argc - 1, NULL, &error);
    if (rc == 0)
        rc = tp_pass_analyse(pass, state.analysis, &error);
    if (rc == 0) {
        print_all(&state);
    } else {
        tp_error_format(&error, words, sizeof words);
        fprintf(stderr, "metric: %s\n", words);
    }
    tp_pass_close(pass);
    tp_analysis_free(state.analysis);
    return rc < 0;
}
