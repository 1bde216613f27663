/* rtt.c: RTT samples, and the estimate that a sender makes of them (RFC 6298). */
#include "wire/direction.h"

void rtt_sum_add(struct tp_rtt_sum *sum, int64_t rtt_ns)
{
    double us = (double)rtt_ns / 1e3;

    if (rtt_ns < 0 || rtt_ns > RTT_MAX_NS) /* the capture's clock jumped */
        return;
    if (!sum->count || rtt_ns < sum->min_ns)
        sum->min_ns = rtt_ns;
    if (rtt_ns > sum->max_ns)
        sum->max_ns = rtt_ns;
    sum->sum_us += us;
    sum->square_us2 += us * us;
    sum->count++;
}

static void smooth_in(struct direction *dir, float rtt_ns)
{
    float error = rtt_ns - dir->srtt_ns;

    if (dir->srtt_ns == 0) {
        dir->srtt_ns = rtt_ns;
        dir->rttvar_ns = rtt_ns / 2;
        return;
    }
    dir->rttvar_ns += ((error < 0 ? -error : error) - dir->rttvar_ns) / 4;
    dir->srtt_ns += error / 8;
}

#define STEP_ERROR_NS INT64_C(1000000)
#define STEP_SHARE    8 /* of a round trip that may be wrong of it */

bool time_is_measured(const struct step *step, int64_t time_ns)
{
    const struct tp_wires *wires = step->connection->wires;

    if (time_ns <= 0 || time_ns > RTT_MAX_NS)
        return false;
    return !wires->stepped || step->now_ns - time_ns > wires->step_ns ||
           step->now_ns < wires->step_ns ||
           (!wires->step_unsure && time_ns >= STEP_SHARE * STEP_ERROR_NS);
}

void rtt_sample(struct step *step, struct direction *dir, enum tp_rtt_source source, int64_t rtt_ns,
                bool smooth)
{
    struct tp_meaning *meaning = step->meaning;
    struct trouble *trouble;

    if (!rtt_is_measured(step, rtt_ns) || meaning->rtt_count == TP_RTT_SAMPLES_MAX)
        return;
    meaning->rtt[meaning->rtt_count++] =
        (struct tp_rtt_sample){rtt_ns, (uint8_t)source, dir == step->connection->dir[1]};
    if (source == TP_RTT_ACK)
        rtt_sum_add(&dir->wire.rtt, rtt_ns);
    else if (source == TP_RTT_TS)
        rtt_sum_add(&dir->wire.rtt_ts, rtt_ns);
    else if (source == TP_RTT_SACK && (trouble = trouble_of(dir)) != NULL)
        rtt_sum_add(&trouble->sums.rtt_sack, rtt_ns);
    if (smooth)
        smooth_in(dir, (float)rtt_ns);
}

int64_t rtt_min(const struct tp_connection *connection, const struct direction *dir)
{
    const struct tp_handshake *handshake = &connection->handshake;
    const struct trouble *trouble = trouble_if(dir);
    int64_t first_ns = handshake->opener == (dir == connection->dir[1]) ? handshake->syn_rtt_ns
                                                                        : handshake->ack_rtt_ns;
    int64_t min_ns = INT64_MAX;

    if (dir->wire.rtt.count)
        min_ns = dir->wire.rtt.min_ns;
    if (trouble && trouble->sums.rtt_sack.count && trouble->sums.rtt_sack.min_ns < min_ns)
        min_ns = trouble->sums.rtt_sack.min_ns;
    if (first_ns && first_ns < min_ns)
        min_ns = first_ns;
    return min_ns < INT64_MAX ? min_ns : 0;
}

/* Seen from beside it, an end that has nothing to say at once takes the delay of its ACKs: the
 * least is meant. From afar it is the path that takes the time. */
int64_t rtt_reaction(const struct step *step)
{
    const struct tp_handshake *handshake = &step->connection->handshake;
    const struct direction *peer = step->peer;
    bool opener = handshake->opener == (int8_t)step->meaning->end;
    int64_t first_ns = opener ? handshake->ack_rtt_ns : handshake->syn_rtt_ns;

    if (!connection_beside(step) && peer && peer->srtt_ns > 0)
        return (int64_t)peer->srtt_ns;
    return first_ns || !peer ? first_ns : peer->wire.rtt.min_ns;
}

int64_t rtt_path(const struct step *step)
{
    const struct tp_handshake *handshake = &step->connection->handshake;

    if (step->own->srtt_ns > 0)
        return (int64_t)step->own->srtt_ns + rtt_reaction(step);
    return handshake->syn_rtt_ns + handshake->ack_rtt_ns;
}

int64_t rtt_path_rto(const struct step *step)
{
    return rtt_rto(step->own) + (step->own->srtt_ns > 0 ? rtt_reaction(step) : 0);
}
