/* visible.c: which characters a terminal only shows. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/visible.h"

size_t utf8_length(const char *text, size_t length)
{
    const unsigned char *at = (const unsigned char *)text;
    unsigned char low = 0x80, high = 0xbf;
    size_t needed, i;

    if (length == 0 || at[0] < 0x80)
        return length > 0;
    needed = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    if (at[0] < 0xc2 || at[0] > 0xf4 || length < needed)
        return 0;
    if (at[0] == 0xe0)
        low = 0xa0;
    else if (at[0] == 0xed)
        high = 0x9f;
    else if (at[0] == 0xf0)
        low = 0x90;
    else if (at[0] == 0xf4)
        high = 0x8f;
    if (at[1] < low || at[1] > high)
        return 0;
    for (i = 2; i < needed; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    return needed;
}

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
    static const char digits[] = "0123456789abcdef";
    size_t bytes = utf8_length(text, length);

    *taken = 1;
    if ((bytes && is_shown(code_of(text, bytes))) || (*text && strchr(keep, *text))) {
        *taken = bytes ? bytes : 1;
        memcpy(to, text, *taken);
        return *taken;
    }
    to[0] = '\\';
    to[1] = 'x';
    to[2] = digits[(unsigned char)*text >> 4];
    to[3] = digits[*text & 15];
    return 4;
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
