/* limits_packets.c: what limits a sender, inferred from its packets.
 *
 * The congestion window is not on the wire. What is there: the receiver's window, whether losses
 * are being repaired or ECN marks answered, and whether the sender uses what ACKs release. A sender
 * that has data answers an ACK at once, or, where it is paced, within a fraction of the round trip;
 * one that leaves it unused for a quarter of it, that has nothing in flight, or whose last segment
 * was no full one has nothing to send. All else is the network's doing: recovery where losses are
 * repaired, elsewhere the congestion window or a pace, and which of them the packets do not tell.
 * (After T-RAT, Zhang et al. 2002, and Siekkinen et al. 2005: idle beyond a round trip, or after
 * a short segment, is the application's.)
 *
 * This holds where the capture was taken at the sender. Elsewhere in flight and the answer to an
 * ACK are seen too late: except for losses, nothing is said.
 *
 * A short segment is the last one of what was written, and says so by PSH (RFC 9293, 3.9.1).
 * Segments without it are as large as they can be, which may be less than what the handshake says:
 * the path carries less (RFC 1191), or options of data take room (RFC 6691).
 */
#include "analyze/packets.h"

/* RTTs below this, with no handshake to tell, may be those of a capture at the receiver. */
#define NEAR_NS INT64_C(1000000)

static bool sees_sender(const struct tp_sight *sight, unsigned end)
{
    const struct tp_connection *connection = tp_flow_connection(sight->visit->flow);
    const struct tp_wire *wire;

    switch (tp_connection_handshake(connection)->vantage) {
    case TP_VANTAGE_END0:
        return end == 0;
    case TP_VANTAGE_END1:
        return end == 1;
    case TP_VANTAGE_UNKNOWN:
        wire = sight->wire[end];
        return wire && wire->rtt.count && wire->rtt.min_ns > NEAR_NS;
    default:
        return false;
    }
}

static uint32_t mss_of(const struct tp_sight *sight, unsigned end)
{
    const struct tp_wire *wire = sight->wire[end];
    uint32_t mss = sight->meaning->flight[end].mss_bytes;

    if (mss)
        return mss;
    return wire && wire->segment_max_bytes ? wire->segment_max_bytes : 1;
}

/* The shortest round trip of its data; 0 unknown. */
static int64_t least_rtt(const struct tp_sight *sight, unsigned end)
{
    const struct tp_connection *connection = tp_flow_connection(sight->visit->flow);
    int64_t handshake_ns = tp_handshake_rtt_ns(tp_connection_handshake(connection), end);
    const struct tp_wire *wire = sight->wire[end];
    int64_t least_ns = wire && wire->rtt.count ? wire->rtt.min_ns : 0;

    return handshake_ns > 0 && (least_ns == 0 || handshake_ns < least_ns) ? handshake_ns : least_ns;
}

/* No path carries less (RFC 9293, 3.7.1). */
#define SEGMENT_LEAST 536

static uint32_t common_divisor(uint32_t a, uint32_t b)
{
    return b ? common_divisor(b, a % b) : a;
}

/* Are its new data no whole number of segments, and the end of what was written? Offloading makes
 * one packet of several segments. */
static bool is_short(const struct tp_sight *sight, unsigned end)
{
    uint32_t bytes = sight->meaning->new_bytes, *full = &sight->packets[end]->limits.full_bytes;
    uint32_t mss = mss_of(sight, end), divisor;

    if (bytes == mss || bytes % mss == 0) /* a division is what most packets need not wait for */
        return false;
    if (sight->packet->flags & (TP_TCP_PSH | TP_TCP_FIN))
        return !*full || bytes % *full != 0;
    divisor = common_divisor(bytes, *full);
    *full = divisor >= SEGMENT_LEAST ? divisor : bytes;
    return false;
}

/* Does the peer's window hold up the next segment? */
static unsigned window_after(const struct tp_flight *flight, uint32_t mss_bytes)
{
    if (flight->window_closed)
        return TP_HOLDS_RWND;
    if (!flight->window_known)
        return TP_HOLDS_BLIND;
    if (flight->outstanding_bytes + mss_bytes <= flight->window_bytes)
        return 0;
    return flight->window_at_least ? TP_HOLDS_BLIND : TP_HOLDS_RWND;
}

