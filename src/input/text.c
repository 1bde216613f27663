/* text.c: lines to records. */
#include <stdio.h>
#include <string.h>

#include "input/aside.h"
#include "input/events.h"
#include "input/header.h"
#include "input/hint.h"
#include "input/line.h"
#include "input/procfs.h"
#include "input/scan.h"
#include "input/text.h"
#include "input/words.h"

#define HINTED_LINES_MAX 1000 /* of a block of which no line can be read */

/* What some editors put before the first line of UTF-8. */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

void text_parser_init(struct text_parser *parser, uint64_t fields, uint32_t timeline, uint8_t input)
{
    body_parser_init(&parser->body, fields, timeline);
    parser->fields = fields ? fields : UINT64_MAX;
    parser->timeline = timeline;
    parser->input = input;
    parser->last_kind = -1;
    parser->last_name = (struct tp_text){"", 0};
    shapes_init(&parser->shapes);
}

/* Is this malformed line to be told about? The first one is, and as long as nothing could be read,
 * the first one of which it is known how it came about. */
static bool is_told(struct batch *batch, const char *hint)
{
    if (!batch_malformed(batch) && (!hint || batch->hinted || batch->count))
        return false;
    batch->hinted = hint != NULL;
    batch->malformed_line = batch->lines;
    return true;
}

/* Where it is not known how a thousand lines came about, nobody learns it from the next ones. */
static bool needs_hint(const struct batch *batch)
{
    return !batch->malformed ||
           (!batch->count && !batch->hinted && batch->malformed < HINTED_LINES_MAX);
}

/* The word that cannot be read is quoted where nothing better is known to say. */
static void malformed(struct batch *batch, const char *line, const char *end, const char *word,
                      const char *what, const char *hint)
{
    int shown = end - word > 60 ? 60 : (int)(end - word);

    if (!is_told(batch, hint))
        return;
    if (hint)
        snprintf(batch->malformed_text, sizeof batch->malformed_text, "%s", hint);
    else
        snprintf(batch->malformed_text, sizeof batch->malformed_text, "%s: '%.*s'%s", what, shown,
                 word, shown < end - word ? "..." : "");
    batch->malformed_column = word == end ? 0 : (unsigned)(word - line) + 1;
}

static void malformed_event(struct batch *batch, const char *at, const struct line *line,
                            const char *bad)
{
    malformed(batch, at, line->end, bad, "cannot read this part of the event",
              needs_hint(batch) ? hint_of_message(line->message, line->end) : NULL);
}

static void malformed_line(struct batch *batch, const char *at, const char *end)
{
    malformed(batch, at, end, at, "not an event of a known form",
              needs_hint(batch) ? hint_of_line(at, end) : NULL);
}

static int find_kind(struct text_parser *parser, const struct line *line)
{
    int kind;

    if (parser->last_name.length == line->name_length &&
        memcmp(parser->last_name.bytes, line->name, line->name_length) == 0)
        return parser->last_kind;
    kind = event_find(line->name, line->name_length);
    if (kind >= 0) {
        const char *name = tp_kind_name((enum tp_kind)kind);

        /* Only the current name is remembered: an old synonym is looked up each time. */
        parser->last_kind = kind;
        parser->last_name = (struct tp_text){name, (uint32_t)strlen(name)};
    }
    return kind;
}

static void set_task(struct tp_record *record, const struct line *line, uint64_t fields)
{
    const char *comm = line->comm, *end = comm + line->comm_length;

    while (comm < end && *comm == ' ')
        comm++;
    record->comm = (struct tp_text){comm, (uint32_t)(end - comm)};
    record->pid = line->pid;
    record->have |= (TP_BIT(COMM) | (line->has_pid ? TP_BIT(PID) : 0)) & fields;
}

static void set_prefix(struct tp_record *record, const struct line *line, uint64_t fields)
{
    record->ts_ns = line->ts_ns;
    record->have = 0;
    if (line->has_cpu) {
        record->cpu = line->cpu;
        record->have |= TP_BIT(CPU) & fields;
    }
    if (line->comm_length && fields & (TP_BIT(COMM) | TP_BIT(PID)))
        set_task(record, line, fields);
}

/* A socket of another protocol must not meet a TCP connection of the same addresses and ports. */
static void keep_only_tcp(struct tp_record *record)
{
    if (TP_HAS(record, PROTOCOL) && record->protocol != 6)
        record->has_key = false;
}

static void note_form(struct batch *batch, enum line_form form, bool ticks, bool sampled)
{
    static const char *const forms[] = {"ftrace", "perf"};

    if (batch->format)
        return;
    batch->format = forms[form];
    batch->ticks = ticks;
    batch->sampled = sampled;
}

