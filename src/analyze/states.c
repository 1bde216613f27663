/* states.c: the sampled states of one socket over its life.
 *
 * A log may hold a million short flows, so the first samples are kept just as they came (32 bytes
 * each for all states together). When there are more than ROWS_MAX, each state becomes a
 * distribution of its own and memory no longer grows with the samples. A value that does not change
 * costs an addition, whichever way it is kept.
 */
#include <string.h>

#include "analyze/socket.h"

_Static_assert(TP_METRIC_STATES <= 8, "struct tp_states has 8 bits for states that have a value");

#define ROWS_STEP 2
#define ROWS_MAX  16

#define TALLIES_BYTES (TP_METRIC_STATES * sizeof(struct tp_tally))

/* --- tallies -------------------------------------------------------------------------------- */

static int add_to_tallies(struct tp_states *states, int64_t hold_ns, unsigned have,
                          const uint32_t *value, struct tp_tally_shape *shape)
{
    struct tp_tally *tally = states->tallies;
    unsigned m;
    int rc = TP_OK;

    for (m = 0; m < TP_METRIC_STATES; m++, tally++) {
        if (states->now >> m & 1)
            tally->pending_ns += (uint64_t)hold_ns;
        if (have >> m & 1)
            rc |= tp_tally_set(tally, value[m], shape);
    }
    states->now = (uint8_t)have;
    return rc < 0 ? TP_ERR_NOMEM : TP_OK;
}

/* --- rows ----------------------------------------------------------------------------------- */

static void give_rows(struct tp_states *states, struct tp_tally_shape *shape)
{
    if (states->allocated)
        tp_arena_give(shape->arena, states->rows, states->allocated * sizeof *states->rows);
}

/* From rows to tallies; what the last row holds is left to the next sample. On failure the rows
 * stay. */
static int expand(struct tp_states *states, struct tp_tally_shape *shape)
{
    struct tp_states wide = {.tallied = true};
    uint32_t hold_ns = 0;
    unsigned i;

    wide.tallies = tp_arena_take(shape->arena, TALLIES_BYTES);
    if (!wide.tallies)
        return TP_ERR_NOMEM;
    for (i = 0; i < TP_METRIC_STATES; i++)
        tp_tally_init(&wide.tallies[i], shape);
    for (i = 0; i < states->count; i++) {
        if (add_to_tallies(&wide, hold_ns, states->rows[i].have, states->rows[i].value, shape) <
            0) {
            tp_states_release(&wide, shape);
            return TP_ERR_NOMEM;
        }
        hold_ns = states->rows[i].hold_ns;
    }
    give_rows(states, shape);
    *states = wide;
    return TP_OK;
}

static int append_row(struct tp_states *states, unsigned have, const uint32_t *value,
                      struct tp_tally_shape *shape)
{
    size_t allocated = states->allocated + (size_t)ROWS_STEP;
    struct tp_row *rows;

    if (states->count == states->allocated) {
        rows = tp_arena_take(shape->arena, allocated * sizeof *rows);
        if (!rows)
            return TP_ERR_NOMEM;
        if (states->count)
            memcpy(rows, states->rows, states->count * sizeof *rows);
        give_rows(states, shape);
        states->rows = rows;
        states->allocated = (uint8_t)allocated;
    }
    rows = &states->rows[states->count++];
    *rows = (struct tp_row){.have = have};
    memcpy(rows->value, value, sizeof rows->value);
    return TP_OK;
}

/* A row holds once, for at most TP_HOLD_MAX_NS: 32 bits suffice. */
static void hold_row(struct tp_states *states, int64_t hold_ns)
{
    if (states->count)
        states->rows[states->count - 1].hold_ns = (uint32_t)hold_ns;
}

/* --- both ----------------------------------------------------------------------------------- */

int tp_states_add(struct tp_states *states, int64_t hold_ns, unsigned have,
                  const uint32_t value[TP_METRIC_STATES], struct tp_tally_shape *shape)
{
    int rc;

    if (!states->tallied) {
        hold_row(states, hold_ns);
        if (states->count < ROWS_MAX)
            return append_row(states, have, value, shape);
        rc = expand(states, shape);
        if (rc < 0)
            return rc;
    }
    return add_to_tallies(states, hold_ns, have, value, shape);
}

int tp_states_finish(struct tp_states *states, struct tp_tally_shape *shape)
{
    unsigned m;

    for (m = 0; states->tallied && m < TP_METRIC_STATES; m++)
        if (tp_tally_settle(&states->tallies[m], shape) < 0)
            return TP_ERR_NOMEM;
    return TP_OK;
}

