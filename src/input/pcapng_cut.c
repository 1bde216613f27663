/* pcapng_cut.c: from block to block: sections, interfaces and what they dropped; where to cut. */
#include "input/pcapng.h"

#define BLOCK_MAX (1024 * 1024) /* of those that are read: a packet with its options */

enum {
    OPTION_END = 0,
    OPTION_IFDROP = 5,
    OPTION_OSDROP = 7,
    OPTION_TSRESOL = 9,
    OPTION_TSOFFSET = 14
};

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

/* Those that must be had as a whole: their second length is looked at too. */
static bool is_read(uint32_t type)
{
    return is_packet(type) || type == TYPE_INTERFACE || type == TYPE_SECTION;
}

/* What is wrong with the first bytes of a block; NULL if nothing is. */
static const char *find_fault(const char *at, uint32_t type, uint32_t length, bool swapped)
{
    if (format_pcap.begins(at, BLOCK_LEAST))
        return "a pcap capture begins";
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

static void check_beginning(struct pcapng_cutter *cutter, struct cut *cut)
{
    cutter->begun = true;
    if (cut->length < BLOCK_LEAST)
        capture_refused(&cutter->base, cut, "is a pcapng file that ends within its header");
    else if (get32(cut->bytes + 8, is_swapped(&cutter->base.place, cut->bytes)) != BYTE_ORDER_MAGIC)
        capture_refused(&cutter->base, cut, "is a pcapng file whose byte order cannot be told");
}

int pcapng_cut(void *opaque, struct cut *cut)
{
    struct pcapng_cutter *cutter = opaque;
    const char *at, *fault = NULL;
    uint32_t type, length;
    bool swapped;

    if (!cutter->begun)
        check_beginning(cutter, cut);
    if (cut->stop)
        return TP_OK;
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
