/* packets.c: getting figures out of what the packets of one end add up to. An end whose packets
 * were not captured has none; what happened to none of its packets is 0. */
#include <string.h>

#include "figure/ways.h"

static const struct tp_wire_trouble no_trouble;

const struct tp_wire_trouble *packets_in_trouble(const struct tp_wire *wire)
{
    return wire->trouble ? wire->trouble : &no_trouble;
}

/* --- members ---------------------------------------------------------------------------------- */

bool packets_are_acked(const struct tp_sheet *sheet, unsigned end)
{
    return sheet->wire[!end] && sheet->wire[!end]->acks > 0;
}

bool packets_are_ordered(const struct tp_sheet *sheet)
{
    return !tp_connection_two_clocks(tp_flow_connection(sheet->flow));
}

bool packets_are_answered(const struct tp_sheet *sheet, unsigned end)
{
    return packets_are_acked(sheet, end) && packets_are_ordered(sheet);
}

static bool counts_ce(const struct tp_sheet *sheet, unsigned end)
{
    const struct tp_connection *connection = tp_flow_connection(sheet->flow);

    return packets_are_acked(sheet, end) && connection &&
           tp_connection_handshake(connection)->accecn == TP_ACCECN_ON;
}

static bool is_known(const struct tp_sheet *sheet, unsigned end, unsigned need)
{
    const struct tp_wire *wire = sheet->wire[end];

    switch (need) {
    case IF_ACKED:
        return packets_are_acked(sheet, end);
    case IF_ANSWERED:
        return packets_are_answered(sheet, end);
    case IF_CAUSES:
        return wire->packets > 0 && packets_are_answered(sheet, end);
    case IF_ORDER:
        return wire->packets > 0 && packets_are_ordered(sheet);
    case IF_BEGINNING:
        return wire->syns > 0 && packets_are_ordered(sheet);
    case IF_ACE:
        return counts_ce(sheet, end);
    case IF_SENT:
        return wire->data_packets > 0;
    case IF_SYN:
        return wire->syns > 0;
    case IF_WINDOWS:
        return wire->windows > 0;
    case IF_FLIGHT:
        return wire->outstanding_samples > 0;
    default:
        return wire->packets > 0;
    }
}

static struct tp_value member(const struct tp_sheet *sheet, unsigned end,
                              const struct tp_figure_way *way, const void *of)
{
    unsigned need = way->need;
    int64_t number;

    if (!is_known(sheet, end, need))
        return absent;
    number = member_number(of, way);
    if (need == IF_NOT_ZERO && number == 0)
        return absent;
    return way->type == MEMBER_BOOL ? tp_value_bool(number) : tp_value_integer(number);
}

struct tp_value packets_wire(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    const struct tp_wire *wire = sheet->wire[end];

    return wire ? member(sheet, end, way, wire) : absent;
}

struct tp_value packets_trouble(struct tp_sheet *sheet, unsigned end,
                                const struct tp_figure_way *way)
{
    const struct tp_wire *wire = sheet->wire[end];

    return wire ? member(sheet, end, way, packets_in_trouble(wire)) : absent;
}
