/* reset.c: connections that were reset. */
#include "analyze/analyzer.h"

static int on_sent(struct tp_visit *visit)
{
    visit->side->resets_sent += visit->side->resets_sent < UINT16_MAX;
    return tp_emit(visit, TP_METRIC_RESET_SENT, 1);
}

static int on_received(struct tp_visit *visit)
{
    visit->side->resets_received += visit->side->resets_received < UINT16_MAX;
    return tp_emit(visit, TP_METRIC_RESET_RECEIVED, 1);
}

const struct tp_analyzer tp_reset_analyzer = {
    .name = "reset",
    .on = {[TP_KIND_SEND_RESET] = on_sent, [TP_KIND_RECEIVE_RESET] = on_received},
};
