/* spurious.c: proofs that a retransmission was not needed.
 *
 * An ACK that could not have been caused by the copy: its timestamp echo is older than the copy
 * (Eifel, RFC 3522; void where original and copy share a tick), it came sooner than any round trip,
 * or it covers what was neither resent nor SACKed after a timeout (F-RTO, RFC 5682). Or the
 * receiver says that both arrived (RFC 3708), which makes a likely case certain.
 */
#include "wire/direction.h"

static void prove(struct step *step, struct resent *resent, enum tp_evidence evidence,
                  enum tp_confidence confidence)
{
    struct tp_meaning *meaning = step->meaning;
    struct trouble *trouble = trouble_if(step->peer);

    if (!resent->proved)
        trouble->sums.spurious_segs += resent->segs;
    if (confidence == TP_CERTAIN)
        trouble->sums.spurious_certain_segs += resent->segs;
    resent->proved = (uint8_t)(1 + confidence);
    trouble->sums.spurious_by[evidence] += resent->segs;
    if (TP_FOUND(meaning, SPURIOUS_PROOF)) /* the first one is told */
        return;
    FOUND(step, SPURIOUS_PROOF);
    meaning->evidence = (uint8_t)evidence;
    meaning->confidence = (uint8_t)confidence;
    meaning->of_frame = resent->frame;
    meaning->of_input = resent->input;
    meaning->since_copy_ns = step->now_ns - resent->sent_ns;
    meaning->proof_begin = seq_public(resent->start);
    meaning->proof_end = seq_public(resent->end);
}

static bool before32(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}

static bool is_eifel(const struct step *step, const struct resent *resent)
{
    return TP_HAS(step->packet, TSECR) && resent->tsval && resent->tsval_before &&
           before32(resent->tsval_before, resent->tsval) &&
           before32(step->packet->tsecr, resent->tsval) &&
           !before32(step->packet->tsecr, resent->tsval_before);
}

static bool is_too_soon(const struct step *step, const struct resent *resent)
{
    int64_t since_ns = step->now_ns - resent->sent_ns;

    return since_ns >= 0 && since_ns < rtt_min(step->connection, step->peer) / 4 * 3;
}

/* The segment above the resent one was outstanding then, and all that is known of it is that it
 * arrived. */
static bool is_frto(const struct step *step, const struct resent *resent, uint64_t ack)
{
    struct flight *flight = step->peer->flight;
    uint32_t i = flight_find(flight, resent->end);
    const struct segment *above;

    if (resent->cause != TP_CAUSE_TIMEOUT || i == flight_count(flight) ||
        !step->peer->wire.sack_ok || !step->own->wire.sack_ok)
        return false;
    above = flight_at(flight, i);
    return above->end <= ack && !(above->flags & (SEGMENT_RESENT | SEGMENT_SACKED)) &&
           above->sent_ns < resent->sent_ns;
}

void spurious_acked(struct step *step, const struct segment *segment, bool lowest, uint64_t ack)
{
    struct trouble *trouble = trouble_if(step->peer);
    struct resent *resent = trouble ? trouble_find(trouble, segment->start, segment->end, 1) : NULL;

    if (!resent)
        return;
    if (lowest && is_eifel(step, resent))
        prove(step, resent, TP_EVIDENCE_EIFEL, TP_CERTAIN);
    else if (is_too_soon(step, resent))
        prove(step, resent, TP_EVIDENCE_TOO_SOON, TP_LIKELY);
    else if (lowest && is_frto(step, resent, ack))
        prove(step, resent, TP_EVIDENCE_FRTO, TP_LIKELY);
}

void spurious_dsack(struct step *step, uint64_t start, uint64_t end)
{
    struct trouble *trouble = trouble_if(step->peer);
    struct resent *resent = start < end ? trouble_find(trouble, start, end, 1 + TP_CERTAIN) : NULL;

    if (resent)
        prove(step, resent, TP_EVIDENCE_DSACK, TP_CERTAIN);
}
