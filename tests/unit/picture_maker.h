/* picture_maker.h: analyses of made-up flows, and questions to the figures drawn of them. */
#ifndef TCPPROBE_TESTS_PICTURE_MAKER_H
#define TCPPROBE_TESTS_PICTURE_MAKER_H

#include "flow_maker.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <tcpprobe/plot.h>

#include "plot/lettering.h"

#define MSS 1448

static inline struct tp_analysis *analysis_begin(void)
{
    const struct tp_analysis_options options = {.series_bins = 1024};
    struct tp_analysis *analysis = tp_analysis_new(&options, NULL);

    assert_non_null(analysis);
    return analysis;
}

static inline void give(struct tp_analysis *analysis, struct tp_record record)
{
    assert_int_equal(tp_analysis_add(analysis, &record, NULL), 0);
}

/* `count` probes of the sender 10.0.0.1:PORT -> 10.0.0.2:PEER_PORT, 10 ms apart, a sawtooth that
 * acknowledges one and two times `segments` in turn. */
static inline void give_flow(struct tp_analysis *analysis, uint16_t port, uint16_t peer_port,
                             int64_t start_ns, unsigned count, unsigned segments)
{
    struct tp_record record;

    for (unsigned i = 0; i < count; i++) {
        record = make_probe(start_ns + i * 10 * MS, 1, port, 2, peer_port,
                            1000 + i * 3 / 2 * segments * MSS, 10 + i % 50);
        record.ssthresh = i < 20 ? TP_SSTHRESH_INFINITE : 25;
        record.srtt = 40000 + i % 50 * 600;
        give(analysis, record);
    }
}

static inline struct tp_record make_retransmit(int64_t ts_ns, uint16_t port)
{
    return make(TP_KIND_RETRANSMIT_SKB, ts_ns, 1, port, 2, 80);
}

static inline struct tp_record make_state(int64_t ts_ns, uint16_t port, uint8_t state)
{
    struct tp_record record = make(TP_KIND_CONG_STATE_SET, ts_ns, 1, port, 2, 80);

    record.have |= TP_BIT(CONG_STATE);
    record.cong_state = state;
    return record;
}

/* Ends the pass and draws what is chosen by default. */
static inline struct tp_picture *
figure_of(struct tp_analysis *analysis, struct tp_picture_options options, struct tp_error *error)
{
    struct tp_plot_choice choice;
    struct tp_picture *picture;

    assert_int_equal(tp_plot_select(&choice, analysis, NULL, NULL), 0);
    options.flows = choice.flows;
    options.count = choice.count;
    options.more = choice.beyond + choice.small;
    picture = tp_picture_build(analysis, &options, error);
    tp_plot_choice_release(&choice);
    return picture;
}

static inline const struct tp_caption *caption_with(const struct tp_picture *picture,
                                                    const char *text)
{
    for (size_t i = 0; i < picture->caption_count; i++)
        if (strstr(picture->captions[i].text, text))
            return &picture->captions[i];
    return NULL;
}

static inline size_t count_marks(const struct tp_picture *picture, enum tp_mark_kind kind,
                                 const char *what)
{
    size_t count = 0;

    for (size_t i = 0; i < picture->mark_count; i++)
        count += picture->marks[i].kind == kind && strcmp(picture->marks[i].what, what) == 0;
    return count;
}

/* --- what must hold of every picture --------------------------------------------------------- */

struct box {
    double left, top, right, bottom;
};

/* Where a caption is, by the widths of the widest font. */
static inline struct box box_of(const struct tp_caption *caption, double previous_right)
{
    double width = tp_text_width(caption->text, caption->size_px, caption->bold);
    double left = caption->x_px - width * 0.5 * caption->anchor;

    if (caption->turned)
        return (struct box){caption->x_px - caption->size_px * 0.74,
                            caption->y_px - width * (1 - 0.5 * caption->anchor),
                            caption->x_px + caption->size_px * 0.12,
                            caption->y_px + width * 0.5 * caption->anchor};
    if (caption->follows)
        left = previous_right + caption->x_px;
    return (struct box){left, caption->y_px - caption->size_px * 0.74, left + width,
                        caption->y_px + caption->size_px * 0.12};
}

static inline bool overlap(struct box a, struct box b)
{
    return a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 &&
           b.top < a.bottom - 1;
}

static inline void check_captions(const struct tp_picture *picture)
{
    struct box *boxes = calloc(picture->caption_count, sizeof *boxes);

    assert_non_null(boxes);
    for (size_t i = 0; i < picture->caption_count; i++) {
        boxes[i] = box_of(&picture->captions[i], i ? boxes[i - 1].right : 0);
        if (boxes[i].left < 0 || boxes[i].top < 0 || boxes[i].right > picture->width_px + 1 ||
            boxes[i].bottom > picture->height_px)
            fail_msg("'%s' leaves the page", picture->captions[i].text);
        for (size_t k = 0; k < i; k++)
            if (overlap(boxes[i], boxes[k]))
                fail_msg("'%s' lies over '%s'", picture->captions[i].text,
                         picture->captions[k].text);
    }
    free(boxes);
}

static inline void check_marks(const struct tp_picture *picture)
{
    const struct tp_mark *mark;

    for (size_t i = 0; i < picture->mark_count; i++) {
        mark = &picture->marks[i];
        assert_true(mark->panel >= -1 && mark->panel < (int)picture->panel_count);
        assert_true(mark->ink.alpha > 0 && mark->ink.alpha <= 1);
        assert_true(mark->shape != TP_SHAPE_BOXES || mark->count % 2 == 0);
        assert_true(mark->count > 0 && mark->count < 20000);
        for (size_t k = 0; k < mark->count; k++) {
            assert_true(mark->points[k].x_px >= 0 && mark->points[k].x_px <= picture->width_px);
            assert_true(isnan(mark->points[k].y_px) ||
                        (mark->points[k].y_px >= 0 && mark->points[k].y_px <= picture->height_px));
        }
    }
}

/* Nothing is outside the page, no text over another. */
static inline void check(const struct tp_picture *picture)
{
    assert_non_null(picture);
    check_captions(picture);
    check_marks(picture);
    for (size_t i = 0; i < picture->panel_count; i++) {
        assert_true(picture->panels[i].left_px < picture->panels[i].right_px);
        assert_true(picture->panels[i].top_px < picture->panels[i].bottom_px);
        assert_true(i == 0 || picture->panels[i].top_px > picture->panels[i - 1].bottom_px);
    }
}

#endif
