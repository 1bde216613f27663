/* report_markdown.c: for the summary of a CI job, which takes 1024 KiB. */
#include <stdio.h>
#include <string.h>

#include "compare/reasons.h"
#include "compare/report.h"

static void print_row(struct tp_out *out, const struct tp_compare_role *role,
                      const struct tp_compare_row *row)
{
    char base[REPORT_TEXT], fresh[REPORT_TEXT], change[REPORT_TEXT], limit[REPORT_TEXT];
    char p[REPORT_TEXT];
    const char *bold = row->change != TP_CHANGE_NONE ? "**" : "";

    report_print(out, "| %s`%s`%s | %s | %s | %s | %s | %s | %s | %s |\n", bold,
                 tp_compare_metrics[row->metric].name, bold, tp_compare_unit(row->metric),
                 report_number(row->base, base), report_number(row->fresh, fresh),
                 report_change(row, change), row->tested ? report_number(row->p, p) : "-",
                 report_limit(row, limit), report_outcome(role, row));
}

static void print_reasons(struct tp_out *out, const struct tp_compare_role *role)
{
    const struct tp_compare_reasons *reasons = &role->reasons;
    char base[REPORT_TEXT], fresh[REPORT_TEXT];

    if (role->verdict != TP_CHANGED || !reasons_changed(reasons))
        return;
    tp_out_text(out, "\n| finding | base runs | new runs | base time | new time | |\n"
                     "|---|--:|--:|--:|--:|---|\n");
    for (size_t i = 0; i < reasons_changed(reasons); i++) {
        const struct tp_compare_reason *reason = &reasons->list[i];

        report_print(out, "| `%s` (%s) | %zu | %zu | %s | %s | %s |\n", reason->row->id,
                     tp_reason_change_name(reason->change), reason->base_with, reason->new_with,
                     report_share(reason->base_share, base), report_share(reason->new_share, fresh),
                     reason->row->title);
    }
}

static void print_role(struct tp_out *out, const struct tp_compare_role *role)
{
    const struct tp_compare_row *row;

    tp_out_text(out, "\n### ");
    tp_out_markdown(out, role->name);
    report_print(out, "\n\n**%s**%s%s: ", tp_compare_verdict_name(role->verdict),
                 role->change != TP_CHANGE_NONE ? ", " : "", tp_change_name(role->change));
    tp_out_markdown(out, role->why);
    tp_out_text(out, "\n\n| metric | unit | base | new | change | p | limit | outcome |\n"
                     "|---|---|--:|--:|--:|--:|--:|---|\n");
    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++)
        if (report_is_known(row))
            print_row(out, role, row);
    print_reasons(out, role);
}

static void print_environment(struct tp_out *out, const struct tp_comparison *comparison)
{
    const struct tp_compare_environment *is = comparison->environment;
    unsigned what;

    for (what = 0; what < TP_ENVIRONMENTS; what++, is++) {
        if (!is->base && !is->fresh)
            continue;
        report_print(out, "\n%s: base ", tp_environment_name((enum tp_environment)what));
        tp_out_markdown(out, is->base ? is->base : "unknown");
        tp_out_text(out, is->base_others ? " and others, new " : ", new ");
        tp_out_markdown(out, is->fresh ? is->fresh : "unknown");
        tp_out_text(out, is->new_others ? " and others.\n" : ".\n");
    }
}

/* A hundred roles of a few KiB each stay below what GitHub shows. */
#define ROLES_SHOWN 100

static void write_markdown(struct tp_out *out, const struct tp_comparison *comparison,
                           const struct tp_report_options *options)
{
    size_t i;

    (void)options;
    report_print(
        out, "## tcpprobe compare: %s%s%s\n\n", tp_compare_verdict_name(comparison->verdict),
        comparison->change != TP_CHANGE_NONE ? ", " : "", tp_change_name(comparison->change));
    tp_out_markdown(out, comparison->why);
    report_print(out, "\n\n%zu base and %zu new runs, alpha %g over all metrics of a role.\n",
                 comparison->base_runs, comparison->new_runs, comparison->alpha);
    print_environment(out, comparison);
    for (i = 0; i < comparison->note_count; i++) {
        tp_out_text(out, "\nNote: ");
        tp_out_markdown(out, comparison->notes[i]);
        tp_out_text(out, ".\n");
    }
    for (i = 0; i < comparison->role_count && i < ROLES_SHOWN; i++)
        print_role(out, &comparison->roles[i]);
    if (comparison->role_count > ROLES_SHOWN)
        report_print(out, "\n%zu more roles are not shown.\n",
                     comparison->role_count - ROLES_SHOWN);
}

const struct tp_report tp_markdown_report = {
    .name = "markdown", .help = "for the summary of a CI job", .write = write_markdown};
