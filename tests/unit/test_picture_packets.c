/* What packets look like: the time-sequence graph, samples of the round-trip time, what is in
 * flight, what limits the sender, and a part of it all. */
#include "packet_maker.h"

static struct tp_analysis *packets_begin(size_t marks)
{
    const struct tp_analysis_options options = {.series_bins = 1024, .marks = marks};
    struct tp_analysis *analysis = tp_analysis_new(&options, NULL);

    assert_non_null(analysis);
    return analysis;
}

/* 12 rounds, of which the 4th and the 8th lose a segment. */
static struct tp_analysis *one_transfer(void)
{
    struct tp_analysis *analysis = packets_begin(TP_PLOT_MARKS);

    give_transfer(analysis, 4000, SEC, 12, 4);
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    return analysis;
}

static size_t count_captions(const struct tp_picture *picture, const char *text)
{
    size_t count = 0;

    for (size_t i = 0; i < picture->caption_count; i++)
        count += strcmp(picture->captions[i].text, text) == 0;
    return count;
}

static const struct tp_mark *mark_of(const struct tp_picture *picture, enum tp_mark_kind kind,
                                     const char *what)
{
    for (size_t i = 0; i < picture->mark_count; i++)
        if (picture->marks[i].kind == kind && strcmp(picture->marks[i].what, what) == 0)
            return &picture->marks[i];
    return NULL;
}

