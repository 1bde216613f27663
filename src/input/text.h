/* text.h: a block of whole lines becomes a batch of records.
 *
 * Every block is parsed on its own, so blocks can be parsed side by side. What a parser has learnt
 * (layouts, addresses) only makes it faster and never changes a result.
 */
#ifndef TCPPROBE_INPUT_TEXT_H
#define TCPPROBE_INPUT_TEXT_H

#include <tcpprobe/input.h>

#include "input/body.h"

/* Readable bytes that must follow the text of a block (scan.h and body.h load ahead). */
#define TEXT_PADDING 64

/* Lines up to this length can be the first half of a task name with a newline in it. */
#define TEXT_FRAGMENT_MAX 15

struct text_parser {
    struct body_parser body;
    uint64_t fields;
    uint32_t timeline;
    uint8_t input;
    int last_kind;               /* of the last event's name; -1 none */
    struct tp_text last_name;    /* points to the events' own table or nothing */
};

/* What one block gave. Numbers are added up by the caller. */
struct text_batch {
    struct tp_record *records;
    size_t count, allocated;
    const char *format;          /* of the first event, NULL if there is none */
    bool ticks;                  /* times are a counter */
    uint64_t lines;
    uint64_t malformed;
    uint64_t malformed_line;     /* of the first one, 1-based within the block */
    unsigned malformed_column;
    char malformed_text[160];    /* the sentence about it */
    uint64_t other_total;
    struct tp_other_event other[TP_OTHER_EVENTS_MAX];
    unsigned others;
};

void text_parser_init(struct text_parser *parser, uint64_t fields, uint32_t timeline,
                      uint8_t input);

/* Parses text, which holds whole lines (the last one may lack its newline) and is followed by
 * TEXT_PADDING bytes. The records point into text. Comment lines are handed to header_read() if
 * info is not NULL. Returns 0 or TP_ERR_NOMEM; batch keeps its array for the next block. */
int text_parse(struct text_parser *parser, const char *text, size_t length,
               struct text_batch *batch, struct tp_input_info *info);

void text_batch_release(struct text_batch *batch);

#endif
