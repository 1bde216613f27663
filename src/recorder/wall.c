/* wall.c: two clocks cannot be read at once, so wall-clock time is read between two looks at the
 * other one; the closest pair of several wins. */
#include <string.h>

#include "base/clock.h"
#include "recorder/wall.h"

#define TRIES 7

static const struct {
    const char *name; /* Documentation/trace/ftrace.rst, trace_clock */
    clockid_t id;
} clocks[] = {
    {"mono", CLOCK_MONOTONIC},
    {"boot", CLOCK_BOOTTIME},
    {"mono_raw", CLOCK_MONOTONIC_RAW},
    {"tai", CLOCK_TAI},
};

static int64_t measure(clockid_t id)
{
    int64_t best_ns = INT64_MAX, offset_ns = 0, before, wall, after;

    for (unsigned i = 0; i < TRIES; i++) {
        before = tp_clock_ns(id);
        wall = tp_clock_ns(CLOCK_REALTIME);
        after = tp_clock_ns(id);
        if (after - before < best_ns) {
            best_ns = after - before;
            offset_ns = wall - before - best_ns / 2;
        }
    }
    return offset_ns;
}

bool wall_offset(const char *clock, int64_t *offset_ns)
{
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++)
        if (strcmp(clocks[i].name, clock) == 0) {
            *offset_ns = measure(clocks[i].id);
            return true;
        }
    return false;
}
