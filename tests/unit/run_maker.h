/* run_maker.h: runs made up for tests: a steady bulk flow, with what a test wants to be different.
 */
#ifndef TCPPROBE_TESTS_RUN_MAKER_H
#define TCPPROBE_TESTS_RUN_MAKER_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/compare.h>

/* The same numbers on every machine: splitmix64. */
static inline double made_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

/* What a cubic flow over a link of 20 Mbit/s looks like; one run differs from another by `noise`
 * times that, at most. */
static inline void made_values(double *value, uint64_t *state, double noise)
{
    static const double steady[TP_COMPARE_IDS] = {
        [TP_COMPARE_FLOWS] = 1,      [TP_COMPARE_MSS] = 1448,       [TP_COMPARE_DURATION] = 12,
        [TP_COMPARE_RTT_MIN] = 40,   [TP_COMPARE_INIT_CWND] = 10,   [TP_COMPARE_BETA] = 0.7,
        [TP_COMPARE_GOODPUT] = 19,   [TP_COMPARE_RTT_P50] = 70,     [TP_COMPARE_RTT_P95] = 80,
        [TP_COMPARE_CWND_P50] = 116, [TP_COMPARE_INFLIGHT] = 1.7e5, [TP_COMPARE_LOSS_EVENTS] = 0.4,
        [TP_COMPARE_RETX] = 0.3,     [TP_COMPARE_STARTUP] = 16};
    int i;

    for (i = 0; i < TP_COMPARE_IDS; i++) {
        value[i] = steady[i] > 0 ? steady[i] : NAN;
        if (tp_compare_metrics[i].kind == TP_COMPARE_CORE)
            value[i] *= 1 + noise * (2 * made_random(state) - 1);
    }
}

static inline struct tp_run made_run(const char *role, uint64_t *state, double noise)
{
    struct tp_run run = {.origin = TP_FROM_KERNEL};

    run.name = strdup("made");
    run.roles = calloc(1, sizeof *run.roles);
    run.role_count = 1;
    run.roles[0].name = strdup(role);
    made_values(run.roles[0].value, state, noise);
    return run;
}

/* `count` runs of one role; free them with free_runs(). */
static inline struct tp_run *made_runs(size_t count, uint64_t seed, double noise)
{
    struct tp_run *runs = calloc(count + 1, sizeof *runs);
    size_t i;

    for (i = 0; i < count; i++)
        runs[i] = made_run("bulk", &seed, noise);
    return runs;
}

static inline void free_runs(struct tp_run *runs, size_t count)
{
    while (count > 0)
        tp_run_release(&runs[--count]);
    free(runs);
}

/* Multiplies a metric of all runs. */
static inline void scale_runs(struct tp_run *runs, size_t count, enum tp_compare_id metric,
                              double by)
{
    size_t i;

    for (i = 0; i < count; i++)
        runs[i].roles[0].value[metric] *= by;
}

/* Sets a metric of all runs. */
static inline void set_runs(struct tp_run *runs, size_t count, enum tp_compare_id metric, double to)
{
    size_t i;

    for (i = 0; i < count; i++)
        runs[i].roles[0].value[metric] = to;
}

#endif
