/* acks.c: what a packet acknowledges of its peer's data. */
#include "wire/direction.h"

#define ACK_AHEAD_MIN INT64_C(16777216)

/* What the ACK covers in flight, on the way through it. */
struct cover {
    uint32_t count;      /* segments covered to their end */
    bool edge;           /* ... and it ends with the last of them, or inside of a large one */
    struct segment last; /* that one; valid if edge */
    int64_t resent_ns;   /* latest transmission of a resent one */
    int64_t echoed_ns;   /* first transmission that the timestamp echo means; 0 none */
};

static void leave_board(struct direction *dir, const struct segment *segment, uint64_t bytes)
{
    if (segment->flags & SEGMENT_SACKED)
        trouble_if(dir)->sacked_bytes -= bytes;
    else if (segment->flags & SEGMENT_LOST)
        trouble_if(dir)->lost_bytes -= bytes;
}

static void cover_segment(struct step *step, struct cover *cover, const struct segment *segment,
                          uint64_t ack)
{
    struct direction *dir = step->peer;
    const struct tp_record *packet = step->packet;

    if (segment->flags & SEGMENT_RESENT) {
        spurious_acked(step, segment, segment->start <= dir->una, ack);
        if (segment->sent_ns > cover->resent_ns)
            cover->resent_ns = segment->sent_ns;
    }
    if (!cover->echoed_ns && TP_HAS(packet, TSECR) && segment->tsval == packet->tsecr &&
        segment->tsval && segment->tsval != dir->echoed)
        cover->echoed_ns = segment->sent_ns;
}

static struct cover cover_flight(struct step *step, uint64_t ack)
{
    struct direction *dir = step->peer;
    struct cover cover = {.resent_ns = INT64_MIN};
    uint32_t count = flight_count(dir->flight);
    struct segment *segment = NULL;

    for (; cover.count < count; cover.count++) {
        segment = flight_at(dir->flight, cover.count);
        if (segment->start >= ack)
            break;
        cover_segment(step, &cover, segment, ack);
        if (segment->end > ack) {
            cover.edge = !(segment->flags & (SEGMENT_JOINED | SEGMENT_RESENT | SEGMENT_SACKED));
            cover.last = *segment;
            leave_board(dir, segment, ack - segment->start);
            segment->start = ack;
            return cover;
        }
        leave_board(dir, segment, segment->end - segment->start);
        cover.last = *segment;
        cover.edge = segment->end == ack;
    }
    return cover;
}

/* Karn's rule, and tcptrace's: no sample where the ACK may have waited for something resent. */
static void sample(struct step *step, const struct cover *cover)
{
    struct direction *dir = step->peer;
    const struct segment *last = &cover->last;
    const struct trouble *trouble = trouble_if(dir);
    bool by_ack = false;

    if (cover->edge && !(last->flags & SEGMENT_RESENT))
        clocks_answer(step, dir, step->now_ns - last->sent_ns);
    if (cover->edge && last->flags & SEGMENT_RESENT) {
        TROUBLE_ADD(dir, ambiguous_acks, 1);
        if (trouble_if(dir) && rtt_is_measured(step, step->now_ns - last->sent_ns))
            rtt_sum_add(&trouble_if(dir)->sums.rtt_resent, step->now_ns - last->sent_ns);
    } else if (cover->edge && (cover->resent_ns > last->sent_ns ||
                               (trouble && trouble->resent_start < last->start &&
                                trouble->resent_ns > last->sent_ns))) {
        TROUBLE_ADD(dir, post_loss_acks, 1);
    } else if (cover->edge && !(last->flags & SEGMENT_SACKED)) {
        rtt_sample(step, dir, TP_RTT_ACK, step->now_ns - last->sent_ns, true);
        by_ack = true;
    }
    if (cover->echoed_ns) {
        rtt_sample(step, dir, TP_RTT_TS, step->now_ns - cover->echoed_ns, !by_ack);
        dir->echoed = step->packet->tsecr;
    }
}

/* Bytes acknowledged that were never captured. */
static void unseen(struct step *step, uint64_t bytes, uint32_t gaps)
{
    if (!bytes)
        return;
    FOUND(step, ACKED_UNSEEN);
    step->meaning->unseen_bytes += bytes;
    TROUBLE_ADD(step->peer, unseen_bytes, bytes);
    TROUBLE_ADD(step->peer, unseen_gaps, gaps);
    step->peer->wire.saw_gap = true;
}

