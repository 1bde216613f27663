/* graph.h: lines of the function_graph tracer, which prints events as comments among its calls.
 *
 *      1892.500000 |   3)    <idle>-0    |               |      COMMENT
 *      1892.500010 |   3)    <idle>-0    |   0.341 us    |      tcp_ack();
 *
 * COMMENT is "tcp_probe: src=..." between the signs that begin and end a comment of C.
 * The time (options/funcgraph-abstime), the processor (funcgraph-cpu), the task (funcgraph-proc)
 * and the duration are columns that may be missing. Source: kernel/trace/trace_functions_graph.c,
 * print_graph_prologue(), print_graph_comment().
 */
#ifndef TCPPROBE_INPUT_GRAPH_H
#define TCPPROBE_INPUT_GRAPH_H

#include "input/line.h"

/* Splits the line [at, end) of an event. False if it is none, or has no time. */
bool graph_split(const char *at, const char *end, struct line *line);

enum graph_kind {
    GRAPH_NONE,  /* not of this tracer */
    GRAPH_CALL,  /* a call, a comment of somebody else, ... */
    GRAPH_EVENT, /* one of ours; where graph_split() says no, it has no time */
};

enum graph_kind graph_kind(const char *at, const char *end);

#endif
