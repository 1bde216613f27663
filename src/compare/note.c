/* note.c: what the reader of a comparison should know, and what does not forbid it: what the runs
 * were made with where that differs, single runs that are unlike the others, and numbers that are
 * the least of what they may be. Medians hide all three. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/phrase.h"
#include "base/units.h"
#include "compare/decide.h"
#include "compare/environment.h"
#include "compare/printable.h"

#define NOTE_BYTES 400
#define NAME_BYTES 64 /* of what a baseline file may call anything */

static int add_note(struct tp_comparison *comparison, char *text)
{
    char *note;

    for (char *at = text; *at; at++)
        *at = printable(*at);
    if (!TP_LIST_ONE_MORE(comparison->notes, comparison->note_count))
        return TP_ERR_NOMEM;
    note = strdup(text);
    if (!note)
        return TP_ERR_NOMEM;
    comparison->notes[comparison->note_count++] = note;
    return TP_OK;
}

/* --- what they were made with ----------------------------------------------------------------- */

/* "6.1.0", "6.1.0 (but 6.18.5 in run-3.log)", "6.1.0 (but others in 3 of 10 runs)" */
static void say_environment(struct tp_phrase *note, const struct tp_run *runs, size_t count,
                            enum tp_environment what, const char *most, size_t others)
{
    const char *name;
    size_t i;

    tp_phrase_add(note, "%.*s", NAME_BYTES, most ? most : "unknown");
    if (others > 1)
        tp_phrase_add(note, " (but others in %zu of %zu runs)", others, count);
    for (i = 0; others == 1 && i < count; i++) {
        name = run_environment(&runs[i], what);
        if (name && strcmp(name, most) != 0)
            tp_phrase_add(note, " (but %.*s in %.*s)", NAME_BYTES, name, NAME_BYTES, runs[i].name);
    }
}

static int note_environment(struct tp_comparison *comparison, enum tp_environment what)
{
    const struct tp_compare_environment *is = &comparison->environment[what];
    bool differ = is->base && is->fresh && strcmp(is->base, is->fresh) != 0;
    char text[NOTE_BYTES];
    struct tp_phrase note = tp_phrase_in(text, sizeof text);

    if (!differ && !is->base_others && !is->new_others)
        return TP_OK;
    tp_phrase_add(&note, "the runs are of different %ss: base ", tp_environment_name(what));
    say_environment(&note, comparison->base, comparison->base_runs, what, is->base,
                    is->base_others);
    tp_phrase_add(&note, ", new ");
    say_environment(&note, comparison->fresh, comparison->new_runs, what, is->fresh,
                    is->new_others);
    return add_note(comparison, text);
}

/* --- single runs ------------------------------------------------------------------------------ */

/* The runs of one side, in a metric of the path. */
struct strays {
    size_t known, away; /* that have it; that are not like the median */
    double least, most;
    const char *name; /* of one that is away */
};

static double value_of(const struct tp_run *run, const struct tp_compare_role *role,
                       enum tp_compare_id metric)
{
    const struct tp_run_role *in = run_role(run, role->name);

    return in && fabs(in->value[metric]) <= SAMPLE_MAX ? in->value[metric] : NAN;
}

static struct strays strays_of(const struct tp_run *runs, size_t count,
                               const struct tp_compare_role *role, const struct tp_compare_row *row,
                               double median)
{
    struct strays strays = {.least = INFINITY, .most = -INFINITY};
    double value;
    size_t i;

    for (i = 0; i < count; i++) {
        value = value_of(&runs[i], role, row->metric);
        if (isnan(value))
            continue;
        strays.known++;
        strays.least = fmin(strays.least, value);
        strays.most = fmax(strays.most, value);
        if (!sample_reaches(median, value, row->relative, row->absolute))
            continue;
        strays.away++;
        strays.name = runs[i].name;
    }
    return strays;
}

static int note_strays(struct tp_comparison *comparison, const struct tp_run *runs, size_t count,
                       const struct tp_compare_role *role, const struct tp_compare_row *row,
                       double median, const char *side)
{
    const struct strays strays = strays_of(runs, count, role, row, median);
    const char *unit = tp_compare_unit(row->metric);
    char text[NOTE_BYTES], least[32], most[32];
    struct tp_phrase note = tp_phrase_in(text, sizeof text);

    if (!strays.away)
        return TP_OK;
    tp_units_si(strays.least, least, sizeof least);
    tp_units_si(strays.most, most, sizeof most);
    tp_phrase_add(&note, "%s runs of %.*s differ in %s: %s to %s%s%s", side, NAME_BYTES, role->name,
                  tp_compare_metrics[row->metric].name, least, most, unit[0] ? " " : "", unit);
    if (strays.known > 2 && strays.away == 1)
        tp_phrase_add(&note, ", %.*s is unlike the others", NAME_BYTES, strays.name);
    else if (strays.known > 2)
        tp_phrase_add(&note, ", %zu of %zu are unlike the others", strays.away, strays.known);
    return add_note(comparison, text);
}

static int note_role(struct tp_comparison *comparison, const struct tp_compare_role *role)
{
    const struct tp_compare_row *row;
    int rc = TP_OK;

    for (row = role->rows; rc == TP_OK && row < role->rows + TP_COMPARE_IDS; row++) {
        if (tp_compare_metrics[row->metric].kind != TP_COMPARE_PATH)
            continue;
        rc = note_strays(comparison, comparison->base, comparison->base_runs, role, row, row->base,
                         "base");
        if (rc == TP_OK)
            rc = note_strays(comparison, comparison->fresh, comparison->new_runs, role, row,
                             row->fresh, "new");
    }
    return rc;
}

/* --- what was not seen ------------------------------------------------------------------------ */

static size_t count_until_close(const struct tp_run *runs, size_t count)
{
    size_t i, found = 0;

    for (i = 0; i < count; i++)
        found += runs[i].until_close > 0;
    return found;
}

static int note_until_close(struct tp_comparison *comparison)
{
    size_t base = count_until_close(comparison->base, comparison->base_runs);
    size_t fresh = count_until_close(comparison->fresh, comparison->new_runs);
    char text[NOTE_BYTES];

    if (!base && !fresh)
        return TP_OK;
    snprintf(text, sizeof text,
             "in %zu of %zu base and %zu of %zu new runs tcp_probe did not see the end of flows, "
             "which lasted longer and may have carried more after close()",
             base, comparison->base_runs, fresh, comparison->new_runs);
    return add_note(comparison, text);
}

int note_all(struct tp_comparison *comparison)
{
    unsigned what;
    size_t i;
    int rc = TP_OK;

    for (what = 0; rc == TP_OK && what < TP_ENVIRONMENTS; what++)
        rc = note_environment(comparison, (enum tp_environment)what);
    for (i = 0; rc == TP_OK && i < comparison->role_count; i++)
        rc = note_role(comparison, &comparison->roles[i]);
    return rc == TP_OK ? note_until_close(comparison) : rc;
}
