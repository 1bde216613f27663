/* flow_table.c: from the 4-tuple of a record to the connection that it belongs to.
 *
 * Flows hang in hash chains, the newest of a 4-tuple first. A flow that was superseded by the reuse
 * of its 4-tuple stays in the chain while it is the last one before, for the records that trail
 * behind (tcp_destroy_sock after the next connect()). Those of other networks stay as well, as they
 * live at the same time. A recency list gives the flow to retire.
 *
 * What begins a new flow, and when, is lifetime.c and networks.c; records that name their socket's
 * address only in part are partial.c.
 */
#include <stdlib.h>
#include <string.h>

#include "flow/flow_table.h"

#define BUCKETS_FIRST 1024
#define APART_MAX     16 /* flows of one 4-tuple that live at once */

struct tp_flow_table *tp_flow_table_new(size_t max_flows, tp_flow_retire_fn *retire, void *context)
{
    struct tp_flow_table *table = calloc(1, sizeof *table);

    if (!table)
        return NULL;
    table->buckets = calloc(BUCKETS_FIRST, sizeof(struct tp_flow *));
    if (!table->buckets) {
        free(table);
        return NULL;
    }
    table->bucket_count = BUCKETS_FIRST;
    table->max_flows = max_flows ? max_flows : 1;
    table->retire = retire;
    table->context = context;
    return table;
}

static struct tp_flow **bucket_of(const struct tp_flow_table *table, uint32_t hash)
{
    return &table->buckets[hash & (table->bucket_count - 1)];
}

/* --- recency list --------------------------------------------------------------------------- */

static void recency_remove(struct tp_flow_table *table, struct tp_flow *flow)
{
    *(flow->newer ? &flow->newer->older : &table->newest) = flow->older;
    *(flow->older ? &flow->older->newer : &table->oldest) = flow->newer;
}

static void recency_push(struct tp_flow_table *table, struct tp_flow *flow)
{
    flow->newer = NULL;
    flow->older = table->newest;
    *(table->newest ? &table->newest->newer : &table->oldest) = flow;
    table->newest = flow;
}

/* --- hash chains ---------------------------------------------------------------------------- */

static void chain_remove(struct tp_flow_table *table, struct tp_flow *flow)
{
    struct tp_flow **at = bucket_of(table, flow->hash);

    if (!flow->linked)
        return;
    while (*at != flow)
        at = &(*at)->chain;
    *at = flow->chain;
    flow->linked = false;
}

static struct tp_flow *chain_find(struct tp_flow *flow, uint32_t hash,
                                  const struct tp_flow_key *key)
{
    while (flow && (flow->hash != hash || memcmp(&flow->key, key, sizeof *key) != 0))
        flow = flow->chain;
    return flow;
}

struct tp_flow *tp_flow_table_lookup(const struct tp_flow_table *table, uint32_t hash,
                                     const struct tp_flow_key *key)
{
    return chain_find(*bucket_of(table, hash), hash, key);
}

/* Twice as many buckets. Without memory the chains just get longer. */
static void grow(struct tp_flow_table *table)
{
    size_t i, count = table->bucket_count * 2, mask = count - 1;
    struct tp_flow **buckets = calloc(count, sizeof(struct tp_flow *));
    struct tp_flow *flow, *next, *reversed;

    if (!buckets)
        return;
    for (i = 0; i < table->bucket_count; i++) {
        /* Reversed first: pushing at the front then keeps the newest of a 4-tuple in front. */
        for (reversed = NULL, flow = table->buckets[i]; flow; flow = next) {
            next = flow->chain;
            flow->chain = reversed;
            reversed = flow;
        }
        for (flow = reversed; flow; flow = next) {
            next = flow->chain;
            flow->chain = buckets[flow->hash & mask];
            buckets[flow->hash & mask] = flow;
        }
    }
    free(table->buckets);
    table->buckets = buckets;
    table->bucket_count = count;
}

/* --- flows ---------------------------------------------------------------------------------- */

static void free_flow(struct tp_flow *flow)
{
    if (flow->tagged)
        free(flow->numbers);
    free(flow);
}

static void retire(struct tp_flow_table *table, struct tp_flow *flow)
{
    chain_remove(table, flow);
    recency_remove(table, flow);
    table->count--;
    table->retired++;
    if (table->retire)
        table->retire(table->context, flow);
    free_flow(flow);
}

/* A new flow supersedes those of the same 4-tuple: only the last one before stays reachable.
 * Returns whether some live on, in other networks. */
static bool supersede(struct tp_flow_table *table, struct tp_flow *flow,
                      const struct tp_record *record)
{
    unsigned apart = 0;
    struct tp_flow *next;

    for (; flow; flow = next) {
        next = chain_find(flow->chain, flow->hash, &flow->key);
        if (flow->superseded)
            chain_remove(table, flow);
        else if (apart < APART_MAX && tp_network_part(flow, record))
            apart++;
        else
            flow->superseded = true;
    }
    return apart > 0;
}

