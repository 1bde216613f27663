/* packet.c: the walk through the layers of a frame, from its link type on. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "input/packet_layer.h"

/* One by one: what layers fill before it is asked for is most of the structure, and clearing it for
 * each packet would be felt. */
void packet_begin(struct packet_walk *walk, const struct packet_frame *frame,
                  const struct packet_options *options)
{
    walk->rest = (struct cursor){frame->bytes, frame->captured, frame->wire_len};
    if (walk->rest.length < walk->rest.left)
        walk->rest.length = walk->rest.left;
    walk->frame = frame;
    walk->options = options;
    walk->have = 0;
    walk->fields = options->fields ? options->fields : ~UINT64_C(0);
    walk->guess = NULL;
    walk->iface = frame->iface;
    walk->network = 0;
    walk->oddities = 0;
    walk->ips = 0;
    walk->partial = walk->limited = false;
    walk->more.length = 0;
    walk->layer = frame->linktype == 1 ? LAYER_ETHERNET : packet_link(walk, frame->linktype);
}

static enum packet_layer enter_more(struct packet_walk *walk)
{
    walk->rest = walk->more;
    walk->more.length = 0;
    walk->have = walk->more_have;
    walk->network = walk->more_network;
    walk->oddities = walk->more_oddities;
    walk->ips = walk->more_ips;
    walk->guess = NULL;
    walk->limited = false;
    return LAYER_AMSDU;
}

enum packet_result packet_next(struct packet_walk *walk, struct tp_record *record)
{
    static enum packet_layer (*const steps[LAYER_COUNT])(struct packet_walk *) = {
#define STEP(ID, function) [LAYER_##ID] = function,
        PACKET_LAYERS(STEP)
#undef STEP
    };
    static const enum packet_result results[] = {[LAYER_DONE - LAYER_COUNT] = PACKET_TCP,
                                                 [LAYER_OTHER - LAYER_COUNT] = PACKET_OTHER,
                                                 [LAYER_OPAQUE - LAYER_COUNT] = PACKET_OPAQUE,
                                                 [LAYER_BAD - LAYER_COUNT] = PACKET_BAD,
                                                 [LAYER_FRAGMENTED - LAYER_COUNT] =
                                                     PACKET_FRAGMENT};
    unsigned layer = walk->more.length ? enter_more(walk) : walk->layer;

    walk->record = record;
    while (layer < LAYER_COUNT)
        layer = steps[layer](walk);
    if (walk->guess && layer != LAYER_DONE)
        layer = packet_other(walk, walk->guess);
    return results[layer - LAYER_COUNT];
}

enum packet_layer packet_opaque_number(struct packet_walk *walk, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(walk->name, sizeof walk->name, format, arguments);
    va_end(arguments);
    return packet_opaque(walk, walk->name);
}

/* --- fragments ------------------------------------------------------------------------------ */

void packet_fragment_of(const struct packet_walk *walk, const struct tp_record *record,
                        struct packet_fragment *fragment)
{
    size_t address = walk->v4 ? 4 : 16;

    *fragment = (struct packet_fragment){.frame = *walk->frame,
                                         .bytes = walk->rest.at,
                                         .captured = walk->rest.left,
                                         .length = walk->rest.length,
                                         .missing = walk->rest.length - walk->rest.left,
                                         .id = walk->fragment_id,
                                         .offset = walk->fragment_offset,
                                         .more = walk->more_fragments,
                                         .v4 = walk->v4,
                                         .protocol = walk->protocol,
                                         .ips = walk->ips,
                                         .have = walk->have,
                                         .iface = walk->iface,
                                         .network = walk->network,
                                         .oddities = walk->oddities,
                                         .tos = record->tos,
                                         .ttl = record->ttl};
    if (walk->have & TP_BIT(IP_ID))
        fragment->ip_id = record->ip_id;
    memcpy(fragment->ends[0], walk->src, address);
    memcpy(fragment->ends[1], walk->dst, address);
}

static void resume(struct packet_walk *walk, const struct packet_fragment *fragment,
                   struct cursor rest, const struct packet_options *options,
                   struct tp_record *record)
{
    *walk = (struct packet_walk){.rest = rest,
                                 .frame = &fragment->frame,
                                 .options = options,
                                 .have = fragment->have,
                                 .fields = options->fields ? options->fields : ~UINT64_C(0),
                                 .src = fragment->ends[0],
                                 .dst = fragment->ends[1],
                                 .layer = LAYER_PROTOCOL,
                                 .iface = fragment->iface,
                                 .network = fragment->network,
                                 .oddities = fragment->oddities,
                                 .protocol = fragment->protocol,
                                 .ips = fragment->ips,
                                 .v4 = fragment->v4};
    record->tos = fragment->tos;
    record->ttl = fragment->ttl;
    if (walk->have & TP_BIT(IP_ID))
        record->ip_id = fragment->ip_id;
}

enum packet_result packet_resume_apart(struct packet_walk *walk,
                                       const struct packet_fragment *fragment,
                                       const struct packet_options *options,
                                       struct tp_record *record)
{
    const struct cursor rest = {fragment->bytes, fragment->captured, fragment->length};
    struct packet_fragment inner;
    enum packet_result result;

    resume(walk, fragment, rest, options, record);
    if (fragment->offset) {
        walk->text = "later fragment";
        return PACKET_OPAQUE;
    }
    walk->oddities |= TP_ODD_FRAGMENT;
    walk->partial = true;
    result = packet_next(walk, record);
    if (result != PACKET_FRAGMENT)
        return result;
    packet_fragment_of(walk, record, &inner);
    return packet_resume_apart(walk, &inner, options, record);
}

enum packet_result packet_resume(struct packet_walk *walk, const struct packet_fragment *first,
                                 struct cursor whole, const struct packet_options *options,
                                 struct tp_record *record)
{
    resume(walk, first, whole, options, record);
    return packet_next(walk, record);
}
