/* collect.h: what is gathered of every socket while a run is read. */
#ifndef TCPPROBE_COMPARE_COLLECT_H
#define TCPPROBE_COMPARE_COLLECT_H

#include <tcpprobe/compare.h>

#define COLLECT_STARTUP_NS INT64_C(1000000000)
#define COLLECT_BIN_NS     INT64_C(200000000)
#define COLLECT_BINS_MAX   65536 /* almost four hours; what comes later counts in the last one */
#define COLLECT_LIST_MAX   4096  /* decreases and epochs of one socket; later ones are not kept */
#define COLLECT_BEFORE     3     /* samples before a decrease of which the largest window counts */

/* A list of numbers that grows up to COLLECT_LIST_MAX. */
struct collected_list {
    float *values;
    uint32_t count, allocated;
};

struct collected {
    int64_t first_ns, last_ns;    /* samples of its state */
    double startup_bytes;         /* acknowledged within COLLECT_STARTUP_NS */
    int64_t finite_ns;            /* first finite ssthresh; valid if has_finite */
    bool has_finite;
    bool decreasing;              /* entered CWR or Recovery, its ssthresh was not seen yet */
    int8_t cong_state;            /* -1 unknown */
    float before[COLLECT_BEFORE]; /* latest windows, in segments */
    uint32_t windows;             /* how many there were */
    float cwnd_before;            /* while decreasing */
    int64_t entry_ns;             /* latest entry into CWR, Recovery or Loss; valid if entries */
    uint32_t entries;
    struct collected_list betas, epochs_s;
    float *rate_bytes;            /* acknowledged per COLLECT_BIN_NS since first_ns */
    uint32_t bins, bins_allocated;
};

/* NULL if nothing was gathered of that end. */
const struct collected *collected_of(const struct tp_run_collector *collector,
                                     const struct tp_flow *flow, unsigned end);

#endif
