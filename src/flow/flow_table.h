/* flow_table.h: the flow table's own shape, for the files of this folder. */
#ifndef TCPPROBE_FLOW_FLOW_TABLE_H
#define TCPPROBE_FLOW_FLOW_TABLE_H

#include <tcpprobe/flow.h>

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
    struct tp_flow **buckets;
    size_t bucket_count; /* a power of two */
    size_t count, max_flows;
    uint64_t retired;
    uint32_t last_id;
    struct tp_flow *newest, *oldest;
    tp_flow_retire_fn *retire;
    void *context;
    struct tp_connect connects[TP_CONNECTS]; /* ring: the next one goes to connect_next */
    unsigned connect_next;
    struct tp_local locals[TP_LOCALS]; /* ring */
    unsigned local_next, local_count;
};

/* The newest flow of that key, or NULL. */
struct tp_flow *tp_flow_table_lookup(const struct tp_flow_table *table, uint32_t hash,
                                     const struct tp_flow_key *key);
/* A new one, which supersedes it. */
struct tp_flow *tp_flow_table_make(struct tp_flow_table *table, uint32_t hash,
                                   const struct tp_flow_key *key, struct tp_error *error);

/* --- lifetime.c ----------------------------------------------------------------------------- */

/* May the record belong to this flow, which is the newest of its key? */
bool tp_flow_continues(const struct tp_flow *flow, const struct tp_record *record);
/* Does the record trail behind this flow, which was already superseded? */
bool tp_flow_trails(const struct tp_flow *flow, const struct tp_record *record);
/* Takes down what the record, which belongs to it, says of the flow's life. */
void tp_flow_note(struct tp_flow *flow, const struct tp_record *record, unsigned end);

/* --- packet_life.c ---------------------------------------------------------------------------- */

bool tp_packet_is_syn(const struct tp_record *record); /* or a SYN-ACK */
bool tp_packet_continues(const struct tp_flow *flow, const struct tp_record *record);
/* Were a reset or the FINs of both ends seen? */
bool tp_packet_ended(const struct tp_flow *flow);
void tp_packet_note(struct tp_flow *flow, const struct tp_record *record, unsigned end);

/* --- partial.c ------------------------------------------------------------------------------ */

/* Does the record leave an address or a port open? */
bool tp_partial_is(const struct tp_record *record);
/* The flow that it can only mean, and its end there; NULL in *flow if there is none. */
int tp_partial_find(struct tp_flow_table *table, const struct tp_record *record,
                    struct tp_flow **flow, unsigned *end, struct tp_error *error);
/* A new flow takes over the connect() that began it. */
void tp_partial_claim(struct tp_flow_table *table, struct tp_flow *flow,
                      const struct tp_record *record);
void tp_partial_learn(struct tp_flow_table *table, const struct tp_flow *flow, unsigned local);

#endif
