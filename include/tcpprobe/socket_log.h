/* socket_log.h: records sockets, and nothing else, into a log that tp_stream_open() reads.
 *
 * It needs neither root nor the kernel's tracing. A round is read each interval, ends of connections
 * in between, and a last round at the end, so that the log has the final totals of what closed and the
 * last ones of what did not. What the lines say: sampler.h.
 *
 * Threads: tp_socket_log_run() is one thread's, and its callbacks run in that thread. SIGPIPE must be
 * ignored.
 */
#ifndef TCPPROBE_SOCKET_LOG_H
#define TCPPROBE_SOCKET_LOG_H

#include <tcpprobe/recorder.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Texts must live as long as the call. Zero means the default. */
struct tp_socket_log_options {
    struct tp_recorder_sockets sockets;
    uint64_t rounds;         /* end after so many; 0: no end by itself */
    int64_t duration_ns;     /* or after so long */
    const char *output;      /* NULL: standard output */
    bool gzip;
    uint64_t part_bytes;     /* as in struct tp_recorder_options */
    int64_t part_ns;
    unsigned parts_max;
    enum tp_recorder_existing existing;
    const char *proc;        /* NULL: "/proc" */
    const char *command;     /* command line, for the log */
    const char *filter_text; /* as it was typed, for the log */
    /* Told when all files are open. May be NULL. */
    void (*opened)(void *context, const char *output);
    /* After each round. May be NULL. */
    void (*round)(void *context, const struct tp_sampler_summary *summary, uint64_t bytes);
    /* Asked many times a second; may be NULL. */
    struct tp_recorder_wish (*wish)(void *context);
    void *context; /* of these three; the sampler's is its own */
};

struct tp_socket_log_summary {
    enum tp_recorder_end end;
    const char *reason; /* one word */
    int64_t elapsed_ns;
    struct tp_sampler_summary sampler;
    uint64_t missed; /* rounds that were left out, as those before took too long */
    uint64_t bytes;
    unsigned parts;
};

/* Returns 0 or what went wrong; the log is ended in any case. A reader that left is no error. */
int tp_socket_log_run(const struct tp_socket_log_options *options,
                      struct tp_socket_log_summary *summary, struct tp_error *error);

#ifdef __cplusplus
}
#endif

#endif
