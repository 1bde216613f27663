/* json.c: see json.h. What RFC 8259 leaves open is as jansson does it: short escapes where there
 * are some, upper case in the others, "/" and DEL as they are. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

static char *put_control(char *at, unsigned char byte)
{
    static const char digits[] = "0123456789ABCDEF";
    static const char letters[0x20] = {
        ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};

    *at++ = '\\';
    if (letters[byte]) {
        *at++ = letters[byte];
        return at;
    }
    memcpy(at, "u00", 3);
    at[3] = digits[byte >> 4];
    at[4] = digits[byte & 15];
    return at + 5;
}

char *put_json(char *at, const char **text, const char *end)
{
    size_t length = tp_utf8_character(*text, (size_t)(end - *text));
    char byte = **text;

    *text += length ? length : 1;
    if (length == 0) {
        *at++ = '\\';
        tp_utf8_escape(at, byte);
        return at + TP_UTF8_ESCAPE;
    }
    if ((unsigned char)byte < 0x20)
        return put_control(at, (unsigned char)byte);
    if (byte == '"' || byte == '\\')
        *at++ = '\\';
    memcpy(at, *text - length, length);
    return at + length;
}
