/* report.h: what the reports share: rows that are worth showing, and texts of numbers. */
#ifndef TCPPROBE_COMPARE_REPORT_H
#define TCPPROBE_COMPARE_REPORT_H

#include <tcpprobe/compare.h>

extern const struct tp_report tp_text_report, tp_json_report, tp_markdown_report, tp_junit_report,
    tp_tap_report, tp_openmetrics_report;

/* Of JSON. */
#define REPORT_FORMAT  "tcpprobe comparison"
#define REPORT_VERSION 1

/* Formats into out. */
void report_print(struct tp_out *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Does it fail because nothing could be said of that role? Where another changed, that decides. */
bool report_fails_undecided(const struct tp_comparison *comparison,
                            const struct tp_compare_role *role,
                            const struct tp_report_options *options);
bool report_is_undecided(const struct tp_compare_role *role);

/* Was it measured on either side? */
bool report_is_known(const struct tp_compare_row *row);

/* Does it have a test of its own, where a report consists of tests? */
bool report_is_case(const struct tp_compare_row *row);
/* Was that test not made? */
bool report_is_skipped(const struct tp_compare_role *role, const struct tp_compare_row *row);

#define REPORT_TEXT 48

/* "19.11", "-" where it is not known; four significant digits, for people. */
const char *report_number(double value, char buf[REPORT_TEXT]);
/* "+3.2 %", or the plain difference where the base is 0 or the metric has no relative limit. */
const char *report_change(const struct tp_compare_row *row, char buf[REPORT_TEXT]);
/* "10 %", "0.05", "50 % and 0.25": what a change must reach. */
const char *report_limit(const struct tp_compare_row *row, char buf[REPORT_TEXT]);
/* "[-1.2, 0.8]", "-" without interval. */
const char *report_interval(const struct tp_compare_row *row, char buf[REPORT_TEXT]);
/* "31 %" of a share, "-" where it is not known or nothing. */
const char *report_share(double share, char buf[REPORT_TEXT]);
/* A word or two: "regression", "same", "no change", "not tested", "not compared" ... */
const char *report_outcome(const struct tp_compare_role *role, const struct tp_compare_row *row);

#endif
