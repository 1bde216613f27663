/* test_packet.c: frames of all link types and tunnels, TCP options, and what was cut off. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "frames.h"

struct decoded {
    enum packet_result result;
    struct tp_record record;
    char text[80]; /* "" of a segment */
};

static void walk_frame(const struct packet_frame *frame, const struct packet_options *options,
                       struct decoded *decoded)
{
    struct packet_fragment fragment;
    struct packet_walk walk;

    packet_begin(&walk, frame, options);
    decoded->result = packet_next(&walk, &decoded->record);
    if (decoded->result == PACKET_FRAGMENT) {
        packet_fragment_of(&walk, &decoded->record, &fragment);
        decoded->result = packet_resume_apart(&walk, &fragment, options, &decoded->record);
    }
    if (decoded->result != PACKET_TCP)
        snprintf(decoded->text, sizeof decoded->text, "%s", walk.text);
}

/* Decodes the first `captured` bytes, in memory of their own size, of a frame of that length. */
static struct decoded decode_part(uint32_t linktype, const uint8_t *bytes, uint32_t captured,
                                  uint32_t length, bool outer)
{
    uint8_t *part = malloc(captured ? captured : 1);
    struct decoded decoded = {.text = ""};
    struct packet_frame frame = {.bytes = part,
                                 .captured = captured,
                                 .wire_len = length,
                                 .linktype = linktype,
                                 .ts_ns = 17,
                                 .number = 3,
                                 .iface = 1};

    assert_non_null(part);
    memcpy(part, bytes, captured);
    memset(&decoded.record, 0xa5, sizeof decoded.record);
    walk_frame(&frame, &(struct packet_options){.outer = outer, .timeline = 9}, &decoded);
    free(part);
    return decoded;
}

static struct decoded decode(uint32_t linktype, const char *hex, bool outer)
{
    uint32_t length;
    uint8_t *bytes = frame_bytes(hex, &length);
    struct decoded decoded = decode_part(linktype, bytes, length, length, outer);

    free(bytes);
    return decoded;
}

static void assert_connection(const struct tp_record *record, bool v6)
{
    char src[56], dst[56];

    tp_endpoint_text(&record->key, record->local, src, sizeof src);
    tp_endpoint_text(&record->key, !record->local, dst, sizeof dst);
    assert_string_equal(src, v6 ? "[fd00::1]:40000" : "10.0.0.1:40000");
    assert_string_equal(dst, v6 ? "[fd00::2]:80" : "10.0.0.2:80");
    assert_int_equal(record->hash, tp_flow_key_hash(&record->key));
    assert_int_equal(record->key.timeline, 9);
    assert_true(record->has_key);
}

static void assert_segment(const struct tp_record *record, const struct frame_case *c)
{
    uint64_t have = TP_BIT(SEQ) | TP_BIT(ACK) | TP_BIT(PAYLOAD) | TP_BIT(FLAGS) | TP_BIT(WINDOW) |
                    TP_BIT(OPTIONS) | TP_BIT(ODDITIES) | TP_BIT(FRAME) | TP_BIT(CAPTURED) |
                    TP_BIT(WIRE_LEN) | TP_BIT(CHECKSUM) | TP_BIT(TTL) | TP_BIT(TOS) |
                    TP_BIT(IFACE) | (c->v6 ? 0 : TP_BIT(IP_ID));

    assert_int_equal(record->kind, TP_KIND_PACKET);
    assert_int_equal(record->have & ~TP_BIT(NETWORK), have);
    assert_connection(record, c->v6);
    assert_int_equal(record->seq, 4096);
    assert_int_equal(record->ack, 8192);
    assert_int_equal(record->payload, 5);
    assert_int_equal(record->captured, 5);
    assert_int_equal(record->flags, TP_TCP_PSH | TP_TCP_ACK);
    assert_int_equal(record->window, 256);
    assert_int_equal(record->checksum, 0xabcd);
    assert_int_equal(record->options, 0);
    assert_int_equal(record->oddities, c->oddities);
    assert_int_equal(record->frame, 3);
    assert_int_equal(record->ts_ns, 17);
    assert_int_equal(record->ttl, 64);
    assert_int_equal(record->tos, 2);
    assert_int_equal(record->iface, c->linktype == 276 ? 7 : 1);
    if (!c->v6)
        assert_int_equal(record->ip_id, 0x1234);
}

