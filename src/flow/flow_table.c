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
    table->buckets = calloc(BUCKETS_FIRST, sizeof(struct tp_flow_entry *));
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

static struct tp_flow_entry **bucket_of(const struct tp_flow_table *table, uint32_t hash)
{
    return &table->buckets[hash & (table->bucket_count - 1)];
}

/* --- recency list --------------------------------------------------------------------------- */

static void recency_remove(struct tp_flow_table *table, struct tp_flow_entry *entry)
{
    *(entry->newer ? &entry->newer->older : &table->newest) = entry->older;
    *(entry->older ? &entry->older->newer : &table->oldest) = entry->newer;
}

static void recency_push(struct tp_flow_table *table, struct tp_flow_entry *entry)
{
    entry->newer = NULL;
    entry->older = table->newest;
    *(table->newest ? &table->newest->newer : &table->oldest) = entry;
    table->newest = entry;
}

/* --- hash chains ---------------------------------------------------------------------------- */

static void chain_remove(struct tp_flow_table *table, struct tp_flow_entry *entry)
{
    struct tp_flow_entry **at = bucket_of(table, entry->flow.hash);

    if (!entry->linked)
        return;
    while (*at != entry)
        at = &(*at)->chain;
    *at = entry->chain;
    entry->linked = false;
}

static struct tp_flow_entry *chain_find(struct tp_flow_entry *entry, uint32_t hash,
                                        const struct tp_flow_key *key)
{
    while (entry && (entry->flow.hash != hash || memcmp(&entry->flow.key, key, sizeof *key) != 0))
        entry = entry->chain;
    return entry;
}

struct tp_flow_entry *tp_flow_table_lookup(const struct tp_flow_table *table, uint32_t hash,
                                           const struct tp_flow_key *key)
{
    return chain_find(*bucket_of(table, hash), hash, key);
}

/* Twice as many buckets. Without memory the chains just get longer. */
static void grow(struct tp_flow_table *table)
{
    size_t i, count = table->bucket_count * 2, mask = count - 1;
    struct tp_flow_entry **buckets = calloc(count, sizeof(struct tp_flow_entry *));
    struct tp_flow_entry *entry, *next, *reversed;

    if (!buckets)
        return;
    for (i = 0; i < table->bucket_count; i++) {
        /* Reversed first: pushing at the front then keeps the newest of a 4-tuple in front. */
        for (reversed = NULL, entry = table->buckets[i]; entry; entry = next) {
            next = entry->chain;
            entry->chain = reversed;
            reversed = entry;
        }
        for (entry = reversed; entry; entry = next) {
            next = entry->chain;
            entry->chain = buckets[entry->flow.hash & mask];
            buckets[entry->flow.hash & mask] = entry;
        }
    }
    free(table->buckets);
    table->buckets = buckets;
    table->bucket_count = count;
}

/* --- flows ---------------------------------------------------------------------------------- */

static void free_entry(struct tp_flow_table *table, struct tp_flow_entry *entry)
{
    if (entry->tagged)
        tp_arena_give(&table->arena, entry->numbers, sizeof *entry->numbers);
    tp_arena_give(&table->arena, entry, sizeof *entry);
}

static void retire(struct tp_flow_table *table, struct tp_flow_entry *entry)
{
    chain_remove(table, entry);
    recency_remove(table, entry);
    table->count--;
    table->retired++;
    if (table->retire)
        table->retire(table->context, &entry->flow);
    free_entry(table, entry);
}

/* A new flow supersedes those of the same 4-tuple: only the last one before stays reachable.
 * Returns whether some live on, in other networks. */
static bool supersede(struct tp_flow_table *table, struct tp_flow_entry *entry,
                      const struct tp_record *record)
{
    unsigned apart = 0;
    struct tp_flow_entry *next;

    for (; entry; entry = next) {
        next = chain_find(entry->chain, entry->flow.hash, &entry->flow.key);
        if (entry->superseded)
            chain_remove(table, entry);
        else if (apart < APART_MAX && tp_network_part(entry, record))
            apart++;
        else
            entry->superseded = true;
    }
    return apart > 0;
}

struct tp_flow_entry *tp_flow_table_make(struct tp_flow_table *table, uint32_t hash,
                                         const struct tp_flow_key *key,
                                         const struct tp_record *record, struct tp_error *error)
{
    struct tp_flow_entry *entry = tp_arena_take(&table->arena, sizeof *entry);
    struct tp_flow_entry **bucket;

    if (!entry) {
        tp_error_nomem(error);
        return NULL;
    }
    if (supersede(table, tp_flow_table_lookup(table, hash, key), record))
        tp_network_set_apart(entry);
    while (table->count >= table->max_flows)
        retire(table, table->oldest);
    if (table->count >= table->bucket_count)
        grow(table);
    bucket = bucket_of(table, hash);
    entry->flow.key = *key;
    entry->flow.hash = hash;
    entry->flow.id = ++table->last_id;
    entry->flow.opener = -1;
    entry->chain = *bucket;
    entry->linked = true;
    *bucket = entry;
    recency_push(table, entry);
    table->count++;
    return entry;
}

