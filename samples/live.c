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

struct row {
    const struct tp_flow *flow;
    double acked_bytes; /* 0 also where it is not known: such flows come last */
    double rtt_us;
    bool has_rtt;
};

/* Every number that is said of a flow is a figure; TP_BEST is by who knows best: the socket, the
 * packets or the peer. End 0 is the one that sends the bulk of the data. */
static struct row row_of(const struct tp_analysis *analysis, const struct tp_flow *flow)
{
    struct tp_sheet sheet = {0};
    struct row row = {.flow = flow};

    tp_sheet_open(&sheet, analysis, flow, 0);
    tp_sheet_number(&sheet, TP_FIGURE_acked_bytes, 0, TP_BEST, &row.acked_bytes);
    row.has_rtt = tp_sheet_number(&sheet, TP_FIGURE_rtt_p50_us, 0, TP_BEST, &row.rtt_us);
    return row;
}

static int most_first(const void *a, const void *b)
{
    const struct row *x = a, *y = b;

    if (x->acked_bytes != y->acked_bytes)
        return x->acked_bytes < y->acked_bytes ? 1 : -1;
    return (x->flow->id > y->flow->id) - (x->flow->id < y->flow->id);
}

static void print_row(const struct row *row)
{
    unsigned from = tp_flow_bulk_end(row->flow);
    char ends[2][64], rtt[32] = "-";

    tp_endpoint_text(&row->flow->key, from, ends[0], sizeof ends[0]);
    tp_endpoint_text(&row->flow->key, !from, ends[1], sizeof ends[1]);
    if (row->has_rtt)
        snprintf(rtt, sizeof rtt, "%.1f", row->rtt_us / 1000);
    printf("%5u %14.0f %9s  %s > %s\n", row->flow->id, row->acked_bytes, rtt, ends[0], ends[1]);
}

static int print_table(struct tp_analysis *analysis)
{
    const struct tp_flow *const *flows;
    struct row *rows;
    size_t count;

    if (tp_analysis_settle(analysis, NULL) < 0)
        return TP_ERR_NOMEM;
    flows = tp_analysis_flows(analysis, &count);
    rows = malloc((count + 1) * sizeof *rows);
    if (!rows)
        return TP_ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        rows[i] = row_of(analysis, flows[i]);
    qsort(rows, count, sizeof *rows, most_first);
    printf("%zu flows\n flow          acked    rtt ms\n", count);
    for (size_t i = 0; i < count && i < ROWS; i++)
        print_row(&rows[i]);
    free(rows);
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
static int on_sample(void *context, const struct tp_flow *flow, unsigned end,
                     enum tp_metric_id metric, int64_t ts_ns, double value)
{
    (void)flow, (void)end, (void)metric, (void)ts_ns, (void)value;
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
