/* align.h: a log and a capture of the same connections tell how their clocks differ.
 *
 * tcp_probe fires when a segment reaches its socket, and shows the state before the segment is
 * processed. So where snd_una has risen from one probe of a socket to the next, it was the segment
 * of the first of the two that acknowledged up to there: an ACK that the capture holds too. And a
 * SYN-ACK takes the socket that connects from SYN_SENT to ESTABLISHED.
 */
#ifndef TCPPROBE_INPUT_ALIGN_H
#define TCPPROBE_INPUT_ALIGN_H

#include <tcpprobe/input.h>

struct alignment {
    uint64_t matches;  /* ACKs that both hold; 0: nothing is known */
    int64_t later_ns;  /* the log's time minus the capture's, the median of them */
    int64_t within_ns; /* nine of ten differ from that by no more */
};

/* Reads the beginnings of both files again. What cannot be read does not match. Returns 0 or
 * TP_ERR_NOMEM. */
int align_by_acks(const struct tp_input_info *log, const struct tp_input_info *capture,
                  const struct tp_stream_options *options, struct alignment *alignment,
                  struct tp_error *error);

#endif
