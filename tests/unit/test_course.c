/* test_course.c: the first second of a transfer, the end of slow start, how the window goes down.
 */
#include "flow_maker.h"

#include <math.h>

#include <tcpprobe/analyze.h>

static void add(struct tp_analysis *analysis, struct tp_record record)
{
    assert_int_equal(tp_analysis_add(analysis, &record, NULL), 0);
}

static struct tp_record probe(int64_t ms, uint32_t una, uint32_t cwnd, uint32_t ssthresh)
{
    struct tp_record record = make_probe(ms * MS, 1, 4000, 2, 80, una, cwnd);

    record.ssthresh = ssthresh;
    return record;
}

static struct tp_record cong(int64_t ms, uint8_t to)
{
    struct tp_record record = make(TP_KIND_CONG_STATE_SET, ms * MS, 1, 4000, 2, 80);

    record.have |= TP_BIT(CONG_STATE);
    record.cong_state = to;
    return record;
}

/* Ten probes in 100 ms, 1000 bytes acknowledged between two of them. */
static struct tp_analysis *begin(void)
{
    struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
    int i;

    assert_non_null(analysis);
    for (i = 0; i < 10; i++)
        add(analysis, probe(i * 10, (uint32_t)i * 1000, 10, TP_SSTHRESH_INFINITE));
    return analysis;
}

static const struct tp_side *finish(struct tp_analysis *analysis)
{
    size_t count;

    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    return tp_flow_side(tp_analysis_flows(analysis, &count)[0], 0);
}

/* Three decreases to 0.7, 0.8 and 0.6 of the largest window before each, 300 and 700 ms apart. */
static void test_decreases(void **state)
{
    struct tp_analysis *analysis = begin();
    const struct tp_side *side;
    double beta, epoch_ns;

    (void)state;
    add(analysis, probe(100, 10000, 100, TP_SSTHRESH_INFINITE));
    add(analysis, probe(110, 10000, 90, TP_SSTHRESH_INFINITE)); /* recovery had begun to lower it */
    add(analysis, cong(120, TP_CONG_RECOVERY));
    add(analysis, probe(121, 10000, 80, 70));
    add(analysis, probe(122, 10000, 80, 95)); /* it is read once */
    add(analysis, cong(150, TP_CONG_OPEN));
    add(analysis, probe(160, 11000, 40, 95));
    add(analysis, probe(170, 11000, 40, 95));
    add(analysis, probe(180, 11000, 40, 95));
    add(analysis, cong(420, TP_CONG_CWR));
    add(analysis, probe(421, 12000, 30, 32));
    add(analysis, cong(425, TP_CONG_LOSS)); /* of the same episode: neither factor nor epoch */
    add(analysis, cong(450, TP_CONG_OPEN));
    add(analysis, probe(900, 13000, 50, 20));
    add(analysis, probe(910, 13000, 50, 20));
    add(analysis, probe(920, 13000, 50, 20));
    add(analysis, cong(1120, TP_CONG_RECOVERY));
    add(analysis, probe(1121, 13000, 40, 30));
    side = finish(analysis);
    assert_true(tp_side_beta(side, &beta));
    assert_true(fabs(beta - 0.7) < 1e-6);
    assert_true(tp_side_epoch(side, &epoch_ns));
    assert_true(fabs(epoch_ns - 500e6) < 100); /* the median of 300 and 700 ms */
    tp_analysis_free(analysis);
}

static void test_one_decrease_is_no_median(void **state)
{
    struct tp_analysis *analysis = begin();
    const struct tp_side *side;
    double number;

    (void)state;
    add(analysis, cong(120, TP_CONG_RECOVERY));
    add(analysis, probe(121, 10000, 10, 7));
    side = finish(analysis);
    assert_false(tp_side_beta(side, &number));
    assert_false(tp_side_epoch(side, &number));
    tp_analysis_free(analysis);
}

/* --- is ssthresh used? ---------------------------------------------------------------------------
 */