/* The ACK of a FIN alone comes when the application likes: it is no progress of data. */
static void count_acked(struct step *step, uint64_t bytes)
{
    struct tp_wire *wire = &step->peer->wire;
    int64_t now_ns = step->now_ns;

    if (bytes && !wire->acked_bytes) {
        wire->acked_first_ns = now_ns;
        step->connection->acked_first_bytes[1 - step->meaning->end] =
            bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX;
    }
    if (bytes || !wire->acked_bytes)
        wire->acked_last_ns = now_ns;
    wire->acked_bytes += bytes;
    if (now_ns - wire->acked_first_ns <= TP_STARTUP_NS)
        wire->startup_bytes = wire->acked_bytes;
}

static void advance(struct step *step, uint64_t ack)
{
    struct direction *dir = step->peer;
    uint64_t bytes = ack - dir->una, missing;
    struct cover cover = cover_flight(step, ack);
    uint32_t gaps, covered = cover.count - (cover.edge && cover.last.end <= ack);

    bytes -= dir->una == SEQ_ZERO;
    if (bytes && dir->wire.state & DIR_FIN && dir->fin - (dir->base + (uint32_t)dir->una) < bytes)
        bytes--; /* not in the SYN's place */
    count_acked(step, bytes);
    step->meaning->acked_bytes = bytes;
    dir->wire.covered_acks += covered;
    sample(step, &cover);
    if (trouble_if(dir) && cover.resent_ns > trouble_if(dir)->delivered_ns &&
        step->now_ns - cover.resent_ns >= rtt_min(step->connection, dir))
        trouble_if(dir)->delivered_ns = cover.resent_ns; /* and not the first copy */
    if (cover.count)
        flight_pop(&step->connection->wires->pool, &dir->flight, cover.count);
    if (trouble_if(dir) && trouble_if(dir)->holes) {
        missing = holes_ack(
            &trouble_if(dir)->holes,
            &(struct hole){.end = ack,
                           .opened_ns = step->now_ns,
                           .tsval = TP_HAS(step->packet, TSECR) ? step->packet->tsecr : 0},
            &gaps);
        unseen(step, missing, gaps);
    }
    dir->una = ack;
    if (ack > SEQ_ZERO + 1)
        dir->wire.state &= (uint16_t)~DIR_INITIAL;
    dir->wire.state &= (uint16_t) ~(DIR_ALIVE | DIR_PROBING);
    if (trouble_if(dir)) {
        trouble_if(dir)->dup_acks = 0;
        trouble_if(dir)->probed = false;
        episode_progress(step, dir);
    }
}

void ack_ordinary(struct step *step, const struct ordinary_cover *cover)
{
    struct direction *dir = step->peer;
    uint64_t bytes = cover->ack - dir->una;
    int64_t rtt_ns = step->now_ns - cover->last->sent_ns;

    count_acked(step, bytes);
    step->meaning->acked_bytes = bytes;
    clocks_answer(step, dir, rtt_ns);
    rtt_sample(step, dir, TP_RTT_ACK, rtt_ns, true);
    if (cover->echoed_ns) {
        rtt_sample(step, dir, TP_RTT_TS, step->now_ns - cover->echoed_ns, false);
        dir->echoed = step->packet->tsecr;
    }
    dir->wire.covered_acks += cover->count - (cover->last->end <= cover->ack);
    if (cover->last->end > cover->ack)
        flight_at(dir->flight, cover->count)->start = cover->ack;
    flight_pop(&step->connection->wires->pool, &dir->flight, cover->count);
    dir->una = cover->ack;
    if (cover->ack > SEQ_ZERO + 1)
        dir->wire.state &= (uint16_t)~DIR_INITIAL;
}

/* Could the receiver have sent it because something arrived out of order? Signals of MPTCP
 * (addresses, priorities) come on repeated ACKs as well, and mean no such thing (RFC 8684). */
static bool may_duplicate(const struct step *step)
{
    unsigned options = TP_HAS(step->packet, OPTIONS) ? step->packet->options : 0;

    if (options & TP_OPTION_MPTCP_SIGNAL)
        return false;
    return step->window_same || options & TP_OPTION_SACK; /* though its blocks were cut off */
}

