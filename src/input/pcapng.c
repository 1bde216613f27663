/* pcapng.c: a capture file of blocks (draft-ietf-opsawg-pcapng).
 *
 * A block has its type, its length, what it says, and its length again. Sections begin with a
 * header block that tells the byte order of what follows, and have interfaces of their own. Blocks
 * that are not about packets are passed over, whatever their size.
 */
#include <stdio.h>

#include "input/capture.h"

#define BYTE_ORDER_MAGIC UINT32_C(0x1a2b3c4d)
#define BLOCK_LEAST      12            /* type, length, length */
#define BLOCK_MAX        (1024 * 1024) /* of those that are read: a packet with its options */

enum {
    TYPE_SECTION = 0x0a0d0d0a,
    TYPE_INTERFACE = 1,
    TYPE_PACKET = 2, /* obsolete */
    TYPE_SIMPLE_PACKET = 3,
    TYPE_STATISTICS = 5,
    TYPE_ENHANCED_PACKET = 6
};

enum {
    OPTION_END = 0,
    OPTION_IFDROP = 5,
    OPTION_OSDROP = 7,
    OPTION_TSRESOL = 9,
    OPTION_TSOFFSET = 14
};

struct pcapng_cutter {
    struct capture_cutter base;
    const char *timed; /* the last packet block with a time, among those just taken */
    uint64_t to_pass;  /* bytes of a block that is too large to be held and of no use */
};

static bool begins(const char *bytes, size_t length)
{
    return length >= BLOCK_LEAST && get32(bytes, false) == TYPE_SECTION &&
           (get32(bytes + 8, false) == BYTE_ORDER_MAGIC ||
            get32(bytes + 8, true) == BYTE_ORDER_MAGIC);
}

/* --- blocks ---------------------------------------------------------------------------------- */

/* What cutter and parser must understand alike. at: a whole block of `length` bytes. */

static bool is_packet(uint32_t type)
{
    return type == TYPE_ENHANCED_PACKET || type == TYPE_PACKET || type == TYPE_SIMPLE_PACKET;
}

/* Those that must be had as a whole: their second length is looked at too. */
static bool is_read(uint32_t type)
{
    return is_packet(type) || type == TYPE_INTERFACE || type == TYPE_SECTION;
}

/* A section is beginning: its interfaces are those that come now. */
static void enter_section(struct block_place *place, const char *at)
{
    place->swapped = get32(at + 8, false) != BYTE_ORDER_MAGIC;
    place->section += place->interfaces;
    place->interfaces = 0;
}

/* NULL if no such interface was declared in this section. */
static const struct interface *find_interface(const struct interfaces *interfaces,
                                              const struct block_place *place, uint32_t number)
{
    return number < place->interfaces ? interfaces_get(interfaces, place->section + number) : NULL;
}

static bool has_time(uint32_t type)
{
    return type != TYPE_SIMPLE_PACKET;
}

/* A packet block without its variable part; shorter ones are malformed. */
static uint32_t least_length(uint32_t type)
{
    return type == TYPE_SIMPLE_PACKET ? 16 : 32;
}

static uint32_t interface_number(const struct block_place *place, uint32_t type, const char *at)
{
    if (type == TYPE_SIMPLE_PACKET)
        return 0;
    return type == TYPE_PACKET ? get16(at + 8, place->swapped) : get32(at + 8, place->swapped);
}

/* The time of a packet block that has one; also becomes the time of those behind that have none. */
static void read_time(const struct interfaces *interfaces, struct block_place *place,
                      const char *at)
{
    uint32_t type = get32(at, place->swapped);
    const struct interface *interface =
        find_interface(interfaces, place, interface_number(place, type, at));
    uint64_t ticks =
        (uint64_t)get32(at + 12, place->swapped) << 32 | get32(at + 16, place->swapped);

    place->has_time = interface && interface_time(interface, ticks, &place->ts_ns);
}

/* --- cutting -------------------------------------------------------------------------------- */

/* The options in [at, end): each of the wanted ones is handed to use(). */
static void read_options(const char *at, const char *end, bool swapped, struct interface *interface,
                         void (*use)(struct interface *interface, uint16_t code, const char *value,
                                     uint16_t length, bool swapped))
{
    uint16_t code, length;

    for (; end - at >= 4; at += (length + 3) & ~3) {
        code = get16(at, swapped);
        length = get16(at + 2, swapped);
        at += 4;
        if (code == OPTION_END || length > end - at || ((length + 3) & ~3) > end - at)
            return;
        use(interface, code, at, length, swapped);
    }
}

static void use_interface_option(struct interface *interface, uint16_t code, const char *value,
                                 uint16_t length, bool swapped)
{
    if (code == OPTION_TSRESOL && length == 1)
        interface_set_resolution(interface, (uint8_t)*value);
    else if (code == OPTION_TSOFFSET && length == 8)
        interface_set_offset(interface, (int64_t)get64(value, swapped));
}

