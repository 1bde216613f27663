/* join.c: the numbers of several flows become one: groups are compared as wholes, never flow by
 * flow. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/figure.h>

typedef double join_fn(double *values, size_t count, double *scratch);

static int ascending(const void *left, const void *right)
{
    const double *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

static double join_median(double *values, size_t count, double *scratch)
{
    memcpy(scratch, values, count * sizeof *values);
    qsort(scratch, count, sizeof *scratch, ascending);
    return count % 2 ? scratch[count / 2] : (scratch[count / 2 - 1] + scratch[count / 2]) / 2;
}

static double join_sum(double *values, size_t count, double *scratch)
{
    double sum = 0;

    (void)scratch;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum;
}

static double join_largest(double *values, size_t count, double *scratch)
{
    double largest = values[0];

    (void)scratch;
    while (count-- > 0)
        largest = fmax(largest, values[count]);
    return largest;
}

static double join_least(double *values, size_t count, double *scratch)
{
    double least = values[0];

    (void)scratch;
    while (count-- > 0)
        least = fmin(least, values[count]);
    return least;
}

/* Jain, Chiu & Hawe 1984. */
static double join_jain(double *values, size_t count, double *scratch)
{
    double sum = 0, squares = 0;

    (void)scratch;
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
        squares += values[i] * values[i];
    }
    return count > 1 && squares > 0 ? sum * sum / ((double)count * squares) : NAN;
}

double tp_figure_join(const struct tp_figure *figure, double *values, size_t count, size_t of,
                      double *scratch)
{
    static const struct {
        join_fn *join;
        bool whole; /* of no use unless every flow has it */
    } joins[] = {[TP_JOIN_MEDIAN] = {join_median, false}, [TP_JOIN_SUM] = {join_sum, false},
                 [TP_JOIN_SUM_OF_ALL] = {join_sum, true}, [TP_JOIN_LARGEST] = {join_largest, false},
                 [TP_JOIN_LEAST] = {join_least, false},   [TP_JOIN_JAIN] = {join_jain, true}};

    if (count == 0 || (joins[figure->join].whole && count < of))
        return NAN;
    return joins[figure->join].join(values, count, scratch);
}
