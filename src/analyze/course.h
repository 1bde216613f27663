/* course.h: what is kept of the course of one socket's transfer. */
#ifndef TCPPROBE_ANALYZE_COURSE_H
#define TCPPROBE_ANALYZE_COURSE_H

#include <tcpprobe/analyze.h>

#include "base/arena.h"

#define TP_DECREASES_MAX   4096 /* of one socket; later ones are not kept */
#define TP_DECREASE_BEFORE 3    /* samples before a decrease of which the largest window counts */
#define TP_BETAS_MIN       2    /* fewer are no median */
/* So many decreases to the same ssthresh, of at least so many segments, from windows that differ by
 * one part in so many, were none of it. */
#define TP_UNMOVED_MIN      4
#define TP_UNMOVED_SEGS_MIN 16
#define TP_UNMOVED_APART    16

struct tp_course_list {
    float *values;
    uint32_t count, allocated;
};

/* The latest decreases in a row after which ssthresh was the same. */
struct tp_equal_decreases {
    uint32_t ssthresh_segs, count;
    uint32_t least_segs, most_segs; /* the windows before them */
};

struct tp_course {
    uint64_t startup_bytes;              /* acknowledged within TP_STARTUP_NS of the first ACK */
    int64_t finite_ns;                   /* first finite ssthresh; valid if has_finite */
    uint32_t before[TP_DECREASE_BEFORE]; /* latest windows, in segments */
    uint32_t windows;                    /* how many there were */
    uint32_t cwnd_before;                /* while decreasing */
    uint32_t entries;                    /* into CWR, Recovery or Loss from below */
    int64_t entry_ns;                    /* latest of them; valid if entries */
    bool has_finite, always_finite;      /* seen; before this was followed, so without a time */
    bool late;                           /* followed too late to know of the first second */
    bool decreasing; /* entered CWR or Recovery, its ssthresh was not seen yet */
    bool unset;      /* a decrease left ssthresh infinite */
    bool unmoved;    /* decreases from different windows left it as it was */
    struct tp_equal_decreases equal;
    struct tp_course_list factors, epochs_ns;
};

void tp_course_free(struct tp_arena *arena, struct tp_course *course); /* NULL is fine */

#endif
