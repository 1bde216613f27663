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

char *export_hex(char *to, uint64_t value, unsigned digits)
{
    static const char names[] = "0123456789abcdef";

    while (digits < 16 && value >> (4 * digits))
        digits++;
    for (unsigned i = digits; i-- > 0; value >>= 4)
        to[i] = names[value & 15];
    return to + digits;
}

char *export_time(char *to, int64_t ns, bool ticks)
{
    uint64_t number, fraction;

    if (ticks)
        return export_integer(to, ns);
    to = unsigned_of(to, ns, &number);
    to += tp_units_digits(number / 1000000000, to);
    *to++ = '.';
    fraction = number % 1000000000;
    for (int i = 8; i >= 0; i--, fraction /= 10)
        to[i] = (char)('0' + fraction % 10);
    return to + 9;
}
