/* data.c: whether a packet's bytes are new, fill a hole, or come again. */
#include "wire/direction.h"

#define SHORT_PACKETS 16
#define DEAF_ROUNDS   2
#define DEAF_RTOS     2  /* a tail-loss probe may carry new data, and puts the timeout off */
#define DEAF_SEGS     16 /* more than an application that waits has in flight without an ACK */

/* Where the bytes of one packet fall. */
struct fall {
    uint64_t top;         /* bytes at or above the highest, a FIN not counted */
    uint64_t filled;      /* bytes that lay in holes */
    uint64_t again;       /* bytes captured before */
    uint64_t end;         /* a FIN counted */
    struct hole hole;     /* the lowest that was filled; valid if filled */
    struct segment first; /* the lowest in flight that is sent again; valid if in_flight */
    bool in_flight;
};

static struct segment segment_of(const struct step *step, uint64_t start, uint64_t end)
{
    const struct tp_record *packet = step->packet;

    return (struct segment){
        .start = start,
        .end = end,
        .sent_ns = step->now_ns,
        .frame = TP_HAS(packet, FRAME) ? packet->frame : 0,
        .input = packet->input,
        .tsval = TP_HAS(packet, TSVAL) ? packet->tsval : 0,
        .ip_id = TP_HAS(packet, IP_ID) ? packet->ip_id : 0,
    };
}

/* Segments were joined, or are no longer followed, as memory is short. A connection of a few
 * packets is not worth the memory to say so. */
static void note_joined(struct direction *dir, uint32_t joined)
{
    if (!joined)
        return;
    if (trouble_if(dir) || dir->wire.data_packets > SHORT_PACKETS)
        TROUBLE_ADD(dir, joined, joined);
    sack_recount(dir);
}

static void insert(struct step *step, uint32_t i, const struct segment *segment)
{
    uint32_t joined = 0;

    if (!step->own->flight)
        sack_recount(step->own); /* what was in flight may have been given up for others */
    flight_insert(&step->connection->wires->pool, &step->own->flight, i, segment, &joined);
    note_joined(step->own, joined);
}

/* --- sending again -------------------------------------------------------------------------- */

static void resend_segment(struct step *step, struct segment *segment)
{
    struct direction *own = step->own;
    struct segment now = segment_of(step, segment->start, segment->end);

    if (segment->flags & SEGMENT_LOST && !(segment->flags & SEGMENT_SACKED))
        trouble_if(own)->lost_bytes -= segment->end - segment->start;
    now.copies = (uint8_t)(segment->copies + (segment->copies < UINT8_MAX));
    now.flags = (uint8_t)((segment->flags | SEGMENT_RESENT) & ~SEGMENT_LOST);
    *segment = now;
}

/* Cuts what is in flight at seq, so that a segment begins there; returns its index. */
static uint32_t cut(struct step *step, uint64_t seq)
{
    struct direction *own = step->own;
    uint32_t i = flight_find(own->flight, seq), joined = 0;

    if (i == flight_count(own->flight) || flight_at(own->flight, i)->start >= seq)
        return i;
    if (flight_split(&step->connection->wires->pool, &own->flight, i, seq, &joined))
        return i + 1;
    note_joined(own, joined);
    return flight_find(own->flight, seq);
}

static void resend(struct step *step, struct fall *fall, uint64_t start, uint64_t end)
{
    struct direction *own = step->own;
    uint32_t i;

    if (!flight_count(own->flight) || start >= end)
        return;
    cut(step, end);
    i = cut(step, start);
    if (i == flight_count(own->flight) || flight_at(own->flight, i)->start >= end)
        return;
    fall->first = *flight_at(own->flight, i);
    fall->in_flight = true;
    for (; i < flight_count(own->flight) && flight_at(own->flight, i)->start < end; i++)
        resend_segment(step, flight_at(own->flight, i));
}

static void note_again(struct step *step, const struct fall *fall)
{
    struct tp_meaning *meaning = step->meaning;
    struct trouble *trouble = trouble_if(step->own);
    struct tp_wire_trouble *sums = &trouble->sums;
    const struct segment *first = &fall->first;
    uint32_t mss = step->own->wire.mss;

    meaning->again_bytes = (uint32_t)fall->again;
    meaning->again_segs = mss ? (uint32_t)((fall->again + mss - 1) / mss) : 1;
    if (meaning->again_segs > meaning->segs)
        meaning->again_segs = meaning->segs;
    sums->retransmissions++;
    sums->retransmitted_segs += meaning->again_segs;
    sums->retransmitted_bytes += fall->again;
    sums->by_cause[meaning->cause] += meaning->again_segs;
    if (!fall->in_flight)
        return;
    meaning->of_frame = first->frame;
    meaning->of_input = first->input;
    meaning->since_copy_ns = step->now_ns - first->sent_ns;
    if (time_is_measured(step, meaning->since_copy_ns))
        rtt_sum_add(&sums->resend_delay, meaning->since_copy_ns);
    if (first->copies + 1U > sums->copies_max)
        sums->copies_max = first->copies + 1U;
}

