/* record.h: the one thing that flows out of every input: something that happened.
 *
 * A record is a kernel event, a captured packet, or "n events were lost".
 * Members that an input did not state are absent: their bit in `have` is clear and their value is
 * undefined. Zero is a value, never a sign of absence.
 *
 * Field names and meanings are the kernel's (include/trace/events/tcp.h, sock.h); times are int64
 * nanoseconds of the recording's clock. A packet's fields are those of its TCP segment (RFC 9293);
 * its socket is that of the sender.
 *
 * Threads: records, keys and texts are plain data; the functions are pure and the tables constant: any
 * number of threads may use them.
 */
#ifndef TCPPROBE_RECORD_H
#define TCPPROBE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tcpprobe/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A run of bytes inside somebody else's memory: not NUL-terminated, may hold any byte. One of no
 * length points somewhere, too. */
struct tp_text {
    const char *bytes;
    uint32_t length;
};

#define TP_SACK_BLOCKS 4

/* The SACK option (RFC 2018): [begin, end) pairs, raw 32 bits, in the order of the option. */
struct tp_sack {
    uint32_t edge[TP_SACK_BLOCKS][2];
    uint32_t count; /* pairs in use */
};

/* What happened: one row an event that tcpprobe understands.
 * X(ID, name as the kernel prints it, what it says) */
#define TP_KINDS(X)                                                                                \
    X(PROBE, "tcp_probe", "a segment reached an established socket (state before it is processed)") \
    X(RETRANSMIT_SKB, "tcp_retransmit_skb", "a packet buffer was sent again")                      \
    X(RETRANSMIT_SYNACK, "tcp_retransmit_synack", "a SYN-ACK was sent again")                      \
    X(SEND_RESET, "tcp_send_reset", "a reset was sent")                                            \
    X(RECEIVE_RESET, "tcp_receive_reset", "a reset was received")                                  \
    X(DESTROY_SOCK, "tcp_destroy_sock", "the socket was freed")                                    \
    X(CONG_STATE_SET, "tcp_cong_state_set", "the congestion avoidance state changed")              \
    X(SET_STATE, "inet_sock_set_state", "the TCP state changed")                                   \
    X(RCV_SPACE_ADJUST, "tcp_rcv_space_adjust", "the receive buffer was reconsidered")             \
    X(RCVBUF_GROW, "tcp_rcvbuf_grow", "the receive buffer grew")                                   \
    X(BAD_CSUM, "tcp_bad_csum", "a segment with a wrong checksum was dropped")                     \
    X(SOCKET, "tcp_socket", "a socket was sampled: what changed of it")                            \
    X(SOCKET_END, "tcp_socket_end", "a socket was freed: its last totals")                         \
    X(SOCKET_ROUND, "tcp_socket_round", "all sockets were sampled")                                \
    X(COUNTERS, "tcp_counters", "the kernel's counters that changed")                              \
    X(PACKET, "packet", "a TCP segment was captured")                                              \
    X(LOST, "lost", "the recorder lost events here")

enum tp_kind {
#define TP_KIND_ENUM(ID, name, help) TP_KIND_##ID,
    TP_KINDS(TP_KIND_ENUM)
#undef TP_KIND_ENUM
        TP_KIND_COUNT
};

/* How a field is written as text; the number itself is always the C member. */
enum tp_format {
    TP_FORMAT_DECIMAL,
    TP_FORMAT_HEX,        /* 0x1f2e, as snd_nxt */
    TP_FORMAT_COOKIE,     /* 1f2e, as sock_cookie */
    TP_FORMAT_POINTER,    /* sixteen hex digits, as skaddr */
    TP_FORMAT_TCP_STATE,  /* TCP_ESTABLISHED: value is the kernel's enum (include/net/tcp_states.h) */
    TP_FORMAT_CONG_STATE, /* 0 Open 1 Disorder 2 CWR 3 Recovery 4 Loss (enum tcp_ca_state) */
    TP_FORMAT_FLAGS,      /* SYN|ACK: TP_TCP_... below */
    TP_FORMAT_OPTIONS,    /* MSS|SACK_OK: TP_OPTION_... below */
    TP_FORMAT_ODDITIES,   /* TUNNEL|FRAGMENT: TP_ODD_... below */
    TP_FORMAT_SACK,       /* struct tp_sack: begin-end,begin-end */
    TP_FORMAT_TEXT        /* struct tp_text */
};

