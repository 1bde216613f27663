/* surface.c: the only file that knows cairo. */
#include <cairo-pdf.h>
#include <cairo-ps.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plot/surface.h"

struct tp_surface {
    enum tp_paper paper;
    cairo_surface_t *surface;
    cairo_t *context;
    FILE *out; /* into the two below, which hold once it is closed */
    char *bytes;
    size_t length;
};

static cairo_status_t write_bytes(void *out, const unsigned char *bytes, unsigned length)
{
    return fwrite(bytes, 1, length, out) == length ? CAIRO_STATUS_SUCCESS
                                                   : CAIRO_STATUS_WRITE_ERROR;
}

static cairo_surface_t *make_pdf(double width_pt, double height_pt, FILE *out)
{
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(write_bytes, out, width_pt, height_pt);

    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, NULL);
    return surface;
}

static cairo_surface_t *make_eps(double width_pt, double height_pt, FILE *out)
{
    cairo_surface_t *surface =
        cairo_ps_surface_create_for_stream(write_bytes, out, width_pt, height_pt);

    cairo_ps_surface_set_eps(surface, 1);
    return surface;
}

/* A comment of the header that cairo does not leave out. */
static void drop_date(struct tp_surface *surface)
{
    static const char key[] = "%%CreationDate: ";
    char *line = memmem(surface->bytes, surface->length, key, sizeof key - 1), *next;
    size_t left;

    if (!line)
        return;
    left = surface->length - (size_t)(line - surface->bytes);
    next = memchr(line, '\n', left);
    if (!next)
        return;
    next++;
    memmove(line, next, left - (size_t)(next - line));
    surface->length -= (size_t)(next - line);
}

static void paint(cairo_t *context, uint32_t rgb)
{
    cairo_set_source_rgb(context, (rgb >> 16 & 0xff) / 255.0, (rgb >> 8 & 0xff) / 255.0,
                         (rgb & 0xff) / 255.0);
    cairo_paint(context);
}

struct tp_surface *tp_surface_open(enum tp_paper paper, const struct tp_picture *picture,
                                   double scale)
{
    static cairo_surface_t *(*const make[])(double width_pt, double height_pt, FILE *out) = {
        [TP_PAPER_PDF] = make_pdf, [TP_PAPER_EPS] = make_eps};
    struct tp_surface *surface = calloc(1, sizeof *surface);

    if (!surface)
        return NULL;
    surface->out = open_memstream(&surface->bytes, &surface->length);
    if (!surface->out) {
        free(surface);
        return NULL;
    }
    surface->paper = paper;
    surface->surface =
        make[paper](picture->width_px * scale, picture->height_px * scale, surface->out);
    surface->context = cairo_create(surface->surface);
    paint(surface->context, picture->background);
    cairo_scale(surface->context, scale, scale);
    return surface;
}

void *tp_surface_context(const struct tp_surface *surface)
{
    return surface->context;
}

bool tp_surface_close(struct tp_surface *surface, char **bytes, size_t *length)
{
    bool drawn = cairo_status(surface->context) == CAIRO_STATUS_SUCCESS;

    cairo_destroy(surface->context);
    cairo_surface_finish(surface->surface);
    drawn &= cairo_surface_status(surface->surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface->surface);
    drawn &= fclose(surface->out) == 0;
    if (drawn && surface->paper == TP_PAPER_EPS)
        drop_date(surface);
    if (drawn) {
        *bytes = surface->bytes;
        *length = surface->length;
    } else {
        free(surface->bytes);
    }
    free(surface);
    return drawn;
}
