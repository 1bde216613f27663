/* places.c: at which place a connection is measured that was captured at several.
 *
 * Captures of both ends in one file or in two, or of both sides of a router, hold every packet
 * twice, and each place sees its own order of data and answers. A round trip from one place to
 * another is none, nor is what is in flight. So a connection is seen from one place, and what comes
 * from the other one only tells copies; clocks that differ between the places change nothing.
 *
 * It is the place nearest to the end that opened it, where its SYN has the most hops left. If that
 * is found out when the other place was looked at for a while, because the clock there is early, the
 * connection begins anew. Where hops do not tell, it is where the first packet was captured. Of the
 * answering end that is not where its packets come first: at a place of the same input and
 * interface, or, where both places are one interface (captures that were merged), at the lower hop
 * limit if the first end's is the higher one there; unless its packets were answered before they
 * came there.
 */
#include "wire/direction.h"

#define IFACE_MASK  0x7fff
#define COPIES_SURE 4 /* of another place, before all that come from there are taken for copies */
#define ALONE_MAX   4096 /* of these with news, none from here: nothing comes from here any more */

static struct capture_place place_of(const struct tp_record *packet)
{
    return (struct capture_place){.known = 1,
                                  .input = packet->input,
                                  .ttl = TP_HAS(packet, TTL) ? packet->ttl : 0,
                                  .iface =
                                      (TP_HAS(packet, IFACE) ? packet->iface : 0) & IFACE_MASK};
}

static bool share_interface(const struct capture_place *a, const struct capture_place *b)
{
    return a->input == b->input && a->iface == b->iface;
}

static bool is_same(const struct capture_place *a, const struct capture_place *b)
{
    return a->known && b->known && share_interface(a, b) && a->ttl == b->ttl;
}

/* Another file that holds copies is no continuation of the first. */
static bool is_sure(const struct other_place *other, const struct capture_place *main)
{
    return other->moved || other->syn || other->copies >= COPIES_SURE ||
           other->place.input != main->input;
}

/* Does it say more than what was seen so far? */
static bool is_news(const struct step *step)
{
    const struct tp_record *packet = step->packet;
    const struct direction *own = step->own, *peer = step->peer;
    uint32_t end = packet->seq + step->payload;

    return (TP_HAS(packet, SEQ) && seq_distance(own, own->max, end) > 0) ||
           (TP_HAS(packet, ACK) && peer && seq_distance(peer, peer->una, packet->ack) > 0);
}

bool places_aside(struct step *step)
{
    struct tp_connection *connection = step->connection;
    unsigned end = step->meaning->end;
    struct capture_place here = place_of(step->packet), *main = &connection->place[end];
    struct other_place *other = connection->other ? &connection->other[end] : NULL;

    if (!main->known && !(other && is_same(&here, &other->place))) {
        *main = here;
        connection->answers = step->peer ? end : 1 - end;
    }
    if (!other)
        return false;
    if (is_same(&here, main))
        other->alone = 0;
    if (!is_same(&here, &other->place) || !is_sure(other, main) || other->alone == ALONE_MAX)
        return false;
    other->alone += is_news(step);
    return true;
}

/* --- SYNs ------------------------------------------------------------------------------------- */

/* Whatever has its number and options. */
static bool is_first_syn(const struct step *step)
{
    return step->connection->syn[step->meaning->end] == (uint8_t)copies_print(step);
}

bool places_syn_of_another(const struct step *step)
{
    const struct capture_place *main = &step->connection->place[step->meaning->end];
    const struct capture_place here = place_of(step->packet);
    const struct tp_wire *wire = &step->own->wire;

    return has_flag(step, TP_TCP_SYN) && wire->syns && wire->packets > wire->syns &&
           wire->isn == step->packet->seq && !is_same(&here, main) &&
           (here.input != main->input || is_first_syn(step));
}

bool places_is_nearer(const struct step *step)
{
    const struct tp_connection *connection = step->connection;
    const struct capture_place *main = &connection->place[step->meaning->end];
    const struct capture_place here = place_of(step->packet);

    return has_flag(step, TP_TCP_SYN) && !has_flag(step, TP_TCP_ACK) &&
           connection->handshake.opener == (int8_t)step->meaning->end && main->ttl &&
           here.ttl > main->ttl && (here.input != main->input || is_first_syn(step));
}

/* --- from one place to another ---------------------------------------------------------------- */

static bool make_other(struct step *step)
{
    struct tp_connection *connection = step->connection;

    if (!connection->other)
        connection->other = tp_arena_take(connection->wires->arena, 2 * sizeof *connection->other);
    if (!connection->other) /* seen from both places, then */
        step->own->wire.state |= DIR_STARVED;
    return connection->other != NULL;
}

