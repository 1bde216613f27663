/* recorder.c: from options to a running instance, and back to nothing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#include "base/clock.h"
#include "recorder/claim.h"
#include "recorder/local_ports.h"
#include "recorder/output.h"
#include "recorder/recorder.h"
#include "recorder/event_line.h"

#define PRIORITY (-10) /* nice */

/* --- what is to be recorded ------------------------------------------------------------------- */

/* The set in the caller's words, and the lists of those to enable. */
static int list_events(struct tp_recorder *recorder, struct tp_error *error)
{
    struct event_set *set = &recorder->set;
    struct event *event;

    recorder->events = calloc(set->count, sizeof *recorder->events);
    recorder->recorded = calloc(set->count, sizeof *recorder->recorded);
    recorder->recorded_paths = calloc(set->count, sizeof *recorder->recorded_paths);
    if (!recorder->events || !recorder->recorded || !recorder->recorded_paths)
        return tp_error_nomem(error);
    for (size_t i = 0; i < set->count; i++) {
        event = &set->events[i];
        recorder->events[i] = (struct tp_recorder_event){
            .event = &event->format.event,
            .is_default = event->is_default,
            .is_chosen = event->chosen,
            .filter = event->filter,
            .is_exact = event->exact,
        };
        if (!event->chosen || !event->filter)
            continue;
        recorder->recorded[recorder->recorded_count] = &event->format.event;
        if (asprintf(&recorder->recorded_paths[recorder->recorded_count], "%s/%s",
                     event->format.event.system, event->format.event.name) < 0)
            return tp_error_nomem(error);
        recorder->recorded_count++;
    }
    return TP_OK;
}

static int choose_events(struct tp_recorder *recorder, struct tp_error *error)
{
    const struct tp_recorder_options *options = &recorder->options;
    int rc = events_read(&recorder->set, recorder->fs.root, error);

    for (size_t i = 0; rc == TP_OK && i < options->event_count; i++) {
        rc = events_choose(&recorder->set, options->events[i], error);
        if (rc < 0)
            tp_error_at(error, "events", 0, 0);
    }
    if (local_ports_read(recorder->places.proc, &recorder->connect_port_least,
                         &recorder->connect_port_most))
        tp_filter_local_ports(options->filter, recorder->connect_port_least,
                              recorder->connect_port_most);
    if (rc == TP_OK)
        rc = events_lower(&recorder->set, options->filter, error);
    return rc == TP_OK ? list_events(recorder, error) : rc;
}

static int choose_packets(struct tp_recorder *recorder, struct tp_error *error)
{
    const struct tp_recorder_options *options = &recorder->options;
    char *everything = NULL;
    bool exact;
    int rc;

    if (!options->packets.interface)
        return TP_OK;
    rc = tp_filter_pcap(options->filter, &recorder->packet_filter, &exact, error);
    if (rc == TP_OK && !recorder->packet_filter)
        rc = tp_error_set(error, TP_ERR_USAGE, "no packet can match the filter");
    if (rc == TP_OK && options->filter)
        rc = tp_filter_pcap(NULL, &everything, &exact, error);
    recorder->packets_unasked = everything && strcmp(everything, recorder->packet_filter) == 0;
    free(everything);
    return rc;
}

int tp_recorder_prepare(struct tp_recorder **result, const struct tp_recorder_options *options,
                        struct tp_error *error)
{
    struct tp_recorder *recorder = calloc(1, sizeof *recorder);
    struct utsname system;
    int rc;

