/* test_means.c: growth of counters over minutes, from readings a second apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/counters.h"

#define SECOND INT64_C(1000000000)

static struct counters_mean means[COUNTERS_MEANS];
static struct tp_counter counter = {.name = "TcpRetransSegs"};
static struct tp_counters now = {.list = &counter, .count = 1};

static int begin(void **state)
{
    (void)state;
    counters_means_release(means);
    memset(means, 0, sizeof means);
    counter.value = 1000000;
    return 0;
}

static void note(int64_t ts_ns, int64_t more)
{
    now.ts_ns = ts_ns;
    counter.value += more;
    assert_int_equal(counters_means_note(means, &now, NULL), TP_OK);
}

/* -1 where it is not told. */
static double rate(unsigned which)
{
    double per_second;

    return counters_mean_rate(means, which, &now, counter.name, &per_second) ? per_second : -1;
}

static void a_mean_is_told_once_its_time_has_passed(void **state)
{
    (void)state;
    for (int i = 0; i <= 900; i++) {
        note((50 + i) * SECOND, i ? 7 : 0);
        assert_true(rate(0) == (i < 60 ? -1 : 7));
        assert_true(rate(1) == (i < 300 ? -1 : 7));
        assert_true(rate(2) == (i < 900 ? -1 : 7));
    }
}

/* A burst leaves each mean when its time is over, and weighs by its length. */
static void a_burst_passes(void **state)
{
    (void)state;
    for (int i = 0; i <= 2000; i++)
        note(i * SECOND, i == 1000 ? 9000 : 0);
    assert_true(rate(0) == 0 && rate(1) == 0 && rate(2) == 0);
    begin(NULL);
    for (int i = 0; i <= 1200; i++)
        note(i * SECOND, i == 1000 ? 9000 : 0);
    assert_true(rate(0) == 0);
    assert_true(rate(1) > 9000 / 306.0 && rate(1) <= 30);
    assert_true(rate(2) > 9000 / 917.0 && rate(2) <= 10);
}

/* Whatever the interval, time is what lies between the readings. */
static void intervals_of_any_length(void **state)
{
    static const int64_t intervals[] = {SECOND / 10, SECOND * 7, SECOND * 59, SECOND * 61,
                                        SECOND * 1000};

    (void)state;
    for (size_t i = 0; i < sizeof intervals / sizeof *intervals; i++) {
        begin(NULL);
        for (int64_t ts_ns = 0; ts_ns <= 4000 * SECOND; ts_ns += intervals[i])
            note(ts_ns, ts_ns ? intervals[i] / (SECOND / 10) : 0);
        for (unsigned which = 0; which < COUNTERS_MEANS; which++)
            assert_true(rate(which) > 9.999 && rate(which) < 10.001);
    }
}

static void what_went_down_has_no_mean(void **state)
{
    (void)state;
    for (int i = 0; i <= 70; i++)
        note(i * SECOND, i == 65 ? -500 : 1);
    assert_true(rate(0) == -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_mean_is_told_once_its_time_has_passed, begin),
        cmocka_unit_test_setup(a_burst_passes, begin),
        cmocka_unit_test_setup(intervals_of_any_length, begin),
        cmocka_unit_test_setup(what_went_down_has_no_mean, begin),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    begin(NULL);
    return failed;
}
