/* Pictures of distributions, and of several runs together. */
#include "ask.h"
#include "picture_maker.h"

#include <tcpprobe/figure.h>

/* A flow whose window is always that. */
static void give_constant(struct tp_analysis *analysis, uint16_t port, uint32_t segments)
{
    struct tp_record record;

    for (unsigned i = 0; i < 200; i++) {
        record = make_probe(SEC + i * 10 * MS, 1, port, 2, 80, 1000 + i * 2 * MSS, segments);
        record.srtt = 40000;
        give(analysis, record);
    }
}

static const struct tp_mark *mark_of(const struct tp_picture *picture, enum tp_mark_kind kind,
                                     const char *what, const char *name)
{
    for (size_t i = 0; i < picture->mark_count; i++)
        if (picture->marks[i].kind == kind && strcmp(picture->marks[i].what, what) == 0 &&
            picture->marks[i].name >= 0 &&
            strcmp(picture->names[picture->marks[i].name], name) == 0)
            return &picture->marks[i];
    fail_msg("there is no %s of %s", what, name);
    return NULL;
}

static double y_value(const struct tp_panel *panel, double y_px)
{
    return panel->y.low + (panel->bottom_px - y_px) / (panel->bottom_px - panel->top_px) *
                              (panel->y.high - panel->y.low);
}

static double x_value(const struct tp_panel *panel, double x_px)
{
    return panel->x.low + (x_px - panel->left_px) / (panel->right_px - panel->left_px) *
                              (panel->x.high - panel->x.low);
}

/* Quartiles of 10, 20 and 40 are 15 and 30, in R: quantile(c(10, 20, 40)). */
static void has_the_median_and_the_middle_half(void **state)
{
    static const char *const styles[] = {"screen", "paper"};
    const struct tp_axis_options axis = {.quantity = "cwnd", .unit = TP_AXIS_UNIT_SEGMENTS};
    struct tp_analysis *analysis = analysis_begin();
    struct tp_picture *picture;
    const struct tp_panel *panel;
    const struct tp_mark *mark;
    double value;

    (void)state;
    give_constant(analysis, 4000, 20);
    give_constant(analysis, 4001, 40);
    give_constant(analysis, 4002, 10);
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    for (size_t i = 0; i < 2; i++) {
        picture =
            figure_of(analysis,
                      (struct tp_picture_options){
                          .style = styles[i], .aggregate = true, .axes = &axis, .axis_count = 1},
                      NULL);
        check(picture);
        panel = &picture->panels[0];
        assert_string_equal(panel->name, "cwnd");
        mark = mark_of(picture, TP_MARK_CURVE, "snd_cwnd", "median of 3");
        for (size_t k = 0; k < mark->count; k++)
            assert_float_equal(y_value(panel, mark->points[k].y_px), 20, 1e-6);
        mark = mark_of(picture, TP_MARK_AREA, "snd_cwnd", "median of 3");
        for (size_t k = 0; k < mark->count; k++) {
            value = y_value(panel, mark->points[k].y_px);
            assert_true(isnan(value) || fabs(value - 15) < 1e-6 || fabs(value - 30) < 1e-6);
        }
        assert_float_equal(
            y_value(panel, mark_of(picture, TP_MARK_CURVE, "snd_cwnd", ":4001")->points[0].y_px),
            40, 1e-6);
        assert_non_null(caption_with(picture, "median of 3"));
        for (size_t k = 0; k < picture->panel_count; k++)
            assert_string_not_equal(picture->panels[k].name, "retransmissions");
        tp_picture_free(picture);
    }
    tp_analysis_free(analysis);
}

/* Where the curve of a distribution crosses a share. */
static double crossing(const struct tp_panel *panel, const struct tp_mark *mark, double share)
{
    for (size_t i = 0; i < mark->count; i++)
        if (y_value(panel, mark->points[i].y_px) >= share - 1e-9)
            return x_value(panel, mark->points[i].x_px);
    return NAN;
}

