/* packet_device.c: link headers that only some devices have: loopback of BSD, Linux cooked,
 * FDDI, Token Ring. Source: https://www.tcpdump.org/linktypes.html. */
#include "input/packet_layer.h"

enum packet_layer packet_family(struct packet_walk *walk, uint32_t af)
{
    const uint32_t v6 = 1u << 10 | 1u << 23 | 1u << 24 | 1u << 28 | 1u << 30;

    if (af == 2)
        return LAYER_IPV4;
    if (af < 32 && v6 >> af & 1)
        return LAYER_IPV6;
    return packet_opaque_number(walk, "address family %u", af);
}

/* No family needs more than 16 bits: the other half tells the byte order. */
enum packet_layer packet_loopback(struct packet_walk *walk)
{
    const uint8_t *header = cursor_take(&walk->rest, 4);

    if (!header)
        return packet_bad(walk, "loopback header cut off");
    return packet_family(walk, be16(header) ? le16(header) : be16(header + 2));
}

enum { COOKED_LLC = 0x0004, COOKED_OUTGOING = 4 };

static enum packet_layer cooked(struct packet_walk *walk, uint16_t packet_type, uint16_t protocol)
{
    if (packet_type == COOKED_OUTGOING)
        walk->oddities |= TP_ODD_OUTGOING;
    walk->type = protocol;
    return protocol == COOKED_LLC ? LAYER_LLC : LAYER_ETHERTYPE;
}

enum packet_layer packet_cooked(struct packet_walk *walk)
{
    const uint8_t *header = cursor_take(&walk->rest, 16);

    if (!header)
        return packet_bad(walk, "Linux cooked header cut off");
    return cooked(walk, be16(header), be16(header + 14));
}

enum packet_layer packet_cooked2(struct packet_walk *walk)
{
    const uint8_t *header = cursor_take(&walk->rest, 20);

    if (!header)
        return packet_bad(walk, "Linux cooked v2 header cut off");
    walk->iface = be32(header + 4);
    return cooked(walk, header[10], be16(header));
}

enum packet_layer packet_fddi(struct packet_walk *walk)
{
    const uint8_t *header = cursor_take(&walk->rest, 13);

    if (!header)
        return packet_bad(walk, "FDDI header cut off");
    return (header[0] & 0xf0) == 0x50 ? LAYER_LLC : packet_other(walk, "fddi control");
}

enum packet_layer packet_token_ring(struct packet_walk *walk)
{
    const uint8_t *header = cursor_take(&walk->rest, 14), *route;
    uint32_t length;

    if (!header)
        return packet_bad(walk, "Token Ring header cut off");
    if ((header[1] & 0xc0) != 0x40)
        return packet_other(walk, "token ring control");
    if (header[8] & 0x80) {
        route = cursor_peek(&walk->rest, 1);
        length = route ? *route & 31u : 0;
        if (length < 2 || !cursor_take(&walk->rest, length))
            return packet_bad(walk, "Token Ring route cut off");
    }
    return LAYER_LLC;
}
