/* explain_change.c: `tcpprobe explain BASE... -- NEW...`: why connections are slower, or faster,
 * than they were. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/phrase.h"
#include "base/units.h"
#include "cli/explain.h"

#define MEGABYTE 1e6
#define TOLD     0.01 /* of the time that a byte takes: what moved by less is in --all */

/* What of a role differs, as one number to sort roles by: shares of the time. */
static double moved_in(const struct tp_compare_role *role)
{
    const struct tp_compare_reasons *reasons = &role->reasons;
    double moved = 0;

    for (size_t i = 0; i < reasons->count; i++)
        if (reasons->list[i].change != TP_REASON_ALIKE &&
            isfinite(reasons->list[i].new_share - reasons->list[i].base_share))
            moved += fabs(reasons->list[i].new_share - reasons->list[i].base_share);
    return moved;
}

static int by_moved(const void *left, const void *right)
{
    const struct tp_compare_role *a = left, *b = right;
    double a_moved = moved_in(a), b_moved = moved_in(b);

    if (a_moved < b_moved || a_moved > b_moved)
        return a_moved < b_moved ? 1 : -1;
    return strcmp(a->name, b->name);
}

/* --- the account of a megabyte ---------------------------------------------------------------- */

static const char *item_of(const struct explain_options *options)
{
    return options->markdown ? "- " : "  ";
}

static double whole_of(const double ns[TP_WAIT_COUNT])
{
    double whole = 0;

    for (unsigned wait = 0; wait < TP_WAIT_COUNT; wait++)
        whole += ns[wait];
    return whole;
}

static struct explain_time megabyte(double ns)
{
    struct explain_time time;

    tp_units_duration(llround(ns * MEGABYTE), time.text, sizeof time.text);
    return time;
}

/* The waits in the order in which they moved. */
static unsigned sort_waits(const struct tp_compare_reasons *reasons, double least,
                           unsigned order[TP_WAIT_COUNT])
{
    unsigned count = 0, at;

    for (unsigned wait = 0; wait < TP_WAIT_COUNT; wait++) {
        double moved = fabs(reasons->new_ns[wait] - reasons->base_ns[wait]);

        if (moved <= least && (least > 0 || reasons->new_ns[wait] + reasons->base_ns[wait] <= 0))
            continue;
        for (at = count++; at > 0 && moved > fabs(reasons->new_ns[order[at - 1]] -
                                                  reasons->base_ns[order[at - 1]]);
             at--)
            order[at] = order[at - 1];
        order[at] = wait;
    }
    return count;
}

static void put_waits(struct tp_out *out, const struct explain_options *options,
                      const struct tp_compare_reasons *reasons, double before, double now)
{
    unsigned order[TP_WAIT_COUNT];
    unsigned count = sort_waits(reasons, options->all ? 0 : TOLD * fmax(before, now), order);

    for (unsigned i = 0; i < count; i++) {
        double base = reasons->base_ns[order[i]], fresh = reasons->new_ns[order[i]];

        explain_put(out, "%s%s%s%-10s %10s -> %-10s waited %s\n", item_of(options),
                    options->markdown ? "\\" : "", /* else it begins a list */
                    fresh < base ? "-" : "+", megabyte(fabs(fresh - base)).text,
                    megabyte(base).text, megabyte(fresh).text,
                    tp_wait_help((enum tp_wait)order[i]));
    }
}

static void put_account(struct tp_out *out, const struct explain_options *options,
                        const struct tp_compare_reasons *reasons)
{
    double before = whole_of(reasons->base_ns), now = whole_of(reasons->new_ns);

    if (!reasons->has_account)
        return;
    explain_put(out, "%sfor each megabyte its senders took %s, and now take %s", item_of(options),
                megabyte(before).text, megabyte(now).text);
    if (fabs(now - before) > TOLD * before)
        explain_put(out, " (%+.0f %%)", 100 * (now / before - 1));
    tp_out_text(out, "\n");
    put_waits(out, options, reasons, before, now);
}

/* --- findings --------------------------------------------------------------------------------- */

static void put_share(struct tp_out *out, double share)
{
    if (share > 0)
        explain_put(out, " (%.*f %% of the time)", share < 0.01 ? 1 : 0, 100 * share);
}

/* A row and a sort of it may rest on the same: that is said once. */
static bool is_said(const struct tp_compare_reasons *reasons, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (reasons->list[i].sentence == reasons->list[index].sentence &&
            reasons->list[i].change != TP_REASON_ALIKE)
            return true;
    return false;
}

static void put_name(struct tp_out *out, const struct explain_options *options, const char *name)
{
    (options->markdown ? tp_out_markdown : tp_out_text)(out, name);
}

