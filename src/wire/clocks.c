/* clocks.c: whether each direction was stamped by a clock of its own.
 *
 * What acknowledges data came after them. Where it is stamped, or stands, before them, the clocks
 * of the two directions differ (two ports of a tap, two queues of a card): by more than that, since
 * a part of the round trip hides it. So where that is the rule, all times from one direction to the
 * other mean nothing: round trips, what is in flight, what came first, how long both together took.
 * Times within one direction hold. A single answer out of many that is early was handed over by
 * another processor a little sooner, and says nothing about the others.
 *
 * A capture whose clock was set back may have been sorted by its times afterwards: then packets
 * from behind the step stand among those from before it, and ACKs a while before data whose
 * timestamp is no later than the one that they echo. Nothing tells which is which: no time across
 * the directions is known there either.
 *
 * What was sent again is found in the numbers of one direction alone, and holds.
 */
#include "wire/direction.h"

#define SOON_NS        INT64_C(200000000) /* no timer that sends again is shorter */
#define DISORDER_NS    INT64_C(1000000)   /* processors and queues hand over sooner */
#define DISORDERED_MIN 2

static unsigned end_of(const struct step *step, const struct direction *dir)
{
    return dir == step->connection->dir[1];
}

void clocks_answer(struct step *step, const struct direction *dir, int64_t after_ns)
{
    struct tp_connection *connection = step->connection;
    unsigned end = end_of(step, dir);
    uint8_t *count = after_ns < 0 ? &connection->early[end] : &connection->timely[end];

    if (++*count < UINT8_MAX)
        return;
    connection->early[end] /= 2;
    connection->timely[end] /= 2;
}

/* Are most answers to one of the ends before what they answer? */
static bool is_apart(const struct tp_connection *connection)
{
    return connection->early[0] > connection->timely[0] ||
           connection->early[1] > connection->timely[1];
}

bool tp_connection_disordered(const struct tp_connection *connection)
{
    return connection->disordered >= DISORDERED_MIN && !is_apart(connection);
}

bool tp_connection_two_clocks(const struct tp_connection *connection)
{
    return connection->disordered >= DISORDERED_MIN || is_apart(connection);
}

/* It was sent before its peer sent an ACK of it, which was captured before it. */
static bool is_echoed(const struct step *step, const struct hole *hole)
{
    const struct tp_record *packet = step->packet;

    return hole->kind == HOLE_ACKED && TP_HAS(packet, TSVAL) && hole->tsval &&
           (int32_t)(packet->tsval - hole->tsval) <= 0;
}

/* Nothing above it was captured yet, so it was not sent again after that. Where it is not known
 * that clocks differ, neither the time since the ACK nor its timestamp may say that it was sent
 * later. */
static bool is_behind_ack(const struct step *step, const struct hole *hole)
{
    const struct tp_record *packet = step->packet;

    if ((hole->kind != HOLE_ACKED && hole->kind != HOLE_ALONE) || hole->end != step->own->max)
        return false;
    if (hole->kind == HOLE_ALONE || tp_connection_two_clocks(step->connection))
        return true;
    if (TP_HAS(packet, TSVAL) && hole->tsval && (int32_t)(packet->tsval - hole->tsval) > 0)
        return false;
    return step->now_ns - hole->opened_ns < SOON_NS;
}

bool clocks_is_late(struct step *step, const struct hole *hole)
{
    struct tp_connection *connection = step->connection;

    if (!is_echoed(step, hole))
        return is_behind_ack(step, hole);
    if (step->now_ns - hole->opened_ns >= DISORDER_NS && connection->disordered < DISORDERED_MIN)
        connection->disordered++;
    return true;
}

/* Of 4 096 connections that have nothing to do with each other, one end's numbers are that near. */
#define NEAR_BYTES (INT64_C(1) << 19)

static bool goes_on(const struct direction *before, const struct direction *behind)
{
    const unsigned anchored = DIR_ANCHORED;
    int64_t beyond;

    if (!before || !behind || !(before->wire.state & behind->wire.state & anchored))
        return false;
    if (before->echoed && behind->echoed && (int32_t)(behind->echoed - before->echoed) < 0)
        return false;
    beyond = seq_distance(before, before->max, behind->base);
    return beyond >= -NEAR_BYTES && beyond <= NEAR_BYTES;
}

bool tp_connection_goes_on(const struct tp_connection *earlier, const struct tp_connection *later)
{
    const unsigned begun = TP_COMPLETE_SYN | TP_COMPLETE_SYNACK;
    const unsigned ended = TP_COMPLETE_FIN | TP_COMPLETE_RST;

    return earlier->complete & begun && !(earlier->complete & ended) &&
           !(later->complete & begun) && goes_on(earlier->dir[0], later->dir[0]) &&
           goes_on(earlier->dir[1], later->dir[1]);
}

void direction_forget_times(struct direction *dir)
{
    struct trouble *trouble = trouble_if(dir);

    dir->wire.rtt = dir->wire.rtt_ts = (struct tp_rtt_sum){0};
    dir->srtt_ns = dir->rttvar_ns = 0;
    dir->wire.outstanding_samples = 0;
    if (trouble)
        trouble->sums.rtt_sack = trouble->sums.rtt_resent = (struct tp_rtt_sum){0};
}

void tp_connection_end(struct tp_connection *connection)
{
    struct tp_handshake *handshake = &connection->handshake;
    unsigned end;

    if (!tp_connection_two_clocks(connection))
        return;
    for (end = 0; end < 2; end++)
        if (connection->dir[end])
            direction_forget_times(connection->dir[end]);
    handshake->syn_rtt_ns = handshake->ack_rtt_ns = 0;
    handshake->vantage = TP_VANTAGE_UNKNOWN;
}
