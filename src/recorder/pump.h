/* pump.h: takes the events out of an instance and gives them as the kernel's lines, in time order.
 *
 * Two engines, the same lines: PUMP_RAW reads the pages of each CPU (per_cpu/cpuN/trace_pipe_raw),
 * renders them itself and merges the CPUs by time; PUMP_PIPE lets the kernel do all that
 * (trace_pipe), at many times the cost. Only pointers differ: raw pages hold addresses, which are
 * written as a salted hash, as the kernel does, but with a salt of the pump's own.
 *
 * The pump never waits: the caller drains it by a timer, every 20 to 50 ms. Being woken for the
 * data costs more than reading it.
 */
#ifndef TCPPROBE_RECORDER_PUMP_H
#define TCPPROBE_RECORDER_PUMP_H

#include <tcpprobe/filter.h>

enum pump_engine { PUMP_RAW, PUMP_PIPE };

struct pump;

/* The texts and the events are the caller's; the events must outlive the pump. */
struct pump_plan {
    enum pump_engine engine;
    const char *tracefs;  /* its root, for saved_cmdlines, which is of the top level only */
    const char *instance; /* folder of the instance */
    unsigned release;     /* of the kernel, for its layout of lines; see render_release() */
    const struct tp_kernel_event *const *events; /* all that the instance may record */
    size_t event_count;
};

/* Events, or a marker "CPU:1 [LOST 127 EVENTS]" that stands where they are missing. */
struct pump_line {
    const char
        *text; /* ends with a newline; valid during the call. A task's name may hold one, too */
    size_t length;
    int64_t ts_ns; /* by the clock of the instance; 0: a marker, or PUMP_PIPE, which does not look */
    const struct tp_kernel_event *event; /* NULL: a marker, or PUMP_PIPE, which does not look */
    bool is_lost;                        /* a marker */
    uint64_t lost; /* events that it stands for; 0: the kernel did not count */
};

/* Called for each line; a negative return ends the drain, which then returns it. */
typedef int pump_sink(void *context, const struct pump_line *line, struct tp_error *error);

struct pump_stats {
    uint64_t events; /* lines that are not markers */
    uint64_t lost;   /* sum of the markers, and what was lost at uncounted ones if that is known */
    uint64_t uncounted;  /* markers without a count */
    uint64_t unreadable; /* pages that were cut short since they made no sense (a marker says so) */
    uint64_t bytes;      /* of all lines */
};

/* Opens the files, for which root is needed; draining needs it no more. TP_ERR_UNSUPPORTED, from
 * PUMP_RAW only: the sentence names the event whose lines only the kernel can print, or what of
 * this kernel's pages is not understood; PUMP_PIPE then does. On success the caller closes it. */
int pump_open(struct pump **pump, const struct pump_plan *plan, struct tp_error *error);

/* Takes what is there. PUMP_RAW holds the newest lines back until the next drain, since another CPU
 * may still have an earlier one; `last`, after the tracing was stopped, gives everything. Returns
 * 0, the error of a read, or what the sink returned. */
int pump_drain(struct pump *pump, bool last, pump_sink *sink, void *context,
               struct tp_error *error);

const struct pump_stats *pump_stats(const struct pump *pump);

void pump_close(struct pump *pump); /* NULL is fine */

#endif
