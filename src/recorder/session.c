/* session.c: the recording itself: drain, write, look at the time.
 *
 * The kernel's buffers are emptied by a timer; nobody is woken for an event. 8 MiB hold more than
 * 50 000 events, which is ten times what comes between two drains at a million events a second. */
#include <errno.h>
#include <time.h>

#include "base/clock.h"
#include "recorder/recorder.h"

#define MS_NS         INT64_C(1000000)
#define DRAIN_NS      (25 * MS_NS)
#define SECOND_NS     (1000 * MS_NS)
#define PATIENCE_NS   (2 * SECOND_NS) /* with a reader that does not read, once it shall end */
#define EVENT_BYTES   160             /* of a tcp_probe in the buffer, until one was seen */
#define SMALLEST_HELP 64              /* KiB */

/* --- what the kernel counts ------------------------------------------------------------------- */

static uint64_t lost_by(const struct tp_recorder_cpu *cpu)
{
    return cpu->overrun + cpu->commit_overrun + cpu->dropped;
}

/* What a counter says more than when it was last seen. One that went down began anew, since
 * somebody emptied the buffer: what it had counted happened all the same. */
static bool count_on(uint64_t *total, uint64_t *seen, uint64_t now)
{
    bool anew = now < *seen;

    *total += anew ? now : now - *seen;
    *seen = now;
    return anew;
}

static void count_cpu(struct tp_recorder *recorder, size_t i)
{
    struct tp_recorder_cpu *cpu = &recorder->cpus[i], *seen = &recorder->cpu_seen[i];
    struct cpu_stats stats;
    bool anew = false;

    cpu->cpu = instance_cpu(recorder->instance, i);
    if (instance_stats(recorder->instance, i, &stats, NULL) < 0) {
        recorder->uncounted = cpu->cpu + 1;
        return;
    }
    anew |= count_on(&cpu->read, &seen->read, stats.read);
    anew |= count_on(&cpu->overrun, &seen->overrun, stats.overrun);
    anew |= count_on(&cpu->commit_overrun, &seen->commit_overrun, stats.commit_overrun);
    anew |= count_on(&cpu->dropped, &seen->dropped, stats.dropped);
    recorder->emptied |= anew;
}

uint64_t recorder_count(struct tp_recorder *recorder)
{
    uint64_t lost = 0;

    recorder->uncounted = 0;
    for (size_t i = 0; i < recorder->summary.cpu_count; i++) {
        count_cpu(recorder, i);
        lost += lost_by(&recorder->cpus[i]);
    }
    return lost;
}

/* How full the fullest buffer is, and how large an event. */
static void look_at_buffers(struct tp_recorder *recorder)
{
    double size = (double)recorder->setup.buffer_kib * 1024, fill;
    struct cpu_stats stats;

    recorder->fill = 0;
    for (size_t i = 0; i < recorder->summary.cpu_count; i++) {
        if (instance_stats(recorder->instance, i, &stats, NULL) < 0)
            continue;
        if (stats.entries)
            recorder->event_bytes = stats.bytes / stats.entries;
        fill = size > 0 ? (double)stats.bytes / size : 0;
        if (fill > recorder->fill)
            recorder->fill = fill < 1 ? fill : 1;
    }
}

/* Remembers the worst second of a CPU. */
static uint64_t count_lost(struct tp_recorder *recorder)
{
    uint64_t lost = recorder_count(recorder), of_cpu;

    for (size_t i = 0; i < recorder->summary.cpu_count; i++) {
        of_cpu = lost_by(&recorder->cpus[i]);
        if (of_cpu - recorder->cpu_lost[i] > recorder->lost_most)
            recorder->lost_most = of_cpu - recorder->cpu_lost[i];
        recorder->cpu_lost[i] = of_cpu;
    }
    return lost;
}

/* A power of two that has room for what was lost in the worst second, too. */
static uint64_t wanted_kib(const struct tp_recorder *recorder)
{
    uint64_t bytes = recorder->event_bytes ? recorder->event_bytes : EVENT_BYTES;
    uint64_t kib = recorder->setup.buffer_kib + recorder->lost_most * bytes / 1024, power;

    for (power = SMALLEST_HELP; power < kib; power *= 2)
        ;
    return power;
}

/* --- the caller ------------------------------------------------------------------------------- */

static struct tp_recorder_wish wish_of(const struct tp_recorder *recorder)
{
    static const struct tp_recorder_wish none;

    return recorder->options.wish ? recorder->options.wish(recorder->options.context) : none;
}

static bool is_over(const struct tp_recorder *recorder, int64_t now_ns)
{
    return recorder->options.duration_ns &&
           now_ns - recorder->began_ns >= recorder->options.duration_ns;
}

