/* sequence.c: what is in the picture of a time-sequence graph, and its strokes. */
#include <math.h>
#include <stddef.h>

#include "plot/scale.h"
#include "plot/sequence.h"

#define BEAMS_PER_PX 1.0  /* data packets that may be drawn one by one */
#define CAPS_PER_PX  0.35 /* ... with both ends */
#define CAP_PX       1.9
#define STROKE_PX    1.1
#define STAIRS_PX    1.5
#define DIAMOND_PX   3.6
#define LEAST_PX     1.6 /* height of the smallest packet */
#define RARE_PX      5.0 /* ... where data are drawn as a curve */
#define TICK_PX      5.0
#define TICK_APART   1.8
#define EDGE_SHARE   0.8 /* of the rest's height that the window may take on top */

#define INK(member) offsetof(struct tp_theme, member)

const struct tp_sign tp_signs[] = {
    {TP_WIRE_SACK, -1, TP_SIGN_STEM, false, "sack", "", "newly SACKed", INK(sack)},
    {TP_WIRE_DATA, -1, TP_SIGN_BEAM, false, "data", "", "data", INK(data)},
    {TP_WIRE_COPY, -1, TP_SIGN_BEAM, false, "copy", "HD", "copy made by the capture", INK(copy)},
    {TP_WIRE_REORDERED, -1, TP_SIGN_BEAM, false, "reordered", "O", "reordered on the way",
     INK(reordered)},
    {TP_WIRE_PROBE, -1, TP_SIGN_BEAM, false, "probe", "P", "probe of a closed window", INK(probe)},
    {TP_WIRE_RETRANSMIT, TP_CAUSE_FAST, TP_SIGN_BEAM, false, NULL, "R", NULL, INK(retransmit)},
    {TP_WIRE_RETRANSMIT, TP_CAUSE_TIMEOUT, TP_SIGN_BEAM, false, NULL, "R", NULL, INK(timeout)},
    {TP_WIRE_RETRANSMIT, TP_CAUSE_PROBE, TP_SIGN_BEAM, false, NULL, "R", NULL, INK(tail_probe)},
    {TP_WIRE_RETRANSMIT, TP_CAUSE_WINDOW, TP_SIGN_BEAM, false, NULL, "R", NULL, INK(retransmit)},
    {TP_WIRE_RETRANSMIT, -1, TP_SIGN_BEAM, false, "retransmission", "R",
     "retransmission, cause unknown", INK(retransmit)},
    {TP_WIRE_REPAIR, -1, TP_SIGN_BEAM, false, "repair", "R",
     "retransmission of what was not captured", INK(retransmit)},
    {TP_WIRE_SPURIOUS, -1, TP_SIGN_LETTER, false, "spurious", "U", "proved to be needless",
     INK(spurious)},
    {TP_WIRE_TRIPLE, -1, TP_SIGN_LETTER, true, "triple", "3", "third duplicate ACK", INK(ack)},
    {TP_WIRE_ZERO, -1, TP_SIGN_LETTER, true, "zero", "Z", "window closed", INK(edge)},
    {TP_WIRE_CE, -1, TP_SIGN_DIAMOND, false, "ce", "CE", "congestion experienced", INK(ecn)},
    {TP_WIRE_CWR, -1, TP_SIGN_DIAMOND, false, "cwr", "CWR", "congestion window reduced", INK(cwnd)},
    {TP_WIRE_SYN, -1, TP_SIGN_BEAM, true, "syn", "SYN", "", INK(text)},
    {TP_WIRE_FIN, -1, TP_SIGN_BEAM, false, "fin", "FIN", "", INK(text)},
    {TP_WIRE_RST, -1, TP_SIGN_DIAMOND, false, "rst", "RST", "", INK(retransmit)},
};

const size_t tp_sign_count = sizeof tp_signs / sizeof *tp_signs;

size_t tp_sign_of(const struct tp_wire_mark *mark)
{
    size_t i;

    for (i = 0; i < tp_sign_count; i++)
        if (tp_signs[i].kind == mark->kind &&
            (tp_signs[i].detail < 0 || tp_signs[i].detail == mark->detail))
            break;
    return i;
}

const char *tp_sign_what(size_t sign)
{
    const struct tp_sign *known = &tp_signs[sign];

    return known->what ? known->what : tp_causes[known->detail].name;
}

const char *tp_sign_legend(size_t sign)
{
    const struct tp_sign *known = &tp_signs[sign];

    return known->legend ? known->legend : tp_causes[known->detail].title;
}

