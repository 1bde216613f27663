/* leap.h: whether the clock of a capture was put forward, or nothing was sent for so long.
 *
 * Times tell an idle network and a clock that was set to a later time not apart; the packets behind
 * the place do. One that echoes a timestamp or acknowledges data captured first behind the place
 * was sent behind it, and the one of the same end before the place was sent before it: so the place
 * took no longer than their timestamps are apart (RFC 7323), however long packets waited in queues.
 * A host that slept has timestamps that stood still: it takes both ends of a connection, or two
 * hosts. Where a capturing machine was held up, its times catch up at once: what proves it must
 * still hold a little later.
 *
 * Without timestamps, data that were on their way tell: they are acknowledged one after another
 * behind the place, and were not sent again, as no sender leaves them for so long (RFC 6298).
 *
 * One end whose timestamps went on like the times is enough to know that nothing was sent.
 */
#ifndef TCPPROBE_INPUT_LEAP_H
#define TCPPROBE_INPUT_LEAP_H

#include "input/lag.h"

/* A shorter silence is not asked about: those who set clocks by the network let them run faster up
 * to 128 ms (ntpd(8)), and it would be asked often. */
#define LEAP_MIN_NS INT64_C(100000000)

#define LEAP_BEFORE_MAX 256 /* packets before the place that are looked at */

enum leap_verdict {
    LEAP_OPEN, /* more packets may tell */
    LEAP_NONE,
    LEAP_PROVED
};

/* Times rise by LEAP_MIN_NS or more at the place; packets in the order of time. */
enum leap_verdict leap_judge(const struct lag_place *place);

#endif
