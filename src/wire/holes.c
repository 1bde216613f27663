/* holes.c: ranges of sequence numbers that were skipped. */
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/error.h>

#include "wire/holes.h"

#define HOLES_FIRST 4

static bool grow(struct holes **holes)
{
    uint32_t allocated = *holes ? (*holes)->allocated * 2 : HOLES_FIRST;
    struct holes *grown = realloc(*holes, sizeof(struct holes) + allocated * sizeof(struct hole));

    if (!grown)
        return false;
    if (!*holes)
        grown->count = 0;
    grown->allocated = allocated;
    *holes = grown;
    return true;
}

static void remove_at(struct holes *holes, uint32_t i, uint32_t n)
{
    holes->count -= n;
    memmove(&holes->list[i], &holes->list[i + n], (holes->count - i) * sizeof(struct hole));
}

static bool make_room(struct holes **holes)
{
    if (*holes && (*holes)->count == HOLES_MAX)
        remove_at(*holes, 0, HOLES_MAX / 4); /* many at once: few moves */
    return (*holes && (*holes)->count < (*holes)->allocated) || grow(holes);
}

static bool follows(const struct hole *hole, const struct hole *below)
{
    return below->end == hole->start && below->kind == hole->kind;
}

int holes_add(struct holes **holes, const struct hole *hole)
{
    struct hole *last = *holes && (*holes)->count ? &(*holes)->list[(*holes)->count - 1] : NULL;

    if (last && hole->kind == HOLE_ALONE && follows(hole, last)) {
        last->end = hole->end;
        last->tsval = hole->tsval;
        return TP_OK;
    }
    if (!make_room(holes))
        return TP_ERR_NOMEM;
    (*holes)->list[(*holes)->count++] = *hole;
    return TP_OK;
}

/* The first hole that ends after seq. */
static uint32_t find(const struct holes *holes, uint64_t seq)
{
    uint32_t low = 0, high = holes->count, middle;

    while (low < high) {
        middle = low + (high - low) / 2;
        if (holes->list[middle].end > seq)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* [start, end) lies inside the i-th hole and touches neither edge. */
static void cut_in_two(struct holes **holes, uint32_t i, uint64_t start, uint64_t end)
{
    struct hole upper = (*holes)->list[i];
    uint32_t count = (*holes)->count;

    (*holes)->list[i].end = start;
    if (!make_room(holes))
        return;
    i -= count - (*holes)->count;
    if (i >= (*holes)->count) /* the hole itself was the lowest, and forgotten */
        return;
    upper.start = end;
    memmove(&(*holes)->list[i + 2], &(*holes)->list[i + 1],
            ((*holes)->count - i - 1) * sizeof(struct hole));
    (*holes)->list[i + 1] = upper;
    (*holes)->count++;
}

uint64_t holes_fill(struct holes **holes, uint64_t start, uint64_t end, struct hole *first)
{
    uint32_t i = find(*holes, start), from;
    struct hole *hole = &(*holes)->list[i];
    uint64_t bytes = 0;

    if (i == (*holes)->count || hole->start >= end)
        return 0;
    *first = *hole;
    if (hole->start < start && hole->end > end) {
        cut_in_two(holes, i, start, end);
        return end - start;
    }
    if (hole->start < start) {
        bytes = hole->end - start;
        hole->end = start;
        hole++;
        i++;
    }
    for (from = i; i < (*holes)->count && hole->end <= end; i++, hole++)
        bytes += hole->end - hole->start;
    if (i < (*holes)->count && hole->start < end) {
        bytes += end - hole->start;
        hole->start = end;
    }
    remove_at(*holes, from, i - from);
    return bytes;
}

/* The lower part of an open hole, up to ack->end, is one of its own: it joins an acknowledged one
 * that ends there. Without memory it is not looked for again. Returns by how many holes more. */
static uint32_t ack_part(struct holes **holes, uint32_t i, const struct hole *ack)
{
    struct hole lower = (*holes)->list[i], *below = i ? &(*holes)->list[i - 1] : NULL;
    uint32_t count = (*holes)->count;

    lower = (struct hole){.start = lower.start,
                          .end = ack->end,
                          .opened_ns = ack->opened_ns,
                          .tsval = ack->tsval,
                          .ip_id = lower.ip_id,
                          .kind = HOLE_ACKED};
    (*holes)->list[i].start = ack->end;
    if (below && follows(&lower, below)) {
        below->end = ack->end;
        below->tsval = ack->tsval;
        below->opened_ns = ack->opened_ns;
        return 0;
    }
    if (!make_room(holes) || (*holes)->count != count)
        return 1;
    memmove(&(*holes)->list[i + 1], &(*holes)->list[i], (count - i) * sizeof(struct hole));
    (*holes)->list[i] = lower;
    (*holes)->count++;
    return 1;
}

uint64_t holes_ack(struct holes **own, const struct hole *ack, uint32_t *gaps)
{
    uint64_t bytes = 0;
    struct holes *holes = *own;
    uint32_t i = find(holes, ack->end);

    *gaps = 0;
    if (i < holes->count && holes->list[i].start < ack->end && holes->list[i].kind == HOLE_OPEN) {
        bytes = ack->end - holes->list[i].start;
        *gaps = ack_part(own, i, ack);
        holes = *own;
        i = find(holes, ack->end);
        i -= i > 0 && holes->list[i - 1].end == ack->end; /* that one */
    }
    for (; i > 0 && holes->list[i - 1].kind == HOLE_OPEN; i--) {
        holes->list[i - 1].kind = HOLE_ACKED;
        bytes += holes->list[i - 1].end - holes->list[i - 1].start;
        ++*gaps;
    }
    i = holes->count;
    if (*gaps && i > 1 && holes->list[i - 1].kind == HOLE_ACKED &&
        follows(&holes->list[i - 1], &holes->list[i - 2])) {
        holes->list[i - 2].end = holes->list[i - 1].end;
        holes->list[i - 2].tsval = holes->list[i - 1].tsval;
        remove_at(holes, i - 1, 1);
        --*gaps;
    }
    return bytes;
}
