/* sample.c: gathers values of runs, and says when a difference matters. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/sample.h"

/* A difference of exactly the threshold reaches it, whatever the last bits say. */
#define ROUNDING 1e-9

const struct tp_run_role *run_role(const struct tp_run *run, const char *name)
{
    size_t i;

    for (i = 0; i < run->role_count; i++)
        if (strcmp(run->roles[i].name, name) == 0)
            return &run->roles[i];
    return NULL;
}

static size_t gather_side(const struct tp_run *runs, size_t count, const char *name,
                          enum tp_compare_id metric, double *room)
{
    const struct tp_run_role *role;
    size_t i, found = 0;

    for (i = 0; i < count; i++) {
        role = run_role(&runs[i], name);
        if (role && fabs(role->value[metric]) <= SAMPLE_MAX)
            room[found++] = role->value[metric];
    }
    return found;
}

struct sample sample_gather(const struct tp_comparison *comparison, const char *role,
                            enum tp_compare_id metric, double *room)
{
    struct sample sample = {.values = room};

    sample.base_count = gather_side(comparison->base, comparison->base_runs, role, metric, room);
    sample.new_count = gather_side(comparison->fresh, comparison->new_runs, role, metric,
                                   room + sample.base_count);
    return sample;
}

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

void sample_sort(double *values, size_t count)
{
    qsort(values, count, sizeof *values, ascending);
}

double sample_median(const double *values, size_t count, double *scratch)
{
    if (count == 0)
        return NAN;
    memcpy(scratch, values, count * sizeof *scratch);
    sample_sort(scratch, count);
    return (scratch[(count - 1) / 2] + scratch[count / 2]) / 2;
}

double sample_threshold(double base, double relative, double absolute)
{
    return fmax(relative * fabs(base), absolute);
}

bool sample_reaches(double base, double fresh, double relative, double absolute)
{
    double apart = fabs(fresh - base);

    return apart > 0 && apart >= sample_threshold(base, relative, absolute) * (1 - ROUNDING);
}
