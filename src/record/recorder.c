/* recorder.c: from options to a running instance, and back to nothing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#include "record/recorder.h"
#include "record/render.h"
#include "record/wall.h"

#define PRIORITY (-10) /* nice */

/* --- what is to be recorded ------------------------------------------------------------------- */

/* The set in the caller's words, and the lists of those to enable. */
static int list_events(struct tp_capture *capture, struct tp_error *error)
{
    struct event_set *set = &capture->set;
    struct event *event;

    capture->events = calloc(set->count, sizeof *capture->events);
    capture->recorded = calloc(set->count, sizeof *capture->recorded);
    capture->recorded_paths = calloc(set->count, sizeof *capture->recorded_paths);
    if (!capture->events || !capture->recorded || !capture->recorded_paths)
        return tp_error_nomem(error);
    for (size_t i = 0; i < set->count; i++) {
        event = &set->events[i];
        capture->events[i] = (struct tp_capture_event){
            .event = &event->format.event,
            .is_default = event->is_default,
            .is_chosen = event->chosen,
            .filter = event->filter,
            .is_exact = event->exact,
        };
        if (!event->chosen || !event->filter)
            continue;
        capture->recorded[capture->recorded_count] = &event->format.event;
        if (asprintf(&capture->recorded_paths[capture->recorded_count], "%s/%s",
                     event->format.event.system, event->format.event.name) < 0)
            return tp_error_nomem(error);
        capture->recorded_count++;
    }
    return TP_OK;
}

static int choose_events(struct tp_capture *capture, struct tp_error *error)
{
    const struct tp_capture_options *options = &capture->options;
    int rc = events_read(&capture->set, capture->fs.root, error);

    for (size_t i = 0; rc == TP_OK && i < options->event_count; i++) {
        rc = events_choose(&capture->set, options->events[i], error);
        if (rc < 0)
            tp_error_at(error, "events", 0, 0);
    }
    if (rc == TP_OK)
        rc = events_lower(&capture->set, options->filter, error);
    return rc == TP_OK ? list_events(capture, error) : rc;
}

static int choose_packets(struct tp_capture *capture, struct tp_error *error)
{
    const struct tp_capture_options *options = &capture->options;
    bool exact;
    int rc;

    if (!options->packets.interface)
        return TP_OK;
    rc = tp_filter_pcap(options->filter, &capture->packet_filter, &exact, error);
    if (rc == TP_OK && !capture->packet_filter)
        rc = tp_error_set(error, TP_ERR_USAGE, "no packet can match the filter");
    return rc;
}

int tp_capture_prepare(struct tp_capture **result, const struct tp_capture_options *options,
                       struct tp_error *error)
{
    struct tp_capture *capture = calloc(1, sizeof *capture);
    struct utsname system;
    int rc;

    *result = NULL;
    if (!capture)
        return tp_error_nomem(error);
    capture->options = *options;
    if (!capture->options.buffer_kib)
        capture->options.buffer_kib = TP_BUFFER_KIB;
    capture->places.proc = options->proc ? options->proc : "/proc";
    capture->places.sys = options->sys ? options->sys : "/sys";
    if (uname(&system) == 0)
        memcpy(capture->kernel, system.release, sizeof system.release);
    rc = tracefs_open(&capture->fs, &capture->places, options->tracefs, error);
    if (rc == TP_OK)
        rc = choose_events(capture, error);
    if (rc == TP_OK)
        rc = choose_packets(capture, error);
    if (rc < 0) {
        tp_capture_free(capture);
        return rc;
    }
    *result = capture;
    return TP_OK;
}

const struct tp_capture_event *tp_capture_events(const struct tp_capture *capture, size_t *count)
{
    *count = capture->set.count;
    return capture->events;
}

const char *tp_capture_packet_filter(const struct tp_capture *capture)
{
    return capture->packet_filter;
}

/* --- set-up ----------------------------------------------------------------------------------- */

