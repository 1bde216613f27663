/* flow_table.h: the flow table's own shape, for the files of this folder. */
#ifndef TCPPROBE_FLOW_FLOW_TABLE_H
#define TCPPROBE_FLOW_FLOW_TABLE_H

#include <tcpprobe/flow.h>

#include "base/arena.h"

/* What its packets said. */
enum {
    TP_FLOW_KNOWN = 0x01, /* and 0x02: the numbers of end 0, of end 1 */
    TP_FLOW_FIN = 0x04,   /* and 0x08 */
    TP_FLOW_RST = 0x10,
    TP_FLOW_OPEN = 0x20, /* the SYN was answered */
    TP_FLOW_APART = 0x40 /* there are others of the 4-tuple, in other networks */
};

/* Of a flow of which some packet came in a network that has a name; numbers are raw. */
struct tp_flow_numbers {
    uint32_t first[2];   /* as struct tp_flow's */
    uint32_t last[2];    /* latest */
    uint32_t network[2]; /* where each end's packets were seen first; before, its peer's */
};

/* A flow in the table. The order is that in which a search looks at them. */
struct tp_flow_entry {
    struct tp_flow_entry *chain; /* of its bucket */
    uint8_t phase[2];            /* how far each end's socket is in its life */
    uint8_t said;                /* TP_FLOW_KNOWN and the others */
    uint8_t opening;             /* what its latest SYN is told by */
    uint8_t syn_inputs;          /* where SYNs were captured: bits of inputs, modulo 8 */
    uint8_t syn_ttl[2];          /* ... least and most of hops left */
    bool linked : 1;             /* in its chain */
    bool superseded : 1;         /* by a newer flow of the same 4-tuple */
    bool tagged : 1;             /* numbers is valid, not first */
    uint8_t seen : 2;            /* ends that sent packets: bits */
    struct tp_flow flow;         /* what others may read */
    union {
        uint32_t first[2];               /* first number of each end's data, or that was seen */
        struct tp_flow_numbers *numbers; /* the same and more */
    };
    struct tp_flow_entry *newer, *older; /* recency list */
};

/* All flows are in entries. */
static inline struct tp_flow_entry *tp_flow_entry_of(const struct tp_flow *flow)
{
    return (struct tp_flow_entry *)((char *)flow - offsetof(struct tp_flow_entry, flow));
}

/* NULL: that of NULL. */
static inline struct tp_flow *tp_flow_of(const struct tp_flow_entry *entry)
{
    return entry ? (struct tp_flow *)&entry->flow : NULL;
}

static inline const uint32_t *tp_flow_first(const struct tp_flow_entry *entry)
{
    return entry->tagged ? entry->numbers->first : entry->first;
}

/* connect() calls that were seen before their socket had a port. */
#define TP_CONNECTS 64

struct tp_connect {
    int64_t ts_ns;
    uint8_t local_addr[16], peer_addr[16];
    uint16_t peer_port;
    uint32_t timeline;
    bool waiting; /* not yet claimed by a flow */
};

/* Addresses of this host, learnt from the flows. */
#define TP_LOCALS 16

struct tp_local {
    uint8_t addr[16];
    uint32_t timeline;
};

struct tp_flow_table {
    struct tp_flow_entry **buckets;
    size_t bucket_count; /* a power of two */
    size_t count, max_flows;
    uint64_t retired;
    uint32_t last_id;
    struct tp_flow_entry *newest, *oldest;
    tp_flow_retire_fn *retire;
    void *context;
    struct tp_connect connects[TP_CONNECTS]; /* ring: the next one goes to connect_next */
    unsigned connect_next;
    struct tp_local locals[TP_LOCALS]; /* ring */
    unsigned local_next, local_count;
    struct tp_arena arena; /* of entries, and of numbers */
};

/* The newest flow of that key, or NULL. */
struct tp_flow_entry *tp_flow_table_lookup(const struct tp_flow_table *table, uint32_t hash,
                                           const struct tp_flow_key *key);
/* A new one for the record, whose key may be less complete. It supersedes the flows of that key
 * but for those of other networks. */
struct tp_flow_entry *tp_flow_table_make(struct tp_flow_table *table, uint32_t hash,
                                         const struct tp_flow_key *key,
                                         const struct tp_record *record, struct tp_error *error);

/* --- lifetime.c ----------------------------------------------------------------------------- */

/* May the record belong to this flow, which is the newest of its key? */
bool tp_flow_continues(const struct tp_flow_entry *entry, const struct tp_record *record);
/* Does the record trail behind this flow, which was already superseded? */
bool tp_flow_trails(const struct tp_flow_entry *entry, const struct tp_record *record);
/* Takes down what the record, which belongs to it, says of the flow's life. */
void tp_flow_note(struct tp_flow_entry *entry, const struct tp_record *record, unsigned end);

/* --- packet_life.c ---------------------------------------------------------------------------- */

bool tp_packet_is_syn(const struct tp_record *record); /* or a SYN-ACK */
bool tp_packet_continues(const struct tp_flow_entry *entry, const struct tp_record *record);
/* Were a reset or the FINs of both ends seen? */
bool tp_packet_ended(const struct tp_flow_entry *entry);
void tp_packet_note(struct tp_flow_entry *entry, const struct tp_record *record, unsigned end);

/* --- networks.c ----------------------------------------------------------------------------- */

/* Is nothing known of networks, neither by the packet nor by the flow? */
static inline bool tp_network_is_none(const struct tp_flow_entry *entry,
                                      const struct tp_record *packet)
{
    return !TP_HAS(packet, NETWORK) && !entry->tagged;
}

/* Else: is it one of the flow's by its network and numbers? */
bool tp_network_is_here(const struct tp_flow_entry *entry, const struct tp_record *packet);
/* Do its numbers fit those that the flow's packets had? */
bool tp_network_fits(const struct tp_flow_entry *entry, const struct tp_record *packet);
/* May the record, which does not continue the flow, belong to another one of the 4-tuple? */
bool tp_network_is_apart(const struct tp_flow_entry *entry, const struct tp_record *record);
/* The record, which does not continue the flow, begins another one. Do both live, each in its own
 * network? Then the flow keeps to its own from now on. */
bool tp_network_part(struct tp_flow_entry *entry, const struct tp_record *record);
void tp_network_set_apart(struct tp_flow_entry *entry);
/* Is there nothing to take down of the packet, of that end of the flow it belongs to? */
static inline bool tp_network_is_noted(const struct tp_flow_entry *entry,
                                       const struct tp_record *packet, unsigned end)
{
    return tp_network_is_none(entry, packet) && entry->seen >> end & 1;
}

/* Takes down where the packet, which belongs to the flow, was; false if out of memory. */
bool tp_network_note(struct tp_flow_table *table, struct tp_flow_entry *entry,
                     const struct tp_record *packet, unsigned end);

/* --- partial.c ------------------------------------------------------------------------------ */

/* Does the record leave an address or a port open? */
bool tp_partial_is(const struct tp_record *record);
/* The flow that it can only mean, and its end there; NULL in *flow if there is none. */
int tp_partial_find(struct tp_flow_table *table, const struct tp_record *record,
                    struct tp_flow_entry **entry, unsigned *end, struct tp_error *error);
/* A new flow takes over the connect() that began it. */
void tp_partial_claim(struct tp_flow_table *table, struct tp_flow_entry *entry,
                      const struct tp_record *record);
void tp_partial_learn(struct tp_flow_table *table, const struct tp_flow_entry *entry,
                      unsigned local);

#endif
