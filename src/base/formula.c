/* formula.c: texts that a spreadsheet runs. */
#include <string.h>

#include "base/formula.h"

static const char *after_sign(const char *at, const char *end)
{
    return at < end && (*at == '-' || *at == '+') ? at + 1 : at;
}

static const char *after_digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

/* -1, +2.5, -1e-9 */
static bool is_number(const char *at, const char *end)
{
    const char *begin = after_sign(at, end);

    at = after_digits(begin, end);
    if (at == begin)
        return false;
    if (at < end && *at == '.')
        at = after_digits(at + 1, end);
    if (at < end && (*at == 'e' || *at == 'E') && at[-1] != '.') {
        begin = after_sign(at + 1, end);
        at = after_digits(begin, end);
        if (at == begin)
            return false;
    }
    return at == end;
}

bool text_runs(const char *text, size_t length)
{
    return *text && strchr("=+-@\t\r\n", *text) && !is_number(text, text + length);
}
