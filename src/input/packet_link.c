/* packet_link.c: Ethernet, and what else may stand between a link and IP on many of them: tags,
 * LLC (IEEE 802.2), MPLS (RFC 3032), PPP (RFC 1661) with and without PPPoE (RFC 2516). */
#include <string.h>

#include "packet_layer.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { TYPE_IPV4 = 0x0800, TYPE_IPV6 = 0x86dd, TYPE_LEAST = 0x0600 };

static const struct ethertype {
    uint16_t type;
    enum packet_layer layer;
    const char *name;
} ethertypes[] = {
    {TYPE_IPV4, LAYER_IPV4, NULL},
    {TYPE_IPV6, LAYER_IPV6, NULL},
    {0x8100, LAYER_VLAN, NULL},
    {0x88a8, LAYER_VLAN, NULL}, /* QinQ: 802.1ad */
    {0x9100, LAYER_VLAN, NULL}, /* and before that standard */
    {0x8926, LAYER_VN_TAG, NULL},
    {0x88e7, LAYER_I_TAG, NULL},
    {0x8847, LAYER_MPLS, NULL},
    {0x8848, LAYER_MPLS, NULL},
    {0x8864, LAYER_PPPOE, NULL},
    {0x880b, LAYER_PPP, NULL},
    {0x894f, LAYER_NSH, NULL},
    {0x6558, LAYER_ETHERNET, NULL}, /* inside GRE and Geneve */
    {0x0806, LAYER_OTHER, "arp"},
    {0x8035, LAYER_OTHER, "rarp"},
    {0x8137, LAYER_OTHER, "ipx"},
    {0x8808, LAYER_OTHER, "pause"},
    {0x8809, LAYER_OTHER, "lacp"},
    {0x8863, LAYER_OTHER, "pppoe discovery"},
    {0x888e, LAYER_OTHER, "eapol"},
    {0x88cc, LAYER_OTHER, "lldp"},
    {0x88e5, LAYER_OTHER, "macsec"},
    {0x88f7, LAYER_OTHER, "ptp"},
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
    return packet_other(walk, "ethertype of another kind");
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
    return type_or_length(walk, tag + 2);
}

enum packet_layer packet_vn_tag(struct packet_walk *walk)
{
    const uint8_t *tag = cursor_take(&walk->rest, 6);

    if (!tag)
        return packet_bad(walk, "VN-Tag cut off");
    return type_or_length(walk, tag + 4);
}

enum packet_layer packet_i_tag(struct packet_walk *walk)
{
    if (!cursor_take(&walk->rest, 4))
        return packet_bad(walk, "I-TAG cut off");
    walk->oddities |= TP_ODD_VLAN;
    return LAYER_ETHERNET;
}

/* --- LLC ------------------------------------------------------------------------------------ */

enum packet_layer packet_llc(struct packet_walk *walk)
{
    static const uint8_t snap[] = {0xaa, 0xaa, 0x03}, ip[] = {0x06, 0x06, 0x03};
    static const uint8_t ethernet[] = {0, 0, 0}, bridged[] = {0, 0, 0xf8};
    const uint8_t *llc = cursor_take(&walk->rest, 3), *oui;

    if (!llc)
        return packet_bad(walk, "LLC header cut off");
    if (memcmp(llc, ip, sizeof ip) == 0)
        return LAYER_IPV4;
    if (memcmp(llc, snap, sizeof snap) != 0)
        return packet_other(walk, llc[0] == 0x42 ? "spanning tree" : "llc");
    oui = cursor_take(&walk->rest, 5);
    if (!oui)
        return packet_bad(walk, "SNAP header cut off");
    walk->type = be16(oui + 3);
    if (memcmp(oui, ethernet, sizeof ethernet) != 0 && memcmp(oui, bridged, sizeof bridged) != 0)
        return packet_other(walk, "snap");
    return LAYER_ETHERTYPE;
}

/* --- MPLS ----------------------------------------------------------------------------------- */

static bool is_ethernet_with_ip(const struct cursor *rest, uint32_t offset)
{
    const uint8_t *header = cursor_peek(rest, offset + 15);
    uint16_t type;

    if (!header)
        return false;
    type = be16(header + offset + 12);
    return (type == TYPE_IPV4 && header[offset + 14] >> 4 == 4) ||
           (type == TYPE_IPV6 && header[offset + 14] >> 4 == 6) || type == 0x8100;
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
    } while (!(label[2] & 1));
    first = cursor_peek(&walk->rest, 1);
    if (!first)
        return packet_bad(walk, "nothing was captured behind the MPLS labels");
    if (*first >> 4 == 4 || *first >> 4 == 6)
        return LAYER_IP;
    walk->guess = walk->guess ? walk->guess : "mpls";
    if (*first >> 4 == 0 && is_ethernet_with_ip(&walk->rest, 4))
        cursor_take(&walk->rest, 4);
    return LAYER_ETHERNET;
}

/* --- PPP ------------------------------------------------------------------------------------ */

enum packet_layer packet_pppoe(struct packet_walk *walk)
{
    const uint8_t *header = cursor_take(&walk->rest, 6);

    if (!header)
        return packet_bad(walk, "PPPoE header cut off");
    if (header[1])
        return packet_other(walk, "pppoe discovery");
    if (be16(header + 4) && be16(header + 4) <= walk->rest.length) {
        cursor_set_length(&walk->rest, be16(header + 4));
        walk->limited = true;
    }
    return LAYER_PPP;
}

static const struct ppp_protocol {
    uint16_t number;
    enum packet_layer layer;
    const char *name;
} ppp_protocols[] = {
    {0x0021, LAYER_IPV4, NULL},
    {0x0057, LAYER_IPV6, NULL},
    {0x0281, LAYER_MPLS, NULL},
    {0x0283, LAYER_MPLS, NULL},
    {0x002d, LAYER_OTHER, "ppp compressed tcp"}, /* RFC 1144 */
    {0x002f, LAYER_OTHER, "ppp compressed tcp"},
    {0x003d, LAYER_OTHER, "ppp multilink"},
    {0x00fd, LAYER_OTHER, "ppp compressed"},
};

/* Address and control, and the upper half of a protocol below 256, may be left out (RFC 1661, 6.5
 * and 6.6); protocol numbers are odd, their upper halves even. */
enum packet_layer packet_ppp(struct packet_walk *walk)
{
    static const uint8_t address_control[] = {0xff, 0x03};
    const uint8_t *at = cursor_peek(&walk->rest, 2);
    uint16_t number;
    size_t i;

    if (at && memcmp(at, address_control, sizeof address_control) == 0)
        cursor_take(&walk->rest, 2);
    at = cursor_take(&walk->rest, 1);
    if (!at)
        return packet_bad(walk, "PPP header cut off");
    number = *at;
    if (!(number & 1)) {
        at = cursor_take(&walk->rest, 1);
        if (!at)
            return packet_bad(walk, "PPP header cut off");
        number = (uint16_t)(number << 8 | *at);
    }
    for (i = 0; i < COUNT(ppp_protocols); i++)
        if (ppp_protocols[i].number == number) {
            walk->text = ppp_protocols[i].name;
            return ppp_protocols[i].layer;
        }
    return packet_other(walk, number >= 0x4000 ? "ppp control" : "ppp of another kind");
}
