/* font.c: asks fontconfig, as who draws the letters does: it takes any other font for one that is
 * missing, and says nothing. */
#include <fontconfig/fontconfig.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "plot/font.h"
#include "plot/svg_text.h"

/* Adds the families of a list with commas between them. */
static bool add_families(FcPattern *pattern, const char *list)
{
    char family[64];
    size_t length;

    for (;; list += length + 1) {
        length = strcspn(list, ",");
        snprintf(family, sizeof family, "%.*s", (int)length, list);
        if (!FcPatternAddString(pattern, FC_FAMILY, (const FcChar8 *)family))
            return false;
        if (!list[length])
            return true;
    }
}

/* What would be taken for the family, with the usual ones behind it (NULL: for these alone);
 * FcPatternDestroy() it. NULL if there is nothing at all. */
static FcPattern *taken_for(const char *family)
{
    FcPattern *wanted = FcPatternCreate(), *found = NULL;
    FcResult result;

    if (!wanted)
        return NULL;
    if ((!family || FcPatternAddString(wanted, FC_FAMILY, (const FcChar8 *)family)) &&
        add_families(wanted, TP_FONT_FAMILIES)) {
        FcConfigSubstitute(NULL, wanted, FcMatchPattern);
        FcDefaultSubstitute(wanted);
        found = FcFontMatch(NULL, wanted, &result);
    }
    FcPatternDestroy(wanted);
    return found;
}

static const char *text_of(const FcPattern *font, const char *object)
{
    FcChar8 *text = NULL;

    return FcPatternGetString(font, object, 0, &text) == FcResultMatch ? (const char *)text : "";
}

bool tp_font_is_installed(const char *family)
{
    FcPattern *font = taken_for(family), *other = taken_for(NULL);
    bool is = font && (strcasecmp(text_of(font, FC_FAMILY), family) == 0 ||
                       (other && strcmp(text_of(font, FC_FILE), text_of(other, FC_FILE)) != 0));

    if (font)
        FcPatternDestroy(font);
    if (other)
        FcPatternDestroy(other);
    return is;
}
