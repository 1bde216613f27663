/* packet_names.c: what each link type begins with, and what it is called.
 * https://www.tcpdump.org/linktypes.html */
#include "input/packet_layer.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The frequent ones first. */
static const struct link {
    uint16_t linktype;
    enum packet_layer layer;
    const char *name;
} links[] = {
    {1, LAYER_ETHERNET, "Ethernet"},
    {101, LAYER_IP, "raw IP"},
    {113, LAYER_COOKED, "Linux cooked v1"},
    {276, LAYER_COOKED2, "Linux cooked v2"},
    {0, LAYER_LOOPBACK, "BSD loopback"},
    {127, LAYER_RADIOTAP, "802.11 with radiotap"},
    {105, LAYER_WIFI, "802.11"},
    {228, LAYER_IPV4, "raw IPv4"},
    {229, LAYER_IPV6, "raw IPv6"},
    {12, LAYER_IP, "raw IP"}, /* as some systems number it, */
    {14, LAYER_IP, "raw IP"}, /* and others */
    {6, LAYER_TOKEN_RING, "token ring"},
    {9, LAYER_PPP, "PPP"},
    {10, LAYER_FDDI, "FDDI"},
    {50, LAYER_PPP, "PPP"},
    {51, LAYER_PPPOE, "PPPoE"},
    {100, LAYER_LLC, "ATM"},
    {104, LAYER_C_HDLC, "Cisco HDLC"},
    {107, LAYER_FRAME_RELAY, "frame relay"},
    {108, LAYER_LOOPBACK, "OpenBSD loopback"},
    {109, LAYER_ENC, "OpenBSD IPsec"},
    {117, LAYER_PFLOG, "PFLOG"},
    {119, LAYER_PRISM, "802.11 with Prism header"},
    {149, LAYER_PKTAP, "PKTAP"}, /* of old macOS: a number for private use */
    {163, LAYER_PRISM, "802.11 with AVS header"},
    {166, LAYER_PPP_PPPD, "PPP of pppd"},
    {192, LAYER_PPI, "PPI"},
    {197, LAYER_ERF, "ERF"},
    {204, LAYER_PPP_DIRECTION, "PPP with direction"},
    {205, LAYER_HDLC_DIRECTION, "Cisco HDLC with direction"},
    {206, LAYER_RELAY_DIRECTION, "frame relay with direction"},
    {239, LAYER_NFLOG, "NFLOG"},
    {258, LAYER_PKTAP, "PKTAP"},
    /* Those that are not looked into. */
    {7, LAYER_OPAQUE, "ARCNET"},
    {8, LAYER_OPAQUE, "SLIP"},
    {99, LAYER_OPAQUE, "Symantec firewall"},
    {114, LAYER_OPAQUE, "LocalTalk"},
    {118, LAYER_OPAQUE, "Cisco IOS"},
    {122, LAYER_OPAQUE, "IP over fibre channel"},
    {123, LAYER_OPAQUE, "SunATM"},
    {129, LAYER_OPAQUE, "Linux ARCNET"},
    {138, LAYER_OPAQUE, "IP over FireWire"},
    {143, LAYER_OPAQUE, "DOCSIS"},
    {144, LAYER_OPAQUE, "IrDA"},
    {165, LAYER_OPAQUE, "BACnet MS/TP"},
    {169, LAYER_OPAQUE, "GPRS LLC"},
    {177, LAYER_OPAQUE, "Linux LAPD"},
    {187, LAYER_OPAQUE, "Bluetooth HCI"},
    {189, LAYER_OPAQUE, "Linux USB"},
    {195, LAYER_OPAQUE, "802.15.4"},
    {201, LAYER_OPAQUE, "Bluetooth HCI"},
    {215, LAYER_OPAQUE, "802.15.4"},
    {220, LAYER_OPAQUE, "Linux USB"},
    {224, LAYER_OPAQUE, "fibre channel"},
    {226, LAYER_OPAQUE, "Solaris ipnet"},
    {227, LAYER_OPAQUE, "SocketCAN"},
    {230, LAYER_OPAQUE, "802.15.4"},
    {240, LAYER_OPAQUE, "netANALYZER"},
    {241, LAYER_OPAQUE, "netANALYZER"},
    {242, LAYER_OPAQUE, "IP over InfiniBand"},
    {243, LAYER_OPAQUE, "MPEG-2"},
    {247, LAYER_OPAQUE, "InfiniBand"},
    {248, LAYER_OPAQUE, "SCTP"},
    {249, LAYER_OPAQUE, "USBPcap"},
    {251, LAYER_OPAQUE, "Bluetooth LE"},
    {252, LAYER_OPAQUE, "Wireshark's exported PDUs"},
    {253, LAYER_OPAQUE, "netlink"},
    {254, LAYER_OPAQUE, "Bluetooth monitor"},
    {256, LAYER_OPAQUE, "Bluetooth LE"},
    {266, LAYER_OPAQUE, "macOS USB"},
    {272, LAYER_OPAQUE, "NORDIC Bluetooth LE"},
    {273, LAYER_OPAQUE, "DOCSIS"},
    {274, LAYER_OPAQUE, "Ethernet mPackets"},
    {275, LAYER_OPAQUE, "DisplayPort AUX"},
    {278, LAYER_OPAQUE, "OpenVizsla USB"},
    {283, LAYER_OPAQUE, "802.15.4"},
    {285, LAYER_OPAQUE, "DSA"},
    {289, LAYER_OPAQUE, "systemd journal"},
};

/* clang-format off */
#define NAME(number) "link type " #number,
#define TEN(tens)                                                                                  \
    NAME(tens##0) NAME(tens##1) NAME(tens##2) NAME(tens##3) NAME(tens##4) NAME(tens##5)            \
    NAME(tens##6) NAME(tens##7) NAME(tens##8) NAME(tens##9)
#define HUNDRED(hundreds)                                                                          \
    TEN(hundreds##0) TEN(hundreds##1) TEN(hundreds##2) TEN(hundreds##3) TEN(hundreds##4)           \
    TEN(hundreds##5) TEN(hundreds##6) TEN(hundreds##7) TEN(hundreds##8) TEN(hundreds##9)

/* All that have been given out. */
static const char *const numbers[] = {
    TEN() TEN(1) TEN(2) TEN(3) TEN(4) TEN(5) TEN(6) TEN(7) TEN(8) TEN(9) HUNDRED(1) HUNDRED(2)
};
/* clang-format on */

static const struct link *find_link(uint32_t linktype)
{
    size_t i;

    for (i = 0; i < COUNT(links); i++)
        if (links[i].linktype == linktype)
            return &links[i];
    return NULL;
}

static const char *unknown_link(uint32_t linktype)
{
    return linktype < COUNT(numbers) ? numbers[linktype] : "link type of another kind";
}

const char *packet_link_name(uint32_t linktype)
{
    const struct link *link = find_link(linktype);

    return link ? link->name : unknown_link(linktype);
}

enum packet_layer packet_link(struct packet_walk *walk, uint32_t linktype)
{
    const struct link *link = find_link(linktype);

    walk->text = link ? link->name : unknown_link(linktype);
    return link ? link->layer : LAYER_OPAQUE;
}
