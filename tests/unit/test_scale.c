/* Ticks, numbers, texts and label places of a figure. */
#include "flow_maker.h"

#include <math.h>
#include <stdlib.h>
#include <stdio.h>

#include "plot/frame.h"
#include "plot/scale.h"
#include "plot/lettering.h"

static void check_axis(const struct tp_axis *axis, double low_px, double high_px)
{
    double least = fmin(low_px, high_px) - 0.01, most = fmax(low_px, high_px) + 0.01;

    assert_true(isfinite(axis->low) && isfinite(axis->high) && axis->low < axis->high);
    assert_true(axis->divisor > 0);
    assert_true(axis->count <= TP_TICKS_MAX);
    for (unsigned i = 0; i < axis->count; i++) {
        assert_true(axis->ticks[i].at_px >= least && axis->ticks[i].at_px <= most);
        assert_true(i == 0 || axis->ticks[i].value > axis->ticks[i - 1].value);
        assert_true(i == 0 || !axis->ticks[i].text[0] ||
                    strcmp(axis->ticks[i].text, axis->ticks[i - 1].text) != 0);
    }
}

static void assert_ticks(const struct tp_axis *axis, const char *expected)
{
    char text[1024] = "";

    for (unsigned i = 0; i < axis->count; i++) {
        if (!axis->ticks[i].text[0])
            continue;
        strcat(text, text[0] ? "|" : "");
        strcat(text, axis->ticks[i].text);
    }
    assert_string_equal(text, expected);
}

static void linear_ticks(void **state)
{
    struct tp_axis axis;

    (void)state;
    tp_axis_linear(&axis, 0, 2.02e6, 300, 100, 4);
    assert_ticks(&axis, "0.0|0.5|1.0|1.5|2.0");
    assert_true(axis.divisor == 1e6);
    assert_true(fabs(axis.ticks[0].at_px - 300) < 1e-9);
    tp_axis_linear(&axis, 0, 0.085, 100, 0, 4);
    assert_ticks(&axis, "0|20|40|60|80");
    tp_axis_linear(&axis, -1, 1, 100, 0, 4);
    assert_ticks(&axis, "\xe2\x88\x92"
                        "1.0|\xe2\x88\x92"
                        "0.5|0.0|0.5|1.0");
}

static void time_ticks(void **state)
{
    struct tp_axis axis;

    (void)state;
    tp_axis_time(&axis, 0, 60, 0, 1000, false);
    assert_ticks(&axis, "0 s|5 s|10 s|15 s|20 s|25 s|30 s|35 s|40 s|45 s|50 s|55 s|60 s");
    tp_axis_time(&axis, 0, 0.5, 0, 500, false);
    assert_ticks(&axis, "0 ms|100 ms|200 ms|300 ms|400 ms|500 ms");
    tp_axis_time(&axis, 0, 600, 0, 500, false);
    assert_ticks(&axis, "0:00|2:00|4:00|6:00|8:00|10:00");
    tp_axis_time(&axis, 0, 4 * 3600, 0, 400, false);
    assert_ticks(&axis, "0:00 h|1:00 h|2:00 h|3:00 h|4:00 h");
    tp_axis_time(&axis, 0, 5e-9, 0, 500, false);
    assert_ticks(&axis, "0 ns|1 ns|2 ns|3 ns|4 ns|5 ns");
    tp_axis_time(&axis, 3592.3, 3593.5, 0, 520, true);
    assert_ticks(&axis, "3592.4 s|3592.6 s|3592.8 s|3593.0 s|3593.2 s|3593.4 s");
    tp_axis_ticks(&axis, 0, 7400e-9, 0, 1000);
    assert_ticks(&axis, "0k ticks|1k ticks|2k ticks|3k ticks|4k ticks|5k ticks|6k ticks|7k ticks");
    tp_axis_ticks(&axis, 0, 3e-9, 0, 1000);
    assert_ticks(&axis, "0 ticks|1 ticks|2 ticks|3 ticks");
    tp_axis_ticks(&axis, 123400e-9, 123460e-9, 0, 400);
    assert_ticks(&axis, "123.40k ticks|123.42k ticks|123.44k ticks|123.46k ticks");
}

static void log_ticks(void **state)
{
    struct tp_axis axis;

    (void)state;
    tp_axis_log(&axis, 0.7, 1500, 100, 0);
    assert_ticks(&axis, "1|10|100|1k");
    check_axis(&axis, 100, 0);
    tp_axis_log(&axis, 0.7, 15, 100, 0);
    assert_ticks(&axis, "1|2|5|10");
    tp_axis_log(&axis, 0.7, 1e12, 100, 0);
    check_axis(&axis, 100, 0);
}

