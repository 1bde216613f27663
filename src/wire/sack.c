/* sack.c: the scoreboard of selective acknowledgments (RFC 2018, 2883, 6675).
 *
 * What was SACKed stays so until it is acknowledged, whatever later ACKs have room to repeat.
 */
#include "wire/direction.h"

void sack_recount(struct direction *dir)
{
    uint32_t i, count = flight_count(dir->flight);
    struct trouble *trouble = trouble_if(dir);
    const struct segment *segment;

    if (!trouble)
        return;
    trouble->sacked_bytes = trouble->lost_bytes = 0;
    for (i = 0; i < count; i++) {
        segment = flight_at(dir->flight, i);
        if (segment->flags & SEGMENT_SACKED)
            trouble->sacked_bytes += segment->end - segment->start;
        else if (segment->flags & SEGMENT_LOST)
            trouble->lost_bytes += segment->end - segment->start;
    }
}

/* These bytes of a segment are SACKed now. */
static void note_sacked(struct direction *dir, const struct segment *segment, uint64_t end,
                        struct segment *newest)
{
    struct trouble *trouble = trouble_if(dir);
    uint64_t bytes = end - segment->start;

    if (segment->flags & SEGMENT_LOST)
        trouble->lost_bytes -= bytes;
    trouble->sacked_bytes += bytes;
    if (segment->sent_ns > trouble->sacked_sent_ns)
        trouble->sacked_sent_ns = segment->sent_ns;
    if (!(segment->flags & SEGMENT_RESENT) && end > newest->end) {
        *newest = *segment;
        newest->end = end;
    }
}

/* Is the segment the rest of the one before it, which is SACKed? */
static bool is_rest(const struct segment *before, const struct segment *segment)
{
    const uint8_t fate = SEGMENT_SACKED | SEGMENT_LOST;

    return before->end == segment->start && before->flags & SEGMENT_SACKED &&
           before->sent_ns == segment->sent_ns && before->frame == segment->frame &&
           ((before->flags ^ segment->flags) & ~fate) == 0;
}

/* The i-th segment is SACKed up to end, which lies inside it. What is SACKed of a large one grows
 * by steps: then the edge between the parts moves. */
static void mark_part(struct step *step, uint32_t i, uint64_t end, struct segment *newest,
                      uint32_t *joined)
{
    struct direction *dir = step->peer;
    struct segment *segment = flight_at(dir->flight, i);
    struct segment *before = i ? flight_at(dir->flight, i - 1) : NULL;

    if (before && is_rest(before, segment)) {
        note_sacked(dir, segment, end, newest);
        before->end = segment->start = end;
    } else if (flight_split(&step->connection->wires->pool, &dir->flight, i, end, joined)) {
        segment = flight_at(dir->flight, i);
        note_sacked(dir, segment, end, newest);
        segment->flags = (uint8_t)((segment->flags | SEGMENT_SACKED) & ~SEGMENT_LOST);
    }
}

/* Takes [start, end) down as SACKed; returns how much of it is news. */
static uint64_t mark(struct step *step, uint64_t start, uint64_t end, struct segment *newest)
{
    struct direction *dir = step->peer;
    struct flight_pool *pool = &step->connection->wires->pool;
    uint32_t i = flight_count(dir->flight) ? flight_find(dir->flight, start) : 0, joined = 0;
    uint64_t before = trouble_if(dir)->sacked_bytes;

    for (; i < flight_count(dir->flight) && !joined; i++) {
        struct segment *segment = flight_at(dir->flight, i);

        if (segment->start >= end)
            break;
        if (segment->flags & SEGMENT_SACKED)
            continue;
        if (segment->start < start) {
            flight_split(pool, &dir->flight, i, start, &joined);
        } else if (segment->end > end) {
            mark_part(step, i, end, newest, &joined);
            break;
        } else {
            note_sacked(dir, segment, segment->end, newest);
            segment->flags = (uint8_t)((segment->flags | SEGMENT_SACKED) & ~SEGMENT_LOST);
        }
    }
    before = trouble_if(dir)->sacked_bytes - before;
    if (joined) {
        trouble_if(dir)->sums.joined += joined;
        sack_recount(dir);
    }
    return before;
}

/* What lies between the highest byte SACKed before and now, was sent before it and is not SACKed,
 * is taken for lost. What was sent again since is in flight once more, whatever becomes of it
 * (RFC 6675, SetPipe: S1 <= HighRxt). */