uint32_t tp_sign_rgb(const struct tp_theme *theme, size_t sign)
{
    return *(const uint32_t *)((const char *)theme + tp_signs[sign].ink);
}

/* --- what is in the picture ----------------------------------------------------------------- */

/* Time within the picture. */
static bool is_inside(const struct tp_sequence *sequence, int64_t t_ns)
{
    return t_ns >= sequence->flow->origin_ns &&
           t_ns - sequence->flow->origin_ns <= sequence->scene->span_ns;
}

static void find_marks(struct tp_sequence *sequence)
{
    const struct tp_wire_marks *marks = sequence->marks;
    unsigned data = 0;
    uint32_t i;

    if (!marks)
        return;
    while (sequence->first < marks->count &&
           !is_inside(sequence, marks->list[sequence->first].t_ns))
        sequence->first++;
    sequence->end = sequence->before = sequence->first;
    for (i = sequence->first; i-- > 0 && sequence->before == sequence->first;)
        if (marks->list[i].kind == TP_WIRE_ACK)
            sequence->before = i;
    while (sequence->end < marks->count && is_inside(sequence, marks->list[sequence->end].t_ns))
        sequence->end++;
    for (i = sequence->first; i < sequence->end; i++)
        data += marks->list[i].kind == TP_WIRE_DATA;
    sequence->beams = marks->left_out == 0 && sequence->end > sequence->first &&
                      data <= BEAMS_PER_PX * (sequence->panel->right_px - sequence->panel->left_px);
}

static void cover(struct tp_sequence *sequence, double low, double high)
{
    sequence->low = fmin(sequence->low, low);
    sequence->high = fmax(sequence->high, high);
}

static void cover_series(struct tp_sequence *sequence, enum tp_metric_id metric)
{
    struct tp_track track = tp_scene_track(sequence->flow, sequence->flow->bulk, metric, 1);
    double low, high;

    if (tp_track_range(&track, &low, &high))
        cover(sequence, low, high);
}

/* Bytes that were sent and acknowledged. */
static void find_range(struct tp_sequence *sequence)
{
    const struct tp_wire_mark *mark;
    uint32_t i;

    sequence->low = INFINITY;
    sequence->high = -INFINITY;
    for (i = sequence->before; i < sequence->end; i++) {
        mark = &sequence->marks->list[i];
        if (i > sequence->before && i < sequence->first)
            continue;
        cover(sequence, (double)mark->begin,
              (double)(mark->kind == TP_WIRE_ACK ? mark->begin : mark->end));
    }
    if (!sequence->beams) {
        cover_series(sequence, TP_METRIC_WIRE_SEQ);
        cover_series(sequence, TP_METRIC_WIRE_UNA);
    }
}

/* The edge of the window, unless the rest would become small below it. */
static void find_edge(struct tp_sequence *sequence)
{
    struct tp_track track =
        tp_scene_track(sequence->flow, sequence->flow->bulk, TP_METRIC_WIRE_EDGE, 1);
    double low, high = 0;
    bool found = false;
    uint32_t i;

    if (!sequence->beams)
        found = tp_track_range(&track, &low, &high);
    for (i = sequence->first; sequence->beams && i < sequence->end; i++)
        if (sequence->marks->list[i].kind == TP_WIRE_ACK &&
            sequence->marks->list[i].end > sequence->marks->list[i].begin) {
            high = fmax(high, (double)sequence->marks->list[i].end);
            found = true;
        }
    sequence->edge =
        found && high - sequence->high <= EDGE_SHARE * (sequence->high - sequence->low);
    sequence->edge_above = found && !sequence->edge ? high - sequence->high : 0;
    if (sequence->edge)
        sequence->high = fmax(sequence->high, high);
}

static bool is_duplicate(const struct tp_wire_mark *mark)
{
    return mark->kind == TP_WIRE_DUP_ACK || mark->kind == TP_WIRE_TRIPLE;
}

bool tp_sequence_init(struct tp_sequence *sequence, struct tp_scene *scene,
                      const struct tp_scene_flow *flow, const struct tp_panel *panel)
{
    size_t sign;
    uint32_t i;

    *sequence = (struct tp_sequence){.scene = scene,
                                     .flow = flow,
                                     .panel = panel,
                                     .marks = tp_flow_wire_marks(flow->flow, flow->bulk)};
    find_marks(sequence);
    find_range(sequence);
    if (!(sequence->high >= sequence->low))
        return false;
    find_edge(sequence);
    for (i = sequence->first; i < sequence->end; i++) {
        sign = tp_sign_of(&sequence->marks->list[i]);
        if (sign < tp_sign_count)
            sequence->signs[sign]++;
        sequence->duplicates += is_duplicate(&sequence->marks->list[i]);
    }
    return true;
}

