/* limits.c: from what holds of a sender to what limits it.
 *
 * The order is that of RFC 4898's SndLim: a full receive window first, then the congestion window,
 * else the sender itself; and before the congestion window what lowers it, where that took most of
 * the round trip. One moment at a window is enough, as it is for the kernel (tcp_cwnd_validate() in
 * net/ipv4/tcp_output.c keeps what was the case at the fullest moment of a round trip). What is
 * left are senders that are busy without being seen at a window: paced ones (BBR, fq), and those
 * whose congestion window nobody knows. Where they are so for several round trips, that is what
 * limits them; what is over sooner, because there was nothing more to send, was limited by the
 * application.
 */
#include "analyze/limits.h"

/* Shorter bins would be judged by the grain of timers and of interrupt moderation. */
#define WIDTH_MIN_NS INT64_C(2000000)
#define WIDTH_MAX_NS INT64_C(1000000000)
#define TIME_MAX_NS  TP_LIMIT_TIME_MAX_NS
/* So many round trips of being busy are no longer one message of the application. */
#define BULK_BINS 4

#define BUSY TP_LIMITS /* judged by what follows */

#define QUEUE_MIN_NS INT64_C(4000000) /* MIN_RTT_THRESH: RFC 9406, 4.3 */
#define QUEUE_PART   8                /* MIN_RTT_DIVISOR: likewise */
/* In slow start flight doubles from round trip to round trip, or is half as much again where each
 * second segment is acknowledged (RFC 5681, 3.1 and 4.2); in avoidance it is one segment more. A
 * rule of thumb in between. */
#define GROWS(now, before) ((now) >= (before) + (before) / 5 * 2)

static const char *const limit_names[TP_LIMITS] = {
    [TP_LIMIT_UNKNOWN] = "unknown", [TP_LIMIT_HANDSHAKE] = "handshake",
    [TP_LIMIT_CWND] = "cwnd",       [TP_LIMIT_RECEIVER] = "rwnd",
    [TP_LIMIT_APP] = "app",         [TP_LIMIT_RECOVERY] = "recovery",
    [TP_LIMIT_PACING] = "pacing",   [TP_LIMIT_NETWORK] = "network",
};

const char *tp_limit_name(enum tp_limit limit)
{
    return limit < TP_LIMITS ? limit_names[limit] : limit_names[TP_LIMIT_UNKNOWN];
}

bool tp_limit_is_network(enum tp_limit limit)
{
    return limit == TP_LIMIT_CWND || limit == TP_LIMIT_RECOVERY || limit == TP_LIMIT_PACING ||
           limit == TP_LIMIT_NETWORK;
}

int64_t tp_limit_time(const struct tp_limit_times *times, enum tp_limit limit)
{
    int64_t sum_ns = 0;
    unsigned part;

    if (limit != TP_LIMIT_NETWORK)
        return times->time_ns[limit];
    for (part = 0; part < TP_LIMITS; part++)
        if (tp_limit_is_network((enum tp_limit)part))
            sum_ns += times->time_ns[part];
    return sum_ns;
}

enum tp_limit tp_limit_largest(const struct tp_limit_times *times)
{
    enum tp_limit most = TP_LIMIT_UNKNOWN, limit;
    int64_t network_ns = tp_limit_time(times, TP_LIMIT_NETWORK);

    for (limit = TP_LIMIT_UNKNOWN + 1; limit < TP_LIMITS; limit++)
        if (tp_limit_time(times, limit) > tp_limit_time(times, most))
            most = limit;
    if (!tp_limit_is_network(most))
        return most;
    for (limit = 0; limit < TP_LIMITS; limit++)
        if (tp_limit_is_network(limit) && times->time_ns[limit] > network_ns / 2)
            return limit;
    return TP_LIMIT_NETWORK;
}

int64_t tp_limit_width(int64_t srtt_ns)
{
    if (srtt_ns < WIDTH_MIN_NS)
        return WIDTH_MIN_NS;
    return srtt_ns < WIDTH_MAX_NS ? srtt_ns : WIDTH_MAX_NS;
}

static int64_t clamp(int64_t ns)
{
    return ns > TIME_MAX_NS ? TIME_MAX_NS : ns < -TIME_MAX_NS ? -TIME_MAX_NS : ns;
}

void tp_limiter_begin(struct tp_limiter *limiter, int64_t now_ns)
{
    now_ns = clamp(now_ns);
    *limiter = (struct tp_limiter){.begin_ns = now_ns, .last_ns = now_ns, .until_ns = now_ns};
}

