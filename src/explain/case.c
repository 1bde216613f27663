/* case.c: what the rows of the table ask of a connection. */
#include <stdarg.h>
#include <string.h>

#include "base/phrase.h"
#include "base/units.h"
#include "explain/case.h"

bool case_number(const struct tp_case *of, enum tp_figure_id id, unsigned end, double *number)
{
    return tp_sheet_number(of->sheet, id, end, TP_BEST, number);
}

double case_count(const struct tp_case *of, enum tp_figure_id id, unsigned end)
{
    double number;

    return case_number(of, id, end, &number) ? number : 0;
}

bool case_is(const struct tp_case *of, enum tp_figure_id id, unsigned end, const char *text)
{
    struct tp_value value = tp_sheet_value(of->sheet, id, end, TP_BEST, NULL);

    return value.type == TP_VALUE_TEXT && strcmp(value.text, text) == 0;
}

int64_t case_waited(const struct tp_case *of, enum tp_wait wait)
{
    return of->whole_ns ? of->told->account.time_ns[wait] : 0;
}

bool case_is_share(const struct tp_case *of, int64_t time_ns, double least)
{
    return of->whole_ns > 0 && (double)time_ns >= least * (double)of->whole_ns;
}

bool case_by_kernel(const struct tp_case *of)
{
    return of->told->origin == TP_FROM_KERNEL;
}

bool case_sees_sender(const struct tp_case *of)
{
    return of->whole_ns && !case_is_share(of, case_waited(of, TP_WAIT_UNKNOWN), 0.5);
}

void case_say(struct tp_reason *reason, const char *format, ...)
{
    struct tp_phrase phrase = tp_phrase_after(reason->sentence, sizeof reason->sentence);
    va_list args;

    va_start(args, format);
    tp_phrase_vadd(&phrase, format, args);
    va_end(args);
}

void case_place(const struct tp_case *of, struct tp_reason *reason, enum tp_wait wait)
{
    const struct tp_spans *spans =
        tp_flow_wait_spans(of->sheet->flow, of->end, (enum tp_origin)of->told->origin);
    const struct tp_span *span;

    for (uint32_t i = 0; spans && i < spans->count; i++) {
        span = &spans->list[i];
        if (span->value != wait || (reason->has_place && span->end_ns - span->begin_ns <=
                                                             reason->end_ns - reason->begin_ns))
            continue;
        reason->has_place = true;
        reason->begin_ns = span->begin_ns;
        reason->end_ns = span->end_ns;
    }
}

struct case_text case_time(int64_t ns)
{
    struct case_text text;

    tp_units_duration(ns, text.text, sizeof text.text);
    return text;
}

struct case_text case_si(double value, const char *unit)
{
    struct case_text text;

    tp_units_si_unit(value, unit, text.text, sizeof text.text);
    return text;
}

struct case_text case_percent(double share)
{
    struct case_text text;
    struct tp_phrase phrase = tp_phrase_in(text.text, sizeof text.text);

    tp_phrase_add(&phrase,
                  share < 0.01  ? "%.2f %%"
                  : share < 0.1 ? "%.1f %%"
                                : "%.0f %%",
                  share * 100);
    return text;
}

int case_by_number(const void *left, const void *right)
{
    const double *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

/* --- losses ----------------------------------------------------------------------------------- */

/* The least and the longest smoothed round trip within the last one before then; false: nobody
 * knows. The SACK that tells of a loss may have waited for the receiver's timer, and is no sign of
 * a queue: RFC 9406 takes the least of a round, too. How long a queue has become the longest says.
 */
static bool srtt_before(const struct tp_series *series, int64_t at_ns, double *least_us,
                        double *most_us)
{
    uint32_t low = 0, high = series->count, middle;
    int64_t from_ns;

    while (low < high) {
        middle = low + (high - low) / 2;
        if (series->bins[middle].t_ns < at_ns)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low)
        return false;
    *least_us = series->bins[low - 1].min;
    *most_us = series->bins[low - 1].max;
    from_ns = at_ns - (int64_t)(series->bins[low - 1].last * 1e3);
    while (low-- > 0 && series->bins[low].end_ns >= from_ns) {
        *least_us = series->bins[low].min < *least_us ? series->bins[low].min : *least_us;
        *most_us = series->bins[low].max > *most_us ? series->bins[low].max : *most_us;
    }
    return *least_us > 0;
}

static double least_of(const struct tp_series *series)
{
    double least = series->bins[0].min;

    for (uint32_t i = 1; i < series->count; i++)
        least = series->bins[i].min < least ? series->bins[i].min : least;
    return least;
}

/* As the account does: HyStart++'s threshold (RFC 9406, 4.2 and 4.3). */
#define QUEUE_MIN_US 4000
#define QUEUE_PART   8

static bool stands(double srtt_us, double least_us)
{
    double part_us = least_us / QUEUE_PART;

    return srtt_us - least_us > (part_us > QUEUE_MIN_US ? part_us : QUEUE_MIN_US);
}

/* Where a queue stands all the time, whatever is lost is lost while it stands. What overflows is
 * lost as it is longest: above the middle between median and 95th percentile, a rule of thumb,
 * where chance puts a quarter. 0: not known. */
static double high_of(const struct tp_case *of)
{
    double middle_us, most_us;

    if (!case_number(of, TP_FIGURE_rtt_p50_us, SENDER, &middle_us) ||
        !case_number(of, TP_FIGURE_rtt_p95_us, SENDER, &most_us))
        return 0;
    return middle_us + (most_us - middle_us) / 2;
}

/* As slow start overshoots, the smoothed round trip is far behind the queue that it fills, and so
 * it is at what is lost of the repairs. */
#define OVERSHOOT_RTTS 8

static int64_t settled_ns(const struct tp_spans *spans, double srtt_us)
{
    return spans->list[0].begin_ns + (int64_t)(OVERSHOOT_RTTS * srtt_us * 1e3);
}

struct case_losses case_losses(const struct tp_case *of)
{
    bool kernel = case_by_kernel(of);
    const struct tp_flow *flow = of->sheet->flow;
    const struct tp_spans *spans =
        kernel ? tp_flow_cong_spans(flow, of->end) : tp_flow_episodes(flow, of->end);
    const struct tp_series *series =
        tp_flow_series(flow, of->end, kernel ? TP_METRIC_SRTT : TP_METRIC_WIRE_SRTT);
    struct case_losses losses = {0, 0, 0, 0};
    double least_us, srtt_us, most_us, high_us = high_of(of);

    if (!spans || !series || !series->count || !case_sees_sender(of))
        return losses;
    least_us = least_of(series);
    for (uint32_t i = 0; i < spans->count; i++) {
        if (!srtt_before(series, spans->list[i].begin_ns, &srtt_us, &most_us) ||
            (kernel && spans->list[i].value < TP_CONG_RECOVERY))
            continue;
        losses.episodes++;
        losses.without_queue += !stands(srtt_us, least_us);
        if (spans->list[i].begin_ns < settled_ns(spans, srtt_us))
            continue;
        losses.settled++;
        losses.with_queue += stands(srtt_us, least_us) && high_us > 0 && most_us >= high_us;
    }
    return losses;
}