bool recorder_gives_up(void *context)
{
    struct tp_recorder *recorder = context;
    struct tp_recorder_wish wish = wish_of(recorder);
    int64_t now_ns = tp_clock_monotonic_ns();

    if (wish.at_once)
        return true;
    if (!wish.end && !is_over(recorder, now_ns))
        return false;
    if (!recorder->hurry_ns)
        recorder->hurry_ns = now_ns;
    return now_ns - recorder->hurry_ns >= PATIENCE_NS;
}

bool recorder_is_stopped(void *context)
{
    return wish_of(context).end;
}

const struct tp_recorder_packets *recorder_packets(struct tp_recorder *recorder)
{
    if (!recorder->packets)
        return NULL;
    recorder->packets_status = packets_status(recorder->packets);
    return &recorder->packets_status;
}

static void tell(struct tp_recorder *recorder, int64_t now_ns)
{
    struct tp_recorder_status status = {
        .elapsed_ns = now_ns - recorder->began_ns,
        .events = writer_events(recorder->writer),
        .rejected = recorder->rejected,
        .bytes = writer_bytes(recorder->writer),
        .lost = count_lost(recorder),
        .flows = recorder->sieve.flows.count,
        .fill = recorder->fill,
        .disturbances = recorder->disturbances,
        .disturbance = recorder->disturbance,
        .packets = recorder_packets(recorder),
    };

    recorder->told_ns = now_ns;
    if (recorder->options.second)
        recorder->options.second(recorder->options.context, &status);
}

/* --- events ----------------------------------------------------------------------------------- */

/* Sockets are no events: nobody counts their lines. */
static int write_sockets(void *context, const char *text, size_t length, struct tp_error *error)
{
    struct tp_recorder *recorder = context;

    return writer_add(recorder->writer, text, length, 0, error);
}

static int look_at_sockets(struct tp_recorder *recorder, int64_t now_ns, struct tp_error *error)
{
    return recorder->sampling
               ? sampling_look(recorder->sampling, now_ns, writer_parts(recorder->writer), error)
               : TP_OK;
}

static bool has_enough(const struct tp_recorder *recorder)
{
    return recorder->options.count && writer_events(recorder->writer) >= recorder->options.count;
}

static int take(void *context, const struct pump_line *line, struct tp_error *error)
{
    struct tp_recorder *recorder = context;
    int rc;

    if (recorder->sampling &&
        (rc = sampling_before(recorder->sampling, line, write_sockets, recorder, error)) < 0)
        return rc;
    if (line->is_lost)
        return writer_add(recorder->writer, line->text, line->length, 0, error);
    if (!sieve_passes(&recorder->sieve, line)) {
        recorder->rejected++;
        return TP_OK;
    }
    rc = writer_add(recorder->writer, line->text, line->length, 1, error);
    return rc == TP_OK && has_enough(recorder) ? TP_ERR_STOPPED : rc;
}

static void end(struct tp_recorder *recorder, enum tp_recorder_end how, const char *reason)
{
    if (recorder->summary.end != TP_END_NONE)
        return;
    recorder->summary.end = how;
    recorder->summary.reason = reason;
}

/* Why a drain or a write returned that. */
static void end_by(struct tp_recorder *recorder, const struct tp_error *error)
{
    if (!error->code && has_enough(recorder))
        end(recorder, TP_END_COUNT, "count");
    else if (error->code == TP_ERR_IO && error->sys_errno == EPIPE)
        end(recorder, TP_END_READER, "reader-left");
    else
        end(recorder, TP_END_FAILURE, "failure");
}

/* One round; false when it shall be the last one. */
static bool go_on(struct tp_recorder *recorder, struct tp_error *error)
{
    int64_t now_ns = tp_clock_monotonic_ns(), began_ns;
    bool second = now_ns - recorder->told_ns >= SECOND_NS;
    struct tp_recorder_wish wish;
    int rc;

    if (second)
        look_at_buffers(recorder);
    rc = look_at_sockets(recorder, now_ns, error);
    began_ns = tp_clock_monotonic_ns();
    if (rc == TP_OK)
        rc = pump_drain(recorder->pump, false, take, recorder, error);
    if (rc == TP_OK && recorder->sampling)
        rc = sampling_drained(recorder->sampling, began_ns, write_sockets, recorder, error);
    /* At the end no part begins that would hold the last few events alone. */
    if (rc == TP_OK && !is_over(recorder, now_ns))
        rc = writer_tick(recorder->writer, now_ns, error);
    if (rc == TP_OK && second)
        rc = recorder_look_for_others(recorder, error);
    if (second)
        tell(recorder, now_ns);
    wish = wish_of(recorder);
    if (rc < 0)
        end_by(recorder, error);
    else if (wish.end)
        end(recorder, TP_END_ASKED, wish.reason);
    else if (is_over(recorder, now_ns))
        end(recorder, TP_END_DURATION, "duration");
    return recorder->summary.end == TP_END_NONE;
}

