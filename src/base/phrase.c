/* phrase.c: a text that is put together piece by piece. */
#include <stdio.h>
#include <string.h>

#include "base/phrase.h"

struct tp_phrase tp_phrase_in(char *text, size_t size)
{
    text[0] = '\0';
    return (struct tp_phrase){.text = text, .size = size};
}

struct tp_phrase tp_phrase_after(char *text, size_t size)
{
    return (struct tp_phrase){.text = text, .size = size, .length = strlen(text)};
}

void tp_phrase_vadd(struct tp_phrase *phrase, const char *format, va_list args)
{
    size_t room = phrase->size - phrase->length;
    int length = vsnprintf(phrase->text + phrase->length, room, format, args);

    if (length < 0)
        return;
    phrase->cut |= (size_t)length >= room;
    phrase->length += (size_t)length < room ? (size_t)length : room - 1;
}

void tp_phrase_add(struct tp_phrase *phrase, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    tp_phrase_vadd(phrase, format, args);
    va_end(args);
}

void tp_phrase_item(struct tp_phrase *phrase, const char *separator, const char *format, ...)
{
    va_list args;

    if (phrase->length > 0)
        tp_phrase_add(phrase, "%s", separator);
    va_start(args, format);
    tp_phrase_vadd(phrase, format, args);
    va_end(args);
}
