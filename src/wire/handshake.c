/* handshake.c: what the SYNs agree on, and how long they took. */
#include "wire/direction.h"

#define SCALE_MAX       14 /* RFC 7323, 2.3 */
#define MSS_DEFAULT     536
#define TIMESTAMP_BYTES 12
#define NOTHING_NS      INT64_C(200000) /* too short to tell near from far */
#define FAR_TO_NEAR     5

static void note_options(struct step *step)
{
    const struct tp_record *packet = step->packet;
    struct direction *own = step->own;
    unsigned options = TP_HAS(packet, OPTIONS) ? packet->options : TP_OPTION_CUT;

    own->wire.options_known = !(options & (TP_OPTION_CUT | TP_OPTION_BAD));
    own->wire.mss_bytes = TP_HAS(packet, MSS) ? packet->mss : 0;
    own->wire.sack_ok = (options & TP_OPTION_SACK_OK) != 0;
    own->wire.timestamps = (options & TP_OPTION_TS) != 0;
    own->wire.state &= (uint16_t)~DIR_OFFERS_SCALE;
    if (TP_HAS(packet, WSCALE)) {
        own->wire.state |= DIR_OFFERS_SCALE;
        own->wire.wscale = packet->wscale < SCALE_MAX ? packet->wscale : SCALE_MAX;
    }
}

static void set_scale(struct direction *dir, enum tp_scale scale)
{
    if (!dir)
        return;
    dir->wire.scale = scale & 3;
    if (scale == TP_SCALE_NONE)
        dir->wire.wscale = 0;
}

/* Each option holds only if both SYNs have it, and a SYN-ACK has it only if the SYN had. */
static void settle_scales(struct step *step)
{
    struct direction *own = step->own, *peer = step->peer;
    bool both = peer && peer->wire.syns;
    bool answer = has_flag(step, TP_TCP_ACK);

    if (!(own->wire.state & DIR_OFFERS_SCALE)) {
        if (!own->wire.options_known)
            return;
        set_scale(own, TP_SCALE_NONE);
        set_scale(peer, TP_SCALE_NONE);
    } else if (answer || both) {
        if (both && !(peer->wire.state & DIR_OFFERS_SCALE)) {
            if (peer->wire.options_known)
                return; /* settled by the peer's */
        } else if (both) {
            set_scale(peer, TP_SCALE_KNOWN);
        }
        set_scale(own, TP_SCALE_KNOWN);
    }
}

static uint16_t mss_of(const struct direction *dir)
{
    if (!dir || !dir->wire.syns)
        return UINT16_MAX;
    if (dir->wire.mss_bytes)
        return dir->wire.mss_bytes;
    return dir->wire.options_known ? MSS_DEFAULT : UINT16_MAX;
}

/* A sender keeps to what its peer accepts and, in effect, to what it accepts itself: that is its
 * own link's. */
static void settle_mss(struct step *step)
{
    struct direction *own = step->own, *peer = step->peer;
    uint16_t a = mss_of(own), b = mss_of(peer), mss = a < b ? a : b;
    bool timestamps = own->wire.timestamps && (!peer || !peer->wire.syns || peer->wire.timestamps);

    if (mss == UINT16_MAX)
        return;
    if (timestamps && mss > 2 * TIMESTAMP_BYTES)
        mss = (uint16_t)(mss - TIMESTAMP_BYTES);
    own->wire.mss = mss;
    if (peer)
        peer->wire.mss = mss;
}

/* The number of a SYN is its direction's 0. */
static void anchor(struct step *step)
{
    struct direction *own = step->own;
    uint64_t una = own->wire.state & DIR_UNA ? own->una : SEQ_ZERO;
    bool anchored = (own->wire.state & DIR_ANCHORED) != 0;

    if (anchored && seq_distance(own, SEQ_ZERO, step->packet->seq) == 0) {
        if (own->max == SEQ_ZERO)
            own->max++;
    } else {
        if (anchored) {
            FOUND(step, REANCHORED);
            TROUBLE_ADD(own, reanchored, 1);
            direction_forget(step->connection->wires, own);
        }
        seq_anchor(own, step->packet->seq, SEQ_ZERO);
        own->max++;
        una = SEQ_ZERO;
    }
    own->una = una;
    own->wire.state |= DIR_UNA | (own->una <= SEQ_ZERO + 1 ? DIR_INITIAL : 0);
    own->wire.isn = step->packet->seq;
}

/* Has it sent nothing but SYNs, resets and ACKs of an earlier connection? */
static bool is_clean(const struct direction *dir)
{
    uint32_t strange = trouble_if(dir) ? trouble_if(dir)->sums.strange_acks : 0;

    return dir->wire.packets == dir->wire.syns + dir->wire.resets + strange;
}

/* sole: there was no other that the answer might be to. */
static void note_time(struct step *step, bool sole)
{
    if (!step->own->wire.data_packets)
        *syn_ns(step->own) = sole ? step->now_ns : SYN_AGAIN;
}

/* How long it took to answer that end's SYN, at that time; 0: nobody knows. */
static int64_t answer_ns(struct step *step, struct direction *dir, int64_t at_ns)
{
    const struct tp_wire *wire = &dir->wire;
    int64_t sent_ns = wire->data_packets && wire->syns > 1 ? SYN_AGAIN : *syn_ns(dir), rtt_ns;

    if (sent_ns <= SYN_ANEW)
        return 0;
    rtt_ns = at_ns - sent_ns;
    clocks_answer(step, dir, rtt_ns);
    return rtt_is_measured(step, rtt_ns) ? rtt_ns : 0;
}

