/* scale_wall.c: an axis of times of the day: round ones, in UTC. */
#include <math.h>
#include <string.h>

#include "base/wall_time.h"
#include "plot/scale.h"

#define LABEL_PX 130
#define DAY_S    86400.0
#define NS_PER_S 1e9

/* So many digits of seconds as steps of that size need. */
static unsigned decimals_of(int64_t step_ns)
{
    unsigned decimals = 9;

    for (; decimals > 0 && step_ns % 10 == 0; decimals--)
        step_ns /= 10;
    return decimals;
}

/* Of "2026-11-28T16:29:50.5Z" the time, without what is the same at all ticks; of steps of days, or
 * an axis of more than one, the date. */
static void format(char *text, size_t size, int64_t wall_ns, int64_t step_ns, double span_s)
{
    char whole[WALL_TIME_BYTES];
    size_t from = span_s > DAY_S ? strlen("2026-") : strlen("2026-11-28T"), length;
    char *end = wall_time_put(whole, wall_ns, decimals_of(step_ns));

    end[-1] = '\0';
    whole[strlen("2026-11-28")] = ' ';
    length = strlen(whole) - from;
    if (step_ns % (int64_t)(60 * NS_PER_S) == 0)
        length -= strlen(":50");
    length = length < size ? length : size - 1;
    memcpy(text, whole + from, length);
    text[length] = '\0';
}

void tp_axis_wall(struct tp_axis *axis, double low, double high, double low_px, double high_px,
                  int64_t low_wall_ns)
{
    double span_s = high - low, least_ns;
    int64_t step_ns, rest_ns;

    tp_axis_empty(axis, low, high);
    least_ns = tp_time_step(span_s / fmax(1, fabs(high_px - low_px) / LABEL_PX)) * NS_PER_S;
    if (!(least_ns < 9e18 && span_s * NS_PER_S < 9e18))
        return;
    step_ns = least_ns < 1 ? 1 : llround(least_ns);
    rest_ns = low_wall_ns % step_ns;
    rest_ns = rest_ns > 0 ? step_ns - rest_ns : -rest_ns;
    for (double ns = (double)rest_ns; ns <= span_s * NS_PER_S * (1 + 1e-12);
         ns += (double)step_ns) {
        struct tp_tick *tick;
        int64_t wall_ns;

        if (__builtin_add_overflow(low_wall_ns, (int64_t)ns, &wall_ns))
            return;
        tick = tp_axis_add(axis, low + ns / NS_PER_S, low_px, high_px);
        if (!tick)
            return;
        format(tick->text, sizeof tick->text, wall_ns, step_ns, span_s);
    }
}
