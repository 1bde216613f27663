/* operating.c: the operating characteristics of a comparison: operating DRAWS BASE.json
 * OTHER.json...
 *
 * Baselines hold one summary a run: runs are drawn from them without replacement, from a fixed
 * sequence, and compared DRAWS times; where no more than DRAWS comparisons exist (20 runs are 19
 * against 1 in 20 ways), each of these is made once. Of runs of the same kind any CHANGED is a
 * false alarm. A line of words for each kind, design and verdict, for scripts/validate and
 * tests/bats:
 *
 *     same KIND 5v5 COMPARISONS changed undecided not-comparable
 *     other KIND 5v5 COMPARISONS changed undecided not-comparable
 *     shuffled KIND 5v5 COMPARISONS changed undecided not-comparable
 *     metric KIND 5v5 NAME changed
 *     least KIND 5v5 NAME percent
 *
 * shuffled: half of either side are BASE's runs and half KIND's, labelled by chance. metric: how
 * often it was among what changed. least: the mean of the least shift that would have been found.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/compare.h>

#include "kinds.h"

/* What is run in practice; 19 against 1 where there are not runs enough for 20 against 1. */
static const struct {
    size_t base, fresh;
} designs[] = {{5, 5}, {10, 2}, {10, 3}, {19, 1}, {20, 1}};

struct tally {
    unsigned verdict[TP_NOT_COMPARABLE + 1];
    unsigned metric[TP_COMPARE_IDS];
    double least[TP_COMPARE_IDS]; /* sums, in percent */
};

static void count(struct tally *tally, const struct tp_run *base, size_t base_count,
                  const struct tp_run *fresh, size_t new_count)
{
    struct tp_comparison comparison;
    const struct tp_compare_row *row;
    size_t role;
    unsigned metric;

    if (tp_compare(&comparison, base, base_count, fresh, new_count, NULL, NULL) < 0)
        exit(EXIT_FAILURE);
    tally->verdict[comparison.verdict]++;
    for (role = 0; role < comparison.role_count; role++)
        for (metric = 0; metric < TP_COMPARE_IDS; metric++) {
            row = &comparison.roles[role].rows[metric];
            tally->metric[metric] +=
                comparison.roles[role].verdict == TP_CHANGED && row->change != TP_CHANGE_NONE;
            if (row->tested && row->base > 0)
                tally->least[metric] += 100 * row->detectable / row->base;
        }
    tp_comparison_release(&comparison);
}

static void say(const struct tally *tally, const char *what, const char *name, size_t base,
                size_t fresh, unsigned draws)
{
    unsigned metric;

    printf("%s %s %zuv%zu %u %u %u %u\n", what, name, base, fresh, draws,
           tally->verdict[TP_CHANGED], tally->verdict[TP_UNDECIDED],
           tally->verdict[TP_NOT_COMPARABLE]);
    for (metric = 0; metric < TP_COMPARE_IDS; metric++)
        if (tally->metric[metric])
            printf("metric %s %zuv%zu %s %u\n", name, base, fresh, tp_compare_metrics[metric].name,
                   tally->metric[metric]);
    for (metric = 0; metric < TP_COMPARE_IDS && strcmp(what, "same") == 0; metric++)
        if (tally->least[metric] > 0)
            printf("least %s %zuv%zu %s %.3g\n", name, base, fresh, tp_compare_metrics[metric].name,
                   tally->least[metric] / draws);
}

/* --- every comparison ---------------------------------------------------------------------------
 */

enum { ON_BASE, ON_NEW, ON_NEITHER };

/* Which side each run of a kind is on, in one of the orders that there are. */
struct sides {
    unsigned char on[TP_RUNS_MAX];
    size_t count;
};

static struct sides first_sides(size_t count, size_t base, size_t fresh)
{
    struct sides sides = {.count = count};
    size_t i;

    for (i = 0; i < count; i++)
        sides.on[i] = i < base ? ON_BASE : i < base + fresh ? ON_NEW : ON_NEITHER;
    return sides;
}

static void reverse(unsigned char *from, unsigned char *to)
{
    unsigned char swapped;

    for (; from < --to; from++) {
        swapped = *from;
        *from = *to;
        *to = swapped;
    }
}

/* The next order of the alphabet; false after the last. */
static bool next_sides(struct sides *sides)
{
    unsigned char *on = sides->on, swapped;
    size_t last = sides->count, other;

    if (last < 2)
        return false;
    for (last -= 1; last > 0 && on[last - 1] >= on[last]; last--)
        ;
    if (last == 0)
        return false;
    for (other = sides->count - 1; on[other] <= on[last - 1]; other--)
        ;
    swapped = on[last - 1];
    on[last - 1] = on[other];
    on[other] = swapped;
    reverse(on + last, on + sides->count);
    return true;
}

/* How many ways there are to take so many of them. */
static double ways(size_t count, size_t taken)
{
    double ways = 1;
    size_t i;

    for (i = 0; i < taken; i++)
        ways *= (double)(count - i) / (double)(i + 1);
    return ways;
}

/* The runs of one side behind each other; returns how many. */
static size_t take(const struct kind *kind, const struct sides *sides, unsigned char side,
                   struct tp_run *to)
{
    size_t i, taken = 0;

    for (i = 0; i < sides->count; i++)
        if (sides->on[i] == side)
            to[taken++] = kind->runs.runs[i];
    return taken;
}

