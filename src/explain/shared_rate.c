/* shared_rate.c: do connections take turns at the rate of one link?
 *
 * Round trips alone do not tell two equal links from one, where two equal senders began together:
 * each fills its own in step with the other. Rates do. What fills a link of its own is acknowledged
 * at that link's rate as long as the queue stands. What shares one takes now more, now less of it,
 * and what one takes another leaves: of all together the rate varies much less than that of each.
 */
#include <stdlib.h>

#include "explain/case.h"

#define STEP_NS    INT64_C(200000000)
#define STEP_BINS  16 /* a bin at the border of two steps may be in either */
#define STEPS_MIN  20
#define STEPS_MAX  600
#define VARIES     0.08 /* interquartile range by the median: chosen by recordings, as is ... */
#define LEAST_PART 0.5  /* ... that of all together, as a part of that of one */

/* Sorts them. */
static double spread(double *numbers, uint32_t count)
{
    qsort(numbers, count, sizeof *numbers, case_by_number);
    return numbers[count / 2] > 0
               ? (numbers[count * 3 / 4] - numbers[count / 4]) / numbers[count / 2]
               : 0;
}

struct rate_steps {
    int64_t begin_ns, step_ns;
    uint32_t count;
};

static struct rate_steps steps_of(const struct tp_series *const *acked, uint32_t count)
{
    const struct tp_series *own = acked[0];
    struct rate_steps steps = {.begin_ns = own->bins[0].t_ns, .step_ns = STEP_NS};
    int64_t length_ns = own->bins[own->count - 1].end_ns - steps.begin_ns;

    for (uint32_t i = 0; i < count; i++)
        if (STEP_BINS * case_widest_bin_ns(acked[i]) > steps.step_ns)
            steps.step_ns = STEP_BINS * case_widest_bin_ns(acked[i]);
    steps.count =
        length_ns / steps.step_ns < STEPS_MAX ? (uint32_t)(length_ns / steps.step_ns) : STEPS_MAX;
    return steps;
}

static void add_bytes(const struct rate_steps *steps, const struct tp_series *acked, double *bytes)
{
    int64_t step;

    for (uint32_t i = 0; i < acked->count; i++) {
        if (acked->bins[i].t_ns < steps->begin_ns)
            continue;
        step = (acked->bins[i].t_ns - steps->begin_ns) / steps->step_ns;
        if (step >= steps->count)
            return;
        bytes[step] += acked->bins[i].sum;
    }
}

bool case_share_rate(const struct tp_series *const *acked, uint32_t count)
{
    double own[STEPS_MAX] = {0}, all[STEPS_MAX] = {0}, of_one;
    struct rate_steps steps = steps_of(acked, count);

    if (steps.count < STEPS_MIN)
        return false;
    add_bytes(&steps, acked[0], own);
    for (uint32_t i = 0; i < count; i++)
        add_bytes(&steps, acked[i], all);
    of_one = spread(own, steps.count);
    return of_one >= VARIES && spread(all, steps.count) <= LEAST_PART * of_one;
}
