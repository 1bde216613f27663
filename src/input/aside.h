/* aside.h: lines of a log that are no events and yet no damage: call chains, which belong to the
 * event before them, and what other tracers and options print among the events.
 *
 *      iperf3-27574   [000] ..s2.  6647.428050: <stack trace>     options/stacktrace
 *     => tcp_rcv_established
 *     \tffffffff820575c2 inet_sk_state_store+0x62 (...)            perf script of perf record -g
 *      iperf3-27574   [000] ..s2.  6647.428050: tcp_ack <-tcp_rcv_established
 *
 * Source: kernel/trace/trace_output.c (trace_stack_print, trace_user_stack_print, trace_fn_trace),
 * tools/perf/util/evsel_fprintf.c (sample__fprintf_callchain).
 */
#ifndef TCPPROBE_INPUT_ASIDE_H
#define TCPPROBE_INPUT_ASIDE_H

#include <stdbool.h>

/* Is [at, end), which is no event, such a line? *name is then what it is to be counted under among
 * the other events, NULL where it belongs to the event before. */
bool aside_find(const char *at, const char *end, const char **name);

/* Can it be told from the first characters that it is a line of a call chain? */
bool aside_begins_chain(const char *at, const char *end);

#endif