static void test_all_frames(void **state)
{
    (void)state;
    for (size_t i = 0; i < FRAME_CASES; i++) {
        const struct frame_case *c = &frame_cases[i];
        struct decoded decoded = decode(c->linktype, c->hex, false);

        if (decoded.result != PACKET_TCP)
            fail_msg("%s: %s", c->name, decoded.text);
        print_message("%s\n", c->name);
        assert_segment(&decoded.record, c);
    }
}

/* With --outer only what is in no tunnel counts. */
static void test_outer(void **state)
{
    (void)state;
    for (size_t i = 0; i < FRAME_CASES; i++) {
        const struct frame_case *c = &frame_cases[i];
        struct decoded decoded = decode(c->linktype, c->hex, true);

        if (!(c->oddities & TP_ODD_TUNNEL))
            assert_segment(&decoded.record, c);
        else if (decoded.result != PACKET_OTHER || strcmp(decoded.text, "tunnel") != 0)
            fail_msg("%s: %d %s", c->name, (int)decoded.result, decoded.text);
    }
}

/* However little was captured, what is said is what the whole frame says. */
static void test_snaplen(void **state)
{
    (void)state;
    for (size_t i = 0; i < FRAME_CASES; i++) {
        const struct frame_case *c = &frame_cases[i];
        uint32_t length, tcp = 0;
        uint8_t *bytes = frame_bytes(c->hex, &length);

        for (uint32_t captured = 0; captured <= length; captured++) {
            struct decoded d = decode_part(c->linktype, bytes, captured, length, false);

            if (d.result != PACKET_TCP) {
                assert_true(d.text[0]);
                assert_int_equal(tcp, 0); /* never less with more bytes */
                continue;
            }
            tcp += tcp < 100;
            assert_connection(&d.record, c->v6);
            assert_int_equal(d.record.seq, 4096);
            assert_int_equal(d.record.payload, 5);
            assert_int_equal(d.record.captured, tcp < 7 ? 0 : tcp < 12 ? tcp - 7 : 5);
            assert_int_equal(TP_HAS(&d.record, WINDOW), tcp >= 3);
            assert_int_equal(TP_HAS(&d.record, CHECKSUM), tcp >= 5);
            assert_int_equal(d.record.oddities, c->oddities | (tcp < 7 ? TP_ODD_CUT : 0));
        }
        assert_true(tcp >= 12);
        free(bytes);
    }
}

/* --- what is no TCP, or none that can be used ------------------------------------------------- */

#define BAD(linktype, hex, why)                                                                    \
    {                                                                                              \
        linktype, hex, PACKET_BAD, why                                                             \
    }
#define OTHER(linktype, hex, name)                                                                 \
    {                                                                                              \
        linktype, hex, PACKET_OTHER, name                                                          \
    }
#define OPAQUE(linktype, hex, name)                                                                \
    {                                                                                              \
        linktype, hex, PACKET_OPAQUE, name                                                         \
    }
#define IP4_SHORT "4500 001c 0000 0000 40 "
#define ENDS      " 0000 0a000001 0a000002 "

