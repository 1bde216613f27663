/* packet_wifi.c: 802.11 frames (IEEE 802.11, 9.2 and 9.3), and radiotap before them. */
#include "packet_layer.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { TYPE_DATA = 2 };
enum { SUBTYPE_NO_DATA = 0x40, SUBTYPE_QOS = 0x80 }; /* of the first byte of frame control */
enum { TO_DS = 0x01, FROM_DS = 0x02, PROTECTED = 0x40, ORDER = 0x80 }; /* of the second */
enum { HEADER = 24, FOURTH_ADDRESS = 6, QOS = 2, HT_CONTROL = 4 };
enum { QOS_SEVERAL = 0x80 };

static uint32_t header_length(uint8_t type, uint8_t flags)
{
    uint32_t length = HEADER;

    if ((flags & (TO_DS | FROM_DS)) == (TO_DS | FROM_DS))
        length += FOURTH_ADDRESS;
    if (type & SUBTYPE_QOS)
        length += QOS + (flags & ORDER ? HT_CONTROL : 0);
    return length;
}

/* padded: the header fills whole words of four bytes. */
static enum packet_layer wifi(struct packet_walk *walk, bool padded)
{
    static const char *const names[] = {"802.11 management", "802.11 control", NULL,
                                        "802.11 extension"};
    const uint8_t *control = cursor_peek(&walk->rest, 2), *header;
    uint32_t length, type;

    if (!control)
        return packet_bad(walk, "802.11 header cut off");
    type = control[0] >> 2 & 3;
    if (control[0] & 3)
        return packet_bad(walk, "802.11 header is of another version");
    if (type != TYPE_DATA)
        return packet_other(walk, names[type]);
    if (control[0] & SUBTYPE_NO_DATA)
        return packet_other(walk, "802.11 without data");
    if (control[1] & PROTECTED)
        return packet_other(walk, "802.11 encrypted");
    length = header_length(control[0], control[1]);
    header = cursor_take(&walk->rest, padded ? (length + 3) & ~3u : length);
    if (!header)
        return packet_bad(walk, "802.11 header cut off");
    if (header[22] & 15)
        return packet_other(walk, "802.11 later fragment");
    length -= control[0] & SUBTYPE_QOS && control[1] & ORDER ? HT_CONTROL : 0;
    if (control[0] & SUBTYPE_QOS && header[length - QOS] & QOS_SEVERAL)
        return packet_other(walk, "802.11 aggregate");
    return LAYER_LLC;
}

enum packet_layer packet_wifi(struct packet_walk *walk)
{
    return wifi(walk, false);
}

enum { RADIOTAP_FIXED = 8 };
enum { HAS_TIME = 0x01, HAS_FLAGS = 0x02, MORE_WORDS = 0x80 }; /* of its words, by byte */
enum { FLAG_PADDED = 0x20, FLAG_DAMAGED = 0x40 };

/* The flags of the frame: the first field, or the second behind eight bytes of time that are
 * aligned to eight. 0 if there are none. */
static uint8_t radiotap_flags(const uint8_t *header, uint32_t length)
{
    uint32_t at = RADIOTAP_FIXED;

    while (header[at - 1] & MORE_WORDS) {
        at += 4;
        if (at > length)
            return 0;
    }
    if (header[4] & HAS_TIME)
        at = ((at + 7) & ~7u) + 8;
    return header[4] & HAS_FLAGS && at < length ? header[at] : 0;
}

enum packet_layer packet_radiotap(struct packet_walk *walk)
{
    const uint8_t *header = cursor_peek(&walk->rest, RADIOTAP_FIXED);
    uint32_t length = header ? le16(header + 2) : 0;
    uint8_t flags;

    if (length < RADIOTAP_FIXED || !(header = cursor_take(&walk->rest, length)))
        return packet_bad(walk, "radiotap header cut off");
    flags = radiotap_flags(header, length);
    if (flags & FLAG_DAMAGED)
        return packet_other(walk, "802.11 damaged");
    return wifi(walk, flags & FLAG_PADDED);
}
