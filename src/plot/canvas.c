/* canvas.c: a page of PLplot, and who makes bytes of it.
 *
 * PLplot serves as a canvas: one viewport over the whole page whose world is the page's pixels; its
 * own axes, line styles and legends are not used. Only this file and brush.c know PLplot.
 * (PLplot 5.15.0: src/plcore.c, drivers/cairo.c, drivers/svg.c.)
 */
#include <math.h>
#include <plplot/plplot.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plot/brush.h"
#include "plot/canvas.h"
#include "plot/font.h"
#include "plot/png.h"
#include "plot/surface.h"
#include "plot/svg_text.h"

#define DEVICES_MAX 128

/* PLplot's handlers have no context argument. These two live in the renderer's process only. */
static int handler_fd = -1;
static int aborted;

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

/* --- page ----------------------------------------------------------------------------------- */

static uint32_t device_px(const struct tp_brush *brush, double page_px)
{
    return (uint32_t)lround(page_px * brush->scale);
}

/* Names only, and short: the driver puts them unescaped into a buffer of 200 bytes. */
static void set_families(const char *font)
{
    char families[sizeof TP_FONT_FAMILIES + TP_FONT_NAME_MAX + 2];

    snprintf(families, sizeof families, "%s%s" TP_FONT_FAMILIES, font ? font : "", font ? "," : "");
    setenv("PLPLOT_FREETYPE_SANS_FAMILY", families, font != NULL);
}

/* Before plinit(): what the device draws on is for the caller to say. */
static void describe_page(const struct tp_brush *brush)
{
    const struct tp_picture *picture = brush->picture;

    set_families(picture->font);
    plspage(0, 0, (PLINT)device_px(brush, picture->width_px),
            (PLINT)device_px(brush, picture->height_px), 0, 0);
    plscolbga(picture->background >> 16 & 0xff, picture->background >> 8 & 0xff,
              picture->background & 0xff, 1.0);
    plsetopt("drvopt", brush->is_svg
                           ? "text_clipping=0"
                           : "text_clipping=0,text_anti_aliasing=2,graphics_anti_aliasing=5");
    plsesc('@');
    plspause(0);
    plsdev(brush->device);
}

/* context: the cairo_t of a device that draws on one, else NULL. */
static bool open_page(const struct tp_brush *brush, void *context)
{
    static char error_text[512];
    PLINT error_code = 0;

    plsError(&error_code, error_text);
    plinit();
    if (context)
        pl_cmd(PLESC_DEVINIT, context);
    pladv(0);
    plvpor(0, 1, 0, 1);
    plwind(0, brush->picture->width_px, 0, brush->picture->height_px);
    plpsty(0);
    plsError(NULL, NULL);
    if (error_code)
        tell(error_text);
    return error_code == 0;
}

static bool is_ground(const struct tp_mark *mark)
{
    return mark->kind == TP_MARK_BAND || mark->kind == TP_MARK_AREA;
}

/* Where nothing shines through, the grid goes on top of what would hide it. */
static enum tp_canvas_exit draw_marks(const struct tp_brush *brush)
{
    const struct tp_picture *picture = brush->picture;
    bool layered = !brush->medium->translucent;
    enum tp_canvas_exit rc = TP_CANVAS_FINE;
    size_t i;

    for (i = 0; layered && i < picture->mark_count && !rc; i++)
        if (is_ground(&picture->marks[i]))
            rc = tp_brush_mark(brush, &picture->marks[i]);
    for (i = 0; i < picture->mark_count && !rc; i++)
        if (!layered || !is_ground(&picture->marks[i]))
            rc = tp_brush_mark(brush, &picture->marks[i]);
    return rc;
}

static enum tp_canvas_exit draw_captions(struct tp_brush *brush)
{
    const struct tp_picture *picture = brush->picture;
    enum tp_canvas_exit rc = TP_CANVAS_FINE;
    bool continued;
    size_t i;

    for (i = 0; i < picture->caption_count && !rc; i++) {
        continued = i + 1 < picture->caption_count && picture->captions[i + 1].follows;
        rc = tp_brush_caption(brush, &picture->captions[i], continued);
    }
    return rc;
}

static enum tp_canvas_exit draw_all(struct tp_brush *brush)
{
    enum tp_canvas_exit rc = draw_marks(brush);

    return rc ? rc : draw_captions(brush);
}

/* --- makers --------------------------------------------------------------------------------- */

/* The text goes in before the end of what the driver wrote. */
static enum tp_canvas_exit add_text(const struct tp_brush *brush, char **bytes, size_t *length)
{
    size_t tail = brush->medium->tail_length, drawn = *length;
    char *shapes = *bytes;
    FILE *file;

