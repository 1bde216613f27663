/* canvas.c: the only file that knows PLplot.
 *
 * PLplot serves as a canvas: one viewport over the whole page whose world is the page's pixels; its
 * own axes, line styles and legends are not used. Dashes are drawn here because PLplot restarts
 * them at each segment and makes an SVG explode.
 * (PLplot 5.15.0: src/plcore.c, drivers/cairo.c, drivers/svg.c.)
 */
#include <math.h>
#include <plplot/plplotP.h> /* plsc: the length of a text that would be drawn */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plot/canvas.h"
#include "plot/png.h"
#include "plot/lettering.h"

#define IMAGE_DEVICE "memcairo" /* draws into our memory */
#define DEVICES_MAX  128
#define INK          1     /* the one colour index in use */
#define THIN_PX      0.001 /* plfill() strokes outlines, which shows where the fill is translucent */

/* PLplot's handlers have no context argument. These two live in the renderer's process only. */
static int handler_fd = -1;
static int aborted;

struct canvas {
    const struct tp_picture *picture;
    double scale;
    bool is_svg;        /* the driver without cairo: text sizes differ, widths are unknown */
    double size_px;     /* of the font that is set */
    int bold;           /* -1: none is set */
    double text_end_px; /* where the last caption ended */
    uint8_t *pixels;    /* of an image: RGB */
};

static void tell(const char *message)
{
    ssize_t written = write(handler_fd, message, strlen(message));

    (void)written; /* the exit status says that it failed, the words are a courtesy */
}

static int on_exit_wanted(const char *message)
{
    tell(message);
    _exit(TP_CANVAS_FAILED);
}

static void on_abort(const char *message)
{
    if (!aborted)
        tell(message);
    aborted = 1;
}

static bool has_device(const char *name)
{
    static const char *menu[DEVICES_MAX], *names[DEVICES_MAX];
    const char **menu_list = menu, **name_list = names;
    int count = DEVICES_MAX, i;

    plgDevs(&menu_list, &name_list, &count);
    for (i = 0; i < count; i++)
        if (name_list[i] && strcmp(name_list[i], name) == 0)
            return true;
    return false;
}

static void set_ink(struct tp_ink ink)
{
    plscol0a(INK, ink.rgb >> 16 & 0xff, ink.rgb >> 8 & 0xff, ink.rgb & 0xff, ink.alpha);
    plcol0(INK);
}

/* --- shapes --------------------------------------------------------------------------------- */

static double snap(double value, double scale)
{
    return (floor(value * scale) + 0.5) / scale;
}

