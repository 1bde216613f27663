/* filter.h: the expression language that says which records are meant.
 *
 * The kernel's event filter syntax and what the kernel cannot say:
 *
 *     sport == 80 || dport == 80            snd_cwnd > 100 && !(srtt < 0x1000)
 *     host 10.0.0.1 and port 443            src net 10.0.0.0/8 or dst host fd00::1
 *     saddr == 192.168.1.100                state == TCP_ESTABLISHED
 *     tcp_retransmit_skb || cong_state >= 3 reason ~ "TCP_*"
 *
 * Fields are those of record.h by name, and: sport saddr (the end whose socket it is), dport daddr
 * (its peer), family (AF_INET where that address is IPv4, however the socket was opened), event.
 * Synonyms from the kernel: saddrv6 daddrv6 CPU COMM common_pid. An address may be [bracketed],
 * and saddr and daddr can also be compared with nets. An event's name alone means that event.
 *
 * Operators: == != < <= > >= & (any bit set) for numbers, == != and ~ (glob) for texts, == != for
 * addresses, family and event; && || ! ( ), and their spellings and, or, not. ! takes a whole
 * comparison, && binds tighter than ||. Numbers are decimal or 0x hex and must be ones that the
 * field can have; a leading 0 is refused because the kernel would read it as octal. State names and
 * IPPROTO_ names stand for their numbers, and so do the names of TCP flags, options and oddities of
 * packets, which may be joined: flags & SYN|FIN. Texts stand in "" or '' without escapes, a single word
 * may stand bare; patterns have * ? [a-z] [!a-z] and \x.
 *
 * A comparison with a field that the record does not have is false, and so is its negation by !=;
 * `!(...)` around it is true. That holds for ports and addresses of a record without a connection.
 *
 * A socket that connects has no port yet when its state becomes TCP_SYN_SENT: the kernel prints
 * sport=0 there, and chooses one a moment later (net/ipv4/tcp_ipv4.c, tcp_v4_connect()); dport is
 * known. Such a record of inet_sock_set_state matches if it would with 0 or with any port that can be
 * chosen: no filter loses the beginning of a connection, and `port 80` is not littered with those to
 * other ports. What can be chosen is TP_LOCAL_PORT_LEAST to 65535, or what tp_filter_local_ports() says.
 *
 * Threads: one makes a filter and says what its ports are; from then on it is immutable, and any
 * number of threads may evaluate it.
 */
#ifndef TCPPROBE_FILTER_H
#define TCPPROBE_FILTER_H

#include <tcpprobe/record.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tp_filter;

/* Parses expression. On success *filter is owned by the caller. An error has source "filter",
 * line 1, the column of the offending word, and says what was expected there; unknown words are
 * answered with the closest one that is known, or the list of them. An empty or blank expression
 * is an error. TP_ERR_USAGE, TP_ERR_LIMIT (longer than 64 KiB) or TP_ERR_NOMEM. */
int tp_filter_parse(struct tp_filter **filter, const char *expression, struct tp_error *error);

/* The kernel that wrote the records chooses ports from least to most for a connect()
 * (net.ipv4.ip_local_port_range). Before the filter is used. NULL is fine. */
#define TP_LOCAL_PORT_LEAST 1024 /* no range begins below ip_unprivileged_port_start, mostly this */
void tp_filter_local_ports(struct tp_filter *filter, uint16_t least, uint16_t most);

/* NULL matches everything. */
bool tp_filter_match(const struct tp_filter *filter, const struct tp_record *record);

/* Figures: what a filter asks of something larger than an event, such as a flow. They are
 * compared with decimal numbers, which may have a fraction and one of the suffixes k, M and G
 * (10^3, 10^6, 10^9):
 *
 *     dport == 5201 && acked_bytes > 1.5M && !(retransmit_share > 0.01)
 *
 * Some may be texts, which are compared with == and != and, by patterns, with ~.
 */
struct tp_filter_words {
    const char *const *names; /* of the figures */
    size_t count;
    const char *what; /* they are, for messages: "the columns of 'tcpprobe flows'" */
    /* Of each figure: NULL if it is a number; of a text the values that it can have, with a NULL
     * behind the last: with none before it, any. NULL: all are numbers. */
    const char *const *const *texts;
    size_t alone;    /* so many of the first may stand alone: they hold where they are there and not 0 */
    bool of_records; /* it is an event or a packet that is asked: its fields are words, too, and what is
                        called as one of them is meant by that name */
};

/* The same with figures for words. Unless of_records, it is no event then that is asked, so that beside
 * them only ports, addresses and families are known. words may go when it returns. */
int tp_filter_parse_with(struct tp_filter **filter, const char *expression,
                         const struct tp_filter_words *words, struct tp_error *error);

union tp_filter_value {
    double number;
    struct tp_text text; /* valid until the next figure is asked */
};

