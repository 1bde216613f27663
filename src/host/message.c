/* message.c: one socket out of one message, by the offsets of the rows:
 * include/uapi/linux/inet_diag.h.
 *
 * A part that is longer than we know is read as far as we do, a shorter one as far as it goes.
 */
#include <string.h>
#include <sys/socket.h>

#include <tcpprobe/host.h>

#include "host/message.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))

#define MESSAGE_BYTES 72 /* struct inet_diag_msg */

/* Offsets in it. */
enum {
    FAMILY = 0,
    SOURCE_PORT = 4,
    PEER_PORT = 6,
    SOURCE = 8,
    PEER = 24,
    INTERFACE = 40,
    COOKIE = 44
};

/* INET_DIAG_... numbers of attributes. */
enum {
    INFO = 2,
    CONG = 4,
    TOS = 5,
    TCLASS = 6,
    SKMEMINFO = 7,
    SHUTDOWN = 8,
    DCTCPINFO = 9,
    MARK = 15,
    BBRINFO = 16,
    CLASS_ID = 17,
    ULP_INFO = 19,
    CGROUP_ID = 21
};
enum { ULP_NAME = 1 };
enum { SYN_SENT = 2 };
enum { HAS_WSCALE = 4 }; /* TCPI_OPT_WSCALE */

struct extent {
    const uint8_t *bytes; /* NULL: was not there */
    size_t length;
};

struct parts {
    struct extent part[TP_FROM_ULP + 1];
};

static const uint8_t part_of_attribute[] = {
    [INFO] = TP_FROM_INFO,       [CONG] = TP_FROM_CONG,         [TOS] = TP_FROM_TOS,
    [TCLASS] = TP_FROM_TCLASS,   [SHUTDOWN] = TP_FROM_SHUTDOWN, [SKMEMINFO] = TP_FROM_SKMEM,
    [DCTCPINFO] = TP_FROM_DCTCP, [MARK] = TP_FROM_MARK,         [BBRINFO] = TP_FROM_BBR,
    [CLASS_ID] = TP_FROM_CLASS,  [CGROUP_ID] = TP_FROM_CGROUP,
};

static struct extent part_of(const struct nlattr *attribute)
{
    return (struct extent){mnl_attr_get_payload(attribute), mnl_attr_get_payload_len(attribute)};
}

static struct extent ulp_name(const struct nlattr *nest)
{
    const struct nlattr *attribute = mnl_attr_get_payload(nest);
    int left = mnl_attr_get_payload_len(nest);

    for (; mnl_attr_ok(attribute, left); attribute = mnl_attr_next(attribute)) {
        if (mnl_attr_get_type(attribute) == ULP_NAME)
            return part_of(attribute);
        left -= MNL_ALIGN(attribute->nla_len);
    }
    return (struct extent){0};
}

static void find_parts(struct parts *parts, const struct nlmsghdr *message)
{
    const struct nlattr *attribute = mnl_nlmsg_get_payload_offset(message, MESSAGE_BYTES);
    int left = (int)mnl_nlmsg_get_payload_len(message) - MESSAGE_BYTES;
    unsigned type;

    parts->part[TP_FROM_MESSAGE] = (struct extent){mnl_nlmsg_get_payload(message), MESSAGE_BYTES};
    for (; mnl_attr_ok(attribute, left); attribute = mnl_attr_next(attribute)) {
        type = mnl_attr_get_type(attribute);
        if (type == ULP_INFO)
            parts->part[TP_FROM_ULP] = ulp_name(attribute);
        else if (type < sizeof part_of_attribute && part_of_attribute[type])
            parts->part[part_of_attribute[type]] = part_of(attribute);
        left -= MNL_ALIGN(attribute->nla_len);
    }
}

/* --- fields ----------------------------------------------------------------------------- */

/* Requests of connections and what is left of closed ones (TIME_WAIT, FIN_WAIT2 without a process)
 * are little more than a name: the rest of the message is 0, and there is no tcp_info. */