static void draw_dashed(const double *x, const double *y, size_t count, const float dash_px[2])
{
    double length, at, step, into = 0; /* how far into the dash or the space we are */
    unsigned space = 0;
    size_t i;

    for (i = 0; i + 1 < count; i++) {
        length = hypot(x[i + 1] - x[i], y[i + 1] - y[i]);
        for (at = 0; at < length; at += step) {
            step = fmin(dash_px[space] - into, length - at);
            if (!space)
                pljoin(x[i] + (x[i + 1] - x[i]) * at / length,
                       y[i] + (y[i + 1] - y[i]) * at / length,
                       x[i] + (x[i + 1] - x[i]) * (at + step) / length,
                       y[i] + (y[i + 1] - y[i]) * (at + step) / length);
            into += step;
            if (into >= dash_px[space] - 1e-9) {
                into = 0;
                space = !space;
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

static void draw_boxes(const struct canvas *canvas, const struct tp_mark *mark)
{
    double height = canvas->picture->height_px, x[4], y[4];
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
static void draw_pieces(const struct canvas *canvas, const struct tp_mark *mark, double *x,
                        double *y)
{
    double height = canvas->picture->height_px, x_px, y_px;
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
            x_px = snap(x_px, canvas->scale);
            y_px = snap(y_px, canvas->scale);
        }
        x[count] = x_px;
        y[count++] = height - y_px;
    }
    draw_piece(mark, x, y, count);
}

static enum tp_canvas_exit draw_mark(const struct canvas *canvas, const struct tp_mark *mark)
{
    double *xy;

    set_ink(mark->ink);
    plwidth(mark->shape == TP_SHAPE_LINE ? mark->width_px * canvas->scale : THIN_PX);
    if (mark->shape == TP_SHAPE_BOXES) {
        draw_boxes(canvas, mark);
        return TP_CANVAS_FINE;
    }
    xy = malloc(2 * mark->count * sizeof *xy);
    if (!xy)
        return TP_CANVAS_NO_MEMORY;
    draw_pieces(canvas, mark, xy, xy + mark->count);
    free(xy);
    return TP_CANVAS_FINE;
}

/* --- texts ---------------------------------------------------------------------------------- */

static void set_font(struct canvas *canvas, double size_px, bool bold)
{
    /* cairo's driver lays text out for 96 dpi on a page of 72; svg's takes 1.28 of the height and
     * rounds to whole pixels */
    double mm = size_px * canvas->scale * 25.4 / (canvas->is_svg ? 72 * 1.28 : 96);

    if (canvas->bold != bold)
        plsfont(PL_FCI_SANS, PL_FCI_UPRIGHT, bold ? PL_FCI_BOLD : PL_FCI_MEDIUM);
    if (canvas->size_px != size_px)
        plschr(mm, 1.0);
    canvas->bold = bold;
    canvas->size_px = size_px;
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

static double measure(const struct canvas *canvas, const struct tp_caption *caption,
                      const char *text)
{
    if (!plsc->has_string_length)
        return tp_text_width(caption->text, caption->size_px, caption->bold);
    plsc->get_string_length = 1;
    plptex(0, 0, 1, 0, 0, text);
    plsc->get_string_length = 0;
    return plsc->string_length * 72 / 25.4 / canvas->scale;
}

static enum tp_canvas_exit draw_caption(struct canvas *canvas, const struct tp_caption *caption,
                                        bool continued)
{
    char *text = escaped(caption->text);
    double x_px = caption->x_px;

    if (!text)
        return TP_CANVAS_NO_MEMORY;
    set_font(canvas, caption->size_px, caption->bold);
    set_ink((struct tp_ink){caption->rgb, 1});
    if (caption->follows)
        x_px += canvas->text_end_px;
    /* PLplot's reference point is 3/8 of the size above the baseline */
    plptex(x_px, canvas->picture->height_px - (caption->y_px - 0.375 * caption->size_px), 1, 0,
           0.5 * caption->anchor, text);
    if (continued)
        canvas->text_end_px = x_px + measure(canvas, caption, text) * (1 - 0.5 * caption->anchor);
    free(text);
    return TP_CANVAS_FINE;
}

/* --- page ----------------------------------------------------------------------------------- */

static uint32_t device_px(const struct canvas *canvas, double page_px)
{
    return (uint32_t)lround(page_px * canvas->scale);
}

/* To `file`, or, if that is NULL, to canvas->pixels. */
static bool open_page(struct canvas *canvas, const char *device, FILE *file)
{
    const struct tp_picture *picture = canvas->picture;
    PLINT error_code = 0;
    static char error_text[512];

    /* names only, and short: the driver puts them unescaped into a buffer of 200 bytes */
    setenv("PLPLOT_FREETYPE_SANS_FAMILY",
           "Inter,Roboto,Open Sans,Liberation Sans,DejaVu Sans,sans-serif", 0);
    plsError(&error_code, error_text);
    plsdev(device);
    if (file)
        plsfile(file);
    else
        plsmem((PLINT)device_px(canvas, picture->width_px),
               (PLINT)device_px(canvas, picture->height_px), canvas->pixels);
    plspage(0, 0, (PLINT)device_px(canvas, picture->width_px),
            (PLINT)device_px(canvas, picture->height_px), 0, 0);
    plscolbga(picture->background >> 16 & 0xff, picture->background >> 8 & 0xff,
              picture->background & 0xff, 1.0);
    plsetopt("drvopt", canvas->is_svg
                           ? "text_clipping=0"
                           : "text_clipping=0,text_anti_aliasing=2,graphics_anti_aliasing=5");
    plsesc('@');
    plspause(0);
    plinit();
    pladv(0);
    plvpor(0, 1, 0, 1);
    plwind(0, picture->width_px, 0, picture->height_px);
    plpsty(0);
    plsError(NULL, NULL);
    if (error_code)
        tell(error_text);
    return error_code == 0;
}

static enum tp_canvas_exit draw_all(struct canvas *canvas)
{
    const struct tp_picture *picture = canvas->picture;
    enum tp_canvas_exit rc = TP_CANVAS_FINE;
    bool continued;
    size_t i;

    for (i = 0; i < picture->mark_count && !rc; i++)
        rc = draw_mark(canvas, &picture->marks[i]);
    for (i = 0; i < picture->caption_count && !rc; i++) {
        continued = i + 1 < picture->caption_count && picture->captions[i + 1].follows;
        rc = draw_caption(canvas, &picture->captions[i], continued);
    }
    return rc;
}

static enum tp_canvas_exit draw_file(struct canvas *canvas, const char *device, char **bytes,
                                     size_t *length)
{
    FILE *file = open_memstream(bytes, length);
    enum tp_canvas_exit rc;

    if (!file)
        return TP_CANVAS_NO_MEMORY;
    if (!open_page(canvas, device, file))
        return TP_CANVAS_FAILED;
    rc = draw_all(canvas);
    plend(); /* closes the file: only now are bytes and length valid */
    return rc;
}

static void fill(uint8_t *pixels, size_t count, uint32_t rgb)
{
    size_t filled;

    for (filled = 0; filled < 3; filled++)
        pixels[filled] = rgb >> (16 - 8 * filled) & 0xff;
    for (; filled < count; filled += filled)
        memcpy(pixels + filled, pixels, filled < count - filled ? filled : count - filled);
}

static enum tp_canvas_exit draw_image(struct canvas *canvas, char **bytes, size_t *length)
{
    const struct tp_picture *picture = canvas->picture;
    uint32_t width = device_px(canvas, picture->width_px);
    uint32_t height = device_px(canvas, picture->height_px);
    size_t count = (size_t)width * height * 3;
    enum tp_canvas_exit rc;

    canvas->pixels = malloc(count);
    if (!canvas->pixels)
        return TP_CANVAS_NO_MEMORY;
    fill(canvas->pixels, count, picture->background); /* what is in the memory shows through */
    if (!open_page(canvas, IMAGE_DEVICE, NULL))
        return TP_CANVAS_FAILED;
    rc = draw_all(canvas);
    plend();
    if (rc == TP_CANVAS_FINE && !tp_png_encode(canvas->pixels, width, height, bytes, length))
        rc = TP_CANVAS_NO_MEMORY;
    free(canvas->pixels);
    return rc;
}

enum tp_canvas_exit tp_canvas_draw(const struct tp_picture *picture, const char *const *devices,
                                   double scale, int message_fd, char **bytes, size_t *length)
{
    struct canvas canvas = {.picture = picture, .scale = scale, .bold = -1};
    enum tp_canvas_exit rc;

    handler_fd = message_fd;
    plsexit(on_exit_wanted);
    plsabort(on_abort);
    while (*devices && !has_device(*devices))
        devices++;
    if (!*devices)
        return TP_CANVAS_NO_DEVICE;
    canvas.is_svg = strcmp(*devices, "svg") == 0;
    rc = strcmp(*devices, IMAGE_DEVICE) == 0 ? draw_image(&canvas, bytes, length)
                                             : draw_file(&canvas, *devices, bytes, length);
    return aborted ? TP_CANVAS_FAILED : rc;
}
