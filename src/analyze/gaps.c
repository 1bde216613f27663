/* gaps.c: where events were lost.
 *
 * The kernel's buffers are per processor: what processor 1 lost lies between the last event seen
 * from it and the next line of the log, however much the others said meanwhile. Where the marker
 * does not name a processor the last event of any stands in, which may be too late.
 */
#include <stdlib.h>

#include "analyze/gaps.h"

#define TIMELINES_MAX 65536

static struct tp_timeline *timeline_of(struct tp_gaps *gaps, uint32_t number)
{
    struct tp_timeline *timelines;
    uint32_t i, count = number + 1;

    if (number < gaps->count)
        return &gaps->timelines[number];
    if (number >= TIMELINES_MAX)
        return NULL;
    timelines = realloc(gaps->timelines, count * sizeof *timelines);
    if (!timelines)
        return NULL;
    for (i = gaps->count; i < count; i++)
        timelines[i] = (struct tp_timeline){0};
    gaps->timelines = timelines;
    gaps->count = count;
    return &timelines[number];
}

static int note_cpu(struct tp_timeline *timeline, uint32_t cpu, int64_t ts_ns)
{
    uint32_t i, count = timeline->cpus ? timeline->cpus * 2 : 8;
    int64_t *cpu_ns;

    if (cpu >= TP_GAP_CPUS)
        return TP_OK;
    if (cpu >= timeline->cpus) {
        while (count <= cpu)
            count *= 2;
        cpu_ns = realloc(timeline->cpu_ns, count * sizeof *cpu_ns);
        if (!cpu_ns)
            return TP_ERR_NOMEM;
        for (i = timeline->cpus; i < count; i++)
            cpu_ns[i] = INT64_MIN;
        timeline->cpu_ns = cpu_ns;
        timeline->cpus = count;
    }
    timeline->cpu_ns[cpu] = ts_ns;
    return TP_OK;
}

/* Since when nothing is known of what that processor recorded. */
static int64_t silent_since(const struct tp_timeline *timeline, const struct tp_record *record)
{
    if (!TP_HAS(record, CPU) || record->cpu >= TP_GAP_CPUS)
        return timeline->last_ns;
    if (record->cpu >= timeline->cpus || timeline->cpu_ns[record->cpu] == INT64_MIN)
        return timeline->first_ns;
    return timeline->cpu_ns[record->cpu];
}

static int note_loss(struct tp_timeline *timeline, const struct tp_record *record)
{
    struct tp_span span = {0};
    int rc;

    if (TP_HAS(record, LOST))
        span.value = record->lost;
    if (timeline->begun) {
        span.begin_ns = silent_since(timeline, record);
        span.end_ns = timeline->last_ns;
    } else {
        span.begin_ns = span.end_ns = record->ts_ns;
    }
    rc = tp_spans_add(&timeline->spans, &span, true);
    if (rc < 0)
        return rc;
    timeline->open = true;
    timeline->markers++;
    timeline->lost += span.value;
    return TP_OK;
}

static int note_step(struct tp_timeline *timeline, const struct tp_record *record)
{
    struct tp_span span = {record->ts_ns, record->ts_ns, 0};

    if (!TP_HAS(record, ODDITIES) || !(record->oddities & TP_ODD_STEP_UNSURE))
        return TP_OK;
    return tp_spans_add(&timeline->steps, &span, false);
}

int tp_gaps_add(struct tp_gaps *gaps, const struct tp_record *record, struct tp_timeline **found)
{
    struct tp_timeline *timeline = timeline_of(gaps, record->key.timeline);

    *found = timeline;
    if (!timeline)
        return TP_ERR_NOMEM;
    if (record->kind == TP_KIND_LOST)
        return note_loss(timeline, record);
    if (TP_HAS(record, CPU) && note_cpu(timeline, record->cpu, record->ts_ns) < 0)
        return TP_ERR_NOMEM;
    if (timeline->open) {
        tp_spans_extend(&timeline->spans, record->ts_ns);
        timeline->open = false;
    }
    if (!timeline->begun)
        timeline->first_ns = record->ts_ns;
    timeline->begun = true;
    timeline->last_ns = record->ts_ns;
    return note_step(timeline, record);
}

enum tp_timing tp_gaps_timing(const struct tp_gaps *gaps, uint32_t number, int64_t first_ns,
                              int64_t last_ns)
{
    const struct tp_timeline *timeline = &gaps->timelines[number];
    size_t i;

    if (number >= gaps->count)
        return TP_TIMING_SECONDS;
    if (timeline->ticks)
        return TP_TIMING_TICKS;
    for (i = 0; i < timeline->steps.count; i++)
        if (timeline->steps.list[i].end_ns > first_ns &&
            timeline->steps.list[i].begin_ns <= last_ns)
            return TP_TIMING_PARTS;
    return TP_TIMING_SECONDS;
}

int tp_gaps_ticks(struct tp_gaps *gaps, uint32_t number)
{
    struct tp_timeline *timeline = timeline_of(gaps, number);

    if (!timeline)
        return TP_ERR_NOMEM;
    timeline->ticks = true;
    return TP_OK;
}

void tp_gaps_release(struct tp_gaps *gaps)
{
    uint32_t i;

    for (i = 0; i < gaps->count; i++) {
        free(gaps->timelines[i].cpu_ns);
        tp_spans_release(&gaps->timelines[i].spans);
        tp_spans_release(&gaps->timelines[i].steps);
    }
    free(gaps->timelines);
    *gaps = (struct tp_gaps){0};
}
