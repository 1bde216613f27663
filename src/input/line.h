/* line.h: what stands before the message of an event: task, processor, flags, time, name.
 *
 *     TASK-PID     (  TGID) [CPU] FLAGS  TIME: EVENT: message      kernel, trace-cmd report
 *     TASK PID              [CPU]        TIME: SYSTEM:EVENT: msg   perf script
 *     TIME | CPU) TASK-PID | | EVENT: message                      function_graph, see graph.h
 *
 * TGID, FLAGS and, in trace-cmd -l, the brackets may be missing; trace-cmd --ts-diff puts "(+799)"
 * before the name, perf's field "period" a number. FLAGS have any number of columns: kernels and
 * distributions add some (4 until 5.14, then 5; 7 on RHEL 9 and with PREEMPT_RT before 6.12). No
 * blank stands between them and ticks of 12 digits and more that trace-cmd prints. A task name is
 * any bytes up to 15, among them spaces, brackets, colons and newlines: kernel lines are read from
 * column 16, where the '-' before the PID always stands; other lines from the first "TIME: EVENT:"
 * that has a processor before it.
 */
#ifndef TCPPROBE_INPUT_LINE_H
#define TCPPROBE_INPUT_LINE_H

#include <tcpprobe/record.h>

#define TASK_COLUMNS 16 /* "%16s-%-7d": kernel/trace/trace_output.c, trace_print_context() */

enum line_form { LINE_FTRACE, LINE_PERF }; /* trace-cmd's lines are the kernel's */

struct line {
    enum line_form form;
    bool ticks;       /* the time has no fraction: a counter, not seconds */
    bool sampled;     /* stands for several events, of which perf kept one */
    bool by_column;   /* what stands before the time was read without looking at what follows */
    int64_t ts_ns;    /* ticks where it is a counter */
    const char *time; /* where it stands */
    const char *comm; /* task name, perhaps with spaces before it */
    uint32_t comm_length;
    bool has_pid;
    int32_t pid;
    bool has_cpu;
    uint32_t cpu;
    const char *name; /* of the event, without the system */
    uint32_t name_length;
    const char *message, *end;
};

/* Splits the line [at, end). False if it has none of the forms. expected is the name that the event
 * most likely has, "" if there is none; it only saves time. */
bool line_split(const char *at, const char *end, const struct tp_text *expected, struct line *line);

/* Seconds with up to nine digits of fraction, or a plain counter, as nanoseconds or ticks.
 * Returns what follows, NULL if it is no time or does not fit. */
const char *line_read_time(const char *at, int64_t *ts_ns, bool *ticks);

#endif
