/* cookies.c: a hash table with linear probing. */
#include <stdlib.h>
#include <string.h>

#include "host/cookies.h"

#define SLOTS_FIRST 1024

static size_t home_of(const struct cookies *cookies, uint64_t cookie)
{
    return cookie * UINT64_C(0x9e3779b97f4a7c15) >> 20 & (cookies->size - 1);
}

/* Of that cookie, or the empty one where it belongs. */
static struct cookie_slot *slot_of(const struct cookies *cookies, uint64_t cookie)
{
    size_t at = home_of(cookies, cookie);

    while (cookies->slots[at].cookie && cookies->slots[at].cookie != cookie)
        at = (at + 1) & (cookies->size - 1);
    return &cookies->slots[at];
}

static bool grow(struct cookies *cookies)
{
    struct cookies larger = {.size = cookies->size ? cookies->size * 2 : SLOTS_FIRST,
                             .count = cookies->count};

    larger.slots = calloc(larger.size, sizeof *larger.slots);
    if (!larger.slots)
        return false;
    for (size_t i = 0; i < cookies->size; i++)
        if (cookies->slots[i].cookie)
            *slot_of(&larger, cookies->slots[i].cookie) = cookies->slots[i];
    free(cookies->slots);
    *cookies = larger;
    return true;
}

size_t *cookies_find(const struct cookies *cookies, uint64_t cookie)
{
    struct cookie_slot *slot = cookies->size ? slot_of(cookies, cookie) : NULL;

    return slot && slot->cookie ? &slot->number : NULL;
}

size_t *cookies_add(struct cookies *cookies, uint64_t cookie, bool *first)
{
    struct cookie_slot *slot;

    if (cookies->count * 2 >= cookies->size && !grow(cookies))
        return NULL;
    slot = slot_of(cookies, cookie);
    *first = !slot->cookie;
    cookies->count += *first;
    slot->cookie = cookie;
    return &slot->number;
}

/* What stands behind it, and would no longer be found, moves up. */
void cookies_remove(struct cookies *cookies, uint64_t cookie)
{
    size_t mask = cookies->size - 1, hole, at, home;

    if (!cookies_find(cookies, cookie))
        return;
    hole = (size_t)(slot_of(cookies, cookie) - cookies->slots);
    cookies->count--;
    for (at = (hole + 1) & mask; cookies->slots[at].cookie; at = (at + 1) & mask) {
        home = home_of(cookies, cookies->slots[at].cookie);
        if (((at - home) & mask) < ((at - hole) & mask))
            continue;
        cookies->slots[hole] = cookies->slots[at];
        hole = at;
    }
    memset(&cookies->slots[hole], 0, sizeof cookies->slots[hole]);
}

void cookies_clear(struct cookies *cookies)
{
    if (cookies->size > SLOTS_FIRST && cookies->count < cookies->size / 16)
        cookies_release(cookies);
    if (cookies->size)
        memset(cookies->slots, 0, cookies->size * sizeof *cookies->slots);
    cookies->count = 0;
}

void cookies_release(struct cookies *cookies)
{
    free(cookies->slots);
    memset(cookies, 0, sizeof *cookies);
}
