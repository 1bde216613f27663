/* well_formed.h: is a text what the name of its format says? For programs that read it, no more
 * than that: what stands in it is for the tests of the formats.
 */
#ifndef TCPPROBE_TESTS_WELL_FORMED_H
#define TCPPROBE_TESTS_WELL_FORMED_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>

/* The line at the head of *text, without its end, which must be there. */
static inline bool well_formed_line(const char **text, const char *end, const char **line,
                                    size_t *length)
{
    const char *stop = memchr(*text, '\n', (size_t)(end - *text));

    if (!stop)
        return false;
    *line = *text;
    *length = (size_t)(stop - *text);
    *text = stop + 1;
    return true;
}

static inline bool is_json(const char *text, size_t length)
{
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);

    json_decref(json);
    return json != NULL;
}

static inline bool is_ndjson(const char *text, size_t length)
{
    const char *end = text + length, *line;

    while (text < end)
        if (!well_formed_line(&text, end, &line, &length) || !is_json(line, length))
            return false;
    return true;
}

/* RFC 4180, but lines end in \n: each has as many cells as the first, and a quote stands only
 * around a cell or twice in one. */
static inline bool is_csv(const char *text, size_t length)
{
    const char *end = text + length;
    size_t cells = 1, first = 0;
    bool quoted = false, opens = true;

    for (; text < end; text++) {
        if (quoted) {
            if (*text == '"' && text + 1 < end && text[1] == '"')
                text++;
            else
                quoted = *text != '"';
            if (!quoted && (text + 1 == end || !strchr(",\n", text[1])))
                return false;
            continue;
        }
        if (*text == '"' && !opens)
            return false;
        quoted = *text == '"';
        cells += *text == ',';
        opens = *text == ',' || *text == '\n';
        if (*text != '\n')
            continue;
        if (first && cells != first)
            return false;
        first = cells;
        cells = 1;
    }
    return !quoted && opens;
}

/* TAP: the plan is the number of tests, which are numbered. */
static inline bool is_tap(const char *text, size_t length)
{
    const char *end = text + length, *line;
    unsigned long tests = 0, planned = 0, plans = 0, number;
    char head[64];

    while (text < end) {
        if (!well_formed_line(&text, end, &line, &length))
            return false;
        snprintf(head, sizeof head, "%.*s", (int)length, line);
        if (sscanf(head, "ok %lu", &number) == 1 || sscanf(head, "not ok %lu", &number) == 1) {
            if (number != ++tests)
                return false;
        } else if (sscanf(head, "1..%lu", &number) == 1) {
            planned = number;
            plans++;
        }
    }
    return plans == 1 && planned == tests;
}

/* XML 1.0: elements are closed in order, and of what would mean something in text nothing is left.
 * Enough for what has neither comments nor a DTD. */
#define XML_DEPTH 16

static inline bool is_xml_text(const char *text, const char *end)
{
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#"};

    for (; text < end; text++) {
        bool known = *text != '&';

        if (((unsigned char)*text < 0x20 && !strchr("\n\t\r", *text)) || *text == '<')
            return false;
        for (size_t i = 0; !known && i < sizeof entities / sizeof *entities; i++)
            known = (size_t)(end - text) >= strlen(entities[i]) &&
                    memcmp(text, entities[i], strlen(entities[i])) == 0;
        if (!known)
            return false;
    }
    return true;
}

static inline bool is_xml(const char *text, size_t length)
{
    const char *end = text + length, *open, *close, *names[XML_DEPTH];
    size_t lengths[XML_DEPTH], depth = 0;

    while ((open = memchr(text, '<', (size_t)(end - text)))) {
        close = memchr(open, '>', (size_t)(end - open));
        if (!close || !is_xml_text(text, open) || !is_xml_text(open + 1, close))
            return false;
        text = close + 1;
        if (open[1] == '?') /* the declaration */
            continue;
        if (open[1] == '/') {
            length = (size_t)(close - open - 2);
            if (!depth || lengths[--depth] != length || memcmp(names[depth], open + 2, length) != 0)
                return false;
        } else if (close[-1] != '/') {
            if (depth == XML_DEPTH)
                return false;
            names[depth] = open + 1;
            lengths[depth++] = strcspn(open + 1, " \t\n>");
        }
    }
    return depth == 0 && length > 0 && is_xml_text(text, end);
}

/* True also of a format that is not known here. */
static inline bool is_well_formed(const char *format, const char *text, size_t length)
{
    static const struct {
        const char *format;
        bool (*is)(const char *text, size_t length);
    } checks[] = {{"json", is_json},   {"ndjson", is_ndjson}, {"csv", is_csv},
                  {"csv-raw", is_csv}, {"tap", is_tap},       {"junit", is_xml}};

    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (strcmp(checks[i].format, format) == 0)
            return checks[i].is(text, length);
    return true;
}

#endif