/* A figure, by its index in names: false if it is absent, and then the comparison is false,
 * whatever its operator. Only asked for figures on which the answer depends. */
typedef bool tp_filter_figure(void *context, size_t index, union tp_filter_value *value);

/* record: a record with the connection. Without figure all figures are absent. */
bool tp_filter_match_with(const struct tp_filter *filter, const struct tp_record *record,
                          tp_filter_figure *figure, void *context);

/* TP_BIT()s of the fields that it looks at, for struct tp_stream_options.fields. */
uint64_t tp_filter_fields(const struct tp_filter *filter);

/* The expression as it was understood, fully parenthesised; free() it. NULL if out of memory. */
char *tp_filter_text(const struct tp_filter *filter);

/* Two lines for a terminal: the expression and a caret below the error's column, of a long
 * expression the piece around it; what is not printable ASCII becomes '?'. 256 bytes suffice.
 * Returns the length written to buf. */
size_t tp_filter_caret(const char *expression, const struct tp_error *error, char *buf,
                       size_t size);

void tp_filter_free(struct tp_filter *filter); /* NULL is fine */

/* --- lowering into a kernel's event filter ---------------------------------------------------- */

/* A field of a kernel event. */
struct tp_kernel_field {
    const char *name;
    uint16_t offset; /* in the raw event, bytes */
    uint16_t size;   /* bytes */
    bool is_signed;
    bool is_array;   /* __u8 saddr[4] */
    bool is_pointer; /* const void * skaddr */
    bool is_dynamic; /* __data_loc, __rel_loc: offset and length of something behind the event */
};

/* What a kernel event holds and prints, as its `format` file in tracefs says. */
struct tp_kernel_event {
    const char *system; /* "tcp" */
    const char *name;   /* "tcp_probe" */
    uint16_t id;        /* common_type of its raw events */
    const struct tp_kernel_field *fields; /* the common_ ones first, in the order of the file */
    size_t count;
    const char *print; /* the text after "print fmt: ", one line; "" if there is none */
};

/* The part of the filter that the kernel can apply to this event: whenever a record of the event
 * matches the filter, the kernel's event matches *expression. What the event cannot take is left
 * out of it, figures too. *expression is owned by the caller, free() it; it is
 * - "" if the kernel has nothing to filter by: every event passes,
 * - NULL if no record of this event can match: it need not be enabled at all,
 * - else of at most TP_KERNEL_FILTER_MAX bytes that every kernel since 4.16 accepts.
 * *exact: the kernel's part is the whole; otherwise its events are still to be asked with
 * tp_filter_match(). NULL as filter matches everything. Returns 0 or TP_ERR_NOMEM. */
int tp_filter_lower(const struct tp_filter *filter, const struct tp_kernel_event *event,
                    char **expression, bool *exact, struct tp_error *error);

#define TP_KERNEL_FILTER_MAX 4095

/* --- lowering into libpcap's language --------------------------------------------------------- */

/* The packets of the connections that the filter means, for a capture beside a recording of events:
 * ports, addresses and families, for both directions. A packet passes *expression if an event of its
 * connection, at either end, could match the filter, or a record of the packet itself does. (For
 * `dport == 80` the socket with that peer sends packets to port 80 and receives them from there.)
 * What is not of the connection but of a moment, such as snd_cwnd or flags, is left out of it, and
 * so are figures.
 *
 * *expression is owned by the caller, free() it: libpcap's language, for any link type that has IP;
 * NULL if no packet can match. It means TCP in IPv4 and IPv6 as the link has it: not inside of
 * tunnels, nor behind VLAN tags (tp_live_open() sees to these). IPv6 packets with extension headers
 * pass unasked.
 * *exact: nothing was left out. NULL as filter matches everything. Returns 0 or TP_ERR_NOMEM. */
int tp_filter_pcap(const struct tp_filter *filter, char **expression, bool *exact,
                   struct tp_error *error);

/* --- lowering into the bytecode of socket dumps ----------------------------------------------- */

#define TP_SOCKET_FILTER_MAX 32768

/* The part of the filter that the kernel can apply to sockets as it lists them (the attribute
 * INET_DIAG_REQ_BYTECODE of sock_diag(7)): ports, addresses and families; a socket that matches the
 * filter passes. *bytecode is owned by the caller, free() it: *length bytes, in this machine's order,
 * or NULL if there is nothing that the kernel could be asked, or it takes more than
 * TP_SOCKET_FILTER_MAX of them. *exact: nothing was left out; otherwise sockets are still to be asked
 * with tp_filter_match_with(). Kernels before 4.16 refuse to compare ports (EINVAL). NULL as filter
 * matches everything. Returns 0 or TP_ERR_NOMEM. */
int tp_filter_sockets(const struct tp_filter *filter, void **bytecode, size_t *length, bool *exact,
                      struct tp_error *error);

#ifdef __cplusplus
}
#endif

#endif
