/* Series on a panel: decimation that keeps extremes, interruptions, bins. */
#include "flow_maker.h"

#include <math.h>
#include <stdlib.h>

#include "plot/curve.h"
#include "plot/scale.h"

/* 100 px wide and high, t from 0 to `seconds`, values from 0 to 100: y = bottom - value. */
static struct tp_panel panel_of(double seconds)
{
    struct tp_panel panel = {.left_px = 10, .top_px = 20, .right_px = 110, .bottom_px = 120};

    tp_axis_time(&panel.x, 0, seconds, 10, 110, false);
    tp_axis_linear(&panel.y, 0, 100, 120, 20, 5);
    return panel;
}

static void add(struct tp_series *series, int64_t t_ns, double value)
{
    assert_int_equal(tp_series_add(series, t_ns, value), 0);
}

static void range_of(const struct tp_path *path, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; i < path->count; i++)
        if (isfinite(path->points[i].y_px)) {
            *low = fmin(*low, path->points[i].y_px);
            *high = fmax(*high, path->points[i].y_px);
        }
}

static size_t pieces_of(const struct tp_path *path)
{
    size_t pieces = 0;

    for (size_t i = 0; i < path->count; i++)
        pieces += isfinite(path->points[i].y_px) && (i == 0 || !isfinite(path->points[i - 1].y_px));
    return pieces;
}

static bool passes(const struct tp_path *path, double x_px, double y_px)
{
    for (size_t i = 0; i < path->count; i++)
        if (fabs(path->points[i].x_px - x_px) < 0.6 && fabs(path->points[i].y_px - y_px) < 0.03)
            return true;
    return false;
}

/* One needle up and one down among 200 000 samples are drawn where they are. */
static void extremes_stay(void **state)
{
    struct tp_panel panel = panel_of(20);
    struct tp_path path = {0};
    struct tp_series series;
    struct tp_track track = {.series = &series, .factor = 1};
    double low, high;

    (void)state;
    srand(3);
    tp_series_init(&series, 4096);
    for (int i = 0; i < 200000; i++)
        add(&series, i * (SEC / 10000), i == 77777 ? 95 : i == 123456 ? 2 : 40 + rand() % 20);
    tp_curve_steps(&panel, &track, &path);
    assert_false(path.failed);
    assert_true(path.count <= 200 * 5 + 2);
    range_of(&path, &low, &high);
    assert_true(fabs(low - (120 - 95)) < 1e-6 && fabs(high - (120 - 2)) < 1e-6);
    assert_true(passes(&path, 10 + 7.7777 * 5, 120 - 95));
    assert_true(passes(&path, 10 + 12.3456 * 5, 120 - 2));
    for (size_t i = 1; i < path.count; i++)
        assert_true(path.points[i].x_px >= path.points[i - 1].x_px - 1e-9);
    tp_path_release(&path);
    tp_series_release(&series);
}

static void steps_have_corners(void **state)
{
    static const double expected[][2] = {{10, 110}, {60, 110}, {60, 70}, {110, 70}, {110, 20}};
    struct tp_panel panel = panel_of(10);
    struct tp_path path = {0};
    struct tp_series series;
    struct tp_track track = {.series = &series, .factor = 10};

    (void)state;
    tp_series_init(&series, 64);
    add(&series, 0, 1);
    add(&series, 2 * SEC, 1); /* on the way: thinned out */
    add(&series, 5 * SEC, 5);
    add(&series, 10 * SEC, 10);
    tp_curve_steps(&panel, &track, &path);
    assert_int_equal(path.count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_true(fabs(path.points[i].x_px - expected[i][0]) < 1e-6);
        assert_true(fabs(path.points[i].y_px - expected[i][1]) < 1e-6);
    }
    tp_path_release(&path);
    tp_series_release(&series);
}

