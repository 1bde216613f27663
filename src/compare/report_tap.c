/* report_tap.c: Test Anything Protocol 13: a test for each metric that decides, and one for a
 * verdict that could not be reached. What is not ok makes the exit status one. */
#include <stdio.h>
#include <string.h>

#include "compare/report.h"

/* A line end would end the line. */
static void print_text(struct tp_out *out, const char *text, const char *escaped)
{
    for (; *text; text++) {
        if (strchr(escaped, *text))
            tp_out_bytes(out, "\\", 1);
        tp_out_bytes(out, (unsigned char)*text < 0x20 ? "?" : text, 1);
    }
}

/* A # in the description of a test would begin a directive. */
static void print_escaped(struct tp_out *out, const char *text)
{
    print_text(out, text, "#\\");
}

static void print_line(struct tp_out *out, const char *before, const char *text)
{
    tp_out_text(out, before);
    print_text(out, text, "");
    tp_out_text(out, "\n");
}

static unsigned count_tests(const struct tp_comparison *comparison)
{
    unsigned count = 0;
    size_t i, j;

    for (i = 0; i < comparison->role_count; i++) {
        count += report_is_undecided(&comparison->roles[i]);
        for (j = 0; j < TP_COMPARE_IDS; j++)
            count += report_is_case(&comparison->roles[i].rows[j]);
    }
    return count ? count : 1;
}

/* What could not be decided was not tested: TAP calls that skipped. */
static void print_test(struct tp_out *out, unsigned number, const struct tp_compare_role *role,
                       const struct tp_compare_row *row, enum tp_fail_on fail_on)
{
    bool skipped = report_is_skipped(role, row);
    char base[REPORT_TEXT], fresh[REPORT_TEXT];

    report_print(out, "%sok %u - ", tp_change_fails(row->change, fail_on) ? "not " : "", number);
    print_escaped(out, role->name);
    report_print(out, ": %s %s -> %s %s%s%s\n", tp_compare_metrics[row->metric].name,
                 report_number(row->base, base), report_number(row->fresh, fresh),
                 tp_compare_unit(row->metric), skipped ? " # SKIP " : "",
                 skipped ? tp_compare_verdict_name(role->verdict) : "");
    if (row->change != TP_CHANGE_NONE)
        print_line(out, "# ", row->why);
}

static void print_verdict(struct tp_out *out, unsigned number, const char *of, const char *verdict,
                          bool fails)
{
    report_print(out, "%sok %u - ", fails ? "not " : "", number);
    print_escaped(out, of);
    report_print(out, ": verdict%s%s\n", fails ? " " : " # SKIP ", verdict);
}

static unsigned print_role(struct tp_out *out, unsigned number,
                           const struct tp_comparison *comparison,
                           const struct tp_compare_role *role,
                           const struct tp_report_options *options)
{
    const struct tp_compare_row *row;

    if (report_is_undecided(role)) {
        print_verdict(out, ++number, role->name, tp_compare_verdict_name(role->verdict),
                      report_fails_undecided(comparison, role, options));
        print_line(out, "# ", role->why);
    }
    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++)
        if (report_is_case(row))
            print_test(out, ++number, role, row, options->fail_on);
    return number;
}

static void write_tap(struct tp_out *out, const struct tp_comparison *comparison,
                      const struct tp_report_options *options)
{
    unsigned number = 0;
    size_t i;

    report_print(out, "TAP version 13\n1..%u\n# %s", count_tests(comparison),
                 tp_compare_verdict_name(comparison->verdict));
    print_line(out, ": ", comparison->why);
    for (i = 0; i < comparison->note_count; i++)
        print_line(out, "# note: ", comparison->notes[i]);
    for (i = 0; i < comparison->role_count; i++)
        number = print_role(out, number, comparison, &comparison->roles[i], options);
    if (number == 0)
        print_verdict(out, 1, "compare", tp_compare_verdict_name(comparison->verdict),
                      comparison->role_count == 0 && !options->undecided_passes);
}

const struct tp_report tp_tap_report = {
    .name = "tap", .help = "Test Anything Protocol", .write = write_tap};
