/* block.c: blocks of whole lines. */
#include <stdlib.h>
#include <string.h>

#include "input/block.h"

int block_cutter_init(struct block_cutter *cutter, size_t size)
{
    memset(cutter, 0, sizeof *cutter);
    cutter->size = size;
    cutter->carry = malloc(size);
    return cutter->carry ? TP_OK : TP_ERR_NOMEM;
}

void block_cutter_release(struct block_cutter *cutter)
{
    free(cutter->carry);
    cutter->carry = NULL;
}

/* Where to cut: behind the last newline, or one line earlier if the last line is so short that it
 * may be the first half of a task name (text.c joins it with the line that follows). */
static size_t cut_point(const char *text, size_t length)
{
    const char *last = memrchr(text, '\n', length), *before;

    if (!last)
        return 0;
    before = last > text ? memrchr(text, '\n', (size_t)(last - text)) : NULL;
    if (before && last - before - 1 > 0 && last - before - 1 <= TEXT_FRAGMENT_MAX)
        last = before;
    return (size_t)(last - text) + 1;
}

static void carry_over(struct block_cutter *cutter, const char *from, size_t length)
{
    memcpy(cutter->carry, from, length);
    cutter->carried = length;
}

/* Passes over the rest of an over-long line; returns how much of text it took. */
static size_t skip_long_line(struct block_cutter *cutter, const char *text, size_t length)
{
    const char *newline = memchr(text, '\n', length);

    if (!newline)
        return length;
    cutter->in_long_line = false;
    return (size_t)(newline - text) + 1;
}

ssize_t block_fill(struct block_cutter *cutter, struct source *source, char *text,
                   struct tp_error *error)
{
    size_t length, skipped, cut;
    ssize_t got;
    bool at_end;

    do {
        length = cutter->carried;
        memcpy(text, cutter->carry, length);
        cutter->carried = 0;
        got = source_read(source, text + length, cutter->size - length, error);
        if (got < 0)
            return got;
        at_end = (size_t)got < cutter->size - length;
        length += (size_t)got;
        if (cutter->in_long_line) {
            skipped = skip_long_line(cutter, text, length);
            carry_over(cutter, text + skipped, length - skipped);
            length = 0;
        }
    } while (length == 0 && !(at_end && cutter->carried == 0));

    if (at_end) {
        const char *newline = memrchr(text, '\n', length);

        cut = newline ? (size_t)(newline - text) + 1 : 0;
        cutter->cut_off |= cut < length;
    } else {
        cut = cut_point(text, length);
        cutter->in_long_line = cut == 0;
        if (cut == 0)
            cut = length;
        carry_over(cutter, text + cut, length - cut);
    }
    memset(text + cut, '\n', TEXT_PADDING);
    return (ssize_t)cut;
}