/* The fields: X(ID, member and kernel name, C type, format, unit, what it is), one list for each
 * family of records. The order is the order of the members and of the bits in `have`: hot fields
 * first. A record has those of its family only: of a packet, or of an event of the kernel. */
#define TP_COMMON_FIELDS(X)                                                                        \
    X(SND_NXT, snd_nxt, uint32_t, HEX, "", "next sequence number to send, raw 32 bits")            \
    X(SND_UNA, snd_una, uint32_t, HEX, "", "first unacknowledged sequence number, raw 32 bits")    \
    X(SND_CWND, snd_cwnd, uint32_t, DECIMAL, "segs", "congestion window")                          \
    X(SSTHRESH, ssthresh, uint32_t, DECIMAL, "segs",                                               \
      "tcp_current_ssthresh(): not snd_ssthresh outside recovery; 2147483647 is infinite")         \
    X(SND_WND, snd_wnd, uint32_t, DECIMAL, "bytes", "window that the peer offers, scaled")         \
    X(RCV_WND, rcv_wnd, uint32_t, DECIMAL, "bytes", "window that this socket offers, scaled")      \
    X(SRTT, srtt, uint32_t, DECIMAL, "us", "smoothed round-trip time (tp->srtt_us >> 3)")          \
    X(DATA_LEN, data_len, uint32_t, DECIMAL, "bytes", "payload of the received packet buffer")     \
    X(SOCK_COOKIE, sock_cookie, uint64_t, COOKIE, "", "socket cookie, unique for the boot (5.4+)") \
    X(MARK, mark, uint32_t, HEX, "", "mark of the received packet buffer")                         \
    X(LENGTH, length, uint32_t, DECIMAL, "bytes",                                                  \
      "length of the packet buffer with its TCP header (kernels before 4.19)")                     \
    X(SKADDR, skaddr, uint64_t, POINTER, "", "address of the socket, hashed by the kernel")        \
    X(SKBADDR, skbaddr, uint64_t, POINTER, "", "address of the packet buffer, hashed")             \
    X(CPU, cpu, uint32_t, DECIMAL, "", "processor that recorded the event")                        \
    X(PID, pid, int32_t, DECIMAL, "", "task on the processor (in softirq not the socket's)")       \
    X(ERR, err, int32_t, DECIMAL, "", "errno of a retransmission that failed, negative; 0 if sent") \
    X(STATE, state, uint8_t, TCP_STATE, "", "TCP state of the socket")                             \
    X(OLDSTATE, oldstate, uint8_t, TCP_STATE, "", "TCP state before the change")                   \
    X(NEWSTATE, newstate, uint8_t, TCP_STATE, "", "TCP state after the change")                    \
    X(CONG_STATE, cong_state, uint8_t, CONG_STATE, "", "congestion avoidance state after it")      \
    X(PROTOCOL, protocol, uint16_t, DECIMAL, "", "IP protocol number: 6 TCP, 262 MPTCP")           \
    X(LOST, lost, uint64_t, DECIMAL, "events", "events that were lost; absent if not counted")     \
    X(REASON, reason, struct tp_text, TEXT, "", "why the reset was sent")                          \
    X(COMM, comm, struct tp_text, TEXT, "", "name of the task on the processor")

