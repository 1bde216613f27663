/* packet_tunnel.c: tunnels in IP with a header of their own (IP in IP needs none): GRE, EtherIP,
 * service headers, L2TP. */
#include <string.h>

#include "input/packet_layer.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum packet_layer packet_etherip(struct packet_walk *walk) /* RFC 3378 */
{
    const uint8_t *header = cursor_take(&walk->rest, 2);

    if (!header)
        return packet_bad(walk, "EtherIP header cut off");
    return header[0] >> 4 == 3 ? LAYER_ETHERNET : packet_other(walk, "etherip");
}

/* --- GRE (RFC 2784, 2890; version 1 is RFC 2637) --------------------------------------------- */

enum { GRE_CHECKSUM = 0x8000, GRE_ROUTING = 0x4000, GRE_KEY = 0x2000, GRE_SEQUENCE = 0x1000 };
enum { GRE_ACK = 0x0080, GRE_VERSION = 7 };
enum { GRE_PPP = 0x880b, GRE_EOIP = 0x6400, GRE_WIFI = 0x8200, GRE_WIFI_LAST = 0x83ff };
enum { GRE_WCCP = 0x883e, GRE_ERSPAN = 0x88be, GRE_ERSPAN3 = 0x22eb };

/* WCCP version 2 puts four bytes before the IPv4 header, version 1 none: as in the kernel's
 * gre_parse_header(). */
static enum packet_layer wccp(struct packet_walk *walk)
{
    const uint8_t *first = cursor_peek(&walk->rest, 1);

    if (first && *first >> 4 != 4 && !cursor_take(&walk->rest, 4))
        return packet_bad(walk, "WCCP header cut off");
    return LAYER_IPV4;
}

/* A mirrored frame. Type I has no header, and no sequence number in GRE. */
static enum packet_layer erspan(struct packet_walk *walk, uint16_t flags)
{
    enum { WITH_PLATFORM = 1 };
    const uint8_t *header;

    if (walk->type == GRE_ERSPAN) {
        if (flags & GRE_SEQUENCE && !cursor_take(&walk->rest, 8))
            return packet_bad(walk, "ERSPAN header cut off");
        return LAYER_ETHERNET;
    }
    header = cursor_take(&walk->rest, 12);
    if (!header || (header[11] & WITH_PLATFORM && !cursor_take(&walk->rest, 8)))
        return packet_bad(walk, "ERSPAN header cut off");
    return LAYER_ETHERNET;
}

/* Ethernet of MikroTik's EoIP has the key for its length and tunnel; access points of Aruba send
 * frames of Wi-Fi under numbers of their own. */
static enum packet_layer gre_payload(struct packet_walk *walk, uint16_t flags)
{
    if (walk->type == GRE_WCCP)
        return wccp(walk);
    if (walk->type == GRE_ERSPAN || walk->type == GRE_ERSPAN3)
        return erspan(walk, flags);
    if (walk->type == GRE_EOIP)
        return LAYER_ETHERNET;
    if (walk->type >= GRE_WIFI && walk->type <= GRE_WIFI_LAST)
        return LAYER_WIFI;
    if (walk->type < 0x0600)
        return packet_opaque_number(walk, "gre protocol 0x%04x", walk->type);
    return LAYER_ETHERTYPE;
}

/* The last byte of NVGRE's is none of the network's (RFC 7637); in version 1 it begins with a
 * length. */
static void enter_key(struct packet_walk *walk, uint32_t key, uint16_t version)
{
    enum { NVGRE = 0x6558 };

    if (version == 1)
        key &= 0xffff;
    else if (walk->type == NVGRE)
        key >>= 8;
    packet_enter_network(walk, NETWORK_KEY, key);
}

enum packet_layer packet_gre(struct packet_walk *walk)
{
    const uint8_t *header = cursor_take(&walk->rest, 4);
    uint16_t flags = header ? be16(header) : 0, version = flags & GRE_VERSION;
    uint32_t more;

