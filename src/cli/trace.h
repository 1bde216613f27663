/* trace.h: what the files of `trace` share. */
#ifndef TCPPROBE_CLI_TRACE_H
#define TCPPROBE_CLI_TRACE_H

#include <tcpprobe/recorder.h>

#include "cli/sockets.h"

#define TRACE_EVENT_LISTS_MAX 64

struct trace {
    struct tp_recorder_options options;
    const char *event_lists[TRACE_EVENT_LISTS_MAX];
    char *expression; /* as typed: the arguments with spaces between them; NULL if there is none */
    char *command;    /* the whole command line */
    char *packets_name; /* of the file of packets, where it was made from the log's; or NULL */
    struct sockets_options sockets; /* of them `records` says whether they are sampled */
    struct sockets_sampler sampler;
    bool list_events, dry_run, strict, quiet;
    bool is_for_us;                         /* standard output is a pipe to ourselves */
    bool shows_status;                      /* a line on the terminal each second */
    bool status_is_open;                    /* and the cursor is behind it */
    bool told_loss, told_dropped, told_end; /* of events, of packets; that packets ended early */
    uint64_t told_events, told_disturbances;
    int64_t told_ns;
};

/* trace_command.c: "tcpprobe COMMAND ...", free() it; NULL if out of memory. */
char *trace_command_line(const char *command, int argc, char **argv);

/* Records as trace says, whose expression it frees; an exit status. */
int trace_record(struct trace *trace);

extern const struct argp trace_packets_argp; /* trace_packets.c; input: struct trace */

extern const struct argp trace_sockets_argp; /* trace_sockets.c; input: struct trace */
/* Opens what is sampled of sockets, for trace->options; nothing unless that was asked for. An exit
 * status. */
int trace_open_sockets(struct trace *trace);

/* trace_report.c: all that is said, on stderr but for the lists. */
void trace_list_events(const struct tp_recorder *recorder);
void trace_list_filters(const struct tp_recorder *recorder);
int trace_list_packet_filter(const struct trace *trace); /* alone; an exit status */
void trace_say_start(const struct trace *trace, const struct tp_recorder *recorder);
void trace_say_waits(void *trace, const char *sentence);
void trace_say_second(void *trace, const struct tp_recorder_status *status);
void trace_say_end(struct trace *trace, const struct tp_recorder_summary *summary);
/* Who it may be that refuses root something, where that is the error. */
void trace_say_refused(const struct tp_error *error);

/* trace_signals.c: the signals that end a recording. */
void trace_signals_catch(void);
void trace_signals_release(void);
struct tp_recorder_wish trace_signals_wish(void *unused);
/* From here on it is also wished once nobody reads that pipe any more, even if nothing is written. */
void trace_signals_follow(int fd);

/* ssh.c: the ssh connection that standard output goes through: an expression that matches it,
 * free() it; NULL if there is none. A reader of the trace would otherwise cause the events it
 * reads. proc:
 * "/proc". */
char *ssh_find(const char *proc);

#endif