bool tp_is_full(int64_t srtt_ns, int64_t least_ns, bool slow)
{
    int64_t part_ns = slow ? least_ns : least_ns / QUEUE_PART;

    return least_ns > 0 && srtt_ns - least_ns > (part_ns > QUEUE_MIN_NS ? part_ns : QUEUE_MIN_NS);
}

#define NARROW_SEGS 4 /* each second one is acknowledged at once: RFC 5681, 4.2 */

bool tp_is_narrow(unsigned holds, uint64_t window_bytes, uint32_t mss_bytes)
{
    return (holds & TP_HOLDS_RWND) && window_bytes < (uint64_t)NARROW_SEGS * mss_bytes;
}

static enum tp_limit judge(const struct tp_limiter *limiter)
{
    int64_t length_ns = limiter->last_ns - limiter->begin_ns;

    if (limiter->hits & TP_HOLDS_RWND)
        return TP_LIMIT_RECEIVER;
    if (limiter->repair_ns > length_ns / 2)
        return TP_LIMIT_RECOVERY;
    if (limiter->repair_ns + limiter->doubt_ns > length_ns / 2)
        return TP_LIMIT_NETWORK;
    if (limiter->hits & TP_HOLDS_CWND)
        return TP_LIMIT_CWND;
    if (limiter->dry_ns > length_ns / 2)
        return TP_LIMIT_APP;
    if (limiter->blind_ns > length_ns / 2)
        return TP_LIMIT_UNKNOWN;
    return limiter->clocked > 0 && limiter->clocked * 2 >= limiter->sent ? TP_LIMIT_NETWORK : BUSY;
}

/* --- the account ------------------------------------------------------------------------------ */

/* What of the application's: *undecided where it is not known yet. */
static enum tp_wait dry_wait(const struct tp_held *held, bool *undecided)
{
    *undecided = held->undecided_ns >= held->own_ns && held->undecided_ns >= held->turn_ns &&
                 held->undecided_ns >= held->ack_ns;
    if (*undecided)
        return TP_WAIT_APP;
    if (held->ack_ns > held->own_ns && held->ack_ns >= held->turn_ns)
        return TP_WAIT_DELAYED_ACK;
    return held->turn_ns > held->own_ns ? TP_WAIT_TURN : TP_WAIT_APP;
}

static enum tp_wait wait_of(enum tp_limit limit, const struct tp_held *held, int64_t length_ns,
                            bool *undecided)
{
    static const uint8_t plain[TP_LIMITS] = {
        [TP_LIMIT_UNKNOWN] = TP_WAIT_UNKNOWN,   [TP_LIMIT_HANDSHAKE] = TP_WAIT_HANDSHAKE,
        [TP_LIMIT_CWND] = TP_WAIT_CWND,         [TP_LIMIT_RECEIVER] = TP_WAIT_RWND,
        [TP_LIMIT_RECOVERY] = TP_WAIT_RECOVERY, [TP_LIMIT_PACING] = TP_WAIT_PACING,
        [TP_LIMIT_NETWORK] = TP_WAIT_NETWORK,
    };
    int64_t half_ns = length_ns / 2;

    *undecided = false;
    if (limit == TP_LIMIT_APP)
        return dry_wait(held, undecided);
    if (limit == TP_LIMIT_RECEIVER && held->zero_ns > half_ns)
        return TP_WAIT_ZERO_WINDOW;
    if (limit == TP_LIMIT_RECEIVER && held->full_ns > half_ns)
        return TP_WAIT_PATH;
    if (limit == TP_LIMIT_RECOVERY && held->timeout_ns > half_ns)
        return TP_WAIT_TIMEOUT;
    if ((limit == TP_LIMIT_CWND || limit == TP_LIMIT_NETWORK) && held->full_ns > half_ns)
        return TP_WAIT_PATH;
    if ((limit == TP_LIMIT_CWND || limit == TP_LIMIT_NETWORK) && held->slow_ns > half_ns)
        return TP_WAIT_SLOW_START;
    return (enum tp_wait)plain[limit];
}

static void add_held(struct tp_held *sum, const struct tp_held *held)
{
    sum->zero_ns += held->zero_ns;
    sum->slow_ns += held->slow_ns;
    sum->full_ns += held->full_ns;
    sum->timeout_ns += held->timeout_ns;
    sum->undecided_ns += held->undecided_ns;
    sum->own_ns += held->own_ns;
    sum->turn_ns += held->turn_ns;
    sum->ack_ns += held->ack_ns;
}

