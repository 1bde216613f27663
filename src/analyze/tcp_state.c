/* tcp_state.c: the state of the connection as RFC 9293 and the kernel number it. */
#include "analyze/analyzer.h"

enum { ESTABLISHED = 1 };

static void begin(const struct tp_flow *flow, struct tp_side *side, unsigned end)
{
    (void)flow, (void)end;
    side->tcp_state = -1;
}

static int on_change(struct tp_pass *pass)
{
    if (!TP_HAS(pass->record, NEWSTATE))
        return TP_OK;
    pass->side->tcp_state = (int8_t)pass->record->newstate;
    return tp_emit(pass, TP_METRIC_TCP_STATE, pass->record->newstate);
}

/* It only fires in ESTABLISHED. */
static int on_probe(struct tp_pass *pass)
{
    if (pass->side->tcp_state < 0)
        pass->side->tcp_state = ESTABLISHED;
    return TP_OK;
}

const struct tp_analyzer tp_tcp_state_analyzer = {
    .name = "tcp_state",
    .fields = TP_BIT(OLDSTATE) | TP_BIT(NEWSTATE),
    .on = {[TP_KIND_SET_STATE] = on_change, [TP_KIND_PROBE] = on_probe},
    .begin = begin,
};
