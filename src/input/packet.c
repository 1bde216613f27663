/* packet.c: the walk through the layers of a frame, from its link type on. */
#include "packet_layer.h"

static const struct link {
    uint32_t linktype;
    enum packet_layer layer;
} links[] = {{1, LAYER_ETHERNET}, {101, LAYER_IP},   {12, LAYER_IP},
             {14, LAYER_IP},      {228, LAYER_IPV4}, {229, LAYER_IPV6}};

static enum packet_layer first_layer(struct packet_walk *walk)
{
    size_t i;

    for (i = 0; i < sizeof links / sizeof *links; i++)
        if (links[i].linktype == walk->frame->linktype)
            return links[i].layer;
    return packet_other(walk, "link type of another kind");
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
    *(layer == LAYER_OTHER ? other : why) = walk.text;
    return layer == LAYER_OTHER ? PACKET_OTHER : PACKET_BAD;
}
