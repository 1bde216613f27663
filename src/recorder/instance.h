/* instance.h: a tracefs instance of our own: buffer, clock, options, filters, events.
 *
 * The top-level instance, which all other tracers share, is never written to, so nothing has to be
 * restored. The instance is the folder ROOT/instances/tcpprobe-PID-N. It goes away however the
 * recorder ends:
 * - instance_remove(), the normal end, which leaves the removal to the guard;
 * - if the process dies, the kernel closes free_buffer and thereby stops tracing at once
 *   (disable_on_free), and the guard process removes the instance;
 * - if the guard died too, the next instance_reap() does: whoever lives holds a lock (flock) on the
 *   folder, so that an instance without one is a leftover, whatever became of its PID.
 *
 * The order of calls: instance_reap(), instance_create(), instance_set_up() (which calls back to
 * write filters and to open pipes), privileges_drop(), ... instance_stop(), drain,
 * instance_stats(), instance_remove(). What is used after set-up works through files that are open
 * since then, so root may have been dropped.
 */
#ifndef TCPPROBE_RECORDER_INSTANCE_H
#define TCPPROBE_RECORDER_INSTANCE_H

#include <stdbool.h>

#include "recorder/tracefs.h"

struct instance;

/* Of one CPU's buffer, from its file `stats`; events, but for bytes. */
struct cpu_stats {
    uint64_t entries;        /* in the buffer now */
    uint64_t overrun;        /* overwritten before they were read */
    uint64_t commit_overrun; /* lost in a writer that was interrupted by too many others */
    uint64_t bytes;          /* in the buffer now */
    uint64_t dropped;        /* not written since the buffer was full */
    uint64_t read;           /* consumed by the reader */
};

/* What to set up; the texts are the caller's and need to live only during the call. */
struct instance_plan {
    uint64_t buffer_kib;       /* per CPU, 1 KiB = 1024 bytes */
    bool force;                /* even if it is more than 1/8 of the available memory */
    const char *clock;         /* NULL: the first of mono, boot and local that the kernel has */
    const char *const *events; /* "tcp/tcp_probe", ...: in the order to enable */
    size_t event_count;
    /* Called before the first event is enabled, in this order; either may be NULL. A negative
     * return ends the set-up with its error. path is the folder of the instance. */
    int (*write_filters)(const char *path, void *context, struct tp_error *error);
    int (*open_pipes)(struct instance *instance, void *context, struct tp_error *error);
    /* Told before the kernel makes buffers for which it needs a while; may be NULL. */
    void (*makes_buffers)(void *context, const char *sentence);
    void *context;
};

/* What the kernel gave. */
struct instance_grant {
    char clock[16];
    bool clock_is_second; /* plan->clock was NULL, and this kernel has no mono */
    uint64_t buffer_kib;  /* per CPU */
    uint64_t total_kib;   /* of all CPUs, as read back */
    bool capped;          /* buffer_kib is less than asked for: 1/8 of the available memory */
};

/* Removes the leftovers of recorders that died; their names are in fs->reaped until
 * tracefs_close(). What cannot be removed now (still open somewhere, or not root) is left to the
 * next one and is no error. Returns the number that was removed. */
size_t instance_reap(struct tracefs *fs);

/* Starts a guard (a process; threads must not have been started yet), and makes an empty instance,
 * not tracing. On success the caller removes it. */
int instance_create(struct instance **instance, const struct tracefs *fs, struct tp_error *error);

/* Sets everything up and starts tracing. After an error the instance is still to be removed. */
int instance_set_up(struct instance *instance, const struct places *places,
                    const struct instance_plan *plan, struct instance_grant *grant,
                    struct tp_error *error);

/* Disables the events and stops tracing; what is in the buffer can still be read. May be called
 * again. */
int instance_stop(struct instance *instance, struct tp_error *error);

/* Stops, closes the files, lets the guard remove the folder, and frees; NULL is fine. Every pipe
 * must have been closed. An error says that the folder is still there: it no longer traces, and the
 * next start reaps it. */
int instance_remove(struct instance *instance, struct tp_error *error);

const char *instance_name(const struct instance *instance); /* "tcpprobe-4711-0" */
const char *instance_path(const struct instance *instance); /* its folder */

/* CPUs that have a buffer: indexes 0 to count-1, in ascending order of the kernel's number. */
size_t instance_cpu_count(const struct instance *instance);
unsigned instance_cpu(const struct instance *instance, size_t index); /* the kernel's number */

/* Reads the counters of the CPU at index. Works from instance_set_up() to instance_remove(), the
 * last time after the pipes were drained. */
int instance_stats(const struct instance *instance, size_t index, struct cpu_stats *stats,
                   struct tp_error *error);

/* Opens a file of the instance, "per_cpu/cpu0/trace_pipe_raw"; the caller closes it (before
 * instance_remove(), which would fail with it open). flags as in open(2); O_CLOEXEC is added.
 * Returns the file descriptor. Needs root: call it in open_pipes. */
int instance_open(const struct instance *instance, const char *path, int flags,
                  struct tp_error *error);

/* The text of a file of the instance, NUL-terminated; free() it. NULL and error if it fails. */
char *instance_read(const struct instance *instance, const char *path, struct tp_error *error);

/* Writes text to a file of the instance in one write; that the kernel took all of it is checked. */
int instance_write(const struct instance *instance, const char *path, const char *text,
                   struct tp_error *error);

/* The kernel's newest sentence in error_log, "event filter parse error: error: Field not found",
 * into buf; "" if there is none. Returns its length. */
size_t instance_complaint(const struct instance *instance, char *buf, size_t size);

#endif
