/* pcapng.h: a capture file of blocks (draft-ietf-opsawg-pcapng).
 *
 * A block has its type, its length, what it says, and its length again. Sections begin with a
 * header block that tells the byte order of what follows, and have interfaces of their own. Blocks
 * that are not about packets are passed over, whatever their size.
 *
 * Here is what cutter and parser must understand alike.
 */
#ifndef TCPPROBE_INPUT_PCAPNG_H
#define TCPPROBE_INPUT_PCAPNG_H

#include "input/frames.h"

#define BYTE_ORDER_MAGIC UINT32_C(0x1a2b3c4d)
#define BLOCK_LEAST      12 /* type, length, length */

enum {
    TYPE_SECTION = 0x0a0d0d0a,
    TYPE_INTERFACE = 1,
    TYPE_PACKET = 2, /* obsolete */
    TYPE_SIMPLE_PACKET = 3,
    TYPE_STATISTICS = 5,
    TYPE_ENHANCED_PACKET = 6
};

struct pcapng_cutter {
    struct capture_cutter base;
    bool begun;
    const char *timed; /* the last packet block with a time, among those just taken */
    uint64_t to_pass;  /* bytes of a block that is too large to be held and of no use */
};

int pcapng_cut(void *cutter, struct cut *cut); /* for struct format */

/* `at` is a whole block. */

static inline bool is_packet(uint32_t type)
{
    return type == TYPE_ENHANCED_PACKET || type == TYPE_PACKET || type == TYPE_SIMPLE_PACKET;
}

/* A section is beginning: its interfaces are those that come now. */
static inline void enter_section(struct block_place *place, const char *at)
{
    place->swapped = get32(at + 8, false) != BYTE_ORDER_MAGIC;
    place->section += place->interfaces;
    place->interfaces = 0;
}

/* NULL if no such interface was declared in this section. */
static inline const struct interface *find_interface(const struct interfaces *interfaces,
                                                     const struct block_place *place,
                                                     uint32_t number)
{
    return number < place->interfaces ? interfaces_get(interfaces, place->section + number) : NULL;
}

static inline bool has_time(uint32_t type)
{
    return type != TYPE_SIMPLE_PACKET;
}

/* A packet block without its variable part; shorter ones are malformed. */
static inline uint32_t least_length(uint32_t type)
{
    return type == TYPE_SIMPLE_PACKET ? 16 : 32;
}

static inline uint32_t interface_number(const struct block_place *place, uint32_t type,
                                        const char *at)
{
    if (type == TYPE_SIMPLE_PACKET)
        return 0;
    return type == TYPE_PACKET ? get16(at + 8, place->swapped) : get32(at + 8, place->swapped);
}

/* The time of a packet block that has one; also becomes the time of those behind that have none. */
static inline void read_time(const struct interfaces *interfaces, struct block_place *place,
                             const char *at)
{
    uint32_t type = get32(at, place->swapped);
    const struct interface *interface =
        find_interface(interfaces, place, interface_number(place, type, at));
    uint64_t ticks =
        (uint64_t)get32(at + 12, place->swapped) << 32 | get32(at + 16, place->swapped);

    place->has_time = interface && interface_time(interface, ticks, &place->ts_ns);
}

#endif