/* Decreases to that ssthresh, each from a window so much larger than the one before. */
static void decrease(struct tp_analysis *analysis, int times, uint32_t cwnd, uint32_t step,
                     uint32_t ssthresh)
{
    int64_t ms = 1000;
    int i;

    for (i = 0; i < times; i++, ms += 500, cwnd += step) {
        add(analysis, probe(ms, 10000, cwnd, ssthresh));
        add(analysis, probe(ms + 10, 10000, cwnd, ssthresh));
        add(analysis, probe(ms + 20, 10000, cwnd, ssthresh));
        add(analysis, cong(ms + 30, TP_CONG_RECOVERY));
        add(analysis, probe(ms + 40, 10000, cwnd, ssthresh));
        add(analysis, cong(ms + 90, TP_CONG_OPEN));
    }
}

/* name: of the congestion control; NULL: not known. */
static bool uses(struct tp_analysis *analysis, const char *name)
{
    size_t count;
    bool used;

    if (name)
        tp_analysis_congestion_control(analysis, 0, name);
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    used = tp_flow_uses_ssthresh(analysis, tp_analysis_flows(analysis, &count)[0], 0);
    tp_analysis_free(analysis);
    return used;
}

static void test_whether_ssthresh_is_used(void **state)
{
    static const struct {
        int times;
        uint32_t cwnd, step, ssthresh;
        const char *name;
        bool used;
    } rows[] = {
        {0, 0, 0, 0, NULL, true}, /* nothing tells */
        {0, 0, 0, 0, "bbr", false},
        {0, 0, 0, 0, "bbr3", false},
        {0, 0, 0, 0, "cubic", true},
        {1, 30, 0, 21, NULL, true},
        {1, 30, 0, TP_SSTHRESH_INFINITE, NULL, false},    /* BBR while it starts up */
        {1, 30, 0, TP_SSTHRESH_INFINITE, "cubic", false}, /* the name was another socket's */
        {4, 150, 4, 84, NULL, false},                     /* BBR later */
        {4, 150, 4, 84, "westwood", true}, /* may be an estimate that did not change */
        {3, 150, 6, 84, NULL, true},
        {4, 150, 0, 105, NULL, true}, /* equal windows */
        {9, 133, 0, 93, NULL, true},
        {4, 150, 2, 105, NULL, true},
        {9, 4, 1, 3, NULL, true}, /* windows of a few segments are seen too coarsely */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tp_analysis *analysis = begin();

        decrease(analysis, rows[i].times, rows[i].cwnd, rows[i].step, rows[i].ssthresh);
        if (uses(analysis, rows[i].name) != rows[i].used)
            fail_msg("row %zu: not %d", i, rows[i].used);
    }
}

/* Another threshold each time, whatever the windows were. */
static void test_thresholds_that_move(void **state)
{
    struct tp_analysis *analysis = begin();
    int i;

    (void)state;
    for (i = 0; i < 6; i++) {
        add(analysis, probe(1000 + 100 * i, 10000, 100 + 10 * (uint32_t)i, 50));
        add(analysis, cong(1010 + 100 * i, TP_CONG_RECOVERY));
        add(analysis, probe(1020 + 100 * i, 10000, 90, 70 + 7 * (uint32_t)i));
        add(analysis, cong(1030 + 100 * i, TP_CONG_OPEN));
    }
    assert_true(uses(analysis, NULL));
}

static void test_slow_start_ends_once(void **state)
{
    struct tp_analysis *analysis = begin();
    const struct tp_side *side;
    int64_t until_ns;

    (void)state;
    add(analysis, probe(250, 10000, 10, 30));
    add(analysis, probe(350, 11000, 10, TP_SSTHRESH_INFINITE));
    add(analysis, probe(450, 12000, 10, 20));
    side = finish(analysis);
    assert_true(tp_side_slow_start(side, &until_ns));
    assert_true(until_ns == 250 * MS);
    tp_analysis_free(analysis);
}

/* The first second is counted from the first ACK of data, and nothing after it. */
static void test_the_first_second(void **state)
{
    struct tp_analysis *analysis = begin();
    const struct tp_side *side;
    uint64_t bytes;
    uint32_t i;

    (void)state;
    for (i = 1; i <= 30; i++)
        add(analysis, probe(100 * i, 9000 + 1000 * i, 10, TP_SSTHRESH_INFINITE));
    side = finish(analysis);
    assert_true(tp_side_startup(side, &bytes));
    assert_int_equal(side->acked_bytes, 39000);
    assert_in_range(bytes, 18000, 20000);
    tp_analysis_free(analysis);
}

