/* interfaces.h: the interfaces of a capture, and how each tells time.
 *
 * The table only grows and nothing in it moves: who was told that there are n interfaces may look
 * at these while further ones are added.
 */
#ifndef TCPPROBE_INPUT_INTERFACES_H
#define TCPPROBE_INPUT_INTERFACES_H

#include <stdbool.h>
#include <stdint.h>

/* A tick is factor ns, or ns / divisor, or 2^-bits s. */
struct interface {
    uint32_t linktype; /* LINKTYPE_ number */
    uint32_t snaplen;  /* 0: unlimited or unknown */
    uint64_t factor;   /* 0: the one below is meant */
    uint64_t divisor;  /* from 10 on; 0: the one below is meant */
    unsigned bits;     /* 1 to 63 */
    bool timeless;     /* its resolution or offset makes no sense */
    int64_t offset_ns; /* is added */
    bool told_dropped;
    uint64_t dropped; /* packets, as the capture told last; changes: for the cutter only */
};

#define INTERFACE_CHUNKS 15 /* of 8, 16, 32, ... */
#define INTERFACES_MAX   (8 * ((1 << INTERFACE_CHUNKS) - 1))

struct interfaces {
    struct interface *chunks[INTERFACE_CHUNKS];
    uint32_t count;
};

/* Adds one that counts microseconds; NULL if out of memory or there are INTERFACES_MAX. */
struct interface *interfaces_add(struct interfaces *interfaces);
void interfaces_release(struct interfaces *interfaces);

static inline struct interface *interfaces_get(const struct interfaces *interfaces, uint32_t index)
{
    unsigned chunk = 28 - (unsigned)__builtin_clz(index + 8);

    return &interfaces->chunks[chunk][index + 8 - (UINT32_C(8) << chunk)];
}

/* if_tsresol of pcapng: 10^-n, or 2^-n with the highest bit set. */
void interface_set_resolution(struct interface *interface, uint8_t tsresol);
/* if_tsoffset of pcapng. */
void interface_set_offset(struct interface *interface, int64_t seconds);

/* A time in ticks as ns; false if that is no time or does not fit. */
bool interface_time(const struct interface *interface, uint64_t ticks, int64_t *ts_ns);

#endif
