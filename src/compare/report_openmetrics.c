/* report_openmetrics.c: OpenMetrics text, for metrics reports and Prometheus: in base units, and
 * all digits that a value has. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/put.h"
#include "compare/report.h"

static void print_label(struct tp_out *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            tp_out_bytes(out, "\\", 1);
        tp_out_bytes(out, text, 1);
    }
}

static const struct base {
    const char *unit, *base;
    double factor;
} bases[] = {{"Mbit/s", "bits_per_second", 1e6},
             {"ms", "seconds", 1e-3},
             {"s", "seconds", 1},
             {"%", "ratio", 0.01},
             {"1/s", "per_second", 1}};

/* The unit as it is where it is none of these. */
static struct base base_unit(const char *unit)
{
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
        if (strcmp(bases[i].unit, unit) == 0)
            return bases[i];
    return (struct base){unit, unit, 1};
}

/* in_units: the value is one of the metric, and not about it. */
static void print_value(struct tp_out *out, const char *name, const struct tp_compare_role *role,
                        enum tp_compare_id metric, double value, bool in_units)
{
    struct base base = base_unit(tp_compare_unit(metric));
    char number[PUT_MAX];

    if (!isfinite(value))
        return;
    report_print(out, "tcpprobe_compare_%s{role=\"", name);
    print_label(out, role->name);
    report_print(out, "\",metric=\"%s\"", tp_compare_metrics[metric].name);
    if (in_units)
        report_print(out, ",unit=\"%s\"", base.base);
    *put_real(number, in_units ? value * base.factor : value) = '\0';
    report_print(out, "} %s\n", number);
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
    bool in_units;
} families[] = {{"base", "median over the base runs", base_of, true},
                {"new", "median over the new runs", new_of, true},
                {"p", "adjusted p of the permutation test", p_of, false},
                {"changed", "1 if it changed", changed_of, false}};

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
                print_value(
                    out, families[i].name, &comparison->roles[j], (enum tp_compare_id)metric,
                    families[i].of(&comparison->roles[j].rows[metric]), families[i].in_units);
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
