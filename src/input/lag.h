/* lag.h: by how much times are wrong from some place of a capture on, by TCP's timestamps.
 *
 * An end's timestamps (RFC 7323) count its time at a rate of its own, whatever the capture's clock
 * does. Between a packet before the place and one behind it as much time went by as they say: if
 * times rose by less, they lag behind from there on; by more, and they run ahead. One pair tells it
 * within a tick; several leave less and less room.
 */
#ifndef TCPPROBE_INPUT_LAG_H
#define TCPPROBE_INPUT_LAG_H

#include <tcpprobe/input.h>

/* Packets in the order in which they were captured; the place is before list[at]. */
struct lag_place {
    const struct tp_record *const *list;
    size_t at, count;
};

/* Below 0 times run ahead. */
struct lag {
    int64_t least_ns, most_ns;
    int64_t near_ns; /* between these, as the nearest pair has it */
};

/* What a timestamp of the packet's end counts, by those in [from, to); 0: not known. */
int64_t lag_tick(const struct tp_record *const *list, size_t from, size_t to,
                 const struct tp_record *like);

/* By the packets of one end alone. False where they do not tell. */
bool lag_of_end(const struct lag_place *place, const struct tp_record *like, struct lag *lag);

/* By all ends near the place, as the nearest have it. */
bool lag_measure(const struct lag_place *place, struct lag *lag);

#endif
