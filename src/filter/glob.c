/* glob.c: patterns as the kernel's event filters know them (lib/glob.c): * ? [a-z] [!a-z] \x.
 *
 * Only the last * is ever tried again, one byte further each time: what an earlier * took cannot
 * help where a later one fails. So the time is bounded by pattern length times text length.
 */
#include "filter/tree.h"

/* Does the class that begins with pattern[at] == '[' hold c? Returns the bytes that the class
 * takes, 0 if it has no end and so is an ordinary bracket. */
static uint32_t match_class(const struct tp_text *pattern, uint32_t at, unsigned char c,
                            bool *matched)
{
    const char *p = pattern->bytes;
    uint32_t end = pattern->length, i = at + 1, first;
    bool invert = i < end && p[i] == '!', found = false;
    unsigned char low, high;

    i += invert;
    for (first = i; i < end; i++) {
        if (p[i] == ']' && i > first) {
            *matched = found != invert;
            return i + 1 - at;
        }
        low = high = (unsigned char)p[i];
        if (i + 2 < end && p[i + 1] == '-' && p[i + 2] != ']') {
            high = (unsigned char)p[i + 2];
            i += 2;
        }
        found |= low <= c && c <= high;
    }
    return 0;
}

/* The bytes of the pattern that match c at this place; 0 if they do not. */
static uint32_t match_one(const struct tp_text *pattern, uint32_t at, char c)
{
    const char *p = pattern->bytes;
    bool matched = false;
    uint32_t length;

    if (at >= pattern->length)
        return 0;
    if (p[at] == '?')
        return 1;
    if (p[at] == '[' && (length = match_class(pattern, at, (unsigned char)c, &matched)) > 0)
        return matched ? length : 0;
    if (p[at] == '\\' && at + 1 < pattern->length)
        return p[at + 1] == c ? 2 : 0;
    return p[at] == c;
}

bool tp_glob_match(const struct tp_text *pattern, const struct tp_text *text)
{
    uint32_t p = 0, t = 0, star_p = UINT32_MAX, star_t = 0, length;

    while (t < text->length) {
        if (p < pattern->length && pattern->bytes[p] == '*') {
            star_p = ++p;
            star_t = t;
        } else if ((length = match_one(pattern, p, text->bytes[t])) > 0) {
            p += length;
            t++;
        } else if (star_p != UINT32_MAX) {
            p = star_p;
            t = ++star_t;
        } else {
            return false;
        }
    }
    while (p < pattern->length && pattern->bytes[p] == '*')
        p++;
    return p == pattern->length;
}
