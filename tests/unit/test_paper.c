/* Pictures for paper: their size, what is not on them, what tells curves apart, axes that are
 * chosen. */
#include "ask.h"
#include "picture_maker.h"

#include "plot/sketch.h"
#include "plot/style.h"
#include "plot/theme.h"

#define MM_PX(picture, px) ((px) * (picture)->px_pt * 25.4 / 72)

static struct tp_analysis *flows(unsigned count)
{
    struct tp_analysis *analysis = analysis_begin();

    for (unsigned i = 0; i < count; i++)
        give_flow(analysis, (uint16_t)(4000 + i), 80, SEC, 300, 1 + i % 3);
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    return analysis;
}

static struct tp_picture *drawn(unsigned count, struct tp_picture_options options,
                                struct tp_error *error)
{
    struct tp_analysis *analysis = flows(count);
    struct tp_picture *picture;

    options.style = options.style ? options.style : "paper";
    picture = figure_of(analysis, options, error);
    tp_analysis_free(analysis);
    return picture;
}

static void has_its_size_and_no_more_words(void **state)
{
    static const struct {
        double width_mm, height_mm, font_pt;
    } sizes[] = {{0, 0, 0}, {40, 0, 5}, {180, 0, 10}, {88.9, 150, 8}, {40, 60, 4}};
    struct tp_picture *picture;

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (unsigned count = 1; count <= 8; count += count == 1 ? 1 : 3) {
            picture = drawn(count,
                            (struct tp_picture_options){.panels = "cwnd,rtt",
                                                        .width_mm = sizes[i].width_mm,
                                                        .height_mm = sizes[i].height_mm,
                                                        .font_pt = sizes[i].font_pt},
                            NULL);
            check(picture);
            assert_float_equal(MM_PX(picture, picture->width_px),
                               sizes[i].width_mm > 0 ? sizes[i].width_mm : 88, 1e-6);
            if (sizes[i].height_mm > 0)
                assert_float_equal(MM_PX(picture, picture->height_px), sizes[i].height_mm, 1e-6);
            for (size_t k = 0; k < picture->caption_count; k++)
                assert_float_equal(picture->captions[k].size_px * picture->px_pt,
                                   sizes[i].font_pt > 0 ? sizes[i].font_pt : 8, 1e-6);
            assert_null(caption_with(picture, "tcpprobe"));
            assert_null(caption_with(picture, "acked"));
            assert_null(caption_with(picture, "\xe2\x86\x92"));
            assert_non_null(caption_with(picture, "Time (s)"));
            /* no empty room: the legend is at the very top, the time's title at the bottom */
            assert_true(picture->panels[0].top_px < 4 + 5 + 15 * 8.5);
            assert_true(picture->height_px - picture->panels[1].bottom_px <= 41);
            tp_picture_free(picture);
        }
}

static void tells_eight_flows_apart(void **state)
{
    struct tp_picture *picture = drawn(8, (struct tp_picture_options){.panels = "rtt"}, NULL);
    const struct tp_look *a, *b;
    size_t signs = 0, i, k;

    (void)state;
    check(picture);
    for (i = 0; i < TP_LOOKS; i++)
        for (k = 0; k < i; k++) {
            a = tp_look(i);
            b = tp_look(k);
            assert_int_not_equal(memcmp(a->dash_px, b->dash_px, sizeof a->dash_px), 0);
            assert_true(a->corners != b->corners || a->turn != b->turn || a->hollow != b->hollow);
        }
    for (i = 0; i < picture->mark_count; i++)
        signs +=
            picture->marks[i].kind == TP_MARK_SIGN && picture->marks[i].shape == TP_SHAPE_POLYGON;
    assert_int_equal(signs, 8);
    tp_picture_free(picture);
}

static void is_grey_all_over(void **state)
{
    struct tp_picture *picture = drawn(8, (struct tp_picture_options){.theme = "grey"}, NULL);
    uint32_t rgb;

    (void)state;
    check(picture);
    for (size_t i = 0; i < picture->mark_count; i++) {
        rgb = picture->marks[i].ink.rgb;
        assert_true((rgb & 0xff) == (rgb >> 8 & 0xff) && (rgb & 0xff) == (rgb >> 16));
    }
    tp_picture_free(picture);
}

