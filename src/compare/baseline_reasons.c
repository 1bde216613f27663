/* baseline_reasons.c: what was found of a role, as JSON and back. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/baseline_reasons.h"
#include "compare/sample.h"

/* jansson frees what it is given even where it fails. */
static bool put(json_t *object, const char *key, json_t *value)
{
    return value && json_object_set_new(object, key, value) == 0;
}

static json_t *findings_json(const struct tp_run_reasons *reasons)
{
    json_t *object = json_object();

    for (size_t row = 0; object && row < tp_reason_row_count; row++)
        if (reasons->judged >> row & 1 &&
            !put(object, tp_reason_rows[row].id,
                 json_pack("[I, I]", (json_int_t)reasons->sum.count[row],
                           (json_int_t)reasons->sum.cost_ns[row]))) {
            json_decref(object);
            return NULL;
        }
    return object;
}

static json_t *waits_json(const struct tp_account *account)
{
    json_t *object = json_object();

    for (unsigned wait = 0; object && wait < TP_WAIT_COUNT; wait++)
        if (account->time_ns[wait] &&
            !put(object, tp_wait_name((enum tp_wait)wait), json_integer(account->time_ns[wait]))) {
            json_decref(object);
            return NULL;
        }
    return object;
}

static json_t *blind_json(const struct tp_reason_sum *sum)
{
    json_t *list = json_array();

    for (unsigned blind = 0; list && blind < TP_BLINDS; blind++)
        if (json_array_append_new(list, json_integer((json_int_t)sum->blind[blind])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

json_t *baseline_reasons_json(const struct tp_run_reasons *reasons)
{
    return json_pack("{s:f, s:o, s:o, s:I, s:i, s:o}", BASELINE_BYTES, reasons->carried_bytes,
                     BASELINE_BLIND, blind_json(&reasons->sum), BASELINE_FINDINGS,
                     findings_json(reasons), BASELINE_FLOWS, (json_int_t)reasons->sum.flows,
                     BASELINE_ORIGINS, (int)reasons->sum.origins, BASELINE_WAITS,
                     waits_json(&reasons->sum.account));
}

/* --- back ------------------------------------------------------------------------------------- */

/* So much that sums of many do not overflow. */
#define TIME_MAX (INT64_MAX / 64)

static bool read_count(json_t *value, int64_t most, int64_t *count)
{
    *count = json_integer_value(value);
    return json_is_integer(value) && *count >= 0 && *count <= most;
}

static bool read_findings(json_t *object, struct tp_run_reasons *reasons)
{
    int64_t count;

    for (size_t row = 0; row < tp_reason_row_count; row++) {
        json_t *pair = json_object_get(object, tp_reason_rows[row].id);

        if (!pair)
            continue;
        if (!read_count(json_array_get(pair, 0), UINT32_MAX, &count) ||
            !read_count(json_array_get(pair, 1), TIME_MAX, &reasons->sum.cost_ns[row]))
            return false;
        reasons->sum.count[row] = (size_t)count;
        reasons->judged |= UINT64_C(1) << row;
    }
    return json_is_object(object);
}

static bool read_waits(json_t *object, struct tp_account *account)
{
    for (unsigned wait = 0; wait < TP_WAIT_COUNT; wait++) {
        json_t *value = json_object_get(object, tp_wait_name((enum tp_wait)wait));

        if (value && !read_count(value, TIME_MAX, &account->time_ns[wait]))
            return false;
    }
    return json_is_object(object);
}

static bool read_blind(json_t *list, struct tp_reason_sum *sum)
{
    int64_t count;

    for (unsigned blind = 0; blind < TP_BLINDS; blind++) {
        if (!read_count(json_array_get(list, blind), UINT32_MAX, &count))
            return false;
        sum->blind[blind] = (size_t)count;
    }
    return true;
}

static bool read_all(json_t *object, struct tp_run_reasons *reasons)
{
    json_t *bytes = json_object_get(object, BASELINE_BYTES);
    int64_t flows, origins;

    reasons->carried_bytes = json_is_number(bytes) ? json_number_value(bytes) : NAN;
    if (!(reasons->carried_bytes >= 0 && reasons->carried_bytes <= SAMPLE_MAX) ||
        !read_count(json_object_get(object, BASELINE_FLOWS), UINT32_MAX, &flows) ||
        !read_count(json_object_get(object, BASELINE_ORIGINS), UINT16_MAX, &origins))
        return false;
    reasons->sum.flows = (size_t)flows;
    reasons->sum.origins = (uint32_t)origins;
    return read_findings(json_object_get(object, BASELINE_FINDINGS), reasons) &&
           read_waits(json_object_get(object, BASELINE_WAITS), &reasons->sum.account) &&
           read_blind(json_object_get(object, BASELINE_BLIND), &reasons->sum);
}

int baseline_reasons_read(json_t *object, struct tp_run_role *role, struct tp_error *error)
{
    if (!object)
        return TP_OK;
    role->reasons = calloc(1, sizeof *role->reasons);
    if (!role->reasons)
        return tp_error_nomem(error);
    if (!json_is_object(object) || !read_all(object, role->reasons))
        return tp_error_set(error, TP_ERR_FORMAT,
                            "is no baseline: a role does not say what was found of it");
    return TP_OK;
}