static const struct refused {
    uint32_t linktype;
    const char *hex;
    enum packet_result result;
    const char *text;
} refused[] = {
    OPAQUE(189, TCP, "Linux USB"),
    OPAQUE(290, TCP, "link type 290"),
    OPAQUE(0x1234567, TCP, "link type of another kind"),
    OPAQUE(0, "07000000 " IP4 TCP, "address family 7"),
    OTHER(1, MACS "0806 0001", "arp"),
    OTHER(1, MACS "88cc 0001", "lldp"),
    OPAQUE(1, MACS "4321 0001", "ethertype 0x4321"),
    OTHER(1, MACS "0026 424203 0000", "spanning tree"),
    OTHER(1, MACS "0026 aaaa03 00000c 2000 0000", "snap"),
    OTHER(1, MACS "8847 00010140 11223344", "mpls"),
    OTHER(1, MACS "8863 1109 0000 0004 01010000", "pppoe discovery"),
    OTHER(9, "c021 0101", "ppp control"),
    OPAQUE(9, "ff03 002d 0101", "ppp compressed tcp"),
    OPAQUE(9, "0081 0101", "ppp protocol 0x0081"),
    OPAQUE(105, "0840 " WIFI SNAP IP4 TCP, "802.11 encrypted"),
    OTHER(105, "8000 " WIFI, "802.11 management"),
    OTHER(105, "4800 " WIFI, "802.11 without data"),
    BAD(105, "8800 " WIFI "8000 " SNAP, "802.11 aggregate cut off"),
    OTHER(127, "0000 0900 02000000 40 0800 " WIFI SNAP IP4 TCP, "802.11 damaged"),
    OTHER(101, IP4_SHORT "11" ENDS "0035 0035 0008 0000", "udp"),
    OTHER(101, IP4_SHORT "01" ENDS "0800 0000 0000 0000", "icmp"),
    OPAQUE(101, IP4_SHORT "32" ENDS "0000000000000000", "esp"),
    OPAQUE(101, IP4_SHORT "fd" ENDS "0000000000000000", "ip protocol 253"),
    OPAQUE(101, IP4_SHORT "00" ENDS "0600000000000000", "ip protocol 0"),
    OPAQUE(101, "4500 001c 0000 2001 40 06" ENDS "0000000000000000", "later fragment"),
    OPAQUE(101, "60000000 0010 2c 40 " IP6_ENDS "0600 0008 00000001 0000000000000000",
           "later fragment"),
    OTHER(101, "60000000 0000 3b 40 " IP6_ENDS, "no next header"),
    OPAQUE(101, OUTER4("2f") "0000 0001 00", "gre protocol 0x0001"),
    OPAQUE(101, OUTER4("2f") "4000 0800 " IP4 TCP, "gre of another kind"),
    /* ports of tunnels, but nothing of the sort inside */
    OTHER(101, OUTER4("11") UDP("12b5") "08000000 00000100 " MACS "0806 0001", "udp"),
    OTHER(101, OUTER4("11") UDP("12b5") "00000000 00000100 " ETHERNET IP4 TCP, "udp"),
    OTHER(101, OUTER4("11") UDP("12b5") "08", "udp"),
    OTHER(101,
          OUTER4("11") UDP("0868") "30ff 0031 00000001 "
                                   "45000fff",
          "udp"),
    OTHER(101, OUTER4("11") UDP("0868") "30ff 0031 00000001 4500 ffff " IP4_HEAD TCP, "udp"),
    OTHER(101, OUTER4("11") UDP("0dd8") "68656c6c6f20776f726c64", "udp"),
    OPAQUE(101,
           OUTER4("04") OUTER4("04") OUTER4("04") OUTER4("04") OUTER4("04") OUTER4("04")
               OUTER4("04") OUTER4("04") OUTER4("04") IP4 TCP,
           "tunnel"),
    OPAQUE(1, MACS "88e5 0c00 00000001 " IP4 TCP, "macsec encrypted"),
    OPAQUE(101, OUTER4("11") UDP("147f") "01000000 16fefd00", "capwap encrypted"),
    OTHER(101, OUTER4("11") UDP("147f") "00100208 00000000 0001", "udp"),
    OTHER(101, OUTER4("11") UDP("147f") "00100280 00010008 " WIFI, "udp"),
    OTHER(101, OUTER4("11") UDP("06a5") "c802 000c 0001 0001 0000 0000", "l2tp control"),
    OTHER(101, OUTER4("11") UDP("06a5") "0009 000c 0001", "udp"),
    OPAQUE(101, OUTER4("73") "00000001 1122334455667788", "l2tp"),
    OTHER(101, OUTER4("73") "00000000 c803 0014", "l2tp control"),
    BAD(105, "8802 " WIFI "8000 020000000002 020000000001 0048 " SNAP, "802.11 aggregate cut off"),
    BAD(239, "02000001 0800", "NFLOG without a packet, or cut off before it"),
    BAD(239, "02000001 0300 0100", "NFLOG attribute is shorter than its header"),
    OPAQUE(239, "02010001 0800 0100 00000000", "NFLOG of another version"),
    OPAQUE(197, "0000000000000000 15 00 0028 0000 0018 00000000", "ERF type 21"),
    OTHER(197, "0000000000000000 30 00 0018 0000 0008 00000000", "ERF padding"),
    OPAQUE(192, "00 00 0800 1c000000 " IP4 TCP, "link type 28"),
    OTHER(192, "00 00 2000 69000000 0200 1400 0000000000000000 0400 0000 0000000000000000 " WIFI,
          "802.11 damaged"),
    BAD(1, MACS "08", "Ethernet header cut off"),
    BAD(101, "", "IP header cut off"),
    BAD(101, "35" TCP, "IP version is neither 4 nor 6"),
    BAD(228, IP6 TCP, "IPv4 header is of another version"),
    BAD(229, IP4 TCP, "IPv6 header is of another version"),
    BAD(101, "4402 002d " IP4_HEAD TCP, "IPv4 header length is below 20"),
    BAD(101, "4502 0013 " IP4_HEAD TCP, "IPv4 length is below that of its header"),
    BAD(101, "4502 0027 " IP4_HEAD TCP, "TCP segment is shorter than its header"),
    BAD(101, IP4 "9c40 0050 00001000 00002000 4018 0100 abcd 0000 68656c6c6f",
        "TCP header length is below 20"),
    BAD(101, IP4 "9c40 0050 00001000 00002000 7018 0100 abcd 0000 68656c6c6f",
        "TCP header length is beyond its segment"),
    BAD(101, IP4 "9c40 0050 00001000 00002000 50", "TCP header cut off"),
    BAD(101, "60000000 0000 00 40 " IP6_ENDS "0600 c204 00010000 " TCP,
        "IPv6 jumbo length does not fit its frame"),
    BAD(101, "60000000 0000 00 40 " IP6_ENDS "0600 c204 00000004 " TCP,
        "IPv6 jumbo length does not fit its frame"),
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct decoded decoded = decode(refused[i].linktype, refused[i].hex, false);

        if (decoded.result != refused[i].result || strcmp(decoded.text, refused[i].text) != 0)
            fail_msg("row %zu, '%s': %d %s", i, refused[i].text, (int)decoded.result, decoded.text);
        assert_true(strlen(decoded.text) < 40 || decoded.result == PACKET_BAD);
    }
}

