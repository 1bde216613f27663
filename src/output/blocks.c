/* blocks.c: a block of lines for each row, "name value", exact numbers; a figure that exists of
 * both ends of a flow has both values in one line. */
#include <stdio.h>

#include "output/value.h"

static const char *text_of(const struct tp_value *value, char buf[VALUE_TEXT_BYTES])
{
    return value->type == TP_VALUE_ABSENT ? "-" : tp_value_exact(value, buf);
}

static void write_line(struct tp_out *out, const char *name, const char *value, const char *twin)
{
    char line[64];

    snprintf(line, sizeof line, "  %-26s ", name);
    tp_out_text(out, line);
    if (!twin) {
        tp_out_text(out, value);
    } else {
        snprintf(line, sizeof line, "%-18s %.40s", value, twin);
        tp_out_text(out, line);
    }
    tp_out_bytes(out, "\n", 1);
}

static void write_block(struct tp_out *out, const struct tp_rows *rows, uint64_t index,
                        const struct tp_value *values)
{
    char buf[VALUE_TEXT_BYTES], twin_buf[VALUE_TEXT_BYTES];
    const struct tp_column *column;
    const struct tp_value *twin;
    bool headed = false;

    if (index)
        tp_out_bytes(out, "\n", 1);
    for (size_t i = 0; i < rows->column_count; i++) {
        column = rows->columns[i];
        if (column->is_twin)
            continue;
        twin = column->twin && i + column->twin < rows->column_count ? &values[i + column->twin]
                                                                     : NULL;
        if (twin && !headed)
            write_line(out, "", "sender", "receiver");
        headed |= twin != NULL;
        write_line(out, column->name, text_of(&values[i], buf),
                   twin ? text_of(twin, twin_buf) : NULL);
    }
}

const struct tp_writer tp_blocks_writer = {
    .name = "blocks", .help = "a block of lines for each flow, exact numbers", .row = write_block};