void tp_states_coarsen(struct tp_states *states, struct tp_tally_shape *shape)
{
    unsigned m;

    for (m = 0; states->tallied && m < TP_METRIC_STATES; m++)
        tp_tally_coarsen(&states->tallies[m], shape);
}

void tp_states_digest(struct tp_states *states, struct tp_tally_shape *shape)
{
    unsigned m;

    for (m = 0; states->tallied && m < TP_METRIC_STATES; m++)
        tp_tally_digest(&states->tallies[m], shape);
}

void tp_states_release(struct tp_states *states, struct tp_tally_shape *shape)
{
    unsigned m;

    for (m = 0; states->tallied && m < TP_METRIC_STATES; m++)
        tp_tally_release(&states->tallies[m], shape);
    if (states->tallied)
        tp_arena_give(shape->arena, states->tallies, TALLIES_BYTES);
    else
        give_rows(states, shape);
    *states = (struct tp_states){0};
}

/* --- questions ------------------------------------------------------------------------------ */

/* The rows that have the metric, by value; returns how many. */
static unsigned sort_rows(const struct tp_states *states, unsigned metric,
                          struct tp_row *sorted[ROWS_MAX])
{
    unsigned i, k, n = 0;

    for (i = 0; i < states->count; i++) {
        if (!(states->rows[i].have >> metric & 1))
            continue;
        for (k = n++; k > 0 && sorted[k - 1]->value[metric] > states->rows[i].value[metric]; k--)
            sorted[k] = sorted[k - 1];
        sorted[k] = &states->rows[i];
    }
    return n;
}

static bool rows_stat(const struct tp_states *states, unsigned metric, struct tp_stat *stat)
{
    struct tp_row *sorted[ROWS_MAX];
    unsigned i, n = sort_rows(states, metric, sorted);
    double sum = 0, total = 0;

    for (i = 0; i < states->count; i++) {
        const struct tp_row *row = &states->rows[i];

        if (!(row->have >> metric & 1))
            continue;
        if (!stat->samples++)
            stat->first = row->value[metric];
        stat->last = row->value[metric];
        sum += (double)row->value[metric] * row->hold_ns;
        total += row->hold_ns;
    }
    if (!n)
        return false;
    stat->min = sorted[0]->value[metric];
    stat->max = sorted[n - 1]->value[metric];
    stat->mean = total > 0 ? sum / total : stat->last;
    return true;
}

static bool rows_quantiles(const struct tp_states *states, unsigned metric, const double *p,
                           double *values, size_t count)
{
    struct tp_row *sorted[ROWS_MAX];
    unsigned i, n = sort_rows(states, metric, sorted);
    uint64_t total = 0, sum = 0;
    size_t k;

    for (i = 0; i < n; i++)
        total += sorted[i]->hold_ns;
    if (!total)
        return false;
    for (i = 0, k = 0; k < count; k++) {
        while (i + 1 < n && (double)(sum + sorted[i]->hold_ns) < p[k] * (double)total)
            sum += sorted[i++]->hold_ns;
        values[k] = sorted[i]->value[metric];
    }
    return true;
}

bool tp_side_stat(const struct tp_side *side, enum tp_metric_id metric, struct tp_stat *stat)
{
    const struct tp_states *states = side ? &tp_socket_of(side)->states : NULL;
    const struct tp_tally *tally;

    *stat = (struct tp_stat){0};
    if (!states || metric >= TP_METRIC_STATES)
        return false;
    if (!states->tallied)
        return rows_stat(states, metric, stat);
    tally = &states->tallies[metric];
    if (!tally->samples)
        return false;
    *stat = (struct tp_stat){tally->samples, tally->first, tally->last,
                             tally->min,     tally->max,   tp_tally_mean(tally)};
    return true;
}

bool tp_side_quantiles(const struct tp_side *side, enum tp_metric_id metric, const double *p,
                       double *values, size_t count)
{
    const struct tp_states *states;
    struct tp_stat stat;
    size_t k;

    if (!tp_side_stat(side, metric, &stat))
        return false;
    states = &tp_socket_of(side)->states;
    if (states->tallied)
        return tp_tally_quantiles(&states->tallies[metric], p, values, count);
    if (rows_quantiles(states, metric, p, values, count))
        return true;
    for (k = 0; k < count; k++) /* no time passed: the last sample is what held */
        values[k] = stat.last;
    return true;
}