/* --- several segments in a frame -------------------------------------------------------------- */

/* A part of an aggregate: 14 bytes, SNAP, IPv4 and TCP of 53 bytes, and what fills the last word.
 */
#define PART "020000000002 020000000001 0035 " SNAP IP4 TCP

static void check_aggregate(const char *hex, uint32_t linktype, uint16_t oddities, int segments,
                            const char *text)
{
    const struct packet_options options = {.timeline = 9};
    uint32_t length;
    uint8_t *bytes = frame_bytes(hex, &length);
    struct packet_frame frame = {bytes, length, length, linktype, 17, 3, 1};
    struct packet_walk walk;
    struct tp_record record;
    enum packet_result result = PACKET_BAD;

    packet_begin(&walk, &frame, &options);
    while (segments--) {
        assert_int_equal(packet_next(&walk, &record), PACKET_TCP);
        assert_connection(&record, false);
        assert_int_equal(record.payload, 5);
        assert_int_equal(record.captured, 5);
        assert_int_equal(record.frame, 3);
        assert_int_equal(record.oddities, oddities);
    }
    assert_int_equal(packet_has_more(&walk), text != NULL);
    if (text) {
        result = packet_next(&walk, &record);
        assert_true(result != PACKET_TCP && result != PACKET_FRAGMENT);
        assert_string_equal(walk.text, text);
    }
    free(bytes);
}

