/* run_lines.c: what a plot of runs needs of each: quantiles, and lines over its time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/sample.h"
#include "compare/sender.h"

#define BIN_NS   INT64_C(200000000)
#define BINS_MAX 65536 /* almost four hours; what comes later is not shown */

/* --- rate ------------------------------------------------------------------------------------- */

static int64_t first_of(const struct sender *senders, size_t count)
{
    int64_t first_ns = senders[0].first_ns;
    size_t i;

    for (i = 1; i < count; i++)
        first_ns = senders[i].first_ns < first_ns ? senders[i].first_ns : first_ns;
    return first_ns;
}

static int64_t last_of(const struct sender *senders, size_t count)
{
    int64_t last_ns = senders[0].last_ns;
    size_t i;

    for (i = 1; i < count; i++)
        last_ns = senders[i].last_ns > last_ns ? senders[i].last_ns : last_ns;
    return last_ns;
}

/* Whole bins of the role's life; none where samples do not tell when within a round bytes came. */
static uint32_t rate_bins(const struct sender *senders, size_t count)
{
    int64_t bins = (last_of(senders, count) - first_of(senders, count)) / BIN_NS;
    size_t i;

    for (i = 0; i < count; i++)
        if (senders[i].origin == TP_FROM_SOCKET)
            return 0;
    return bins < 0 ? 0 : bins < BINS_MAX ? (uint32_t)bins : BINS_MAX;
}

/* What a bin of a series holds came between its first and its last sample. */
static void spread(const struct tp_bin *from, int64_t first_ns, double *rates, uint32_t bins)
{
    double begin = (double)(from->t_ns - first_ns) / BIN_NS;
    double end = (double)(from->end_ns - first_ns) / BIN_NS, low, high;
    uint32_t bin = begin > 0 ? (uint32_t)begin : 0;

    if (begin < 0)
        return;
    if (end - begin <= 0 || (uint32_t)end == bin) {
        if (bin < bins)
            rates[bin] += from->sum;
        return;
    }
    for (; bin < bins && bin < end; bin++) {
        low = fmax(begin, bin);
        high = fmin(end, bin + 1.0);
        rates[bin] += from->sum * (high - low) / (end - begin);
    }
}

/* Mbit/s of all senders per bin. */
static void add_rates(const struct sender *senders, size_t count, double *rates, uint32_t bins)
{
    double factor = 8 / 1e6 / ((double)BIN_NS / 1e9);
    int64_t first_ns = first_of(senders, count);
    const struct tp_series *carried;
    size_t i, k;

    memset(rates, 0, bins * sizeof *rates);
    for (i = 0; i < count; i++) {
        carried = sender_carried(&senders[i]);
        for (k = 0; carried && k < carried->count; k++)
            spread(&carried->bins[k], first_ns, rates, bins);
    }
    for (i = 0; i < bins; i++)
        rates[i] *= factor;
}

/* --- quantiles -------------------------------------------------------------------------------- */

static void quantile_points(double *p)
{
    unsigned i;

    for (i = 0; i < TP_RUN_QUANTILES; i++)
        p[i] = (double)i / (TP_RUN_QUANTILES - 1);
}

/* Of every point the median over the senders. */
static void state_quantiles(const struct sender *senders, size_t count, enum tp_metric_id metric,
                            double factor, double *values, double *scratch)
{
    double p[TP_RUN_QUANTILES], one[TP_RUN_QUANTILES];
    double *columns = scratch; /* TP_RUN_QUANTILES of count */
    size_t found = 0, i, j;

    quantile_points(p);
    for (i = 0; i < count; i++) {
        if (!tp_flow_quantiles(senders[i].flow, senders[i].end, metric, p, one, TP_RUN_QUANTILES))
            continue;
        for (j = 0; j < TP_RUN_QUANTILES; j++)
            columns[j * count + found] = one[j] * factor;
        found++;
    }
    for (j = 0; j < TP_RUN_QUANTILES; j++)
        values[j] = sample_median(columns + j * count, found, scratch + TP_RUN_QUANTILES * count);
}

