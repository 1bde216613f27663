/* json.c: JSON, a row at a time, so that memory does not grow with the rows. Bytes are as jansson
 * would write them (compact, reals with 17 digits), but a tree of values for each row costs ten
 * times as much. */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/put.h"
#include "output/pen.h"
#include "output/value.h"

static uint64_t special(uint64_t word)
{
    if (!((word & PEN_EACH(0x80)) | pen_any_below(word, '"' + 1) | pen_any_equal(word, '\\')))
        return 0; /* of the others a blank is the only usual one */
    return (word & PEN_EACH(0x80)) | pen_any_below(word, 0x20) | pen_any_equal(word, '"') |
           pen_any_equal(word, '\\');
}

static void write_text(struct pen *pen, const char *text)
{
    size_t length = strlen(text);
    const char *end = text + length;

    pen_byte(pen, '"');
    if (!pen_plain(pen, text, length, special))
        while (text < end) {
            pen_room(pen, JSON_MOST);
            pen->at = put_json(pen->at, &text, end);
        }
    pen_byte(pen, '"');
}

/* A real looks like one: 3.0, 1e20 rather than 3, 1e+20. There are none for what is not finite. */
static char *put_number(char *at, double value)
{
    char *end = put_real17(at, value), *exponent;

    if (!isfinite(value))
        return put_text(at, "null");
    exponent = memchr(at, 'e', (size_t)(end - at));
    if (!exponent)
        return memchr(at, '.', (size_t)(end - at)) ? end : put_text(end, ".0");
    at = exponent + 1;
    at += *at == '-';
    exponent = at;
    while (at < end && (*at == '+' || *at == '0'))
        at++;
    memmove(exponent, at, (size_t)(end - at));
    return exponent + (end - at);
}

static void write_counts(struct pen *pen, const struct tp_value *value)
{
    pen_byte(pen, '{');
    for (uint32_t i = 0; i < value->counts; i++) {
        if (i)
            pen_byte(pen, ',');
        write_text(pen, value->list[i].name);
        pen_room(pen, PUT_MAX);
        *pen->at++ = ':';
        pen->at = put_signed(pen->at, (int64_t)value->list[i].count);
    }
    pen_byte(pen, '}');
}

static void write_value(struct pen *pen, const struct tp_value *value)
{
    switch (value->type) {
    case TP_VALUE_TEXT:
        write_text(pen, value->text);
        return;
    case TP_VALUE_COUNTS:
        write_counts(pen, value);
        return;
    default:
        break;
    }
    pen_room(pen, PUT_MAX);
    if (value->type == TP_VALUE_ABSENT)
        pen->at = put_text(pen->at, "null");
    else if (value->type == TP_VALUE_REAL)
        pen->at = put_number(pen->at, value->real);
    else
        pen->at = tp_value_put(pen->at, value);
}

static void write_object(struct pen *pen, const struct tp_rows *rows, const struct tp_value *values)
{
    pen_byte(pen, '{');
    for (size_t i = 0; i < rows->column_count; i++) {
        if (i)
            pen_byte(pen, ',');
        write_text(pen, rows->columns[i]->name);
        pen_room(pen, PUT_MAX + 1);
        *pen->at++ = ':';
        if (values[i].type == TP_VALUE_ABSENT)
            pen->at = put_text(pen->at, "null");
        else if (values[i].type == TP_VALUE_INTEGER)
            pen->at = put_signed(pen->at, values[i].integer);
        else
            write_value(pen, &values[i]);
    }
    pen_byte(pen, '}');
}

void tp_out_json_text(struct tp_out *out, const char *text)
{
    struct pen pen = pen_on(out);

    write_text(&pen, text);
    pen_lift(&pen);
}

void tp_out_json_value(struct tp_out *out, const struct tp_value *value)
{
    struct pen pen = pen_on(out);

    write_value(&pen, value);
    pen_lift(&pen);
}

void tp_out_json_object(struct tp_out *out, const struct tp_rows *rows,
                        const struct tp_value *values)
{
    struct pen pen = pen_on(out);

    write_object(&pen, rows, values);
    pen_lift(&pen);
}

static void array_head(struct tp_out *out, const struct tp_rows *rows)
{
    (void)rows;
    tp_out_text(out, "[");
}

static void array_row(struct tp_out *out, const struct tp_rows *rows, uint64_t index,
                      const struct tp_value *values)
{
    struct pen pen = pen_on(out);

    pen_text(&pen, index ? ",\n" : "\n");
    write_object(&pen, rows, values);
    pen_lift(&pen);
}

static void array_tail(struct tp_out *out, const struct tp_rows *rows)
{
    (void)rows;
    tp_out_text(out, "\n]");
}

static void line_row(struct tp_out *out, const struct tp_rows *rows, uint64_t index,
                     const struct tp_value *values)
{
    struct pen pen = pen_on(out);

    (void)index;
    write_object(&pen, rows, values);
    pen_byte(&pen, '\n');
    pen_lift(&pen);
}

const struct tp_writer tp_json_writer = {.name = "json",
                                         .help = "one JSON document, exact numbers",
                                         .head = array_head,
                                         .row = array_row,
                                         .tail = array_tail};
const struct tp_writer tp_ndjson_writer = {
    .name = "ndjson", .help = "one JSON object a line, exact numbers", .row = line_row};