/* What acked_before() found. */
static uint8_t proved_by(const struct tp_meaning *meaning)
{
    bool spurious = TP_FOUND(meaning, SPURIOUS) && meaning->confidence != TP_GUESS;

    return spurious ? 1 + meaning->confidence : 0;
}

static void remember_again(struct step *step, const struct fall *fall)
{
    struct trouble *trouble = trouble_if(step->own);
    struct segment now = segment_of(step, step->seq, fall->end);

    trouble->resent_ns = step->now_ns;
    trouble->resent_start = step->seq;
    trouble_resent(trouble, &(struct resent){
                                .start = now.start,
                                .end = now.end,
                                .sent_ns = now.sent_ns,
                                .frame = now.frame,
                                .input = now.input,
                                .tsval = now.tsval,
                                .tsval_before = fall->in_flight ? fall->first.tsval : 0,
                                .segs = step->meaning->again_segs,
                                .cause = step->meaning->cause,
                                .proved = proved_by(step->meaning),
                            });
}

/* Its peer has said that it has all of this. Whether the sender could know depends on where the
 * capture was taken. */
static void acked_before(struct step *step)
{
    bool here = connection_beside(step);
    bool late = step->now_ns - step->own->wire.acked_last_ns >= rtt_path(step);

    FOUND(step, SPURIOUS);
    step->meaning->evidence = TP_EVIDENCE_ACKED_BEFORE;
    step->meaning->confidence = here ? TP_CERTAIN : late ? TP_LIKELY : TP_GUESS;
    if (step->meaning->confidence == TP_GUESS)
        return;
    if (here)
        trouble_if(step->own)->sums.spurious_certain_segs += step->meaning->again_segs;
    trouble_if(step->own)->sums.spurious_segs += step->meaning->again_segs;
    trouble_if(step->own)->sums.spurious_by[TP_EVIDENCE_ACKED_BEFORE] += step->meaning->again_segs;
}

static void send_again(struct step *step, struct fall *fall)
{
    struct direction *own = step->own;
    bool acked = own->wire.state & DIR_ACKED && step->end <= own->una;

    FOUND(step, RETRANSMISSION);
    if (fall->top || fall->filled)
        FOUND(step, PARTIAL);
    classify_retransmission(step, fall->in_flight ? &fall->first : NULL, step->seq, fall->end);
    note_again(step, fall);
    if (acked && !tp_connection_two_clocks(step->connection))
        acked_before(step);
    remember_again(step, fall);
    episode_begin(step, step->seq);
}

/* --- filling holes -------------------------------------------------------------------------- */

static void note_reordered(struct step *step, const struct fall *fall)
{
    struct tp_wire_trouble *sums = &trouble_if(step->own)->sums;
    uint64_t extent = step->own->max - step->end;
    int64_t open_ns = step->now_ns - fall->hole.opened_ns;

    sums->reordered++;
    sums->reordered_bytes += fall->filled;
    if (extent > sums->reorder_extent_bytes)
        sums->reorder_extent_bytes = extent;
    if (open_ns > sums->reorder_delay_ns)
        sums->reorder_delay_ns = open_ns;
}

/* What was missed is no longer. */
static void found_missing(struct tp_wire_trouble *sums, const struct fall *fall)
{
    if (fall->hole.kind != HOLE_ACKED)
        return;
    sums->unseen_bytes -= fall->filled < sums->unseen_bytes ? fall->filled : sums->unseen_bytes;
    if (fall->filled >= fall->hole.end - fall->hole.start)
        sums->unseen_gaps -= sums->unseen_gaps > 0;
}

static void fill_hole(struct step *step, const struct fall *fall, uint64_t end)
{
    struct direction *own = step->own;
    struct trouble *trouble = trouble_if(own);
    struct tp_wire_trouble *sums = &trouble->sums;
    struct segment segment = segment_of(step, step->seq, end);

    found_missing(sums, fall);
    if (!fall->again && clocks_is_late(step, &fall->hole)) {
        clocks_answer(step, own, -1);
        return;
    }
    if (!fall->again) /* else it is told as a retransmission */
        classify_repair(step, &fall->hole, end);
    if (TP_FOUND(step->meaning, REORDERED)) {
        note_reordered(step, fall);
    } else {
        segment.flags = SEGMENT_RESENT | SEGMENT_REPAIR;
        trouble->resent_ns = step->now_ns;
        trouble->resent_start = step->seq;
        sums->repairs += TP_FOUND(step->meaning, REPAIR);
        sums->ambiguous += TP_FOUND(step->meaning, AMBIGUOUS);
    }
    if (!fall->again && fall->hole.kind == HOLE_OPEN)
        insert(step, flight_count(own->flight) ? flight_find(own->flight, step->seq) : 0, &segment);
    if (TP_FOUND(step->meaning, REPAIR))
        episode_begin(step, step->seq);
}

