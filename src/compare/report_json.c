/* report_json.c: everything, in full, for programs. The schema is versioned: members are added, and
 * what is there keeps its meaning as long as "version" stays. What is not known is null. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "compare/report.h"

#define REPORT_VERSION 1

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *row_json(const struct tp_compare_row *row)
{
    static const char *const kinds[] = {[TP_COMPARE_PATH] = "path",
                                        [TP_COMPARE_EXACT] = "exact",
                                        [TP_COMPARE_CORE] = "core",
                                        [TP_COMPARE_DIAGNOSTIC] = "diagnostic"};
    const struct tp_compare_metric *metric = &tp_compare_metrics[row->metric];

    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:b, s:s, s:o, s:o, s:o, s:o, s:o, "
                     "s:o, s:o, s:o, s:s}",
                     "metric", metric->name, "title", tp_compare_figure(row->metric)->title, "unit",
                     tp_compare_unit(row->metric), "class", kinds[metric->kind], "gated",
                     row->gated, "tested", row->tested, "significant", row->significant, "large",
                     row->large, "same", row->same, "change", tp_change_name(row->change), "base",
                     number(row->base), "new", number(row->fresh), "threshold",
                     number(row->threshold), "shift", number(row->shift), "low", number(row->low),
                     "high", number(row->high), "p", number(row->p), "detectable",
                     number(row->detectable), "why", row->why);
}

static json_t *role_json(const struct tp_compare_role *role)
{
    json_t *rows = json_array();
    const struct tp_compare_row *row;

    for (row = role->rows; rows && row < role->rows + TP_COMPARE_IDS; row++)
        if (json_array_append_new(rows, row_json(row)) != 0) {
            json_decref(rows);
            rows = NULL;
        }
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:o}", "role", role->name, "verdict",
                     tp_compare_verdict_name(role->verdict), "change", tp_change_name(role->change),
                     "why", role->why, "base_runs", (json_int_t)role->base_runs, "new_runs",
                     (json_int_t)role->new_runs, "metrics", rows);
}

static json_t *comparison_json(const struct tp_comparison *comparison)
{
    json_t *roles = json_array();
    size_t i;

    for (i = 0; roles && i < comparison->role_count; i++)
        if (json_array_append_new(roles, role_json(&comparison->roles[i])) != 0) {
            json_decref(roles);
            roles = NULL;
        }
    return json_pack(
        "{s:s, s:i, s:i, s:s, s:s, s:s, s:s, s:f, s:I, s:I, s:o}", "format", "tcpprobe comparison",
        "version", REPORT_VERSION, "definitions", TP_COMPARE_DEFINITIONS, "verdict",
        tp_compare_verdict_name(comparison->verdict), "change", tp_change_name(comparison->change),
        "why", comparison->why, "note", comparison->note, "alpha", comparison->alpha, "base_runs",
        (json_int_t)comparison->base_runs, "new_runs", (json_int_t)comparison->new_runs, "roles",
        roles);
}

static void write_json(struct tp_out *out, const struct tp_comparison *comparison, bool colour)
{
    json_t *root = comparison_json(comparison);
    char *text = root ? json_dumps(root, JSON_INDENT(1)) : NULL;

    (void)colour;
    if (text) {
        tp_out_text(out, text);
        tp_out_text(out, "\n");
    } else {
        tp_out_fail(out, TP_ERR_NOMEM, "out of memory");
    }
    free(text);
    json_decref(root);
}

const struct tp_report tp_json_report = {
    .name = "json", .help = "everything, for programs", .write = write_json};
