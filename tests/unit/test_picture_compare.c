/* A comparison as a picture: what is drawn of which runs, and that it can be read. */
#include "picture_maker.h"
#include "run_maker.h"

#define END_S 12.0

struct sides {
    struct tp_run *base, *fresh;
    size_t base_count, new_count;
    struct tp_comparison answer;
};

static void set_line(struct tp_run_line *line, double value)
{
    line->count = TP_RUN_BINS;
    line->bin_s = END_S / TP_RUN_BINS;
    for (unsigned i = 0; i < TP_RUN_BINS; i++)
        line->value[i] = (float)(value + i % 7);
}

/* What recordings say beside the numbers; run k is k above the first. */
static void add_lines(struct tp_run *runs, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        struct tp_run_role *role = &runs[k].roles[0];

        set_line(&role->cwnd_line, 100 + (double)k);
        set_line(&role->srtt_line, 60 + (double)k);
        set_line(&role->rate_line, 18 + (double)k);
        role->has_quantiles = true;
        for (unsigned i = 0; i < TP_RUN_QUANTILES; i++) {
            role->cwnd[i] = 90 + i;
            role->srtt[i] = 40 + i;
            role->rate[i] = 15 + i / 4.0;
        }
    }
}

static struct sides sides_of(size_t base_count, size_t new_count, bool lines)
{
    struct sides sides = {
        made_runs(base_count, 1, 0.01), made_runs(new_count, 2, 0.01), base_count, new_count, {0}};

    add_lines(sides.fresh, new_count);
    if (lines)
        add_lines(sides.base, base_count);
    return sides;
}

static struct tp_picture *draw(struct sides *sides, const char *role,
                               struct tp_picture_options options, struct tp_error *error)
{
    assert_int_equal(tp_compare(&sides->answer, sides->base, sides->base_count, sides->fresh,
                                sides->new_count, &(struct tp_compare_options){0}, NULL),
                     TP_OK);
    return tp_comparison_picture(&sides->answer, role, &options, error);
}

static void release(struct sides *sides, struct tp_picture *picture)
{
    tp_picture_free(picture);
    tp_comparison_release(&sides->answer);
    free_runs(sides->base, sides->base_count);
    free_runs(sides->fresh, sides->new_count);
}

static const struct tp_panel *panel_of(const struct tp_picture *picture, const char *name)
{
    for (size_t i = 0; i < picture->panel_count; i++)
        if (strcmp(picture->panels[i].name, name) == 0)
            return &picture->panels[i];
    return NULL;
}

/* Marks of one kind and name in a panel. */
static size_t count_in(const struct tp_picture *picture, const char *panel, enum tp_mark_kind kind,
                       const char *what)
{
    const struct tp_panel *where = panel_of(picture, panel);
    size_t count = 0;

    assert_non_null(where);
    for (size_t i = 0; i < picture->mark_count; i++)
        count += picture->marks[i].panel == where - picture->panels &&
                 picture->marks[i].kind == kind && strcmp(picture->marks[i].what, what) == 0;
    return count;
}

/* How many dots a side has in a panel: pieces of its mark. */
static size_t dots_in(const struct tp_picture *picture, const char *panel, const char *side)
{
    const struct tp_panel *where = panel_of(picture, panel);
    size_t dots = 0;

    for (size_t i = 0; i < picture->mark_count; i++) {
        const struct tp_mark *mark = &picture->marks[i];

        if (mark->panel != where - picture->panels || mark->kind != TP_MARK_DOTS ||
            strcmp(mark->what, side) != 0)
            continue;
        dots = 1;
        for (size_t k = 0; k < mark->count; k++)
            dots += isnan(mark->points[k].y_px);
    }
    return dots;
}

static void check_page(const struct tp_picture *picture)
{
    assert_non_null(picture);
    check_captions(picture);
    check_marks(picture);
}

/* --- tests ------------------------------------------------------------------------------------ */

