/* classify.c: why a sender sent something again, judged by what it had seen by then.
 *
 * Fast: data sent later had been SACKed (RACK, RFC 8985), or ACKs had been repeated (RFC 5681), or
 * it belongs to an episode that began so. Timeout: the lowest outstanding byte, after a silence.
 * Tail-loss probe: the highest. Linux answers loss signals at once, so a timeout that comes with
 * such signals is told from them by the time since the last ACK.
 */
#include "wire/direction.h"

#define SURE_SEGMENTS 3
#define PROMPT_NS     INT64_C(10000000)
#define FAR_PATIENCE  3 /* the path has queues */
#define REORDERING    4 /* of the round trip: packets that far apart are not overtaken (RFC 8985) */
#define TIMER_MIN_NS  INT64_C(200000000)

struct situation {
    const struct segment *segment; /* NULL: nothing of it is in flight */
    const struct trouble *trouble;
    uint64_t start;
    int64_t rto_ns, rtt_ns;
    int64_t quiet_ns; /* since it was sent last and since the latest progress */
    int64_t acked_ns; /* since any packet of the peer */
    int64_t sent_ns;  /* since any data of this end */
    bool lowest, highest;
    bool sacked_above; /* something sent later is */
    bool passed_by;    /* something resent later was acknowledged */
    bool in_fast, in_timeout;
    bool fresh;  /* not resent in this episode */
    bool prompt; /* soon enough after the peer's latest packet to be the answer to it */
    bool opened; /* ... or to its opening the window, which was too small since it was sent */
};

static void set(struct step *step, enum tp_cause cause, enum tp_evidence evidence,
                enum tp_confidence confidence)
{
    step->meaning->cause = (uint8_t)cause;
    step->meaning->evidence = (uint8_t)evidence;
    step->meaning->confidence = (uint8_t)confidence;
}

/* sent_ns: its latest transmission, or the best that is known of it. */
static struct situation look(const struct step *step, const struct segment *segment,
                             int64_t sent_ns, uint64_t start, uint64_t end)
{
    const struct direction *own = step->own;
    const struct trouble *trouble = trouble_if(own);
    bool below = start < trouble->recover;
    int64_t latest_ns = sent_ns, patience = connection_beside(step) ? 1 : FAR_PATIENCE, prompt_ns;
    struct situation at = {.segment = segment, .trouble = trouble, .start = start};

    if (own->wire.state & DIR_ACKED && own->wire.acked_last_ns > latest_ns)
        latest_ns = own->wire.acked_last_ns;
    if (trouble->probed && step->data_before_ns > latest_ns)
        latest_ns = step->data_before_ns; /* a probe starts the timer anew */
    at.rto_ns = rtt_path_rto(step);
    at.rtt_ns = rtt_path(step);
    at.quiet_ns = step->now_ns - latest_ns;
    at.acked_ns =
        step->peer && step->peer->wire.packets ? step->now_ns - step->peer_last_ns : at.quiet_ns;
    at.sent_ns = step->now_ns - step->data_before_ns;
    at.lowest = start <= own->una;
    at.highest = end >= own->max;
    at.sacked_above =
        trouble->sacked_bytes && trouble->sacked_max > end && trouble->sacked_sent_ns >= sent_ns;
    at.passed_by =
        trouble->delivered_ns > sent_ns &&
        (uint64_t)trouble->delivered_ns - (uint64_t)sent_ns > (uint64_t)at.rtt_ns / REORDERING;
    at.in_fast = trouble->episode == TP_CAUSE_FAST && below;
    at.in_timeout = trouble->episode == TP_CAUSE_TIMEOUT && below;
    at.fresh = !segment || !segment->copies || trouble->episode == TP_CAUSE_NONE ||
               segment->sent_ns < trouble->episode_ns;
    prompt_ns = patience * rtt_reaction(step) + at.rtt_ns / 4 + PROMPT_NS;
    at.prompt = at.acked_ns <= prompt_ns;
    at.opened = trouble->opened_ns > sent_ns && step->now_ns - trouble->opened_ns <= prompt_ns;
    return at;
}

static bool is_silent(const struct situation *at)
{
    return at->quiet_ns >= at->rto_ns / 10 * 9;
}

static bool fast_signal(const struct situation *at)
{
    return at->sacked_above ||
           (at->fresh && (at->in_fast || (at->lowest && at->trouble->dup_acks >= 3)));
}

/* A timer it must have been, though it ran shorter than the samples seen here would have it. */
static bool is_timed(const struct situation *at)
{
    return at->lowest && at->quiet_ns >= TIMER_MIN_NS && at->quiet_ns >= at->rtt_ns;
}

static void timeout(struct step *step, const struct situation *at)
{
    struct trouble *trouble = trouble_if(step->own);
    double ratio = trouble->silence_ns ? (double)at->quiet_ns / (double)trouble->silence_ns : 0;
    bool again = at->segment && at->segment->copies && ratio >= 1.6 && ratio < 2.5;

    trouble->silence_ns = at->quiet_ns;
    set(step, TP_CAUSE_TIMEOUT, again ? TP_EVIDENCE_BACKOFF : TP_EVIDENCE_SILENCE,
        again || at->quiet_ns >= at->rto_ns ? TP_CERTAIN
        : is_silent(at)                     ? TP_LIKELY
                                            : TP_GUESS);
}