/* tcp_probe is silent after close(); the state says when all up to the FIN was acknowledged. */
static void test_what_the_end_proves(void **state)
{
    static const struct {
        uint8_t from, to;
        bool reset;
        uint64_t acked;
    } ends[] = {
        {4, 5, false, 9500},  /* FIN_WAIT1 to FIN_WAIT2 */
        {9, 7, false, 9500},  /* LAST_ACK to CLOSE */
        {11, 7, false, 9500}, /* CLOSING to CLOSE */
        {9, 7, true, 9000},   /* ... by a reset, which proves nothing */
        {4, 7, false, 9000},  /* given up */
    };
    bool whole;

    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
        struct tp_record first = probe(0, 0, 10, TP_SSTHRESH_INFINITE);
        struct tp_record last = probe(90, 9000, 10, TP_SSTHRESH_INFINITE);

        first.snd_nxt = 1000;
        add(analysis, first);
        last.snd_nxt = last.snd_una + 500;
        add(analysis, last);
        add(analysis, make_change(100 * MS, 1, 4000, 2, 80, 1, ends[i].from));
        if (ends[i].reset)
            add(analysis, make(TP_KIND_RECEIVE_RESET, 110 * MS, 1, 4000, 2, 80));
        add(analysis, make_change(120 * MS, 1, 4000, 2, 80, ends[i].from, ends[i].to));
        assert_int_equal(tp_side_acked(finish(analysis), &whole), ends[i].acked);
        assert_false(whole);
        tp_analysis_free(analysis);
    }
}

static void test_a_destroyed_socket_was_closed(void **state)
{
    struct tp_analysis *analysis = begin();
    bool whole;

    (void)state;
    add(analysis, make(TP_KIND_DESTROY_SOCK, 200 * MS, 1, 4000, 2, 80));
    assert_int_equal(tp_side_acked(finish(analysis), &whole), 9000);
    assert_false(whole);
    tp_analysis_free(analysis);
    analysis = begin();
    assert_int_equal(tp_side_acked(finish(analysis), &whole), 9000);
    assert_true(whole); /* as far as anything says */
    tp_analysis_free(analysis);
}

/* Ten segments of 1448 bytes, all in flight, at a round trip of 10 ms: two windows at once, and
 * what doubles with each further round trip until the FIN is acknowledged, or until nothing more is
 * known. */
static void test_how_much_silence_can_hide(void **state)
{
    static const struct {
        int64_t until_ms;
        bool acked;
        uint64_t most;
    } ends[] = {
        {10, true, 28960},   {11, true, 57920},        {31, true, 231680},
        {31, false, 231680}, {9000, true, UINT64_MAX}, {9000, false, UINT64_MAX},
    };

    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct tp_analysis *analysis = tp_analysis_new(NULL, NULL);
        struct tp_record record = probe(0, 0, 10, TP_SSTHRESH_INFINITE);
        uint64_t most;

        record.srtt = 10000;
        add(analysis, record);
        add(analysis, make_change(50 * MS, 1, 4000, 2, 80, 1, 4));
        add(analysis,
            make_change((50 + ends[i].until_ms) * MS, 1, 4000, 2, 80, 4, ends[i].acked ? 5 : 7));
        add(analysis, make(TP_KIND_DESTROY_SOCK, (50 + ends[i].until_ms) * MS, 1, 4000, 2, 80));
        most = tp_side_acked_most(finish(analysis));
        if (ends[i].most == UINT64_MAX)
            assert_true(most == UINT64_MAX);
        else
            assert_in_range(most, ends[i].most, ends[i].most + 14480); /* and what was in flight */
        tp_analysis_free(analysis);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decreases),
        cmocka_unit_test(test_one_decrease_is_no_median),
        cmocka_unit_test(test_whether_ssthresh_is_used),
        cmocka_unit_test(test_thresholds_that_move),
        cmocka_unit_test(test_slow_start_ends_once),
        cmocka_unit_test(test_what_the_end_proves),
        cmocka_unit_test(test_a_destroyed_socket_was_closed),
        cmocka_unit_test(test_how_much_silence_can_hide),
        cmocka_unit_test(test_the_first_second),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
