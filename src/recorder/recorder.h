/* recorder.h: what the files of the recorder share: recorder.c sets up and tears down, session.c
 * records, heading.c writes what stands around the events.
 *
 * How this room works
 *
 * Three promises shape it: nobody else's tracing is touched, nothing is left behind, and what is
 * lost is said.
 *
 * Tracing happens in a tracefs instance of our own (instance.h): its buffers, clock, filters and
 * events are ours, and removing its folder undoes everything. Because a killed process removes
 * nothing, a second process, the guard (guard.h), waits for the end of a pipe and removes the
 * folder then; should it die too, the next recorder finds a folder that nobody holds a lock on.
 * The order of set-up (set_up.c) is the only one in which nothing is recorded too early: filters
 * before events, pipes opened before tracing is on, root given up (privileges.h) once all files
 * are open. After that no file is opened by name any more.
 *
 * Which events, and what of a filter the kernel can be asked, is decided from the kernel's own
 * `format` files (events.h, format.h), never from its version. What the kernel cannot be asked is
 * asked of each line before it is written (sieve.h).
 *
 * Events come by pump (pump.h). The raw engine reads whole pages of each CPU's buffer (queue.h),
 * walks their events (pages.h), merges the CPUs by time (engine_raw.c) and prints each event by
 * the program that was made of its print format when the recording began (fmt.h, render.h). The
 * line is byte for byte what the kernel would have printed, which is what the tests compare. Where
 * anything of this kernel's pages is not understood, the other engine reads trace_pipe, and it is
 * said why. Nobody is woken for an event: run.c drains by a timer, as a wake-up costs more than
 * the events.
 *
 * A page that has lost events before it says so, and mostly how many; the marker is written where
 * they are missing. Where the page is too full to tell, the number is worked out from the counters
 * of the CPU once all was read (queue.h). The log ends with these counters by CPU.
 *
 * The log (writer.h) is synced once a second, and what was synced can be read whatever happens
 * then. Packets (packets.h) go into a file of their own, from a thread of their own; their end is
 * never the end of the events.
 *
 * Everything outside comes in by parameter (struct places): the folder of tracefs, /proc and /sys.
 * So most tests have a made-up kernel (tests/unit/fake_tracefs.h) and need no root.
 */
#ifndef TCPPROBE_RECORDER_RECORDER_H
#define TCPPROBE_RECORDER_RECORDER_H

#include <stdio.h>

#include <tcpprobe/recorder.h>

#include "recorder/event_set.h"
#include "recorder/instance.h"
#include "recorder/capture.h"
#include "base/privileges.h"
#include "recorder/pump.h"
#include "recorder/sampling.h"
#include "recorder/sieve.h"
#include "recorder/watch.h"
#include "recorder/writer.h"

struct tp_recorder {
    struct tp_recorder_options options;
    struct places places;
    struct tracefs fs;
    struct event_set set;
    struct tp_recorder_event *events;        /* the set, as the caller sees it */
    const struct tp_kernel_event **recorded; /* those to enable */
    char **recorded_paths;                   /* "tcp/tcp_probe" */
    size_t recorded_count;
    char kernel[72];                                /* release */
    uint16_t connect_port_least, connect_port_most; /* 0: not known */

    struct instance *instance;
    struct instance_grant grant;
    struct pump *pump;
    enum tp_engine engine; /* that is used */
    char engine_reason[512];
    struct sieve sieve;
    struct writer *writer;
    char *output_name, *packets_name; /* of the first parts; no packets: NULL */
    char *packet_filter;              /* libpcap's; NULL: no packets */
    bool packets_unasked;             /* it is that of all TCP, though there is a filter */
    struct packets *packets;          /* NULL: none */
    struct sampling *sampling;        /* of sockets; NULL: none */
    struct tp_recorder_packets packets_status;
    struct tp_recorder_setup setup;

    int64_t began_ns, told_ns; /* CLOCK_MONOTONIC */
    int64_t hurry_ns;          /* since when it should have ended; 0: not yet */
    uint64_t rejected;
    uint64_t lost_most;   /* of one CPU in one second */
    uint64_t event_bytes; /* in the kernel's buffer, as last seen */
    double fill;
    struct tp_recorder_cpu *cpus;     /* all that was counted: never less than at the last look */
    struct tp_recorder_cpu *cpu_seen; /* the kernel's counters then */
    uint64_t *cpu_lost;               /* at the last look */
    unsigned uncounted;               /* a CPU, plus 1, whose counters could not be read; or 0 */
    bool told_uncounted;
    uint64_t told_unreadable; /* of pump_stats() */
    struct watch watch;
    bool emptied;            /* the buffer was, which was not said yet */
    bool was_emptied;        /* or some time ago */
    uint64_t read_uncounted; /* events that were read before the counters began anew */
    uint64_t disturbances;
    char disturbance[160]; /* the last one */
    struct tp_recorder_summary summary;
};

/* The log's first and last lines, beginning with '#'; for struct writer_options. */
int heading_write(void *recorder, unsigned part, FILE *out, struct tp_error *error);
int heading_write_end(void *recorder, unsigned part, FILE *out, struct tp_error *error);

/* Takes the counters of every CPU into recorder->cpus; what cannot be read stays as it was. Returns
 * the events lost so far. */
uint64_t recorder_count(struct tp_recorder *recorder);

/* What others did to our instance since the last look goes into the log and into
 * recorder->disturbance. Each second, before tracing is stopped and when all was drained. */
int recorder_look_for_others(struct tp_recorder *recorder, struct tp_error *error);
/* The same for a second reader of the buffer, after that, once all of it was drained. */
int recorder_look_for_reader(struct tp_recorder *recorder, struct tp_error *error);

/* Does the caller wish the end, though nothing has begun? For struct tracefs. */
bool recorder_is_stopped(void *recorder);

/* Looks how it goes with the packets; NULL if none are captured. */
const struct tp_recorder_packets *recorder_packets(struct tp_recorder *recorder);

/* Shall a reader that does not read be waited for no longer? For struct writer_options. */
bool recorder_gives_up(void *recorder);

#endif
