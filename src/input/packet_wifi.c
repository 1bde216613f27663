/* packet_wifi.c: 802.11 frames (IEEE 802.11, 9.2 and 9.3), aggregates of them, and what stands
 * before them: radiotap, Prism, CAPWAP. */
#include "input/packet_layer.h"

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

/* Frame control in the order of the standard: some access points swap its two bytes in tunnels. */
struct control {
    uint8_t type, flags;
};

static struct control read_control(const uint8_t *at, bool swapped)
{
    return swapped ? (struct control){at[1], at[0]} : (struct control){at[0], at[1]};
}

static bool is_data(struct control control)
{
    return (control.type >> 2 & 3) == TYPE_DATA && !(control.type & (3 | SUBTYPE_NO_DATA));
}

/* The header was passed. Several segments may follow, each with a header of its own. */
static enum packet_layer wifi_payload(struct packet_walk *walk, struct control control,
                                      const uint8_t *header)
{
    uint32_t length = header_length(control.type, control.flags);

    if (header[22] & 15)
        return packet_opaque(walk, "802.11 later fragment");
    length -= control.type & SUBTYPE_QOS && control.flags & ORDER ? HT_CONTROL : 0;
    if (control.type & SUBTYPE_QOS && header[length - QOS] & QOS_SEVERAL)
        return LAYER_AMSDU;
    return LAYER_LLC;
}

/* padded: the header fills whole words of four bytes. */
static enum packet_layer wifi(struct packet_walk *walk, bool padded, bool swapped)
{
    static const char *const names[] = {"802.11 management", "802.11 control", NULL,
                                        "802.11 extension"};
    const uint8_t *at = cursor_peek(&walk->rest, 2), *header;
    struct control control;
    uint32_t length;

    if (!at)
        return packet_bad(walk, "802.11 header cut off");
    control = read_control(at, swapped);
    if (control.type & 3)
        return packet_bad(walk, "802.11 header is of another version");
    if ((control.type >> 2 & 3) != TYPE_DATA)
        return packet_other(walk, names[control.type >> 2 & 3]);
    if (control.type & SUBTYPE_NO_DATA)
        return packet_other(walk, "802.11 without data");
    if (control.flags & PROTECTED)
        return packet_opaque(walk, "802.11 encrypted");
    length = header_length(control.type, control.flags);
    header = cursor_take(&walk->rest, padded ? (length + 3) & ~3u : length);
    if (!header)
        return packet_bad(walk, "802.11 header cut off");
    return wifi_payload(walk, control, header);
}

enum packet_layer packet_wifi(struct packet_walk *walk)
{
    return wifi(walk, false, false);
}

/* One part of an aggregate: addresses, length, and filled up to whole words of four bytes. */
enum packet_layer packet_amsdu(struct packet_walk *walk)
{
    enum { SUBFRAME = 14, LENGTH = 12, LLC_LEAST = 8 };
    const uint8_t *header = cursor_take(&walk->rest, SUBFRAME);
    uint32_t length = header ? be16(header + LENGTH) : 0, padded = (SUBFRAME + length + 3) & ~3u;

    if (!header || length < LLC_LEAST || length > walk->rest.length)
        return packet_bad(walk, "802.11 aggregate cut off");
    walk->more = walk->rest;
    cursor_pass(&walk->more, padded - SUBFRAME);
    if (walk->more.length < SUBFRAME + LLC_LEAST) /* a check sequence */
        walk->more.length = 0;
    walk->more_have = walk->have;
    walk->more_network = walk->network;
    walk->more_oddities = walk->oddities;
    walk->more_ips = walk->ips;
    cursor_set_length(&walk->rest, length);
    walk->limited = true;
    return LAYER_LLC;
}

/* --- CAPWAP (RFC 5415, 4.3) ----------------------------------------------------------------- */

/* Not every access point says truly what it carries: what looks like one of them is it. */
static bool is_wifi_with_snap(const struct cursor *rest, bool swapped)
{
    const uint8_t *at = cursor_peek(rest, 2);
    struct control control;
    uint32_t length;

    if (!at)
        return false;
    control = read_control(at, swapped);
    length = header_length(control.type, control.flags);
    at = is_data(control) ? cursor_peek(rest, length + 3) : NULL;
    return at && at[length] == 0xaa && at[length + 1] == 0xaa && at[length + 2] == 0x03;
}

static enum packet_layer capwap_payload(struct packet_walk *walk, bool native)
{
    if (packet_is_ethernet(&walk->rest, 0))
        return LAYER_ETHERNET;
    if (is_wifi_with_snap(&walk->rest, false))
        return wifi(walk, false, false);
    if (is_wifi_with_snap(&walk->rest, true))
        return wifi(walk, false, true);
    return native ? LAYER_WIFI : LAYER_ETHERNET;
}

enum packet_layer packet_capwap(struct packet_walk *walk)
{
    enum { ENCRYPTED = 1, NATIVE = 0x01, FRAGMENT = 0x80, KEEP_ALIVE = 0x08 };
    const uint8_t *header = cursor_peek(&walk->rest, 8);
    uint32_t length = header ? (header[1] >> 3) * 4u : 0;

    if (header && header[0] == ENCRYPTED) {
        walk->guess = NULL;
        return packet_opaque(walk, "capwap encrypted");
    }
    if (length < 8 || header[0] != 0 || !cursor_take(&walk->rest, length))
        return packet_other(walk, "udp");
    if (header[3] & KEEP_ALIVE || (header[3] & FRAGMENT && be16(header + 6) >> 3))
        return packet_other(walk, "udp");
    return capwap_payload(walk, (header[2] & NATIVE) != 0);
}

/* --- headers of drivers --------------------------------------------------------------------- */

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
    return wifi(walk, flags & FLAG_PADDED, false);
}

/* Prism's has its length behind its number, in the order of the machine that captured; that of AVS
 * is in network order (linux-wlan-ng). */
enum packet_layer packet_prism(struct packet_walk *walk)
{
    enum { FIXED = 8, MOST = 4096 };
    const uint8_t *header = cursor_peek(&walk->rest, FIXED);
    uint32_t length = header ? be32(header + 4) : 0;

    if (length > MOST)
        length = (uint32_t)le16(header + 6) << 16 | le16(header + 4);
    if (length < FIXED || length > MOST || !cursor_take(&walk->rest, length))
        return packet_bad(walk, "802.11 driver header cut off");
    return wifi(walk, false, false);
}