/* What holds from this packet on. */
static unsigned holds_after(const struct tp_sight *sight, unsigned end)
{
    const struct tp_flight *flight = &sight->meaning->flight[end];
    const struct tp_wire_limits *limits = &sight->packets[end]->limits;
    unsigned window = window_after(flight, mss_of(sight, end));
    bool repairs = flight->recovering || sight->now_ns < limits->ece_until_ns;
    unsigned holds = TP_HOLDS_HIDDEN | (repairs ? TP_HOLDS_REPAIR : 0);

    if (flight->recovering && limits->repair_cause == TP_CAUSE_TIMEOUT)
        holds |= TP_HOLDS_TIMEOUT;
    if (flight->window_closed)
        holds |= TP_HOLDS_ZERO;
    if (tp_is_full(flight->srtt_ns, least_rtt(sight, end),
                   limits->limiter.growing || (window & TP_HOLDS_RWND)) &&
        !tp_is_narrow(window, flight->window_bytes, mss_of(sight, end)))
        holds |= TP_HOLDS_FULL;

    if (!flight->known || !sees_sender(sight, end))
        return holds | TP_HOLDS_BLIND;
    if (!repairs && (flight->outstanding_bytes == 0 || limits->ends_short))
        holds |= TP_HOLDS_DRY;
    return holds | window;
}

/* Brings the judgement up to this packet. */
static int catch_up(struct tp_wire_limits *limits, int64_t now_ns, struct tp_spans *spans)
{
    int64_t dry_ns = tp_later(limits->quiet_ns, limits->width_ns / 4);
    unsigned holds = limits->holds;

    if (limits->quiet && now_ns > dry_ns && !(holds & (TP_HOLDS_REPAIR | TP_HOLDS_BLIND))) {
        if (tp_limiter_hold(&limits->limiter, dry_ns, holds, limits->width_ns, spans) < 0)
            return TP_ERR_NOMEM;
        holds |= TP_HOLDS_DRY;
    }
    return tp_limiter_hold(&limits->limiter, now_ns, holds, limits->width_ns, spans);
}

static void keep_account(const struct tp_sight *sight, unsigned end)
{
    sight->packets[end]->limits.limiter.ledger.spans =
        tp_end_wait_spans(sight->visit->analysis, sight->visit->flow, end, TP_FROM_PACKETS);
}

/* The latest SYN, or SYN-ACK, that was sent again; 0: none was. */
static int64_t again_of(const struct tp_wire *wire)
{
    return wire->trouble && wire->trouble->syn_again ? wire->trouble->syn_again_ns : 0;
}

/* When its SYN-ACK was answered, as far as that is known. */
static int64_t answered_ns(const struct tp_wire *wire, int64_t ack_rtt_ns)
{
    int64_t again_ns = again_of(wire);

    return again_ns ? tp_later(again_ns, wire->trouble->syn_answer_ns)
                    : tp_later(wire->first_ns, ack_rtt_ns);
}

static int64_t latest(int64_t one, int64_t other)
{
    return one > other ? one : other;
}

static int begin_limits(struct tp_sight *sight, unsigned end, struct tp_spans *spans)
{
    const struct tp_connection *connection = tp_flow_connection(sight->visit->flow);
    const struct tp_handshake *handshake = tp_connection_handshake(connection);
    struct tp_wire_limits *limits = &sight->packets[end]->limits;
    const struct tp_wire *opener, *other;
    int64_t until_ns, again_ns;

    limits->begun = true;
    limits->width_ns = tp_limit_width(sight->meaning->flight[end].srtt_ns);
    limits->holds = TP_HOLDS_BLIND;
    if (sight->meaning->flight[end].known && sees_sender(sight, end) &&
        sight->wire[end]->data_packets == 1)
        limits->holds = TP_HOLDS_DRY; /* these are its first data */
    opener = handshake->opener < 0 ? NULL : sight->wire[handshake->opener];
    other = handshake->opener < 0 ? NULL : sight->wire[!handshake->opener];
    if (!handshake->synack || !opener || !opener->packets || !other || !other->packets) {
        tp_limiter_begin(&limits->limiter, sight->now_ns);
        keep_account(sight, end);
        return TP_OK;
    }
    until_ns = end == (unsigned)handshake->opener ? other->first_ns
                                                  : answered_ns(other, handshake->ack_rtt_ns);
    again_ns = latest(again_of(opener), again_of(other));
    tp_limiter_begin(&limits->limiter, opener->first_ns);
    keep_account(sight, end);
    if (!again_ns)
        again_ns = opener->first_ns;
    return tp_limiter_handshake(&limits->limiter, again_ns, latest(until_ns, again_ns), spans);
}

/* No timer is set to more: TCP_RTO_MAX, include/net/tcp.h. What was silent for longer was so for
 * another reason. */
#define RTO_MAX_NS INT64_C(120000000000)