/* An older flow of the 4-tuple that the record belongs to, as it does not continue the newest. */
static struct tp_flow_entry *find_older(struct tp_flow_entry *newest,
                                        const struct tp_record *record)
{
    bool apart = tp_network_is_apart(newest, record);
    struct tp_flow_entry *entry = newest;

    while ((entry = chain_find(entry->chain, entry->flow.hash, &entry->flow.key)) != NULL)
        if (tp_flow_trails(entry, record) || (apart && tp_flow_continues(entry, record)))
            return entry;
    for (entry = apart ? newest : NULL; entry;
         entry = chain_find(entry->chain, entry->flow.hash, &entry->flow.key))
        if (tp_network_fits(entry, record)) /* in a third network: it was carried there */
            return entry;
    return NULL;
}

/* The flow of a record whose key is complete. */
static struct tp_flow_entry *find_whole(struct tp_flow_table *table, const struct tp_record *record,
                                        struct tp_error *error)
{
    struct tp_flow_entry *entry = tp_flow_table_lookup(table, record->hash, &record->key);

    if (entry && tp_flow_continues(entry, record))
        return entry;
    entry = entry ? find_older(entry, record) : NULL;
    if (entry)
        return entry;
    entry = tp_flow_table_make(table, record->hash, &record->key, record, error);
    if (entry) {
        entry->flow.first_ns = record->ts_ns;
        tp_partial_claim(table, entry, record);
        tp_partial_learn(table, entry, record->local);
    }
    return entry;
}

/* Where the newest flow is meant, which it mostly is: no search at all. */
static bool is_newest(const struct tp_flow_entry *entry, const struct tp_record *record)
{
    return entry && entry->flow.hash == record->hash && !entry->superseded &&
           memcmp(&entry->flow.key, &record->key, sizeof entry->flow.key) == 0 &&
           tp_flow_continues(entry, record);
}

int tp_flow_table_find(struct tp_flow_table *table, const struct tp_record *record,
                       struct tp_flow **found, unsigned *end, struct tp_error *error)
{
    struct tp_flow_entry *entry = table->newest;

    *found = NULL;
    *end = record->local;
    if (!record->has_key || (TP_HAS(record, PROTOCOL) && record->protocol != 6))
        return TP_OK;
    if (!is_newest(entry, record)) {
        if (record->kind != TP_KIND_PACKET && tp_partial_is(record)) {
            if (tp_partial_find(table, record, &entry, end, error) < 0)
                return TP_ERR_NOMEM;
        } else {
            entry = find_whole(table, record, error);
            if (!entry)
                return TP_ERR_NOMEM;
        }
        if (!entry)
            return TP_OK;
        if (entry != table->newest) {
            recency_remove(table, entry);
            recency_push(table, entry);
        }
    }
    if (record->kind == TP_KIND_PACKET && !tp_network_is_noted(entry, record, *end) &&
        !tp_network_note(table, entry, record, *end))
        return tp_error_nomem(error);
    tp_flow_note(entry, record, *end);
    *found = &entry->flow;
    return TP_OK;
}

void tp_flow_table_number(struct tp_flow_table *table, uint32_t id)
{
    table->last_id = id - 1;
}

size_t tp_flow_table_count(const struct tp_flow_table *table)
{
    return table->count;
}

size_t tp_flow_table_most(const struct tp_flow_table *table)
{
    return table->max_flows;
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
    const struct tp_flow_entry *entry;
    struct tp_flow **list;
    size_t i = 0;

    if (!table->count)
        return NULL;
    list = malloc(table->count * sizeof(struct tp_flow *));
    if (!list)
        return NULL;
    if (table->last_id == table->count) { /* the ids are 1 to count: no sort needed */
        for (entry = table->newest; entry; entry = entry->older)
            list[entry->flow.id - 1] = tp_flow_of(entry);
        return list;
    }
    for (entry = table->newest; entry; entry = entry->older)
        list[i++] = tp_flow_of(entry);
    qsort(list, table->count, sizeof(struct tp_flow *), by_id);
    return list;
}

struct tp_flow *tp_flow_table_newest(const struct tp_flow_table *table)
{
    return tp_flow_of(table->newest);
}

struct tp_flow *tp_flow_table_older(const struct tp_flow *flow)
{
    return tp_flow_of(tp_flow_entry_of(flow)->older);
}

struct tp_flow *tp_flow_former(const struct tp_flow *flow)
{
    const struct tp_flow_entry *entry = tp_flow_entry_of(flow);
    struct tp_flow_entry *former = entry->chain;

    if (!entry->linked)
        return NULL;
    former = chain_find(former, flow->hash, &flow->key);
    return former && former->superseded ? &former->flow : NULL;
}

void tp_flow_table_free(struct tp_flow_table *table)
{
    if (!table)
        return;
    tp_arena_release(&table->arena);
    free(table->buckets);
    free(table);
}
