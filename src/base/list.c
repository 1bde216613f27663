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

bool tp_list_reach(void *list, size_t *count, size_t index, size_t element_bytes)
{
    size_t enough = index * 2 + 64;
    char *bytes;

    if (index < *count)
        return true;
    if (!tp_list_resize(list, enough, 1, element_bytes))
        return false;
    memcpy(&bytes, list, sizeof bytes);
    memset(bytes + *count * element_bytes, 0, (enough - *count) * element_bytes);
    *count = enough;
    return true;
}
