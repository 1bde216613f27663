/* wall_time.c: RFC 3339. The days since 1970 are counted in eras of 400 years, which are all alike
 * (H. Hinnant, chrono-compatible low-level date algorithms). */
#include "base/wall_time.h"

#define NS_PER_S  INT64_C(1000000000)
#define DAY_S     INT64_C(86400)
#define ERA_DAYS  INT64_C(146097)
#define EPOCH_DAY INT64_C(719468) /* 1970-01-01, counted from 0000-03-01 */

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

static bool is_day(int year, int month, int day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] + (leap && month == 2);
}

/* The year begins in March, so that the leap day is its last. */
static int64_t days_since_1970(int year, int month, int day)
{
    int64_t from_march = year - (month <= 2), era = from_march / 400, of_era = from_march % 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH_DAY;
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
    int year, month, day, hour, minute, second;
    int64_t fraction = 0, east_s, seconds;

    if (!take(&text, 4, "-", &year) || !take(&text, 2, "-", &month) ||
        !take(&text, 2, "Tt ", &day) || !take(&text, 2, ":", &hour) ||
        !take(&text, 2, ":", &minute) || !take(&text, 2, "", &second) ||
        !is_day(year, month, day) || hour > 23 || minute > 59 || second > 59)
        return false;
    if (*text == '.') {
        text++;
        if (!is_digit(*text))
            return false;
        fraction = take_fraction(&text);
    }
    if (!take_zone(text, &east_s))
        return false;
    seconds = days_since_1970(year, month, day) * DAY_S + hour * INT64_C(3600) +
              minute * INT64_C(60) + second - east_s;
    return !__builtin_mul_overflow(seconds, NS_PER_S, ns) &&
           !__builtin_add_overflow(*ns, fraction, ns);
}
