/* sender.c: the figures of one sender, and of several together: roles are compared as wholes, never
 * flow by flow. */
#include <math.h>

#include "compare/sender.h"

/* When the transfer began and ended, as its origin saw it. */
static void set_times(struct sender *sender)
{
    const struct tp_sheet *sheet = &sender->sheet;
    const struct tp_side *side = sheet->side[sender->origin == TP_FROM_PEER];
    const struct tp_wire *wire = sheet->wire[0];
    const struct tp_sampled_socket *sampled = tp_flow_sampled(sender->flow, sender->end);

    sender->first_ns = sender->flow->first_ns;
    sender->last_ns = sender->flow->last_ns;
    if (sender->origin == TP_FROM_SOCKET && sampled) {
        sender->first_ns = sampled->first_ns;
        sender->last_ns = sampled->last_ns;
    } else if (sender->origin != TP_FROM_PACKETS && side && side->probes) {
        sender->first_ns = side->probe_first_ns;
        sender->last_ns = side->probe_last_ns;
    } else if (sender->origin == TP_FROM_PACKETS && wire && wire->acked_bytes) {
        sender->first_ns = wire->acked_first_ns;
        sender->last_ns = wire->acked_last_ns;
    }
}

bool sender_open(struct sender *sender, const struct tp_analysis *analysis,
                 const struct tp_flow *flow, int64_t base_ns)
{
    const struct tp_wire *wire;
    struct tp_value acked, goodput;
    unsigned origin;

    *sender = (struct sender){.flow = flow, .end = tp_flow_bulk_end(flow)};
    tp_sheet_open(&sender->sheet, analysis, flow, base_ns);
    acked = tp_sheet_value(&sender->sheet, TP_FIGURE_acked_bytes, 0, TP_BEST, &sender->origin);
    goodput = tp_sheet_value(&sender->sheet, TP_FIGURE_goodput_bps, 0, TP_BEST, &origin);
    if (goodput.type != TP_VALUE_ABSENT)
        sender->origin = origin;
    wire = sender->sheet.wire[0];
    if (acked.type == TP_VALUE_ABSENT)
        sender->origin = TP_FROM_PACKETS;
    set_times(sender);
    return acked.type != TP_VALUE_ABSENT || (wire && wire->data_packets);
}

/* What was in flight when a log ended that does not say how its connections did is no reason to
 * doubt a comparison; nor is whether a byte that a socket counts is its FIN. */
bool sender_may_be_more(struct sender *sender)
{
    const struct tp_side *side = sender->sheet.side[0];
    unsigned origin;
    bool whole = false;

    if (!tp_sheet_value(&sender->sheet, TP_FIGURE_acked_bytes, 0, TP_BEST, &origin).at_least ||
        origin == TP_FROM_SOCKET)
        return false;
    if (side && origin == TP_FROM_KERNEL)
        tp_side_acked(side, &whole);
    return !whole;
}

bool sender_is_small(struct sender *sender, uint64_t bytes)
{
    double carried;

    if (!tp_sheet_number(&sender->sheet, TP_FIGURE_bytes, 0, TP_BEST, &carried))
        return bytes > 0;
    return carried < (double)bytes && !(sender_may_be_more(sender) && sender->sheet.side[0] &&
                                        tp_side_acked_most(sender->sheet.side[0]) >= bytes);
}

double sender_value(struct sender *sender, enum tp_compare_id metric)
{
    enum tp_figure_id figure = tp_compare_metrics[metric].figure;
    double number;

    return tp_sheet_number(&sender->sheet, figure, 0, TP_BEST, &number) && isfinite(number)
               ? tp_figure_in_unit(&tp_figures[figure], number)
               : NAN;
}

const struct tp_series *sender_carried(const struct sender *sender)
{
    static const enum tp_metric_id metrics[] = {[TP_FROM_KERNEL] = TP_METRIC_ACKED,
                                                [TP_FROM_PACKETS] = TP_METRIC_WIRE_ACKED,
                                                [TP_FROM_PEER] = TP_METRIC_DATA_LEN};

    if (sender->origin == TP_FROM_SOCKET)
        return NULL;
    return tp_flow_series(sender->flow, sender->end ^ (sender->origin == TP_FROM_PEER),
                          metrics[sender->origin]);
}

/* --- roles ------------------------------------------------------------------------------------ */

static double joined(struct sender *senders, size_t count, enum tp_compare_id metric,
                     double *scratch)
{
    size_t found = 0, i;

    for (i = 0; i < count; i++) {
        scratch[found] = sender_value(&senders[i], metric);
        found += !isnan(scratch[found]);
    }
    return tp_figure_join(tp_compare_figure(metric), scratch, found, count, scratch + count);
}

void role_values(struct tp_run_role *role, struct sender *senders, size_t count, double *scratch)
{
    unsigned metric;

    for (metric = 0; metric < TP_COMPARE_IDS; metric++)
        role->value[metric] = joined(senders, count, (enum tp_compare_id)metric, scratch);
}

/* --- what it takes ---------------------------------------------------------------------------- */

/* Samples of a flow that stay as they are: bins are laid by the clock of the recording, and a run
 * must not depend on when it was made. */
#define SERIES_BINS 65536

void tp_run_needs(struct tp_analysis_options *options)
{
    options->series_bins = SERIES_BINS;
    options->series_metrics = TP_METRIC_BIT(SND_CWND) | TP_METRIC_BIT(SRTT) |
                              TP_METRIC_BIT(WIRE_SRTT) | TP_METRIC_BIT(ACKED) |
                              TP_METRIC_BIT(WIRE_ACKED) | TP_METRIC_BIT(DATA_LEN);
    tp_explain_needs(options);
}
