/* answers.c: how large what arrived is, which of the peer's packets are missing, and how they come.
 *
 * Sizes: a path that loses what is larger than its MTU, and tells nobody, loses such a segment each
 * time, while smaller ones pass (RFC 2923, 2.1). As soon as the first of the largest ones has
 * arrived that is excluded, and nothing more is kept.
 *
 * Numbers: a socket of Linux counts its packets in the identification of IPv4
 * (net/ipv4/ip_output.c, ip_select_ident_segs()). What is missing there was lost before it was
 * captured: an ACK, of an end that sends no data. Others number the packets of all their
 * connections in one row; there an ACK behind a gap acknowledges no more than one behind none, and
 * so who asks can tell them apart.
 *
 * Bunches: timestamps in ACKs (RFC 7323) are of the clock of who sends them.
 */
#include <stdlib.h>

#include "analyze/answers.h"

/* --- sizes ------------------------------------------------------------------------------------ */

static bool is_within(uint32_t seq, uint32_t begin, uint32_t bytes)
{
    return seq - begin < bytes;
}

static void forget_sent(struct tp_answers_kept *kept)
{
    free(kept->sent);
    kept->sent = NULL;
    kept->sent_count = 0;
}

/* Without the handshake nobody knows of how many segments a packet is. */
static bool is_size_known(const struct tp_sight *sight)
{
    const struct tp_handshake *handshake =
        tp_connection_handshake(tp_flow_connection(sight->visit->flow));

    return handshake->syn && handshake->synack;
}

static int note_sent(struct tp_answers_kept *kept, const struct tp_sight *sight)
{
    const struct tp_record *packet = sight->packet;
    uint32_t segs = sight->meaning->segs ? sight->meaning->segs : 1, bytes = packet->payload;
    struct tp_sent_segment *at;

    if (kept->over || !is_size_known(sight))
        return TP_OK;
    if (!kept->sent && !(kept->sent = malloc(TP_SENT_KEPT * sizeof *kept->sent)))
        return TP_ERR_NOMEM;
    for (uint32_t i = 0; i < kept->sent_count; i++) {
        at = &kept->sent[i];
        at->replaced |= is_within(packet->seq, at->seq, at->bytes) && bytes < at->bytes;
    }
    if (kept->sent_count == TP_SENT_KEPT) {
        kept->over = true;
        kept->before = kept->told.large = (struct tp_large_segments){0};
        forget_sent(kept);
        return TP_OK;
    }
    kept->sent[kept->sent_count++] = (struct tp_sent_segment){
        .ns = sight->now_ns, .seq = packet->seq, .bytes = bytes, .size = (bytes + segs - 1) / segs};
    return TP_OK;
}

static bool is_covered(const struct tp_sent_segment *segment, const struct tp_record *packet)
{
    uint32_t end = segment->seq + segment->bytes;

    if ((int32_t)(packet->ack - end) >= 0)
        return true;
    for (unsigned i = 0; TP_HAS(packet, SACK) && i < packet->sack.count; i++)
        if ((int32_t)(segment->seq - packet->sack.edge[i][0]) >= 0 &&
            (int32_t)(packet->sack.edge[i][1] - end) >= 0)
            return true;
    return false;
}

static void count_large(struct tp_answers_kept *kept)
{
    struct tp_large_segments *large = &kept->told.large;
    uint32_t passed_bytes = large->passed_bytes;

    *large = (struct tp_large_segments){.passed_bytes = large->passed_bytes};
    if (kept->before.sent && kept->before.passed_bytes == passed_bytes)
        *large = kept->before;
    for (uint32_t i = 0; i < kept->sent_count; i++) {
        const struct tp_sent_segment *at = &kept->sent[i];

        if (at->size > large->passed_bytes) {
            large->first_ns = large->sent++ ? large->first_ns : at->ns;
            large->last_ns = at->ns;
            large->bytes = at->size > large->bytes ? at->size : large->bytes;
        } else if (at->passed && large->sent) {
            large->passed_behind++;
        }
    }
}

static void note_arrived(struct tp_answers_kept *kept, const struct tp_record *packet)
{
    struct tp_large_segments *large = &kept->told.large;
    uint32_t open = 0;

    for (uint32_t i = 0; i < kept->sent_count; i++) {
        struct tp_sent_segment *at = &kept->sent[i];

        if (!at->passed && !at->replaced && is_covered(at, packet)) {
            at->passed = true;
            large->passed_bytes = at->size > large->passed_bytes ? at->size : large->passed_bytes;
        }
        open += !at->passed && !at->replaced;
    }
    if (open)
        return;
    count_large(kept);
    kept->before = *large;
    forget_sent(kept);
}

/* --- numbers ---------------------------------------------------------------------------------- */

#define GAP_MAX 64 /* further apart they are not of one row */

/* Windows begins with 128 hops, and numbers all of its packets in one row. */
#define LINUX_HOPS 64

