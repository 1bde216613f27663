/* environment.c: what the runs of both sides were made with. */
#include <stddef.h>
#include <string.h>

#include "compare/environment.h"

static const struct {
    const char *name;
    size_t member; /* of struct tp_run, a text */
} environments[TP_ENVIRONMENTS] = {
    [TP_ENVIRONMENT_KERNEL] = {"kernel", offsetof(struct tp_run, kernel)},
    [TP_ENVIRONMENT_CONGESTION_CONTROL] = {"congestion control",
                                           offsetof(struct tp_run, congestion_control)},
    [TP_ENVIRONMENT_CLOCK] = {"clock", offsetof(struct tp_run, clock)},
};

const char *tp_environment_name(enum tp_environment what)
{
    return environments[what].name;
}

const char *run_environment(const struct tp_run *run, enum tp_environment what)
{
    return *(char *const *)((const char *)run + environments[what].member);
}

static size_t count_of(const struct tp_run *runs, size_t count, enum tp_environment what,
                       const char *name)
{
    const char *other;
    size_t i, found = 0;

    for (i = 0; i < count; i++) {
        other = run_environment(&runs[i], what);
        found += other && strcmp(other, name) == 0;
    }
    return found;
}

/* What most of them have, the first of several; *others have another. */
static const char *most_of(const struct tp_run *runs, size_t count, enum tp_environment what,
                           size_t *others)
{
    size_t i, with, most = 0, known = 0;
    const char *name, *best = NULL;

    for (i = 0; i < count; i++) {
        name = run_environment(&runs[i], what);
        known += name != NULL;
        with = name ? count_of(runs, count, what, name) : 0;
        if (with > most) {
            most = with;
            best = name;
        }
    }
    *others = known - most;
    return best;
}

void set_environment(struct tp_comparison *comparison)
{
    struct tp_compare_environment *to = comparison->environment;
    unsigned what;

    for (what = 0; what < TP_ENVIRONMENTS; what++, to++) {
        to->base = most_of(comparison->base, comparison->base_runs, (enum tp_environment)what,
                           &to->base_others);
        to->fresh = most_of(comparison->fresh, comparison->new_runs, (enum tp_environment)what,
                            &to->new_others);
    }
}
