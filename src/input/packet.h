/* packet.h: one captured frame becomes a record of each TCP segment in it.
 *
 * The decoder knows link types by their LINKTYPE_ number, walks down to IP and through tunnels to
 * the innermost TCP segment. A frame holds one, but a Wi-Fi aggregate (A-MSDU) several:
 * packet_next() is called as long as packet_has_more(). The decoder keeps nothing between frames:
 * where it meets a fragment of an IP packet it stops and says how far it came, so that whoever sees
 * all fragments (fragments.h) can let it go on from there.
 *
 * Lengths are those of the IP header, never those of the capture: Ethernet pads short frames, and a
 * frame check sequence may follow. An IP length beyond the frame is believed: it is the capture
 * whose length is wrong. IP length 0 (segmentation offload) means all that was on the wire; a
 * jumbo payload length (RFC 2675, BIG TCP) must lie within the frame.
 */
#ifndef TCPPROBE_INPUT_PACKET_H
#define TCPPROBE_INPUT_PACKET_H

#include <tcpprobe/input.h>

#define PACKET_TUNNELS_MAX 8 /* what is nested deeper is not looked into */

/* One frame as the capture holds it. */
struct packet_frame {
    const uint8_t *bytes;
    uint32_t captured; /* of these */
    uint32_t wire_len; /* length of the frame on the wire; below captured it is taken as that */
    uint32_t linktype; /* LINKTYPE_ number of the file format */
    int64_t ts_ns;
    uint64_t number; /* 1-based in its file */
    uint32_t iface;
};

/* Zeroes are fine. */
struct packet_options {
    uint64_t fields; /* TP_BIT()s that matter, 0 means all; others may be absent */
    uint32_t timeline;
    bool outer; /* tunnels are not entered, what is inside them is "tunnel" */
    const struct tp_decode_as *decode_as;
    unsigned decode_as_count;
};

enum packet_result {
    PACKET_TCP,     /* the record is filled, all but input; what its `have` lacks is untouched */
    PACKET_OTHER,   /* walk->text names what it is: "udp", "arp" */
    PACKET_OPAQUE,  /* there may be TCP in it that cannot be seen: "esp", "later fragment" */
    PACKET_BAD,     /* walk->text is a sentence */
    PACKET_FRAGMENT /* of an IP packet: see packet_fragment_of() */
};

/* What is left of a frame. left <= length. */
struct cursor {
    const uint8_t *at;
    uint32_t left;   /* bytes that were captured */
    uint32_t length; /* bytes that were on the wire */
};

/* The way through one frame. The caller lends the memory and looks at text only. */
struct packet_walk {
    struct cursor rest;
    const struct packet_frame *frame;
    const struct packet_options *options;
    struct tp_record *record;
    uint64_t have;            /* of the record so far */
    uint64_t fields;          /* that matter */
    const char *text;         /* of what is no TCP; static, or name below */
    const char *guess;        /* what the frame is if no IP header follows; NULL: no guess made */
    const uint8_t *src, *dst; /* addresses of the innermost IP header */
    unsigned layer;           /* enum packet_layer to begin with */
    uint32_t iface;
    uint32_t network;  /* see packet_enter_network(); 0: none */
    uint16_t type;     /* EtherType */
    uint16_t oddities; /* TP_ODD_... */
    uint8_t protocol;  /* of IP */
    uint8_t ips;       /* IP headers passed */
    bool v4;
    bool partial; /* what is left is the first fragment alone: its length is no limit */
    bool limited; /* the length of what is left was in a header */
    /* Of the innermost IP header, if it is a fragment's. */
    bool more_fragments;
    uint32_t fragment_id, fragment_offset; /* bytes */
    /* What follows in an aggregate, and what is to be known there. */
    struct cursor more;
    uint64_t more_have;
    uint32_t more_network;
    uint16_t more_oddities;
    uint8_t more_ips;
    char name[32];
};

/* A fragment of an IP packet. It refers to the bytes of its frame. */
struct packet_fragment {
    struct packet_frame frame;
    const uint8_t *bytes; /* behind the headers */
    uint32_t captured, length;
    uint32_t missing;    /* bytes of it that no capture holds: length - captured, unless it was in
                            fragments itself, of which only the first bytes are at hand */
    uint32_t id, offset; /* where it belongs in the packet */
    bool more;           /* others follow it */
    bool v4;
    uint8_t protocol;    /* what the packet holds */
    uint8_t ips;         /* IP headers, the packet's own included */
    uint8_t ends[2][16]; /* addresses, source first; of IPv4 the first four bytes */
    size_t before;       /* the number of records that the batch held when it came */
    /* For packet_resume(). */
    uint64_t have;
    uint32_t iface, network;
    uint16_t oddities, ip_id;
    uint8_t tos, ttl;
};

/* frame and options must live as long as the walk. */
void packet_begin(struct packet_walk *walk, const struct packet_frame *frame,
                  const struct packet_options *options);

/* Any number of threads may do so at a time, each with its walk. */
enum packet_result packet_next(struct packet_walk *walk, struct tp_record *record);

/* The whole way at once, for a frame that most are like: see packet_usual.c. False: it is not, and
 * the record is as it was. Of what is PACKET_TCP, no oddity is left to count. */
bool packet_usual(const struct packet_frame *frame, const struct packet_options *options,
                  struct tp_record *record);

/* Another segment may follow in the same frame. */
static inline bool packet_has_more(const struct packet_walk *walk)
{
    return walk->more.length > 0;
}

/* After PACKET_FRAGMENT; record is the one that packet_next() was called with. All but `before`. */
void packet_fragment_of(const struct packet_walk *walk, const struct tp_record *record,
                        struct packet_fragment *fragment);

/* Goes on with a fragment alone, and with those in it: of the first one of a segment the payload is
 * that of the fragment, and TP_ODD_FRAGMENT is set; later ones are PACKET_OPAQUE. */
enum packet_result packet_resume_apart(struct packet_walk *walk,
                                       const struct packet_fragment *fragment,
                                       const struct packet_options *options,
                                       struct tp_record *record);

/* Goes on with the packet that the fragment begins: `whole` is what follows its IP header. */
enum packet_result packet_resume(struct packet_walk *walk, const struct packet_fragment *first,
                                 struct cursor whole, const struct packet_options *options,
                                 struct tp_record *record);

/* "Ethernet", "link type 290". */
const char *packet_link_name(uint32_t linktype);

#endif
