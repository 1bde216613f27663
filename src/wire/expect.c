/* expect.c: connections of which a packet comes soon, fetched into the cache side by side. */
#include "base/prefetch.h"
#include "wire/direction.h"

/* The ends of the ring: what was sent first is acknowledged first, what is sent now goes behind the
 * last. */
static void fetch_ring(const struct flight *flight)
{
    prefetch(&flight->ring[flight->head & flight->mask], sizeof *flight->ring);
    prefetch(&flight->ring[(flight->head + flight->count) & flight->mask], sizeof *flight->ring);
}

void tp_connections_expect(const struct tp_connection *const *connections, size_t count)
{
    const struct direction *dir;
    size_t i;
    unsigned end;

    for (i = 0; i < count; i++)
        prefetch(connections[i], sizeof *connections[i]);
    for (i = 0; i < count; i++)
        for (end = 0; connections[i] && end < 2; end++)
            prefetch(connections[i]->dir[end], sizeof *dir);
    for (i = 0; i < count; i++)
        for (end = 0; connections[i] && end < 2; end++)
            if ((dir = connections[i]->dir[end]) != NULL && dir->flight)
                prefetch(dir->flight, sizeof *dir->flight);
    for (i = 0; i < count; i++)
        for (end = 0; connections[i] && end < 2; end++)
            if ((dir = connections[i]->dir[end]) != NULL && dir->flight)
                fetch_ring(dir->flight);
}

void tp_wires_expect(const struct tp_wires *wires, const struct tp_record *packet)
{
    copies_expect(&wires->copies, packet);
}
