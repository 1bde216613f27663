/* test_series.c: bins over time, and lists of spans. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <tcpprobe/series.h>

static void test_exact_while_there_is_room(void **state)
{
    struct tp_series series;
    int i;

    (void)state;
    tp_series_init(&series, 64);
    assert_null(series.bins);
    for (i = 0; i < 64; i++)
        assert_int_equal(tp_series_add(&series, 1000 + i / 2, i), 0);
    assert_int_equal(series.count, 64);
    assert_int_equal(series.width_ns, 0);
    assert_int_equal(series.samples, 64);
    for (i = 0; i < 64; i++) {
        assert_int_equal(series.bins[i].t_ns, 1000 + i / 2);
        assert_int_equal(series.bins[i].count, 1);
        assert_true(series.bins[i].sum == i && series.bins[i].min == (float)i);
    }
    tp_series_release(&series);
}

/* What folding must keep, summed over all bins. */
static void check_kept(const struct tp_series *series, const double *values, uint32_t count)
{
    double sum = 0, min = 1e300, max = -1e300, want_sum = 0;
    uint32_t i, samples = 0;

    for (i = 0; i < count; i++)
        want_sum += values[i];
    for (i = 0; i < series->count; i++) {
        const struct tp_bin *bin = &series->bins[i];

        assert_true(bin->t_ns <= bin->end_ns && bin->min <= bin->first && bin->max >= bin->last);
        assert_true(i == 0 || bin->t_ns > series->bins[i - 1].end_ns);
        assert_true(bin->t_ns / series->width_ns == bin->end_ns / series->width_ns);
        sum += bin->sum;
        samples += bin->count;
        min = bin->min < min ? bin->min : min;
        max = bin->max > max ? bin->max : max;
    }
    assert_true(sum == want_sum);
    assert_int_equal(samples, count);
    assert_true(min == -500 && max == 77777);
    assert_true(series->bins[0].first == (float)values[0]);
    assert_true(series->bins[series->count - 1].last == (float)values[count - 1]);
}

static void test_folding_keeps_extremes_and_sums(void **state)
{
    static double values[20000];
    struct tp_series series, small;
    int64_t width;
    int i;

    (void)state;
    tp_series_init(&series, 100);
    tp_series_init(&small, 50);
    for (i = 0; i < 20000; i++) {
        values[i] = i == 7001 ? 77777 : i == 12345 ? -500 : (i * 37) % 1000;
        assert_int_equal(tp_series_add(&series, INT64_C(1000000) * i + 5, values[i]), 0);
        assert_int_equal(tp_series_add(&small, INT64_C(1000000) * i + 5, values[i]), 0);
        assert_true(series.count <= 100 && series.allocated <= 100);
    }
    assert_true(series.count > 50);
    check_kept(&series, values, 20000);
    width = series.width_ns;
    assert_true((width & (width - 1)) == 0);
    /* Shrinking later gives what a smaller one would have had from the start. */
    tp_series_shrink(&series, 50);
    check_kept(&series, values, 20000);
    assert_int_equal(series.count, small.count);
    assert_int_equal(series.width_ns, small.width_ns);
    for (i = 0; i < (int)small.count; i++)
        assert_true(series.bins[i].t_ns == small.bins[i].t_ns &&
                    series.bins[i].end_ns == small.bins[i].end_ns &&
                    series.bins[i].count == small.bins[i].count &&
                    series.bins[i].sum == small.bins[i].sum &&
                    series.bins[i].min == small.bins[i].min &&
                    series.bins[i].max == small.bins[i].max);
    tp_series_release(&series);
    tp_series_release(&small);
}

