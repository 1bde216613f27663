/* sequence_text.c: the letters of a time-sequence graph, and its key. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "plot/scale.h"
#include "plot/sequence.h"
#include "plot/lettering.h"

#define LETTERS_MAX 300
#define APART_PX    1.5

/* --- letters -------------------------------------------------------------------------------- */

struct box {
    double left, top, right, bottom;
};

static struct box box_at(double x, double y, const char *text)
{
    double half = tp_text_width(text, TP_SMALL_PX, true) / 2 + APART_PX;

    return (struct box){x - half, y - TP_SMALL_PX * 0.8, x + half, y + TP_SMALL_PX * 0.2};
}

/* Captions from `first` on; those before are on other panels. */
static bool is_free(const struct tp_picture *picture, size_t first, struct box box)
{
    const struct tp_caption *caption;
    double left, width;
    size_t i;

    for (i = first; i < picture->caption_count; i++) {
        caption = &picture->captions[i];
        width = tp_text_width(caption->text, caption->size_px, caption->bold);
        left = caption->x_px - width * 0.5 * caption->anchor;
        if (!caption->follows && box.left < left + width && left < box.right &&
            box.top < caption->y_px + caption->size_px * 0.2 &&
            caption->y_px - caption->size_px * 0.8 < box.bottom)
            return false;
    }
    return true;
}

static void add_letter(const struct tp_sequence *sequence, const struct tp_wire_mark *mark,
                       size_t sign, size_t first)
{
    struct tp_sketch *sketch = &sequence->scene->sketch;
    const struct tp_panel *panel = sequence->panel;
    double x, top, bottom, y, half;

    if (sketch->failed || !tp_sequence_place(sequence, mark, &x, &top, &bottom))
        return;
    half = tp_text_width(tp_signs[sign].letter, TP_SMALL_PX, true) / 2;
    x = fmin(fmax(x, panel->left_px + half), panel->right_px - half);
    y = tp_signs[sign].below ? bottom + TP_SMALL_PX + 4 : top - 4;
    y = fmin(fmax(y, panel->top_px + TP_SMALL_PX), panel->bottom_px - 3);
    if (is_free(sketch->picture, first, box_at(x, y, tp_signs[sign].letter)))
        tp_sketch_caption(sketch, x, y, TP_SMALL_PX, tp_sign_rgb(sequence->scene->theme, sign),
                          TP_ANCHOR_CENTER, true, tp_signs[sign].letter);
}

/* The rarest first: they matter most where there is no room for all. */
void tp_sequence_letters(const struct tp_sequence *sequence)
{
    const struct tp_picture *picture = sequence->scene->sketch.picture;
    size_t first = picture ? picture->caption_count : 0, begin = first, sign;
    uint32_t i;

    while (begin > 0 && picture->captions[begin - 1].y_px >= sequence->panel->top_px)
        begin--;
    for (sign = tp_sign_count; sign-- > 0;)
        for (i = sequence->first; i < sequence->end; i++)
            if (tp_signs[sign].letter[0] && tp_sign_of(&sequence->marks->list[i]) == sign &&
                !sequence->scene->sketch.failed && picture->caption_count < first + LETTERS_MAX)
                add_letter(sequence, &sequence->marks->list[i], sign, begin);
}

/* --- key ------------------------------------------------------------------------------------ */

#define ROW_PX    18
#define INSET_PX  12
#define SAMPLE_PX 16
#define GAP_PX    8
#define ROWS_MAX  (TP_SIGNS_MAX + 3)

struct row {
    size_t sign; /* tp_sign_count: a staircase */
    const char *what;
    uint32_t rgb;
    char text[80];
};

static struct row *add_row(struct row *rows, size_t *count, size_t sign, const char *what,
                           uint32_t rgb)
{
    struct row *row = &rows[(*count)++];

    *row = (struct row){.sign = sign, .what = what, .rgb = rgb};
    return row;
}

