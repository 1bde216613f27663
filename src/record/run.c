/* run.c: the recording itself: drain, write, look at the time.
 *
 * The kernel's buffers are emptied by a timer; nobody is woken for an event. 8 MiB hold more than
 * 50 000 events, which is ten times what comes between two drains at a million events a second. */
#include <errno.h>
#include <time.h>

#include "record/recorder.h"
#include "record/wall.h"

#define MS_NS         INT64_C(1000000)
#define DRAIN_NS      (25 * MS_NS)
#define SECOND_NS     (1000 * MS_NS)
#define PATIENCE_NS   (2 * SECOND_NS) /* with a reader that does not read, once it shall end */
#define EVENT_BYTES   160             /* of a tcp_probe in the buffer, until one was seen */
#define SMALLEST_HELP 64              /* KiB */

/* --- what the kernel counts ------------------------------------------------------------------- */

static uint64_t lost_by(const struct tp_capture_cpu *cpu)
{
    return cpu->overrun + cpu->commit_overrun + cpu->dropped;
}

uint64_t recorder_count(struct tp_capture *capture)
{
    struct cpu_stats stats;
    uint64_t lost = 0;

    for (size_t i = 0; i < capture->summary.cpu_count; i++) {
        if (instance_stats(capture->instance, i, &stats, NULL) == TP_OK)
            capture->cpus[i] = (struct tp_capture_cpu){
                .cpu = instance_cpu(capture->instance, i),
                .read = stats.read,
                .overrun = stats.overrun,
                .commit_overrun = stats.commit_overrun,
                .dropped = stats.dropped,
            };
        lost += lost_by(&capture->cpus[i]);
    }
    return lost;
}

/* How full the fullest buffer is, and how large an event. */
static void look_at_buffers(struct tp_capture *capture)
{
    double size = (double)capture->setup.buffer_kib * 1024, fill;
    struct cpu_stats stats;

    capture->fill = 0;
    for (size_t i = 0; i < capture->summary.cpu_count; i++) {
        if (instance_stats(capture->instance, i, &stats, NULL) < 0)
            continue;
        if (stats.entries)
            capture->event_bytes = stats.bytes / stats.entries;
        fill = size > 0 ? (double)stats.bytes / size : 0;
        if (fill > capture->fill)
            capture->fill = fill < 1 ? fill : 1;
    }
}

/* Remembers the worst second of a CPU. */
static uint64_t count_lost(struct tp_capture *capture)
{
    uint64_t lost = recorder_count(capture), of_cpu;

    for (size_t i = 0; i < capture->summary.cpu_count; i++) {
        of_cpu = lost_by(&capture->cpus[i]);
        if (of_cpu - capture->cpu_lost[i] > capture->lost_most)
            capture->lost_most = of_cpu - capture->cpu_lost[i];
        capture->cpu_lost[i] = of_cpu;
    }
    return lost;
}

/* A power of two that has room for what was lost in the worst second, too. */
static uint64_t wanted_kib(const struct tp_capture *capture)
{
    uint64_t bytes = capture->event_bytes ? capture->event_bytes : EVENT_BYTES;
    uint64_t kib = capture->setup.buffer_kib + capture->lost_most * bytes / 1024, power;

    for (power = SMALLEST_HELP; power < kib; power *= 2)
        ;
    return power;
}

/* --- the caller ------------------------------------------------------------------------------- */

static struct tp_capture_wish wish_of(const struct tp_capture *capture)
{
    static const struct tp_capture_wish none;

    return capture->options.wish ? capture->options.wish(capture->options.context) : none;
}

static bool is_over(const struct tp_capture *capture, int64_t now_ns)
{
    return capture->options.duration_ns &&
           now_ns - capture->began_ns >= capture->options.duration_ns;
}

bool recorder_gives_up(void *context)
{
    struct tp_capture *capture = context;
    struct tp_capture_wish wish = wish_of(capture);
    int64_t now_ns = wall_monotonic_ns();

    if (wish.at_once)
        return true;
    if (!wish.end && !is_over(capture, now_ns))
        return false;
    if (!capture->hurry_ns)
        capture->hurry_ns = now_ns;
    return now_ns - capture->hurry_ns >= PATIENCE_NS;
}

const struct tp_capture_packets *recorder_packets(struct tp_capture *capture)
{
    if (!capture->packets)
        return NULL;
    capture->packets_status = packets_status(capture->packets);
    return &capture->packets_status;
}

static void tell(struct tp_capture *capture, int64_t now_ns)
{
    struct tp_capture_status status = {
        .elapsed_ns = now_ns - capture->began_ns,
        .events = writer_events(capture->writer),
        .rejected = capture->rejected,
        .bytes = writer_bytes(capture->writer),
        .lost = count_lost(capture),
        .flows = capture->sieve.flows.count,
        .fill = capture->fill,
        .packets = recorder_packets(capture),
    };

    capture->told_ns = now_ns;
    if (capture->options.second)
        capture->options.second(capture->options.context, &status);
}

