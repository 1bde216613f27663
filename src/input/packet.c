/* packet.c: the walk through the layers of a frame, from its link type on. */
#include "packet_layer.h"

/* https://www.tcpdump.org/linktypes.html */
static const struct link {
    uint16_t linktype;
    enum packet_layer layer;
    const char *name;
} links[] = {
    {0, LAYER_LOOPBACK, "BSD loopback"},
    {1, LAYER_ETHERNET, "Ethernet"},
    {6, LAYER_TOKEN_RING, "token ring"},
    {9, LAYER_PPP, "PPP"},
    {10, LAYER_FDDI, "FDDI"},
    {12, LAYER_IP, "raw IP"}, /* as some systems number it, */
    {14, LAYER_IP, "raw IP"}, /* and others */
    {50, LAYER_PPP, "PPP"},
    {51, LAYER_PPPOE, "PPPoE"},
    {100, LAYER_LLC, "ATM"},
    {101, LAYER_IP, "raw IP"},
    {104, LAYER_C_HDLC, "Cisco HDLC"},
    {105, LAYER_WIFI, "802.11"},
    {108, LAYER_LOOPBACK, "OpenBSD loopback"},
    {113, LAYER_COOKED, "Linux cooked v1"},
    {127, LAYER_RADIOTAP, "802.11 with radiotap"},
    {228, LAYER_IPV4, "raw IPv4"},
    {229, LAYER_IPV6, "raw IPv6"},
    {276, LAYER_COOKED2, "Linux cooked v2"},
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
static const char *const link_names[] = {
    TEN() TEN(1) TEN(2) TEN(3) TEN(4) TEN(5) TEN(6) TEN(7) TEN(8) TEN(9) HUNDRED(1) HUNDRED(2)
};
/* clang-format on */

#define COUNT(array) (sizeof(array) / sizeof *(array))

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
    return linktype < COUNT(link_names) ? link_names[linktype] : "link type of another kind";
}

const char *packet_link_name(uint32_t linktype)
{
    const struct link *link = find_link(linktype);

    return link ? link->name : unknown_link(linktype);
}

static enum packet_layer first_layer(struct packet_walk *walk)
{
    uint32_t linktype = walk->frame->linktype;
    const struct link *link;

    if (linktype == 1)
        return LAYER_ETHERNET;
    link = find_link(linktype);
    return link ? link->layer : packet_other(walk, unknown_link(linktype));
}

enum packet_result packet_decode(const struct packet_frame *frame, bool outer, uint64_t fields,
                                 uint32_t timeline, struct tp_record *record, const char **other,
                                 const char **why)
{
    static enum packet_layer (*const steps[LAYER_COUNT])(struct packet_walk *) = {
#define STEP(ID, function) [LAYER_##ID] = function,
        PACKET_LAYERS(STEP)
#undef STEP
    };
    struct packet_walk walk = {.rest = {frame->bytes, frame->captured, frame->wire_len},
                               .frame = frame,
                               .record = record,
                               .fields = fields ? fields : ~UINT64_C(0),
                               .timeline = timeline,
                               .outer = outer};
    enum packet_layer layer = first_layer(&walk);

    if (walk.rest.length < walk.rest.left)
        walk.rest.length = walk.rest.left;
    record->iface = frame->iface;
    while (layer < LAYER_COUNT)
        layer = steps[layer](&walk);
    if (layer == LAYER_DONE)
        return PACKET_TCP;
    if (walk.guess)
        layer = packet_other(&walk, walk.guess);
    *(layer == LAYER_OTHER ? other : why) = walk.text;
    return layer == LAYER_OTHER ? PACKET_OTHER : PACKET_BAD;
}
