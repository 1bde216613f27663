/* packet_usual.c: the frames that most frames are, read in one go.
 *
 * Ethernet or nothing, an IPv4 header without options, and a TCP header with none or with
 * timestamps behind two NOPs, all of it captured: then each number stands at a known place, and no
 * layer need be asked what follows it. What such a frame gives is defined by the layers (packet.h);
 * tests/unit/test_packet_usual.c compares both ways.
 */
#include <string.h>

#include "base/key.h"
#include "input/packet_layer.h"

enum { IP_BYTES = 20, TCP_BYTES = 20, STAMPS_BYTES = 12, LINK_ETHERNET = 1, LINK_RAW = 101 };

/* A TCP header's length, as it stands before the flags. */
#define WORDS(bytes) ((bytes) / 4 << 12)
#define FLAGS_MASK   0x1ff

#define HEADER_FIELDS                                                                              \
    (TP_BIT(TOS) | TP_BIT(IP_ID) | TP_BIT(TTL) | TP_BIT(SEQ) | TP_BIT(ACK) | TP_BIT(PAYLOAD) |     \
     TP_BIT(CAPTURED) | TP_BIT(FLAGS) | TP_BIT(WINDOW) | TP_BIT(CHECKSUM) | TP_BIT(OPTIONS) |      \
     TP_BIT(ODDITIES) | TP_BIT(FRAME) | TP_BIT(WIRE_LEN) | TP_BIT(IFACE))
#define STAMP_FIELDS (TP_BIT(TSVAL) | TP_BIT(TSECR))

/* IPv4 of 20 bytes that holds TCP, and is no fragment. */
static bool is_plain_ip(const uint8_t *ip)
{
    return ip[0] == 0x45 && ip[9] == 6 && !(be16(ip + 6) & 0x3fff);
}

static bool has_stamps(const uint8_t *options)
{
    static const uint8_t usual[] = {1, 1, 8, 10};

    return memcmp(options, usual, sizeof usual) == 0;
}

/* Its length if the segment is a plain one with as many bytes; 0: it is another. */
static uint32_t plain_header(const uint8_t *tcp, uint32_t captured)
{
    uint32_t mark = be16(tcp + 12) & ~(uint32_t)(FLAGS_MASK & ~(TP_TCP_ACK | TP_TCP_URG));

    if (mark == (WORDS(TCP_BYTES + STAMPS_BYTES) | TP_TCP_ACK))
        return captured >= TCP_BYTES + STAMPS_BYTES && has_stamps(tcp + TCP_BYTES)
                   ? TCP_BYTES + STAMPS_BYTES
                   : 0;
    return mark == (WORDS(TCP_BYTES) | TP_TCP_ACK) ? TCP_BYTES : 0;
}

static void fill_tcp(struct tp_record *record, const uint8_t *tcp, uint32_t header)
{
    record->seq = be32(tcp + 4);
    record->ack = be32(tcp + 8);
    record->flags = be16(tcp + 12) & FLAGS_MASK;
    record->window = be16(tcp + 14);
    record->checksum = be16(tcp + 16);
    record->oddities = 0;
    record->options = 0;
    record->have = HEADER_FIELDS;
    if (header == TCP_BYTES)
        return;
    record->options = TP_OPTION_TS;
    record->tsval = be32(tcp + TCP_BYTES + 4);
    record->tsecr = be32(tcp + TCP_BYTES + 8);
    record->have = HEADER_FIELDS | STAMP_FIELDS;
}

static void fill_ip(struct tp_record *record, const uint8_t *ip, uint32_t timeline)
{
    const uint8_t *ports = ip + IP_BYTES;
    uint64_t source = (uint64_t)be32(ip + 12) << 16 | be16(ports);
    uint64_t destination = (uint64_t)be32(ip + 16) << 16 | be16(ports + 2);

    record->tos = ip[1];
    record->ip_id = be16(ip + 4);
    record->ttl = ip[8];
    record->local = (uint8_t)key_set_v4(&record->key, source, destination, timeline, &record->hash);
    record->has_key = true;
}

/* Where IP begins; false: not at a known place, or not all of what must be there was captured. */
static bool find_ip(const struct packet_frame *frame, uint32_t *at)
{
    *at = frame->linktype == LINK_ETHERNET ? 14 : 0;
    if (frame->captured < *at + IP_BYTES + TCP_BYTES)
        return false;
    return frame->linktype == LINK_ETHERNET ? be16(frame->bytes + 12) == 0x0800
                                            : frame->linktype == LINK_RAW;
}

bool packet_usual(const struct packet_frame *frame, const struct packet_options *options,
                  struct tp_record *record)
{
    uint32_t at, total, captured, header;
    const uint8_t *ip;

    if (!find_ip(frame, &at) || !is_plain_ip(frame->bytes + at) ||
        (options->fields && !(options->fields & TP_BIT(OPTIONS))))
        return false;
    ip = frame->bytes + at;
    total = be16(ip + 2);
    captured = frame->captured - at < total ? frame->captured - at : total;
    if (captured < IP_BYTES + TCP_BYTES)
        return false;
    header = plain_header(ip + IP_BYTES, captured - IP_BYTES);
    if (!header)
        return false;
    record->ts_ns = frame->ts_ns;
    record->kind = TP_KIND_PACKET;
    record->frame = frame->number;
    record->wire_len = frame->wire_len;
    record->iface = frame->iface;
    record->payload = total - IP_BYTES - header;
    record->captured = captured - IP_BYTES - header;
    fill_ip(record, ip, options->timeline);
    fill_tcp(record, ip + IP_BYTES, header);
    return true;
}
