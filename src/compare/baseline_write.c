/* baseline_write.c: runs as JSON that people can review: a run a line, keys in order. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/whole_file.h"
#include "compare/baseline_reasons.h"
#include "compare/json_text.h"

#define LINE_FLAGS (JSON_SORT_KEYS | JSON_COMPACT | JSON_ENSURE_ASCII)

/* jansson frees what it is given even where it fails; a failure shows in the result of the set. */
static bool put(json_t *object, const char *key, json_t *value)
{
    return value && json_object_set_new(object, key, value) == 0;
}

static bool put_text(json_t *object, const char *key, const char *text)
{
    return !text || put(object, key, json_text(text));
}

static json_t *numbers(const double *values, size_t count)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; list && i < count; i++)
        if (json_array_append_new(list, isfinite(values[i]) ? json_real(values[i]) : json_null())) {
            json_decref(list);
            return NULL;
        }
    return list;
}

static bool put_values(json_t *object, const struct tp_run_role *role)
{
    unsigned metric;

    for (metric = 0; metric < TP_COMPARE_IDS; metric++)
        if (isfinite(role->value[metric]) &&
            !put(object, tp_compare_metrics[metric].name, json_real(role->value[metric])))
            return false;
    return true;
}

static json_t *role_json(const struct tp_run_role *role)
{
    json_t *object = json_object(), *values = json_object();
    bool whole = object && values && put_values(values, role) &&
                 put(object, BASELINE_MICE, json_integer(role->mice));

    if (whole && role->reasons)
        whole = put(object, BASELINE_EXPLAINED, baseline_reasons_json(role->reasons));
    if (whole && role->has_quantiles)
        whole = put(object, BASELINE_CWND, numbers(role->cwnd, TP_RUN_QUANTILES)) &&
                put(object, BASELINE_SRTT, numbers(role->srtt, TP_RUN_QUANTILES)) &&
                put(object, BASELINE_RATE, numbers(role->rate, TP_RUN_QUANTILES));
    if (whole && json_object_set(object, BASELINE_METRICS, values) == 0) {
        json_decref(values);
        return object;
    }
    json_decref(values);
    json_decref(object);
    return NULL;
}

static bool put_identity(json_t *object, const struct tp_run *run)
{
    char text[IDENTITY_DIGITS + 1];

    snprintf(text, sizeof text, "%0*" PRIx64, IDENTITY_DIGITS, run->identity);
    return (!run->identity || put_text(object, BASELINE_IDENTITY, text)) &&
           (!run->until_close || put(object, BASELINE_UNTIL_CLOSE, json_integer(run->until_close)));
}

static json_t *run_json(const struct tp_run *run)
{
    json_t *object = json_object(), *roles = json_object();
    bool whole = object && roles && put_text(object, BASELINE_NAME, run->name) &&
                 put_text(object, BASELINE_KERNEL, run->kernel) &&
                 put_text(object, BASELINE_RECORDED, run->recorded_at) &&
                 put_text(object, BASELINE_CONTROL, run->congestion_control) &&
                 put_text(object, BASELINE_CLOCK, run->clock) && put_identity(object, run) &&
                 put(object, BASELINE_LOST, json_integer((json_int_t)run->lost)) &&
                 put(object, BASELINE_DAMAGED, json_boolean(run->damaged)) &&
                 put(object, BASELINE_ORIGIN, json_string(tp_origin_name(run->origin)));
    size_t i;

    for (i = 0; whole && i < run->role_count; i++)
        whole = put(roles, run->roles[i].name, role_json(&run->roles[i]));
    if (whole && json_object_set(object, BASELINE_ROLES, roles) == 0) {
        json_decref(roles);
        return object;
    }
    json_decref(roles);
    json_decref(object);
    return NULL;
}

static json_t *rules_json(const struct tp_baseline *baseline)
{
    json_t *object = json_object();
    size_t i;

    for (i = 0; object && i < baseline->role_count; i++)
        if (!put(object, baseline->role_names[i], json_string(baseline->role_expressions[i]))) {
            json_decref(object);
            return NULL;
        }
    return object;
}

/* As one line; the caller's to free. Not json_dumps(): it leaves out keys where memory ends. */
static char *line_of(const json_t *value)
{
    size_t length = json_dumpb(value, NULL, 0, LINE_FLAGS);
    char *text = length > 0 ? malloc(length + 1) : NULL;

    if (text && json_dumpb(value, text, length, LINE_FLAGS) == length) {
        text[length] = '\0';
        return text;
    }
    free(text);
    return NULL;
}

/* Puts one value on a line of its own; false if memory ends. */
static bool write_line(FILE *file, const char *before, json_t *value, const char *after)
{
    char *text = value ? line_of(value) : NULL;
    bool whole = text && fprintf(file, "%s%s%s\n", before, text, after) > 0;

    free(text);
    json_decref(value);
    return whole;
}

static bool write_all(FILE *file, const struct tp_baseline *baseline)
{
    bool whole = fprintf(file, "{\"definitions\":%d,\n \"format\":\"%s\",\n",
                         TP_COMPARE_DEFINITIONS, BASELINE_FORMAT) > 0 &&
                 write_line(file, " \"roles\":", rules_json(baseline), ",") &&
                 fputs(" \"runs\":[\n", file) >= 0;
    size_t i;

    for (i = 0; whole && i < baseline->count; i++)
        whole = write_line(file, "  ", run_json(&baseline->runs[i]),
                           i + 1 < baseline->count ? "," : "");
    return whole && fputs(" ]}\n", file) >= 0;
}

int tp_baseline_write(const struct tp_baseline *baseline, const char *path, struct tp_error *error)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    bool whole = file && write_all(file, baseline);
    int failed;

    if (!file || fclose(file) != 0 || !whole) {
        free(text);
        return tp_error_nomem(error);
    }
    failed = whole_file_write(path, text, length);
    free(text);
    if (!failed)
        return TP_OK;
    if (failed == ENOMEM)
        return tp_error_nomem(error);
    tp_error_sys(error, failed, "cannot write the baseline");
    tp_error_at(error, path, 0, 0);
    return TP_ERR_IO;
}
