/* phrase.h: a text that is put together piece by piece in a buffer of fixed size, and is a C string
 * all the time. What does not fit is cut off.
 *
 *     struct tp_phrase phrase = tp_phrase_in(text, sizeof text);
 *     for (i = 0; i < count; i++)
 *         tp_phrase_item(&phrase, ", ", "%s", names[i]);
 */
#ifndef TCPPROBE_BASE_PHRASE_H
#define TCPPROBE_BASE_PHRASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* "%llu packet%s": what stands behind a noun of so many. */
static inline const char *tp_plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/* Has the text, of which length bytes count, that end, and something before it? */
static inline bool tp_ends_in(const char *text, size_t length, const char *end)
{
    size_t own = strlen(end);

    return length > own && memcmp(text + length - own, end, own) == 0;
}

struct tp_phrase {
    char *text;
    size_t size;   /* of the buffer, bytes; at least 1 */
    size_t length; /* of the text, always below size */
    bool cut;      /* something did not fit */
};

/* An empty one. The buffer stays the caller's. */
struct tp_phrase tp_phrase_in(char *text, size_t size);
/* Goes on with what the buffer holds. */
struct tp_phrase tp_phrase_after(char *text, size_t size);

void tp_phrase_add(struct tp_phrase *phrase, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void tp_phrase_vadd(struct tp_phrase *phrase, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
/* The same with a separator before it, unless it is the first. */
void tp_phrase_item(struct tp_phrase *phrase, const char *separator, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
