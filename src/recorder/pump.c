/* pump.c: one of the two engines, chosen once. */
#include "recorder/engine.h"

int pump_open(struct pump **pump, const struct pump_plan *plan, struct tp_error *error)
{
    static const struct engine *const engines[] = {
        [PUMP_RAW] = &engine_raw, [PUMP_PIPE] = &engine_pipe};
    int rc = engines[plan->engine]->open(pump, plan, error);

    if (!rc)
        (*pump)->engine = engines[plan->engine];
    return rc;
}

int pump_drain(struct pump *pump, bool last, pump_sink *sink, void *context, struct tp_error *error)
{
    const struct pump_out out = {sink, context};

    return pump->engine->drain(pump, last, &out, error);
}

const struct pump_stats *pump_stats(const struct pump *pump)
{
    return &pump->stats;
}

void pump_close(struct pump *pump)
{
    if (pump)
        pump->engine->close(pump);
}
