/* wall_time.c: RFC 3339. */
#include <time.h>

#include "base/put.h"
#include "base/wall_time.h"

#define NS_PER_S INT64_C(1000000000)

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* So many digits and, behind them, one of these bytes (none: any may follow). */
static bool take(const char **text, unsigned digits, const char *ends, int *value)
{
    const char *at = *text;

    for (*value = 0; digits > 0; digits--, at++) {
        if (!is_digit(*at))
            return false;
        *value = *value * 10 + (*at - '0');
    }
    if (*ends) {
        while (*ends && *ends != *at)
            ends++;
        if (!*ends)
            return false;
        at++;
    }
    *text = at;
    return true;
}

/* False: there is no such day. The C library carries what is too much into the next month. */
static bool seconds_since_1970(struct tm wanted, int64_t *seconds)
{
    struct tm tm = wanted;

    *seconds = timegm(&tm);
    return tm.tm_mon == wanted.tm_mon && tm.tm_mday == wanted.tm_mday;
}

static int64_t take_fraction(const char **text)
{
    int64_t fraction = 0, unit = NS_PER_S / 10;

    for (; is_digit(**text); ++*text, unit /= 10)
        fraction += (**text - '0') * unit;
    return fraction;
}

/* "Z" or "+01:00": seconds east of Greenwich. */
static bool take_zone(const char *text, int64_t *east_s)
{
    bool west = *text == '-';
    int hours, minutes;

    *east_s = 0;
    if (*text == 'Z' || *text == 'z')
        return !text[1];
    if (*text != '+' && *text != '-')
        return false;
    text++;
    if (!take(&text, 2, ":", &hours) || !take(&text, 2, "", &minutes) || *text || hours > 23 ||
        minutes > 59)
        return false;
    *east_s = (west ? -1 : 1) * (hours * INT64_C(3600) + minutes * INT64_C(60));
    return true;
}

bool wall_time_is_meant(const char *text)
{
    int year;

    return take(&text, 4, "-", &year);
}

bool wall_time_parse(const char *text, int64_t *ns)
{
    struct tm tm = {0};
    int64_t fraction = 0, east_s, seconds;

    if (!take(&text, 4, "-", &tm.tm_year) || !take(&text, 2, "-", &tm.tm_mon) ||
        !take(&text, 2, "Tt ", &tm.tm_mday) || !take(&text, 2, ":", &tm.tm_hour) ||
        !take(&text, 2, ":", &tm.tm_min) || !take(&text, 2, "", &tm.tm_sec) || tm.tm_hour > 23 ||
        tm.tm_min > 59 || tm.tm_sec > 59)
        return false;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    if (!seconds_since_1970(tm, &seconds))
        return false;
    if (*text == '.') {
        text++;
        if (!is_digit(*text))
            return false;
        fraction = take_fraction(&text);
    }
    if (!take_zone(text, &east_s))
        return false;
    return !__builtin_mul_overflow(seconds - east_s, NS_PER_S, ns) &&
           !__builtin_add_overflow(*ns, fraction, ns);
}

/* Of what is left of `place` nanoseconds, the half or more counts as one more; INT64_MAX has none.
 */
static int64_t round_to(int64_t ns, int64_t place)
{
    int64_t rest = ns % place, down;

    rest += rest < 0 ? place : 0;
    down = ns - rest;
    return rest * 2 >= place && down <= INT64_MAX - place ? down + place : down;
}

char *wall_time_put(char *to, int64_t ns, unsigned decimals)
{
    int64_t place = 1, rest, whole;
    struct tm tm = {0};
    time_t seconds;

    for (unsigned i = decimals; i < 9; i++)
        place *= 10;
    whole = ns < INT64_MIN + place ? ns : round_to(ns, place);
    rest = whole % NS_PER_S;
    rest += rest < 0 ? NS_PER_S : 0;
    seconds = (time_t)(whole / NS_PER_S - (whole % NS_PER_S < 0));
    gmtime_r(&seconds, &tm);
    to = put_padded(to, (uint64_t)(tm.tm_year + 1900), 4);
    to = put_padded(put_text(to, "-"), (uint64_t)(tm.tm_mon + 1), 2);
    to = put_padded(put_text(to, "-"), (uint64_t)tm.tm_mday, 2);
    to = put_padded(put_text(to, "T"), (uint64_t)tm.tm_hour, 2);
    to = put_padded(put_text(to, ":"), (uint64_t)tm.tm_min, 2);
    to = put_padded(put_text(to, ":"), (uint64_t)tm.tm_sec, 2);
    if (decimals)
        to = put_padded(put_text(to, "."), (uint64_t)(rest / place), decimals);
    return put_text(to, "Z");
}
