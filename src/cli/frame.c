/* frame.c: lines and tables of a page of text. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/visible.h"
#include "cli/frame.h"

/* Two ends of IPv4, and what is left of them where all else was tried. */
#define WIDE_GOOD  46
#define WIDE_LEAST 24
#define RANK_GOOD  5 /* what is left out rather than more of the wide column */

bool frame_begin(struct frame *frame, unsigned width, unsigned height)
{
    frame->width = width < FRAME_COLUMNS_MAX ? width : FRAME_COLUMNS_MAX;
    frame->height = height < FRAME_LINES_MAX ? height : FRAME_LINES_MAX;
    frame->count = 0;
    frame->lines = calloc(frame->height ? frame->height : 1, sizeof *frame->lines);
    return frame->lines;
}

void frame_end(struct frame *frame)
{
    free(frame->lines);
    memset(frame, 0, sizeof *frame);
}

/* --- columns ---------------------------------------------------------------------------- */

static bool begins_character(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

static size_t columns_of(const char *text)
{
    size_t columns = 0;

    for (; *text; text++)
        columns += begins_character(*text);
    return columns;
}

/* Appends a text that is visible, up to so many columns. Returns how many it took. */
static size_t append(char *line, const char *text, size_t columns)
{
    char *to = line + strlen(line), *end = line + FRAME_LINE_BYTES - 1;
    size_t taken = 0;

    for (; *text && to < end; *to++ = *text++) {
        taken += begins_character(*text);
        if (taken > columns)
            break;
    }
    *to = '\0';
    return taken > columns ? columns : taken;
}

static const char *visible(const char *text, char shown[FRAME_LINE_BYTES])
{
    const char *end = text + strlen(text);
    size_t length = visible_text(&text, end, "", shown, FRAME_LINE_BYTES - 1);

    shown[length] = '\0';
    return shown;
}

/* --- lines ------------------------------------------------------------------------------ */

static struct frame_line *next_line(struct frame *frame, enum frame_style style)
{
    struct frame_line *line = frame->count < frame->height ? &frame->lines[frame->count++] : NULL;

    if (line)
        *line = (struct frame_line){.style = style};
    return line;
}

void frame_line(struct frame *frame, enum frame_style style, const char *format, ...)
{
    char text[FRAME_LINE_BYTES], shown[FRAME_LINE_BYTES];
    struct frame_line *line = next_line(frame, style);
    va_list args;

    if (!line)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    append(line->text, visible(text, shown), frame->width);
}

void frame_fill(struct frame *frame, unsigned left)
{
    while (frame->count + left < frame->height)
        next_line(frame, FRAME_PLAIN);
}

/* --- tables ----------------------------------------------------------------------------- */

struct plan {
    const struct frame_table *table;
    size_t width[TP_COLUMNS_MAX]; /* 0: left out */
    size_t last;                  /* row, one past */
    struct tp_value values[TP_COLUMNS_MAX];
};

static bool is_left(const struct tp_column *column)
{
    return column->show == TP_SHOW_TEXT || column->show == TP_SHOW_WIDE;
}

static void widen(size_t *width, const char *text)
{
    size_t needed = columns_of(text);

    if (needed > *width)
        *width = needed;
}

static const char *cell(const struct plan *plan, size_t column, char shown[FRAME_LINE_BYTES])
{
    char text[TP_VALUE_SHOWN_BYTES];

    return visible(tp_value_shown(&plan->values[column], plan->table->rows->columns[column], text),
                   shown);
}

static void measure(struct plan *plan)
{
    const struct tp_rows *rows = plan->table->rows;
    char shown[FRAME_LINE_BYTES];

    for (size_t i = 0; i < rows->column_count; i++) {
        widen(&plan->width[i], rows->columns[i]->heading);
        widen(&plan->width[i], rows->columns[i]->group ? "" : rows->columns[i]->unit);
    }
    for (size_t row = plan->table->first; row < plan->last; row++) {
        rows->load(rows->context, row, plan->values);
        for (size_t i = 0; i < rows->column_count; i++)
            widen(&plan->width[i], cell(plan, i, shown));
    }
}

static bool same_group(const struct tp_rows *rows, size_t a, size_t b)
{
    const char *first = rows->columns[a]->group, *second = rows->columns[b]->group;

    return first && second && strcmp(first, second) == 0;
}

/* One past the last column that the heading of `first` stands above; *width is that of those shown.
 */
static size_t group_end(const struct plan *plan, size_t first, size_t *width)
{
    const struct tp_rows *rows = plan->table->rows;
    size_t end = first + 1;

    *width = plan->width[first];
    for (; end < rows->column_count && same_group(rows, first, end); end++)
        *width += plan->width[end] ? plan->width[end] + (*width > 0) : 0;
    return end;
}

/* Room for what stands above several columns: in the first of them. */
static void widen_groups(struct plan *plan)
{
    const struct tp_rows *rows = plan->table->rows;
    size_t width, label, end;

    for (size_t i = 0; i < rows->column_count; i = end) {
        end = group_end(plan, i, &width);
        label = rows->columns[i]->group ? columns_of(rows->columns[i]->group) : 0;
        plan->width[i] += label > width ? label - width : 0;
    }
}

static size_t total(const struct plan *plan)
{
    size_t sum = 0;

    for (size_t i = 0; i < plan->table->rows->column_count; i++)
        sum += plan->width[i] ? plan->width[i] + (sum > 0) : 0;
    return sum;
}

/* The column that can best be done without, of at least that rank; column_count if there is none,
 * or only one left. */
static size_t least_wanted(const struct plan *plan, unsigned rank)
{
    const unsigned char *ranks = plan->table->rank;
    size_t count = plan->table->rows->column_count, worst = count, left = 0;

    for (size_t i = 0; i < count; i++) {
        if (!plan->width[i])
            continue;
        left++;
        if ((!ranks || ranks[i] >= rank) && (worst == count || !ranks || ranks[i] >= ranks[worst]))
            worst = i;
    }
    return left > 1 ? worst : count;
}

static void leave_out(struct plan *plan, unsigned width, unsigned rank)
{
    size_t column;

    while (total(plan) > width &&
           (column = least_wanted(plan, rank)) < plan->table->rows->column_count)
        plan->width[column] = 0;
}

static void cut_wide(struct plan *plan, unsigned width, size_t least)
{
    const struct tp_rows *rows = plan->table->rows;

    for (size_t i = 0; i < rows->column_count; i++)
        while (rows->columns[i]->show == TP_SHOW_WIDE && total(plan) > width &&
               plan->width[i] > least)
            plan->width[i]--;
}

static void shrink(struct plan *plan, unsigned width)
{
    cut_wide(plan, width, WIDE_GOOD);
    leave_out(plan, width, RANK_GOOD);
    cut_wide(plan, width, WIDE_LEAST);
    leave_out(plan, width, 0);
    for (size_t i = 0; i < plan->table->rows->column_count; i++)
        if (plan->width[i] > width) /* the only one */
            plan->width[i] = width;
}

static void put(struct frame_line *line, const char *text, size_t width, bool left)
{
    static const char spaces[] = "                                                                ";
    size_t length = columns_of(text), pad = width > length ? width - length : 0;

    if (line->text[0])
        append(line->text, " ", 1);
    for (; !left && pad > 0; pad -= append(line->text, spaces, pad))
        ;
    append(line->text, text, width);
    for (; left && pad > 0; pad -= append(line->text, spaces, pad))
        ;
}

static void headings(struct frame *frame, const struct plan *plan)
{
    const struct tp_rows *rows = plan->table->rows;
    struct frame_line *line = next_line(frame, FRAME_BOLD);
    size_t width, end;

    for (size_t i = 0; line && i < rows->column_count; i = end) {
        const struct tp_column *column = rows->columns[i];

        end = group_end(plan, i, &width);
        if (width)
            put(line, column->group ? column->group : column->heading, width, is_left(column));
    }
    line = next_line(frame, FRAME_BOLD);
    for (size_t i = 0; line && i < rows->column_count; i++)
        if (plan->width[i])
            put(line, rows->columns[i]->group ? rows->columns[i]->heading : rows->columns[i]->unit,
                plan->width[i], is_left(rows->columns[i]));
}

static void row_line(struct frame *frame, struct plan *plan, size_t row)
{
    const struct tp_rows *rows = plan->table->rows;
    bool dim = plan->table->dim && plan->table->dim(rows->context, row);
    struct frame_line *line = next_line(frame, row == plan->table->selected ? FRAME_REVERSE
                                               : dim                        ? FRAME_DIM
                                                                            : FRAME_PLAIN);
    char shown[FRAME_LINE_BYTES];

    if (!line)
        return;
    rows->load(rows->context, row, plan->values);
    for (size_t i = 0; i < rows->column_count; i++)
        if (plan->width[i])
            put(line, cell(plan, i, shown), plan->width[i], is_left(rows->columns[i]));
}

void frame_table(struct frame *frame, const struct frame_table *table)
{
    struct plan *plan = calloc(1, sizeof *plan);
    size_t rows = table->lines > 2 ? table->lines - 2 : 0;

    if (!plan)
        return;
    plan->table = table;
    plan->last = table->first + rows;
    if (plan->last > table->rows->row_count)
        plan->last = table->rows->row_count;
    measure(plan);
    widen_groups(plan);
    shrink(plan, frame->width);
    headings(frame, plan);
    for (size_t row = table->first; row < plan->last; row++)
        row_line(frame, plan, row);
    free(plan);
}
