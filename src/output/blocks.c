/* blocks.c: a block of lines for each row, "name value", exact numbers; a figure that exists of
 * both ends of a flow has both values in one line. A section in which nothing is known is left
 * out. */
#include <stdio.h>
#include <string.h>

#include "output/pen.h"
#include "output/value.h"

static const char *text_of(const struct tp_value *value, char buf[VALUE_TEXT_BYTES])
{
    return value->type == TP_VALUE_ABSENT ? "-"
                                          : tp_value_marked(value, tp_value_exact(value, buf), buf);
}

#define NAME_WIDTH 29

static void write_line(struct pen *pen, const char *name, const char *value, const char *twin)
{
    size_t length = strlen(name);
    char line[64];

    pen_text(pen, "  ");
    pen_bytes(pen, name, length);
    pen_fill(pen, ' ', length < NAME_WIDTH ? NAME_WIDTH + 1 - length : 1);
    if (twin)
        snprintf(line, sizeof line, "%-18s %.40s", value, twin);
    pen_text(pen, twin ? line : value);
    pen_byte(pen, '\n');
}

static bool same_section(const struct tp_column *a, const struct tp_column *b)
{
    return a->section && b->section && strcmp(a->section, b->section) == 0;
}

static const struct tp_value *twin_of(const struct tp_rows *rows, const struct tp_value *values,
                                      size_t column)
{
    uint16_t twin = rows->columns[column]->twin;

    return twin && column + twin < rows->column_count ? &values[column + twin] : NULL;
}

static bool is_known(const struct tp_rows *rows, const struct tp_value *values, size_t column)
{
    const struct tp_value *twin = twin_of(rows, values, column);

    return values[column].type != TP_VALUE_ABSENT || (twin && twin->type != TP_VALUE_ABSENT);
}

/* One past the last column of the section that begins at `first`; *known: it holds a value. */
static size_t section_end(const struct tp_rows *rows, const struct tp_value *values, size_t first,
                          bool *known)
{
    size_t end = first;

    *known = !rows->columns[first]->section;
    do
        *known |= is_known(rows, values, end);
    while (++end < rows->column_count && !rows->columns[end]->is_twin &&
           same_section(rows->columns[first], rows->columns[end]));
    return end;
}

static void write_heading(struct pen *pen, const struct tp_column *column)
{
    char line[80];

    if (!column->section)
        return;
    if (column->twin)
        snprintf(line, sizeof line, " %-30s sender             receiver\n", column->section);
    else
        snprintf(line, sizeof line, " %s\n", column->section);
    pen_text(pen, line);
}

static void write_block(struct tp_out *out, const struct tp_rows *rows, uint64_t index,
                        const struct tp_value *values)
{
    char buf[VALUE_TEXT_BYTES], twin_buf[VALUE_TEXT_BYTES];
    struct pen pen = pen_on(out);
    const struct tp_value *twin;
    size_t end;
    bool known;

    if (index)
        pen_byte(&pen, '\n');
    for (size_t i = 0; i < rows->column_count; i = end) {
        end = section_end(rows, values, i, &known);
        if (!known || rows->columns[i]->is_twin)
            continue;
        write_heading(&pen, rows->columns[i]);
        for (size_t k = i; k < end; k++) {
            if (rows->columns[k]->optional && !is_known(rows, values, k))
                continue;
            twin = twin_of(rows, values, k);
            write_line(&pen, rows->columns[k]->name, text_of(&values[k], buf),
                       twin ? text_of(twin, twin_buf) : NULL);
        }
    }
    pen_lift(&pen);
}

const struct tp_writer tp_blocks_writer = {
    .name = "blocks", .help = "a block of lines for each flow, exact numbers", .row = write_block};