/* --- events ----------------------------------------------------------------------------------- */

static bool has_enough(const struct tp_capture *capture)
{
    return capture->options.count && writer_events(capture->writer) >= capture->options.count;
}

static int take(void *context, const struct pump_line *line, struct tp_error *error)
{
    struct tp_capture *capture = context;
    int rc;

    if (line->is_lost)
        return writer_add(capture->writer, line->text, line->length, 0, error);
    if (!sieve_passes(&capture->sieve, line)) {
        capture->rejected++;
        return TP_OK;
    }
    rc = writer_add(capture->writer, line->text, line->length, 1, error);
    return rc == TP_OK && has_enough(capture) ? TP_ERR_STOPPED : rc;
}

static void end(struct tp_capture *capture, enum tp_capture_end how, const char *reason)
{
    if (capture->summary.end != TP_END_NONE)
        return;
    capture->summary.end = how;
    capture->summary.reason = reason;
}

/* Why a drain or a write returned that. */
static void end_by(struct tp_capture *capture, const struct tp_error *error)
{
    if (!error->code && has_enough(capture))
        end(capture, TP_END_COUNT, "count");
    else if (error->code == TP_ERR_IO && error->sys_errno == EPIPE)
        end(capture, TP_END_READER, "reader-left");
    else
        end(capture, TP_END_FAILURE, "failure");
}

/* One round; false when it shall be the last one. */
static bool go_on(struct tp_capture *capture, struct tp_error *error)
{
    int64_t now_ns = wall_monotonic_ns();
    bool second = now_ns - capture->told_ns >= SECOND_NS;
    struct tp_capture_wish wish;
    int rc;

    if (second)
        look_at_buffers(capture);
    rc = pump_drain(capture->pump, false, take, capture, error);
    if (rc == TP_OK)
        rc = writer_tick(capture->writer, now_ns, error);
    if (second)
        tell(capture, now_ns);
    wish = wish_of(capture);
    if (rc < 0)
        end_by(capture, error);
    else if (wish.end)
        end(capture, TP_END_ASKED, wish.reason);
    else if (is_over(capture, now_ns))
        end(capture, TP_END_DURATION, "duration");
    return capture->summary.end == TP_END_NONE;
}

/* Until the next drain, a signal, or the end. */
static void pause_a_moment(const struct tp_capture *capture)
{
    int64_t rest_ns = DRAIN_NS, left_ns;
    struct timespec time;

    if (capture->options.duration_ns) {
        left_ns = capture->began_ns + capture->options.duration_ns - wall_monotonic_ns();
        if (left_ns < rest_ns)
            rest_ns = left_ns > 0 ? left_ns : 0;
    }
    time = (struct timespec){.tv_nsec = (long)rest_ns};
    nanosleep(&time, NULL);
}

/* What the kernel still holds; not where nobody would get it. */
static void drain_rest(struct tp_capture *capture, struct tp_error *error)
{
    int rc;

    if (capture->summary.end != TP_END_ASKED && capture->summary.end != TP_END_DURATION)
        return;
    rc = pump_drain(capture->pump, true, take, capture, error);
    if (rc == TP_OK || (rc == TP_ERR_STOPPED && !error->code))
        return;
    capture->summary.end = TP_END_NONE;
    end_by(capture, error);
}

static void sum_up(struct tp_capture *capture)
{
    struct tp_capture_summary *summary = &capture->summary;

    summary->events = writer_events(capture->writer);
    summary->rejected = capture->rejected;
    summary->lost = count_lost(capture);
    summary->unwritten = writer_dropped(capture->writer);
    summary->bytes = writer_bytes(capture->writer);
    summary->parts = writer_parts(capture->writer);
    summary->buffer_kib_wanted = summary->lost ? wanted_kib(capture) : 0;
    summary->packets = recorder_packets(capture);
}

int tp_capture_run(struct tp_capture *capture, struct tp_error *error)
{
    struct tp_error first = TP_ERROR_INIT, second = TP_ERROR_INIT;
    int rc;

    while (go_on(capture, &first))
        pause_a_moment(capture);
    instance_stop(capture->instance, &second);
    capture->summary.elapsed_ns = wall_monotonic_ns() - capture->began_ns;
    if (capture->packets)
        packets_end(capture->packets);
    drain_rest(capture, &first);
    rc = writer_end(capture->writer, first.code ? NULL : &first);
    if (rc < 0)
        end_by(capture, &first);
    sum_up(capture);
    if (capture->summary.end == TP_END_READER)
        return TP_OK;
    if (!first.code)
        first = second;
    if (first.code && error && !error->code)
        *error = first;
    return first.code;
}
