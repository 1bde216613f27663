/* packet_link.c: Ethernet, and what else may stand between a link and IP on many of them: tags,
 * other frames, LLC (IEEE 802.2), MPLS (RFC 3032). */
#include <string.h>

#include "input/packet_layer.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { TYPE_IPV4 = 0x0800, TYPE_ARP = 0x0806, TYPE_VLAN = 0x8100, TYPE_IPV6 = 0x86dd };
enum { TYPE_LEAST = 0x0600 };

static const struct ethertype {
    uint16_t type;
    enum packet_layer layer;
    const char *name;
} ethertypes[] = {
    {TYPE_IPV4, LAYER_IPV4, NULL},
    {TYPE_IPV6, LAYER_IPV6, NULL},
    {TYPE_VLAN, LAYER_VLAN, NULL},
    {0x88a8, LAYER_VLAN, NULL}, /* QinQ: 802.1ad */
    {0x9100, LAYER_VLAN, NULL}, /* and before that standard */
    {0x8926, LAYER_TAG, NULL},
    {0x893f, LAYER_TAG, NULL},
    {0x8909, LAYER_TAG, NULL},
    {0x892f, LAYER_TAG, NULL},
    {0x88e7, LAYER_I_TAG, NULL},
    {0x8903, LAYER_FABRIC_PATH, NULL},
    {0x22f3, LAYER_TRILL, NULL},
    {0x88e5, LAYER_MACSEC, NULL},
    {0x8847, LAYER_MPLS, NULL},
    {0x8848, LAYER_MPLS, NULL},
    {0x8864, LAYER_PPPOE, NULL},
    {0x880b, LAYER_PPP, NULL},
    {0x894f, LAYER_NSH, NULL},
    {0x6558, LAYER_ETHERNET, NULL}, /* inside GRE and Geneve */
    {TYPE_ARP, LAYER_OTHER, "arp"},
    {0x8035, LAYER_OTHER, "rarp"},
    {0x8137, LAYER_OTHER, "ipx"},
    {0x8808, LAYER_OTHER, "pause"},
    {0x8809, LAYER_OTHER, "lacp"},
    {0x8863, LAYER_OTHER, "pppoe discovery"},
    {0x888e, LAYER_OTHER, "eapol"},
    {0x88cc, LAYER_OTHER, "lldp"},
    {0x88e1, LAYER_OTHER, "homeplug"},
    {0x88f7, LAYER_OTHER, "ptp"},
    {0x8902, LAYER_OTHER, "oam"}, /* 802.1ag */
    {0x88b8, LAYER_OTHER, "goose"},
    {0x88ba, LAYER_OTHER, "sampled values"},
    {0x8892, LAYER_OTHER, "profinet"},
    {0x8906, LAYER_OTHER, "fcoe"},
    {0x8914, LAYER_OTHER, "fcoe"},
    {0x88a2, LAYER_OTHER, "ata over ethernet"},
    {0x9000, LAYER_OTHER, "loopback test"},
};

enum packet_layer packet_ethertype(struct packet_walk *walk)
{
    size_t i;

    for (i = 0; i < COUNT(ethertypes); i++)
        if (ethertypes[i].type == walk->type) {
            walk->text = ethertypes[i].name;
            return ethertypes[i].layer;
        }
    return packet_opaque_number(walk, "ethertype 0x%04x", walk->type);
}

/* In frames of Ethernet small types are lengths. */
static enum packet_layer type_or_length(struct packet_walk *walk, const uint8_t *type)
{
    walk->type = be16(type);
    return walk->type < TYPE_LEAST ? LAYER_LLC : LAYER_ETHERTYPE;
}

enum packet_layer packet_ethernet(struct packet_walk *walk)
{
    const uint8_t *header = cursor_take(&walk->rest, 14);

    if (!header)
        return packet_bad(walk, "Ethernet header cut off");
    return be16(header + 12) == TYPE_IPV4 ? LAYER_IPV4 : type_or_length(walk, header + 12);
}

enum packet_layer packet_vlan(struct packet_walk *walk)
{
    const uint8_t *tag = cursor_take(&walk->rest, 4);

    if (!tag)
        return packet_bad(walk, "VLAN tag cut off");
    walk->oddities |= TP_ODD_VLAN;
    packet_enter_network(walk, NETWORK_VLAN, be16(tag) & 0xfff);
    return type_or_length(walk, tag + 2);
}

/* Tags that stand before the type as a VLAN's does, by the EtherType that tells them. */
enum packet_layer packet_tag(struct packet_walk *walk)
{
    static const struct {
        uint16_t type;
        uint8_t bytes; /* before the type that follows */
    } tags[] = {
        {0x8926, 4}, /* VN-Tag */
        {0x893f, 6}, /* E-TAG: 802.1BR */
        {0x8909, 6}, /* Cisco MetaData */
        {0x892f, 4}, /* HSR: IEC 62439-3 */
    };
    const uint8_t *tag;
    size_t i = 0;

    while (i < COUNT(tags) - 1 && tags[i].type != walk->type)
        i++;
    tag = cursor_take(&walk->rest, tags[i].bytes + 2u);
    if (!tag)
        return packet_bad(walk, "tag cut off");
    return type_or_length(walk, tag + tags[i].bytes);
}

enum packet_layer packet_i_tag(struct packet_walk *walk)
{
    const uint8_t *tag = cursor_take(&walk->rest, 4);

