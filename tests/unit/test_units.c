/* test_units.c: durations, counts and SI numbers, both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/units.h"

static void durations_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t ns;
    } rows[] = {
        {"2.5", INT64_C(2500000000)},
        {"2.5s", INT64_C(2500000000)},
        {"100ms", 100000000},
        {"10us", 10000},
        {"5ns", 5},
        {"1.5min", INT64_C(90000000000)},
        {"2h", INT64_C(7200000000000)},
        {".5", 500000000},
        {"3591.991581001", INT64_C(3591991581001)},
        {"0.1234567891", 123456789},
        {"1.5h", INT64_C(5400000000000)},
        {"0", 0},
    };
    int64_t ns;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(tp_units_parse_duration(rows[i].text, &ns));
        assert_int_equal(ns, rows[i].ns);
    }
}

static void nonsense_is_no_duration(void **state)
{
    static const char *const rows[] = {"",
                                       ".",
                                       "s",
                                       "-1",
                                       "1 s",
                                       "1sec",
                                       "1e9",
                                       "0x10",
                                       "1..2",
                                       "9223372037",
                                       "99999999999999999999"};
    int64_t ns = 7;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_false(tp_units_parse_duration(rows[i], &ns));
    assert_int_equal(ns, 7);
}

static void counts_are_read(void **state)
{
    uint64_t count;

    (void)state;
    assert_true(tp_units_parse_count("0", 10, &count) && count == 0);
    assert_true(tp_units_parse_count("18446744073709551615", UINT64_MAX, &count));
    assert_true(count == UINT64_MAX);
    assert_false(tp_units_parse_count("18446744073709551616", UINT64_MAX, &count));
    assert_false(tp_units_parse_count("11", 10, &count));
    assert_false(tp_units_parse_count("", 10, &count));
    assert_false(tp_units_parse_count("+1", 10, &count));
    assert_false(tp_units_parse_count("1k", 10000, &count));
}

static void bytes_are_read(void **state)
{
    static const struct {
        const char *text;
        uint64_t plain, bytes;
    } good[] = {
        {"0", 1024, 0},
        {"500000", 1024, 512000000},
        {"500", 1, 500},
        {"64k", 1, 65536},
        {"64K", 1024, 65536},
        {"64KB", 1, 65536},
        {"64KiB", 1024, 65536},
        {"8M", 1024, 8 << 20},
        {"8MiB", 1, 8 << 20},
        {"1g", 1, 1 << 30},
        {"2T", 1, UINT64_C(2) << 40},
        {"100B", 1024, 100},
        {"16777215T", 1, UINT64_C(16777215) << 40},
    };
    static const char *const bad[] = {
        "",   "k",    "-1",    "+1",        "1.5M",
        " 1", "1 ",   "1kk",   "1iB",       "1Ki",
        "1E", "0x10", "1MiBs", "16777216T", "18446744073709551616",
    };
    uint64_t bytes;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(tp_units_parse_bytes(good[i].text, good[i].plain, &bytes));
        assert_int_equal(bytes, good[i].bytes);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(tp_units_parse_bytes(bad[i], 1024, &bytes));
}

static void si_has_four_digits(void **state)
{
    static const struct {
        double value;
        const char *text;
    } rows[] = {
        {0, "0"},           {37, "37"},          {999, "999"},         {1000, "1.000k"},
        {0.25, "0.25"},     {12.34567, "12.35"}, {14953509, "14.95M"}, {999950, "1.000M"},
        {999949, "999.9k"}, {99995, "100.0k"},   {-1234, "-1.234k"},   {1e18, "1.000E"},
        {2.5e19, "25.00E"},
    };
    char text[32];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(tp_units_si(rows[i].value, text, sizeof text), strlen(rows[i].text));
        assert_string_equal(text, rows[i].text);
    }
    tp_units_si_unit(14953509, "B", text, sizeof text);
    assert_string_equal(text, "14.95 MB");
    assert_int_equal(tp_units_si_unit(14953509, "B", text, 4), 3);
    assert_string_equal(text, "14.");
}

static void seconds_are_exact(void **state)
{
    char text[32];

    (void)state;
    tp_units_seconds(INT64_C(3591991581001), 9, text, sizeof text);
    assert_string_equal(text, "3591.991581001");
    tp_units_seconds(INT64_C(6004999999), 3, text, sizeof text);
    assert_string_equal(text, "6.005");
    tp_units_seconds(999999999, 0, text, sizeof text);
    assert_string_equal(text, "1");
    tp_units_seconds(-1500000, 3, text, sizeof text);
    assert_string_equal(text, "-0.002");
    tp_units_seconds(-100, 3, text, sizeof text);
    assert_string_equal(text, "0.000");
    tp_units_seconds(INT64_MIN, 9, text, sizeof text);
    assert_string_equal(text, "-9223372036.854775808");
}

static void durations_are_told(void **state)
{
    static const struct {
        int64_t ns;
        const char *text;
    } rows[] = {
        {850, "850 ns"},
        {3500, "3.5 us"},
        {3500000, "3.50 ms"},
        {INT64_C(12004000000), "12.00 s"},
        {INT64_C(125000000000), "2 min 05 s"},
        {INT64_C(7325000000000), "2 h 02 min"},
    };
    char text[32];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tp_units_duration(rows[i].ns, text, sizeof text);
        assert_string_equal(text, rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_are_read), cmocka_unit_test(nonsense_is_no_duration),
        cmocka_unit_test(counts_are_read),    cmocka_unit_test(bytes_are_read),
        cmocka_unit_test(si_has_four_digits), cmocka_unit_test(seconds_are_exact),
        cmocka_unit_test(durations_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
