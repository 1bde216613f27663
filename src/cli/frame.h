/* frame.h: a page of text of so many columns and lines, which knows no terminal.
 *
 * What is put into it is made visible first (base/visible.h), because names come from anywhere, and
 * is cut to the width. Threads: each thread has its own.
 */
#ifndef TCPPROBE_CLI_FRAME_H
#define TCPPROBE_CLI_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include <tcpprobe/output.h>

#define FRAME_COLUMNS_MAX 320
#define FRAME_LINES_MAX   400
#define FRAME_LINE_BYTES  (4 * FRAME_COLUMNS_MAX + 1)

enum frame_style { FRAME_PLAIN, FRAME_BOLD, FRAME_REVERSE, FRAME_DIM };

struct frame_line {
    char text[FRAME_LINE_BYTES];
    enum frame_style style;
};

struct frame {
    unsigned width, height; /* at most the above */
    unsigned count;         /* lines so far; more than height are dropped */
    struct frame_line *lines;
};

/* An empty one; false: out of memory. frame_end() frees it. */
bool frame_begin(struct frame *frame, unsigned width, unsigned height);
void frame_end(struct frame *frame);

void frame_line(struct frame *frame, enum frame_style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Empty lines, until only so many are left. */
void frame_fill(struct frame *frame, unsigned left);

/* A table of rows from `first` on, below two lines of headings, as many as `lines` allow. Columns
 * that do not fit are left out, those of the largest `rank` first (NULL: the last first); the wide
 * one is cut before. selected: a row in reverse, row_count if there is none. dim: rows that are
 * past (NULL: none). */
struct frame_table {
    const struct tp_rows *rows;
    const unsigned char *rank;
    size_t first, selected;
    unsigned lines;
    bool (*dim)(void *context, size_t row);
};
void frame_table(struct frame *frame, const struct frame_table *table);

#endif
