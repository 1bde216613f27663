/* metric.c: a metric of one's own: queueing delay, by how much each round trip of a flow was longer
 * than its shortest one until then.
 *
 *     cc metric.c $(pkg-config --cflags --libs tcpprobe) -o metric && ./metric cubic-loss.pcap.gz
 *
 * The library's metrics are a closed list (metric.h). One's own is arithmetic on their samples as
 * they come, and a tp_dist for what is to be said of it: any number of samples in bounded memory.
 */
#include <stdio.h>
#include <stdlib.h>

#include <tcpprobe/pass.h>

#define FLOWS_MAX 65536

struct queueing {
    double least_us; /* the shortest round trip until now */
    uint64_t samples;
    struct tp_dist delay_us;
};

struct metric {
    struct queueing *flows[FLOWS_MAX][2]; /* by number and end; NULL: no sample */
};

static struct queueing *queueing_of(struct metric *metric, uint32_t flow, unsigned end,
                                    double first_us)
{
    struct queueing **queueing;

    if (flow >= FLOWS_MAX)
        return NULL;
    queueing = &metric->flows[flow][end];
    if (!*queueing && (*queueing = calloc(1, sizeof **queueing))) {
        (*queueing)->least_us = first_us;
        tp_dist_init(&(*queueing)->delay_us);
    }
    return *queueing;
}

/* Units are those of tp_metrics[id]: microseconds, of TP_METRIC_RTT. */
static int on_sample(void *context, const struct tp_flow *flow, unsigned end, enum tp_metric_id id,
                     int64_t ts_ns, double value)
{
    struct queueing *queueing;

    (void)ts_ns;
    if (id != TP_METRIC_RTT)
        return 0;
    queueing = queueing_of(context, flow->id, end, value);
    if (!queueing)
        return TP_ERR_NOMEM;
    if (value < queueing->least_us)
        queueing->least_us = value;
    queueing->samples++;
    /* Each sample weighs 1: the weight of a state would be how long it held. */
    return tp_dist_add(&queueing->delay_us, (uint32_t)(value - queueing->least_us), 1);
}

static void print_flow(const struct tp_flow *flow, unsigned end, const struct queueing *queueing)
{
    static const double p[] = {0.5, 0.95, 1};
    double us[3];
    char from[64];

    if (!queueing || !tp_dist_quantiles(&queueing->delay_us, p, us, 3))
        return;
    tp_endpoint_text(&flow->key, end, from, sizeof from);
    printf("flow %u of %s: %llu round trips from %.1f ms, queueing p50 %.1f p95 %.1f max %.1f ms\n",
           flow->id, from, (unsigned long long)queueing->samples, queueing->least_us / 1000,
           us[0] / 1000, us[1] / 1000, us[2] / 1000);
}

static void print_all(const struct tp_analysis *analysis, const struct metric *metric)
{
    const struct tp_flow *const *flows;
    size_t count;

    flows = tp_analysis_flows(analysis, &count);
    for (size_t i = 0; i < count; i++)
        for (unsigned end = 0; end < 2 && flows[i]->id < FLOWS_MAX; end++)
            print_flow(flows[i], end, metric->flows[flows[i]->id][end]);
}

static void release(struct metric *metric)
{
    for (size_t i = 0; i < FLOWS_MAX; i++)
        for (unsigned end = 0; end < 2; end++)
            if (metric->flows[i][end]) {
                tp_dist_release(&metric->flows[i][end]->delay_us);
                free(metric->flows[i][end]);
            }
}

int main(int argc, char **argv)
{
    static struct metric metric;
    struct tp_analysis_options wanted = {.sample = on_sample, .context = &metric};
    struct tp_error error = TP_ERROR_INIT;
    struct tp_pass *pass = NULL;
    struct tp_analysis *analysis = tp_analysis_new(&wanted, &error);
    char words[600];
    int rc = -1;

    if (analysis)
        rc = tp_pass_open(&pass, (const char *const *)argv + 1, (size_t)argc - 1, NULL, &error);
    if (rc == 0)
        rc = tp_pass_analyse(pass, analysis, &error);
    if (rc == 0) {
        print_all(analysis, &metric);
    } else {
        tp_error_format(&error, words, sizeof words);
        fprintf(stderr, "metric: %s\n", words);
    }
    release(&metric);
    tp_pass_close(pass);
    tp_analysis_free(analysis);
    return rc < 0;
}
