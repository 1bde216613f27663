/* leap.c: what each end says of a silence. */
#include <string.h>

#include "input/leap.h"
#include "input/order.h"

#define HOPE_BEHIND   64 /* of so many packets behind it one must speak for it */
#define SLOTS         1024
#define PROBES_MAX    8
#define LASTING_NS    INT64_C(5000000)     /* a machine that was held up has caught up by then */
#define QUEUED_MAX_NS INT64_C(10000000000) /* no packet waits for so long on its way */
#define PATIENCE_NS   INT64_C(1500000000)  /* of senders whose data are not acknowledged */
#define PATIENCE      8 /* ... at least so many times what took longest otherwise */
#define PROGRESS_MIN  2 /* of ACKs that come one after another */
#define RATE_ERROR    1000

/* One end of a connection. */
struct end {
    const struct tp_record *any;    /* of the connection; NULL: the slot is empty */
    const struct tp_record *before; /* its latest before the place with a timestamp, or NULL */
    const struct tp_record *fresh;  /* its first behind the place that is new, or NULL */
    uint32_t top, acked;            /* all before the place: end of what it sent, its highest ACK */
    int64_t sent_ns;                /* its earliest data that wait for an ACK; valid if waits */
    int64_t tick_ns;                /* 0: not known */
    unsigned progress;              /* its ACKs behind the place for what was sent before it */
    uint8_t local;
    bool has_top, has_acked, waits, asked, again, proves;
};

struct judge {
    const struct lag_place *place;
    struct end ends[SLOTS];
    int64_t gap_ns, began_ns; /* the silence, and when it was over */
    int64_t longest_ns;       /* any other one */
    const struct end *proof;  /* the first end that proves it, or NULL */
    const struct end *acked;  /* the first end whose data were acknowledged one after another */
    bool refuted, hope, two, lasting;
};

static struct end *end_of(struct judge *judge, const struct tp_record *packet, unsigned local)
{
    size_t i, at = (size_t)packet->hash * 2 + local;
    struct end *end;

    for (i = 0; i < PROBES_MAX; i++) {
        end = &judge->ends[(at + i) % SLOTS];
        if (!end->any) {
            end->any = packet;
            end->local = (uint8_t)local;
        }
        if (end->local == local && order_share_connection(end->any, packet))
            return end;
    }
    return NULL;
}

static bool is_usable(const struct tp_record *packet)
{
    return packet->kind == TP_KIND_PACKET && packet->has_key && TP_HAS(packet, SEQ) &&
           TP_HAS(packet, FLAGS) && !(packet->flags & TP_TCP_RST);
}

static bool has_ack(const struct tp_record *packet)
{
    return packet->flags & TP_TCP_ACK && TP_HAS(packet, ACK);
}

static uint32_t length_of(const struct tp_record *packet)
{
    return (TP_HAS(packet, PAYLOAD) ? packet->payload : 0) + !!(packet->flags & TP_TCP_SYN) +
           !!(packet->flags & TP_TCP_FIN);
}

static bool is_above(uint32_t number, uint32_t than)
{
    return (int32_t)(number - than) > 0;
}

/* --- before the place ------------------------------------------------------------------------ */

static void note_silence(struct judge *judge, size_t at)
{
    int64_t silence_ns;

    if (!__builtin_sub_overflow(judge->place->list[at]->ts_ns, judge->place->list[at - 1]->ts_ns,
                                &silence_ns) &&
        silence_ns > judge->longest_ns)
        judge->longest_ns = silence_ns;
}

static void note_sent(struct end *own, const struct tp_record *packet)
{
    uint32_t length = length_of(packet), top = packet->seq + length;

    if (length && !own->waits) {
        own->waits = true;
        own->sent_ns = packet->ts_ns;
    }
    if (!own->has_top || is_above(top, own->top))
        own->top = top;
    own->has_top = true;
}

/* All that it had sent, or some of it: the rest was sent a little later, at the earliest. */
static void note_acked(struct end *own, struct end *peer, uint32_t ack)
{
    if (!own->has_acked || is_above(ack, own->acked))
        own->acked = ack;
    own->has_acked = true;
    if (peer->has_top && !is_above(peer->top, ack))
        peer->waits = false;
}

static void look_before(struct judge *judge, const struct tp_record *packet)
{
    struct end *own = is_usable(packet) ? end_of(judge, packet, packet->local) : NULL;
    struct end *peer = own ? end_of(judge, packet, !packet->local) : NULL;

    if (!peer)
        return;
    if (TP_HAS(packet, TSVAL))
        own->before = packet;
    note_sent(own, packet);
    if (has_ack(packet))
        note_acked(own, peer, packet->ack);
}

/* --- behind it ------------------------------------------------------------------------------- */

static int64_t tick_of(const struct judge *judge, struct end *own)
{
    const struct lag_place *place = judge->place;
    size_t from = place->at > LEAP_BEFORE_MAX ? place->at - LEAP_BEFORE_MAX : 0;
    size_t to =
        place->count - place->at > LEAP_BEFORE_MAX ? place->at + LEAP_BEFORE_MAX : place->count;

    if (own->asked)
        return own->tick_ns;
    own->asked = true;
    own->tick_ns = lag_tick(place->list, from, place->at, own->before);
    if (!own->tick_ns)
        own->tick_ns = lag_tick(place->list, place->at, to, own->before);
    return own->tick_ns;
}

