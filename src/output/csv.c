/* csv.c: RFC 4180 with "\n" line ends: a field with a comma, a quote or a line end is quoted. */
#include <string.h>

#include "output/value.h"

static void write_field(struct tp_out *out, const char *text)
{
    const char *quote;

    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        tp_out_text(out, text);
        return;
    }
    tp_out_bytes(out, "\"", 1);
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
        write_field(out, rows->columns[i]->name);
    }
    tp_out_bytes(out, "\n", 1);
}

static void row(struct tp_out *out, const struct tp_rows *rows, uint64_t index,
                const struct tp_value *values)
{
    char buf[VALUE_TEXT_BYTES];

    (void)index;
    for (size_t i = 0; i < rows->column_count; i++) {
        tp_out_text(out, i ? "," : "");
        write_field(out, tp_value_exact(&values[i], buf));
    }
    tp_out_bytes(out, "\n", 1);
}

const struct tp_writer tp_csv_writer = {
    .name = "csv", .help = "comma-separated, exact numbers", .head = head, .row = row};
