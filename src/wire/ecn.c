/* ecn.c: congestion that the network marked, and what the receivers say of it.
 *
 * With classic ECN (RFC 3168) a receiver sets ECE in all its packets until the sender answers with
 * CWR. With Accurate ECN (RFC 9768) the same two flags and AE are a counter, ACE: the packets that
 * arrived with CE, modulo 8, from 5 on. The SYNs say which of the two is spoken; the packet that
 * ends the handshake says in what state the SYN-ACK arrived, in the code of the SYN-ACK itself.
 */
#include "wire/direction.h"

enum {
    ACE_MASK = 7,
    ACE_KNOWN = 8,
    ACE_FIRST = 5,
    SYN_OFFER = 7,    /* in a SYN; in its answer: an echo by who knows nothing of it */
    SYN_CLASSIC = 1,  /* answers: ECN as in RFC 3168, */
    SYN_NONE = 0,     /* none, */
    SYN_RESERVED = 5, /* to be read as Accurate ECN by who offered it, */
    SYN_CE = 6        /* Accurate ECN: the SYN or SYN-ACK arrived with CE */
};

static unsigned ace_of(const struct step *step)
{
    return (has_flag(step, TP_TCP_AE) ? 4U : 0) | (has_flag(step, TP_TCP_CWR) ? 2U : 0) |
           (has_flag(step, TP_TCP_ECE) ? 1U : 0);
}

static bool is_accurate(unsigned answer)
{
    return answer != SYN_NONE && answer != SYN_CLASSIC && answer != SYN_OFFER &&
           answer != SYN_RESERVED;
}

static void begin(struct step *step, unsigned ace)
{
    struct tp_connection *connection = step->connection;
    struct direction *dir;
    unsigned end;

    connection->handshake.accecn = TP_ACCECN_ON;
    for (end = 0; end < 2; end++) {
        dir = connection->dir[end];
        if (!dir)
            continue;
        dir->wire.ace = ace & 15;
        if (trouble_if(dir)) /* what was taken for marks of the other kind */
            trouble_if(dir)->sums.ece = trouble_if(dir)->sums.cwr = 0;
    }
}

static void note_syn(struct step *step)
{
    struct tp_handshake *handshake = &step->connection->handshake;
    unsigned answer = ace_of(step);
    bool offered = handshake->accecn == TP_ACCECN_OFFERED;

    if (handshake->accecn == TP_ACCECN_ON)
        return;
    if (!has_flag(step, TP_TCP_ACK)) {
        if (handshake->accecn != TP_ACCECN_OFFERED) /* who gets no answer may ask for less */
            handshake->accecn = answer == SYN_OFFER ? TP_ACCECN_OFFERED : TP_ACCECN_REFUSED;
    } else if ((offered || !handshake->syn) &&
               (is_accurate(answer) || (offered && answer == SYN_RESERVED))) {
        begin(step, ACE_FIRST | ACE_KNOWN);
    } else {
        handshake->accecn = TP_ACCECN_REFUSED;
    }
}

/* May it be the packet that ends the handshake? */
static bool ends_handshake(const struct step *step)
{
    return step->connection->handshake.opener == (int8_t)step->meaning->end && !step->payload &&
           step->own->max == SEQ_ZERO + 1 && step->meaning->has_ack &&
           step->packet->ack == step->peer->base + 1 && !TP_HAS(step->packet, SACK);
}

/* Where the SYN-ACK was not captured. AE had a meaning only in an experiment (RFC 3540). */
static bool is_evidence(const struct step *step)
{
    const struct tp_handshake *handshake = &step->connection->handshake;
    bool option = TP_HAS(step->packet, OPTIONS) && step->packet->options & TP_OPTION_ACCECN;

    if (handshake->accecn == TP_ACCECN_REFUSED || handshake->synack)
        return false;
    if (handshake->accecn == TP_ACCECN_OFFERED && ends_handshake(step))
        return is_accurate(ace_of(step));
    return option || has_flag(step, TP_TCP_AE);
}

static void report(struct step *step, unsigned packets)
{
    step->meaning->ce_reports = (uint8_t)packets;
    if (step->peer)
        TROUBLE_ADD(step->peer, ce_reported, packets);
}

/* An ACK that was overtaken has an old counter: only those that bring news are read. */
static void count_ace(struct step *step, bool news)
{
    struct direction *own = step->own;
    unsigned ace = ace_of(step);

    if (ends_handshake(step)) {
        if (ace == SYN_CE && own->wire.ace == (ACE_FIRST | ACE_KNOWN)) {
            own->wire.ace = SYN_CE | ACE_KNOWN;
            report(step, 1);
        }
        return;
    }
    if (!news && !step->meaning->acked_bytes && !step->meaning->sacked_bytes)
        return;
    if (own->wire.ace & ACE_KNOWN)
        report(step, (ace - own->wire.ace) & ACE_MASK);
    own->wire.ace = (ace | ACE_KNOWN) & 15;
}

static void count_classic(struct step *step)
{
    if (has_flag(step, TP_TCP_ECE)) {
        TROUBLE_ADD(step->own, ece, 1);
        step->meaning->ce_reports = 1;
    }
    if (has_flag(step, TP_TCP_CWR))
        TROUBLE_ADD(step->own, cwr, 1);
}

void ecn_packet(struct step *step, bool news)
{
    const struct tp_handshake *handshake = &step->connection->handshake;
    unsigned ecn = TP_HAS(step->packet, TOS) ? step->packet->tos & 3 : 0;

    if (ecn)
        step->own->wire.ect = true;
    if (ecn == 3)
        TROUBLE_ADD(step->own, ce, 1);
    if (has_flag(step, TP_TCP_SYN)) {
        note_syn(step);
        return;
    }
    if (has_flag(step, TP_TCP_RST))
        return;
    if (handshake->accecn != TP_ACCECN_ON && is_evidence(step))
        begin(step, handshake->accecn == TP_ACCECN_OFFERED ? ACE_FIRST | ACE_KNOWN : 0);
    if (handshake->accecn == TP_ACCECN_ON)
        count_ace(step, news);
    else
        count_classic(step);
}