void handshake_answered(struct step *step, struct direction *opener, int64_t at_ns)
{
    int64_t rtt_ns = answer_ns(step, opener, at_ns);

    if (!rtt_ns)
        return;
    step->connection->handshake.syn_rtt_ns = rtt_ns;
    rtt_sample(step, opener, TP_RTT_HANDSHAKE, rtt_ns, true);
}

/* If it was sent again, how long before this answer? */
static void note_answer(struct step *step, struct direction *dir)
{
    struct trouble *trouble = dir ? trouble_if(dir) : NULL;

    if (trouble && trouble->sums.syn_again && !trouble->sums.syn_answer_ns)
        trouble->sums.syn_answer_ns = step->now_ns - trouble->sums.syn_again_ns;
}

static void note_syn(struct step *step)
{
    struct tp_connection *connection = step->connection;
    struct tp_handshake *handshake = &connection->handshake;
    bool first = !handshake->synack && step->own->wire.syns == 1;
    int8_t end = (int8_t)step->meaning->end;

    if (!has_flag(step, TP_TCP_ACK)) {
        note_time(step, step->own->wire.packets == 1 || *syn_ns(step->own) == SYN_ANEW);
        handshake->syn = true;
        connection->complete |= TP_COMPLETE_SYN;
        if (handshake->opener < 0)
            handshake->opener = end;
        return;
    }
    if (!handshake->synack)
        note_answer(step, step->peer);
    handshake->synack = true;
    connection->complete |= TP_COMPLETE_SYNACK;
    if (handshake->opener < 0)
        handshake->opener = (int8_t)(1 - end);
    first = first && is_clean(step->own);
    note_time(step, first);
    if (handshake->syn && first && is_clean(step->peer) &&
        step->packet->ack == step->peer->wire.isn + 1 && !places_unsettled(step))
        handshake_answered(step, step->peer, step->now_ns);
}

/* Its answer stands before it. */
static void note_late(struct step *step)
{
    clocks_answer(step, step->own, -1);
    if (has_flag(step, TP_TCP_ACK)) {
        step->connection->handshake.ack = true;
        step->connection->complete |= TP_COMPLETE_ACK;
    }
}

void handshake_syn(struct step *step)
{
    struct direction *own = step->own;
    bool crossed = has_flag(step, TP_TCP_ACK) && !(own->wire.state & DIR_ANSWERED);
    bool answered = own->wire.packets == 1 && own->wire.state & DIR_ACKED;
    bool again = own->wire.syns > 1 && own->wire.isn == step->packet->seq && !crossed;

    if (again) {
        FOUND(step, HANDSHAKE_AGAIN);
        TROUBLE_ADD(own, syn_again, 1);
        if (trouble_if(own))
            trouble_if(own)->sums.syn_again_ns = step->now_ns;
        step->meaning->cause = TP_CAUSE_HANDSHAKE;
        step->meaning->evidence = TP_EVIDENCE_SYN_TIMER;
        step->meaning->confidence = TP_CERTAIN;
    }
    if (has_flag(step, TP_TCP_ACK))
        own->wire.state |= DIR_ANSWERED;
    if (answered)
        note_late(step);
    anchor(step);
    note_options(step);
    note_syn(step);
    settle_scales(step);
    settle_mss(step);
    if (own->wire.syns == 1)
        step->connection->syn[step->meaning->end] = (uint8_t)copies_print(step);
}

static enum tp_vantage vantage_of(const struct tp_handshake *handshake)
{
    int64_t opener_ns = handshake->ack_rtt_ns, other_ns = handshake->syn_rtt_ns;

    if (!opener_ns || !other_ns || (opener_ns < NOTHING_NS && other_ns < NOTHING_NS))
        return TP_VANTAGE_UNKNOWN;
    if (other_ns / FAR_TO_NEAR > opener_ns)
        return handshake->opener ? TP_VANTAGE_END1 : TP_VANTAGE_END0;
    if (opener_ns / FAR_TO_NEAR > other_ns)
        return handshake->opener ? TP_VANTAGE_END0 : TP_VANTAGE_END1;
    return TP_VANTAGE_BETWEEN;
}

void handshake_ack(struct step *step)
{
    struct tp_connection *connection = step->connection;
    struct tp_handshake *handshake = &connection->handshake;
    int64_t rtt_ns;

    if (handshake->ack || !(handshake->syn || handshake->synack) ||
        handshake->opener != (int8_t)step->meaning->end || !step->peer ||
        step->packet->ack - step->peer->base == 0)
        return;
    handshake->ack = true;
    connection->complete |= TP_COMPLETE_ACK;
    note_answer(step, step->peer);
    if (places_settled(step) && *syn_ns(step->peer) > SYN_ANEW)
        handshake_answered(step, step->own, *syn_ns(step->peer));
    rtt_ns =
        handshake->synack && is_clean(step->peer) ? answer_ns(step, step->peer, step->now_ns) : 0;
    if (rtt_ns) {
        handshake->ack_rtt_ns = rtt_ns;
        rtt_sample(step, step->peer, TP_RTT_HANDSHAKE, rtt_ns, true);
    }
    handshake->vantage = (uint8_t)vantage_of(handshake);
}

int64_t tp_handshake_rtt_ns(const struct tp_handshake *handshake, unsigned end)
{
    if (handshake->opener < 0)
        return 0;
    return (int)end == handshake->opener ? handshake->syn_rtt_ns : handshake->ack_rtt_ns;
}
