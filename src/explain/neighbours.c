/* neighbours.c: which connections of a recording share a queue.
 *
 * The round trips of those that wait in one queue rise and fall together, whatever each of them
 * does (Rubenstein, Kurose, Towsley: Detecting Shared Congestion of Flows Via End-to-end
 * Measurement, 2002, correlate delays for that). Only changes from step to step are compared, so
 * that two that begin together and fill queues of their own are not taken for neighbours, and only
 * by rank, so that one moment in which a machine stood still does not decide. Two
 * equal ones that begin together keep in step behind links of their own, too: so they must take
 * turns at one rate as well (shared_rate.c).
 */
#include <math.h>
#include <stdlib.h>

#include "explain/case.h"

#define STEP_NS   INT64_C(100000000)
#define STEPS_MIN 30
#define STEPS_MAX 600
#define TOGETHER  0.4 /* rank correlation at least ... */
/* ... and so many standard deviations of that of changes that have nothing to do with each other,
 * which is 1 / sqrt(steps - 1). */
#define DEVIATIONS 4
#define QUEUED_PART                                                                                \
    0.25 /* so much of its time each of them waited for a full path: a rule of thumb */
#define LOOKED_MAX 256 /* of a recording of very many each is held against so many */

struct course {
    const struct tp_series *series;
    uint32_t bin;
};

struct step_change {
    double by;
    uint32_t step;
};

static bool is_queued(const struct tp_flow *flow, unsigned end, enum tp_origin origin)
{
    struct tp_account account;

    return tp_flow_account(flow, end, origin, &account) &&
           (double)account.time_ns[TP_WAIT_PATH] >=
               QUEUED_PART * (double)tp_account_whole(&account);
}

/* The mean of a step; negative: there is no sample in it. */
static double mean_within(struct course *course, int64_t begin_ns, int64_t end_ns)
{
    const struct tp_series *series = course->series;
    double sum = 0;
    uint64_t count = 0;

    while (course->bin < series->count && series->bins[course->bin].t_ns < begin_ns)
        course->bin++;
    for (; course->bin < series->count && series->bins[course->bin].t_ns < end_ns; course->bin++) {
        sum += series->bins[course->bin].sum;
        count += series->bins[course->bin].count;
    }
    return count ? sum / (double)count : -1;
}

static int by_size(const void *left, const void *right)
{
    const struct step_change *a = left, *b = right;

    return (a->by > b->by) - (a->by < b->by);
}

static void rank(struct step_change *changes, uint32_t count, double *ranks)
{
    qsort(changes, count, sizeof *changes, by_size);
    for (uint32_t i = 0, j; i < count; i = j) {
        for (j = i; j < count && changes[j].by <= changes[i].by;)
            j++;
        for (uint32_t k = i; k < j; k++) /* equals share theirs */
            ranks[changes[k].step] = (double)(i + j - 1) / 2;
    }
}

/* Spearman's: of ranks 0 to count - 1. */
static double correlation(const double *one, const double *other, uint32_t count)
{
    double middle = ((double)count - 1) / 2, both = 0, of_one = 0, of_other = 0;

    for (uint32_t i = 0; i < count; i++) {
        both += (one[i] - middle) * (other[i] - middle);
        of_one += (one[i] - middle) * (one[i] - middle);
        of_other += (other[i] - middle) * (other[i] - middle);
    }
    return of_one > 0 && of_other > 0 ? both / sqrt(of_one * of_other) : 0;
}

/* Fills changes of both in the steps in which both have samples; how many. */
static uint32_t changes_of(struct course *one, struct course *other, struct step_change *of_one,
                           struct step_change *of_other)
{
    const struct tp_bin *a = one->series->bins, *b = other->series->bins;
    int64_t begin_ns = a->t_ns > b->t_ns ? a->t_ns : b->t_ns;
    int64_t a_ns = a[one->series->count - 1].end_ns, b_ns = b[other->series->count - 1].end_ns;
    int64_t end_ns = a_ns < b_ns ? a_ns : b_ns;
    double before_one = -1, before_other = -1, now_one, now_other;
    uint32_t count = 0;

    for (; begin_ns + STEP_NS <= end_ns && count < STEPS_MAX; begin_ns += STEP_NS) {
        now_one = mean_within(one, begin_ns, begin_ns + STEP_NS);
        now_other = mean_within(other, begin_ns, begin_ns + STEP_NS);
        if (before_one >= 0 && before_other >= 0 && now_one >= 0 && now_other >= 0) {
            of_one[count] = (struct step_change){now_one - before_one, count};
            of_other[count] = (struct step_change){now_other - before_other, count};
            count++;
        }
        before_one = now_one;
        before_other = now_other;
    }
    return count;
}

static double together(const struct tp_series *one, const struct tp_series *other, uint32_t *steps)
{
    struct step_change of_one[STEPS_MAX], of_other[STEPS_MAX];
    double rank_one[STEPS_MAX], rank_other[STEPS_MAX];
    struct course courses[2] = {{one, 0}, {other, 0}};

    *steps = changes_of(&courses[0], &courses[1], of_one, of_other);
    if (*steps < STEPS_MIN)
        return 0;
    rank(of_one, *steps, rank_one);
    rank(of_other, *steps, rank_other);
    return correlation(rank_one, rank_other, *steps);
}

static const struct tp_series *acked_of(const struct tp_case *of, const struct tp_flow *flow,
                                        unsigned end)
{
    const struct tp_series *acked =
        tp_flow_series(flow, end, case_by_kernel(of) ? TP_METRIC_ACKED : TP_METRIC_WIRE_ACKED);

    return acked && acked->count ? acked : NULL;
}

struct case_neighbours case_neighbours(const struct tp_case *of)
{
    enum tp_origin origin = (enum tp_origin)of->told->origin;
    enum tp_metric_id metric = case_by_kernel(of) ? TP_METRIC_SRTT : TP_METRIC_WIRE_SRTT;
    const struct tp_flow *own = of->sheet->flow;
    const struct tp_series *course = case_series(of, metric), *other_course;
    const struct tp_series *acked[LOOKED_MAX + 1] = {NULL};
    struct case_neighbours found = {0, 0, 0, 0};
    const struct tp_flow *const *flows;
    size_t count, looked = 0;
    uint32_t steps;

    if (of->told->origin >= TP_ORIGINS || !course || !is_queued(own, of->end, origin) ||
        !(acked[0] = acked_of(of, own, of->end)))
        return found;
    flows = tp_analysis_flows(of->sheet->analysis, &count);
    for (size_t i = 0; i < count && looked < LOOKED_MAX; i++) {
        unsigned end = tp_flow_bulk_end(flows[i]);
        const struct tp_series *other_acked = acked_of(of, flows[i], end);
        double how;

        other_course = tp_flow_series(flows[i], end, metric);
        if (flows[i] == own || flows[i]->key.timeline != own->key.timeline || !other_course ||
            !other_course->count || !other_acked || !is_queued(flows[i], end, origin))
            continue;
        looked++;
        how = together(course, other_course, &steps);
        if (how < TOGETHER || how * sqrt((double)steps - 1) < DEVIATIONS)
            continue;
        acked[++found.count] = other_acked;
        if (found.count == 1 || how > found.together) {
            found.id = flows[i]->id;
            found.together = how;
            found.steps = steps;
        }
    }
    if (!found.count || !case_share_rate(acked, found.count + 1))
        found.count = 0;
    return found;
}