/* at is where the line begins. */
static void parse_event(struct text_parser *parser, struct batch *batch, struct tp_record *record,
                        const struct line *line, const char *at)
{
    const char *bad = line->message;
    int kind = find_kind(parser, line);

    note_form(batch, line->form, line->ticks, line->sampled);
    if (kind < 0) {
        batch_count_other(batch, line->name, line->name_length);
        return;
    }
    set_prefix(record, line, parser->fields);
    record->kind = (uint8_t)kind;
    if (!body_read(&parser->body, line->message, line->end, record, &bad)) {
        malformed_event(batch, at, line, bad);
        return;
    }
    keep_only_tcp(record);
    record->local ^= event_from_peer[kind];
    batch->count++;
    shapes_learn(&parser->shapes, at, line, &parser->body, record);
}

/* Returns the newline of the line at `at` if it is as one before, else NULL. */
static const char *parse_alike(struct text_parser *parser, struct batch *batch,
                               struct tp_record *record, const char *at, const char *stop)
{
    enum line_form form;
    const char *end = shapes_read(&parser->shapes, at, stop, record, &form);

    if (!end)
        return NULL;
    note_form(batch, form, false, false);
    batch->lines++;
    batch->count++;
    return end;
}

static void note_header(struct batch *batch, const char *at, const char *end)
{
    struct batch_start start = {.at = batch->count};

    if (header_begins(at, end, &start.has_offset, &start.offset_ns) &&
        batch->starts < BATCH_STARTS_MAX)
        batch->start[batch->starts++] = start;
}

static void parse_other_line(struct text_parser *parser, struct batch *batch,
                             struct tp_record *record, const char *at, const char *end,
                             struct tp_input_info *info)
{
    const char *name = NULL;

    if (header_is_comment(at, end)) {
        uint64_t dropped = header_read_dropped(at, end);

        if (dropped > batch->packets_dropped)
            batch->packets_dropped = dropped;
        note_header(batch, at, end);
        header_count(at, end, &batch->headers);
        if (info)
            header_read(at, end, info);
    } else if (header_read_lost(at, end, record)) {
        batch->count++;
    } else if (procfs_read(at, end, parser->timeline, record)) {
        record->have &= parser->fields;
        if (!batch->format)
            batch->format = "tcpprobe-proc";
        batch->count++;
    } else if (aside_find(at, end, &name)) {
        if (name)
            batch_count_other(batch, name, strlen(name));
    } else {
        malformed_line(batch, at, end);
    }
}

static const char *line_end(const char *at, const char *stop)
{
    const char *end = memchr(at, '\n', (size_t)(stop - at));

    return end ? end : stop;
}

/* A task name may hold a newline, which cuts its line in two. Kernels pad the name to 16 columns,
 * so the '-' before the PID tells whether a short line is the first half of the next one. */
static bool is_fragment(const char *at, const char *end, const char *stop)
{
    size_t length = (size_t)(end - at), rest;

    if (length > TEXT_FRAGMENT_MAX || length == 0 || *at == '#' || aside_begins_chain(at, end))
        return false;
    rest = TASK_COLUMNS - 1 - length;
    return (size_t)(stop - end) > rest + 1 && end[1 + rest] == '-' && !memchr(end + 1, '\n', rest);
}

/* Those of Windows end with "\r\n". */
static bool is_empty(const char *at, const char *end)
{
    return end == at || (end == at + 1 && *at == '\r');
}

int text_parse(struct text_parser *parser, const char *text, size_t length, struct batch *batch,
               struct tp_input_info *info)
{
    const char *at = text, *end, *stop = text + length;
    struct tp_record *record;
    struct line line;

    batch_clear(batch);
    for (; at < stop; at = end + 1) {
        end = scan_newlines(at, stop);
        batch->lines += (uint64_t)(end - at);
        at = end;
        if (at == stop)
            break;
        record = batch_next(batch);
        if (!record)
            return TP_ERR_NOMEM;
        end = parse_alike(parser, batch, record, at, stop);
        if (end)
            continue;
        end = line_end(at, stop);
        batch->lines++;
        if (is_fragment(at, end, stop)) {
            end = line_end(end + 1, stop);
            batch->lines++;
        }
        if (*at == BYTE_ORDER_MARK[0] && begins_with(at, end, BYTE_ORDER_MARK))
            at += sizeof BYTE_ORDER_MARK - 1;
        if (is_empty(at, end)) /* or nothing but the mark */
            continue;
        record->input = parser->input;
        record->key.timeline = parser->timeline;
        /* A comment may quote an event; no event begins with '#', since names are padded. */
        if (*at != '#' && line_split(at, end, &parser->last_name, &line))
            parse_event(parser, batch, record, &line, at);
        else
            parse_other_line(parser, batch, record, at, end, info);
    }
    return TP_OK;
}