/* Those of tcp_rcvbuf_grow alone: of other events others lie there. */
#define TP_RCVBUF_FIELDS(X)                                                                        \
    X(TIME, time, uint32_t, DECIMAL, "us", "rcvbuf_grow: time since the last adjustment")          \
    X(RTT_US, rtt_us, uint32_t, DECIMAL, "us", "rcvbuf_grow: receiver's round-trip estimate")      \
    X(COPIED, copied, uint32_t, DECIMAL, "bytes", "rcvbuf_grow: bytes copied to the application")  \
    X(INQ, inq, uint32_t, DECIMAL, "bytes", "rcvbuf_grow: bytes still queued")                     \
    X(SPACE, space, uint32_t, DECIMAL, "bytes", "rcvbuf_grow: receive space before")               \
    X(OOO, ooo, uint32_t, DECIMAL, "bytes", "rcvbuf_grow: bytes in the out-of-order queue")        \
    X(SCALING_RATIO, scaling_ratio, uint32_t, DECIMAL, "", "rcvbuf_grow: window per buffer, /256") \
    X(RCVBUF, rcvbuf, uint32_t, DECIMAL, "bytes", "rcvbuf_grow: size of the receive buffer")       \
    X(RCV_SSTHRESH, rcv_ssthresh, uint32_t, DECIMAL, "bytes", "rcvbuf_grow: window clamp in use")  \
    X(WINDOW_CLAMP, window_clamp, uint32_t, DECIMAL, "bytes", "rcvbuf_grow: largest window")

#define TP_SAMPLE_FIELDS(X)                                                                        \
    X(WORDS, words, struct tp_text, TEXT, "",                                                      \
      "what is said of a sampled socket, or of counters, as words: see sampler.h")

#define TP_PACKET_FIELDS(X)                                                                        \
    X(SEQ, seq, uint32_t, DECIMAL, "", "packet: sequence number, raw 32 bits")                     \
    X(ACK, ack, uint32_t, DECIMAL, "", "packet: acknowledgment number; absent without ACK flag")   \
    X(PAYLOAD, payload, uint32_t, DECIMAL, "bytes",                                                \
      "packet: TCP payload on the wire, by the IP header and never by what was captured")          \
    X(FLAGS, flags, uint16_t, FLAGS, "", "packet: TCP flags")                                      \
    X(WINDOW, window, uint16_t, DECIMAL, "", "packet: window field, not scaled")                   \
    X(OPTIONS, options, uint16_t, OPTIONS, "", "packet: TCP options that it carries")              \
    X(ODDITIES, oddities, uint16_t, ODDITIES, "", "packet: what is unusual about it")              \
    X(TSVAL, tsval, uint32_t, DECIMAL, "", "packet: timestamp value (RFC 7323)")                   \
    X(TSECR, tsecr, uint32_t, DECIMAL, "", "packet: timestamp echo reply")                         \
    X(FRAME, frame, uint64_t, DECIMAL, "", "packet: number in its file, from 1")                   \
    X(CAPTURED, captured, uint32_t, DECIMAL, "bytes", "packet: TCP payload that was captured")     \
    X(WIRE_LEN, wire_len, uint32_t, DECIMAL, "bytes", "packet: length of the frame on the wire")   \
    X(IP_ID, ip_id, uint16_t, DECIMAL, "", "packet: identification of IPv4")                       \
    X(CHECKSUM, checksum, uint16_t, HEX, "", "packet: checksum field of TCP, not verified")        \
    X(TTL, ttl, uint8_t, DECIMAL, "", "packet: time to live or hop limit")                         \
    X(TOS, tos, uint8_t, HEX, "", "packet: type of service or traffic class; ECN is & 3")          \
    X(IFACE, iface, uint32_t, DECIMAL, "", "packet: interface of the capture, as it numbers them") \
    X(MSS, mss, uint16_t, DECIMAL, "bytes", "packet: maximum segment size option (SYN only)")      \
    X(WSCALE, wscale, uint8_t, DECIMAL, "", "packet: window scale option, as sent (SYN only)")     \
    X(SACK, sack, struct tp_sack, SACK, "", "packet: SACK blocks")                                 \
    X(NETWORK, network, uint32_t, DECIMAL, "",                                                     \
      "packet: VLAN, or what else tells networks apart (VNI, MPLS labels ...) as one number")      \
    X(URG_PTR, urg_ptr, uint16_t, DECIMAL, "", "packet: urgent pointer; absent without URG")

#define TP_EVENT_FIELDS(X)                                                                         \
    TP_COMMON_FIELDS(X)                                                                            \
    TP_RCVBUF_FIELDS(X)                                                                            \
    TP_SAMPLE_FIELDS(X)

