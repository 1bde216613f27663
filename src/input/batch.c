/* batch.c: an array that grows, and counts. */
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "input/batch.h"
#include "input/packet.h"

void batch_release(struct batch *batch)
{
    free(batch->records);
    free(batch->parts);
    batch->records = NULL;
    batch->parts = NULL;
    batch->count = batch->allocated = 0;
    batch->part_count = batch->parts_allocated = 0;
}

void batch_clear(struct batch *batch)
{
    batch->count = batch->part_count = 0;
    batch->format = NULL;
    batch->ticks = batch->sampled = batch->hinted = false;
    batch->lines = batch->malformed = 0;
    batch->other_total = batch->opaque_total = 0;
    batch->others = 0;
    batch->starts = 0;
    batch->headers = (struct header_count){0};
    batch->packets_dropped = 0;
    batch->cut = batch->headers_cut = batch->filtered = 0;
    batch->fragments = batch->tunnelled = batch->no_length = 0;
}

#define RECORDS_FIRST 256

struct tp_record *batch_next(struct batch *batch)
{
    if (!TP_LIST_ROOM(batch->records, batch->count, batch->allocated, RECORDS_FIRST))
        return NULL;
    return &batch->records[batch->count];
}

struct packet_fragment *batch_next_fragment(struct batch *batch)
{
    size_t grown = batch->parts_allocated ? batch->parts_allocated * 2 : 16;
    struct packet_fragment *parts;

    if (batch->part_count == batch->parts_allocated) {
        parts = realloc(batch->parts, grown * sizeof *parts);
        if (!parts)
            return NULL;
        batch->parts = parts;
        batch->parts_allocated = grown;
    }
    return &batch->parts[batch->part_count++];
}

bool batch_malformed(struct batch *batch)
{
    if (batch->malformed++)
        return false;
    batch->malformed_line = batch->lines;
    batch->malformed_column = 0;
    return true;
}

static void count_other(struct batch *batch, const char *name, size_t length, bool opaque)
{
    struct tp_other_event *other;
    unsigned i;

    batch->other_total++;
    batch->opaque_total += opaque;
    if (length >= sizeof other->name)
        length = sizeof other->name - 1;
    for (i = 0; i < batch->others; i++) {
        other = &batch->other[i];
        if (other->opaque == opaque && memcmp(other->name, name, length) == 0 &&
            other->name[length] == '\0') {
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
    other->opaque = opaque;
}

void batch_count_other(struct batch *batch, const char *name, size_t length)
{
    count_other(batch, name, length, false);
}

void batch_count_opaque(struct batch *batch, const char *name)
{
    count_other(batch, name, strlen(name), true);
}
