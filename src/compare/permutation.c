/* permutation.c: every labelling of the runs, and how far apart it puts the groups. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/error.h>

#include "compare/permutation.h"
#include "compare/sample.h"

/* Two labellings with the same runs on each side may differ in the last bits of their sums. */
#define ROUNDING 1e-9
/* ... and so many of the sum of all squares, left within the groups, is nothing but rounding. */
#define NOTHING_WITHIN 1e-12

/* One run in so many may be a stray. */
#define RUNS_PER_STRAY 20

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

/* The denominator of T for groups of n and m runs. Where they do not vary, what is left of the
 * squares is rounding, whose root is not: a labelling and its mirror image must differ equally. */
static double scale_for(const struct tested *column, double within, double n, double m)
{
    bool varies = n + m > 2 && within > NOTHING_WITHIN * column->square_sum;

    return sqrt(varies ? within / (n + m - 2) * (1 / n + 1 / m) : 0) + column->offset;
}

static double scale_of(const struct walk *walk, const struct tested *column, double base_sum)
{
    double n = (double)walk->test->base_count, m = (double)walk->test->new_count;

    return scale_for(column, column->square_sum - base_sum * base_sum * (1 / n + 1 / m), n, m);
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

/* --- without one run -------------------------------------------------------------------------- */

/* T of the real labels without one run of the smaller side, whose values are `smaller` and sum to
 * `sum`, as all values are centred; below 0 where the difference is the other way round. */
static double t_without(const struct tested *column, double value, double sum, double smaller,
                        double larger)
{
    double rest = sum - value, count = smaller - 1;
    double difference = rest / count + sum / larger;
    double within = column->square_sum - value * value - rest * rest / count - sum * sum / larger;

    return (sum < 0 ? -difference : difference) / scale_for(column, within, count, larger);
}

/* Does what was found hang on no single run? Where one side is smaller, a run of it is part of most
 * of the extreme labellings, whatever the others do. */
static bool holds(const struct walk *walk, const struct tested *column, double critical)
{
    const struct permutation *test = walk->test;
    bool of_base = test->base_count < test->new_count;
    size_t first = of_base ? 0 : test->base_count;
    size_t smaller = of_base ? test->base_count : test->new_count, i;
    double sum = 0;

    if (test->base_count == test->new_count || smaller == 1)
        return true;
    for (i = first; i < first + smaller; i++)
        sum += column->centred[i];
    for (i = first; i < first + smaller; i++)
        if (t_without(column, column->centred[i], sum, (double)smaller,
                      (double)(walk->runs - smaller)) < critical)
            return false;
    return true;
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

/* How many values at each end are drawn in. As many as a side has runs would be all of a change. */
static size_t ends_of(const struct permutation *test)
{
    size_t smaller = test->base_count < test->new_count ? test->base_count : test->new_count;
    size_t share = (test->base_count + test->new_count) / RUNS_PER_STRAY;

    if (smaller <= 1)
        return 0;
    return share < 1 ? 1 : share < smaller ? share : smaller - 1;
}

/* The values without what is further out than the next ones. */
static void draw_in(const struct walk *walk, const double *values, double *drawn)
{
    size_t ends = ends_of(walk->test), i;
    double *sorted = walk->largest; /* not in use yet */

    memcpy(sorted, values, walk->runs * sizeof *sorted);
    sample_sort(sorted, walk->runs);
    for (i = 0; i < walk->runs; i++)
        drawn[i] = fmin(fmax(values[i], sorted[ends]), sorted[walk->runs - 1 - ends]);
}

static void centre(const struct walk *walk, size_t j, struct tested *column)
{
    double mean = 0;
    size_t i;

    draw_in(walk, walk->test->metrics[j].values, column->centred);
    for (i = 0; i < walk->runs; i++)
        mean += column->centred[i] / (double)walk->runs;
    for (i = 0; i < walk->runs; i++) {
        column->centred[i] -= mean;
        column->square_sum += column->centred[i] * column->centred[i];
    }
    column->offset = walk->test->metrics[j].effect / 4;
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
        centre(walk, j, &walk->columns[j]);
    observe(walk);
    test->exact = ways <= PERMUTATION_CAP + 0.5;
    (test->exact ? walk_all : walk_some)(walk);
    critical = critical_t(walk, alpha);
    for (j = 0; j < test->metric_count; j++) {
        test->metrics[j].p = (double)walk->columns[j].reached / (double)test->labellings;
        test->metrics[j].detectable =
            fmax(critical * walk->columns[j].scale, test->metrics[j].effect);
        test->metrics[j].holds = holds(walk, &walk->columns[j], critical);
    }
}

/* Where a side has no run there is one labelling, and it says nothing. */
static void say_nothing(struct permutation *test)
{
    size_t j;

    test->labellings = 1;
    test->exact = true;
    for (j = 0; j < test->metric_count; j++) {
        test->metrics[j].p = 1;
        test->metrics[j].detectable = INFINITY;
        test->metrics[j].holds = false;
    }
}

static int walk_labellings(struct permutation *test, double alpha)
{
    struct walk walk = {.test = test, .runs = test->base_count + test->new_count};
    double *centred = calloc(walk.runs * test->metric_count + 1, sizeof *centred);
    size_t j;
    int rc = TP_ERR_NOMEM;

    test->labellings = 0;
    walk.columns = calloc(test->metric_count + 1, sizeof *walk.columns);
    walk.picked = calloc(walk.runs + 1, sizeof *walk.picked);
    walk.largest = calloc(PERMUTATION_CAP + walk.runs, sizeof *walk.largest);
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

int permutation_test(struct permutation *test, double alpha)
{
    if (test->base_count > 0 && test->new_count > 0)
        return walk_labellings(test, alpha);
    say_nothing(test);
    return TP_OK;
}
