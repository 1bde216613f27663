/* order.h: which of two packets was captured first, and where a capture's clock was set back.
 *
 * The order of a capture and its times may contradict each other, and either may be the true one.
 * Processors and queues hand over what they hold a little out of order: then the times are right,
 * and packets are sorted by them. Or the clock was set back between two packets, or each direction
 * has a clock of its own: then the order of the file is right. The packets of a connection tell
 * which it is. An end's timestamps (RFC 7323) never fall, nor do, but for what is sent again, its
 * sequence numbers and those that it acknowledges (RFC 9293); and what acknowledges data came after
 * them. So a packet whose time is before that of one that it follows from stays where it stands in
 * the file. If that one was sent by the same end, no difference between the directions explains it:
 * the clock was set back.
 * By how much, lag.h tells.
 */
#ifndef TCPPROBE_INPUT_ORDER_H
#define TCPPROBE_INPUT_ORDER_H

#include <tcpprobe/input.h>

/* Less is the jitter of processors, and no clock is set by so little at once. */
#define CLOCK_STEP_MIN_NS INT64_C(1000000)

/* What is looked at of records, see recording.h, too. */
#define ORDER_FIELDS                                                                               \
    (TP_BIT(SEQ) | TP_BIT(ACK) | TP_BIT(PAYLOAD) | TP_BIT(FLAGS) | TP_BIT(TSVAL) | TP_BIT(TSECR) | \
     TP_BIT(TTL) | TP_BIT(FRAME) | TP_BIT(ODDITIES) | TP_BIT(CPU))

enum packet_order {
    ORDER_UNKNOWN,
    ORDER_AFTER_PEER, /* it acknowledges what the other one holds */
    ORDER_AFTER_OWN   /* the same end sent it later than the other one */
};

/* Does the packet follow from that one, which stands before it in the file? Both of one input. */
enum packet_order order_of(const struct tp_record *packet, const struct tp_record *before);

/* Is it the same one, seen with another hop limit, so at another place? Between the packets of two
 * places numbers tell no order of times. */
bool order_is_copy(const struct tp_record *packet, const struct tp_record *of);

/* Was the packet captured before that one, although it stands behind it? So it was where that one
 * echoes a later timestamp, has a newer one of the same end, or acknowledges the packet's SYN or
 * data (more than a byte: keep-alives were acknowledged before). It is the caller's to know that
 * the packet's time is the earlier one: data may be sent again although they had arrived. */
bool order_is_older(const struct tp_record *packet, const struct tp_record *than);

/* Were both captured at one interface, of one connection? */
bool order_share_connection(const struct tp_record *a, const struct tp_record *b);

#endif
