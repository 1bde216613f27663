/* medium.c: table of formats. */
#include <string.h>
#include <strings.h>

#include "plot/medium.h"

#define BYTES(text) text, sizeof text - 1

#define PAPER_PNG (600.0 / 96)

static const struct tp_medium media[] = {
    {"png",
     TP_MAKER_PIXELS,
     {"memcairo"},
     2,
     PAPER_PNG,
     true,
     false,
     BYTES("\x89PNG\r\n\x1a\n"),
     BYTES("IEND\xae\x42\x60\x82")},
    {"svg",
     TP_MAKER_DRIVER,
     {"svgcairo", "svg"},
     1,
     0,
     true,
     true,
     BYTES("<?xml"),
     BYTES("</svg>\n")},
    {"pdf",
     TP_MAKER_PDF,
     {"extcairo"},
     TP_CSS_PX_PT,
     0,
     true,
     false,
     BYTES("%PDF-"),
     BYTES("%%EOF\n")},
    /* cairo puts images in the place of what is translucent: PostScript has nothing like it */
    {"eps",
     TP_MAKER_EPS,
     {"extcairo"},
     TP_CSS_PX_PT,
     0,
     false,
     false,
     BYTES("%!PS-Adobe-3.0 EPSF"),
     BYTES("%%EOF\n")}};

static const struct tp_medium *find_name(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof media / sizeof *media; i++)
        if (strcasecmp(media[i].name, name) == 0)
            return &media[i];
    return NULL;
}

const struct tp_medium *tp_medium_find(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');

    if (name)
        return find_name(name);
    return dot ? find_name(dot + 1) : &media[0];
}
