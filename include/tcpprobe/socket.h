/* socket.h: what the running kernel says of one socket, at one moment.
 *
 * It is what a dump of sock_diag(7) holds (struct inet_diag_msg and its attributes,
 * include/uapi/linux/inet_diag.h): identity, timers, queues, and struct tcp_info, which is what
 * getsockopt(TCP_INFO) gives. One row of TP_SOCKET_ROWS is a field: where it stands in the message,
 * what it is, and how a table shows it. What the kernel did not say is absent, never 0: an old kernel
 * has a shorter tcp_info, so that its length alone decides what it holds; and values that mean "none
 * yet" or "no limit" are absent, too. A socket that listens has no congestion window, one in TIME_WAIT
 * or SYN_RECV little more than its name.
 *
 * Names are the kernel's, or those of record.h where the meaning is the same; columns carry their
 * unit, and are called as in `flows` where they mean the same.
 *
 * Threads: plain data and constant tables; the functions are pure.
 */
#ifndef TCPPROBE_SOCKET_H
#define TCPPROBE_SOCKET_H

#include <tcpprobe/record.h>
#include <tcpprobe/value.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Parts of a message that fields are taken from. */
enum tp_socket_from {
    TP_FROM_NOTHING, /* worked out of other fields, or found elsewhere */
    TP_FROM_MESSAGE, /* struct inet_diag_msg */
    TP_FROM_INFO,    /* struct tcp_info (INET_DIAG_INFO) */
    TP_FROM_SKMEM,   /* __u32 [9] (INET_DIAG_SKMEMINFO) */
    TP_FROM_BBR,     /* struct tcp_bbr_info */
    TP_FROM_DCTCP,   /* struct tcp_dctcp_info */
    TP_FROM_TOS, TP_FROM_TCLASS, TP_FROM_SHUTDOWN, TP_FROM_MARK, TP_FROM_CLASS, TP_FROM_CGROUP,
    TP_FROM_CONG,    /* a text */
    TP_FROM_ULP      /* a text in a nested attribute */
};

/* Of which sockets the kernel fills it. */
enum tp_socket_when {
    TP_WHEN_FULL,      /* connections: not of those that listen, in TIME_WAIT or SYN_RECV */
    TP_WHEN_LISTENING, /* those that listen */
    TP_WHEN_OPEN,      /* both of them */
    TP_WHEN_ALWAYS
};

/* How the number is said. */
enum tp_socket_format {
    TP_SOCKET_NUMBER,
    TP_SOCKET_STATE,   /* TCP_ESTABLISHED */
    TP_SOCKET_CONG,    /* Open, Recovery ... */
    TP_SOCKET_TIMER,   /* retransmit, keepalive, timewait, persist */
    TP_SOCKET_FLAG,    /* true or false */
    TP_SOCKET_OPTIONS, /* ts|sack|wscale ... */
    TP_SOCKET_HEX,
    TP_SOCKET_TEXT
};

/* Where a column is used besides --all. */
enum tp_socket_use {
    TP_SOCKET_IN_TABLE = 1,  /* in a table of connections */
    TP_SOCKET_IN_LISTEN = 2, /* in a table of sockets that listen */
    TP_SOCKET_IN_ROUND = 4,  /* in a table of what happened between two rounds */
    TP_SOCKET_IN_DATA = 8,   /* in the other formats without --all */
    TP_SOCKET_TABLE_ONLY = 16,
    TP_SOCKET_IN_ALL = 32
};

#define TP_SOCKET_TEXT_BYTES 24

/* The rows, in the order of their columns: FIELD(member, C type, ...) is a field of the message,
 * DERIVED(name, ...) what is worked out or found elsewhere; ... are members of struct tp_socket_row.
 * .none: a value that means "not known" or "no limit". .bits: of the byte at .at, from bit .shift on.
 * .needs: so many bytes must there be, where more than the field says. .times: by which the kernel's number
 * is multiplied for the column. .counts: it only grows. .passes: a time that goes on though nothing
 * happens. */
#include <tcpprobe/sockets/rows.h>

enum tp_socket_id {
#define ID(name, ...)          TP_SOCKET_##name,
#define FIELD_ID(name, type, ...) TP_SOCKET_##name,
    TP_SOCKET_ROWS(FIELD_ID, ID)
#undef FIELD_ID
#undef ID
    TP_SOCKET_IDS
};

