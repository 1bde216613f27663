/* packet_tcp.c: the TCP header (RFC 9293) and its options. */
#include <string.h>

#include "base/key.h"
#include "input/packet_layer.h"

#define HEADER_LEAST 14 /* captured bytes without which nothing can be said: up to the flags */
#define HEADER_FIXED 20

/* --- options -------------------------------------------------------------------------------- */

/* Reads an option of which `length` bytes follow its kind and length. False if it cannot have that
 * length. */
typedef bool read_option(struct packet_walk *walk, const uint8_t *at, uint32_t length);

static bool read_mss(struct packet_walk *walk, const uint8_t *at, uint32_t length)
{
    if (length != 2)
        return false;
    if (walk->record->flags & TP_TCP_SYN) {
        walk->record->mss = be16(at);
        walk->have |= TP_BIT(MSS);
    }
    return true;
}

static bool read_wscale(struct packet_walk *walk, const uint8_t *at, uint32_t length)
{
    if (length != 1)
        return false;
    if (walk->record->flags & TP_TCP_SYN) {
        walk->record->wscale = at[0];
        walk->have |= TP_BIT(WSCALE);
    }
    return true;
}

static bool read_sack_ok(struct packet_walk *walk, const uint8_t *at, uint32_t length)
{
    (void)walk;
    (void)at;
    return length == 0;
}

static bool read_sack(struct packet_walk *walk, const uint8_t *at, uint32_t length)
{
    struct tp_sack *sack = &walk->record->sack;
    uint32_t i, count = length / 8;

    if (length % 8 || count < 1 || count > TP_SACK_BLOCKS)
        return false;
    for (i = 0; i < count; i++) {
        sack->edge[i][0] = be32(at + i * 8);
        sack->edge[i][1] = be32(at + i * 8 + 4);
    }
    sack->count = count;
    walk->have |= TP_BIT(SACK);
    return true;
}

static bool read_timestamps(struct packet_walk *walk, const uint8_t *at, uint32_t length)
{
    if (length != 8)
        return false;
    walk->record->tsval = be32(at);
    walk->record->tsecr = be32(at + 4);
    walk->have |= TP_BIT(TSVAL) | TP_BIT(TSECR);
    return true;
}

static bool read_nothing(struct packet_walk *walk, const uint8_t *at, uint32_t length)
{
    (void)walk;
    (void)at;
    (void)length;
    return true;
}

enum { KIND_END, KIND_NOP, KIND_TIMESTAMPS = 8, KIND_MPTCP = 30 };

static const struct option {
    uint8_t kind;
    uint16_t bit;
    read_option *read;
} options[] = {
    {2, TP_OPTION_MSS, read_mss},
    {3, TP_OPTION_WSCALE, read_wscale},
    {4, TP_OPTION_SACK_OK, read_sack_ok},
    {5, TP_OPTION_SACK, read_sack},
    {KIND_TIMESTAMPS, TP_OPTION_TS, read_timestamps},
    {19, TP_OPTION_MD5, read_nothing}, /* RFC 2385 */
    {29, TP_OPTION_AO, read_nothing},  /* RFC 5925 */
    {KIND_MPTCP, TP_OPTION_MPTCP, read_nothing},
    {34, TP_OPTION_TFO, read_nothing},     /* RFC 7413 */
    {172, TP_OPTION_ACCECN, read_nothing}, /* RFC 9768, order 0 and 1 */
    {174, TP_OPTION_ACCECN, read_nothing},
};

static const struct option *find_option(uint8_t kind)
{
    static const struct option other = {0, TP_OPTION_OTHER, read_nothing};
    size_t i;

    for (i = 0; i < sizeof options / sizeof *options; i++)
        if (options[i].kind == kind)
            return &options[i];
    return &other;
}

/* What MPTCP says besides the mapping of data (RFC 8684, 3 and the registry of 7.2). */
static uint16_t mptcp_signal(const struct option *option, const uint8_t *at, uint32_t length)
{
    enum { DATA_SEQUENCE = 2 };

    return option->kind == KIND_MPTCP && length && at[0] >> 4 != DATA_SEQUENCE
               ? TP_OPTION_MPTCP_SIGNAL
               : 0;
}

/* SACK blocks that were captured whole stand for themselves, although further ones are missing. */
static void read_cut(struct packet_walk *walk, const struct option *option, struct cursor *rest,
                     uint32_t length)
{
    uint32_t whole = rest->left / 8 * 8;

    if (option->bit == TP_OPTION_SACK && length % 8 == 0 && whole)
        read_sack(walk, cursor_take(rest, whole), whole);
}

/* The options, all of `rest`. Returns TP_OPTION_ bits. */
static uint16_t read_options(struct packet_walk *walk, struct cursor rest)
{
    const struct option *option;
    const uint8_t *head, *body;
    uint16_t bits = 0;
    uint32_t length;

    while (rest.length) {
        head = cursor_take(&rest, 1);
        if (!head)
            return bits | TP_OPTION_CUT;
        if (*head == KIND_END)
            return bits;
        if (*head == KIND_NOP)
            continue;
        option = find_option(*head);
        if (rest.length == 0)
            return bits | TP_OPTION_BAD;
        head = cursor_take(&rest, 1);
        if (!head)
            return bits | option->bit | TP_OPTION_CUT;
        length = *head - 2u;
        if (*head < 2 || length > rest.length)
            return bits | TP_OPTION_BAD;
        body = cursor_take(&rest, length);
        bits |= option->bit;
        if (!body) {
            read_cut(walk, option, &rest, length);
            return bits | TP_OPTION_CUT;
        }
        bits |= mptcp_signal(option, body, length);
        if (!option->read(walk, body, length))
            return bits | TP_OPTION_BAD;
    }
    return bits;
}

