/* recorder.h: records the kernel's TCP events into a log that tp_stream_open() reads.
 *
 * Tracing happens in an instance of the kernel's tracing files that is this recording's own, so
 * that no other tracer is disturbed; it is gone afterwards, however the recorder ends. Needs root,
 * which is given up for the user who called sudo once tracing runs; the log is that user's.
 *
 *     struct tp_recorder *recorder;
 *     if (tp_recorder_prepare(&recorder, &options, &error) == 0 &&
 *         tp_recorder_start(recorder, &error) == 0)
 *         tp_recorder_run(recorder, &error);
 *     tp_recorder_free(recorder);
 *
 * One recording a process: the root that it gave up does not come back. No thread may run when it
 * starts, and SIGPIPE must be ignored.
 *
 * Threads: one thread uses a recorder, and its callbacks run in that thread. What a thread of its own
 * writes is only counted in struct tp_recorder_packets.
 */
#ifndef TCPPROBE_RECORDER_H
#define TCPPROBE_RECORDER_H

#include <tcpprobe/sampler.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tp_recorder;

enum tp_engine {
    TP_ENGINE_BEST, /* RAW, or PIPE where this kernel's raw events are not understood */
    TP_ENGINE_RAW,  /* the pages of the kernel's buffers, printed by us */
    TP_ENGINE_PIPE  /* trace_pipe: printed by the kernel, at many times the cost */
};

/* What becomes of a log that is there already, and not empty. Of one in parts none is replaced: the
 * numbers go on. */
enum tp_recorder_existing {
    TP_EXISTING_REFUSED,  /* TP_ERR_USAGE, before anything is traced */
    TP_EXISTING_REPLACED,
    TP_EXISTING_CONTINUED /* the new log comes behind it, whole, with head and tail. TP_ERR_USAGE where
                             it does not end as a log does. Captures are refused */
};

enum tp_recorder_end {
    TP_END_NONE,     /* it goes on */
    TP_END_ASKED,    /* the caller wished it */
    TP_END_DURATION,
    TP_END_COUNT,
    TP_END_READER,   /* nobody reads the log any more: the pipe was closed */
    TP_END_FAILURE
};

/* The packets of an interface, captured beside the events into a file of their own (pcap with
 * nanoseconds): those of the connections that the filter means, as tp_filter_pcap() says. */
struct tp_recorder_packet_options {
    const char *interface; /* "eth0", or "any"; NULL: no packets */
    const char *output;    /* in parts like the log, where that is */
    bool gzip;
    uint32_t snaplen;      /* bytes to keep of each; 0: TP_LIVE_SNAPLEN (pcap.h) */
    uint32_t buffer_bytes; /* of the kernel; 0: TP_LIVE_BUFFER */
};

/* The sockets of the machine, round by round, in the log between the events (sampler.h). */
struct tp_recorder_sockets {
    struct tp_sampler_options sampler; /* line and pid are not looked at; without sources: none */
    int64_t interval_ns;      /* between the beginnings of two rounds */
    const char *const *netns; /* names of the sampler's sources, for the log; NULL: the own one */
};

/* How it goes with the packets. */
struct tp_recorder_packets {
    uint64_t count;             /* in the file */
    uint64_t bytes;             /* of the file, compressed where it is */
    uint64_t dropped;           /* that the kernel had no room for */
    uint64_t interface_dropped; /* by the interface, before the kernel saw them */
    uint64_t unwritten;         /* that the disk did not take */
    struct tp_error error;      /* why it ended early; the events go on without */
};

/* How far it is. */
struct tp_recorder_status {
    int64_t elapsed_ns;
    uint64_t events;   /* of the kernel, in the log */
    uint64_t rejected; /* passed by the kernel, not by the filter */
    uint64_t bytes;    /* of the log, compressed where it is */
    uint64_t lost;     /* events that the kernel had no room for */
    uint64_t flows;    /* connections that were met; 0 unless count_flows */
    double fill;       /* of the fullest buffer before the last drain, 0..1 */
    /* Others used our instance: they emptied it, read from it, or changed a setting. Each time events
     * may be missing that nobody counted. */
    uint64_t disturbances;
    const char *disturbance; /* a sentence about the last one; "" if there was none */
    const struct tp_recorder_packets *packets; /* NULL: none are captured */
};

/* What the caller wants to happen next. */
struct tp_recorder_wish {
    bool end;           /* drain, write the trailer, clean up */
    bool at_once;       /* do not wait for a slow reader */
    const char *reason; /* one word for the log, "SIGINT" */
};

#define TP_BUFFER_KIB 8192 /* per CPU */

