/* connection.c: follows one connection, packet by packet. */
#include <stdlib.h>
#include <string.h>

#include "wire/direction.h"

#define BUDGET_DEFAULT ((size_t)16 << 20)

struct tp_wires *tp_wires_new(const struct tp_wires_options *options, struct tp_error *error)
{
    struct tp_wires *wires = calloc(1, sizeof *wires);

    if (!wires || copies_init(&wires->copies) < 0) {
        free(wires);
        tp_error_nomem(error);
        return NULL;
    }
    wires->arena = options && options->arena ? options->arena : &wires->own;
    wires->pool.arena = wires->arena;
    wires->pool.budget =
        options && options->segment_budget ? options->segment_budget : BUDGET_DEFAULT;
    return wires;
}

void tp_wires_free(struct tp_wires *wires)
{
    if (!wires)
        return;
    flight_pool_free(&wires->pool);
    copies_release(&wires->copies);
    tp_arena_release(&wires->own);
    free(wires);
}

/* Its new number makes older packets no likes of new ones. */
void connection_clear(struct tp_connection *connection)
{
    *connection = (struct tp_connection){.wires = connection->wires,
                                         .place = {connection->place[0], connection->place[1]},
                                         .other = connection->other,
                                         .dir = {connection->dir[0], connection->dir[1]},
                                         .handshake = {.opener = -1},
                                         .id = ++connection->wires->last_id};
}

struct tp_connection *tp_connection_new(struct tp_wires *wires)
{
    struct tp_connection *connection = tp_arena_take(wires->arena, sizeof *connection);

    if (connection) {
        connection->wires = wires;
        connection_clear(connection);
    }
    return connection;
}

void tp_connection_free(struct tp_connection *connection)
{
    struct tp_arena *arena;

    if (!connection)
        return;
    arena = connection->wires->arena;
    direction_free(connection->wires, connection->dir[0]);
    direction_free(connection->wires, connection->dir[1]);
    tp_arena_give(arena, connection->other, 2 * sizeof *connection->other);
    tp_arena_give(arena, connection, sizeof *connection);
}

static struct direction *direction_of(struct tp_connection *connection, unsigned end)
{
    if (!connection->dir[end])
        connection->dir[end] =
            tp_arena_take(connection->wires->arena, sizeof *connection->dir[end]);
    return connection->dir[end];
}

/* --- what is asked -------------------------------------------------------------------------- */

void flight_state(const struct direction *dir, const struct direction *peer,
                  struct tp_flight *flight)
{
    const struct trouble *trouble = trouble_if(dir);
    uint64_t gone = trouble && dir->flight ? trouble->sacked_bytes + trouble->lost_bytes : 0;
    unsigned state = dir->wire.state;

    flight->known = (state & (DIR_UNA | DIR_GAP | DIR_STALE)) == DIR_UNA &&
                    (state & DIR_ACKED || (dir->wire.syns && dir->max == SEQ_ZERO + 1));
    flight->outstanding_bytes = dir->max > dir->una ? dir->max - dir->una : 0;
    flight->pipe_bytes = flight->outstanding_bytes > gone ? flight->outstanding_bytes - gone : 0;
    flight->sacked_bytes = trouble && dir->flight ? trouble->sacked_bytes : 0;
    flight->recovering = trouble && trouble->episode != TP_CAUSE_NONE;
    flight->window_known =
        peer && peer->wire.state & DIR_WINDOW && peer->wire.scale != TP_SCALE_UNKNOWN;
    flight->window_at_least = flight->window_known && peer->wire.scale == TP_SCALE_AT_LEAST;
    flight->window_closed = peer && peer->wire.state & DIR_WINDOW && peer->window == 0;
    flight->window_bytes = peer ? peer->window : 0;
    flight->una = seq_public(dir->una);
    flight->max = seq_public(dir->max);
    flight->mss_bytes = dir->wire.mss;
    flight->srtt_ns = (int64_t)dir->srtt_ns;
    flight->rto_ns = dir->srtt_ns > 0 ? rtt_rto(dir) : 0;
}

