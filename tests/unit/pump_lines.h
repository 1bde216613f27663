/* pump_lines.h: what a pump gave, and the kernel's text, in a form that can be compared. */
#ifndef TCPPROBE_TESTS_PUMP_LINES_H
#define TCPPROBE_TESTS_PUMP_LINES_H

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recorder/pump.h"

/* All lines one behind the other. */
struct lines {
    char *text;
    size_t length, size;
    uint64_t count, markers, lost;
    int stop_after; /* the sink ends the drain after so many; 0: never */
};

static inline int lines_take(void *context, const struct pump_line *line, struct tp_error *error)
{
    struct lines *lines = context;

    while (lines->length + line->length + 1 > lines->size) {
        lines->size = lines->size ? lines->size * 2 : 1u << 20;
        lines->text = realloc(lines->text, lines->size);
        if (!lines->text)
            abort();
    }
    memcpy(lines->text + lines->length, line->text, line->length);
    lines->length += line->length;
    lines->text[lines->length] = '\0';
    lines->count++;
    lines->markers += line->is_lost;
    lines->lost += line->lost;
    if (lines->stop_after && --lines->stop_after == 0)
        return tp_error_set(error, TP_ERR_STOPPED, "enough");
    return 0;
}

static inline void lines_release(struct lines *lines)
{
    free(lines->text);
    memset(lines, 0, sizeof *lines);
}

/* Sixteen hex digits behind "addr=" or "addr ", as pointers are written. */
static inline bool is_pointer_at(const char *text)
{
    return (strncmp(text, "addr=", 5) == 0 || strncmp(text, "addr ", 5) == 0) &&
           strspn(text + 5, "0123456789abcdef") == 16;
}

/* Replaces each pointer's hash by the number of its first appearance, so that texts with other
 * salts are the same exactly if equal pointers have equal hashes. NULL keeps its zeros. */
static inline void number_pointers(char *text)
{
    static char seen[4096][16]; /* a test is one thread */
    size_t count = 0, i;
    char number[17];

    for (; *text; text++) {
        if (!is_pointer_at(text) || strncmp(text + 5, "0000000000000000", 16) == 0)
            continue;
        for (i = 0; i < count && memcmp(seen[i], text + 5, 16) != 0; i++)
            continue;
        if (i == count) {
            if (++count == sizeof seen / sizeof *seen)
                abort();
            memcpy(seen[i], text + 5, 16);
        }
        snprintf(number, sizeof number, "pointer %08zu", i);
        memcpy(text + 5, number, 16);
    }
}

/* Fails with the first line that differs. */
static inline bool same_lines(const char *a, const char *b)
{
    size_t at = 0, start = 0;

    while (a[at] && a[at] == b[at])
        if (a[at++] == '\n')
            start = at;
    if (a[at] == b[at])
        return true;
    fprintf(stderr, "# %.*s\n# %.*s\n", (int)strcspn(a + start, "\n"), a + start,
            (int)strcspn(b + start, "\n"), b + start);
    return false;
}

#endif
