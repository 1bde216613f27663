/* engine.h: what both engines of the pump have in common. */
#ifndef TCPPROBE_RECORDER_ENGINE_H
#define TCPPROBE_RECORDER_ENGINE_H

#include "recorder/pump.h"

/* An engine's state starts with one. */
struct pump {
    const struct engine *engine;
    struct pump_stats stats;
};

/* Where lines go to. */
struct pump_out {
    pump_sink *sink;
    void *context;
};

struct engine {
    int (*open)(struct pump **pump, const struct pump_plan *plan, struct tp_error *error);
    int (*drain)(struct pump *pump, bool last, const struct pump_out *out, struct tp_error *error);
    void (*close)(struct pump *pump);
};

extern const struct engine engine_raw, engine_pipe;

/* Counts the line and gives it to the sink. */
static inline int pump_emit(struct pump *pump, const struct pump_line *line,
                            const struct pump_out *out, struct tp_error *error)
{
    pump->stats.events += !line->is_lost;
    pump->stats.lost += line->lost;
    pump->stats.uncounted += line->is_lost && !line->lost;
    pump->stats.bytes += line->length;
    return out->sink(out->context, line, error);
}

#endif
