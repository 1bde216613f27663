/* packet_tunnel.c: tunnels with a header of their own. IP in IP needs none.
 *
 * Those in UDP are known by their port alone, which proves nothing: they are guesses until a valid
 * IP header is found inside.
 */
#include "packet_layer.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum packet_layer packet_etherip(struct packet_walk *walk) /* RFC 3378 */
{
    const uint8_t *header = cursor_take(&walk->rest, 2);

    if (!header)
        return packet_bad(walk, "EtherIP header cut off");
    return header[0] >> 4 == 3 ? LAYER_ETHERNET : packet_other(walk, "etherip");
}

/* --- GRE (RFC 2784, 2890; version 1 is RFC 2637) --------------------------------------------- */

enum { GRE_CHECKSUM = 0x8000, GRE_ROUTING = 0x4000, GRE_KEY = 0x2000, GRE_SEQUENCE = 0x1000 };
enum { GRE_ACK = 0x0080, GRE_VERSION = 7 };
enum { GRE_PPP = 0x880b, GRE_WCCP = 0x883e, GRE_ERSPAN = 0x88be, GRE_ERSPAN3 = 0x22eb };

/* WCCP version 2 puts four bytes before the IPv4 header, version 1 none: as in the kernel's
 * gre_parse_header(). */
static enum packet_layer wccp(struct packet_walk *walk)
{
    const uint8_t *first = cursor_peek(&walk->rest, 1);

    if (first && *first >> 4 != 4 && !cursor_take(&walk->rest, 4))
        return packet_bad(walk, "WCCP header cut off");
    return LAYER_IPV4;
}

/* A mirrored frame. Type I has no header, and no sequence number in GRE. */
static enum packet_layer erspan(struct packet_walk *walk, uint16_t flags)
{
    enum { WITH_PLATFORM = 1 };
    const uint8_t *header;

    if (walk->type == GRE_ERSPAN) {
        if (flags & GRE_SEQUENCE && !cursor_take(&walk->rest, 8))
            return packet_bad(walk, "ERSPAN header cut off");
        return LAYER_ETHERNET;
    }
    header = cursor_take(&walk->rest, 12);
    if (!header || (header[11] & WITH_PLATFORM && !cursor_take(&walk->rest, 8)))
        return packet_bad(walk, "ERSPAN header cut off");
    return LAYER_ETHERNET;
}

enum packet_layer packet_gre(struct packet_walk *walk)
{
    const uint8_t *header = cursor_take(&walk->rest, 4);
    uint16_t flags = header ? be16(header) : 0, version = flags & GRE_VERSION;
    uint32_t more;

    if (!header)
        return packet_bad(walk, "GRE header cut off");
    walk->type = be16(header + 2);
    if (version > 1 || flags & GRE_ROUTING || (version == 1 && walk->type != GRE_PPP))
        return packet_other(walk, "gre");
    more = 4u * (!!(flags & GRE_CHECKSUM) + !!(flags & GRE_KEY) + !!(flags & GRE_SEQUENCE) +
                 (version == 1 && flags & GRE_ACK));
    if (!cursor_take(&walk->rest, more))
        return packet_bad(walk, "GRE header cut off");
    if (walk->rest.length == 0)
        return packet_other(walk, "gre");
    if (walk->type == GRE_WCCP)
        return wccp(walk);
    if (walk->type == GRE_ERSPAN || walk->type == GRE_ERSPAN3)
        return erspan(walk, flags);
    return walk->type < 0x0600 ? packet_other(walk, "gre") : LAYER_ETHERTYPE;
}

/* --- in UDP --------------------------------------------------------------------------------- */

/* The service's port may be the source only where answers come from it. */
static const struct service {
    uint16_t port;
    bool answers;
    enum packet_layer layer;
} services[] = {
    {4789, false, LAYER_VXLAN},     {8472, false, LAYER_VXLAN}, /* Linux before the standard */
    {4790, false, LAYER_VXLAN_GPE}, {6081, false, LAYER_GENEVE},
    {3544, true, LAYER_TEREDO},     {2152, true, LAYER_GTP},
};