void tp_connection_flight(const struct tp_connection *connection, unsigned end,
                          struct tp_flight *flight)
{
    *flight = (struct tp_flight){0};
    if (connection->dir[end])
        flight_state(connection->dir[end], connection->dir[1 - end], flight);
    flight->known &= !tp_connection_two_clocks(connection);
}

const struct tp_wire *tp_connection_wire(const struct tp_connection *connection, unsigned end)
{
    const struct direction *dir = connection->dir[end];

    return dir && (dir->wire.packets || dir->wire.acked_bytes) ? &dir->wire : NULL;
}

uint32_t tp_connection_acked_first(const struct tp_connection *connection, unsigned end)
{
    return connection->acked_first_bytes[end];
}

const struct tp_handshake *tp_connection_handshake(const struct tp_connection *connection)
{
    return &connection->handshake;
}

unsigned tp_connection_complete(const struct tp_connection *connection)
{
    return connection->complete;
}

static size_t direction_bytes(const struct direction *dir)
{
    size_t bytes = sizeof *dir + flight_bytes(dir->flight);

    return bytes + (trouble_if(dir) ? trouble_bytes(trouble_if(dir)) : 0);
}

size_t tp_connection_bytes(const struct tp_connection *connection)
{
    size_t bytes = sizeof *connection;
    unsigned end;

    if (connection->other)
        bytes += 2 * sizeof *connection->other;
    for (end = 0; end < 2; end++)
        if (connection->dir[end])
            bytes += direction_bytes(connection->dir[end]);
    return bytes;
}

/* --- one packet ----------------------------------------------------------------------------- */

/* All but the samples' array, of which rtt_count says what is valid, and the flights. In pieces
 * that compilers turn into a few stores: as one, gcc makes a string instruction of it, which is
 * slow to start, and of the pieces, unless it is told, a loop. */
static void clear(struct tp_meaning *meaning)
{
    enum { TAIL = offsetof(struct tp_meaning, seq), END = offsetof(struct tp_meaning, flight) };
    char *bytes = (char *)meaning;
    size_t at;

    memset(bytes, 0, offsetof(struct tp_meaning, rtt));
#pragma GCC unroll 8
    for (at = TAIL; at + 32 <= END; at += 32)
        memset(bytes + at, 0, 32);
    memset(bytes + END - (END - TAIL) % 32, 0, (END - TAIL) % 32);
}

static void sample_outstanding(struct tp_wire *wire, uint32_t bytes)
{
    if (!wire->outstanding_samples++ || bytes < wire->outstanding_min_bytes)
        wire->outstanding_min_bytes = bytes;
    if (bytes > wire->outstanding_max_bytes)
        wire->outstanding_max_bytes = bytes;
    wire->outstanding_sum_bytes += bytes;
}

/* Where a number lies in what was sent so far; false if it is far from that. */
static bool locate(const struct direction *dir, uint32_t raw, uint64_t *number)
{
    int64_t distance;

    if (!dir || !(dir->wire.state & DIR_ANCHORED))
        return false;
    distance = seq_distance(dir, dir->max, raw);
    if (distance < -SEQ_FAR || distance > SEQ_FAR ||
        (int64_t)dir->max + distance < (int64_t)SEQ_ZERO)
        return false;
    *number = seq_public(dir->max + (uint64_t)distance);
    return true;
}

/* Copies and resets are placed, although nothing is learnt from their numbers. */
static void place_rest(struct step *step)
{
    struct tp_meaning *meaning = step->meaning;
    const struct direction *peer = step->connection->dir[1 - meaning->end];

    if (!meaning->seq_known && TP_HAS(step->packet, SEQ))
        meaning->seq_known = locate(step->own, step->packet->seq, &meaning->seq);
    if (!meaning->ack_known && TP_HAS(step->packet, ACK))
        meaning->ack_known = locate(peer, step->packet->ack, &meaning->ack);
}

