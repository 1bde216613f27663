/* note.c: what the reader of a comparison should know, and what does not forbid it. */
#include <stdio.h>
#include <string.h>

#include "compare/decide.h"

/* The kernels of one side. */
struct kernels {
    const char *first; /* NULL: none is known */
    bool mixed;
};

static struct kernels kernels_of(const struct tp_run *runs, size_t count)
{
    struct kernels kernels = {NULL, false};
    size_t i;

    for (i = 0; i < count; i++) {
        if (!runs[i].kernel)
            continue;
        if (!kernels.first)
            kernels.first = runs[i].kernel;
        kernels.mixed |= strcmp(kernels.first, runs[i].kernel) != 0;
    }
    return kernels;
}

/* Baseline files may come from anywhere. */
static void make_printable(char *text)
{
    for (; *text; text++)
        if (*text < 0x20 || *text > 0x7e)
            *text = '?';
}

void note_kernels(struct tp_comparison *comparison)
{
    struct kernels base = kernels_of(comparison->base, comparison->base_runs);
    struct kernels fresh = kernels_of(comparison->fresh, comparison->new_runs);
    bool differ = base.first && fresh.first && strcmp(base.first, fresh.first) != 0;

    if (!differ && !base.mixed && !fresh.mixed)
        return;
    snprintf(comparison->note, sizeof comparison->note,
             "the runs are of different kernels: base %.65s%s, new %.65s%s",
             base.first ? base.first : "unknown", base.mixed ? " and others" : "",
             fresh.first ? fresh.first : "unknown", fresh.mixed ? " and others" : "");
    make_printable(comparison->note);
}