enum packet_layer packet_udp(struct packet_walk *walk)
{
    const uint8_t *header = cursor_take(&walk->rest, 8);
    size_t i;

    if (header)
        for (i = 0; i < COUNT(services); i++)
            if (be16(header + 2) == services[i].port ||
                (services[i].answers && be16(header) == services[i].port)) {
                walk->guess = "udp";
                return services[i].layer;
            }
    return packet_other(walk, "udp");
}

/* What VXLAN-GPE and NSH call their payload. */
static enum packet_layer next_protocol(struct packet_walk *walk, uint8_t number)
{
    static const enum packet_layer layers[] = {[1] = LAYER_IPV4,
                                               [2] = LAYER_IPV6,
                                               [3] = LAYER_ETHERNET,
                                               [4] = LAYER_NSH,
                                               [5] = LAYER_MPLS};

    return number > 0 && number < COUNT(layers) ? layers[number]
                                                : packet_other(walk, "service header");
}

enum { VXLAN_NETWORK = 0x08, VXLAN_PROTOCOL = 0x04 };

enum packet_layer packet_vxlan(struct packet_walk *walk) /* RFC 7348 */
{
    const uint8_t *header = cursor_take(&walk->rest, 8);

    return header && header[0] & VXLAN_NETWORK ? LAYER_ETHERNET : packet_other(walk, "udp");
}

enum packet_layer packet_vxlan_gpe(struct packet_walk *walk)
{
    const uint8_t *header = cursor_take(&walk->rest, 8);

    if (!header)
        return packet_other(walk, "udp");
    return header[0] & VXLAN_PROTOCOL ? next_protocol(walk, header[3]) : LAYER_ETHERNET;
}

enum packet_layer packet_nsh(struct packet_walk *walk) /* RFC 8300 */
{
    const uint8_t *header = cursor_peek(&walk->rest, 8);
    uint32_t length = header ? (be16(header) & 63) * 4u : 0;

    if (length < 8 || !cursor_take(&walk->rest, length))
        return packet_bad(walk, "service header cut off");
    return next_protocol(walk, header[3]);
}

enum packet_layer packet_geneve(struct packet_walk *walk) /* RFC 8926 */
{
    const uint8_t *header = cursor_take(&walk->rest, 8);

    if (!header || header[0] >> 6 || !cursor_take(&walk->rest, (header[0] & 63) * 4u))
        return packet_other(walk, "udp");
    walk->type = be16(header + 2);
    return LAYER_ETHERTYPE;
}

/* RFC 4380, 5.1.1: an authentication and an origin may stand before the IPv6 header. */
enum packet_layer packet_teredo(struct packet_walk *walk)
{
    enum { ORIGIN = 0, AUTHENTICATION = 1 };
    const uint8_t *header = cursor_peek(&walk->rest, 4);

    if (header && be16(header) == AUTHENTICATION)
        header = cursor_take(&walk->rest, 13u + header[2] + header[3]) ? cursor_peek(&walk->rest, 4)
                                                                       : NULL;
    if (header && be16(header) == ORIGIN)
        header = cursor_take(&walk->rest, 8);
    return header ? LAYER_IPV6 : packet_other(walk, "udp");
}

/* 3GPP TS 29.281: user data of version 1, perhaps with extension headers. */
enum packet_layer packet_gtp(struct packet_walk *walk)
{
    enum { VERSION_1 = 0x30, VERSION_MASK = 0xf0, OPTIONAL = 0x07, EXTENDED = 0x04, DATA = 0xff };
    const uint8_t *header = cursor_take(&walk->rest, 8), *more;
    uint32_t length;
    uint8_t next = 0;

    if (!header || (header[0] & VERSION_MASK) != VERSION_1 || header[1] != DATA)
        return packet_other(walk, "udp");
    if (header[0] & OPTIONAL) {
        more = cursor_take(&walk->rest, 4);
        next = more && header[0] & EXTENDED ? more[3] : 0;
    }
    while (next) {
        more = cursor_peek(&walk->rest, 1);
        length = more ? *more * 4u : 0;
        if (length == 0 || !(more = cursor_take(&walk->rest, length)))
            return packet_other(walk, "udp");
        next = more[length - 1];
    }
    return LAYER_IP;
}
