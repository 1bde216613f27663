/* Calendar times against the C library's own calendar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/wall_time.h"

#define SEC INT64_C(1000000000)

static void agrees_with_the_c_library(void **state)
{
    struct tm parts;
    char text[64];
    time_t seconds;
    int64_t ns;

    (void)state;
    srand(1);
    for (unsigned i = 0; i < 20000; i++) {
        seconds = (time_t)((double)rand() / RAND_MAX * 8e9) - 2000000000; /* 1906 to 2160 */
        assert_non_null(gmtime_r(&seconds, &parts));
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
        assert_true(wall_time_is_meant(text));
        assert_true(wall_time_parse(text, &ns));
        assert_int_equal(ns, seconds * SEC);
    }
}

static void takes_fractions_and_zones(void **state)
{
    static const struct {
        const char *text;
        int64_t ns;
    } cases[] = {{"1970-01-01T00:00:00Z", 0},
                 {"1970-01-01 00:00:00z", 0},
                 {"1970-01-01T00:00:01.5Z", 1500000000},
                 {"1970-01-01T00:00:00.000000001Z", 1},
                 {"1970-01-01T00:00:00.0000000019Z", 1},
                 {"1970-01-01T01:00:00+01:00", 0},
                 {"1969-12-31T18:30:00-05:30", 0},
                 {"2000-02-29T00:00:00Z", INT64_C(951782400) * SEC},
                 {"2026-11-28T16:29:50Z", INT64_C(1795883390) * SEC}};
    int64_t ns;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (!wall_time_parse(cases[i].text, &ns))
            fail_msg("%s is refused", cases[i].text);
        assert_int_equal(ns, cases[i].ns);
    }
}

/* The C library's text, with the fraction put behind it. */
static void writes_what_it_reads(void **state)
{
    static const unsigned decimals[] = {9, 6, 3, 0};
    char text[WALL_TIME_BYTES + 1], wanted[64], date[32];
    int64_t ns, back, unit;
    struct tm parts;
    time_t seconds;

    (void)state;
    srand(2);
    for (unsigned i = 0; i < 20000; i++) {
        ns = ((int64_t)((double)rand() / RAND_MAX * 8e9) - 2000000000) * SEC + rand() % SEC;
        *wall_time_put(text, ns, 9) = '\0';
        assert_true(wall_time_parse(text, &back));
        assert_int_equal(back, ns);
        unit = 1;
        for (unsigned k = decimals[i & 3]; k < 9; k++)
            unit *= 10;
        back = ns + unit / 2; /* rounded, then cut */
        seconds = (time_t)((back - ((back % SEC) + SEC) % SEC) / SEC);
        assert_non_null(gmtime_r(&seconds, &parts));
        strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
        if (decimals[i & 3])
            snprintf(wanted, sizeof wanted, "%s.%0*lldZ", date, (int)decimals[i & 3],
                     (long long)(((back % SEC) + SEC) % SEC / unit));
        else
            snprintf(wanted, sizeof wanted, "%sZ", date);
        *wall_time_put(text, ns, decimals[i & 3]) = '\0';
        assert_string_equal(text, wanted);
    }
    for (unsigned k = 0; k <= 9; k++) { /* the ends of what there is */
        assert_true(wall_time_put(text, INT64_MAX, k) - text < WALL_TIME_BYTES);
        assert_true(wall_time_put(text, INT64_MIN, k) - text < WALL_TIME_BYTES);
    }
}

static void refuses(void **state)
{
    static const char *const texts[] = {
        "",
        "2026-11-28",
        "2026-11-28T16:29:50", /* whose? */
        "2026-11-28T16:29Z",
        "2026-13-28T16:29:50Z",
        "2026-02-29T16:29:50Z",
        "1900-02-29T00:00:00Z",
        "2026-11-31T16:29:50Z",
        "2026-11-28T24:00:00Z",
        "2026-11-28T16:60:50Z",
        "2026-11-28T16:29:60Z",
        "2026-11-28T16:29:50.Z",
        "2026-11-28T16:29:50+1:00",
        "2026-11-28T16:29:50+01:60",
        "2026-11-28T16:29:50+01:00x",
        "2026-11-28T16:29:50Zx",
        "9999-11-28T16:29:50Z", /* beyond what nanoseconds of 64 bits count */
        "026-11-28T16:29:50Z",
        "2026-11-28T16:29:5",
    };
    int64_t ns;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (wall_time_parse(texts[i], &ns))
            fail_msg("'%s' is taken", texts[i]);
    assert_false(wall_time_is_meant("2.5"));
    assert_false(wall_time_is_meant("2026"));
    assert_false(wall_time_is_meant("@3591.25"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_c_library),
        cmocka_unit_test(takes_fractions_and_zones),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
