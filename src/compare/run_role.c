/* run_role.c: many senders become one number: roles are compared as wholes, never flow by flow. */
#include <math.h>

#include "compare/run.h"
#include "compare/sample.h"

typedef double join_fn(const double *values, size_t count, double *scratch);

static double join_sum(const double *values, size_t count, double *scratch)
{
    double sum = 0;
    size_t i;

    (void)scratch;
    for (i = 0; i < count; i++)
        sum += values[i];
    return sum;
}

static double join_largest(const double *values, size_t count, double *scratch)
{
    double largest = values[0];

    (void)scratch;
    while (count-- > 0)
        largest = fmax(largest, values[count]);
    return largest;
}

static double join_least(const double *values, size_t count, double *scratch)
{
    double least = values[0];

    (void)scratch;
    while (count-- > 0)
        least = fmin(least, values[count]);
    return least;
}

/* Everything that is not named here is the median. whole: of no use unless every flow has it. */
static const struct join {
    join_fn *join;
    bool whole;
} joins[TP_COMPARE_IDS] = {[TP_COMPARE_DURATION] = {join_largest, false},
                           [TP_COMPARE_RTT_MIN] = {join_least, false},
                           [TP_COMPARE_GOODPUT] = {join_sum, true},
                           [TP_COMPARE_STARTUP] = {join_sum, true}};

/* Gathers what the senders have of a metric; returns how many. */
static size_t gather(const struct sender *senders, size_t count, enum tp_origin origin,
                     enum tp_compare_id metric, double *values)
{
    size_t i, found = 0;
    double value;

    for (i = 0; i < count; i++) {
        value = sender_value(&senders[i], origin, metric);
        if (!isnan(value))
            values[found++] = value;
    }
    return found;
}

static double joined(const struct sender *senders, size_t count, enum tp_origin origin,
                     enum tp_compare_id metric, double *scratch)
{
    const struct join *how = &joins[metric];
    size_t found = gather(senders, count, origin, metric, scratch);

    if (found == 0 || (how->whole && found < count))
        return NAN;
    return how->join ? how->join(scratch, found, scratch + count)
                     : sample_median(scratch, found, scratch + count);
}

/* Jain, Chiu & Hawe 1984. */
static double jain(const struct sender *senders, size_t count, enum tp_origin origin,
                   double *scratch)
{
    size_t found = gather(senders, count, origin, TP_COMPARE_GOODPUT, scratch), i;
    double sum = 0, squares = 0;

    for (i = 0; i < found; i++) {
        sum += scratch[i];
        squares += scratch[i] * scratch[i];
    }
    return found == count && count > 1 && squares > 0 ? sum * sum / ((double)count * squares) : NAN;
}

void role_values(struct tp_run_role *role, const struct sender *senders, size_t count,
                 enum tp_origin origin, double *scratch)
{
    unsigned metric;

    for (metric = 0; metric < TP_COMPARE_IDS; metric++)
        role->value[metric] = joined(senders, count, origin, (enum tp_compare_id)metric, scratch);
    role->value[TP_COMPARE_FLOWS] = (double)count;
    role->value[TP_COMPARE_JAIN] = jain(senders, count, origin, scratch);
    if (role->value[TP_COMPARE_RTT_MIN] > 0)
        role->value[TP_COMPARE_RTT_INFL] =
            role->value[TP_COMPARE_RTT_P50] / role->value[TP_COMPARE_RTT_MIN];
}