static ALWAYS_INLINE bool applies(const struct tp_socket_row *row, unsigned state, bool is_full)
{
    switch (row->when) {
    case TP_WHEN_FULL:
        return is_full && state != TP_STATE_LISTEN;
    case TP_WHEN_LISTENING:
        return is_full && state == TP_STATE_LISTEN;
    case TP_WHEN_OPEN:
        return is_full;
    default:
        return true;
    }
}

static void read_text(const struct tp_socket_row *row, char *to, const struct extent *part)
{
    size_t length = strnlen((const char *)part->bytes, part->length);

    if (length > row->size - 1U)
        length = row->size - 1U;
    memcpy(to, part->bytes, length);
    to[length] = '\0';
}

/* A C compiler lays bit fields from the end of a byte where the machine begins with high bytes. */
static uint8_t bits_of(const struct tp_socket_row *row, uint8_t byte)
{
    static const uint16_t one = 1;
    unsigned shift = *(const uint8_t *)&one ? row->shift : 8U - row->shift - row->bits;

    return (uint8_t)(byte >> shift & ((1U << row->bits) - 1));
}

/* Two numbers of 32 bits, the low one first, on every machine (struct tcp_bbr_info). */
static uint64_t low_high(const uint8_t *bytes)
{
    uint32_t low, high;

    memcpy(&low, bytes, sizeof low);
    memcpy(&high, bytes + sizeof low, sizeof high);
    return (uint64_t)high << 32 | low;
}

/* Of constant size, so that each is an instruction. False: it is the number that means none. */
#define READ(type)                                                                                 \
    do {                                                                                           \
        type number;                                                                               \
        memcpy(&number, from, sizeof number);                                                      \
        if (row->bits)                                                                             \
            number = bits_of(row, *from);                                                          \
        memcpy(to, &number, sizeof number);                                                        \
        return !(row->has_none && number == row->none);                                            \
    } while (0)

static ALWAYS_INLINE bool read_number(const struct tp_socket_row *row, void *to,
                                      const uint8_t *from)
{
    uint64_t wide;

    switch (row->size) {
    case 1:
        READ(uint8_t);
    case 2:
        READ(uint16_t);
    case 4:
        READ(uint32_t);
    default:
        if (row->from != TP_FROM_BBR)
            READ(uint64_t);
        wide = low_high(from);
        memcpy(to, &wide, sizeof wide);
        return true;
    }
}

static ALWAYS_INLINE void read_field(struct tp_sock *socket, enum tp_socket_id id,
                                     const struct tp_socket_row *row, const struct extent *part)
{
    void *to = (char *)socket + row->offset;

    if (row->format == TP_SOCKET_TEXT) {
        if (part->length == 0 || !part->bytes[0])
            return;
        read_text(row, to, part);
    } else if (part->length < (row->needs ? row->needs : (size_t)row->at + row->size) ||
               !read_number(row, to, part->bytes + row->at)) {
        return;
    }
    socket->have[id / 64] |= UINT64_C(1) << (id % 64);
}

static ALWAYS_INLINE bool is_there(const struct parts *parts, const struct tp_socket_row *row,
                                   unsigned state, bool is_full)
{
    /* An algorithm begins with the connection. */
    if ((row->from == TP_FROM_BBR || row->from == TP_FROM_DCTCP) && state == SYN_SENT)
        return false;
    return row->from && parts->part[row->from].bytes && applies(row, state, is_full);
}