/* "fast retransmission (R) · 8" */
static void sign_text(const struct tp_sequence *sequence, size_t sign, char *buf, size_t size)
{
    const char *letter = tp_signs[sign].letter;

    if (tp_signs[sign].kind == TP_WIRE_DATA || tp_signs[sign].kind == TP_WIRE_SACK)
        snprintf(buf, size, "%s", tp_signs[sign].kind == TP_WIRE_DATA ? "data sent" : "SACK block");
    else
        snprintf(buf, size, "%s%s%s%s \xc2\xb7 %u", tp_sign_legend(sign), letter[0] ? " (" : "",
                 letter, letter[0] ? ")" : "", sequence->signs[sign]);
}

static size_t fill_rows(const struct tp_sequence *sequence, struct row *rows)
{
    const struct tp_theme *theme = sequence->scene->theme;
    size_t count = 0, sign;
    struct row *row;

    for (sign = 1; sign < tp_sign_count; sign++)
        if (tp_sign_legend(sign)[0] &&
            (sequence->signs[sign] > 0 ||
             (tp_signs[sign].kind == TP_WIRE_DATA && !sequence->beams))) {
            row = add_row(rows, &count, sign, tp_signs[sign].what, tp_sign_rgb(theme, sign));
            sign_text(sequence, sign, row->text, sizeof row->text);
        }
    if (sequence->acks > 0) {
        row = add_row(rows, &count, tp_sign_count, "ack", theme->ack);
        snprintf(row->text, sizeof row->text, "cumulative ACK%s",
                 sequence->duplicates ? ", ticks: duplicate ACKs" : "");
    }
    if (sequence->edges > 0) {
        row = add_row(rows, &count, tp_sign_count, "edge", theme->edge);
        snprintf(row->text, sizeof row->text, "edge of the receiver's window");
    }
    if (sequence->beams && sequence->signs[0] > 0) {
        row = add_row(rows, &count, 0, tp_signs[0].what, tp_sign_rgb(theme, 0));
        sign_text(sequence, 0, row->text, sizeof row->text);
    }
    return count;
}

static void draw_sample(const struct tp_sequence *sequence, const struct row *row, double x,
                        double y)
{
    struct tp_sketch *sketch = &sequence->scene->sketch;
    bool stairs = row->sign == tp_sign_count ||
                  (!sequence->beams && tp_signs[row->sign].kind == TP_WIRE_DATA);
    uint8_t shape = stairs ? TP_SIGN_LETTER : tp_signs[row->sign].shape;
    double middle = x + SAMPLE_PX / 2.0;
    struct tp_path path = {0};

    if (shape == TP_SIGN_LETTER && !stairs) {
        tp_sketch_caption(sketch, middle, y, TP_SMALL_PX, row->rgb, TP_ANCHOR_CENTER, true,
                          tp_signs[row->sign].letter);
        return;
    }
    y -= TP_SMALL_PX * 0.36;
    if (shape == TP_SIGN_DIAMOND) {
        tp_path_add(&path, middle - 4, y);
        tp_path_add(&path, middle, y - 4);
        tp_path_add(&path, middle + 4, y);
        tp_path_add(&path, middle, y + 4);
        tp_sketch_mark(sketch, TP_MARK_KEY, TP_SHAPE_POLYGON, row->what,
                       (struct tp_ink){row->rgb, 1}, &path);
        return;
    }
    tp_path_add(&path, stairs ? x : middle, stairs ? y : y - 6);
    tp_path_add(&path, stairs ? x + SAMPLE_PX : middle, stairs ? y : y + 6);
    if (shape == TP_SIGN_BEAM && !stairs) {
        tp_path_lift(&path);
        tp_path_add(&path, middle - 3, y - 6);
        tp_path_add(&path, middle + 3, y - 6);
        tp_path_lift(&path);
        tp_path_add(&path, middle - 3, y + 6);
        tp_path_add(&path, middle + 3, y + 6);
    }
    tp_sketch_line(sketch, TP_MARK_KEY, row->what, row->rgb, stairs ? 1.8 : 1.3, &path);
}

