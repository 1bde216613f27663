/* text.h: a block of whole lines becomes a batch of records.
 *
 * Every block is parsed on its own, so blocks can be parsed side by side. What a parser has learnt
 * (layouts, addresses) only makes it faster and never changes a result.
 */
#ifndef TCPPROBE_INPUT_TEXT_H
#define TCPPROBE_INPUT_TEXT_H

#include <tcpprobe/input.h>

#include "input/batch.h"
#include "input/block.h"
#include "input/shape.h"

/* Lines up to this length can be the first half of a task name with a newline in it. */
#define TEXT_FRAGMENT_MAX 15

struct text_parser {
    struct body_parser body;
    uint64_t fields;
    uint32_t timeline;
    uint8_t input;
    int last_kind;            /* of the last event's name; -1 none */
    struct tp_text last_name; /* points to the events' own table or nothing */
    struct shapes shapes;
};

void text_parser_init(struct text_parser *parser, uint64_t fields, uint32_t timeline,
                      uint8_t input);

/* Parses text, which holds whole lines (the last one may lack its newline) and is followed by
 * BLOCK_PADDING bytes. The records point into text. Comment lines are handed to header_read() if
 * info is not NULL. Returns 0 or TP_ERR_NOMEM; batch keeps its array for the next block. */
int text_parse(struct text_parser *parser, const char *text, size_t length, struct batch *batch,
               struct tp_input_info *info);

#endif
