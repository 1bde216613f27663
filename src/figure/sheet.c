/* sheet.c: one flow laid out for its figures. */
#include <stddef.h>
#include <string.h>

#include <tcpprobe/figure.h>

void tp_sheet_open(struct tp_sheet *sheet, const struct tp_analysis *analysis,
                   const struct tp_flow *flow, int64_t base_ns)
{
    bool out_of_memory = sheet->out_of_memory;

    memset(sheet, 0, offsetof(struct tp_sheet, metric));
    sheet->out_of_memory = out_of_memory;
    sheet->analysis = analysis;
    sheet->flow = flow;
    sheet->base_ns = base_ns;
    sheet->bulk_end = tp_flow_bulk_end(flow);
    for (unsigned end = 0; end < 2; end++) {
        sheet->side[end] = tp_flow_side(flow, sheet->bulk_end ^ end);
        sheet->wire[end] = tp_flow_wire(flow, sheet->bulk_end ^ end);
    }
}

/* What an end is known to have sent: acknowledged by itself, else received by its peer, else as
 * its packets say. */
static uint64_t sent_bytes(const struct tp_flow *flow, unsigned end)
{
    const struct tp_side *own = tp_flow_side(flow, end), *peer = tp_flow_side(flow, 1 - end);
    uint64_t acked = own && own->has_acked ? own->acked_bytes : 0;
    uint64_t received = peer && peer->has_received ? peer->received_bytes : 0;
    const struct tp_wire *wire = tp_flow_wire(flow, end);
    uint64_t sampled;

    if (!acked && !received && !wire && tp_flow_grew(flow, end, TP_SOCKET_bytes_acked, &sampled))
        return sampled;
    if (acked || received || !wire)
        return acked > received ? acked : received;
    return wire->unique_bytes > wire->acked_bytes ? wire->unique_bytes : wire->acked_bytes;
}

/* Does its socket hold data that could not leave, or have not been acknowledged? */
static bool has_waiting(const struct tp_flow *flow, unsigned end)
{
    const struct tp_sampled_socket *sampled = tp_flow_sampled(flow, end);

    return sampled && TP_SOCKET_HAS(&sampled->now, send_queue) && sampled->now.send_queue > 0;
}

unsigned tp_flow_bulk_end(const struct tp_flow *flow)
{
    uint64_t sent[2] = {sent_bytes(flow, 0), sent_bytes(flow, 1)};

    if (sent[0] != sent[1])
        return sent[1] > sent[0];
    /* Nothing was carried: the end that would send, the end that is known, then the one that opened
     * the connection. */
    if (has_waiting(flow, 0) != has_waiting(flow, 1))
        return has_waiting(flow, 1);
    if (!tp_flow_side(flow, 0) != !tp_flow_side(flow, 1) && !tp_flow_connection(flow))
        return tp_flow_side(flow, 0) ? 0 : 1;
    return flow->opener == 1;
}

bool tp_value_number(const struct tp_value *value, double *number)
{
    *number = 0;
    switch (value->type) {
    case TP_VALUE_INTEGER:
    case TP_VALUE_BOOL:
        *number = (double)value->integer;
        return true;
    case TP_VALUE_REAL:
        *number = value->real;
        return true;
    case TP_VALUE_COUNTS:
        for (uint32_t i = 0; i < value->counts; i++)
            *number += (double)value->list[i].count;
        return true;
    case TP_VALUE_ABSENT:
    case TP_VALUE_TEXT:
        break;
    }
    return false;
}

bool tp_sheet_number(struct tp_sheet *sheet, enum tp_figure_id figure, unsigned end,
                     unsigned origin, double *number)
{
    const struct tp_value value = tp_sheet_value(sheet, figure, end, origin, NULL);

    return tp_value_number(&value, number);
}