/* Is anything drawn in that corner? Looks at the sketch's own marks of this panel. */
static bool is_covered(const struct tp_sequence *sequence, struct box box)
{
    const struct tp_picture *picture = sequence->scene->sketch.picture;
    const struct tp_mark *mark;
    struct tp_point point, last;
    size_t i, k;

    for (i = 0; i < picture->mark_count; i++) {
        mark = &picture->marks[i];
        if (mark->panel != sequence->scene->sketch.panel ||
            (mark->kind != TP_MARK_PACKET && mark->kind != TP_MARK_CURVE))
            continue;
        for (k = 0; k < mark->count; k++) {
            point = mark->points[k];
            last = k > 0 ? mark->points[k - 1] : point;
            if (isnan(last.y_px))
                last = point;
            if (fmin(point.x_px, last.x_px) <= box.right &&
                fmax(point.x_px, last.x_px) >= box.left &&
                fmin(point.y_px, last.y_px) <= box.bottom && fmax(point.y_px, last.y_px) >= box.top)
                return true;
        }
    }
    return false;
}

/* Above the panel, without the numbers: these are statistics. */
static void add_to_legend(struct tp_scene *scene, const struct row *rows, size_t count)
{
    struct tp_legend_item item;
    const char *number;
    size_t i;

    for (i = 0; i < count; i++) {
        number = strstr(rows[i].text, " \xc2\xb7 ");
        item = (struct tp_legend_item){.ink = {rows[i].rgb, 1}, .width_px = 1.3F};
        snprintf(item.text, sizeof item.text, "%.*s",
                 (int)(number ? number - rows[i].text : (ptrdiff_t)strlen(rows[i].text)),
                 rows[i].text);
        tp_legend_add(&scene->legend, &item);
    }
}

void tp_sequence_legend(struct tp_sequence *sequence)
{
    struct tp_sketch *sketch = &sequence->scene->sketch;
    const struct tp_panel *panel = sequence->panel;
    double width = 0, height;
    struct row rows[ROWS_MAX];
    size_t count = fill_rows(sequence, rows), i;
    struct box box;

    if (tp_scene_is_paper(sequence->scene)) {
        add_to_legend(sequence->scene, rows, count);
        return;
    }
    for (i = 0; i < count; i++)
        width = fmax(width, tp_text_width(rows[i].text, TP_SMALL_PX + 1, false));
    width += SAMPLE_PX + GAP_PX * 3;
    height = ROW_PX * (double)count + GAP_PX;
    if (sketch->failed || count == 0 || height > panel->bottom_px - panel->top_px)
        return;
    box = (struct box){panel->left_px + INSET_PX, panel->top_px + 6,
                       panel->left_px + INSET_PX + width, panel->top_px + 6 + height};
    if (is_covered(sequence, box)) {
        struct box other = {panel->right_px - INSET_PX - width, panel->bottom_px - 6 - height,
                            panel->right_px - INSET_PX, panel->bottom_px - 6};

        if (!is_covered(sequence, other))
            box = other;
        else
            tp_sketch_box(sketch, TP_MARK_KEY, "key",
                          (struct tp_ink){sequence->scene->theme->background, 0.82F}, box.left,
                          box.top, box.right, box.bottom);
    }
    for (i = 0; i < count; i++) {
        double y = box.top + GAP_PX / 2.0 + ROW_PX * ((double)i + 0.72);

        draw_sample(sequence, &rows[i], box.left + GAP_PX, y);
        tp_sketch_caption(sketch, box.left + GAP_PX * 2 + SAMPLE_PX, y, TP_SMALL_PX + 1,
                          sequence->scene->theme->text_mid, TP_ANCHOR_LEFT, false, rows[i].text);
    }
}
