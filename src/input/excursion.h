/* excursion.h: a few packets that were stamped ahead, before and behind which the clock was right.
 *
 * A step back may undo what went before it: a driver that gives a packet another one's time, or none that
 * is valid, or a clock that was set wrong for a moment. Then times behind the place go on where they were
 * before the first packet that was ahead, as timestamps (RFC 7323) say, and those that were ahead
 * belong in between.
 */
#ifndef TCPPROBE_INPUT_EXCURSION_H
#define TCPPROBE_INPUT_EXCURSION_H

#include "input/lag.h"

struct excursion {
    size_t from;      /* its first packet */
    int64_t ahead_ns; /* all of them, by so much */
    bool unsure;      /* it may be some milliseconds more or less */
};

/* The packet place->list[place->at] follows from earlier ones and is stamped before them by back_ns:
 * were they ahead, those at `least` and behind it? */
bool excursion_find(const struct lag_place *place, size_t least, int64_t back_ns,
                    struct excursion *found);

#endif
