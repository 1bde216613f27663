/* others.c: what others did to our instance, said in the log where it was noticed.
 *
 * It stands there as a comment and a marker of lost events that have no number, so that whoever
 * reads the log has a gap there. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "recorder/recorder.h"

/* The text is ours, but for names of events: no word of it may look like one of a header. */
__attribute__((format(printf, 3, 4))) static int
note(struct tp_recorder *recorder, struct tp_error *error, const char *format, ...)
{
    char line[sizeof recorder->disturbance + 32];
    va_list args;
    int length;

    va_start(args, format);
    vsnprintf(recorder->disturbance, sizeof recorder->disturbance, format, args);
    va_end(args);
    recorder->disturbances++;
    length = snprintf(line, sizeof line, "# disturbed: %s\n", recorder->disturbance);
    return writer_add(recorder->writer, line, (size_t)length, 0, error);
}

static int mark(struct tp_recorder *recorder, struct tp_error *error)
{
    static const char marker[] = "CPU:0 [LOST EVENTS]\n";

    return writer_add(recorder->writer, marker, sizeof marker - 1, 0, error);
}

/* What was read according to the kernel, in spite of its counters having begun anew. */
static uint64_t read_so_far(const struct tp_recorder *recorder)
{
    uint64_t read = recorder->read_uncounted;

    for (size_t i = 0; i < recorder->summary.cpu_count; i++)
        read += recorder->cpus[i].read;
    return read;
}

/* Fewer events than we took: the counters began anew so early that none of them went down. Only the
 * first time, since the lines that were held back then make up for it later. */
static void look_for_emptied(struct tp_recorder *recorder)
{
    uint64_t taken = pump_stats(recorder->pump)->events, read = read_so_far(recorder);

    if (recorder->engine == TP_ENGINE_RAW && taken > read) {
        recorder->read_uncounted += taken - read;
        recorder->emptied |= !recorder->was_emptied;
    }
}

/* What the kernel cannot be asked is not known to be 0. Told once, until it can be asked again. */
static int look_for_uncounted(struct tp_recorder *recorder, struct tp_error *error)
{
    bool told = recorder->told_uncounted;

    recorder->told_uncounted = recorder->uncounted > 0;
    if (!recorder->uncounted || told)
        return TP_OK;
    return note(recorder, error, "what CPU %u lost cannot be read any more",
                recorder->uncounted - 1);
}

/* Others' events in our buffer, or pages that nobody can read: their markers are in the log. */
static int look_for_unreadable(struct tp_recorder *recorder, struct tp_error *error)
{
    uint64_t unreadable = pump_stats(recorder->pump)->unreadable;
    uint64_t more = unreadable - recorder->told_unreadable;

    recorder->told_unreadable = unreadable;
    return more ? note(recorder, error, "%" PRIu64 " events or pages in the buffer are not ours",
                       more)
                : TP_OK;
}

static int tell_of(void *context, enum watch_kind kind, const char *path, struct tp_error *error)
{
    static const char *const what[] = {
        [WATCH_CHANGED] = "was changed by somebody else",
        [WATCH_OPENED] = "was opened by somebody else, who takes events out",
        [WATCH_UNREAD] = "cannot be read any more",
    };
    struct tp_recorder *recorder = context;

    if (kind == WATCH_EMPTIED) {
        recorder->emptied = true;
        return TP_OK;
    }
    return note(recorder, error, "%s %s", path, what[kind]);
}

int recorder_look_for_others(struct tp_recorder *recorder, struct tp_error *error)
{
    uint64_t before = recorder->disturbances;
    int rc;

    /* The counters first: whatever they say, the kernel's note of it was taken before. */
    recorder_count(recorder);
    look_for_emptied(recorder);
    rc = watch_look(&recorder->watch, tell_of, recorder, error);
    if (rc == TP_OK && recorder->emptied)
        rc = note(recorder, error, "the buffer was emptied by somebody else");
    recorder->was_emptied |= recorder->emptied;
    recorder->emptied = false;
    if (rc == TP_OK)
        rc = look_for_uncounted(recorder, error);
    if (rc == TP_OK)
        rc = look_for_unreadable(recorder, error);
    return rc == TP_OK && recorder->disturbances > before ? mark(recorder, error) : rc;
}

int recorder_look_for_reader(struct tp_recorder *recorder, struct tp_error *error)
{
    const struct pump_stats *stats = pump_stats(recorder->pump);
    uint64_t read = read_so_far(recorder);
    int rc;

    /* The lines of a pipe are at least as many as its events: a task's name may hold a newline. */
    if (stats->unreadable || read <= stats->events)
        return TP_OK;
    rc = note(recorder, error, "%" PRIu64 " events were read by somebody else",
              read - stats->events);
    return rc == TP_OK ? mark(recorder, error) : rc;
}