/* A flow of which nothing but packets is known has all that packets tell. */
static void shows_a_capture(void **state)
{
    static const char *const panels[] = {"inflight", "rtt", "rate", "retransmissions", "limits"};
    struct tp_analysis *analysis = one_transfer();
    struct tp_picture *picture = figure_of(analysis, (struct tp_picture_options){0}, NULL);

    (void)state;
    check(picture);
    assert_int_equal(picture->panel_count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(picture->panels[i].name, panels[i]);
    assert_string_equal(picture->captions[0].text, "10.0.0.1:4000 \xe2\x86\x92 10.0.0.2:80");
    assert_non_null(caption_with(picture, "120.0 kB acknowledged"));
    assert_non_null(caption_with(picture, "3 segments retransmitted"));
    assert_non_null(caption_with(picture, "3 fast recoveries, 0 timeouts"));
    assert_non_null(caption_with(picture, "RTT min 40.0 ms"));
    assert_non_null(caption_with(picture, "segments per"));
    assert_null(caption_with(picture, "skb"));
    assert_null(caption_with(picture, "kernel"));
    assert_int_equal(count_marks(picture, TP_MARK_AREA, "wire_inflight"), 1);
    assert_int_equal(count_marks(picture, TP_MARK_CURVE, "wire_rwnd"), 1);
    assert_int_equal(count_marks(picture, TP_MARK_CURVE, "snd_cwnd"), 0);
    assert_int_equal(count_marks(picture, TP_MARK_DOTS, "rtt_ack"), 1);
    assert_int_equal(count_marks(picture, TP_MARK_DOTS, "rtt_handshake"), 1);
    assert_int_equal(count_marks(picture, TP_MARK_DOTS, "rtt_ts"), 0);
    assert_int_equal(count_captions(picture, "packets"), 1); /* the strip's name */
    assert_int_equal(count_marks(picture, TP_MARK_BAND, "episode"), 5);
    assert_int_equal(count_captions(picture, "loss recovery"), 1);
    tp_picture_free(picture);
    tp_analysis_free(analysis);
}

/* Every packet is where it was, with its sign. */
static void draws_packets(void **state)
{
    struct tp_analysis *analysis = one_transfer();
    struct tp_picture *picture =
        figure_of(analysis, (struct tp_picture_options){.panels = "tsg"}, NULL);
    const struct tp_panel *panel = &picture->panels[0];
    const struct tp_mark *data = mark_of(picture, TP_MARK_PACKET, "data");
    double y_px;

    (void)state;
    check(picture);
    assert_non_null(data);
    assert_int_equal(data->ink.rgb, mark_of(picture, TP_MARK_KEY, "data")->ink.rgb);
    /* 120 segments: a stem and two caps of two points each, and lifts between them */
    assert_int_equal(data->count, 120 * 9 - 1);
    /* the first byte is 1, at the start of the first round */
    y_px = panel->bottom_px -
           (panel->bottom_px - panel->top_px) * (1 - panel->y.low) / (panel->y.high - panel->y.low);
    assert_true(fabs(data->points[1].y_px - y_px) < 1);
    assert_int_equal(mark_of(picture, TP_MARK_PACKET, "fast")->count, 3 * 9 - 1);
    assert_null(mark_of(picture, TP_MARK_PACKET, "timeout"));
    assert_int_equal(count_captions(picture, "R"), 3);
    assert_int_equal(count_captions(picture, "3"), 3 + 1); /* one in the key */
    assert_int_equal(count_captions(picture, "SYN"), 1);
    assert_int_equal(count_captions(picture, "fast retransmission (R) \xc2\xb7 3"), 1);
    assert_int_equal(count_captions(picture, "third duplicate ACK (3) \xc2\xb7 3"), 1);
    assert_int_equal(count_captions(picture, "cumulative ACK, ticks: duplicate ACKs"), 1);
    assert_non_null(mark_of(picture, TP_MARK_PACKET, "sack"));
    assert_non_null(mark_of(picture, TP_MARK_PACKET, "dup_ack"));
    assert_non_null(mark_of(picture, TP_MARK_CURVE, "ack"));
    assert_non_null(caption_with(picture, "kB since the connection began"));
    tp_picture_free(picture);
    tp_analysis_free(analysis);
}

/* Too many packets for I-beams: curves, and still the letters. */
static void draws_curves_for_many(void **state)
{
    const struct tp_picture_options options = {.panels = "tsg"};
    struct tp_analysis *analysis = packets_begin(TP_PLOT_MARKS);
    struct tp_picture *picture;

    (void)state;
    give_transfer(analysis, 4000, SEC, 400, 20);
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    picture = figure_of(analysis, options, NULL);
    check(picture);
    assert_null(mark_of(picture, TP_MARK_PACKET, "data"));
    assert_int_equal(count_marks(picture, TP_MARK_CURVE, "data"), 1);
    assert_int_equal(count_marks(picture, TP_MARK_CURVE, "ack"), 1);
    assert_true(count_captions(picture, "R") >= 18);
    tp_picture_free(picture);
    tp_analysis_free(analysis);

    analysis = packets_begin(64); /* no room for all marks: likewise */
    give_transfer(analysis, 4000, SEC, 20, 10);
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    picture = figure_of(analysis, options, NULL);
    check(picture);
    assert_int_equal(count_marks(picture, TP_MARK_CURVE, "data"), 1);
    assert_true(count_captions(picture, "R") >= 1);
    tp_picture_free(picture);
    tp_analysis_free(analysis);
}

/* --- a part --------------------------------------------------------------------------------- */

static bool keep(void *context, const struct tp_record *record)
{
    const struct tp_picture_source *source = context;

    return record->ts_ns >= source->from_ns && record->ts_ns <= source->until_ns;
}

static void finds_episodes(void **state)
{
    struct tp_analysis *analysis = one_transfer();
    struct tp_plot_episode episode;
    const struct tp_flow *flow;
    int64_t from_ns, until_ns;
    size_t count;

    (void)state;
    flow = tp_analysis_flows(analysis, &count)[0];
    assert_int_equal(tp_plot_episodes(analysis, flow, &episode, 1), 3);
    /* handshake, 3 rounds of 50 ms, a lossy one of 88 ms and 3 more; the hole is resent 46 ms later
     */
    assert_true(llabs(episode.begin_ns -
                      (SEC + 41 * MS + 6 * 50 * MS + 88 * MS + PACKET_RTT + 6 * MS)) < 4 * MS);
    assert_true(llabs(episode.end_ns - episode.begin_ns - PACKET_RTT) < 6 * MS);
    tp_plot_around(flow, &episode, &from_ns, &until_ns);
    assert_true(llabs(episode.begin_ns - from_ns - 2 * PACKET_RTT) < 4 * MS);
    assert_true(llabs(until_ns - episode.end_ns - 2 * PACKET_RTT) < 4 * MS);
    tp_analysis_free(analysis);
}

/* The follower knows the connection from its start, the picture only what is around the loss. */
static void shows_a_part(void **state)
{
    struct tp_picture_source source = {.name = "t.pcap",
                                       .aligned = "by 12 matching ACKs",
                                       .windowed = true,
                                       .from_ns = SEC + 400 * MS,
                                       .until_ns = SEC + 620 * MS,
                                       .zero_ns = INT64_MIN};
    const struct tp_analysis_options options = {
        .series_bins = 1024, .marks = TP_PLOT_MARKS, .keep = keep, .context = &source};
    struct tp_analysis *analysis = tp_analysis_new(&options, NULL);
    struct tp_picture *picture;

    (void)state;
    assert_non_null(analysis);
    give_transfer(analysis, 4000, SEC, 12, 4);
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    picture = figure_of(analysis,
                        (struct tp_picture_options){.sources = &source, .source_count = 1}, NULL);
    check(picture);
    assert_int_equal(picture->panel_count, 2);
    assert_string_equal(picture->panels[0].name, "tsg");
    assert_string_equal(picture->panels[1].name, "inflight");
    assert_true(fabs(picture->panels[0].x.low - 0.400) < 1e-9);
    assert_true(fabs(picture->panels[0].x.high - 0.620) < 1e-9);
    assert_non_null(caption_with(picture, "fast recovery at 0.4"));
    assert_non_null(caption_with(picture, "1 segment retransmitted"));
    assert_non_null(caption_with(picture, "showing 220 ms from 0.400 s on"));
    assert_non_null(caption_with(picture, "kB since the left edge"));
    assert_non_null(caption_with(picture, "by 12 matching ACKs"));
    assert_int_equal(count_captions(picture, "R"), 1);
    /* the axis counts from the left edge, not from the connection's start */
    assert_true(picture->panels[0].y.low > 50000);
    assert_string_equal(picture->panels[0].y.ticks[0].text, "0");
    tp_picture_free(picture);
    tp_analysis_free(analysis);
}

/* --- with the kernel's events, and several -------------------------------------------------- */

static void meets_the_kernel(void **state)
{
    struct tp_analysis *analysis = packets_begin(0);
    struct tp_picture *picture;

    (void)state;
    give_transfer(analysis, 4000, SEC, 12, 4);
    give_flow(analysis, 4000, 80, SEC, 70, 1);
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    picture = figure_of(analysis, (struct tp_picture_options){0}, NULL);
    check(picture);
    assert_string_equal(picture->panels[0].name, "cwnd");
    assert_string_equal(picture->panels[1].name, "inflight");
    assert_int_equal(count_marks(picture, TP_MARK_CURVE, "snd_cwnd"), 1); /* not twice on a page */
    assert_int_equal(count_marks(picture, TP_MARK_CURVE, "wire_inflight"), 1);
    assert_int_equal(count_marks(picture, TP_MARK_CURVE, "srtt"), 1);
    assert_int_equal(count_marks(picture, TP_MARK_CURVE, "wire_srtt"), 1);
    assert_int_equal(count_captions(picture, "packets"), 1);
    assert_int_equal(count_captions(picture, "kernel"), 1);
    tp_picture_free(picture);
    tp_analysis_free(analysis);
}

static void compares_captures(void **state)
{
    static const char *const panels[] = {NULL, "tsg,limits", "inflight,retransmissions"};
    struct tp_analysis *analysis = packets_begin(TP_PLOT_MARKS);
    struct tp_picture *picture;

    (void)state;
    for (unsigned i = 0; i < 12; i++)
        give_transfer(analysis, (uint16_t)(4000 + i), SEC + i * 100 * MS, 8 + i % 3, i % 4);
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    picture = figure_of(analysis, (struct tp_picture_options){0}, NULL);
    check(picture);
    assert_string_equal(picture->panels[0].name, "overview");
    assert_non_null(caption_with(picture, "red ticks: retransmissions"));
    tp_picture_free(picture);
    tp_analysis_free(analysis);

    analysis = packets_begin(TP_PLOT_MARKS);
    for (unsigned i = 0; i < 3; i++)
        give_transfer(analysis, (uint16_t)(4000 + i), SEC + i * 100 * MS, 8, i);
    assert_int_equal(tp_analysis_finish(analysis, NULL), 0);
    for (size_t k = 0; k < sizeof panels / sizeof *panels; k++) {
        picture = figure_of(analysis, (struct tp_picture_options){.panels = panels[k]}, NULL);
        check(picture);
        tp_picture_free(picture);
    }
    tp_analysis_free(analysis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_a_capture),       cmocka_unit_test(draws_packets),
        cmocka_unit_test(draws_curves_for_many), cmocka_unit_test(finds_episodes),
        cmocka_unit_test(shows_a_part),          cmocka_unit_test(meets_the_kernel),
        cmocka_unit_test(compares_captures)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