static void test_aggregates(void **state)
{
    (void)state;
    check_aggregate("8800 " WIFI "8000 " PART, 105, 0, 1, NULL);
    check_aggregate("8800 " WIFI "8000 " PART "00" PART "00" PART, 105, 0, 3, NULL);
    check_aggregate("8800 " WIFI "8000 " PART "00" PART "deadbeef", 105, 0, 2, NULL);
    check_aggregate("8800 " WIFI "8000 " PART "00"
                    "020000000002 020000000001 0135 " SNAP IP4,
                    105, 0, 1, "802.11 aggregate cut off");
    check_aggregate("8800 " WIFI "8000 " PART "00"
                    "020000000002 020000000001 000a aaaa03 000000 0806 0001 0000",
                    105, 0, 1, "arp");
    check_aggregate("4500 00b9 0001 0000 40 2f 0000 c0a80001 c0a80002 "
                    "0000 8200 8800 " WIFI "8000 " PART "00" PART,
                    101, TP_ODD_TUNNEL, 2, NULL);
}

/* --- tunnels on ports of their own ------------------------------------------------------------ */

static void test_decode_as(void **state)
{
    static const struct tp_decode_as table[] = {{0x1234, 0}, {0x12b5, 2}};
    const struct packet_options options = {.timeline = 9, .decode_as = table, .decode_as_count = 2};
    static const char *const frames[] = {
        OUTER4("11") UDP("1234") "08000000 00000100 " ETHERNET IP4 TCP, /* VXLAN there, ... */
        OUTER4("11") "1234 c000 0100 0000 08000000 00000100 " ETHERNET IP4 TCP, /* or from there */
        OUTER4("11") UDP("12b5") "0000 0800 00000100 " IP4 TCP, /* Geneve on the port of VXLAN */
        OUTER6("11") UDP("2118") "08000000 00000100 " ETHERNET IP4 TCP, /* others as always */
    };

    (void)state;
    assert_int_equal(tp_tunnel_find("vxlan", 5), 0);
    assert_int_equal(tp_tunnel_find("geneve", 6), 2);
    assert_int_equal(tp_tunnel_find("gen", 3), -1);
    assert_string_equal(tp_tunnel_name(2), "geneve");
    assert_null(tp_tunnel_name(100));
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        struct decoded decoded = {.text = ""};
        uint32_t length;
        uint8_t *bytes = frame_bytes(frames[i], &length);
        struct packet_frame frame = {bytes, length, length, 101, 17, 3, 1};

        walk_frame(&frame, &options, &decoded);
        if (decoded.result != PACKET_TCP)
            fail_msg("row %zu: %s", i, decoded.text);
        assert_connection(&decoded.record, false);
        free(bytes);
    }
}

/* --- lengths ---------------------------------------------------------------------------------- */

static struct tp_record segment(uint32_t linktype, const char *hex)
{
    struct decoded decoded = decode(linktype, hex, false);

    if (decoded.result != PACKET_TCP)
        fail_msg("%s", decoded.text);
    return decoded.record;
}

static void test_lengths(void **state)
{
    struct tp_record record;

    (void)state;
    /* IP says more than the frame has: the frame was cut before it was captured */
    record = segment(101, "4502 05dc " IP4_HEAD TCP);
    assert_int_equal(record.payload, 1460);
    assert_int_equal(record.captured, 5);
    /* the length of PPPoE is below that of IP, which counts padding in */
    record = segment(51, "1100 0001 002a 0021 4502 002e " IP4_HEAD TCP "00");
    assert_int_equal(record.payload, 0);
    /* a SYN whose options are in a later fragment */
    record = segment(101, "4500 002c 1234 2000 40 06 0000 0a000001 0a000002 "
                          "9c40 0050 00001000 00000000 a002 0100 abcd 0000 020405b4");
    assert_int_equal(record.payload, 0);
    assert_int_equal(record.mss, 1460);
    assert_int_equal(record.options, TP_OPTION_MSS | TP_OPTION_CUT);
    assert_int_equal(record.oddities, TP_ODD_FRAGMENT | TP_ODD_CUT);
    /* the oddities of an outer header are not those of the inner packet */
    record = segment(101, "4500 0000 0001 2000 40 04 0000 c0a80001 c0a80002 " IP4 TCP);
    assert_int_equal(record.oddities, TP_ODD_TUNNEL);
    assert_int_equal(record.payload, 5);
}

