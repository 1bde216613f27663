/* recording.c: headers, and time that goes back. */
#include "input/recording.h"

#define DISORDER_MAX_NS  INT64_C(1000000000)
#define PROCESSOR_MAX_NS INT64_C(10000000) /* of one processor: none was seen at all */
#define FORTH_MIN        4 /* events that come forward for each that goes back, where it runs forward */
#define SAME_CLOCK_NS    INT64_C(1000000000) /* by so much wall clocks are adjusted meanwhile */

void recording_note(struct recording *recording, const struct batch *batch, size_t at)
{
    unsigned i;

    for (i = 0; i < batch->starts; i++) {
        if (batch->start[i].at != at)
            continue;
        recording->headed = true;
        if (!batch->start[i].has_offset)
            continue;
        recording->next_has_offset = true;
        recording->next_offset_ns = batch->start[i].offset_ns;
    }
}

static bool is_apart(int64_t a_ns, int64_t b_ns, int64_t by_ns)
{
    int64_t apart_ns;

    return __builtin_sub_overflow(a_ns, b_ns, &apart_ns) || apart_ns >= by_ns || apart_ns <= -by_ns;
}

static bool is_before(const struct tp_record *event, const struct tp_record *other, int64_t by_ns)
{
    return event->ts_ns < other->ts_ns && is_apart(event->ts_ns, other->ts_ns, by_ns);
}

static bool runs_forward(const struct recording *recording)
{
    return recording->forth / FORTH_MIN > recording->back;
}

static bool proves_step(const struct recording *recording, const struct tp_record *event,
                        const struct tp_record *other)
{
    bool processors = TP_HAS(event, CPU) && TP_HAS(other, CPU);
    bool same = processors && event->cpu == other->cpu;

    if (is_before(event, other, DISORDER_MAX_NS))
        return recording->headed || !processors || same;
    return same && runs_forward(recording);
}

static bool goes_back(const struct recording *recording, const struct tp_record *event,
                      const struct tp_record *const *before, size_t before_count)
{
    size_t i;

    for (i = before_count; i > 0 && is_before(event, before[i - 1], PROCESSOR_MAX_NS); i--)
        if (proves_step(recording, event, before[i - 1]))
            return true;
    return false;
}

/* Behind which its clock is another's; -1 where neither or only one of them says. */
static int is_other_clock(const struct recording *recording)
{
    if (!recording->has_offset || !recording->next_has_offset)
        return -1;
    return is_apart(recording->offset_ns, recording->next_offset_ns, SAME_CLOCK_NS);
}

static void follow_time(struct recording *recording, const struct tp_record *event, bool begins)
{
    if (begins)
        recording->forth = recording->back = 0;
    else if (recording->has_last && event->ts_ns > recording->last_ns)
        recording->forth++;
    else if (recording->has_last && event->ts_ns < recording->last_ns)
        recording->back++;
    recording->has_last = true;
    recording->last_ns = event->ts_ns;
}

bool recording_begins(struct recording *recording, const struct tp_record *event,
                      const struct tp_record *const *before, size_t before_count)
{
    int other = recording->headed ? is_other_clock(recording) : -1;
    bool begins = other > 0 || (other < 0 && goes_back(recording, event, before, before_count));

    if (begins || !recording->has_offset) {
        recording->has_offset = recording->next_has_offset;
        recording->offset_ns = recording->next_offset_ns;
    }
    recording->headed = recording->next_has_offset = false;
    follow_time(recording, event, begins);
    return begins;
}
