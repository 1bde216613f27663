/* expect.c: flows that are about to be found, fetched into the cache side by side. */
#include "base/prefetch.h"
#include "flow/flow_table.h"

static const struct tp_flow_entry *const *bucket_of(const struct tp_flow_table *table,
                                                    const struct tp_record *record)
{
    uint32_t hash = record->has_key ? record->hash : 0;

    return (const struct tp_flow_entry *const *)&table->buckets[hash & (table->bucket_count - 1)];
}

/* Being found makes it the newest: it leaves its neighbours. */
static void fetch_neighbours(const struct tp_flow_entry *entry)
{
    if (entry->newer)
        prefetch(&entry->newer->older, 1);
    if (entry->older)
        prefetch(&entry->older->newer, 1);
}

void tp_flow_table_expect(const struct tp_flow_table *table, const struct tp_record *const *records,
                          size_t count, const struct tp_flow **flows)
{
    const struct tp_flow_entry *entry;
    size_t i;

    for (i = 0; i < count; i++)
        prefetch(bucket_of(table, records[i]), 1);
    for (i = 0; i < count; i++) /* mostly it is the first one of the bucket */
        prefetch(*bucket_of(table, records[i]), sizeof *entry);
    for (i = 0; i < count; i++) {
        entry = records[i]->has_key
                    ? tp_flow_table_lookup(table, records[i]->hash, &records[i]->key)
                    : NULL;
        flows[i] = tp_flow_of(entry);
        if (entry)
            fetch_neighbours(entry);
    }
}