static void put_reason(struct tp_out *out, const struct explain_options *options,
                       const struct tp_compare_role *role, size_t index)
{
    static const char *const says[] = {[TP_REASON_ALIKE] = "as before",
                                       [TP_REASON_CAME] = "found now and not before",
                                       [TP_REASON_WENT] = "not found any more",
                                       [TP_REASON_MORE] = "holds up more than before",
                                       [TP_REASON_LESS] = "holds up less than before"};
    const struct tp_compare_reason *reason = &role->reasons.list[index];
    const char *inside = options->markdown ? "  " : "      ";

    explain_put(out, "%s%s: %s: in %zu of %zu base runs", item_of(options), says[reason->change],
                reason->row->title, reason->base_with, role->base_runs);
    put_share(out, reason->base_share);
    explain_put(out, " and in %zu of %zu new ones", reason->new_with, role->new_runs);
    put_share(out, reason->new_share);
    tp_out_text(out, ".\n");
    if (reason->change == TP_REASON_ALIKE)
        return;
    if (reason->sentence && !is_said(&role->reasons, index)) {
        explain_put(out, "%sin ", inside);
        put_name(out, options, reason->worst->name);
        explain_put(out, ": %s.\n", reason->sentence);
    }
    if (reason->row->advice && reason->new_with)
        explain_put(out, "%sto do: %s.\n", inside, reason->row->advice);
    if (options->all)
        explain_put(out, "%sevidence: %s; basis: %s.\n", inside, reason->row->id,
                    reason->row->basis);
}

static void put_role(struct tp_out *out, const struct explain_options *options,
                     const struct tp_compare_role *role)
{
    const struct tp_compare_reasons *reasons = &role->reasons;
    size_t differ = 0;

    tp_out_text(out, options->markdown ? "## " : "");
    put_name(out, options, role->name);
    explain_put(out, ": %zu base and %zu new run%s\n%s", role->base_runs, role->new_runs,
                tp_plural(role->new_runs), options->markdown ? "\n" : "");
    if (role->verdict == TP_NOT_COMPARABLE && !reasons->why_not[0])
        explain_put(out, "%snot the same path or recording: %s.\n", item_of(options), role->why);
    if (reasons->why_not[0])
        explain_put(out, "%sNothing can be said: %s.\n", item_of(options), reasons->why_not);
    put_account(out, options, reasons);
    for (size_t i = 0; i < reasons->count; i++) {
        if (reasons->list[i].change == TP_REASON_ALIKE && !options->all)
            continue;
        differ += reasons->list[i].change != TP_REASON_ALIKE;
        put_reason(out, options, role, i);
    }
    if (!differ && !reasons->why_not[0])
        explain_put(out, "%sNothing that was found tells the new runs from the base.\n",
                    item_of(options));
    tp_out_text(out, "\n");
}

/* --- rows ------------------------------------------------------------------------------------- */

enum {
    ROLE,
    FINDING,
    CHANGE,
    BASE_WITH,
    NEW_WITH,
    BASE_RUNS,
    NEW_RUNS,
    BASE_SHARE,
    NEW_SHARE,
    RUN,
    SENTENCE,
    ADVICE,
    BASIS,
    COLUMNS
};

static const struct tp_column columns[COLUMNS] = {
    [ROLE] = {.name = "role", .heading = "role"},
    [FINDING] = {.name = "finding", .heading = "finding"},
    [CHANGE] = {.name = "change", .heading = "change"},
    [BASE_WITH] = {.name = "base_with", .heading = "base with"},
    [NEW_WITH] = {.name = "new_with", .heading = "new with"},
    [BASE_RUNS] = {.name = "base_runs", .heading = "base runs"},
    [NEW_RUNS] = {.name = "new_runs", .heading = "new runs"},
    [BASE_SHARE] = {.name = "base_share", .heading = "base share"},
    [NEW_SHARE] = {.name = "new_share", .heading = "new share"},
    [RUN] = {.name = "run", .heading = "run"},
    [SENTENCE] = {.name = "sentence", .heading = "sentence"},
    [ADVICE] = {.name = "advice", .heading = "advice"},
    [BASIS] = {.name = "basis", .heading = "basis"},
};

static struct tp_value share(double number)
{
    return tp_value_real_if(isfinite(number), number);
}

