/* sheet_limits.c: what limited a sender, by kernel events or by packets, as shares of the time. */
#include "output/sheet.h"

static const struct tp_value absent = {.type = TP_VALUE_ABSENT};

static const struct tp_limit_times *limit_times(struct tp_sheet *sheet, unsigned peer,
                                                enum tp_origin origin)
{
    struct tp_sheet_limits *limits = &sheet->limits[peer][origin];

    if (!limits->asked) {
        limits->asked = true;
        limits->known = tp_flow_limits(sheet->flow, sheet->bulk_end ^ peer, origin, &limits->times);
    }
    return limits->known ? &limits->times : NULL;
}

static int64_t judged_ns(const struct tp_limit_times *times)
{
    int64_t sum_ns = 0;

    for (unsigned limit = 0; limit < TP_LIMITS; limit++)
        sum_ns += times->time_ns[limit];
    return sum_ns;
}

static enum tp_limit largest(const struct tp_limit_times *times)
{
    unsigned most = 0;

    for (unsigned limit = 1; limit < TP_LIMITS; limit++)
        if (times->time_ns[limit] > times->time_ns[most])
            most = limit;
    return (enum tp_limit)most;
}

struct tp_value tp_sheet_limit(struct tp_sheet *sheet, const struct tp_flow_figure *figure)
{
    bool best = figure->what == SHEET_BEST_ORIGIN;
    enum tp_origin origin = best ? TP_FROM_KERNEL : (enum tp_origin)figure->what;
    const struct tp_limit_times *times = limit_times(sheet, figure->peer, origin);
    int64_t whole_ns;

    if (best && !times) {
        origin = TP_FROM_PACKETS;
        times = limit_times(sheet, figure->peer, origin);
    }
    whole_ns = times && sheet->flow->timing != TP_TIMING_TICKS ? judged_ns(times) : 0;
    if (whole_ns <= 0)
        return absent;
    switch (figure->detail) {
    case SHEET_LIMITED_BY:
        return tp_value_text(tp_limit_name(largest(times)));
    case SHEET_LIMITED_SHARE:
        return tp_value_real_if(true, (double)times->time_ns[largest(times)] / (double)whole_ns);
    case SHEET_LIMITED_FROM:
        return tp_value_text(origin == TP_FROM_KERNEL ? "kernel" : "packets");
    case SHEET_LIMIT_JUDGED:
        return tp_value_integer(whole_ns);
    default:
        return tp_value_real_if(true, (double)times->time_ns[figure->detail] / (double)whole_ns);
    }
}
