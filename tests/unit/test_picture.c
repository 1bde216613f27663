/* What is on a page: nothing outside it, no text over another, no number that was not measured. */
#include "ask.h"
#include "picture_maker.h"

static void finish(struct tp_analysis *analysis)
{
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
}

/* --- one flow ------------------------------------------------------------------------------- */

static struct tp_analysis *one_flow(void)
{
    struct tp_analysis *analysis = analysis_begin();

    give_flow(analysis, 4000, 80, SEC, 300, 1);
    give(analysis, make_state(4 * SEC, 4000, TP_CONG_RECOVERY));
    give(analysis, make_retransmit(4 * SEC + 1, 4000));
    give(analysis, make_retransmit(4 * SEC + 2, 4000));
    give(analysis, make_state(4 * SEC + 50 * MS, 4000, TP_CONG_OPEN));
    give(analysis, make_lost(4 * SEC + 60 * MS, 127));
    give_flow(analysis, 4000, 80, 5 * SEC, 300, 1);
    finish(analysis);
    return analysis;
}

static void shows_one_flow(void **state)
{
    static const char *const panels[] = {"cwnd", "rtt", "rate", "retransmissions"};
    struct tp_analysis *analysis = one_flow();
    struct tp_picture *picture = figure_of(analysis, (struct tp_picture_options){0}, NULL);

    (void)state;
    check(picture);
    assert_int_equal(picture->panel_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(picture->panels[i].name, panels[i]);
    assert_string_equal(picture->captions[0].text, "10.0.0.1:4000 \xe2\x86\x92 10.0.0.2:80");
    assert_non_null(caption_with(picture, "2 skbs retransmitted"));
    assert_non_null(caption_with(picture, "1 fast recovery, 0 timeouts"));
    assert_non_null(caption_with(picture, "lost 127"));
    assert_non_null(caption_with(picture, "127 events lost"));
    assert_null(caption_with(picture, "segments"));
    assert_int_equal(count_marks(picture, TP_MARK_BAND, "Recovery"), 4);
    assert_int_equal(count_marks(picture, TP_MARK_BAND, "lost"), 4);
    assert_int_equal(count_marks(picture, TP_MARK_CURVE, "snd_cwnd"), 1);
    assert_int_equal(count_marks(picture, TP_MARK_CURVE, "ssthresh"), 1);
    assert_int_equal(count_marks(picture, TP_MARK_AREA, "inflight"), 1);
    assert_int_equal(count_marks(picture, TP_MARK_BAR, "retransmit"), 1);
    /* the window is in bytes, and in segments beside it */
    assert_non_null(caption_with(picture, "kB \xc2\xb7 59 seg"));
    assert_true(picture->panels[0].y.high >= 59 * MSS && picture->panels[0].y.high < 75 * MSS);
    assert_true(picture->panels[0].x.low == 0);
    tp_picture_free(picture);
    tp_analysis_free(analysis);
}

static void says_what_is_not_there(void **state)
{
    struct tp_analysis *analysis = analysis_begin();
    const struct tp_picture_options options = {.panels = "retransmissions,cwnd"};
    struct tp_picture *picture;

    (void)state;
    give_flow(analysis, 4000, 80, SEC, 100, 4);
    finish(analysis);
    picture = figure_of(analysis, (struct tp_picture_options){0}, NULL);
    check(picture);
    assert_int_equal(picture->panel_count, 3); /* nothing is said of retransmissions */
    assert_null(caption_with(picture, "retransmitted"));
    assert_null(caption_with(picture, "recover"));
    tp_picture_free(picture);
    picture = figure_of(analysis, options, NULL);
    check(picture);
    assert_int_equal(picture->panel_count, 2);
    assert_string_equal(picture->panels[0].name, "retransmissions");
    assert_non_null(caption_with(picture, "neither tcp_retransmit_skb events nor packets"));
    tp_picture_free(picture);
    tp_analysis_free(analysis);
}

/* Only the receiver's socket was traced: payload arrives, nothing of its own is acknowledged. From
 * time to time its buffer grows, if that is seen. */
static struct tp_picture *receiver_of(struct tp_analysis *analysis, bool grows)
{
    struct tp_picture *picture;
    struct tp_record record;

    for (unsigned i = 0; i < 200; i++) {
        record = make_probe(SEC + i * 10 * MS, 2, 80, 1, 4000, 1000, 10);
        record.data_len = 2 * MSS;
        give(analysis, record);
        if (grows && i % 50 == 10)
            give(analysis, make_grow(SEC + i * 10 * MS, 2, 80, 1, 4000, 40000 + i, MSS, 131072));
    }
    finish(analysis);
    picture = figure_of(analysis, (struct tp_picture_options){0}, NULL);
    check(picture);
    return picture;
}

static void shows_a_receiver(void **state)
{
    struct tp_analysis *analysis = analysis_begin();
    struct tp_picture *picture = receiver_of(analysis, false);

    (void)state;
    assert_string_equal(picture->captions[0].text, "10.0.0.1:4000 \xe2\x86\x92 10.0.0.2:80");
    assert_non_null(caption_with(picture, "only the receiver's socket was traced"));
    assert_non_null(caption_with(picture, "payload received"));
    assert_null(caption_with(picture, "acknowledged"));
    assert_int_equal(count_marks(picture, TP_MARK_CURVE, "rcv_wnd"), 1);
    assert_int_equal(count_marks(picture, TP_MARK_CURVE, "snd_cwnd"), 0);
    tp_picture_free(picture);
    tp_analysis_free(analysis);
}

/* That is all that is known of the round-trip time then. */
static void shows_a_receivers_round_trips(void **state)
{
    struct tp_analysis *analysis = analysis_begin();
    struct tp_picture *picture = receiver_of(analysis, true);

    (void)state;
    assert_non_null(caption_with(picture, "Round-trip time as the receiver estimates it"));
    assert_non_null(caption_with(picture, "40.0 ms"));
    assert_int_equal(count_marks(picture, TP_MARK_DOTS, "rcv_rtt"), 1);
    assert_int_equal(count_marks(picture, TP_MARK_CURVE, "srtt"), 0);
    tp_picture_free(picture);
    tp_analysis_free(analysis);
}

/* Both sockets were traced: what arrives is drawn beside what is acknowledged. */
static void shows_both_ends(void **state)
{
    struct tp_analysis *analysis = analysis_begin();
    struct tp_picture *picture;
    struct tp_record record;

    (void)state;
    for (unsigned i = 0; i < 200; i++) {
        give(analysis, make_probe(SEC + i * 10 * MS, 1, 4000, 2, 80, 1000 + i * MSS, 10));
        record = make_probe(SEC + i * 10 * MS + MS, 2, 80, 1, 4000, 1000, 10);
        record.data_len = MSS;
        give(analysis, record);
    }
    finish(analysis);
    picture = figure_of(analysis, (struct tp_picture_options){.panels = "rate,windows"}, NULL);
    check(picture);
    assert_int_equal(count_marks(picture, TP_MARK_CURVE, "acknowledged"), 1);
    assert_int_equal(count_marks(picture, TP_MARK_CURVE, "received"), 1);
    assert_int_equal(count_marks(picture, TP_MARK_CURVE, "snd_wnd"), 1);
    assert_int_equal(count_marks(picture, TP_MARK_CURVE, "rcv_wnd"), 1);
    assert_non_null(caption_with(picture, "rcv_wnd (receiver)"));
    tp_picture_free(picture);
    tp_analysis_free(analysis);
}

static void survives_few_samples(void **state)
{
    struct tp_analysis *analysis;
    struct tp_picture *picture;

    (void)state;
    for (unsigned count = 0; count < 4; count++) {
        analysis = analysis_begin();
        give(analysis, make_change(SEC, 1, 4000, 2, 80, SYN_SENT, ESTABLISHED));
        give_flow(analysis, 4000, 80, SEC, count, 0);
        finish(analysis);
        picture = figure_of(analysis, (struct tp_picture_options){0}, NULL);
        check(picture);
        tp_picture_free(picture);
        tp_analysis_free(analysis);
    }
}

/* --- several -------------------------------------------------------------------------------- */

static struct tp_analysis *flows(unsigned count, unsigned probes)
{
    struct tp_analysis *analysis = analysis_begin();

    for (unsigned i = 0; i < count; i++)
        give_flow(analysis, (uint16_t)(4000 + i), 80, SEC + i * MS, probes, 1 + i % 7);
    give(analysis, make_retransmit(2 * SEC, 4000));
    finish(analysis);
    return analysis;
}

static void compares_flows(void **state)
{
    struct tp_analysis *analysis;
    struct tp_picture *picture;

    (void)state;
    for (unsigned count = 2; count <= TP_PLOT_COMPARED; count++) {
        analysis = flows(count, 200);
        picture = figure_of(analysis, (struct tp_picture_options){0}, NULL);
        check(picture);
        assert_int_equal(count_marks(picture, TP_MARK_CURVE, "snd_cwnd"), count);
        assert_int_equal(count_marks(picture, TP_MARK_AREA, "acknowledged"), count);
        assert_non_null(caption_with(picture, ":4000"));
        assert_non_null(caption_with(picture, "flows \xe2\x86\x92 10.0.0.2:80"));
        tp_picture_free(picture);
        tp_analysis_free(analysis);
    }
}

/* Flows that never met did not share anything: no fairness. */
static void fairness_needs_company(void **state)
{
    struct tp_analysis *analysis;
    struct tp_picture *picture;

    (void)state;
    for (int apart = 0; apart < 2; apart++) {
        analysis = analysis_begin();
        give_flow(analysis, 4000, 80, SEC, 100, 1);
        give_flow(analysis, 4001, 80, apart ? 4 * SEC : SEC + 5 * MS, 100, 3);
        finish(analysis);
        picture = figure_of(analysis, (struct tp_picture_options){0}, NULL);
        check(picture);
        /* rates of 1 and 3: (1 + 3)^2 / (2 * (1 + 9)) */
        assert_true((caption_with(picture, "Jain fairness 0.800") != NULL) == !apart);
        assert_true((caption_with(picture, "Jain") != NULL) == !apart);
        tp_picture_free(picture);
        tp_analysis_free(analysis);
    }
}

static void overviews_flows(void **state)
{
    struct tp_analysis *analysis = flows(2000, 3);
    struct tp_picture *picture = figure_of(analysis, (struct tp_picture_options){0}, NULL);

    (void)state;
    check(picture);
    assert_int_equal(picture->panel_count, 1);
    assert_string_equal(picture->panels[0].name, "overview");
    assert_non_null(caption_with(picture, "40 flows, most bytes first"));
    assert_non_null(caption_with(picture, "1960 more flows not drawn"));
    tp_picture_free(picture);
    tp_analysis_free(analysis);
}

/* --- the page ------------------------------------------------------------------------------- */

static void takes_any_title(void **state)
{
    static const char *const titles[] = {"", "\xff\xfe", "a\nb\x01", "@@ #h <b>&amp;</b>"};
    struct tp_picture_source source = {.name = "dir/\xc3\x28"
                                               "odd.log.gz"};
    struct tp_picture_options options = {.sources = &source, .source_count = 1};
    struct tp_analysis *analysis = one_flow();
    struct tp_picture *picture;
    char long_title[5000];

    (void)state;
    memset(long_title, 'W', sizeof long_title - 1);
    long_title[sizeof long_title - 1] = '\0';
    for (size_t i = 0; i <= 4; i++) {
        options.title = i < 4 ? titles[i] : long_title;
        picture = figure_of(analysis, options, NULL);
        check(picture);
        assert_non_null(caption_with(picture, "odd.log.gz"));
        tp_picture_free(picture);
    }
    tp_analysis_free(analysis);
}

static void keeps_to_sizes(void **state)
{
    static const unsigned sizes[][2] = {
        {480, 0}, {700, 620}, {1240, 600}, {8000, 8000}, {1920, 1080}};
    struct tp_analysis *one = one_flow(), *eight = flows(8, 200);
    struct tp_error error = TP_ERROR_INIT;
    struct tp_picture_options options = {0};
    struct tp_picture *picture;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        options.width_px = sizes[i][0];
        options.height_px = sizes[i][1];
        picture = figure_of(one, options, NULL);
        check(picture);
        assert_true(picture->width_px == options.width_px);
        assert_true(!options.height_px || picture->height_px == options.height_px);
        tp_picture_free(picture);
    }
    options.width_px = 8000;
    picture = figure_of(eight, options, NULL);
    check(picture);
    tp_picture_free(picture);
    options = (struct tp_picture_options){.width_px = 479};
    assert_null(figure_of(one, options, &error));
    assert_int_equal(error.code, TP_ERR_LIMIT);
    tp_error_clear(&error);
    options = (struct tp_picture_options){.height_px = 300};
    assert_null(figure_of(eight, options, &error));
    assert_int_equal(error.code, TP_ERR_LIMIT);
    assert_non_null(strstr(error.text, "do not fit a page 300 high"));
    tp_analysis_free(one);
    tp_analysis_free(eight);
}