/* The rows are constants here, of which the compiler leaves a few instructions each. */
static void read_fields(struct tp_sock *socket, const struct parts *parts, unsigned state,
                        bool is_full)
{
#define NOTHING(name, ...)
#define READ_FIELD(name_, type, ...)                                                               \
    do {                                                                                           \
        static const struct tp_socket_row row = {                                                  \
            .offset = offsetof(struct tp_sock, name_), .size = sizeof(type), __VA_ARGS__};         \
        if (is_there(parts, &row, state, is_full))                                                 \
            read_field(socket, TP_SOCKET_##name_, &row, &parts->part[row.from]);                   \
    } while (0);
    TP_SOCKET_ROWS(READ_FIELD, NOTHING)
#undef READ_FIELD
#undef NOTHING
}

static void forget(struct tp_sock *socket, enum tp_socket_id id)
{
    socket->have[id / 64] &= ~(UINT64_C(1) << (id % 64));
}

/* What means nothing without another field. */
static void forget_meaningless(struct tp_sock *socket)
{
    if (!TP_SOCKET_HAS(socket, timer)) {
        forget(socket, TP_SOCKET_timer_expires);
        forget(socket, TP_SOCKET_timer_count);
    }
    if (!TP_SOCKET_HAS(socket, srtt))
        forget(socket, TP_SOCKET_rttvar);
    if (!TP_SOCKET_HAS(socket, delivery_rate))
        forget(socket, TP_SOCKET_app_limited);
    if (!socket->dctcp_enabled) {
        forget(socket, TP_SOCKET_dctcp_ce_state);
        forget(socket, TP_SOCKET_dctcp_alpha);
        forget(socket, TP_SOCKET_dctcp_marked);
        forget(socket, TP_SOCKET_dctcp_acked);
    }
    if (!TP_SOCKET_HAS(socket, options) || !(socket->options & HAS_WSCALE)) {
        forget(socket, TP_SOCKET_snd_wscale);
        forget(socket, TP_SOCKET_rcv_wscale);
    }
    /* Before the first answer there are none: what is said is since the machine was started. */
    if (socket->tcp_state == SYN_SENT) {
        forget(socket, TP_SOCKET_last_data_sent);
        forget(socket, TP_SOCKET_last_data_recv);
        forget(socket, TP_SOCKET_last_ack_recv);
    }
    /* Nobody owns it yet, or any more: the kernel says root. */
    if (!TP_SOCKET_HAS(socket, inode))
        forget(socket, TP_SOCKET_uid);
    if (socket->fwd_alloc > INT32_MAX) /* negative for a moment */
        forget(socket, TP_SOCKET_fwd_alloc);
}

/* --- identity --------------------------------------------------------------------------- */

static uint16_t port_at(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static void address_at(uint8_t to[16], const uint8_t *bytes, bool v4)
{
    static const uint8_t mapped[12] = {[10] = 0xff, 0xff};

    memcpy(to, v4 ? mapped : bytes, sizeof mapped);
    memcpy(to + sizeof mapped, v4 ? bytes : bytes + sizeof mapped, 4);
}

static void read_identity(struct tp_sock *socket, const uint8_t *message)
{
    bool v4 = message[FAMILY] == AF_INET;
    uint8_t own[16], peer[16];
    uint32_t cookie[2];

    address_at(own, message + SOURCE, v4);
    address_at(peer, message + PEER, v4);
    socket->local = (uint8_t)tp_flow_key_set(&socket->key, own, port_at(message + SOURCE_PORT),
                                             peer, port_at(message + PEER_PORT), 0);
    memcpy(&socket->interface, message + INTERFACE, sizeof socket->interface);
    memcpy(cookie, message + COOKIE, sizeof cookie);
    socket->cookie = (uint64_t)cookie[1] << 32 | cookie[0];
}

bool message_read(struct tp_sock *socket, const struct nlmsghdr *message)
{
    const uint8_t *bytes = mnl_nlmsg_get_payload(message);
    struct parts parts = {0};
    unsigned state;
    bool is_full;

    memset(socket, 0, sizeof *socket);
    if (mnl_nlmsg_get_payload_len(message) < MESSAGE_BYTES ||
        (bytes[FAMILY] != AF_INET && bytes[FAMILY] != AF_INET6))
        return false;
    find_parts(&parts, message);
    read_identity(socket, bytes);
    is_full = parts.part[TP_FROM_INFO].bytes != NULL;
    state = bytes[tp_socket_rows[TP_SOCKET_tcp_state].at];
    read_fields(socket, &parts, state, is_full);
    forget_meaningless(socket);
    return true;
}