/* Whatever is measured, the axis stays finite and readable. */
static void odd_ranges(void **state)
{
    static const double odd[] = {0,        -0.0,      1,           -1,    1e-300,       1e300,
                                 -1e300,   1e-9,      1e18,        1.7e9, 1700000000.5, NAN,
                                 INFINITY, -INFINITY, 2147483647.0};
    struct tp_axis axis;

    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        for (size_t k = 0; k < sizeof odd / sizeof *odd; k++) {
            tp_axis_linear(&axis, odd[i], odd[k], 200, 0, 5);
            check_axis(&axis, 200, 0);
            tp_axis_log(&axis, odd[i], odd[k], 200, 0);
            check_axis(&axis, 200, 0);
            tp_axis_time(&axis, odd[i], odd[k], 0, 900, i & 1);
            check_axis(&axis, 0, 900);
        }
}

static void random_ranges(void **state)
{
    struct tp_axis axis;
    double low, high;

    (void)state;
    srand(1);
    for (int i = 0; i < 20000; i++) {
        high = pow(10, rand() % 24 - 10) * (1 + rand() % 1000);
        low = rand() % 2 ? 0 : high * (rand() % 1000) / 1000;
        tp_axis_linear(&axis, low, high, 200, 0, 5);
        check_axis(&axis, 200, 0);
        if (high - low > high * 1e-6)
            assert_true(axis.count >= 2 && axis.count <= 12);
        tp_axis_time(&axis, low, high, 0, 900, false);
        check_axis(&axis, 0, 900);
    }
}

static void numbers(void **state)
{
    char text[32];

    (void)state;
    tp_format_seconds(text, sizeof text, 0.0695);
    assert_string_equal(text, "69.5 ms");
    tp_format_seconds(text, sizeof text, 0.000645);
    assert_string_equal(text, "645 µs");
    tp_format_seconds(text, sizeof text, 0);
    assert_string_equal(text, "0 s");
    tp_format_seconds(text, sizeof text, 1.234);
    assert_string_equal(text, "1.23 s");
    tp_format_seconds(text, sizeof text, 4294);
    assert_string_equal(text, "4294 s");
    tp_format_seconds(text, sizeof text, 0.9999);
    assert_string_equal(text, "1.00 s");
    tp_format_width(text, sizeof text, 0.05);
    assert_string_equal(text, "50 ms");
    assert_true(tp_nice_above(0.04) == 0.05);
    assert_true(tp_nice_above(1e9) == 1e9);
    assert_true(tp_nice_above(2.1) == 5);
}

/* --- texts ---------------------------------------------------------------------------------- */

static void assert_cleaned(const char *text, const char *expected)
{
    char *clean = tp_text_clean(text);

    assert_non_null(clean);
    assert_string_equal(clean, expected);
    free(clean);
}