/* Until the next drain, a signal, or the end. */
static void pause_a_moment(const struct tp_recorder *recorder)
{
    int64_t rest_ns = DRAIN_NS, left_ns;
    struct timespec time;

    if (recorder->options.duration_ns) {
        left_ns = recorder->began_ns + recorder->options.duration_ns - tp_clock_monotonic_ns();
        if (left_ns < rest_ns)
            rest_ns = left_ns > 0 ? left_ns : 0;
    }
    time = (struct timespec){.tv_nsec = (long)rest_ns};
    nanosleep(&time, NULL);
}

static bool is_regular(enum tp_recorder_end how)
{
    return how == TP_END_ASKED || how == TP_END_DURATION || how == TP_END_COUNT;
}

/* The last totals of what is still open. Before tracing ends: what they count has its events. */
static void sample_last(struct tp_recorder *recorder, struct tp_error *error)
{
    int rc = recorder->sampling && is_regular(recorder->summary.end)
                 ? sampling_last(recorder->sampling, writer_parts(recorder->writer), error)
                 : TP_OK;

    if (rc < 0) {
        recorder->summary.end = TP_END_NONE;
        end_by(recorder, error);
    }
}

/* What the kernel still holds; not where nobody would get it, or there are enough. */
static void drain_rest(struct tp_recorder *recorder, struct tp_error *error)
{
    int rc = TP_OK;

    if (!is_regular(recorder->summary.end))
        return;
    if (recorder->summary.end != TP_END_COUNT)
        rc = pump_drain(recorder->pump, true, take, recorder, error);
    if (rc == TP_ERR_STOPPED && !error->code)
        rc = TP_OK;
    if (rc == TP_OK && recorder->sampling)
        rc = sampling_rest(recorder->sampling, write_sockets, recorder, error);
    if (rc == TP_OK)
        return;
    recorder->summary.end = TP_END_NONE;
    end_by(recorder, error);
}

/* The last looks at what others did: before tracing ends, and when all is read that will be. */
static void look_at_last(struct tp_recorder *recorder, bool drained, struct tp_error *error)
{
    enum tp_recorder_end how = recorder->summary.end;
    int rc;

    if (how == TP_END_FAILURE || how == TP_END_READER)
        return;
    rc = recorder_look_for_others(recorder, error);
    if (rc == TP_OK && drained && how != TP_END_COUNT)
        rc = recorder_look_for_reader(recorder, error);
    if (rc < 0)
        end_by(recorder, error);
}

static void sum_up(struct tp_recorder *recorder)
{
    struct tp_recorder_summary *summary = &recorder->summary;

    summary->events = writer_events(recorder->writer);
    summary->rejected = recorder->rejected;
    summary->lost = count_lost(recorder);
    summary->unwritten = writer_dropped(recorder->writer);
    summary->bytes = writer_bytes(recorder->writer);
    summary->parts = writer_parts(recorder->writer);
    summary->buffer_kib_wanted = summary->lost ? wanted_kib(recorder) : 0;
    summary->disturbances = recorder->disturbances;
    summary->disturbance = recorder->disturbance;
    summary->packets = recorder_packets(recorder);
    if (recorder->sampling) {
        summary->sockets = sampling_summary(recorder->sampling);
        summary->missed_rounds = sampling_missed(recorder->sampling);
    }
}

int tp_recorder_run(struct tp_recorder *recorder, struct tp_error *error)
{
    struct tp_error first = TP_ERROR_INIT, second = TP_ERROR_INIT;
    int rc;

    while (go_on(recorder, &first))
        pause_a_moment(recorder);
    sample_last(recorder, &first);
    look_at_last(recorder, false, &first);
    watch_stop(&recorder->watch);
    instance_stop(recorder->instance, &second);
    recorder->summary.elapsed_ns = tp_clock_monotonic_ns() - recorder->began_ns;
    if (recorder->packets)
        packets_end(recorder->packets);
    drain_rest(recorder, &first);
    look_at_last(recorder, true, &first);
    rc = writer_end(recorder->writer, first.code ? NULL : &first);
    if (rc < 0)
        end_by(recorder, &first);
    sum_up(recorder);
    if (recorder->summary.end == TP_END_READER)
        return TP_OK;
    if (!first.code)
        first = second;
    if (first.code && error && !error->code)
        *error = first;
    return first.code;
}
