/* export_text.c: numbers into a buffer. */
#include <string.h>

#include "base/units.h"
#include "cli/export.h"

char *export_text(char *to, const char *text)
{
    size_t length = strlen(text);

    memcpy(to, text, length);
    return to + length;
}

static char *unsigned_of(char *to, int64_t value, uint64_t *number)
{
    *number = value < 0 ? -(uint64_t)value : (uint64_t)value;
    if (value < 0)
        *to++ = '-';
    return to;
}

char *export_integer(char *to, int64_t value)
{
    uint64_t number;

    to = unsigned_of(to, value, &number);
    return to + tp_units_digits(number, to);
}

char *export_seconds(char *to, int64_t ns)
{
    uint64_t number, fraction;

    to = unsigned_of(to, ns, &number);
    to += tp_units_digits(number / 1000000000, to);
    *to++ = '.';
    fraction = number % 1000000000;
    for (int i = 8; i >= 0; i--, fraction /= 10)
        to[i] = (char)('0' + fraction % 10);
    return to + 9;
}
