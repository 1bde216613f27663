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
/* A clock that says more than this is wrong, and must not overflow. */
#define TIME_MAX_NS (INT64_MAX / 4)
/* So many round trips of being busy are no longer one message of the application. */
#define BULK_BINS 4

#define BUSY TP_LIMITS /* judged by what follows */

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
    *limiter = (struct tp_limiter){.begin_ns = now_ns, .last_ns = now_ns};
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

/* Halves a full list: of each pair the longer one gives its name to both. */
static void fold(struct tp_spans *spans)
{
    struct tp_span *list = spans->list;
    uint32_t i, kept = 0;

    for (i = 0; i + 1 < spans->count; i += 2) {
        if (list[i + 1].end_ns - list[i + 1].begin_ns > list[i].end_ns - list[i].begin_ns)
            list[i].value = list[i + 1].value;
        list[i].end_ns = list[i + 1].end_ns;
        if (kept > 0 && list[kept - 1].value == list[i].value)
            list[kept - 1].end_ns = list[i].end_ns;
        else
            list[kept++] = list[i];
    }
    if (i < spans->count)
        list[kept++] = list[i];
    spans->count = kept;
}

static int add_span(struct tp_spans *spans, const struct tp_span *span)
{
    struct tp_span *last;

    if (!spans)
        return TP_OK;
    last = spans->count ? &spans->list[spans->count - 1] : NULL;
    if (last && last->value == span->value && last->end_ns == span->begin_ns) {
        last->end_ns = span->end_ns;
        return TP_OK;
    }
    if (spans->count == TP_SPANS_MAX)
        fold(spans);
    return tp_spans_add(spans, span, false);
}

static int settle(struct tp_limiter *limiter, int64_t begin_ns, int64_t end_ns, enum tp_limit limit,
                  struct tp_spans *spans)
{
    struct tp_span span = {begin_ns, end_ns, limit};

    if (end_ns <= begin_ns)
        return TP_OK;
    if (add_span(spans, &span) < 0)
        return TP_ERR_NOMEM;
    limiter->times.time_ns[limit] += end_ns - begin_ns;
    limiter->limit = (uint8_t)limit;
    limiter->judged = true;
    return TP_OK;
}

/* The bins that waited for what follows them. */
static int settle_busy(struct tp_limiter *limiter, enum tp_limit limit, struct tp_spans *spans)
{
    limiter->busy = 0;
    return settle(limiter, limiter->busy_ns, limiter->begin_ns, limit, spans);
}

static int note_busy(struct tp_limiter *limiter, struct tp_spans *spans)
{
    enum tp_limit limit = limiter->hits & TP_HOLDS_HIDDEN ? TP_LIMIT_NETWORK : TP_LIMIT_PACING;

    if (limiter->bulk)
        return settle(limiter, limiter->begin_ns, limiter->last_ns, limit, spans);
    if (!limiter->busy || limit == TP_LIMIT_NETWORK)
        limiter->busy_limit = (uint8_t)limit;
    if (!limiter->busy++)
        limiter->busy_ns = limiter->begin_ns;
    limiter->bulk = limiter->busy >= BULK_BINS;
    if (!limiter->bulk)
        return TP_OK;
    limiter->busy = 0;
    return settle(limiter, limiter->busy_ns, limiter->last_ns, limiter->busy_limit, spans);
}

static int close_bin(struct tp_limiter *limiter, enum tp_limit limit, struct tp_spans *spans)
{
    int rc;

    if (limiter->last_ns <= limiter->begin_ns)
        return TP_OK;
    if (limit == BUSY) {
        rc = note_busy(limiter, spans);
    } else {
        limiter->bulk = limiter->bulk && tp_limit_is_network(limit);
        rc = limiter->busy
                 ? settle_busy(limiter, limit == TP_LIMIT_APP ? limit : limiter->busy_limit, spans)
                 : TP_OK;
        if (rc == TP_OK)
            rc = settle(limiter, limiter->begin_ns, limiter->last_ns, limit, spans);
        if (limit == TP_LIMIT_NETWORK && limiter->doubt_ns > 0)
            limiter->times.doubtful_ns += limiter->last_ns - limiter->begin_ns;
    }
    limiter->begin_ns = limiter->last_ns;
    limiter->repair_ns = limiter->doubt_ns = limiter->dry_ns = limiter->blind_ns = 0;
    limiter->sent = limiter->clocked = 0;
    limiter->hits = 0;
    return rc;
}

void tp_limiter_sent(struct tp_limiter *limiter, bool clocked)
{
    limiter->sent++;
    limiter->clocked += clocked;
}

/* Fills the bin up to then. */
static void fill(struct tp_limiter *limiter, int64_t until_ns, unsigned holds)
{
    int64_t length_ns = until_ns - limiter->last_ns;

    limiter->hits |= (uint8_t)holds;
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

int tp_limiter_hold(struct tp_limiter *limiter, int64_t until_ns, unsigned holds, int64_t width_ns,
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

int tp_limiter_handshake(struct tp_limiter *limiter, int64_t until_ns, struct tp_spans *spans)
{
    until_ns = clamp(until_ns);
    if (until_ns > limiter->last_ns)
        limiter->last_ns = until_ns;
    return close_bin(limiter, TP_LIMIT_HANDSHAKE, spans);
}

int tp_limiter_finish(struct tp_limiter *limiter, struct tp_spans *spans)
{
    if (close_bin(limiter, judge(limiter), spans) < 0)
        return TP_ERR_NOMEM;
    return limiter->busy ? settle_busy(limiter, limiter->busy_limit, spans) : TP_OK;
}