static bool is_linux(const struct tp_record *packet)
{
    return TP_HAS(packet, TTL) && packet->ttl > 0 && packet->ttl <= LINUX_HOPS;
}

static void note_number(struct tp_answers_kept *kept, const struct tp_sight *sight)
{
    struct tp_numbered *numbered = &kept->told.numbered;
    uint16_t before = kept->ip_id, step;
    uint64_t acked = sight->meaning->acked_bytes;

    if (!TP_HAS(sight->packet, IP_ID) || !is_linux(sight->packet))
        return;
    kept->ip_id = sight->packet->ip_id;
    if (!kept->has_id) {
        kept->has_id = true;
        return;
    }
    step = (uint16_t)(kept->ip_id - before);
    if (step == 0 || step > GAP_MAX) {
        numbered->strange++;
        return;
    }
    numbered->in_row += step == 1;
    numbered->gaps += step > 1;
    numbered->missing += step - 1u;
    if (!acked)
        return;
    *(step > 1 ? &numbered->acks_behind : &numbered->acks_in_row) += 1;
    *(step > 1 ? &numbered->acked_behind : &numbered->acked_in_row) += acked;
}

/* --- bunches ---------------------------------------------------------------------------------- */

#define TOGETHER_NS INT64_C(1000000)    /* what is further apart is another bunch */
#define CLOCK_NS    INT64_C(1000000000) /* before that nobody knows how fast timestamps tick */
#define COMPRESSED  4                   /* times faster than they were sent */

static double tick_ns(const struct tp_answers_kept *kept)
{
    uint32_t ticks = kept->tsval_last - kept->tsval_first;

    return ticks && ticks <= INT32_MAX ? (double)(kept->last_ns - kept->first_ns) / ticks : 0;
}

static void end_bunch(struct tp_answers_kept *kept)
{
    struct tp_bunches *bunches = &kept->told.bunches;
    uint32_t ticks = kept->tsval_last - kept->bunch_tsval;
    int64_t came_ns = kept->last_ns - kept->bunch_ns;
    double sent_ns = tick_ns(kept) * (ticks <= INT32_MAX ? ticks : 0);

    if (kept->last_ns - kept->first_ns >= CLOCK_NS) {
        bunches->all_acks += kept->bunch_acks;
        if (kept->bunch_acks >= TP_BUNCH_ACKS && sent_ns >= (double)TP_BUNCH_NS &&
            sent_ns >= COMPRESSED * (double)came_ns) {
            bunches->count++;
            bunches->acks += kept->bunch_acks;
            bunches->sent_ns += (int64_t)sent_ns;
            bunches->came_ns += came_ns;
        }
    }
    kept->bunch_acks = 0;
}

static void note_timestamp(struct tp_answers_kept *kept, const struct tp_sight *sight)
{
    uint32_t tsval = sight->packet->tsval;

    if (!TP_HAS(sight->packet, TSVAL) || !sight->meaning->acked_bytes)
        return;
    if (!kept->has_clock) {
        kept->has_clock = true;
        kept->tsval_first = tsval;
        kept->first_ns = sight->now_ns;
    } else if (kept->bunch_acks && sight->now_ns - kept->last_ns > TOGETHER_NS) {
        end_bunch(kept);
    }
    if (!kept->bunch_acks++) {
        kept->bunch_tsval = tsval;
        kept->bunch_ns = sight->now_ns;
    }
    kept->tsval_last = tsval;
    kept->last_ns = sight->now_ns;
}

/* --- the pass --------------------------------------------------------------------------------- */

int tp_answers_note(struct tp_sight *sight)
{
    const struct tp_meaning *meaning = sight->meaning;
    const struct tp_record *packet = sight->packet;
    struct tp_end *own = tp_end_of(sight->visit->flow, meaning->end);
    struct tp_end *other = tp_end_of(sight->visit->flow, 1 - meaning->end);

    if (own && meaning->is_data && packet->payload) {
        if (!own->answers && !(own->answers = calloc(1, sizeof *own->answers)))
            return TP_ERR_NOMEM;
        if (note_sent(own->answers, sight) < 0)
            return TP_ERR_NOMEM;
    }
    if (!other || !other->answers)
        return TP_OK;
    if (!meaning->has_ack || !TP_HAS(packet, ACK)) /* a RST is of no socket, and has no number */
        return TP_OK;
    note_number(other->answers, sight);
    note_arrived(other->answers, packet);
    note_timestamp(other->answers, sight);
    return TP_OK;
}

void tp_answers_free(struct tp_answers_kept *kept)
{
    if (kept)
        free(kept->sent);
    free(kept);
}

const struct tp_answers *tp_flow_answers(const struct tp_flow *flow, unsigned end)
{
    const struct tp_end *of = tp_end_of(flow, end);

    if (!of || !of->answers)
        return NULL;
    count_large(of->answers);
    return &of->answers->told;
}