    *result = NULL;
    if (!recorder)
        return tp_error_nomem(error);
    recorder->options = *options;
    if (!recorder->options.buffer_kib)
        recorder->options.buffer_kib = TP_BUFFER_KIB;
    recorder->places.proc = options->proc ? options->proc : "/proc";
    recorder->places.sys = options->sys ? options->sys : "/sys";
    if (uname(&system) == 0)
        memcpy(recorder->kernel, system.release, sizeof system.release);
    rc = tracefs_open(&recorder->fs, &recorder->places, options->tracefs, error);
    recorder->fs.is_stopped = recorder_is_stopped;
    recorder->fs.waits = options->waits;
    recorder->fs.wait_context = recorder;
    recorder->fs.tell_context = options->context;
    if (rc == TP_OK)
        rc = choose_events(recorder, error);
    if (rc == TP_OK)
        rc = choose_packets(recorder, error);
    if (rc < 0) {
        tp_recorder_free(recorder);
        return rc;
    }
    *result = recorder;
    return TP_OK;
}

const struct tp_recorder_event *tp_recorder_events(const struct tp_recorder *recorder,
                                                   size_t *count)
{
    *count = recorder->set.count;
    return recorder->events;
}

const char *tp_recorder_packet_filter(const struct tp_recorder *recorder)
{
    return recorder->packet_filter;
}

/* --- set-up ----------------------------------------------------------------------------------- */

static int write_filters(const char *path, void *context, struct tp_error *error)
{
    struct tp_recorder *recorder = context;
    const struct event *event;
    int rc = TP_OK;

    for (size_t i = 0; rc == TP_OK && i < recorder->set.count; i++) {
        event = &recorder->set.events[i];
        if (event->chosen && event->filter)
            rc = event_apply_filter(event, path, error);
    }
    return rc;
}

static int open_pump(struct instance *instance, void *context, struct tp_error *error)
{
    struct tp_recorder *recorder = context;
    enum tp_engine asked = recorder->options.engine;
    struct tp_error refusal = TP_ERROR_INIT;
    struct pump_plan plan = {
        .engine = asked == TP_ENGINE_PIPE ? PUMP_PIPE : PUMP_RAW,
        .tracefs = recorder->fs.root,
        .instance = instance_path(instance),
        .release = render_release(recorder->kernel),
        .events = recorder->recorded,
        .event_count = recorder->recorded_count,
    };
    int rc = pump_open(&recorder->pump, &plan, &refusal);

    recorder->engine = plan.engine == PUMP_PIPE ? TP_ENGINE_PIPE : TP_ENGINE_RAW;
    if (rc == TP_ERR_UNSUPPORTED && asked == TP_ENGINE_BEST) {
        tp_error_format(&refusal, recorder->engine_reason, sizeof recorder->engine_reason);
        tp_error_clear(&refusal);
        plan.engine = PUMP_PIPE;
        recorder->engine = TP_ENGINE_PIPE;
        rc = pump_open(&recorder->pump, &plan, &refusal);
    }
    if (rc < 0 && error && !error->code)
        *error = refusal;
    return rc;
}

static int open_packets(struct tp_recorder *recorder, struct tp_error *error)
{
    const struct tp_recorder_options *options = &recorder->options;
    const struct packets_plan plan = {
        .wanted = options->packets,
        .expression = recorder->packet_filter,
        .part_bytes = options->part_bytes,
        .part_ns = options->part_ns,
        .parts_max = options->parts_max,
        .give_up = recorder_gives_up,
        .context = recorder,
    };

    return recorder->packet_filter ? packets_open(&recorder->packets, &plan, error) : TP_OK;
}

static void say_makes_buffers(void *context, const char *sentence)
{
    const struct tp_recorder_options *options = &((struct tp_recorder *)context)->options;

    if (options->makes_buffers)
        options->makes_buffers(options->context, sentence);
}

/* Packets come before the events, so that none of them lacks its packet, but after the guard, which
 * would share the kernel's buffer of packets. */
