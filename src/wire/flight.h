/* flight.h: the segments of one direction that were sent and are not yet acknowledged.
 *
 * A ring in order of sequence numbers, found by halving. Rings come from a pool that all
 * connections share: one with nothing in flight holds none, and nothing is allocated once the pool
 * has seen the flights of the traffic. Where the budget is short, a ring is taken from who sent
 * nothing for longest and holds no larger one; where nobody does, neighbours are joined.
 */
#ifndef TCPPROBE_WIRE_FLIGHT_H
#define TCPPROBE_WIRE_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum {
    SEGMENT_RESENT = 1, /* some of it was sent more than once */
    SEGMENT_SACKED = 2,
    SEGMENT_LOST = 4,   /* later data were SACKed, and nothing of it was sent again */
    SEGMENT_JOINED = 8, /* of several: times are those of the last */
    SEGMENT_REPAIR = 16 /* its first copy was not captured */
};

struct segment {
    uint64_t start, end; /* relative; a FIN is the last number */
    int64_t sent_ns;     /* latest transmission */
    uint64_t frame : 56; /* ... and its frame ... */
    uint64_t input : 8;  /* ... in that input */
    uint32_t tsval;      /* ... and its timestamp, 0 if none */
    uint16_t ip_id;
    uint8_t copies; /* transmissions after the first; saturates */
    uint8_t flags;
};

struct flight {
    uint32_t head, count;
    uint32_t mask;                /* capacity - 1, the capacity being a power of two */
    uint8_t order;                /* of its size: which list of the pool it belongs to */
    struct flight **owner;        /* what points to it; NULL in the pool */
    struct flight *newer, *older; /* by use; in the pool older is the next spare one */
    struct segment ring[];
};

#define FLIGHT_ORDERS 14 /* of 4 << order segments; the largest has 32768 */

struct flight_pool {
    struct flight *spare[FLIGHT_ORDERS];
    struct flight *newest, *oldest; /* of those in use, by their latest segment */
    size_t bytes;                   /* allocated, in use or spare */
    size_t budget;
    struct tp_arena *arena; /* borrowed: the smaller ones are of it */
};

void flight_pool_free(struct flight_pool *pool); /* those that are spare */

static inline uint32_t flight_count(const struct flight *flight)
{
    return flight ? flight->count : 0;
}

static inline struct segment *flight_at(struct flight *flight, uint32_t i)
{
    return &flight->ring[(flight->head + i) & flight->mask];
}

/* Takes the first n away; a flight of none is given back. */
void flight_pop(struct flight_pool *pool, struct flight **flight, uint32_t n);

/* The first segment that ends after seq; count if there is none. */
uint32_t flight_find(struct flight *flight, uint64_t seq);

/* Puts a segment before the i-th. Where memory is short, *joined grows by the segments that were
 * joined with their neighbour or are no longer followed, which moves all indices; false if the
 * segment itself is not followed. */
bool flight_insert(struct flight_pool *pool, struct flight **flight, uint32_t i,
                   const struct segment *segment, uint32_t *joined);

/* The i-th segment becomes two at seq, inside it. false: indices moved. */
bool flight_split(struct flight_pool *pool, struct flight **flight, uint32_t i, uint64_t seq,
                  uint32_t *joined);

size_t flight_bytes(const struct flight *flight);

#endif
