/* test_trains.c: how fast ACKs come one behind the other. */
#include "flow_maker.h"

#include "analyze/limits.h"

#define US  INT64_C(1000)
#define SEG 1448

/* Trains of as many segments, one each gap_us, a train each rtt_us. */
static struct tp_trains trains_of(unsigned trains, unsigned segs, int64_t gap_us, int64_t rtt_us)
{
    struct tp_trains made = {0};

    for (unsigned train = 0; train < trains; train++)
        for (unsigned seg = 0; seg < segs; seg++)
            tp_trains_note(&made, (train * rtt_us + seg * gap_us) * US, SEG);
    return made;
}

static void test_rate_of_the_link(void **state)
{
    struct tp_trains trains =
        trains_of(20, 64, 1000, 200000); /* 11.6 Mbit/s, a third of the time */
    double rate_bps;

    (void)state;
    assert_true(tp_trains_rate(&trains, &rate_bps));
    assert_true(rate_bps == 8388608);
    trains = trains_of(20, 64, 100, 200000);
    assert_true(tp_trains_rate(&trains, &rate_bps));
    assert_true(rate_bps == 67108864);
}

static void test_of_too_little_nothing_is_said(void **state)
{
    struct tp_trains trains = trains_of(1, 16 * 8, 1000, 0);
    double rate_bps;

    (void)state;
    assert_false(tp_trains_rate(&trains, &rate_bps));
    trains = trains_of(1, 16 * 8 + 1, 1000, 0);
    assert_true(tp_trains_rate(&trains, &rate_bps));
}

/* All at once, and hardly anything at all: the ends of the scale. */
static void test_extremes(void **state)
{
    struct tp_trains trains = trains_of(1, 200, 0, 0);
    double rate_bps;

    (void)state;
    assert_true(tp_trains_rate(&trains, &rate_bps));
    assert_true(rate_bps >= 1e12);
    trains = trains_of(1, 200, 100000000, 0);
    assert_true(tp_trains_rate(&trains, &rate_bps));
    assert_true(rate_bps == 16384);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rate_of_the_link),
        cmocka_unit_test(test_of_too_little_nothing_is_said),
        cmocka_unit_test(test_extremes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
