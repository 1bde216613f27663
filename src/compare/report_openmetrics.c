/* report_openmetrics.c: OpenMetrics text, for metrics reports and Prometheus: rounded, because
 * GitLab compares values as texts. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "compare/report.h"

static void print_label(struct tp_out *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            tp_out_bytes(out, "\\", 1);
        tp_out_bytes(out, text, 1);
    }
}

static void print_value(struct tp_out *out, const char *name, const struct tp_compare_role *role,
                        enum tp_compare_id metric, double value)
{
    if (!isfinite(value))
        return;
    report_print(out, "tcpprobe_compare_%s{role=\"", name);
    print_label(out, role->name);
    report_print(out, "\",metric=\"%s\",unit=\"%s\"} %.4g\n", tp_compare_metrics[metric].name,
                 tp_compare_unit(metric), value);
}

static double base_of(const struct tp_compare_row *row)
{
    return row->base;
}

static double new_of(const struct tp_compare_row *row)
{
    return row->fresh;
}

static double p_of(const struct tp_compare_row *row)
{
    return row->tested ? row->p : NAN;
}

static double changed_of(const struct tp_compare_row *row)
{
    return report_is_case(row) ? row->change != TP_CHANGE_NONE : NAN;
}

static const struct {
    const char *name, *help;
    double (*of)(const struct tp_compare_row *row);
} families[] = {{"base", "median over the base runs", base_of},
                {"new", "median over the new runs", new_of},
                {"p", "adjusted p of the permutation test", p_of},
                {"changed", "1 if it changed", changed_of}};

static void write_openmetrics(struct tp_out *out, const struct tp_comparison *comparison,
                              const struct tp_report_options *options)
{
    size_t i, j, metric;

    (void)options;
    for (i = 0; i < sizeof families / sizeof *families; i++) {
        report_print(out, "# TYPE tcpprobe_compare_%s gauge\n# HELP tcpprobe_compare_%s %s\n",
                     families[i].name, families[i].name, families[i].help);
        for (j = 0; j < comparison->role_count; j++)
            for (metric = 0; metric < TP_COMPARE_IDS; metric++)
                print_value(out, families[i].name, &comparison->roles[j],
                            (enum tp_compare_id)metric,
                            families[i].of(&comparison->roles[j].rows[metric]));
    }
    report_print(out,
                 "# TYPE tcpprobe_compare_runs gauge\n"
                 "# HELP tcpprobe_compare_runs how many were compared\n"
                 "tcpprobe_compare_runs{side=\"base\"} %zu\n"
                 "tcpprobe_compare_runs{side=\"new\"} %zu\n# EOF\n",
                 comparison->base_runs, comparison->new_runs);
}

const struct tp_report tp_openmetrics_report = {
    .name = "openmetrics", .help = "for metrics reports", .write = write_openmetrics};