static int take_interface(struct pcapng_cutter *cutter, struct cut *cut, const char *at,
                          uint32_t length)
{
    struct block_place *place = &cutter->base.place;
    struct interface *interface;

    if (length < 20) {
        capture_damaged(&cutter->base, cut, "an interface without a link type");
        return TP_OK;
    }
    if (cutter->base.interfaces.count == INTERFACES_MAX) {
        capture_damaged(&cutter->base, cut, "too many interfaces");
        return TP_OK;
    }
    interface = interfaces_add(&cutter->base.interfaces);
    if (!interface)
        return TP_ERR_NOMEM;
    interface->linktype = get16(at + 8, place->swapped);
    interface->snaplen = get32(at + 12, place->swapped);
    read_options(at + 16, at + length - 4, place->swapped, interface, use_interface_option);
    place->interfaces++;
    return TP_OK;
}

static void use_statistics_option(struct interface *interface, uint16_t code, const char *value,
                                  uint16_t length, bool swapped)
{
    if ((code != OPTION_IFDROP && code != OPTION_OSDROP) || length != 8)
        return;
    interface->told_dropped = true;
    if (__builtin_add_overflow(interface->dropped, get64(value, swapped), &interface->dropped))
        interface->dropped = UINT64_MAX;
}

/* They count from the beginning of the capture: the last ones hold. */
static void take_statistics(struct pcapng_cutter *cutter, const char *at, uint32_t length)
{
    struct block_place *place = &cutter->base.place;
    uint32_t number;

    if (length < 24)
        return;
    number = get32(at + 8, place->swapped);
    if (number < place->interfaces) {
        struct interface *interface =
            interfaces_get(&cutter->base.interfaces, place->section + number);

        interface->dropped = 0;
        read_options(at + 20, at + length - 4, place->swapped, interface, use_statistics_option);
    }
}

/* Only the last time before the end of a block is ever asked for. */
static void settle_time(struct pcapng_cutter *cutter)
{
    struct block_place *place = &cutter->base.place;

    if (cutter->timed)
        read_time(&cutter->base.interfaces, place, cutter->timed);
    cutter->timed = NULL;
}

static void take_packet(struct pcapng_cutter *cutter, const char *at, uint32_t type,
                        uint32_t length)
{
    struct block_place *place = &cutter->base.place;

    place->packets++;
    if (length < least_length(type))
        return;
    if (has_time(type))
        cutter->timed = at;
    else
        cutter->base.untimed++;
}

static int take_block(struct pcapng_cutter *cutter, struct cut *cut, const char *at, uint32_t type,
                      uint32_t length)
{
    if (is_packet(type)) {
        take_packet(cutter, at, type, length);
    } else if (type == TYPE_INTERFACE) {
        return take_interface(cutter, cut, at, length);
    } else if (type == TYPE_SECTION) {
        settle_time(cutter);
        enter_section(&cutter->base.place, at);
        if (get16(at + 12, cutter->base.place.swapped) != 1)
            capture_damaged(&cutter->base, cut, "a section of a version that is not known");
    } else if (type == TYPE_STATISTICS) {
        take_statistics(cutter, at, length);
    }
    return TP_OK;
}

/* What is wrong with the first bytes of a block; NULL if nothing is. */
static const char *find_fault(const char *at, uint32_t type, uint32_t length, bool swapped)
{
    if (length < BLOCK_LEAST || length % 4)
        return "a block length that cannot be";
    if (type == TYPE_SECTION && (length < 28 || get32(at + 8, swapped) != BYTE_ORDER_MAGIC))
        return "a section header that cannot be";
    if (is_read(type) && length > BLOCK_MAX)
        return "a block length that cannot be";
    return NULL;
}

/* A section header tells its own byte order. */
static bool is_swapped(const struct block_place *place, const char *at)
{
    if (get32(at, false) == TYPE_SECTION)
        return get32(at + 8, false) != BYTE_ORDER_MAGIC;
    return place->swapped;
}

/* Passes over what is left of a block that was too large. */
static void pass_block(struct pcapng_cutter *cutter, struct cut *cut)
{
    cut->pass = cutter->to_pass < cut->length ? (size_t)cutter->to_pass : cut->length;
    cutter->to_pass -= cut->pass;
    cutter->base.cut_off |= cutter->to_pass && cut->at_end;
}

/* The block does not end within what was read. */
static void cut_before(struct pcapng_cutter *cutter, struct cut *cut, uint32_t type,
                       uint32_t length)
{
    if (cut->take)
        return; /* it is looked at again at the beginning of the next block */
    if (is_read(type) || length <= cut->room) {
        cut->need = length;
    } else {
        cutter->to_pass = length;
        pass_block(cutter, cut);
    }
}