#define TP_FIELDS(X)                                                                               \
    TP_EVENT_FIELDS(X)                                                                             \
    TP_PACKET_FIELDS(X)

enum tp_field {
#define TP_FIELD_ENUM(ID, name, type, format, unit, help) TP_FIELD_##ID,
    TP_FIELDS(TP_FIELD_ENUM)
#undef TP_FIELD_ENUM
        TP_FIELD_COUNT
};

#define TP_BIT(ID) (UINT64_C(1) << TP_FIELD_##ID)

/* ssthresh as the kernel prints it before the first congestion event (TCP_INFINITE_SSTHRESH). */
#define TP_SSTHRESH_INFINITE UINT32_C(0x7fffffff)

/* TCP flags: the bits of the header (RFC 9293; AE is the AccECN bit of RFC 9768). */
enum {
    TP_TCP_FIN = 0x001, TP_TCP_SYN = 0x002, TP_TCP_RST = 0x004, TP_TCP_PSH = 0x008,
    TP_TCP_ACK = 0x010, TP_TCP_URG = 0x020, TP_TCP_ECE = 0x040, TP_TCP_CWR = 0x080,
    TP_TCP_AE = 0x100
};

/* TCP options that a segment carries, whatever they hold. */
enum {
    TP_OPTION_MSS = 0x001, TP_OPTION_WSCALE = 0x002, TP_OPTION_SACK_OK = 0x004,
    TP_OPTION_SACK = 0x008, TP_OPTION_TS = 0x010, TP_OPTION_TFO = 0x020, TP_OPTION_MPTCP = 0x040,
    TP_OPTION_MD5 = 0x080, TP_OPTION_AO = 0x100, TP_OPTION_ACCECN = 0x200,
    TP_OPTION_OTHER = 0x400,
    TP_OPTION_BAD = 0x800,  /* lengths that cannot be: what follows was not read */
    TP_OPTION_CUT = 0x1000, /* the capture ends within them: absence of others proves nothing */
    TP_OPTION_MPTCP_SIGNAL = 0x2000 /* an MPTCP option that is no data sequence signal */
};

enum {
    TP_ODD_OUTGOING = 0x01,  /* the link header says that this machine sent it */
    TP_ODD_TUNNEL = 0x02,    /* an inner connection */
    TP_ODD_FRAGMENT = 0x04,  /* first fragment: payload is that of this fragment alone */
    TP_ODD_NO_LENGTH = 0x08, /* IP length 0 (TSO, BIG TCP): payload is by the length on the wire */
    TP_ODD_CUT = 0x10,       /* the TCP header itself was cut: what lies behind is absent */
    TP_ODD_VLAN = 0x20,      /* has a VLAN tag */
    TP_ODD_LATE = 0x40,      /* its time is before that of a packet earlier in the file */
    TP_ODD_STEP = 0x80,      /* the clock was set before it: from here on times are put right,
                                within a millisecond */
    TP_ODD_STEP_UNSURE = 0x100 /* ... or worse: how long it was to here is not known */
};

/* Both ends of a connection, in one canonical order whichever end was seen: end 0 is the smaller
 * by (address, port) as memcmp() orders network-order bytes. IPv4 is held as ::ffff:a.b.c.d, so a
 * dual-stack socket, its IPv4 peer and a packet capture all give the same key. */
struct tp_flow_key {
    uint8_t addr[2][16]; /* network byte order */
    uint16_t port[2];    /* host byte order; 0 where the event did not say */
    uint32_t timeline;   /* inputs that share a clock share a number (see input.h); valid in every
                            record, with or without a connection */
};

