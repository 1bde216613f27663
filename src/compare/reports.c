/* reports.c: the list of reports. */
#include <string.h>

#include "compare/report.h"

const struct tp_report *const tp_reports[] = {&tp_text_report,     &tp_json_report,
                                              &tp_markdown_report, &tp_junit_report,
                                              &tp_tap_report,      &tp_openmetrics_report};
const size_t tp_report_count = sizeof tp_reports / sizeof *tp_reports;

const struct tp_report *tp_report_find(const char *name)
{
    size_t i;

    for (i = 0; i < tp_report_count; i++)
        if (strcmp(tp_reports[i]->name, name) == 0)
            return tp_reports[i];
    return NULL;
}
