/* timeline.h: which inputs share a clock, and where the packets of captures belong among the
 * events of logs.
 *
 * Logs share a timeline when their headers name the same clock and the same offset to wall-clock
 * time within a second. Captures tell wall-clock time and share one timeline, that of a log if one
 * is known to fit: by the offset in its header, else by the acknowledgments that both hold
 * (align.h). Their times are shifted to it then.
 */
#ifndef TCPPROBE_INPUT_TIMELINE_H
#define TCPPROBE_INPUT_TIMELINE_H

#include <tcpprobe/input.h>

/* Fills timeline, shift_ns and aligned of each, and shifts their first_ns and last_ns. The number
 * of timelines goes to *timelines. Returns 0 or TP_ERR_NOMEM. */
int timelines_assign(struct tp_input_info *const *inputs, size_t count,
                     const struct tp_stream_options *options, uint32_t *timelines,
                     struct tp_error *error);

#endif