static int write_filters(const char *path, void *context, struct tp_error *error)
{
    struct tp_capture *capture = context;
    const struct event *event;
    int rc = TP_OK;

    for (size_t i = 0; rc == TP_OK && i < capture->set.count; i++) {
        event = &capture->set.events[i];
        if (event->chosen && event->filter)
            rc = event_apply_filter(event, path, error);
    }
    return rc;
}

static int open_pump(struct instance *instance, void *context, struct tp_error *error)
{
    struct tp_capture *capture = context;
    enum tp_engine asked = capture->options.engine;
    struct tp_error refusal = TP_ERROR_INIT;
    struct pump_plan plan = {
        .engine = asked == TP_ENGINE_PIPE ? PUMP_PIPE : PUMP_RAW,
        .tracefs = capture->fs.root,
        .instance = instance_path(instance),
        .release = render_release(capture->kernel),
        .events = capture->recorded,
        .event_count = capture->recorded_count,
    };
    int rc = pump_open(&capture->pump, &plan, &refusal);

    capture->engine = plan.engine == PUMP_PIPE ? TP_ENGINE_PIPE : TP_ENGINE_RAW;
    if (rc == TP_ERR_UNSUPPORTED && asked == TP_ENGINE_BEST) {
        tp_error_format(&refusal, capture->engine_reason, sizeof capture->engine_reason);
        tp_error_clear(&refusal);
        plan.engine = PUMP_PIPE;
        capture->engine = TP_ENGINE_PIPE;
        rc = pump_open(&capture->pump, &plan, &refusal);
    }
    if (rc < 0 && error && !error->code)
        *error = refusal;
    return rc;
}

static int open_packets(struct tp_capture *capture, struct tp_error *error)
{
    const struct tp_capture_options *options = &capture->options;
    const struct packets_plan plan = {
        .wanted = options->packets,
        .expression = capture->packet_filter,
        .part_bytes = options->part_bytes,
        .part_ns = options->part_ns,
        .parts_max = options->parts_max,
    };

    return capture->packet_filter ? packets_open(&capture->packets, &plan, error) : TP_OK;
}

/* Packets come before the events, so that none of them lacks its packet, but after the guard, which
 * would share the kernel's buffer of packets. */
static int trace(struct tp_capture *capture, struct tp_error *error)
{
    const struct instance_plan plan = {
        .buffer_kib = capture->options.buffer_kib,
        .force = capture->options.force,
        .clock = capture->options.clock,
        .events = (const char *const *)capture->recorded_paths,
        .event_count = capture->recorded_count,
        .write_filters = write_filters,
        .open_pipes = open_pump,
        .context = capture,
    };
    struct invoker invoker;
    int rc = privileges_invoker(&invoker, getenv, error);

    if (rc == TP_OK)
        rc = instance_create(&capture->instance, &capture->fs, error);
    /* On a machine that is busy with what is traced, the buffer overflows while the recorder waits
     * for its turn. It takes little time, so nobody is disturbed; without it, it works too. */
    setpriority(PRIO_PROCESS, 0, PRIORITY);
    if (rc == TP_OK)
        rc = open_packets(capture, error);
    if (rc == TP_OK)
        rc = instance_set_up(capture->instance, &capture->places, &plan, &capture->grant, error);
    return rc == TP_OK ? privileges_drop(&invoker, error) : rc;
}

/* After root was given up: the files belong to the user. */
static int open_files(struct tp_capture *capture, struct tp_error *error)
{
    const struct tp_capture_options *options = &capture->options;
    const struct writer_options log = {
        .path = options->output,
        .fd = 1,
        .gzip = options->gzip,
        .part_bytes = options->part_bytes,
        .part_ns = options->part_ns,
        .parts_max = options->parts_max,
        .head = heading_write,
        .tail = heading_write_end,
        .give_up = recorder_gives_up,
        .context = capture,
    };
    int rc = writer_open(&capture->writer, &log, error);

    if (rc == TP_OK && capture->packets)
        rc = packets_create(capture->packets, error);
    if (rc < 0)
        return rc;
    capture->output_name = strdup(writer_name(capture->writer));
    if (capture->packets)
        capture->packets_name = strdup(packets_name(capture->packets));
    return capture->output_name && (capture->packets_name || !capture->packets)
               ? TP_OK
               : tp_error_nomem(error);
}

