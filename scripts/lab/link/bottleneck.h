/* bottleneck.h: one direction of the link. No input or output: packets and the time come in by
 * parameter, so that it can be tested with any clock.
 *
 *   accept -> first ones, large ones, random loss -> policer -> drop-tail queue, ECN -> rate ->
 *   delay, reordering, duplication -> pauses, batches -> deliver
 */
#ifndef LAB_BOTTLENECK_H
#define LAB_BOTTLENECK_H

#include "chance.h"
#include "flight.h"

/* Packets of at most so many bytes are neither lost at random nor reordered nor doubled: a SYN that
 * is lost costs a second of every recording, and the queue still drops it if it is full. */
#define BOTTLENECK_SPARED_BYTES 200

struct bottleneck_setup {
    double rate_bps;      /* bits of IP packets a second; 0: no limit, and so no queue */
    int64_t delay_ns;     /* one way */
    uint64_t queue_bytes; /* that may wait, with what is left of the packet being sent */
    uint64_t mark_bytes;  /* a packet that meets more than these gets an ECN mark; 0: none does */
    double police_bps; /* a token bucket that drops what is faster, and queues nothing; 0: none */
    uint64_t police_bytes; /* what its bucket holds, and begins with */
    double loss;           /* probability */
    double loss_any;       /* ... of packets of any size */
    uint64_t lose_first;   /* so many packets are lost, from the first one on */
    uint64_t above_bytes;  /* packets above that are lost, and nobody is told; 0: none are */
    int64_t pause_ns, pause_every_ns; /* it delivers nothing for so long, so often; 0: never */
    int64_t batch_ns;                 /* it delivers at whole multiples of that time; 0: at any */
    double reorder;                   /* probability of being held up */
    int64_t reorder_ns;               /* for so long */
    double duplicate; /* probability of coming out twice, one right after the other */
    uint64_t seed;
};

struct bottleneck_counters {
    uint64_t packets_in, bytes_in;
    uint64_t packets_sent, bytes_sent; /* out of the far end */
    uint64_t in_flight;                /* packets: queued or on their way now */
    uint64_t queue_max_bytes;
    uint64_t dropped_queue, dropped_random, dropped_policer, dropped_first, dropped_large;
    uint64_t reordered; /* came out after a packet that had come in later (RFC 4737) */
    uint64_t duplicated;
    uint64_t marked;
    /* Delivered so much later than due, or taken in so much later than it came (at most: see
     * bottleneck_late()), because the machine was busy. */
    uint64_t late_max_us;
};

struct bottleneck {
    struct bottleneck_setup setup;
    struct bottleneck_counters counters;
    struct chance loss, loss_any, reorder, duplicate;
    struct flight flight;
    double tokens_bytes; /* in the policer's bucket at filled_at_ns */
    int64_t filled_at_ns;
    int64_t idle_at_ns;   /* when all that was queued has been sent */
    int64_t first_ns;     /* the first packet; valid if there was one */
    uint64_t newest_sent; /* number of the latest arrival that came out */
};

void bottleneck_init(struct bottleneck *link, const struct bottleneck_setup *setup);

/* A packet arrives. -1 without memory; a dropped packet is no error. */
int bottleneck_accept(struct bottleneck *link, const uint8_t *data, size_t bytes, int64_t now_ns);

/* When there is something to deliver; INT64_MAX for nothing. */
int64_t bottleneck_due_ns(const struct bottleneck *link);

/* The next packet that is due, to be freed by the caller; NULL for none. */
struct packet *bottleneck_deliver(struct bottleneck *link, int64_t now_ns);

/* A packet that is about to be accepted may have waited so long for the machine; negative: it has
 * not. What waits outside of the link is due from when it is let in, so nobody else knows. */
void bottleneck_late(struct bottleneck *link, int64_t late_ns);

void bottleneck_release(struct bottleneck *link);

#endif