static void finish(struct step *step)
{
    struct tp_connection *connection = step->connection;
    struct tp_flight *flight = step->meaning->flight;
    struct tp_wire *wire = &step->own->wire;
    bool two_clocks = tp_connection_two_clocks(connection);
    unsigned end;

    place_rest(step);
    for (end = 0; end < 2; end++) {
        if (connection->dir[end])
            flight_state(connection->dir[end], connection->dir[1 - end], &flight[end]);
        else
            flight[end] = (struct tp_flight){0};
        flight[end].known &= !two_clocks;
    }
    if (step->meaning->new_bytes && flight[step->meaning->end].known)
        sample_outstanding(wire, (uint32_t)flight[step->meaning->end].outstanding_bytes);
}

/* Of one end of a healthy connection. */
static void tell_ordinary(const struct direction *dir, const struct direction *peer,
                          struct tp_flight *flight)
{
    flight->known = !(dir->wire.state & DIR_STALE);
    flight->window_known = true;
    flight->window_at_least = flight->recovering = false;
    flight->window_closed = peer->window == 0;
    flight->outstanding_bytes = flight->pipe_bytes = dir->max - dir->una;
    flight->sacked_bytes = 0;
    flight->window_bytes = peer->window;
    flight->una = seq_public(dir->una);
    flight->max = seq_public(dir->max);
    flight->mss_bytes = dir->wire.mss;
    flight->srtt_ns = (int64_t)dir->srtt_ns;
    flight->rto_ns = dir->srtt_ns > 0 ? rtt_rto(dir) : 0;
}

void flight_ordinary(struct step *step)
{
    struct direction *own = step->own, *peer = step->peer;
    unsigned end = step->meaning->end;
    struct tp_flight *flight = step->meaning->flight;

    tell_ordinary(own, peer, &flight[end]);
    tell_ordinary(peer, own, &flight[1 - end]);
    if (step->payload && flight[end].known)
        sample_outstanding(&own->wire, (uint32_t)flight[end].outstanding_bytes);
}

/* A reset may have any numbers: nothing is learnt from them. Whatever a SYN had begun is over. */
static void reset(struct step *step)
{
    unsigned end;

    step->connection->complete |= TP_COMPLETE_RST;
    for (end = 0; end < 2 && !step->connection->handshake.synack; end++)
        if (step->connection->dir[end] && !step->connection->dir[end]->wire.data_packets)
            *syn_ns(step->connection->dir[end]) = SYN_ANEW;
}

/* With Accurate ECN none of the flags is a number as well. */
static bool speaks_ecn(const struct step *step)
{
    return has_flag(step, TP_TCP_ECE | TP_TCP_CWR | TP_TCP_AE | TP_TCP_SYN) ||
           (TP_HAS(step->packet, TOS) && step->packet->tos & 3) ||
           step->connection->handshake.accecn == TP_ACCECN_ON;
}

/* Is it of a connection that its sender has not forgotten? The SYN that it answers is of another
 * (RFC 9293, 3.5.1). */
static bool is_of_another(const struct step *step)
{
    return TP_FOUND(step->meaning, STRANGE_ACK) && step->peer->wire.syns && !step->own->wire.syns &&
           !(step->own->wire.state & DIR_ANCHORED);
}

/* The long way, which every packet may take. */
static int understand(struct step *step)
{
    struct tp_connection *connection = step->connection;
    unsigned end = step->meaning->end;
    uint64_t max;
    int rc = TP_OK;

    if (!step->own->flight)
        sack_recount(step->own); /* what was in flight may have been given up for others */
    if (step->peer && !step->peer->flight)
        sack_recount(step->peer);
    account_packet(step);
    if (has_flag(step, TP_TCP_RST)) {
        reset(step);
        if (speaks_ecn(step))
            ecn_packet(step, false);
        return TP_OK;
    }
    if (has_flag(step, TP_TCP_ACK) && TP_HAS(step->packet, ACK) &&
        !(step->peer = direction_of(connection, 1 - end)))
        return TP_ERR_NOMEM;
    if (has_flag(step, TP_TCP_SYN))
        handshake_syn(step);
    window_packet(step);
    if (has_flag(step, TP_TCP_ACK) && TP_HAS(step->packet, ACK))
        rc = ack_packet(step);
    max = step->own->max;
    if (rc == TP_OK && !is_of_another(step))
        rc = data_packet(step);
    if (speaks_ecn(step))
        ecn_packet(step, step->own->max > max);
    return rc;
}

