/* batch.c: an array that grows, and counts. */
#include <stdlib.h>
#include <string.h>

#include "input/batch.h"

void batch_release(struct batch *batch)
{
    free(batch->records);
    batch->records = NULL;
    batch->count = batch->allocated = 0;
}

void batch_clear(struct batch *batch)
{
    batch->count = 0;
    batch->format = NULL;
    batch->ticks = false;
    batch->lines = batch->malformed = batch->other_total = 0;
    batch->others = 0;
    batch->headers = 0;
    batch->packets_dropped = 0;
    batch->cut = batch->headers_cut = batch->filtered = 0;
    batch->fragments = batch->tunnelled = batch->no_length = 0;
}

struct tp_record *batch_next(struct batch *batch)
{
    size_t grown = batch->allocated ? batch->allocated * 2 : 256;
    struct tp_record *records;

    if (batch->count == batch->allocated) {
        records = realloc(batch->records, grown * sizeof *records);
        if (!records)
            return NULL;
        batch->records = records;
        batch->allocated = grown;
    }
    return &batch->records[batch->count];
}

bool batch_malformed(struct batch *batch)
{
    if (batch->malformed++)
        return false;
    batch->malformed_line = batch->lines;
    batch->malformed_column = 0;
    return true;
}

void batch_count_other(struct batch *batch, const char *name, size_t length)
{
    struct tp_other_event *other;
    unsigned i;

    batch->other_total++;
    if (length >= sizeof other->name)
        length = sizeof other->name - 1;
    for (i = 0; i < batch->others; i++) {
        other = &batch->other[i];
        if (memcmp(other->name, name, length) == 0 && other->name[length] == '\0') {
            other->count++;
            return;
        }
    }
    if (batch->others == TP_OTHER_EVENTS_MAX)
        return;
    other = &batch->other[batch->others++];
    memcpy(other->name, name, length);
    other->name[length] = '\0';
    other->count = 1;
}
