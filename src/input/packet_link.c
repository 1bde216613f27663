/* packet_link.c: from the link's header to the network's. */
#include "packet_layer.h"

enum {
    TYPE_IPV4 = 0x0800,
    TYPE_VLAN = 0x8100,
    TYPE_IPV6 = 0x86dd,
    TYPE_QINQ = 0x88a8,
    TYPE_QINQ_OLD = 0x9100
};

static const struct ethertype {
    uint16_t type;
    const char *name;
} ethertypes[] = {{0x0806, "arp"}};

static bool is_vlan(uint16_t type)
{
    return type == TYPE_VLAN || type == TYPE_QINQ || type == TYPE_QINQ_OLD;
}

enum packet_layer packet_ethertype(struct packet_walk *walk)
{
    const uint8_t *tag;
    size_t i;

    while (is_vlan(walk->type)) {
        tag = cursor_take(&walk->rest, 4);
        if (!tag)
            return packet_bad(walk, "VLAN tag cut off");
        walk->type = be16(tag + 2);
        walk->oddities |= TP_ODD_VLAN;
    }
    if (walk->type == TYPE_IPV4)
        return LAYER_IPV4;
    if (walk->type == TYPE_IPV6)
        return LAYER_IPV6;
    for (i = 0; i < sizeof ethertypes / sizeof *ethertypes; i++)
        if (ethertypes[i].type == walk->type)
            return packet_other(walk, ethertypes[i].name);
    return packet_other(walk, "ethertype of another kind");
}

enum packet_layer packet_ethernet(struct packet_walk *walk)
{
    const uint8_t *header = cursor_take(&walk->rest, 14);

    if (!header)
        return packet_bad(walk, "Ethernet header cut off");
    walk->type = be16(header + 12);
    return walk->type == TYPE_IPV4 ? LAYER_IPV4 : LAYER_ETHERTYPE;
}
