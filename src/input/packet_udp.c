/* packet_udp.c: tunnels in UDP.
 *
 * They are known by their port alone, which proves nothing: they are guesses until a valid IP
 * header is found inside.
 */
#include <string.h>

#include "input/packet_layer.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The service's port may be the source only where answers come from it. */
static const struct tunnel {
    const char *name;
    enum packet_layer layer;
    uint16_t port, old_port; /* 0: none */
    bool answers;
} tunnels[] = {
    {"vxlan", LAYER_VXLAN, 4789, 8472, false}, /* Linux before the standard */
    {"vxlan-gpe", LAYER_VXLAN_GPE, 4790, 0, false},
    {"geneve", LAYER_GENEVE, 6081, 0, false},
    {"gre", LAYER_GRE, 4754, 0, false},   /* RFC 8086 */
    {"mpls", LAYER_MPLS, 6635, 0, false}, /* RFC 7510 */
    {"l2tp", LAYER_L2TP, 1701, 0, true},
    {"capwap", LAYER_CAPWAP, 5247, 0, true},
    {"teredo", LAYER_TEREDO, 3544, 0, true},
    {"gtp", LAYER_GTP, 2152, 0, true},
};

int tp_tunnel_find(const char *name, size_t length)
{
    for (size_t i = 0; i < COUNT(tunnels); i++)
        if (strlen(tunnels[i].name) == length && memcmp(tunnels[i].name, name, length) == 0)
            return (int)i;
    return -1;
}

const char *tp_tunnel_name(unsigned tunnel)
{
    return tunnel < COUNT(tunnels) ? tunnels[tunnel].name : NULL;
}

/* What the caller knows comes first. */
static const struct tunnel *find_told(const struct packet_options *options, uint16_t src,
                                      uint16_t dst)
{
    unsigned i;

    for (i = 0; i < options->decode_as_count; i++)
        if (options->decode_as[i].port == src || options->decode_as[i].port == dst)
            return &tunnels[options->decode_as[i].tunnel];
    return NULL;
}

static const struct tunnel *find_known(uint16_t src, uint16_t dst)
{
    size_t i;

    for (i = 0; i < COUNT(tunnels); i++)
        if (dst == tunnels[i].port || (dst == tunnels[i].old_port && dst) ||
            (tunnels[i].answers && src == tunnels[i].port))
            return &tunnels[i];
    return NULL;
}

enum packet_layer packet_udp(struct packet_walk *walk)
{
    const uint8_t *header = cursor_take(&walk->rest, 8);
    const struct tunnel *tunnel;

    if (!header)
        return packet_other(walk, "udp");
    tunnel = find_told(walk->options, be16(header), be16(header + 2));
    if (!tunnel)
        tunnel = find_known(be16(header), be16(header + 2));
    if (!tunnel)
        return packet_other(walk, "udp");
    walk->guess = "udp";
    return tunnel->layer;
}

enum { VXLAN_NETWORK = 0x08, VXLAN_PROTOCOL = 0x04 };

enum packet_layer packet_vxlan(struct packet_walk *walk) /* RFC 7348 */
{
    const uint8_t *header = cursor_take(&walk->rest, 8);

    if (!header || !(header[0] & VXLAN_NETWORK))
        return packet_other(walk, "udp");
    packet_enter_network(walk, NETWORK_VNI, be32(header + 4) >> 8);
    return LAYER_ETHERNET;
}

enum packet_layer packet_vxlan_gpe(struct packet_walk *walk)
{
    const uint8_t *header = cursor_take(&walk->rest, 8);

    if (!header)
        return packet_other(walk, "udp");
    packet_enter_network(walk, NETWORK_VNI, be32(header + 4) >> 8);
    return header[0] & VXLAN_PROTOCOL ? packet_service_next(walk, header[3]) : LAYER_ETHERNET;
}

enum packet_layer packet_geneve(struct packet_walk *walk) /* RFC 8926 */
{
    const uint8_t *header = cursor_take(&walk->rest, 8);

    if (!header || header[0] >> 6 || !cursor_take(&walk->rest, (header[0] & 63) * 4u))
        return packet_other(walk, "udp");
    packet_enter_network(walk, NETWORK_VNI, be32(header + 4) >> 8);
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
    packet_enter_network(walk, NETWORK_KEY, be32(header + 4));
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