static void rate_quantiles(double *rates, uint32_t bins, double *values)
{
    unsigned i;

    sample_sort(rates, bins);
    for (i = 0; i < TP_RUN_QUANTILES; i++)
        values[i] = bins ? rates[(size_t)i * (bins - 1) / (TP_RUN_QUANTILES - 1)] : NAN;
}

/* --- lines ------------------------------------------------------------------------------------ */

static void rate_line(const double *rates, uint32_t bins, struct tp_run_line *line)
{
    uint32_t together = bins / TP_RUN_BINS + 1, i;

    line->count = bins / together;
    line->bin_s = (double)BIN_NS / 1e9 * together;
    for (i = 0; i < line->count * together; i++)
        line->value[i / together] += (float)(rates[i] / together);
}

/* Adds the mean of a series in each bin; where there is no sample the last one holds. */
static void add_series(const struct tp_series *series, int64_t first_ns, double bin_ns,
                       double factor, double *sums, uint32_t *counts)
{
    double sum[TP_RUN_BINS] = {0}, held = NAN;
    uint64_t samples[TP_RUN_BINS] = {0};
    uint32_t i;
    double at;

    for (i = 0; i < series->count; i++) {
        at = (double)(series->bins[i].t_ns - first_ns) / bin_ns;
        if (at < 0 || at >= TP_RUN_BINS)
            continue;
        sum[(unsigned)at] += series->bins[i].sum;
        samples[(unsigned)at] += series->bins[i].count;
    }
    for (i = 0; i < TP_RUN_BINS; i++) {
        held = samples[i] ? sum[i] / (double)samples[i] * factor : held;
        if (isnan(held))
            continue;
        sums[i] += held;
        counts[i]++;
    }
}

/* The mean over the senders. */
static void state_line(const struct sender *senders, size_t count, enum tp_metric_id metric,
                       double factor, struct tp_run_line *line)
{
    int64_t first_ns = first_of(senders, count), span_ns = last_of(senders, count) - first_ns;
    double sums[TP_RUN_BINS] = {0}, bin_ns = (double)(span_ns > 0 ? span_ns : 1) / TP_RUN_BINS;
    uint32_t counts[TP_RUN_BINS] = {0};
    const struct tp_series *series;
    size_t i;

    for (i = 0; i < count; i++) {
        series = tp_flow_series(senders[i].flow, senders[i].end, metric);
        if (series && series->count)
            add_series(series, first_ns, bin_ns, factor, sums, counts);
    }
    line->bin_s = bin_ns / 1e9;
    for (i = 0; i < TP_RUN_BINS; i++) {
        line->value[i] = counts[i] ? (float)(sums[i] / counts[i]) : NAN;
        if (counts[i])
            line->count = (uint32_t)i + 1;
    }
}

/* --- both ------------------------------------------------------------------------------------- */

static enum tp_metric_id rtt_metric(const struct sender *senders, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (senders[i].origin == TP_FROM_PACKETS)
            return TP_METRIC_WIRE_SRTT;
    return TP_METRIC_SRTT;
}

int role_distributions(struct tp_run_role *role, const struct sender *senders, size_t count)
{
    enum tp_metric_id rtt = rtt_metric(senders, count);
    uint32_t bins = rate_bins(senders, count);
    double *rates = calloc(bins + 1, sizeof *rates);
    double *scratch = calloc((TP_RUN_QUANTILES + 1) * count, sizeof *scratch);

    if (rates && scratch) {
        state_quantiles(senders, count, TP_METRIC_SND_CWND, 1, role->cwnd, scratch);
        state_quantiles(senders, count, rtt, 1e-3, role->srtt, scratch);
        state_line(senders, count, TP_METRIC_SND_CWND, 1, &role->cwnd_line);
        state_line(senders, count, rtt, 1e-3, &role->srtt_line);
        add_rates(senders, count, rates, bins);
        rate_line(rates, bins, &role->rate_line);
        rate_quantiles(rates, bins, role->rate);
        role->has_quantiles = true;
    }
    free(scratch);
    free(rates);
    return rates && scratch ? TP_OK : TP_ERR_NOMEM;
}
