/* flight.c: a ring of segments out of a shared pool. */
#include <stdlib.h>

#include "wire/flight.h"

static size_t bytes_of(unsigned order)
{
    return sizeof(struct flight) + ((size_t)4 << order) * sizeof(struct segment);
}

size_t flight_bytes(const struct flight *flight)
{
    return flight ? bytes_of(flight->order) : 0;
}

static struct flight *make(const struct flight_pool *pool, unsigned order)
{
    size_t bytes = bytes_of(order);

    return bytes <= TP_ARENA_MOST ? tp_arena_take(pool->arena, bytes) : malloc(bytes);
}

static void drop(const struct flight_pool *pool, struct flight *flight)
{
    if (bytes_of(flight->order) <= TP_ARENA_MOST)
        tp_arena_give(pool->arena, flight, bytes_of(flight->order));
    else
        free(flight);
}

void flight_pool_free(struct flight_pool *pool)
{
    struct flight *flight;
    unsigned order;

    for (order = 0; order < FLIGHT_ORDERS; order++)
        while ((flight = pool->spare[order]) != NULL) {
            pool->spare[order] = flight->older;
            drop(pool, flight);
        }
}

/* --- the order of use ------------------------------------------------------------------------ */

static void unlink_flight(struct flight_pool *pool, struct flight *flight)
{
    *(flight->newer ? &flight->newer->older : &pool->newest) = flight->older;
    *(flight->older ? &flight->older->newer : &pool->oldest) = flight->newer;
}

static void link_newest(struct flight_pool *pool, struct flight *flight)
{
    flight->newer = NULL;
    flight->older = pool->newest;
    *(pool->newest ? &pool->newest->newer : &pool->oldest) = flight;
    pool->newest = flight;
}

static void touch(struct flight_pool *pool, struct flight *flight)
{
    if (flight == pool->newest)
        return;
    unlink_flight(pool, flight);
    link_newest(pool, flight);
}

/* --- the pool -------------------------------------------------------------------------------- */

/* Frees what is spare, largest first, until there is room. */
static bool make_room(struct flight_pool *pool, size_t bytes)
{
    struct flight *flight;
    unsigned order = FLIGHT_ORDERS;

    while (pool->bytes + bytes > pool->budget && order-- > 0)
        while ((flight = pool->spare[order]) != NULL && pool->bytes + bytes > pool->budget) {
            pool->spare[order] = flight->older;
            pool->bytes -= bytes_of(order);
            drop(pool, flight);
        }
    return pool->bytes + bytes <= pool->budget;
}

#define TRIES 8 /* of the oldest, for one that may be taken */

/* Takes rings of at most that order from those who sent nothing for longest, until there is room.
 * Their connections go on as after a gap: with what they send next. */
static bool rob(struct flight_pool *pool, unsigned order, struct flight **owner)
{
    struct flight *flight = pool->oldest, *newer;
    unsigned tries;

    for (tries = 0; flight && tries < TRIES; tries++, flight = newer) {
        newer = flight->newer;
        if (flight->order > order || flight->owner == owner)
            continue;
        unlink_flight(pool, flight);
        *flight->owner = NULL;
        pool->bytes -= bytes_of(flight->order);
        drop(pool, flight);
        if (pool->bytes + bytes_of(order) <= pool->budget)
            return true;
        tries = 0;
    }
    return false;
}

static struct flight *take(struct flight_pool *pool, unsigned order, struct flight **owner)
{
    struct flight *flight;

    if (order >= FLIGHT_ORDERS)
        return NULL;
    flight = pool->spare[order];
    if (flight) {
        pool->spare[order] = flight->older;
    } else {
        if (!make_room(pool, bytes_of(order)) && !rob(pool, order, owner))
            return NULL;
        flight = make(pool, order);
        if (!flight)
            return NULL;
        pool->bytes += bytes_of(order);
        flight->order = (uint8_t)order;
        flight->mask = ((uint32_t)4 << order) - 1;
    }
    flight->head = flight->count = 0;
    flight->owner = owner;
    link_newest(pool, flight);
    return flight;
}

