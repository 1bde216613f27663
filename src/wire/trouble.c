/* trouble.c: what only directions with losses, probes or oddities keep. */
#include <stdlib.h>

#include "wire/direction.h"

#define RESENT_FIRST 8

struct trouble *trouble_of(struct direction *dir)
{
    struct trouble *trouble = trouble_if(dir);

    if (!trouble) {
        trouble = calloc(1, sizeof *trouble);
        dir->wire.trouble = trouble ? &trouble->sums : NULL;
        dir->wire.state |= trouble ? 0 : DIR_STARVED;
    }
    return trouble;
}

int trouble_hole(struct direction *dir, const struct hole *hole)
{
    struct trouble *trouble = trouble_of(dir);

    return trouble ? holes_add(&trouble->holes, hole) : TP_ERR_NOMEM;
}

void trouble_forget(struct trouble *trouble)
{
    free(trouble->holes);
    trouble->holes = NULL;
    trouble->sacked_bytes = trouble->lost_bytes = trouble->sacked_max = 0;
    trouble->blocks = trouble->dup_acks = 0;
    trouble->episode = TP_CAUSE_NONE;
    trouble->resent_start = UINT64_MAX;
    trouble->resent_count = trouble->resent_next = 0;
}

size_t trouble_bytes(const struct trouble *trouble)
{
    size_t bytes = sizeof *trouble + trouble->resent_allocated * sizeof(struct resent);

    if (trouble->holes)
        bytes += sizeof *trouble->holes + trouble->holes->allocated * sizeof(struct hole);
    return bytes;
}

void trouble_free(struct trouble *trouble)
{
    if (trouble) {
        free(trouble->resent);
        free(trouble->holes);
    }
    free(trouble);
}

static bool grow(struct trouble *trouble)
{
    uint32_t allocated = trouble->resent_allocated ? trouble->resent_allocated * 2 : RESENT_FIRST;
    struct resent *grown;

    if (allocated > RESENT_MAX)
        return trouble->resent_allocated > 0;
    grown = realloc(trouble->resent, allocated * sizeof *grown);
    if (grown) { /* it was full, so the next one goes behind the last */
        if (trouble->resent_count)
            trouble->resent_next = trouble->resent_count;
        trouble->resent = grown;
        trouble->resent_allocated = allocated;
    }
    return trouble->resent_allocated > 0;
}

void trouble_resent(struct trouble *trouble, const struct resent *resent)
{
    if (trouble->resent_count == trouble->resent_allocated && !grow(trouble))
        return;
    if (trouble->resent_next == trouble->resent_allocated)
        trouble->resent_next = 0;
    trouble->resent[trouble->resent_next++] = *resent;
    if (trouble->resent_count < trouble->resent_allocated)
        trouble->resent_count++;
}

struct resent *trouble_find(struct trouble *trouble, uint64_t start, uint64_t end, uint8_t proved)
{
    uint32_t i, at = trouble->resent_next;
    struct resent *resent;

    for (i = 0; i < trouble->resent_count; i++) {
        at = (at ? at : trouble->resent_allocated) - 1;
        resent = &trouble->resent[at];
        if (resent->start < end && resent->end > start && resent->proved < proved)
            return resent;
    }
    return NULL;
}
