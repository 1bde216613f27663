/* svg_text.c: see svg_text.h. */
#include <string.h>

#include "base/xml.h"
#include "plot/svg_text.h"

static void put(FILE *out, const char *text)
{
    const char *end = text + strlen(text);
    char escaped[256];

    while (text < end)
        fwrite(escaped, 1, xml_text(&text, end, escaped, sizeof escaped), out);
}

/* What follows another caption moves with it, whatever font the viewer has: it is part of the same
 * text. */
static void put_caption(FILE *out, const struct tp_caption *caption)
{
    static const char *const anchors[] = {
        [TP_ANCHOR_LEFT] = "start", [TP_ANCHOR_CENTER] = "middle", [TP_ANCHOR_RIGHT] = "end"};

    if (caption->follows)
        fprintf(out, "<tspan dx=\"%.2f\"", caption->x_px);
    else
        fprintf(out, "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"%s\"", caption->x_px, caption->y_px,
                anchors[caption->anchor]);
    if (caption->turned)
        fprintf(out, " transform=\"rotate(-90 %.2f %.2f)\"", caption->x_px, caption->y_px);
    fprintf(out, " font-size=\"%g\" font-weight=\"%s\" fill=\"#%06x\">", caption->size_px,
            caption->bold ? "bold" : "normal", caption->rgb & 0xffffff);
    put(out, caption->text);
    if (caption->follows)
        fputs("</tspan>", out);
}

void tp_svg_text(FILE *out, const struct tp_picture *picture, double scale)
{
    const char *font = picture->font;
    size_t i;

    fprintf(out, "<g transform=\"scale(%g)\" font-family=\"%s%s" TP_FONT_FAMILIES "\">\n", scale,
            font ? font : "", font ? "," : "");
    for (i = 0; i < picture->caption_count; i++) {
        put_caption(out, &picture->captions[i]);
        if (i + 1 == picture->caption_count || !picture->captions[i + 1].follows)
            fputs("</text>\n", out);
    }
    fputs("</g>\n", out);
}
