/* answers.h: what answers to the data of one end show of the path, beside what they acknowledge.
 *
 * Kept of packets only, and only where series are (struct tp_analysis_options). What is counted
 * here is of one direction of data and the packets of the other one; a reader that is to conclude
 * from it must ask whether there is enough of it.
 *
 * Threads: plain data.
 */
#ifndef TCPPROBE_ANSWERS_H
#define TCPPROBE_ANSWERS_H

#include <stdint.h>

#include <tcpprobe/flow.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Segments of a size that no answer has ever told of. */
struct tp_large_segments {
    uint32_t bytes;            /* of the largest payload */
    uint32_t passed_bytes;     /* the largest one that arrived; 0: none did */
    uint32_t sent;             /* larger than that, again and again counted */
    int64_t first_ns, last_ns; /* of them; valid if sent */
    uint32_t passed_behind; /* smaller ones that were sent behind the first of them, and arrived */
};

/* Packets of the other end by their numbers (identification of IPv4), which a Linux socket counts
 * one by one. */
struct tp_numbered {
    uint32_t in_row;        /* the number after that of the one before */
    uint32_t gaps, missing; /* behind some that were not captured; so many of them */
    uint32_t strange;       /* the same number, one before it, or far from it: they tell nothing */
    /* Of those that acknowledged something: how many, and how many bytes. */
    uint32_t acks_in_row, acks_behind;
    uint64_t acked_in_row, acked_behind;
};

/* ACKs that came together, though the timestamps in them say that they were sent one after the
 * other. */
struct tp_bunches {
    uint32_t count; /* of TP_BUNCH_ACKS and more, sent over TP_BUNCH_NS at least and four times as
                       long as it took them to arrive */
    uint32_t acks;  /* in them */
    uint32_t all_acks;        /* with timestamps, since the clock of these is known */
    int64_t sent_ns, came_ns; /* how long all bunches took to be sent, and to arrive */
};
#define TP_BUNCH_ACKS 4
#define TP_BUNCH_NS   INT64_C(4000000)

struct tp_answers {
    struct tp_large_segments large;
    struct tp_numbered numbered;
    struct tp_bunches bunches;
};

/* Of that end's data; NULL where nothing is kept. */
const struct tp_answers *tp_flow_answers(const struct tp_flow *flow, unsigned end);

#ifdef __cplusplus
}
#endif

#endif