static int describe(struct tp_capture *capture, struct tp_error *error)
{
    size_t cpus = instance_cpu_count(capture->instance);

    capture->cpus = calloc(cpus, sizeof *capture->cpus);
    capture->cpu_lost = calloc(cpus, sizeof *capture->cpu_lost);
    if (!capture->cpus || !capture->cpu_lost)
        return tp_error_nomem(error);
    capture->setup = (struct tp_capture_setup){
        .instance = instance_name(capture->instance),
        .output = capture->output_name,
        .packets_output = capture->packets_name,
        .clock = capture->grant.clock,
        .clock_is_second = capture->grant.clock_is_second,
        .buffer_is_capped = capture->grant.capped,
        .buffer_kib = capture->grant.buffer_kib,
        .buffer_total_kib = capture->grant.total_kib,
        .cpus = cpus,
        .engine = capture->engine,
        .engine_reason = capture->engine_reason,
        .reaped = (const char *const *)capture->fs.reaped,
        .reaped_count = capture->fs.reaped_count,
    };
    capture->summary.cpus = capture->cpus;
    capture->summary.cpu_count = cpus;
    return TP_OK;
}

int tp_capture_start(struct tp_capture *capture, struct tp_error *error)
{
    const struct tp_capture_options *options = &capture->options;
    int rc;

    if (!capture->recorded_count)
        return tp_error_set(error, TP_ERR_USAGE,
                            "none of the chosen events can match the filter, or be asked for it");
    rc = sieve_init(&capture->sieve, &capture->set, options->filter, options->count_flows, error);
    if (rc < 0)
        return rc;
    instance_reap(&capture->fs);
    rc = trace(capture, error);
    capture->began_ns = capture->told_ns = wall_monotonic_ns();
    if (rc == TP_OK)
        rc = open_files(capture, error);
    if (rc == TP_OK)
        rc = describe(capture, error);
    if (rc == TP_OK && capture->packets)
        rc = packets_begin(capture->packets, error);
    return rc == TP_OK ? writer_begin(capture->writer, capture->began_ns, error) : rc;
}

const struct tp_capture_setup *tp_capture_setup(const struct tp_capture *capture)
{
    return &capture->setup;
}

const struct tp_capture_summary *tp_capture_summary(const struct tp_capture *capture)
{
    return &capture->summary;
}

/* --- the end ---------------------------------------------------------------------------------- */

int tp_capture_finish(struct tp_capture *capture, struct tp_error *error)
{
    struct instance *instance = capture->instance;

    packets_free(capture->packets);
    capture->packets = NULL;
    pump_close(capture->pump);
    capture->pump = NULL;
    capture->instance = NULL;
    return instance ? instance_remove(instance, error) : TP_OK;
}

void tp_capture_free(struct tp_capture *capture)
{
    if (!capture)
        return;
    tp_capture_finish(capture, NULL);
    writer_free(capture->writer);
    sieve_release(&capture->sieve);
    for (size_t i = 0; capture->recorded_paths && i < capture->set.count; i++)
        free(capture->recorded_paths[i]);
    free(capture->recorded_paths);
    free(capture->recorded);
    free(capture->events);
    free(capture->cpus);
    free(capture->cpu_lost);
    free(capture->output_name);
    free(capture->packets_name);
    free(capture->packet_filter);
    events_release(&capture->set);
    tracefs_close(&capture->fs);
    free(capture);
}
