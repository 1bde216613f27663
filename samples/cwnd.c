/* cwnd.c: prints the congestion window over time of each flow in a trace log.
 *
 *     cc cwnd.c $(pkg-config --cflags --libs tcpprobe) -o cwnd && ./cwnd cubic.log.gz
 *
 * One line a sample: seconds of the recording's clock, flow, sender > receiver, segments.
 */
#include <stdio.h>

#include <tcpprobe/pass.h>

/* The analysis calls this with every sample of every metric; only one metric is wanted here. */
static int print_sample(void *context, const struct tp_flow *flow, unsigned end,
                        enum tp_metric_id metric, int64_t ts_ns, double value)
{
    char from[64], to[64];

    (void)context;
    if (metric != TP_METRIC_SND_CWND)
        return 0;
    tp_endpoint_text(&flow->key, end, from, sizeof from);
    tp_endpoint_text(&flow->key, !end, to, sizeof to);
    printf("%.6f %u %s > %s %.0f\n", (double)ts_ns / 1e9, flow->id, from, to, value);
    return 0;
}

int main(int argc, char **argv)
{
    struct tp_analysis_options options = {.sample = print_sample};
    struct tp_error error = TP_ERROR_INIT;
    struct tp_pass *pass = NULL;
    struct tp_analysis *analysis;
    char words[600];
    int rc = -1;

    /* Any number of files, plain or gzipped, of any format that the kernel ever wrote. */
    analysis = tp_analysis_new(&options, &error);
    if (analysis)
        rc = tp_pass_open(&pass, (const char *const *)argv + 1, (size_t)argc - 1, NULL, &error);
    if (rc == 0)
        rc = tp_pass_analyse(pass, analysis, &error);
    if (rc < 0) {
        tp_error_format(&error, words, sizeof words);
        fprintf(stderr, "cwnd: %s\n", words);
    }
    tp_pass_close(pass);
    tp_analysis_free(analysis);
    return rc < 0;
}
