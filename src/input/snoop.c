/* snoop.c: captures of Solaris and its family (RFC 1761): a header of 16 bytes, one of 24 before
 * each packet. All numbers are big endian. */
#include "input/frames.h"

#define FILE_HEADER   16
#define PACKET_HEADER 24
#define MAGIC         "snoop\0\0\0"
#define VERSION       2

struct snoop_cutter {
    struct capture_cutter base;
    bool started;
};

static uint32_t big32(const char *at)
{
    return get32(at, __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
}

static bool begins(const char *bytes, size_t length)
{
    return length >= sizeof MAGIC - 1 && memcmp(bytes, MAGIC, sizeof MAGIC - 1) == 0;
}

/* --- cutting -------------------------------------------------------------------------------- */

/* https://www.iana.org/assignments/snoop-datalink-types; others get a number that is no link's. */
static uint32_t linktype_of(uint32_t datalink)
{
    static const struct {
        uint32_t datalink, linktype;
    } known[] = {{0, 1}, {4, 1}, {2, 6}, {5, 104}, {8, 10}, {18, 123}, {26, 242}};
    size_t i;

    for (i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].datalink == datalink)
            return known[i].linktype;
    return UINT32_MAX;
}

static int read_file_header(struct snoop_cutter *cutter, struct cut *cut)
{
    struct interface *interface;

    if (cut->length < FILE_HEADER) {
        capture_refused(&cutter->base, cut, "is a snoop file that ends within its header");
        return TP_OK;
    }
    if (big32(cut->bytes + 8) != VERSION) {
        capture_refused(&cutter->base, cut, "is a snoop file of a version that is not known");
        return TP_OK;
    }
    interface = interfaces_add(&cutter->base.interfaces);
    if (!interface)
        return TP_ERR_NOMEM;
    interface_set_resolution(interface, 6);
    interface->linktype = linktype_of(big32(cut->bytes + 12));
    cutter->started = true;
    cut->pass = FILE_HEADER;
    return TP_OK;
}

/* Each packet says how many were dropped from the beginning on. */
static void note_dropped(struct snoop_cutter *cutter, const char *last)
{
    struct interface *interface = interfaces_get(&cutter->base.interfaces, 0);

    if (!last)
        return;
    interface->told_dropped = true;
    interface->dropped = big32(last + 12);
}

static int cut_packets(void *opaque, struct cut *cut)
{
    struct snoop_cutter *cutter = opaque;
    struct block_place *place = &cutter->base.place;
    const char *last = NULL;
    size_t at = 0, left, captured, size;

    if (!cutter->started)
        return read_file_header(cutter, cut);
    cut->place = *place;
    for (; left = cut->length - at, left >= PACKET_HEADER; at += size, place->packets++) {
        captured = big32(cut->bytes + at + 4);
        size = big32(cut->bytes + at + 8);
        if (captured > CAPTURED_MAX || size < PACKET_HEADER + captured || size > 2 * CAPTURED_MAX) {
            capture_damaged(&cutter->base, cut, "a length that cannot be");
            break;
        }
        if (size > left) {
            cut->need = at == 0 ? size : 0;
            break;
        }
        last = cut->bytes + at;
    }
    note_dropped(cutter, last);
    cut->take = at;
    cutter->base.cut_off |= cut->at_end && left > 0 && !cut->stop;
    return TP_OK;
}

/* --- parsing -------------------------------------------------------------------------------- */

static int parse(void *parser, const struct block *block, struct batch *batch)
{
    const struct snoop_cutter *cutter = block->state;
    const char *at = block->bytes, *end = at + block->length;
    struct packet_frame frame = {0};

    batch_clear(batch);
    if (at < end)
        frame.linktype = interfaces_get(&cutter->base.interfaces, 0)->linktype;
    for (; at < end; at += big32(at + 8)) {
        uint32_t captured = big32(at + 4), wire = big32(at);

        frame.captured = captured;
        frame.wire_len = wire < captured ? captured : wire;
        frame.bytes = (const uint8_t *)at + PACKET_HEADER;
        frame.ts_ns =
            (int64_t)(big32(at + 16) * UINT64_C(1000000000) + big32(at + 20) * UINT64_C(1000));
        if (capture_add(parser, block, &frame, true, batch) < 0)
            return TP_ERR_NOMEM;
    }
    return TP_OK;
}

const struct format format_snoop = {
    .name = "snoop",
    .begins = begins,
    .cutter_size = sizeof(struct snoop_cutter),
    .cut = cut_packets,
    .cutter_release = capture_release,
    .look = capture_look,
    .finish = capture_finish,
    .parser_size = sizeof(struct capture_parser),
    .parser_init = capture_parser_init,
    .parse = parse,
};
