/* tcp_state.c: the state of the connection as RFC 9293 and the kernel number it. */
#include "analyze/analyzer.h"

enum { ESTABLISHED = 1 };

static void begin(const struct tp_flow *flow, struct tp_socket *socket, unsigned end)
{
    (void)flow, (void)end;
    socket->side.tcp_state = -1;
}

static int on_change(struct tp_visit *visit)
{
    if (!TP_HAS(visit->record, NEWSTATE))
        return TP_OK;
    visit->side->tcp_state = (int8_t)visit->record->newstate;
    return tp_emit(visit, TP_METRIC_TCP_STATE, visit->record->newstate);
}

/* It only fires in ESTABLISHED. */
static int on_probe(struct tp_visit *visit)
{
    if (visit->side->tcp_state < 0)
        visit->side->tcp_state = ESTABLISHED;
    return TP_OK;
}

const struct tp_analyzer tp_tcp_state_analyzer = {
    .name = "tcp_state",
    .fields = TP_BIT(OLDSTATE) | TP_BIT(NEWSTATE),
    .on = {[TP_KIND_SET_STATE] = on_change, [TP_KIND_PROBE] = on_probe},
    .begin = begin,
};