/* A curve does not cross a place where events were lost, nor a value beyond its ceiling. */
static void interruptions(void **state)
{
    struct tp_span lost = {4 * SEC, 5 * SEC, 12};
    const struct tp_spans gaps = {.list = &lost, .count = 1, .allocated = 1};
    struct tp_panel panel = panel_of(10);
    struct tp_path path = {0}, area = {0}, envelope = {0};
    struct tp_series series;
    struct tp_track track = {.series = &series, .factor = 1, .gaps = &gaps};

    (void)state;
    tp_series_init(&series, 64);
    for (int i = 0; i <= 10; i++)
        if (i < 4 || i > 5)
            add(&series, i * SEC, i == 8 ? 90 : 50);
    tp_curve_steps(&panel, &track, &path);
    assert_int_equal(pieces_of(&path), 2);
    for (size_t i = 0; i < path.count; i++)
        assert_true(path.points[i].x_px <= 40 || path.points[i].x_px >= 70);
    tp_path_release(&path);
    tp_curve_area(&panel, &track, &area);
    assert_int_equal(pieces_of(&area), 2);
    tp_path_release(&area);
    tp_curve_smooth(&panel, &track, &path, &envelope);
    assert_int_equal(pieces_of(&path), 2);
    tp_path_release(&path);
    tp_path_release(&envelope);
    track.ceiling = 80;
    tp_curve_steps(&panel, &track, &path);
    assert_int_equal(pieces_of(&path), 3);
    tp_path_release(&path);
    tp_series_release(&series);
}

static void lonely_sample_is_seen(void **state)
{
    struct tp_panel panel = panel_of(10);
    struct tp_path path = {0}, envelope = {0};
    struct tp_series series;
    struct tp_track track = {.series = &series, .factor = 1};
    double last;

    (void)state;
    tp_series_init(&series, 64);
    assert_false(tp_track_last(&track, &last));
    tp_curve_steps(&panel, &track, &path);
    assert_int_equal(path.count, 0);
    add(&series, 5 * SEC, 50);
    tp_curve_steps(&panel, &track, &path);
    assert_int_equal(path.count, 2);
    assert_true(path.points[1].x_px - path.points[0].x_px > 1);
    tp_path_release(&path);
    tp_curve_smooth(&panel, &track, &path, &envelope);
    assert_int_equal(path.count, 2);
    tp_path_release(&path);
    tp_path_release(&envelope);
    tp_series_release(&series);
}

/* NaN, infinite and huge values draw nothing or stay on the panel. */
static void odd_values(void **state)
{
    static const double odd[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300, 4294967295.0, 0};
    struct tp_panel panel = panel_of(1e-9);
    struct tp_path path = {0}, envelope = {0};
    struct tp_series series;
    struct tp_track track = {.series = &series, .factor = 1};
    double low, high;

    (void)state;
    tp_series_init(&series, 64);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        add(&series, (int64_t)i * SEC - SEC, odd[i]);
    tp_curve_steps(&panel, &track, &path);
    tp_curve_smooth(&panel, &track, &path, &envelope);
    range_of(&path, &low, &high);
    assert_true(low >= 20 && high <= 120);
    for (size_t i = 0; i < path.count; i++)
        assert_true(path.points[i].x_px >= 8 && path.points[i].x_px <= 112);
    tp_path_release(&path);
    tp_path_release(&envelope);
    tp_series_release(&series);
}

/* Dense samples: the mean is a line within the envelope of all of them. */
static void envelope_holds_all(void **state)
{
    struct tp_panel panel = panel_of(10);
    struct tp_path path = {0}, envelope = {0};
    struct tp_series series;
    struct tp_track track = {.series = &series, .factor = 1};
    double low, high;

    (void)state;
    tp_series_init(&series, 4096);
    for (int i = 0; i < 10000; i++)
        add(&series, i * (SEC / 1000), i % 2 ? 30 : 70);
    tp_curve_smooth(&panel, &track, &path, &envelope);
    range_of(&envelope, &low, &high);
    assert_true(fabs(low - 50) < 1e-6 && fabs(high - 90) < 1e-6);
    range_of(&path, &low, &high);
    assert_true(low > 65 && high < 75);
    tp_path_release(&path);
    tp_path_release(&envelope);
    tp_series_release(&series);
}

