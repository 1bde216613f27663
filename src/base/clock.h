/* clock.h: the clocks of this machine. */
#ifndef TCPPROBE_BASE_CLOCK_H
#define TCPPROBE_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* id: CLOCK_MONOTONIC, CLOCK_REALTIME ... */
static inline int64_t tp_clock_ns(clockid_t id)
{
    struct timespec now = {0};

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* By which a program itself lives: it never steps. */
static inline int64_t tp_clock_monotonic_ns(void)
{
    return tp_clock_ns(CLOCK_MONOTONIC);
}

#endif