static int cut_blocks(void *opaque, struct cut *cut)
{
    struct pcapng_cutter *cutter = opaque;
    const char *at, *fault = NULL;
    uint32_t type, length;
    bool swapped;

    if (cutter->to_pass) {
        pass_block(cutter, cut);
        return TP_OK;
    }
    cut->place = cutter->base.place;
    for (; cut->length - cut->take >= BLOCK_LEAST; cut->take += length) {
        at = cut->bytes + cut->take;
        swapped = is_swapped(&cutter->base.place, at);
        type = get32(at, swapped);
        length = get32(at + 4, swapped);
        fault = find_fault(at, type, length, swapped);
        if (fault)
            break;
        if (length > cut->length - cut->take) {
            cut_before(cutter, cut, type, length);
            break;
        }
        if (is_read(type) && get32(at + length - 4, swapped) != length) {
            fault = "a block whose two lengths differ";
            break;
        }
        if (take_block(cutter, cut, at, type, length) < 0)
            return TP_ERR_NOMEM;
        if (cut->stop)
            break;
    }
    settle_time(cutter);
    if (fault)
        capture_damaged(&cutter->base, cut, fault);
    cutter->base.cut_off |= cut->at_end && !cut->stop && !cut->pass && cut->take < cut->length;
    return TP_OK;
}

/* --- parsing -------------------------------------------------------------------------------- */

/* The variable part of a simple packet block is known by its length and by its interface's. */
static void read_simple_packet(const struct interface *interface, const struct block_place *place,
                               const char *at, uint32_t length, struct packet_frame *frame)
{
    frame->wire_len = get32(at + 8, place->swapped);
    frame->captured = length - 16;
    if (frame->captured > frame->wire_len)
        frame->captured = frame->wire_len; /* the rest is padding */
    if (interface->snaplen && frame->captured > interface->snaplen)
        frame->captured = interface->snaplen;
    frame->bytes = (const uint8_t *)at + 12;
}

/* False if the packet is longer than its block. */
static bool read_packet(const struct block_place *place, const char *at, uint32_t length,
                        struct packet_frame *frame)
{
    frame->captured = get32(at + 20, place->swapped);
    frame->wire_len = get32(at + 24, place->swapped);
    frame->bytes = (const uint8_t *)at + 28;
    if (frame->wire_len < frame->captured)
        frame->wire_len = frame->captured;
    return frame->captured <= length - 32;
}

static int parse_packet(const struct capture_parser *parser, const struct block *block,
                        struct block_place *place, const char *at, uint32_t type, uint32_t length,
                        struct batch *batch)
{
    const struct pcapng_cutter *cutter = block->state;
    const struct interface *interface;
    struct packet_frame frame = {0};

    if (length < least_length(type)) {
        capture_add_malformed(batch, "a packet block that is too short");
        return TP_OK;
    }
    frame.iface = interface_number(place, type, at);
    interface = find_interface(&cutter->base.interfaces, place, frame.iface);
    if (has_time(type))
        read_time(&cutter->base.interfaces, place, at);
    if (!interface) {
        capture_add_malformed(batch, "a packet of an interface that was not declared");
        return TP_OK;
    }
    frame.linktype = interface->linktype;
    if (type == TYPE_SIMPLE_PACKET) {
        read_simple_packet(interface, place, at, length, &frame);
    } else if (!read_packet(place, at, length, &frame)) {
        capture_add_malformed(batch, "a packet that is longer than its block");
        return TP_OK;
    }
    frame.ts_ns = place->has_time ? place->ts_ns : 0;
    return capture_add(parser, block, &frame, place->has_time || type == TYPE_SIMPLE_PACKET, batch);
}

static int parse(void *parser, const struct block *block, struct batch *batch)
{
    struct block_place place = block->place;
    const char *at = block->bytes, *end = at + block->length;
    uint32_t type, length;

    batch_clear(batch);
    for (; at < end; at += length) {
        if (get32(at, false) == TYPE_SECTION)
            enter_section(&place, at);
        type = get32(at, place.swapped);
        length = get32(at + 4, place.swapped);
        place.interfaces += type == TYPE_INTERFACE;
        if (is_packet(type) && parse_packet(parser, block, &place, at, type, length, batch) < 0)
            return TP_ERR_NOMEM;
    }
    return TP_OK;
}

const struct format format_pcapng = {
    .name = "pcapng",
    .begins = begins,
    .cutter_size = sizeof(struct pcapng_cutter),
    .cut = cut_blocks,
    .cutter_release = capture_release,
    .look = capture_look,
    .finish = capture_finish,
    .parser_size = sizeof(struct capture_parser),
    .parser_init = capture_parser_init,
    .parse = parse,
};