static void mark_lost(struct direction *dir, uint64_t from)
{
    struct trouble *trouble = trouble_if(dir);
    uint32_t i = flight_count(dir->flight) ? flight_find(dir->flight, from) : 0;
    struct segment *segment;

    for (; i < flight_count(dir->flight); i++) {
        segment = flight_at(dir->flight, i);
        if (segment->end >= trouble->sacked_max)
            return;
        if (!(segment->flags & (SEGMENT_SACKED | SEGMENT_LOST | SEGMENT_RESENT)) &&
            segment->sent_ns <= trouble->sacked_sent_ns) {
            segment->flags |= SEGMENT_LOST;
            trouble->lost_bytes += segment->end - segment->start;
        }
    }
}

static bool is_duplicate(const struct tp_sack *sack, uint64_t start, uint64_t end, uint64_t ack)
{
    uint32_t i = 1;

    if (end <= ack)
        return true;
    return sack->count > 1 && start < end && sack->edge[0][0] - sack->edge[i][0] < SEQ_FAR &&
           sack->edge[i][1] - sack->edge[0][1] < SEQ_FAR;
}

/* A block that an ACK before this one had, wholly or its beginning, needs no second look. */
static uint64_t skip_known(const struct trouble *trouble, uint32_t left, uint32_t right,
                           uint64_t start)
{
    uint32_t i;

    for (i = 0; i < trouble->blocks; i++)
        if (trouble->block[i][0] == left && right - trouble->block[i][1] < SEQ_FAR)
            return start + (trouble->block[i][1] - left);
    return start;
}

static void remember(struct trouble *trouble, const struct tp_sack *sack, uint32_t first)
{
    uint32_t i;

    trouble->blocks = 0;
    for (i = first; i < sack->count; i++) {
        trouble->block[trouble->blocks][0] = sack->edge[i][0];
        trouble->block[trouble->blocks++][1] = sack->edge[i][1];
    }
}

static uint64_t block(struct step *step, const uint32_t edge[2], uint64_t ack,
                      struct segment *newest)
{
    struct direction *dir = step->peer;
    struct trouble *trouble = trouble_if(dir);
    uint64_t start = ack + (uint64_t)seq_distance(dir, ack, edge[0]);
    uint64_t end = ack + (uint64_t)seq_distance(dir, ack, edge[1]);
    uint64_t old_max = trouble->sacked_max > ack ? trouble->sacked_max : ack, bytes;

    end = end < dir->max ? end : dir->max;
    if (start < ack || start >= end)
        return 0;
    start = skip_known(trouble, edge[0], edge[1], start);
    bytes = start < end ? mark(step, start, end, newest) : 0;
    if (bytes && end > trouble->sacked_max)
        trouble->sacked_max = end;
    if (trouble->sacked_max > old_max)
        mark_lost(dir, old_max > start ? ack : old_max);
    return bytes;
}

void sack_packet(struct step *step, uint64_t ack)
{
    const struct tp_sack *sack = &step->packet->sack;
    struct trouble *trouble = trouble_of(step->peer);
    struct segment newest = {.end = 0};
    uint32_t i = 0, count = sack->count < TP_SACK_BLOCKS ? sack->count : TP_SACK_BLOCKS;
    uint64_t start, end, bytes = 0;

    if (!trouble || !count)
        return;
    trouble->sums.sack_packets++;
    if (count > trouble->sums.sack_blocks_max)
        trouble->sums.sack_blocks_max = count;
    start = ack + (uint64_t)seq_distance(step->peer, ack, sack->edge[0][0]);
    end = ack + (uint64_t)seq_distance(step->peer, ack, sack->edge[0][1]);
    if (is_duplicate(sack, start, end, ack)) {
        FOUND(step, DSACK);
        trouble->sums.dsack_packets++;
        spurious_dsack(step, start, end);
        i = 1;
    }
    for (; i < count; i++)
        bytes += block(step, sack->edge[i], ack, &newest);
    remember(trouble, sack, sack->count > 0 && TP_FOUND(step->meaning, DSACK));
    if (bytes) {
        FOUND(step, SACK);
        step->meaning->sacked_bytes = bytes;
    }
    if (newest.end && !(newest.flags & SEGMENT_JOINED))
        rtt_sample(step, step->peer, TP_RTT_SACK, step->now_ns - newest.sent_ns,
                   !step->meaning->rtt_count);
}
