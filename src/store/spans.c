/* spans.c: a bounded list of the times in which something held. */
#include <stdlib.h>

#include <tcpprobe/series.h>

#include "base/list.h"

#define SPANS_FIRST 4

static void join(struct tp_span *into, const struct tp_span *span, bool sum)
{
    if (span->begin_ns < into->begin_ns)
        into->begin_ns = span->begin_ns;
    if (span->end_ns > into->end_ns)
        into->end_ns = span->end_ns;
    if (sum)
        into->value += span->value;
    else if (span->value > into->value)
        into->value = span->value;
}

/* Bits of the time between two spans: a rough logarithm. */
static unsigned distance(const struct tp_span *from, const struct tp_span *to)
{
    int64_t gap = to->begin_ns - from->end_ns;

    return gap <= 0 ? 0 : 64 - (unsigned)__builtin_clzll((unsigned long long)gap);
}

/* Joins about half of the list: the closest first, in classes of a factor of two, from the left
 * within the last class. */
static void fold(struct tp_spans *spans, bool sum)
{
    struct tp_span *list = spans->list;
    uint32_t classes[65] = {0};
    uint32_t i, last = 0, quota = spans->count / 2;
    unsigned limit = 0, d;

    for (i = 1; i < spans->count; i++)
        classes[distance(&list[i - 1], &list[i])]++;
    while (classes[limit] < quota)
        quota -= classes[limit++];
    for (i = 1; i < spans->count; i++) {
        d = distance(&list[last], &list[i]);
        if (d < limit || (d == limit && quota > 0)) {
            quota -= d == limit;
            join(&list[last], &list[i], sum);
        } else {
            list[++last] = list[i];
        }
    }
    spans->count = last + 1;
}

/* Joins the last spans while they overlap. */
static void join_overlap(struct tp_spans *spans)
{
    struct tp_span *last;

    for (; spans->count > 1; spans->count--) {
        last = &spans->list[spans->count - 1];
        if (last->begin_ns >= last[-1].end_ns)
            return;
        join(last - 1, last, true);
    }
}

int tp_spans_add(struct tp_spans *spans, const struct tp_span *span, bool sum)
{
    if (spans->count == TP_SPANS_MAX)
        fold(spans, sum);
    if (!TP_LIST_ROOM(spans->list, spans->count, spans->allocated, SPANS_FIRST))
        return TP_ERR_NOMEM;
    spans->list[spans->count++] = *span;
    if (sum)
        join_overlap(spans);
    return TP_OK;
}

/* Halves a full list: of each pair the longer one gives its name to both. */
static void halve(struct tp_spans *spans)
{
    struct tp_span *list = spans->list;
    uint32_t i, kept = 0;

    for (i = 0; i + 1 < spans->count; i += 2) {
        if (list[i + 1].end_ns - list[i + 1].begin_ns > list[i].end_ns - list[i].begin_ns)
            list[i].value = list[i + 1].value;
        list[i].end_ns = list[i + 1].end_ns;
        if (kept > 0 && list[kept - 1].value == list[i].value)
            list[kept - 1].end_ns = list[i].end_ns;
        else
            list[kept++] = list[i];
    }
    if (i < spans->count)
        list[kept++] = list[i];
    spans->count = kept;
}

int tp_spans_follow(struct tp_spans *spans, const struct tp_span *span, bool apart)
{
    struct tp_span *last = spans->count ? &spans->list[spans->count - 1] : NULL;

    if (last && !apart && last->value == span->value && last->end_ns == span->begin_ns) {
        last->end_ns = span->end_ns;
        return TP_OK;
    }
    if (spans->count == TP_SPANS_MAX)
        halve(spans);
    return tp_spans_add(spans, span, false);
}

void tp_spans_extend(struct tp_spans *spans, int64_t end_ns)
{
    if (spans->count && end_ns > spans->list[spans->count - 1].end_ns)
        spans->list[spans->count - 1].end_ns = end_ns;
}

void tp_spans_release(struct tp_spans *spans)
{
    free(spans->list);
    *spans = (struct tp_spans){0};
}