static void starts_where_asked(void **state)
{
    const struct tp_picture_source source = {
        .name = "t.log", .has_wall_offset = true, .wall_offset_ns = 1795206224 * SEC};
    struct tp_picture_options options = {.sources = &source, .source_count = 1};
    struct tp_analysis *analysis = one_flow();
    struct tp_picture *picture = figure_of(analysis, options, NULL);

    (void)state;
    assert_non_null(caption_with(picture, "starts 2026-11-20 20:23:45 UTC"));
    tp_picture_free(picture);
    options.raw_time = true;
    picture = figure_of(analysis, options, NULL);
    check(picture);
    assert_true(picture->panels[0].x.low == 1);
    tp_picture_free(picture);
    tp_analysis_free(analysis);
}

static void refuses_unknown_words(void **state)
{
    struct tp_analysis *analysis = one_flow();
    struct tp_error error = TP_ERROR_INIT;
    struct tp_picture_options options = {.panels = "cwnd,cwmd"};

    (void)state;
    assert_null(figure_of(analysis, options, &error));
    assert_int_equal(error.code, TP_ERR_USAGE);
    assert_string_equal(error.text, "unknown panel 'cwmd': there are tsg, cwnd, inflight, rtt, "
                                    "rate, retransmissions, limits, account, windows, pacing, rto, "
                                    "queues, memory");
    tp_error_clear(&error);
    options = (struct tp_picture_options){.theme = "sepia"};
    assert_null(figure_of(analysis, options, &error));
    assert_int_equal(error.code, TP_ERR_USAGE);
    tp_error_clear(&error);
    assert_null(tp_picture_build(analysis, &(struct tp_picture_options){0}, &error));
    assert_int_equal(error.code, TP_ERR_USAGE);
    tp_analysis_free(analysis);
}

