/* strays.c: what one stray run does to a comparison: strays DRAWS BASE.json OTHER.json...
 *
 * Runs are drawn from baselines as in operating.c, and one of them is made a stray: all that is
 * measured of it is scaled, or it is a run of another kind. A line of words for each side that has
 * the stray, kind of stray, kind of the new runs and design, for scripts/validate and tests/bats:
 *
 *     other base x1.1 KIND 5v5 DRAWS changed undecided not-comparable named
 *     same new run KIND 10v3 DRAWS changed undecided not-comparable named
 *
 * other: the base is of BASE, the new runs are of KIND. same: both are of KIND, and any CHANGED is
 * a false alarm. named: how often runs of that side were said to lie apart.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/compare.h>

#include "kinds.h"

#define RUNS_MAX 32

static const struct {
    size_t base, fresh;
} designs[] = {{5, 5}, {10, 2}, {10, 3}, {17, 3}, {19, 1}, {20, 1}};

/* 0: a run of another kind in its place. */
static const struct {
    const char *name;
    double by;
} hows[] = {{"x1.1", 1.1}, {"x1.2", 1.2}, {"x1.5", 1.5}, {"x2", 2}, {"x3", 3}, {"run", 0}};

/* The kinds that there are, and what is drawn from two of them. */
struct setting {
    const struct kind *kinds;
    size_t kind_count;
    const struct kind *base_kind, *new_kind;
    size_t base, fresh;
    bool in_new;
    size_t how;
};

static bool is_same(const struct setting *setting)
{
    return setting->base_kind == setting->new_kind;
}

/* What its side is not. */
static struct tp_run other_run(const struct setting *setting, uint64_t *state)
{
    const struct kind *own = setting->in_new ? setting->new_kind : setting->base_kind, *kind;

    do
        kind = &setting->kinds[(size_t)(made_random(state) * (double)setting->kind_count)];
    while (kind == own);
    return kind->runs.runs[(size_t)(made_random(state) * (double)kind->runs.count)];
}

/* room: of a role, for its numbers. */
static struct tp_run stray_of(const struct setting *setting, const struct tp_run *run,
                              struct tp_run_role *room, uint64_t *state)
{
    struct tp_run stray = *run;
    int metric;

    if (hows[setting->how].by == 0)
        return other_run(setting, state);
    *room = run->roles[0];
    for (metric = 0; metric < TP_COMPARE_IDS; metric++)
        if (tp_compare_metrics[metric].kind != TP_COMPARE_PATH)
            room->value[metric] *= hows[setting->how].by;
    stray.roles = room;
    stray.role_count = 1;
    return stray;
}

static void draw_sides(const struct setting *setting, struct tp_run *runs, uint64_t *state)
{
    struct tp_run *base = setting->base_kind->runs.runs, *fresh = setting->new_kind->runs.runs;
    bool same = is_same(setting);

    draw_runs(base, setting->base_kind->runs.count, 0, setting->base + (same ? setting->fresh : 0),
              state);
    if (!same)
        draw_runs(fresh, setting->new_kind->runs.count, 0, setting->fresh, state);
    memcpy(runs, base, setting->base * sizeof *runs);
    memcpy(runs + setting->base, fresh + (same ? setting->base : 0), setting->fresh * sizeof *runs);
}

static bool is_named(const struct tp_comparison *comparison, bool in_new)
{
    const struct tp_compare_role *role = tp_comparison_decider(comparison);

    return role && (in_new ? role->new_stray.count : role->base_stray.count) > 0;
}

static void measure(const struct setting *setting, unsigned draws)
{
    unsigned verdicts[TP_NOT_COMPARABLE + 1] = {0}, named = 0, i;
    size_t at = setting->in_new ? setting->base : 0;
    struct tp_comparison comparison;
    struct tp_run runs[RUNS_MAX];
    struct tp_run_role room;
    uint64_t state = 4;

    for (i = 0; i < draws; i++) {
        draw_sides(setting, runs, &state);
        runs[at] = stray_of(setting, &runs[at], &room, &state);
        if (tp_compare(&comparison, runs, setting->base, runs + setting->base, setting->fresh, NULL,
                       NULL) < 0)
            exit(EXIT_FAILURE);
        verdicts[comparison.verdict]++;
        named += is_named(&comparison, setting->in_new);
        tp_comparison_release(&comparison);
    }
    printf("%s %s %s %s %zuv%zu %u %u %u %u %u\n", is_same(setting) ? "same" : "other",
           setting->in_new ? "new" : "base", hows[setting->how].name, setting->new_kind->name,
           setting->base, setting->fresh, draws, verdicts[TP_CHANGED], verdicts[TP_UNDECIDED],
           verdicts[TP_NOT_COMPARABLE], named);
}

/* Both sides of the same kind, if it has runs enough, and one of each. */
static void measure_kind(struct setting setting, const struct kind *kind, unsigned draws)
{
    setting.new_kind = kind;
    if (setting.base <= setting.base_kind->runs.count && setting.fresh <= kind->runs.count &&
        kind != setting.base_kind)
        measure(&setting, draws);
    setting.base_kind = kind;
    if (setting.base + setting.fresh <= kind->runs.count)
        measure(&setting, draws);
}

int main(int argc, char **argv)
{
    struct kind kinds[KINDS_MAX] = {{.name = NULL}};
    unsigned draws = argc > 3 ? (unsigned)strtoul(argv[1], NULL, 10) : 0, side;
    struct setting setting = {.kinds = kinds, .base_kind = kinds};
    size_t design, i;

    if (!draws || argc - 2 > KINDS_MAX) {
        fprintf(stderr, "usage: strays DRAWS BASE.json OTHER.json...\n");
        return 2;
    }
    setting.kind_count = (size_t)argc - 2;
    if (kinds_load(kinds, argv + 2, setting.kind_count) < 0)
        return 2;
    for (design = 0; design < sizeof designs / sizeof *designs; design++)
        for (side = 0; side < 2; side++)
            for (setting.how = 0; setting.how < sizeof hows / sizeof *hows; setting.how++)
                for (i = 0; i < setting.kind_count; i++) {
                    setting.base = designs[design].base;
                    setting.fresh = designs[design].fresh;
                    setting.in_new = side == 1;
                    measure_kind(setting, &kinds[i], draws);
                }
    kinds_release(kinds, setting.kind_count);
    return 0;
}