/* Where nobody says whether it is slow start: is it, by how this bin's flight has grown? */
static void note_growth(struct tp_limiter *limiter, enum tp_limit limit)
{
    bool sends = limit == TP_LIMIT_NETWORK || limit == BUSY, grows;

    if (!limiter->flight_bytes)
        return;
    if (limit == TP_LIMIT_RECOVERY)
        limiter->growing = limiter->held.timeout_ns > 0;
    if (sends) {
        grows = GROWS(limiter->flight_bytes, limiter->flight_before_bytes);
        limiter->growing = limiter->growing && grows;
        limiter->held.slow_ns = limiter->growing ? limiter->last_ns - limiter->begin_ns : 0;
    }
    limiter->flight_before_bytes = limiter->flight_bytes;
    limiter->flight_bytes = 0;
}

void tp_limiter_flight(struct tp_limiter *limiter, uint64_t bytes)
{
    if (bytes > limiter->flight_bytes)
        limiter->flight_bytes = bytes;
}

static void fill_held(struct tp_held *held, int64_t length_ns, unsigned holds)
{
    const unsigned repair = TP_HOLDS_REPAIR | TP_HOLDS_DOUBT;

    held->zero_ns += holds & TP_HOLDS_ZERO ? length_ns : 0;
    held->slow_ns += holds & TP_HOLDS_SLOW ? length_ns : 0;
    held->full_ns += holds & TP_HOLDS_FULL ? length_ns : 0;
    held->timeout_ns += holds & TP_HOLDS_TIMEOUT ? length_ns : 0;
    held->undecided_ns += (holds & TP_HOLDS_DRY) && !(holds & repair) ? length_ns : 0;
}

/* Fills the bin up to then. */
static void fill(struct tp_limiter *limiter, int64_t until_ns, unsigned holds)
{
    int64_t length_ns = until_ns - limiter->last_ns;

    limiter->hits |= (uint16_t)holds;
    fill_held(&limiter->held, length_ns, holds);
    if (holds & TP_HOLDS_REPAIR)
        limiter->repair_ns += length_ns;
    else if ((holds & TP_HOLDS_DOUBT) && (holds & TP_HOLDS_DRY))
        limiter->blind_ns += length_ns;
    else if (holds & TP_HOLDS_DOUBT)
        limiter->doubt_ns += length_ns;
    else if (holds & TP_HOLDS_DRY)
        limiter->dry_ns += length_ns;
    else if (holds & TP_HOLDS_BLIND)
        limiter->blind_ns += length_ns;
    limiter->last_ns = until_ns;
}

/* ... with what holds since it was filled last. */
static void catch_up(struct tp_limiter *limiter)
{
    if (limiter->until_ns > limiter->last_ns)
        fill(limiter, limiter->until_ns, limiter->holds);
}

void tp_limiter_spoke(struct tp_limiter *limiter, enum tp_wait wait)
{
    struct tp_held *held = &limiter->held;

    if (limiter->holds & TP_HOLDS_DRY) /* only that is undecided */
        catch_up(limiter);
    if (wait == TP_WAIT_TURN)
        held->turn_ns += held->undecided_ns;
    else if (wait == TP_WAIT_DELAYED_ACK)
        held->ack_ns += held->undecided_ns;
    else
        held->own_ns += held->undecided_ns;
    held->undecided_ns = 0;
    tp_ledger_decide(&limiter->ledger, wait);
}

/* --- bins ------------------------------------------------------------------------------------- */

static int settle(struct tp_limiter *limiter, int64_t begin_ns, int64_t end_ns, enum tp_limit limit,
                  const struct tp_held *held, struct tp_spans *spans)
{
    struct tp_span span = {begin_ns, end_ns, limit};
    bool undecided;
    enum tp_wait wait = wait_of(limit, held, end_ns - begin_ns, &undecided);

    if (end_ns <= begin_ns)
        return TP_OK;
    if ((spans && tp_spans_follow(spans, &span, false) < 0) ||
        tp_ledger_add(&limiter->ledger, begin_ns, end_ns, wait, undecided) < 0)
        return TP_ERR_NOMEM;
    limiter->times.time_ns[limit] += end_ns - begin_ns;
    limiter->limit = (uint8_t)limit;
    limiter->judged = true;
    return TP_OK;
}

/* The bins that waited for what follows them. */
static int settle_busy(struct tp_limiter *limiter, enum tp_limit limit, struct tp_spans *spans)
{
    const struct tp_held held = limiter->held_busy;

    limiter->busy = 0;
    limiter->held_busy = (struct tp_held){0};
    return settle(limiter, limiter->busy_ns, limiter->begin_ns, limit, &held, spans);
}