static void shows_every_run_and_the_change(void **state)
{
    struct sides sides = sides_of(5, 6, true);
    struct tp_picture *picture;

    (void)state;
    scale_runs(sides.fresh, 6, TP_COMPARE_GOODPUT, 0.8);
    scale_runs(sides.fresh, 6, TP_COMPARE_RTT_P95, 0.7);
    scale_runs(sides.fresh, 6, TP_COMPARE_CWND_P50, 1.3);
    picture = draw(&sides, NULL, (struct tp_picture_options){0}, NULL);
    check_page(picture);
    assert_string_equal(picture->captions[0].text, "bulk: CHANGED (regression)");
    assert_non_null(caption_with(picture, "base, 5 runs"));
    assert_non_null(caption_with(picture, "new, 6 runs"));
    assert_non_null(caption_with(picture, "5 base and 6 new runs \xc2\xb7 alpha 0.05"));
    assert_int_equal(dots_in(picture, "goodput", "base"), 5);
    assert_int_equal(dots_in(picture, "goodput", "new"), 6);
    assert_int_equal(dots_in(picture, "trade", "new"), 6);
    assert_int_equal(count_in(picture, "goodput", TP_MARK_BAND, "threshold"), 1);
    assert_int_equal(count_in(picture, "goodput", TP_MARK_BAND, "regression"), 2);
    assert_int_equal(count_in(picture, "rtt_p95", TP_MARK_BAND, "improvement"), 2);
    assert_int_equal(count_in(picture, "cwnd_p50", TP_MARK_BAND, "different"), 2);
    assert_int_equal(count_in(picture, "retx", TP_MARK_BAND, "regression"), 0);
    assert_null(panel_of(picture, "jain")); /* not measured */
    assert_null(panel_of(picture, "mss"));  /* does not decide */
    release(&sides, picture);
}

static void draws_runs_over_time_and_one_by_one(void **state)
{
    struct sides sides = sides_of(5, 6, true);
    struct tp_picture *picture = draw(&sides, NULL, (struct tp_picture_options){0}, NULL);
    const struct tp_panel *panel;

    (void)state;
    check_page(picture);
    assert_int_equal(count_in(picture, "cwnd", TP_MARK_CURVE, "base"), 1);
    assert_int_equal(count_in(picture, "cwnd", TP_MARK_AREA, "new"), 1);
    assert_int_equal(count_in(picture, "cwnd_cdf", TP_MARK_CURVE, "base"), 5);
    assert_int_equal(count_in(picture, "rate_cdf", TP_MARK_CURVE, "new"), 6);
    panel = panel_of(picture, "srtt");
    assert_true(panel->x.low == 0 && fabs(panel->x.high - END_S) < 1e-6);
    assert_true(panel->y.low == 0 && panel->y.high >= 0.071 && panel->y.high < 0.09);
    release(&sides, picture);
}

/* The curve lies at the median, the area between the least and the greatest. */
static void envelopes_hold_every_run(void **state)
{
    struct sides sides = sides_of(5, 5, true);
    struct tp_picture *picture = draw(&sides, NULL, (struct tp_picture_options){0}, NULL);
    const struct tp_panel *panel = panel_of(picture, "cwnd");
    double per_segment = (panel->bottom_px - panel->top_px) / panel->y.high, least = 1e9, most = 0;

    (void)state;
    for (size_t i = 0; i < picture->mark_count; i++) {
        const struct tp_mark *mark = &picture->marks[i];

        if (mark->panel != panel - picture->panels || strcmp(mark->what, "base") != 0)
            continue;
        if (mark->kind == TP_MARK_CURVE) /* the third of 100..104 */
            assert_true(fabs(panel->bottom_px - mark->points[0].y_px - 102 * per_segment) < 0.1);
        for (size_t k = 0; mark->kind == TP_MARK_AREA && k < mark->count; k++) {
            least = fmin(least, panel->bottom_px - mark->points[k].y_px);
            most = fmax(most, panel->bottom_px - mark->points[k].y_px);
        }
    }
    assert_true(fabs(least - 100 * per_segment) < 0.1);
    assert_true(most > 109 * per_segment && most < 110.1 * per_segment);
    release(&sides, picture);
}