/* --- networks ----------------------------------------------------------------------------------
 */

static uint32_t network(uint32_t linktype, const char *before, const char *id, const char *behind)
{
    struct decoded decoded;
    char hex[512];

    snprintf(hex, sizeof hex, "%s%s%s", before, id, behind);
    decoded = decode(linktype, hex, false);
    assert_int_equal(decoded.result, PACKET_TCP);
    return TP_HAS(&decoded.record, NETWORK) ? decoded.record.network : 0;
}

/* Frames with an identifier in their middle. */
static const struct network_case {
    uint32_t linktype;
    const char *before, *id, *other, *behind;
} network_cases[] = {
    {1, MACS "8100 ", "0064", "0065", " 0800 " IP4 TCP},
    {1, MACS "88a8 0001 8100 ", "0064", "0065", " 0800 " IP4 TCP},
    {1, MACS "88a8 ", "0064", "0065", " 8100 0001 0800 " IP4 TCP},
    {113, "0000 0001 0006 0200000000010000 8100 ", "0001", "0fff", " 86dd " IP6 TCP},
    {1, MACS "88e7 ", "00000001", "00000101", " " ETHERNET IP4 TCP},
    {1, MACS "8847 ", "00010140", "00020140", " " IP4 TCP},
    {1, MACS "8847 00010040 ", "00020140", "00030140", " " IP6 TCP},
    {1, MACS "8864 1100 ", "0001", "0002", " 002f 0021 " IP4 TCP},
    {101, OUTER4("11") UDP("12b5") "08000000 ", "00000100", "01000000", " " ETHERNET IP4 TCP},
    {101, OUTER4("11") UDP("12b6") "0c000002 ", "00000100", "01000000", " " IP6 TCP},
    {101, OUTER4("11") UDP("17c1") "0000 6558 ", "00000100", "00000200", " " ETHERNET IP4 TCP},
    {101, OUTER4("11") UDP("0868") "30ff 0031 ", "00000001", "80000001", " " IP4 TCP},
    {101, OUTER4("2f") "2000 0800 ", "00000001", "00000002", " " IP4 TCP},
    {101, OUTER4("2f") "a000 0800 00000000 ", "00000001", "00000002", " " IP4 TCP},
    {101, OUTER4("2f") "2000 6558 ", "00000100", "00000200", " " ETHERNET IP4 TCP}, /* NVGRE */
};

static void test_networks(void **state)
{
    uint32_t one, other;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof network_cases / sizeof *network_cases; i++) {
        const struct network_case *c = &network_cases[i];

        one = network(c->linktype, c->before, c->id, c->behind);
        other = network(c->linktype, c->before, c->other, c->behind);
        if (!one || !other || one == other)
            fail_msg("%s%s: %u and %u", c->before, c->id, one, other);
    }
    assert_int_equal(network(1, ETHERNET, "", IP4 TCP), 0);
    assert_int_equal(network(1, MACS "8100 ", "e064", " 0800 " IP4 TCP), 100); /* its priority */
    assert_int_equal(network(1, MACS "8100 ", "e000", " 0800 " IP4 TCP), 0);
    /* The last byte of NVGRE's key is that of a flow. */
    assert_int_equal(network(101, OUTER4("2f") "2000 6558 ", "000001ff", " " ETHERNET IP4 TCP),
                     network(101, OUTER4("2f") "2000 6558 ", "00000100", " " ETHERNET IP4 TCP));
}

/* --- options -----------------------------------------------------------------------------------
 */

