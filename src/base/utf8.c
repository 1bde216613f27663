/* utf8.c: characters of UTF-8, and escapes for all other bytes. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static const struct {
    unsigned char mask, lead; /* of the first byte */
    uint32_t least;           /* that needs so many bytes */
} forms[] = {{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

static bool is_character(uint32_t point, uint32_t least)
{
    return point >= least && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
}

size_t tp_utf8_character(const char *text, size_t length)
{
    const unsigned char *at = (const unsigned char *)text;
    uint32_t point;
    size_t form, i;

    for (form = 0; form < sizeof forms / sizeof *forms && form < length; form++) {
        if ((at[0] & forms[form].mask) != forms[form].lead)
            continue;
        point = at[0] & (unsigned char)~forms[form].mask;
        for (i = 1; i <= form && i < length && (at[i] & 0xc0) == 0x80; i++)
            point = point << 6 | (at[i] & 0x3f);
        return i > form && is_character(point, forms[form].least) ? form + 1 : 0;
    }
    return 0;
}

void tp_utf8_escape(char to[TP_UTF8_ESCAPE], char byte)
{
    static const char digits[] = "0123456789abcdef";

    to[0] = '\\';
    to[1] = 'x';
    to[2] = digits[(unsigned char)byte >> 4];
    to[3] = digits[byte & 15];
}

char *tp_utf8_escaped(const char *text)
{
    const char *stop = text + strlen(text);
    char *copy = malloc(TP_UTF8_ESCAPE * (size_t)(stop - text) + 1), *end = copy;
    size_t length;

    if (!copy)
        return NULL;
    while (text < stop) {
        length = tp_utf8_character(text, (size_t)(stop - text));
        if (length) {
            memcpy(end, text, length);
            end += length;
            text += length;
            continue;
        }
        tp_utf8_escape(end, *text++);
        end += TP_UTF8_ESCAPE;
    }
    *end = '\0';
    return copy;
}
