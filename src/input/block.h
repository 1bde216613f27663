/* block.h: cuts the text of a source into blocks of whole lines. */
#ifndef TCPPROBE_INPUT_BLOCK_H
#define TCPPROBE_INPUT_BLOCK_H

#include "input/source.h"
#include "input/text.h"

/* What is left of the last block: the beginning of a line. */
struct block_cutter {
    size_t size;       /* bytes of a block */
    char *carry;       /* size bytes */
    size_t carried;
    bool in_long_line; /* the rest of an over-long line is to be passed over */
    bool cut_off;      /* the text ended in the middle of a line, which was left out */
};

int block_cutter_init(struct block_cutter *cutter, size_t size);
void block_cutter_release(struct block_cutter *cutter);

/* Fills text (size + TEXT_PADDING bytes) with whole lines; returns how many bytes, 0 at the end,
 * negative on error. A line longer than a block is handed out as its first size bytes. A last
 * line without a newline may be half a number: it is left out and cut_off is set. */
ssize_t block_fill(struct block_cutter *cutter, struct source *source, char *text,
                   struct tp_error *error);

#endif
