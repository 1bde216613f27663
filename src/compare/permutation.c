/* permutation.c: every labelling of the runs, and how far apart it puts the groups. */
#include <math.h>
#include <stdlib.h>

#include <tcpprobe/error.h>

#include "compare/permutation.h"
#include "compare/sample.h"

/* Two labellings with the same runs on each side may differ in the last bits of their sums. */
#define ROUNDING 1e-9

#define SEED UINT64_C(0x9e3779b97f4a7c15)

/* What a metric looks like without its mean, and what does not depend on the labels. */
struct tested {
    double *centred;   /* of every run */
    double square_sum; /* of them */
    double offset;     /* s0 */
    double observed;   /* T with the real labels */
    double scale;      /* its denominator */
    uint64_t reached;  /* labellings whose largest T is at least that */
};

struct walk {
    struct permutation *test;
    struct tested *columns;
    size_t runs;
    size_t *picked;  /* the runs that are called base, ascending */
    double *largest; /* of every labelling */
};

double permutation_least_p(size_t base_count, size_t new_count)
{
    double ways = 1;
    size_t i;

    if (base_count == 0 || new_count == 0)
        return 1;
    for (i = 1; i <= base_count; i++)
        ways *= (double)(new_count + i) / (double)i;
    return (base_count == new_count ? 2 : 1) / ways;
}

/* --- one labelling ---------------------------------------------------------------------------- */

/* The denominator of T. A sum of squares within groups that is below 0 is rounding. */
static double scale_of(const struct walk *walk, const struct tested *column, double base_sum)
{
    double n = (double)walk->test->base_count, m = (double)walk->test->new_count;
    double within = column->square_sum - base_sum * base_sum * (1 / n + 1 / m);
    double variance = n + m > 2 && within > 0 ? within / (n + m - 2) : 0;

    return sqrt(variance * (1 / n + 1 / m)) + column->offset;
}

static double difference_of(const struct walk *walk, double base_sum)
{
    double n = (double)walk->test->base_count, m = (double)walk->test->new_count;

    /* The values are centred: the new ones sum to minus base_sum. */
    return fabs(base_sum) * (1 / n + 1 / m);
}

static double base_sum_of(const struct walk *walk, const struct tested *column)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < walk->test->base_count; i++)
        sum += column->centred[walk->picked[i]];
    return sum;
}

static double largest_t(const struct walk *walk)
{
    double largest = 0, sum;
    size_t j;

    for (j = 0; j < walk->test->metric_count; j++) {
        sum = base_sum_of(walk, &walk->columns[j]);
        largest = fmax(largest, difference_of(walk, sum) / scale_of(walk, &walk->columns[j], sum));
    }
    return largest;
}

/* --- all labellings --------------------------------------------------------------------------- */

static void pick_first(struct walk *walk)
{
    size_t i;

    for (i = 0; i < walk->test->base_count; i++)
        walk->picked[i] = i;
}

/* The next choice in lexicographic order; false after the last one. */
static bool pick_next(struct walk *walk)
{
    size_t count = walk->test->base_count, i = count;

    while (i > 0 && walk->picked[i - 1] == walk->runs - count + i - 1)
        i--;
    if (i == 0)
        return false;
    walk->picked[i - 1]++;
    for (; i < count; i++)
        walk->picked[i] = walk->picked[i - 1] + 1;
    return true;
}

