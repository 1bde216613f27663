/* flight.c: a binary heap. Reordered packets are due later than ones that came after them, so the
 * order of arrival is not enough. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "flight.h"

struct packet *packet_new(const uint8_t *data, size_t bytes)
{
    struct packet *packet = malloc(sizeof *packet + bytes);

    if (!packet)
        return NULL;
    packet->due_ns = 0;
    packet->number = 0;
    packet->bytes = bytes;
    memcpy(packet->data, data, bytes);
    return packet;
}

static bool is_before(const struct packet *a, const struct packet *b)
{
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->number < b->number;
}

static int make_room(struct flight *flight)
{
    size_t capacity = flight->capacity ? 2 * flight->capacity : 64;
    struct packet **heap;

    if (flight->count < flight->capacity)
        return 0;
    heap = realloc(flight->heap, capacity * sizeof *heap);
    if (!heap)
        return -1;
    flight->heap = heap;
    flight->capacity = capacity;
    return 0;
}

int flight_add(struct flight *flight, struct packet *packet)
{
    size_t at = flight->count, parent;

    if (make_room(flight) < 0)
        return -1;
    flight->count++;
    for (; at > 0; at = parent) {
        parent = (at - 1) / 2;
        if (!is_before(packet, flight->heap[parent]))
            break;
        flight->heap[at] = flight->heap[parent];
    }
    flight->heap[at] = packet;
    return 0;
}

int64_t flight_due_ns(const struct flight *flight)
{
    return flight->count ? flight->heap[0]->due_ns : INT64_MAX;
}

struct packet *flight_take(struct flight *flight, int64_t now_ns)
{
    struct packet *first, *last;
    size_t at = 0, child;

    if (flight_due_ns(flight) > now_ns || !flight->count)
        return NULL;
    first = flight->heap[0];
    last = flight->heap[--flight->count];
    for (; (child = 2 * at + 1) < flight->count; at = child) {
        if (child + 1 < flight->count && is_before(flight->heap[child + 1], flight->heap[child]))
            child++;
        if (!is_before(flight->heap[child], last))
            break;
        flight->heap[at] = flight->heap[child];
    }
    flight->heap[at] = last;
    return first;
}

void flight_release(struct flight *flight)
{
    for (size_t i = 0; i < flight->count; i++)
        free(flight->heap[i]);
    free(flight->heap);
    *flight = (struct flight){0};
}
