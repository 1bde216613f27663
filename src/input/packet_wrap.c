/* packet_wrap.c: headers that a capture puts before the packet of some other link: NFLOG of
 * netfilter, PKTAP of macOS, PPI, ERF of Endace, PFLOG and ENC of the BSDs.
 * Source: https://www.tcpdump.org/linktypes.html. */
#include "input/packet_layer.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A number in the byte order of the machine that captured, which nothing says: of the two readings
 * the smaller one is meant where all values are small. */

static uint32_t either32(const uint8_t *at)
{
    uint32_t little = (uint32_t)le16(at + 2) << 16 | le16(at);

    return be32(at) < little ? be32(at) : little;
}

/* --- NFLOG ---------------------------------------------------------------------------------- */

/* Attributes as of netlink, padded to four bytes (linux/netfilter/nfnetlink_log.h); one of them is
 * the packet from its IP header on. */
enum packet_layer packet_nflog(struct packet_walk *walk)
{
    enum { PAYLOAD = 9, TYPE_MASK = 0x7fff, VERSION_0 = 0, LEAST = 4 };
    const uint8_t *header = cursor_take(&walk->rest, 4), *attribute;
    uint32_t length, type;
    bool little;

    if (!header)
        return packet_bad(walk, "NFLOG header cut off");
    if (header[1] != VERSION_0)
        return packet_opaque(walk, "NFLOG of another version");
    while ((attribute = cursor_take(&walk->rest, LEAST))) {
        /* The types are below 256: that half is zero which is their upper one. */
        little = attribute[3] == 0;
        length = little ? le16(attribute) : be16(attribute);
        type = (little ? le16(attribute + 2) : be16(attribute + 2)) & TYPE_MASK;
        if (length < LEAST)
            return packet_bad(walk, "NFLOG attribute is shorter than its header");
        if (type == PAYLOAD)
            return LAYER_IP;
        if (!cursor_take(&walk->rest, (length - LEAST + 3) & ~3u))
            break;
    }
    return packet_bad(walk, "NFLOG without a packet, or cut off before it");
}

/* --- PKTAP ---------------------------------------------------------------------------------- */

/* bsd/net/pktap.h of XNU. Behind the header stands a frame of the link it names. */
enum packet_layer packet_pktap(struct packet_walk *walk)
{
    enum { LENGTH_LEAST = 40, LENGTH_MOST = 4096, NEXT = 4, LINK = 8, FLAGS = 36 };
    enum { NEXT_PACKET = 1, OUTGOING = 2 };
    const uint8_t *header = cursor_peek(&walk->rest, LENGTH_LEAST);
    uint32_t length = header ? either32(header) : 0;

    if (!header)
        return packet_bad(walk, "PKTAP header cut off");
    if (length < LENGTH_LEAST || length > LENGTH_MOST)
        return packet_opaque(walk, "PKTAP of another kind");
    if (!cursor_take(&walk->rest, length))
        return packet_bad(walk, "PKTAP header cut off");
    if (either32(header + NEXT) != NEXT_PACKET)
        return packet_other(walk, "PKTAP without a packet");
    if (either32(header + FLAGS) & OUTGOING)
        walk->oddities |= TP_ODD_OUTGOING;
    return packet_link(walk, either32(header + LINK));
}

/* --- PPI ------------------------------------------------------------------------------------ */

/* The fields behind the header: is the frame of Wi-Fi known to be damaged? */
static bool ppi_damaged(struct cursor fields)
{
    enum { COMMON_WIFI = 2, FLAGS = 8, DAMAGED = 0x04 };
    const uint8_t *field, *body;

    while ((field = cursor_take(&fields, 4)) && (body = cursor_take(&fields, le16(field + 2))))
        if (le16(field) == COMMON_WIFI && le16(field + 2) > FLAGS)
            return (body[FLAGS] & DAMAGED) != 0;
    return false;
}

