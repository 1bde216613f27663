/* rounds.c: a round is due at a whole number of intervals, however late the one before was. */
#include "base/clock.h"
#include "recorder/rounds.h"

int rounds_open(struct rounds *rounds, const struct tp_sampler_options *options,
                int64_t interval_ns, struct tp_error *error)
{
    *rounds = (struct rounds){.interval_ns = interval_ns, .due_ns = tp_clock_monotonic_ns()};
    rounds->sampler = tp_sampler_new(options, error);
    return rounds->sampler ? TP_OK : TP_ERR_NOMEM;
}

int rounds_now(struct rounds *rounds, unsigned part, struct tp_error *error)
{
    if (part != rounds->part)
        tp_sampler_part(rounds->sampler);
    rounds->part = part;
    return tp_sampler_round(rounds->sampler, error);
}

static void plan_next(struct rounds *rounds)
{
    int64_t late = (tp_clock_monotonic_ns() - rounds->due_ns) / rounds->interval_ns;

    rounds->missed += (uint64_t)late;
    rounds->due_ns += (late + 1) * rounds->interval_ns;
}

int rounds_look(struct rounds *rounds, int64_t now_ns, unsigned part, bool *had,
                struct tp_error *error)
{
    int rc;

    *had = now_ns >= rounds->due_ns;
    if (!*had)
        return tp_sampler_ends(rounds->sampler, error);
    rc = rounds_now(rounds, part, error);
    plan_next(rounds);
    return rc;
}

void rounds_release(struct rounds *rounds)
{
    tp_sampler_free(rounds->sampler);
    *rounds = (struct rounds){0};
}
