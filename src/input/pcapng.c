/* pcapng.c: packet blocks to records. */
#include "input/pcapng.h"

static bool begins(const char *bytes, size_t length)
{
    return length >= 4 && get32(bytes, false) == TYPE_SECTION;
}

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
    .cut = pcapng_cut,
    .cutter_release = capture_release,
    .look = capture_look,
    .finish = capture_finish,
    .parser_size = sizeof(struct capture_parser),
    .parser_init = capture_parser_init,
    .parse = parse,
};
