/* doubt.h: whether a capture stands in the order of time at all.
 *
 * Times may go back further than records are sorted for two reasons. The clock was set back: then
 * what follows goes on where the connections were (order.h). Or captures were put behind one
 * another (those of each direction, of both ends, of the second half and the first): then what
 * follows had been acknowledged, or was followed by newer ones of its end, in packets that stand
 * before it. The first packets behind such a place are asked for proof of either.
 */
#ifndef TCPPROBE_INPUT_DOUBT_H
#define TCPPROBE_INPUT_DOUBT_H

#include <tcpprobe/input.h>

/* Of one place. Starts as zeroes. */
struct doubt {
    unsigned tries;  /* packets that are yet to be asked; 0: there is no doubt */
    unsigned older;  /* of those that were, captured before what stands before the place */
    bool proven;     /* that the file is not in the order of time: for good */
    uint64_t frame;  /* the first one behind the place; valid if tries or proven */
    int64_t back_ns; /* by so much time went back there */
};

/* The packet came too late to be sorted; latest_ns: of those before it. */
void doubt_begin(struct doubt *doubt, const struct tp_record *packet, int64_t latest_ns);

/* Asks a packet behind the place, as long as there is doubt. before: packets that stand anywhere.
 */
void doubt_ask(struct doubt *doubt, const struct tp_record *packet,
               const struct tp_record *const *before, size_t before_count);

/* No packet that could be asked follows. */
void doubt_settle(struct doubt *doubt);

/* The clock was set back, as a packet says. */
void doubt_drop(struct doubt *doubt);

#endif