static int note_busy(struct tp_limiter *limiter, struct tp_spans *spans)
{
    enum tp_limit limit = limiter->hits & TP_HOLDS_HIDDEN ? TP_LIMIT_NETWORK : TP_LIMIT_PACING;

    if (limiter->bulk)
        return settle(limiter, limiter->begin_ns, limiter->last_ns, limit, &limiter->held, spans);
    add_held(&limiter->held_busy, &limiter->held);
    if (!limiter->busy || limit == TP_LIMIT_NETWORK)
        limiter->busy_limit = (uint8_t)limit;
    if (!limiter->busy++)
        limiter->busy_ns = limiter->begin_ns;
    limiter->bulk = limiter->busy >= BULK_BINS;
    if (!limiter->bulk)
        return TP_OK;
    limiter->begin_ns = limiter->last_ns;
    return settle_busy(limiter, (enum tp_limit)limiter->busy_limit, spans);
}

static int close_bin(struct tp_limiter *limiter, enum tp_limit limit, struct tp_spans *spans)
{
    int rc;

    if (limiter->last_ns <= limiter->begin_ns)
        return TP_OK;
    note_growth(limiter, limit);
    if (limit == BUSY) {
        rc = note_busy(limiter, spans);
    } else {
        limiter->bulk = limiter->bulk && tp_limit_is_network(limit);
        rc = limiter->busy
                 ? settle_busy(limiter, limit == TP_LIMIT_APP ? limit : limiter->busy_limit, spans)
                 : TP_OK;
        if (rc == TP_OK)
            rc = settle(limiter, limiter->begin_ns, limiter->last_ns, limit, &limiter->held, spans);
        if (limit == TP_LIMIT_NETWORK && limiter->doubt_ns > 0)
            limiter->times.doubtful_ns += limiter->last_ns - limiter->begin_ns;
    }
    limiter->begin_ns = limiter->last_ns;
    limiter->repair_ns = limiter->doubt_ns = limiter->dry_ns = limiter->blind_ns = 0;
    limiter->sent = limiter->clocked = 0;
    limiter->hits = 0;
    limiter->held = (struct tp_held){0};
    return rc;
}

void tp_limiter_sent(struct tp_limiter *limiter, bool clocked)
{
    limiter->sent++;
    limiter->clocked += clocked;
}

static int hold(struct tp_limiter *limiter, int64_t until_ns, unsigned holds, int64_t width_ns,
                struct tp_spans *spans)
{
    int64_t end_ns = tp_later(limiter->begin_ns, width_ns);

    until_ns = clamp(until_ns);
    if (until_ns < limiter->last_ns)
        until_ns = limiter->last_ns;
    if (until_ns < end_ns) {
        fill(limiter, until_ns, holds);
        return TP_OK;
    }
    if (end_ns < limiter->last_ns) /* the round trip has become shorter */
        end_ns = limiter->last_ns;
    fill(limiter, end_ns, holds);
    if (close_bin(limiter, judge(limiter), spans) < 0)
        return TP_ERR_NOMEM;
    if (until_ns == end_ns) /* it did not hold in the next one */
        return TP_OK;
    /* Nothing happened in what is left: it is one bin, however long, and the next one begins. */
    fill(limiter, until_ns, holds);
    return until_ns - end_ns >= width_ns ? close_bin(limiter, judge(limiter), spans) : TP_OK;
}

int tp_limiter_change(struct tp_limiter *limiter, int64_t until_ns, unsigned holds,
                      int64_t width_ns, struct tp_spans *spans)
{
    int rc;

    catch_up(limiter);
    rc = hold(limiter, until_ns, holds, width_ns, spans);
    limiter->until_ns = limiter->last_ns;
    limiter->holds = (uint16_t)holds;
    return rc;
}

int tp_limiter_handshake(struct tp_limiter *limiter, int64_t again_ns, int64_t until_ns,
                         struct tp_spans *spans)
{
    until_ns = clamp(until_ns);
    again_ns = clamp(again_ns);
    catch_up(limiter);
    if (until_ns > limiter->last_ns)
        limiter->last_ns = limiter->until_ns = until_ns;
    tp_ledger_know(&limiter->ledger, limiter->begin_ns,
                   again_ns < limiter->last_ns ? again_ns : limiter->last_ns, TP_WAIT_SYN_TIMER);
    limiter->growing = true;
    return close_bin(limiter, TP_LIMIT_HANDSHAKE, spans);
}

int tp_limiter_finish(struct tp_limiter *limiter, struct tp_spans *spans)
{
    catch_up(limiter);
    if (close_bin(limiter, judge(limiter), spans) < 0 ||
        (limiter->busy && settle_busy(limiter, (enum tp_limit)limiter->busy_limit, spans) < 0))
        return TP_ERR_NOMEM;
    return tp_ledger_finish(&limiter->ledger);
}