bool tp_sequence_place(const struct tp_sequence *sequence, const struct tp_wire_mark *mark,
                       double *x_px, double *top_px, double *bottom_px)
{
    const struct tp_panel *panel = sequence->panel;
    double least = sequence->beams ? LEAST_PX : RARE_PX;

    if ((double)mark->end < panel->y.low || (double)mark->begin > panel->y.high)
        return false;
    *x_px = tp_panel_x(panel, mark->t_ns - sequence->flow->origin_ns);
    *top_px = tp_panel_y(panel, (double)mark->end);
    *bottom_px = tp_panel_y(panel, (double)mark->begin);
    least = fmax(0, least - (*bottom_px - *top_px)) / 2;
    *top_px = fmax(*top_px - least, panel->top_px);
    *bottom_px = fmin(*bottom_px + least, panel->bottom_px);
    return true;
}

/* --- strokes -------------------------------------------------------------------------------- */

static void add_line(struct tp_path *path, double x0, double y0, double x1, double y1)
{
    tp_path_lift(path);
    tp_path_add(path, x0, y0);
    tp_path_add(path, x1, y1);
}

static void add_beam(const struct tp_sequence *sequence, double x, double top, double bottom,
                     bool caps, struct tp_path *path)
{
    double left = fmax(x - CAP_PX, sequence->panel->left_px);
    double right = fmin(x + CAP_PX, sequence->panel->right_px);

    add_line(path, x, top, x, bottom);
    if (!caps)
        return;
    add_line(path, left, top, right, top);
    add_line(path, left, bottom, right, bottom);
}

static void add_diamond(const struct tp_sequence *sequence, double x, double y,
                        struct tp_path *path)
{
    const struct tp_panel *panel = sequence->panel;

    tp_path_lift(path);
    tp_path_add(path, fmax(x - DIAMOND_PX, panel->left_px), y);
    tp_path_add(path, x, fmax(y - DIAMOND_PX, panel->top_px));
    tp_path_add(path, fmin(x + DIAMOND_PX, panel->right_px), y);
    tp_path_add(path, x, fmin(y + DIAMOND_PX, panel->bottom_px));
}

/* One stroke, or diamond, of a sign. */
struct stroke {
    enum tp_sign_shape shape;
    bool caps;
    double x, top, bottom; /* the last one drawn */
    struct tp_path path;
};

/* What falls on what was drawn last says nothing more. */
static void add_stroke(const struct tp_sequence *sequence, const struct tp_wire_mark *mark,
                       struct stroke *stroke)
{
    double x, top, bottom;

    if (!tp_sequence_place(sequence, mark, &x, &top, &bottom) ||
        (x - stroke->x < 0.5 && top > stroke->top - 0.5 && bottom < stroke->bottom + 0.5))
        return;
    if (stroke->shape == TP_SIGN_DIAMOND)
        add_diamond(sequence, x, (top + bottom) / 2, &stroke->path);
    else
        add_beam(sequence, x, top, bottom, stroke->caps, &stroke->path);
    stroke->x = x;
    stroke->top = top;
    stroke->bottom = bottom;
}

/* Of a SACK block that grew out of the one before only what is new, at either end. */
static void add_sack(const struct tp_sequence *sequence, const struct tp_wire_mark *block,
                     const struct tp_wire_mark *before, struct stroke *stroke)
{
    struct tp_wire_mark part = *block;

    if (block->begin > before->end || block->end < before->begin) {
        add_stroke(sequence, block, stroke);
        return;
    }
    part.end = before->begin;
    if (part.begin < part.end)
        add_stroke(sequence, &part, stroke);
    part.begin = before->end;
    part.end = block->end;
    if (part.begin < part.end)
        add_stroke(sequence, &part, stroke);
}

/* All marks of one sign. */
static void draw_sign(const struct tp_sequence *sequence, size_t sign)
{
    const struct tp_theme *theme = sequence->scene->theme;
    double wide_px = sequence->panel->right_px - sequence->panel->left_px;
    struct stroke stroke = {.shape = (enum tp_sign_shape)tp_signs[sign].shape, .x = -9};
    const struct tp_wire_mark *mark, *before = NULL;
    uint32_t i;

    stroke.caps = stroke.shape == TP_SIGN_BEAM && sequence->signs[sign] <= CAPS_PER_PX * wide_px;
    for (i = sequence->first; i < sequence->end; i++) {
        mark = &sequence->marks->list[i];
        if (tp_sign_of(mark) != sign)
            continue;
        if (mark->kind == TP_WIRE_SACK && before)
            add_sack(sequence, mark, before, &stroke);
        else
            add_stroke(sequence, mark, &stroke);
        before = mark;
    }
    if (stroke.shape == TP_SIGN_DIAMOND)
        tp_sketch_mark(&sequence->scene->sketch, TP_MARK_PACKET, TP_SHAPE_POLYGON,
                       tp_sign_what(sign), (struct tp_ink){tp_sign_rgb(theme, sign), 1},
                       &stroke.path);
    else
        tp_sketch_line(&sequence->scene->sketch, TP_MARK_PACKET, tp_sign_what(sign),
                       tp_sign_rgb(theme, sign), STROKE_PX, &stroke.path);
}

