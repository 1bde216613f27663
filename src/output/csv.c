/* csv.c: RFC 4180 with "\n" line ends: a field with a comma, a quote or a line end is quoted.
 *
 * Names come from outside, and CSV goes into spreadsheets: "csv" guards texts that they would run,
 * "csv-raw" writes them as they are. */
#include <string.h>

#include "base/formula.h"
#include "output/value.h"

static void write_field(struct tp_out *out, const char *guard, const char *text)
{
    const char *quote;

    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        tp_out_text(out, guard);
        tp_out_text(out, text);
        return;
    }
    tp_out_bytes(out, "\"", 1);
    tp_out_text(out, guard);
    while ((quote = strchr(text, '"'))) {
        tp_out_bytes(out, text, (size_t)(quote - text) + 1);
        tp_out_bytes(out, "\"", 1);
        text = quote + 1;
    }
    tp_out_text(out, text);
    tp_out_bytes(out, "\"", 1);
}

static void head(struct tp_out *out, const struct tp_rows *rows)
{
    for (size_t i = 0; i < rows->column_count; i++) {
        tp_out_text(out, i ? "," : "");
        write_field(out, "", rows->columns[i]->name);
    }
    tp_out_bytes(out, "\n", 1);
}

static void write_row(struct tp_out *out, const struct tp_rows *rows, const struct tp_value *values,
                      bool guarded)
{
    char buf[VALUE_TEXT_BYTES];
    const char *text;

    for (size_t i = 0; i < rows->column_count; i++) {
        text = tp_value_exact(&values[i], buf);
        tp_out_text(out, i ? "," : "");
        write_field(out, guarded && text_is_formula(text, strlen(text)) ? FORMULA_GUARD : "", text);
    }
    tp_out_bytes(out, "\n", 1);
}

static void row(struct tp_out *out, const struct tp_rows *rows, uint64_t index,
                const struct tp_value *values)
{
    (void)index;
    write_row(out, rows, values, true);
}

static void raw_row(struct tp_out *out, const struct tp_rows *rows, uint64_t index,
                    const struct tp_value *values)
{
    (void)index;
    write_row(out, rows, values, false);
}

const struct tp_writer tp_csv_writer = {
    .name = "csv", .help = "comma-separated, exact numbers", .head = head, .row = row};
const struct tp_writer tp_csv_raw_writer = {
    .name = "csv-raw",
    .help = "the same, without the ' before a text that a spreadsheet would run as a formula",
    .head = head,
    .row = raw_row};
