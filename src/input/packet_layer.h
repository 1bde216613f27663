/* packet_layer.h: the layers of a frame, one step each.
 *
 * A step reads its header off the cursor and names the step that comes next, or ends the walk. Only
 * the cursor gives out bytes, as headers of a length that was asked for: what was not captured
 * cannot be read.
 */
#ifndef TCPPROBE_INPUT_PACKET_LAYER_H
#define TCPPROBE_INPUT_PACKET_LAYER_H

#include "input/packet.h"

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

/* Passes them, captured or not. */
static inline void cursor_pass(struct cursor *cursor, uint32_t bytes)
{
    uint32_t captured = bytes < cursor->left ? bytes : cursor->left;

    cursor->at += captured;
    cursor->left -= captured;
    cursor->length -= bytes < cursor->length ? bytes : cursor->length;
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
    X(TAG, packet_tag)             /* the same, of other kinds */                                  \
    X(I_TAG, packet_i_tag)         /* 802.1ah */                                                   \
    X(FABRIC_PATH, packet_fabric_path)                                                             \
    X(TRILL, packet_trill)                                                                         \
    X(MACSEC, packet_macsec)                                                                       \
    X(MPLS, packet_mpls)                                                                           \
    X(LLC, packet_llc)                                                                             \
    X(SNAP, packet_snap)                                                                           \
    X(PPPOE, packet_pppoe)                                                                         \
    X(PPP, packet_ppp)                                                                             \
    X(LOOPBACK, packet_loopback)                                                                   \
    X(COOKED, packet_cooked)                                                                       \
    X(COOKED2, packet_cooked2)                                                                     \
    X(FDDI, packet_fddi)                                                                           \
    X(TOKEN_RING, packet_token_ring)                                                               \
    X(C_HDLC, packet_c_hdlc)                                                                       \
    X(FRAME_RELAY, packet_frame_relay)                                                             \
    X(PPP_PPPD, packet_ppp_pppd)                                                                   \
    X(PPP_DIRECTION, packet_ppp_direction) /* one byte of direction before the link's header */    \
    X(HDLC_DIRECTION, packet_hdlc_direction)                                                       \
    X(RELAY_DIRECTION, packet_relay_direction)                                                     \
    X(NFLOG, packet_nflog)                                                                         \
    X(PKTAP, packet_pktap)                                                                         \
    X(PPI, packet_ppi)                                                                             \
    X(ERF, packet_erf)                                                                             \
    X(PFLOG, packet_pflog)                                                                         \
    X(ENC, packet_enc)                                                                             \
    X(WIFI, packet_wifi)                                                                           \
    X(AMSDU, packet_amsdu) /* what is left of an aggregate */                                      \
    X(RADIOTAP, packet_radiotap)                                                                   \
    X(PRISM, packet_prism)                                                                         \
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
    X(L2TP, packet_l2tp)                                                                           \
    X(L2TP_IP, packet_l2tp_ip) /* version 3 without UDP */                                         \
    X(CAPWAP, packet_capwap)                                                                       \
    X(TCP, packet_tcp)

enum packet_layer {
#define PACKET_LAYER_ENUM(ID, function) LAYER_##ID,
    PACKET_LAYERS(PACKET_LAYER_ENUM)
#undef PACKET_LAYER_ENUM
        LAYER_COUNT,
    LAYER_DONE = LAYER_COUNT, /* the record is filled */
    LAYER_OTHER,
    LAYER_OPAQUE,
    LAYER_BAD,
    LAYER_FRAGMENTED
};

#define PACKET_LAYER_FUNCTION(ID, function) enum packet_layer function(struct packet_walk *walk);
PACKET_LAYERS(PACKET_LAYER_FUNCTION)
#undef PACKET_LAYER_FUNCTION

/* By what headers name networks in which the same addresses may mean others. */
enum packet_network { NETWORK_VLAN, NETWORK_VNI, NETWORK_MPLS, NETWORK_PPPOE, NETWORK_KEY };

/* The id of a lone VLAN, and else a number that other networks hardly have. */
static inline void packet_enter_network(struct packet_walk *walk, enum packet_network kind,
                                        uint32_t id)
{
    walk->network = walk->network * UINT32_C(0x9e3779b1) + ((uint32_t)kind << 28 ^ id);
}

static inline enum packet_layer packet_other(struct packet_walk *walk, const char *name)
{
    walk->text = name;
    return LAYER_OTHER;
}

/* What is not understood, or cannot be. */
static inline enum packet_layer packet_opaque(struct packet_walk *walk, const char *name)
{
    walk->text = name;
    return LAYER_OPAQUE;
}

/* The same by number: "ethertype 0x8899". */
enum packet_layer packet_opaque_number(struct packet_walk *walk, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static inline enum packet_layer packet_bad(struct packet_walk *walk, const char *why)
{
    walk->text = why;
    return LAYER_BAD;
}

/* The layer that such a link begins with. */
enum packet_layer packet_link(struct packet_walk *walk, uint32_t linktype);

/* An address family as the writer's C library numbers it: AF_INET is 2 everywhere, AF_INET6 is 10
 * on Linux, 23 on Windows, 24, 28 and 30 on NetBSD, FreeBSD and macOS. */
enum packet_layer packet_family(struct packet_walk *walk, uint32_t af);

/* Does what is left, from offset on, look like an Ethernet frame of IP, ARP or a VLAN? */
bool packet_is_ethernet(const struct cursor *rest, uint32_t offset);

/* What VXLAN-GPE and NSH call their payload. */
enum packet_layer packet_service_next(struct packet_walk *walk, uint8_t number);

#endif