/* The steps of the ACKs, or of the window's edge above them; they begin where the last one before
 * the picture left off. */
static unsigned add_stairs(const struct tp_sequence *sequence, bool edge, struct tp_path *path)
{
    const struct tp_wire_mark *mark;
    unsigned steps = 0;
    double x, y;
    uint32_t i;

    for (i = sequence->before; i < sequence->end; i++) {
        mark = &sequence->marks->list[i];
        if (mark->kind != TP_WIRE_ACK || (edge && mark->end <= mark->begin))
            continue;
        x = tp_panel_x(sequence->panel, mark->t_ns - sequence->flow->origin_ns);
        y = tp_panel_y(sequence->panel, (double)(edge ? mark->end : mark->begin));
        if (path->count > 0 && !path->failed)
            tp_path_add(path, x, path->points[path->count - 1].y_px);
        tp_path_add(path, x, y);
        steps++;
    }
    if (path->count > 0 && !path->failed)
        tp_path_add(path, sequence->panel->right_px, path->points[path->count - 1].y_px);
    tp_path_thin(path);
    return steps;
}

static void draw_stairs(struct tp_sequence *sequence, bool edge)
{
    const struct tp_theme *theme = sequence->scene->theme;
    struct tp_path path = {0};
    unsigned steps = add_stairs(sequence, edge, &path);

    if (edge)
        sequence->edges = steps;
    else
        sequence->acks = steps;
    tp_sketch_line(&sequence->scene->sketch, TP_MARK_CURVE, edge ? "edge" : "ack",
                   edge ? theme->edge : theme->ack, STAIRS_PX, &path);
}

static void draw_ticks(const struct tp_sequence *sequence)
{
    struct tp_path path = {0};
    double x, top, bottom, last_x = -9;
    uint32_t i;

    for (i = sequence->first; i < sequence->end; i++) {
        if (!is_duplicate(&sequence->marks->list[i]) ||
            !tp_sequence_place(sequence, &sequence->marks->list[i], &x, &top, &bottom) ||
            x - last_x < TICK_APART)
            continue;
        add_line(&path, x, bottom, x, fmin(bottom + TICK_PX, sequence->panel->bottom_px));
        last_x = x;
    }
    tp_sketch_line(&sequence->scene->sketch, TP_MARK_PACKET, "dup_ack", sequence->scene->theme->ack,
                   1, &path);
}

static unsigned draw_curve(const struct tp_sequence *sequence, enum tp_metric_id metric,
                           const char *what, uint32_t rgb)
{
    struct tp_track track = tp_scene_track(sequence->flow, sequence->flow->bulk, metric, 1);
    struct tp_path path = {0};

    tp_curve_steps(sequence->panel, &track, &path);
    tp_sketch_line(&sequence->scene->sketch, TP_MARK_CURVE, what, rgb, STAIRS_PX, &path);
    return track.series ? track.series->count : 0;
}

void tp_sequence_draw(struct tp_sequence *sequence)
{
    const struct tp_theme *theme = sequence->scene->theme;
    size_t sign;

    if (sequence->beams) {
        if (sequence->edge)
            draw_stairs(sequence, true);
        draw_sign(sequence, 0);
        draw_stairs(sequence, false);
    } else {
        if (sequence->edge)
            sequence->edges = draw_curve(sequence, TP_METRIC_WIRE_EDGE, "edge", theme->edge);
        draw_curve(sequence, TP_METRIC_WIRE_SEQ, "data", theme->data);
        sequence->acks = draw_curve(sequence, TP_METRIC_WIRE_UNA, "ack", theme->ack);
    }
    draw_ticks(sequence);
    for (sign = 1; sign < tp_sign_count; sign++)
        if (tp_signs[sign].shape != TP_SIGN_LETTER &&
            (sequence->beams || tp_signs[sign].kind != TP_WIRE_DATA))
            draw_sign(sequence, sign);
}
