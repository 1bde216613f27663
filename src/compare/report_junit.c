/* report_junit.c: JUnit XML as GitLab, Jenkins and GitHub actions read it: a suite for each role, a
 * case for each metric that decides, and one for a verdict that could not be reached. Failures and
 * errors are what makes the exit status one; what --fail-on lets pass is in the output of its case.
 * The text is in the body, because some readers ignore attributes of failures. */
#include <stdio.h>
#include <string.h>

#include "base/xml.h"
#include "compare/report.h"

static void print_escaped(struct tp_out *out, const char *text)
{
    const char *end = text + strlen(text);
    char escaped[256];

    while (text < end)
        tp_out_bytes(out, escaped, xml_text(&text, end, escaped, sizeof escaped));
}

/* --- cases ------------------------------------------------------------------------------------ */

/* What is written of one role. */
struct suite {
    const struct tp_comparison *comparison;
    const struct tp_compare_role *role;
    const struct tp_report_options *options;
};

static void print_case(struct tp_out *out, const struct suite *suite,
                       const struct tp_compare_row *row)
{
    bool fails = tp_change_fails(row->change, suite->options->fail_on);

    tp_out_text(out, "    <testcase classname=\"");
    print_escaped(out, suite->role->name);
    report_print(out, "\" name=\"%s\">", tp_compare_metrics[row->metric].name);
    if (fails)
        report_print(out, "<failure message=\"%s\">", tp_change_name(row->change));
    else if (row->change != TP_CHANGE_NONE)
        report_print(out, "<system-out>%s: ", tp_change_name(row->change));
    if (row->change != TP_CHANGE_NONE) {
        print_escaped(out, row->why);
        tp_out_text(out, fails ? "</failure>" : "</system-out>");
    } else if (report_is_skipped(suite->role, row)) {
        tp_out_text(out, "<skipped message=\"");
        print_escaped(out, row->why[0] ? row->why : suite->role->why);
        tp_out_text(out, "\"/>");
    }
    tp_out_text(out, "</testcase>\n");
}

/* That nothing could be said must not look like nothing found. */
static void print_verdict(struct tp_out *out, const char *classname, const char *verdict,
                          const char *why, bool fails)
{
    const char *kind = fails ? "error" : "skipped";

    tp_out_text(out, "    <testcase classname=\"");
    print_escaped(out, classname);
    report_print(out, "\" name=\"verdict\"><%s message=\"%s\">", kind, verdict);
    print_escaped(out, why);
    report_print(out, "</%s></testcase>\n", kind);
}

/* --- suites ----------------------------------------------------------------------------------- */

static void print_property(struct tp_out *out, const char *side, enum tp_environment what,
                           const char *value)
{
    if (!value)
        return;
    report_print(out, "      <property name=\"%s %s\" value=\"", side, tp_environment_name(what));
    print_escaped(out, value);
    tp_out_text(out, "\"/>\n");
}

static void print_properties(struct tp_out *out, const struct tp_comparison *comparison)
{
    const struct tp_compare_environment *is = comparison->environment;
    unsigned what, known = 0;

    for (what = 0; what < TP_ENVIRONMENTS; what++)
        known += is[what].base || is[what].fresh;
    if (!known)
        return;
    tp_out_text(out, "    <properties>\n");
    for (what = 0; what < TP_ENVIRONMENTS; what++, is++) {
        print_property(out, "base", (enum tp_environment)what, is->base);
        print_property(out, "new", (enum tp_environment)what, is->fresh);
    }
    tp_out_text(out, "    </properties>\n");
}

static void print_head(struct tp_out *out, const struct suite *suite)
{
    unsigned cases = 0, failures = 0, skipped = 0, errors;
    const struct tp_compare_row *row;

    for (row = suite->role->rows; row < suite->role->rows + TP_COMPARE_IDS; row++) {
        cases += report_is_case(row);
        failures += report_is_case(row) && tp_change_fails(row->change, suite->options->fail_on);
        skipped += report_is_case(row) && report_is_skipped(suite->role, row);
    }
    errors = report_fails_undecided(suite->comparison, suite->role, suite->options);
    cases += report_is_undecided(suite->role);
    skipped += report_is_undecided(suite->role) && !errors;
    tp_out_text(out, "  <testsuite name=\"");
    print_escaped(out, suite->role->name);
    report_print(out, "\" tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\">\n", cases,
                 failures, errors, skipped);
}

/* The notes are of all roles: they stand in the first. */
static void print_output(struct tp_out *out, const struct suite *suite)
{
    size_t i;

    tp_out_text(out, "    <system-out>");
    print_escaped(out, suite->role->why);
    for (i = 0; suite->role == suite->comparison->roles && i < suite->comparison->note_count; i++) {
        tp_out_text(out, "\nnote: ");
        print_escaped(out, suite->comparison->notes[i]);
    }
    tp_out_text(out, "</system-out>\n");
}

static void print_suite(struct tp_out *out, const struct suite *suite)
{
    const struct tp_compare_role *role = suite->role;
    const struct tp_compare_row *row;

    print_head(out, suite);
    print_properties(out, suite->comparison);
    if (report_is_undecided(role))
        print_verdict(out, role->name, tp_compare_verdict_name(role->verdict), role->why,
                      report_fails_undecided(suite->comparison, role, suite->options));
    for (row = role->rows; row < role->rows + TP_COMPARE_IDS; row++)
        if (report_is_case(row))
            print_case(out, suite, row);
    print_output(out, suite);
    tp_out_text(out, "  </testsuite>\n");
}

/* Nothing to compare. */
static void print_nothing(struct tp_out *out, const struct tp_comparison *comparison, bool fails)
{
    report_print(out,
                 "  <testsuite name=\"compare\" tests=\"1\" failures=\"0\" errors=\"%d\" "
                 "skipped=\"%d\">\n",
                 fails, !fails);
    print_verdict(out, "compare", tp_compare_verdict_name(comparison->verdict), comparison->why,
                  fails);
    tp_out_text(out, "  </testsuite>\n");
}

static void write_junit(struct tp_out *out, const struct tp_comparison *comparison,
                        const struct tp_report_options *options)
{
    struct suite suite = {comparison, comparison->roles, options};

    tp_out_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                     "<testsuites name=\"tcpprobe compare\">\n");
    if (comparison->role_count == 0)
        print_nothing(out, comparison, !options->undecided_passes);
    for (; suite.role < comparison->roles + comparison->role_count; suite.role++)
        print_suite(out, &suite);
    tp_out_text(out, "</testsuites>\n");
}

const struct tp_report tp_junit_report = {
    .name = "junit", .help = "JUnit XML, for GitLab and others", .write = write_junit};