/* --- bins ----------------------------------------------------------------------------------- */

/* Ten seconds of 100 bytes each 100 ms, of which [3.25 s, 6.45 s) were lost: the first sample after
 * it (if it catches up) holds what was acknowledged meanwhile, at a time when it was not. */
static double seconds_of(const struct tp_bins *bins, size_t index)
{
    return (tp_bins_begin(bins, index + 1) - tp_bins_begin(bins, index)) * 1e-9;
}

static void gaps_hide_bins(void **state)
{
    struct tp_span gap = {3 * SEC + SEC / 4, 6 * SEC + 45 * (SEC / 100), 320};
    struct tp_spans gaps = {.list = &gap, .count = 1, .allocated = 1};
    struct tp_series series;
    struct tp_bins bins;

    (void)state;
    for (int catches_up = 0; catches_up < 2; catches_up++) {
        tp_series_init(&series, 1000);
        for (int i = 0; i < 100; i++)
            if (i * (SEC / 10) < gap.begin_ns || i * (SEC / 10) >= gap.end_ns)
                add(&series, i * (SEC / 10), catches_up && i == 65 ? 3300 : 100);
        assert_true(tp_bins_init(&bins, SEC, 10 * SEC));
        tp_bins_add(&bins, &series, 0);
        tp_bins_hide(&bins, &series, &gaps, 0, catches_up);
        for (size_t i = 0; i < bins.count; i++)
            if (i >= 3 && i <= 6)
                assert_true(isnan(bins.sums[i]));
            else
                assert_true(fabs(bins.sums[i] - 1000) < 1e-9);
        tp_bins_release(&bins);

        /* Another processor went on: what catches up is whole. */
        add(&series, 10 * SEC - 1, 1);
        gap = (struct tp_span){7 * SEC + SEC / 50, 7 * SEC + SEC / 40, 1};
        assert_true(tp_bins_init(&bins, SEC, 10 * SEC));
        tp_bins_add(&bins, &series, 0);
        tp_bins_hide(&bins, &series, &gaps, 0, catches_up);
        assert_int_equal(isnan(bins.sums[7]) != 0, !catches_up);
        tp_bins_release(&bins);
        gap = (struct tp_span){3 * SEC + SEC / 4, 6 * SEC + 45 * (SEC / 100), 320};
        tp_series_release(&series);
    }
}

/* What a sample catches up with is laid over the silence before it, where events were lost. */
static void gaps_are_means(void **state)
{
    struct tp_span gap = {4 * SEC, 4 * SEC + SEC / 10, 320}; /* where the recorder noticed */
    struct tp_spans gaps = {.list = &gap, .count = 1, .allocated = 1};
    struct tp_series series;
    struct tp_bins bins;

    (void)state;
    tp_series_init(&series, 1000);
    for (int i = 0; i <= 100; i++)
        if (i <= 39 || i >= 60)
            add(&series, i * (SEC / 10), i == 60 ? 2100 : 100);
    for (int known = 0; known < 2; known++) {
        assert_true(tp_bins_init(&bins, SEC / 2, 10 * SEC));
        tp_bins_add(&bins, &series, 0);
        tp_bins_catch_up(&bins, &series, known ? &gaps : NULL, false, 0);
        for (size_t i = 1; i + 1 < bins.count; i++)
            if (known && fabs(bins.sums[i] - 500) > 101)
                fail_msg("bin %zu holds %g", i, bins.sums[i]);
        assert_true(fabs(bins.sums[12] - (known ? 400 : 2500)) < 101);
        tp_bins_release(&bins);
    }
    tp_series_release(&series);
}

