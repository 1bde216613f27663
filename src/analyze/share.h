/* share.h: the work of one analysis shared between threads.
 *
 * Flows fall into eighths by the hash of their key. What flows have in common beside the budgets of
 * the whole analysis (the packets that were seen lately, room for segments in flight, the number of
 * flows that are told of from their first packet on) they have in common with those of their
 * eighth, so that nothing depends on how many threads there are. A share looks at the flows of some
 * eighths; every share is shown every record. Its flows are numbered by the record that they began
 * with: put together, they get the numbers that they would have had.
 *
 * The budgets of the whole are a matter of order: who had to give way depends on what came before,
 * in all eighths. There is no telling that in shares, so they give up, and the records are analysed
 * once more by one thread. The same where the capture's clock was set: that concerns all flows.
 */
#ifndef TCPPROBE_ANALYZE_SHARE_H
#define TCPPROBE_ANALYZE_SHARE_H

#include <stdatomic.h>

#include <tcpprobe/analyze.h>

#define TP_EIGHTHS      8
#define TP_FLOWS_EARLY  640 /* of an eighth; together the first 4096 flows at least */
#define TP_SHARE_GRANT  ((size_t)256 << 10)
#define TP_WIRES_BUDGET ((size_t)4 << 20) /* bytes for segments in flight of an eighth */

struct tp_eighth {
    struct tp_wires *wires; /* NULL before the first packet */
    uint32_t begun;         /* flows; saturates at TP_FLOWS_EARLY */
};

/* What the shares of one analysis tell each other. */
struct tp_shares_common {
    atomic_size_t left_bytes; /* of the budget for distributions, not granted to any of them */
    atomic_bool given_up;
    atomic_uint users; /* the last one frees it */
};

struct tp_share {
    unsigned number, count;          /* one of so many; count 0: it is the whole */
    struct tp_shares_common *common; /* NULL: it is the whole */
    uint32_t seen;                   /* records */
};

static inline unsigned tp_eighth_number(uint32_t hash)
{
    return hash >> 29;
}

static inline struct tp_eighth *tp_eighth_of(struct tp_eighth *eighths, uint32_t hash)
{
    return &eighths[tp_eighth_number(hash)];
}

/* NULL: out of memory. */
struct tp_wires *tp_eighth_wires(struct tp_eighth *eighth, struct tp_arena *arena);
/* A flow begins: is it one of the first? */
bool tp_eighth_begin(struct tp_eighth *eighth);

/* Does another share look at it? */
static inline bool tp_share_is_foreign(const struct tp_share *share, const struct tp_record *record)
{
    return share->count && tp_eighth_number(record->hash) % share->count != share->number;
}

/* The next record. Negative: this cannot be done in shares, and all of them end. */
int tp_share_see(struct tp_share *share, const struct tp_record *record);
/* More memory for distributions; false: there is no more. */
bool tp_share_grant(struct tp_share *share, size_t *limit_bytes);

#endif
