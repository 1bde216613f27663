/* packet_ip.c: IPv4 (RFC 791) and IPv6 (RFC 8200) with their options and extension headers. */
#include "packet_layer.h"

enum {
    PROTOCOL_HOP_BY_HOP = 0,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    PROTOCOL_ROUTING = 43,
    PROTOCOL_FRAGMENT = 44,
    PROTOCOL_ESP = 50,
    PROTOCOL_AH = 51,
    PROTOCOL_DESTINATION = 60
};

enum packet_layer packet_ip(struct packet_walk *walk)
{
    const uint8_t *first = cursor_peek(&walk->rest, 1);

    if (!first)
        return packet_bad(walk, "IP header cut off");
    if (*first >> 4 == 4)
        return LAYER_IPV4;
    return *first >> 4 == 6 ? LAYER_IPV6 : packet_bad(walk, "IP version is neither 4 nor 6");
}

enum packet_layer packet_ipv4(struct packet_walk *walk)
{
    struct tp_record *record = walk->record;
    uint32_t header_length, total, on_wire = walk->rest.length;
    const uint8_t *ip = cursor_take(&walk->rest, 20);
    uint16_t fragment;

    if (!ip)
        return packet_bad(walk, "IPv4 header cut off");
    header_length = (ip[0] & 15) * 4u;
    total = be16(ip + 2);
    if (ip[0] >> 4 != 4)
        return packet_bad(walk, "IPv4 header is of another version");
    if (header_length < 20)
        return packet_bad(walk, "IPv4 header length is below 20");
    if (total == 0) {
        total = on_wire;
        walk->oddities |= TP_ODD_NO_LENGTH;
    }
    if (total < header_length)
        return packet_bad(walk, "IPv4 length is below that of its header");
    if (header_length > 20 && !cursor_take(&walk->rest, header_length - 20))
        return packet_bad(walk, "IPv4 options cut off");
    cursor_set_length(&walk->rest, total - header_length);
    fragment = be16(ip + 6);
    walk->later_fragment = (fragment & 0x1fff) != 0;
    if (fragment & 0x2000)
        walk->oddities |= TP_ODD_FRAGMENT;
    record->tos = ip[1];
    record->ip_id = be16(ip + 4);
    record->ttl = ip[8];
    walk->have |= TP_BIT(TOS) | TP_BIT(IP_ID) | TP_BIT(TTL);
    walk->v4 = true;
    walk->src = ip + 12;
    walk->dst = ip + 16;
    walk->protocol = ip[9];
    walk->ips++;
    return walk->protocol == PROTOCOL_TCP && !walk->later_fragment ? LAYER_TCP : LAYER_PROTOCOL;
}

enum packet_layer packet_ipv6(struct packet_walk *walk)
{
    struct tp_record *record = walk->record;
    const uint8_t *ip = cursor_take(&walk->rest, 40);

    if (!ip)
        return packet_bad(walk, "IPv6 header cut off");
    if (ip[0] >> 4 != 6)
        return packet_bad(walk, "IPv6 header is of another version");
    if (be16(ip + 4))
        cursor_set_length(&walk->rest, be16(ip + 4));
    else
        walk->oddities |= TP_ODD_NO_LENGTH;
    record->tos = (uint8_t)(be16(ip) >> 4);
    record->ttl = ip[7];
    walk->have = (walk->have & ~TP_BIT(IP_ID)) | TP_BIT(TOS) | TP_BIT(TTL);
    walk->v4 = false;
    walk->later_fragment = false;
    walk->src = ip + 8;
    walk->dst = ip + 24;
    walk->protocol = ip[6];
    walk->ips++;
    return walk->protocol == PROTOCOL_TCP ? LAYER_TCP : LAYER_PROTOCOL;
}

enum packet_layer packet_protocol(struct packet_walk *walk)
{
    if (walk->later_fragment)
        return packet_other(walk, "later fragment");
    if (walk->protocol == PROTOCOL_TCP)
        return LAYER_TCP;
    return packet_other(walk,
                        walk->protocol == PROTOCOL_UDP ? "udp" : "ip protocol of another kind");
}
