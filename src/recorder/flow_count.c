/* flow_count.c: a set of hashes. Two connections with the same one count once: with 10 000 of them
 * that is one time in a hundred. */
#include <stdlib.h>

#include "recorder/flow_count.h"

#define PLACES_FIRST 256

/* Where hash is, or the free place where it belongs. */
static uint32_t *find(uint32_t *hashes, size_t places, uint32_t hash)
{
    size_t i = hash & (places - 1);

    while (hashes[i] && hashes[i] != hash)
        i = (i + 1) & (places - 1);
    return &hashes[i];
}

static void grow(struct flow_count *flows)
{
    size_t places = flows->places ? 2 * flows->places : PLACES_FIRST;
    uint32_t *hashes = calloc(places, sizeof *hashes);

    if (!hashes)
        return;
    for (size_t i = 0; i < flows->places; i++)
        if (flows->hashes[i])
            *find(hashes, places, flows->hashes[i]) = flows->hashes[i];
    free(flows->hashes);
    flows->hashes = hashes;
    flows->places = places;
}

void flow_count_add(struct flow_count *flows, uint32_t hash)
{
    uint32_t *place;

    hash += hash == 0;
    if (2 * flows->count >= flows->places && flows->count < FLOW_COUNT_MAX)
        grow(flows);
    if (2 * flows->count >= flows->places)
        return;
    place = find(flows->hashes, flows->places, hash);
    flows->count += *place == 0;
    *place = hash;
}

void flow_count_release(struct flow_count *flows)
{
    free(flows->hashes);
    *flows = (struct flow_count){0};
}