static void says_what_baselines_do_not_hold(void **state)
{
    struct sides sides = sides_of(20, 1, false);
    struct tp_picture *picture =
        draw(&sides, NULL, (struct tp_picture_options){.theme = "dark"}, NULL);

    (void)state;
    check_page(picture);
    assert_int_equal(count_in(picture, "cwnd", TP_MARK_CURVE, "base"), 0);
    assert_int_equal(count_in(picture, "cwnd", TP_MARK_CURVE, "new"), 1);
    assert_int_equal(count_in(picture, "cwnd_cdf", TP_MARK_CURVE, "base"), 0);
    assert_non_null(caption_with(picture, "base: a baseline file holds nothing over time"));
    assert_non_null(caption_with(picture, "new, 1 run"));
    assert_null(caption_with(picture, "1 runs"));
    release(&sides, picture);
}

static void shows_runs_that_cannot_be_compared(void **state)
{
    struct sides sides = sides_of(5, 5, true);
    struct tp_picture *picture;

    (void)state;
    scale_runs(sides.fresh, 5, TP_COMPARE_RTT_MIN, 3);
    set_runs(sides.fresh, 5, TP_COMPARE_BETA, NAN);
    set_runs(sides.base, 5, TP_COMPARE_RETX, NAN);
    set_runs(sides.fresh, 5, TP_COMPARE_GOODPUT, 0);
    set_runs(sides.base, 5, TP_COMPARE_LOSS_EVENTS, 0);
    picture = draw(&sides, NULL, (struct tp_picture_options){.title = "why"}, NULL);
    check_page(picture);
    assert_string_equal(picture->captions[0].text, "why");
    assert_int_equal(dots_in(picture, "beta", "base"), 5);
    assert_int_equal(dots_in(picture, "beta", "new"), 0);
    assert_int_equal(count_in(picture, "retx", TP_MARK_BAND, "threshold"), 0);
    assert_non_null(caption_with(picture, "no new value"));
    assert_non_null(caption_with(picture, "no base"));
    assert_int_equal(count_in(picture, "goodput", TP_MARK_BAND, "regression"), 0);
    release(&sides, picture);
}

/* A baseline file may hold any number up to 1e100. */
static void wide_numbers_stay_in_their_panels(void **state)
{
    struct sides sides = sides_of(5, 5, true);
    struct tp_picture *picture;

    (void)state;
    for (int i = 0; i < TP_COMPARE_IDS; i++)
        if (tp_compare_metrics[i].kind != TP_COMPARE_PATH) {
            set_runs(sides.fresh, 5, (enum tp_compare_id)i, i % 2 ? 1e100 : 1e-11);
            set_runs(sides.base, 5, (enum tp_compare_id)i, i % 3 ? 1e-9 : 7e8);
        }
    for (unsigned q = 0; q < TP_RUN_QUANTILES; q++)
        sides.base[0].roles[0].cwnd[q] *= -1e12;
    sides.fresh[1].roles[0].srtt_line.value[5] = 1e30F;
    picture = draw(&sides, NULL, (struct tp_picture_options){0}, NULL);
    check_page(picture);
    release(&sides, picture);
}

static void refuses_what_it_cannot_draw(void **state)
{
    struct tp_error error = TP_ERROR_INIT;
    struct sides sides = sides_of(4, 4, false);

    (void)state;
    assert_null(draw(&sides, "nobody", (struct tp_picture_options){0}, &error));
    assert_int_equal(error.code, TP_ERR_USAGE);
    assert_null(tp_comparison_picture(&sides.answer, NULL,
                                      &(struct tp_picture_options){.theme = "pink"}, &error));
    assert_int_equal(error.code, TP_ERR_USAGE);
    sides.answer.role_count = 0;
    assert_null(
        tp_comparison_picture(&sides.answer, NULL, &(struct tp_picture_options){0}, &error));
    assert_int_equal(error.code, TP_ERR_USAGE);
    sides.answer.role_count = 1;
    release(&sides, NULL);
}