enum packet_layer packet_ppi(struct packet_walk *walk)
{
    enum { FIXED = 8, LINK = 4 };
    const uint8_t *header = cursor_peek(&walk->rest, FIXED);
    uint32_t length = header ? le16(header + 2) : 0;

    if (length < FIXED || !(header = cursor_take(&walk->rest, length)))
        return packet_bad(walk, "PPI header cut off");
    if (ppi_damaged((struct cursor){header + FIXED, length - FIXED, length - FIXED}))
        return packet_other(walk, "802.11 damaged");
    return packet_link(walk, (uint32_t)le16(header + LINK + 2) << 16 | le16(header + LINK));
}

/* --- ERF ------------------------------------------------------------------------------------ */

static const struct erf_type {
    uint8_t number;
    uint8_t skip; /* bytes before the frame */
    enum packet_layer layer;
} erf_types[] = {
    {1, 0, LAYER_C_HDLC},    {2, 2, LAYER_ETHERNET},  {5, 4, LAYER_C_HDLC},
    {10, 0, LAYER_C_HDLC},   {11, 2, LAYER_ETHERNET}, {15, 0, LAYER_C_HDLC},
    {16, 2, LAYER_ETHERNET}, {17, 4, LAYER_C_HDLC},   {19, 0, LAYER_C_HDLC},
    {20, 2, LAYER_ETHERNET}, {22, 0, LAYER_IPV4},     {23, 0, LAYER_IPV6},
};

/* A line of HDLC carries PPP or Cisco's encapsulation. */
static enum packet_layer line(const struct packet_walk *walk)
{
    const uint8_t *at = cursor_peek(&walk->rest, 2);

    return at && at[0] == 0xff && at[1] == 0x03 ? LAYER_PPP : LAYER_C_HDLC;
}

enum packet_layer packet_erf(struct packet_walk *walk)
{
    enum { FIXED = 16, TYPE = 8, WIRE = 14, EXTENDED = 0x80, EXTENSION = 8, PAD = 48 };
    const uint8_t *header = cursor_take(&walk->rest, FIXED), *more = header;
    uint8_t type = header ? header[TYPE] & 0x7f : 0;
    bool extended = header && header[TYPE] & EXTENDED;
    size_t i;

    if (!header)
        return packet_bad(walk, "ERF header cut off");
    for (; extended; extended = more[0] & EXTENDED)
        if (!(more = cursor_take(&walk->rest, EXTENSION)))
            return packet_bad(walk, "ERF extension header cut off");
    if (type == PAD)
        return packet_other(walk, "ERF padding");
    for (i = 0; i < COUNT(erf_types); i++)
        if (erf_types[i].number == type) {
            if (!cursor_take(&walk->rest, erf_types[i].skip))
                return packet_bad(walk, "ERF header cut off");
            walk->rest.length = be16(header + WIRE);
            if (walk->rest.length < walk->rest.left)
                walk->rest.length = walk->rest.left;
            return erf_types[i].layer == LAYER_C_HDLC ? line(walk) : erf_types[i].layer;
        }
    return packet_opaque_number(walk, "ERF type %u", type);
}

/* --- of the BSDs ---------------------------------------------------------------------------- */

/* The length of the header without what fills its last word, then the address family. */
enum packet_layer packet_pflog(struct packet_walk *walk)
{
    const uint8_t *header = cursor_peek(&walk->rest, 2);

    if (!header || header[0] < 2 || !cursor_take(&walk->rest, (header[0] + 3u) & ~3u))
        return packet_bad(walk, "PFLOG header cut off");
    return packet_family(walk, header[1]);
}

/* Family, security index and flags, each of four bytes. */
enum packet_layer packet_enc(struct packet_walk *walk)
{
    const uint8_t *header = cursor_take(&walk->rest, 12);

    if (!header)
        return packet_bad(walk, "IPsec header cut off");
    return packet_family(walk, either32(header));
}
