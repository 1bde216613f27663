/* json_text.c: any text as JSON. */
#include <stdlib.h>

#include "base/utf8.h"
#include "compare/json_text.h"

json_t *json_text(const char *text)
{
    char *clean;
    json_t *json;

    if (!text)
        return json_null();
    clean = tp_utf8_escaped(text);
    json = clean ? json_string(clean) : NULL;
    free(clean);
    return json;
}
