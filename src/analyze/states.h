/* states.h: the sampled states of one socket over its life. */
#ifndef TCPPROBE_ANALYZE_STATES_H
#define TCPPROBE_ANALYZE_STATES_H

#include "analyze/tally.h"

/* One sample of all states as it came. */
struct tp_row {
    uint32_t hold_ns; /* it held for that long; at most TP_HOLD_MAX_NS */
    uint32_t have;    /* bit of each metric that it has */
    uint32_t value[TP_METRIC_STATES];
};

/* The samples of all states of one socket: the first ones as they are, which keeps short flows
 * small, later as distributions. */
struct tp_states {
    union {
        struct tp_row *rows;      /* while !tallied */
        struct tp_tally *tallies; /* TP_METRIC_STATES of them */
    };
    uint8_t count, allocated; /* rows */
    uint8_t now;              /* bit of each metric that has a value now */
    bool tallied;
};

/* The current sample held for hold_ns more, then this one came. have: bit of each metric in
 * value. On failure nothing is lost but this sample. */
int tp_states_add(struct tp_states *states, int64_t hold_ns, unsigned have,
                  const uint32_t value[TP_METRIC_STATES], struct tp_tally_shape *shape);
/* No more samples will come. */
int tp_states_finish(struct tp_states *states, struct tp_tally_shape *shape);
/* Rounds all values to that many bits below the leading one. */
void tp_states_coarsen(struct tp_states *states, struct tp_tally_shape *shape);
/* Keeps the usual quantiles only. */
void tp_states_digest(struct tp_states *states, struct tp_tally_shape *shape);
void tp_states_release(struct tp_states *states, struct tp_tally_shape *shape);

#endif
