/* packet_ppp.c: links between two ends: PPP (RFC 1661) with and without PPPoE (RFC 2516), Cisco's
 * HDLC, frame relay (RFC 2427). */
#include <string.h>

#include "input/packet_layer.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* --- PPP ------------------------------------------------------------------------------------ */

enum packet_layer packet_pppoe(struct packet_walk *walk)
{
    const uint8_t *header = cursor_take(&walk->rest, 6);

    if (!header)
        return packet_bad(walk, "PPPoE header cut off");
    if (header[1])
        return packet_other(walk, "pppoe discovery");
    packet_enter_network(walk, NETWORK_PPPOE, be16(header + 2));
    if (be16(header + 4) && be16(header + 4) <= walk->rest.length) {
        cursor_set_length(&walk->rest, be16(header + 4));
        walk->limited = true;
    }
    return LAYER_PPP;
}

static const struct ppp_protocol {
    uint16_t number;
    enum packet_layer layer;
    const char *name;
} ppp_protocols[] = {
    {0x0021, LAYER_IPV4, NULL},
    {0x0057, LAYER_IPV6, NULL},
    {0x0281, LAYER_MPLS, NULL},
    {0x0283, LAYER_MPLS, NULL},
    {0x002d, LAYER_OPAQUE, "ppp compressed tcp"}, /* RFC 1144 */
    {0x002f, LAYER_OPAQUE, "ppp compressed tcp"},
    {0x003d, LAYER_OPAQUE, "ppp multilink"},
    {0x00fd, LAYER_OPAQUE, "ppp compressed"},
};

/* Address and control, and the upper half of a protocol below 256, may be left out (RFC 1661, 6.5
 * and 6.6); protocol numbers are odd, their upper halves even. */
enum packet_layer packet_ppp(struct packet_walk *walk)
{
    static const uint8_t address_control[] = {0xff, 0x03};
    const uint8_t *at = cursor_peek(&walk->rest, 2);
    uint16_t number;
    size_t i;

    if (at && memcmp(at, address_control, sizeof address_control) == 0)
        cursor_take(&walk->rest, 2);
    at = cursor_take(&walk->rest, 1);
    if (!at)
        return packet_bad(walk, "PPP header cut off");
    number = *at;
    if (!(number & 1)) {
        at = cursor_take(&walk->rest, 1);
        if (!at)
            return packet_bad(walk, "PPP header cut off");
        number = (uint16_t)(number << 8 | *at);
    }
    for (i = 0; i < COUNT(ppp_protocols); i++)
        if (ppp_protocols[i].number == number) {
            walk->text = ppp_protocols[i].name;
            return ppp_protocols[i].layer;
        }
    if (number >= 0x4000)
        return packet_other(walk, "ppp control");
    return packet_opaque_number(walk, "ppp protocol 0x%04x", number);
}

/* --- HDLC and frame relay ------------------------------------------------------------------- */

enum packet_layer packet_c_hdlc(struct packet_walk *walk)
{
    const uint8_t *header = cursor_take(&walk->rest, 4);

    if (!header)
        return packet_bad(walk, "C-HDLC header cut off");
    walk->type = be16(header + 2);
    return LAYER_ETHERTYPE;
}

/* What the number of a network layer protocol says (ISO/IEC 9577). */
static enum packet_layer nlpid(struct packet_walk *walk)
{
    static const struct {
        uint8_t number;
        enum packet_layer layer;
    } known[] = {{0xcc, LAYER_IPV4}, {0x8e, LAYER_IPV6}, {0x80, LAYER_SNAP}, {0xcf, LAYER_PPP}};
    const uint8_t *number = cursor_take(&walk->rest, 1);
    size_t i;

    if (number && *number == 0) /* pads the header to whole words */
        number = cursor_take(&walk->rest, 1);
    if (!number)
        return packet_bad(walk, "frame relay header cut off");
    for (i = 0; i < COUNT(known); i++)
        if (known[i].number == *number)
            return known[i].layer;
    return packet_other(walk, "frame relay control");
}

/* An address of two to four bytes, of which the last has its lowest bit set (Q.922, 3.2). Then an
 * unnumbered frame (0x03), or what Cisco has there: an EtherType. */
enum packet_layer packet_frame_relay(struct packet_walk *walk)
{
    enum { UNNUMBERED = 0x03, LAST = 0x01 };
    const uint8_t *at = cursor_take(&walk->rest, 2);
    unsigned more = 2;

    while (at && !(at[walk->rest.at - at - 1] & LAST) && more--)
        if (!cursor_take(&walk->rest, 1))
            at = NULL;
    if (!at || !(at = cursor_peek(&walk->rest, 1)))
        return packet_bad(walk, "frame relay header cut off");
    if (*at == UNNUMBERED) {
        cursor_take(&walk->rest, 1);
        return nlpid(walk);
    }
    at = cursor_take(&walk->rest, 2);
    if (!at)
        return packet_bad(walk, "frame relay header cut off");
    walk->type = be16(at);
    return LAYER_ETHERTYPE;
}

/* --- with a byte before them that says who sent it ------------------------------------------ */

static enum packet_layer direction(struct packet_walk *walk, enum packet_layer layer)
{
    const uint8_t *sent = cursor_take(&walk->rest, 1);

    if (!sent)
        return packet_bad(walk, "direction cut off");
    if (*sent)
        walk->oddities |= TP_ODD_OUTGOING;
    return layer;
}

enum packet_layer packet_ppp_direction(struct packet_walk *walk)
{
    return direction(walk, LAYER_PPP);
}

enum packet_layer packet_hdlc_direction(struct packet_walk *walk)
{
    return direction(walk, LAYER_C_HDLC);
}

enum packet_layer packet_relay_direction(struct packet_walk *walk)
{
    return direction(walk, LAYER_FRAME_RELAY);
}

/* pppd has it in the place of the address, and the control byte behind it. */
enum packet_layer packet_ppp_pppd(struct packet_walk *walk)
{
    enum { CONTROL = 0x03 };
    enum packet_layer layer = direction(walk, LAYER_PPP);
    const uint8_t *control = cursor_peek(&walk->rest, 1);

    if (control && *control == CONTROL)
        cursor_take(&walk->rest, 1);
    return layer;
}
