/* csv.c: RFC 4180 with "\n" line ends: a field with a comma, a quote or a line end is quoted.
 *
 * Names come from outside, and CSV goes into spreadsheets: "csv" guards texts that they would run,
 * "csv-raw" writes them as they are; "csv-null" tells databases what is absent from what is empty.
 */
#include <string.h>

#include "base/formula.h"
#include "base/put.h"
#include "output/pen.h"
#include "output/value.h"

static uint64_t special(uint64_t word)
{
    if (!pen_any_below(word, ',' + 1)) /* where all four are, and hardly anything else */
        return 0;
    return pen_any_equal(word, ',') | pen_any_equal(word, '"') | pen_any_equal(word, '\r') |
           pen_any_equal(word, '\n');
}

/* Any text, slowly. */
static void write_quoted(struct pen *pen, const char *guard, const char *text)
{
    bool is_quoted = text[strcspn(text, ",\"\r\n")] != '\0';
    const char *quote;

    pen_text(pen, is_quoted ? "\"" : "");
    pen_text(pen, guard);
    while ((quote = strchr(text, '"'))) {
        pen_bytes(pen, text, (size_t)(quote - text) + 1);
        pen_byte(pen, '"');
        text = quote + 1;
    }
    pen_text(pen, text);
    pen_text(pen, is_quoted ? "\"" : "");
}

static void write_text(struct pen *pen, const char *text, bool guarded)
{
    size_t length = strlen(text);

    if (guarded && text_is_formula(text, length))
        write_quoted(pen, FORMULA_GUARD, text);
    else if (!pen_plain(pen, text, length, special))
        write_quoted(pen, "", text);
}

/* One without a quote in it. */
static void write_whole(struct pen *pen, const char *text)
{
    pen_byte(pen, '"');
    pen_text(pen, text);
    pen_byte(pen, '"');
}

static void head(struct tp_out *out, const struct tp_rows *rows)
{
    struct pen pen = pen_on(out);

    for (size_t i = 0; i < rows->column_count; i++) {
        pen_text(&pen, i ? "," : "");
        write_text(&pen, rows->columns[i]->name, false);
    }
    pen_byte(&pen, '\n');
    pen_lift(&pen);
}

/* absent: what stands for no value; a text that looks like it is quoted, which makes it a text.
 * Each writer has this function for itself: rows come by the million, and most values are small
 * numbers or absent. */
static inline __attribute__((always_inline)) void write_row(struct tp_out *out,
                                                            const struct tp_rows *rows,
                                                            const struct tp_value *values,
                                                            bool guarded, const char *absent)
{
    const struct tp_value *value = values, *end = values + rows->column_count;
    struct pen pen = pen_on(out);

    for (; value < end; value++) {
        pen_room(&pen, VALUE_TEXT_BYTES + 1);
        if (value > values)
            *pen.at++ = ',';
        if (value->type == TP_VALUE_ABSENT)
            pen.at = put_text(pen.at, absent);
        else if (value->type == TP_VALUE_INTEGER)
            pen.at = put_signed(pen.at, value->integer);
        else if (value->type != TP_VALUE_TEXT)
            pen.at = tp_value_put(pen.at, value);
        else if (absent[0] && strcmp(value->text, absent) == 0)
            write_whole(&pen, value->text);
        else
            write_text(&pen, value->text, guarded);
    }
    pen_byte(&pen, '\n');
    pen_lift(&pen);
}

static void row(struct tp_out *out, const struct tp_rows *rows, uint64_t index,
                const struct tp_value *values)
{
    (void)index;
    write_row(out, rows, values, true, "");
}

static void raw_row(struct tp_out *out, const struct tp_rows *rows, uint64_t index,
                    const struct tp_value *values)
{
    (void)index;
    write_row(out, rows, values, false, "");
}

static void null_row(struct tp_out *out, const struct tp_rows *rows, uint64_t index,
                     const struct tp_value *values)
{
    (void)index;
    write_row(out, rows, values, false, "\\N");
}

const struct tp_writer tp_csv_writer = {
    .name = "csv", .help = "comma-separated, exact numbers", .head = head, .row = row};
const struct tp_writer tp_csv_raw_writer = {
    .name = "csv-raw",
    .help = "the same, without the ' before a text that a spreadsheet would run as a formula",
    .head = head,
    .row = raw_row};
const struct tp_writer tp_csv_null_writer = {
    .name = "csv-null",
    .help = "csv-raw with \\N for what is absent, as databases read it",
    .head = head,
    .row = null_row};
