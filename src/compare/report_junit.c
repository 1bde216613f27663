/* report_junit.c: JUnit XML as GitLab, Jenkins and GitHub actions read it: a suite for each role, a
 * case for each metric that decides. The text is in the body, because some readers ignore
 * attributes of failures. */
#include <stdio.h>
#include <string.h>

#include "compare/report.h"

static void print_escaped(struct tp_out *out, const char *text)
{
    static const struct {
        char byte;
        const char *entity;
    } entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}};
    size_t i;

    for (; *text; text++) {
        for (i = 0; i < sizeof entities / sizeof *entities && entities[i].byte != *text; i++)
            ;
        if (i < sizeof entities / sizeof *entities)
            tp_out_text(out, entities[i].entity);
        else
            tp_out_bytes(out, (unsigned char)*text < 0x20 ? "?" : text, 1);
    }
}

static bool is_case(const struct tp_compare_row *row)
{
    return row->gated && report_is_known(row);
}

static bool is_skipped(const struct tp_compare_role *role, const struct tp_compare_row *row)
{
    return row->change == TP_CHANGE_NONE &&
           (role->verdict == TP_UNDECIDED || role->verdict == TP_NOT_COMPARABLE || row->why[0]);
}

static void print_case(struct tp_out *out, const struct tp_compare_role *role,
                       const struct tp_compare_row *row)
{
    tp_out_text(out, "    <testcase classname=\"");
    print_escaped(out, role->name);
    report_print(out, "\" name=\"%s\">", tp_compare_metrics[row->metric].name);
    if (row->change != TP_CHANGE_NONE) {
        report_print(out, "<failure message=\"%s\">", tp_change_name(row->change));
        print_escaped(out, row->why);
        tp_out_text(out, "</failure>");
    } else if (is_skipped(role, row)) {
        tp_out_text(out, "<skipped message=\"");
        print_escaped(out, row->why[0] ? row->why : role->why);
        tp_out_text(out, "\"/>");
    }
    tp_out_text(out, "</testcase>\n");
}

static void print_suite(struct tp_out *out, const struct tp_compare_role *role)
{
    unsigned cases = 0, failures = 0, skipped = 0;
    const struct tp_compare_row *row;

    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++) {
        cases += is_case(row);
        failures += is_case(row) && row->change != TP_CHANGE_NONE;
        skipped += is_case(row) && is_skipped(role, row);
    }
    tp_out_text(out, "  <testsuite name=\"");
    print_escaped(out, role->name);
    report_print(out, "\" tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"%u\">\n", cases,
                 failures, skipped);
    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++)
        if (is_case(row))
            print_case(out, role, row);
    tp_out_text(out, "    <system-out>");
    print_escaped(out, role->why);
    tp_out_text(out, "</system-out>\n  </testsuite>\n");
}

/* Nothing to compare must not look like nothing found. */
static void print_why(struct tp_out *out, const struct tp_comparison *comparison)
{
    report_print(
        out,
        "  <testsuite name=\"compare\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n"
        "    <testcase classname=\"compare\" name=\"flows\"><error message=\"%s\">",
        tp_compare_verdict_name(comparison->verdict));
    print_escaped(out, comparison->why);
    tp_out_text(out, "</error></testcase>\n  </testsuite>\n");
}

static void write_junit(struct tp_out *out, const struct tp_comparison *comparison, bool colour)
{
    size_t i;

    (void)colour;
    tp_out_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                     "<testsuites name=\"tcpprobe compare\">\n");
    if (comparison->role_count == 0)
        print_why(out, comparison);
    for (i = 0; i < comparison->role_count; i++)
        print_suite(out, &comparison->roles[i]);
    tp_out_text(out, "</testsuites>\n");
}

const struct tp_report tp_junit_report = {
    .name = "junit", .help = "JUnit XML, for GitLab and others", .write = write_junit};