/* By so much at least times rose more than the end's timestamps. */
static bool find_excess(const struct judge *judge, struct end *own, const struct tp_record *packet,
                        int64_t *excess_ns)
{
    int64_t tick_ns, ticks, rose_ns;

    if (!own->before || !TP_HAS(packet, TSVAL) || !(tick_ns = tick_of(judge, own)))
        return false;
    ticks = (int32_t)(packet->tsval - own->before->tsval);
    return ticks >= 0 && ticks < INT64_MAX / 2 / tick_ns &&
           !__builtin_sub_overflow(packet->ts_ns, own->before->ts_ns, &rose_ns) &&
           !__builtin_sub_overflow(rose_ns, (ticks + 1) * tick_ns + ticks * tick_ns / RATE_ERROR,
                                   excess_ns);
}

/* Was the packet sent behind the place, for what it knows? */
static bool is_sent_behind(const struct end *peer, const struct tp_record *packet)
{
    const struct tp_record *fresh = peer->fresh;
    uint32_t end;

    if (!fresh)
        return false;
    if (TP_HAS(packet, TSECR) && TP_HAS(fresh, TSVAL) && peer->before &&
        is_above(fresh->tsval, peer->before->tsval) && !is_above(fresh->tsval, packet->tsecr))
        return true;
    end = fresh->seq + length_of(fresh);
    return has_ack(packet) && is_above(end, peer->top) && !is_above(end, packet->ack);
}

static bool is_fresh(const struct end *own, const struct tp_record *packet)
{
    if (TP_HAS(packet, TSVAL) && own->before && is_above(packet->tsval, own->before->tsval))
        return true;
    return own->has_top && is_above(packet->seq + length_of(packet), own->top);
}

static bool share_host(const struct end *a, const struct end *b)
{
    return memcmp(&a->any->key.addr[a->local], &b->any->key.addr[b->local],
                  sizeof a->any->key.addr[0]) == 0 &&
           !(a->local != b->local && order_share_connection(a->any, b->any));
}

static void note_proof(struct judge *judge, struct end *own, const struct tp_record *packet)
{
    own->proves = true;
    if (!judge->proof)
        judge->proof = own;
    judge->two |= judge->proof != own && !share_host(judge->proof, own);
    judge->lasting |= packet->ts_ns - judge->began_ns >= LASTING_NS;
}

/* Has it no data that it would have sent again by now? */
static bool is_patient(const struct judge *judge, const struct end *peer)
{
    int64_t waited_ns = judge->began_ns - judge->gap_ns - peer->sent_ns;
    int64_t longest_ns = waited_ns > judge->longest_ns ? waited_ns : judge->longest_ns;

    return !peer->waits || peer->again || judge->gap_ns < PATIENCE_NS ||
           judge->gap_ns / PATIENCE < longest_ns;
}

static void note_progress(struct judge *judge, struct end *own, struct end *peer,
                          const struct tp_record *packet)
{
    if (!own->has_acked || !peer->has_top || !is_above(packet->ack, own->acked) ||
        is_above(packet->ack, peer->top) || is_patient(judge, peer))
        return;
    own->acked = packet->ack;
    judge->hope = true;
    if (++own->progress == PROGRESS_MIN && !judge->acked)
        judge->acked = peer;
}

static void look_behind(struct judge *judge, const struct tp_record *packet)
{
    struct end *own = is_usable(packet) ? end_of(judge, packet, packet->local) : NULL;
    struct end *peer = own ? end_of(judge, packet, !packet->local) : NULL;
    int64_t excess_ns;

    if (!peer)
        return;
    if (find_excess(judge, own, packet, &excess_ns)) {
        judge->refuted |= excess_ns < LEAP_MIN_NS / 2;
        judge->hope = true;
        if (excess_ns >= QUEUED_MAX_NS || is_sent_behind(peer, packet))
            note_proof(judge, own, packet);
    }
    own->again |= length_of(packet) && own->has_top && is_above(own->top, packet->seq);
    if (has_ack(packet))
        note_progress(judge, own, peer, packet);
    if (!own->fresh && is_fresh(own, packet))
        own->fresh = packet;
}

static void look(struct judge *judge)
{
    const struct lag_place *place = judge->place;
    size_t i, from = place->at > LEAP_BEFORE_MAX ? place->at - LEAP_BEFORE_MAX : 0;

    for (i = from; i < place->at; i++) {
        if (i > from)
            note_silence(judge, i);
        look_before(judge, place->list[i]);
    }
    for (i = place->at; i < place->count && !judge->refuted; i++) {
        if (i > place->at)
            note_silence(judge, i);
        look_behind(judge, place->list[i]);
    }
}

/* A machine that was held up has what was sent again soon enough behind what it held back. */
static bool is_acked(const struct judge *judge)
{
    const struct lag_place *place = judge->place;

    return judge->acked && !judge->acked->again &&
           place->list[place->count - 1]->ts_ns - judge->began_ns >= LASTING_NS;
}

enum leap_verdict leap_judge(const struct lag_place *place)
{
    struct judge judge = {.place = place};

    if (place->at == 0)
        return LEAP_NONE;
    judge.began_ns = place->list[place->at]->ts_ns;
    if (__builtin_sub_overflow(judge.began_ns, place->list[place->at - 1]->ts_ns, &judge.gap_ns))
        return LEAP_NONE;
    look(&judge);
    if (judge.refuted || (!judge.hope && place->count - place->at >= HOPE_BEHIND))
        return LEAP_NONE;
    return (judge.two && judge.lasting) || is_acked(&judge) ? LEAP_PROVED : LEAP_OPEN;
}
