/* wall_time.h: dates and times of the calendar as text, both of UTC. */
#ifndef TCPPROBE_BASE_WALL_TIME_H
#define TCPPROBE_BASE_WALL_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* "2026-11-28T16:29:50Z", with a fraction of a second (beyond the ninth digit it is dropped), a
 * space for the T, +01:00 for the Z (RFC 3339; leap seconds are none): nanoseconds since 1970.
 * False if it is anything else, a day that there is not, or does not fit. */
bool wall_time_parse(const char *text, int64_t *ns);

#define WALL_TIME_BYTES 36 /* of any such text */

/* "2026-11-28T16:29:50.123456789Z" with so many decimals (0 to 9), rounded to the nearest; none:
 * without the point. Writes without a NUL, and returns the end. */
char *wall_time_put(char *to, int64_t ns, unsigned decimals);

/* Does it begin like such a time? */
bool wall_time_is_meant(const char *text);

#endif