static void says_what_the_figures_say(void **state)
{
    static const enum tp_figure_id figures[] = {TP_FIGURE_rtt_p50_us, TP_FIGURE_rtt_p95_us};
    static const double shares[] = {0.5, 0.95};
    struct tp_analysis *analysis = analysis_begin();
    struct tp_sheet sheet = {0};
    struct tp_picture *picture;
    const struct tp_mark *mark;
    const struct tp_flow *const *flows;
    double value;
    size_t count;

    (void)state;
    give_flow(analysis, 4000, 80, SEC, 300, 1);
    give_flow(analysis, 4001, 80, SEC, 300, 2);
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    picture = figure_of(
        analysis, (struct tp_picture_options){.kind = TP_PICTURE_CDF, .style = "paper"}, NULL);
    check(picture);
    assert_int_equal(picture->panel_count, 3);
    assert_string_equal(picture->panels[0].name, "cwnd_cdf");
    assert_string_equal(picture->panels[1].name, "rtt_cdf");
    assert_string_equal(picture->panels[2].name, "rate_cdf");
    flows = tp_analysis_flows(analysis, &count);
    tp_sheet_open(&sheet, analysis, flows[0], 0);
    mark = mark_of(picture, TP_MARK_CURVE, "srtt", ":4000");
    for (size_t i = 0; i < 2; i++) {
        assert_true(tp_sheet_number(&sheet, figures[i], 0, TP_BEST, &value));
        assert_float_equal(crossing(&picture->panels[1], mark, shares[i]), value * 1e-6, 1e-9);
    }
    /* the window holds each of 10 to 59 segments for the same time: a fifth of it up to 19 */
    mark = mark_of(picture, TP_MARK_CURVE, "snd_cwnd", ":4000");
    assert_float_equal(crossing(&picture->panels[0], mark, 0.2), 19 * MSS, MSS * 1.01);
    assert_true(x_value(&picture->panels[0], mark->points[0].x_px) >= 10 * MSS - 1e-6);
    assert_non_null(caption_with(picture, "Smoothed round-trip time (ms)"));
    tp_picture_free(picture);
    tp_analysis_free(analysis);
}

static void refuses(void **state)
{
    static const struct {
        struct tp_picture_options options;
        const char *sentence;
    } cases[] = {
        {{.kind = TP_PICTURE_CDF, .aggregate = true, .panels = "cwnd,limits"},
         "'limits' has no distribution"},
        {{.kind = TP_PICTURE_CDF}, "9 curves cannot be told apart: at most 8"},
        {{.kind = TP_PICTURE_TIME}, "9 flows are too many for panels over time: at most 8"},
        {{.kind = TP_PICTURE_OVERVIEW, .aggregate = true}, "nothing in it is aggregated"},
        {{.aggregate = true, .panels = "cwnd,limits"}, "panel limits cannot be aggregated"},
    };
    struct tp_analysis *analysis = analysis_begin();
    struct tp_picture *picture;
    struct tp_error error;

    (void)state;
    for (uint16_t i = 0; i < 9; i++)
        give_constant(analysis, 4000 + i, 10 + i);
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        error = (struct tp_error)TP_ERROR_INIT;
        assert_null(figure_of(analysis, cases[i].options, &error));
        if (!strstr(error.text, cases[i].sentence))
            fail_msg("case %zu: %s", i, error.text);
    }
    picture = figure_of(analysis, (struct tp_picture_options){.aggregate = true}, NULL);
    check(picture); /* nine are no overview where they are taken together */
    assert_string_equal(picture->panels[0].name, "cwnd");
    tp_picture_free(picture);
    picture = figure_of(
        analysis, (struct tp_picture_options){.kind = TP_PICTURE_CDF, .aggregate = true}, NULL);
    check(picture);
    tp_picture_free(picture);
    tp_analysis_free(analysis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_the_median_and_the_middle_half),
        cmocka_unit_test(says_what_the_figures_say),
        cmocka_unit_test(refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
