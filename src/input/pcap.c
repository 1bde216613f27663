/* pcap.c: the classic capture file: a header of 24 bytes, and one of 16 before each packet
 * (draft-ietf-opsawg-pcap). All numbers are in the byte order of the machine that wrote it.
 *
 * Several may stand one behind the other (cat a.pcap b.pcap): where a packet should begin, there is
 * a file header. Each goes on with the packets' numbers, and has an interface of its own in the
 * account. A block holds packets of one of them. */
#include "input/frames.h"

#define FILE_HEADER 24

/* Whose header says what under which name: writers before version 2.3 had the two lengths of a
 * packet the other way round, those of 2.3 did as they liked (libpcap, sf-pcap.c). */
enum lengths { LENGTHS_RIGHT, LENGTHS_SWAPPED, LENGTHS_BY_SIZE };

static const struct magic {
    uint32_t number;
    uint8_t header;     /* bytes before a packet */
    uint8_t resolution; /* a fraction of a second is 10^-resolution */
} magics[] = {
    {0xa1b2c3d4, 16, 6},
    {0xa1b23c4d, 16, 9},
    {0xa1b2cd34, 24, 6}, /* Kuznetsov's, with interface and protocol behind the lengths */
};

struct pcap_cutter {
    struct capture_cutter base;
    bool started;
};

static const struct magic *find_magic(const char *bytes, bool *swapped)
{
    size_t i;

    for (i = 0; i < 2 * (sizeof magics / sizeof *magics); i++) {
        *swapped = i & 1;
        if (get32(bytes, *swapped) == magics[i / 2].number)
            return &magics[i / 2];
    }
    return NULL;
}

static bool begins(const char *bytes, size_t length)
{
    bool swapped;

    return length >= 4 && find_magic(bytes, &swapped);
}

/* --- cutting -------------------------------------------------------------------------------- */

/* Does another file begin, where a packet should? A packet of 2055 could begin like this, but not
 * with a version, and eight zeroes behind it. What does not tell yet may be one. */
static bool is_file_header(const char *at, size_t left, bool at_end)
{
    bool swapped;

    if (!find_magic(at, &swapped))
        return false;
    if (left < FILE_HEADER)
        return !at_end;
    return get16(at + 4, swapped) == 2 && get16(at + 6, swapped) <= 4 && get64(at + 8, false) == 0;
}

/* The same in a hurry: what most packets do not begin with. */
static inline bool may_be_magic(const char *at)
{
    uint32_t number = get32(at, false);

    return number >> 16 == 0xa1b2 || (number & 0xffff) == 0xb2a1;
}

static int read_file_header(struct pcap_cutter *cutter, struct cut *cut)
{
    struct block_place *place = &cutter->base.place;
    bool swapped;
    const struct magic *magic = find_magic(cut->bytes, &swapped);
    uint16_t major = get16(cut->bytes + 4, swapped), minor = get16(cut->bytes + 6, swapped);
    struct interface *interface;

    if (major != 2) {
        capture_refused(&cutter->base, cut, "is a pcap file of a version that is not known");
        return TP_OK;
    }
    if (cutter->base.interfaces.count == INTERFACES_MAX) {
        capture_damaged(&cutter->base, cut, "too many captures");
        return TP_OK;
    }
    place->section = cutter->base.interfaces.count;
    interface = interfaces_add(&cutter->base.interfaces);
    if (!interface)
        return TP_ERR_NOMEM;
    interface_set_resolution(interface, magic->resolution);
    interface->snaplen = get32(cut->bytes + 16, swapped);
    interface->linktype = get32(cut->bytes + 20, swapped) & 0xffff; /* then FCS length */
    place->swapped = swapped;
    place->header = magic->header;
    place->lengths = minor < 3 ? LENGTHS_SWAPPED : minor == 3 ? LENGTHS_BY_SIZE : LENGTHS_RIGHT;
    cutter->started = true;
    cut->pass = FILE_HEADER;
    return TP_OK;
}

struct lengths_of_packet {
    uint32_t captured, wire;
};

static inline struct lengths_of_packet read_lengths(const struct block_place *place,
                                                    const char *header)
{
    struct lengths_of_packet read = {get32(header + 8, place->swapped),
                                     get32(header + 12, place->swapped)};

    if (place->lengths == LENGTHS_RIGHT ||
        (place->lengths == LENGTHS_BY_SIZE && read.captured <= read.wire))
        return read;
    return (struct lengths_of_packet){read.wire, read.captured};
}

static size_t cut_whole(struct pcap_cutter *cutter, struct cut *cut)
{
    struct block_place *place = &cutter->base.place;
    const char *bytes = cut->bytes;
    size_t at = 0, left, size;

    for (; left = cut->length - at, left >= place->header; at += size, place->packets++) {
        if (may_be_magic(bytes + at) && is_file_header(bytes + at, left, cut->at_end)) {
            cut->again = true;
            break;
        }
        size = read_lengths(place, bytes + at).captured;
        if (size > CAPTURED_MAX) {
            capture_damaged(&cutter->base, cut,
                            format_pcapng.begins(bytes + at, left) ? "a pcapng capture begins"
                                                                   : "a length that cannot be");
            break;
        }
        size += place->header;
        if (size > left) {
            cut->need = at == 0 ? size : 0;
            break;
        }
    }
    return at;
}

static int cut_packets(void *opaque, struct cut *cut)
{
    struct pcap_cutter *cutter = opaque;

    if (!cutter->started && cut->length < FILE_HEADER) {
        capture_refused(&cutter->base, cut, "is a pcap file that ends within its header");
        return TP_OK;
    }
    if (!cutter->started ||
        (cut->length >= FILE_HEADER && is_file_header(cut->bytes, cut->length, cut->at_end)))
        return read_file_header(cutter, cut);
    cut->place = cutter->base.place;
    cut->take = cut_whole(cutter, cut);
    cutter->base.cut_off |= cut->at_end && cut->take < cut->length && !cut->stop && !cut->again;
    return TP_OK;
}

/* --- parsing -------------------------------------------------------------------------------- */

static int parse(void *parser, const struct block *block, struct batch *batch)
{
    const struct pcap_cutter *cutter = block->state;
    const struct block_place *place = &block->place;
    const struct interface *interface;
    const char *at = block->bytes, *end = at + block->length;
    struct packet_frame frame = {0};

    batch_clear(batch);
    if (at == end)
        return TP_OK;
    interface = interfaces_get(&cutter->base.interfaces, place->section);
    frame.linktype = interface->linktype;
    for (; at < end; at += place->header + frame.captured) {
        const struct lengths_of_packet lengths = read_lengths(place, at);
        uint64_t seconds = get32(at, place->swapped), fraction = get32(at + 4, place->swapped);

        frame.captured = lengths.captured;
        frame.wire_len = lengths.wire < lengths.captured ? lengths.captured : lengths.wire;
        frame.bytes = (const uint8_t *)at + place->header;
        frame.ts_ns = (int64_t)(seconds * 1000000000 + fraction * interface->factor);
        if (capture_add(parser, block, &frame, true, batch) < 0)
            return TP_ERR_NOMEM;
    }
    return TP_OK;
}

const struct format format_pcap = {
    .name = "pcap",
    .begins = begins,
    .cutter_size = sizeof(struct pcap_cutter),
    .cut = cut_packets,
    .cutter_release = capture_release,
    .look = capture_look,
    .finish = capture_finish,
    .parser_size = sizeof(struct capture_parser),
    .parser_init = capture_parser_init,
    .parse = parse,
};
