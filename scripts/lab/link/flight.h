/* flight.h: packets on their way, taken out in the order in which they are due. */
#ifndef LAB_FLIGHT_H
#define LAB_FLIGHT_H

#include <stddef.h>
#include <stdint.h>

struct packet {
    int64_t due_ns;
    uint64_t number; /* in the order of arrival; decides between packets due at the same time */
    size_t bytes;
    uint8_t data[];
};

struct flight {
    struct packet **heap;
    size_t count, capacity;
};

/* A copy of the data; NULL without memory. To be freed with free(). */
struct packet *packet_new(const uint8_t *data, size_t bytes);

/* Takes the packet over, or returns -1 without memory and leaves it to the caller. */
int flight_add(struct flight *flight, struct packet *packet);

/* When the next packet is due; INT64_MAX if there is none. */
int64_t flight_due_ns(const struct flight *flight);

/* The next packet, the caller's from now on; NULL if none is due at now_ns. */
struct packet *flight_take(struct flight *flight, int64_t now_ns);

/* Frees the packets too. */
void flight_release(struct flight *flight);

#endif
