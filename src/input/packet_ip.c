/* packet_ip.c: IPv4 (RFC 791) and IPv6 (RFC 8200) with their options and extension headers. */
#include "input/packet_layer.h"

enum { PROTOCOL_HOP_BY_HOP = 0, PROTOCOL_TCP = 6, PROTOCOL_ROUTING = 43 };
enum { MORE_FRAGMENTS = 0x2000, FRAGMENT_OFFSET = 0x1fff }; /* of IPv4; offsets count 8 bytes */

enum packet_layer packet_ip(struct packet_walk *walk)
{
    const uint8_t *first = cursor_peek(&walk->rest, 1);

    if (!first)
        return packet_bad(walk, "IP header cut off");
    if (*first >> 4 == 4)
        return LAYER_IPV4;
    return *first >> 4 == 6 ? LAYER_IPV6 : packet_bad(walk, "IP version is neither 4 nor 6");
}

/* A valid IP header was passed. What comes next depends on whether it is the first one. */
static enum packet_layer enter(struct packet_walk *walk)
{
    walk->guess = NULL;
    if (walk->ips++) {
        if (walk->options->outer)
            return packet_other(walk, "tunnel");
        if (walk->ips > PACKET_TUNNELS_MAX + 1)
            return packet_opaque(walk, "tunnel");
        walk->oddities |= TP_ODD_TUNNEL;
    }
    return walk->protocol == PROTOCOL_TCP ? LAYER_TCP : LAYER_PROTOCOL;
}

/* What follows the IP header is so long. Bytes that were taken for IP on a guess must fit; what a
 * header before it says is the limit, because some networks count the padding of Ethernet in. */
static bool set_length(struct packet_walk *walk, uint32_t length)
{
    if (walk->limited && length > walk->rest.length)
        length = walk->rest.length;
    walk->limited = false;
    if (walk->guess && length > walk->rest.length && !walk->partial)
        return false;
    cursor_set_length(&walk->rest, length);
    return true;
}

enum packet_layer packet_ipv4(struct packet_walk *walk)
{
    struct tp_record *record = walk->record;
    uint32_t header_length, total, on_wire = walk->rest.length;
    const uint8_t *ip = cursor_take(&walk->rest, 20);
    enum packet_layer next;
    uint16_t flags;

    if (!ip)
        return packet_bad(walk, "IPv4 header cut off");
    header_length = (ip[0] & 15) * 4u;
    total = be16(ip + 2);
    flags = be16(ip + 6);
    if (ip[0] >> 4 != 4)
        return packet_bad(walk, "IPv4 header is of another version");
    if (header_length < 20)
        return packet_bad(walk, "IPv4 header length is below 20");
    walk->oddities &= (uint16_t) ~(TP_ODD_NO_LENGTH | TP_ODD_FRAGMENT);
    if (total == 0) {
        total = on_wire;
        walk->oddities |= TP_ODD_NO_LENGTH;
    }
    if (total < header_length)
        return packet_bad(walk, "IPv4 length is below that of its header");
    if (header_length > 20 && !cursor_take(&walk->rest, header_length - 20))
        return packet_bad(walk, "IPv4 options cut off");
    if (!set_length(walk, total - header_length))
        return packet_bad(walk, "IPv4 length is beyond the frame");
    record->tos = ip[1];
    record->ip_id = be16(ip + 4);
    record->ttl = ip[8];
    walk->have |= TP_BIT(TOS) | TP_BIT(IP_ID) | TP_BIT(TTL);
    walk->v4 = true;
    walk->src = ip + 12;
    walk->dst = ip + 16;
    walk->protocol = ip[9];
    next = enter(walk);
    if (!(flags & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) || next >= LAYER_COUNT)
        return next;
    walk->fragment_id = record->ip_id;
    walk->fragment_offset = (flags & FRAGMENT_OFFSET) * 8u;
    walk->more_fragments = (flags & MORE_FRAGMENTS) != 0;
    return LAYER_FRAGMENTED;
}

enum packet_layer packet_ipv6(struct packet_walk *walk)
{
    struct tp_record *record = walk->record;
    const uint8_t *ip = cursor_take(&walk->rest, 40);

    if (!ip)
        return packet_bad(walk, "IPv6 header cut off");
    if (ip[0] >> 4 != 6)
        return packet_bad(walk, "IPv6 header is of another version");
    walk->oddities &= (uint16_t) ~(TP_ODD_NO_LENGTH | TP_ODD_FRAGMENT);
    if (be16(ip + 4) == 0)
        walk->oddities |= TP_ODD_NO_LENGTH;
    else if (!set_length(walk, be16(ip + 4)))
        return packet_bad(walk, "IPv6 length is beyond the frame");
    record->tos = (uint8_t)(be16(ip) >> 4);
    record->ttl = ip[7];
    walk->have = (walk->have & ~TP_BIT(IP_ID)) | TP_BIT(TOS) | TP_BIT(TTL);
    walk->v4 = false;
    walk->src = ip + 8;
    walk->dst = ip + 24;
    walk->protocol = ip[6];
    return enter(walk);
}

/* --- what follows --------------------------------------------------------------------------- */