static void repeat(struct step *step)
{
    struct direction *dir = step->peer;
    struct trouble *trouble;

    if (dir->wire.state & (DIR_ALIVE | DIR_PROBING)) {
        step->meaning->findings |= dir->wire.state & DIR_ALIVE
                                       ? UINT64_C(1) << TP_FINDING_KEEP_ALIVE_ACK
                                       : UINT64_C(1) << TP_FINDING_WINDOW_PROBE_ACK;
        dir->wire.state &= (uint16_t) ~(DIR_ALIVE | DIR_PROBING);
    } else if (dir->max > dir->una && may_duplicate(step)) {
        trouble = trouble_of(dir);
        if (!trouble)
            return;
        FOUND(step, DUP_ACK);
        trouble->sums.dup_acks++;
        if (++trouble->dup_acks == 3) {
            FOUND(step, TRIPLE_DUP_ACK);
            trouble->sums.triple_dup_acks++;
        }
        step->meaning->dup_acks = trouble->dup_acks;
    } else if (step->window_changed) {
        FOUND(step, WINDOW_UPDATE);
    }
}

/* Nothing of dir was captured since its peer acknowledged more than there was at the beginning. */
static bool is_alone(const struct direction *dir)
{
    const struct holes *holes = trouble_if(dir) ? trouble_if(dir)->holes : NULL;
    const struct hole *top = holes && holes->count ? &holes->list[holes->count - 1] : NULL;

    return !dir->wire.packets || (top && top->kind == HOLE_ALONE && top->end == dir->max);
}

/* The ACK is above all that was captured: its data were not. */
static int beyond(struct step *step, uint64_t ack)
{
    struct direction *dir = step->peer;
    struct hole hole = {.end = ack,
                        .opened_ns = step->now_ns,
                        .tsval = TP_HAS(step->packet, TSECR) ? step->packet->tsecr : 0,
                        .kind = is_alone(dir) ? HOLE_ALONE : HOLE_OPEN};
    int rc = TP_OK;

    if (dir->wire.state & DIR_PROBED)
        window_probe_taken(dir);
    hole.start = dir->max;
    if (ack > dir->max) {
        rc = trouble_hole(dir, &hole);
        dir->wire.state |= DIR_GAP;
    }
    dir->max = ack;
    return rc;
}

/* Nothing below the SYN can have been sent: that is of an earlier connection (RFC 9293, 3.5.1). */
static bool is_strange(const struct step *step, int64_t distance)
{
    const struct direction *dir = step->peer;

    if (distance > ACK_AHEAD_MIN)
        return distance > 4 * (int64_t)step->own->wire.window_max_bytes;
    return distance < -SEQ_FAR ||
           (dir->wire.syns && (int64_t)dir->max + distance <= (int64_t)SEQ_ZERO);
}

/* The first ACK says where the data stood; those that it covers were captured. Returns whether it
 * was not the first. */
static bool begin(struct direction *dir, uint64_t ack)
{
    bool acked = (dir->wire.state & DIR_ACKED) != 0;

    if (!(dir->wire.state & DIR_UNA) && ack < dir->una)
        dir->una = ack;
    dir->wire.state |= DIR_UNA | DIR_ACKED;
    return acked;
}

int ack_packet(struct step *step)
{
    struct direction *dir = step->peer;
    const unsigned marks = TP_TCP_SYN | TP_TCP_FIN | TP_TCP_RST;
    int64_t distance;
    uint64_t ack;
    bool again;

    if (!(dir->wire.state & DIR_ANCHORED))
        seq_anchor(dir, step->packet->ack, SEQ_ZERO + 1);
    distance = seq_distance(dir, dir->max, step->packet->ack);
    if (is_strange(step, distance)) {
        FOUND(step, STRANGE_ACK);
        TROUBLE_ADD(step->own, strange_acks, 1);
        return TP_OK;
    }
    ack = dir->max + (uint64_t)distance;
    step->meaning->has_ack = step->meaning->ack_known = true;
    step->meaning->ack = seq_public(ack);
    again = begin(dir, ack);
    dir->wire.state &= (uint16_t)~DIR_STALE;
    if (ack > dir->max && beyond(step, ack) < 0)
        return TP_ERR_NOMEM;
    if (ack > dir->una)
        advance(step, ack);
    else if (again && ack == dir->una && !step->payload && !has_flag(step, marks))
        repeat(step);
    if (TP_HAS(step->packet, SACK))
        sack_packet(step, ack);
    handshake_ack(step);
    return TP_OK;
}