static void fast(struct step *step, const struct situation *at)
{
    const struct trouble *trouble = at->trouble;

    if (at->sacked_above)
        set(step, TP_CAUSE_FAST, TP_EVIDENCE_SACKED_ABOVE,
            at->in_fast || trouble->sacked_bytes >= (uint64_t)SURE_SEGMENTS * step->own->wire.mss
                ? TP_CERTAIN
                : TP_LIKELY);
    else if (at->lowest && trouble->dup_acks >= 3)
        set(step, TP_CAUSE_FAST, TP_EVIDENCE_DUP_ACKS, TP_CERTAIN);
    else if (at->lowest && step->own->una > trouble->una_at_begin)
        set(step, TP_CAUSE_FAST, TP_EVIDENCE_PARTIAL_ACK, TP_CERTAIN);
    else
        set(step, TP_CAUSE_FAST, TP_EVIDENCE_IN_RECOVERY, TP_LIKELY);
}

/* RFC 8985 needs SACK. */
static bool may_probe(const struct direction *dir)
{
    return !dir || !dir->wire.syns || dir->wire.sack_ok;
}

/* The end of a flight, after about two round trips without a word. */
static bool is_probe(const struct step *step, const struct situation *at)
{
    int64_t wait_ns = at->rtt_ns / 2 * 3;

    return may_probe(step->own) && may_probe(step->peer) && at->highest && at->rtt_ns &&
           !at->trouble->probed && at->acked_ns >= wait_ns && at->sent_ns >= wait_ns;
}

static void decide(struct step *step, const struct situation *at)
{
    bool signal = fast_signal(at);

    if (at->opened && !signal) {
        set(step, TP_CAUSE_WINDOW, TP_EVIDENCE_WINDOW_UPDATE, TP_LIKELY);
    } else if (at->lowest && is_silent(at) && !(signal && at->prompt)) {
        timeout(step, at);
    } else if (at->in_timeout) {
        set(step, TP_CAUSE_TIMEOUT, TP_EVIDENCE_IN_RECOVERY, TP_LIKELY);
    } else if (signal && (at->prompt || !is_timed(at))) {
        fast(step, at);
    } else if (is_probe(step, at)) {
        trouble_if(step->own)->probed = true;
        set(step, TP_CAUSE_PROBE, TP_EVIDENCE_TAIL, at->lowest ? TP_LIKELY : TP_CERTAIN);
    } else if (at->lowest && at->trouble->dup_acks && at->prompt) {
        set(step, TP_CAUSE_FAST, TP_EVIDENCE_DUP_ACKS, TP_GUESS);
    } else if (is_timed(at)) {
        timeout(step, at);
    } else if (is_silent(at)) {
        set(step, TP_CAUSE_TIMEOUT, TP_EVIDENCE_SILENCE, TP_GUESS);
    } else if (at->passed_by && at->prompt) {
        set(step, TP_CAUSE_FAST, TP_EVIDENCE_SACKED_ABOVE, TP_LIKELY);
    } else {
        set(step, TP_CAUSE_UNKNOWN, TP_EVIDENCE_BYTES, TP_CERTAIN);
    }
}

/* What was known to the sender when, its own direction does not tell. */
static void classify_blindly(struct step *step)
{
    set(step, TP_CAUSE_UNKNOWN, TP_EVIDENCE_BYTES, TP_CERTAIN);
}

void classify_retransmission(struct step *step, const struct segment *segment, uint64_t start,
                             uint64_t end)
{
    int64_t sent_ns = step->payload ? step->data_before_ns : step->own_last_ns;
    struct situation at = look(step, segment, segment ? segment->sent_ns : sent_ns, start, end);

    if (tp_connection_two_clocks(step->connection))
        classify_blindly(step);
    else
        decide(step, &at);
}

/* --- holes ---------------------------------------------------------------------------------- */

/* Did the packet leave its host after the data above the hole? 1 yes, -1 no, 0 not known. */
static int order_of(const struct step *step, const struct hole *hole, enum tp_evidence *evidence)
{
    const struct tp_record *packet = step->packet;
    int16_t ids;

    if (TP_HAS(packet, TSVAL) && hole->tsval && packet->tsval != hole->tsval) {
        bool newer = (int32_t)(packet->tsval - hole->tsval) > 0;

        *evidence = newer ? TP_EVIDENCE_TSVAL : TP_EVIDENCE_TSVAL_OLD;
        return newer ? 1 : -1;
    }
    *evidence = TP_EVIDENCE_IP_ID;
    if (!TP_HAS(packet, IP_ID) || !packet->ip_id || !hole->ip_id)
        return 0;
    ids = (int16_t)(uint16_t)(packet->ip_id - hole->ip_id);
    return ids > 0 ? 1 : ids < 0 ? -1 : 0;
}

void classify_repair(struct step *step, const struct hole *hole, uint64_t end)
{
    struct situation at = look(step, NULL, hole->opened_ns, step->seq, end);
    int64_t open_ns = step->now_ns - hole->opened_ns;
    enum tp_evidence evidence;
    enum tp_confidence confidence = TP_CERTAIN;
    int order = order_of(step, hole, &evidence);

    if (order == 0 && at.rtt_ns) {
        evidence = TP_EVIDENCE_TIMING;
        confidence = TP_LIKELY;
        order = open_ns <= at.rtt_ns / 4 ? -1 : open_ns >= at.rtt_ns / 4 * 3 ? 1 : 0;
    }
    if (order == 0) {
        FOUND(step, AMBIGUOUS);
        set(step, TP_CAUSE_UNKNOWN, TP_EVIDENCE_TIMING, TP_GUESS);
        return;
    }
    if (order < 0) {
        FOUND(step, REORDERED);
        set(step, TP_CAUSE_NONE, evidence, confidence);
    } else {
        FOUND(step, REPAIR);
        decide(step, &at);
        set(step, (enum tp_cause)step->meaning->cause, evidence, confidence);
    }
}