static int trace(struct tp_recorder *recorder, struct tp_error *error)
{
    const struct instance_plan plan = {
        .buffer_kib = recorder->options.buffer_kib,
        .force = recorder->options.force,
        .clock = recorder->options.clock,
        .events = (const char *const *)recorder->recorded_paths,
        .event_count = recorder->recorded_count,
        .write_filters = write_filters,
        .open_pipes = open_pump,
        .makes_buffers = say_makes_buffers,
        .context = recorder,
    };
    struct invoker invoker;
    int rc = privileges_invoker(&invoker, getenv, error);

    if (rc == TP_OK)
        rc = instance_create(&recorder->instance, &recorder->fs, error);
    /* On a machine that is busy with what is traced, the buffer overflows while the recorder waits
     * for its turn. It takes little time, so nobody is disturbed; without it, it works too. */
    setpriority(PRIO_PROCESS, 0, PRIORITY);
    if (rc == TP_OK)
        rc = open_packets(recorder, error);
    if (rc == TP_OK)
        rc = instance_set_up(recorder->instance, &recorder->places, &plan, &recorder->grant, error);
    if (rc == TP_OK)
        rc = watch_open(&recorder->watch, recorder->instance, plan.events, plan.event_count, error);
    return rc == TP_OK ? privileges_drop(&invoker, error) : rc;
}

/* Packets are no log that can be continued. */
static enum tp_recorder_existing of_packets(const struct tp_recorder_options *options)
{
    return options->existing == TP_EXISTING_CONTINUED ? TP_EXISTING_REFUSED : options->existing;
}

static bool has_parts(const struct tp_recorder_options *options)
{
    return options->part_bytes || options->part_ns;
}

/* Before the kernel is asked for anything. */
static int check_files(const struct tp_recorder *recorder, struct tp_error *error)
{
    const struct tp_recorder_options *options = &recorder->options;
    int rc = TP_OK;

    if (options->output && !has_parts(options))
        rc = output_check(options->output, options->existing, error);
    if (rc == TP_OK && recorder->packet_filter && !has_parts(options))
        rc = output_check(options->packets.output, of_packets(options), error);
    return rc;
}

/* Log and capture have the same number, which neither had. */
static unsigned first_part(const struct tp_recorder *recorder)
{
    const struct tp_recorder_options *options = &recorder->options;
    unsigned last = 0, of_capture = 0;

    if (has_parts(options) && options->output)
        last = claim_last_part(options->output);
    if (has_parts(options) && recorder->packets)
        of_capture = claim_last_part(options->packets.output);
    return (last > of_capture ? last : of_capture) + 1;
}

static int open_sampling(struct tp_recorder *recorder, struct tp_error *error)
{
    const struct tp_recorder_sockets *sockets = &recorder->options.sockets;

    if (!sockets->sampler.source_count)
        return TP_OK;
    if (strcmp(recorder->grant.clock, "mono") != 0)
        return tp_error_set(error, TP_ERR_UNSUPPORTED,
                            "sockets are sampled by the clock mono, and events have the clock %s",
                            recorder->grant.clock);
    return sampling_open(&recorder->sampling, sockets, error);
}

/* After root was given up: the files belong to the user. */
static int open_files(struct tp_recorder *recorder, struct tp_error *error)
{
    const struct tp_recorder_options *options = &recorder->options;
    unsigned part = first_part(recorder);
    const struct writer_options log = {
        .path = options->output,
        .fd = 1,
        .gzip = options->gzip,
        .part_bytes = options->part_bytes,
        .part_ns = options->part_ns,
        .part_first = part,
        .parts_max = options->parts_max,
        .existing = options->existing,
        .head = heading_write,
        .tail = heading_write_end,
        .give_up = recorder_gives_up,
        .context = recorder,
    };
    int rc = writer_open(&recorder->writer, &log, error);

    if (rc == TP_OK && recorder->packets)
        rc = packets_create(recorder->packets, part, of_packets(options), error);
    if (rc < 0)
        return rc;
    recorder->output_name = strdup(writer_name(recorder->writer));
    if (recorder->packets)
        recorder->packets_name = strdup(packets_name(recorder->packets));
    return recorder->output_name && (recorder->packets_name || !recorder->packets)
               ? TP_OK
               : tp_error_nomem(error);
}