/* The record of a segment with these options, a multiple of 4 bytes. */
static struct tp_record with_options(uint16_t flags, const char *options)
{
    char hex[512];
    uint32_t length;

    free(frame_bytes(options, &length));
    assert_int_equal(length % 4, 0);
    snprintf(hex, sizeof hex,
             "4500 %04x 0000 0000 40 06 0000 0a000001 0a000002 "
             "9c40 0050 00001000 00002000 %04x 0100 abcd 0011 %s",
             40 + length, (20 + length) / 4 << 12 | flags, options);
    return segment(101, hex);
}

#define OPTION_FIELDS (TP_BIT(MSS) | TP_BIT(WSCALE) | TP_BIT(SACK) | TP_BIT(TSVAL) | TP_BIT(TSECR))

static const struct option_case {
    uint16_t flags;
    const char *hex;
    uint16_t options;
    uint64_t have;
} option_cases[] = {
    {TP_TCP_SYN, "020405b4 0402080a 00000001 00000000 01030307",
     TP_OPTION_MSS | TP_OPTION_SACK_OK | TP_OPTION_TS | TP_OPTION_WSCALE,
     TP_BIT(MSS) | TP_BIT(WSCALE) | TP_BIT(TSVAL) | TP_BIT(TSECR)},
    {TP_TCP_ACK, "020405b4 01030307", TP_OPTION_MSS | TP_OPTION_WSCALE, 0},
    {TP_TCP_ACK, "0101080a 00000001 00000002", TP_OPTION_TS, TP_BIT(TSVAL) | TP_BIT(TSECR)},
    {TP_TCP_ACK, "0101050a 00000001 00000002", TP_OPTION_SACK, TP_BIT(SACK)},
    {TP_TCP_ACK, "01010522 00000001 00000002 00000003 00000004 00000005 00000006 00000007 00000008",
     TP_OPTION_SACK, TP_BIT(SACK)},
    {TP_TCP_ACK, "01010502", TP_OPTION_SACK | TP_OPTION_BAD, 0},
    {TP_TCP_ACK, "0509 00000001000000 000000", TP_OPTION_SACK | TP_OPTION_BAD, 0},
    {TP_TCP_SYN, "0204", TP_OPTION_BAD, 0},
    {TP_TCP_SYN, "02000000", TP_OPTION_BAD, 0},
    {TP_TCP_SYN, "01010102", TP_OPTION_BAD, 0},
    {TP_TCP_SYN, "02060000 00000000", TP_OPTION_MSS | TP_OPTION_BAD, 0},
    {TP_TCP_SYN, "0101 0809 0000000000000000", TP_OPTION_TS | TP_OPTION_BAD, 0},
    {TP_TCP_SYN, "00ffffff", 0, 0},
    {TP_TCP_SYN, "2202 0101", TP_OPTION_TFO, 0},
    {TP_TCP_SYN, "1e04 0000", TP_OPTION_MPTCP | TP_OPTION_MPTCP_SIGNAL, 0},
    {TP_TCP_ACK, "1e08 2001 00000001", TP_OPTION_MPTCP, 0}, /* a data sequence signal */
    {TP_TCP_ACK, "1e08 3102 0a010102", TP_OPTION_MPTCP | TP_OPTION_MPTCP_SIGNAL, 0},
    {TP_TCP_ACK, "1e02 0101", TP_OPTION_MPTCP, 0},
    {TP_TCP_SYN, "1d04 0000", TP_OPTION_AO, 0},
    {TP_TCP_SYN, "1312 00000000000000000000000000000000 0000", TP_OPTION_MD5, 0},
    {TP_TCP_SYN, "ac05 000001 010101", TP_OPTION_ACCECN, 0},
    {TP_TCP_SYN, "fd04 0000", TP_OPTION_OTHER, 0},
};

static void test_options(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof option_cases / sizeof *option_cases; i++) {
        const struct option_case *c = &option_cases[i];
        struct tp_record record;

        if (strlen(c->hex) == 4) /* too short a list: the header has no such length */
            continue;
        record = with_options(c->flags, c->hex);
        if (record.options != c->options || (record.have & OPTION_FIELDS) != c->have)
            fail_msg("%s: options %#x, fields %#llx", c->hex, record.options,
                     (unsigned long long)(record.have & OPTION_FIELDS));
    }
}