/* A timeout ended a silence: told before the silence is judged. */
static void note_timeout(struct tp_sight *sight, unsigned end)
{
    const struct tp_meaning *meaning = sight->meaning;
    struct tp_wire_limits *limits = &sight->packets[end]->limits;

    if (meaning->end == end && TP_FOUND(meaning, RECOVERY_BEGIN))
        limits->repair_cause = meaning->cause;
    if (meaning->end != end || !TP_FOUND(meaning, RETRANSMISSION) ||
        meaning->cause != TP_CAUSE_TIMEOUT || !limits->moved_ns ||
        sight->now_ns - limits->moved_ns > RTO_MAX_NS)
        return;
    limits->repair_cause = TP_CAUSE_TIMEOUT;
    tp_ledger_know(&limits->limiter.ledger, limits->moved_ns, sight->now_ns, TP_WAIT_RTO);
}

/* Timers of delayed ACKs: 40 ms of Linux (TCP_DELACK_MIN), 200 ms of others, 500 ms at most
 * (RFC 5681, 4.2), by clocks that tick. */
#define DELAY_MIN_NS INT64_C(30000000)
#define DELAY_MAX_NS INT64_C(510000000)
/* What waited for the ACK leaves right behind it. */
#define AT_ONCE_NS INT64_C(1000000)

/* Is this ACK one of a segment that was not full, alone in flight, and later than the path makes
 * it? By RFC 896 the sender holds more small ones back until it comes. */
static bool is_late_ack(const struct tp_sight *sight, unsigned end)
{
    const struct tp_wire_limits *limits = &sight->packets[end]->limits;
    const struct tp_flight *flight = &sight->meaning->flight[end];
    int64_t least_ns = least_rtt(sight, end), age_ns = sight->now_ns - limits->sent_ns;

    return !sight->meaning->is_data && limits->ends_short && !flight->recovering &&
           flight->outstanding_bytes == 0 && sight->meaning->acked_bytes < mss_of(sight, end) &&
           least_ns > 0 && age_ns - least_ns > DELAY_MIN_NS && age_ns - least_ns < DELAY_MAX_NS;
}

static bool was_held_back(const struct tp_wire_limits *limits, int64_t now_ns)
{
    return limits->held_back && now_ns - limits->acked_ns < AT_ONCE_NS;
}

/* Did an ACK release it? Then it left right behind it, or in the train of one that did. */
static void note_new_data(struct tp_sight *sight, unsigned end)
{
    struct tp_wire_limits *limits = &sight->packets[end]->limits;
    int64_t soon_ns = limits->width_ns / 64, now_ns = sight->now_ns;

    limits->clocked = (limits->acked && now_ns - limits->acked_ns <= soon_ns) ||
                      (limits->clocked && now_ns - limits->sent_ns <= soon_ns);
    limits->sent_ns = now_ns;
    limits->unasked = limits->answered = false;
    tp_limiter_spoke(&limits->limiter,
                     was_held_back(limits, now_ns) ? TP_WAIT_DELAYED_ACK : TP_WAIT_APP);
    limits->held_back = false;
    limits->ends_short = is_short(sight, end);
    tp_limiter_sent(&limits->limiter, limits->clocked);
}

/* Its peer spoke. What comes sooner behind its own data than an answer can, and what follows that,
 * is no answer: both talk at once, and neither waits for the other. */
static void note_peer(struct tp_sight *sight, unsigned end)
{
    struct tp_wire_limits *limits = &sight->packets[end]->limits;

    if (!limits->answered)
        limits->unasked = limits->sent_ns && sight->now_ns - limits->sent_ns < limits->width_ns / 2;
    limits->answered = true;
    tp_limiter_spoke(&limits->limiter, limits->unasked ? TP_WAIT_APP : TP_WAIT_TURN);
}

/* What the packet changes about when that end sends. */
static void note_sending(struct tp_sight *sight, unsigned end)
{
    const struct tp_meaning *meaning = sight->meaning;
    struct tp_wire_limits *limits = &sight->packets[end]->limits;

    if (meaning->end == end) {
        if (!meaning->is_data)
            return;
        limits->quiet = false;
        limits->moved_ns = sight->now_ns;
        if (meaning->new_bytes > 0)
            note_new_data(sight, end);
        return;
    }
    if (meaning->is_data && meaning->new_bytes > 0)
        note_peer(sight, end);
    if (meaning->acked_bytes > 0 || meaning->sacked_bytes > 0)
        limits->moved_ns = sight->now_ns;
    if (meaning->acked_bytes > 0) {
        tp_trains_note(&limits->trains, sight->now_ns, meaning->acked_bytes);
        limits->held_back = is_late_ack(sight, end);
        limits->quiet_ns = limits->quiet ? limits->quiet_ns : sight->now_ns;
        limits->acked_ns = sight->now_ns;
        limits->quiet = limits->acked = true;
    }
    if (meaning->ce_reports)
        limits->ece_until_ns = tp_later(sight->now_ns, limits->width_ns);
}

