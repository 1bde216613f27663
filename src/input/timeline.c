/* timeline.c: inputs to timelines. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "input/align.h"
#include "input/timeline.h"

/* Headers written at the start of two recordings of one boot differ by what the wall clock was
 * adjusted in between. */
#define SAME_CLOCK_NS INT64_C(1000000000)

#define LOOKED_AT_MAX 4 /* logs, and captures, that are read again to match them */

static bool are_near(int64_t a, int64_t b)
{
    int64_t apart;

    return !__builtin_sub_overflow(a, b, &apart) && apart < SAME_CLOCK_NS && apart > -SAME_CLOCK_NS;
}

static bool share_clock(const struct tp_input_info *a, const struct tp_input_info *b)
{
    return a->capture == b->capture && a->has_wall_offset && b->has_wall_offset &&
           strcmp(a->clock, b->clock) == 0 && are_near(a->wall_offset_ns, b->wall_offset_ns);
}

/* Each input joins the first one that it shares a clock with. */
static uint32_t number(struct tp_input_info *const *inputs, size_t count, bool same_clock)
{
    uint32_t timelines = 0;
    size_t i, j;

    for (i = 0; i < count; i++) {
        for (j = 0; j < i; j++)
            if (same_clock || share_clock(inputs[i], inputs[j]))
                break;
        inputs[i]->timeline = j < i ? inputs[j]->timeline : timelines++;
    }
    return timelines;
}

/* --- captures to logs ----------------------------------------------------------------------- */

/* Between the captures' wall-clock time and a log. */
struct fit {
    const struct tp_input_info *log; /* NULL: none is known */
    bool by_offset;
    struct alignment acks;
};

static const struct tp_input_info *first_capture(struct tp_input_info *const *inputs, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (inputs[i]->capture)
            return inputs[i];
    return NULL;
}

/* Of the logs that know wall-clock time the one that began nearest to the capture. */
static void find_by_offset(struct tp_input_info *const *inputs, size_t count,
                           const struct tp_input_info *capture, struct fit *fit)
{
    int64_t begin, apart, least = INT64_MAX;
    size_t i;

    for (i = 0; i < count; i++) {
        const struct tp_input_info *log = inputs[i];

        if (log->capture || !log->has_wall_offset ||
            __builtin_add_overflow(log->first_ns, log->wall_offset_ns, &begin) ||
            __builtin_sub_overflow(begin, capture->first_ns, &apart) || apart == INT64_MIN)
            continue;
        apart = apart < 0 ? -apart : apart;
        if (!fit->log || apart < least) {
            fit->log = log;
            fit->by_offset = true;
            least = apart;
        }
    }
}

/* The first of a few captures that holds ACKs of the log. */
static int match_log(struct tp_input_info *const *inputs, size_t count,
                     const struct tp_input_info *log, const struct tp_stream_options *options,
                     struct alignment *acks, struct tp_error *error)
{
    unsigned tries = 0;
    size_t i;

    acks->matches = 0;
    for (i = 0; i < count && tries < LOOKED_AT_MAX && acks->matches == 0; i++) {
        if (!inputs[i]->capture)
            continue;
        tries++;
        if (align_by_acks(log, inputs[i], options, acks, error) < 0)
            return TP_ERR_NOMEM;
    }
    return TP_OK;
}

/* One log of each timeline is tried, the one with the fitting offset if there is one. */
static int find_by_acks(struct tp_input_info *const *inputs, size_t count,
                        const struct tp_stream_options *options, struct fit *fit,
                        struct tp_error *error)
{
    uint32_t next = 0;
    size_t i;

    if (fit->log)
        return match_log(inputs, count, fit->log, options, &fit->acks, error);
    for (i = 0; i < count && next < LOOKED_AT_MAX; i++) {
        if (inputs[i]->capture || inputs[i]->timeline < next)
            continue;
        next = inputs[i]->timeline + 1;
        if (match_log(inputs, count, inputs[i], options, &fit->acks, error) < 0)
            return TP_ERR_NOMEM;
        if (fit->acks.matches) {
            fit->log = inputs[i];
            return TP_OK;
        }
    }
    return TP_OK;
}

/* An offset that the ACKs contradict by so much is that of another machine, or out of date. */
static int64_t choose_shift(struct fit *fit)
{
    int64_t shift;

    if (!fit->by_offset)
        return fit->acks.later_ns;
    shift = fit->log->wall_offset_ns == INT64_MIN ? INT64_MAX : -fit->log->wall_offset_ns;
    fit->by_offset = fit->acks.matches == 0 || are_near(fit->acks.later_ns, shift);
    return fit->by_offset ? shift : fit->acks.later_ns;
}

static void tell(const struct fit *fit, int64_t shift_ns, char *text, size_t size)
{
    int64_t apart_ns = fit->acks.matches ? fit->acks.later_ns - shift_ns : 0; /* < SAME_CLOCK_NS */
    char within[24];

    tp_units_duration(fit->acks.within_ns + (apart_ns < 0 ? -apart_ns : apart_ns), within,
                      sizeof within);
    if (!fit->by_offset)
        snprintf(text, size, "by %" PRIu64 " matching ACKs, nine of ten within %s",
                 fit->acks.matches, within);
    else if (fit->acks.matches)
        snprintf(text, size,
                 "by the offset in the log's header; of %" PRIu64
                 " matching ACKs nine of ten agree "
                 "within %s",
                 fit->acks.matches, within);
    else
        snprintf(text, size, "by the offset in the log's header");
}

static void shift_time(int64_t *ts_ns, int64_t shift_ns)
{
    if (__builtin_add_overflow(*ts_ns, shift_ns, ts_ns))
        *ts_ns = shift_ns < 0 ? INT64_MIN : INT64_MAX;
}

static void join(struct tp_input_info *const *inputs, size_t count, struct fit *fit,
                 uint32_t *timelines)
{
    uint32_t left = first_capture(inputs, count)->timeline;
    int64_t shift_ns = choose_shift(fit);
    size_t i;

    for (i = 0; i < count; i++) {
        if (inputs[i]->capture) {
            inputs[i]->timeline = fit->log->timeline;
            inputs[i]->shift_ns = shift_ns;
            shift_time(&inputs[i]->first_ns, shift_ns);
            shift_time(&inputs[i]->last_ns, shift_ns);
            tell(fit, shift_ns, inputs[i]->aligned, sizeof inputs[i]->aligned);
        }
    }
    for (i = 0; i < count; i++) /* numbers stay without a gap */
        inputs[i]->timeline -= inputs[i]->timeline > left;
    --*timelines;
}

int timelines_assign(struct tp_input_info *const *inputs, size_t count,
                     const struct tp_stream_options *options, uint32_t *timelines,
                     struct tp_error *error)
{
    const struct tp_input_info *capture = first_capture(inputs, count);
    struct fit fit = {0};

    *timelines = number(inputs, count, options->same_clock);
    if (options->same_clock || !capture || *timelines == 1)
        return TP_OK;
    find_by_offset(inputs, count, capture, &fit);
    if (find_by_acks(inputs, count, options, &fit, error) < 0)
        return TP_ERR_NOMEM;
    if (fit.log)
        join(inputs, count, &fit, timelines);
    return TP_OK;
}