/* --- choice --------------------------------------------------------------------------------- */

static bool is_ssh(void *context, const struct tp_flow *flow)
{
    (void)context;
    return flow->key.port[0] == 22 || flow->key.port[1] == 22;
}

static bool is_third(void *context, const struct tp_flow *flow)
{
    (void)context;
    return flow->id == 3;
}

static void chooses_flows(void **state)
{
    struct tp_analysis *analysis = analysis_begin();
    struct tp_plot_selection selection = {0};
    struct tp_plot_choice choice;

    (void)state;
    give_flow(analysis, 4000, 80, SEC, 1000, 10);
    give_flow(analysis, 4001, 80, SEC, 2, 1); /* 0.01 % */
    give_flow(analysis, 4002, 22, SEC, 500, 10);
    give_flow(analysis, 4003, 80, SEC, 1000, 20);
    finish(analysis);
    assert_int_equal(tp_plot_select(&choice, analysis, NULL, NULL), 0);
    assert_int_equal(choice.count, 2);
    assert_int_equal(choice.ssh, 1);
    assert_int_equal(choice.small, 1);
    assert_int_equal(choice.flows[0]->id, 4);
    assert_int_equal(choice.flows[1]->id, 1);
    assert_true(ask(analysis, choice.flows[1], TP_FIGURE_bytes) == 1498 * 10 * MSS);
    tp_plot_choice_release(&choice);
    selection.ssh = true;
    assert_int_equal(tp_plot_select(&choice, analysis, &selection, NULL), 0);
    assert_int_equal(choice.count, 3);
    tp_plot_choice_release(&choice);
    selection = (struct tp_plot_selection){.top = 3};
    assert_int_equal(tp_plot_select(&choice, analysis, &selection, NULL), 0);
    assert_int_equal(choice.count, 3);
    assert_int_equal(choice.flows[2]->id, 2);
    tp_plot_choice_release(&choice);
    selection = (struct tp_plot_selection){.wanted = is_ssh};
    assert_int_equal(tp_plot_select(&choice, analysis, &selection, NULL), 0);
    assert_int_equal(choice.count, 1);
    assert_int_equal(choice.flows[0]->id, 3);
    tp_plot_choice_release(&choice);
    /* what is not there is not left out */
    selection = (struct tp_plot_selection){.there = is_third};
    assert_int_equal(tp_plot_select(&choice, analysis, &selection, NULL), 0);
    assert_int_equal(choice.count, 0);
    assert_int_equal(choice.ssh, 1);
    assert_int_equal(choice.small + choice.beyond, 0);
    tp_plot_choice_release(&choice);
    tp_analysis_free(analysis);
}

