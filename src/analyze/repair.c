/* repair.c: the signs of CWR, Recovery and Loss, from probe to probe. */
#include "analyze/repair.h"

/* A retransmission so soon behind a probe is the answer to its ACK. */
#define ANSWER_NS INT64_C(1000000)
/* What happened in a longer silence was a timer's doing (TCP_RTO_MIN in include/net/tcp.h). */
#define RTO_MIN_NS INT64_C(200000000)
#define REPEATS    3 /* duplicate ACKs: RFC 5681, 3.2 */

/* A probe and what of it is a sign. */
struct signs {
    const struct tp_record *probe;
    uint32_t ssthresh;
    bool below; /* it is less than what would be printed in Open, Disorder and Loss */
    bool true_one;
    bool silence; /* before it */
};

static bool is_before(uint32_t seq, uint32_t other)
{
    return (int32_t)(seq - other) < 0;
}

static struct signs signs_of(const struct tp_repair *repair, const struct tp_record *probe)
{
    uint32_t floor = (probe->snd_cwnd >> 1) + (probe->snd_cwnd >> 2);
    uint32_t ssthresh = TP_HAS(probe, SSTHRESH) ? probe->ssthresh : TP_SSTHRESH_INFINITE;

    return (struct signs){.probe = probe,
                          .ssthresh = ssthresh,
                          .below = ssthresh<floor, .true_one = ssthresh != floor,
                                            .silence = probe->ts_ns - repair->probe_ns>
                              RTO_MIN_NS};
}

void tp_repair_resent(struct tp_repair *repair, int64_t now_ns)
{
    bool answers = now_ns - repair->probe_ns <= ANSWER_NS;

    repair->resent_by_ack |= answers;
    repair->resent_by_timer |= !answers;
}

void tp_repair_forget(struct tp_repair *repair)
{
    *repair = (struct tp_repair){.moves = repair->moves};
}

/* --- signs ------------------------------------------------------------------------------------ */

static bool is_sure(const struct tp_repair *repair, const struct signs *signs)
{
    return repair->goes_on && is_before(signs->probe->snd_una, repair->sure_seq);
}

static bool has_fallen(const struct tp_repair *repair, const struct signs *signs)
{
    return signs->probe->snd_cwnd < repair->cwnd_segs;
}

/* Is the true ssthresh another one than it was? What is printed is never below it. */
static bool has_moved(const struct tp_repair *repair, const struct signs *signs)
{
    bool lower =
        repair->ssthresh_segs < TP_SSTHRESH_INFINITE && signs->ssthresh < repair->ssthresh_segs;

    return repair->known &&
           (lower || (signs->true_one && signs->ssthresh != repair->ssthresh_segs));
}

/* A window that is at its end at once was reduced for a loss that a tail loss probe has repaired.
 */
static bool is_reduced(const struct tp_repair *repair, const struct signs *signs)
{
    return has_moved(repair, signs) && signs->ssthresh < repair->cwnd_segs &&
           signs->ssthresh != signs->probe->snd_cwnd;
}

/* Whoever sets ssthresh lowers the window for nothing else but idleness. */
static bool is_lowered(const struct tp_repair *repair, const struct signs *signs)
{
    return repair->moves && repair->repeats > 0 && has_fallen(repair, signs);
}

static bool is_resent(const struct tp_repair *repair, const struct signs *signs)
{
    return repair->resent_by_ack || (repair->resent_by_timer && has_fallen(repair, signs));
}

/* Sent again in the midst of a doubt, it may have begun before it. */
static bool is_entered(const struct tp_repair *repair, const struct signs *signs)
{
    if (is_sure(repair, signs)) /* a timeout in the midst of it */
        return signs->silence && has_fallen(repair, signs);
    return is_reduced(repair, signs) || is_lowered(repair, signs) ||
           (!repair->goes_on && is_resent(repair, signs));
}

static bool is_left(const struct tp_repair *repair, const struct signs *signs)
{
    bool undone = repair->held_segs && signs->true_one && signs->ssthresh > repair->held_segs;

    return undone || !is_before(signs->probe->snd_una, repair->high_seq);
}

/* Where neither ssthresh nor retransmissions would tell. */
static bool is_doubtful(const struct tp_repair *repair, const struct signs *signs)
{
    bool outstanding = is_before(signs->probe->snd_una, repair->snd_nxt);

    return !repair->moves && (repair->repeats >= REPEATS ||
                              (signs->silence && outstanding && has_fallen(repair, signs)));
}