/* Almost all segments carry exactly two NOPs and timestamps (RFC 7323, appendix A). */
static uint16_t read_common_options(struct packet_walk *walk, struct cursor rest)
{
    static const uint8_t usual[] = {KIND_NOP, KIND_NOP, KIND_TIMESTAMPS, 10};
    const uint8_t *at = cursor_peek(&rest, 12);

    if (at && rest.length == 12 && memcmp(at, usual, sizeof usual) == 0) {
        read_timestamps(walk, at + 4, 8);
        return TP_OPTION_TS;
    }
    return read_options(walk, rest);
}

/* --- header --------------------------------------------------------------------------------- */

/* What follows the flags, as far as it was captured. */
static void fill_behind_flags(struct packet_walk *walk, const uint8_t *tcp, uint32_t captured)
{
    struct tp_record *record = walk->record;

    if (captured >= 16) {
        record->window = be16(tcp + 14);
        walk->have |= TP_BIT(WINDOW);
    }
    if (captured >= 18) {
        record->checksum = be16(tcp + 16);
        walk->have |= TP_BIT(CHECKSUM);
    }
    if (captured >= HEADER_FIXED && record->flags & TP_TCP_URG) {
        record->urg_ptr = be16(tcp + 18);
        walk->have |= TP_BIT(URG_PTR);
    }
}

static struct key_end read_end(const uint8_t *addr, const uint8_t *port, bool v4)
{
    if (v4)
        return (struct key_end){0, UINT64_C(0xffff) << 32 | be32(addr), be16(port)};
    return (struct key_end){be64(addr), be64(addr + 8), be16(port)};
}

#define OPTION_FIELDS                                                                              \
    (TP_BIT(OPTIONS) | TP_BIT(TSVAL) | TP_BIT(TSECR) | TP_BIT(MSS) | TP_BIT(WSCALE) | TP_BIT(SACK))

static void fill_options(struct packet_walk *walk, struct cursor header, uint32_t length)
{
    walk->have |= TP_BIT(OPTIONS);
    if (length == HEADER_FIXED)
        walk->record->options = 0;
    else if (cursor_take(&header, HEADER_FIXED))
        walk->record->options = read_common_options(walk, header);
    else
        walk->record->options = TP_OPTION_CUT;
}

static void fill_key(struct packet_walk *walk, const uint8_t *tcp)
{
    struct tp_record *record = walk->record;
    struct key_end own = read_end(walk->src, tcp, walk->v4);
    struct key_end peer = read_end(walk->dst, tcp + 2, walk->v4);

    record->local =
        (uint8_t)key_set(&record->key, &own, &peer, walk->options->timeline, &record->hash);
    record->has_key = true;
}

static void fill_frame(struct packet_walk *walk)
{
    const struct packet_frame *frame = walk->frame;
    struct tp_record *record = walk->record;

    record->ts_ns = frame->ts_ns;
    record->kind = TP_KIND_PACKET;
    record->frame = frame->number;
    record->wire_len = frame->wire_len;
    record->iface = walk->iface;
    walk->have |= TP_BIT(FRAME) | TP_BIT(WIRE_LEN) | TP_BIT(IFACE);
}

enum packet_layer packet_tcp(struct packet_walk *walk)
{
    struct tp_record *record = walk->record;
    struct cursor header = walk->rest;
    const uint8_t *tcp = cursor_peek(&header, HEADER_LEAST);
    uint32_t length, whole = header.length;

    if (whole < HEADER_FIXED)
        return packet_bad(walk, "TCP segment is shorter than its header");
    if (!tcp)
        return packet_bad(walk, "TCP header cut off");
    length = (tcp[12] >> 4) * 4u;
    if (length < HEADER_FIXED)
        return packet_bad(walk, "TCP header length is below 20");
    if (length > whole && !(walk->oddities & TP_ODD_FRAGMENT))
        return packet_bad(walk, "TCP header length is beyond its segment");
    cursor_set_length(&header, length);
    record->seq = be32(tcp + 4);
    record->flags = be16(tcp + 12) & 0x1ff;
    record->payload = whole > length ? whole - length : 0;
    record->captured = walk->rest.left - header.left;
    if (record->flags & TP_TCP_ACK) {
        record->ack = be32(tcp + 8);
        walk->have |= TP_BIT(ACK);
    }
    if (header.left < length)
        walk->oddities |= TP_ODD_CUT;
    fill_behind_flags(walk, tcp, header.left);
    if (walk->fields & OPTION_FIELDS)
        fill_options(walk, header, length);
    record->oddities = walk->oddities;
    if (walk->network) {
        record->network = walk->network;
        walk->have |= TP_BIT(NETWORK);
    }
    fill_key(walk, tcp);
    fill_frame(walk);
    record->have = walk->have | TP_BIT(SEQ) | TP_BIT(PAYLOAD) | TP_BIT(CAPTURED) | TP_BIT(FLAGS) |
                   TP_BIT(ODDITIES);
    return LAYER_DONE;
}
