/* places.c: at which place a connection is measured that was captured at several.
 *
 * Captures of both ends in one file or in two, or of both sides of a router, hold every packet
 * twice, and each place sees its own order of data and answers. A round trip from one place to
 * another is none, nor is what is in flight. So a connection is seen from one place: where its
 * first packet was captured. Of the other end that is not where its packets come first: at a place
 * of the same input and interface, or, where both places are one interface (captures that were
 * merged), at the lower hop limit if the first end's is the higher one there. What comes from the
 * other place only tells copies; so clocks that differ between the places change nothing.
 */
#include <stdlib.h>

#include "wire/direction.h"

#define IFACE_MASK  0x7fff
#define COPIES_SURE 4 /* of another place, before all that come from there are taken for copies */
#define ALONE_MAX   4096 /* of these without one from here: nothing comes from here any more */

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
    return other->moved || other->copies >= COPIES_SURE || other->place.input != main->input;
}

bool places_aside(struct step *step)
{
    struct tp_connection *connection = step->connection;
    unsigned end = step->meaning->end;
    struct capture_place here = place_of(step->packet), *main = &connection->place[end];
    struct other_place *other = connection->other ? &connection->other[end] : NULL;

    if (!main->known) {
        *main = here;
        connection->answers = step->peer ? end : 1 - end;
    }
    if (!other)
        return false;
    if (is_same(&here, main))
        other->alone = 0;
    if (!is_same(&here, &other->place) || !is_sure(other, main) || other->alone == ALONE_MAX)
        return false;
    other->alone++;
    return true;
}

bool places_syn_of_another(const struct step *step)
{
    const struct capture_place *main = &step->connection->place[step->meaning->end];
    const struct tp_wire *wire = &step->own->wire;

    return has_flag(step, TP_TCP_SYN) && wire->syns && wire->packets > wire->syns &&
           wire->isn == step->packet->seq && main->input != step->packet->input;
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
    if (peer)
        direction_forget_times(peer);
    handshake->syn_rtt_ns = handshake->ack_rtt_ns = 0;
    if (!dir || dir->wire.packets != 1 || end != step->meaning->end)
        return;
    dir->wire.first_ns = dir->wire.last_ns = step->now_ns;
    if (dir->wire.syns && !dir->wire.data_packets)
        *syn_ns(dir) = step->now_ns;
    if (peer && peer->wire.packets == 1 && dir->wire.syns && peer->wire.syns)
        handshake_answered(step, peer);
}

void places_copy(struct step *step)
{
    struct tp_connection *connection = step->connection;
    unsigned end = step->meaning->end, answer = connection->answers;
    struct capture_place here = place_of(step->packet);
    struct other_place *other;

    if (is_same(&here, &connection->place[end]))
        return;
    if (!connection->other)
        connection->other = calloc(2, sizeof *connection->other);
    if (!connection->other) { /* seen from both places, then */
        step->own->wire.state |= DIR_STARVED;
        return;
    }
    other = &connection->other[end];
    if (!other->place.known)
        other->place = here;
    if (!is_same(&here, &other->place))
        return;
    other->copies += other->copies < UINT8_MAX;
    if (connection->other[0].place.known && connection->other[1].place.known &&
        !connection->other[answer].moved && is_swapped(connection, answer))
        move(step, answer);
}

bool tp_connection_two_places(const struct tp_connection *connection)
{
    return connection->other != NULL;
}
