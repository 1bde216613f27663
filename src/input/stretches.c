/* stretches.c: a reading ahead, and the last packet of each end. */
#include <stdlib.h>

#include "input/order.h"
#include "input/reader.h"
#include "input/stretches.h"

#define CONNECTIONS 1024 /* that are looked at: one for each remainder of the hash */

/* The last packet of each end, but for resets, how many it sent, and in which stretch. */
struct last_seen {
    struct tp_record last[2];
    uint64_t count[2];
    unsigned stretch[2];
};

struct search {
    struct stretches *found; /* where they would begin */
    struct last_seen *seen;
    uint64_t packets;
    bool proven, over;
    int64_t latest_ns; /* in this stretch; valid if packets */
};

/* NULL: another connection is looked at in its place. */
static struct last_seen *seen_of(const struct search *search, const struct tp_record *packet)
{
    struct last_seen *seen = &search->seen[packet->hash % CONNECTIONS];
    const struct tp_record *known = &seen->last[!seen->count[0]];

    if ((seen->count[0] || seen->count[1]) &&
        (known->hash != packet->hash || !tp_flow_key_equal(&known->key, &packet->key)))
        return NULL;
    return seen;
}

static void remember(struct last_seen *seen, const struct tp_record *packet, unsigned stretch)
{
    if (TP_HAS(packet, FLAGS) && packet->flags & TP_TCP_RST)
        return;
    seen->last[packet->local] = *packet;
    seen->stretch[packet->local] = stretch;
    seen->count[packet->local]++;
}

/* --- where another one begins ----------------------------------------------------------------- */

static bool goes_back(int64_t from_ns, int64_t to_ns)
{
    int64_t back_ns;

    return __builtin_sub_overflow(from_ns, to_ns, &back_ns) ? to_ns < from_ns
                                                            : back_ns >= CLOCK_STEP_MIN_NS;
}

static void begin_stretch(struct search *search, const struct tp_record *packet)
{
    struct stretches *found = search->found;

    search->over = found->count == STRETCHES_MAX;
    if (search->over)
        search->proven = false;
    else
        found->first[found->count++] = packet->frame;
    search->latest_ns = packet->ts_ns;
}

/* peer: the last packet of the other end, of so many. */
static bool is_behind_its_answers(const struct tp_record *packet, const struct tp_record *peer,
                                  uint64_t peer_count, bool is_first)
{
    if (peer->ts_ns <= packet->ts_ns)
        return false;
    return order_is_older(packet, peer) ||
           (is_first && peer_count > TP_SORT_WINDOW && order_of(packet, peer) == ORDER_UNKNOWN);
}

/* Fewer packets than a window are sorted anyway. */
static void look_at_peer(struct search *search, const struct last_seen *seen,
                         const struct tp_record *packet)
{
    unsigned peer = !packet->local;

    if (!seen->count[peer])
        return;
    search->proven = search->packets > TP_SORT_WINDOW &&
                     is_behind_its_answers(packet, &seen->last[peer], seen->count[peer],
                                           !seen->count[packet->local]);
    search->over = !search->proven && seen->stretch[peer] == search->found->count;
}

static void look_at(struct search *search, const struct tp_record *packet)
{
    struct last_seen *seen = seen_of(search, packet);

    if (!search->packets++)
        search->found->first_ns = search->latest_ns = packet->ts_ns;
    if (goes_back(search->latest_ns, packet->ts_ns))
        begin_stretch(search, packet);
    if (packet->ts_ns > search->latest_ns)
        search->latest_ns = packet->ts_ns;
    if (packet->ts_ns < search->found->first_ns)
        search->found->first_ns = packet->ts_ns;
    if (seen && !search->proven && !search->over)
        look_at_peer(search, seen, packet);
    if (seen)
        remember(seen, packet, search->found->count);
}

/* --- reading ---------------------------------------------------------------------------------- */

static int look_through(struct search *search, struct reader *reader)
{
    const struct batch *batch;
    size_t i;
    int rc = TP_OK;

    while (!search->over && (rc = reader_next(reader, &batch, NULL)) == 1)
        for (i = 0; i < batch->count && !search->over; i++)
            if (batch->records[i].has_key)
                look_at(search, &batch->records[i]);
    return rc;
}

int stretches_find(struct stretches *found, const struct tp_input_info *input,
                   const struct tp_stream_options *options, struct tp_error *error)
{
    const struct parser_options parser_options = parser_options_of(options, ORDER_FIELDS);
    struct search search = {.found = found};
    struct tp_input_info info = {0};
    struct reader *reader;
    int rc;

    *found = (struct stretches){.count = 1, .first = {1}};
    if (!input->capture || !tp_input_may_again(input))
        return TP_OK;
    search.seen = calloc(CONNECTIONS, sizeof *search.seen);
    if (!search.seen)
        return tp_error_nomem(error);
    rc = reader_again(&reader, input, options, &parser_options, &info, NULL);
    if (rc == TP_OK)
        rc = look_through(&search, reader);
    reader_close(reader);
    free(search.seen);
    if (!search.proven)
        found->count = 1;
    return rc == TP_ERR_NOMEM ? tp_error_nomem(error) : TP_OK;
}
