/* fuzz_line.c: what a parser has learnt from earlier lines makes it faster and never changes a
 * result: each line read by a parser that saw the lines before it, and by a fresh one. */
#include <stdlib.h>
#include <string.h>

#include "input/text.h"

#include "fuzz.h"

#define FEW (TP_BIT(SRTT) | TP_BIT(SND_UNA) | TP_BIT(COMM))

/* The parsers point into the text. */
struct reading {
    char *text;
    size_t length;
    struct text_parser parser;
    struct batch batch;
};

static struct reading *reading_new(const char *text, size_t length, uint64_t fields)
{
    struct reading *reading = calloc(1, sizeof *reading);

    if (!reading)
        abort();
    reading->text = malloc(length + BLOCK_PADDING);
    if (!reading->text)
        abort();
    memcpy(reading->text, text, length);
    memset(reading->text + length, '\n', BLOCK_PADDING);
    reading->length = length;
    text_parser_init(&reading->parser, fields, 7, 3);
    return reading;
}

static void reading_free(struct reading *reading)
{
    batch_release(&reading->batch);
    free(reading->text);
    free(reading);
}

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_same_member(const struct tp_record *a, const struct tp_record *b, int field)
{
    const struct tp_field_info *info = &tp_fields[field];
    struct tp_text s, t;

    if (info->format != TP_FORMAT_TEXT) {
        check(tp_record_number(a, (enum tp_field)field) ==
              tp_record_number(b, (enum tp_field)field));
        return;
    }
    memcpy(&s, (const char *)a + info->offset, sizeof s);
    memcpy(&t, (const char *)b + info->offset, sizeof t);
    check(s.length == t.length && memcmp(s.bytes, t.bytes, s.length) == 0);
}

static void check_same_record(const struct tp_record *a, const struct tp_record *b)
{
    int field;

    check(a->kind == b->kind && a->have == b->have && a->input == b->input);
    check(a->kind == TP_KIND_LOST || a->ts_ns == b->ts_ns);
    check(a->has_key == b->has_key);
    if (a->has_key)
        check(tp_flow_key_equal(&a->key, &b->key) && a->hash == b->hash && a->local == b->local);
    for (field = 0; field < TP_FIELD_COUNT; field++)
        if (a->have & UINT64_C(1) << field)
            check_same_member(a, b, field);
}

/* The wanted fields must be the same whether or not others were wanted too. (Others may be there
 * nevertheless: markers of lost events have all of theirs.) */
static void check_wanted(const struct tp_record *a, const struct tp_record *all, uint64_t fields)
{
    int field;

    check(a->kind == all->kind && (a->have & fields) == (all->have & fields));
    for (field = 0; field < TP_FIELD_COUNT; field++)
        if (a->have & UINT64_C(1) << field)
            check_same_member(a, all, field);
}

static void parse(struct reading *reading, struct tp_input_info *info)
{
    check(text_parse(&reading->parser, reading->text, reading->length, &reading->batch, info) ==
          TP_OK);
    check(reading->batch.count <= reading->batch.lines);
}

/* The line as if it were the next block. */
static void parse_next(struct reading *learnt, const struct reading *line)
{
    free(learnt->text);
    learnt->text = NULL;
    learnt->text = malloc(line->length + BLOCK_PADDING);
    check(learnt->text != NULL);
    memcpy(learnt->text, line->text, line->length + BLOCK_PADDING);
    learnt->length = line->length;
    parse(learnt, NULL);
}

static void check_same(const struct batch *a, const struct batch *b)
{
    check(a->count == b->count && a->malformed == b->malformed && a->other_total == b->other_total);
    check(a->lines == b->lines && !a->format == !b->format);
    if (a->count)
        check_same_record(a->records, b->records);
}

/* One line by itself with fresh parsers, of which one is told that few fields are wanted. */
static void check_line(struct reading *learnt, struct reading *learnt_few, const char *line,
                       size_t length)
{
    struct reading *fresh = reading_new(line, length, 0);
    struct reading *few = reading_new(line, length, FEW);
    struct tp_input_info info = {0};

    parse(fresh, &info);
    parse(few, NULL);
    parse_next(learnt, fresh);
    parse_next(learnt_few, fresh);
    check_same(&learnt->batch, &fresh->batch);
    check_same(&learnt_few->batch, &few->batch);
    if (fresh->batch.count && few->batch.count)
        check_wanted(few->batch.records, fresh->batch.records, few->parser.fields);
    if (fresh->batch.malformed)
        check(fresh->batch.malformed_text[0] != 0);
    reading_free(fresh);
    reading_free(few);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *at = (const char *)data, *end = at + size, *newline;
    struct reading *learnt = reading_new("", 0, 0), *learnt_few = reading_new("", 0, FEW);

    for (; at < end; at = newline + 1) {
        newline = memchr(at, '\n', (size_t)(end - at));
        if (!newline)
            newline = end;
        /* With the newline: without it a line may be the first half of one. */
        check_line(learnt, learnt_few, at, (size_t)(newline - at) + (newline < end));
    }
    reading_free(learnt);
    reading_free(learnt_few);
    return 0;
}
