/* metrics.c: what is compared, and the names of what comes of it. */
#include <string.h>

#include <tcpprobe/compare.h>

const struct tp_compare_metric tp_compare_metrics[TP_COMPARE_IDS] = {
#define FIGURE(name, ...)
#define COMPARED(name, ID, word, CLASS, relative, absolute, ...)                                   \
    [TP_COMPARE_##ID] = {word, TP_FIGURE_##name, TP_COMPARE_##CLASS, relative, absolute},
#include <tcpprobe/figures/all.h>
};

_Static_assert(TP_COMPARE_IDS <= 64, "a gate has a bit for each");

const struct tp_figure *tp_compare_figure(enum tp_compare_id metric)
{
    return &tp_figures[tp_compare_metrics[metric].figure];
}

const char *tp_compare_unit(enum tp_compare_id metric)
{
    return tp_figure_unit(tp_compare_figure(metric));
}

int tp_compare_find(const char *name, size_t length)
{
    int i;

    for (i = 0; i < TP_COMPARE_IDS; i++)
        if (strlen(tp_compare_metrics[i].name) == length &&
            memcmp(tp_compare_metrics[i].name, name, length) == 0)
            return i;
    return -1;
}

const char *tp_compare_verdict_name(enum tp_compare_verdict verdict)
{
    static const char *const names[] = {[TP_NO_CHANGE] = "NO CHANGE DETECTED",
                                        [TP_CHANGED] = "CHANGED",
                                        [TP_UNDECIDED] = "UNDECIDED",
                                        [TP_NOT_COMPARABLE] = "NOT COMPARABLE"};

    return names[verdict];
}

const char *tp_change_name(enum tp_change change)
{
    static const char *const names[] = {[TP_CHANGE_NONE] = "",
                                        [TP_CHANGE_REGRESSION] = "regression",
                                        [TP_CHANGE_IMPROVEMENT] = "improvement",
                                        [TP_CHANGE_DIFFERENT] = "different"};

    return names[change];
}

bool tp_change_fails(enum tp_change change, enum tp_fail_on fail_on)
{
    return change != TP_CHANGE_NONE &&
           (fail_on == TP_FAIL_ON_ANY ||
            (fail_on == TP_FAIL_ON_REGRESSION && change == TP_CHANGE_REGRESSION));
}