/* --- from probe to probe ---------------------------------------------------------------------- */

/* The ACK of the probe before began it, or else a timer, which only lets go what was sent already;
 * where there was a doubt, it may have begun with that. */
static void enter(struct tp_repair *repair, const struct signs *signs)
{
    bool by_timer = repair->resent_by_timer || (signs->silence && !repair->resent_by_ack);
    uint32_t high_seq = by_timer ? signs->probe->snd_nxt : repair->snd_nxt;
    bool doubted = repair->goes_on && !is_sure(repair, signs);

    repair->sure_seq =
        doubted && is_before(repair->high_seq, high_seq) ? repair->high_seq : high_seq;
    repair->high_seq = high_seq;
    repair->held_segs = 0;
    repair->goes_on = true;
}

static void doubt(struct tp_repair *repair, const struct signs *signs)
{
    repair->goes_on = true;
    repair->sure_seq = signs->probe->snd_una;
    repair->high_seq = signs->probe->snd_nxt;
    repair->held_segs = 0;
}

static void note_ssthresh(struct tp_repair *repair, const struct signs *signs)
{
    if (signs->true_one) {
        repair->known = true;
        repair->ssthresh_segs = signs->ssthresh;
    } else if (signs->ssthresh < repair->ssthresh_segs) {
        repair->known = false; /* it has fallen, who knows how deep */
    }
    if (!is_sure(repair, signs) || repair->held_segs || !signs->true_one ||
        signs->ssthresh >= TP_SSTHRESH_INFINITE)
        return;
    repair->moves |= repair->before_segs && repair->before_segs != signs->ssthresh;
    repair->held_segs = repair->before_segs = signs->ssthresh;
}

/* The ACK of this probe is not processed yet: what that of the one before did, shows now. */
static void count_repeats(struct tp_repair *repair, const struct tp_record *probe)
{
    if (probe->snd_una != repair->snd_una || probe->snd_una == probe->snd_nxt)
        repair->repeats = 0;
    else if (!repair->had_data && repair->repeats < UINT8_MAX)
        repair->repeats++;
}

static void remember(struct tp_repair *repair, const struct signs *signs)
{
    const struct tp_record *probe = signs->probe;

    repair->begun = true;
    repair->probe_ns = probe->ts_ns;
    repair->snd_nxt = probe->snd_nxt;
    repair->snd_una = probe->snd_una;
    repair->cwnd_segs = probe->snd_cwnd;
    repair->printed_segs = signs->ssthresh;
    repair->had_data = TP_HAS(probe, DATA_LEN) && probe->data_len > 0;
    repair->resent_by_ack = repair->resent_by_timer = false;
}

static enum tp_repair_is is_repair(const struct tp_repair *repair, const struct signs *signs)
{
    if (signs->below || repair->resent_by_ack || is_sure(repair, signs))
        return TP_REPAIR_PROVED;
    return repair->goes_on ? TP_REPAIR_DOUBTFUL : TP_REPAIR_NONE;
}

/* Such a probe begins nothing, and what ssthresh says was noted at the one before. */
static bool is_as_before(const struct tp_repair *repair, const struct signs *signs)
{
    return !repair->goes_on && !signs->below && !repair->resent_by_ack &&
           !repair->resent_by_timer && repair->repeats < REPEATS &&
           signs->probe->snd_cwnd == repair->cwnd_segs && signs->ssthresh == repair->printed_segs;
}

enum tp_repair_is tp_repair_probe(struct tp_repair *repair, const struct tp_record *probe,
                                  bool from_start, bool resending_told)
{
    struct signs signs = signs_of(repair, probe);
    enum tp_repair_is is;

    if (repair->begun) {
        count_repeats(repair, probe);
        if (is_as_before(repair, &signs)) {
            remember(repair, &signs);
            return TP_REPAIR_NONE;
        }
        repair->goes_on = repair->goes_on && !is_left(repair, &signs);
        if (is_entered(repair, &signs))
            enter(repair, &signs);
        else if (!repair->goes_on &&
                 (signs.below || (!resending_told && is_doubtful(repair, &signs))))
            doubt(repair, &signs);
    } else if (!from_start) {
        doubt(repair, &signs);
    }
    note_ssthresh(repair, &signs);
    is = is_repair(repair, &signs);
    remember(repair, &signs);
    return is;
}
