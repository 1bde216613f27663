/* limits.h: what limits a sender, judged once per round trip.
 *
 * Who follows a sender says what holds until when; a bin of about one round trip is then judged as
 * a whole. Single events would mislead: a window is full for a moment only before the next ACK
 * opens it again, and is limiting all the same.
 */
#ifndef TCPPROBE_ANALYZE_LIMITS_H
#define TCPPROBE_ANALYZE_LIMITS_H

#include <tcpprobe/analyze.h>

#include "analyze/ledger.h"
#include "base/arena.h"

/* What holds of a sender. */
enum {
    TP_HOLDS_RWND = 1,    /* not another segment fits into the receiver's window */
    TP_HOLDS_CWND = 2,    /* nor into the congestion window */
    TP_HOLDS_REPAIR = 4,  /* losses are being repaired, or marks of congestion answered */
    TP_HOLDS_DRY = 8,     /* it may send and does not: there is nothing to send */
    TP_HOLDS_BLIND = 16,  /* what was captured does not say */
    TP_HOLDS_HIDDEN = 32, /* whether the congestion window is full is not known */
    TP_HOLDS_DOUBT = 64,  /* nor whether losses are being repaired */
    /* For the account only. */
    TP_HOLDS_ZERO = 128,    /* the receiver's window is closed */
    TP_HOLDS_SLOW = 256,    /* in slow start */
    TP_HOLDS_FULL = 512,    /* the path is full: see tp_is_full() */
    TP_HOLDS_TIMEOUT = 1024 /* what is repaired was begun by a timeout */
};

/* A capture may hold any time, up to the end of the range. */
static inline int64_t tp_later(int64_t ns, int64_t by_ns)
{
    return ns > INT64_MAX - by_ns ? INT64_MAX : ns + by_ns;
}

/* A clock that says more than this is wrong, and must not overflow. */
#define TP_LIMIT_TIME_MAX_NS (INT64_MAX / 4)

/* How much of a bin what held of it. */
struct tp_held {
    int64_t zero_ns, slow_ns, full_ns, timeout_ns;
    /* dry, and who spoke next: not known, itself, its peer, itself when an ACK let it */
    int64_t undecided_ns, own_ns, turn_ns, ack_ns;
};

/* How fast ACKs came one behind the other, by how much they acknowledged at which rate: what a path
 * carries without a pause, while the sum of an RTT may be much less. */
#define TP_TRAIN_RATES 28
#define TP_TRAIN_LEAST 14 /* the first is of rates below 2^15 bit/s */

struct tp_trains {
    int64_t since_ns; /* the ACK before the chunk; valid if begun */
    uint32_t bytes;   /* of the chunk */
    bool begun;
    uint64_t by_rate[TP_TRAIN_RATES];
};

void tp_trains_note(struct tp_trains *trains, int64_t now_ns, uint64_t acked_bytes);
/* At that rate or a higher one (in bit/s, a power of two) half of it was acknowledged; false: too
 * little was. */
bool tp_trains_rate(const struct tp_trains *trains, double *rate_bps);

/* What each packet changes stands first, up to the ledger's first members: expect.c fetches so
 * much. */
struct tp_limiter {
    int64_t begin_ns, last_ns; /* of the bin; up to where it is filled */
    int64_t until_ns; /* up to where `holds` held, which is filled in when something else does */
    int64_t repair_ns, doubt_ns, dry_ns, blind_ns; /* of the bin, each moment in one of them */
    int64_t busy_ns;        /* since when bins wait for what follows; valid if busy */
    uint32_t sent, clocked; /* packets of the bin; of these, released by an ACK */
    uint64_t flight_bytes, flight_before_bytes; /* most in flight in the bin, and in the one before;
                                                   0: not told */
    uint16_t hits;                              /* TP_HOLDS_... at any time of the bin */
    uint16_t holds;
    uint8_t limit;       /* enum tp_limit of the last bin */
    uint8_t busy_limit;  /* ... of bins in which data wait, and nothing says for what */
    uint8_t busy;        /* bins that wait */
    bool bulk;           /* they have been too many for a single message */
    bool judged;         /* there was one */
    bool growing;        /* flight has grown from bin to bin since the start, or since a timeout */
    struct tp_held held; /* of the bin */
    struct tp_ledger ledger;
    struct tp_held held_busy; /* of the bins that wait */
    struct tp_limit_times times;
};

