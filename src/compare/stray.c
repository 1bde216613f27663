/* stray.c: each run against the middle of its side and the spread of all. */
#include <math.h>

#include "compare/sample.h"
#include "compare/stray.h"

#define NORMAL_PER_MEDIAN 1.4826 /* standard deviations in a median of distances */
#define SIDE_MIN          4      /* runs, to say where the middle of a side is */

/* The runs of one side. */
struct side {
    size_t from, count;
};

/* How many of them may be suspect, and it is still they and not the side. */
static size_t few_of(size_t count)
{
    return count < 2 ? 0 : count < 8 ? 1 : count / 4;
}

static struct side side_of(const struct stray_sample *sample, size_t run)
{
    return run < sample->base_count ? (struct side){0, sample->base_count}
                                    : (struct side){sample->base_count, sample->new_count};
}

static double median_of(const struct stray_sample *sample, struct side side)
{
    return sample_median(sample->values + side.from, side.count, sample->scratch);
}

double stray_middle(const struct stray_sample *sample, size_t run)
{
    const struct side both = {0, sample->base_count + sample->new_count};
    struct side side = side_of(sample, run);

    return median_of(sample, side.count < SIDE_MIN ? both : side);
}

/* Fills the distances from `middle`. */
static void measure(const struct stray_sample *sample, struct side side, double middle,
                    double *distances)
{
    size_t i;

    for (i = side.from; i < side.from + side.count; i++)
        distances[i] = fabs(sample->values[i] - middle);
}

static double scale_of(const struct stray_sample *sample, struct side base, struct side fresh)
{
    size_t count = base.count + fresh.count;
    double *distances = sample->scratch + count;

    measure(sample, base, median_of(sample, base), distances);
    measure(sample, fresh, median_of(sample, fresh), distances);
    return NORMAL_PER_MEDIAN * sample_median(distances, count, sample->scratch) +
           sample->effect / 4;
}

static void measure_side(const struct stray_sample *sample, struct side side, double scale,
                         double *distances)
{
    size_t i, suspects = 0;

    measure(sample, side, stray_middle(sample, side.from), distances);
    for (i = side.from; i < side.from + side.count; i++) {
        distances[i] /= scale;
        suspects += distances[i] >= STRAY_SUSPECT;
    }
    for (i = side.from; i < side.from + side.count && suspects > few_of(side.count); i++)
        distances[i] = 0;
}

void stray_distances(const struct stray_sample *sample, double *distances)
{
    struct side base = side_of(sample, 0), fresh = side_of(sample, sample->base_count);
    double scale = scale_of(sample, base, fresh);

    measure_side(sample, base, scale, distances);
    measure_side(sample, fresh, scale, distances);
}