static void test_option_values(void **state)
{
    struct tp_record record;
    char text[128];

    (void)state;
    record = with_options(TP_TCP_SYN, "020405b4 0402080a 89abcdef 01234567 01030307");
    assert_int_equal(record.mss, 1460);
    assert_int_equal(record.wscale, 7);
    assert_int_equal(record.tsval, 0x89abcdef);
    assert_int_equal(record.tsecr, 0x1234567);
    assert_false(TP_HAS(&record, ACK));
    assert_false(TP_HAS(&record, URG_PTR));
    record = with_options(TP_TCP_ACK | TP_TCP_URG | TP_TCP_AE,
                          "01010512 00000001 00000002 80000000 ffffffff");
    assert_int_equal(record.urg_ptr, 0x11);
    assert_int_equal(record.flags, TP_TCP_ACK | TP_TCP_URG | TP_TCP_AE);
    tp_record_text(&record, TP_FIELD_SACK, text, sizeof text);
    assert_string_equal(text, "1-2,2147483648-4294967295");
}

/* Of a SACK option that was cut its whole blocks are there, and nothing else. */
static void test_cut_sack(void **state)
{
    uint32_t length;
    uint8_t *bytes = frame_bytes("4500 0040 0000 0000 40 06 0000 0a000001 0a000002 "
                                 "9c40 0050 00001000 00002000 b010 0100 abcd 0000 "
                                 "0101 0512 00000001 00000002 00000003 00000004 01010101",
                                 &length);

    (void)state;
    for (uint32_t captured = 40; captured <= length; captured++) {
        struct decoded d = decode_part(101, bytes, captured, length, false);
        uint32_t blocks = captured < 52 ? 0 : captured < 60 ? 1 : 2;

        assert_int_equal(d.result, PACKET_TCP);
        assert_int_equal(TP_HAS(&d.record, SACK), blocks > 0);
        if (blocks)
            assert_int_equal(d.record.sack.count, blocks);
        assert_int_equal((d.record.options & TP_OPTION_SACK) != 0, captured >= 43);
        assert_int_equal((d.record.options & TP_OPTION_CUT) != 0, captured < length);
    }
    free(bytes);
}

/* Without the fields of options they are not even looked at. */
static void test_few_fields(void **state)
{
    uint32_t length;
    uint8_t *bytes = frame_bytes(ETHERNET "4500 0034 0000 0000 40 06 0000 0a000001 0a000002 "
                                          "9c40 0050 00001000 00002000 8010 0100 abcd 0000 "
                                          "0101080a 00000001 00000002",
                                 &length);
    struct packet_frame frame = {
        .bytes = bytes, .captured = length, .wire_len = length, .linktype = 1};
    const struct packet_options options = {.fields = TP_BIT(SEQ)};
    struct packet_walk walk;
    struct tp_record record;

    (void)state;
    packet_begin(&walk, &frame, &options);
    assert_int_equal(packet_next(&walk, &record), PACKET_TCP);
    assert_false(packet_has_more(&walk));
    assert_true(TP_HAS(&record, SEQ));
    assert_int_equal(record.have & (OPTION_FIELDS | TP_BIT(OPTIONS)), 0);
    assert_int_equal(record.payload, 0);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_frames),    cmocka_unit_test(test_outer),
        cmocka_unit_test(test_snaplen),       cmocka_unit_test(test_refused),
        cmocka_unit_test(test_lengths),       cmocka_unit_test(test_options),
        cmocka_unit_test(test_option_values), cmocka_unit_test(test_few_fields),
        cmocka_unit_test(test_cut_sack),      cmocka_unit_test(test_aggregates),
        cmocka_unit_test(test_decode_as),     cmocka_unit_test(test_networks),
    };

    return cmocka_run_group_tests_name("packet", tests, NULL, NULL);
}