static void bins_keep_sums(void **state)
{
    static const int64_t ends[] = {10 * SEC, 10 * SEC + SEC / 3, 10 * SEC + SEC * 2 / 3, 20 * SEC};
    struct tp_series series;
    struct tp_bins bins;
    double sum, width;

    (void)state;
    tp_series_init(&series, 64); /* coarser than the bins: bins of it are divided */
    for (int i = 0; i < 1000; i++)
        add(&series, i * (SEC / 100), 1448);
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
        assert_true(tp_bins_init(&bins, SEC, ends[k]));
        tp_bins_add(&bins, &series, 0);
        sum = width = 0;
        for (size_t i = 0; i < bins.count; i++) {
            sum += bins.sums[i];
            width += seconds_of(&bins, i);
        }
        assert_true(fabs(sum - 1000 * 1448) < 1e-3);
        assert_true(fabs(width - (double)ends[k] * 1e-9) < 1e-12);
        tp_bins_release(&bins);
    }
    tp_series_release(&series);
}

/* What lies outside the time axis is no part of its first or last bin. */
static void bins_end_with_the_axis(void **state)
{
    struct tp_series series;
    struct tp_bins bins;
    double sum = 0;

    (void)state;
    tp_series_init(&series, 64);
    for (int i = 0; i < 1000; i++)
        add(&series, i * (SEC / 100), 1448);
    assert_true(tp_bins_init(&bins, SEC / 10, 4 * SEC));
    tp_bins_add(&bins, &series, 3 * SEC);
    for (size_t i = 0; i < bins.count; i++) {
        sum += bins.sums[i];
        assert_true(bins.sums[i] < 1.3 * 10 * 1448);
    }
    assert_true(fabs(sum - 400 * 1448) < 0.01 * 400 * 1448);
    tp_bins_release(&bins);
    tp_series_release(&series);
}

/* A track of a part: neither its curve nor its range know of the rest. */
static void tracks_may_show_a_part(void **state)
{
    struct tp_panel panel = panel_of(2);
    struct tp_path path = {0};
    struct tp_series series;
    struct tp_track track = {
        .series = &series, .factor = 1, .origin_ns = 4 * SEC, .span_ns = 2 * SEC};
    double low, high;

    (void)state;
    tp_series_init(&series, 64);
    for (int i = 0; i < 10; i++)
        add(&series, i * SEC, 10 + i);
    assert_true(tp_track_range(&track, &low, &high));
    assert_true(low == 14 && high == 16);
    assert_true(tp_track_last(&track, &high) && high == 16);
    tp_curve_steps(&panel, &track, &path);
    range_of(&path, &low, &high);
    assert_true(low == 120 - 16 && high == 120 - 13); /* 13 held when it began */
    tp_path_release(&path);
    tp_curve_dots(&panel, &track, 2, &path);
    assert_int_equal(path.count, 6);
    tp_path_release(&path);
    tp_series_release(&series);
}

/* A constant rate of 1000 a second stays one, wherever between two bins it begins and ends. */
static void rates_do_not_fall_at_the_ends(void **state)
{
    struct tp_bins bins;

    (void)state;
    for (double from = 0; from < 2; from += 0.125)
        for (double to = 5; to < 10; to += 0.0625) {
            assert_true(tp_bins_init(&bins, SEC, 10 * SEC));
            for (size_t i = 0; i < bins.count; i++)
                bins.sums[i] = 1000 * fmax(0, fmin(to, (double)i + 1) - fmax(from, (double)i));
            tp_bins_rates(&bins, from * 1e9, to * 1e9);
            for (size_t i = 0; i < bins.count; i++) {
                bool lives = (double)i + 1 > from && (double)i < to;

                if (i == (size_t)to && to == floor(to))
                    continue; /* it ends with the bin before */
                assert_true(fabs(bins.sums[i] - (lives ? 1000 : 0)) < 1e-6);
            }
            tp_bins_crop(&bins, from * 1e9, to * 1e9);
            assert_true(isnan(bins.sums[0]) == (from >= 1));
            assert_false(isnan(bins.sums[3]));
            tp_bins_release(&bins);
        }
}

