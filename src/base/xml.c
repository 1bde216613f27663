/* xml.c: which characters an XML document does not hold as they are. */
#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"
#include "base/xml.h"

static const struct entity {
    char byte;
    const char *text;
} entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}};

static const char *entity_of(char byte)
{
    size_t i;

    for (i = 0; i < sizeof entities / sizeof *entities; i++)
        if (entities[i].byte == byte)
            return entities[i].text;
    return NULL;
}

static bool is_forbidden(const char *text, size_t length)
{
    return length == 0 || (unsigned char)*text < 0x20 ||
           (length == 3 &&
            (memcmp(text, "\xef\xbf\xbe", 3) == 0 || memcmp(text, "\xef\xbf\xbf", 3) == 0));
}

/* At most XML_MOST bytes of `to`: the character at the head of text. */
static size_t write_one(const char *text, size_t left, char *to, size_t *taken)
{
    size_t length = tp_utf8_character(text, left), written = 0;
    const char *entity = entity_of(*text);

    *taken = length ? length : 1;
    if (entity)
        return strlen(strcpy(to, entity));
    if (!is_forbidden(text, length)) {
        memcpy(to, text, length);
        return length;
    }
    for (size_t i = 0; i < *taken; i++, written += TP_UTF8_ESCAPE)
        tp_utf8_escape(to + written, text[i]);
    return written;
}

size_t xml_text(const char **text, const char *end, char *to, size_t size)
{
    char one[XML_MOST];
    size_t used = 0, taken, written;

    for (; *text < end; *text += taken) {
        written = write_one(*text, (size_t)(end - *text), one, &taken);
        if (written > size - used)
            break;
        memcpy(to + used, one, written);
        used += written;
    }
    return used;
}
