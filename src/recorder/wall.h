/* wall.h: the trace clocks beside wall-clock time. */
#ifndef TCPPROBE_RECORDER_WALL_H
#define TCPPROBE_RECORDER_WALL_H

#include <stdbool.h>
#include <stdint.h>

/* CLOCK_REALTIME minus the trace clock of that name ("mono", "boot", "mono_raw", "tai"), to about
 * a microsecond; false for clocks that user space cannot read ("local"). */
bool wall_offset(const char *clock, int64_t *offset_ns);

#endif
