/* ordinary.c: the packets that most packets are, in one go.
 *
 * Of a connection in which nothing is amiss, a packet mostly says one of three things: here are the
 * next bytes; I have these of yours; or both. Such a packet is an ordinary one. What the long way
 * (connection.c:understand()) asks of every packet has one answer for it, which this file knows
 * beforehand: it repairs nothing and repeats nothing, probes nothing, fills no hole and opens none,
 * ends no episode, and the ACK stands for the latest segment that it covers. What is left are a few
 * additions.
 *
 * The long way is what defines the numbers; this one may only be shorter. So it is built in this
 * order: first everything is asked, and nothing changed; one answer that is not the usual one, and
 * the packet takes the long way. Behind that no question is left, and what is done are the short
 * forms of the steps, each beside its long form and made of the same functions: window_ordinary(),
 * ack_ordinary(), data_ordinary(). Whatever is counted anew on the long way must be counted there,
 * or be a question here. tests/unit/test_wire_ordinary.c takes every capture of the tests both ways
 * and compares all that is known after each packet, and so does the fuzzer of this room.
 *
 * What an ordinary packet is:
 * - its flags are ACK and perhaps PSH; it has a window, which is not closed, and no SACK blocks;
 * - its number is the next one, and it has no payload or more than a byte, which no probe has;
 * - it acknowledges something new or brings data, and what it acknowledges was captured;
 * - what it acknowledges was sent once, and its round trip was measured by one clock;
 * - the handshake is over, or was not captured; the windows' scale is known;
 * - neither end has sent a FIN, is being probed, or waits for what was lost.
 */
#include "wire/direction.h"

/* What each end of a healthy connection has done, and what it has not. */
#define SETTLED (DIR_ANCHORED | DIR_UNA | DIR_ACKED | DIR_WINDOW)
#define AMISS   (DIR_GAP | DIR_PROBED | DIR_ALIVE | DIR_PROBING | DIR_STARVED | DIR_FIN | DIR_STALE)

/* --- the connection ------------------------------------------------------------------------- */

/* Is nothing lost, SACKed, missing or asked for again? */
static bool is_calm(const struct trouble *trouble)
{
    return trouble->episode == TP_CAUSE_NONE && !trouble->sacked_bytes && !trouble->lost_bytes &&
           !trouble->dup_acks && !trouble->probed && !(trouble->holes && trouble->holes->count);
}

static bool is_settled(const struct direction *dir)
{
    const struct trouble *trouble = dir ? trouble_if(dir) : NULL;

    return dir && (dir->wire.state & (SETTLED | AMISS)) == SETTLED && dir->una > SEQ_ZERO &&
           (dir->wire.scale == TP_SCALE_KNOWN || dir->wire.scale == TP_SCALE_NONE) &&
           (!trouble || is_calm(trouble));
}

bool ordinary_is_healthy(const struct tp_connection *connection)
{
    const struct tp_handshake *handshake = &connection->handshake;

    return is_settled(connection->dir[0]) && is_settled(connection->dir[1]) &&
           (handshake->ack || !(handshake->syn || handshake->synack)) && !connection->other &&
           connection->place[0].known && connection->place[1].known &&
           !tp_connection_two_clocks(connection) && !connection->wires->long_way;
}

/* --- the packet ----------------------------------------------------------------------------- */

static bool is_plain(const struct step *step)
{
    const uint64_t needed = TP_BIT(SEQ) | TP_BIT(ACK) | TP_BIT(FLAGS) | TP_BIT(WINDOW);
    const struct tp_record *packet = step->packet;

    return (packet->have & (needed | TP_BIT(SACK))) == needed &&
           (step->flags & ~TP_TCP_PSH) == TP_TCP_ACK && packet->window && step->payload != 1;
}

/* It is no opening window that the peer may have waited for. */
static bool has_usual_window(const struct step *step)
{
    return step->own->window && step->own->window >= step->peer->wire.mss;
}

/* What the ACK covers, if all of it was sent once. */
static bool cover_usual(const struct step *step, struct ordinary_cover *cover)
{
    const struct tp_record *packet = step->packet;
    struct flight *flight = step->peer->flight;
    uint32_t i, count = flight_count(flight), echo = TP_HAS(packet, TSECR) ? packet->tsecr : 0;
    const struct segment *segment;
    unsigned flags = 0;

    if (echo == step->peer->echoed)
        echo = 0;
    for (i = 0; i < count && (segment = flight_at(flight, i))->start < cover->ack; i++) {
        cover->last = segment;
        flags |= segment->flags;
        if (echo && segment->tsval == echo && !cover->echoed_ns)
            cover->echoed_ns = segment->sent_ns;
    }
    if (!cover->last || flags || cover->last->end < cover->ack)
        return false;
    cover->count = i - (cover->last->end > cover->ack);
    return true;
}

/* Is the time since then a round trip of what was sent then? */
static bool is_round_trip(const struct step *step, const struct segment *last)
{
    const struct trouble *trouble = trouble_if(step->peer);
    int64_t rtt_ns = step->now_ns - last->sent_ns;

    return rtt_ns > 0 && rtt_ns <= RTT_MAX_NS &&
           !(trouble && trouble->resent_start < last->start && trouble->resent_ns > last->sent_ns);
}

/* Where the ACK lies: at una (nothing new) or above it, and not beyond what was captured. */
static bool has_usual_ack(const struct step *step, struct ordinary_cover *cover)
{
    const struct direction *peer = step->peer;
    uint64_t outstanding = peer->max - peer->una;
    uint32_t ahead = step->packet->ack - (peer->base + (uint32_t)peer->una);

    if (ahead > outstanding || outstanding >= SEQ_FAR)
        return false;
    cover->ack = peer->una + ahead;
    if (!ahead)
        return step->payload > 0;
    return cover_usual(step, cover) && is_round_trip(step, cover->last);
}

static bool is_ordinary(const struct step *step, struct ordinary_cover *cover)
{
    return is_plain(step) && step->packet->seq == step->own->base + (uint32_t)step->own->max &&
           !step->connection->wires->stepped && has_usual_window(step) &&
           has_usual_ack(step, cover);
}

/* Capable of ECN it is an ordinary one, too. */
static bool speaks_ecn(const struct step *step)
{
    return (TP_HAS(step->packet, TOS) && step->packet->tos & 3) ||
           step->connection->handshake.accecn == TP_ACCECN_ON;
}

bool ordinary_packet(struct step *step)
{
    struct tp_meaning *meaning = step->meaning;
    struct ordinary_cover cover = {0};
    uint64_t max = step->own->max;

    if (!is_ordinary(step, &cover))
        return false;
    step->connection->wires->ordinary++;
    account_packet(step);
    window_ordinary(step);
    meaning->has_ack = meaning->ack_known = meaning->seq_known = true;
    meaning->ack = seq_public(cover.ack);
    meaning->seq = seq_public(max);
    if (cover.last)
        ack_ordinary(step, &cover);
    if (step->payload) {
        step->seq = max;
        step->end = max + step->payload;
        data_ordinary(step);
    }
    if (speaks_ecn(step))
        ecn_packet(step, step->payload > 0);
    flight_ordinary(step);
    if (step->own->wire.state & AMISS) /* data may show that ACKs were not captured */
        step->connection->healthy = false;
    return true;
}