static int describe(struct tp_recorder *recorder, struct tp_error *error)
{
    size_t cpus = instance_cpu_count(recorder->instance);

    recorder->cpus = calloc(cpus, sizeof *recorder->cpus);
    recorder->cpu_seen = calloc(cpus, sizeof *recorder->cpu_seen);
    recorder->cpu_lost = calloc(cpus, sizeof *recorder->cpu_lost);
    if (!recorder->cpus || !recorder->cpu_seen || !recorder->cpu_lost)
        return tp_error_nomem(error);
    recorder->setup = (struct tp_recorder_setup){
        .instance = instance_name(recorder->instance),
        .output = recorder->output_name,
        .packets_output = recorder->packets_name,
        .packets_refusal = recorder->packets ? packets_refusal(recorder->packets) : NULL,
        .packets_unasked = recorder->packets_unasked,
        .clock = recorder->grant.clock,
        .clock_is_second = recorder->grant.clock_is_second,
        .buffer_is_capped = recorder->grant.capped,
        .buffer_kib = recorder->grant.buffer_kib,
        .buffer_total_kib = recorder->grant.total_kib,
        .cpus = cpus,
        .engine = recorder->engine,
        .engine_reason = recorder->engine_reason,
        .reaped = (const char *const *)recorder->fs.reaped,
        .reaped_count = recorder->fs.reaped_count,
    };
    recorder->summary.cpus = recorder->cpus;
    recorder->summary.cpu_count = cpus;
    return TP_OK;
}

int tp_recorder_start(struct tp_recorder *recorder, struct tp_error *error)
{
    const struct tp_recorder_options *options = &recorder->options;
    int rc;

    if (!recorder->recorded_count)
        return tp_error_set(error, TP_ERR_USAGE,
                            "none of the chosen events can match the filter, or be asked for it");
    rc = check_files(recorder, error);
    if (rc == TP_OK)
        rc = sieve_init(&recorder->sieve, &recorder->set, options->filter, options->count_flows,
                        error);
    if (rc < 0)
        return rc;
    instance_reap(&recorder->fs);
    rc = trace(recorder, error);
    recorder->began_ns = recorder->told_ns = tp_clock_monotonic_ns();
    if (rc == TP_OK)
        rc = open_sampling(recorder, error);
    if (rc == TP_OK)
        rc = open_files(recorder, error);
    if (rc == TP_OK)
        rc = describe(recorder, error);
    if (rc == TP_OK && recorder->packets)
        rc = packets_begin(recorder->packets, error);
    return rc == TP_OK ? writer_begin(recorder->writer, recorder->began_ns, error) : rc;
}

const struct tp_recorder_setup *tp_recorder_setup(const struct tp_recorder *recorder)
{
    return &recorder->setup;
}

const struct tp_recorder_summary *tp_recorder_summary(const struct tp_recorder *recorder)
{
    return &recorder->summary;
}

/* --- the end ---------------------------------------------------------------------------------- */

int tp_recorder_finish(struct tp_recorder *recorder, struct tp_error *error)
{
    struct instance *instance = recorder->instance;

    packets_free(recorder->packets);
    recorder->packets = NULL;
    pump_close(recorder->pump);
    recorder->pump = NULL;
    recorder->instance = NULL;
    watch_close(&recorder->watch);
    return instance ? instance_remove(instance, error) : TP_OK;
}

void tp_recorder_free(struct tp_recorder *recorder)
{
    if (!recorder)
        return;
    tp_recorder_finish(recorder, NULL);
    sampling_free(recorder->sampling);
    writer_free(recorder->writer);
    sieve_release(&recorder->sieve);
    for (size_t i = 0; recorder->recorded_paths && i < recorder->set.count; i++)
        free(recorder->recorded_paths[i]);
    free(recorder->recorded_paths);
    free(recorder->recorded);
    free(recorder->events);
    free(recorder->cpus);
    free(recorder->cpu_seen);
    free(recorder->cpu_lost);
    free(recorder->output_name);
    free(recorder->packets_name);
    free(recorder->packet_filter);
    events_release(&recorder->set);
    tracefs_close(&recorder->fs);
    free(recorder);
}