/* The window goes from 10 to 59 segments. */
static void cuts_at_a_chosen_range(void **state)
{
    const struct tp_axis_options axis = {.quantity = "snd_cwnd",
                                         .unit = TP_AXIS_UNIT_SEGMENTS,
                                         .has_range = true,
                                         .low = 20,
                                         .high = 40.5,
                                         .title = "window"};
    struct tp_picture *picture = drawn(
        1, (struct tp_picture_options){.panels = "cwnd", .axes = &axis, .axis_count = 1}, NULL);
    const struct tp_panel *panel;
    const struct tp_mark *mark = NULL;
    size_t i, at_top = 0;

    (void)state;
    check(picture);
    panel = &picture->panels[0];
    assert_float_equal(panel->y.low, 20, 1e-9);
    assert_float_equal(panel->y.high, 40.5, 1e-9);
    assert_non_null(caption_with(picture, "window"));
    for (i = 0; i < picture->mark_count; i++)
        if (picture->marks[i].kind == TP_MARK_CURVE &&
            strcmp(picture->marks[i].what, "snd_cwnd") == 0)
            mark = &picture->marks[i];
    assert_non_null(mark);
    for (i = 0; i < mark->count; i++) {
        if (isnan(mark->points[i].y_px))
            continue;
        assert_true(mark->points[i].y_px >= panel->top_px - 1e-6);
        assert_true(mark->points[i].y_px <= panel->bottom_px + 1e-6);
        at_top += i > 0 && mark->points[i].y_px <= panel->top_px + 1e-6 &&
                  mark->points[i - 1].y_px <= panel->top_px + 1e-6;
    }
    assert_int_equal(at_top, 0); /* nothing runs along the edge, as if it were 40.5 */
    tp_picture_free(picture);
}

static void cuts_lines(void **state)
{
    struct tp_path path = {0};

    (void)state;
    tp_path_add(&path, 0, 50); /* from above to below the strip 100..200 and back inside */
    tp_path_add(&path, 10, 250);
    tp_path_add(&path, 20, 150);
    tp_path_add(&path, 30, 160);
    tp_path_cut_line(&path, 100, 200);
    assert_int_equal(path.count, 6);
    assert_float_equal(path.points[0].x_px, 2.5, 1e-9);
    assert_float_equal(path.points[0].y_px, 100, 1e-9);
    assert_float_equal(path.points[1].x_px, 7.5, 1e-9);
    assert_true(isnan(path.points[2].y_px));
    assert_float_equal(path.points[3].x_px, 15, 1e-9);
    assert_float_equal(path.points[3].y_px, 200, 1e-9);
    assert_float_equal(path.points[5].y_px, 160, 1e-9);
    tp_path_release(&path);
}

static void has_decades(void **state)
{
    const struct tp_axis_options axis = {.quantity = "rate", .log = true};
    struct tp_picture *picture = drawn(
        2, (struct tp_picture_options){.panels = "rate", .axes = &axis, .axis_count = 1}, NULL);

    (void)state;
    check(picture);
    assert_true(picture->panels[0].y.log);
    assert_non_null(caption_with(picture, "Rate (Mbit/s)"));
    tp_picture_free(picture);
}

static void refuses(void **state)
{
    static const struct tp_axis_options unknown = {.quantity = "cong_state"},
                                        unit = {.quantity = "srtt", .unit = TP_AXIS_UNIT_SEGMENTS},
                                        empty = {.quantity = "rate", .has_range = true},
                                        no_log = {.quantity = "rate",
                                                  .has_range = true,
                                                  .high = 1,
                                                  .log = true};
    static const struct {
        struct tp_picture_options options;
        const char *sentence;
    } cases[] = {
        {{.width_mm = 39.9}, "a page 39.9 mm wide is too narrow: at least 40 mm"},
        {{.width_mm = 88, .height_mm = 20}, "do not fit a page"},
        {{.width_mm = 88, .height_mm = 1001}, "too large"},
        {{.width_px = 500}, "the size of a page of style paper is in mm"},
        {{.font_pt = 3}, "letters of 3 points: there are 4 to 24"},
        {{.style = "screen", .font_pt = 9}, "in style paper only"},
        {{.style = "screen", .width_mm = 100}, "too narrow: at least 127 mm"},
        {{.font = "a\"b"}, "is no name of a font"},
        {{.style = "poster"}, "unknown style 'poster': screen or paper"},
        {{.axes = &unknown, .axis_count = 1}, "'cong_state' is no quantity"},
        {{.axes = &unit, .axis_count = 1}, "only snd_cwnd has a unit"},
        {{.axes = &empty, .axis_count = 1}, "has no length"},
        {{.axes = &no_log, .axis_count = 1}, "cannot begin at 0"},
    };
    struct tp_error error;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        error = (struct tp_error)TP_ERROR_INIT;
        assert_null(drawn(1, cases[i].options, &error));
        if (!strstr(error.text, cases[i].sentence))
            fail_msg("case %zu: %s", i, error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_its_size_and_no_more_words),
        cmocka_unit_test(tells_eight_flows_apart),
        cmocka_unit_test(is_grey_all_over),
        cmocka_unit_test(cuts_at_a_chosen_range),
        cmocka_unit_test(cuts_lines),
        cmocka_unit_test(has_decades),
        cmocka_unit_test(refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