/* What was measured of that end's packets was so of copies. */
static void leave_place(struct tp_connection *connection, unsigned end)
{
    struct direction *dir = connection->dir[end];
    struct capture_place *main = &connection->place[end];
    uint32_t copies;

    connection->other[end] = (struct other_place){.place = *main, .moved = main->known};
    *main = (struct capture_place){0};
    if (!dir)
        return;
    copies = dir->wire.packets + (trouble_if(dir) ? trouble_if(dir)->sums.copies : 0);
    direction_clear(connection->wires, dir);
    TROUBLE_ADD(dir, copies, copies);
}

void places_begin_anew(struct step *step)
{
    struct tp_connection *connection = step->connection;
    unsigned end = step->meaning->end;
    int64_t since_ns;

    if (!make_other(step))
        return;
    leave_place(connection, 0);
    leave_place(connection, 1);
    connection_clear(connection);
    connection->place[end] = place_of(step->packet);
    connection->answers = 1 - end;
    step->own_last_ns = step->data_before_ns = step->peer_last_ns = 0;
    step->meaning->anew = true;
    copies_look(step, &since_ns); /* it is the first of its like */
}

bool places_unsettled(const struct step *step)
{
    struct other_place *other = step->connection->other;
    unsigned end = step->meaning->end;

    if (other && other[1 - end].place.known && !other[end].place.known)
        other[end].unsettled = true;
    return other && other[end].unsettled;
}

bool places_settled(const struct step *step)
{
    struct other_place *other = step->connection->other;
    unsigned end = step->meaning->end;
    bool settled = other && other[1 - end].unsettled;

    if (settled)
        other[1 - end].unsettled = false;
    return settled;
}

/* Is the other place of the answering end the one where the first end's packets were seen first? */
static bool is_swapped(const struct tp_connection *connection, unsigned answer)
{
    const struct capture_place *main = &connection->place[answer],
                               *first = &connection->place[!answer];
    const struct capture_place *other = &connection->other[answer].place;
    const struct capture_place *copy = &connection->other[!answer].place;

    if (!share_interface(first, copy))
        return share_interface(other, first) && !share_interface(main, first);
    if (!share_interface(main, other) || !first->ttl || !main->ttl)
        return false;
    return first->ttl > copy->ttl ? other->ttl < main->ttl : other->ttl > main->ttl;
}

/* Was the answering end's packet answered before it came there? Then that is not the place where the
 * first end's packets are measured. */
static bool is_behind_its_answer(const struct step *step)
{
    const struct direction *own = step->own;
    uint32_t length = step->payload + has_flag(step, TP_TCP_SYN) + has_flag(step, TP_TCP_FIN);

    return length && TP_HAS(step->packet, SEQ) && own->wire.state & DIR_ACKED &&
           seq_distance(own, own->una, step->packet->seq + length) <= 0;
}

/* What was measured up to now was so by packets of the other place. */
static void move(struct step *step, unsigned end)
{
    struct tp_connection *connection = step->connection;
    struct tp_handshake *handshake = &connection->handshake;
    struct direction *dir = connection->dir[end], *peer = connection->dir[1 - end];
    struct capture_place other = connection->place[end];

    connection->place[end] = connection->other[end].place;
    connection->other[end].place = other;
    connection->other[end].moved = true;
    connection->other[end].unsettled = false;
    if (peer)
        direction_forget_times(peer);
    handshake->syn_rtt_ns = handshake->ack_rtt_ns = 0;
    if (!dir || dir->wire.packets != 1 || end != step->meaning->end)
        return;
    dir->wire.first_ns = dir->wire.last_ns = step->now_ns;
    if (dir->wire.syns && !dir->wire.data_packets)
        *syn_ns(dir) = step->now_ns;
    if (peer && peer->wire.packets == 1 && dir->wire.syns && peer->wire.syns)
        handshake_answered(step, peer, step->now_ns);
}

void places_copy(struct step *step)
{
    struct tp_connection *connection = step->connection;
    unsigned end = step->meaning->end, answer = connection->answers;
    struct capture_place here = place_of(step->packet);
    struct other_place *other;

    if (is_same(&here, &connection->place[end]))
        return;
    if (!make_other(step))
        return;
    other = &connection->other[end];
    if (!other->place.known)
        other->place = here;
    if (!is_same(&here, &other->place))
        return;
    other->copies += other->copies < UINT8_MAX;
    other->syn |= has_flag(step, TP_TCP_SYN);
    other->behind |= end == answer && is_behind_its_answer(step);
    if (connection->other[0].place.known && connection->other[1].place.known &&
        !connection->other[answer].moved && !connection->other[answer].behind &&
        is_swapped(connection, answer))
        move(step, answer);
}

bool tp_connection_two_places(const struct tp_connection *connection)
{
    return connection->other != NULL;
}
