/* account.h: the account of time: what a sender waited for, from SYN to FIN, divided without
 * overlap.
 *
 * It goes further than enum tp_limit (analyze.h), whose judgement it divides: the congestion window
 * into slow start, avoidance and a full path, the application into what it did not write and what
 * the other end was to say first. And it corrects it where a thing is known only behind it: a
 * silence that a retransmission timeout ended was that timer's, whatever it looked like before.
 *
 * Threads: plain data.
 */
#ifndef TCPPROBE_ACCOUNT_H
#define TCPPROBE_ACCOUNT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* X(ID, name, what the sender waited for). Values are kept in spans: new ones come last. */
#define TP_WAITS(X)                                                                                \
    X(UNKNOWN, "unknown", "for what was not recorded")                                             \
    X(HANDSHAKE, "handshake", "for the answer to its SYN, or to its SYN-ACK")                      \
    X(SYN_TIMER, "syn_timer", "for the timer of a SYN or SYN-ACK that was sent again")             \
    X(APP, "app", "for its application, which had nothing to send")                                \
    X(TURN, "turn", "for the other end, which spoke next: a request or an answer")                 \
    X(SLOW_START, "slow_start", "for the congestion window, in slow start")                        \
    X(CWND, "cwnd", "for the congestion window, in congestion avoidance")                          \
    X(PATH, "path", "for a path that is full: the window filled it, and a queue stood")            \
    X(NETWORK, "network", "for congestion window or pace: which is not known")                     \
    X(PACING, "pacing", "for its pace, below both windows")                                        \
    X(RECOVERY, "recovery", "for losses to be repaired, or marks of congestion answered")          \
    X(TIMEOUT, "timeout", "for losses to be repaired behind a retransmission timeout")             \
    X(RTO, "rto", "for a retransmission timeout, in silence")                                      \
    X(RWND, "rwnd", "for the receiver's window")                                                   \
    X(ZERO_WINDOW, "zero_window", "for the receiver's window, which was closed")                   \
    X(DELAYED_ACK, "delayed_ack", "for an ACK that the receiver held back (Nagle's algorithm)")    \
    X(SNDBUF, "sndbuf", "for room in its send buffer")

enum tp_wait {
#define TP_WAIT_ENUM(ID, name, help) TP_WAIT_##ID,
    TP_WAITS(TP_WAIT_ENUM)
#undef TP_WAIT_ENUM
        TP_WAIT_COUNT
};

const char *tp_wait_name(enum tp_wait wait);
const char *tp_wait_help(enum tp_wait wait); /* "for the receiver's window" */

struct tp_account {
    int64_t time_ns[TP_WAIT_COUNT];
};

int64_t tp_account_whole(const struct tp_account *account); /* their sum */
/* What was waited for longest; of what was equally long, the first. */
enum tp_wait tp_account_largest(const struct tp_account *account);
/* How far two accounts of one life are apart: the share of the time, in [0, 1], that they give to
 * different things, where what one of them does not know, or not as exactly, counts as the same. 0
 * where one is empty. */
double tp_account_apart(const struct tp_account *one, const struct tp_account *other);

#ifdef __cplusplus
}
#endif

#endif
