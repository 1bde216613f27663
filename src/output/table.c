/* table.c: aligned columns below two lines of headings.
 *
 * The rows are loaded twice, once for the widths, so that no text is kept. Two spaces part the
 * columns, or one where the table would pass the width. Where a row would pass a limit still
 * because its wide text (two IPv6 endpoints) is long, the text stands on a line of its own and the
 * figures follow below it; nothing is ever cut.
 */
#include <string.h>

#include "output/pen.h"
#include "output/value.h"

struct layout {
    const struct tp_rows *rows;
    size_t width[TP_COLUMNS_MAX];
    size_t gap;
    size_t wide; /* index of the TP_SHOW_WIDE column; column_count if there is none */
    struct tp_value values[TP_COLUMNS_MAX];
};

/* Columns on a terminal: UTF-8 continuation bytes take none. */
static size_t text_width(const char *text)
{
    size_t width = 0;

    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static bool is_left(const struct tp_column *column)
{
    return column->show == TP_SHOW_TEXT || column->show == TP_SHOW_WIDE;
}

static bool same_group(const struct tp_rows *rows, size_t a, size_t b)
{
    const char *first = rows->columns[a]->group, *second = rows->columns[b]->group;

    return first && second && strcmp(first, second) == 0;
}

static size_t gap_before(const struct layout *layout, size_t column)
{
    if (column == 0)
        return 0;
    return same_group(layout->rows, column - 1, column) ? 1 : layout->gap;
}

/* One past the last column of the group that begins at `first`; *width is that of its columns. */
static size_t group_end(const struct layout *layout, size_t first, size_t *width)
{
    size_t end = first + 1;

    *width = layout->width[first];
    for (; end < layout->rows->column_count && same_group(layout->rows, first, end); end++)
        *width += gap_before(layout, end) + layout->width[end];
    return end;
}

static void widen(size_t *width, const char *text)
{
    size_t needed = text_width(text);

    if (needed > *width)
        *width = needed;
}

static size_t total_width(const struct layout *layout)
{
    size_t total = 0;

    for (size_t i = 0; i < layout->rows->column_count; i++)
        total += gap_before(layout, i) + layout->width[i];
    return total;
}

/* Makes the columns wide enough for the headings and all values. */
static void measure(struct layout *layout)
{
    const struct tp_rows *rows = layout->rows;
    char buf[VALUE_TEXT_BYTES];
    size_t end, width, label;

    for (size_t i = 0; i < rows->column_count; i++) {
        if (rows->columns[i]->show == TP_SHOW_WIDE)
            layout->wide = i;
        widen(&layout->width[i], rows->columns[i]->heading);
        widen(&layout->width[i], rows->columns[i]->group ? "" : rows->columns[i]->unit);
    }
    for (size_t row = 0; row < rows->row_count; row++) {
        rows->load(rows->context, row, layout->values);
        for (size_t i = 0; i < rows->column_count; i++)
            widen(&layout->width[i], tp_value_shown(&layout->values[i], rows->columns[i], buf));
    }
    for (size_t i = 0; i < rows->column_count; i = end) {
        end = group_end(layout, i, &width);
        label = rows->columns[i]->group ? text_width(rows->columns[i]->group) : 0;
        if (label > width)
            layout->width[i] += label - width;
    }
}

/* Takes from the gaps, then from the wide column, what is too much. */
static void fit(struct layout *layout, size_t most)
{
    size_t rest;

    if (total_width(layout) > (most ? most : TP_TABLE_WIDTH))
        layout->gap = 1;
    if (!most || total_width(layout) <= most || layout->wide == layout->rows->column_count)
        return;
    rest = total_width(layout) - layout->width[layout->wide];
    layout->width[layout->wide] = rest < most ? most - rest : 0;
    widen(&layout->width[layout->wide], layout->rows->columns[layout->wide]->heading);
}

/* Text in a field of that width. Spaces to the right of a text wait in *pending until something
 * follows them, so that no line ends in spaces. */
static void put(struct pen *pen, size_t *pending, const char *text, size_t width, bool left)
{
    size_t length = text_width(text), padding = width > length ? width - length : 0;

    if (!left)
        *pending += padding;
    if (length > 0) {
        pen_fill(pen, ' ', *pending);
        pen_text(pen, text);
        *pending = 0;
    }
    if (left)
        *pending += padding;
}

static void write_headings(struct tp_out *out, const struct layout *layout)
{
    const struct tp_rows *rows = layout->rows;
    const struct tp_column *column;
    struct pen pen = pen_on(out);
    size_t end, width, pending = 0;

    for (size_t i = 0; i < rows->column_count; i = end) {
        column = rows->columns[i];
        end = group_end(layout, i, &width);
        pending += gap_before(layout, i);
        put(&pen, &pending, column->group ? column->group : column->heading, width,
            is_left(column));
    }
    pen_byte(&pen, '\n');
    pending = 0;
    for (size_t i = 0; i < rows->column_count; i++) {
        column = rows->columns[i];
        pending += gap_before(layout, i);
        put(&pen, &pending, column->group ? column->heading : column->unit, layout->width[i],
            is_left(column));
    }
    pen_byte(&pen, '\n');
    pen_lift(&pen);
}

static void write_row(struct tp_out *out, const struct layout *layout)
{
    const struct tp_rows *rows = layout->rows;
    char buf[VALUE_TEXT_BYTES];
    struct pen pen = pen_on(out);
    size_t pending = 0, indent = 0;
    const char *text;

    for (size_t i = 0; i < rows->column_count; i++) {
        text = tp_value_shown(&layout->values[i], rows->columns[i], buf);
        pending += gap_before(layout, i);
        put(&pen, &pending, text, layout->width[i], is_left(rows->columns[i]));
        indent += gap_before(layout, i) + layout->width[i];
        if (i == layout->wide && text_width(text) > layout->width[i]) {
            pen_byte(&pen, '\n');
            pending = indent;
        }
    }
    pen_byte(&pen, '\n');
    pen_lift(&pen);
}

static void write_table(struct tp_out *out, const struct tp_rows *rows)
{
    struct layout layout = {.rows = rows, .gap = 2, .wide = rows->column_count};

    measure(&layout);
    fit(&layout, tp_out_columns(out));
    write_headings(out, &layout);
    for (size_t row = 0; row < rows->row_count && !tp_out_failed(out); row++) {
        rows->load(rows->context, row, layout.values);
        write_row(out, &layout);
    }
}

const struct tp_writer tp_table_writer = {
    .name = "table", .help = "aligned columns, rounded numbers with units", .all = write_table};