static void write_role(struct tp_out *out, const struct explain_options *options,
                       const struct tp_rows *rows, const struct tp_compare_role *role,
                       uint64_t *written)
{
    for (size_t i = 0; i < role->reasons.count; i++) {
        const struct tp_compare_reason *reason = &role->reasons.list[i];
        const struct tp_value values[COLUMNS] = {
            [ROLE] = tp_value_text(role->name),
            [FINDING] = tp_value_text(reason->row->id),
            [CHANGE] = tp_value_text(tp_reason_change_name(reason->change)),
            [BASE_WITH] = tp_value_integer((int64_t)reason->base_with),
            [NEW_WITH] = tp_value_integer((int64_t)reason->new_with),
            [BASE_RUNS] = tp_value_integer((int64_t)role->base_runs),
            [NEW_RUNS] = tp_value_integer((int64_t)role->new_runs),
            [BASE_SHARE] = share(reason->base_share),
            [NEW_SHARE] = share(reason->new_share),
            [RUN] = tp_value_text(reason->worst->name),
            [SENTENCE] = tp_value_text(reason->sentence),
            [ADVICE] = tp_value_text(reason->row->advice),
            [BASIS] = tp_value_text(reason->row->basis),
        };

        options->writer->row(out, rows, (*written)++, values);
    }
}

/* --- all of it -------------------------------------------------------------------------------- */

static bool compares_any(const struct tp_comparison *comparison)
{
    for (size_t i = 0; i < comparison->role_count; i++)
        if (!comparison->roles[i].reasons.why_not[0])
            return true;
    return false;
}

static bool fails(const struct explain_options *options, const struct tp_comparison *comparison)
{
    for (size_t i = 0; i < comparison->role_count; i++) {
        const struct tp_compare_reasons *reasons = &comparison->roles[i].reasons;

        for (size_t k = 0; k < reasons->count; k++) {
            const struct tp_compare_reason *reason = &reasons->list[k];

            if (reason->change != TP_REASON_CAME && reason->change != TP_REASON_MORE)
                continue;
            if (options->fail_on[reason->row - tp_reason_rows] ||
                (options->fail_on[EXPLAIN_ANY] && reason->new_share > 0))
                return true;
        }
    }
    return false;
}

static void write_all(struct tp_out *out, const struct explain_options *options,
                      const struct tp_comparison *comparison)
{
    const struct tp_column *shown[COLUMNS];
    struct tp_rows rows = {.columns = shown, .column_count = COLUMNS};
    size_t count = comparison->role_count;
    uint64_t written = 0;

    for (unsigned i = 0; i < COLUMNS; i++)
        shown[i] = &columns[i];
    if (options->top && options->top < count)
        count = options->top;
    if (options->writer)
        tp_rows_begin(out, options->writer, &rows);
    for (size_t i = 0; i < count; i++) {
        if (options->writer)
            write_role(out, options, &rows, &comparison->roles[i], &written);
        else
            put_role(out, options, &comparison->roles[i]);
    }
    if (options->writer)
        tp_rows_end(out, options->writer, &rows);
    else
        explain_put(out,
                    "%s%zu base and %zu new run%s; whether chance explains a difference is what "
                    "tcpprobe compare tells\n",
                    options->markdown ? "" : "in all: ", comparison->base_runs,
                    comparison->new_runs, tp_plural(comparison->new_runs));
}

static int load(const struct explain_options *options, char *const *paths, size_t count,
                struct compare_runs *runs, struct tp_error *error)
{
    int rc = TP_OK;

    for (size_t i = 0; rc == TP_OK && i < count; i++)
        rc = compare_load(&options->compare, paths[i], runs, error);
    return rc;
}

static int explain(const struct explain_options *options, struct compare_runs *base,
                   struct compare_runs *fresh, int *status, struct tp_error *error)
{
    struct tp_comparison comparison;
    struct tp_out *out;
    int rc =
        load(options, options->compare.input.paths, options->compare.input.path_count, base, error);

    if (rc == TP_OK)
        rc = load(options, options->compare.new_paths, options->compare.new_count, fresh, error);
    if (rc == TP_OK)
        rc = tp_compare(&comparison, base->list, base->count, fresh->list, fresh->count, NULL,
                        error);
    if (rc < 0)
        return rc;
    qsort(comparison.roles, comparison.role_count, sizeof *comparison.roles, by_moved);
    out = tp_out_new(STDOUT_FILENO, "standard output", error);
    if (out) {
        write_all(out, options, &comparison);
        tp_out_finish(out, error);
    }
    *status = !compares_any(&comparison)    ? CLI_UNDECIDED
              : fails(options, &comparison) ? CLI_CHANGED
                                            : CLI_FINE;
    if (!comparison.role_count)
        cli_message("nothing was compared: no role has connections on both sides");
    tp_out_free(out);
    tp_comparison_release(&comparison);
    return error->code;
}

int explain_change(struct explain_options *options)
{
    struct compare_runs base = {NULL, 0}, fresh = {NULL, 0};
    struct tp_error error = TP_ERROR_INIT;
    int rc, status = CLI_FINE;

    cli_confine(CONFINE_READ, options->input.quiet);
    rc = explain(options, &base, &fresh, &status, &error);
    compare_runs_release(&base);
    compare_runs_release(&fresh);
    return rc < 0 ? cli_fail(&error) : status;
}