/* Nothing is known of the time before. */
void tp_limiter_begin(struct tp_limiter *limiter, int64_t now_ns);
/* tp_limiter_hold() of whatever holds. */
int tp_limiter_change(struct tp_limiter *limiter, int64_t until_ns, unsigned holds,
                      int64_t width_ns, struct tp_spans *spans);
/* All this held until now; a bin is width_ns long. Returns 0 or TP_ERR_NOMEM. spans may be NULL.
 * Mostly it is what held before, and the bin goes on. */
static inline int tp_limiter_hold(struct tp_limiter *limiter, int64_t until_ns, unsigned holds,
                                  int64_t width_ns, struct tp_spans *spans)
{
    if (holds != limiter->holds || until_ns < limiter->until_ns ||
        until_ns > TP_LIMIT_TIME_MAX_NS || until_ns >= tp_later(limiter->begin_ns, width_ns))
        return tp_limiter_change(limiter, until_ns, holds, width_ns, spans);
    limiter->hits |= (uint16_t)holds;
    limiter->until_ns = until_ns;
    return TP_OK;
}
/* New data were sent; clocked: right when an ACK came. */
void tp_limiter_sent(struct tp_limiter *limiter, bool clocked);
/* So much is in flight: where nobody says so, slow start shows in how it grows. */
void tp_limiter_flight(struct tp_limiter *limiter, uint64_t bytes);
/* Somebody spoke: the sender itself, or its peer. What was dry up to now was waiting for that. */
void tp_limiter_spoke(struct tp_limiter *limiter, enum tp_wait wait);
/* Until then the connection was being opened, up to again_ns (or begin_ns) waiting for the timer of
 * what was sent again. */
int tp_limiter_handshake(struct tp_limiter *limiter, int64_t again_ns, int64_t until_ns,
                         struct tp_spans *spans);
/* What limits now, by the last bin that was judged; -1: none was. */
static inline int tp_limiter_now(const struct tp_limiter *limiter)
{
    return limiter->judged ? limiter->limit : -1;
}

/* Judges what is left. */
int tp_limiter_finish(struct tp_limiter *limiter, struct tp_spans *spans);

struct tp_end;
struct tp_kernel_limits; /* limits_kernel.c: of one socket */

void tp_kernel_limits_free(struct tp_arena *arena, struct tp_kernel_limits *limits);
const struct tp_limiter *tp_kernel_limiter(const struct tp_side *side); /* NULL: not judged */
const struct tp_limiter *tp_packets_limiter(const struct tp_end *end);  /* likewise; NULL is fine */
/* As tp_limiter_finish(), of packets of that flow: and the account of its handshake is put right by
 * the round trips that followed. */
int tp_wire_limits_finish(const struct tp_flow *flow, struct tp_limiter *limiter,
                          struct tp_spans *spans);

const struct tp_trains *tp_kernel_trains(const struct tp_side *side); /* NULL: there are none */
const struct tp_trains *tp_packets_trains(const struct tp_end *end);

/* A bin for that round-trip time. */
int64_t tp_limit_width(int64_t srtt_ns);

/* Does a smoothed round trip tell of a standing queue? By HyStart++'s threshold (RFC 9406, 4.2)
 * without its upper bound; slow: in slow start, whose bursts queue for a moment, and at the
 * receiver's window, which has then more room than the path, by twice the shortest. */
bool tp_is_full(int64_t srtt_ns, int64_t least_ns, bool slow);
/* At a window of so few segments that the round trip may be the receiver's timer for ACKs. */
bool tp_is_narrow(unsigned holds, uint64_t window_bytes, uint32_t mss_bytes);

#endif
