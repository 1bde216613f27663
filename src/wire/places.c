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
#include "wire/direction.h"

#define IFACE_MASK  0x7fff
#define COPIES_SURE 4 /* of another place, before all that come from there are taken for copies */
#define ALONE_MAX   4096 /* of these without one from here: nothing comes from here any more */

static struct place place_of(const struct tp_record *packet)
{
    return (struct place){.known = 1,
                          .input = packet->input,
                          .ttl = TP_HAS(packet, TTL) ? packet->ttl : 0,
                          .iface = (TP_HAS(packet, IFACE) ? packet->iface : 0) & IFACE_MASK};
}

static bool share_interface(const struct place *a, const struct place *b)
{
    return a->input == b->input && a->iface == b->iface;
}

static bool is_same(const struct place *a, const struct place *b)
{
    return a->known && b->known && share_interface(a, b) && a->ttl == b->ttl;
}

/* Another file that holds copies is no continuation of the first. */
static bool is_sure(const struct places *places)
{
    return places->moved || places->copies >= COPIES_SURE ||
           places->other.input != places->main.input;
}

bool places_aside(struct step *step)
{
    struct places *places = &step->connection->places[step->verdict->end];
    struct place here = place_of(step->packet);

    if (!places->main.known) {
        places->main = here;
        places->answers = step->peer != NULL;
    }
    if (is_same(&here, &places->main))
        places->alone = 0;
    if (!is_same(&here, &places->other) || !is_sure(places) || places->alone == ALONE_MAX)
        return false;
    places->alone++;
    return true;
}

bool places_syn_of_another(const struct step *step)
{
    const struct places *places = &step->connection->places[step->verdict->end];
    const struct tp_wire *wire = &step->own->wire;

    return has_flag(step, TP_TCP_SYN) && wire->syns && wire->packets > wire->syns &&
           wire->isn == step->packet->seq && places->main.input != step->packet->input;
}

/* Is the other place of the answering end the one where the first end's packets were seen first? */
static bool is_swapped(const struct places *first, const struct places *answer)
{
    if (!share_interface(&first->main, &first->other))
        return share_interface(&answer->other, &first->main) &&
               !share_interface(&answer->main, &first->main);
    if (!share_interface(&answer->main, &answer->other) || !first->main.ttl || !answer->main.ttl)
        return false;
    return first->main.ttl > first->other.ttl ? answer->other.ttl < answer->main.ttl
                                              : answer->other.ttl > answer->main.ttl;
}

/* What was measured up to now was so by packets of the other place. */
static void move(struct step *step, unsigned end)
{
    struct tp_connection *connection = step->connection;
    struct tp_handshake *handshake = &connection->handshake;
    struct places *places = &connection->places[end];
    struct direction *dir = connection->dir[end], *peer = connection->dir[1 - end];
    struct place other = places->main;

    places->main = places->other;
    places->other = other;
    places->moved = true;
    if (peer)
        direction_forget_times(peer);
    handshake->syn_rtt_ns = handshake->ack_rtt_ns = 0;
    if (!dir || dir->wire.packets != 1 || end != step->verdict->end)
        return;
    dir->wire.first_ns = dir->wire.last_ns = step->now_ns;
    if (peer && peer->wire.packets == 1 && dir->wire.syns && peer->wire.syns)
        handshake_answered(step, dir, peer);
}

void places_copy(struct step *step)
{
    struct places *places = step->connection->places;
    unsigned end = step->verdict->end, answer = places[1].answers;
    struct place here = place_of(step->packet);

    if (is_same(&here, &places[end].main))
        return;
    if (!places[end].other.known)
        places[end].other = here;
    if (!is_same(&here, &places[end].other))
        return;
    places[end].copies += places[end].copies < UINT8_MAX;
    if (places[0].other.known && places[1].other.known && places[0].answers != places[1].answers &&
        !places[answer].moved && is_swapped(&places[1 - answer], &places[answer]))
        move(step, answer);
}

bool tp_connection_two_places(const struct tp_connection *connection)
{
    return connection->places[0].other.known || connection->places[1].other.known;
}