static uint64_t draw(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* A choice from the fixed sequence: selection sampling (Knuth, TAOCP 3.4.2, algorithm S). */
static void pick_any(struct walk *walk, uint64_t *state)
{
    size_t wanted = walk->test->base_count, run, taken = 0;

    for (run = 0; taken < wanted; run++)
        if (draw(state) % (walk->runs - run) < wanted - taken)
            walk->picked[taken++] = run;
}

static void note(struct walk *walk, double largest)
{
    size_t j;

    walk->largest[walk->test->labellings++] = largest;
    for (j = 0; j < walk->test->metric_count; j++)
        if (largest >= walk->columns[j].observed * (1 - ROUNDING))
            walk->columns[j].reached++;
}

static void walk_all(struct walk *walk)
{
    pick_first(walk);
    do
        note(walk, largest_t(walk));
    while (pick_next(walk));
}

static void walk_some(struct walk *walk)
{
    uint64_t state = SEED;

    pick_first(walk);
    note(walk, largest_t(walk));
    while (walk->test->labellings < PERMUTATION_SAMPLE) {
        pick_any(walk, &state);
        note(walk, largest_t(walk));
    }
}

/* --- what comes of it ------------------------------------------------------------------------- */

/* The least T that at most alpha of the labellings reach; INFINITY if so few runs never can. Of
 * equal ones that straddle the limit none is among the few. */
static double critical_t(struct walk *walk, double alpha)
{
    const struct permutation *test = walk->test;
    uint64_t count = test->labellings, few = (uint64_t)(alpha * (double)count + ROUNDING);

    if (few == 0 || permutation_least_p(test->base_count, test->new_count) > alpha)
        return INFINITY;
    sample_sort(walk->largest, count);
    return walk->largest[count - few] * (1 + 2 * ROUNDING);
}

static void centre(const struct permutation *test, size_t runs, size_t j, struct tested *column)
{
    const struct permutation_metric *metric = &test->metrics[j];
    double mean = 0;
    size_t i;

    for (i = 0; i < runs; i++)
        mean += metric->values[i] / (double)runs;
    for (i = 0; i < runs; i++) {
        column->centred[i] = metric->values[i] - mean;
        column->square_sum += column->centred[i] * column->centred[i];
    }
    column->offset = metric->effect / 4;
}

static void observe(struct walk *walk)
{
    struct tested *column;
    double sum;

    pick_first(walk);
    for (column = walk->columns; column < walk->columns + walk->test->metric_count; column++) {
        sum = base_sum_of(walk, column);
        column->scale = scale_of(walk, column, sum);
        column->observed = difference_of(walk, sum) / column->scale;
    }
}

static void run_test(struct walk *walk, double alpha)
{
    struct permutation *test = walk->test;
    double ways = (test->base_count == test->new_count ? 2 : 1) /
                  permutation_least_p(test->base_count, test->new_count);
    double critical;
    size_t j;

    for (j = 0; j < test->metric_count; j++)
        centre(test, walk->runs, j, &walk->columns[j]);
    observe(walk);
    test->exact = ways <= PERMUTATION_CAP + 0.5;
    (test->exact ? walk_all : walk_some)(walk);
    critical = critical_t(walk, alpha);
    for (j = 0; j < test->metric_count; j++) {
        test->metrics[j].p = (double)walk->columns[j].reached / (double)test->labellings;
        test->metrics[j].detectable =
            fmax(critical * walk->columns[j].scale, test->metrics[j].effect);
    }
}

int permutation_test(struct permutation *test, double alpha)
{
    struct walk walk = {.test = test, .runs = test->base_count + test->new_count};
    double *centred = calloc(walk.runs * test->metric_count + 1, sizeof *centred);
    size_t j;
    int rc = TP_ERR_NOMEM;

    test->labellings = 0;
    walk.columns = calloc(test->metric_count + 1, sizeof *walk.columns);
    walk.picked = calloc(walk.runs + 1, sizeof *walk.picked);
    walk.largest = calloc(PERMUTATION_CAP, sizeof *walk.largest);
    if (centred && walk.columns && walk.picked && walk.largest) {
        for (j = 0; j < test->metric_count; j++)
            walk.columns[j].centred = centred + j * walk.runs;
        run_test(&walk, alpha);
        rc = TP_OK;
    }
    free(centred);
    free(walk.columns);
    free(walk.picked);
    free(walk.largest);
    return rc;
}