/* Texts must live as long as the capture. Zero means the default. */
struct tp_recorder_options {
    const char *tracefs;           /* folder; NULL: found by itself */
    const char *proc, *sys;        /* NULL: "/proc", "/sys" */
    /* NULL: everything. It is told which ports this machine chooses: tp_filter_local_ports(). */
    struct tp_filter *filter;
    const char *const *events;     /* lists of events to add, or with '-' to remove: see -e */
    size_t event_count;
    const char *clock;             /* NULL: mono, or what comes next to it */
    uint64_t buffer_kib;           /* per CPU; 0: TP_BUFFER_KIB */
    bool force;                    /* even if that is more than 1/8 of the available memory */
    enum tp_engine engine;
    const char *output;            /* NULL: standard output */
    bool gzip;
    uint64_t part_bytes;           /* begin a new file after so many bytes */
    int64_t part_ns;               /* or after so long */
    unsigned parts_max;            /* keep the newest whole ones only, and the one that is written: with
                                     each that begins the one that is too old goes, be it of an earlier
                                     recording */
    enum tp_recorder_existing existing;
    struct tp_recorder_packet_options packets;
    struct tp_recorder_sockets sockets; /* need the clock mono */
    int64_t duration_ns;           /* end after so long */
    uint64_t count;                /* end after so many events */
    const char *command;           /* command line, for the log */
    const char *filter_text;       /* as it was typed, for the log */
    const char *congestion_control; /* of all connections that are traced, for the log, since events
                                     do not name it: a name of the kernel's; NULL: not known */
    bool count_flows;              /* for the status; takes time */
    void (*second)(void *context, const struct tp_recorder_status *status); /* may be NULL */
    /* Asked many times a second, from tp_recorder_run() and where tp_recorder_start() has to wait; may
     * be NULL. */
    struct tp_recorder_wish (*wish)(void *context);
    /* Told once if tp_recorder_start() waits longer than a second: a sentence that says what for.
     * May be NULL. */
    void (*waits)(void *context, const char *sentence);
    /* Told before the kernel makes buffers so large that it takes a second or more; may be NULL. */
    void (*makes_buffers)(void *context, const char *sentence);
    void *context;
};

/* Of each event that this kernel has, in the order of system and name. */
struct tp_recorder_event {
    const struct tp_kernel_event *event;
    bool is_default;
    bool is_chosen;
    const char *filter; /* what the kernel filters by; "" nothing, NULL: it is not recorded since it
                           can never match, or if not exact, cannot be asked for this filter */
    bool is_exact;      /* false: each line is asked again with the whole filter */
};

/* What was set up. */
struct tp_recorder_setup {
    const char *instance; /* name of the tracing instance */
    const char *output;   /* name of the (first) log, or "standard output"; until _run() */
    const char *packets_output; /* likewise; NULL: no packets are captured */
    const char *packets_refusal; /* why the kernel does not filter them, so that each of the interface
                                    is copied; NULL: it does (see tp_live_refusal()) */
    bool packets_unasked; /* all of TCP are kept: the filter has nothing that can be asked of packets,
                             or is too long for it */
    const char *clock;
    bool clock_is_second;     /* the kernel has no mono */
    bool buffer_is_capped;    /* to 1/8 of the available memory */
    uint64_t buffer_kib;      /* per CPU */
    uint64_t buffer_total_kib;
    size_t cpus;
    enum tp_engine engine;
    const char *engine_reason; /* why PIPE and not RAW, where BEST was asked for; else "" */
    const char *const *reaped; /* instances of recorders that died, which were removed */
    size_t reaped_count;
};

/* What one CPU lost. */
struct tp_recorder_cpu {
    unsigned cpu;
    uint64_t read;           /* events */
    uint64_t overrun;        /* overwritten before they were read */
    uint64_t commit_overrun; /* lost in an interrupted writer */
    uint64_t dropped;
};

struct tp_recorder_summary {
    enum tp_recorder_end end;
    const char *reason;  /* one word: "duration", "SIGINT" ... */
    int64_t elapsed_ns;
    uint64_t events;     /* in the log */
    uint64_t rejected;   /* by the filter in user space */
    uint64_t lost;       /* by the kernel, as its counters say */
    uint64_t disturbances;   /* see struct tp_recorder_status */
    const char *disturbance;
    uint64_t unwritten;  /* were taken from the kernel, but a full disk did not take them */
    uint64_t bytes;
    unsigned parts;
    uint64_t buffer_kib_wanted; /* per CPU: would have lost nothing; 0 if nothing was lost */
    const struct tp_recorder_packets *packets; /* NULL: none were captured */
    const struct tp_sampler_summary *sockets;  /* NULL: none were sampled */
    uint64_t missed_rounds; /* that were left out, as those before took too long */
    const struct tp_recorder_cpu *cpus;
    size_t cpu_count;
};

/* Finds the kernel's tracing files and works out which events get which filter; nothing is
 * changed. On success the caller frees the capture. The error is a sentence of its own for each
 * reason that tracing is not possible. */
int tp_recorder_prepare(struct tp_recorder **recorder, const struct tp_recorder_options *options,
                       struct tp_error *error);
const struct tp_recorder_event *tp_recorder_events(const struct tp_recorder *recorder, size_t *count);
/* What packets are filtered by, in libpcap's language; NULL if none are captured. */
const char *tp_recorder_packet_filter(const struct tp_recorder *recorder);

/* Starts tracing and capturing, gives up root, and opens the files. After an error, too, free the
 * capture. From here to the end of tp_recorder_run() a thread writes the packets, if any. */
int tp_recorder_start(struct tp_recorder *recorder, struct tp_error *error);
const struct tp_recorder_setup *tp_recorder_setup(const struct tp_recorder *recorder);

/* Records until one of the ends; what the kernel still holds then is written, and the trailer. If
 * the packets end early (the interface is gone), the events go on: see the summary.
 * Returns 0 unless something was lost to the user because of an error (a full disk, say); events
 * that the kernel lost are no error. */
int tp_recorder_run(struct tp_recorder *recorder, struct tp_error *error);
const struct tp_recorder_summary *tp_recorder_summary(const struct tp_recorder *recorder);

/* Stops tracing and removes the instance. Negative and an error if it is still there. */
int tp_recorder_finish(struct tp_recorder *recorder, struct tp_error *error);

void tp_recorder_free(struct tp_recorder *recorder); /* NULL is fine; finishes first */

#ifdef __cplusplus
}
#endif

#endif
