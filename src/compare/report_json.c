/* report_json.c: everything, in full, for programs. The schema is versioned: members are added, and
 * what is there keeps its meaning as long as "version" stays. What is not known is null. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "compare/json_text.h"
#include "compare/report.h"

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *row_json(const struct tp_compare_role *role, const struct tp_compare_row *row)
{
    static const char *const kinds[] = {[TP_COMPARE_PATH] = "path",
                                        [TP_COMPARE_EXACT] = "exact",
                                        [TP_COMPARE_CORE] = "core",
                                        [TP_COMPARE_DIAGNOSTIC] = "diagnostic"};
    const struct tp_compare_metric *metric = &tp_compare_metrics[row->metric];

    return json_pack(
        "{s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:b, s:b, s:s, s:s, s:o, s:o, s:o, s:o, "
        "s:o, s:o, s:o, s:o, s:o, s:o}",
        "metric", metric->name, "title", tp_compare_figure(row->metric)->title, "unit",
        tp_compare_unit(row->metric), "class", kinds[metric->kind], "gated", row->gated, "tested",
        row->tested, "significant", row->significant, "large", row->large, "same", row->same,
        "undecided", row->undecided, "change", tp_change_name(row->change), "outcome",
        report_outcome(role, row), "base", number(row->base), "new", number(row->fresh),
        "threshold", number(row->threshold), "shift", number(row->shift), "low", number(row->low),
        "high", number(row->high), "p", number(row->p), "detectable", number(row->detectable),
        "possible", number(row->possible), "why", json_text(row->why));
}

/* One of a list: false if memory is short. */
static bool add_stray(json_t *list, const struct tp_compare_stray *stray, const char *side)
{
    if (stray->count == 0)
        return true;
    return json_array_append_new(list,
                                 json_pack("{s:s, s:o, s:s, s:o, s:o, s:I}", "side", side, "run",
                                           json_text(stray->run->name), "metric",
                                           tp_compare_metrics[stray->metric].name, "value",
                                           number(stray->value), "middle", number(stray->middle),
                                           "count", (json_int_t)stray->count)) == 0;
}

static json_t *strays_json(const struct tp_compare_role *role)
{
    json_t *list = json_array();

    if (list && add_stray(list, &role->base_stray, "base") &&
        add_stray(list, &role->new_stray, "new"))
        return list;
    json_decref(list);
    return NULL;
}

static json_t *reason_json(const struct tp_compare_reason *reason)
{
    return json_pack("{s:s, s:s, s:I, s:I, s:o, s:o, s:s, s:o, s:o, s:o, s:s}", "finding",
                     reason->row->id, "title", reason->row->title, "base_runs",
                     (json_int_t)reason->base_with, "new_runs", (json_int_t)reason->new_with,
                     "base_share", number(reason->base_share), "new_share",
                     number(reason->new_share), "change", tp_reason_change_name(reason->change),
                     "run", json_text(reason->worst->name), "sentence", json_text(reason->sentence),
                     "advice", json_text(reason->row->advice), "basis", reason->row->basis);
}

static json_t *reasons_json(const struct tp_compare_reasons *reasons)
{
    json_t *list = json_array();

    for (size_t i = 0; list && i < reasons->count; i++)
        if (json_array_append_new(list, reason_json(&reasons->list[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

/* What was waited for, for nanoseconds a byte; null where that is not known. */
static json_t *account_json(const struct tp_compare_reasons *reasons)
{
    json_t *object = reasons->has_account ? json_object() : json_null();

    for (unsigned wait = 0; object && reasons->has_account && wait < TP_WAIT_COUNT; wait++) {
        if (reasons->base_ns[wait] <= 0 && reasons->new_ns[wait] <= 0)
            continue;
        if (json_object_set_new(object, tp_wait_name((enum tp_wait)wait),
                                json_pack("{s:o, s:o}", "base_ns", number(reasons->base_ns[wait]),
                                          "new_ns", number(reasons->new_ns[wait]))) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *role_json(const struct tp_compare_role *role)
{
    json_t *rows = json_array();
    const struct tp_compare_row *row;

    for (row = role->rows; rows && row < role->rows + TP_COMPARE_IDS; row++)
        if (json_array_append_new(rows, row_json(role, row)) != 0) {
            json_decref(rows);
            rows = NULL;
        }
    return json_pack("{s:o, s:s, s:s, s:o, s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "role",
                     json_text(role->name), "verdict", tp_compare_verdict_name(role->verdict),
                     "change", tp_change_name(role->change), "why", json_text(role->why),
                     "base_runs", (json_int_t)role->base_runs, "new_runs",
                     (json_int_t)role->new_runs, "strays", strays_json(role), "metrics", rows,
                     "findings", reasons_json(&role->reasons), "findings_not_compared",
                     json_text(role->reasons.why_not[0] ? role->reasons.why_not : NULL),
                     "account_of_a_byte", account_json(&role->reasons));
}

/* The notes as a list, and as one text for who read them when there was but one. */
static json_t *notes_json(const struct tp_comparison *comparison)
{
    json_t *notes = json_array();
    size_t i;

    for (i = 0; notes && i < comparison->note_count; i++)
        if (json_array_append_new(notes, json_text(comparison->notes[i])) != 0) {
            json_decref(notes);
            notes = NULL;
        }
    return notes;
}

static json_t *note_json(const struct tp_comparison *comparison)
{
    char *text = NULL;
    size_t length, i;
    FILE *file = open_memstream(&text, &length);
    json_t *note = NULL;

    for (i = 0; file && i < comparison->note_count; i++)
        fprintf(file, "%s%s", i ? "; " : "", comparison->notes[i]);
    if (file && fclose(file) == 0)
        note = json_text(text);
    free(text);
    return note;
}

static json_t *environment_json(const struct tp_comparison *comparison)
{
    const struct tp_compare_environment *is = comparison->environment;
    json_t *list = json_array();
    unsigned what;

    for (what = 0; list && what < TP_ENVIRONMENTS; what++, is++)
        if (json_array_append_new(list, json_pack("{s:s, s:o, s:I, s:o, s:I}", "what",
                                                  tp_environment_name((enum tp_environment)what),
                                                  "base", json_text(is->base), "base_others",
                                                  (json_int_t)is->base_others, "new",
                                                  json_text(is->fresh), "new_others",
                                                  (json_int_t)is->new_others)) != 0) {
            json_decref(list);
            list = NULL;
        }
    return list;
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
        "{s:s, s:i, s:i, s:s, s:s, s:o, s:o, s:o, s:o, s:f, s:I, s:I, s:o}", "format",
        REPORT_FORMAT, "version", REPORT_VERSION, "definitions", TP_COMPARE_DEFINITIONS, "verdict",
        tp_compare_verdict_name(comparison->verdict), "change", tp_change_name(comparison->change),
        "why", json_text(comparison->why), "note", note_json(comparison), "notes",
        notes_json(comparison), "environment", environment_json(comparison), "alpha",
        comparison->alpha, "base_runs", (json_int_t)comparison->base_runs, "new_runs",
        (json_int_t)comparison->new_runs, "roles", roles);
}

static void write_json(struct tp_out *out, const struct tp_comparison *comparison,
                       const struct tp_report_options *options)
{
    json_t *root = comparison_json(comparison);
    char *text = root ? json_dumps(root, JSON_INDENT(1)) : NULL;

    (void)options;
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
