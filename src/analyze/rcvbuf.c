/* rcvbuf.c: how a socket tunes its receive buffer, at the moments at which it grows.
 *
 * tcp_rcvbuf_grow (6.16 and later; net/ipv4/tcp_input.c: tcp_rcv_space_adjust) fires when the
 * application read more within the receiver's round trip than in any before. rtt_us is
 * rcv_rtt_est.rtt_us >> 3, microseconds: with timestamps the time from a TSval to its echo, without
 * them the time that a window takes, which is a round trip at least. What it holds is from before
 * the buffer grows, which it does not where SO_RCVBUF or tcp_moderate_rcvbuf forbid it.
 */
#include "analyze/analyzer.h"

static int on_grow(struct tp_visit *visit)
{
    const struct tp_record *record = visit->record;
    int rc = TP_OK;

    if (TP_HAS(record, RTT_US))
        rc = tp_emit(visit, TP_METRIC_RCV_RTT, record->rtt_us);
    if (rc >= 0 && TP_HAS(record, COPIED))
        rc = tp_emit(visit, TP_METRIC_RCV_COPIED, record->copied);
    if (rc >= 0 && TP_HAS(record, RCVBUF))
        rc = tp_emit(visit, TP_METRIC_RCVBUF, record->rcvbuf);
    return rc;
}

const struct tp_analyzer tp_rcvbuf_analyzer = {
    .name = "rcvbuf",
    .fields = TP_BIT(RTT_US) | TP_BIT(COPIED) | TP_BIT(RCVBUF),
    .on = {[TP_KIND_RCVBUF_GROW] = on_grow},
};
