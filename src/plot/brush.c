/* brush.c: marks and captions through PLplot.
 *
 * Dashes are drawn here because PLplot restarts them at each segment and makes an SVG explode.
 */
#include <math.h>
#include <plplot/plplotP.h> /* plsc: the length of a text that would be drawn */
#include <stdlib.h>
#include <string.h>

#include "plot/brush.h"
#include "plot/lettering.h"

#define INK     1     /* the one colour index in use */
#define THIN_PX 0.001 /* plfill() strokes outlines, which shows where the fill is translucent */

/* The colour that translucent ink has on the empty page. */
static struct tp_ink on_page(struct tp_ink ink, uint32_t background)
{
    uint32_t rgb = 0;

    for (unsigned shift = 0; shift < 24; shift += 8)
        rgb |= (uint32_t)lroundf((ink.rgb >> shift & 0xff) * ink.alpha +
                                 (background >> shift & 0xff) * (1 - ink.alpha))
               << shift;
    return (struct tp_ink){rgb, 1};
}

static void set_ink(const struct tp_brush *brush, struct tp_ink ink)
{
    if (!brush->medium->translucent)
        ink = on_page(ink, brush->picture->background);
    plscol0a(INK, ink.rgb >> 16 & 0xff, ink.rgb >> 8 & 0xff, ink.rgb & 0xff, ink.alpha);
    plcol0(INK);
}

/* --- shapes --------------------------------------------------------------------------------- */

static double snap(double value, double scale)
{
    return (floor(value * scale) + 0.5) / scale;
}

static void draw_dashed(const double *x, const double *y, size_t count, const float dash_px[4])
{
    double length, at, step, into = 0; /* how far into the dash or the space we are */
    unsigned piece = 0, pieces = dash_px[2] > 0 ? 4 : 2;
    size_t i;

    for (i = 0; i + 1 < count; i++) {
        length = hypot(x[i + 1] - x[i], y[i + 1] - y[i]);
        for (at = 0; at < length; at += step) {
            step = fmin(dash_px[piece] - into, length - at);
            if (piece % 2 == 0)
                pljoin(x[i] + (x[i + 1] - x[i]) * at / length,
                       y[i] + (y[i + 1] - y[i]) * at / length,
                       x[i] + (x[i + 1] - x[i]) * (at + step) / length,
                       y[i] + (y[i + 1] - y[i]) * (at + step) / length);
            into += step;
            if (into >= dash_px[piece] - 1e-9) {
                into = 0;
                piece = (piece + 1) % pieces;
            }
        }
    }
}

static void draw_piece(const struct tp_mark *mark, const double *x, const double *y, size_t count)
{
    if (mark->shape == TP_SHAPE_POLYGON) {
        if (count >= 3)
            plfill((PLINT)count, x, y);
    } else if (mark->dash_px[0] > 0 && mark->dash_px[1] > 0) {
        draw_dashed(x, y, count, mark->dash_px);
    } else if (count >= 2) {
        plline((PLINT)count, x, y);
    }
}

static void draw_boxes(const struct tp_brush *brush, const struct tp_mark *mark)
{
    double height = brush->picture->height_px, x[4], y[4];
    size_t i;

    for (i = 0; i + 1 < mark->count; i += 2) {
        x[0] = x[3] = mark->points[i].x_px;
        x[1] = x[2] = mark->points[i + 1].x_px;
        y[0] = y[1] = height - mark->points[i].y_px;
        y[2] = y[3] = height - mark->points[i + 1].y_px;
        plfill(4, x, y);
    }
}