/* The short way and the long one give the same. */
static void test_joining(void **state)
{
    struct tp_series added, joined;
    int64_t t_ns = -5000;
    double value;

    (void)state;
    srand(5);
    tp_series_init(&added, 16);
    tp_series_init(&joined, 16);
    assert_false(tp_series_join(&joined, 0, 1));
    for (int i = 0; i < 3000; i++) {
        t_ns += rand() % 9 - (i % 50 == 0 ? 20 : 0);
        value = rand() % 1000 - 500;
        assert_int_equal(tp_series_add(&added, t_ns, value), 0);
        if (!tp_series_join(&joined, t_ns, value))
            assert_int_equal(tp_series_add(&joined, t_ns, value), 0);
    }
    assert_int_equal(added.count, joined.count);
    assert_int_equal(added.samples, joined.samples);
    for (uint32_t i = 0; i < added.count; i++) {
        const struct tp_bin *a = &added.bins[i], *b = &joined.bins[i];

        assert_true(a->t_ns == b->t_ns && a->end_ns == b->end_ns && a->count == b->count);
        assert_true(a->first == b->first && a->min == b->min && a->max == b->max);
        assert_true(a->last == b->last && a->sum == b->sum);
    }
    tp_series_release(&added);
    tp_series_release(&joined);
}

static void test_late_and_negative_times(void **state)
{
    struct tp_series series;
    int i;

    (void)state;
    tp_series_init(&series, 1);
    assert_int_equal(series.capacity, TP_SERIES_MIN_BINS);
    for (i = -50; i < 50; i++)
        assert_int_equal(tp_series_add(&series, i, i), 0);
    assert_int_equal(tp_series_add(&series, -1000, 3), 0);
    assert_true(series.count <= TP_SERIES_MIN_BINS);
    assert_int_equal(series.samples, 101);
    assert_int_equal(series.bins[series.count - 1].end_ns, 49);
    assert_true(series.bins[series.count - 1].last == 3);
    tp_series_release(&series);
    tp_series_init(&series, 8);
    for (i = 0; i < 1000; i++) /* all at once, and at the ends of time */
        assert_int_equal(tp_series_add(&series, i < 500 ? INT64_MIN : INT64_MAX, i), 0);
    assert_true(series.count <= 8);
    tp_series_release(&series);
}

static void test_spans_are_bounded(void **state)
{
    struct tp_spans spans = {0};
    struct tp_span span;
    uint64_t sum = 0;
    int64_t at = 0;
    uint32_t i;

    (void)state;
    for (i = 0; i < 3 * TP_SPANS_MAX; i++) {
        at += i % 100 ? 10 : 100000;
        span = (struct tp_span){at, at + 5, 1};
        assert_int_equal(tp_spans_add(&spans, &span, true), 0);
        at += 5;
    }
    assert_true(spans.count <= TP_SPANS_MAX && spans.count > TP_SPANS_MAX / 4);
    for (i = 0; i < spans.count; i++) {
        sum += spans.list[i].value;
        assert_true(spans.list[i].begin_ns < spans.list[i].end_ns);
        if (i > 0)
            assert_true(spans.list[i].begin_ns > spans.list[i - 1].end_ns);
        /* Only the close ones were joined. */
        assert_true(spans.list[i].end_ns - spans.list[i].begin_ns < 100 * 15);
    }
    assert_int_equal(sum, 3 * TP_SPANS_MAX);
    tp_spans_release(&spans);
}

static void test_spans_that_overlap(void **state)
{
    struct tp_spans spans = {0};
    const struct tp_span list[] = {{0, 10, 1}, {20, 30, 2}, {40, 50, 3}, {5, 60, 4}};
    unsigned i;

    (void)state;
    tp_spans_extend(&spans, 5);
    for (i = 0; i < 4; i++)
        assert_int_equal(tp_spans_add(&spans, &list[i], true), 0);
    assert_int_equal(spans.count, 1);
    assert_int_equal(spans.list[0].begin_ns, 0);
    assert_int_equal(spans.list[0].end_ns, 60);
    assert_int_equal(spans.list[0].value, 10);
    tp_spans_extend(&spans, 70);
    assert_int_equal(spans.list[0].end_ns, 70);
    tp_spans_release(&spans);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_while_there_is_room),
        cmocka_unit_test(test_folding_keeps_extremes_and_sums),
        cmocka_unit_test(test_joining),
        cmocka_unit_test(test_late_and_negative_times),
        cmocka_unit_test(test_spans_are_bounded),
        cmocka_unit_test(test_spans_that_overlap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
