/* pcap.c: the classic capture file: a header of 24 bytes, and one of 16 before each packet
 * (draft-ietf-opsawg-pcap). All numbers are in the byte order of the machine that wrote it. */
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
    /* Constant from then on. */
    bool swapped;
    uint8_t header;
    enum lengths lengths;
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

static int read_file_header(struct pcap_cutter *cutter, struct cut *cut)
{
    const struct magic *magic = find_magic(cut->bytes, &cutter->swapped);
    uint16_t major = get16(cut->bytes + 4, cutter->swapped);
    uint16_t minor = get16(cut->bytes + 6, cutter->swapped);
    struct interface *interface;

    if (major != 2) {
        capture_refused(&cutter->base, cut, "is a pcap file of a version that is not known");
        return TP_OK;
    }
    interface = interfaces_add(&cutter->base.interfaces);
    if (!interface)
        return TP_ERR_NOMEM;
    interface_set_resolution(interface, magic->resolution);
    interface->snaplen = get32(cut->bytes + 16, cutter->swapped);
    interface->linktype = get32(cut->bytes + 20, cutter->swapped) & 0xffff; /* then FCS length */
    cutter->header = magic->header;
    cutter->lengths = minor < 3 ? LENGTHS_SWAPPED : minor == 3 ? LENGTHS_BY_SIZE : LENGTHS_RIGHT;
    cutter->started = true;
    cut->pass = FILE_HEADER;
    return TP_OK;
}

struct lengths_of_packet {
    uint32_t captured, wire;
};

static inline struct lengths_of_packet read_lengths(const struct pcap_cutter *cutter,
                                                    const char *header)
{
    struct lengths_of_packet read = {get32(header + 8, cutter->swapped),
                                     get32(header + 12, cutter->swapped)};

    if (cutter->lengths == LENGTHS_RIGHT ||
        (cutter->lengths == LENGTHS_BY_SIZE && read.captured <= read.wire))
        return read;
    return (struct lengths_of_packet){read.wire, read.captured};
}

static int cut_packets(void *opaque, struct cut *cut)
{
    struct pcap_cutter *cutter = opaque;
    struct block_place *place = &cutter->base.place;
    size_t at = 0, left, size;

    if (!cutter->started && cut->length >= FILE_HEADER)
        return read_file_header(cutter, cut);
    if (!cutter->started) {
        capture_refused(&cutter->base, cut, "is a pcap file that ends within its header");
        return TP_OK;
    }
    cut->place = *place;
    for (; left = cut->length - at, left >= cutter->header; at += size, place->packets++) {
        size = read_lengths(cutter, cut->bytes + at).captured;
        if (size > CAPTURED_MAX) {
            capture_damaged(&cutter->base, cut, "a length that cannot be");
            break;
        }
        size += cutter->header;
        if (size > left) {
            cut->need = at == 0 ? size : 0;
            break;
        }
    }
    cut->take = at;
    cutter->base.cut_off |= cut->at_end && left > 0 && !cut->stop;
    return TP_OK;
}

/* --- parsing -------------------------------------------------------------------------------- */

static int parse(void *parser, const struct block *block, struct batch *batch)
{
    const struct pcap_cutter *cutter = block->state;
    const struct interface *interface;
    const char *at = block->bytes, *end = at + block->length;
    struct packet_frame frame = {0};

    batch_clear(batch);
    if (at == end)
        return TP_OK;
    interface = interfaces_get(&cutter->base.interfaces, 0);
    frame.linktype = interface->linktype;
    for (; at < end; at += cutter->header + frame.captured) {
        const struct lengths_of_packet lengths = read_lengths(cutter, at);
        uint64_t seconds = get32(at, cutter->swapped), fraction = get32(at + 4, cutter->swapped);

        frame.captured = lengths.captured;
        frame.wire_len = lengths.wire < lengths.captured ? lengths.captured : lengths.wire;
        frame.bytes = (const uint8_t *)at + cutter->header;
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
