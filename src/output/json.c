/* json.c: JSON through jansson, one row at a time, so that memory does not grow with the rows. */
#include <jansson.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "output/value.h"

/* JSON is UTF-8. In a text that is not (a file name may hold any byte) \xHH stands for what is
 * none. */
static json_t *text_json(const char *text)
{
    json_t *json = json_string(text);
    char *clean;

    if (json || !(clean = tp_utf8_escaped(text)))
        return json;
    json = json_string(clean);
    free(clean);
    return json;
}

static json_t *counts_json(const struct tp_value *value)
{
    json_t *object = json_object();

    for (uint32_t i = 0; object && i < value->counts; i++)
        if (json_object_set_new(object, value->list[i].name,
                                json_integer((json_int_t)value->list[i].count)) != 0) {
            json_decref(object);
            return NULL;
        }
    return object;
}

static json_t *value_json(const struct tp_value *value)
{
    switch (value->type) {
    case TP_VALUE_INTEGER:
        return json_integer(value->integer);
    case TP_VALUE_REAL:
        return json_real(value->real);
    case TP_VALUE_BOOL:
        return json_boolean(value->integer);
    case TP_VALUE_TEXT:
        return text_json(value->text);
    case TP_VALUE_COUNTS:
        return counts_json(value);
    case TP_VALUE_ABSENT:
        break;
    }
    return json_null();
}

static int write_bytes(const char *bytes, size_t length, void *out)
{
    tp_out_bytes(out, bytes, length);
    return 0;
}

/* Consumes json; NULL means that there was no memory for it. */
static void write_json(struct tp_out *out, json_t *json)
{
    if (!json || json_dump_callback(json, write_bytes, out, JSON_COMPACT | JSON_ENCODE_ANY) != 0)
        tp_out_fail(out, TP_ERR_NOMEM, "out of memory");
    json_decref(json);
}

void tp_out_json_text(struct tp_out *out, const char *text)
{
    write_json(out, text_json(text));
}

void tp_out_json_object(struct tp_out *out, const struct tp_rows *rows,
                        const struct tp_value *values)
{
    json_t *object = json_object();

    for (size_t i = 0; object && i < rows->column_count; i++)
        if (json_object_set_new(object, rows->columns[i]->name, value_json(&values[i])) != 0) {
            json_decref(object);
            object = NULL;
        }
    write_json(out, object);
}

static void array_head(struct tp_out *out, const struct tp_rows *rows)
{
    (void)rows;
    tp_out_text(out, "[");
}

static void array_row(struct tp_out *out, const struct tp_rows *rows, uint64_t index,
                      const struct tp_value *values)
{
    tp_out_text(out, index ? ",\n" : "\n");
    tp_out_json_object(out, rows, values);
}

static void array_tail(struct tp_out *out, const struct tp_rows *rows)
{
    (void)rows;
    tp_out_text(out, "\n]");
}

static void line_row(struct tp_out *out, const struct tp_rows *rows, uint64_t index,
                     const struct tp_value *values)
{
    (void)index;
    tp_out_json_object(out, rows, values);
    tp_out_bytes(out, "\n", 1);
}

const struct tp_writer tp_json_writer = {.name = "json",
                                         .help = "one JSON document, exact numbers",
                                         .head = array_head,
                                         .row = array_row,
                                         .tail = array_tail};
const struct tp_writer tp_ndjson_writer = {
    .name = "ndjson", .help = "one JSON object a line, exact numbers", .row = line_row};
