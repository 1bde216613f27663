/* rounds.h: a sampler by the clock: a round each interval, ends of connections in between. */
#ifndef TCPPROBE_RECORDER_ROUNDS_H
#define TCPPROBE_RECORDER_ROUNDS_H

#include <tcpprobe/sampler.h>

struct rounds {
    struct tp_sampler *sampler;
    int64_t interval_ns, due_ns;
    uint64_t missed; /* that were left out, as the ones before took too long */
    unsigned part;   /* of the log, in which the last one was written */
};

/* The first one is due at once. On success the caller releases it. */
int rounds_open(struct rounds *rounds, const struct tp_sampler_options *options,
                int64_t interval_ns, struct tp_error *error);
/* A round, whether it is due or not. part: of the log; the first round in one is written in full.
 */
int rounds_now(struct rounds *rounds, unsigned part, struct tp_error *error);
/* A round if it is due, which *had says; else the ends that came. To be called many times a second.
 */
int rounds_look(struct rounds *rounds, int64_t now_ns, unsigned part, bool *had,
                struct tp_error *error);
void rounds_release(struct rounds *rounds); /* a zeroed one is fine */

#endif