struct tp_flow *tp_flow_table_make(struct tp_flow_table *table, uint32_t hash,
                                   const struct tp_flow_key *key, const struct tp_record *record,
                                   struct tp_error *error)
{
    struct tp_flow *flow = calloc(1, sizeof *flow);
    struct tp_flow **bucket;

    if (!flow) {
        tp_error_nomem(error);
        return NULL;
    }
    if (supersede(table, tp_flow_table_lookup(table, hash, key), record))
        tp_network_set_apart(flow);
    while (table->count >= table->max_flows)
        retire(table, table->oldest);
    if (table->count >= table->bucket_count)
        grow(table);
    bucket = bucket_of(table, hash);
    flow->key = *key;
    flow->hash = hash;
    flow->id = ++table->last_id;
    flow->opener = -1;
    flow->chain = *bucket;
    flow->linked = true;
    *bucket = flow;
    recency_push(table, flow);
    table->count++;
    return flow;
}

/* An older flow of the 4-tuple that the record belongs to, as it does not continue the newest. */
static struct tp_flow *find_older(struct tp_flow *newest, const struct tp_record *record)
{
    bool apart = tp_network_is_apart(newest, record);
    struct tp_flow *flow = newest;

    while ((flow = chain_find(flow->chain, flow->hash, &flow->key)) != NULL)
        if (tp_flow_trails(flow, record) || (apart && tp_flow_continues(flow, record)))
            return flow;
    for (flow = apart ? newest : NULL; flow; flow = chain_find(flow->chain, flow->hash, &flow->key))
        if (tp_network_fits(flow, record)) /* in a third network: it was carried there */
            return flow;
    return NULL;
}

/* The flow of a record whose key is complete. */
static struct tp_flow *find_whole(struct tp_flow_table *table, const struct tp_record *record,
                                  struct tp_error *error)
{
    struct tp_flow *flow = tp_flow_table_lookup(table, record->hash, &record->key);

    if (flow && tp_flow_continues(flow, record))
        return flow;
    flow = flow ? find_older(flow, record) : NULL;
    if (flow)
        return flow;
    flow = tp_flow_table_make(table, record->hash, &record->key, record, error);
    if (flow) {
        flow->first_ns = record->ts_ns;
        tp_partial_claim(table, flow, record);
        tp_partial_learn(table, flow, record->local);
    }
    return flow;
}

/* Where the newest flow is meant, which it mostly is: no search at all. */
static bool is_newest(const struct tp_flow *flow, const struct tp_record *record)
{
    return flow && flow->hash == record->hash && !flow->superseded &&
           memcmp(&flow->key, &record->key, sizeof flow->key) == 0 &&
           tp_flow_continues(flow, record);
}

int tp_flow_table_find(struct tp_flow_table *table, const struct tp_record *record,
                       struct tp_flow **found, unsigned *end, struct tp_error *error)
{
    struct tp_flow *flow = table->newest;

    *found = NULL;
    *end = record->local;
    if (!record->has_key || (TP_HAS(record, PROTOCOL) && record->protocol != 6))
        return TP_OK;
    if (!is_newest(flow, record)) {
        if (record->kind != TP_KIND_PACKET && tp_partial_is(record)) {
            if (tp_partial_find(table, record, &flow, end, error) < 0)
                return TP_ERR_NOMEM;
        } else {
            flow = find_whole(table, record, error);
            if (!flow)
                return TP_ERR_NOMEM;
        }
        if (!flow)
            return TP_OK;
        if (flow != table->newest) {
            recency_remove(table, flow);
            recency_push(table, flow);
        }
    }
    if (record->kind == TP_KIND_PACKET && !tp_network_is_noted(flow, record, *end) &&
        !tp_network_note(flow, record, *end))
        return tp_error_nomem(error);
    tp_flow_note(flow, record, *end);
    *found = flow;
    return TP_OK;
}

size_t tp_flow_table_count(const struct tp_flow_table *table)
{
    return table->count;
}

uint64_t tp_flow_table_retired(const struct tp_flow_table *table)
{
    return table->retired;
}

static int by_id(const void *a, const void *b)
{
    const struct tp_flow *const *x = a, *const *y = b;

    return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

struct tp_flow **tp_flow_table_list(const struct tp_flow_table *table)
{
    struct tp_flow **list, *flow;
    size_t i = 0;

    if (!table->count)
        return NULL;
    list = malloc(table->count * sizeof(struct tp_flow *));
    if (!list)
        return NULL;
    if (!table->retired) { /* the ids are 1 to count: no sort needed */
        for (flow = table->newest; flow; flow = flow->older)
            list[flow->id - 1] = flow;
        return list;
    }
    for (flow = table->newest; flow; flow = flow->older)
        list[i++] = flow;
    qsort(list, table->count, sizeof(struct tp_flow *), by_id);
    return list;
}

struct tp_flow *tp_flow_table_newest(const struct tp_flow_table *table)
{
    return table->newest;
}

void tp_flow_table_free(struct tp_flow_table *table)
{
    struct tp_flow *flow, *older;

    if (!table)
        return;
    for (flow = table->newest; flow; flow = older) {
        older = flow->older;
        free_flow(flow);
    }
    free(table->buckets);
    free(table);
}