static void give_back(struct flight_pool *pool, struct flight **flight)
{
    unlink_flight(pool, *flight);
    (*flight)->owner = NULL;
    (*flight)->older = pool->spare[(*flight)->order];
    pool->spare[(*flight)->order] = *flight;
    *flight = NULL;
}

void flight_pop(struct flight_pool *pool, struct flight **flight, uint32_t n)
{
    struct flight *from = *flight;

    if (n == 0)
        return;
    from->head += n;
    from->count -= n;
    if (from->count == 0)
        give_back(pool, flight);
}

uint32_t flight_find(struct flight *flight, uint64_t seq)
{
    uint32_t low = 0, high = flight_count(flight), middle;

    while (low < high) {
        middle = low + (high - low) / 2;
        if (flight_at(flight, middle)->end > seq)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* --- making room ---------------------------------------------------------------------------- */

static bool alike(const struct segment *a, const struct segment *b)
{
    return a->end == b->start &&
           ((a->flags ^ b->flags) & (SEGMENT_SACKED | SEGMENT_LOST | SEGMENT_RESENT)) == 0;
}

static void join_into(struct segment *into, const struct segment *next)
{
    uint64_t start = into->start;
    uint8_t copies = into->copies > next->copies ? into->copies : next->copies;
    uint8_t flags = into->flags;

    *into = *next;
    into->start = start;
    into->copies = copies;
    into->flags |= (uint8_t)(flags | SEGMENT_JOINED);
}

/* Joins pairs of neighbours of the same fate; returns how many segments that saved. */
static uint32_t join(struct flight *flight)
{
    uint32_t i, last = 0, count = flight->count;
    bool fresh = true; /* the last one is no pair yet */

    for (i = 1; i < count; i++) {
        struct segment *into = flight_at(flight, last), *next = flight_at(flight, i);

        if (fresh && alike(into, next)) {
            join_into(into, next);
            fresh = false;
        } else {
            *flight_at(flight, ++last) = *next;
            fresh = true;
        }
    }
    flight->count = last + 1;
    return count - flight->count;
}

/* Where joining is not enough, the lowest are no longer followed. */
static uint32_t save(struct flight *flight)
{
    uint32_t quarter = flight->count / 4, saved = join(flight);

    if (saved < quarter || saved == 0) {
        quarter = quarter ? quarter : 1;
        flight->head += quarter;
        flight->count -= quarter;
        saved += quarter;
    }
    return saved;
}

/* Room for one more, in a larger ring or by joining. */
static bool grow(struct flight_pool *pool, struct flight **flight, uint32_t *joined)
{
    struct flight *old = *flight, *larger = take(pool, old ? old->order + 1U : 0, flight);
    uint32_t i;

    if (!larger) {
        *joined += old ? save(old) : 1;
        return old != NULL;
    }
    if (old) {
        for (i = 0; i < old->count; i++)
            larger->ring[i] = *flight_at(old, i);
        larger->count = old->count;
        give_back(pool, flight);
    }
    *flight = larger;
    return true;
}

static void open_gap(struct flight *flight, uint32_t i)
{
    uint32_t k;

    if (i < flight->count / 2) {
        flight->head--;
        for (k = 0; k < i; k++)
            *flight_at(flight, k) = *flight_at(flight, k + 1);
    } else {
        for (k = flight->count; k > i; k--)
            *flight_at(flight, k) = *flight_at(flight, k - 1);
    }
    flight->count++;
}

bool flight_insert(struct flight_pool *pool, struct flight **flight, uint32_t i,
                   const struct segment *segment, uint32_t *joined)
{
    uint32_t before = *joined;

    if (!*flight || (*flight)->count > (*flight)->mask) {
        if (!grow(pool, flight, joined))
            return false;
        if (*joined != before)
            i = flight_find(*flight, segment->start);
    }
    touch(pool, *flight);
    open_gap(*flight, i);
    *flight_at(*flight, i) = *segment;
    return true;
}

bool flight_split(struct flight_pool *pool, struct flight **flight, uint32_t i, uint64_t seq,
                  uint32_t *joined)
{
    struct segment upper = *flight_at(*flight, i);
    uint32_t before = *joined;

    upper.start = seq;
    flight_at(*flight, i)->end = seq;
    flight_insert(pool, flight, i + 1, &upper, joined);
    return *joined == before;
}