static void count_sides(struct tally *tally, const struct kind *base_kind,
                        const struct sides *base_sides, const struct kind *new_kind,
                        const struct sides *new_sides)
{
    struct tp_run *base = calloc(base_sides->count + 1, sizeof *base);
    struct tp_run *fresh = calloc(new_sides->count + 1, sizeof *fresh);
    size_t base_count = take(base_kind, base_sides, ON_BASE, base);
    size_t new_count = take(new_kind, new_sides, ON_NEW, fresh);

    count(tally, base, base_count, fresh, new_count);
    free(base);
    free(fresh);
}

static void every_same(const struct kind *kind, size_t base, size_t fresh)
{
    struct sides sides = first_sides(kind->runs.count, base, fresh);
    struct tally tally = {{0}, {0}, {0}};
    unsigned made = 0;

    do {
        count_sides(&tally, kind, &sides, kind, &sides);
        made++;
    } while (next_sides(&sides));
    say(&tally, "same", kind->name, base, fresh, made);
}

static void every_other(const struct kind *base_kind, const struct kind *new_kind, size_t base,
                        size_t fresh)
{
    struct sides of_base = first_sides(base_kind->runs.count, base, 0), of_new;
    struct tally tally = {{0}, {0}, {0}};
    unsigned made = 0;

    do {
        of_new = first_sides(new_kind->runs.count, 0, fresh);
        do {
            count_sides(&tally, base_kind, &of_base, new_kind, &of_new);
            made++;
        } while (next_sides(&of_new));
    } while (next_sides(&of_base));
    say(&tally, "other", new_kind->name, base, fresh, made);
}

/* --- draws --------------------------------------------------------------------------------------
 */

/* Both sides from runs of one kind. */
static void same(const struct kind *kind, size_t base, size_t fresh, unsigned draws)
{
    size_t total = kind->runs.count;
    struct tally tally = {{0}, {0}, {0}};
    uint64_t state = 1;
    unsigned i;

    if (base + fresh > total)
        return;
    if (ways(total, base) * ways(total - base, fresh) <= draws) {
        every_same(kind, base, fresh);
        return;
    }
    for (i = 0; i < draws; i++) {
        draw_runs(kind->runs.runs, kind->runs.count, 0, base + fresh, &state);
        count(&tally, kind->runs.runs, base, kind->runs.runs + base, fresh);
    }
    say(&tally, "same", kind->name, base, fresh, draws);
}

/* One side from each kind. */
static void other(const struct kind *base_kind, const struct kind *new_kind, size_t base,
                  size_t fresh, unsigned draws)
{
    struct tally tally = {{0}, {0}, {0}};
    uint64_t state = 2;
    unsigned i;

    if (base > base_kind->runs.count || fresh > new_kind->runs.count)
        return;
    if (ways(base_kind->runs.count, base) * ways(new_kind->runs.count, fresh) <= draws) {
        every_other(base_kind, new_kind, base, fresh);
        return;
    }
    for (i = 0; i < draws; i++) {
        draw_runs(base_kind->runs.runs, base_kind->runs.count, 0, base, &state);
        draw_runs(new_kind->runs.runs, new_kind->runs.count, 0, fresh, &state);
        count(&tally, base_kind->runs.runs, base, new_kind->runs.runs, fresh);
    }
    say(&tally, "other", new_kind->name, base, fresh, draws);
}

/* Runs of two kinds that know nothing of which side they are on. */
static void shuffled(const struct kind *base_kind, const struct kind *new_kind, size_t base,
                     size_t fresh, unsigned draws)
{
    size_t half = (base + fresh + 1) / 2, rest = base + fresh - half, i;
    struct tp_run *mixed;
    struct tally tally = {{0}, {0}, {0}};
    uint64_t state = 3;
    unsigned n;

    if (half > base_kind->runs.count || rest > new_kind->runs.count)
        return;
    mixed = calloc(base + fresh, sizeof *mixed);
    for (n = 0; n < draws; n++) {
        draw_runs(base_kind->runs.runs, base_kind->runs.count, 0, half, &state);
        draw_runs(new_kind->runs.runs, new_kind->runs.count, 0, rest, &state);
        for (i = 0; i < base + fresh; i++)
            mixed[i] = i < half ? base_kind->runs.runs[i] : new_kind->runs.runs[i - half];
        draw_runs(mixed, base + fresh, 0, base + fresh, &state);
        count(&tally, mixed, base, mixed + base, fresh);
    }
    say(&tally, "shuffled", new_kind->name, base, fresh, draws);
    free(mixed);
}

int main(int argc, char **argv)
{
    struct kind kinds[KINDS_MAX] = {{.name = NULL}};
    unsigned draws = argc > 2 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
    size_t kind_count, i, d;

    if (!draws || argc - 2 > KINDS_MAX) {
        fprintf(stderr, "usage: operating DRAWS BASE.json OTHER.json...\n");
        return 2;
    }
    kind_count = (size_t)argc - 2;
    if (kinds_load(kinds, argv + 2, kind_count) < 0)
        return 2;
    for (d = 0; d < sizeof designs / sizeof *designs; d++)
        for (i = 0; i < kind_count; i++) {
            same(&kinds[i], designs[d].base, designs[d].fresh, draws);
            if (i > 0) {
                other(&kinds[0], &kinds[i], designs[d].base, designs[d].fresh, draws);
                shuffled(&kinds[0], &kinds[i], designs[d].base, designs[d].fresh, draws);
            }
        }
    kinds_release(kinds, kind_count);
    return 0;
}