    if (!tag)
        return packet_bad(walk, "I-TAG cut off");
    walk->oddities |= TP_ODD_VLAN;
    packet_enter_network(walk, NETWORK_VNI, be32(tag) & 0xffffff);
    return LAYER_ETHERNET;
}

/* A frame in a frame of a Cisco fabric: the tag of its forwarding tree is all between them. */
enum packet_layer packet_fabric_path(struct packet_walk *walk)
{
    if (!cursor_take(&walk->rest, 2))
        return packet_bad(walk, "FabricPath tag cut off");
    return LAYER_ETHERNET;
}

enum packet_layer packet_trill(struct packet_walk *walk) /* RFC 6325, 3 */
{
    const uint8_t *header = cursor_take(&walk->rest, 6);

    if (!header || !cursor_take(&walk->rest, (be16(header) >> 6 & 31) * 4u))
        return packet_bad(walk, "TRILL header cut off");
    return LAYER_ETHERNET;
}

/* Only where the frame is authenticated but not encrypted. What follows it, the check value, is
 * beyond the length of IP. */
enum packet_layer packet_macsec(struct packet_walk *walk) /* 802.1AE, 9.3 */
{
    enum { WITH_CHANNEL = 0x20, ENCRYPTED = 0x08, CHANGED = 0x04, HEADER = 6, CHANNEL = 8 };
    const uint8_t *header = cursor_take(&walk->rest, HEADER), *type;

    if (!header || (header[0] & WITH_CHANNEL && !cursor_take(&walk->rest, CHANNEL)))
        return packet_bad(walk, "MACsec header cut off");
    if (header[0] & (ENCRYPTED | CHANGED))
        return packet_opaque(walk, "macsec encrypted");
    type = cursor_take(&walk->rest, 2);
    if (!type)
        return packet_bad(walk, "MACsec header cut off");
    return type_or_length(walk, type);
}

/* --- LLC ------------------------------------------------------------------------------------ */

enum packet_layer packet_llc(struct packet_walk *walk)
{
    static const uint8_t snap[] = {0xaa, 0xaa, 0x03}, ip[] = {0x06, 0x06, 0x03};
    const uint8_t *llc = cursor_take(&walk->rest, 3);

    if (!llc)
        return packet_bad(walk, "LLC header cut off");
    if (memcmp(llc, ip, sizeof ip) == 0)
        return LAYER_IPV4;
    if (memcmp(llc, snap, sizeof snap) != 0)
        return packet_other(walk, llc[0] == 0x42 ? "spanning tree" : "llc");
    return LAYER_SNAP;
}

/* A whole frame without its check sequence and with it; on ATM two bytes of padding are before it
 * (RFC 2684, 5.2), on frame relay none (RFC 2427, 4.2). */
static enum packet_layer bridged_frame(struct packet_walk *walk)
{
    if (walk->type != 1 && walk->type != 7)
        return packet_opaque(walk, "bridged");
    if (packet_is_ethernet(&walk->rest, 2))
        cursor_take(&walk->rest, 2);
    return LAYER_ETHERNET;
}

enum packet_layer packet_snap(struct packet_walk *walk)
{
    static const uint8_t ethernet[] = {0, 0, 0}, bridge_tunnel[] = {0, 0, 0xf8};
    static const uint8_t bridged[] = {0, 0x80, 0xc2};
    const uint8_t *oui = cursor_take(&walk->rest, 5);

    if (!oui)
        return packet_bad(walk, "SNAP header cut off");
    walk->type = be16(oui + 3);
    if (memcmp(oui, bridged, sizeof bridged) == 0)
        return bridged_frame(walk);
    if (memcmp(oui, ethernet, sizeof ethernet) != 0 &&
        memcmp(oui, bridge_tunnel, sizeof bridge_tunnel) != 0)
        return packet_other(walk, "snap");
    return LAYER_ETHERTYPE;
}

/* --- MPLS ----------------------------------------------------------------------------------- */

bool packet_is_ethernet(const struct cursor *rest, uint32_t offset)
{
    const uint8_t *header = cursor_peek(rest, offset + 15);
    uint16_t type;

    if (!header)
        return false;
    type = be16(header + offset + 12);
    return (type == TYPE_IPV4 && header[offset + 14] >> 4 == 4) ||
           (type == TYPE_IPV6 && header[offset + 14] >> 4 == 6) || type == TYPE_VLAN ||
           type == TYPE_ARP;
}

/* Nothing says what follows the labels: the first four bits tell IP. Neither version is an Ethernet
 * frame (RFC 4448), with a control word of four bytes before it or without, if it looks like one.
 */
enum packet_layer packet_mpls(struct packet_walk *walk)
{
    const uint8_t *label, *first;

    do {
        label = cursor_take(&walk->rest, 4);
        if (!label)
            return packet_bad(walk, "MPLS label cut off");
        packet_enter_network(walk, NETWORK_MPLS, be32(label) >> 12);
    } while (!(label[2] & 1));
    first = cursor_peek(&walk->rest, 1);
    if (!first)
        return packet_bad(walk, "nothing was captured behind the MPLS labels");
    if (*first >> 4 == 4 || *first >> 4 == 6)
        return LAYER_IP;
    walk->guess = walk->guess ? walk->guess : "mpls";
    if (*first >> 4 == 0 && packet_is_ethernet(&walk->rest, 4))
        cursor_take(&walk->rest, 4);
    return LAYER_ETHERNET;
}
