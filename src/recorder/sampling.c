/* sampling.c: rounds, whose lines are held until their turn. */
#include <stdlib.h>
#include <unistd.h>

#include <tcpprobe/input.h>

#include "recorder/rounds.h"
#include "recorder/sampling.h"

struct sampling {
    const struct tp_recorder_sockets *options;
    struct rounds rounds;
    struct held_lines held;
    struct tp_line_parser *parser; /* of lines whose time the pump does not tell */
};

static int hold(void *context, int64_t ts_ns, const char *text, size_t length,
                struct tp_error *error)
{
    struct sampling *sampling = context;

    return held_add(&sampling->held, ts_ns, text, length, error);
}

/* The sampler has one context for both. */
static bool ask(void *context, const struct tp_sock *socket)
{
    const struct sampling *sampling = context;
    const struct tp_sampler_options *options = &sampling->options->sampler;

    return options->wanted(options->context, socket);
}

int sampling_open(struct sampling **result, const struct tp_recorder_sockets *options,
                  struct tp_error *error)
{
    struct tp_sampler_options sampler = options->sampler;
    struct sampling *sampling = calloc(1, sizeof *sampling);
    int rc;

    if (!sampling)
        return tp_error_nomem(error);
    sampling->options = options;
    sampler.line = hold;
    sampler.wanted = sampler.wanted ? ask : NULL;
    sampler.context = sampling;
    sampler.pid = getpid();
    rc = rounds_open(&sampling->rounds, &sampler, options->interval_ns, error);
    if (rc == TP_OK)
        rc = tp_line_parser_new(&sampling->parser, 0, error);
    if (rc == TP_OK)
        *result = sampling;
    else
        sampling_free(sampling);
    return rc;
}

void sampling_free(struct sampling *sampling)
{
    if (!sampling)
        return;
    rounds_release(&sampling->rounds);
    held_release(&sampling->held);
    tp_line_parser_free(sampling->parser);
    free(sampling);
}

const struct tp_sampler_summary *sampling_summary(const struct sampling *sampling)
{
    return tp_sampler_summary(sampling->rounds.sampler);
}

uint64_t sampling_missed(const struct sampling *sampling)
{
    return sampling->rounds.missed;
}

int sampling_look(struct sampling *sampling, int64_t now_ns, unsigned part, struct tp_error *error)
{
    bool had;

    return rounds_look(&sampling->rounds, now_ns, part, &had, error);
}

int sampling_last(struct sampling *sampling, unsigned part, struct tp_error *error)
{
    return rounds_now(&sampling->rounds, part, error);
}

/* --- the order -------------------------------------------------------------------------------- */

int sampling_before(struct sampling *sampling, const struct pump_line *line, held_sink *sink,
                    void *context, struct tp_error *error)
{
    const struct tp_record *record;
    int64_t ts_ns = line->ts_ns;

    if (sampling->held.begin == sampling->held.end)
        return TP_OK;
    if (!ts_ns && !line->is_lost &&
        tp_line_parse(sampling->parser, line->text, line->length, &record, NULL) >= 0 && record)
        ts_ns = record->ts_ns;
    return ts_ns ? held_give(&sampling->held, ts_ns, sink, context, error) : TP_OK;
}

int sampling_drained(struct sampling *sampling, int64_t began_ns, held_sink *sink, void *context,
                     struct tp_error *error)
{
    return held_drained(&sampling->held, began_ns, sink, context, error);
}

int sampling_rest(struct sampling *sampling, held_sink *sink, void *context, struct tp_error *error)
{
    return held_give(&sampling->held, INT64_MAX, sink, context, error);
}
