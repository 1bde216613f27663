/* merge.c: the earliest of the heads, again and again. */
#include <stdlib.h>

#include "input/merge.h"
#include "input/order.h"

/* Packets [from, to) of the file. */
struct stretch_reader {
    struct reader *reader;
    struct tp_input_info info; /* unused of all but the first, which has the input's */
    uint64_t from, to;
    const struct batch *batch; /* its head is records[next], valid unless ended */
    size_t next;
    bool ended;
};

struct merge {
    struct stretch_reader *list;
    unsigned count;
    bool begun;
    struct batch merged;
};

int merge_open(struct merge **opened, struct reader *first, const struct tp_input_info *input,
               const struct stretches *stretches, const struct tp_stream_options *options,
               const struct parser_options *parser_options, struct tp_error *error)
{
    struct merge *merge = calloc(1, sizeof *merge);
    int rc = TP_OK;
    struct stretch_reader *stretch;

    *opened = NULL;
    if (!merge || !(merge->list = calloc(stretches->count, sizeof *merge->list))) {
        free(merge);
        return tp_error_nomem(error);
    }
    for (; merge->count < stretches->count && rc == TP_OK; merge->count++) {
        stretch = &merge->list[merge->count];
        stretch->from = stretches->first[merge->count];
        stretch->to =
            merge->count + 1 < stretches->count ? stretches->first[merge->count + 1] : UINT64_MAX;
        stretch->reader = first;
        if (merge->count)
            rc = reader_again(&stretch->reader, input, options, parser_options, &stretch->info,
                              error);
    }
    if (rc < 0)
        merge_close(merge);
    else
        *opened = merge;
    return rc;
}

void merge_close(struct merge *merge)
{
    unsigned i;

    if (!merge)
        return;
    for (i = 1; i < merge->count; i++)
        reader_close(merge->list[i].reader);
    batch_release(&merge->merged);
    free(merge->list);
    free(merge);
}

/* Lets the head be the next packet of the stretch from there on. The first reader reads on, for its
 * account. */
static int find_head(const struct merge *merge, struct stretch_reader *stretch,
                     struct tp_error *error)
{
    uint64_t frame;
    int rc;

    while (!stretch->ended) {
        for (; stretch->batch && stretch->next < stretch->batch->count; stretch->next++) {
            frame = stretch->batch->records[stretch->next].frame;
            if (frame >= stretch->from && frame < stretch->to)
                return TP_OK;
            stretch->ended = frame >= stretch->to && stretch != merge->list;
        }
        if (stretch->ended)
            break;
        rc = reader_next(stretch->reader, &stretch->batch, error);
        if (rc < 0)
            return rc;
        stretch->next = 0;
        stretch->ended = rc == 0;
    }
    return TP_OK;
}

/* At the same time what follows from the other one comes behind it. */
static bool is_earlier(const struct tp_record *a, const struct tp_record *than)
{
    return a->ts_ns < than->ts_ns || (a->ts_ns == than->ts_ns && order_of(than, a));
}

static struct stretch_reader *earliest(const struct merge *merge)
{
    struct stretch_reader *stretch, *best = NULL;

    for (stretch = merge->list; stretch < merge->list + merge->count; stretch++)
        if (!stretch->ended && (!best || is_earlier(&stretch->batch->records[stretch->next],
                                                    &best->batch->records[best->next])))
            best = stretch;
    return best;
}

static int begin(struct merge *merge, struct tp_error *error)
{
    int rc = TP_OK;
    unsigned i;

    for (i = 0; i < merge->count && rc == TP_OK; i++)
        rc = find_head(merge, &merge->list[i], error);
    merge->begun = true;
    return rc;
}

/* Until one of them has to be read on: what was merged so far may be used first. */
int merge_next(struct merge *merge, const struct batch **batch, struct tp_error *error)
{
    struct stretch_reader *stretch;
    struct tp_record *record;
    int rc = merge->begun ? TP_OK : begin(merge, error);

    *batch = &merge->merged;
    batch_clear(&merge->merged);
    while (rc == TP_OK && (stretch = earliest(merge))) {
        record = batch_next(&merge->merged);
        if (!record)
            return tp_error_nomem(error);
        *record = stretch->batch->records[stretch->next++];
        merge->merged.count++;
        if (stretch->next < stretch->batch->count &&
            stretch->batch->records[stretch->next].frame < stretch->to)
            continue;
        rc = find_head(merge, stretch, error);
        break;
    }
    return rc < 0 ? rc : merge->merged.count > 0;
}
