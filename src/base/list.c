/* list.c: lists that grow. */
#include <stdlib.h>
#include <string.h>

#include "base/list.h"

bool tp_list_resize(void *list, size_t count, size_t needed, size_t element_bytes)
{
    void *before, *grown;
    size_t bytes;

    if (count < needed || count == 0 || __builtin_mul_overflow(count, element_bytes, &bytes))
        return false;
    memcpy(&before, list, sizeof before);
    grown = realloc(before, bytes);
    if (!grown)
        return false;
    memcpy(list, &grown, sizeof grown);
    return true;
}
