/* metric.c: the statistics of one metric, wherever it comes from. */
#include "figure/ways.h"

static const double quantiles[TP_SHEET_QUANTILES] = {0.05, 0.10, 0.50, 0.90, 0.95, 0.99};

/* Of how many samples one lies beyond such a quantile: of fewer it is the least or the largest of
 * them, which has its own name. A median stands for whatever there is. */
static const unsigned samples_needed[TP_SHEET_QUANTILES] = {20, 10, 1, 10, 20, 100};

_Static_assert(STAT_P99 - STAT_P5 + 1 == TP_SHEET_QUANTILES, "each has its place");

/* Times from packets have fractions of a microsecond; bytes, segments and the kernel's times are
 * integers, and so are their quantiles. */
static struct tp_value of_metric(enum tp_metric_id metric, double number)
{
    return tp_metrics[metric].per_unit > 1 ? real(number) : tp_value_integer((int64_t)number);
}

/* Is it asked for the first time? */
static bool is_new(uint64_t *asked, enum tp_metric_id metric)
{
    bool is = !(*asked >> metric & 1);

    *asked |= UINT64_C(1) << metric;
    return is;
}

static struct tp_value quantile(struct tp_sheet *sheet, unsigned end, enum tp_metric_id metric,
                                unsigned stat)
{
    struct tp_sheet_metric *answer = &sheet->metric[end][metric];

    if (answer->summary.samples < samples_needed[stat - STAT_P5])
        return absent;
    if (is_new(&sheet->asked_quantiles[end], metric)) {
        answer->has_quantiles = tp_flow_quantiles(sheet->flow, sheet->bulk_end ^ end, metric,
                                                  quantiles, answer->quantile, TP_SHEET_QUANTILES);
        sheet->out_of_memory |= !answer->has_quantiles;
    }
    return answer->has_quantiles ? of_metric(metric, answer->quantile[stat - STAT_P5]) : absent;
}

struct tp_value metric_value(struct tp_sheet *sheet, unsigned end, enum tp_metric_id metric,
                             unsigned stat)
{
    struct tp_sheet_metric *answer = &sheet->metric[end][metric];
    const struct tp_summary *summary = &answer->summary;

    if (is_new(&sheet->asked_metrics[end], metric))
        answer->known =
            tp_flow_summary(sheet->flow, sheet->bulk_end ^ end, metric, &answer->summary);
    if (!answer->known)
        return absent;
    switch (stat) {
    case STAT_SAMPLES:
        return tp_value_integer((int64_t)summary->samples);
    case STAT_FIRST:
        return of_metric(metric, summary->first);
    case STAT_LAST:
        return of_metric(metric, summary->last);
    case STAT_MIN:
        return of_metric(metric, summary->min);
    case STAT_MEAN:
        return real(summary->mean);
    case STAT_MAX:
        return of_metric(metric, summary->max);
    default:
        return quantile(sheet, end, metric, stat);
    }
}

struct tp_value figure_metric(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    return metric_value(sheet, end, (enum tp_metric_id)way->what, way->detail);
}
