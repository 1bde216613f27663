/* datagram.c: which fragments belong together, and whether all of them came. */
#include <string.h>

#include "input/datagram.h"

#define UNIT         8u /* bytes in which offsets count */
#define UNITS_KEPT   (DATAGRAM_BYTES / UNIT)
#define PACKET_BYTES 65535 /* an IP packet has no more */

_Static_assert(UNITS_KEPT == 64, "struct datagram has one bit a unit");

void datagram_init(struct datagram *datagram, const struct packet_fragment *first)
{
    memset(datagram, 0, sizeof *datagram);
    datagram->head = *first;
    datagram->number = first->frame.number;
    datagram->ts_ns = first->frame.ts_ns;
}

bool datagram_is_odd(const struct packet_fragment *fragment)
{
    return fragment->length == 0 || (fragment->more && fragment->length % UNIT) ||
           fragment->length > PACKET_BYTES - fragment->offset ||
           fragment->oddities & TP_ODD_NO_LENGTH;
}

bool datagram_has_name(const struct datagram *datagram, const struct packet_fragment *b)
{
    const struct packet_fragment *a = &datagram->head;

    return a->id == b->id && a->protocol == b->protocol && a->v4 == b->v4 && a->ips == b->ips &&
           a->iface == b->iface && a->network == b->network &&
           memcmp(a->ends, b->ends, sizeof a->ends) == 0;
}

/* Both begin a packet: is it the same one, seen twice? */
static bool is_copy(const struct packet_fragment *head, const uint8_t *bytes,
                    const struct packet_fragment *fragment)
{
    uint32_t compared = fragment->captured < DATAGRAM_BYTES ? fragment->captured : DATAGRAM_BYTES;

    return head->length == fragment->length && head->captured == fragment->captured &&
           memcmp(bytes, fragment->bytes, compared) == 0;
}

/* Makes [begin, end) part of the datagram; false if it overlaps what came, or is too scattered. */
static bool add_stretch(struct datagram *datagram, uint32_t begin, uint32_t end)
{
    struct stretch *stretches = datagram->stretches, *before = NULL, *behind = NULL;
    unsigned i;

    for (i = 0; i < datagram->stretch_count; i++) {
        if (begin < stretches[i].end && stretches[i].begin < end)
            return false;
        if (stretches[i].end == begin)
            before = &stretches[i];
        if (stretches[i].begin == end)
            behind = &stretches[i];
    }
    if (before && behind) {
        before->end = behind->end;
        *behind = stretches[--datagram->stretch_count];
    } else if (before) {
        before->end = end;
    } else if (behind) {
        behind->begin = begin;
    } else if (datagram->stretch_count < DATAGRAM_STRETCHES) {
        stretches[datagram->stretch_count++] = (struct stretch){begin, end};
    } else {
        return false;
    }
    return true;
}

/* Does it contradict what is known of where the datagram ends? */
static bool fits(const struct datagram *datagram, const struct packet_fragment *fragment)
{
    uint32_t end = fragment->offset + fragment->length, i;

    if (datagram->total)
        return fragment->more && end < datagram->total;
    if (fragment->more)
        return true;
    for (i = 0; i < datagram->stretch_count; i++)
        if (datagram->stretches[i].end > fragment->offset)
            return false;
    return true;
}

static void keep_bytes(struct datagram *datagram, const struct packet_fragment *fragment)
{
    uint32_t unit, captured = fragment->captured;

    if (fragment->offset >= DATAGRAM_BYTES)
        return;
    if (captured > DATAGRAM_BYTES - fragment->offset)
        captured = DATAGRAM_BYTES - fragment->offset;
    if (captured)
        memcpy(datagram->bytes + fragment->offset, fragment->bytes, captured);
    for (unit = 0; unit < captured / UNIT; unit++)
        datagram->units |= UINT64_C(1) << (fragment->offset / UNIT + unit);
}

static bool is_too_late(const struct datagram *datagram, const struct packet_fragment *fragment)
{
    int64_t between = fragment->frame.ts_ns - datagram->ts_ns;

    return between > DATAGRAM_TIME_NS || between < -DATAGRAM_TIME_NS;
}

bool datagram_is_over(const struct datagram *datagram, const struct packet_fragment *fragment)
{
    return is_too_late(datagram, fragment) ||
           (datagram->begun && fragment->offset == 0 &&
            !is_copy(&datagram->head, datagram->bytes, fragment));
}

bool datagram_add(struct datagram *datagram, const struct packet_fragment *fragment)
{
    uint32_t end = fragment->offset + fragment->length;

    if (!fits(datagram, fragment) || !add_stretch(datagram, fragment->offset, end))
        return false;
    if (!fragment->more)
        datagram->total = end;
    datagram->came += fragment->length;
    datagram->missing += fragment->missing;
    keep_bytes(datagram, fragment);
    if (fragment->offset == 0) {
        datagram->begun = true;
        datagram->head = *fragment;
    } else {
        datagram->later++;
        datagram->later_bytes += fragment->frame.wire_len;
    }
    return true;
}

uint32_t datagram_bytes_kept(const struct datagram *datagram)
{
    uint32_t units = ~datagram->units ? (uint32_t)__builtin_ctzll(~datagram->units) : UNITS_KEPT;
    uint32_t head =
        datagram->head.captured < DATAGRAM_BYTES ? datagram->head.captured : DATAGRAM_BYTES;

    if (datagram->missing == 0 && datagram->total < DATAGRAM_BYTES)
        return datagram->total;
    return units * UNIT > head ? units * UNIT : head;
}