/* --- the packet ----------------------------------------------------------------------------- */

/* Bytes are missing, and neither end was heard for round trips: data that were lost would have been
 * sent again, so it is the capture that misses packets, and the ACKs among them. */
static bool is_deaf(const struct step *step)
{
    int64_t heard_ns = step->own_last_ns;

    if (step->peer && step->peer->wire.packets && step->peer_last_ns > heard_ns)
        heard_ns = step->peer_last_ns;
    return step->own->srtt_ns > 0 &&
           (float)(step->now_ns - heard_ns) > DEAF_ROUNDS * step->own->srtt_ns;
}

/* New data while what was sent a round trip ago and more is not acknowledged, and more of it than
 * ever: what of it is still in flight cannot be told. Where its sender's timer would have sent it
 * again long since, the ACKs came and were not captured. */
static void look_for_acks(struct step *step, uint64_t end)
{
    struct direction *own = step->own;
    uint32_t segment_bytes = own->wire.mss ? own->wire.mss : own->wire.segment_max_bytes;
    uint64_t in_flight_bytes = end - own->una;
    int64_t quiet_ns = step->now_ns - step->peer_last_ns, sent_ns, round_ns;

    if (!step->peer || !flight_count(own->flight) || (float)quiet_ns <= own->srtt_ns ||
        (own->wire.state & (DIR_UNA | DIR_ACKED)) != (DIR_UNA | DIR_ACKED) || own->srtt_ns == 0)
        return;
    sent_ns = flight_at(own->flight, 0)->sent_ns;
    round_ns = rtt_path(step);
    if (in_flight_bytes > own->wire.outstanding_max_bytes &&
        in_flight_bytes > (uint64_t)DEAF_SEGS * segment_bytes && quiet_ns > round_ns &&
        (float)(step->now_ns - sent_ns) > (float)round_ns + 4 * own->rttvar_ns)
        own->wire.state |= DIR_STALE;
    if (step->now_ns - sent_ns > DEAF_RTOS * rtt_path_rto(step))
        step->peer->wire.saw_gap = true;
}

static int open_hole(struct step *step)
{
    struct direction *own = step->own;
    struct segment now = segment_of(step, step->seq, step->seq);
    bool first = !own->wire.syns && own->wire.data_packets <= (step->payload > 0);
    struct hole hole = {.start = own->max,
                        .end = step->seq,
                        .opened_ns = step->now_ns,
                        .tsval = now.tsval,
                        .ip_id = now.ip_id,
                        .kind = first ? HOLE_BEFORE : HOLE_OPEN};

    if (trouble_hole(own, &hole) < 0)
        return TP_ERR_NOMEM;
    own->max = step->seq;
    if (first) /* till now its peer's ACKs were all that was known of it */
        return TP_OK;
    if (is_deaf(step))
        own->wire.state |= DIR_STALE;
    FOUND(step, HOLE);
    step->meaning->unseen_bytes = hole.end - hole.start;
    return TP_OK;
}

/* Bytes from before the first one that was captured. */
static uint64_t before_all(const struct step *step, struct fall *fall)
{
    uint64_t end = step->end < SEQ_ZERO + 1 ? step->end : SEQ_ZERO + 1;

    if (step->own->wire.syns || step->seq >= SEQ_ZERO + 1)
        return 0;
    fall->hole = (struct hole){.start = step->seq,
                               .end = end,
                               .opened_ns = step->own->wire.data_first_ns,
                               .kind = HOLE_BEFORE};
    return end - step->seq;
}

static void below(struct step *step, struct fall *fall)
{
    struct direction *own = step->own;
    struct trouble *trouble = trouble_of(own);
    uint64_t end = step->end < own->max ? step->end : own->max;
    uint64_t end_fin = fall->end < own->max ? fall->end : own->max;

    fall->filled = before_all(step, fall);
    if (trouble && trouble->holes && trouble->holes->count)
        fall->filled += holes_fill(&trouble->holes, step->seq, end, &fall->hole);
    fall->again = end - step->seq - fall->filled;
    if (!trouble) /* counted as unique or again all the same; not classified */
        return;
    if (fall->again || end_fin > end)
        resend(step, fall, step->seq > own->una ? step->seq : own->una, end_fin);
    if (fall->again)
        send_again(step, fall);
    if (fall->filled)
        fill_hole(step, fall, end);
}

