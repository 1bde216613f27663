/* units.c: fixed-format numbers. Time is parsed and printed in integers, so that no digit of a
 * nanosecond is lost in a double. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/put.h"
#include "base/units.h"

#define NS_PER_S INT64_C(1000000000)

static const struct time_unit {
    const char *name;
    int64_t ns;
} units[] = {
    {"", NS_PER_S}, {"s", NS_PER_S},        {"ms", 1000000},        {"us", 1000},
    {"ns", 1},      {"min", 60 * NS_PER_S}, {"h", 3600 * NS_PER_S},
};

static const uint64_t power10[] = {1,      10,      100,      1000,      10000,
                                   100000, 1000000, 10000000, 100000000, 1000000000};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const struct time_unit *find_unit(const char *name)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].name, name) == 0)
            return &units[i];
    return NULL;
}

bool tp_units_parse_duration(const char *text, int64_t *ns)
{
    const struct time_unit *unit;
    int64_t whole = 0, fraction = 0, scale = 1, total;
    bool any = false;

    for (; is_digit(*text); text++, any = true)
        if (__builtin_mul_overflow(whole, 10, &whole) ||
            __builtin_add_overflow(whole, *text - '0', &whole))
            return false;
    if (*text == '.')
        for (text++; is_digit(*text); text++, any = true)
            if (scale < NS_PER_S) {
                fraction = fraction * 10 + (*text - '0');
                scale *= 10;
            }
    unit = any ? find_unit(text) : NULL;
    if (!unit)
        return false;
    for (; unit->ns > INT64_MAX / scale; scale /= 10)
        fraction /= 10;
    if (__builtin_mul_overflow(whole, unit->ns, &total) ||
        __builtin_add_overflow(total, fraction * unit->ns / scale, &total))
        return false;
    *ns = total;
    return true;
}

bool tp_units_parse_count(const char *text, uint64_t max, uint64_t *count)
{
    uint64_t value = 0;

    if (!*text)
        return false;
    for (; *text; text++)
        if (!is_digit(*text) || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*text - '0'), &value))
            return false;
    if (value > max)
        return false;
    *count = value;
    return true;
}

bool tp_units_parse_bytes(const char *text, uint64_t plain, uint64_t *bytes)
{
    static const char prefixes[] = "kmgt";
    uint64_t value = 0, unit = plain;
    const char *prefix, *at = text;

    for (; is_digit(*at); at++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*at - '0'), &value))
            return false;
    if (at == text)
        return false;
    prefix = *at ? strchr(prefixes, *at | 0x20) : NULL;
    if (prefix) {
        unit = UINT64_C(1) << 10 * (prefix - prefixes + 1);
        at++;
    }
    if (prefix && strncmp(at, "iB", 2) == 0)
        at += 2;
    else if (*at == 'B') {
        unit = prefix ? unit : 1;
        at++;
    }
    return !*at && !__builtin_mul_overflow(value, unit, bytes);
}

static size_t cut(int length, size_t size)
{
    if (length < 0 || size == 0)
        return 0;
    return (size_t)length < size ? (size_t)length : size - 1;
}

/* "1.500" is told as "1.5", "2.000" as "2". */
static void trim_zeros(char *digits)
{
    char *end = digits + strlen(digits);

    if (!strchr(digits, '.'))
        return;
    while (end[-1] == '0')
        *--end = '\0';
    if (end[-1] == '.')
        *--end = '\0';
}

/* Four significant digits of value in digits; returns the prefix. A value that rounds up to 1000
 * takes the next prefix: 999 950 is "1M", not "1000k". */
static const char *si_digits(double value, char digits[32])
{
    static const char *const prefixes[] = {"", "k", "M", "G", "T", "P", "E"};
    double size = fabs(value);
    size_t prefix = 0;
    int decimals;

    while (prefix < 6 && size >= (prefix || size != floor(size) ? 999.95 : 1000.0)) {
        size /= 1000.0;
        prefix++;
    }
    decimals = size >= 99.995 ? 1 : size >= 9.9995 ? 2 : 3;
    if (!(size <= 1e15))
        snprintf(digits, 32, "%s%.3e", value < 0 ? "-" : "", size);
    else
        *put_fixed(digits, value < 0 ? -size : size, (unsigned)decimals) = '\0';
    /* Digits that were measured stay ("14.90M"); an exact small number has no decimals. */
    if (!prefix)
        trim_zeros(digits);
    return prefixes[prefix];
}

size_t tp_units_si(double value, char *buf, size_t size)
{
    char digits[32];
    const char *prefix = si_digits(value, digits);

    return put_fitted(buf, size, digits, put_text(digits + strlen(digits), prefix));
}

size_t tp_units_si_unit(double value, const char *unit, char *buf, size_t size)
{
    char digits[32];
    const char *prefix = si_digits(value, digits);

    return cut(snprintf(buf, size, "%s %s%s", digits, prefix, unit), size);
}

size_t tp_units_seconds(int64_t ns, unsigned decimals, char *buf, size_t size)
{
    uint64_t value = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
    char text[PUT_MAX], *at = text;
    uint64_t unit;

    if (decimals > 9)
        decimals = 9;
    unit = power10[9 - decimals];
    value = (value + unit / 2) / unit;
    if (ns < 0 && value)
        *at++ = '-';
    at = put_unsigned(at, value / power10[decimals]);
    if (decimals) {
        *at++ = '.';
        at = put_padded(at, value % power10[decimals], decimals);
    }
    return put_fitted(buf, size, text, at);
}

size_t tp_units_duration(int64_t ns, char *buf, size_t size)
{
    double value = fabs((double)ns);
    const char *sign = ns < 0 ? "-" : "";
    int64_t seconds = (int64_t)(value / 1e9 + 0.5);

    if (value < 1000)
        return cut(snprintf(buf, size, "%s%.0f ns", sign, value), size);
    if (value < 999950)
        return cut(snprintf(buf, size, "%s%.1f us", sign, value / 1e3), size);
    if (value < 999.995e6)
        return cut(snprintf(buf, size, "%s%.2f ms", sign, value / 1e6), size);
    if (value < 119.995e9)
        return cut(snprintf(buf, size, "%s%.2f s", sign, value / 1e9), size);
    if (seconds < 7200)
        return cut(snprintf(buf, size, "%s%lld min %02lld s", sign, (long long)(seconds / 60),
                            (long long)(seconds % 60)),
                   size);
    return cut(snprintf(buf, size, "%s%lld h %02lld min", sign, (long long)(seconds / 3600),
                        (long long)(seconds % 3600 / 60)),
               size);
}
