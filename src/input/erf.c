/* erf.c: captures of Endace's cards ("Extensible Record Format"): records of 16 bytes and more, of
 * which the decoder knows the rest (packet_wrap.c). Nothing stands before the first one, so a file
 * is known by that its first records follow each other and make sense. */
#include "input/frames.h"

#define HEADER         16
#define LINKTYPE       197
#define RECORDS_LOOKED 8
#define INTERFACES     4 /* two bits of a record's flags */

enum { TIME_S = 4, TYPE = 8, FLAGS = 9, RECORD_LENGTH = 10, WIRE_LENGTH = 14 };
enum { TYPE_MASK = 0x7f, TYPE_LAST = 27, TYPE_PAD = 48 };

static uint16_t big16(const char *at)
{
    return get16(at, __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
}

static uint32_t little32(const char *at)
{
    return get32(at, __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__);
}

static bool is_type(const char *at)
{
    uint8_t type = (uint8_t)at[TYPE] & TYPE_MASK;

    return (type >= 1 && type <= TYPE_LAST) || type == TYPE_PAD;
}

static bool makes_sense(const char *at)
{
    const uint32_t from_1990 = 631152000, to_2100 = 4102444800;
    uint32_t seconds = little32(at + TIME_S);

    return is_type(at) && big16(at + RECORD_LENGTH) >= HEADER && seconds >= from_1990 &&
           seconds < to_2100;
}

/* One record must fill the file; of more the first ones are enough. */
static bool begins(const char *bytes, size_t length)
{
    size_t at = 0, records = 0;

    for (; records < RECORDS_LOOKED && length - at >= HEADER; records++) {
        if (!makes_sense(bytes + at))
            return false;
        if (big16(bytes + at + RECORD_LENGTH) >= length - at)
            return records > 0 || big16(bytes + at + RECORD_LENGTH) == length - at;
        at += big16(bytes + at + RECORD_LENGTH);
    }
    return records > 1;
}

/* --- cutting -------------------------------------------------------------------------------- */

static int cut_packets(void *opaque, struct cut *cut)
{
    struct capture_cutter *cutter = opaque;
    size_t at = 0, left, size;

    if (cutter->interfaces.count == 0) {
        struct interface *interface = interfaces_add(&cutter->interfaces);

        if (!interface)
            return TP_ERR_NOMEM;
        interface->linktype = LINKTYPE;
    }
    cut->place = cutter->place;
    for (; left = cut->length - at, left >= HEADER; at += size, cutter->place.packets++) {
        size = big16(cut->bytes + at + RECORD_LENGTH);
        if (size < HEADER) {
            capture_damaged(cutter, cut, "a length that cannot be");
            break;
        }
        if (size > left) {
            cut->need = at == 0 ? size : 0;
            break;
        }
    }
    cut->take = at;
    cutter->cut_off |= cut->at_end && left > 0 && !cut->stop;
    return TP_OK;
}

/* --- parsing -------------------------------------------------------------------------------- */

static int parse(void *parser, const struct block *block, struct batch *batch)
{
    const char *at = block->bytes, *end = at + block->length;
    struct packet_frame frame = {.linktype = LINKTYPE};

    batch_clear(batch);
    for (; at < end; at += frame.captured) {
        frame.captured = big16(at + RECORD_LENGTH);
        frame.wire_len = big16(at + WIRE_LENGTH);
        frame.bytes = (const uint8_t *)at;
        frame.iface = (uint8_t)at[FLAGS] % INTERFACES;
        frame.ts_ns = (int64_t)(little32(at + TIME_S) * UINT64_C(1000000000) +
                                (little32(at) * UINT64_C(1000000000) >> 32));
        if (capture_add(parser, block, &frame, true, batch) < 0)
            return TP_ERR_NOMEM;
    }
    return TP_OK;
}

const struct format format_erf = {
    .name = "erf",
    .begins = begins,
    .cutter_size = sizeof(struct capture_cutter),
    .cut = cut_packets,
    .cutter_release = capture_release,
    .look = capture_look,
    .finish = capture_finish,
    .parser_size = sizeof(struct capture_parser),
    .parser_init = capture_parser_init,
    .parse = parse,
};
