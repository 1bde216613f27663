/* baseline_read.c: a baseline file, which may come from anywhere, as runs. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/baseline_reasons.h"
#include "compare/reasons.h"
#include "compare/sample.h"

#define FILE_BYTES_MAX (64u << 20)
#define NAME_BYTES_MAX 4096
#define ROLES_MAX      256

static int wrong(struct tp_error *error, const char *what)
{
    return tp_error_set(error, TP_ERR_FORMAT, "is no baseline: %s", what);
}

/* --- values ----------------------------------------------------------------------------------- */

/* A text of that key: absent, or the caller's. */
static int read_text(json_t *object, const char *key, char **text, struct tp_error *error)
{
    json_t *value = json_object_get(object, key);

    *text = NULL;
    if (!value)
        return TP_OK;
    if (!json_is_string(value) || json_string_length(value) > NAME_BYTES_MAX ||
        strlen(json_string_value(value)) != json_string_length(value))
        return tp_error_set(error, TP_ERR_FORMAT, "is no baseline: '%s' is no text", key);
    *text = strdup(json_string_value(value));
    return *text ? TP_OK : tp_error_nomem(error);
}

/* NAN compares with nothing. */
static bool read_number(json_t *value, double *number)
{
    *number = json_is_number(value) ? json_number_value(value) : NAN;
    return fabs(*number) <= SAMPLE_MAX;
}

static int read_list(json_t *object, const char *key, double *values, struct tp_error *error)
{
    json_t *list = json_object_get(object, key);
    size_t i;

    if (!json_is_array(list) || json_array_size(list) != TP_RUN_QUANTILES)
        return tp_error_set(error, TP_ERR_FORMAT, "is no baseline: '%s' is no list of %d numbers",
                            key, TP_RUN_QUANTILES);
    for (i = 0; i < TP_RUN_QUANTILES; i++)
        if (!read_number(json_array_get(list, i), &values[i]) &&
            !json_is_null(json_array_get(list, i)))
            return tp_error_set(error, TP_ERR_FORMAT,
                                "is no baseline: '%s' holds what is no number", key);
    return TP_OK;
}

/* All three or none. */
static int read_quantiles(json_t *object, struct tp_run_role *role, struct tp_error *error)
{
    int rc;

    if (!json_object_get(object, BASELINE_CWND) && !json_object_get(object, BASELINE_SRTT) &&
        !json_object_get(object, BASELINE_RATE))
        return TP_OK;
    role->has_quantiles = true;
    rc = read_list(object, BASELINE_CWND, role->cwnd, error);
    if (rc == TP_OK)
        rc = read_list(object, BASELINE_SRTT, role->srtt, error);
    return rc == TP_OK ? read_list(object, BASELINE_RATE, role->rate, error) : rc;
}

static int read_metrics(json_t *object, struct tp_run_role *role, struct tp_error *error)
{
    json_t *metrics = json_object_get(object, BASELINE_METRICS), *value;
    const char *key;
    int metric;

    for (metric = 0; metric < TP_COMPARE_IDS; metric++)
        role->value[metric] = NAN;
    if (!json_is_object(metrics))
        return wrong(error, "a role has no metrics");
    json_object_foreach(metrics, key, value)
    {
        metric = tp_compare_find(key, strlen(key));
        if (metric < 0)
            return tp_error_set(error, TP_ERR_FORMAT, "is no baseline: there is no metric '%.40s'",
                                key);
        if (!read_number(value, &role->value[metric]))
            return tp_error_set(error, TP_ERR_FORMAT,
                                "is no baseline: metric '%s' is no finite number", key);
    }
    return TP_OK;
}

/* --- runs ------------------------------------------------------------------------------------- */

static int read_role(const char *name, json_t *object, struct tp_run_role *role,
                     struct tp_error *error)
{
    json_t *mice = json_object_get(object, BASELINE_MICE);
    int rc;

    role->name = strdup(name);
    if (!role->name)
        return tp_error_nomem(error);
    if (!json_is_object(object))
        return wrong(error, "a role is no object");
    if (json_is_integer(mice) && json_integer_value(mice) >= 0 &&
        json_integer_value(mice) <= UINT32_MAX)
        role->mice = (uint32_t)json_integer_value(mice);
    rc = baseline_reasons_read(json_object_get(object, BASELINE_EXPLAINED), role, error);
    if (rc == TP_OK)
        rc = read_metrics(object, role, error);
    return rc == TP_OK ? read_quantiles(object, role, error) : rc;
}

