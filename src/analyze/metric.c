/* metric.c: the metrics by number and by name. */
#include <string.h>

#include <tcpprobe/metric.h>

/* Not 64: sets of all metrics are made by shifting as far as there are metrics. */
_Static_assert(TP_METRIC_IDS < 64, "TP_METRIC_BIT: sets of metrics have 64 bits");

_Static_assert(TP_METRIC_IDS + TP_OWN_METRICS_MAX <= TP_METRIC_MOST,
               "C++ knows no greater tp_metric_id, and struct tp_sampled has no room for it");

const struct tp_metric tp_metrics[TP_METRIC_IDS] = {
#define TP_METRIC_ROW(ID, name, title, unit, per_unit, kind, better, help)                         \
    [TP_METRIC_##ID] = {name, title, unit, help, per_unit, TP_METRIC_##kind, TP_BETTER_##better},
    TP_METRICS(TP_METRIC_ROW)
#undef TP_METRIC_ROW
};

int tp_metric_find(const char *name, size_t length)
{
    int i;

    for (i = 0; i < TP_METRIC_IDS; i++)
        if (strlen(tp_metrics[i].name) == length && memcmp(tp_metrics[i].name, name, length) == 0)
            return i;
    return -1;
}