static void note_fin(struct step *step, const struct fall *fall)
{
    struct direction *own = step->own;
    uint8_t *complete = &step->connection->complete;
    uint32_t fin = own->base + (uint32_t)step->end;

    if (own->wire.state & DIR_FIN && own->fin == fin) {
        FOUND(step, FIN_AGAIN);
        TROUBLE_ADD(own, fin_again, 1);
        if (!step->payload && trouble_if(own))
            classify_retransmission(step, fall->in_flight ? &fall->first : NULL, step->end,
                                    fall->end);
        return;
    }
    own->fin = fin;
    own->wire.state |= DIR_FIN;
    *complete |= *complete & TP_COMPLETE_FIN ? TP_COMPLETE_FIN_BOTH : TP_COMPLETE_FIN;
}

/* The packet ends there, and has so many bytes above all that were sent. */
static void append(struct step *step, uint64_t end, uint64_t bytes)
{
    struct direction *own = step->own;
    uint64_t start = step->seq > own->max ? step->seq : own->max;
    struct segment segment = segment_of(step, start, end);

    look_for_acks(step, end);
    insert(step, flight_count(own->flight), &segment);
    own->max = end;
    own->wire.state &= (uint16_t) ~(DIR_GAP | DIR_PROBED);
    if (own->wire.state & DIR_INITIAL) {
        own->wire.initial_bytes += (uint32_t)bytes;
        if (own->wire.initial_segs < UINT16_MAX - step->meaning->segs)
            own->wire.initial_segs = (uint16_t)(own->wire.initial_segs + step->meaning->segs);
    }
}

static int carry(struct step *step)
{
    struct direction *own = step->own;
    struct fall fall = {.end = step->end + has_flag(step, TP_TCP_FIN)};

    if (step->seq > own->max && own->wire.state & DIR_PROBED)
        window_probe_taken(own); /* by an ACK that was not captured */
    if (step->seq > own->max && open_hole(step) < 0)
        return TP_ERR_NOMEM;
    if (step->end > own->max)
        fall.top = step->end - (step->seq > own->max ? step->seq : own->max);
    if (step->seq < own->max && !(own->wire.syns && own->max == SEQ_ZERO + 1))
        below(step, &fall); /* which below a SYN there is not, whatever number the data have */
    if (fall.end > own->max)
        append(step, fall.end, fall.top);
    if (has_flag(step, TP_TCP_FIN))
        note_fin(step, &fall);
    step->meaning->new_bytes = step->payload - (uint32_t)fall.again;
    step->meaning->again_bytes = (uint32_t)fall.again;
    own->wire.unique_bytes += step->meaning->new_bytes;
    return TP_OK;
}

void data_ordinary(struct step *step)
{
    struct tp_meaning *meaning = step->meaning;

    account_data(step);
    meaning->is_data = true;
    meaning->new_bytes = step->payload;
    step->connection->complete |= TP_COMPLETE_DATA;
    window_data(step);
    append(step, step->end, step->payload);
    step->own->wire.unique_bytes += step->payload;
}

/* A packet without data whose number is above all that was captured: some were not. */
static int bare(struct step *step)
{
    if (step->seq <= step->own->max || has_flag(step, TP_TCP_SYN))
        return TP_OK;
    return open_hole(step);
}

/* Gives the packet its place; false if it has none that means anything. */
static bool place(struct step *step)
{
    struct direction *own = step->own;
    uint32_t raw = step->packet->seq + has_flag(step, TP_TCP_SYN);
    bool carries = step->payload || has_flag(step, TP_TCP_FIN);
    int64_t distance;

    if (!(own->wire.state & DIR_ANCHORED))
        seq_anchor(own, raw, SEQ_ZERO + 1);
    distance = seq_distance(own, own->max, raw);
    if (distance > SEQ_FAR || distance < -SEQ_FAR) {
        if (!carries)
            return false;
        FOUND(step, REANCHORED);
        TROUBLE_ADD(own, reanchored, 1);
        direction_forget(step->connection->wires, own);
        own->base = raw - (uint32_t)own->max;
        distance = 0;
    }
    step->seq = own->max + (uint64_t)distance;
    step->end = step->seq + step->payload;
    return true;
}

int data_packet(struct step *step)
{
    struct tp_meaning *meaning = step->meaning;

    if (!place(step))
        return TP_OK;
    meaning->seq = seq_public(step->seq - has_flag(step, TP_TCP_SYN));
    meaning->seq_known = true;
    if (step->payload)
        account_data(step);
    if (window_probe(step))
        return TP_OK;
    if (!step->payload && !has_flag(step, TP_TCP_FIN))
        return bare(step);
    meaning->is_data = step->payload > 0;
    if (has_flag(step, TP_TCP_SYN) && step->payload)
        FOUND(step, FAST_OPEN);
    if (step->payload)
        step->connection->complete |= TP_COMPLETE_DATA;
    window_data(step);
    return carry(step);
}
