/* line_parser.c: one line that is at hand already becomes a record, as a block of it would. */
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "input/text.h"

struct tp_line_parser {
    struct text_parser parser;
    struct batch batch;
    char *line; /* a copy with padding; the record's texts point into it */
    size_t allocated;
};

int tp_line_parser_new(struct tp_line_parser **parser, uint64_t fields, struct tp_error *error)
{
    *parser = calloc(1, sizeof **parser);
    if (!*parser)
        return tp_error_nomem(error);
    text_parser_init(&(*parser)->parser, fields, 0, 0);
    return 0;
}

static bool keep(struct tp_line_parser *parser, const char *line, size_t length)
{
    size_t needed = length + BLOCK_PADDING;

    if (!TP_LIST_FIT(parser->line, needed, parser->allocated))
        return false;
    memcpy(parser->line, line, length);
    memset(parser->line + length, '\n', BLOCK_PADDING);
    return true;
}

int tp_line_parse(struct tp_line_parser *parser, const char *line, size_t length,
                  const struct tp_record **record, struct tp_error *error)
{
    struct batch *batch = &parser->batch;
    int rc;

    *record = NULL;
    if (!keep(parser, line, length) ||
        text_parse(&parser->parser, parser->line, length, batch, NULL))
        return tp_error_nomem(error);
    if (batch->count) {
        *record = &batch->records[0];
        return 1;
    }
    if (!batch->malformed)
        return 0;
    rc = tp_error_set(error, TP_ERR_FORMAT, "%s", batch->malformed_text);
    tp_error_at(error, NULL, 0, batch->malformed_column);
    return rc;
}

void tp_line_parser_free(struct tp_line_parser *parser)
{
    if (!parser)
        return;
    batch_release(&parser->batch);
    free(parser->line);
    free(parser);
}
