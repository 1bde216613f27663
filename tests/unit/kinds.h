/* kinds.h: kinds of runs, each from a baseline file, and runs drawn from them, for the programs
 * that measure what a comparison does (operating, strays). */
#ifndef TCPPROBE_TESTS_KINDS_H
#define TCPPROBE_TESTS_KINDS_H

#include "run_maker.h"

#define KINDS_MAX 64

struct kind {
    char *name; /* of its file, without .json */
    struct tp_baseline runs;
};

/* Loads `count` of them; -1 after saying why not. Free them with kinds_release() in either case. */
static inline int kinds_load(struct kind *kinds, char *const *paths, size_t count)
{
    struct tp_error error = TP_ERROR_INIT;
    const char *slash;
    char text[512];
    size_t i;

    for (i = 0; i < count; i++) {
        if (tp_baseline_read(&kinds[i].runs, paths[i], &error) < 0) {
            tp_error_format(&error, text, sizeof text);
            fprintf(stderr, "%s\n", text);
            return -1;
        }
        slash = strrchr(paths[i], '/');
        kinds[i].name = strdup(slash ? slash + 1 : paths[i]);
        if (strlen(kinds[i].name) > strlen(".json"))
            kinds[i].name[strlen(kinds[i].name) - strlen(".json")] = '\0';
    }
    return 0;
}

static inline void kinds_release(struct kind *kinds, size_t count)
{
    while (count-- > 0) {
        free(kinds[count].name);
        tp_baseline_release(&kinds[count].runs);
    }
}

/* `count` of the runs behind `from`, moved to the front of what is behind it. */
static inline void draw_runs(struct tp_run *runs, size_t total, size_t from, size_t count,
                             uint64_t *state)
{
    struct tp_run swapped;
    size_t i, other;

    for (i = from; i < from + count; i++) {
        other = i + (size_t)(made_random(state) * (double)(total - i));
        swapped = runs[i];
        runs[i] = runs[other];
        runs[other] = swapped;
    }
}

#endif