static int read_roles(json_t *object, struct tp_run *run, struct tp_error *error)
{
    json_t *roles = json_object_get(object, BASELINE_ROLES), *value;
    const char *key;
    int rc = TP_OK;

    if (!json_is_object(roles) || json_object_size(roles) > ROLES_MAX)
        return wrong(error, "a run has no roles, or too many");
    run->roles = calloc(json_object_size(roles) + 1, sizeof *run->roles);
    if (!run->roles)
        return tp_error_nomem(error);
    json_object_foreach(roles, key, value)
    {
        rc = read_role(key, value, &run->roles[run->role_count++], error);
        if (rc < 0)
            break;
    }
    return rc;
}

static int read_origin(json_t *object, struct tp_run *run, struct tp_error *error)
{
    const char *word = json_string_value(json_object_get(object, BASELINE_ORIGIN));
    unsigned origin;

    for (origin = 0; word && origin <= TP_FROM_SOCKET; origin++)
        if (strcmp(word, tp_origin_name(origin)) == 0) {
            run->origin = origin;
            return TP_OK;
        }
    return wrong(error,
                 "a run does not say whether kernel events, packets, a peer or samples tell of it");
}

/* Both may be missing: of older versions. */
static int read_identity(json_t *object, struct tp_run *run, struct tp_error *error)
{
    json_t *until_close = json_object_get(object, BASELINE_UNTIL_CLOSE);
    char *text, *end;
    int rc = read_text(object, BASELINE_IDENTITY, &text, error);

    if (rc < 0)
        return rc;
    if (text) {
        run->identity = strtoull(text, &end, 16);
        rc =
            *end || strlen(text) != IDENTITY_DIGITS ? wrong(error, "an identity is no number") : rc;
        free(text);
    }
    if (until_close && (!json_is_integer(until_close) || json_integer_value(until_close) < 0 ||
                        json_integer_value(until_close) > UINT32_MAX))
        return wrong(error, "a run does not say how many flows it saw until they closed");
    run->until_close = (uint32_t)json_integer_value(until_close);
    return rc;
}

static int read_run(json_t *object, struct tp_run *run, struct tp_error *error)
{
    json_t *lost = json_object_get(object, BASELINE_LOST);
    json_t *damaged = json_object_get(object, BASELINE_DAMAGED);
    int rc;

    if (!json_is_object(object))
        return wrong(error, "a run is no object");
    if (!json_is_integer(lost) || json_integer_value(lost) < 0)
        return wrong(error, "a run does not say what was lost");
    if (!json_is_boolean(damaged))
        return wrong(error, "a run does not say whether it is damaged");
    run->lost = (uint64_t)json_integer_value(lost);
    run->damaged = json_is_true(damaged);
    rc = read_text(object, BASELINE_NAME, &run->name, error);
    if (rc == TP_OK && !run->name)
        rc = wrong(error, "a run has no name");
    if (rc == TP_OK)
        rc = read_text(object, BASELINE_KERNEL, &run->kernel, error);
    if (rc == TP_OK)
        rc = read_text(object, BASELINE_RECORDED, &run->recorded_at, error);
    if (rc == TP_OK)
        rc = read_text(object, BASELINE_CONTROL, &run->congestion_control, error);
    if (rc == TP_OK)
        rc = read_text(object, BASELINE_CLOCK, &run->clock, error);
    if (rc == TP_OK)
        rc = read_identity(object, run, error);
    if (rc == TP_OK)
        rc = read_origin(object, run, error);
    return rc == TP_OK ? read_roles(object, run, error) : rc;
}

static int read_runs(json_t *root, struct tp_baseline *baseline, struct tp_error *error)
{
    json_t *runs = json_object_get(root, "runs");
    size_t count = json_array_size(runs), i;
    int rc = TP_OK;

    if (!json_is_array(runs))
        return wrong(error, "there are no runs");
    if (count > TP_RUNS_MAX)
        return tp_error_set(error, TP_ERR_LIMIT, "has %zu runs, at most %d can be compared", count,
                            TP_RUNS_MAX);
    baseline->runs = calloc(count + 1, sizeof *baseline->runs);
    if (!baseline->runs)
        return tp_error_nomem(error);
    for (i = 0; rc == TP_OK && i < count; i++)
        rc = read_run(json_array_get(runs, i), &baseline->runs[baseline->count++], error);
    return rc;
}

/* --- the file --------------------------------------------------------------------------------- */