/* Sooner than any answer to it could have come: beside the sender within half a round trip;
 * elsewhere the network may have made it, at once: within a small part of the way there and back.
 */
static bool is_too_soon(const struct step *step, int64_t since_ns)
{
    const struct tp_connection *connection = step->connection;
    int64_t beyond_ns = rtt_min(connection, step->own);
    int64_t path_ns = beyond_ns + (step->peer ? rtt_min(connection, step->peer) : 0);

    return since_ns < beyond_ns / 2 || since_ns < path_ns / 32;
}

/* Of two that are alike one is a copy if they came at the same instant or, data, too soon. */
static bool is_copy(const struct step *step)
{
    int64_t since_ns;

    switch (copies_look(step, &since_ns)) {
    case COPIES_SAME:
        return true;
    case COPIES_ALIKE:
        return (step->own->wire.packets && step->now_ns == step->own_last_ns) ||
               (step->payload > 0 && is_too_soon(step, since_ns));
    default:
        return false;
    }
}

static void note_copy(struct step *step)
{
    FOUND(step, COPY);
    TROUBLE_ADD(step->own, copies, 1);
}

/* From here on times are what they were put right to. */
static void note_step(struct tp_wires *wires, const struct tp_record *packet)
{
    if (!TP_HAS(packet, ODDITIES) || !(packet->oddities & TP_ODD_STEP))
        return;
    wires->stepped = true;
    wires->step_unsure = (packet->oddities & TP_ODD_STEP_UNSURE) != 0;
    wires->step_ns = packet->ts_ns;
}

/* A sender that numbers its packets gives each another one; some give all the same. */
static void note_id(struct step *step)
{
    struct direction *own = step->own;
    uint16_t *id = &step->connection->ip_id[step->meaning->end];

    if (!TP_HAS(step->packet, IP_ID) || !step->packet->ip_id)
        return;
    own->wire.state &= (uint16_t)~DIR_SAME_ID;
    if (*id == step->packet->ip_id)
        own->wire.state |= DIR_SAME_ID;
    *id = step->packet->ip_id;
}

/* The end's packets may be measured where it is from now on. */
static int add_copy(struct step *step)
{
    if (places_is_nearer(step)) {
        places_begin_anew(step);
        note_id(step);
        return understand(step);
    }
    note_copy(step);
    places_copy(step);
    return TP_OK;
}

static bool is_starved(const struct step *step)
{
    return ((step->own->wire.state | (step->peer ? step->peer->wire.state : 0)) & DIR_STARVED) != 0;
}

int tp_connection_add(struct tp_connection *connection, const struct tp_record *packet,
                      unsigned end, struct tp_meaning *meaning)
{
    struct direction *own = direction_of(connection, end), *peer = connection->dir[1 - end];
    struct step step = {.connection = connection,
                        .packet = packet,
                        .meaning = meaning,
                        .own = own,
                        .peer = peer,
                        .now_ns = packet->ts_ns};
    int rc = TP_OK;

    clear(meaning);
    note_step(connection->wires, packet);
    meaning->end = (uint8_t)end;
    if (!own)
        return TP_ERR_NOMEM;
    step.flags = TP_HAS(packet, FLAGS) ? packet->flags : 0;
    step.payload = TP_HAS(packet, PAYLOAD) ? packet->payload : 0;
    step.own_last_ns = own->wire.last_ns;
    step.data_before_ns = own->wire.data_last_ns;
    step.peer_last_ns = peer ? peer->wire.last_ns : 0;
    if (!connection->healthy && places_aside(&step)) {
        note_copy(&step);
    } else if (places_syn_of_another(&step) || is_copy(&step)) {
        rc = add_copy(&step);
    } else if (TP_HAS(packet, SEQ) && TP_HAS(packet, FLAGS)) {
        note_id(&step);
        if (connection->healthy && ordinary_packet(&step))
            return is_starved(&step) ? TP_ERR_NOMEM : TP_OK;
        rc = understand(&step);
    }
    finish(&step);
    connection->healthy = ordinary_is_healthy(connection);
    return is_starved(&step) ? TP_ERR_NOMEM : rc;
}