static void clean_texts(void **state)
{
    (void)state;
    assert_cleaned("10.0.0.1 \xe2\x86\x92 \xc2\xb5", "10.0.0.1 \xe2\x86\x92 \xc2\xb5");
    assert_cleaned("a\xff"
                   "b",
                   "a\xef\xbf\xbd"
                   "b");
    assert_cleaned("\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd");                 /* overlong */
    assert_cleaned("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); /* surrogate */
    assert_cleaned("x\xe2\x86", "x\xef\xbf\xbd\xef\xbf\xbd");               /* cut off */
    assert_cleaned("a\tb\nc\x7f", "a b c ");
    assert_cleaned("", "");
}

static void fitted_texts(void **state)
{
    char *text;

    (void)state;
    for (double width = 0; width < 300; width += 7) {
        text = tp_text_clean("a rather long title \xe2\x86\x92 with an arrow and \xff bytes");
        assert_non_null(text);
        tp_text_fit(text, 20, true, width);
        assert_true(tp_text_width(text, 20, true) <= fmax(width, 20));
        assert_cleaned(text, text);
        free(text);
    }
    text = tp_text_clean("ab");
    tp_text_fit(text, 10, false, 100);
    assert_string_equal(text, "ab");
    free(text);
}

/* An address loses its middle before a port loses a digit. */
static void fitted_addresses(void **state)
{
    static const char route[] = "[2001:db8:1234:5678:9abc:def0:1234:5678]:33910 \xe2\x86\x92 "
                                "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:5201";
    char *text;

    (void)state;
    for (double width = 480; width < 1200; width += 3) {
        text = tp_text_clean(route);
        tp_text_fit(text, 20, true, width);
        assert_true(tp_text_width(text, 20, true) <= width);
        assert_cleaned(text, text);
        assert_non_null(strstr(text, "]:33910 \xe2\x86\x92 [2"));
        assert_string_equal(text + strlen(text) - 6, "]:5201");
        free(text);
    }
    for (double width = 0; width < 480; width += 3) {
        text = tp_text_clean(route);
        tp_text_fit(text, 20, true, width);
        assert_cleaned(text, text);
        free(text);
        text = tp_text_clean("[\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f is no address] and long");
        tp_text_fit(text, 20, true, width);
        assert_cleaned(text, text);
        free(text);
    }
}

/* --- labels --------------------------------------------------------------------------------- */

static void labels_apart(void **state)
{
    struct tp_end_label labels[TP_END_LABELS_MAX];
    double height, wanted[TP_END_LABELS_MAX];
    size_t count;

    (void)state;
    srand(2);
    for (int round = 0; round < 5000; round++) {
        count = (size_t)(rand() % (TP_END_LABELS_MAX + 1));
        height = 5 + rand() % 20;
        for (size_t i = 0; i < count; i++) {
            labels[i] = (struct tp_end_label){.at_px = 100 + (rand() % 2000) / 10.0};
            snprintf(labels[i].name, sizeof labels[i].name, "%zu", i);
        }
        tp_end_labels_place(labels, count, height, 90, 310);
        for (size_t i = 0; i < count; i++) {
            wanted[i] = labels[i].at_px;
            assert_true(i == 0 || wanted[i] >= wanted[i - 1]);
            assert_true(i == 0 || labels[i].y_px - labels[i - 1].y_px >= height - 1e-6);
            assert_true(labels[i].y_px >= 90 - 1e-6 && labels[i].y_px <= 310 + 1e-6);
        }
    }
}

static void labels_stay_where_there_is_room(void **state)
{
    struct tp_end_label labels[3] = {{.at_px = 200}, {.at_px = 100}, {.at_px = 150}};

    (void)state;
    tp_end_labels_place(labels, 3, 20, 0, 300);
    assert_true(labels[0].y_px == 100 && labels[1].y_px == 150 && labels[2].y_px == 200);
    labels[0].at_px = labels[1].at_px = 100;
    tp_end_labels_place(labels, 3, 20, 0, 300);
    assert_true(labels[0].y_px == 90 && labels[1].y_px == 110 && labels[2].y_px == 200);
}

static void times_of_the_day(void **state)
{
    const int64_t at_ns = INT64_C(1795883390) * 1000000000; /* 2026-11-28T16:29:50Z */
    struct tp_axis axis;

    (void)state;
    tp_axis_wall(&axis, 0, 6, 0, 780, at_ns + 250000000);
    assert_string_equal(axis.ticks[0].text, "16:29:51");
    assert_float_equal(axis.ticks[0].value, 0.75, 1e-9);
    assert_string_equal(axis.ticks[1].text, "16:29:52");
    tp_axis_wall(&axis, 5, 5.01, 0, 390, at_ns);
    assert_string_equal(axis.ticks[0].text, "16:29:50.000");
    assert_float_equal(axis.ticks[0].value, 5, 1e-12);
    tp_axis_wall(&axis, 0, 600, 0, 780, at_ns);
    assert_string_equal(axis.ticks[0].text, "16:30");
    assert_float_equal(axis.ticks[0].value, 10, 1e-9);
    tp_axis_wall(&axis, 0, 3 * 86400, 0, 780, at_ns);
    assert_string_equal(axis.ticks[0].text, "11-29 00:00");
    tp_axis_wall(&axis, 0, 1e-6, 0, 780, at_ns);
    assert_true(axis.count > 1);
    tp_axis_wall(&axis, -1e300, 1e300, 0, 780, at_ns);
    tp_axis_wall(&axis, 0, 1e9, 0, 780, INT64_MAX);
    tp_axis_wall(&axis, 0, 1, 0, 780, INT64_MIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear_ticks),     cmocka_unit_test(time_ticks),
        cmocka_unit_test(times_of_the_day), cmocka_unit_test(log_ticks),
        cmocka_unit_test(odd_ranges),       cmocka_unit_test(random_ranges),
        cmocka_unit_test(numbers),          cmocka_unit_test(clean_texts),
        cmocka_unit_test(fitted_texts),     cmocka_unit_test(fitted_addresses),
        cmocka_unit_test(labels_apart),     cmocka_unit_test(labels_stay_where_there_is_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