static int read_rules(json_t *root, struct tp_baseline *baseline, struct tp_error *error)
{
    json_t *rules = json_object_get(root, BASELINE_ROLES), *value;
    size_t count = json_object_size(rules);
    const char *key;
    int rc = TP_OK;

    if (!json_is_object(rules) || count > ROLES_MAX)
        return wrong(error, "it does not say its roles");
    baseline->role_names = calloc(count + 1, sizeof *baseline->role_names);
    baseline->role_expressions = calloc(count + 1, sizeof *baseline->role_expressions);
    if (!baseline->role_names || !baseline->role_expressions)
        return tp_error_nomem(error);
    json_object_foreach(rules, key, value)
    {
        rc = read_text(rules, key, &baseline->role_expressions[baseline->role_count], error);
        baseline->role_names[baseline->role_count] = strdup(key);
        if (!baseline->role_names[baseline->role_count++])
            rc = tp_error_nomem(error);
        if (rc < 0)
            break;
    }
    return rc;
}

static int read_head(json_t *root, struct tp_error *error)
{
    const char *format = json_string_value(json_object_get(root, "format"));
    json_t *definitions = json_object_get(root, "definitions");

    if (!format || strcmp(format, BASELINE_FORMAT) != 0)
        return tp_error_set(error, TP_ERR_FORMAT, "is no baseline of tcpprobe");
    if (!json_is_integer(definitions))
        return wrong(error, "it does not say its version of definitions");
    if (json_integer_value(definitions) != TP_COMPARE_DEFINITIONS)
        return tp_error_set(
            error, TP_ERR_FORMAT,
            "was written with definitions %lld, this version has %d: numbers of both "
            "do not mean the same; write the baseline anew with --write-baseline",
            (long long)json_integer_value(definitions), TP_COMPARE_DEFINITIONS);
    return TP_OK;
}

/* jansson reads everything at once. */
struct bounded {
    FILE *file;
    size_t left;
};

static size_t read_bytes(void *buffer, size_t size, void *data)
{
    struct bounded *from = data;
    size_t got = fread(buffer, 1, size < from->left ? size : from->left, from->file);

    from->left -= got;
    return got;
}

/* Why there is no document. */
static int unreadable(const struct bounded *from, const json_error_t *where, const char *path,
                      struct tp_error *error)
{
    if (ferror(from->file))
        return tp_error_sys(error, errno, "cannot read it");
    if (from->left == 0)
        return tp_error_set(error, TP_ERR_LIMIT, "is larger than a baseline of %d runs can be",
                            TP_RUNS_MAX);
    if (json_error_code(where) == json_error_out_of_memory)
        return tp_error_nomem(error);
    tp_error_set(error, TP_ERR_FORMAT, "is no JSON: %s", where->text);
    tp_error_at(error, path, where->line > 0 ? (uint64_t)where->line : 0,
                where->column > 0 ? (unsigned)where->column : 0);
    return TP_ERR_FORMAT;
}

static int load(json_t **root, const char *path, struct tp_error *error)
{
    struct bounded from = {fopen(path, "re"), FILE_BYTES_MAX};
    json_error_t where;
    int rc = TP_OK;

    *root = NULL;
    if (!from.file)
        return tp_error_sys(error, errno, "cannot open it");
    *root = json_load_callback(read_bytes, &from, JSON_REJECT_DUPLICATES, &where);
    if (!*root)
        rc = unreadable(&from, &where, path, error);
    fclose(from.file);
    return rc;
}

int tp_baseline_read(struct tp_baseline *baseline, const char *path, struct tp_error *error)
{
    json_t *root;
    int rc = load(&root, path, error);

    memset(baseline, 0, sizeof *baseline);
    if (rc == TP_OK)
        rc = read_head(root, error);
    if (rc == TP_OK)
        rc = read_rules(root, baseline, error);
    if (rc == TP_OK)
        rc = read_runs(root, baseline, error);
    json_decref(root);
    if (rc < 0) {
        tp_error_at(error, path, 0, 0);
        tp_baseline_release(baseline);
    }
    return rc;
}

void tp_run_release(struct tp_run *run)
{
    size_t i;

    for (i = 0; i < run->role_count; i++) {
        free(run->roles[i].name);
        role_reasons_free(run->roles[i].reasons);
    }
    free(run->roles);
    free(run->name);
    free(run->kernel);
    free(run->recorded_at);
    free(run->congestion_control);
    free(run->clock);
    memset(run, 0, sizeof *run);
}

void tp_baseline_release(struct tp_baseline *baseline)
{
    size_t i;

    for (i = 0; i < baseline->count; i++)
        tp_run_release(&baseline->runs[i]);
    for (i = 0; i < baseline->role_count; i++) {
        free(baseline->role_names[i]);
        free(baseline->role_expressions[i]);
    }
    free(baseline->runs);
    free(baseline->role_names);
    free(baseline->role_expressions);
    memset(baseline, 0, sizeof *baseline);
}
