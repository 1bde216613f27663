/* holes.h: the bytes below the highest one that were never captured.
 *
 * Bytes at or above the highest are new; below it, those inside holes are seen for the first time
 * and all others again. So bytes are counted exactly in as much memory as there are holes. There
 * is a bound: beyond it the lowest hole is forgotten, as if its bytes had been captured.
 */
#ifndef TCPPROBE_WIRE_HOLES_H
#define TCPPROBE_WIRE_HOLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOLES_MAX 1024

enum hole_kind {
    HOLE_OPEN,
    HOLE_ACKED, /* acknowledged though never captured: the capture's gap */
    HOLE_ALONE, /* the same, while none of its sender's packets were captured: counted nowhere */
    HOLE_BEFORE /* sent before the capture began */
};

struct hole {
    uint64_t start, end;
    int64_t opened_ns; /* when data above it were captured, or it was acknowledged */
    uint32_t tsval;    /* of those data, or that the latest ACK echoes; 0 if none */
    uint16_t ip_id;    /* of those data; 0 if none */
    uint8_t kind;      /* enum hole_kind */
};

struct holes {
    uint32_t count, allocated;
    struct hole list[]; /* in order */
};

/* A hole above all others; joined with the highest one if that is ALONE, too, and ends there.
 * Returns 0 or TP_ERR_NOMEM. */
int holes_add(struct holes **holes, const struct hole *hole);

/* How much of [start, end) lies in holes; these bytes are no hole any more. *first is the lowest
 * hole that was touched, as it was; untouched where 0 is returned. Where memory is short, a hole
 * that would have been cut in two loses its upper part. */
uint64_t holes_fill(struct holes **holes, uint64_t start, uint64_t end, struct hole *first);

/* The bytes below ack->end in holes that were open are acknowledged now, by an ACK of that time
 * that echoes that timestamp; returns how many, and in *gaps of how many holes. The highest is
 * joined with an acknowledged one that ends where it begins. */
uint64_t holes_ack(struct holes **holes, const struct hole *ack, uint32_t *gaps);

#endif
