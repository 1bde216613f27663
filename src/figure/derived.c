/* derived.c: what is worked out of the packets of one end. */
#include "figure/ways.h"

/* A sender that may be limited by its application for that share of its time still shows its
 * window. */
#define HELD_BACK 0.10

/* NAME(sheet, end, wire): a figure of an end whose packets were captured. */
#define OF_WIRE(name)                                                                              \
    static struct tp_value name##_of(struct tp_sheet *sheet, unsigned end,                         \
                                     const struct tp_wire *wire);                                  \
    struct tp_value packets_##name(struct tp_sheet *sheet, unsigned end,                           \
                                   const struct tp_figure_way *way)                                \
    {                                                                                              \
        const struct tp_wire *wire = sheet->wire[end];                                             \
                                                                                                   \
        (void)way;                                                                                 \
        return wire && wire->packets ? name##_of(sheet, end, wire) : absent;                       \
    }                                                                                              \
    static struct tp_value name##_of(struct tp_sheet *sheet, unsigned end,                         \
                                     const struct tp_wire *wire)
#define UNUSED (void)sheet, (void)end

/* --- what was carried ------------------------------------------------------------------------- */

/* Also where only its peer's packets were captured. */
struct tp_value packets_acked(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    const struct tp_wire *wire = sheet->wire[end];

    (void)way;
    return tp_value_integer_if(wire && packets_are_acked(sheet, end), wire ? wire->acked_bytes : 0);
}

/* From the first ACK of data to the last, as a kernel's samples are: goodput from the first data
 * packet on has a round trip in it in which nothing could be acknowledged. */
static int64_t transfer_ns(const struct tp_wire *wire)
{
    return wire && wire->acked_bytes ? wire->acked_last_ns - wire->acked_first_ns : 0;
}

/* Of so many bytes, those that were acknowledged after the first ACK: what that one acknowledges
 * took the time before it. */
static uint64_t behind_first(const struct tp_sheet *sheet, unsigned end, uint64_t bytes)
{
    return bytes -
           tp_connection_acked_first(tp_flow_connection(sheet->flow), sheet->bulk_end ^ end);
}

struct tp_value packets_goodput(struct tp_sheet *sheet, unsigned end,
                                const struct tp_figure_way *way)
{
    const struct tp_wire *wire = sheet->wire[end];

    (void)way;
    return wire ? steady_rate(sheet, end, behind_first(sheet, end, wire->acked_bytes),
                              transfer_ns(wire))
                : absent;
}

struct tp_value packets_transfer(struct tp_sheet *sheet, unsigned end,
                                 const struct tp_figure_way *way)
{
    const struct tp_wire *wire = sheet->wire[end];

    (void)way;
    return tp_value_integer_if(transfer_ns(wire) > 0, (uint64_t)transfer_ns(wire));
}

struct tp_value packets_startup(struct tp_sheet *sheet, unsigned end,
                                const struct tp_figure_way *way)
{
    const struct tp_wire *wire = sheet->wire[end];

    (void)way;
    return transfer_ns(wire) >= TP_STARTUP_NS
               ? rate(behind_first(sheet, end, wire->startup_bytes), TP_STARTUP_NS)
               : absent;
}

/* As tcptrace has it: from the first to the last packet of either end. Of a piece of a connection
 * only what lasted. */
OF_WIRE(throughput)
{
    const struct tp_wire *other = sheet->wire[!end];
    int64_t first_ns = wire->first_ns, last_ns = wire->last_ns;

    if (!packets_are_ordered(sheet))
        return absent;
    if (other && other->packets && other->first_ns < first_ns)
        first_ns = other->first_ns;
    if (other && other->packets && other->last_ns > last_ns)
        last_ns = other->last_ns;
    return wire->syns || (other && other->syns)
               ? rate(wire->unique_bytes, last_ns - first_ns)
               : steady_rate(sheet, end, wire->unique_bytes, last_ns - first_ns);
}

OF_WIRE(stream)
{
    const struct tp_connection *connection = tp_flow_connection(sheet->flow);
    struct tp_flight flight;

    if (!connection || !wire->syns || !wire->fins)
        return absent;
    tp_connection_flight(connection, sheet->bulk_end ^ end, &flight);
    return tp_value_integer_if(flight.max >= 2, flight.max - 2); /* without SYN and FIN */
}

OF_WIRE(data_time)
{
    UNUSED;
    if (!wire->data_packets) /* the times may be anything then */
        return absent;
    return tp_value_integer(wire->data_last_ns - wire->data_first_ns);
}

