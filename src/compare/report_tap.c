/* report_tap.c: Test Anything Protocol 13: a test for each metric that decides. */
#include <stdio.h>

#include "compare/report.h"

static bool is_test(const struct tp_compare_row *row)
{
    return row->gated && report_is_known(row);
}

static unsigned count_tests(const struct tp_comparison *comparison)
{
    unsigned count = 0;
    size_t i, j;

    for (i = 0; i < comparison->role_count; i++)
        for (j = 0; j < TP_COMPARE_IDS; j++)
            count += is_test(&comparison->roles[i].rows[j]);
    return count;
}

/* What could not be decided was not tested: TAP calls that skipped. */
static void print_test(struct tp_out *out, unsigned number, const struct tp_compare_role *role,
                       const struct tp_compare_row *row)
{
    bool undecided = role->verdict == TP_UNDECIDED || role->verdict == TP_NOT_COMPARABLE ||
                     (row->change == TP_CHANGE_NONE && row->why[0]);
    char base[REPORT_TEXT], fresh[REPORT_TEXT];

    report_print(
        out, "%sok %u - %s: %s %s -> %s %s%s%s\n", row->change != TP_CHANGE_NONE ? "not " : "",
        number, role->name, tp_compare_metrics[row->metric].name, report_number(row->base, base),
        report_number(row->fresh, fresh), tp_compare_unit(row->metric),
        undecided && row->change == TP_CHANGE_NONE ? " # SKIP " : "",
        undecided && row->change == TP_CHANGE_NONE ? tp_compare_verdict_name(role->verdict) : "");
    if (row->change != TP_CHANGE_NONE)
        report_print(out, "# %s\n", row->why);
}

static void write_tap(struct tp_out *out, const struct tp_comparison *comparison, bool colour)
{
    unsigned number = 0, count = count_tests(comparison);
    size_t i, j;

    (void)colour;
    report_print(out, "TAP version 13\n1..%u%s%s\n", count, count ? "" : " # SKIP ",
                 count ? "" : comparison->why);
    report_print(out, "# %s: %s\n", tp_compare_verdict_name(comparison->verdict), comparison->why);
    for (i = 0; i < comparison->role_count; i++)
        for (j = 0; j < TP_COMPARE_IDS; j++)
            if (is_test(&comparison->roles[i].rows[j]))
                print_test(out, ++number, &comparison->roles[i], &comparison->roles[i].rows[j]);
}

const struct tp_report tp_tap_report = {
    .name = "tap", .help = "Test Anything Protocol", .write = write_tap};
