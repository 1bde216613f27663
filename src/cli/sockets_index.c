/* sockets_index.c: the sockets of a round, found by their cookies. */
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "cli/sockets.h"

static size_t first_slot(const struct sockets_round *round, uint64_t cookie)
{
    return cookie * UINT64_C(0x9e3779b97f4a7c15) >> 20 & (round->slot_count - 1);
}

/* Where that cookie is, or would be. */
static struct sockets_slot *slot_of(const struct sockets_round *round, uint64_t cookie)
{
    size_t at = first_slot(round, cookie);

    while (round->slots[at].place && round->slots[at].cookie != cookie)
        at = (at + 1) & (round->slot_count - 1);
    return &round->slots[at];
}

int sockets_index(struct sockets_round *round, struct tp_error *error)
{
    size_t slots = 64;

    if (round->slot_count)
        return TP_OK;
    while (slots < round->count * 2)
        slots *= 2;
    if (!TP_LIST_FIT(round->slots, slots, round->slots_allocated))
        return tp_error_nomem(error);
    memset(round->slots, 0, slots * sizeof *round->slots);
    round->slot_count = slots;
    for (size_t i = 0; i < round->count; i++)
        *slot_of(round, round->list[i].cookie) =
            (struct sockets_slot){round->list[i].cookie, i + 1};
    return TP_OK;
}

int sockets_put(struct sockets_round *round, const struct tp_sock *socket, struct tp_error *error)
{
    if (!TP_LIST_ROOM(round->list, round->count, round->allocated, 64))
        return tp_error_nomem(error);
    round->list[round->count++] = *socket;
    if (round->slot_count < 2 * round->count) {
        round->slot_count = 0;
        return sockets_index(round, error);
    }
    *slot_of(round, socket->cookie) = (struct sockets_slot){socket->cookie, round->count};
    return TP_OK;
}

const struct tp_sock *sockets_find(const struct sockets_round *round, uint64_t cookie)
{
    size_t place = round && round->slot_count ? slot_of(round, cookie)->place : 0;

    return place ? &round->list[place - 1] : NULL;
}

void sockets_release(struct sockets_round *round)
{
    free(round->list);
    free(round->slots);
    memset(round, 0, sizeof *round);
}
