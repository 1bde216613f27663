/* packet.c: the walk through the layers of a frame, from its link type on. */
#include "packet_layer.h"

/* https://www.tcpdump.org/linktypes.html */
static const struct link {
    uint16_t linktype;
    enum packet_layer layer;
} links[] = {
    {0, LAYER_LOOPBACK},   /* NULL: BSD, in the byte order of the writer */
    {1, LAYER_ETHERNET},   /* ETHERNET */
    {6, LAYER_TOKEN_RING}, /* IEEE802_5 */
    {9, LAYER_PPP},        /* PPP */
    {10, LAYER_FDDI},      /* FDDI */
    {12, LAYER_IP},        /* RAW as some systems number it, */
    {14, LAYER_IP},        /* and others */
    {50, LAYER_PPP},       /* PPP_HDLC */
    {51, LAYER_PPPOE},     /* PPP_ETHER */
    {100, LAYER_LLC},      /* ATM_RFC1483 */
    {101, LAYER_IP},       /* RAW */
    {104, LAYER_C_HDLC},   /* C_HDLC */
    {105, LAYER_WIFI},     /* IEEE802_11 */
    {108, LAYER_LOOPBACK}, /* LOOP: OpenBSD, in network byte order */
    {113, LAYER_COOKED},   /* LINUX_SLL */
    {127, LAYER_RADIOTAP}, /* IEEE802_11_RADIOTAP */
    {228, LAYER_IPV4},     /* IPV4 */
    {229, LAYER_IPV6},     /* IPV6 */
    {276, LAYER_COOKED2},  /* LINUX_SLL2 */
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

static enum packet_layer first_layer(struct packet_walk *walk)
{
    uint32_t linktype = walk->frame->linktype;
    size_t i;

    if (linktype == 1)
        return LAYER_ETHERNET;
    for (i = 0; i < COUNT(links); i++)
        if (links[i].linktype == linktype)
            return links[i].layer;
    return packet_other(walk, linktype < COUNT(link_names) ? link_names[linktype]
                                                           : "link type of another kind");
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
