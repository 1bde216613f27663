/* lines.h: text as one block, and what its records say. */
#ifndef TCPPROBE_TESTS_LINES_H
#define TCPPROBE_TESTS_LINES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "input/text.h"

#define NS(seconds, ns) (INT64_C(seconds) * 1000000000 + (ns))

/* Parses text as one block; the records live until the next call. */
static inline const struct batch *parse(const char *text)
{
    static struct text_parser parser;
    static struct batch batch;
    static char block[65536];
    size_t length = strlen(text);

    assert_true(length + BLOCK_PADDING < sizeof block);
    memcpy(block, text, length);
    memset(block + length, '\n', BLOCK_PADDING);
    text_parser_init(&parser, 0, 0, 0);
    assert_int_equal(text_parse(&parser, block, length, &batch, NULL), 0);
    return &batch;
}

static inline const struct tp_record *parse_one(const char *text)
{
    const struct batch *batch = parse(text);

    if (batch->count != 1)
        fail_msg("%zu records (%s) in: %s", batch->count,
                 batch->malformed ? batch->malformed_text : "none malformed", text);
    return &batch->records[0];
}

/* "kind local>peer field=value ..." as text, in the order of TP_FIELDS. */
static inline const char *describe(const struct tp_record *record)
{
    static char text[2048];
    char value[256], ends[2][64] = {"-", "-"};
    size_t i, n;

    if (record->has_key)
        for (i = 0; i < 2; i++)
            tp_endpoint_text(&record->key, i ? 1 - record->local : record->local, ends[i],
                             sizeof ends[i]);
    n = (size_t)snprintf(text, sizeof text, "%s %s>%s", tp_kind_name(record->kind), ends[0],
                         ends[1]);
    for (i = 0; i < TP_FIELD_COUNT; i++)
        if (tp_record_text(record, (enum tp_field)i, value, sizeof value) && i != TP_FIELD_COMM &&
            i != TP_FIELD_PID && i != TP_FIELD_CPU)
            n += (size_t)snprintf(text + n, sizeof text - n, " %s=%s", tp_fields[i].name, value);
    return text;
}

#endif