/* Will that end never send again? */
static bool is_over(const struct tp_sight *sight, unsigned end)
{
    const struct tp_wire *wire = sight->wire[end];

    return (sight->packet->flags & TP_TCP_RST) ||
           (wire && wire->fins && !sight->meaning->flight[end].outstanding_bytes);
}

static bool has_sent_data(const struct tp_sight *sight, unsigned end)
{
    const struct tp_wire *wire = sight->wire[end];

    return wire && wire->data_packets > 0;
}

static int note_end(struct tp_sight *sight, unsigned end)
{
    struct tp_wire_limits *limits = &sight->packets[end]->limits;
    struct tp_visit *visit = sight->visit;
    int before;
    struct tp_spans *spans;

    if (tp_end_limit_spans(visit->analysis, visit->flow, end, TP_FROM_PACKETS, &spans) < 0)
        return TP_ERR_NOMEM;
    if (!limits->begun && begin_limits(sight, end, spans) < 0)
        return TP_ERR_NOMEM;
    before = tp_limiter_now(&limits->limiter);
    note_timeout(sight, end);
    if (catch_up(limits, sight->now_ns, spans) < 0)
        return TP_ERR_NOMEM;
    limits->width_ns = tp_limit_width(sight->meaning->flight[end].srtt_ns);
    note_sending(sight, end);
    limits->holds = (uint16_t)holds_after(sight, end);
    tp_limiter_flight(&limits->limiter, sight->meaning->flight[end].outstanding_bytes);
    limits->over = is_over(sight, end);
    if (tp_limiter_now(&limits->limiter) == before || !visit->analysis->emits)
        return TP_OK;
    return tp_samples_emit(visit, end, TP_METRIC_WIRE_LIMIT, limits->limiter.limit);
}

/* Has it begun to send, and may it send again? */
static bool is_sender(const struct tp_sight *sight, unsigned end)
{
    const struct tp_packets *packets = sight->packets[end];

    return packets && !packets->limits.over && (packets->limits.begun || has_sent_data(sight, end));
}

int tp_wire_limits_note(struct tp_sight *sight)
{
    unsigned end;
    int rc;

    for (end = 0; end < 2; end++) {
        rc = is_sender(sight, end) ? note_end(sight, end) : TP_OK;
        if (rc < 0)
            return rc;
    }
    return TP_OK;
}

/* --- the end ---------------------------------------------------------------------------------- */

/* Of fewer round trips the least may be one whose ACK waited. */
#define RTT_SAMPLES 8

/* An answer that came sooner behind what was sent again than any round trip takes, a quarter less
 * than the least of them, was one to what was sent first. */
static bool was_in_vain(const struct tp_wire *wire)
{
    const struct tp_rtt_sum *by_ack = &wire->rtt, *by_sack = &wire->trouble->rtt_sack;
    int64_t answer_ns = wire->trouble->syn_answer_ns, least_ns = INT64_MAX;

    if (by_ack->count)
        least_ns = by_ack->min_ns;
    if (by_sack->count && by_sack->min_ns < least_ns)
        least_ns = by_sack->min_ns;
    return answer_ns > 0 && by_ack->count + by_sack->count >= RTT_SAMPLES &&
           answer_ns < least_ns - least_ns / 4;
}

/* Did the timers of SYNs that went off cost nothing? */
static bool is_syn_timer_in_vain(const struct tp_flow *flow)
{
    bool again = false;
    const struct tp_wire *wire;

    for (unsigned end = 0; end < 2; end++) {
        wire = tp_flow_wire(flow, end);
        if (!wire || !wire->trouble || !wire->trouble->syn_again)
            continue;
        if (!was_in_vain(wire))
            return false;
        again = true;
    }
    return again;
}

int tp_wire_limits_finish(const struct tp_flow *flow, struct tp_limiter *limiter,
                          struct tp_spans *spans)
{
    int rc = tp_limiter_finish(limiter, spans);

    if (is_syn_timer_in_vain(flow))
        tp_ledger_recast(&limiter->ledger, TP_WAIT_SYN_TIMER, TP_WAIT_HANDSHAKE);
    return rc;
}

const struct tp_limiter *tp_packets_limiter(const struct tp_end *end)
{
    return end && end->packets && end->packets->limits.begun ? &end->packets->limits.limiter : NULL;
}

const struct tp_trains *tp_packets_trains(const struct tp_end *end)
{
    return end && end->packets && end->packets->limits.begun ? &end->packets->limits.trains : NULL;
}