/* A capture holds no window, a run of a baseline file nothing over time: not the same. */
static void says_what_was_not_measured(void **state)
{
    struct sides sides = sides_of(4, 4, true);
    struct tp_picture *picture;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        sides.base[i].roles[0].cwnd_line.count = 0;
        for (unsigned q = 0; q < TP_RUN_QUANTILES; q++)
            sides.base[i].roles[0].cwnd[q] = NAN;
    }
    picture = draw(&sides, NULL, (struct tp_picture_options){0}, NULL);
    check_page(picture);
    assert_non_null(caption_with(picture, "base: not measured"));
    assert_null(caption_with(picture, "baseline file"));
    assert_int_equal(count_in(picture, "cwnd_cdf", TP_MARK_CURVE, "base"), 0);
    assert_int_equal(count_in(picture, "cwnd_cdf", TP_MARK_CURVE, "new"), 4);
    release(&sides, picture);
}

/* Numbers at the axes of an empty panel would look like a measurement. */
static void empty_panels_have_no_numbers(void **state)
{
    struct sides sides = sides_of(4, 4, false);
    struct tp_picture *picture;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        memset(&sides.fresh[i].roles[0].cwnd_line, 0, sizeof sides.fresh[i].roles[0].cwnd_line);
        memset(&sides.fresh[i].roles[0].srtt_line, 0, sizeof sides.fresh[i].roles[0].srtt_line);
        memset(&sides.fresh[i].roles[0].rate_line, 0, sizeof sides.fresh[i].roles[0].rate_line);
        sides.fresh[i].roles[0].has_quantiles = false;
    }
    set_runs(sides.base, 4, TP_COMPARE_RTT_P50, NAN);
    set_runs(sides.fresh, 4, TP_COMPARE_RTT_P50, NAN);
    picture = draw(&sides, NULL, (struct tp_picture_options){0}, NULL);
    check_page(picture);
    assert_int_equal(panel_of(picture, "cwnd")->y.count, 0);
    assert_int_equal(panel_of(picture, "rate")->x.count, 0);
    assert_int_equal(panel_of(picture, "srtt_cdf")->x.count, 0);
    assert_int_equal(panel_of(picture, "trade")->x.count, 0);
    assert_null(panel_of(picture, "rtt_p50"));
    release(&sides, picture);
}

/* Of several roles the worst. */
static void draws_the_role_that_decided(void **state)
{
    struct sides sides = sides_of(5, 5, true);
    struct tp_compare_role *all, *kept;
    struct tp_picture *picture;

    (void)state;
    tp_picture_free(draw(&sides, NULL, (struct tp_picture_options){0}, NULL));
    all = calloc(3, sizeof *all);
    assert_non_null(all);
    kept = sides.answer.roles;
    all[0] = all[1] = all[2] = kept[0];
    all[0].name = (char *)"first";
    all[0].verdict = TP_NOT_COMPARABLE;
    all[1].verdict = all[2].verdict = TP_CHANGED;
    all[1].change = TP_CHANGE_REGRESSION;
    all[2].name = (char *)"third";
    all[2].change = TP_CHANGE_IMPROVEMENT;
    sides.answer.roles = all;
    sides.answer.role_count = 3;
    picture = tp_comparison_picture(&sides.answer, NULL, &(struct tp_picture_options){0}, NULL);
    check_page(picture);
    assert_string_equal(picture->captions[0].text, "bulk: CHANGED (regression)");
    assert_non_null(caption_with(picture, "one of 3 roles"));
    tp_picture_free(picture);
    picture = tp_comparison_picture(&sides.answer, "third", &(struct tp_picture_options){0}, NULL);
    check_page(picture); /* no run has it */
    assert_string_equal(picture->captions[0].text, "third: CHANGED (improvement)");
    assert_non_null(caption_with(picture, "no run"));
    sides.answer.roles = kept;
    sides.answer.role_count = 1;
    free(all);
    release(&sides, picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_every_run_and_the_change),
        cmocka_unit_test(draws_runs_over_time_and_one_by_one),
        cmocka_unit_test(envelopes_hold_every_run),
        cmocka_unit_test(says_what_baselines_do_not_hold),
        cmocka_unit_test(shows_runs_that_cannot_be_compared),
        cmocka_unit_test(says_what_was_not_measured),
        cmocka_unit_test(empty_panels_have_no_numbers),
        cmocka_unit_test(draws_the_role_that_decided),
        cmocka_unit_test(wide_numbers_stay_in_their_panels),
        cmocka_unit_test(refuses_what_it_cannot_draw),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