/* What lasts for less than two bins has no rate but that of the whole bin. */
static void a_moment_is_no_rate(void **state)
{
    struct tp_bins bins;

    (void)state;
    assert_true(tp_bins_init(&bins, SEC, 4 * SEC));
    bins.sums[1] = 1000;
    tp_bins_rates(&bins, 1.5e9, 1.5e9 + 1e3);
    assert_true(fabs(bins.sums[1] - 1000) < 1e-9);
    tp_bins_release(&bins);
}

static void last_bin_is_no_sliver(void **state)
{
    struct tp_bins bins;

    (void)state;
    assert_true(tp_bins_init(&bins, SEC, 10 * SEC + SEC / 3));
    assert_int_equal(bins.count, 10);
    assert_true(fabs(seconds_of(&bins, 9) - 4.0 / 3) < 1e-9);
    tp_bins_release(&bins);
    assert_true(tp_bins_init(&bins, SEC, 10 * SEC + SEC * 2 / 3));
    assert_int_equal(bins.count, 11);
    tp_bins_release(&bins);
}

static void bands_do_not_add_up(void **state)
{
    struct tp_span list[] = {{SEC, SEC, 3},
                             {SEC + 1, SEC + 2, 3},
                             {5 * SEC, 7 * SEC, 3},
                             {8 * SEC, 9 * SEC, 4},
                             {20 * SEC, 21 * SEC, 3}};
    const struct tp_spans spans = {.list = list, .count = 5, .allocated = 5};
    struct tp_panel panel = panel_of(10);
    struct tp_path path = {0};

    (void)state;
    tp_spans_boxes(&panel, &spans, 0, false, 3, 2, &path);
    assert_int_equal(path.count, 4); /* two boxes: the first two spans touch, the last is outside */
    assert_true(fabs(path.points[1].x_px - path.points[0].x_px - 2) < 0.01);
    assert_true(path.points[2].x_px == 60 && path.points[3].x_px == 80);
    tp_path_release(&path);
}

/* A bin goes if most of it is in the dark. */
static void test_bins_of_which_nothing_is_known(void **state)
{
    struct tp_bins bins;

    (void)state;
    assert_true(tp_bins_init(&bins, SEC, 10 * SEC));
    tp_bins_blank(&bins, 2.4 * SEC, 5.4 * SEC);
    for (size_t i = 0; i < bins.count; i++)
        assert_int_equal(isnan(bins.sums[i]) != 0, i >= 2 && i <= 4);
    tp_bins_blank(&bins, 8.6 * SEC, 10 * SEC);
    assert_false(isnan(bins.sums[8]));
    assert_true(isnan(bins.sums[9]));
    tp_bins_release(&bins);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bins_of_which_nothing_is_known),
        cmocka_unit_test(extremes_stay),
        cmocka_unit_test(steps_have_corners),
        cmocka_unit_test(interruptions),
        cmocka_unit_test(lonely_sample_is_seen),
        cmocka_unit_test(odd_values),
        cmocka_unit_test(envelope_holds_all),
        cmocka_unit_test(gaps_are_means),
        cmocka_unit_test(bins_keep_sums),
        cmocka_unit_test(bins_end_with_the_axis),
        cmocka_unit_test(tracks_may_show_a_part),
        cmocka_unit_test(rates_do_not_fall_at_the_ends),
        cmocka_unit_test(a_moment_is_no_rate),
        cmocka_unit_test(last_bin_is_no_sliver),
        cmocka_unit_test(bands_do_not_add_up),
        cmocka_unit_test(gaps_hide_bins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