/* https://www.iana.org/assignments/protocol-numbers */
static const struct protocol {
    enum packet_layer layer;
    const char *name; /* NULL: it is not in the table */
} protocols[256] = {
    [PROTOCOL_HOP_BY_HOP] = {LAYER_EXTENSION, ""},
    [1] = {LAYER_OTHER, "icmp"},
    [2] = {LAYER_OTHER, "igmp"},
    [4] = {LAYER_IPV4, ""},
    [PROTOCOL_TCP] = {LAYER_TCP, ""},
    [17] = {LAYER_UDP, ""},
    [33] = {LAYER_OTHER, "dccp"},
    [41] = {LAYER_IPV6, ""},
    [PROTOCOL_ROUTING] = {LAYER_EXTENSION, ""},
    [44] = {LAYER_FRAGMENT, ""},
    [46] = {LAYER_OTHER, "rsvp"},
    [47] = {LAYER_GRE, ""},
    [50] = {LAYER_OPAQUE, "esp"},
    [51] = {LAYER_AH, ""},
    [58] = {LAYER_OTHER, "icmp6"},
    [59] = {LAYER_OTHER, "no next header"},
    [60] = {LAYER_EXTENSION, ""}, /* destination options */
    [88] = {LAYER_OTHER, "eigrp"},
    [89] = {LAYER_OTHER, "ospf"},
    [97] = {LAYER_ETHERIP, ""},
    [103] = {LAYER_OTHER, "pim"},
    [108] = {LAYER_OPAQUE, "ipcomp"},
    [112] = {LAYER_OTHER, "vrrp"},
    [115] = {LAYER_L2TP_IP, ""},
    [132] = {LAYER_OTHER, "sctp"},
    [135] = {LAYER_EXTENSION, ""}, /* mobility */
    [136] = {LAYER_OTHER, "udplite"},
    [137] = {LAYER_MPLS, ""},
    [139] = {LAYER_EXTENSION, ""}, /* host identity */
    [140] = {LAYER_EXTENSION, ""}, /* shim6 */
};

enum packet_layer packet_protocol(struct packet_walk *walk)
{
    const struct protocol *protocol = &protocols[walk->protocol];

    walk->text = protocol->name;
    return protocol->name ? protocol->layer
                          : packet_opaque_number(walk, "ip protocol %u", walk->protocol);
}

/* --- extension headers ---------------------------------------------------------------------- */

/* The options of a hop-by-hop header; 0 if there is no jumbo payload option (RFC 2675). */
static uint32_t jumbo_length(struct cursor options)
{
    enum { PAD1 = 0, JUMBO = 0xc2 };
    const uint8_t *option, *body;

    while ((option = cursor_take(&options, 1))) {
        if (*option == PAD1)
            continue;
        body = cursor_take(&options, 1);
        if (!body || !cursor_take(&options, *body))
            return 0;
        if (*option == JUMBO && *body == 4)
            return be32(body + 1);
    }
    return 0;
}

/* Where the packet goes in the end. Type 0 and 2 (RFC 2460, 6275) have that address last, segment
 * routing (RFC 8754) has it first. */
static void follow_route(struct packet_walk *walk, const uint8_t *header, uint32_t length)
{
    enum { SOURCE_ROUTE = 0, MOBILE = 2, SEGMENTS = 4 };
    uint8_t type = header[2], left = header[3];

    if (left == 0 || length < 24)
        return;
    if (type == SOURCE_ROUTE || type == MOBILE)
        walk->dst = header + 8 + (length - 24) / 16 * 16;
    else if (type == SEGMENTS)
        walk->dst = header + 8;
}

/* A header whose first byte is what comes next and whose second is its length. */
enum packet_layer packet_extension(struct packet_walk *walk)
{
    struct cursor whole = walk->rest;
    const uint8_t *header = cursor_peek(&walk->rest, 2);
    uint32_t length = header ? header[1] * 8u + 8 : 0, jumbo;

    if (walk->v4)
        return packet_opaque_number(walk, "ip protocol %u", walk->protocol);
    if (!header || !(header = cursor_take(&walk->rest, length)))
        return packet_bad(walk, "IPv6 extension header cut off");
    if (walk->protocol == PROTOCOL_ROUTING)
        follow_route(walk, header, length);
    if (walk->protocol == PROTOCOL_HOP_BY_HOP && walk->oddities & TP_ODD_NO_LENGTH) {
        jumbo = jumbo_length((struct cursor){header + 2, length - 2, length - 2});
        if (jumbo > whole.length || (jumbo && jumbo < length))
            return packet_bad(walk, "IPv6 jumbo length does not fit its frame");
        if (jumbo) {
            cursor_set_length(&walk->rest, jumbo - length);
            walk->oddities &= (uint16_t)~TP_ODD_NO_LENGTH;
        }
    }
    walk->protocol = header[0];
    return LAYER_PROTOCOL;
}

enum packet_layer packet_fragment(struct packet_walk *walk)
{
    const uint8_t *header = cursor_take(&walk->rest, 8);

    if (walk->v4)
        return packet_opaque_number(walk, "ip protocol %u", walk->protocol);
    if (!header)
        return packet_bad(walk, "IPv6 fragment header cut off");
    walk->protocol = header[0];
    walk->fragment_id = be32(header + 4);
    walk->fragment_offset = be16(header + 2) & 0xfff8;
    walk->more_fragments = header[3] & 1;
    return walk->more_fragments || walk->fragment_offset ? LAYER_FRAGMENTED : LAYER_PROTOCOL;
}

enum packet_layer packet_ah(struct packet_walk *walk)
{
    const uint8_t *header = cursor_peek(&walk->rest, 2);

    if (!header || !cursor_take(&walk->rest, header[1] * 4u + 8))
        return packet_bad(walk, "AH header cut off");
    walk->protocol = header[0];
    return LAYER_PROTOCOL;
}
