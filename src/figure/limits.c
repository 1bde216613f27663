/* limits.c: what limited a sender, by kernel events or by packets, as shares of the time. */
#include "figure/ways.h"

static const struct tp_limit_times *limit_times(struct tp_sheet *sheet, unsigned end,
                                                enum tp_origin origin)
{
    struct tp_sheet_limits *limits = &sheet->limits[end][origin];

    if (!limits->asked) {
        limits->asked = true;
        limits->known = tp_flow_limits(sheet->flow, sheet->bulk_end ^ end, origin, &limits->times);
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

bool limit_share(struct tp_sheet *sheet, unsigned end, enum tp_origin origin, enum tp_limit limit,
                 double *of_time)
{
    const struct tp_limit_times *times = limit_times(sheet, end, origin);
    int64_t whole_ns = times ? judged_ns(times) : 0;

    if (whole_ns <= 0)
        return false;
    *of_time = (double)tp_limit_time(times, limit) / (double)whole_ns;
    return true;
}

/* Judged once per round trip: of less, nothing is said. */
static bool is_a_round(struct tp_sheet *sheet, unsigned end, int64_t whole_ns)
{
    double rtt_us;

    if (!tp_sheet_number(sheet, TP_FIGURE_rtt_min_us, end, TP_BEST, &rtt_us))
        return true;
    return (double)whole_ns >= rtt_us * 1e3;
}

/* More of the time in which recovery cannot be excluded, and its share is not known. */
#define DOUBTFUL_SHARE 0.01

static bool is_told(const struct tp_limit_times *times, const struct tp_figure_way *way)
{
    return way->detail != LIMIT_RECOVERY ||
           (double)times->doubtful_ns <= DOUBTFUL_SHARE * (double)judged_ns(times);
}

static struct tp_value limit_value(const struct tp_limit_times *times, int64_t whole_ns,
                                   unsigned detail)
{
    switch (detail) {
    case LIMIT_MOST:
        return tp_value_text(tp_limit_name(tp_limit_largest(times)));
    case LIMIT_MOST_SHARE:
        return share((double)tp_limit_time(times, tp_limit_largest(times)), (double)whole_ns);
    case LIMIT_JUDGED:
        return tp_value_integer(whole_ns);
    default:
        return share((double)tp_limit_time(times, (enum tp_limit)detail), (double)whole_ns);
    }
}

struct tp_value socket_limit(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    struct tp_limit_times times;

    if (!tp_flow_sampled_limits(sheet->flow, sheet->bulk_end ^ end, &times))
        return absent;
    return limit_value(&times, judged_ns(&times), way->detail);
}

struct tp_value figure_limit(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    const struct tp_limit_times *times = limit_times(sheet, end, (enum tp_origin)way->what);
    bool ticks = sheet->flow->timing == TP_TIMING_TICKS;
    int64_t whole_ns = times && !ticks ? judged_ns(times) : 0;

    if (whole_ns <= 0 || !is_told(times, way) || !is_a_round(sheet, end, whole_ns))
        return absent;
    return limit_value(times, whole_ns, way->detail);
}

struct tp_value figure_train(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    double rate_bps = 0;
    bool known = tp_flow_train_rate(sheet->flow, sheet->bulk_end ^ end, (enum tp_origin)way->what,
                                    &rate_bps);

    return tp_value_real_if(known && sheet->flow->timing == TP_TIMING_SECONDS, rate_bps);
}
