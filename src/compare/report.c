/* report.c: what the reports share. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "compare/report.h"

void report_print(struct tp_out *out, const char *format, ...)
{
    char *room = tp_out_room(out, TP_OUT_ROOM);
    va_list list;
    int length;

    va_start(list, format);
    length = vsnprintf(room, TP_OUT_ROOM, format, list);
    va_end(list);
    if (length < 0)
        return;
    tp_out_used(out, room + (length < TP_OUT_ROOM ? length : TP_OUT_ROOM - 1));
}

bool report_is_undecided(const struct tp_compare_role *role)
{
    return role->verdict == TP_UNDECIDED || role->verdict == TP_NOT_COMPARABLE;
}

bool report_fails_undecided(const struct tp_comparison *comparison,
                            const struct tp_compare_role *role,
                            const struct tp_report_options *options)
{
    return report_is_undecided(role) && comparison->verdict != TP_CHANGED &&
           !options->undecided_passes;
}

bool report_is_known(const struct tp_compare_row *row)
{
    return !isnan(row->base) || !isnan(row->fresh);
}

bool report_is_case(const struct tp_compare_row *row)
{
    return row->gated && report_is_known(row);
}

bool report_is_skipped(const struct tp_compare_role *role, const struct tp_compare_row *row)
{
    return row->change == TP_CHANGE_NONE && (report_is_undecided(role) || row->why[0]);
}

const char *report_number(double value, char buf[REPORT_TEXT])
{
    if (isfinite(value))
        snprintf(buf, REPORT_TEXT, fabs(value) >= 1e4 ? "%.0f" : "%.4g", value);
    else
        snprintf(buf, REPORT_TEXT, "-");
    return buf;
}

const char *report_change(const struct tp_compare_row *row, char buf[REPORT_TEXT])
{
    double change = row->fresh - row->base;

    if (isnan(change))
        snprintf(buf, REPORT_TEXT, "-");
    else if (row->base != 0 && row->relative > 0)
        snprintf(buf, REPORT_TEXT, "%+.1f %%", 100 * change / fabs(row->base));
    else
        snprintf(buf, REPORT_TEXT, "%+.3g", change);
    return buf;
}

const char *report_limit(const struct tp_compare_row *row, char buf[REPORT_TEXT])
{
    if (row->relative > 0 && row->absolute > 0)
        snprintf(buf, REPORT_TEXT, "%g %% and %g", 100 * row->relative, row->absolute);
    else if (row->relative > 0)
        snprintf(buf, REPORT_TEXT, "%g %%", 100 * row->relative);
    else
        snprintf(buf, REPORT_TEXT, "%g", row->absolute);
    return buf;
}

const char *report_interval(const struct tp_compare_row *row, char buf[REPORT_TEXT])
{
    if (isnan(row->low) || isnan(row->high))
        snprintf(buf, REPORT_TEXT, "-");
    else
        snprintf(buf, REPORT_TEXT, "%.3g .. %.3g", row->low, row->high);
    return buf;
}

const char *report_share(double share, char buf[REPORT_TEXT])
{
    if (share > 0) /* not where it is not known either */
        snprintf(buf, REPORT_TEXT, share < 0.01 ? "%.1f %%" : "%.0f %%", 100 * share);
    else
        snprintf(buf, REPORT_TEXT, "-");
    return buf;
}

const char *report_outcome(const struct tp_compare_role *role, const struct tp_compare_row *row)
{
    if (row->change != TP_CHANGE_NONE)
        return tp_change_name(row->change);
    if (!row->gated)
        return "for information";
    if (role->verdict == TP_NOT_COMPARABLE)
        return "not compared";
    if (row->undecided)
        return "not decided";
    if (row->why[0])
        return "not tested";
    if (tp_compare_metrics[row->metric].kind == TP_COMPARE_EXACT)
        return isnan(row->base) || isnan(row->fresh) ? "not tested" : "equal";
    if (!row->tested)
        return "not tested";
    return row->same ? "same" : "no change";
}
