/* limit.h: what limits the sender at a socket, from two states of it.
 *
 * One state tells nothing: its totals mix all phases of a connection, and a slow start that is long
 * over has left its mark in them. Between two states the kernel's chronometers (struct tcp_info:
 * busy_time, rwnd_limited, sndbuf_limited, since 4.10) say how long there was something to send, and how
 * long the peer's window or the send buffer held it up; they count only for the end that sends. What is
 * left is the network, or an application that waits for answers. The first row of tp_socket_limit_rules
 * that holds is what limited it; each names the facts by which it was decided.
 *
 * Thresholds were chosen after ten scenarios on a link that was known exactly; no document has any. The
 * kernel adds to the chronometers in jiffies (1 to 10 ms): what was busy for less than 100 ms between
 * the two states is not judged, and at 100 ms between them hardly anything is.
 *
 * Threads: constant tables and a pure function.
 */
#ifndef TCPPROBE_LIMIT_H
#define TCPPROBE_LIMIT_H

#include <tcpprobe/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is known between the two states. X(ID, how a text says it; the number in it is shown as) */
#define TP_LIMIT_FACTS(X)                                                                          \
    X(INTERVAL, "within %s", SECONDS)                                                              \
    X(BUSY, "busy %s of the time", SHARE)                                                          \
    X(RWND, "of that limited by the peer's window %s", SHARE)                                      \
    X(SNDBUF, "of that limited by the send buffer %s", SHARE)                                      \
    X(CWND_USE, "at most %s of the congestion window in use", SHARE)                               \
    X(MSS, "segments have %s", BYTES)                                                              \
    X(RECEIVED, "%s were received", BYTES)                                                         \
    X(UNSENT, "at most %s not yet sent", BYTES)                                                            \
    X(SND_WND, "the peer's window is %s", BYTES)                                                   \
    X(SND_WND_RATE, "which allows %s at this round-trip time", RATE)                               \
    X(SNDBUF_BYTES, "the send buffer has room for %s of memory", BYTES)                            \
    X(SNDBUF_USE, "of it at most %s was used", SHARE)                                              \
    X(CWND_BYTES, "the congestion window is %s", BYTES)                                            \
    X(SRTT, "srtt is %s", MS)                                                                      \
    X(RTT_RATIO, "%s times the least", TIMES)                                                      \
    X(QUEUED, "about %s of its own stand in queues", BYTES)                                        \
    X(DELIVERY, "data is delivered at %s", RATE)                                                   \
    X(PACING_LIMIT, "the pace is limited to %s", RATE)                                             \
    X(RESENT, "%s of what was sent was sent again", SHARE)                                         \
    X(RTO_IN_ROW, "timeouts in a row: %s", COUNT)

enum tp_limit_fact {
#define TP_LIMIT_FACT_ENUM(ID, text, show) TP_LIMIT_FACT_##ID,
    TP_LIMIT_FACTS(TP_LIMIT_FACT_ENUM)
#undef TP_LIMIT_FACT_ENUM
    TP_LIMIT_FACT_COUNT
};
#define TP_LIMIT_FACT_BIT(ID) (UINT32_C(1) << TP_LIMIT_FACT_##ID)

struct tp_limit_facts {
    const struct tp_socket_view *view;
    double is[TP_LIMIT_FACT_COUNT]; /* us, bytes, bits per second, shares from 0 to 1, counts */
    uint32_t have;                  /* TP_LIMIT_FACT_BIT() of those that are known */
    double busy_us;
};

struct tp_socket_limit_rule {
    const char *name;       /* column `limit` */
    const char *limited_by; /* column `limited_by`: as in flows */
    bool (*holds)(const struct tp_limit_facts *facts);
    uint32_t because;       /* the facts that decide */
    const char *sentence;
    const char *advice;     /* NULL: there is none */
    const char *basis;      /* of the threshold; NULL: it has none */
};

extern const struct tp_socket_limit_rule tp_socket_limit_rules[];
extern const size_t tp_socket_limit_rule_count;

/* The rule that holds; NULL where nothing can be said: no state before, or a socket that does not send
 * (it listens, is in TIME_WAIT, SYN_RECV or closed). facts: may be NULL; borrows view. */
const struct tp_socket_limit_rule *tp_socket_limit(const struct tp_socket_view *view,
                                                   struct tp_limit_facts *facts);

/* "busy 95 % of the time, ..." by the rule's facts that are known; cut to size. */
void tp_limit_facts_text(const struct tp_limit_facts *facts, uint32_t which, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