    if (!header)
        return packet_bad(walk, "GRE header cut off");
    walk->type = be16(header + 2);
    if (version > 1 || flags & GRE_ROUTING ||
        (version == 1 && walk->type != GRE_PPP && walk->type != GRE_EOIP))
        return packet_opaque(walk, "gre of another kind");
    more = 4u * (!!(flags & GRE_CHECKSUM) + !!(flags & GRE_KEY) + !!(flags & GRE_SEQUENCE) +
                 (version == 1 && flags & GRE_ACK));
    header = cursor_take(&walk->rest, more);
    if (!header)
        return packet_bad(walk, "GRE header cut off");
    if (flags & GRE_KEY)
        enter_key(walk, be32(header + (flags & GRE_CHECKSUM ? 4 : 0)), version);
    if (walk->rest.length == 0)
        return packet_other(walk, "gre");
    return gre_payload(walk, flags);
}

/* --- service headers ------------------------------------------------------------------------ */

enum packet_layer packet_service_next(struct packet_walk *walk, uint8_t number)
{
    static const enum packet_layer layers[] = {[1] = LAYER_IPV4,
                                               [2] = LAYER_IPV6,
                                               [3] = LAYER_ETHERNET,
                                               [4] = LAYER_NSH,
                                               [5] = LAYER_MPLS};

    return number > 0 && number < COUNT(layers) ? layers[number]
                                                : packet_opaque(walk, "service header");
}

enum packet_layer packet_nsh(struct packet_walk *walk) /* RFC 8300 */
{
    const uint8_t *header = cursor_peek(&walk->rest, 8);
    uint32_t length = header ? (be16(header) & 63) * 4u : 0;

    if (length < 8 || !cursor_take(&walk->rest, length))
        return packet_bad(walk, "service header cut off");
    return packet_service_next(walk, header[3]);
}

/* --- L2TP ----------------------------------------------------------------------------------- */

/* Version 3 (RFC 3931) behind the session: a cookie and a sublayer, of sizes that only the two ends
 * know, and then what they agreed on. It is looked for. */
static enum packet_layer l2tp_session(struct packet_walk *walk)
{
    static const uint8_t ppp[] = {0xff, 0x03, 0x00};
    const uint8_t *at;
    uint32_t skip;

    for (skip = 0; skip <= 12; skip += 4) {
        at = cursor_peek(&walk->rest, skip + 4);
        if (packet_is_ethernet(&walk->rest, skip) || (at && memcmp(at + skip, ppp, 3) == 0)) {
            cursor_take(&walk->rest, skip);
            return packet_is_ethernet(&walk->rest, 0) ? LAYER_ETHERNET : LAYER_PPP;
        }
    }
    return packet_opaque(walk, "l2tp");
}

enum packet_layer packet_l2tp_ip(struct packet_walk *walk)
{
    const uint8_t *session = cursor_take(&walk->rest, 4);

    if (!session)
        return packet_bad(walk, "L2TP header cut off");
    return be32(session) ? l2tp_session(walk) : packet_other(walk, "l2tp control");
}

/* Version 2 (RFC 2661, 3.1): PPP behind fields that the flags tell. */
static enum packet_layer l2tp_ppp(struct packet_walk *walk, uint16_t flags)
{
    enum { WITH_LENGTH = 0x4000, WITH_SEQUENCE = 0x0800, WITH_OFFSET = 0x0200 };
    const uint8_t *offset;

    if (!cursor_take(&walk->rest,
                     (flags & WITH_LENGTH ? 2 : 0) + 4 + (flags & WITH_SEQUENCE ? 4 : 0)))
        return packet_bad(walk, "L2TP header cut off");
    if (flags & WITH_OFFSET &&
        (!(offset = cursor_take(&walk->rest, 2)) || !cursor_take(&walk->rest, be16(offset))))
        return packet_bad(walk, "L2TP header cut off");
    return walk->rest.length ? LAYER_PPP : packet_other(walk, "l2tp control");
}

enum packet_layer packet_l2tp(struct packet_walk *walk)
{
    enum { CONTROL = 0x8000, VERSION = 0x000f };
    const uint8_t *header = cursor_take(&walk->rest, 2);
    uint16_t flags = header ? be16(header) : 0;

    if ((flags & VERSION) != 2 && (flags & VERSION) != 3)
        return packet_other(walk, "udp");
    walk->guess = NULL;
    if (flags & CONTROL)
        return packet_other(walk, "l2tp control");
    if ((flags & VERSION) == 2)
        return l2tp_ppp(walk, flags);
    return cursor_take(&walk->rest, 6) ? l2tp_session(walk)
                                       : packet_bad(walk, "L2TP header cut off");
}
