#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/name_index.h"

#define FIRST 64

/* FNV-1a, its halves together: the lowest bits are those that are used. */
static size_t hash(const char *name)
{
    uint64_t value = UINT64_C(0xcbf29ce484222325);

    for (; *name; name++)
        value = (value ^ (uint8_t)*name) * UINT64_C(0x100000001b3);
    return (size_t)(value ^ value >> 32);
}

static uint32_t *place_of(const struct tp_name_index *index, const char *name,
                          const struct tp_names *names)
{
    size_t at = hash(name) & (index->allocated - 1);

    while (index->places[at] && strcmp(names->at(names->list, index->places[at] - 1), name) != 0)
        at = (at + 1) & (index->allocated - 1);
    return &index->places[at];
}

static bool grow(struct tp_name_index *index, const struct tp_names *names)
{
    size_t allocated = index->allocated ? index->allocated * 2 : FIRST;
    uint32_t *places = calloc(allocated, sizeof *places);

    if (!places)
        return false;
    free(index->places);
    index->places = places;
    index->allocated = allocated;
    for (size_t i = 0; i < names->count; i++)
        *place_of(index, names->at(names->list, i), names) = (uint32_t)i + 1;
    return true;
}

uint32_t *tp_name_index_place(struct tp_name_index *index, const char *name,
                              const struct tp_names *names)
{
    if (names->count * 2 >= index->allocated && !grow(index, names))
        return NULL;
    return place_of(index, name, names);
}

void tp_name_index_release(struct tp_name_index *index)
{
    free(index->places);
    *index = (struct tp_name_index){0};
}
