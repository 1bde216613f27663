/* fuzz_packet.c: any bytes behind any link type are a segment, something else, or refused with a
 * sentence; and what is said of them depends on nothing but them. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/packet.h"

#include "fuzz.h"

/* The first byte chooses the link type, the second is bits. */
static const uint32_t linktypes[] = {1,   101, 0,   113, 276, 127, 105, 9,   51,  108, 10,
                                     6,   100, 104, 12,  228, 229, 250, 107, 109, 117, 119,
                                     149, 163, 166, 192, 197, 204, 205, 206, 239, 258};
enum { OUTER = 1, LONGER = 2, FEW_FIELDS = 4 };

struct decoded {
    enum packet_result result;
    struct tp_record record;
    char text[80];
    unsigned segments;
};

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_fragment(const struct packet_fragment *fragment)
{
    check(fragment->captured <= fragment->length && fragment->offset % 8 == 0);
    check(fragment->offset || fragment->more);
    check(fragment->ips >= 1 && fragment->ips <= PACKET_TUNNELS_MAX + 1);
}

/* The first segment of the frame, after the others were passed. garbage: what the record held
 * before. */
static struct decoded decode(const struct packet_frame *frame, bool outer, uint64_t fields,
                             int garbage)
{
    static const struct tp_decode_as table[] = {{9999, 0}, {9998, 5}};
    const struct packet_options options = {fields, 5, outer, table, 2};
    struct decoded first = {.segments = 0}, decoded;
    struct packet_fragment fragment;
    struct packet_walk walk;

    packet_begin(&walk, frame, &options);
    do {
        decoded = (struct decoded){.text = ""};
        memset(&decoded.record, garbage, sizeof decoded.record);
        decoded.result = packet_next(&walk, &decoded.record);
        check(decoded.result <= PACKET_FRAGMENT);
        if (decoded.result == PACKET_FRAGMENT) {
            struct packet_walk apart;

            packet_fragment_of(&walk, &decoded.record, &fragment);
            check_fragment(&fragment);
            decoded.result = packet_resume_apart(&apart, &fragment, &options, &decoded.record);
            check(decoded.result < PACKET_FRAGMENT);
            walk.text = apart.text ? apart.text : "";
            snprintf(decoded.text, sizeof decoded.text, "%s", walk.text);
        } else if (decoded.result != PACKET_TCP) {
            snprintf(decoded.text, sizeof decoded.text, "%s", walk.text);
            check(decoded.text[0]);
        }
        check(decoded.result == PACKET_TCP || decoded.result == PACKET_BAD ||
              strlen(decoded.text) < 40);
        if (first.segments++ == 0) {
            decoded.segments = 1;
            first = decoded;
        }
    } while (packet_has_more(&walk));
    return first;
}

static void check_record(const struct tp_record *record)
{
    uint64_t always = TP_BIT(SEQ) | TP_BIT(PAYLOAD) | TP_BIT(FLAGS) | TP_BIT(CAPTURED) |
                      TP_BIT(ODDITIES) | TP_BIT(FRAME) | TP_BIT(WIRE_LEN) | TP_BIT(IFACE) |
                      TP_BIT(TTL) | TP_BIT(TOS);

    check(record->kind == TP_KIND_PACKET && record->has_key && record->local < 2);
    check((record->have & always) == always);
    check(record->captured <= record->payload);
    check(TP_HAS(record, ACK) == ((record->flags & TP_TCP_ACK) != 0));
    check(!TP_HAS(record, SACK) || (record->sack.count >= 1 && record->sack.count <= 4));
    check(!TP_HAS(record, MSS) || record->flags & TP_TCP_SYN);
    check(record->hash == tp_flow_key_hash(&record->key) && record->key.timeline == 5);
}

/* The fields that both have, and both must have those that were wanted. */
static void check_same(const struct decoded *a, const struct decoded *b, uint64_t fields)
{
    uint64_t both = a->record.have & b->record.have;
    char one[256], other[256];

    check(a->result == b->result);
    check(a->segments == b->segments);
    check(a->result == PACKET_TCP || strcmp(a->text, b->text) == 0);
    if (a->result != PACKET_TCP)
        return;
    check((a->record.have & fields) == (b->record.have & fields));
    check(tp_flow_key_equal(&a->record.key, &b->record.key) && a->record.local == b->record.local);
    for (unsigned i = 0; i < TP_FIELD_COUNT; i++)
        if (both >> i & 1) {
            tp_record_text(&a->record, (enum tp_field)i, one, sizeof one);
            tp_record_text(&b->record, (enum tp_field)i, other, sizeof other);
            check(strcmp(one, other) == 0);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint64_t few = TP_BIT(SEQ) | TP_BIT(PAYLOAD);
    struct packet_frame frame = {.ts_ns = 1, .number = 2, .iface = 3};
    struct decoded all, again;
    uint8_t *bytes;
    bool outer;

    if (size < 2)
        return 0;
    outer = (data[1] & OUTER) != 0;
    frame.linktype = linktypes[data[0] % (sizeof linktypes / sizeof *linktypes)];
    frame.captured = (uint32_t)size - 2;
    frame.wire_len = frame.captured + (data[1] & LONGER ? 1400 : 0);
    bytes = malloc(frame.captured ? frame.captured : 1); /* of exactly that size */
    if (!bytes)
        return 0;
    memcpy(bytes, data + 2, frame.captured);
    frame.bytes = bytes;
    all = decode(&frame, outer, 0, 0x00);
    again = decode(&frame, outer, data[1] & FEW_FIELDS ? few : 0, 0xff);
    if (all.result == PACKET_TCP) {
        check_record(&all.record);
        check(!outer || !(all.record.oddities & TP_ODD_TUNNEL));
    }
    check_same(&all, &again, data[1] & FEW_FIELDS ? few : UINT64_MAX);
    free(bytes);
    return 0;
}
