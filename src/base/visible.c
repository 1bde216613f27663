/* visible.c: which characters a terminal only shows. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "base/visible.h"

static uint32_t code_of(const char *text, size_t length)
{
    static const uint8_t head[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t code = (unsigned char)text[0] & head[length];

    for (size_t i = 1; i < length; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3f);
    return code;
}

static bool is_shown(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } hidden[] = {{0, 0x1f},        {0x7f, 0x9f},     {0x061c, 0x061c},
                  {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069}};

    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (code >= hidden[i].first && code <= hidden[i].last)
            return false;
    return true;
}

/* At most 4 bytes of `to`: the character at the head of text, or its first byte in digits. */
static size_t show(const char *text, size_t length, const char *keep, char *to, size_t *taken)
{
    size_t bytes = tp_utf8_character(text, length);

    *taken = 1;
    if ((bytes && is_shown(code_of(text, bytes))) || (*text && strchr(keep, *text))) {
        *taken = bytes ? bytes : 1;
        memcpy(to, text, *taken);
        return *taken;
    }
    tp_utf8_escape(to, *text);
    return TP_UTF8_ESCAPE;
}

size_t visible_text(const char **text, const char *end, const char *keep, char *to, size_t size)
{
    char one[VISIBLE_MOST];
    size_t used = 0, taken, written;

    for (; *text < end; *text += taken) {
        written = show(*text, (size_t)(end - *text), keep, one, &taken);
        if (written > size - used)
            break;
        memcpy(to + used, one, written);
        used += written;
    }
    return used;
}
