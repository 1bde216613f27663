/* received.c: payload that reached a socket.
 *
 * data_len is the payload of the packet buffer, 16 bits wide. Kernels before 4.19 give `length`
 * instead, which includes a TCP header of unknown size: that is no payload and is not used.
 */
#include "analyze/analyzer.h"

static int on_probe(struct tp_visit *visit)
{
    const struct tp_record *record = visit->record;
    struct tp_side *side = visit->side;

    if (!TP_HAS(record, DATA_LEN))
        return TP_OK;
    side->has_received = true;
    if (!record->data_len)
        return TP_OK;
    side->received_bytes += record->data_len;
    if (record->data_len > side->received_max)
        side->received_max = record->data_len;
    return tp_emit(visit, TP_METRIC_DATA_LEN, record->data_len);
}

const struct tp_analyzer tp_received_analyzer = {
    .name = "received",
    .fields = TP_BIT(DATA_LEN),
    .on = {[TP_KIND_PROBE] = on_probe},
};