/* A single packet has no length. */
static void shows_one_moment(void **state)
{
    struct tp_analysis *analysis = analysis_begin();
    struct tp_picture *picture;

    (void)state;
    give(analysis, make_probe(SEC, 1, 4000, 2, 80, 1000, 10));
    finish(analysis);
    picture = figure_of(analysis, (struct tp_picture_options){0}, NULL);
    check(picture);
    assert_int_equal(picture->panels[0].x.count, 1);
    assert_string_equal(picture->panels[0].x.ticks[0].text, "0 s");
    assert_null(caption_with(picture, "ns"));
    tp_picture_free(picture);
    tp_analysis_free(analysis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_one_moment),
        cmocka_unit_test(shows_one_flow),
        cmocka_unit_test(says_what_is_not_there),
        cmocka_unit_test(shows_a_receiver),
        cmocka_unit_test(shows_a_receivers_round_trips),
        cmocka_unit_test(shows_both_ends),
        cmocka_unit_test(survives_few_samples),
        cmocka_unit_test(compares_flows),
        cmocka_unit_test(fairness_needs_company),
        cmocka_unit_test(overviews_flows),
        cmocka_unit_test(takes_any_title),
        cmocka_unit_test(keeps_to_sizes),
        cmocka_unit_test(starts_where_asked),
        cmocka_unit_test(refuses_unknown_words),
        cmocka_unit_test(chooses_flows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