struct tp_record {
    int64_t ts_ns;   /* recording's clock; see struct tp_input_info for its offset to wall-clock time */
    uint64_t have;   /* bit TP_BIT(ID) for each member below that is present */
    uint32_t hash;   /* tp_flow_key_hash() of key; meaningless when !has_key */
    uint8_t kind;    /* enum tp_kind */
    uint8_t local;   /* which end of key the socket belongs to: 0 or 1 */
    bool has_key;    /* false for LOST and for events that name no connection */
    uint8_t input;   /* which input it came from, 0-based, in the order given */
    struct tp_flow_key key;
#define TP_FIELD_MEMBER(ID, name, type, format, unit, help) type name;
    __extension__ union { /* by its family */
        struct {
            TP_COMMON_FIELDS(TP_FIELD_MEMBER)
            __extension__ union {
                struct {
                    TP_RCVBUF_FIELDS(TP_FIELD_MEMBER)
                };
                struct {
                    TP_SAMPLE_FIELDS(TP_FIELD_MEMBER)
                };
            };
        };
        struct {
            TP_PACKET_FIELDS(TP_FIELD_MEMBER)
        };
    };
#undef TP_FIELD_MEMBER
};

#define TP_HAS(record, ID) (((record)->have & TP_BIT(ID)) != 0)

/* What a field is, for help, filters and export. */
struct tp_field_info {
    const char *name;
    const char *unit; /* "" if none */
    const char *help;
    enum tp_format format;
    uint16_t offset; /* in struct tp_record */
    uint16_t size;   /* bytes: 1, 2, 4, 8, or of struct tp_text or struct tp_sack */
    bool is_signed;
};

extern const struct tp_field_info tp_fields[TP_FIELD_COUNT];

/* -1 if there is none of that name. */
int tp_field_find(const char *name, size_t length);

/* The field's number. Only for fields that are present and neither TEXT nor SACK. */
int64_t tp_record_number(const struct tp_record *record, enum tp_field field);

/* The field as the kernel would print it ("TCP_ESTABLISHED", "0x1f2e", "28"), NUL-terminated into
 * buf; "" if absent. Bytes of a TEXT field outside printable ASCII are written as \xHH.
 * Returns the length; 128 bytes always suffice except for TEXT (4 * length + 1). */
size_t tp_record_text(const struct tp_record *record, enum tp_field field, char *buf, size_t size);

/* Of a field of FLAGS, OPTIONS or ODDITIES: the name of a bit, "SYN"; NULL if it has none. */
const char *tp_field_bit_name(enum tp_field field, unsigned bit);

const char *tp_kind_name(enum tp_kind kind);              /* "tcp_probe" */
int tp_kind_find(const char *name, size_t length);        /* -1 if there is none */
const char *tp_tcp_state_name(unsigned state);            /* "TCP_ESTABLISHED"; NULL if unknown */
int tp_tcp_state_find(const char *name, size_t length);   /* -1 if there is none */
const char *tp_cong_state_name(unsigned state);           /* "Recovery"; NULL if unknown */

#define TP_CONG_STATES 5 /* Open Disorder CWR Recovery Loss */
enum { TP_CONG_OPEN, TP_CONG_DISORDER, TP_CONG_CWR, TP_CONG_RECOVERY, TP_CONG_LOSS };

/* --- flow keys ------------------------------------------------------------------------------- */

/* Fills key from a socket's own end and its peer's; returns which end of the key is the socket's
 * own (0 or 1). Addresses are 16 bytes in network order, ports in host order. */
unsigned tp_flow_key_set(struct tp_flow_key *key, const uint8_t local_addr[16],
                         uint16_t local_port, const uint8_t peer_addr[16], uint16_t peer_port,
                         uint32_t timeline);

/* The same key gives the same hash on every machine and in every run. */
uint32_t tp_flow_key_hash(const struct tp_flow_key *key);
bool tp_flow_key_equal(const struct tp_flow_key *a, const struct tp_flow_key *b);

/* One end as "10.0.0.1:80" or "[fd00::1]:80"; 56 bytes suffice. Returns the length. */
size_t tp_endpoint_text(const struct tp_flow_key *key, unsigned end, char *buf, size_t size);
/* The address alone, without brackets; 46 bytes suffice. */
size_t tp_address_text(const uint8_t addr[16], char *buf, size_t size);
bool tp_address_is_v4(const uint8_t addr[16]); /* in ::ffff:0:0/96 */

#ifdef __cplusplus
}
#endif

#endif