/* A sender that had less to send than its window shows no window: of a greeting before the data
 * the last segment is not full, and who writes little at a time does so later too. */
OF_WIRE(initial_cwnd)
{
    uint64_t full_bytes = (uint64_t)wire->initial_segs * wire->segment_max_bytes;
    double held_back;

    return tp_value_integer_if(
        wire->syns && wire->initial_segs && wire->initial_bytes == full_bytes &&
            wire->unique_bytes > 2 * full_bytes &&
            limit_share(sheet, end, TP_FROM_PACKETS, TP_LIMIT_APP, &held_back) &&
            held_back < HELD_BACK,
        wire->initial_segs);
}

/* --- losses ----------------------------------------------------------------------------------- */

/* A hole that was filled late by what was sent again was lost before it could be captured: the
 * capture is behind the loss, and every such repair is a proven retransmission. */
static uint64_t resent_segs(const struct tp_wire *wire)
{
    const struct tp_wire_trouble *trouble = packets_in_trouble(wire);

    return (uint64_t)trouble->retransmitted_segs + trouble->repairs;
}

OF_WIRE(resent)
{
    UNUSED;
    return tp_value_integer((int64_t)resent_segs(wire));
}

/* Of a repair the first transmission was not captured, but sent. */
OF_WIRE(retransmit_share)
{
    uint64_t sent = wire->data_segs + packets_in_trouble(wire)->repairs;

    UNUSED;
    return share((double)resent_segs(wire), (double)sent);
}

OF_WIRE(fast_recoveries)
{
    const struct tp_wire_trouble *trouble = packets_in_trouble(wire);

    if (!packets_are_answered(sheet, end))
        return absent;
    return tp_value_integer(trouble->recoveries - trouble->timeouts);
}

OF_WIRE(loss_rate)
{
    return packets_are_answered(sheet, end) && is_steady(sheet, end, transfer_ns(wire))
               ? share(1e9 * packets_in_trouble(wire)->recoveries, (double)transfer_ns(wire))
               : absent;
}

/* Of the transfer, so without what was repaired before it. Where the clock went back, the sum may
 * be more than the whole. */
OF_WIRE(recovery_share)
{
    const struct tp_wire_trouble *trouble = packets_in_trouble(wire);
    int64_t within_ns = trouble->recovery_ns - trouble->recovery_early_ns;

    return packets_are_answered(sheet, end) && is_steady(sheet, end, transfer_ns(wire)) &&
                   within_ns <= transfer_ns(wire)
               ? share((double)within_ns, (double)transfer_ns(wire))
               : absent;
}

OF_WIRE(ce_share)
{
    UNUSED;
    return wire->ect ? share(packets_in_trouble(wire)->ce, (double)wire->data_packets) : absent;
}

OF_WIRE(reordered_share)
{
    UNUSED;
    return share(packets_in_trouble(wire)->reordered, (double)wire->data_packets);
}

OF_WIRE(out_of_order)
{
    const struct tp_wire_trouble *trouble = packets_in_trouble(wire);

    UNUSED;
    return tp_value_integer((int64_t)trouble->repairs + trouble->reordered + trouble->ambiguous);
}

/* --- handshake, windows, segments ------------------------------------------------------------- */

OF_WIRE(wscale)
{
    UNUSED;
    return tp_value_integer_if(wire->scale == TP_SCALE_KNOWN || wire->scale == TP_SCALE_AT_LEAST,
                               wire->wscale);
}

OF_WIRE(scale)
{
    static const char *const names[] = {[TP_SCALE_UNKNOWN] = "unknown",
                                        [TP_SCALE_KNOWN] = "known",
                                        [TP_SCALE_NONE] = "none",
                                        [TP_SCALE_AT_LEAST] = "at least"};

    UNUSED;
    return tp_value_text(names[wire->scale]);
}

OF_WIRE(handshake)
{
    (void)wire;
    return metric_value(sheet, end, TP_METRIC_RTT_HANDSHAKE, STAT_MIN);
}

OF_WIRE(flight_mean)
{
    UNUSED;
    return share(wire->outstanding_sum_bytes, wire->outstanding_samples);
}

OF_WIRE(window_mean)
{
    UNUSED;
    return share(wire->window_sum_bytes, (double)wire->windows);
}

OF_WIRE(segment_mean)
{
    UNUSED;
    return share((double)wire->payload_bytes, (double)wire->data_packets);
}