    *bytes = NULL;
    file = drawn < tail ? NULL : open_memstream(bytes, length);
    if (file) {
        fwrite(shapes, 1, drawn - tail, file);
        tp_svg_text(file, brush->picture, brush->scale);
        fwrite(brush->medium->tail, 1, tail, file);
    }
    free(shapes);
    return file && fclose(file) == 0 ? TP_CANVAS_FINE : TP_CANVAS_NO_MEMORY;
}

static enum tp_canvas_exit draw_by_driver(struct tp_brush *brush, char **bytes, size_t *length)
{
    bool as_text = !brush->is_svg && !brush->outline;
    FILE *file = open_memstream(bytes, length);
    enum tp_canvas_exit rc;

    if (!file)
        return TP_CANVAS_NO_MEMORY;
    describe_page(brush);
    plsfile(file);
    if (!open_page(brush, NULL))
        return TP_CANVAS_FAILED;
    rc = as_text ? draw_marks(brush) : draw_all(brush);
    plend(); /* closes the file: only now are bytes and length valid */
    return rc || !as_text ? rc : add_text(brush, bytes, length);
}

/* The surface scales: PLplot draws in pixels of the page. */
static enum tp_canvas_exit draw_on_paper(struct tp_brush *brush, enum tp_paper paper, char **bytes,
                                         size_t *length)
{
    struct tp_surface *surface = tp_surface_open(paper, brush->picture, brush->scale);
    enum tp_canvas_exit rc;

    if (!surface)
        return TP_CANVAS_NO_MEMORY;
    brush->scale = 1;
    describe_page(brush);
    if (!open_page(brush, tp_surface_context(surface)))
        return TP_CANVAS_FAILED;
    rc = draw_all(brush);
    plend();
    if (!tp_surface_close(surface, bytes, length) && rc == TP_CANVAS_FINE)
        rc = TP_CANVAS_FAILED;
    return rc;
}

static enum tp_canvas_exit draw_pdf(struct tp_brush *brush, char **bytes, size_t *length)
{
    return draw_on_paper(brush, TP_PAPER_PDF, bytes, length);
}

static enum tp_canvas_exit draw_eps(struct tp_brush *brush, char **bytes, size_t *length)
{
    return draw_on_paper(brush, TP_PAPER_EPS, bytes, length);
}

static void fill(uint8_t *pixels, size_t count, uint32_t rgb)
{
    size_t filled;

    for (filled = 0; filled < 3; filled++)
        pixels[filled] = rgb >> (16 - 8 * filled) & 0xff;
    for (; filled < count; filled += filled)
        memcpy(pixels + filled, pixels, filled < count - filled ? filled : count - filled);
}

static enum tp_canvas_exit draw_pixels(struct tp_brush *brush, char **bytes, size_t *length)
{
    const struct tp_picture *picture = brush->picture;
    uint32_t width = device_px(brush, picture->width_px);
    uint32_t height = device_px(brush, picture->height_px);
    size_t count = (size_t)width * height * 3;
    uint8_t *pixels = malloc(count);
    enum tp_canvas_exit rc;

    if (!pixels)
        return TP_CANVAS_NO_MEMORY;
    fill(pixels, count, picture->background); /* what is in the memory shows through */
    describe_page(brush);
    plsmem((PLINT)width, (PLINT)height, pixels);
    if (!open_page(brush, NULL))
        return TP_CANVAS_FAILED;
    rc = draw_all(brush);
    plend();
    if (rc == TP_CANVAS_FINE && !tp_png_encode(pixels, width, height, bytes, length))
        rc = TP_CANVAS_NO_MEMORY;
    free(pixels);
    return rc;
}

enum tp_canvas_exit tp_canvas_draw(const struct tp_picture *picture, const struct tp_medium *medium,
                                   double scale, bool outline, int message_fd, char **bytes,
                                   size_t *length)
{
    static enum tp_canvas_exit (*const make[])(struct tp_brush * brush, char **bytes,
                                               size_t *length) = {[TP_MAKER_PIXELS] = draw_pixels,
                                                                  [TP_MAKER_DRIVER] =
                                                                      draw_by_driver,
                                                                  [TP_MAKER_PDF] = draw_pdf,
                                                                  [TP_MAKER_EPS] = draw_eps};
    struct tp_brush brush = {
        .picture = picture, .medium = medium, .scale = scale, .outline = outline, .bold = -1};
    const char *const *device = medium->devices;
    enum tp_canvas_exit rc;

    handler_fd = message_fd;
    plsexit(on_exit_wanted);
    plsabort(on_abort);
    while (*device && !has_device(*device))
        device++;
    if (!*device)
        return TP_CANVAS_NO_DEVICE;
    brush.device = *device;
    if (picture->font && !tp_font_is_installed(picture->font))
        return TP_CANVAS_NO_FONT;
    brush.is_svg = strcmp(*device, "svg") == 0;
    rc = make[medium->maker](&brush, bytes, length);
    return aborted ? TP_CANVAS_FAILED : rc;
}