typedef char tp_socket_text[TP_SOCKET_TEXT_BYTES];

struct tp_sock {
    int64_t ts_ns;    /* CLOCK_MONOTONIC just before the read that brought it */
    uint64_t cookie;  /* unique for the boot: what a socket is told by */
    uint64_t have[2]; /* bit by enum tp_socket_id for each field below that is present */
    struct tp_flow_key key;
    uint8_t local;        /* which end of the key it is, 0 or 1 */
    uint32_t interface;   /* index of the interface that it is bound to; 0: none */
    uint32_t netns;       /* index of its namespace in the list that was asked, from 0 */
    int32_t pid;          /* of a process that has it open; 0: not known or not asked */
    tp_socket_text owner; /* the name of that process */
    const char *cgroup;   /* path below the root of cgroup v2; NULL: not known. Borrowed from the
                             struct tp_owners that found it */
#define NOTHING(name, ...)
#define MEMBER(name, type, ...) type name;
    TP_SOCKET_ROWS(MEMBER, NOTHING)
#undef MEMBER
#undef NOTHING
};

#define TP_SOCKET_HAS(socket, name)                                                                \
    (((socket)->have[TP_SOCKET_##name / 64] >> (TP_SOCKET_##name % 64) & 1) != 0)

/* Two states of a socket, for what is worked out of their difference. */
struct tp_socket_view {
    const struct tp_sock *now, *before; /* before: NULL if there is none */
    int64_t wall_minus_monotonic_ns;
    const char *netns; /* its name; NULL if only one is looked at */
    char text[128];    /* private: of the value that was asked last */
};

typedef struct tp_value tp_socket_get(struct tp_socket_view *view);

struct tp_socket_row {
    const char *name;
    struct tp_column column;
    uint8_t from;   /* enum tp_socket_from */
    uint8_t when;   /* enum tp_socket_when */
    uint8_t format; /* enum tp_socket_format */
    uint8_t shift, bits;
    uint8_t use;    /* enum tp_socket_use */
    bool counts, has_none, passes;
    uint16_t at;     /* bytes, in the part that it is taken from */
    uint16_t needs;  /* bytes that the part must have; 0: up to the field's end */
    uint16_t offset; /* in struct tp_sock */
    uint16_t size;   /* bytes; 0: derived */
    double times;    /* 0 is 1 */
    uint64_t none;
    tp_socket_get *get; /* derived */
};

extern const struct tp_socket_row tp_socket_rows[TP_SOCKET_IDS];

/* The field as the kernel said it; only if it is present. */
uint64_t tp_socket_number(const struct tp_sock *socket, enum tp_socket_id id);
bool tp_socket_has(const struct tp_sock *socket, enum tp_socket_id id);

/* The column; texts are valid until the next one is asked of the view. */
struct tp_value tp_socket_value(struct tp_socket_view *view, enum tp_socket_id id);
/* Is the column a text? Then *values (may be NULL) becomes the list of those that it can have, ended
 * by NULL: none if it can have any. */
bool tp_socket_is_text(enum tp_socket_id id, const char *const **values);

/* Index of the column with that name, or else of the first that begins with it; -1 if there is none.
 */
int tp_socket_find(const char *name);

/* --- samples in a log (sampler.h) -------------------------------------------------------------- */

/* What a line says beside the fields. Texts point into its words, and are escaped there. */
struct tp_socket_line {
    bool full;  /* all is there: what socket had before is forgotten */
    bool fresh; /* the socket was made after the first round */
    bool wiped; /* of an end: the kernel told no totals */
    struct tp_text cgroup; /* length 0: not told */
};

/* Adds what the words of a line say to *socket, whose cookie, key and time stay as they are. Words
 * that are not known are passed over; those whose value cannot be are left out. line may be NULL. */
void tp_socket_read_words(struct tp_sock *socket, const char *words, size_t length,
                          struct tp_socket_line *line);
/* Are they words, and can the value of each that is known be? Else *bad is the first that cannot. */
bool tp_socket_check_words(const char *words, size_t length, const char **bad);
/* A text without its escapes, cut to what fits, as a string; its length. */
size_t tp_socket_unescape(const struct tp_text *text, char *to, size_t size);

#ifdef __cplusplus
}
#endif

#endif