/* Splits at lifted pens; x and y have room for the whole mark. */
static void draw_pieces(const struct tp_brush *brush, const struct tp_mark *mark, double *x,
                        double *y)
{
    double height = brush->picture->height_px, x_px, y_px;
    size_t i, count = 0;

    for (i = 0; i < mark->count; i++) {
        x_px = mark->points[i].x_px;
        y_px = mark->points[i].y_px;
        if (!isfinite(x_px) || !isfinite(y_px)) {
            draw_piece(mark, x, y, count);
            count = 0;
            continue;
        }
        if (mark->crisp) {
            x_px = snap(x_px, brush->scale);
            y_px = snap(y_px, brush->scale);
        }
        x[count] = x_px;
        y[count++] = height - y_px;
    }
    draw_piece(mark, x, y, count);
}

enum tp_canvas_exit tp_brush_mark(const struct tp_brush *brush, const struct tp_mark *mark)
{
    double *xy;

    set_ink(brush, mark->ink);
    plwidth(mark->shape == TP_SHAPE_LINE ? mark->width_px * brush->scale : THIN_PX);
    if (mark->shape == TP_SHAPE_BOXES) {
        draw_boxes(brush, mark);
        return TP_CANVAS_FINE;
    }
    xy = malloc(2 * mark->count * sizeof *xy);
    if (!xy)
        return TP_CANVAS_NO_MEMORY;
    draw_pieces(brush, mark, xy, xy + mark->count);
    free(xy);
    return TP_CANVAS_FINE;
}

/* --- texts ---------------------------------------------------------------------------------- */

static void set_font(struct tp_brush *brush, double size_px, bool bold)
{
    /* cairo's driver lays text out for 96 dpi on a page of 72; svg's takes 1.28 of the height and
     * rounds to whole pixels */
    double mm = size_px * brush->scale * 25.4 / (brush->is_svg ? 72 * 1.28 : 96);

    if (brush->bold != bold)
        plsfont(PL_FCI_SANS, PL_FCI_UPRIGHT, bold ? PL_FCI_BOLD : PL_FCI_MEDIUM);
    if (brush->size_px != size_px)
        plschr(mm, 1.0);
    brush->bold = bold;
    brush->size_px = size_px;
}

/* '@' is the escape character (plsesc) and has to be doubled. */
static char *escaped(const char *text)
{
    char *copy = malloc(2 * strlen(text) + 1), *out = copy;

    if (!copy)
        return NULL;
    for (; *text; text++) {
        if (*text == '@')
            *out++ = '@';
        *out++ = *text;
    }
    *out = '\0';
    return copy;
}

static double measure(const struct tp_brush *brush, const struct tp_caption *caption,
                      const char *text)
{
    if (!plsc->has_string_length)
        return tp_text_width(caption->text, caption->size_px, caption->bold);
    plsc->get_string_length = 1;
    plptex(0, 0, 1, 0, 0, text);
    plsc->get_string_length = 0;
    return plsc->string_length * 72 / 25.4 / brush->scale;
}

/* PLplot's reference point is 3/8 of the size above the baseline. */
static void put_text(const struct tp_brush *brush, const struct tp_caption *caption, double x_px,
                     const char *text)
{
    double height = brush->picture->height_px, above = 0.375 * caption->size_px;

    if (caption->turned)
        plptex(x_px - above, height - caption->y_px, 0, 1, 0.5 * caption->anchor, text);
    else
        plptex(x_px, height - (caption->y_px - above), 1, 0, 0.5 * caption->anchor, text);
}

enum tp_canvas_exit tp_brush_caption(struct tp_brush *brush, const struct tp_caption *caption,
                                     bool continued)
{
    char *text = escaped(caption->text);
    double x_px = caption->x_px;

    if (!text)
        return TP_CANVAS_NO_MEMORY;
    set_font(brush, caption->size_px, caption->bold);
    set_ink(brush, (struct tp_ink){caption->rgb, 1});
    if (caption->follows)
        x_px += brush->text_end_px;
    put_text(brush, caption, x_px, text);
    if (continued)
        brush->text_end_px = x_px + measure(brush, caption, text) * (1 - 0.5 * caption->anchor);
    free(text);
    return TP_CANVAS_FINE;
}
