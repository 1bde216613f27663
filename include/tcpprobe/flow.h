/* flow.h: which connection a record belongs to.
 *
 * A flow is one TCP connection: one 4-tuple during one lifetime. Its two ends are 0 and 1 in the
 * order of the key; where both sockets are on the traced host, both are in the same flow. The
 * reuse of a 4-tuple (a new socket cookie, a new SYN_SENT, a return after destroy, a SYN with a new
 * number) starts a new flow. So does a 4-tuple that lives in several networks at once (VLANs,
 * VXLANs, MPLS labels), which the numbers of its packets prove; that the network differs by
 * direction, or that packets are seen in two, makes no new one. When more than `max_flows` are alive,
 * the one idle for longest is retired.
 *
 * Threads: one thread at a time uses a table and its flows; tables share nothing.
 */
#ifndef TCPPROBE_FLOW_H
#define TCPPROBE_FLOW_H

#include <tcpprobe/record.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the difference of two times of a flow is. */
enum tp_timing {
    TP_TIMING_SECONDS,
    TP_TIMING_PARTS, /* not known: the clock was set back meanwhile, nobody knows by how much, or
                        its packets were sorted by such a clock */
    TP_TIMING_TICKS  /* ticks of a counter, no seconds */
};

struct tp_flow {
    struct tp_flow_key key;
    uint32_t hash;       /* tp_flow_key_hash() of it */
    int64_t first_ns;    /* first record, or the SYN_SENT that came before the port was known */
    int64_t last_ns;
    uint64_t records;
    uint64_t cookie[2];  /* of each end's socket; 0 until seen */
    uint32_t id;         /* 1, 2, 3 ... in the order of first sight */
    bool closed[2];      /* that end's socket was destroyed or reached TCP_CLOSE */
    uint8_t timing;      /* enum tp_timing; set at its end */
    int8_t opener;       /* which end sent the SYN; -1 if not seen */
    void *data;          /* of whoever keeps the table: the analysis' own */
};

struct tp_flow_table;

/* Called when a flow is retired (evicted by max_flows). The flow is freed right after. */
typedef void tp_flow_retire_fn(void *context, struct tp_flow *flow);

struct tp_flow_table *tp_flow_table_new(size_t max_flows, tp_flow_retire_fn *retire, void *context);

/* The flow that record belongs to, made if it is new, and which end of the flow's key the record's
 * socket is: record->local, unless the record named its own address only in part. NULL in *flow
 * for records that belong to no single flow (no key, a listening socket, a connect() that has no
 * port yet). */
int tp_flow_table_find(struct tp_flow_table *table, const struct tp_record *record,
                       struct tp_flow **flow, unsigned *end, struct tp_error *error);

/* For each of records that will soon be looked for, at most TP_EXPECT_MAX, the flow that has its key
 * now, or NULL: perhaps the one that will be found. Fetches into the cache what finding it takes, for
 * all of them at a time, where one after another would wait. Changes nothing. */
#define TP_EXPECT_MAX 16
void tp_flow_table_expect(const struct tp_flow_table *table, const struct tp_record *const *records,
                          size_t count, const struct tp_flow **flows);

/* A record that belongs to no flow, should it? It names a peer, and the log does not say whose: not a
 * connect() that has no port yet, which is only known to be of this host, nor a socket that listens. */
bool tp_flow_is_astray(const struct tp_record *record);

size_t tp_flow_table_count(const struct tp_flow_table *table);    /* alive now */
size_t tp_flow_table_most(const struct tp_flow_table *table);     /* max_flows */
uint64_t tp_flow_table_retired(const struct tp_flow_table *table);
/* The next flow that is new gets this id, not the one behind the last one's; it is larger than all before. */
void tp_flow_table_number(struct tp_flow_table *table, uint32_t id);
/* All flows in the order of their ids; array of tp_flow_table_count() pointers, free() it.
 * NULL if out of memory or empty. */
struct tp_flow **tp_flow_table_list(const struct tp_flow_table *table);

/* The flow that was met last, and the one that was met before that flow; NULL if there is none. */
struct tp_flow *tp_flow_table_newest(const struct tp_flow_table *table);
struct tp_flow *tp_flow_table_older(const struct tp_flow *flow);

/* The flow of the same 4-tuple that a new one superseded, which is this, while the table has both; else
 * NULL. */
struct tp_flow *tp_flow_former(const struct tp_flow *flow);

void tp_flow_table_free(struct tp_flow_table *table); /* frees the flows, not their data */

#ifdef __cplusplus
}
#endif

#endif
