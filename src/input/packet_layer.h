/* packet_layer.h: the layers of a frame, one step each.
 *
 * A step reads its header off the cursor and names the step that comes next, or ends the walk. Only
 * the cursor gives out bytes, as headers of a length that was asked for: what was not captured
 * cannot be read.
 */
#ifndef TCPPROBE_INPUT_PACKET_LAYER_H
#define TCPPROBE_INPUT_PACKET_LAYER_H

#include "packet.h"

/* What is left of a frame. left <= length. */
struct cursor {
    const uint8_t *at;
    uint32_t left;   /* bytes that were captured */
    uint32_t length; /* bytes that were on the wire */
};

/* The next bytes, which are then passed; NULL if they were not captured. */
static inline const uint8_t *cursor_take(struct cursor *cursor, uint32_t bytes)
{
    const uint8_t *at = cursor->at;

    if (bytes > cursor->left)
        return NULL;
    cursor->at += bytes;
    cursor->left -= bytes;
    cursor->length -= bytes;
    return at;
}

/* The same without passing them. */
static inline const uint8_t *cursor_peek(const struct cursor *cursor, uint32_t bytes)
{
    return bytes <= cursor->left ? cursor->at : NULL;
}

/* What is left is so long, as a header says: behind it lies padding, or the capture's idea of the
 * frame's length was too small. */
static inline void cursor_set_length(struct cursor *cursor, uint32_t length)
{
    if (cursor->left > length)
        cursor->left = length;
    cursor->length = length;
}

static inline uint16_t be16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint16_t le16(const uint8_t *at)
{
    return (uint16_t)(at[1] << 8 | at[0]);
}

static inline uint32_t be32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline uint64_t be64(const uint8_t *at)
{
    return (uint64_t)be32(at) << 32 | be32(at + 4);
}

/* X(ID, function) */
#define PACKET_LAYERS(X)                                                                           \
    X(ETHERNET, packet_ethernet)                                                                   \
    X(ETHERTYPE, packet_ethertype) /* what walk->type says */                                      \
    X(VLAN, packet_vlan)           /* a tag and the type behind it */                              \
    X(VN_TAG, packet_vn_tag)                                                                       \
    X(I_TAG, packet_i_tag) /* 802.1ah */                                                           \
    X(MPLS, packet_mpls)                                                                           \
    X(LLC, packet_llc)                                                                             \
    X(PPPOE, packet_pppoe)                                                                         \
    X(PPP, packet_ppp)                                                                             \
    X(LOOPBACK, packet_loopback)                                                                   \
    X(COOKED, packet_cooked)                                                                       \
    X(COOKED2, packet_cooked2)                                                                     \
    X(FDDI, packet_fddi)                                                                           \
    X(TOKEN_RING, packet_token_ring)                                                               \
    X(C_HDLC, packet_c_hdlc)                                                                       \
    X(WIFI, packet_wifi)                                                                           \
    X(RADIOTAP, packet_radiotap)                                                                   \
    X(IP, packet_ip) /* by the version in its first four bits */                                   \
    X(IPV4, packet_ipv4)                                                                           \
    X(IPV6, packet_ipv6)                                                                           \
    X(PROTOCOL, packet_protocol) /* what walk->protocol says */                                    \
    X(EXTENSION, packet_extension)                                                                 \
    X(FRAGMENT, packet_fragment)                                                                   \
    X(AH, packet_ah)                                                                               \
    X(GRE, packet_gre)                                                                             \
    X(ETHERIP, packet_etherip)                                                                     \
    X(NSH, packet_nsh)                                                                             \
    X(UDP, packet_udp)                                                                             \
    X(VXLAN, packet_vxlan)                                                                         \
    X(VXLAN_GPE, packet_vxlan_gpe)                                                                 \
    X(GENEVE, packet_geneve)                                                                       \
    X(TEREDO, packet_teredo)                                                                       \
    X(GTP, packet_gtp)                                                                             \
    X(TCP, packet_tcp)

enum packet_layer {
#define PACKET_LAYER_ENUM(ID, function) LAYER_##ID,
    PACKET_LAYERS(PACKET_LAYER_ENUM)
#undef PACKET_LAYER_ENUM
        LAYER_COUNT,
    LAYER_DONE, /* the record is filled */
    LAYER_OTHER,
    LAYER_BAD
};

/* The way through one frame. */
struct packet_walk {
    struct cursor rest;
    const struct packet_frame *frame;
    struct tp_record *record;
    uint64_t have;            /* of the record so far */
    uint64_t fields;          /* that matter */
    const char *text;         /* of LAYER_OTHER and LAYER_BAD */
    const char *guess;        /* what the frame is if no IP header follows; NULL: no guess made */
    const uint8_t *src, *dst; /* addresses of the innermost IP header */
    uint32_t timeline;
    uint16_t type;     /* EtherType */
    uint16_t oddities; /* TP_ODD_... */
    uint8_t protocol;  /* of IP */
    uint8_t ips;       /* IP headers passed */
    bool outer;
    bool v4;
    bool later_fragment;
    bool limited; /* the length of what is left was in a header */
};

#define PACKET_LAYER_FUNCTION(ID, function) enum packet_layer function(struct packet_walk *walk);
PACKET_LAYERS(PACKET_LAYER_FUNCTION)
#undef PACKET_LAYER_FUNCTION

static inline enum packet_layer packet_other(struct packet_walk *walk, const char *name)
{
    walk->text = name;
    return LAYER_OTHER;
}

static inline enum packet_layer packet_bad(struct packet_walk *walk, const char *why)
{
    walk->text = why;
    return LAYER_BAD;
}

#endif
