/* report_text.c: for people, at a terminal or in a log of CI. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "compare/reasons.h"
#include "compare/report.h"

static const char *colour_of(enum tp_compare_verdict verdict, enum tp_change change)
{
    if (verdict == TP_NO_CHANGE || change == TP_CHANGE_IMPROVEMENT)
        return "\033[32m";
    return verdict == TP_CHANGED && change == TP_CHANGE_REGRESSION ? "\033[31m" : "\033[33m";
}

static void print_verdict(struct tp_out *out, const char *name, enum tp_compare_verdict verdict,
                          enum tp_change change, const char *why, bool colour)
{
    report_print(out, "%s%s", name, name[0] ? ": " : "");
    tp_out_style(out, colour ? colour_of(verdict, change) : "");
    report_print(out, "%s%s%s%s", tp_compare_verdict_name(verdict),
                 change != TP_CHANGE_NONE ? " (" : "", tp_change_name(change),
                 change != TP_CHANGE_NONE ? ")" : "");
    tp_out_style(out, colour ? "\033[0m" : "");
    report_print(out, ": %s\n", why);
}

static void print_row(struct tp_out *out, const struct tp_compare_role *role,
                      const struct tp_compare_row *row, bool colour)
{
    const struct tp_compare_metric *metric = &tp_compare_metrics[row->metric];
    char base[REPORT_TEXT], fresh[REPORT_TEXT], change[REPORT_TEXT], limit[REPORT_TEXT];
    char interval[REPORT_TEXT], p[REPORT_TEXT], found[REPORT_TEXT];
    bool marked = colour && row->change != TP_CHANGE_NONE;

    tp_out_text(out, "  ");
    tp_out_style(out, marked ? colour_of(TP_CHANGED, row->change) : "");
    report_print(out, "%-14s %-7s %9s %9s %9s  %-21s %7s %8s  %-14s %s", metric->name,
                 tp_compare_unit(row->metric), report_number(row->base, base),
                 report_number(row->fresh, fresh), report_change(row, change),
                 report_interval(row, interval), row->tested ? report_number(row->p, p) : "-",
                 row->tested ? report_number(row->detectable, found) : "-",
                 report_limit(row, limit), report_outcome(role, row));
    tp_out_style(out, marked ? "\033[0m" : "");
    tp_out_text(out, "\n");
}

/* "  came: losses while no queue showed, in 0 of 5 base and 5 of 5 new runs" */
static void print_reasons(struct tp_out *out, const struct tp_compare_role *role)
{
    const struct tp_compare_reasons *reasons = &role->reasons;
    char base[REPORT_TEXT], fresh[REPORT_TEXT];

    if (role->verdict != TP_CHANGED || !reasons_changed(reasons))
        return;
    report_print(out, "  %-14s %-7s %9s %9s  %9s %9s\n", "finding", "", "base runs", "new runs",
                 "base time", "new time");
    for (size_t i = 0; i < reasons_changed(reasons); i++) {
        const struct tp_compare_reason *reason = &reasons->list[i];

        report_print(out, "  %-18s %-4s %8zu %9zu  %9s %9s  %s\n", reason->row->id,
                     tp_reason_change_name(reason->change), reason->base_with, reason->new_with,
                     report_share(reason->base_share, base), report_share(reason->new_share, fresh),
                     reason->row->title);
    }
}

/* The verdict on an only role is the one on all, which was said. */
static void print_role(struct tp_out *out, const struct tp_compare_role *role, bool only,
                       bool colour)
{
    const struct tp_compare_row *row;

    tp_out_text(out, "\n");
    if (only)
        report_print(out, "%s\n", role->name);
    else
        print_verdict(out, role->name, role->verdict, role->change, role->why, colour);
    report_print(out, "  %-14s %-7s %9s %9s %9s  %-21s %7s %8s  %-14s\n", "metric", "unit", "base",
                 "new", "change", "shift", "p", "would", "limit");
    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++)
        if (report_is_known(row))
            print_row(out, role, row, colour);
    print_reasons(out, role);
}

/* What all runs have in common; what differs is in a note. */
static void print_environment(struct tp_out *out, const struct tp_comparison *comparison)
{
    const struct tp_compare_environment *is = comparison->environment;
    unsigned what, said = 0;

    for (what = 0; what < TP_ENVIRONMENTS; what++, is++)
        if (is->base && is->fresh && strcmp(is->base, is->fresh) == 0 && !is->base_others &&
            !is->new_others)
            report_print(out, "%s%s %s", said++ ? ", " : "all runs: ",
                         tp_environment_name((enum tp_environment)what), is->base);
    tp_out_text(out, said ? "\n" : "");
}

static void write_text(struct tp_out *out, const struct tp_comparison *comparison,
                       const struct tp_report_options *options)
{
    size_t i;

    print_verdict(out, "", comparison->verdict, comparison->change, comparison->why,
                  options->colour);
    report_print(out, "%zu base and %zu new runs, alpha %g over all metrics of a role\n",
                 comparison->base_runs, comparison->new_runs, comparison->alpha);
    print_environment(out, comparison);
    for (i = 0; i < comparison->note_count; i++)
        report_print(out, "note: %s\n", comparison->notes[i]);
    for (i = 0; i < comparison->role_count; i++)
        print_role(out, &comparison->roles[i], comparison->role_count == 1, options->colour);
    tp_out_text(out, "\nbase, new: medians over runs; shift: Hodges-Lehmann interval; p: adjusted; "
                     "would: least shift that\nwould have been found; limit: least change that "
                     "matters\n");
}

const struct tp_report tp_text_report = {.name = "text", .help = "for people", .write = write_text};
